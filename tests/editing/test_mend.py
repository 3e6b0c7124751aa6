"""`check --fix` changes the characters that are wrong, and nothing else."""

from __future__ import annotations

import errno
import json
import re
import unicodedata

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from deckgen.markup import markdown
from tests.checks.test_craft_properties import texts
from tests.conftest import Project

HEAD = 'deck: memory\ntitle: "Memory"\n'
BAD = """\
# a comment  with two blanks
cards:

  - id: one   # another  comment
    q: 'Why  do spaced reviews beat one session?'
    a: "Recall\u00a0strengthens it.  "
    note: |
      Two  blanks, and

          code  stays   as it is
    tags: [ ]
"""
GOOD = (
    BAD.replace("Why  do", "Why do")
    .replace("Recall\u00a0s", "Recall s")
    .replace("it.  ", "it.")
    .replace("Two  b", "Two b")
)


def text(project: Project) -> str:
    return (project.root / "cards_source/memory/cards.yaml").read_bytes().decode()


def test_only_the_wrong_characters_change(project: Project) -> None:
    project.deck(HEAD, BAD)
    outcome = project.run("check", "--fix", "--select", "T")
    assert (outcome.exit_code, outcome.stderr) == (0, "mended cards_source/memory/cards.yaml\n")
    assert text(project) == GOOD


def test_diff_shows_it_and_changes_nothing(project: Project) -> None:
    project.deck(HEAD, BAD)
    before = project.files()
    for arguments in (["--diff"], ["--diff", "--fix"]):
        outcome = project.run("check", *arguments)
        assert outcome.exit_code == 1
        assert (
            "--- a/cards_source/memory/cards.yaml\n+++ b/cards_source/memory/cards.yaml\n" in outcome.stdout
        )
        assert "\n-    q: 'Why  do spaced reviews beat one session?'\n" in outcome.stdout
        assert "\n+    q: 'Why do spaced reviews beat one session?'\n" in outcome.stdout
        assert project.files() == before
    project.deck(HEAD, GOOD)
    outcome = project.run("check", "--diff")
    assert (outcome.exit_code, outcome.stdout) == (0, "")


def test_twice_is_once(project: Project) -> None:
    project.deck(HEAD, BAD)
    project.run("check", "--fix")
    before = project.files()
    assert project.run("check", "--fix").stderr == ""
    assert project.files() == before


def test_line_ends_and_byte_order_mark_stay(project: Project) -> None:
    project.deck(HEAD, "\ufeff" + BAD.replace("\n", "\r\n"))
    project.run("check", "--fix", "--select", "T")
    assert text(project) == "\ufeff" + GOOD.replace("\n", "\r\n")


@pytest.mark.parametrize("arguments", [["--ignore", "T02"], ["--select", "L"]])
def test_only_chosen_codes_are_mended(project: Project, arguments: list[str]) -> None:
    project.deck(HEAD, BAD)
    project.run("check", "--fix", *arguments)
    assert text(project) == BAD


def test_what_is_turned_off_is_not_mended(project: Project) -> None:
    project.deck(HEAD + "lint: {T02: off}\n", BAD)
    project.run("check", "--fix")
    assert text(project) == BAD


def test_broken_files_are_left_alone(project: Project) -> None:
    project.deck(HEAD, BAD)
    project.write("memory/broken.yaml", "cards: [")
    (project.root / "cards_source/memory/latin.yaml").write_bytes(b"cards: \xff")
    before = {name: data for name, data in project.files().items() if "cards.yaml" not in name}
    outcome = project.run("check", "--fix", "--select", "T02,Y")
    assert outcome.exit_code == 1
    assert before.items() <= project.files().items()


