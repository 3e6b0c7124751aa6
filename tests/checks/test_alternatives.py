"""Every alternative of every pattern has a sentence in which a rule finds it, or passes over for its sake.

The sentences are those of `tests/checks/`, of the rules' pages, and of `tests/sentences.yaml`.
What is looked at are the texts that a rule really gives to its pattern: one that is kept from it by a test
for cheap words counts as not looked at.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from deckgen import checks
from deckgen.checks.proof import Proof
from deckgen.checks.rule import craft_rules, demanded_rules
from deckgen.patterns import Lazy
from deckgen.reading.load import load
from tests.checks import alternatives
from tests.checks.alternatives import Call
from tests.checks.test_craft import FIXTURES, examples, fixture_head, write_deck
from tests.conftest import Project

SENTENCES = Path(__file__).parent / "sentences.yaml"
_METHODS = ("search", "match", "fullmatch", "finditer", "findall", "sub", "split")
_HEAD = """
deck: sentences
title: {en: Sentences, zh: 句子}
languages: [en, zh]
speakers: {reed: {en: Anna Reed, zh: 安娜·里德}}
glossary:
  - {en: [glazing], zh: [上釉]}
  - {en: [erosion], zh: [侵蚀]}
  - {en: [salted], zh: [腌制]}
  - {en: [stone], zh: [石头]}
  - {en: [honey], zh: [蜂蜜]}
