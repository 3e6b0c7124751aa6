"""Templates and style sheets that a learner changed come home, when a person names their note type.

Three versions are compared line by line: what was shipped, what the learner has, and what a build makes
today. Of the author's files only those lines change that are to become others. Then the deck is checked and
rendered again, and what no build would take, or would make otherwise than the learner has it, is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from deckgen.building import steps
from deckgen.building.steps import Asked, Batch, Opened, Ready
from deckgen.deck import Deck, OwnType, Sheet
from deckgen.editing.edit import CantEdit
from deckgen.finding import Finding, Severity
from deckgen.lock.advance import type_digest
from deckgen.markup.style import with_files
from deckgen.notes import own_types, speech
from deckgen.notes.media_names import MediaNames
from deckgen.notes.note_types import NoteType
from deckgen.packing import collection
from deckgen.packing.stage import scratch
from deckgen.pulling import bases, types
from deckgen.pulling.decide import Judge
from deckgen.pulling.edits import both
from deckgen.pulling.tokens import Token, TokenKind
from deckgen.pulling.types import Looks, Restyled, typed
from deckgen.reading import look, sheets

#: Why nothing is taken where no version is known that the learner may have changed.
NO_BASE = "nobody knows which version of it the learner changed"
_SEVERAL = "the learner may have changed either of two versions, and they would become different texts"
_OURS = "its templates are deckgen's own: of such a note type, only the style sheet can come home"
_OUR_RULES = "rules that deckgen itself writes were changed: only what stands behind them can come home"
_OUR_LINE = "the line was changed that says of a card that it is retired, and deckgen itself writes that"
#: What the next build refuses, and what a person may still want: that build says how.
_LOSSES = ("K29", "R11", "R12")
_STYLE = "style sheet"


class Part(NamedTuple):
    """A style sheet or a side as a build makes it: `own` is of the file at `path`, the rest is deckgen's.

    Without a path all of it is deckgen's.
    """

    name: str
    head: str
    own: str
    tail: str
    path: Path | None

    @property
    def made(self) -> str:
        """All of it, as it stands in a package."""
        return self.head + self.own + self.tail

    def own_of(self, text: str) -> str | None:
        """What is to stand in the file so that a build makes this text; None where deckgen's part is gone."""
        for ours in filter(None, (self.head, self.tail)):
            here = next((one for one in (ours, ours.strip("\n")) if one in text), None)
            if here is None:
                return None
            text = text.replace(here, "", 1)
        if not self.own:
            return text.strip("\n")
        return text if self.own.startswith("\n") else text.lstrip("\n")


#: What is to stand in the files of some parts.
_Texts = Mapping[Path, tuple[Part, str]]


