r"""What Markdown can't say: `H~2~O`, `x^2^`, `++underlined++`, and readings: `{東京|とうきょう}`.

A notation marks one word, and only where no other text has these signs; else they are shown as typed:

- `~…~` and `^…^` hold a number or a word in Latin, Greek or Cyrillic letters, or two short ones with a
  sign between them, at a letter, a digit or a bracket. What comes behind can't be the end of another text:
  `5~10~15`, `a^2+b^2`, `m^2s^-2`, `A~B~C` are none. `^14^C` stands at nothing, before a capital;
- `++…++` stands around a whole word of two letters or more: `++i++`, `C++`, `xs++ys++zs` are none;
- `[…]{.u}` has any words (see `spans`);
- `{…|…}` has Chinese characters, and their reading in kana, bopomofo or Latin letters: with a mark of tone,
  or one syllable for one character.

Like the marks in `marks`, their signs are put out of Markdown's sight by placeholders, one for each, so that
`|` parts no cells of a table. In code, formulas and what describes a picture they come back; in addresses
they stay.
"""

from __future__ import annotations

import re

from deckgen.markup import spans
from deckgen.patterns import lazy

#: Covers what is not shown. A blank to `str.split` and `\s`, but no space that an author typed:
#: control characters occur in no text.
COVER = "\x1f"

# No blanks to Python: the ends of a text may be stripped.
_SIGNS = "~^+{|}"
_HIDDEN = "\x01\x19\x1a\x07\x08\x1b"
_HIDE = str.maketrans("~^{|}", "\x01\x19\x07\x08\x1b")
_SHOW = str.maketrans(_HIDDEN, _SIGNS) | spans.SHOW
_COVERED = str.maketrans(dict.fromkeys("\x01\x19\x1a\x07", COVER))
#: What a word with a reading begins and ends with while Markdown runs.
RUBY_BEGINS, RUBY_ENDS = "\x07", "\x1b"

_CUE = lazy(r"~[^\s~]+~|\^[^\s^]+\^|\+\+[^\s+]+\+\+|\{[^\s{|}]+\|")
# Where no link would be left, or another one.
_ADDRESS = r"\]\([ \n]*(?:<[^<>\n]*>|[^\s()]*(?:\([^\s()]*\)[^\s()]*)*)|\]:[ \t]*\S+|<[^<>\s]*>|\b(?:[A-Za-z]{1,20}://|www\.)[!-;=?-~]+"

_LETTER = "A-Za-z\u00aa\u00b5\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0300-\u036f\u0370-\u052f"
_MINUS = "+\u2212\u2013-"
_IN_SCRIPT = (
    rf"(?:[{_MINUS}]?[0-9{_LETTER}]+[{_MINUS}]?|[{_MINUS}]|[{_MINUS}]?[0-9]+[.,/][0-9]+"
    rf"|[0-9{_LETTER}]{{1,3}}[{_MINUS}][0-9{_LETTER}]{{1,3}})"
)
_SCRIPTS = rf"(?:~{_IN_SCRIPT}~(?:\^{_IN_SCRIPT}\^)?|\^{_IN_SCRIPT}\^(?:~{_IN_SCRIPT}~)?)"
# The beginning of a deletion, as typed and as `cloze` hands it to Markdown.
_BEGINS = r"(?:\{\{c[0-9]{1,3}::|\{\x02[0-9]{1,3}:)?"
# What a script stands at; emphasis or a deletion may end there.
_BASE = lazy(rf"(?:([0-9])|[{_LETTER})\]\u2032]|\}}[}}\x03])\*{{0,3}}{_BEGINS}\Z")
_NO_BASE = lazy(rf"(?:\A|[^0-9{_LETTER})\]~^\\]){_BEGINS}\Z")
_BEFORE = 12
# Behind these a superscript is no power: they go on with what `^` began. A backslash that breaks the line
# does not.
_GOES_ON = lazy(
    rf"\\(?!\n)|[0-9{_LETTER}(\[^$\u221a\u221e\u2217\u2020\u00b1\u2213]|\.[0-9]|\{{(?!\{{c[0-9]|\x02)"
)

