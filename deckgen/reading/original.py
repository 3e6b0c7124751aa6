"""The text of a deck's source, if it is on this machine: its sections, locators, and copied passages.

The text may be kept out of git, because it is mostly under somebody's copyright; none of it
is ever printed. Texts are compared in Unicode's compatibility form with blanks collapsed.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from deckgen.deck import Deck
from deckgen.fixed import fixed
from deckgen.patterns import lazy
from deckgen.reading import files

#: A longer file can't be a text that somebody has read.
MAX_BYTES = 20_000_000
_LETTERS = "A-Za-z0-9\u00c0-\u024f\u0370-\u04ff"
_TOKEN = lazy(
    "[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\U00020000-\U0003ffff]"
    f"|[{_LETTERS}]+(?:['\u2019-][{_LETTERS}]+)*"
)
_BLANKS = lazy(r"\s+")
_FENCE = lazy(r" {0,3}(`{3,}|~{3,})")
_NUMBER = lazy(r"\s*\d{1,3}\s*")
_HEADING = lazy(r"[ \t]*(#{1,6})[ \t]+(\S.*)")


class Unreadable(Exception):
    """The text can't be looked at; the message says why."""


@fixed
class Section:
    """A part of the text, between its heading and the next one."""

    label: str
    text: str


class _Line(NamedTuple):
    """A line with blanks collapsed, and without the marks of a heading."""

    flat: str
    title: str


class _Head(NamedTuple):
    """Where a heading stands, and its kind: `##`, or `00` for a number of two digits."""

    at: int
    level: str


def _at(head: _Head) -> int:
    return head.at


@dataclass
class Original:
    """The text of a source."""

    text: str
    _shingles: dict[int, dict[tuple[str, ...], int]] = field(default_factory=dict)

    @cached_property
    def flat(self) -> str:
        return flatten(self.text)

    def sections(self, labels: Iterable[str]) -> dict[str, Section]:
        """The sections that cards cite, by label, and the sections of the same kinds that no card cites.

        A label is a line of its own (`01`), a Markdown heading, or the beginning of one; else it is
        found in the last short line that begins with it. A section under a Markdown heading ends at
        the next heading that is not below it; sections with the same name are joined. Labels that are
        not found are left out.
        """
        wanted = {label: flatten(label) for label in sorted(labels)}
        begun = self._begun(set(wanted.values()) - self._titles.keys())
        places = {label: self._titles.get(flat) or begun.get(flat, []) for label, flat in wanted.items()}
        found = {label: heads for label, heads in places.items() if heads}
        cited = {head for heads in found.values() for head in heads}
        levels = {head.level for head in cited} or {head.level for head in self._headings[:1]}
        for head in self._headings:
            if head.level in levels and head not in cited:
                found.setdefault(self._lines[head.at].title, []).append(head)
        plain = sorted(head.at for head in cited if not head.level)
        sections = {}
        for label, heads in sorted(found.items(), key=lambda item: item[1][0].at):
            text = " ".join(self._between(head, plain) for head in heads)
            sections[label] = Section(self._lines[heads[0].at].title, text)
        return sections

    def _between(self, head: _Head, plain: list[int]) -> str:
        """The text under a heading."""
        first = bisect(self._headings, head.at, key=_at)
        after = (self._headings[index] for index in range(first, len(self._headings)))
        ends = [
            next((other.at for other in after if not head.level or _closes(other.level, head.level)), None),
            next(iter(plain[bisect(plain, head.at) :]), None),
        ]
        end = min((end for end in ends if end is not None), default=len(self._lines))
        return " ".join(line.flat for line in self._lines[head.at : end] if line.flat)

    def _begun(self, labels: set[str]) -> dict[str, list[_Head]]:
        """The first heading that begins with each label, or else the last short line that does.

        All labels are searched for at once: a text may have millions of lines, and a deck a label per card.
        """
        lengths = sorted({len(label) for label in labels})

        def beginnings(line: str) -> Iterator[str]:
            for length in lengths:
                if length > len(line):
                    return
                after = line[length : length + 1]
                if line[:length] in labels and not after.isalnum() and after != "_":
                    yield line[:length]

        begun: dict[str, list[_Head]] = {}
        for index, line in enumerate(self._lines if labels else ()):
            for label in beginnings(line.flat):
                if len(line.flat) <= len(label) + 80:
                    begun[label] = [_Head(index, "")]
        for head in reversed(self._headings if labels else []):
            for label in beginnings(self._lines[head.at].title):
                begun[label] = [head]
        return begun

    @cached_property
    def _titles(self) -> dict[str, list[_Head]]:
        """The headings with each title."""
        titles: dict[str, list[_Head]] = {}
        for head in self._headings:
            titles.setdefault(self._lines[head.at].title, []).append(head)
        return titles

    @cached_property
    def _lines(self) -> list[_Line]:
        lines = []
        for text in self.text.splitlines():
            marked = _HEADING.match(text)
            flat = flatten(text)
            lines.append(_Line(flat, flatten(marked[2]) if marked else flat))
        return lines

    @cached_property
    def _headings(self) -> list[_Head]:
        """Markdown headings outside code, and numbers on lines of their own."""
        heads = []
        fence = ""
        for index, text in enumerate(self.text.splitlines()):
            opening = _FENCE.match(text)
            if opening and (not fence or opening[1].startswith(fence)):
                fence = "" if fence else opening[1]
            marked = _HEADING.match(text)
            if marked and not fence:
                heads.append(_Head(index, marked[1]))
            elif _NUMBER.fullmatch(text):
                heads.append(_Head(index, "0" * len(text.strip())))
        return heads

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


def place(deck: Deck) -> Path | None:
    """Where the text of a deck's source lies or should lie; None when the deck names no file."""
    return deck.folder / deck.source.file.value if deck.source and deck.source.file else None


def read(deck: Deck) -> Original | None:
    """The text of a deck's source; None when the deck names no file. Raises Unreadable."""
    path = place(deck)
    if path is None:
        return None
    try:
        if not path.is_file():
            raise Unreadable("is not on this machine")
        if path.stat().st_size > MAX_BYTES:
            raise Unreadable(f"is larger than {MAX_BYTES // 1_000_000} MB")
        return Original(files.read(path, MAX_BYTES).decode("utf-8-sig"))
    except OSError as error:
        raise Unreadable(f"can't be read: {error.strerror}") from None
    except (UnicodeDecodeError, ValueError):
        raise Unreadable("is not UTF-8 text") from None


def flatten(text: str) -> str:
    """`text` in compatibility form, with each run of blanks made one blank, and none at the ends."""
    return _BLANKS.sub(" ", unicodedata.normalize("NFKC", text)).strip()


def _fold(word: str) -> str:
    return unicodedata.normalize("NFKC", word).casefold()


def _closes(level: str, other: str) -> bool:
    """Whether a heading of one level ends the section under one of another."""
    if level[0] == other[0] == "#":
        return len(level) <= len(other)
    return level == other
