"""What a pull works on, and what it found."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path

from deckgen.building.steps import Ready
from deckgen.editing.mend import Change
from deckgen.finding import Finding, Place, has_errors
from deckgen.pulling.decision import Decision
from deckgen.pulling.fresh import Fresh
from deckgen.pulling.learner import Theirs
from deckgen.pulling.types import Restyled
from deckgen.written import lines_of


@dataclass(frozen=True, slots=True)
class Asked:
    """What a pull works on: folders, the learner's file, and what the author wishes.

    `files` gives what the learner has of the decks: a file, or what a running Anki writes into a folder.
    `theirs` and `ours` are cards whose clashes are decided; `shipped` are packages that learners had; `new`
    is the card file into which notes come that the learner added; `note_types` are the roles, or names in
    Anki, of those whose templates and style sheets are taken.
    """

    decks_dir: Path
    output_dir: Path
    files: Callable[[Sequence[Ready], Path], Sequence[Path]]
    names: tuple[str, ...] = ()
    lang: str | None = None
    theirs: frozenset[str] = frozenset()
    ours: frozenset[str] = frozenset()
    shipped: tuple[Path, ...] = ()
    new: Path | None = None
    note_types: frozenset[str] = frozenset()


@dataclass(slots=True)
class Package:
    """What a pull found in the notes of one package.

    Of the notes `there`, some were `edited`, and some lack fields, so that nobody can tell: those are
    `not_compared`. `fresh` are notes that become cards; `added` are those that don't, by guid, with the
    reason or nothing, and those that came home `elsewhere`, with the card and the other branch. `older` are
    those that may be back at an older text. `vanished` are cards by the name of a text that Anki emptied, and
    not the learner. `trouble` says what to do where git may not know all that was shipped.
    """

    name: str
    lang: str
    there: int
    edited: int
    not_compared: int
    decisions: list[Decision]
    gone: tuple[str, ...] = ()
    fresh: list[Fresh] = field(default_factory=list)
    added: dict[str, str] = field(default_factory=dict)
    elsewhere: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    restyled: list[Restyled] = field(default_factory=list)
    older: list[Theirs] = field(default_factory=list)
    vanished: Mapping[str, list[str]] = field(default_factory=dict)
    trouble: str = ""

    @property
    def written(self) -> set[str]:
        """The cards for which something is to be written."""
        return {one.theirs.name for one in self.decisions if one.writes}


@dataclass(slots=True)
class Pulled:
    """Findings, what was found by package, texts before and after, and files that come, by their places.

    `of_new` are findings about what came, at their places in the new files. `where` gives the place that
    something has now, which had another one before the pull. `idle` are cards behind `--theirs` or `--ours`
    of which the learner has no edit, and `idle_types` note types that were named without a change that is not
    home. `stopping` are the codes of the rules by which the next build will refuse what came home.
    """

    findings: list[Finding]
    packages: list[Package] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    media: dict[Path, Path] = field(default_factory=dict)
    of_new: list[Finding] = field(default_factory=list)
    where: Callable[[Place], Place] = lambda place: place
    idle: tuple[str, ...] = ()
    idle_types: tuple[str, ...] = ()
    stopping: set[str] = field(default_factory=set)

    def are_written(self) -> None:
        """Let findings and reports name the lines of the files as they are now."""
        changes = {change.path.as_posix(): change for change in self.changes}

        @cache
        def lines(path: str) -> list[int]:
            return [*_lines_now(lines_of(changes[path].old), lines_of(changes[path].new))]

        def where(place: Place) -> Place:
            if place.path not in changes or place.line > len(lines(place.path)):
                return place
            return place._replace(line=lines(place.path)[place.line - 1] + 1)

        self.where = where
        self.findings = [replace(one, place=where(one.place)) for one in self.findings]

    @property
    def exit_code(self) -> int:
        """1 if an edit waits for a person, the file is the wrong one, or the deck has errors; else 0."""
        return int(has_errors(self.findings))


def _lines_now(old: Sequence[str], new: Sequence[str]) -> Iterator[int]:
    """Where each of the old lines stands among the new ones; both are counted from 0.

    The lines that both have once, such as those with the ids, hold apart what lies between them: in a long
    file many cards have some lines in common.
    """
    counts = Counter(old), Counter(new)
    places = {line: place for place, line in enumerate(new) if counts[0][line] == counts[1][line] == 1}
    begin = now = 0
    for end, line in enumerate(old):
        if places.get(line, -1) >= now:
            yield from _between(old[begin:end], new[now : places[line]], now)
            yield places[line]
            begin, now = end + 1, places[line] + 1
    yield from _between(old[begin:], new[now:], now)


def _between(old: Sequence[str], new: Sequence[str], first: int) -> Iterator[int]:
    """The same of some lines, of which the new ones begin at `first`.

    Of changed lines that follow each other, those are the same that begin with the same key.
    """
    for change, at, end, now, now_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if change == "equal":
            yield from range(first + now, first + now_end)
            continue
        keys: dict[str, deque[int]] = {}
        for line in range(now, now_end):
            keys.setdefault(new[line].partition(":")[0], deque()).append(line)
        for line in range(at, end):
            same = keys.get(old[line].partition(":")[0])
            yield first + (same.popleft() if same else min(now + line - at, max(now_end - 1, now)))
