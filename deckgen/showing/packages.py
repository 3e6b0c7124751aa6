"""What a build prints about its packages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from deckgen.building.build import Package
from deckgen.lock.advance import Changes
from deckgen.terminal import counted, visible


def summary(packages: Iterable[Package]) -> str:
    """A line for each package: its path, what is in it, and what is new; below it what learners move."""
    return "".join(
        f"{line}\n"
        for package in packages
        for line in (_line(package), *(f"  ! moved: {visible(one)}" for one in package.moved))
    )


def unchanged(packages: Iterable[Package]) -> str:
    """The lines that the next build would print if nothing changes until then."""
    return summary(replace(one, changes=Changes((), (), one.notes, ()), moved=()) for one in packages)


def _line(package: Package) -> str:
    changes = package.changes
    counts = [(len(changes.new), "new"), (len(changes.changed), "changed"), (changes.unchanged, "unchanged")]
    words = ", ".join(f"{count} {word}" for count, word in counts if count)
    notes, cards = counted(package.notes, "note"), counted(package.cards, "card")
    look = "; new look" if changes.looks else ""
    let_go = f"; left to its learner: {', '.join(changes.let_go)}" if changes.let_go else ""
    return f"{package.path}  {notes}, {cards}: {words}{look}{let_go}"
