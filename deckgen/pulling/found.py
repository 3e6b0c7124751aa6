"""What a pull works on, and what it found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deckgen.building.steps import Ready
from deckgen.editing.mend import Change
from deckgen.finding import Finding, has_errors
from deckgen.pulling.decide import Decision
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
    """Findings, what was found by package, texts before and after, and files that come, by their places."""

    findings: list[Finding]
    packages: list[Package] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    media: dict[Path, Path] = field(default_factory=dict)

    @property
    def exit_code(self) -> int:
        """0 all is home, 1 something is for a person to decide."""
        return int(has_errors(self.findings))
