"""What an import without the window does to note types: what it would spoil, and what it leaves behind.

The older importer, which AnkiConnect's `importPackage` calls, merges note types, and gives them its own
time. A later look would be taken for an older one and be dropped, when its stamp comes from a clock that
lags or is fixed. So the lock remembers that time, and the next look gets a later one (`above`, see
docs/lock.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from deckgen.editing.author import lock_as_built, lock_text
from deckgen.finding import Refused
from deckgen.lock import held
from deckgen.packing.stage import alone, write_texts
from deckgen.pushing.sign import Package
from deckgen.pushing.there import There
from deckgen.pushing.wanted import Wanted


def expect_ids(packages: Sequence[Package]) -> None:
    """Refuse an import without the window of note types whose fields and templates Anki knows by name only.

    It merges note types: when the learner or the author renamed a template of such a type, each note gets a
    second card, and a field of another name is added (measured with Anki 26.9.3). Only types that learners
    had before deckgen may have no ids.
    """
    for one in packages:
        names = [each.name for each in one.wanted.types.values() if not each.has_ids]
        if names and one.difference.waits:
            listed = ", ".join(f"“{name}”" for name in names)
            raise Refused(
                f"{one.wanted.package.name} has note types whose fields or templates have no ids: {listed}. "
                "An import without Anki's window could give their notes second cards: push without "
                "--unattended. Nothing was changed"
            )


def rise(items: Sequence[Wanted], there: There, decks_dir: Path, output_dir: Path) -> bool:
    """Write the stamps that note types have in Anki now into the locks; tells whether any lock changed.

    Raises stage.Busy, CantEdit, and OSError.
    """
    with alone(decks_dir, output_dir) as journal:
        texts = _risen(items, there)
        changed = {path: text for path, text in texts.items() if path.read_text(encoding="utf-8") != text}
        if changed:
            write_texts(changed, journal)
    return bool(changed)


def _risen(items: Sequence[Wanted], there: There) -> dict[Path, str]:
    """The texts of the locks as they are now, with those stamps."""
    decks = {item.deck.folder: item.deck for item in items if held.path_of(item.deck).exists()}
    locks = {folder: lock_as_built(folder, deck) for folder, deck in decks.items()}
    for item in (one for one in items if one.deck.folder in locks):
        folder = item.deck.folder
        lines = dict(locks[folder].note_types)
        for role, one in item.rendered.note_types.items():
            key, look = (item.lang, role), there.looks.get(one.number)
            if look is not None and key in lines and look.stamp > max(lines[key].stamp, lines[key].above):
                lines[key] = replace(lines[key], above=look.stamp)
        locks[folder] = replace(locks[folder], note_types=lines)
    return {path: text for folder, lock in locks.items() for path, text in lock_text(folder, lock).items()}
