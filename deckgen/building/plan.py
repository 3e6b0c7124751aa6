"""What building and importing would do, before it is done."""

from __future__ import annotations

import difflib
import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deckgen.building.build import Ready, Wishes, day, next_lock, prepare, undelivered_by
from deckgen.finding import Finding, has_errors
from deckgen.lock import carry
from deckgen.lock import format as locks
from deckgen.markup import markdown
from deckgen.notes.note_types import CLOZE_FIELDS, QA_FIELDS, NoteType, note_types, role_of
from deckgen.notes.render import Note, Rendered, words_of
from deckgen.packing import collection as shipped
from deckgen.terminal import counted, visible

#: Findings about what learners would lose: a plan shows them and goes on.
_LOSSES = ("R05", "R11", "R12")
_WORD = re.compile(
    r"\s+|[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]|[^\s\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]+"
)
#: Characters of an old field that are looked at; ours have fewer.
_LONGEST = 100_000
#: Between the first and the last word that changed, so many pairs of words are compared: difflib takes
#: time with the cube of them.
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
class Group:
    """Notes of a collection to which the same happens.

    `search` finds them in Anki's browser; it is empty for notes that are not there.
    """

    name: str
    explanation: str
    cards: tuple[str, ...]
    search: str


@dataclass(frozen=True, slots=True)
class PackagePlan:
    """What happens to one package.

    `against` is only there when a file was given to compare with. `tombstones` counts the notes of
    retired cards, which new learners get without a card. `unlike` says that
    the package is missing, or has another description, although its notes are the same.
    """

    package: str
    lang: str
    total: int
    cards: int
    changes: carry.Changes
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
        return bool(changes.new or changes.changed or changes.left or changes.note_types or self.unlike)


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
    source_dir: Path,
    output_dir: Path,
    *,
    now: int,
    names: Iterable[str] = (),
    wishes: Wishes = Wishes(),
    against: Path | None = None,
) -> Plan:
    """Compare the source with what was built last, or with the file `against`.

    That is a package, or a learner's collection; it is only read. `now` is the time in
    seconds since 1970 at which a build would stamp. Raises load.NoDecks when there
    is nothing to plan, and shipped.Unreadable when `against` can't be read.
    """
    ready, findings = prepare(source_dir, output_dir, names, wishes, today=day(now))
    there = _there(against, ready) if against is not None else None
    media = _media_beside(against) if against is not None else None
    if has_errors(finding for finding in findings if finding.code not in _LOSSES):
        return Plan(findings)
    packages = []
    for item in ready:
        packages += _plan_deck(item, output_dir, now, findings, there, media)
    return Plan(findings, packages)


def _there(file: Path, ready: Iterable[Ready]) -> shipped.Shipped:
    """What a file holds of these decks: a collection may have many others."""
    guids, types = set(), set()
    for item in ready:
        for rendered in item.rendered:
            guids |= {note.guid for note in rendered.notes}
            own = note_types(item.deck, rendered.lang, item.lock.namespace(rendered.lang))
            types |= {note_type.number for note_type in own}
    return shipped.read(file, guids, types)


def _media_beside(file: Path) -> frozenset[str] | None:
    """The names of the media of a collection that lies where Anki keeps it; None for any other file."""
    folder = file.with_suffix(".media")
    if file.suffix != ".anki2" or not folder.is_dir():
        return None
    return frozenset(path.name for path in folder.iterdir())


