"""Levels, limits, silence with a reason, and the choice of codes on the command line."""

from __future__ import annotations

import pytest

from deckgen.checks.words import scripts
from tests.conftest import Project

LONG = " ".join(["word"] * 40)
HEAD = 'deck: memory\ntitle: "Memory"\n'


def cards(
    answer: str = LONG, more: str = "", question: str = "Why do spaced reviews beat one session?"
) -> str:
    return f'cards:\n  - id: one\n    q: "{question}"\n    a: "{answer}"\n{more}'


def found(project: Project, head: str = "", **card: str) -> list[tuple[str, str]]:
    project.deck(HEAD + head, cards(**card))
    return [(finding["code"], finding["severity"]) for finding in project.all_findings()]


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("", [("L02", "warning")]),
        ("lint: {L02: off}\n", []),
        ("lint: {L: off}\n", []),
        ("lint: {L02: info}\n", [("L02", "info")]),
        ("lint: {L: off, L02: error}\n", [("L02", "error")]),
        ("lint: {L02: {limit: 45}}\n", []),
        ("lint: {L02: {limit: [20, 35]}}\n", [("L02", "error")]),
        ("lint: {L02: {level: info, limit: [20, 35]}}\n", [("L02", "info")]),
    ],
)
def test_deck_sets_levels_and_limits(project: Project, head: str, expected: list[tuple[str, str]]) -> None:
    assert found(project, head) == expected


def test_limits_by_language(project: Project) -> None:
    two = (
        'deck: memory\ntitle: {en: "Memory", de: "Gedächtnis"}\nlanguages: [en, de]\nlint: {L02: {de: 60}}\n'
    )
    text = f'{{q: "Why do spaced reviews beat one session?", a: "{LONG}"}}'
    project.deck(two, f"cards:\n  - id: one\n    en: {text}\n    de: {text}\n")
    long = [finding["lang"] for finding in project.all_findings() if finding["code"] == "L02"]
    assert long == ["en"]


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("K01: off", "`K01` is not a rule that can be set"),
        ("X99: info", "`X99` is not a rule that can be set"),
        ("l02: info", "`l02` is not a rule that can be set"),
        ("F05: {limit: 3}", "`F05` has no limits"),
        ("B13: {limit: 3}", "`B13` has no limits"),
        ("L02: {limit: [30, 40, 50]}", "`L02` has at most two limits"),
    ],
)
def test_setting_that_does_not_fit(project: Project, setting: str, message: str) -> None:
    project.deck(HEAD + f"lint: {{{setting}}}\n", cards("Recall strengthens it."))
    (finding,) = project.all_findings()
    assert (finding["code"], finding["message"]) == ("K17", message)


def test_card_silences_a_warning_with_a_reason(project: Project) -> None:
    assert found(project, more='    lint: {ignore: [L02], why: "A quotation."}\n') == []


def test_silence_without_a_reason_is_refused(project: Project) -> None:
    for reason in ("", ', why: ""'):
        project.deck(HEAD, cards(more=f"    lint: {{ignore: [L02]{reason}}}\n"))
        assert ("K02", "`lint:` gives no reason") in [
            (finding["code"], finding["message"]) for finding in project.all_findings()
        ]


def test_silence_that_hides_nothing_is_a_finding(project: Project) -> None:
    more = '    lint: {ignore: [L02, F05], why: "A quotation."}\n'
    assert found(project, more=more) == [("K18", "warning")]
    assert found(project, "lint: {F05: off}\n", more=more) == []
    assert found(project, more=more.replace("F05", "F99")) == [("K17", "error")]


def test_error_can_not_be_silenced_on_a_card(project: Project) -> None:
    more = '    lint: {ignore: [F05], why: "I like it."}\n'
    assert found(project, answer="Recall.", more=more, question="Describe the effect of spacing?") == [
        ("F05", "error"),
        ("K17", "error"),
    ]
    assert (
        found(
            project,
            "lint: {F05: warning}\n",
            answer="Recall.",
            more=more,
            question="Describe the effect of spacing?",
        )
        == []
    )


