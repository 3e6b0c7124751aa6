"""What editors are told about the files agrees with what deckgen reads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from click.testing import CliRunner

from deckgen.commands.main import main
from deckgen.reading import keys
from tests.conftest import BILINGUAL_CARDS, BILINGUAL_YAML, CARDS_YAML, DECK_YAML, Project

ROOT = Path(__file__).parents[2]


def schema(what: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(CliRunner().invoke(main, ["schema", what]).stdout)
    return loaded


class _Editor(yaml.SafeLoader):
    """Reads YAML as an editor that was told of our tag."""


def _text(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> object:
    return loader.construct_scalar(node)


_Editor.add_constructor("!html", _text)


def fits(what: str, text: str) -> bool:
    """Whether an editor would take the text, which reads YAML by YAML's own rules."""
    return jsonschema.Draft7Validator(schema(what)).is_valid(yaml.load(text, _Editor))  # noqa: S506


@pytest.mark.parametrize("what", ["deck", "cards"])
def test_it_is_a_schema(what: str) -> None:
    jsonschema.Draft7Validator.check_schema(schema(what))


def test_it_has_the_keys_of_the_parser() -> None:
    deck, cards = schema("deck")["properties"], schema("cards")["properties"]
    card = cards["cards"]["items"]
    (side,) = card["patternProperties"].values()
    assert set(deck) == set(keys.DECK_KEYS)
    assert set(deck["source"]["properties"]) == set(keys.SOURCE_KEYS)
    assert set(cards) == set(keys.FILE_KEYS)
    assert set(card["properties"]) == {*keys.CARD_KEYS, *keys.CONTENT_KEYS}
    assert set(side["properties"]) == set(keys.CONTENT_KEYS)
    for key, known in [
        ("source", keys.CITATION_KEYS),
        ("retired", keys.RETIRED_KEYS),
        ("lint", keys.LINT_KEYS),
    ]:
        assert set(card["properties"][key]["properties"]) == set(known)


def test_every_key_is_described_for_the_hover() -> None:
    for what in ("deck", "cards"):
        assert all(value["description"] for value in schema(what)["properties"].values())


REAL = [
    path
    for path in sorted([*ROOT.glob("cards_source/*/*.yaml"), *ROOT.glob("tests/golden/*/*.yaml")])
    if path.parent.name != "many-faults"
]


@pytest.mark.parametrize("path", REAL, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_real_files_fit(path: Path) -> None:
    assert fits("deck" if path.name == "deck.yaml" else "cards", path.read_text(encoding="utf-8"))


DECKS = [
    (DECK_YAML, True),
    (BILINGUAL_YAML, True),
    (f"{DECK_YAML}source: {{title: T, url: 'https://a.b', file: ../t.txt}}\n", True),
    (f"{DECK_YAML}lint: {{L02: info, F: off, L01: {{level: warning, limit: [30, 50]}}}}\n", True),
    (f"{DECK_YAML}glossary: [RLHF]\n", True),
    (f"{BILINGUAL_YAML}glossary: [{{en: [a, b], zh: c}}]\n", True),
    (f"{BILINGUAL_YAML}lint: {{L02: {{en: 30, zh: [50, 80]}}}}\n", True),
    ("deck: memory\ntitle: T\ntags: [region::coast, other]\n", True),
    ("deck: memory\ntitle: T\ntags: {region::coast: What lies by the sea}\n", True),
    ("deck: memory\ntitle: T\ntags: [region::]\n", False),
    ("deck: memory\ntitle: T\nspeakers: [region::coast]\n", False),
    (f"{DECK_YAML}titel: x\n", False),
    ("deck: Memory Deck\ntitle: T\n", False),
    ("deck: memory\n", False),
    (f"{DECK_YAML}source: {{by: x}}\n", False),
    (f"{DECK_YAML}source: {{title: x, url: 'ftp://x'}}\n", False),
    (f"{DECK_YAML}lint: {{L02: sometimes}}\n", False),
    (f"{DECK_YAML}glossary: {{a: b}}\n", False),
]
CARDS = [
    ("id: one, q: Q, a: A", True),
    ("id: one, q: 1990, a: yes", True),
    ("id: one, cloze: '{{c1::a}}', note: N", True),
    ("id: one, q: Q, list: {a: A, b: B}", True),
    ("id: one, hedged: true, q: Q, a: A", True),
    ("id: one, lint: {ignore: [L03], why: because}, q: Q, a: A", True),
    ("id: one, lint: {ignore: [F], why: because}, q: Describe it, a: A", False),
    ("id: one, retired: {since: '2026-01-31', reason: old}, q: Q, a: A", True),
    ("id: one, source: {section: '1', find: exact}, tags: basics, see: [one], q: Q, a: A", True),
    ("q: Q, a: A", False),
    ("id: One, q: Q, a: A", False),
    ("id: one, q: Q", False),
    ("id: one, q: Q, cloze: C", False),
    ("id: one, question: Q, a: A", False),
    ("id: one, hedged: maybe, q: Q, a: A", False),
    ("id: one, lint: {ignore: [L02]}, q: Q, a: A", False),
    ("id: one, source: {find: much more than twelve}, q: Q, a: A", False),
    ("id: one, retired: {since: tomorrow, reason: old}, q: Q, a: A", False),
    ("id: one, q: [x], a: A", False),
    ("id: one, q: Q, list: [a, b]", False),
]


@pytest.mark.parametrize(("text", "good"), DECKS)
def test_deck_file_fits_when_deckgen_reads_it(project: Project, text: str, good: bool) -> None:
    project.deck(text, BILINGUAL_CARDS if "languages" in text else CARDS_YAML)
    found = [one["code"] for one in project.all_findings() if one["path"].endswith("deck.yaml")]
    shape = [code for code in found if code[0] in "KY"]
    assert (shape == [], fits("deck", text)) == (good, good), shape


@pytest.mark.parametrize(("card", "good"), CARDS)
def test_card_fits_when_deckgen_reads_it(project: Project, card: str, good: bool) -> None:
    text = f"cards:\n  - {{{card}}}\n"
    project.deck(cards=text)
    shape = [code for code in project.codes() if code[0] in "KMY"]
    assert (shape == [], fits("cards", text)) == (good, good), shape


def test_languages_stand_beside_each_other() -> None:
    assert fits("cards", BILINGUAL_CARDS)
    assert not fits("cards", BILINGUAL_CARDS.replace("en: {q:", "en: {Q:"))


def test_new_deck_names_its_schemas(project: Project) -> None:
    project.run("new", "first")
    for name in ("deck.yaml", "01-first.yaml"):
        path = project.root / "cards_source/first" / name
        first = path.read_text(encoding="utf-8").splitlines()[0]
        named = path.parent / first.partition("$schema=")[2]
        assert json.loads(named.read_text(encoding="utf-8")) == schema(
            "deck" if name == "deck.yaml" else "cards"
        )
    before = project.files()
    project.run("new", "second")
    assert before.items() <= project.files().items()


def test_schemas_of_this_repository_are_current() -> None:
    for what in ("deck", "cards"):
        text = (ROOT / f"cards_source/.schema/{what}.json").read_text(encoding="utf-8")
        assert json.loads(text) == schema(what)
