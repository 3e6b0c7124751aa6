"""F07: a card points at the page that it was made from

“What does the article say?” makes sense beside the article. In a review the article is not there,
and somebody who got the deck from you has never seen it (Bjornstad: a card should be
understandable to a stranger without context). The source has its own keys.

Bad:
    - en: {q: "What does the article say about the height of the tides?", a: "It follows the phases of the Moon."}
    - zh: {q: "本文认为潮汐的高低随什么变化？", a: "随月相变化。"}

Good:
    - en: {q: "Which body's phases do the heights of the tides follow?", a: "The Moon's."}
    - zh: {q: "海边潮水的高低随什么变化？", a: "随月相变化。"}

In question, answer and cloze, the rule looks for “this article”, “the interview”, “as mentioned
above” and the like. A page that the card names is fine (“the 2019 interview with Reed”,
“the author of Hamlet”). So is a picture, code or a quotation that is in the question
itself.

Mend:  say what you know without the page; if the page matters, name it with author and
year, and put it into `source:`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from deckgen.checks.proof import Passage, Proof
from deckgen.checks.words.text import unquoted
from deckgen.checks.words.tongue import Tongue
from deckgen.finding import Finding, Severity
from deckgen.markup.shown import OBJECT
from deckgen.patterns import lazy

CODE = "F07"
STOPS = True

_PAGE = r"(?:interview|article|passage|excerpt|lecture|podcast|episode|chapter|essay|transcript|slides?|video|reading|conversation)"
_SAY = r"(?:say|claim|argue|mention|describe|explain|mean|state|suggest|think|call|give|compare|propose|define|recommend|conclude|discuss|name|list|cite|point|believe|use)"
# What is no page: "this text box", "this paper weighs", "this video card".
_NOT_A_THING = (
    r"(?! (?:box|field|file|message|editor|area|format|bag|clip|plane|cup|towel|mill|card|game|call|rule|hall|costs?|weigh\w*|burns?|tears?"
    r"|folds?|shop|shelf|cover)\b)"
)
_ENGLISH = lazy(
    rf"\b(?:this (?:{_PAGE}|paper|text|book|talk|course|deck|author|speaker)\b(?! of\b){_NOT_A_THING}"
    rf"|(?:according to|in|from|throughout|during) the (?:{_PAGE}|speaker|author|text|talk|course)(?=\s*(?:[,.?;:)]|\Z|(?:does|did|do|is|are|was|were|as|has|have) ))"
    rf"|(?:does|did|do) the (?:{_PAGE}|speaker|author|text|talk|paper|guest|interviewee|host|professor|lecturer|course)s? {_SAY}\b"
    rf"|the (?:{_PAGE}|speaker|author|text|interviewee|lecturer) {_SAY}e?s\b"
    r"|(?:in|on|from) the (?:previous|preceding|last) (?:card|chapter|section|lesson|slide)(?=\s*(?:[,.?;:)]|\Z))"
    r"|as (?:we (?:saw|have seen|said|noted)|mentioned|discussed|noted|stated|described|shown|seen|said|explained)"
    r" (?:above|earlier|before|previously|in (?:the )?(?:chapter|section|lesson|part|last|previous))\b"
    r"|(?:mentioned|described|shown|given|listed|discussed|stated) (?:above|earlier|previously)\b"
    r"|(?<!of )the (?:above|aforementioned|preceding) \w+|(?:figure|diagram|table|picture|example|text|passage) (?:above|below)\b(?! (?:sea|ground|zero|the|a|my|your|his|her|our|their)\b))"
)
_EDGE = r"(?:(?<=[，。？；：、“”\s在从据按照如由与和对])|\A)"
_CHINESE = lazy(
    r"本文(?<![日基文版样标课剧脚副译抄绘资成知根书范]本文)(?![化件明字本物学档献艺])"
    r"|本(?:书|章|节|课|期|篇)(?<![日基剧文课]本[书章节课期篇])(?=中|里|作者|认为|指出|提到|所|介绍|讨论|讲|主要|节目)"
    r"|[本这该](?:次|期|集|场|个)?(?:访谈|采访|演讲|讲座|播客|视频|节目|论文|报告|课程)(?!者|法|中心|厅|稿件)"
    r"|[这该]篇(?:文章|访谈|论文|报道|课文|采访)?|[这该]段(?:话|文字|访谈|对话|视频|采访|材料)"
    r"|如上所|如前所述|上面(?:提到|所说|说的|那)|前面(?:提到|所说|说的)"
    rf"|{_EDGE}(?:(?:上文|前文|下文)(?=[中里所提说讲述的，]|认为|指出|介绍|讨论|描述)|文中(?!华)"
    r"|(?:文章|访谈|采访|课文|视频|演讲)(?:中|里|认为|指出|提到|作者)"
    r"|作者(?:认为|指出|提到|说|怎|如何|为什么|用什么|的观点))"
)
_PATTERNS = {Tongue.ENGLISH: _ENGLISH, Tongue.CHINESE: _CHINESE}
# The page stands in the question itself, or an author or title before the word names it.
_HERE = lazy(rf"{OBJECT}|：|:\s")
_QUOTED_HERE = lazy(r"!\[|^>", re.MULTILINE)
_TITLE = lazy(
    r"《|(?<![a-z]\. )(?<!\A)\b[A-Z]\w+(?:['’]s?)? (?:\d{4} )?(?:interview|article|essay|book|paper|lecture|podcast|talk|video)\b"
    r"|\b\d{4} (?:interview|article|essay|book|paper|lecture|podcast|talk|video)\b"
)


def check(proof: Proof) -> Iterator[Finding]:
    """Find words that point at a page."""
    for side in proof.sides:
        pattern = _PATTERNS.get(side.tongue)
        if pattern is None:
            continue
        for passage in side.asked:
            found = pattern.search(passage.folded)
            if found and not _is_named(passage, side.front, pattern):
                message = f"“{passage.quote(found)}” points at a page that a review doesn't show"
                hint = "say it without the page, or name the page with author and year"
                yield passage.finding(CODE, message, hint, found, Severity.ERROR)


def _is_named(passage: Passage, front: Passage, pattern: re.Pattern[str]) -> bool:
    # In a long answer “above” is a place of the answer.
    if passage is not front and (passage.size > 30 or OBJECT in passage.shown):
        return True
    if _HERE.search(front.shown) or _QUOTED_HERE.search(front.text.value) or _TITLE.search(front.shown):
        return True
    return pattern.search(unquoted(passage.folded)) is None