"""


def _patterns() -> dict[str, Lazy]:
    """The patterns of all rules, by module and name."""
    found: dict[int, tuple[str, Lazy]] = {}
    for module in pkgutil.walk_packages(checks.__path__, "deckgen.checks."):
        for name, value in vars(importlib.import_module(module.name)).items():
            for where, pattern in _inside(f"{module.name.removeprefix('deckgen.checks.')}.{name}", value):
                found.setdefault(id(pattern), (where, pattern))
    return dict(found.values())


def _inside(where: str, value: Any) -> Iterator[tuple[str, Lazy]]:
    if isinstance(value, Lazy):
        yield where, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _inside(f"{where}[{key}]", inner)
    elif isinstance(value, tuple):
        for index, inner in enumerate(value):
            yield from _inside(f"{where}[{index}]", inner)


PATTERNS = _patterns()


def expanded(sentence: str) -> Iterator[str]:
    """`<a|b> or <c|d>` becomes `a or c` and `b or d`; the shorter lists begin again."""
    lists = [inner.split("|") for inner in re.findall(r"<([^<>]*)>", sentence)]
    for number in range(max(map(len, lists), default=1)):
        words = iter([words[number % len(words)] for words in lists])
        yield re.sub(r"<[^<>]*>", lambda _: next(words), sentence)  # noqa: B023  # used at once


def _card(code: str, sentence: str) -> dict[str, Any]:
    """`question => answer`, or a cloze; `English || Chinese`; a letter says which keys the card has."""
    card: dict[str, Any] = {"speaker": "reed"} | ({"hedged": True} if code in ("M04", "M05") else {})
    parts = sentence.split(" || ")
    for part in parts:
        chinese = part is not parts[0] if len(parts) > 1 else re.search("[\u4e00-\u9fff]", part)
        lang = "zh" if chinese else "en"
        question, _, answer = part.partition(" => ")
        note = answer.partition(" ## ")
        card[lang] = (
            {"cloze": part}
            if "{{c1::" in part
            else {"q": question, "a": note[0] or ("下雨了。" if lang == "zh" else "It rained.")}
        )
        if note[2]:
            card[lang]["note"] = note[2]
    if len(parts) == 1:
        card["only"] = "zh" if "zh" in card else "en"
    return card


@cache
def _sentences() -> list[tuple[str, bool, str]]:
    table = yaml.safe_load(SENTENCES.read_text(encoding="utf-8"))
    return [
        (code, kind == "found", one)
        for code, kinds in table.items()
        for kind, sentences in kinds.items()
        for sentence in sentences
        for one in expanded(sentence)
    ]


def _run(project: Project) -> list[tuple[str, str]]:
    deck, _ = load(project.root / "cards_source/memory")
    assert deck is not None
    proof = Proof(deck)
    found = [finding for rule in (*demanded_rules(), *craft_rules()) for finding in rule.check(proof)]
    return [(finding.card, finding.code) for finding in found]


def _write_sentences(project: Project) -> None:
    cards = [
        {"id": f"card-{number}", **_card(code, sentence)}
        for number, (code, _, sentence) in enumerate(_sentences())
    ]
    project.deck(_HEAD, yaml.safe_dump({"cards": cards}, allow_unicode=True, width=10**6, sort_keys=False))


def test_sentences_are_found_or_passed_over(project: Project) -> None:
    _write_sentences(project)
    found = set(_run(project))
    wrong = [
        f"{code} {'not found' if wanted else 'found'}: {sentence}"
        for number, (code, wanted, sentence) in enumerate(_sentences())
        if ((f"card-{number}", code) in found) is not wanted
    ]
    assert wrong == []


def _recorded(project: Project) -> dict[str, set[Call]]:
    """What the rules give to their patterns, while they look at all the sentences."""
    calls: dict[str, set[Call]] = {where: set() for where in PATTERNS}
    for where, pattern in PATTERNS.items():
        compiled = re.compile(*pattern.parts)
        for method in _METHODS:
            vars(pattern)[method] = _recorder(getattr(compiled, method), method, calls[where])
    try:
        _write_sentences(project)
        _run(project)
        for path in FIXTURES:
            text = path.read_text(encoding="utf-8")
            project.deck(yaml.safe_dump(fixture_head(text), allow_unicode=True, width=10000), text)
            _run(project)
        for example in examples():
            write_deck(project, yaml.safe_load(example.values[2]))
            _run(project)
    finally:
        for pattern in PATTERNS.values():
            for method in _METHODS:
                del vars(pattern)[method]
    return calls


def _recorder(use: Any, method: str, calls: set[Call]) -> Any:
    def recording(*arguments: Any) -> Any:
        calls.add(Call(method, arguments))
        return use(*arguments)

    return recording


# The rules look at what they look at in the test before, and at the examples of test_craft.py.
@pytest.mark.no_cover
def test_every_alternative_has_a_sentence(project: Project) -> None:
    calls = _recorded(project)
    missing = {
        where: alternatives.unused(*pattern.parts, calls[where]) for where, pattern in PATTERNS.items()
    }
    assert {where: unused for where, unused in missing.items() if unused} == {}


def test_no_rule_fails_on_letters_that_patterns_take_for_others(project: Project) -> None:
    """Where capitals don't count, a pattern takes ı and İ for i, ſ for s: no list of words holds what it finds."""
    alike = str.maketrans({"i": "ı", "I": "İ", "s": "ſ", "k": "\u212a"})
    texts = [
        "Which fıve suits has half a mıllion cards?",
        "Which gas seperates and ſeperates 7 panes?",
        "Is erosıon 8 or salted?",
    ]
    texts += [sentence.translate(alike) for _, _, sentence in _sentences() if " || " not in sentence]
    cards = [
        {"id": f"c-{n}", "en": {"q": text, "a": text}, "zh": {"q": "9?", "a": "草"}}
        for n, text in enumerate(texts)
    ]
    project.deck(_HEAD, yaml.safe_dump({"cards": cards}, allow_unicode=True, width=10**6, sort_keys=False))
    assert _run(project)


def test_an_alternative_without_a_sentence_is_named() -> None:
    """Those of a group and those in it; of what may not follow, those that changed nothing."""
    pattern = r"\b(?:owl|ape|[|)]|(?:bee|ant))(?! (?:eats|hunts))"
    calls = [Call("search", ("an owl",)), Call("finditer", ("no ape, one bee eats",))]
    named = [re.findall("⟦(.*)⟧", one)[0] for one in alternatives.unused(pattern, 0, calls)]
    assert sorted(named) == sorted(["[|)]", "(?:bee|ant)", "bee", "ant", "hunts"])


def test_short_lists_begin_again() -> None:
    assert list(expanded("<a|b|c> or <d|e>")) == ["a or d", "b or e", "c or d"]