def _plan_deck(
    item: Ready,
    output_dir: Path,
    now: int,
    findings: list[Finding],
    there: shipped.Shipped | None,
    media: Container[str] | None,
) -> list[PackagePlan]:
    deck = item.deck
    step = next_lock(item, now)
    findings += step.refused(deck.folder / locks.FILE)
    findings += undelivered_by(item, step.lock)
    plans = []
    for rendered, types in step.parts:
        package = output_dir / deck.package_name(rendered.lang)
        change = step.changes[rendered.lang]
        before = _shipped(package, {note.guid for note in rendered.notes if note.card in change.changed})
        warnings = [
            Notice(finding.code, finding.card, finding.message)
            for finding in findings
            if finding.lang == rendered.lang and finding.code in _LOSSES
        ]
        if change.restyled:
            message = (
                f"restamps {len(change.restyled)} of {len(rendered.notes)} notes that no author changed: "
                "local edits and tags on them will be replaced"
            )
            warnings.append(Notice("restyled", "", message))
        described = before.descriptions.get(deck.title[rendered.lang].value)
        if described and not rendered.description:
            message = (
                "the deck's description is gone: an import leaves the old one; write a short one instead"
            )
            warnings.append(Notice("description", "", message))
        elif described not in (None, rendered.description):
            message = "the deck's description changes: the import replaces it, also a learner's own"
            warnings.append(Notice("description", "", message))
        elif described is None and not change.new:
            warnings.append(Notice("package", "", "there is no package of the last build: a build writes it"))
        plans.append(
            PackagePlan(
                unlike=described != rendered.description,
                tombstones=sum(note.retired for note in rendered.notes),
                package=package.as_posix(),
                lang=rendered.lang,
                total=len(rendered.notes),
                cards=sum(len(note.ordinals) for note in rendered.notes),
                changes=change,
                warnings=tuple(warnings),
                differences=tuple(_differences(rendered, change, before)),
                against=_against(item, rendered, step.lock, types, there, media)
                if there is not None
                else None,
            )
        )
    return plans


def _shipped(package: Path, guids: Container[str]) -> shipped.Shipped:
    try:
        return shipped.read(package, guids)
    except shipped.Unreadable:
        return shipped.Shipped()


# -- what changes in the source ----------------------------------------------------


def _differences(rendered: Rendered, changes: carry.Changes, before: shipped.Shipped) -> list[FieldChange]:
    changed = set(changes.changed)
    found = []
    for note in rendered.notes:
        old = before.notes.get(note.guid)
        if note.card not in changed or old is None:
            continue
        names = QA_FIELDS if role_of(note.kind) == "qa" else CLOZE_FIELDS
        for name, was, now in zip(names, old.fields, note.fields, strict=False):
            if was != now:
                found.append(FieldChange(note.card, name, word_diff(was, now)))
        if old.tags != note.tags:
            found.append(FieldChange(note.card, "tags", word_diff(" ".join(old.tags), " ".join(note.tags))))
    return found


def word_diff(old: str, new: str) -> str:
    """The words of two fields in one line: `[-gone-]`, `{+come+}`. Markup counts only where words agree."""
    old, new = old[:_LONGEST], new[:_LONGEST]
    left, right = markdown.plain(old), markdown.plain(new)
    if left == right:
        left, right = old, new
    parts = []
    for gone, come in _pieces(_WORD.findall(left), _WORD.findall(right)):
        if gone == come:
            parts.append(gone)
        else:
            parts += [f"[-{gone}-]" if gone else "", f"{{+{come}+}}" if come else ""]
    return " ".join("".join(parts).split())


def _alike(one: Sequence[str], two: Sequence[str]) -> int:
    """How many words at the beginning are the same."""
    return next(
        (place for place, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two))
    )


