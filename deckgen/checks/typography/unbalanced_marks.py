"""T04: a bracket or quotation mark lacks its partner

What is opened has to be closed. Without its partner, a bracket doesn't show where the
remark ends, and often a piece of the text was lost. A formula is not set when its `$` don't
pair up, or have spaces just inside: learners see its commands.

Bad:
    - en: {q: "Why does bread dough (of wheat or rye rise?", a: "Yeast gives off gas."}
    - zh: {q: "面团为什么会“发起来？", a: "酵母放出气体。"}

Good:
    - en: {q: "Why does bread dough (of wheat or rye) rise?", a: "Yeast gives off gas."}
    - zh: {q: "面团为什么会“发起来”？", a: "酵母放出气体。"}

Left out: code and formulas, labels such as `1)`, smileys, intervals such as `[0, 1)`, marks
that are themselves the subject (`"("`), and single and straight quotation marks, which are
also apostrophes and inches. “ ” are checked in English and Chinese only, because other
languages pair them differently. Of each kind of mark, only the first is reported.

Mend:  add the partner, or delete the mark. Write a formula as `$x^2$`, code in backticks,
and a dollar as `\\$`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from deckgen.checks.proof import Passage, Proof
from deckgen.checks.proof.prose import prose
from deckgen.checks.structure import cloze_marks
from deckgen.checks.words.text import cover
from deckgen.checks.words.tongue import Tongue
from deckgen.finding import Finding
from deckgen.kinds import Role
from deckgen.patterns import lazy
from deckgen.reading.keys import is_deletion

CODE = "T04"
STOPS = False

# Half-width and full-width brackets close each other: their width is for T01.
_PAIRS = ("()", "（）", "[]", "{}", "【】", "〔〕", "「」", "『』", "《》", "“”")
_KIND = {mark: pair[0].replace("（", "(") for pair in _PAIRS for mark in pair}
_OPENING = frozenset(pair[0] for pair in _PAIRS)
_MARK = lazy("[()（）\\[\\]{}【】〔〕「」『』《》“”]")
_OPEN_OR_CLOSED = lazy("[()（）\\[\\]{}【】〔〕「」『』《》“”$]")
# Smileys, intervals, and marks in quotation marks.
_NOT_MEANT = lazy(
    r"(?<!\S)[:;=8]['-]?[()\[\]{}]+(?=[ \n.,!]|\Z)"
    r"|[\[(\]] ?[^\s()\[\]{},;，；]{1,15} ?[,;，；] ?[^\s()\[\]{},;，；]{1,15} ?[\[)\]]"
    "|[\"'“‘「`][()（）\\[\\]{}【】〔〕「」『』《》“”]{1,2}[\"'”’」`]"
)
_LABEL = lazy(r"(?:(?<![A-Za-z0-9])(?:\d{1,3}|[A-Za-z]|[ivxIVX]{1,5})|(?<!\w)[一二三四五六七八九十]{1,3})\Z")
# Without a partner and between blanks, a mark is likely itself the topic.
_SPOKEN_OF = lazy(r"[ \n]?[^\w\s][ \n]?")
_INCHES = lazy(r"\d\Z")
_FORMULA = lazy(r"\$(?=[^$\n]{0,60}(?:\\[A-Za-z]{2}|\^))[^$\n]{0,100}\$?")


def check(proof: Proof) -> Iterator[Finding]:
    """Find marks without partner, and formulas that are shown as they are written."""
    for passage in proof.written:
        if _OPEN_OR_CLOSED.search(passage.shown):
            shown = cover(_NOT_MEANT, prose(passage))
            seen: set[str] = set()
            for position in _unbalanced(shown, passage.tongue is Tongue.OTHER):
                mark = shown[position]
                kind = _KIND[mark]
                if kind not in seen and not (kind == "{" and _is_of_deletion(passage)):
                    seen.add(kind)
                    yield _finding(passage, mark, position)
            for formula in _FORMULA.finditer(shown) if "$" in shown else ():
                hint = "write it as `$x^2$`, without spaces just inside the dollars"
                hint = "write it as `\\(x^2\\)`, as HTML has no dollars" if passage.text.html else hint
                yield passage.finding(CODE, "a formula is shown as it is written", hint, formula)


def _finding(passage: Passage, mark: str, position: int) -> Finding:
    problem = f"`{mark}` is never closed" if mark in _OPENING else f"nothing opens `{mark}`"
    hint = "add its partner, or delete it; write code in backticks"
    return passage.finding(CODE, problem, hint, (position, position + 1))


def _is_of_deletion(passage: Passage) -> bool:
    """Whether C01 or Y12 tells of a deletion that is badly written, or out of place."""
    if passage.role is Role.CLOZE:
        return any(cloze_marks.problems(passage.text))
    return is_deletion(passage.shown)


def _unbalanced(shown: str, only_brackets: bool) -> list[int]:
    """The positions of the marks without partner."""
    opened: list[int] = []
    waiting: Counter[str] = Counter()
    alone = []
    for match in _MARK.finditer(shown):
        mark, position = match[0], match.start()
        if only_brackets and mark in "“”":
            continue
        kind = _KIND[mark]
        if mark in _OPENING:
            opened.append(position)
            waiting[kind] += 1
        elif waiting[kind]:
            while _KIND[shown[opened[-1]]] != kind:
                waiting[_KIND[shown[opened[-1]]]] -= 1
                alone.append(opened.pop())
            opened.pop()
            waiting[kind] -= 1
        elif not _stands_alone(shown, position):
            alone.append(position)
    return sorted(at for at in alone + opened if not _SPOKEN_OF.fullmatch(shown[max(0, at - 1) : at + 2]))


def _stands_alone(shown: str, position: int) -> bool:
    """Whether a closing mark ends a label such as `a)`, or is a sign of inches."""
    before = shown[max(0, position - 6) : position]
    if shown[position] in ")）":
        return _LABEL.search(before) is not None
    return shown[position] == "”" and _INCHES.search(before) is not None
