"""Read CSV and TSV files, which say nothing about themselves: the author names the columns."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from deckgen.adopting import plain
from deckgen.adopting.foreign import Table
from deckgen.packing.collection import MAX_NOTES, Unreadable
from deckgen.terminal import shorten, visible

#: In place of a name: this column is left out.
SKIPPED = "-"
#: The separators of spreadsheets, the likeliest first: in texts there are commas, but hardly ever tabs.
_SEPARATORS = {"\t": "tabs", ";": "semicolons", ",": "commas"}
_SAMPLE = 200


def read(path: Path, columns: Sequence[str]) -> Table:
    """The rows of a file, of which `columns` names the columns. Raises Unreadable.

    The separator is found out. A first row that repeats these names is left out.
    """
    names = [name.strip() for name in columns]
    kept = [place for place, name in enumerate(names) if name != SKIPPED]
    chosen = tuple(names[place] for place in kept)
    if not kept or "" in chosen or len(set(chosen)) < len(chosen):
        raise Unreadable("name each column once, such as `q,a,tags`, and one that is left out `-`")
    header, count, body = plain.headers(plain.text(path))
    separator = plain.separator(header, path) or _separator(body, len(names), path)
    found: list[tuple[str, ...]] = []
    for line, row in plain.rows(body, separator, path, count):
        if not any(cell.strip() for cell in row):
            continue
        if any(cell.strip() for cell in row[len(names) :]):
            raise Unreadable(
                f"the row that ends in line {line} of {path.as_posix()} has {len(row)} columns, but"
                f" {len(names)} are named: name the others, too (`-` leaves a column out), or put values with"
                f" {_SEPARATORS.get(separator, 'separators')} in quotes"
            )
        if len(found) == MAX_NOTES:
            raise Unreadable(f"{path.as_posix()} has more than {MAX_NOTES} rows")
        padded = row + [""] * (len(names) - len(row))
        found.append(tuple(padded[place] for place in kept))
    if found and _folded(found[0]) == _folded(chosen):
        del found[0]
    if not found:
        raise Unreadable(f"{path.as_posix()} has no rows")
    return Table(chosen, found, header.get("html", "").strip().lower() == "true")


def _folded(cells: Sequence[str]) -> list[str]:
    return [cell.strip().casefold() for cell in cells]


def _separator(body: str, width: int, path: Path) -> str:
    """The separator by which the most of the first rows have as many columns as are named.

    Raises Unreadable when there is none by which a row has.
    """
    if width == 1:
        return "\t"
    fits, seen = {}, {}
    for separator in _SEPARATORS:
        try:
            sample = [row for _, row in islice(plain.rows(body, separator, path), _SAMPLE)]
        except Unreadable:  # the quotes fit another separator; if they fit none, they are told with the rows
            continue
        fits[separator] = sum(len(row) == width for row in sample)
        seen[separator] = len(sample[0]) if sample else 0
    best = max(fits, key=lambda one: fits[one], default=None)
    if best is None:
        list(plain.rows(body, ",", path))  # says which quotes can't be read
    if best is None or not fits[best]:
        most = max(seen, key=lambda one: seen[one], default=",")
        first = shorten(visible(body.split("\n", 1)[0]), 80)
        raise Unreadable(
            f"no row of {path.as_posix()} has the {width} columns that are named; the first has"
            f" {seen.get(most, 0)} by {_SEPARATORS[most]}: {first}"
        )
    return best