def _pieces(one: Sequence[str], two: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Pieces of two texts in order, which are the same in both or not."""
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


# -- what happens in a collection --------------------------------------------------

_EXPLANATIONS = {
    "missing": "not there yet; the import adds all of these as new",
    "updated": "an older text is there; the import replaces it",
    "unchanged": "the same text is there",
    "held back": "an older text of ours is there with a newer stamp (it was tagged, marked or a leech); "
    "the import leaves it. `deckgen restamp` brings the change, and takes the learner's tags away",
    "edited locally": "a text of the learner's own is there, newer than this build; the import leaves it",
    "same stamp": "another text with the same stamp is there; the import leaves it. `deckgen restamp` helps",
    "blocked": "fields or templates of the note type were changed there; Anki refuses every update",
    "other note type": "the note type has another number there; Anki refuses every update",
    "in another deck": "their cards stay in another deck there; new ones come into this package's deck",
    "foreign": "they have this deck's note types, and are not in this package",
    "not ours": "they have our guids, and texts that never were ours: another deck has this key, and each "
    "replaces the other's texts. Whoever gave out the newer deck runs `deckgen fork` on it",
    "empty card": "they get another card, whose text is held back; it stays empty until the text arrives",
    "missing media": "a picture or sound of theirs is gone there; `deckgen restamp` brings it back",
    "sorted otherwise": "note types with another sort field there; the next new look sets it back, holds "
    "back the texts of that import, and asks for a full sync",
}
#: Below this likeness, 0 to 1, no text of a note is an edit of another one.
_STRANGE = 0.3


def _against(
    item: Ready,
    rendered: Rendered,
    lock: locks.Lock,
    types: Iterable[NoteType],
    there: shipped.Shipped,
    media: Container[str] | None,
) -> tuple[Group, ...]:
    lang = rendered.lang
    by_role = {note_type.role: note_type for note_type in types}
    groups: dict[str, list[tuple[str, int]]] = {name: [] for name in _EXPLANATIONS}
    strange = _strangers(rendered, lang, lock, there)
    seen = _Seen(item.deck.title[lang].value.casefold(), there, media, tuple(rendered.media), strange)
    for note in rendered.notes:
        old = there.notes.get(note.guid)
        line, note_type = lock.notes[note.card, lang], by_role[role_of(note.kind)]
        for name in _groups_of(note, line, note_type, old, seen):
            groups[name].append((note.card, old.note_id if old is not None else 0))
    own = {note_type.number: note_type.name for note_type in by_role.values()}
    groups["sorted otherwise"] = [
        (name, 0)
        for number, name in own.items()
        if number in there.note_types and there.note_types[number].sorted_by
    ]
    guids = {note.guid for note in rendered.notes} | carry.guids(lock, lang, rendered.left)
    foreign = (old for old in there.notes.values() if old.note_type in own and old.guid not in guids)
    groups["foreign"] = [(old.guid, old.note_id) for old in foreign]
    return tuple(
        Group(name, _EXPLANATIONS[name], tuple(card for card, _ in members), _search(members))
        for name, members in groups.items()
        if members
    )


@dataclass(frozen=True, slots=True)
class _Seen:
    """A learner's collection beside a package: `title` is that of our deck in small letters.

    `media` are the names of the learner's files, where they are known; `ours` those of the package;
    `strange` are the cards whose guids another deck has.
    """

    title: str
    there: shipped.Shipped
    media: Container[str] | None
    ours: tuple[str, ...]
    strange: frozenset[str]


def _groups_of(
    note: Note, line: locks.NoteLine, note_type: NoteType, old: shipped.ShippedNote | None, seen: _Seen
) -> Iterator[str]:
    """The groups of a note, which is `old` there or missing."""
    if old is None:
        if not note.retired:  # a retired card is of no interest to those who never had it
            yield "missing"
        return
    fate = _fate(note, line, note_type, old, seen)
    yield fate
    # The import adds cards also to a note whose fields it leaves.
    if fate in ("held back", "edited locally", "same stamp") and set(note.ordinals) - old.cards:
        yield "empty card"
    text = "".join(note.fields)
    if seen.media is not None and any(name not in seen.media and name in text for name in seen.ours):
        yield "missing media"
    if any(name.casefold() != seen.title for name in old.decks):
        yield "in another deck"


def _search(members: list[tuple[str, int]]) -> str:
    ids = ",".join(str(note_id) for _, note_id in sorted(members, key=lambda member: member[1]) if note_id)
    return f"nid:{ids}" if ids else ""


def _fate(  # noqa: PLR0911  # one a fate
    note: Note,
    line: locks.NoteLine,
    note_type: NoteType,
    old: shipped.ShippedNote,
    seen: _Seen,
) -> str:
    """The group of a note that is there: what an import with default options does to it."""
    if old.note_type != note_type.number:
        return "other note type"
    if not _same_shape(note_type, seen.there.note_types.get(old.note_type)):
        return "blocked"
    if note.card in seen.strange:
        return "not ours"
    if old.stamp < line.stamp:
        return "updated"
    if old.fields == note.fields:
        # An author's tag that is missing there waits for a newer stamp, like a text.
        has = {tag.casefold() for tag in old.tags}  # Anki keeps the spelling that it met first
        return "unchanged" if {tag.casefold() for tag in note.tags} <= has else "held back"
    if old.stamp == line.stamp:
        return "same stamp"
    return "held back" if carry.text_hash(old.fields) in line.texts else "edited locally"


def _strangers(rendered: Rendered, lang: str, lock: locks.Lock, there: shipped.Shipped) -> frozenset[str]:
    """The cards whose guids another deck has: when most notes there say something that never was ours."""
    present = [(note, there.notes[note.guid]) for note in rendered.notes if note.guid in there.notes]
    strange = [
        note.card
        for note, old in present
        if carry.text_hash(old.fields) not in lock.notes[note.card, lang].texts and _is_strange(note, old)
    ]
    return frozenset(strange if 2 * len(strange) > len(present) else ())


def _is_strange(note: Note, old: shipped.ShippedNote) -> bool:
    """Whether a text says something else altogether: a learner edits a card, or makes another one."""
    if old.fields == note.fields:
        return False
    one, two = words_of(old.fields)[:_LONGEST], note.text[:_LONGEST]
    matcher = difflib.SequenceMatcher(None, one, two, autojunk=False)
    return matcher.quick_ratio() < _STRANGE or matcher.ratio() < _STRANGE


def _same_shape(note_type: NoteType, other: shipped.ShippedType | None) -> bool:
    """Whether Anki takes a note type for the same: as many templates, the fields in the same order."""
    names = [one.name for one in note_type.fields]
    if other is None or len(other.fields) != len(names) or other.templates != len(note_type.templates):
        return False
    # A field that a learner renamed is known by its number; only another order is harmful.
    return sorted(other.fields) != sorted(names) or list(other.fields) == names


def as_dict(result: Plan) -> Mapping[str, object]:
    """The plan as plain values for JSON."""
    packages = []
    for package in result.packages:
        changes = package.changes
        row: dict[str, object] = {
            "package": package.package,
            "lang": package.lang,
            "new": list(changes.new),
            "changed": list(changes.changed),
            "retired": list(changes.retired),
            "returned": list(changes.returned),
            "left": list(changes.left),
            "unchanged": changes.unchanged,
            "tombstones": package.tombstones,
            "note_types_changed": list(changes.note_types),
            "warnings": [
                {"code": warning.code, "card": warning.card, "message": warning.message}
                for warning in package.warnings
            ],
        }
        if package.against is not None:
            row["against"] = [
                {"group": group.name, "cards": list(group.cards), "search": group.search}
                for group in package.against
            ]
        packages.append(row)
    return {"packages": packages}


def as_text(result: Plan) -> str:
    """The plan for people, one paragraph a package."""
    return "\n".join(visible(line) for package in result.packages for line in _lines(package))


def _lines(package: PackagePlan) -> list[str]:
    changes = package.changes
    retired = f", {package.tombstones} of them retired and without a card" if package.tombstones else ""
    lines = [
        f"{package.package}  {counted(package.total, 'note')}, {counted(package.cards, 'card')}{retired}"
    ]
    if package.against is not None:
        return lines + _against_lines(package.against)
    moved = {*changes.retired, *changes.returned}
    groups = [
        ("+", "new", changes.new),
        ("~", "changed", tuple(card for card in changes.changed if card not in moved)),
        ("-", "retired", changes.retired),
        ("+", "returned", changes.returned),
        ("-", "left the package", changes.left),
    ]
    differences: dict[str, list[FieldChange]] = {}
    for difference in package.differences:
        differences.setdefault(difference.card, []).append(difference)
    for sign, name, cards in groups:
        for card in cards:
            lines.append(f"  {sign} {card} ({name})")
            lines += [f"      {one.name}: {one.words}" for one in differences.get(card, ())]
    lines += [f"  ~ {name} (note type: new look)" for name in changes.note_types if package.changes.unchanged]
    lines += [f"  ! {warning.code}: {warning.message}" for warning in package.warnings]
    lines.append(f"  {changes.unchanged} unchanged" if package.pending else "  nothing to do")
    return lines


def _against_lines(groups: tuple[Group, ...]) -> list[str]:
    if [group.name for group in groups] == ["missing"]:
        return ["  nothing of it is there: the import adds all of it as new"]
    lines = []
    for group in groups:
        lines.append(f"  {len(group.cards)} {group.name}: {group.explanation}")
        if group.name != "unchanged":
            shown = ", ".join(group.cards[:10]) + (", …" if len(group.cards) > 10 else "")
            lines.append(f"      {shown}")
            if group.search:
                lines.append(f"      search in Anki: {group.search}")
    return lines
