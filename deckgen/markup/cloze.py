"""Cloze deletions, `{{c1::answer::hint}}`: where they are, and how they survive Markdown.

Anki ends a deletion at the first `}}` and begins the hint at the first `::`,
whatever stands around them. Here braces nest, and code and formulas are kept whole, so
that `{{c1::$\\frac{a}{b^{2}}$}}` and ``{{c1::`std::vector`}}`` mean what they say. An
HTML comment is put between characters that Anki would misread, as its manual advises;
MathJax and Anki's editor both keep such a comment.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from deckgen.fixed import fixed
from deckgen.patterns import lazy

#: Anki numbers deletions up to 499 (rslib/src/cloze.rs) and drops higher ones.
MAX_NUMBER = 499

_OPEN = re.compile(r"\{\{c(\d+)::")
_TOKEN = re.compile(r"\\.|`+|\$\$?|\{\{c\d+::|::|[{}]", re.DOTALL)
# The inside of a deletion in which nothing nests or is kept whole, as in most.
_SIMPLE = re.compile(r"[^\\`${}]*(?=\}\})")
_PLAIN = re.compile(r"\{\{c(\d{1,3})::([^\\`${}]*)\}\}")
_FINISHED = lazy(r"\{\{c(\d+)::(.*?)(?:::.*?)?\}\}", re.DOTALL)

_STRUCTURE = lazy(r"\{\{c\d+::|\}\}|::|<(/?)([a-z]\w*)[^>]*>")
_VOID = ("img", "br", "hr")
# A formula as Anki finds it, and a deletion in it.
_FORMULA = lazy(r"\\[(\[].*?\\[)\]]", re.DOTALL)
_WHOLE = lazy(r"\{\{c\d+::.*?\}\}", re.DOTALL)

# Placeholders for the three marks while Markdown runs. Their control characters occur in no
# text (parse refuses them), and they begin and end with the same punctuation as the marks,
# so that emphasis next to a mark is recognised as it would be next to the mark itself.
_MARK_OPEN, _MARK_CLOSE, _MARK_HINT = "{\x02%s:", "}\x03", ":\x04:"
# Put after a backslash at the end of a deletion: Markdown would take it as escaping the mark's brace.
_AFTER_BACKSLASH = "\x06"
_FINISH = re.compile(r"<[^>]*>|\{\x02(\d+):|(\}\x03)|(:\x04:)|\{(?=\{)|\}(?=\})|:(?=:)")
# Anki shows a hint in brackets, and would act on these words inside brackets.
_ANKI_HINT = lazy(r":\x04:(?=sound:|anki:|/?latex[\]}]|/?\$\$?[\]}]|\[type:)", re.IGNORECASE)


class Deletion(NamedTuple):
    """One deletion; `start` and `end` are offsets of the whole mark in the text."""

    number: int
    start: int
    end: int
    content: str
    hint: str = ""


@fixed
class Fault:
    """A mark that makes no deletion, and what is wrong with it."""

    start: int
    message: str


def scan(text: str) -> tuple[list[Deletion], list[Fault]]:
    """Find the deletions of `text` in order, and the marks that can't be read."""
    plain = _plain(text)
    return _scan(text) if plain is None else (plain, [])


def _plain(text: str) -> list[Deletion] | None:
    """The same in a fifth of the time, for a text in which all is plain; None for all others."""
    if "\\" in text:
        return None
    found = []
    for one in _PLAIN.finditer(text):
        digits, inside = one.groups()
        content, _, hint = inside.partition("::")
        number = int(digits)
        if not 1 <= number <= MAX_NUMBER or not content.strip():
            return None
        found.append(Deletion(number, *one.span(), content, hint))
    return found if len(found) == text.count("{{c") else None


