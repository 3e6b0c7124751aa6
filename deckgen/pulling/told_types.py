"""What is to be said of note types that a learner changed (P07)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from deckgen.building.steps import Ready
from deckgen.finding import Finding, Place, Severity
from deckgen.pulling.types import Restyled

#: At most so many fields or templates are named.
_MOST_PARTS = 30


def findings(item: Ready, lang: str, kind: Restyled) -> Iterator[Finding]:
    """Findings about a note type of a package in `lang`: what was not taken, and what no import changes."""
    place = item.deck.key.place
    if kind.lines and (kind.files is None or kind.reason):
        yield _restyled(place, lang, kind)
    if kind.unlike:
        yield _refused(place, lang, kind)


def _refused(place: Place, lang: str, kind: Restyled) -> Finding:
    """A finding about a note type that Anki does not take for ours, and what brings imports back.

    That is measured (tests/pulling/test_changed_types.py). An import with “Merge note types” alone would give
    cards twins where templates were moved, and put what is lost behind the rest.
    """
    said, steps = [], []
    for part in kind.unlike:
        added, lost = _listed(part.added), _listed(part.lost)
        several = part.what + "s" * (len(part.added) > 1)
        if part.added:
            said.append(f"has the {several} {added}, which we lack")
            with_it = "what stands there" if part.what == "field" else "the cards"
            steps.append(f"deletes the {several} {added} with {with_it}")
        if part.lost:
            said.append(f"lacks the {part.what}{'s' * (len(part.lost) > 1)} {lost}")
        for name, own in part.renamed:
            said.append(f"calls the {part.what} `{own}` `{name}`")
            steps.append(f"gives the {part.what} `{name}` its name `{own}` back")
        if part.moved:
            said.append(f"has its {part.what}s in another order")
            steps.append(f"puts the {part.what}s back in the order {_listed(part.moved)}")
    if any(part.lost for part in kind.unlike):
        steps.append("imports a package as always, and then once more with “Merge note types”")
    message = f"no import changes notes of the note type `{kind.name}`: there it {all_of(said)}"
    hint = f"imports change them again once the learner {all_of(steps)}"
    if any(part.what == "field" and part.lost for part in kind.unlike):
        hint += "; `deckgen explain P07` says how what stood in a deleted field comes back"
    elif any(part.what == "field" for part in kind.unlike):
        hint += "; what was built before that comes with the next change of a card, or by `deckgen restamp`"
    return Finding(place, "P07", message, hint, "", lang, Severity.WARNING)


def _restyled(place: Place, lang: str, kind: Restyled) -> Finding:
    """A finding about templates or a style sheet that were not taken."""
    message = f"the learner changed the look or templates of the note type `{kind.name}`"
    if not kind.reason:
        hint = f"the report shows what, and nothing of it was taken; to take it, `--note-type {kind.role}`"
        return Finding(place, "P07", message, hint, "", lang, Severity.WARNING)
    by_hand = "what is good in it, write into the deck's files yourself: the report shows it"
    hint = "; or ".join(filter(None, (kind.hint, by_hand)))
    severity = Severity.WARNING if kind.files is None else Severity.ERROR
    return Finding(
        place, "P07", f"{message}, and that can't be taken: {kind.reason}", hint, "", lang, severity
    )


def one_of(names: Iterable[str]) -> str:
    """Names in words: \"`a` or `b`\"."""
    return " or ".join(f"`{name}`" for name in names)


def all_of(words: Sequence[str]) -> str:
    """Words as a list: \"a, and b\"."""
    return ", and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def _listed(names: Sequence[str]) -> str:
    shown = [f"`{name}`" for name in names[:_MOST_PARTS]]
    return ", ".join([*shown, *["…"] * (len(names) > _MOST_PARTS)])