@dataclass(slots=True)
class Sheets:
    """The templates and style sheets of a deck, into which those of learners come.

    `shipped` are packages that were named. `texts` are the new files, and `findings` is what there is to say
    of them, at their new places.
    """

    item: Ready
    asked: Asked
    shipped: Sequence[Path]
    texts: dict[Path, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def take(self, judge: Judge, kind: Restyled, theirs: Looks) -> tuple[tuple[str, ...], str]:
        """Take in a note type as a learner has it; gives the files that change, or why it can't be taken.

        Raises CantEdit when somebody wrote to a file meanwhile, and OSError.
        """
        if kind.unlike:
            return (), "its fields or templates are not those of the package"
        note_type = _of(self.item, judge.lang, kind.role)
        parts = list(_parts(self.item.deck, judge.lang, note_type))
        wanted = self._wanted(judge, note_type, parts, theirs)
        texts = wanted if isinstance(wanted, str) else _by_file(parts, wanted)
        if isinstance(texts, str):
            return (), texts
        reason = self._put(judge, kind.role, texts) if texts else ""
        return tuple(path.as_posix() for path in texts if not reason), reason

    def _wanted(
        self, judge: Judge, note_type: NoteType, parts: Sequence[Part], theirs: Looks
    ) -> tuple[str | None, ...] | str:
        """What a build is to make of each part, None where both changed the same; or why nobody can say."""
        ours = tuple(part.made for part in parts)
        if any(text.count("\n") >= types.COMPARED for text in (*ours, *theirs.sheets)):
            return f"it has more than {types.COMPARED:,} lines"
        shipped = self._shipped(judge.lang, note_type, ours)
        older = [sheets for stamp, sheets in shipped if stamp < theirs.stamp and len(sheets) == len(ours)]
        found = _nearest(older, theirs.sheets)
        results = {tuple(map(_merged, base, ours, theirs.sheets)) for base in found}
        return _SEVERAL if len(results) > 1 else next(iter(results), NO_BASE)

    def _shipped(
        self, lang: str, note_type: NoteType, ours: tuple[str, ...]
    ) -> Iterator[tuple[int, tuple[str, ...]]]:
        """The parts of a note type in packages, with their stamps, and today's, if they were shipped."""
        deck, line = self.item.deck, self.item.lock.note_types.get((lang, note_type.role))
        if line is not None and line.digest == type_digest(note_type):
            yield line.stamp, ours
        if note_type.role in deck.past.types:
            yield 0, ours
        with closing(bases.packages(deck, lang, self.asked.output_dir, self.asked.memory, [])) as known:
            for package in chain(self.shipped, known):
                with suppress(collection.Unreadable):  # those that were named were read before
                    there = types.read([package]).get(note_type.number)
                    if there is not None:
                        yield there.stamp, there.sheets

    def _put(self, judge: Judge, role: str, wanted: _Texts) -> str:
        """Put texts into their files; gives why not, where no build takes them, or makes them otherwise."""
        deck, texts = self.item.deck, dict(self.texts)
        own = deck.note_types.get(role)
        spoken = speech.of_fields(deck, own, judge.lang) if own is not None and own.adopted is None else {}

        def plain(text: str) -> str:
            return speech.without_languages(judge.names.plain_sheet(text), spoken)

        for path, (part, text) in wanted.items():
            texts[path] = _with_lines(self._old(path, own), part.own, text, plain)
            read = _read(path, texts[path], own)
            if isinstance(read, Finding):
                return f"no build would take it: {read.message} ({read.code})"
            deck = _with_sheet(deck, Sheet(path.as_posix(), read), role)
        known = set(map(_fault, self._checked(self.item.deck)[1]))
        ready, found = self._checked(deck)
        found = [one for one in found if _fault(one) not in known]
        stopping = [one for one in found if one.severity is Severity.ERROR and one.code not in _LOSSES]
        if stopping or ready is None:
            return "no build would take it" + "".join(f": {one.message} ({one.code})" for one in stopping[:1])
        made = {part.name: part.own for part in _parts(deck, judge.lang, _of(ready, judge.lang, role))}
        if any(plain(made[part.name]).strip() != plain(text).strip() for part, text in wanted.values()):
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
        opened = Batch(asked, (Opened(deck, self.item.held, sound=True),))
        batch = steps.render(steps.inherit(steps.check(opened)))
        return next(iter(batch.decks), None), batch.findings

    def _old(self, path: Path, own: OwnType | None) -> str:
        """The text of a file as it lies there, or will; nothing where there is none.

        Raises CantEdit when it is not as it was read.
        """
        if path in self.texts:
            return self.texts[path]
        before = _sheet(self.item.deck, path)
        old = path.read_bytes().decode("utf-8", "replace") if path.exists() else ""
        if before != (_read(path, old, own) if old else ""):
            raise CantEdit(
                f"{path.as_posix()} was written to while it was pulled into: nothing changed; pull again"
            )
        return old


# -- a note type in its parts ----------------------------------------------------------


def _of(item: Ready, lang: str, role: str) -> NoteType:
    return next(one.note_types[role] for one in item.rendered if one.lang == lang)


def _parts(deck: Deck, lang: str, note_type: NoteType) -> Iterator[Part]:
    """The style sheet, then the front and back of each template, in the order of `Looks.sheets`."""
    own = deck.note_types.get(note_type.role)
    yield _style(deck, lang, note_type, own)
    sides = {one.name.value: one for one in own.templates} if own is not None else {}
    for one in note_type.templates:
        names = f"front of “{one.name}”", f"back of “{one.name}”"
        if one.name not in sides:
            yield from (Part(*part, "", "", None) for part in zip(names, (one.front, one.back), strict=True))
            continue
        side, front = sides[one.name], one.front
        if not note_type.adopted:
            front = own_types.without_banner(front, lang, is_cloze=note_type.is_cloze)
        yield Part(names[0], one.front.removesuffix(front), front, "", Path(side.front[lang].shown))
        yield Part(names[1], "", one.back, "", Path(side.back[lang].shown))


def _style(deck: Deck, lang: str, note_type: NoteType, own: OwnType | None) -> Part:
    """A style sheet; where a note type has none of its own, that of the deck stands in it."""
    css = note_type.css
    if own is not None and (own.style is not None or own.adopted is not None):
        text = css if own.adopted is not None else own_types.without_ours(css, lang) or ""
        return Part(_STYLE, css.removesuffix(text), text, "", _folder(own) / sheets.STYLE)
    text = with_files(deck.style, MediaNames(deck).resolve_shared)
    head, _, tail = css.rpartition(text) if text else (css, "", "")
    return Part(_STYLE, head, text, tail, deck.folder / look.STYLE)


def _folder(own: OwnType) -> Path:
    return Path(own.place.path).parent


def _nearest(versions: Iterable[tuple[str, ...]], theirs: tuple[str, ...]) -> list[tuple[str, ...]]:
    """The versions that a learner may have changed to get `theirs`.

    Who takes back by hand just what another version brought is not thought of: no other version differs in
    fewer lines, all of which this one differs in, too.
    """
    differing = {
        one: {
            (place, line)
            for place, (left, right) in enumerate(zip(one, theirs, strict=True))
            for line in {*typed(left).splitlines()} ^ {*typed(right).splitlines()}
        }
        for one in versions
    }
    return [one for one, lines in differing.items() if not any(other < lines for other in differing.values())]


def _merged(base: str, ours: str, theirs: str) -> str | None:
    """A part with the changes of both sides, by whole lines; None where they meet."""
    theirs = _as_shipped(base, theirs)
    if theirs in (base, ours):
        return ours
    if ours == base:
        return theirs
    tokens = both(_lines(base), _lines(ours), _lines(theirs))
    return None if tokens is None else "\n".join(token.text for token in tokens)


def _as_shipped(base: str, theirs: str) -> str:
    """A learner's text with the no-break spaces and ends of lines of what was shipped.

    Anki's window for templates writes a plain blank for each, and LF (qt/aqt/clayout.py: `toPlainText`).
    """
    if "\r\n" in base and "\r" not in theirs:
        theirs = theirs.replace("\n", "\r\n")
    shipped = base.split("\n")
    lines = {typed(line): line for line in shipped} | {line: line for line in shipped}
    return "\n".join(lines.get(line, line) for line in theirs.split("\n"))


def _lines(text: str) -> list[Token]:
    return [Token(line, line, TokenKind.THING) for line in text.split("\n")]


def _by_file(parts: Sequence[Part], wanted: Sequence[str | None]) -> _Texts | str:
    """What is to stand in each file that changes, or why that can't be said."""
    found: dict[Path, list[tuple[Part, str]]] = {}
    for part, text in zip(parts, wanted, strict=True):
        if text is None:
            return f"both changed the same lines of the {part.name}"
        own = part.own if text == part.made else part.own_of(text)
        if part.path is None and text != part.made:
            return _OURS
        if own is None:
            return _OUR_RULES if part.name == _STYLE else _OUR_LINE
        if part.path is not None:
            found.setdefault(part.path, []).append((part, own))
    for path, several in found.items():
        if len({own for _, own in several}) > 1:
            names = " and the ".join(part.name for part, _ in several)
            return f"{path.name} is the {names}, and the learner has these otherwise than each other"
    return {path: several[0] for path, several in found.items() if several[0][1] != several[0][0].own}


# -- files -----------------------------------------------------------------------------


def _with_lines(old: str, before: str, after: str, plain: Callable[[str], str]) -> str:
    """The text of a file of which a build made `before`, so that it makes `after`; other lines stay.

    `plain` gives a line as its author would write it.
    """
    start = old[: len(old) - len(old.removeprefix("\ufeff"))]
    lines = old.removeprefix("\ufeff").split("\n")
    one, two = before.split("\n"), after.split("\n")
    end = "\r" if lines[0].endswith("\r") and not one[0].endswith("\r") else ""
    new: list[str] = []
    for what, first, last, low, high in SequenceMatcher(None, one, two, autojunk=False).get_opcodes():
        same = what == "equal"
        new += lines[first:last] if same else [plain(line) + end for line in two[low:high]]
    return start + "\n".join([*new, *lines[len(one) :], *([] if old else [""])])


def _read(path: Path, text: str, own: OwnType | None) -> str | Finding:
    """The text of a file as the next run reads it, or what is wrong with it."""
    is_exact = own is not None and own.adopted is not None
    with scratch() as folder:
        (folder / path.name).write_bytes(text.encode())
        if own is not None and path.parent == _folder(own):
            reader = sheets.Sheets(folder, {path.name}, is_exact=is_exact)
            sheet, found = reader.get(path.name), reader.findings
            css = sheet.text if sheet is not None else ""
        else:
            css, found = look.style(folder)
    return found[0] if found else css


def _sheet(deck: Deck, path: Path) -> str:
    """The text of a file as it was read; nothing where there is none."""
    if path == deck.folder / look.STYLE:
        return deck.style
    every = (one for own in deck.note_types.values() for one in (*own.sheets, own.style))
    return next((one.text for one in every if one is not None and one.shown == path.as_posix()), "")


def _with_sheet(deck: Deck, sheet: Sheet, role: str) -> Deck:
    """The deck with another text in one of its files, for its note types that show it."""
    if Path(sheet.shown) == deck.folder / look.STYLE:
        return replace(deck, style=sheet.text)

    def sides(of: Mapping[str, Sheet]) -> Mapping[str, Sheet]:
        return {lang: sheet if one.shown == sheet.shown else one for lang, one in of.items()}

    own = deck.note_types[role]
    templates = tuple(replace(one, front=sides(one.front), back=sides(one.back)) for one in own.templates)
    is_style = Path(sheet.shown).name == sheets.STYLE
    own = replace(own, templates=templates, style=sheet if is_style else own.style)
    past = replace(
        deck.past,
        types=deck.past.types - {role},
        changed_types=deck.past.changed_types | (deck.past.types & {role}),
    )
    return replace(deck, note_types={**deck.note_types, role: own}, past=past)


def _fault(finding: Finding) -> tuple[str, ...]:
    return finding.code, finding.place.path, finding.card, finding.lang, finding.message