def _scan(text: str) -> tuple[list[Deletion], list[Fault]]:
    deletions: list[Deletion] = []
    faults: list[Fault] = []
    position = 0
    paired = True
    while (opening := _opening(text, position)) is not None:
        body = opening.end()
        end, hint_at, nested = _find_end(text, body) if paired else (None, None, None)
        if end is None:
            # The braces don't pair up: from here on, read them as Anki does.
            paired, plain = False, text.find("}}", body)
            end = plain if plain >= 0 else None
            hint_at = _hint(text[body:plain], body) if plain >= 0 else None
        if end is None:
            faults.append(Fault(opening.start(), f"`{opening[0]}` is never closed by `}}}}`"))
            break
        if nested is not None:
            faults.append(Fault(nested, "a deletion stands inside another one"))
        # Python refuses to read a number of more than 4,300 digits.
        number = int(opening[1][:9])
        if not 1 <= number <= MAX_NUMBER:
            faults.append(
                Fault(opening.start(), f"a deletion's number must be 1 to {MAX_NUMBER}, not {number}")
            )
        content = text[body : hint_at if hint_at is not None else end]
        hint = text[hint_at + 2 : end] if hint_at is not None else ""
        if not content.strip():
            faults.append(Fault(opening.start(), f"the deletion c{number} hides nothing"))
        deletions.append(Deletion(number, opening.start(), end + 2, content, hint))
        position = end + 2
    return deletions, faults


def _opening(text: str, position: int) -> re.Match[str] | None:
    """The next mark that opens a deletion, with no backslash before it."""
    # Much quicker than a look behind in the pattern, which would then be tried at every character.
    found = _OPEN.search(text, position)
    while found is not None and text.endswith("\\", 0, found.start()):
        found = _OPEN.search(text, found.end())
    return found


def _find_end(text: str, body: int) -> tuple[int | None, int | None, int | None]:
    """Offsets of the closing `}}`, of the hint's `::`, and of a nested deletion.

    A backslash keeps a brace from closing, as in `{{c1::x\\}}}`. But `{{c1::x\\}}` ends there when no
    other braces close it before the next deletion.
    """
    if simple := _SIMPLE.match(text, body):
        begins = text.find("::", body, simple.end())
        return simple.end(), begins if begins >= 0 else None, None
    return _find_nested_end(text, body)


def _find_nested_end(text: str, body: int) -> tuple[int | None, int | None, int | None]:
    depth = 0
    hint: int | None = None
    nested: int | None = None
    escaped: tuple[int | None, int | None, int | None] = None, None, None
    position = body
    while (token := _TOKEN.search(text, position)) is not None:
        position = token.end()
        mark = token[0]
        if mark[0] in "`$":
            position = _skip_whole(text, mark, position)
        elif mark == "::":
            hint = token.start() if hint is None and depth == 0 else hint
        elif mark == "{":
            depth += 1
        elif mark == "}" and depth:
            depth -= 1
        elif mark == "}" and text.startswith("}", position):
            return token.start(), hint, nested
        elif mark == "\\}" and not depth and escaped[0] is None and text.startswith("}", position):
            escaped = token.start() + 1, hint, nested
        elif mark.startswith("{{"):
            if escaped[0] is not None:
                break
            nested = token.start() if nested is None else nested
            depth += 2
    return escaped


def _hint(inside: str, offset: int) -> int | None:
    """Where the hint begins, when braces don't pair up: at the first `::` outside of code and formulas."""
    position = 0
    while (token := _TOKEN.search(inside, position)) is not None:
        position = token.end()
        if token[0] == "::":
            return offset + token.start()
        if token[0][0] in "`$":
            position = _skip_whole(inside, token[0], position)
    return None


def _skip_whole(text: str, mark: str, position: int) -> int:
    """The offset behind the code or formula that `mark` opens; `position` when it opens none."""
    if mark[0] == "`":
        closing = re.compile(rf"(?<!`){mark}(?!`)").search(text, position)
        return closing.end() if closing else position
    end = text.find(mark, position)
    inside = text[position:end]
    depth = 0
    for brace in re.findall(r"(?<!\\)[{}]", inside):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            return position
    return end + len(mark) if end >= 0 and depth == 0 and "{{c" not in inside else position


