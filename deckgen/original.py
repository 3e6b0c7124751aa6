"""The text that a deck is drawn from, when it is on this machine: sections, locators, copied runs.

It may lie outside of git, since it is mostly somebody's copyright; nothing of it is
ever printed. Texts are compared in Unicode's compatibility form with blanks collapsed.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from deckgen.deck import Deck

#: A longer file is no text that somebody read.
MAX_BYTES = 20_000_000
_LETTERS = "A-Za-z0-9\u00c0-\u024f\u0370-\u04ff"
_TOKEN = re.compile(
    "[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\U00020000-\U0003ffff]"
    f"|[{_LETTERS}]+(?:['\u2019-][{_LETTERS}]+)*"
)
_BLANKS = re.compile(r"\s+")
_NUMBER = re.compile(r"\s*\d{1,3}\s*")
_HEADING = re.compile(r"[ \t]*(#{1,6})[ \t]+(\S.*)")


class Unreadable(Exception):
    """The text can't be looked at; the message says why."""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the text, between its heading and the next one."""

    label: str
    text: str


@dataclass
class Original:
    """The text of a source."""

    text: str
    _shingles: dict[int, dict[tuple[str, ...], int]] = field(default_factory=dict)

    @cached_property
    def flat(self) -> str:
        return flatten(self.text)

    def has(self, words: str) -> bool:
        """Whether `words` stand anywhere in the text."""
        return flatten(words) in self.flat

    def sections(self, labels: Iterable[str]) -> dict[str, Section]:
        """The sections under which cards cite, by label, and those beside them that none cites.

        A label is a line of its own (`01`), a Markdown heading, or the beginning of one.
        Labels that are not found are not among them.
        """
        lines = self.text.splitlines()
        heads: dict[int, list[str]] = {}
        for label in sorted(labels):
            index = _find_heading(lines, label)
            if index is not None:
                heads.setdefault(index, []).append(label)
        for index in list(heads) or _first_heading(lines):
            for other, name in _siblings(lines, index):
                heads.setdefault(other, [name])
        found: dict[str, Section] = {}
        for index, following in itertools.pairwise([*sorted(heads), len(lines)]):
            section = Section(heads[index][0], flatten("\n".join(lines[index:following])))
            found |= {label: section for label in heads[index] if label not in found}
        return found

    def runs(self, text: str, shortest: int) -> Iterator[tuple[int, int, int]]:
        """Runs of at least `shortest` tokens that `text` shares with the source: start, end, tokens."""
        tokens = [(match.start(), match.end(), _fold(match[0])) for match in _TOKEN.finditer(text)]
        if len(tokens) < shortest:
            return
        words = self._tokens
        places = self._places(shortest)
        index = 0
        while index + shortest <= len(tokens):
            start = places.get(tuple(token[2] for token in tokens[index : index + shortest]))
            if start is None:
                index += 1
                continue
            length = shortest
            while (
                index + length < len(tokens)
                and start + length < len(words)
                and words[start + length] == tokens[index + length][2]
            ):
                length += 1
            yield tokens[index][0], tokens[index + length - 1][1], length
            index += length

    @cached_property
    def _tokens(self) -> list[str]:
        return self.tokens(self.text)

    @staticmethod
    def tokens(text: str) -> list[str]:
        """The words of a text, or its characters where it has no blanks between words."""
        return [_fold(match[0]) for match in _TOKEN.finditer(text)]

    def _places(self, size: int) -> dict[tuple[str, ...], int]:
        if size not in self._shingles:
            words = self._tokens
            self._shingles[size] = {
                tuple(words[index : index + size]): index for index in range(len(words) - size + 1)
            }
        return self._shingles[size]


def read(deck: Deck) -> Original | None:
    """The text of a deck's source; None when the deck names no file. Raises Unreadable."""
    if deck.source is None or deck.source.file is None:
        return None
    path = deck.folder / deck.source.file.value
    try:
        if not path.is_file():
            raise Unreadable("is not on this machine")
        if path.stat().st_size > MAX_BYTES:
            raise Unreadable(f"is larger than {MAX_BYTES // 1_000_000} MB")
        return Original(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise Unreadable(f"can't be read: {error.strerror}") from None
    except (UnicodeDecodeError, ValueError):
        raise Unreadable("is not UTF-8 text") from None


def flatten(text: str) -> str:
    """`text` in compatibility form, with every run of blanks as one, and none at its ends."""
    return _BLANKS.sub(" ", unicodedata.normalize("NFKC", text)).strip()


def _fold(word: str) -> str:
    return unicodedata.normalize("NFKC", word).casefold()


def _find_heading(lines: list[str], label: str) -> int | None:
    """A line that is the label, else a heading with it, else the last short line that begins with it."""
    wanted = flatten(label)
    begins = re.compile(re.escape(wanted) + r"(?![\w])")
    prefix = None
    heading = None
    for index, line in enumerate(lines):
        flat = flatten(line)
        if flat == wanted:
            return index
        marked = _HEADING.match(line)
        if marked and heading is None and begins.match(flatten(marked[2])):
            heading = index
        if begins.match(flat) and len(flat) <= len(wanted) + 80:
            prefix = index
    return heading if heading is not None else prefix


def _first_heading(lines: list[str]) -> list[int]:
    """Where the first heading of the commonest level of Markdown stands, or the first number of its own."""
    levels = [(match[1], index) for index, line in enumerate(lines) if (match := _HEADING.match(line))]
    if not levels:
        return [index for index, line in enumerate(lines) if _NUMBER.fullmatch(line)][:1]
    level = Counter(level for level, _ in levels).most_common(1)[0][0]
    return [next(index for found, index in levels if found == level)]


def _siblings(lines: list[str], index: int) -> Iterator[tuple[int, str]]:
    """Headings of the same kind as the one at `index`: of the same level, or numbers of the same length."""
    marked = _HEADING.match(lines[index])
    number = flatten(lines[index])
    for other, line in enumerate(lines):
        found = _HEADING.match(line)
        if marked and found and found[1] == marked[1]:
            yield other, flatten(found[2])
        elif number.isdigit() and flatten(line).isdigit() and len(flatten(line)) == len(number):
            yield other, flatten(line)
