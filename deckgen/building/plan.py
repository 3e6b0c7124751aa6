"""What a build and its import would do, worked out without doing it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deckgen.building.against import Collection, Group, compare, read
from deckgen.building.build import Step, advance
from deckgen.building.moves import ways
from deckgen.building.steps import Asked, prepare
from deckgen.building.wishes import Wishes, day
from deckgen.finding import Finding, has_errors
from deckgen.kinds import Kind
from deckgen.lock.advance import Changes
from deckgen.markup import markdown
from deckgen.notes import occlusions
from deckgen.notes.render import Rendered
from deckgen.packing import collection
from deckgen.terminal import seen, spelled

#: These findings are about what learners would lose; a plan shows them and goes on.
LOSSES = ("R05", "R11", "R12")
_WORD = re.compile(
    r"\s+|[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]|[^\s\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]+"
)
#: Only so many characters of an old field are compared; our own fields are shorter.
_LONGEST = 100_000
#: At most so many pairs of words are compared between the first and the last changed word: difflib's time
#: grows with the cube of the number of words.
_PAIRS = 10_000


@dataclass(frozen=True, slots=True)
class Notice:
    """What a learner loses or must do."""

    code: str
    card: str
    message: str


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field of a changed note: its words with `[-old-]` and `{+new+}` marked, as git does."""

    card: str
    name: str
    words: str


@dataclass(frozen=True, slots=True)
class PackagePlan:
    """What happens to one package.

    `against` is only there when a file was given to compare with. `tombstones` counts the notes of
    retired cards, which new learners get without a card. `unlike` says that the package is missing, or
    has another description or its cards in other decks, although its notes are the same.
    """

    package: str
    lang: str
    total: int
    cards: int
    changes: Changes
    warnings: tuple[Notice, ...] = ()
    differences: tuple[FieldChange, ...] = ()
    against: tuple[Group, ...] | None = None
    tombstones: int = 0
    unlike: bool = False

    @property
    def pending(self) -> bool:
        """Whether there is anything to do."""
        changes = self.changes
        if self.against is not None:
            return any(group.name != "unchanged" for group in self.against)
        less = changes.left or changes.let_go
        return bool(changes.new or changes.changed or less or changes.note_types or self.unlike)


@dataclass(frozen=True, slots=True)
class Plan:
    findings: list[Finding]
    packages: list[PackagePlan] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """0 nothing to do, 1 errors, 3 changes pending."""
        if has_errors(self.findings):
            return 1
        return 3 if any(package.pending for package in self.packages) else 0


def plan(
    decks_dir: Path,
    output_dir: Path,
    *,
    now: int,
    names: Iterable[str] = (),
    wishes: Wishes = Wishes(),
    against: Path | None = None,
) -> Plan:
    """Compare the decks with what was built last, or with the file `against`.

    The file is a package or a learner's collection; it is only read. `now` is the time in
    seconds since 1970 that a build would stamp notes with. Raises load.NoDecks when there
    is nothing to plan, and collection.Unreadable when `against` can't be read.
    """
    ready = prepare(Asked(decks_dir, output_dir, tuple(names), wishes, day(now)))
    there = read(against, ready.decks) if against is not None else None
    if has_errors(finding for finding in ready.findings if finding.code not in LOSSES):
        return Plan(ready.findings)
    advanced = advance(ready, now)
    packages = [
        _package(step, rendered, output_dir, advanced.findings, there)
        for step in advanced.decks
        for rendered in step.rendered
    ]
    return Plan(advanced.findings, packages)


def _package(
    step: Step,
    rendered: Rendered,
    output_dir: Path,
    findings: Iterable[Finding],
    there: Collection | None,
) -> PackagePlan:
    """What happens to one package, and to its notes in the collection `there`."""
    package = output_dir / step.deck.package_name(rendered.lang)
    change = step.changes[rendered.lang]
    before = _shipped(package, {note.guid for note in rendered.notes if note.card in change.changed})
    described = before.descriptions.get(step.deck.title[rendered.lang].value)
    moved = [
        Notice("moved", cards[0] if len(cards) == 1 else "", message)
        for cards, message in ways(step.deck, rendered, step.lock)
    ]
    losses = (
        Notice(finding.code, finding.card, finding.message)
        for finding in findings
        if finding.lang == rendered.lang and finding.code in LOSSES
    )
    return PackagePlan(
        unlike=described != rendered.description or bool(moved),
        tombstones=sum(note.retired for note in rendered.notes),
        package=package.as_posix(),
        lang=rendered.lang,
        total=len(rendered.notes),
        cards=sum(len(note.ordinals) for note in rendered.notes),
        changes=change,
        warnings=(
            *losses,
            *_notices(rendered, change, described),
            *_more_cards(step, rendered, change),
            *moved,
        ),
        differences=tuple(_differences(step, rendered, before)),
        against=None if there is None else compare(step.deck, rendered, step.next, there),
    )


