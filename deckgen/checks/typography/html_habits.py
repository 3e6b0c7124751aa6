"""T09: HTML or a sound is shown as it is written

In Anki's editor you write `<b>`, `<br>`, `[sound:x.mp3]`. In deckgen, texts are Markdown, and everything else is shown as
typed: learners would read the `<br>`. An entity such as `&nbsp;` or `&lt;` becomes the character that it names.

Bad:
    - en: {q: "What are the two halves of a tide called?", a: "Ebb and flood<br>They take turns twice a day."}

Good:
    - en: {q: "What are the two halves of a tide called?", a: "Ebb and flood\\\\\\nThey take turns twice a day."}

Left out: other marks of Anki's (K21), code, quotations, and what may be a type, such as `vector<b>`. An entity is reported as information,
and `&nbsp;` between a number and its unit is not reported. An entity for a character that nobody sees and that turns letters around is a
warning. At most 20 places of a text are named.

Mend:  write what the finding says: `**bold**`, `![](x.png)`, a backslash at the end of the line for a break. Put anything that should
be read as typed into backticks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from itertools import islice

from deckgen.checks.proof import Passage, Proof
from deckgen.checks.proof.prose import MOST, fix_for
from deckgen.checks.words.text import cover, unquoted
from deckgen.checks.words.tongue import Tongue
from deckgen.finding import Finding, Severity
from deckgen.kinds import Role
from deckgen.markup import events
from deckgen.markup.shown import COVER
from deckgen.patterns import lazy

CODE = "T09"
STOPS = False

_ELEMENTS = {
    "br": "end the line with a backslash", "img": "write `![](x.png)`, and put the file into `media/`",
    "b": "write `**bold**`", "strong": "write `**bold**`", "i": "write `*slanted*`", "em": "write `*slanted*`",
    "u": "write `++underlined++`, each word for itself", "code": "write it in backticks", "tt": "write it in backticks",
    "pre": "put it between two lines of three backticks", "hr": "write `---` on a line of its own",
    "sub": "write `H~2~O`", "sup": "write `x^2^`",
    "a": "write `[words](address)`", "blockquote": "begin the line with `> `",
    "p": "leave an empty line between paragraphs", "div": "leave an empty line between paragraphs",
    "ul": "begin the lines with `- `", "ol": "begin the lines with `1. `", "li": "begin the line with `- ` or `1. `",
    "h1": "begin the line with `# `", "h2": "begin the line with `## `", "h3": "begin the line with `### `",
    **dict.fromkeys(("ruby", "rt"), "write `{東京|とうきょう}`"),
    "table": "write rows as `| a | b |`", "tr": "write rows as `| a | b |`", "td": "write rows as `| a | b |`", "th": "write rows as `| a | b |`",
}  # fmt: skip
_PLAIN = ("span", "font", "center", "big", "small", "s", "strike", "del", "ins", "mark", "audio", "video", "source")  # fmt: skip
_TAG = lazy(
    rf"<(/?)({'|'.join((*_ELEMENTS, *_PLAIN))})((?:\s+[\w-]+\s*=\s*(?:\"[^\"<>]*\"|'[^'<>]*'|[^\s\"'<>]+))*)\s*/?>",
    re.IGNORECASE,
)
_BREAKS = lazy(r"[ ]*<br\s*/?>(?:[ ]*\n?[ ]*<br\s*/?>)*[ ]*", re.IGNORECASE)
_SOUND = lazy(r"\[sound:[^\[\]]+\]", re.IGNORECASE)
_ENTITY = lazy(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
# What is a warning where it stands itself (T02, T07): without a width, and what turns letters around.
_HARMFUL = lazy("[\u200b\u202a-\u202e\u2060\ufeff]")
# A line on which, or signs before which, a break would make another block of what follows.
_BLOCK_LINE = lazy(r"[ \t]*(?:#{1,6} |\|)|.*\|.*\|")
_BLOCK_START = lazy(r"[ \t]*(?:[-+*#>=|~`:]|[0-9]+[.)])")


def check(proof: Proof) -> Iterator[Finding]:
    """Find tags and sounds outside of code, and entities."""
    for passage in proof.read:
        text = passage.text.value
        if ("<" in text and ">" in text) or "[" in text:
            yield from islice(_marks(passage), MOST)
        if "&" in text:
            yield from islice(_entities(passage), MOST)


def _marks(passage: Passage) -> Iterator[Finding]:
    shown = passage.shown
    # The quotes around the values of a tag are none of a quotation.
    read = unquoted(cover(_TAG, shown))
    reached = 0
    for match in _TAG.finditer(shown):
        if (
            match.start() < reached
            or read[match.start()] != COVER
            or _is_meant(passage.text.value, shown, match)
        ):
            continue
        name, span, fix = match[2].lower(), match.span(), None
        if name == "br":
            start = (
                max(reached, match.start() - 1)
                if shown[match.start() - 1 : match.start()] == " "
                else match.start()
            )
            breaks = _BREAKS.match(shown, start)
            if breaks is not None:
                span = breaks.span()
                fix = _broken(passage, *span)
        reached = span[1]
        hint = _ELEMENTS.get(name, "remove it, or put it into backticks")
        yield passage.finding(
            CODE,
            f"`{passage.quote(match)[:40]}` is shown as it is written",
            hint,
            span,
            fix=fix,
        )
    for match in _SOUND.finditer(passage.text.value):
        if read[match.start()] != "[":
            continue
        hint = "write `![](x.mp3)`, and put the file into `media/`"
        yield passage.finding(CODE, f"`{match[0][:40]}` is shown as it is written", hint, match)


def _is_meant(text: str, shown: str, match: re.Match[str]) -> bool:
    """Whether a backslash says so, or it stands at a word as in `vector<b>`, and nothing closes it."""
    if text[: match.start()].endswith("\\"):
        return True
    if match[1] or match[3] or match[2].lower() in ("br", "img", "hr"):
        return False
    before = shown[match.start() - 1 : match.start()]
    return (before.isalnum() or before == "_") and f"</{match[2]}".lower() not in shown[match.end() :].lower()


def _broken(passage: Passage, start: int, end: int) -> str | None:
    """The break as Markdown writes it, nothing where a block ends anyway.

    None where it would make another block of the text.
    """
    text = passage.text.value
    line = text[text.rfind("\n", 0, start) + 1 : start]
    if _BLOCK_LINE.match(line) or _BLOCK_START.match(text, end):
        return None
    after = text[end : end + 1]
    if not line.strip() or not text[end:].strip():
        return fix_for(passage, (start, end), "")
    if text[start:end].lower().count("<br") > 1:
        if passage.role is Role.CLOZE:
            return None
        return fix_for(passage, (start, end), "\n" if after == "\n" else "\n\n")
    written = "\\" if after == "\n" else "\\\n"
    if _breaks(text[:start] + written + text[end:], start):
        return fix_for(passage, (start, end), written)
    return fix_for(passage, (start, end), "") if after == "\n" else None


def _breaks(text: str, at: int) -> bool:
    """Whether the backslash at `at` ends a line: at the end of a block it is a character like others."""
    return any(name == "HardBreak" and start == at for name, _, start, _ in events.parts(text))


def _entities(passage: Passage) -> Iterator[Finding]:
    text, shown = passage.text.value, passage.shown
    for match in _ENTITY.finditer(text):
        sign = unescape(match[0])
        # In code it stands as it was typed, and so does one behind a backslash.
        if sign == match[0] or shown[match.start()] != sign[0] or shown[match.end() - 1] == ";":
            continue
        if sign == "\u00a0":
            before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
            if passage.tongue is Tongue.OTHER or (before.isdigit() and after.isalnum()):
                continue
            message, hint = "becomes a no-break space", "write a common space, unless no line may break here"
        elif not sign.isprintable():
            points = " ".join(f"U+{ord(one):04X}" for one in sign)
            message, hint = (
                f"becomes a character that nobody sees ({points})",
                "delete it, unless you want it",
            )
        else:
            message, hint = (
                f"is shown as `{sign}`",
                "write the character itself; put it into backticks to show it as typed",
            )
        severity = Severity.WARNING if _HARMFUL.search(sign) else Severity.INFO
        yield passage.finding(CODE, f"`{match[0]}` {message}", hint, match, severity)
