"""Mends what can be mended without a doubt, character by character.

A fix of a finding says what to write in the place of its characters. Nothing else in
the file changes: comments, quotes, order and line ends stay. The work is done on a
copy until nothing is left to mend; a file whose YAML would change in any other way
than the texts that were mended is left as it was.
"""

from __future__ import annotations

import difflib
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from deckgen import checks, source
from deckgen.diagnostic import Choice, Diagnostic
from deckgen.load import choose, find_folders, load
from deckgen.stage import alone, write_texts

# Fixes that touch each other wait for the next round; three are enough for all that rules propose.
_ROUNDS = 8


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
        lines = difflib.unified_diff(
            self.old.splitlines(), self.new.splitlines(), f"a/{name}", f"b/{name}", lineterm=""
        )
        return "\n".join(lines)


def mend(source_dir: Path, names: Iterable[str], chosen: Choice, *, write: bool) -> list[Change]:
    """Apply the fixes of the chosen findings to the decks in `names`, or to all; gives what changed.

    Raises load.NoDecks, stage.Busy, and OSError when a file can't be written: then
    nothing changed.
    """
    with alone(source_dir):
        changes = [
            change
            for folder in choose(find_folders(source_dir), names).values()
            for change in _changes(folder, chosen)
        ]
        if write:
            write_texts({change.path: change.new for change in changes})
    return changes


def _changes(folder: Path, chosen: Choice) -> Iterator[Change]:
    with tempfile.TemporaryDirectory(prefix="deckgen-") as temporary:
        copy = Path(temporary) / folder.name
        copy.mkdir()
        for path in sorted(folder.glob("*.yaml")):
            if path.is_file():
                shutil.copyfile(path, copy / path.name)
        for _ in range(_ROUNDS):
            deck, _ = load(copy)
            fixes = [one for one in chosen.of(checks.run(deck)) if one.fix is not None] if deck else []
            if not _apply(fixes):
                break
        for path in sorted(copy.glob("*.yaml")):
            old, new = (folder / path.name).read_bytes(), path.read_bytes()
            if old != new:
                yield Change(folder / path.name, old.decode(), new.decode())


def _apply(fixes: Iterable[Diagnostic]) -> bool:
    """Write the fixes into their files; gives whether one changed."""
    by_file: dict[str, list[Diagnostic]] = {}
    for finding in fixes:
        by_file.setdefault(finding.place.path, []).append(finding)
    changed = False
    for name, findings in by_file.items():
        path = Path(name)
        old = path.read_bytes().decode()
        new = _with_fixes(old, findings)
        if new != old and _same_but_for_texts(old, new, name):
            path.write_bytes(new.encode())
            changed = True
    return changed


def _with_fixes(text: str, findings: Iterable[Diagnostic]) -> str:
    """The text with all fixes that don't touch each other, from the end to the beginning."""
    starts = _line_starts(text)
    edge = len(text) + 1
    for finding in sorted(findings, key=lambda one: one.place, reverse=True):
        start = starts[finding.place.line - 1] + finding.place.column - 1
        end = start + finding.place.width
        if finding.place.width and end < edge and finding.fix is not None:
            text = text[:start] + finding.fix + text[end:]
            edge = start
    return text


def _line_starts(text: str) -> list[int]:
    """Where each line of YAML begins. A byte order mark is no column of it."""
    first = len(text) - len(text.removeprefix("\ufeff"))
    return [first, *(match.end() for match in source.LINE_END.finditer(text))]


def _same_but_for_texts(old: str, new: str, name: str) -> bool:
    before, after = (source.parse(text.removeprefix("\ufeff"), name) for text in (old, new))
    return not before[1] and not after[1] and _shape(before[0]) == _shape(after[0])


def _shape(node: source.Node | None) -> object:
    """A tree with its keys and the number of its texts, without what they say."""
    if isinstance(node, source.Mapping):
        return [(key, _shape(value)) for key, (_, value) in node.entries.items()]
    if isinstance(node, source.Sequence):
        return [_shape(item) for item in node.items]
    return isinstance(node, source.Scalar)
