"""What learners have of a deck's own note types: apart, as all commands read a lock and few need more."""

from __future__ import annotations

from deckgen.fixed import fixed


@fixed
class Layout:
    """What learners have of a note type of the deck's own, in Anki's order, by the author's names.

    `woken` are fields, and `woken_templates` templates, that took the places of spares.

    A type that learners had before deckgen has its `number` in Anki, which is 0 for all others, and the
    numbers of its fields and templates, None where Anki gave them none. Such a type has no spares.
    """

    fields: tuple[str, ...]
    templates: tuple[str, ...]
    sort: str
    is_cloze: bool = False
    woken: tuple[str, ...] = ()
    woken_templates: tuple[str, ...] = ()
    number: int = 0
    field_numbers: tuple[int | None, ...] = ()
    template_numbers: tuple[int | None, ...] = ()

    @property
    def all_fields(self) -> tuple[str, ...]:
        return self.fields + self.woken

    @property
    def all_templates(self) -> tuple[str, ...]:
        return self.templates + self.woken_templates
