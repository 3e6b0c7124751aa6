"""Mend what can be mended without a doubt, character by character.

The fix of a finding says what to write instead of the characters at its place. Nothing
else in the file changes: comments, quotes, order and line ends stay. The work is done on
a copy until nothing is left to mend; if anything in a file's YAML would change besides the
mended texts, the file is left as it was.
"""

from __future__ import annotations

import difflib
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from deckgen import checks
from deckgen.checks import baseline
from deckgen.checks.proof import Proof
from deckgen.deck import Deck, Past
from deckgen.finding import Choice, Finding
from deckgen.lock import adopted, inherit
from deckgen.lock.limits import FILE, MAX_BYTES
from deckgen.lock.parse import parse
from deckgen.packing.stage import alone, scratch, write_texts
from deckgen.patterns import lazy
from deckgen.reading import files, note_type_file, sheets, tree
from deckgen.reading.load import choose, find_folders, load
from deckgen.written import LINE_END, Text

# Fixes that touch each other wait for the next round; three rounds are enough for what rules propose.
_ROUNDS = 8

_INDENTATION = lazy(r"\n *")


@dataclass(frozen=True, slots=True)
class Change:
    """A file before and after."""

    path: Path
    old: str
    new: str

    @property
    def diff(self) -> str:
        """The change as a patch."""
        name = self.path.as_posix()
        relative = name.lstrip("/")
        old, new = (text.splitlines(keepends=True) for text in (self.old, self.new))
        lines = difflib.unified_diff(old, new, f"a/{relative}", f"b/{relative}")
        whole = (line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
        return "".join(whole)


def mend(decks_dir: Path, names: Iterable[str], chosen: Choice, *, write: bool) -> list[Change]:
    """Apply the fixes of the chosen findings to the decks in `names`, or to all; gives what changed.

    Raises load.NoDecks, stage.Busy, and OSError when a file can't be written: then
    nothing changed.
    """
    with alone(decks_dir) as journal:
        changes = [
            change
            for folder in choose(find_folders(decks_dir), names).values()
            for change in _changes(folder, chosen)
        ]
        if write:
            write_texts({change.path: change.new for change in changes}, journal)
    return changes


def _changes(folder: Path, chosen: Choice) -> Iterator[Change]:
    past = _past(folder)
    with scratch() as temporary:
        copy = temporary / folder.name
        copy.mkdir()
        for path in sorted(folder.glob("*.yaml")):
            if path.is_file() and not files.leaves(path, folder.parent):
                shutil.copyfile(path, copy / path.name)
        _copy_note_types(folder, copy)
        for _ in range(_ROUNDS):
            deck, _ = load(copy)
            found = _found(replace(deck, past=past)) if deck else []
            fixes = [one for one in chosen.of(found) if one.fix is not None]
            if not _apply(fixes):
                break
        for path in sorted(copy.glob("*.yaml")):
            old, new = (folder / path.name).read_bytes(), path.read_bytes()
            if old != new:
                yield Change(folder / path.name, old.decode(), new.decode())


def _found(deck: Deck) -> list[Finding]:
    """The findings that count: an adopted card that nobody has touched stays as it is."""
    proof = Proof(deck)
    demanded, _ = baseline.of_texts(deck, checks.demanded(proof))
    craft, _ = baseline.of_cards(deck, checks.judged(proof, checks.Craft.ALL))
    return demanded + craft


def _past(folder: Path) -> Past:
    """What learners have had of a deck since before it was source; `broken` when its lock can't be read."""
    deck, _ = load(folder)
    if deck is None or not (folder / adopted.FILE).exists():
        return Past()
    try:
        text = files.beside(folder / FILE, MAX_BYTES).decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return Past(broken=True)
    lock, _ = parse(text, FILE)
    return adopted.bind(deck, inherit.adopt(lock, deck))[0].past if lock else Past(broken=True)


def _copy_note_types(folder: Path, copy: Path) -> None:
    """Cards of the deck's own note types are read by them."""
    for path in sorted(folder.glob(f"{note_type_file.FOLDER}/*/*")):
        is_plain = path.is_file() and not files.leaves(path, folder.parent)
        if is_plain and path.stat().st_size <= sheets.MAX_BYTES:
            target = copy / path.relative_to(folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)


def _apply(fixes: Iterable[Finding]) -> bool:
    """Write the fixes into their files; gives whether one changed."""
    by_file: dict[str, list[Finding]] = {}
    for finding in fixes:
        by_file.setdefault(finding.place.path, []).append(finding)
    changed = False
    for name, findings in by_file.items():
        path = Path(name)
        old = path.read_bytes().decode()
        new = _mended(old, _apart(findings))
        if new != old:
            path.write_bytes(new.encode())
            changed = True
    return changed


def _apart(findings: Iterable[Finding]) -> list[Finding]:
    """The findings that have a place and don't touch the one before; the others wait for the next round."""
    chosen: list[Finding] = []
    for finding in sorted(findings, key=lambda one: one.place):
        place, last = finding.place, chosen[-1].place if chosen else None
        if place.width and not (
            last and last.line == place.line and last.column + last.width >= place.column
        ):
            chosen.append(finding)
    return chosen


def _mended(text: str, findings: list[Finding]) -> str:
    """The text with all fixes if together they do what they should, else with those that do so alone."""
    new = _with_fixes(text, findings)
    if _does(text, new, findings):
        return new
    for finding in reversed(findings):
        tried = _with_fixes(text, [finding])
        if _does(text, tried, [finding]):
            text = tried  # from the end to the beginning, so that earlier places stay valid
    return text


def _with_fixes(text: str, findings: list[Finding]) -> str:
    starts = line_starts(text)
    for finding in reversed(findings):
        start = starts[finding.place.line - 1] + finding.place.column - 1
        text = text[:start] + (finding.fix or "") + text[start + finding.place.width :]
    return text


def line_starts(text: str) -> list[int]:
    """Where each line of YAML begins. A byte order mark does not count as a column."""
    first = len(text) - len(text.removeprefix("\ufeff"))
    return [first, *(match.end() for match in LINE_END.finditer(text))]


def _does(old: str, new: str, findings: list[Finding]) -> bool:
    """Whether the texts of the new file differ from those of the old one only by the fixes."""
    before, after = (tree.parse(text.removeprefix("\ufeff"), "") for text in (old, new))
    if before[1] or after[1]:
        return False
    expected = [_expected(scalar, findings) for scalar in _scalars(before[0])]
    return expected == [scalar.value for scalar in _scalars(after[0])]


def _expected(scalar: Text, findings: list[Finding]) -> str:
    """The value that a scalar should have after the fixes inside it."""
    value = scalar.value
    first, last = scalar.line + 1, scalar.end_line + 1
    for finding in reversed([one for one in findings if first <= one.place.line <= last]):
        span = scalar.characters_at(finding.place)
        if span is not None:
            value = value[: span[0]] + _read(finding.fix or "", scalar) + value[span[1] :]
    return value


def _read(fix: str, scalar: Text) -> str:
    """What YAML reads when `fix` is written in a scalar of this style."""
    if scalar.style == "|":
        return _INDENTATION.sub("\n", fix)
    if scalar.style not in ('"', "'") or not ("\\" in fix or "'" in fix):
        return fix
    node, _ = tree.parse(f"{scalar.style}{fix}{scalar.style}", "")
    return node.value if isinstance(node, Text) else fix


def _scalars(node: tree.Node | None) -> Iterator[Text]:
    """Every text of a tree, keys included, in the order of the file."""
    if isinstance(node, tree.Mapping):
        for key, value in node.entries.values():
            yield key
            yield from _scalars(value)
    elif isinstance(node, tree.Sequence):
        for item in node.items:
            yield from _scalars(item)
    elif node is not None:
        yield node
