"""B09: a text is not translated

Chinese characters in an English text, or a whole English clause in a Chinese one, are usually
left over from translating. Learners of that language can't read them, and at best skip them.

Bad:
    - en: {q: "Why is ground coffee kept in an airtight tin?", a: "Oxygen turns its 芳香油 stale."}
      zh: {q: "磨好的咖啡粉为什么要密封保存？", a: "氧气会让其中的芳香油变味。"}
    - en: {q: "Why does bread rise in a warm place?", a: "Yeast gives off its gas faster when it is warm."}
      zh: {q: "面团为什么要放在温暖的地方发酵？", a: "Yeast gives off its gas faster when it is warm."}

Good:
    - en: {q: "Why is ground coffee kept in an airtight tin?", a: "Oxygen turns its aromatic oils (芳香油) stale."}
      zh: {q: "磨好的咖啡粉为什么要密封保存？", a: "氧气会让其中的芳香油变味。"}

In Chinese texts, the rule reports 5 English words in a row if two of them, in small letters, are words that no
name contains, such as "the", "is", "its". Left out: titles, and words in brackets, quotation marks, emphasis
or code, which name things.

Mend:  translate it; put a foreign term that learners need into brackets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from deckgen.checks.proof import Passage, Proof
from deckgen.checks.proof.pairs import english_chinese
from deckgen.checks.words import lists
from deckgen.checks.words.english import function_words
from deckgen.checks.words.scripts import HAN
from deckgen.checks.words.text import cover_spans
from deckgen.finding import Finding
from deckgen.markup.shown import OBJECT
from deckgen.patterns import lazy

CODE = "B09"
STOPS = False

_HAN = lazy(rf"[{HAN}]+(?:[，、。；\s\x1f]+[{HAN}]+)*")
_RUN = lazy(r"(?<![A-Za-z'\u2019-])[A-Za-z][A-Za-z'\u2019-]*(?:,?[ \t]+[A-Za-z][A-Za-z'\u2019-]*){4,}")
_SMALL = lazy(lambda: rf"\b(?:{lists.alternatives(sorted(function_words(CODE)))})\b")
#: What names things: brackets, quotation marks, and the marks of emphasis around a word.
_NAMED = lazy(
    '[(（\\[［【〔][^()（）\\[\\]］】〕]*[)）\\]］】〕]|“[^“”]*”|‘[^‘’]*’|「[^「」]*」|『[^『』]*』|《[^《》]*》|〈[^〈〉]*〉|"[^"\n]*"'
    "|(?<!\\*)\\*[^*\n]+\\*(?!\\*)|(?<![_\\w])_[^_\n]+_(?![_\\w])"
)


def check(proof: Proof) -> Iterator[Finding]:
    """Find Chinese characters in English texts and runs of English in Chinese ones."""
    for english, chinese, _ in english_chinese(proof):
        for passage in english.passages:
            match = _first(_HAN, passage)
            if match:
                message = f"“{match[0]}” is Chinese"
                yield passage.finding(CODE, message, "translate it, or put it into brackets", match)
        for passage in chinese.passages:
            match = _first(_RUN, passage)
            if match:
                message = f"“{_short(match[0])}” is English"
                yield passage.finding(CODE, message, "translate it", match)


def _first(pattern: re.Pattern[str], passage: Passage) -> re.Match[str] | None:
    """The first match that is no name."""
    if not pattern.search(passage.shown):
        return None
    for found in pattern.finditer(_without_names(passage)):
        if pattern is _HAN or (len(_SMALL.findall(found[0])) > 1 and not _from_code(found[0], passage)):
            return found
    return None


def _from_code(run: str, passage: Passage) -> bool:
    """Whether the words stand there twice: then they are mostly what a piece of code prints."""
    return passage.text.value.count(run) > 1


def _without_names(passage: Passage) -> str:
    """The words shown, with what names things covered."""
    names = (name.span() for name in _NAMED.finditer(passage.text.value))
    return cover_spans(passage.shown, names, OBJECT)


def _short(text: str) -> str:
    words = text.split()
    return " ".join(words[:6]) + (" …" if len(words) > 6 else "")