def test_silence_restamps_nothing(project: Project) -> None:
    project.deck(HEAD, cards()).build()
    project.deck(HEAD + "lint: {L01: info}\n", cards(more='    lint: {ignore: [L02], why: "A quotation."}\n'))
    assert "1 unchanged" in project.build().stdout


def test_errors_of_craft_stop_a_build_unless_it_is_told_not_to_look(project: Project) -> None:
    project.deck(HEAD, cards(question="Describe the effect of spacing?"))
    outcome = project.run("build")
    assert (outcome.exit_code, outcome.stdout) == (1, "")
    assert "F05" in outcome.stderr
    assert "nothing was written" in outcome.stderr
    outcome = project.run("build", "--no-lint")
    assert (outcome.exit_code, outcome.stderr) == (0, "")


@pytest.mark.parametrize(
    ("arguments", "codes"),
    [
        ([], ["F05", "L02"]),
        (["--select", "L"], ["L02"]),
        (["--select", "l02,F"], ["F05", "L02"]),
        (["--ignore", "F05"], ["L02"]),
        (["--select", "F", "--ignore", "F05"], []),
    ],
)
def test_codes_chosen_on_the_command_line(project: Project, arguments: list[str], codes: list[str]) -> None:
    project.deck(HEAD, cards(question="Describe the effect of spacing?"))
    outcome = project.run("check", "--format", "github", *arguments)
    assert [code for code in ("F05", "L02") if f"title={code}" in outcome.stdout] == codes
    assert outcome.exit_code == bool(codes)


def test_unknown_code_is_wrong_usage(project: Project) -> None:
    project.deck()
    outcome = project.run("check", "--select", "Z9")
    assert outcome.exit_code == 2
    assert "no code begins with Z9" in outcome.stderr


@pytest.mark.parametrize(("level", "exit_code"), [("info", 1), ("warning", 1), ("error", 0)])
def test_level_from_which_a_check_fails(project: Project, level: str, exit_code: int) -> None:
    project.deck(HEAD, cards())
    assert project.run("check", "--fail-on", level).exit_code == exit_code


@pytest.mark.parametrize("limit", ["nan", "inf", "-1", "1e400", "[60, 40]", "many"])
def test_limit_that_is_none(project: Project, limit: str) -> None:
    project.deck(HEAD + f"lint: {{L02: {{limit: {limit}}}}}\n", cards("Recall strengthens it."))
    assert project.all_codes() == ["K03"]


def test_waiting_translations_obey_the_deck_and_the_card(project: Project) -> None:
    from tests.conftest import BILINGUAL_CARDS, BILINGUAL_YAML

    project.deck(BILINGUAL_YAML, BILINGUAL_CARDS).build()
    project.edit("Why space reviews?", "Why does spacing work?")
    assert "B12" in project.all_codes()
    for setting in ("B12: off", "B: off"):
        project.write("memory/deck.yaml", BILINGUAL_YAML + f"lint: {{{setting}}}\n")
        assert not {"B12", "K17"} & set(project.all_codes())
    project.write("memory/deck.yaml", BILINGUAL_YAML)
    project.edit("  - id: spacing\n", "  - id: spacing\n    lint: {ignore: [B12], why: later}\n")
    assert not {"B12", "K17", "K18"} & set(project.all_codes())


def test_retired_card_may_keep_its_silence(project: Project) -> None:
    more = '    lint: {ignore: [L02], why: "A quotation."}\n    retired: {since: "2026-01-31", reason: old}\n'
    assert found(project, more=more) == []


def test_traditional_chinese_is_judged_by_the_same_words(project: Project) -> None:
    project.deck(
        'deck: m\ntitle: {zh-TW: "記"}\nlanguages: [zh-TW]\n',
        'cards:\n  - id: tower\n    hedged: true\n    zh-TW: {q: "這座塔是用來做什麼的？", a: "他認為用來儲存穀物。"}\n',
    )
    assert "M05" not in project.all_codes()


_TRADITIONAL = "deck: m\ntitle: {zh-TW: 記憶}\nlanguages: [zh-TW]\n"


