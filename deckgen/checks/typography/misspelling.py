"""T05: a word is misspelt, or stands there twice

You learn what you read in every review, mistakes included. And whoever finds one
mistake in a deck doubts the rest. The rule searches English for some 400 common misspellings and for
words such as “the” twice in a row, and Chinese for doubled characters such as 的的.

Bad:
    - en: {q: "Which gas seperates the two panes of a window?", a: "Argon."}
    - zh: {q: "双层窗的的两块玻璃之间充什么气体？", a: "氩气。"}

Good:
    - en: {q: "Which gas separates the two panes of many windows?", a: "Argon."}
    - zh: {q: "双层窗的两块玻璃之间充什么气体？", a: "氩气。"}

A spelling that is right in Britain or America is never reported. Quotations, code and the words of
the `glossary:` are left alone. A deck without `languages:` may be French, so there `--fix` corrects no spelling.

Mend:  write the word as the finding says. If it is a name, put it into the `glossary:`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from operator import eq

from deckgen.checks.proof import Passage, Proof
from deckgen.checks.proof.prose import MOST, fix_for, known_language
from deckgen.checks.words.english import misspellings
from deckgen.checks.words.text import unquoted
from deckgen.checks.words.tongue import Tongue
from deckgen.finding import Finding
from deckgen.patterns import lazy

CODE = "T05"
STOPS = False

_WORD = lazy(r"\w+")
# Only words that never follow themselves: “had had” and “that that” may be right.
_TWICE = lazy(
    r"\b(?:(the|an|of|and|or|with|from|by|at|are|be|this|their|our|they|we|which|for|to|as|if|than|into|has|can|will)[ \t\n]+(?=[a-z])\1"
    r"|(a)[ \t]+a(?! (?:priori|posteriori|cappella|fortiori|la)\b)|The the|An an|They they|We we|If if)\b(?!['’.-])"
)
_CHINESE_TWICE = lazy(
    r"的的(?<![目打]的的)(?!确|[士哥])|了了(?<![为除时甚不到解]了了)(?![解结却事如然不当无])|是是(?<![但只就还要若可凡不总也]是是)(?![非否])"
    r"|在在(?<![现实所存内潜好自]在在)(?![线职校读场位意乎野逃])|也也(?<!是也也)(?![许门])|这这|我们我们|因为因为|如果如果|所以所以|但是但是|可以可以"
)


def check(proof: Proof) -> Iterator[Finding]:
    """Find misspellings and doubled words, with the right ones as fix."""
    glossary = {
        text.value.lower() for term in proof.deck.glossary for words in term.words.values() for text in words
    }
    glossary |= {word for text in glossary for word in text.split()}
    known: set[str] = set()
    for passage in proof.passages:
        if passage.tongue is Tongue.ENGLISH:
            words = _WORD.findall(passage.folded)
            known.update(words)
            # To compare neighbours is quicker than the pattern, which then tells whether they are meant.
            if any(map(eq, words, words[1:])):
                yield from _doubled(passage, _TWICE, glossary)
        elif passage.tongue is Tongue.CHINESE and _CHINESE_TWICE.search(passage.shown):
            yield from _doubled(passage, _CHINESE_TWICE, glossary)
    if wrong := (misspellings().keys() & known) - glossary:
        pattern = re.compile(rf"\b(?:{'|'.join(sorted(wrong))})\b")
        for passage in proof.passages:
            if passage.tongue is Tongue.ENGLISH and pattern.search(passage.folded):
                yield from _spelt(passage, pattern)


def _spelt(passage: Passage, pattern: re.Pattern[str]) -> Iterator[Finding]:
    for found in islice(pattern.finditer(unquoted(passage.folded)), MOST):
        wrong = passage.quote(found)
        right = _like(wrong, misspellings()[found[0]])
        message = f"“{wrong}” is misspelt"
        hint = f"write “{right}”"
        yield passage.finding(CODE, message, hint, found, fix=_fix(passage, found, right))


def _like(wrong: str, right: str) -> str:
    """The right word with the capitals of the wrong one."""
    if wrong.isupper():
        return right.upper()
    return right[0].upper() + right[1:] if wrong[0].isupper() else right


def _doubled(passage: Passage, pattern: re.Pattern[str], glossary: set[str]) -> Iterator[Finding]:
    for found in islice(pattern.finditer(unquoted(passage.shown)), MOST):
        if any(found[0].lower() in term for term in glossary):
            continue
        twice = passage.quote(found)
        words = twice.split()
        once = words[0] if len(words) > 1 else twice[: len(twice) // 2]
        message = f"“{once}” is written twice"
        fix = _fix(passage, found, once) if "\n" not in found[0] else None
        yield passage.finding(CODE, message, "delete one", found, fix=fix)


def _fix(passage: Passage, found: re.Match[str], right: str) -> str | None:
    """What is wrong in English may be right in the language of a deck that names none."""
    return fix_for(passage, found.span(), right) if known_language(passage) else None
