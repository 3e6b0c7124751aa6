"""Which languages the rules know, and how they tell them."""

from __future__ import annotations

from enum import StrEnum

from deckgen.checks.words.english import small_words
from deckgen.checks.words.scripts import HAN
from deckgen.checks.words.text import fold
from deckgen.deck import NO_LANGUAGE
from deckgen.patterns import lazy

_EAST = f"\u3040-\u30ff\uac00-\ud7af{HAN}"
_ANY_EAST = lazy(f"[{_EAST}]")
# What an English text quotes may have marks within.
_RUN = lazy(f"[{_EAST}](?:[，、。・]?[{_EAST}])*")
_KANA_OR_HANGUL = lazy("[\u3040-\u30ff\uac00-\ud7af]")
_WORD = lazy("[A-Za-z\u00c0-\u024f][A-Za-z\u00c0-\u024f'’-]+")
_FULL = lazy("[，。？！；：、（）]")
#: Languages that set no blanks between words, beside Chinese.
_DENSE = ("ja", "ko", "yue", "th", "lo", "my", "km")


class Tongue(StrEnum):
    """What the rules know of a language: the words of English and Chinese, of others only the lengths."""

    ENGLISH = "en"
    CHINESE = "zh"
    OTHER = "other"


def tell(
    lang: str, sample: str, around: tuple[Tongue, bool] = (Tongue.ENGLISH, False)
) -> tuple[Tongue, bool]:
    """The tongue of a language, such as `zh-TW`, and whether it is written without blanks.

    Where the deck declares none, the script of most words of `sample` tells; what has no words is like the text
    `around` it.
    """
    base = lang.lower().split("-")[0]
    if base == NO_LANGUAGE:
        ascii_only = sample.isascii()  # which most are, and is quickly known
        if ascii_only or not _ANY_EAST.search(sample):
            has_words = _WORD.search(sample) and (ascii_only or not _FULL.search(sample))
            return (Tongue.ENGLISH, False) if has_words else around
        if not _is_eastern(sample):
            return Tongue.ENGLISH, False
        return Tongue.OTHER if _KANA_OR_HANGUL.search(sample) else Tongue.CHINESE, True
    if base == "zh":
        return Tongue.CHINESE, True
    if base == "en":
        return Tongue.ENGLISH, False
    return Tongue.OTHER, base in _DENSE


def _is_eastern(sample: str) -> bool:
    """Whether a text with characters of Chinese, Japanese or Korean is written in one of them.

    “What does 银行业 mean?” is not: among small words of English, what is between Latin words is quoted. Without
    such words, as in “TCP 与 UDP”, two characters count as a word.
    """
    words = _WORD.findall(sample)
    last = next((sign for sign in reversed(sample) if sign.isalnum() or _FULL.match(sign)), "")
    if not words or _FULL.match(last):
        return True
    runs = _RUN.findall(sample)
    if any(word in small_words() for word in fold(" ".join(words)).split()):
        return len(words) <= len(runs)
    return bool(_FULL.search(sample)) or sum(map(len, runs)) > 2 * len(words)
