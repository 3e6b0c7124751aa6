"""Texts that Anki reads aloud: what it is told to say, in which language, and what is said of it here."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from deckgen.markup import raw
from deckgen.reading.speech import in_anki
from tests.browser import Reader
from tests.conftest import BILINGUAL_CARDS, BILINGUAL_YAML, DECK_YAML, Project
from tests.own_deck import COUNTRY, DECK, GAP, VERSE, write_geo, write_type
from tests.real_anki import Learner

TYPE = "geo/note_types/country/note_type.yaml"
BACK = "geo/note_types/country/back.html"


def _said(learner: Learner, card_id: str, query: str = "") -> list[tuple[Any, ...]]:
    """What is read aloud on the front and on the back of each card of a note: languages and texts."""
    made = []
    for card in learner.cards(card_id, query):
        rendering = card.render_output()
        sides = (rendering.question_av_tags, rendering.answer_av_tags)
        made.append(tuple([(tag.lang, " ".join(tag.field_text.split())) for tag in tags] for tags in sides))
    return made


@pytest.mark.parametrize(
    ("typed", "anki"),
    [
        ("en_US", "en_US"), ("en-us", "en_US"), ("zh-Hans-CN", "zh_CN"), ("zh_Hant_TW", "zh_TW"), ("es-419", "es_419"),
        ("yue-HK", "yue_HK"), ("en", ""), ("english", ""), ("", ""), ("en_US:", ""), ("en US", ""), ("en_US voices=A", ""),
    ],
)  # fmt: skip
def test_languages_are_written_as_voices_have_them(typed: str, anki: str) -> None:
    assert in_anki(typed) == anki


@pytest.mark.slow
def test_answers_of_a_deck_are_read_aloud_on_backs(project: Project, learner: Learner) -> None:
    cards = """cards:
  - {id: water, q: "What is *water*?", a: "**水** &amp; ice", reverse: true}
  - {id: gap, cloze: "{{c1::Tea::a drink}} and {{c2::milk}} or {{c1::*rum*}}"}
  - {id: parts, q: "Which?", list: {one: "First", two: "Second"}}
  - {id: seen, q: "What is it?", a: "![a tree](tree.png)"}
