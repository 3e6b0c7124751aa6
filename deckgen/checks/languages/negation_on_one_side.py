"""B10: only one language denies something

A lost “不” or "not" turns a card into its contrary. Languages put a negation in many ways,
"without", "un-", “无”, so only plain ones are looked for, "not", "never", "don't" and
“不”, “没有”, and any way of denying counts on the other side. Half of the findings are still
a matter of wording ("stay calm" is “不慌”): a word to look at, no more.

Bad:
    - en: {q: "What do cacti do on hot days to save water?", a: "They do not open their pores."}
      zh: {q: "仙人掌在炎热的白天怎样节约水分？", a: "张开表皮上的气孔。"}

Good:
    - en: {q: "What do cacti do on hot days to save water?", a: "They do not open their pores."}
      zh: {q: "仙人掌在炎热的白天怎样节约水分？", a: "不张开表皮上的气孔。"}

Left out: 不同、不仅、不断、不过 and other words in which 不 denies nothing, notes, and
texts with code.

Mend:  read both sides; add or remove the negation where one is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from deckgen.checks.proof import Passage, Proof
from deckgen.checks.proof.pairs import asked, english_chinese
from deckgen.finding import Finding, Severity
from deckgen.markup.shown import OBJECT
from deckgen.patterns import lazy

CODE = "B10"
STOPS = False

_ENGLISH = lazy(r"\b(?:not(?! only\b)|never|cannot|\w+n['\u2019]t)\b", re.IGNORECASE)
_CHINESE = lazy(
    r"(?<![那是会能要])不(?![同仅断过少管论但可妨久得足错愧免外只必如到时住了料安定清明丹锈勒]|列颠|来梅)|[并从尚还]未|没有|未能|没(?=[\u4e00-\u9fff])"
)
_ANY_ENGLISH = lazy(
    r"n['\u2019]t\b|\b(?:not?|non|never|cannot|none|nothing|nobody|nowhere|neither|nor|without|instead|only|just|merely|hardly|barely|scarcely|unless"
    r"|except|few|little|less|least|lack\w*|missing|avoid\w*|prevent\w*|stop\w*|fail\w*|refus\w*|reject\w*|den(?:y|ies|ied)|forbid\w*|exclud\w*|omit\w*"
    r"|away|too|before|until|yet|free|zero|different\w*|differ\w*|opposite|constant\w*|always|still|remain\w*|keep\w*|kept|regardless|despite|whether"
    r"|un(?!it|i[foqv]|der)\w{3,}|in(?:ability|accura|adequa|compat|complet|consist|correct|depend|direct|effect|effici|equal|finite|sensi|stab|suffic|valid|visib)\w*"
    r"|im(?:possib|mobil|mutab|mort|perfect|prob)\w*|ir(?:reg|rel|rev)\w*|illeg\w*|dis(?:agree|appear|connect|like|order|regard|similar|trust)\w*|\w+less(?:ly|ness)?"
    r"|\w+-free|below|short|wrong\w*|poor\w*|rare\w*|seldom|hard|difficult\w*|loses?|lost|loss|empty|blind|dead|resist\w*|against|contrary|spar\w+|alone|off"
    r"|out of|bans?|banned|ends?|ended|suffer\w*|rather than|beyond|ignor\w+|neglect\w*|miss\w*|even|underestimat\w+|overestimat\w+|stale)\b",
    re.IGNORECASE,
)
_ANY_CHINESE = lazy(
    r"[不没未无非别勿否免莫毫绝禁拒避防缺失误仅除难停止空盲零]|以外|之外|并非|保持|始终|一直|仍|相反|独|[很极]少|少于|低于|而是|只[有是能会]|才|脱离|远离|异"
)


def check(proof: Proof) -> Iterator[Finding]:
    """Find plain negations of one side where the other denies nothing in any way."""
    for english, chinese, second in english_chinese(proof):
        ours, theirs = asked(english), asked(chinese)
        found = _lone(_ENGLISH, ours, _ANY_CHINESE, theirs) or _lone(_CHINESE, theirs, _ANY_ENGLISH, ours)
        if found is None:
            continue
        passage, match = found
        hint = "read both sides: one may say the contrary"
        if passage.lang == second.lang:
            other = english if second is chinese else chinese
            message = f"“{passage.quote(match)}” denies something, but `{other.lang}` doesn't"
            yield passage.finding(CODE, message, hint, match, Severity.INFO)
        else:
            message = f"`{passage.lang}` denies something with “{passage.quote(match)}”, but this doesn't"
            place = next((text for text in asked(second) if text.key == passage.key), second.front)
            yield place.finding(CODE, message, hint, severity=Severity.INFO)


def _lone(
    plain: re.Pattern[str], passages: list[Passage], any_way: re.Pattern[str], others: list[Passage]
) -> tuple[Passage, re.Match[str]] | None:
    for passage in passages:
        match = plain.search(passage.shown)
        if match and OBJECT not in passage.shown:
            return None if any(any_way.search(other.shown) for other in others) else (passage, match)
    return None
