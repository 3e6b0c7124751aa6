"""What an author wrote for a card, as one text: deck.lock keeps a hash of it.

The form of this text may never change, or every line of every lock would change. It is what `repr()` of
Python 3.11 gave for the values of deckgen 0.1.0, from which the first hashes were made. It is spelt out
here because `repr()` depends on the names of our classes, on every field that is added to them, and on
the Unicode tables of the Python that runs.

Fields added after 0.1.0 are written only where they have a value, so one that no card uses changes no line.
"""

from __future__ import annotations

from bisect import bisect
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any

from deckgen.deck import Card
from deckgen.kinds import ClozeText, Content, Item, ItemList, QuestionAnswer
from deckgen.patterns import lazy
from deckgen.written import Text

#: The names of the classes in 0.1.0, and of those fields that are always written, in this order.
FIRST: dict[type, tuple[str, tuple[str, ...]]] = {
    QuestionAnswer: ("QuestionAnswer", ("question", "answer", "note")),
    ClozeText: ("ClozeText", ("text", "note")),
    ItemList: ("ItemList", ("question", "items", "note")),
    Item: ("Item", ("key", "text")),
}

#: Nearly all texts have only these characters, which are all printable. Looking up each one takes longer.
PRINTED = lazy(
    r"[ -~\u00a1-\u00ac\u00ae-\u0377\u0400-\u052f\u2010-\u2027\u2030-\u205e\u2190-\u2426"
    r"\u3001-\u303f\u3041-\u3096\u3099-\u30ff\u3400-\ua48c\uac00-\ud7a3\uff01-\uffbe]*"
)


def authored(content: Content) -> str:
    """All that an author wrote for a card in one language: `ClozeText(text=Text(value='…'), note=None)`.

    Raises TypeError for a value that has no form here, such as a fraction: contents hold texts and integers.
    """
    return _form(content)


def switches(card: Card) -> str:
    """The yes-or-no keys of a card. One that is added later may be written only where it is on."""
    return "".join("True" if on else "False" for on in (card.reverse, card.typed))


def _form(value: object) -> str:
    if isinstance(value, Text):
        return f"Text(value={quoted(value.value)}{', html=True' if value.html else ''})"
    if value is None:
        return "None"
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, int):  # or a bool, which is one
        return str(value)
    if isinstance(value, tuple):
        members = [_form(member) for member in value]
        return f"({members[0]},)" if len(members) == 1 else f"({', '.join(members)})"
    of: Any = type(value)
    name, first, later = _fields(of)
    parts = [f"{field}={_form(getattr(value, field))}" for field in first]
    parts += [f"{field}={_form(getattr(value, field))}" for field in later if getattr(value, field)]
    return f"{name}({', '.join(parts)})"


@cache
def _fields(of: type) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """The name of a class, the fields always written, and the fields written only with a value."""
    if not is_dataclass(of):
        raise TypeError(f"no form was given to {of.__name__}")
    name, first = FIRST.get(of, (of.__name__, ()))
    return name, first, tuple(field.name for field in fields(of) if field.name not in first)


def quoted(text: str) -> str:
    """A text between quotes, with a backslash before what ends it.

    Unprintable characters are written by their number. The quotes are single, or double around a text
    that has single quotes and no double ones.
    """
    quote = '"' if "'" in text and '"' not in text else "'"
    text = text.replace("\\", "\\\\").replace(quote, f"\\{quote}")
    if not (text.isascii() and text.isprintable()) and not PRINTED.fullmatch(text):
        text = text.translate(_WRITTEN)
    return f"{quote}{text}{quote}"


def is_printed(character: str) -> bool:
    """Whether a character is written as it is. Every Python gives the same answer, whatever its Unicode."""
    edges = _edges()
    return bisect(edges, ord(character)) % 2 == 0


@cache
def _edges() -> list[int]:
    """Where ranges of unprintable characters begin and end, in turn."""
    edges: list[int] = []
    for line in Path(__file__).with_name("unprinted.txt").read_text(encoding="ascii").splitlines():
        if not line.startswith("#"):
            start, _, end = line.partition("-")
            edges += [int(start, 16), int(end or start, 16) + 1]
    return edges


class _Written(dict[int, str]):
    """How each character is written, by its number; worked out when it first occurs."""

    def __missing__(self, number: int) -> str:
        character = chr(number)
        self[number] = written = character if is_printed(character) else _number(number)
        return written


def _number(number: int) -> str:
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


_WRITTEN = _Written({ord("\t"): "\\t", ord("\n"): "\\n", ord("\r"): "\\r"})