"""
    project.deck(f"{DECK_YAML}tts: zh-CN\n", cards)
    (project.write("memory/media/tree.png", "")).write_bytes(b"x")
    project.build()
    learner.import_package(project.package())
    assert _said(learner, "water") == [([], [("zh_CN", "水 & ice")])] * 2
    assert _said(learner, "gap") == [([], [("zh_CN", "Tea, rum")]), ([], [("zh_CN", "milk")])]
    assert _said(learner, "parts") == [([], [("zh_CN", "First")]), ([], [("zh_CN", "Second")])]
    assert _said(learner, "seen") == [([], [("zh_CN", "")])]
    assert project.codes() == ["K37"]


@pytest.mark.slow
def test_speech_comes_and_goes_with_the_note_type_and_touches_no_note(
    project: Project, learner: Learner
) -> None:
    project.deck().build()
    learner.import_package(project.package())
    learner.study("Memory", 10)
    before, notes = learner.progress(), learner.rows("notes")
    for spoken in ("\ntts: en_US", ""):
        project.write("memory/deck.yaml", DECK_YAML + spoken)
        assert "3 unchanged" in project.build().stdout
        assert learner.import_package(project.package()).updated == 0
        assert [bool(said[1]) for said in _said(learner, "spacing")] == [bool(spoken)]
        assert (learner.progress(), learner.rows("notes")) == (before, notes)
    learner.is_sound()


@pytest.mark.slow
def test_each_language_of_a_deck_has_its_own_voice_or_none(project: Project, learner: Learner) -> None:
    project.deck(f"{BILINGUAL_YAML}tts: {{zh: zh_CN}}\n", BILINGUAL_CARDS).build()
    for lang in ("en", "zh"):
        learner.import_package(project.package(f"memory.{lang}.apkg"))
    assert _said(learner, "spacing", 'note:"memory.en questions"') == [([], [])]
    assert _said(learner, "spacing", 'note:"memory.zh questions"') == [
        ([], [("zh_CN", "快忘时复习收获最大。")])
    ]


@pytest.mark.slow
def test_field_is_read_aloud_where_its_template_says_so(project: Project, learner: Learner) -> None:
    write_geo(project)
    project.write(TYPE, f"{COUNTRY}tts: {{Capital: fr-FR}}\n")
    project.write("geo/deck.yaml", f"{DECK}tts: en_GB\n")
    project.edit(
        "{{Capital}} {{Flag}}", "{{tts:Capital}} {{Capital}} {{ tts:Country}} {{tts es_ES:Country}}", BACK
    )
    verse = {"front.html": GAP + "{{tts:cloze-only:Text}}", "back.html": GAP + "{{tts:cloze:Text}}"}
    write_type(project, "verse", VERSE, verse)
    assert {one["code"] for one in project.findings()} == {"K37"}
    project.build()
    learner.import_package(project.package("geo.apkg"))
    spoken = [("fr_FR", "Paris"), ("en_GB", "France"), ("es_ES", "France")]
    assert _said(learner, "france") == [([], spoken)] * 2
    first, second = _said(learner, "night")
    assert first == ([("en_GB", "a beast")], [("en_GB", "Tyger, burning bright")])
    assert second == ([("en_GB", "...")], [("en_GB", "Tyger, burning bright")])
    learner.is_sound()


@pytest.mark.slow
@pytest.mark.parametrize("word", ["你好[nǐ hǎo] 世界[shì jiè]", "{你好|nǐ hǎo}{世界|shì jiè}"])
def test_readings_are_shown_and_not_read(project: Project, learner: Learner, word: str) -> None:
    """As docs/note-types.md tells it."""
    project.write("geo/deck.yaml", DECK)
    sides = {"front.html": "{{furigana:Word}}", "back.html": "{{FrontSide}} {{Meaning}} {{tts:kanji:Word}}"}
    described = (
        "fields: {Word: question, Meaning: answer}\ntts: {Word: zh_CN}\n"
        'templates: [{name: "Word", front: front.html, back: back.html}]\n'
    )
    write_type(project, "word", described, sides)
    project.write(
        "geo/cards.yaml",
        f'cards:\n  - {{id: hello, type: word, fields: {{Word: "{word}", Meaning: "hello {{你|nǐ}}"}}}}\n',
    )
    assert project.codes() == ["K37"]
    project.build()
    learner.import_package(project.package("geo.apkg"))
    assert learner.note("hello")["Word"] == "你好[nǐ hǎo] 世界[shì jiè]"
    assert learner.note("hello")["Meaning"] == "hello <ruby>你<rt>nǐ</rt></ruby>"
    assert _said(learner, "hello") == [([], [("zh_CN", "你好世界")])]
    assert (
        learner.cards("hello")[0]
        .question()
        .endswith("<ruby><rb>你好</rb><rt>nǐ hǎo</rt></ruby><ruby><rb>世界</rb><rt>shì jiè</rt></ruby>")
    )
    # Where the template does not say so, Anki reads both.
    if "{" in word:
        project.write("geo/note_types/word/back.html", "{{FrontSide}} {{Meaning}} {{tts:Word}}")
        assert sorted(project.codes()) == ["K37", "K38"]
        project.write("geo/note_types/word/front.html", "{{Word}}")
        assert sorted(project.codes()) == ["K37", "K38"]
        project.build()
        learner.import_package(project.package("geo.apkg"))
        assert _said(learner, "hello") == [([], [("zh_CN", "你好nǐ hǎo世界shì jiè")])]


@pytest.mark.parametrize(
    ("deck", "answer", "told"),
    [
        ("tts: en_US", "A word", []),
        ("tts: en_UK", "A word", ["K38 no common voice has the language `en_UK`: did you mean `"]),
        ("tts: en", "A word", ["K04 no voice is chosen by `en`: write the language and the region"]),
        ("tts: [en_US]", "A word", ["K03 "]),
        ("tts: {en: en_US}", "A word", ["K03 "]),
        ("tts: en_US", "{東京|とうきょう}", ["K38 this is read aloud, and has a reading"]),
        ("tts: en_US", "so $x^2$ is it", ["K38 this is read aloud, and has a formula"]),
        ("tts: en_US", "word ![](a.mp3)", ["K38 this is read aloud, and has a sound"]),
        ("tts: en_US", "costs $5, `a|b`, [x](https://a.org)", []),
        ("look: {}", "{東京|とうきょう}", []),
    ],
)
def test_what_is_said_of_a_spoken_deck(project: Project, deck: str, answer: str, told: list[str]) -> None:
    project.deck(f"{DECK_YAML}{deck}\n", f"cards:\n  - id: one\n    q: What?\n    a: '{answer}'\n")
    (project.write("memory/media/a.mp3", "")).write_bytes(b"x")
    found = [f"{one['code']} {one['message']}: {one['hint']}" for one in project.findings()]
    found = [one for one in found if one[:3] not in ("K37", "G02")]
    assert len(found) == len(told)
    assert all(one.startswith(start) for one, start in zip(found, told, strict=True)), found


@pytest.mark.parametrize(
    ("described", "back", "told"),
    [
        ("", "{{tts:Capital}}", ["5:1 K38 nothing says in which language `Capital` is spoken"]),
        ("tts: {Capital: fr_FR}", "{{tts:Capital}}", []),
        (
            "tts: {Captial: fr_FR}",
            "{{tts:Capital}}",
            ["12:7 K23 `tts:` names `Captial`, which is no field here"],
        ),
        ("tts: fr_FR", "", ["12:6 K03 `tts:` must map fields to languages"]),
        ("tts: {Capital: fr}", "", ["12:16 K04 no voice is chosen by `fr`"]),
        ("tts: {Capital: fr_FA}", "{{tts:Capital}}", ["12:16 K38 no common voice has the language `fr_FA`"]),
        ("", "{{tts en-GB:Capital}}", ["5:1 K38 no common voice has the language `en-GB`"]),
        ("", "{{tts fr_FR voices=A speed=0.8:Capital}}", []),
        ("tts: {Capital: fr_FR}", "{{hint:tts:Capital}}", ["5:1 K38 `tts:` stands behind another filter"]),
        ("", "{{tts:Tags}}", ["5:1 K38 nothing says in which language `Tags` is spoken"]),
        ("tts: {Flag: fr_FR}", "{{tts:Nothing}}", ["5:1 K25 `{{tts:Nothing}}` names no field"]),
    ],
)
def test_what_is_said_of_a_spoken_field(project: Project, described: str, back: str, told: list[str]) -> None:
    write_geo(project)
    project.write(TYPE, f"{COUNTRY}{described}\n")
    project.write(
        BACK,
        f"{{{{FrontSide}}}}\n<hr id=answer>\n{{{{Capital}}}} {{{{Flag}}}} {{{{Origin}}}}\n{{{{Remark}}}}\n{back}\n",
    )
    found = [
        f"{one['line']}:{one['column']} {one['code']} {one['message']}" for one in project.findings()
        if one["code"] not in ("K37", "K24")
    ]  # fmt: skip
    assert len(found) == len(told), found
    assert all(one.startswith(start) for one, start in zip(found, told, strict=True)), found


def test_what_one_language_speaks_is_nothing_to_another(project: Project) -> None:
    project.write(
        "geo/deck.yaml", "deck: geo\ntitle: {en: G, zh: 地理}\nlanguages: [en, zh]\ntts: {zh: zh_CN}\n"
    )
    sides = {"en.html": "{{Word}}", "zh.html": "{{Word}}{{tts:Word}}", "back.html": "{{FrontSide}}{{Sense}}"}
    write_type(
        project,
        "word",
        "fields: {Word: question, Sense: answer}\ntemplates: [{name: A, front: {en: en.html, zh: zh.html}, back: back.html}]\n",
        sides,
    )
    project.write("geo/cards.yaml", """\
