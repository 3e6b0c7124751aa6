"""F12: an abbreviation is explained nowhere in the deck

Somebody who has just read about sailing knows what “MLD” stands for. To others the card
is a row of letters, and in time it becomes one for you (Wozniak: don't learn what you don't
understand). One explanation in the deck is enough, on any card or in the `glossary:`.

Bad:
    - en: {q: "What do sailors call a tide with an MLD below one metre?", a: "A slack tide."}
    - zh: {q: "水手把 MLD 低于一米的潮汐叫作什么？", a: "平潮。"}

Good:
    - en: {q: "In which unit is the mean tidal range (MTR) of a coast given?", a: "In metres."}
    - zh: {q: "海岸的平均潮差（MTR）以什么为单位？", a: "米。"}

An abbreviation is two to six capital letters. It counts as explained in these cases: a bracket stands beside
it or around it; words with its initials follow one another in a text of the deck
(for two letters: of the card); a card asks what it is; or the title,
description or tags of the deck contain it. About 150 that every reader knows (DNA, EU, CPU,
TV) need no explanation. Only the author can tell which others the readers know, so this is information:
of five findings on other people's cards, judges thought three were right. Each abbreviation is reported once in each language, where
it is first used. Roman numerals, grades, formulas, names with a number (ISO 9001), words in capitals and code don't count as abbreviations.

Mend:  write the full name beside it once, or put it into the `glossary:`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import chain

from deckgen.checks.proof import Passage, Proof
from deckgen.checks.words import lists
from deckgen.checks.words.english import function_words
from deckgen.checks.words.text import unquoted
from deckgen.checks.words.tongue import Tongue
from deckgen.finding import Finding, Severity
from deckgen.patterns import lazy

CODE = "F12"
STOPS = False
WIDE = True

_ABBREVIATION = lazy(
    r"(?<![A-Za-z0-9_.@#$%&'’\-+/\\])[A-Z]{2,6}(?=(?:['’]?s)?(?![A-Za-z0-9_&'’+#]|[-–]? ?\d|\.\w))"
)
_CAPITALS = lazy(r"[A-Z][A-Z]")
_ROMAN = lazy(r"M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})")
_ASKED = (
    r"(?:^\s*|[.。]\s+|\x1f)(?:what (?:is|are|does|do|was|were) |who (?:is|are) |define |什么是|何谓|什么叫)?(?:an? |the )?{0}s?"
    r"(?: mean| do\b| used for| stands?(?: for)?|\s*(?:[?？,，:：（(]|$|是(?:什么|指|用来|做什么)|指的?是|的?(?:全称|含义|意思)|代表))"
)
_SAID = r"(?<![A-Za-z]){0}s?(?:\W{{0,2}} ?(?:stands? for|is short for|short for|means)| ?[（(=]|[*_\x1f]*[(（]| [-–—] |: |：|——|即|是[^。]{{0,40}}(?:缩写|简称)|的?全称|简称)"
_IN_BRACKET = r"[(（\[](?:[^()（）]{{0,60}}[ ,，、:：;；]|\W{{0,3}}){0}s?\W{{0,3}}[)）\]]|[(（\[]\W{{0,3}}{0}s?[ ,，、:：;；]|(?:简称|缩写为?|abbreviated(?: as| to)?|or|called|known as)[为:：,]? ?[“\"‘'*_]{{0,3}}{0}(?![A-Za-z0-9_])"


def check(proof: Proof) -> Iterator[Finding]:
    """Find the first use of every abbreviation that is explained nowhere."""
    first: dict[tuple[str, str], tuple[Passage, re.Match[str]]] = {}
    uses: dict[tuple[str, str], list[Passage]] = {}
    known = {*lists.words("english/abbreviations"), *lists.words("english/capitals")}
    for passage in proof.passages:
        if passage.tongue is Tongue.OTHER or not _CAPITALS.search(passage.shown):
            continue
        for name in set(_ABBREVIATION.findall(passage.shown)) - known:
            uses.setdefault((passage.lang, name), []).append(passage)
        for found in _ABBREVIATION.finditer(unquoted(passage.shown)):
            if found[0] not in known:
                first.setdefault((passage.lang, found[0]), (passage, found))
    if not first:
        return
    named = _named(proof)
    languages: dict[str, _Language] = {}
    for (lang, name), (passage, found) in first.items():
        if lang not in languages:
            languages[lang] = _Language([other for other in proof.passages if other.lang == lang])
        explained = languages[lang].explains(name, uses[lang, name])
        if name not in named and not _is_numeral(name) and not explained:
            message = f"“{name}” is explained nowhere in the deck"
            hint = "write the full name beside it once, or put it into the `glossary:`"
            yield passage.finding(CODE, message, hint, found, Severity.INFO)


def _named(proof: Proof) -> set[str]:
    """What glossary, title, description and tags hold."""
    deck = proof.deck
    texts: Iterable[str] = chain(
        (text.value for term in deck.glossary for words in term.words.values() for text in words),
        (text.value for text in (*deck.title.values(), *deck.description.values(), *deck.tags.values())),
    )
    tags = " ".join(deck.tags).replace("::", " ").replace("-", " ").upper()
    return set(re.findall(r"[A-Z]{2,6}", " ".join(texts) + " " + tags))


def _is_numeral(name: str) -> bool:
    """Whether it is a Roman numeral, or a grade such as AAA."""
    return bool(_ROMAN.fullmatch(name)) or len(set(name)) == 1


class _Language:
    """What the texts of one language explain."""

    def __init__(self, passages: list[Passage]) -> None:
        self._passages = passages

    @cached_property
    def _tokens(self) -> list[str]:
        """What stands between blanks; a bar between two texts."""
        return _tokens(" | ".join(passage.shown for passage in self._passages))

    @cached_property
    def _words(self) -> set[str]:
        """Words that are not written in capitals somewhere."""
        return {
            word.upper()
            for token in set(self._tokens)
            for word in re.findall(r"(?<![A-Za-z0-9_])[A-Za-z]?[a-z]+(?![A-Za-z0-9_])", token)
        }

    @cached_property
    def _initials(self) -> str:
        return _initials(self._tokens)

    @cached_property
    def _cards(self) -> dict[str, list[Passage]]:
        cards: dict[str, list[Passage]] = {}
        for passage in self._passages:
            cards.setdefault(passage.card.id.value, []).append(passage)
        return cards

    def explains(self, name: str, uses: list[Passage]) -> bool:
        """Whether `name` is a word in capitals, or stands beside its meaning."""
        texts = "\n\n".join(passage.shown for passage in uses)
        for pattern, flags in ((_SAID, 0), (_IN_BRACKET, 0), (_ASKED, re.IGNORECASE | re.MULTILINE)):
            if re.search(pattern.format(name), texts, flags):
                return True
        if name in self._words:
            return True
        if len(name) > 2:
            return name in self._initials
        cards = {passage.card.id.value for passage in uses}
        texts = " | ".join(passage.shown for card in cards for passage in self._cards[card])
        return name in _initials(_tokens(texts))


def _tokens(text: str) -> list[str]:
    for sign in "-–—/*(（“\"'‘":
        text = text.replace(sign, " ")
    return text.split()


def _initials(tokens: list[str]) -> str:
    """The initials of the words, and once more without small words."""
    every = "".join([token[0] for token in tokens]).upper()
    weighty = "".join([token[0] for token in tokens if token not in function_words(CODE)]).upper()
    return f"{every}|{weighty}"
