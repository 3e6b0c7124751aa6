"""B11: simplified and traditional characters are mixed

One text in two scripts comes from pasting or from another keyboard. It looks careless, and
a search for 学 doesn't find 學. The script of most of the deck's Chinese is taken as meant,
and the characters of the other are flagged.

Bad:
    - zh: {q: "為什么磨好的咖啡粉要密封保存？", a: "氧气会让芳香油变味。"}

Good:
    - zh: {q: "为什么磨好的咖啡粉要密封保存？", a: "氧气会让芳香油变味。"}

Some 600 common characters are known that are written in one of the scripts only; 后, 里, 干
and others that both have are left out. So is what stands in brackets or quotation marks, and
a card that speaks of 简体 or 繁体.

Mend:  write the character in the deck's script.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from deckgen.checks.proof import Passage, Proof
from deckgen.checks.words.scripts import SIMPLIFIED, TRADITIONAL
from deckgen.checks.words.tongue import Tongue
from deckgen.finding import Finding
from deckgen.markup import shown as reading
from deckgen.patterns import lazy

CODE = "B11"
STOPS = False

_SIMPLIFIED = lazy(f"[{SIMPLIFIED}]")
_TRADITIONAL = lazy(f"[{TRADITIONAL}]")
_OTHER_FORM = dict(zip(SIMPLIFIED + TRADITIONAL, TRADITIONAL + SIMPLIFIED, strict=True))
_NAMED = lazy("[(（【][^()（）】]*[)）】]|“[^“”]*”|「[^「」]*」|『[^『』]*』|《[^《》]*》")
_ABOUT_SCRIPTS = lazy("简体|繁体|簡體|繁體|异体|異體|正体|正體|简化字|簡化字|旧字|舊字")


def check(proof: Proof) -> Iterator[Finding]:
    """Find characters of the script that the deck's language uses less."""
    chinese = [side for side in proof.sides if side.tongue is Tongue.CHINESE]
    passages = [passage for side in chinese for passage in side.passages]
    simplified: Counter[str] = Counter()
    traditional: Counter[str] = Counter()
    for passage in passages:
        simplified[passage.lang] += len(_SIMPLIFIED.findall(passage.text.value))
        traditional[passage.lang] += len(_TRADITIONAL.findall(passage.text.value))
    for side in chinese:
        if not simplified[side.lang] or not traditional[side.lang]:
            continue
        if any(_ABOUT_SCRIPTS.search(passage.shown) for passage in side.passages):
            continue
        is_simplified = simplified[side.lang] >= traditional[side.lang]
        for passage in side.passages:
            found = _foreign(passage, _TRADITIONAL if is_simplified else _SIMPLIFIED)
            if found:
                yield _finding(passage, found, is_simplified)


def _foreign(passage: Passage, pattern: re.Pattern[str]) -> list[re.Match[str]]:
    shown = reading.shown(passage.text.value, passage.key == "cloze")
    if not pattern.search(shown):
        return []
    for name in _NAMED.finditer(shown):
        shown = shown[: name.start()] + " " * len(name[0]) + shown[name.end() :]
    return list(pattern.finditer(shown))


def _finding(passage: Passage, found: list[re.Match[str]], is_simplified: bool) -> Finding:
    foreign, own = ("traditional", "simplified") if is_simplified else ("simplified", "traditional")
    characters = "".join(dict.fromkeys(match[0] for match in found))
    forms = "".join(_OTHER_FORM[character] for character in characters)
    message = f"“{characters}” is {foreign}, but the deck is written in {own} characters"
    # Several traditional characters may have one simplified form, so the hint is all there is.
    return passage.finding(CODE, message, f"write “{forms}”", found[0])