def test_a_full_disk_is_told_and_changes_nothing(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.deck(HEAD, BAD)

    def full(_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "cards.yaml")

    monkeypatch.setattr("deckgen.packing.stage.Stage.finish", full)
    outcome = project.run("check", "--fix")
    assert outcome.exit_code == 2
    assert "can't read or write cards.yaml: No space left on device" in outcome.stderr
    assert text(project) == BAD


_BLANKS = re.compile("[\\s\u00a0\u200b\u200c\u200d\ufeff\u2060]+")
_STYLES = st.sampled_from(["'", '"', "|", None])


@pytest.mark.slow
@settings(max_examples=60)
@given(st.lists(texts, min_size=2, max_size=2), _STYLES)
def test_fixes_change_no_word_and_come_to_rest(project: Project, words: list[str], style: str | None) -> None:
    """But for blanks and the width of marks, every text says what it said."""
    card = {"id": "one", "q": words[0], "a": words[1]}
    project.deck(HEAD, yaml.safe_dump({"cards": [card]}, allow_unicode=True, default_style=style, width=60))
    project.run("check", "--fix", "--select", "T01,T02,T03")
    (mended,) = yaml.safe_load(text(project))["cards"]
    for key in ("q", "a"):
        before, after = (_BLANKS.sub("", unicodedata.normalize("NFKC", side[key])) for side in (card, mended))
        assert after.replace("。", ".").replace("、", ",") == before.replace("。", ".").replace("、", ",")
    first = text(project)
    project.run("check", "--fix", "--select", "T01,T02,T03")
    assert text(project) == first


@pytest.mark.parametrize(
    "line",
    [
        "q: Why does the symbol\u00a0# start a comment in a shell?",
        "q: Which language writes \u200b#include in its files?",
        "q: Why is note:\u00a0blue used in letters?",
        "q: What makes hepatitis A a disease of travellers?",
        "q: Which claim is a a priori claim?",
    ],
)
def test_text_that_yaml_would_read_otherwise_is_left_alone(project: Project, line: str) -> None:
    """What YAML makes of the file must be the old texts with the fixes, and other fixes go in all the same."""
    before = f"cards:\n  - id: one\n    {line}\n    a: Because\n  - id: two\n    q: 'Which  colour is it?'\n    a: Red\n"
    project.deck(HEAD, before)
    project.run("check", "--fix", "--select", "T")
    assert text(project) == before.replace("Which  colour", "Which colour")


HABITS = r"""cards:
  - id: one
    q: "Ebb<br>and <br/> flood<br>"
    a: 'Ebb <br>flood'
    note: |
      Ebb<br>and
      flood <br>
      spring<br><br>neap, \(x^2\)
  - id: two
    q: "What is \\(a^2\\)?"
    a: “Paris.”
  - id: three
    q: "Which “thing” is it?"
    a: "- a<br>- b"
    note: "# one<br>two"
  - id: four
    cloze: "{{c1::ebb<br><br>flood}} and <br>neap<br>1. spring"
"""


def test_habits_of_other_editors_become_markdown(project: Project) -> None:
    """What would make another block, or needs a line that single quotes can't have, is left alone."""
    project.deck(HEAD, HABITS)
    project.run("check", "--fix", "--select", "T")
    assert text(project) == (
        HABITS.replace('"Ebb<br>and <br/> flood<br>"', r'"Ebb\\\nand\\\nflood"')
        .replace("      Ebb<br>and\n      flood <br>\n", "      Ebb\\\n      and\n      flood\\\n")
        .replace("spring<br><br>neap", "spring\n\n      neap")
        .replace(r", \(x^2\)", ", $x^2$")
        .replace(r"\\(a^2\\)", "$a^2$")
        .replace("“Paris.”", "Paris.")
        .replace("and <br>neap", r"and\\\nneap")
    )
    assert markdown.to_html("Ebb\\\nflood", lambda name: name) == "Ebb<br>\nflood"


@pytest.mark.parametrize("style", ["double", "literal"])
@pytest.mark.parametrize(
    ("habit", "mended"),
    [
        ("- a<br>\n- b", "- a\n- b"),
        ("one<br>\n\ntwo", "one\n\ntwo"),
        ("one<br>\n- two\n- three", "one\n- two\n- three"),
        ("one<br>\n# h", "one\n# h"),
        ("one<br>\n> q", "one\n> q"),
        ("> one<br>\n\ntwo", "> one\n\ntwo"),
        ("> one<br>\n> two", "> one\\\n> two"),
        ("one<br>\n```\ncode\n```", "one\n```\ncode\n```"),
        ("one<br>\n---\n\ntwo", "one\n---\n\ntwo"),
        ("one<br>\n*two*", "one\\\n*two*"),
        ("one<br>\n<br>\ntwo", "one\n\ntwo"),
    ],
)
def test_a_break_where_a_block_ends_leaves_no_backslash(
    project: Project, habit: str, mended: str, style: str
) -> None:
    if style == "literal":
        lines = habit.replace("\n", "\n      ").replace("      \n", "\n")
        project.deck(HEAD, f"cards:\n  - id: one\n    q: Which?\n    a: |-\n      {lines}\n")
    else:
        project.deck(HEAD, f"cards:\n  - id: one\n    q: Which?\n    a: {json.dumps(habit)}\n")
    project.run("check", "--fix", "--select", "T09")
    (card,) = yaml.safe_load(text(project))["cards"]
    # Breaks on several lines of the file can't be taken for one.
    assert card["a"] == (habit if style == "literal" and "\n<br>" in habit else mended)


FRENCH = """cards:
  - id: one
    q: "Ça va ?"
    a: "Oui\u00a0: c'est agressive  !"
    note: "Un  deux\u00a0trois."
"""


def test_only_a_language_that_is_known_is_mended(project: Project) -> None:
    """In a deck that names none, blanks before marks and spellings may be right; doubled blanks are not."""
    project.deck(HEAD, FRENCH)
    project.run("check", "--fix", "--select", "T")
    assert text(project) == FRENCH.replace("agressive  !", "agressive !").replace(
        "Un  deux\u00a0trois", "Un deux trois"
    )
    english = "cards:\n  - id: one\n    en:" + FRENCH.partition("one")[2].replace("\n    ", "\n      ")
    project.deck(HEAD.replace('"Memory"', '{en: "Memory"}') + "languages: [en]\n", english)
    project.run("check", "--fix", "--select", "T")
    assert "Ça va?" in text(project)
    assert "aggressive!" in text(project)


def test_an_apostrophe_that_a_fix_needs_is_written_as_yaml_wants_it(project: Project) -> None:
    project.deck(
        'deck: memory\ntitle: {en: "Memory"}\nlanguages: [en]\n',
        "cards:\n  - id: one\n    en:\n      q: 'Why doesnt it last?'\n      a: Decay\n",
    )
    project.run("check", "--fix", "--select", "T05")
    assert "q: 'Why doesn''t it last?'" in text(project)
