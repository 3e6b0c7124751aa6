"""Names that moved into `limits`, `lines`, `parse`, `merge` and `dump`."""

from deckgen.lock.dump import dump, refused
from deckgen.lock.limits import EARLIEST, FILE, ID_STEP, LATEST, MAX_BYTES, MAX_TEXTS
from deckgen.lock.lines import MERGED, LineError, Lock, NoteLine, PackageLine, TypeLine
from deckgen.lock.merge import merge_notes
from deckgen.lock.parse import other_state, parse

__all__ = [
    "EARLIEST", "FILE", "ID_STEP", "LATEST", "MAX_BYTES", "MAX_TEXTS", "MERGED", "LineError",
    "Lock", "NoteLine", "PackageLine", "TypeLine", "dump", "merge_notes", "other_state", "parse", "refused",
]  # fmt: skip
