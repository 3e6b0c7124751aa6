"""What says that a claim is a guess or qualified, in each language that the rules know."""

from __future__ import annotations

import re

from deckgen.checks.words import chinese, english
from deckgen.checks.words.tongue import Tongue
from deckgen.patterns import lazy

#: Any hedge that a card with `hedged: true` may have.
HEDGES = {Tongue.ENGLISH: english.HEDGE, Tongue.CHINESE: chinese.HEDGE}
#: What limits a fact and is nobody's opinion.
LIMIT = lazy(
    r"often|usually|mostly|somewhat|roughly|approximately|tends? to|in theory|in many cases|to some extent|(?:about|around) \d+"
    r"|大约|约|左右|多数情况下|大部分|大多|往往|通常|一定程度上|某种程度|倾向于|粗略|理论上",
    re.IGNORECASE,
)

_NUMBER = r"(?=[\s~$€£]*+(?:every |once in )?\x1f*+(?:\d|\ufffc|(?:a |one |two )?(?:half|third|quarter|dozen|hundred|thousand|million|two|three|four|five|six|seven|eight|nine|ten)))"
#: Clear ones: where they stand on one side of a card, the other must have some hedge.
CLEAR = {
    Tongue.ENGLISH: lazy(
        r"\b(?:may(?! \d)|might(?! of\b)|perhaps|maybe|probably|possibly|presumably|apparently|seemingly|tentative(?:ly)?|approximately|roughly"
        rf"|likely(?<!more likely)(?<!less likely)(?<!as likely)(?<!equally likely)(?<!how likely)(?<!most likely)|(?:about|around){_NUMBER}"
        r"|seems?|not (?:quite )?(?:sure|certain)|unsure|uncertain|unclear|guess(?:es)?|in theory|in many cases|to some extent)\b"
    ),
    Tongue.CHINESE: lazy(
        r"(?<![不尽])可能(?!性|是指)|也许|或许|大概|大约|(?<![大节制公条契合预签履])约(?:[为有占合需要是在达]|每隔?)?(?=\s*[\d一二两三四五六七八九十百千半])"
        r"|\d\s*[\u4e00-\u9fff%]{0,3}左右|似乎|恐怕|未必|不一定|猜测|推测|不确定|不太?清楚|尚无定论|理论上|多数情况下|[一某][定种]程度上"
    ),
}
#: What also hedges, or may be read so.
WEAK = {
    Tongue.ENGLISH: lazy(
        r"\b(?:can|could|would|sometimes|or so|nearly|almost|close to|up to|or more|said to|(?:they|some) say|reported(?:ly)?|appear(?:s|ed)?"
        r"|apparent(?:ly)?|presum\w+|estimat\w+|doubt\w*|chances?|risk\w*|need not|not (?:necessarily|always|quite|certain)|no(?:body| one) knows"
        r"|about|around|approx|circa|general(?:ly)?|tend(?:s|ed|ency)?|assum\w+|hypothes\w+|theor\w+|conjectur\w+|whether|partly|in part|likel\w+"
        r"|opinion|views?|claims?|argu\w+|prone|liable|apt|typical(?:ly)?|commonly|normally|mainly|largely|chiefly|supposed(?:ly)?|consider\w*"
        r"|potential(?:ly)?|unknown|imagin\w+|hypothetical\w*|something like|some (?=\d))\b|[~≈±]",
        re.IGNORECASE,
    ),
    Tongue.CHINESE: lazy(
        r"据说|据称|据传|恐|大致|差不多|将近|接近|近\s*[\d一二三四五六七八九十百千]|[\d十百千万亿]\s*[多余几来]|上下|大概|说不准|难说|有时|一般|常|八成|不见得|假设|假定|设想|想必|应该|若干"
        r"|好像|仿佛|像是|看似|看上去|听说|有人|怀疑|不排除|未知|潜在|易|是否|会不会|疑|估|料|约|几|主要|基本|看法|观点|主张|想象|[~～≈±]|某些|有些|有点|有可能|理论"
    ),
}
# “May” and “might” are permissions, too, and in Chinese often no more than 会.
MAY = lazy("may|might")
CAN = lazy("可|能|会|允许|准许|不妨|许")