def mark(text: str, deletions: list[Deletion]) -> str:
    """Replace the marks by placeholders that pass through Markdown untouched."""
    parts: list[str] = []
    position = 0
    for deletion in deletions:
        parts += [text[position : deletion.start], _MARK_OPEN % deletion.number, deletion.content]
        if deletion.hint:
            parts += [_MARK_HINT, deletion.hint]
        if parts[-1].endswith("\\"):
            parts.append(_AFTER_BACKSLASH)
        parts.append(_MARK_CLOSE)
        position = deletion.end
    return "".join(parts) + text[position:]


def wrap(number: int, html: str) -> str:
    """Make all of `html` the deletion `number`, still to be finished."""
    return _MARK_OPEN % number + html + _MARK_CLOSE


def finish(html: str) -> str:
    """Turn placeholders in `html` into Anki's marks, and make anything else that looks like one literal.

    Every field of a cloze note goes through here: Anki looks for deletions in all of them.
    """
    html = html.replace(_AFTER_BACKSLASH, "")
    if "\x04" in html:
        html = _ANKI_HINT.sub(r"\g<0><span></span>", html)
    if "<" in html or "{{" in html or "}}" in html or "::" in html:
        html = _FINISH.sub(_finish_one, html)
    else:  # braces and colons are those of placeholders: this is five times as quick
        before, *begun = html.replace("}\x03", "}}").replace(":\x04:", "::").split("{\x02")
        html = "{{c".join([before, *(one.replace(":", "::", 1) for one in begun)])
    # Anki would draw an image occlusion instead of hiding a text.
    return html.replace("::image-occlusion:", "::<!-- -->image-occlusion:") if "image-occ" in html else html


def hidden(html: str) -> dict[int, str]:
    """What finished `html` hides: by number, the HTML of all deletions with that number, joined."""
    parts: dict[int, list[str]] = {}
    for number, content in _FINISHED.findall(html):
        parts.setdefault(int(number), []).append(content)
    return {number: "\n".join(contents) for number, contents in sorted(parts.items())}


def _finish_one(match: re.Match[str]) -> str:
    found = match[0]
    if match[1]:
        return "{{c" + match[1] + "::"
    if match[2]:
        return "}}"
    if match[3]:
        return "::"
    if found[0] == "<":
        if "{" in found or "}" in found or "::" in found:
            return found.replace("{", "&#123;").replace("}", "&#125;").replace("::", "&#58;&#58;")
        return found
    return found + "<!-- -->"


def is_whole(html: str, count: int) -> bool:
    """Whether finished `html` has `count` deletions, none of which cuts an element or formula in two.

    Anki puts each deletion into a `<span>`; one that begins in a paragraph or link
    and ends in another would break the page. It removes the tags from formulas again
    (rslib/src/cloze.rs), so that only one end of such a `<span>` would be left.
    """
    if "<" not in html and "\\" not in html:
        return html.count("{{c") == count  # nothing is there that could be cut
    open_elements: list[str] = []
    found = 0
    for token in _STRUCTURE.finditer(html):
        mark, closing, name = token[0], token[1], token[2]
        if mark == "::" and open_elements[-1:] != ["{{"]:
            return False  # the hint begins in the middle of an element
        if mark.startswith("{{") or (name and not closing and name not in _VOID):
            open_elements.append(name or "{{")
            found += name is None
        elif (mark == "}}" or closing) and (not open_elements or open_elements.pop() != (name or "{{")):
            return False
    return found == count and not open_elements and not _cuts_formula(html)


def _cuts_formula(html: str) -> bool:
    """Whether a deletion or its hint begins or ends in a formula, and does not do both there."""
    rests = (_WHOLE.sub("", formula[0]) for formula in _FORMULA.finditer(html))
    return any(mark in rest for rest in rests for mark in ("{{c", "::", "}}"))
