"""Turn the text of a lock into lines. docs/lock.md describes the format word by word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Mapping
from contextlib import suppress
from typing import Any

from deckgen.finding import Finding, Place
from deckgen.lock import words
from deckgen.lock.limits import LATEST, MAX_BRANCHES, MAX_LINE, MAX_LINES
from deckgen.lock.lines import LineError, Lock, NoteLine, PackageLine, TypeLine
from deckgen.lock.merge import merge_notes, merge_types, under_the_heir
from deckgen.notes.layouts import Layout

_Key = tuple[str, str]


def parse(text: str, shown: str) -> tuple[Lock | None, list[Finding]]:
    """Read the text of a lock; a line that can't be read is a finding (R01) and gives None.

    A merge of two branches may leave two lines for one note: they become one, and the next build gives
    it a new stamp. It may also leave one note id for two notes, when both branches built within seconds
    of each other, or two lines with one guid, when one branch renamed the card: the next build mends
    that too (see `advance` and `inherit`). All this is accepted from up to MAX_BRANCHES branches. What
    neither a build nor a merge writes is a finding: a stamp before EARLIEST, but of an adopted note, or a
    note id that is not a multiple of ID_STEP or is from a time when no build can have run.
    """
    reader = _Reader()
    if text.count("\n") > MAX_LINES:
        return None, [_unreadable(shown, MAX_LINES, f"is followed by others: at most {MAX_LINES} are read")]
    first, *others = text.split("\n")
    if first.removeprefix("\ufeff").rstrip("\r") != words.HEADER:  # some editors put a mark before it
        return None, [_unreadable(shown, 1, f"is not `{words.HEADER}`")]
    for index, line in enumerate(others, start=2):
        if len(line) > MAX_LINE:
            return None, [_unreadable(shown, index, "is longer than any that a build writes")]
        if line in ("", "\r"):
            continue
        try:
            reader.line(line.rstrip("\r").split(" "), index)
        except LineError as error:
            return None, [_unreadable(shown, index, str(error), error.hint or _AFTER_A_MERGE)]
    try:
        lock = under_the_heir(reader.lock())
    except LineError as error:
        what = f"is followed by a line that {error}"
        return None, [_unreadable(shown, 1, what, error.hint or _AFTER_A_MERGE)]
    findings = _belongs_together(lock, shown)
    return (None, findings) if findings else (lock, [])


def goes_on(lock: Lock, text: str, before: str) -> bool:
    """Whether the text of `lock` can surely be read, when `before` could: only new lines are read."""
    known, lines = {*before.split("\n")}, text.split("\n")
    reader = _Reader()
    try:
        for line in lines[1:] if len(lines) <= MAX_LINES else ():
            if line not in known:
                reader.line(line.split(" "), 0)
    except LineError:
        return False
    is_short = len(lines) <= MAX_LINES and max(map(len, lines)) <= MAX_LINE
    return is_short and not _belongs_together(lock, "")


def other_state(text: str, known: Container[str]) -> Lock:
    """The lines of another state of a lock that are not `known`.

    A state that git remembers may hold conflict marks or be damaged, so lines that can't be read are
    skipped.
    """
    reader = _Reader()
    for line in text.split("\n") if text.count("\n") <= MAX_LINES else ():
        parts = line.rstrip("\r").split(" ")
        if parts[0] in ("deck", "package") or (parts[0] in ("note", "notetype") and line not in known):
            with suppress(LineError):
                reader.line(parts, 1)
    return reader.lock()


def packages(text: str) -> Mapping[str, PackageLine]:
    """The packages of a lock by language, without reading its notes."""
    lines = (line for line in text.split("\n") if line.startswith("package "))
    return other_state("\n".join(lines), ()).packages


class _Reader:
    """Collects the lines of a lock. Raises LineError for one that can't be read."""

    def __init__(self) -> None:
        self._deck = ""
        self._packages: dict[str, PackageLine] = {}
        self._types: dict[tuple[str, str], TypeLine] = {}
        self._notes: dict[tuple[str, str], NoteLine] = {}
        self._more: Counter[tuple[str, str]] = Counter()

    def line(self, parts: list[str], index: int) -> None:
        match parts:
            case ["note", card, lang, kind, stamp, note_id, digest, authored, texts, cards, *more]:
                named = _more(more)
                if named.get("above", 0) > LATEST and "adopted" not in named:
                    raise LineError("has a stamp of the far future")
                note = NoteLine(
                    words.read_kind(kind),
                    words.read_stamp(stamp, is_adopted="adopted" in named),
                    words.read_note_id(note_id),
                    digest,
                    authored,
                    tuple(texts.split(",")) if texts != "-" else (),
                    words.read_cards(cards),
                    **named,
                    line=index,
                )
                self._note((card, words.read_language(lang)), note)
            case ["deck", *names] if self._deck in ("", " ".join(names)) and len(names) in (1, 2):
                self._deck = " ".join(names)
            case ["package", lang, schema, namespace, *title]:
                package = PackageLine(
                    schema, words.read_namespace(namespace), words.read_title(" ".join(title))
                )
                if self._packages.setdefault(words.read_language(lang), package) != package:
                    raise LineError("is a second one for this language")
            case ["notetype", lang, role, stamp, digest, *more]:
                # Learners had an adopted type before deckgen did, and with an older stamp.
                is_adopted = any(word.startswith("id=") for word in more)
                note_type = TypeLine(words.read_stamp(stamp, is_adopted=is_adopted), digest, *_of_type(more))
                place = (words.read_language(lang), role)
                self._types[place] = merge_types(self._types.get(place, note_type), note_type)
            case _:
                raise LineError("can't be read")

    def _note(self, name: tuple[str, str], note: NoteLine) -> None:
        if name in self._notes:
            # Joining rewrites the whole line each time, so there may not be too many.
            self._more[name] += 1
            if self._more[name] >= MAX_BRANCHES:
                raise LineError(f"is one of more than {MAX_BRANCHES} for this note")
            note = merge_notes(self._notes[name], note)
        self._notes[name] = note

    def lock(self) -> Lock:
        """What was read, whether or not it goes together."""
        return Lock(self._deck, self._packages, self._types, self._notes)


