"""The rules of craft, on the examples of their own pages and on files that mark themselves."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, get_type_hints

import pytest
import yaml

from deckgen import checks
from deckgen.checks.proof import Proof
from deckgen.checks.proof.part import Part
from deckgen.checks.rule import CRAFT as CRAFT_GROUPS
from deckgen.checks.rule import DEMANDED, Limited, WideRule, craft_rules, demanded_rules
from deckgen.finding import Finding
from deckgen.reading.load import load
from deckgen.showing import explain
from tests.conftest import Project

FIXTURES = sorted(path for path in Path(__file__).parent.rglob("*.yaml") if path.stem != "sentences")
CRAFT = {rule.CODE: rule for rule in craft_rules()}

_EXAMPLE = re.compile(r"^(Bad|Good):\n((?:(?: {4}.*)?\n)+)", re.MULTILINE)


def examples() -> list[Any]:
    found = []
    for code, page in explain.pages().items():
        for index, match in enumerate(_EXAMPLE.finditer(page + "\n")):
            found.append(pytest.param(code, match[1] == "Bad", match[2], id=f"{code}-{match[1]}-{index}"))
    return found


def _languages(cards: list[dict[str, Any]]) -> list[str]:
    named = {key for card in cards for key in card if key in ("en", "zh", "de", "ja")}
    return sorted(named, key=["en", "zh", "de", "ja"].index)


def write_deck(project: Project, example: Any) -> None:
    """A list of cards, or a mapping with `cards:` and keys of deck.yaml, becomes the deck `memory`."""
    cards = example["cards"] if isinstance(example, dict) else example
    extra = (
        {key: value for key, value in example.items() if key != "cards"} if isinstance(example, dict) else {}
    )
    languages = _languages(cards)
    head = {
        "deck": "memory",
        "title": {lang: f"Memory ({lang})" for lang in languages},
        "languages": languages,
    }
    for number, card in enumerate(cards):
        card.setdefault("id", f"card-{number}")
        own = [lang for lang in languages if lang in card]
        if own != languages:
            card["only"] = own
    project.deck(
        yaml.safe_dump({**head, **extra}, allow_unicode=True, width=10000, sort_keys=False),
        yaml.safe_dump({"cards": cards}, allow_unicode=True, width=10000, sort_keys=False),
    )


@pytest.mark.parametrize(("code", "bad", "text"), examples())
def test_examples_of_a_page_show_what_they_say(project: Project, code: str, bad: bool, text: str) -> None:
    """All rules run over every example: a bad one has this finding, a good one has none."""
    write_deck(project, yaml.safe_load(text))
    also = set(re.findall(r"# also: (\w+)", text))
    assert set(project.all_codes()) == (also | {code} if bad else also)


@pytest.mark.parametrize("text", [*(one.values[2] for one in examples()), *FIXTURES], ids=str)
def test_rules_that_are_not_wide_look_at_each_card_by_itself(project: Project, text: str | Path) -> None:
    """What they found in the other files is taken over from run to run."""
    if isinstance(text, Path):
        cards = text.read_text(encoding="utf-8")
        project.deck(yaml.safe_dump(fixture_head(cards), allow_unicode=True, width=10000), cards)
    else:
        write_deck(project, yaml.safe_load(text))
    deck, _ = load(project.root / "cards_source/memory")
    assert deck is not None
    whole = Proof(deck)
    parts = [whole.alone([]), *(whole.alone([Part((card,))]) for card in deck.cards)]
    for rule in (*demanded_rules(), *craft_rules()):
        if not isinstance(rule, WideRule):
            alone = {(one.place, one.message) for part in parts for one in rule.check(part)}
            assert alone == {(one.place, one.message) for one in rule.check(whole)}, rule.CODE


def test_every_rule_of_craft_has_examples_to_run() -> None:
    """One that judges a whole deck, or looks at a file outside, is told in words."""
    pages = explain.pages()
    without = {code for code in CRAFT if len(_EXAMPLE.findall(pages[code] + "\n")) < 2}
    assert without <= {"A04", "C09", "D05", "L05", "M02", "M10", "M11", "M12"}


def fixture_head(text: str) -> dict[str, Any]:
    """The deck.yaml of a file of `tests/checks/`."""
    head: dict[str, Any] = {"deck": "memory"}
    for line in re.findall(r"^# deck: (.*)$", text, re.MULTILINE):
        head |= yaml.safe_load(line)
    languages = head.get("languages")
    head.setdefault("title", {lang: f"Memory ({lang})" for lang in languages} if languages else "Memory")
    return head


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_fixture_has_the_findings_that_it_marks(project: Project, path: Path) -> None:
    """`# expect: F01 F05` ends a line that has these findings; no other line has any.

    The first lines may set keys of deck.yaml: `# deck: {languages: [en, zh]}`.
    """
    text = path.read_text(encoding="utf-8")
    project.deck(yaml.safe_dump(fixture_head(text), allow_unicode=True, width=10000), text)
    expected = Counter(
        (number, code)
        for number, line in enumerate(text.splitlines(), start=1)
        for marked in re.findall(r"# expect: ([\w ]+)$", line)
        for code in marked.split()
    )
    found = Counter((finding["line"], finding["code"]) for finding in project.all_findings())
    assert found == expected


def test_limits_stand_on_the_page() -> None:
    pages = explain.pages()
    for code, rule in CRAFT.items():
        for limits in rule.LIMITS.values() if isinstance(rule, Limited) else ():
            for number in (limits.warning, limits.error):
                shown = f"{number:g}"
                assert number == float("inf") or shown in pages[code], f"{code}: {shown}"


def test_every_file_of_a_group_is_a_rule() -> None:
    """A rule is listed by its file alone: one that lacks a part, or a helper among the rules, shows here."""
    rules = (*demanded_rules(), *craft_rules())
    names = [rule.__name__ for rule in rules if isinstance(rule, ModuleType)]
    folder = Path(checks.__file__).parent
    groups = {DEMANDED, *CRAFT_GROUPS}
    assert {path.name for path in folder.iterdir() if path.is_dir()} - {"__pycache__"} == groups | {
        "proof",
        "words",
    }
    files = {path for group in groups for path in (folder / group).iterdir() if path.name != "__pycache__"}
    found = {".".join(path.relative_to(folder).with_suffix("").parts) for path in files}
    assert {name.removeprefix("deckgen.checks.") for name in names} == {
        name for name in found if not name.endswith("__init__")
    }
    for rule in rules:
        assert (rule.__doc__ or "").startswith(f"{rule.CODE}: ")
        assert get_type_hints(rule.check) == {"proof": Proof, "return": Iterator[Finding]}
    assert {type(rule.STOPS) for rule in craft_rules()} == {bool}


def test_rules_are_found_in_a_zip(tmp_path: Path) -> None:
    """As some ship a program: the rules, and the lists of words that they read."""
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as packed:
        for path in Path(checks.__file__).parents[1].rglob("*"):
            if path.suffix in (".py", ".txt"):
                packed.write(path, path.relative_to(Path(checks.__file__).parents[2]).as_posix())
    program = "from deckgen.checks import rule; print(rule.__file__, *[r.CODE for r in rule.craft_rules()])"
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "all.zip")}
    shown = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    ).stdout.split()
    assert "all.zip" in shown[0]
    assert shown[1:] == [rule.CODE for rule in craft_rules()]


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_a_build_stops_at_every_error_of_a_check(project: Project, path: Path) -> None:
    """It asks only the rules that say that they may stop it: none of the others may find an error."""
    text = path.read_text(encoding="utf-8")
    project.deck(yaml.safe_dump(fixture_head(text), allow_unicode=True, width=10000), text)
    errors = {finding["code"] for finding in project.all_findings() if finding["severity"] == "error"}
    shown = project.run("build").stderr
    assert {code for code in errors if f" {code} " in shown} == errors
