"""B06: a term of the glossary stands on one side without its partner on the other

If a term is sometimes translated and sometimes left out, or gets another word on every card,
the learner takes it for two things. `glossary:` in deck.yaml lists the terms with their words in each
language. Where one of these words is in a question, answer, cloze or list, one of the words for it
must be on the other side. Languages that the term doesn't name are left alone.

Bad:
    glossary:
      - {en: [gluten], zh: [面筋]}
    cards:
      - en: {q: "What lines up the strands of gluten in a dough?", a: "Kneading the dough well."}
        zh: {q: "是什么让面团里的蛋白丝排列整齐？", a: "把面团揉透。"}

Good:
    glossary:
      - {en: [gluten], zh: [面筋]}
    cards:
      - en: {q: "What lines up the strands of gluten in a dough?", a: "Kneading the dough well."}
        zh: {q: "是什么让面团里的面筋排列整齐？", a: "把面团揉透。"}

English words are found with or without capitals, and with -s or -es, but never inside another word.
A term inside a longer one of the glossary ("model" in "reward model") doesn't count. On the other side
another form of the word ("tidal" for "tide") is enough.

Mend:  use the glossary's word, or add yours to the term as another word for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from deckgen.checks.proof import Passage, Proof, Side
from deckgen.checks.words.scripts import as_known
from deckgen.checks.words.text import fold
from deckgen.deck import Term
from deckgen.finding import Finding
from deckgen.patterns import lazy

CODE = "B06"
STOPS = False

_LATIN = lazy("[A-Za-z\u00c0-\u024f0-9]")
_ENDING = lazy(r"(?<=..)(?:ing|ion|ed|e|y|s)$", re.IGNORECASE)

_Found = tuple[Passage, re.Match[str]]


class _Language(NamedTuple):
    """The glossary in one language: one pattern for all words, the longest first, and whose they are."""

    pattern: re.Pattern[str]
    owners: dict[str, set[int]]

    def find(self, passages: Sequence[Passage]) -> dict[int, _Found]:
        """Where the terms occur first, by their place in the glossary."""
        found: dict[int, _Found] = {}
        for passage in passages:
            for match in self.pattern.finditer(passage.folded):
                for term in self.owners[match["latin"] or match[0]]:
                    found.setdefault(term, (passage, match))
        return found


def check(proof: Proof) -> Iterator[Finding]:
    """Look for the terms of each side on the other."""
    terms = proof.deck.glossary
    if not terms:
        return
    languages = {lang: _language(terms, lang) for lang in proof.deck.languages}
    for first, second in proof.pairs:
        one, other = languages.get(first.lang), languages.get(second.lang)
        if one is None or other is None:
            continue
        theirs, ours = first.asked, second.asked
        there, here = one.find(theirs), other.find(ours)
        for index, term in enumerate(terms):
            if (index in there) == (index in here) or not {first.lang, second.lang} <= term.words.keys():
                continue
            if not _near(term, theirs if index in here else ours):
                yield _finding(term, first, second, there.get(index), here.get(index))


def _near(term: Term, passages: Sequence[Passage]) -> bool:
    """Whether a word of the term, of any language, stands there in another form: "tidal", "trained"."""
    stems = [
        _ENDING.sub("", as_known(word.value, lang)) for lang, words in term.words.items() for word in words
    ]
    near = re.compile(
        "|".join(rf"(?<![a-z]){re.escape(fold(stem))}" for stem in stems if len(stem) > 2) or "(?!)"
    )
    return any(near.search(passage.folded) for passage in passages)


def _finding(term: Term, first: Side, second: Side, there: _Found | None, here: _Found | None) -> Finding:
    hint = "use the glossary's word, or add yours to the term"
    if here:
        passage, match = here
        message = f"this has “{passage.quote(match)}”, but `{first.lang}` doesn't have “{term.words[first.lang][0].value}”"
        return passage.finding(CODE, message, hint, match)
    word = there[0].quote(there[1]) if there else ""
    message = f"`{first.lang}` has “{word}”, but this doesn't have “{term.words[second.lang][0].value}”"
    return second.front.finding(CODE, message, hint)


def _language(terms: tuple[Term, ...], lang: str) -> _Language | None:
    owners: dict[str, set[int]] = {}
    for index, term in enumerate(terms):
        for word in term.words.get(lang, ()):
            owners.setdefault(fold(as_known(word.value.strip(), lang)), set()).add(index)
    owners.pop("", None)
    if not owners:
        return None
    words = sorted(owners, key=len, reverse=True)
    latin = "|".join(re.escape(word) for word in words if _LATIN.match(word) and _LATIN.match(word[-1]))
    others = "|".join(
        re.escape(word) for word in words if not (_LATIN.match(word) and _LATIN.match(word[-1]))
    )
    letter = "[A-Za-z\u00c0-\u024f0-9_]"
    pattern = rf"(?<!{letter})(?P<latin>{latin})(?:e?s)?(?!{letter})" if latin else "(?P<latin>(?!))"
    return _Language(re.compile(pattern + (f"|{others}" if others else "")), owners)