cards:
  - id: one
    type: word
    en: {fields: {Word: "what is $x^2$", Sense: "a"}}
    zh: {fields: {Word: "什么", Sense: "甲"}}
""")  # fmt: skip
    assert project.codes() == ["K37"]
    project.edit("zh: zh_CN", "zh: zh_CN, en: en_US", "geo/deck.yaml")
    assert project.codes() == ["K37"]
    project.edit("什么", "什么 $x$", "geo/cards.yaml")
    assert project.codes() == ["K38", "K37"]


def test_no_speech_no_word_about_it(project: Project) -> None:
    write_geo(project)
    assert project.codes() == []
    back = project.write("geo/note_types/verse/back.html", f"{GAP}{{{{tts en_GB:Poem}}}}\n")
    (found,) = project.findings()
    assert (found["code"], found["severity"], found["line"], found["column"]) == ("K37", "info", 2, 1)
    assert back.as_posix().endswith(found["path"])
    assert project.run("check", "--select", "K").exit_code == 0


def test_deck_says_that_speech_is_only_a_help(project: Project) -> None:
    project.deck(f"{DECK_YAML}tts: en_US\n")
    assert "`lint: {K37: off}`" in project.findings()[0]["hint"]
    for level, told in (("off", []), ("info", ["info"]), ("warning", ["warning"])):
        project.deck(f"{DECK_YAML}tts: en_US\nlint: {{K37: {level}}}\n")
        assert [one["severity"] for one in project.findings()] == told
    project.build()
    for setting in ("K: off", "K38: off", "K37: {limit: 3}"):
        project.deck(f"{DECK_YAML}tts: en_US\nlint: {{{setting}}}\n")
        assert "K17" in project.codes()
    # A card can't: it is nothing of one card.
    project.deck(f"{DECK_YAML}tts: en_US\n")
    project.edit("  - id: spacing\n", '  - id: spacing\n    lint: {ignore: [K37], why: "x"}\n')
    assert sorted(project.codes()) == ["K17", "K37"]


@pytest.mark.parametrize(
    ("words", "lang"),
    [
        (["{苹果|píng guǒ}", "你好", "OK"], "zh_CN"),
        (["食べる", "{東京|とうきょう}", "水", "これ"], "ja_JP"),
        (["사과", "물"], "ko_KR"),
        (["What is 水?"], "en_US"),
        ([], "en_US"),
    ],
)
def test_hint_proposes_the_language_of_the_texts(project: Project, words: list[str], lang: str) -> None:
    cards = "".join(
        f'  - {{id: w{place}, type: country, fields: {{Country: "x", Capital: "{word}"}}}}\n'
        for place, word in enumerate(words)
    )
    write_geo(project, f"cards:\n{cards or '  []'}\n")
    project.edit("{{Capital}} {{Flag}}", "{{Capital}} {{tts:Capital}} {{Flag}}", BACK)
    (found,) = (one for one in project.findings() if "nothing says" in one["message"])
    assert f"`tts: {{Capital: {lang}}}`" in found["hint"]


def test_spoken_readings_are_told_once_and_at_their_template(project: Project) -> None:
    cards = "".join(
        f'  - {{id: w{place}, type: country, fields: {{Country: "x", Capital: "{word}"}}}}\n'
        for place, word in enumerate(("{苹果|píng guǒ}", "{谢谢|xiè xie}"))
    )
    write_geo(project, f"cards:\n{cards}")
    project.write(TYPE, f"{COUNTRY}tts: {{Capital: zh_CN}}\n")
    project.edit("{{Capital}} {{Flag}}", "{{tts:Capital}} {{Flag}}", BACK)
    (found,) = (one for one in project.findings() if one["code"] == "K38")
    assert found["path"].endswith("back.html")
    assert found["line"] == 3
    assert "`{{tts:kanji:Capital}}`" in found["hint"]


@pytest.mark.slow
def test_preview_marks_where_speech_would_be(project: Project, chromium: Browser) -> None:
    write_geo(project)
    project.write("geo/deck.yaml", f"{DECK}tts: en_GB\n")
    project.edit("{{Capital}} {{Flag}}", "{{tts:Capital}}{{Flag}}", BACK)
    project.run("preview", "geo")
    (page,) = (project.root / "output").glob("*.html")
    for card, mark in (("france", "a voice: en_GB"), ("plain", "a voice: en_GB")):
        reader = Reader.of(chromium, f"{page.as_uri()}#{card}")
        reader.press(" ")
        assert mark in reader.inside(".speech")
        assert "anki:tts" not in reader.text()
        assert not re.search("Paris.*Paris", reader.text())
        assert reader.complaints == []
        assert reader.network == []


def test_example_of_the_page_about_html_is_shipped() -> None:
    page = (Path(__file__).parents[2] / "docs/note-types.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"a: !html \|\n(.*?)```", page, re.DOTALL)
    assert raw.faults(textwrap.dedent(example)) == []


def test_example_of_the_page_about_speech_has_no_findings_but_that_it_is_spoken(project: Project) -> None:
    page = (Path(__file__).parents[2] / "docs/note-types.md").read_text(encoding="utf-8")
    spoken = page.partition("\n## Read aloud")[2].partition("\n## ")[0]
    described, sides, card = re.findall(r"```(?:yaml|html)\n(.*?)```", spoken, re.DOTALL)
    front, back = re.findall(r"<!-- \S+ -->\n(.*?)\n(?:\n|\Z)", sides, re.DOTALL)
    project.write("geo/deck.yaml", 'deck: geo\ntitle: "Words"\n')
    write_type(project, "word", described, {"word.html": front, "back.html": back})
    project.write("geo/cards.yaml", f"cards:\n  {card}")
    assert set(project.all_codes()) - {"G02"} == {"K37"}
