"""B11: simplified and traditional characters are mixed

A text gets two scripts by pasting, or from another keyboard. It looks careless, and
a search for 学 doesn't find 學. The rule takes the script of most of the deck's Chinese as the intended one,
and reports the characters of the other.

Bad:
    - zh: {q: "為什么磨好的咖啡粉要密封保存？", a: "氧气会让芳香油变味。"}

Good:
    - zh: {q: "为什么磨好的咖啡粉要密封保存？", a: "氧气会让芳香油变味。"}

It looks for characters that are written in one of the scripts only, by the tables of OpenCC
and the character sets GB 2312 and Big5. Left out: 后, 里, 干 and others that both scripts have; text in brackets or quotation marks; and
cards that speak of 简体 or 繁体.

Mend:  write the character in the deck's script.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from deckgen.checks.proof import Passage, Proof, Side
from deckgen.checks.words import scripts
from deckgen.checks.words.text import cover
from deckgen.checks.words.tongue import Tongue
from deckgen.finding import Finding
from deckgen.patterns import lazy

CODE = "B11"
STOPS = False
WIDE = True

_NAMED = lazy("[(（【][^()（）】]*[)）】]|“[^“”]*”|「[^「」]*」|『[^『』]*』|《[^《》]*》")
_ABOUT_SCRIPTS = lazy("简体|繁体|簡體|繁體|异体|異體|正体|正體|简化字|簡化字|旧字|舊字")


def check(proof: Proof) -> Iterator[Finding]:
    """Find characters of the script that the deck's language uses less."""
    sides: dict[str, list[Side]] = {}
    for side in proof.sides:
        if side.tongue is Tongue.CHINESE:
            sides.setdefault(side.lang, []).append(side)
    for of_language in sides.values():
        texts = "\n".join(passage.text.value for side in of_language for passage in side.passages)
        if all(scripts.may_mix(texts)):
            yield from _mixed(of_language, texts)


def _mixed(sides: list[Side], texts: str) -> Iterator[Finding]:
    """The findings about one language. `texts` are all that its cards say."""
    traditional = set(texts) & scripts.traditional_only().keys()
    simplified = set(texts) & scripts.simplified_only().keys()
    if not traditional or not simplified:
        return
    spread = Counter(texts)
    is_simplified = sum(map(spread.__getitem__, simplified)) >= sum(map(spread.__getitem__, traditional))
    foreign = traditional if is_simplified else simplified
    pattern = re.compile(f"[{''.join(sorted(foreign))}]")
    for side in sides:
        if not any(_ABOUT_SCRIPTS.search(passage.shown) for passage in side.passages):
            for passage in side.passages:
                found = _foreign(passage, pattern)
                if found:
                    yield _finding(passage, found, is_simplified)


def _foreign(passage: Passage, pattern: re.Pattern[str]) -> list[re.Match[str]]:
    if not pattern.search(passage.written):
        return []
    return list(pattern.finditer(cover(_NAMED, passage.written)))


def _finding(passage: Passage, found: list[re.Match[str]], is_simplified: bool) -> Finding:
    foreign, own = ("traditional", "simplified") if is_simplified else ("simplified", "traditional")
    characters = "".join(dict.fromkeys(match[0] for match in found))
    forms = scripts.traditional_only() if is_simplified else scripts.simplified_only()
    message = f"“{characters}” is {foreign}, but the deck is written in {own} characters"
    hint = f"write “{''.join(forms[character] for character in characters)}”"
    return passage.finding(CODE, message, hint, found[0])
