"""What denies something, in each language that the rules know."""

from __future__ import annotations

import re

from deckgen.patterns import lazy

#: Plain ones.
ENGLISH = lazy(r"\b(?:not(?! only\b)|never|cannot|\w+n['\u2019]t)\b", re.IGNORECASE)
CHINESE = lazy(
    r"(?<![那是会能要])不(?![同仅断过少管论但可妨久得足错愧免外只必如到时住了料安定清明丹锈勒]|列颠|来梅)|[并从尚还]未|没有|未能|没(?=[\u4e00-\u9fff])"
)
#: Any way to deny, or what may be read so.
ANY_ENGLISH = lazy(
    r"n['\u2019]t\b|\b(?:not?|non|never|cannot|none|nothing|nobody|nowhere|neither|nor|without|instead|only|just|merely|hardly|barely|scarcely|unless"
    r"|except|few|little|less|least|lack\w*|missing|avoid\w*|prevent\w*|stop\w*|fail\w*|refus\w*|reject\w*|den(?:y|ies|ied)|forbid\w*|exclud\w*|omit\w*"
    r"|away|too|before|until|yet|free|zero|different\w*|differ\w*|opposite|constant\w*|always|still|remain\w*|keep\w*|kept|regardless|despite|whether"
    r"|un(?!it|i[foqv]|der)\w{3,}|in(?:ability|accura|adequa|compat|complet|consist|correct|depend|direct|effect|effici|equal|finite|sensi|stab|suffic|valid|visib)\w*"
    r"|im(?:possib|mobil|mutab|mort|perfect|prob)\w*|ir(?:reg|rel|rev)\w*|illeg\w*|dis(?:agree|appear|connect|like|order|regard|similar|trust)\w*|\w+less(?:ly|ness)?"
    r"|\w+-free|below|short|wrong\w*|poor\w*|rare\w*|seldom|hard|difficult\w*|loses?|lost|loss|empty|blind|dead|resist\w*|against|contrary|spar\w+|alone|off"
    r"|out of|bans?|banned|ends?|ended|suffer\w*|rather than|beyond|ignor\w+|neglect\w*|miss\w*|even|underestimat\w+|overestimat\w+|stale)\b",
    re.IGNORECASE,
)
ANY_CHINESE = lazy(
    r"[不没未无非别勿否免莫毫绝禁拒避防缺失误仅除难停止空盲零]|以外|之外|并非|保持|始终|一直|仍|相反|独|[很极]少|少于|低于|而是|只[有是能会]|才|脱离|远离|异"
)
