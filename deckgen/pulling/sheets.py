"""Templates and style sheets that a learner changed come home, when a person names their note type.

Three versions are compared line by line: what was shipped, what the learner has, and what a build makes
today. Of the author's files only those lines change that are to become others. Then the deck is checked and
rendered again, and what no build would take, or would make otherwise than the learner has it, is refused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from deckgen.building import steps
from deckgen.building.steps import Asked, Batch, Opened, Ready
from deckgen.deck import NO_LANGUAGE, Deck, OwnType, Sheet
from deckgen.finding import Finding, Severity
from deckgen.lock import adopted
from deckgen.lock.advance import type_digest
from deckgen.markup.style import with_files
from deckgen.notes import speech
from deckgen.notes.media_names import MediaNames
from deckgen.notes.note_types import NoteType
from deckgen.packing import collection
from deckgen.packing.stage import scratch
from deckgen.pulling import bases, types
from deckgen.pulling.cardfiles import written_meanwhile
from deckgen.pulling.decide import Judge
from deckgen.pulling.made import LOSSES
from deckgen.pulling.parts import (
    Part,
    Refused,
    behind_ours,
    folder,
    is_too_much,
    merged,
    nearest,
    parts,
    with_lines,
)
from deckgen.pulling.types import Looks, Restyled
from deckgen.reading import look, sheets

_NO_BASE = "nobody knows which version of it the learner changed"
_SEVERAL = "the learner may have changed either of two versions, and the results would differ"
_NAME_IT = "name the package that the learner had: `--shipped FILE`; then only that counts"
#: What stands in some files and what is to stand there, as their author writes it.
_Texts = Mapping[Path, tuple[str, str]]
#: The stamp of a version of a note type, and its parts as they were made.
_Version = tuple[int, tuple[str, ...]]


@dataclass(slots=True)
class Sheets:
    """The templates and style sheets of a deck, into which those of learners come.

    `first` is the deck as it was read, `item` as it is with what came; `shipped` are packages that were
    named. `texts` are the new files, and `findings` is what there is to say of them, at their new places.
    """

    first: Ready
    item: Ready
    asked: Asked
    shipped: Sequence[Path]
    texts: dict[Path, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    _read: dict[Path, bytes] = field(default_factory=dict)

    def compared(self, judge: Judge, kind: Restyled, theirs: Looks, *, is_named: bool) -> Restyled:
        """A note type that a learner changed, with what becomes of that; it is taken if a person named it.

        Without `lines`, all of it is home. Raises CantEdit when somebody wrote to a file meanwhile, and
        OSError.
        """
        if not kind.lines:
            return kind
        troubles: list[str] = []
        found = self._merged(judge, kind, theirs, troubles)
        files = () if is_named else None
        if isinstance(found, Refused):
            is_known = found.reason not in (_NO_BASE, _SEVERAL)
            hint = "" if is_known else "; or ".join([*troubles[:1], _NAME_IT])
            return replace(kind, files=files, reason=found.reason, hint=hint)
        if not found or not is_named:
            return kind if found else replace(kind, lines=())
        if reason := self._put(judge, kind.role, found):
            return replace(kind, files=(), reason=reason)
        names = {path.as_posix(): texts for path, texts in found.items()}
        lines = [line for name, texts in names.items() for line in types.diff(*texts, name, name)]
        return replace(kind, files=tuple(names), lines=tuple(lines[: types.LINES]))

    def refuse_newer(self) -> None:
        """Raises CantEdit when somebody wrote to one of the files since it was read, and OSError."""
        for path, read in self._read.items():
            if _bytes(path) != read:
                raise written_meanwhile(path.as_posix())

    # -- what it becomes -----------------------------------------------------------------------

    def _merged(self, judge: Judge, kind: Restyled, theirs: Looks, troubles: list[str]) -> _Texts | Refused:
        """The files that change, or why nothing can be taken."""
        note_type, has = _of(self.item, judge.lang, kind.role), theirs.sheets
        if kind.unlike:
            return Refused("its fields or templates are not those of the package")
        if any(not name.startswith("Spare") for name in {*theirs.fields} - {*note_type.field_names}):
            return Refused("fields have other names there, and Anki wrote these into the templates, too")
        found = nearest(self._shipped(judge.lang, kind.role, theirs, troubles), has)
        if any(is_too_much(one, other) for one in found for other in (has, _made(note_type))):
            return Refused("it has too many lines to compare")
        results = {self._results(judge, note_type, base, has) for base in found}
        if len(results) != 1:
            return Refused(_SEVERAL if results else _NO_BASE)
        return self._by_file(judge, note_type, next(iter(results)))

    def _by_file(
        self, judge: Judge, note_type: NoteType, result: Sequence[str | Refused]
    ) -> _Texts | Refused:
        """The files that change if each part becomes this; a file may serve several parts."""
        by_file: dict[Path, list[tuple[Part, str]]] = {}
        now = parts(self.item.deck, judge.lang, note_type, _made(note_type))
        for part, text in zip(now, result, strict=True):
            if isinstance(text, Refused):
                return text
            if part.path is not None:
                by_file.setdefault(part.path, []).append((part, text))
        new: dict[Path, tuple[str, str]] = {}
        for path, several in by_file.items():
            if len({text for _, text in several}) > 1:
                names = " and the ".join(part.name for part, _ in several)
                return Refused(
                    f"{path.name} is the {names}, and the learner has these otherwise than each other"
                )
            part, text = several[0]
            if text != (own := self._own(self.item, judge, note_type.role, part)):
                new[path] = own, text
        return new

    def _shipped(self, lang: str, role: str, theirs: Looks, troubles: list[str]) -> list[tuple[str, ...]]:
        """The versions of a note type that the learner may have changed; none where one may be missing.

        Those are in the packages that were named, else in all that git knows; or it is today's.
        """
        item, note_type = self.first, _of(self.first, lang, role)

        def before(versions: Iterable[_Version]) -> list[_Version]:
            return [one for one in versions if one[0] <= theirs.stamp]

        known = before(_versions(self.shipped, note_type.number, theirs))
        if not known:
            today, line = [], item.lock.note_types.get((lang, role))
            if line is not None and line.digest == type_digest(note_type):
                today.append((line.stamp, _made(note_type)))
            if role in item.deck.past.types:
                today.append((0, _made(note_type)))
            output_dir, memory = self.asked.output_dir, self.asked.memory
            with closing(bases.packages(item.deck, lang, output_dir, memory, troubles)) as packages:
                known = before([*today, *_versions(packages, note_type.number, theirs)])
            if _lacks(item, lang, note_type, theirs.stamp, known) or _lacks_given(
                item, lang, note_type, known
            ):
                return []
        return list(dict.fromkeys(made for _, made in known))

    def _results(
        self, judge: Judge, note_type: NoteType, base: tuple[str, ...], theirs: tuple[str, ...]
    ) -> tuple[str | Refused, ...]:
        """What is to stand in the file of each part, if the learner changed `base`; or why not."""
        deck, role = self.item.deck, note_type.role
        now, was = (list(parts(deck, judge.lang, note_type, made)) for made in (_made(note_type), base))
        heads = [part.head for part in was if part.path is not None]
        results = []
        for part, before, has in zip(now, was, theirs, strict=True):
            plain = self._plain(judge, role, part)
            text = merged(part, before, has, heads, plain)
            if part.is_decks and not isinstance(text, Refused):
                text = behind_ours(plain(part.own), self._own(self.item, judge, role, part), text)
            if not note_type.adopted and not isinstance(text, Refused):
                text = text.rstrip(" \t\n")  # as it is read
            results.append(text)
        return tuple(results)

    def _own(self, item: Ready, judge: Judge, role: str, part: Part) -> str:
        """What stands in the file of a part, with names of files and languages as `_plain` gives them."""
        if part.is_decks:
            return judge.names.plain_sheet(with_files(item.deck.style, MediaNames(item.deck).resolve_shared))
        return self._plain(judge, role, part)(part.own)

    def _plain(self, judge: Judge, role: str, part: Part) -> Callable[[str], str]:
        """How an author writes what a build makes in a part: names of files, and languages of speech."""
        deck, own = self.item.deck, self.item.deck.note_types.get(role)
        spoken: dict[str, str] = {}
        if own is not None and own.adopted is None and part.path is not None:
            written = speech.named(_sheet(deck, part.path))
            of_fields = speech.of_fields(deck, own, judge.lang).items()
            spoken = {name: lang for name, lang in of_fields if name not in written}
        return lambda text: speech.without_languages(judge.names.plain_sheet(text), spoken)

    # -- into the files ------------------------------------------------------------------------

    def _put(self, judge: Judge, role: str, wanted: _Texts) -> str:
        """Put texts into their files; gives why not, where no build takes them, or makes them otherwise."""
        deck, texts = self.item.deck, dict(self.texts)
        own = deck.note_types.get(role)
        for path, (before, after) in wanted.items():
            texts[path] = with_lines(self._old(path, own), before, after)
            read = _as_read(path, texts[path].encode("utf-8", "surrogatepass"), own)
            if isinstance(read, Finding):
                return f"no build would take it: {path.name} {read.message} ({read.code})"
            deck = _with_sheet(deck, Sheet(path.as_posix(), read), role)
        known = Counter(map(_fault, self._checked(self.item.deck)[1]))
        ready, found = self._checked(deck)
        found = [one for one in found if not _is_old(one, known)]
        stopping = [one for one in found if one.severity is Severity.ERROR and one.code not in LOSSES]
        if stopping or ready is None:
            return "no build would take it" + "".join(f": {one.message} ({one.code})" for one in stopping[:1])
        note_type = _of(ready, judge.lang, role)
        for part in parts(deck, judge.lang, note_type, _made(note_type)):
            if part.path is not None and part.path in wanted:
                _, text = wanted[part.path]
                if self._own(ready, judge, role, part).strip() != text.strip():
                    return "a build would make something else of it"
        self.item, self.texts = ready, texts
        self.findings += [
            replace(one, severity=Severity.WARNING, message=f"the next build will refuse this: {one.message}")
            if one.severity is Severity.ERROR
            else one
            for one in found
            if one.severity is not Severity.INFO
        ]
        return ""

    def _checked(self, deck: Deck) -> tuple[Ready | None, list[Finding]]:
        """The deck with its notes, unless it has errors, and all that is found about it."""
        asked = replace(self.asked, wishes=replace(self.asked.wishes, lang=None), anew=True)
        opened = Batch(asked, (Opened(deck, self.first.held, sound=True),))
        batch = steps.render(steps.inherit(steps.check(opened)))
        return next(iter(batch.decks), None), batch.findings

    def _old(self, path: Path, own: OwnType | None) -> str:
        """The text of a file as it lies there, or will; nothing where there is none.

        Raises CantEdit when it is not as it was read.
        """
        if path in self.texts:
            return self.texts[path]
        self._read[path] = old = _bytes(path)
        if _sheet(self.item.deck, path) != (_as_read(path, old, own) if old else ""):
            raise written_meanwhile(path.as_posix())
        return old.decode("utf-8")


def _of(item: Ready, lang: str, role: str) -> NoteType:
    return next(one.note_types[role] for one in item.rendered if one.lang == lang)


def _made(note_type: NoteType) -> tuple[str, ...]:
    """Its style sheet and sides, in the order of `Looks.sheets`."""
    return (note_type.css, *(side for one in note_type.templates for side in (one.front, one.back)))


def _versions(packages: Iterable[Path], number: int, theirs: Looks) -> Iterator[_Version]:
    """The style sheet and sides of a note type, as many as `theirs`, with its stamp, by package."""
    for package in packages:
        with suppress(collection.Unreadable):
            there = types.read([package]).get(number)
            if there is not None and len(there.sheets) == len(theirs.sheets):
                yield there.stamp, there.sheets


def _lacks(item: Ready, lang: str, note_type: NoteType, stamp: int, known: Collection[_Version]) -> bool:
    """Whether a version of a note type may be missing that a learner changed at the time `stamp`.

    `known` are those that were found. The locks that git remembers name others; without them,
    the oldest note of the type tells that there was one. What a note said before has an older stamp.
    """
    role, locks = note_type.role, (item.lock, *item.held.given, *item.held.elsewhere)
    lines = [lock.note_types.get((of, role)) for lock in locks for of in (lang, NO_LANGUAGE)]
    there, made = {one for one, _ in known}, {version for _, version in known}
    here = type_digest(note_type) if _made(note_type) in made else ""
    stamps = {line.stamp for line in lines if line is not None and line.stamp < stamp and line.digest != here}
    notes = [
        line.stamp - (len(line.texts) > 1)
        for (_, of), line in item.lock.notes.items()
        if of == lang and not line.guid and role == (line.type or line.kind.facts.role)
    ]
    return not stamps <= there or min(notes, default=stamp) < min([*there, stamp])


def _lacks_given(item: Ready, lang: str, note_type: NoteType, known: Iterable[_Version]) -> bool:
    """Whether an adopted type was changed, and what learners had of it before is not `known`."""
    deck, role = item.deck, note_type.role
    given = deck.past.changed_types.get(role)
    if given is None:
        return False
    made = (_as_made(deck, lang, note_type, version).note_types[role] for _, version in known)
    return given not in map(adopted.type_digest, made)


def _as_made(deck: Deck, lang: str, note_type: NoteType, made: Sequence[str]) -> Deck:
    """The deck with some version of a note type in its files."""
    for part in parts(deck, lang, note_type, made):
        if part.path is not None:
            deck = _with_sheet(deck, Sheet(part.path.as_posix(), part.own), note_type.role)
    return deck


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""


def _as_read(path: Path, data: bytes, own: OwnType | None) -> str | Finding:
    """The text of a file as the next run reads it, or what is wrong with it."""
    is_exact = own is not None and own.adopted is not None
    with scratch() as inside:
        (inside / path.name).write_bytes(data)
        if own is not None and path.parent == folder(own):
            reader = sheets.Sheets(inside, {path.name}, is_exact=is_exact)
            sheet, found = reader.get(path.name), reader.findings
            text = sheet.text if sheet is not None else ""
        else:
            text, found = look.style(inside)
    return found[0] if found else text


def _sheet(deck: Deck, path: Path) -> str:
    """The text of a file as it was read; nothing where there is none."""
    if path == deck.folder / look.STYLE:
        return deck.style
    every = (one for own in deck.note_types.values() for one in (*own.sheets, own.style))
    return next((one.text for one in every if one is not None and one.shown == path.as_posix()), "")


def _with_sheet(deck: Deck, sheet: Sheet, role: str) -> Deck:
    """The deck with another text in one of its files, for the note type that shows it."""
    if Path(sheet.shown) == deck.folder / look.STYLE:
        return replace(deck, style=sheet.text)

    def sides(of: Mapping[str, Sheet]) -> Mapping[str, Sheet]:
        return {lang: sheet if one.shown == sheet.shown else one for lang, one in of.items()}

    own = deck.note_types[role]
    templates = tuple(replace(one, front=sides(one.front), back=sides(one.back)) for one in own.templates)
    is_style = Path(sheet.shown).name == sheets.STYLE
    own = replace(own, templates=templates, style=sheet if is_style else own.style)
    past = deck.past
    if role in past.types:
        given = {**past.changed_types, role: adopted.type_digest(deck.note_types[role])}
        past = replace(past, types=past.types - {role}, changed_types=given)
    return replace(deck, note_types={**deck.note_types, role: own}, past=past)


def _fault(finding: Finding) -> tuple[str, ...]:
    return finding.code, finding.place.path, finding.card, finding.lang, finding.message


def _is_old(finding: Finding, known: Counter[tuple[str, ...]]) -> bool:
    """Whether it was found before; each that is `known` is only one."""
    known[_fault(finding)] -= 1
    return known[_fault(finding)] >= 0
