"""Which languages the rules know, and how they tell them."""

from __future__ import annotations

from enum import StrEnum

from deckgen.checks.words.scripts import HAN
from deckgen.deck import NO_LANGUAGE
from deckgen.patterns import lazy

_HAN = lazy(f"[{HAN}]")
_KANA_OR_HANGUL = lazy("[\u3040-\u30ff\uac00-\ud7af]")
#: Languages that set no blanks between words, beside Chinese.
_DENSE = ("ja", "ko", "yue", "th", "lo", "my", "km")


class Tongue(StrEnum):
    """What the rules know of a language: the words of English and Chinese, of others only the lengths."""

    ENGLISH = "en"
    CHINESE = "zh"
    OTHER = "other"


def tell(lang: str, sample: str) -> tuple[Tongue, bool]:
    """The tongue of a language, such as `zh-TW`, and whether it is written without blanks.

    Where the deck declares none, the script of `sample` tells.
    """
    base = lang.lower().split("-")[0]
    if base == NO_LANGUAGE:
        if _KANA_OR_HANGUL.search(sample):
            return Tongue.OTHER, True
        return (Tongue.CHINESE, True) if _HAN.search(sample) else (Tongue.ENGLISH, False)
    if base == "zh":
        return Tongue.CHINESE, True
    if base == "en":
        return Tongue.ENGLISH, False
    return Tongue.OTHER, base in _DENSE