@pytest.mark.parametrize(
    ("card", "code", "words", "hint"),
    [
        ("{q: 這個為什麼會發熱？, a: 因為摩擦。}", "F06", "這", ""),
        ("{q: 描述腎上腺的作用, a: 調節血壓。}", "F05", "描述", ""),
        ("{q: 談談腎上腺的作用, a: 調節血壓。}", "F05", "談談", ""),
        ("{q: 目前哪個國家的橄欖產量最高？, a: 西班牙。}", "F08", "目前", ""),
        ("{q: 哪種金屬沒有磁性？, a: 銅。}", "F09", "沒有", ""),
        ("{q: 腎上腺有什麼作用？, a: 許多。}", "F11", "許多。", ""),
        ("{q: 蠟燭為什麼會熄滅？, a: 這這是因為缺氧。}", "T05", "這", ""),
        ("{q: 夢裡的时間為什麼過得快？, a: 大腦沒有時鐘。}", "B11", "时", "write “時”"),
    ],
)  # fmt: skip
def test_of_a_traditional_text_an_author_is_told_the_own_characters(
    project: Project, card: str, code: str, words: str, hint: str
) -> None:
    project.deck(_TRADITIONAL, f"cards:\n  - id: one\n    zh-TW: {card}\n")
    (finding,) = (one for one in project.all_findings() if one["code"] == code)
    assert f"“{words}”" in finding["message"]
    assert hint in finding["hint"]


def test_a_fix_writes_traditional_characters(project: Project) -> None:
    project.deck(
        _TRADITIONAL, "cards:\n  - id: one\n    zh-TW: {q: 蠟燭為什麼會熄滅？, a: 這這是因為缺氧。}\n"
    )
    project.run("check", "--fix", "--select", "T05")
    assert "a: 這是因為缺氧。" in (project.root / "cards_source/memory/cards.yaml").read_text(
        encoding="utf-8"
    )


def test_terms_names_and_titles_are_found_in_traditional_texts(project: Project) -> None:
    """They are written by the same author, in the same characters."""
    head = """deck: m
title: {en: Bread, zh-TW: 麵團}
languages: [en, zh-TW]
speakers: {reed: {en: Anna Reed, zh-TW: 安娜·瓊斯}}
glossary: [{en: [gluten], zh-TW: [麵筋]}]
"""
    project.deck(
        head,
        """cards:
  - {id: one, speaker: reed, hedged: true, en: {q: What does Reed think of gluten?, a: Perhaps it stretches.}, zh-TW: {q: 瓊斯怎樣看麵筋？, a: 也許會伸展。}}
  - {id: two, speaker: reed, en: {q: What is left to rise?, a: The loaf.}, zh-TW: {q: 什麼需要發酵？, a: 麵團。}}
""",
    )
    codes = [(one["code"], one["card"]) for one in project.all_findings()]
    assert not {"B06", "M04"} & {code for code, _ in codes}
    assert ("A02", "two") in codes


def test_standard_forms_of_hong_kong_are_not_called_simplified(project: Project) -> None:
    project.deck(
        "deck: m\ntitle: {zh-HK: 記憶}\nlanguages: [zh-HK]\n",
        "cards:\n  - id: one\n    zh-HK: {q: 為什麼要開户交税？, a: 政府需要收入。}\n",
    )
    assert "B11" not in project.all_codes()


@pytest.mark.parametrize(
    ("lang", "question", "answer"),
    [("zh", "为什么时钟会走快？", "热胀冷缩。"), ("zh-TW", "為什麼時鐘會走快？", "熱脹冷縮。")],
)
def test_a_deck_in_one_script_is_not_searched_for_the_other(
    project: Project, lang: str, question: str, answer: str
) -> None:
    """The character sets tell that nothing is mixed: the tables of what stands in one script only are not made."""
    scripts.traditional_only.cache_clear()
    project.deck(
        f"deck: m\ntitle: {{{lang}: M}}\nlanguages: [{lang}]\n",
        f"cards:\n  - id: one\n    {lang}: {{q: {question}, a: {answer}}}\n",
    )
    assert "B11" not in project.all_codes()
    assert scripts.traditional_only.cache_info().currsize == 0


def test_a_rule_that_was_raised_stops_a_build(project: Project) -> None:
    project.deck(HEAD + "lint: {T02: error}\n", cards("Recall  strengthens it."))
    outcome = project.run("build")
    assert outcome.exit_code == 1
    assert "T02" in outcome.stderr
