"""What learners have of a deck's own note types: apart, as all commands read a lock and few need more."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Layout:
    """What learners have of a note type of the deck's own, in Anki's order, by the author's names.

    `woken` are fields, and `woken_templates` templates, that took the places of spares.
    """

    fields: tuple[str, ...]
    templates: tuple[str, ...]
    sort: str
    is_cloze: bool = False
    woken: tuple[str, ...] = ()
    woken_templates: tuple[str, ...] = ()

    @property
    def all_fields(self) -> tuple[str, ...]:
        return self.fields + self.woken

    @property
    def all_templates(self) -> tuple[str, ...]:
        return self.templates + self.woken_templates
