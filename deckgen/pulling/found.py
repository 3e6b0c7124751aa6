"""What a pull works on, and what it found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from difflib import Match, SequenceMatcher
from functools import cache
from pathlib import Path

from deckgen.building.steps import Ready
from deckgen.editing.mend import Change
from deckgen.finding import Finding, Place, has_errors
from deckgen.pulling.decision import Decision
from deckgen.pulling.fresh import Fresh
from deckgen.pulling.learner import Theirs
from deckgen.pulling.types import Restyled


@dataclass(frozen=True, slots=True)
class Asked:
    """What a pull works on: folders, the learner's file, and what the author wishes.

    `files` gives what the learner has of the decks: a file, or what a running Anki writes into a folder.
    `theirs` and `ours` are cards whose clashes are decided; `shipped` are packages that learners had; `new`
    is the card file into which notes come that the learner added.
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


@dataclass(slots=True)
class Package:
    """What a pull found in the notes of one package.

    `fresh` are notes that become cards; `added` are those that don't, by guid, with the reason or nothing.
    `older` are those that may be back at an older text.
    """

    name: str
    lang: str
    there: int
    edited: int
    decisions: list[Decision]
    gone: tuple[str, ...] = ()
    fresh: list[Fresh] = field(default_factory=list)
    added: dict[str, str] = field(default_factory=dict)
    restyled: tuple[Restyled, ...] = ()
    older: list[Theirs] = field(default_factory=list)


@dataclass(slots=True)
class Pulled:
    """Findings, what was found by package, texts before and after, and files that come, by their places.

    `where` gives the place that something has now, which had another one before the pull. `idle` are cards
    behind `--theirs` or `--ours` of which the learner has no edit.
    """

    findings: list[Finding]
    packages: list[Package] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    media: dict[Path, Path] = field(default_factory=dict)
    where: Callable[[Place], Place] = lambda place: place
    idle: tuple[str, ...] = ()

    def are_written(self) -> None:
        """Let findings and reports name the lines of the files as they are now."""
        changes = {change.path.as_posix(): change for change in self.changes}

        @cache
        def blocks(path: str) -> list[Match]:
            old, new = (text.splitlines() for text in (changes[path].old, changes[path].new))
            return SequenceMatcher(None, old, new).get_matching_blocks()

        def where(place: Place) -> Place:
            if place.path not in changes:
                return place
            at = place.line - 1
            last = next((one for one in reversed(blocks(place.path)) if one.a <= at), Match(0, 0, 0))
            # What was itself changed stands behind the lines before it that were not.
            return place._replace(line=last.b + min(at - last.a, last.size) + 1)

        self.where = where
        self.findings = [replace(one, place=where(one.place)) for one in self.findings]

    @property
    def exit_code(self) -> int:
        """0 all is home, 1 something is for a person to decide."""
        return int(has_errors(self.findings))