def _more_cards(step: Step, rendered: Rendered, change: Changes) -> Iterator[Notice]:
    """Notes that get another card by a template or a front of the deck's own note types.

    Anki makes it of every note that it has, also of one that is retired; of notes that change as well, only
    the cards of a new template count, as the others come of their new texts.
    """
    old, changed = step.lock.notes, set(change.changed)
    gain, retired = 0, 0
    for note in rendered.notes:
        line = old.get((note.card, rendered.lang)) if note.kind is Kind.OWN else None
        if line is None:
            continue
        if note.retired or note.card in changed:
            more = note.cards.keys() & _new_templates(step, rendered, note.role)
        else:
            more = note.cards.keys() - line.cards.keys()
        gain += bool(more)
        retired += bool(more) and note.retired
    if gain:
        what = "note gets" if gain == 1 else "notes get"
        message = f"{gain} {what} another card, by a new template"
        yield Notice("more cards", "", f"{message}; {retired} of them retired" if retired else message)


def _new_templates(step: Step, rendered: Rendered, role: str) -> set[int]:
    """The numbers of the cards of templates that learners do not have yet."""
    line, layout = step.lock.note_types.get((rendered.lang, role)), rendered.note_types[role].layout
    if line is None or line.layout is None or layout is None:
        return set()
    return set(range(len(line.layout.all_templates) + 1, len(layout.all_templates) + 1))


def _notices(rendered: Rendered, change: Changes, described: str | None) -> Iterator[Notice]:
    """What an import replaces although no author edited it; `described` is the last package's description."""
    if change.restyled:
        message = (
            f"restamps {len(change.restyled)} of {len(rendered.notes)} notes that no author changed: "
            "local edits and tags on them will be replaced"
        )
        yield Notice("restyled", "", message)
    if described and not rendered.description:
        message = "the deck's description is gone: an import leaves the old one; write a short one instead"
        yield Notice("description", "", message)
    elif described not in (None, rendered.description):
        message = "the deck's description changes: the import replaces it, even one that a learner wrote"
        yield Notice("description", "", message)
    elif described is None and not change.new:
        yield Notice("package", "", "there is no package of the last build: a build writes it")


def _shipped(package: Path, guids: Container[str]) -> collection.Shipped:
    try:
        return collection.read(package, guids)
    except collection.Unreadable:
        return collection.Shipped()


# -- what changes in the source ----------------------------------------------------


def _differences(step: Step, rendered: Rendered, before: collection.Shipped) -> list[FieldChange]:
    changed = set(step.changes[rendered.lang].changed)
    found = []
    for note in rendered.notes:
        old = before.notes.get(note.guid)
        if note.card not in changed or old is None:
            continue
        line = step.lock.notes.get((note.card, rendered.lang))
        # A number belongs to one mask for ever, also when that is gone.
        keys = {**line.gone, **line.cards, **note.cards} if line is not None else note.cards
        names = rendered.note_types[note.role].field_names
        for name, was, now in zip(names, old.fields, note.fields, strict=False):
            if was != now:
                sides = occlusions.changed(was[:_LONGEST], now[:_LONGEST], keys)
                found.append(FieldChange(note.card, name, word_diff(*sides)))
        if old.tags != note.tags:
            found.append(FieldChange(note.card, "tags", word_diff(" ".join(old.tags), " ".join(note.tags))))
    return found


def word_diff(old: str, new: str) -> str:
    """Show two fields in one line: `[-old-]`, `{+new+}`. Markup is compared only where the words agree."""
    old, new = old[:_LONGEST], new[:_LONGEST]
    left, right = markdown.plain(old), markdown.plain(new)
    if left == right:
        left, right = old, new
    parts = []
    for gone, come in _pieces(_WORD.findall(left), _WORD.findall(right)):
        if gone == come:
            parts.append(gone)
        else:
            if "".join(seen(gone).split()) == "".join(seen(come).split()):
                gone, come = spelled(gone), spelled(come)  # noqa: PLW2901
            parts += [f"[-{gone}-]" if gone else "", f"{{+{come}+}}" if come else ""]
    return " ".join("".join(parts).split())


def _alike(one: Sequence[str], two: Sequence[str]) -> int:
    """How many words at the beginning are the same."""
    return next(
        (place for place, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two))
    )


def _pieces(one: Sequence[str], two: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Pieces of two texts in order: what both share, and what only one of them has."""
    first = _alike(one, two)
    last = _alike(one[first:][::-1], two[first:][::-1])
    before, after = "".join(one[:first]), "".join(one[len(one) - last :])
    one, two = one[first : len(one) - last], two[first : len(two) - last]
    yield before, before
    if len(one) * len(two) > _PAIRS:
        yield "".join(one), "".join(two)
    else:
        for _, a, b, c, d in difflib.SequenceMatcher(None, one, two, autojunk=False).get_opcodes():
            yield "".join(one[a:b]), "".join(two[c:d])
    yield after, after
