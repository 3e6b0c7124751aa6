"""Names that adopted decks, note types and cards get: from their words where those have Latin letters."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from deckgen.markup import markdown
from deckgen.patterns import lazy
from deckgen.reading.keys import MAX_NAME, RESERVED

#: How many words of a question the id of its card has at most.
_WORDS = 7
#: Letters that Unicode does not take apart.
_PLAIN = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ı": "i"}
)
_DELETION = lazy(r"\{\{c\d+::(.*?)(?:::[^{}]*)?\}\}")
_BREAK = lazy(r"<(?:br|/?div|/?p|/?li|/?t[dr])\b[^<>]*>", 2)  # 2 is re.IGNORECASE
_SOUND = lazy(r"\[sound:[^\]]*\]|<style.*?</style>|<script.*?</script>", 2 | 16)
_SIGNS = lazy(r"[^a-z0-9]+")
# A number or letters by which another program knows the note: nobody reads it.
_CODE = lazy(r"(?=[a-z-]*[0-9])[a-z0-9]{9,}|[a-z0-9]{25,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
#: More of a field than this says nothing about its first words; a stranger's may have megabytes.
_BEGINNING = 2_000


def slug(text: str, most: int = MAX_NAME) -> str:
    """`text` as a name of a-z, 0-9 and hyphens; empty when it has no Latin letter."""
    folded = unicodedata.normalize("NFKD", text.casefold().translate(_PLAIN))
    letters = "".join(sign for sign in folded if not unicodedata.combining(sign))
    words = _SIGNS.sub("-", letters.replace("'", "").replace("\u2019", "")).strip("-")
    if not any("a" <= sign <= "z" for sign in words):
        return ""
    return _cut(words, most)


def _cut(words: str, most: int) -> str:
    """The first whole words of a name that have room in `most` characters, or the beginning of the first."""
    if len(words) <= most:
        return words
    whole = words[: most + 1].rpartition("-")[0]
    return whole or words[:most]


def of_field(html: str) -> str:
    """A name from the first words of a field; empty when it has no Latin letter."""
    shown = _SOUND.sub(" ", html[:_BEGINNING])
    text = markdown.plain(_BREAK.sub(" ", shown))
    words = slug(_DELETION.sub(r"\1", text), _BEGINNING)
    return _cut("-".join(words.split("-")[:_WORDS]), MAX_NAME - 8)


class Unique:
    """Gives names that are given once only."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = {*taken, *RESERVED}
        self._last: dict[str, int] = {}

    def give(self, name: str, begin: int = 1) -> str:
        """`name`, or the same with the next free number behind it; with `begin` 0, always with a number."""
        number = self._last.get(name, begin)
        made = name if number == 1 and begin else f"{name}-{number}"
        while made in self._taken:
            number += 1
            made = f"{name}-{number}"
        self._last[name] = number
        self._taken.add(made)
        return made

    def card(self, fields: Iterable[str], number: int) -> str:
        """The id of the card with these fields, the `number`th of its deck: by the first that has words."""
        names = (name for name in map(of_field, fields) if name and not _CODE.fullmatch(name))
        return self.give(next(names, f"card-{number}"))
