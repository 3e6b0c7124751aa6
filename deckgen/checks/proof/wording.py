"""Texts made comparable: what is left of them when only the words count."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from sys import intern

from deckgen.checks.proof import Passage, Proof, Side, sides_of
from deckgen.checks.proof.part import Part
from deckgen.checks.words.english import function_words
from deckgen.checks.words.questions import ASKING, CHINESE_ASKING
from deckgen.checks.words.scripts import HAN, as_known
from deckgen.checks.words.tongue import Tongue
from deckgen.fixed import pickled_by_fields
from deckgen.kinds import Occlusion
from deckgen.markup import cloze, texts
from deckgen.markup.shown import COVER, OBJECT
from deckgen.patterns import lazy

#: One of the rules that compare wordings, for all of them.
_TWINS = "D02"
_LETTER = "A-Za-z0-9\u00c0-\u1fff\u2c00-\u2dff\u3040-\u30ff\uac00-\ud7af"
# Code and formulas, numbers, runs of ideographs, words, marks that are themselves spoken of, and
# signs that are no punctuation (`C` and `C++` are not the same).
_TOKEN = lazy(
    rf"{OBJECT}|[a-z]{{3,9}}://\S+|(?<!\w)-?\d+(?:[.,:]\d+)*|[{HAN}]+|[{_LETTER}]+(?:'[A-Za-z]+)?"
    r"|(?<=[\"'“‘「『《])[^\w\s]{1,3}(?=[\"'”’」』》])"
    r"|[^\w\s.,;:!?'\"()\[\]{}…—–“”‘’`´、。·•「」『』《》〈〉【】〔〕-]"
)
_OBJECT = lazy(f"{OBJECT}{COVER}*")
_PICTURE = lazy(r"!\[[^\[\]\n]*\]\(([^)\s]+)")

_CHINESE_STOP = lazy(
    f"{'|'.join(sorted(CHINESE_ASKING, key=len, reverse=True))}"
    "|什么|简要介绍|介绍|哪一?[个些种类项样位条]?|是否|是不是|可以|一个|一种|分别|主要|其中|这个|那个"
    "|[的了是在吗呢吧啊有和与及或而就都也还又把被让使从对于为以由将会能要可它他她这那之其所最很更中上下里个种些]"
)


@dataclass(eq=False)
class Wording:
    """A text, or several, as words. `content` are those that tell what it is about.

    `key` is equal for texts that differ only in case, punctuation and spaces.
    """

    tokens: tuple[str, ...]
    tongue: Tongue
    dense: bool
    key: str = ""

    def __post_init__(self) -> None:
        self.key = self.key or _GAP.sub("", " ".join(self.tokens).casefold())

    @cached_property
    def units(self) -> tuple[str, ...]:
        """The words in their order; where there are no blanks between words, the characters."""
        units: list[str] = []
        for token in self.tokens:
            units += (
                token if self.dense and not token.isascii() and token[0] != OBJECT else [token.casefold()]
            )
        return tuple(units)

    @cached_property
    def beginning(self) -> tuple[str, ...]:
        """The first three words, or four characters; nothing when there are fewer."""
        wanted = 4 if self.dense else 3
        return self.units[:wanted] if len(self.units) >= wanted else ()

    def differs_in_a_term(self, other: Wording) -> bool:
        """Whether one term of at most two words, or four characters, stands in the place of another."""
        first, second = self.units, other.units
        start, shorter = 0, min(len(first), len(second))
        while start < shorter and first[start] == second[start]:
            start += 1
        end = 0
        while end < shorter - start and first[-1 - end] == second[-1 - end]:
            end += 1
        most = 4 if self.dense else 2
        return all(0 < len(units) - start - end <= most for units in (first, second))

    @cached_property
    def content(self) -> frozenset[str]:
        """English words without stop words; pairs of neighbouring ideographs; code, formulas, numbers."""
        words: list[str] = []
        for token in self.tokens:
            if self.dense and not token.isascii() and token[0] != OBJECT:
                words += _bigrams(token)
            elif token[0] == OBJECT:
                words.append(token)
            elif word := _content_word(token, self.dense):
                words.append(word)
        return frozenset(words)

    @cached_property
    def characters(self) -> frozenset[str]:
        """As `content`, but single ideographs: what tells a word put in from one put in another's place."""
        return frozenset(
            part
            for word in self.content
            for part in (word if self.dense and not word.isascii() and word[0] != OBJECT else (word,))
        )

    @cached_property
    def asking(self) -> frozenset[str]:
        """Whether it asks why, how, when, where, who, or how many, or what is not so."""
        if self.tongue is Tongue.CHINESE:
            text = "".join(self.tokens)
            return frozenset(kind for word, kind in CHINESE_ASKING.items() if word in text)
        words = [token.lower() for token in self.tokens]
        negated = {"not"} if any(word.endswith("n't") for word in words) else set()
        return frozenset(ASKING[word] for word in words if word in ASKING) | negated

    @cached_property
    def names(self) -> frozenset[str]:
        """What tells one case from another: numbers, code, formulas, signs, proper names and abbreviations."""
        return frozenset(
            token if token[0] == OBJECT else _singular(token.casefold())
            for index, token in enumerate(self.tokens)
            if _is_name(token, index, self.dense)
        )


