"""Of which language the rules are that read a text, where the deck does not say in which it is written."""

from __future__ import annotations

import pytest

from deckgen.checks.words.tongue import Tongue, tell
from deckgen.deck import NO_LANGUAGE
from tests.conftest import DECK_YAML, Project


@pytest.mark.parametrize(
    ("text", "tongue"),
    [
        ("What does 银行业 mean in English?", Tongue.ENGLISH),
        ("What is 中华人民共和国?", Tongue.ENGLISH),
        ("How do you say 你好，世界 in English?", Tongue.ENGLISH),
        ("What does 食べる mean?", Tongue.ENGLISH),
        ("影 a “shadow”.", Tongue.ENGLISH),
        ("See also 银行.", Tongue.ENGLISH),
        ("HTTP Strict Transport Security 是什么？", Tongue.CHINESE),
        ("Elon Musk 创办了哪家公司?", Tongue.CHINESE),
        ("创始人是 Guido van Rossum。", Tongue.CHINESE),
        ("The Beatles 是哪年成立的？", Tongue.CHINESE),
        ("平台（OpenAI）", Tongue.CHINESE),
        ("TCP 与 UDP 有什么区别", Tongue.CHINESE),
        ("TCP와 UDP의 차이는 무엇인가?", Tongue.OTHER),
    ],
)
def test_language_of_most_words_is_the_language_of_a_text(text: str, tongue: Tongue) -> None:
    assert tell(NO_LANGUAGE, text)[0] is tongue


def test_what_has_no_words_is_like_the_text_around_it() -> None:
    chinese = (Tongue.CHINESE, True)
    assert tell(NO_LANGUAGE, "Ebbinghaus，1885", chinese) == chinese
    assert tell(NO_LANGUAGE, "34", chinese) == chinese
    assert tell(NO_LANGUAGE, "The “banking trade”.", chinese)[0] is Tongue.ENGLISH


CARDS = """cards:
  - id: one
    q: "What does 银行业 mean in English?"
    a: "The “banking trade”."
    note: "{影|yǐng} a “shadow”."
  - id: two
    q: "What does 银行 mean?"
    a: "a bank"
  - id: three
    q: "银行业在英语里怎么说？"
    a: "The “banking trade”."
    note: "银行业务 = “banking trade”."
"""


def test_english_about_chinese_words_is_not_mended_as_chinese(project: Project) -> None:
    project.deck(cards=CARDS)
    assert not {"T01", "L03"} & set(project.all_codes())
    before = project.files()
    project.run("check", "--fix")
    assert project.files() == before


def test_chinese_in_a_deck_without_languages_is_still_mended(project: Project) -> None:
    project.deck(DECK_YAML, 'cards:\n  - {id: one, q: "面团为什么会发起来?", a: "酵母放出气体,面筋兜住."}\n')
    assert project.all_codes().count("T01") == 3
