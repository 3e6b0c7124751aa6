"""Findings as people and programs read them."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner

from deckgen.commands.main import main
from tests.conftest import Project

SARIF = json.loads((Path(__file__).parent / "sarif-2.1.0.json").read_text(encoding="utf-8"))


@pytest.fixture
def deck(project: Project) -> Project:
    project.deck()
    project.edit("Why do spaced reviews", "Describe the spaced reviews that")
    project.edit("tags: [time]", "tags: [tiem]")
    return project


def test_text_puts_a_finger_on_the_words(deck: Project) -> None:
    assert deck.run("check", "--select", "F05,M09").stdout == (
        "cards_source/memory/cards.yaml:4:9: F05 “Describe” has no definite answer\n"
        '    |     q: "Describe the spaced reviews that beat one long session?"\n'
        "    |         ^^^^^^^^\n"
        "    card: spacing\n"
        "    help: ask for the one fact that matters: why, which, what follows\n"
        "cards_source/memory/cards.yaml:8:12: M09 the tag `tiem` is not in deck.yaml\n"
        "    |     tags: [tiem]\n"
        "    |            ^^^^\n"
        "    card: testing\n"
        "    help: did you mean `time`?\n"
        "\n"
        "2 errors\n"
        "    1  F05  error: a vague command takes the place of a question\n"
        "    1  M09  error: a tag is not in the deck's vocabulary\n"
        "`deckgen explain CODE` tells more\n"
    )


def test_wide_characters_take_two_columns(project: Project) -> None:
    project.deck('deck: m\ntitle: {zh: "记忆"}\nlanguages: [zh]\n', "")
    project.write(
        "memory/cards.yaml",
        'cards:\n  - {id: one, zh: {q: "请简述记忆？", a: "重点"}}\n',
    )
    line, mark = project.run("check", "--select", "F05").stdout.splitlines()[1:3]
    assert mark == "    | " + " " * len('  - {id: one, zh: {q: "') + "^" * 6
    assert "请简述" in line


def test_long_line_is_shown_around_the_spot(project: Project) -> None:
    project.deck(
        cards='cards:\n  - {id: one, tags: [basics], note: "' + "x" * 500 + '", q: "Describe it?", a: "A"}\n'
    )
    line, mark = project.run("check", "--select", "F05").stdout.splitlines()[1:3]
    assert len(line) < 130
    assert line[mark.index("^") : mark.rindex("^") + 1] == "Describe"


def test_places_in_every_way_to_write_a_text(project: Project) -> None:
    ways = {
        "plain": "q: Describe it now",
        "single": "q: 'Describe it''s now'",
        "double": 'q: "Describe \\"it\\""',
        "literal": "q: |\n      Describe it\n      again",
        "folded": "q: >-\n      Describe\n      it",
        "lines": 'q: "\n      Describe\n      it"',
    }
    for name, way in ways.items():
        text = f"cards:\n  - id: one\n    {way}\n    a: A\n"
        project.deck(cards=text)
        (finding,) = (one for one in project.all_findings() if one["code"] == "F05")
        line = text.splitlines()[finding["line"] - 1]
        assert line[finding["column"] - 1 : finding["end_column"] - 1] == "Describe", name


def test_statistics_only_count(deck: Project) -> None:
    outcome = deck.run("check", "--select", "F05,M09", "--statistics")
    assert outcome.exit_code == 1
    assert outcome.stdout.startswith("2 errors\n    1  F05  error: ")


def test_github_marks_the_columns(deck: Project) -> None:
    assert "line=4,col=9,title=F05,endColumn=17::" in deck.run("check", "--format", "github").stdout


@pytest.mark.parametrize("clean", [True, False])
def test_sarif_is_valid(deck: Project, clean: bool) -> None:
    shown = deck.run("check", "--format", "sarif", *(["--select", "Y"] if clean else [])).stdout
    log = json.loads(shown)
    jsonschema.Draft4Validator(SARIF).validate(log)
    (run,) = log["runs"]
    assert (run["results"] == []) == clean
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    if not clean:
        region = run["results"][0]["locations"][0]["physicalLocation"]["region"]
        assert region == {"startLine": 4, "startColumn": 9, "endColumn": 17}


@pytest.mark.parametrize(
    ("env", "coloured"),
    [({}, False), ({"FORCE_COLOR": "1"}, True), ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, False)],
)  # fmt: skip
def test_colours_obey_the_environment(deck: Project, env: dict[str, str], coloured: bool) -> None:
    assert deck.lock().exists() is False
    result = CliRunner().invoke(main, ["check"], env=env, color=True)
    assert ("\x1b[1;31mF05\x1b[0m" in result.stdout) == coloured
    assert ("\x1b" in result.stdout) == coloured


@pytest.mark.usefixtures("deck")
def test_colours_never_reach_a_program() -> None:
    for style in ("json", "github", "sarif"):
        result = CliRunner().invoke(main, ["check", "--format", style], env={"FORCE_COLOR": "1"}, color=True)
        assert "\x1b" not in result.stdout


def test_the_page_about_linting_shows_real_output(project: Project) -> None:
    page = (Path(__file__).parents[2] / "docs/linting.md").read_text(encoding="utf-8")
    shown = page.partition("```console\n$ deckgen check\n")[2].partition("```")[0]
    project.write("tides/deck.yaml", "deck: tides\ntitle: Tides\n")
    project.write(
        "tides/cards.yaml",
        'cards:\n  - id: tides\n    q: "Describe the tides of the sea?"\n    a: "Two bulges of water."\n',
    )
    assert project.run("check").stdout == shown


def test_every_yaml_example_about_linting_is_read(project: Project) -> None:
    """Those that set something in deck.yaml: a typing error there would be a finding of shape."""
    page = (Path(__file__).parents[2] / "docs/linting.md").read_text(encoding="utf-8")
    for block in page.split("```yaml\n")[1:]:
        text = block.partition("```")[0]
        if text.startswith(("lint:", "glossary:")):
            head = 'deck: m\ntitle: {en: "M", zh: "记"}\nlanguages: [en, zh]\n'
            project.deck(head + text, 'cards:\n  - {id: a, en: {q: "Q", a: "A"}, zh: {q: "Q", a: "A"}}\n')
            assert not {code for code in project.codes() if code[0] in "KY"}