_GAP = lazy(r"(?<![a-z0-9]) | (?![a-z0-9])")


def _is_name(token: str, index: int, dense: bool) -> bool:
    if not token[0].isalpha() or any(character.isdigit() for character in token):
        return True
    if dense:
        return token.isascii()
    return token != token.lower() and (index > 0 or token[1:] != token[1:].lower())


@lru_cache(maxsize=20_000)  # a deck says the same words again and again
def _content_word(token: str, dense: bool) -> str:
    """The word by which a token counts; nothing when it is a stop word of a text with blanks between words."""
    word = intern(token.casefold())
    return _singular(word) if dense or word not in function_words(_TWINS) else ""


def _singular(word: str) -> str:
    """A word without the ending of a plural or possessive, as far as that is easy to tell."""
    word = word.removesuffix("'s")
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    return word[:-3] + "y" if word.endswith("ies") else word[:-1]


def _bigrams(run: str) -> Iterator[str]:
    for part in _CHINESE_STOP.split(run):
        if part and len(part) < 3:
            yield part
        else:
            yield from (part[at : at + 2] for at in range(len(part) - 1))


pickled_by_fields(Wording)


def of(passages: Iterable[Passage], *signs: str) -> Wording:
    """The words of texts that belong together, and `signs` that count as words."""
    tokens: list[str] = []
    first: Passage | None = None
    for passage in passages:
        first = first or passage
        tokens += map(intern, _tokens(passage))  # a deck says the same words again and again
    tongue, dense = (first.tongue, first.dense) if first else (Tongue.OTHER, False)
    return Wording((*tokens, *signs), tongue, dense)


def _tokens(passage: Passage) -> list[str]:
    text, shown = passage.text.value, passage.shown
    plain = shown if shown.isascii() else unicodedata.normalize("NFKC", shown).replace("\u2019", "'")
    tokens: list[str] = _TOKEN.findall(plain)
    if OBJECT in shown:
        objects = iter([text[slice(*one.span())].strip("*_~ \n") for one in _OBJECT.finditer(shown)])
        tokens = [OBJECT + next(objects, "") if token == OBJECT else token for token in tokens]
    if "://" in plain:
        tokens = [OBJECT + token if "://" in token and token[0] != OBJECT else token for token in tokens]
    if passage.text.html:
        tokens += [OBJECT + name for what, name in texts.references(passage.text) if what == "image"]
    elif "![" in text:
        tokens += [OBJECT + name for name in _PICTURE.findall(text)]
    return tokens


@dataclass(slots=True, eq=False)
class Front:
    """A card in one language, with the words of its question or cloze."""

    side: Side
    words: Wording
    _answer: Wording | None = None

    @property
    def answer(self) -> Wording:
        """The words of what is to be recalled: the answer, the items, what a cloze hides, or keys of masks."""
        if self._answer is None:
            self._answer = self._to_recall()
        return self._answer

    def _to_recall(self) -> Wording:
        side = self.side
        content = side.card.contents[side.lang]
        if isinstance(content, Occlusion):
            return Wording(tuple(mask.key.value for mask in content.masks), side.tongue, dense=False)
        if side.cloze is None:
            return of(side.answers)
        hidden = " ".join(deletion.content for deletion in cloze.scan(side.cloze.text.value)[0])
        tokens = _TOKEN.findall(unicodedata.normalize("NFKC", as_known(hidden, side.lang)))
        return Wording(tuple(tokens), side.tongue, side.cloze.dense)


pickled_by_fields(Front)


def fronts(proof: Proof) -> list[Front]:
    """Every card in every language."""
    return [front for part in proof.parts for front in part.once(_fronts)]


def _fronts(part: Part) -> list[Front]:
    return [Front(side, _asked(side)) for side in sides_of(part) if side.asks]


def _asked(side: Side) -> Wording:
    """The words of a question; a picture that it is about counts as one."""
    content = side.card.contents[side.lang]
    return of([side.front], *([OBJECT + content.picture.value] if isinstance(content, Occlusion) else []))