_HAN = "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_KANA = "\u3041-\u3096\u3099-\u309f\u30a1-\u30ff"
_BOPOMOFO = "\u02c7\u02c9-\u02cb\u02d9\u3105-\u312f\u31a0-\u31bf"
_TONE = "\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0300-\u036f\u1e00-\u1eff"
_LATIN = rf"[A-Za-z{_TONE}]+(?:[ '\u2019-][A-Za-z{_TONE}]+)*"
_SYLLABLE = r"(?:(?:[zcs]h|[b-df-hj-np-tw-z])[aeiou\u00fc]{1,3}(?:ng?)?|[aeo]|er)"
_RUBY = (
    rf"(?<![{{\\])\{{(?:[{_HAN}]+\|(?:[{_KANA}]+|[{_BOPOMOFO}]+(?: [{_BOPOMOFO}]+)*"
    rf"|(?=[^|}}]*[{_TONE}]){_LATIN})|[{_HAN}]\|{_SYLLABLE})\}}"
)
_WORDS = lazy(rf"(?P<address>{_ADDRESS})|(?P<ruby>{_RUBY})|{_SCRIPTS}")

_CJK = "\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef"
# A word, not a part of one, with no sign of Markdown in it.
_LINED = lazy(
    rf"(?P<address>{_ADDRESS})|(?<![^\s(\[\u201c\u2018\u00ab\u201e\u2014\u2013/:>*_{_CJK}-])"
    r"\+\+(?![A-Za-z]\+)(?=[^\W_]|\x07)[^\s+`*_\[\]<>&$\\|{}\x02-\x06\x0e-\x18]+(?<=[\w\u0300-\u036f\x01\x19\x1b])\+\+"
    rf"(?![^\s)\]\u201d\u2019\u00bb.,:;!?\u2026\u2014\u2013/*_<{{}}|{_CJK}-])"
)

_ELEMENTS = (
    (lazy("\x01([^\x01]+)\x01"), r"<sub>\1</sub>"),
    (lazy("\x19([^\x19]+)\x19"), r"<sup>\1</sup>"),
    (lazy("\x07([^\x08]+)\x08([^\x1b]+)\x1b"), r"<ruby>\1<rt>\2</rt></ruby>"),
    (lazy("\x1a\x1a([^\x1a]+)\x1a\x1a"), r"<u>\1</u>"),
)
_READING = lazy("\x08[^\x1b]*\x1b")


def hide(text: str) -> str:
    """`text` with placeholders for the signs of notations, or `text` itself when it has none."""
    text = spans.hide(text)
    # Nearly all texts have none: this is quicker than a pattern.
    if not ("~" in text or "^" in text or "++" in text or ("|" in text and "{" in text)):
        return text
    if not _CUE.search(text):
        return text
    hidden = _LINED.sub(_line, _WORDS.sub(_word, text))
    return text if hidden == text else hidden


def typed(text: str) -> str:
    """What was typed, with the signs in the place of their placeholders."""
    return text.translate(_SHOW)


def read(text: str) -> str:
    """A hidden text as it is read, as long as it is typed: signs and readings are covered."""
    text = _READING.sub(lambda match: COVER * len(match[0]), text) if "\x08" in text else text
    return spans.read(text.translate(_COVERED), COVER)


def in_html(html: str) -> str:
    """HTML with elements in the place of placeholders."""
    for pattern, element in _ELEMENTS:
        html = pattern.sub(element, html)
    return spans.in_html(html)


def _line(match: re.Match[str]) -> str:
    if match["address"]:
        return match[0]
    return f"\x1a\x1a{match[0][2:-2]}\x1a\x1a"


def _word(match: re.Match[str]) -> str:
    if match["address"]:
        return match[0]
    return match[0].translate(_HIDE) if match["ruby"] or _is_script(match) else match[0]


def _is_script(match: re.Match[str]) -> bool:
    """Whether what stands around scripts lets them be some."""
    text, (start, end) = match.string, match.span()
    before, after = text[max(0, start - _BEFORE) : start], text[end : end + 1]
    base = _BASE.search(before)
    if base is None:
        first = match[0][1:].partition("^")[0]
        return (
            match[0][0] == "^" and first.isdigit() and "A" <= after <= "Z" and bool(_NO_BASE.search(before))
        )
    last = match[0][-1]
    content = match[0][:-1].rpartition(last)[2]
    if last == "^":
        is_sign = bool(after) and after in _MINUS
        return not _GOES_ON.match(text, end) and (not is_sign or not content[-1:].isalpha())
    if after == "~" or after.isdigit():
        return False
    if not after.isalpha() or after >= "\u2e80":
        return True
    # Behind a letter or bracket: `H~2~O`, `C~n~H`.
    return not base[1] and (content[0].isdigit() or (content.islower() and after.isupper()))