def _of_type(named: list[str]) -> tuple[int, Layout | None, str, bool, bool]:
    """The words at the end of a note type's line."""
    found = {name: value for name, _, value in (word.partition("=") for word in named)}
    if len(found) < len(named) or ({*words.TYPE_SWITCHES} & found.keys()) - {*named}:
        raise LineError("can't be read")
    above = words.read_stamp(found.pop("above"), is_adopted="id" in found) if "above" in found else 0
    fronts = words.read_fronts(found.pop("fronts")) if "fronts" in found else ""
    grown, split = (found.pop(word, None) is not None for word in ("grown", "split"))
    layout = words.read_layout(found) if found.keys() <= {*words.LAYOUT_WORDS} else None
    if (found and layout is None) or (layout is None) != (fronts == ""):
        raise LineError("can't be read")
    if layout is None and (grown or split):
        raise LineError("can't be read")
    return above, layout, fronts, grown, split


def _more(named: list[str]) -> dict[str, Any]:
    """The words at the end of a note's line."""
    more: dict[str, Any] = {}
    for word in named:
        name, _, value = word.partition("=")
        known = words.NAMED.get(name)
        if known is not None:
            more[name] = known.read(value)
        elif word in words.SWITCHES:
            more[word] = True
        else:
            raise LineError("can't be read")
    return more


def _belongs_together(lock: Lock, shown: str) -> list[Finding]:
    """A finding when lines are missing, or when more notes share an id or guid than branches can leave."""
    if not lock.deck:
        return [_unreadable(shown, 1, "is not followed by `deck <key>`")]
    numbers = Counter(
        (lang, line.layout.number) for (lang, _), line in lock.note_types.items() if line.layout
    )
    if any(count > 1 for (_, number), count in numbers.items() if number):
        return [_unreadable(shown, 1, "is followed by two note types with one `id=`")]
    for (_, lang), line in lock.notes.items():
        if lang not in lock.packages:
            hint = "take the lock back from git, and build"
            return [_unreadable(shown, line.line, "has no `package` line for its language", hint)]
    ids = {key: line.note_id for key, line in lock.notes.items()}
    guids = {key: (key[1], line.guid) for key, line in lock.notes.items() if line.guid}
    for what, values in (("note id", ids), ("guid", guids)):
        if (key := _one_too_many(values)) is not None:
            number = lock.notes[key].line
            return [_unreadable(shown, number, f"has the {what} of {MAX_BRANCHES} other notes")]
    return []


def _one_too_many(values: Mapping[_Key, object]) -> _Key | None:
    """A note whose value more notes before it have than branches can leave."""
    for value, count in Counter(values.values()).items():
        if count > MAX_BRANCHES:
            return [key for key, its in values.items() if its == value][MAX_BRANCHES]
    return None


_AFTER_A_MERGE = (
    "after a merge delete only the lines `<<<<<<<`, `=======`, `>>>>>>>`; see `deckgen explain R01`"
)


def _unreadable(shown: str, line: int, what: str, hint: str = _AFTER_A_MERGE) -> Finding:
    return Finding(Place(shown, line), "R01", f"this line of the lock {what}", hint)
