"""Read messages of protobuf, in which newer Ankis keep note types, decks and the list of media.

Only what Anki uses is read: whole numbers and values with a length
(https://protobuf.dev/programming-guides/encoding/). Numbers of four or eight bytes are passed over.
"""

from __future__ import annotations

from collections.abc import Iterator

#: A value of a field: a whole number from 0 below 2^64, or bytes, which may be a message of their own.
Value = int | bytes
_MOST_BITS = 70
#: The most values of a message: as many as a zip can have members, of which each may be in the list of media.
_MOST_VALUES = 160_000
_SIGN = 1 << 63


def values(message: bytes) -> Iterator[tuple[int, Value]]:
    """The fields of a message by number, as they stand. Raises ValueError for too many, and for damage."""
    at, end, left = 0, len(message), _MOST_VALUES
    while at < end:
        left -= 1
        if left < 0:
            raise ValueError(f"it has more than {_MOST_VALUES:,} values")
        key, at = _varint(message, at)
        kind = key & 7
        if kind == 0:
            number, at = _varint(message, at)
            yield key >> 3, number
        elif kind == 2:
            size, at = _varint(message, at)
            if size > end - at:
                raise ValueError("a value is longer than what holds it")
            yield key >> 3, message[at : at + size]
            at += size
        elif kind in (1, 5):
            at += 8 if kind == 1 else 4
            if at > end:
                raise ValueError("a number is longer than what holds it")
        else:
            raise ValueError("it is no message of protobuf")


class Message:
    """A message by its fields; of a field that stands twice the last value counts, as always in protobuf."""

    def __init__(self, message: bytes) -> None:
        """Raises ValueError when it is damaged."""
        self._values = dict(values(message))

    def number(self, field: int) -> int:
        """A whole number; 0 without one, which is how protobuf writes 0."""
        found = self._values.get(field, 0)
        if not isinstance(found, int):
            raise ValueError("it has a text in the place of a number")
        return found - 2 * _SIGN if found >= _SIGN else found

    def optional(self, field: int) -> int | None:
        """A whole number; None without one, where 0 is another value."""
        return self.number(field) if field in self._values else None

    def bytes(self, field: int) -> bytes:
        """Bytes; none without the field."""
        found = self._values.get(field, b"")
        if isinstance(found, int):
            raise ValueError("it has a number in the place of a text")
        return found

    def text(self, field: int) -> str:
        """A text. Raises UnicodeDecodeError, a ValueError, when it is no UTF-8."""
        return self.bytes(field).decode("utf-8")


def _varint(message: bytes, at: int) -> tuple[int, int]:
    number = 0
    for shift in range(0, _MOST_BITS, 7):
        if at >= len(message):
            raise ValueError("it ends in the middle of a number")
        byte = message[at]
        at += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number & (2 * _SIGN - 1), at
    raise ValueError("a number has more than ten bytes")
