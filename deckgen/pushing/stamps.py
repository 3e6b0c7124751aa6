"""What an import without the window leaves behind: note types that are as new as that import.

The older importer, which AnkiConnect's `importPackage` calls, merges note types, and gives them its own
time. A later look would be taken for an older one and be dropped, when its stamp comes from a clock that
lags or is fixed. So the lock remembers that time, and the next look gets a later one (`above`, see
docs/lock.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from deckgen.lock import held
from deckgen.lock.dump import dump
from deckgen.packing.stage import alone, write_texts
from deckgen.pushing.there import There
from deckgen.pushing.wanted import Wanted


def rise(items: Sequence[Wanted], there: There, decks_dir: Path, output_dir: Path) -> bool:
    """Write the stamps that note types have in Anki now into the locks; tells whether any lock changed.

    Raises stage.Busy, and OSError.
    """
    locks = {held.path_of(item.deck): item.lock for item in items}
    for item in items:
        path = held.path_of(item.deck)
        lines = dict(locks[path].note_types)
        for role, one in item.rendered.note_types.items():
            key, look = (item.lang, role), there.looks.get(one.number)
            if look is not None and key in lines and look.stamp > max(lines[key].stamp, lines[key].above):
                lines[key] = replace(lines[key], above=look.stamp)
        locks[path] = replace(locks[path], note_types=lines)
    texts = {path: dump(lock) for path, lock in locks.items()}
    changed = {path: text for path, text in texts.items() if path.read_text(encoding="utf-8") != text}
    if changed:
        with alone(decks_dir, output_dir) as journal:
            write_texts(changed, journal)
    return bool(changed)
