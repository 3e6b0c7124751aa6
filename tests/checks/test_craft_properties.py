"""What holds for the rules whatever the text."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from deckgen import checks
from deckgen.checks.proof import Proof
from deckgen.deck import Deck
from deckgen.finding import Finding
from deckgen.reading.load import load
from deckgen.written import LINE_END
from tests import loaded
from tests.conftest import Project

pytestmark = pytest.mark.slow

_PIECES = [
    "What", "why", " is ", " and ", "the", " 3 ", "five", "not", "etc.", "may", "DNA", "(", ")", "“", "”", "[", "]", "{", "}",
    "{{c1::", "::", "}}", "$", "`", "**", "*", "_", "\\", "|", "#", "- ", "1. ", "\n", "\n\n", "  ", " ", "\u00a0", "\u200b", "\u3000", "<b>",
    "&amp;", "![](x.png)", "[a](https://b.c)", "?", "!", ",", ".", ";", ":", "'", '"', "%", "什么", "为什么", "不",
    "有", "的", "了", "五", "半", "？", "，", "。", "、", "：", "（", "）", "「",
    "可能", "吗", "它", "國", "国", "é", "e\u0301", "😀", "가", "あ", "A",
]  # fmt: skip
texts = st.lists(st.sampled_from(_PIECES), min_size=1, max_size=25).map("".join)
styles = st.sampled_from(["'", '"', "|", ">", None])


class _Styled(str):
    style: str | None = None


def _represent(dumper: yaml.SafeDumper, text: _Styled) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", str(text), style=text.style)


yaml.SafeDumper.add_representer(_Styled, _represent)


def _write(project: Project, words: list[str], style: str | None) -> str:
    def styled(word: str) -> _Styled:
        text = _Styled(word)
        text.style = style
        return text

    a, b, c, d, e, f = map(styled, words)
    cards = [
        {"id": "one", "en": {"q": a, "a": b, "note": c}, "zh": {"q": d, "a": e, "note": f}},
        {"id": "two", "en": {"cloze": b, "note": a}, "zh": {"cloze": e}},
        {"id": "three", "en": {"q": c, "list": {"x": a, "y": b}}, "zh": {"q": f, "list": {"x": d, "y": e}}},
    ]
    text = yaml.safe_dump({"cards": cards}, allow_unicode=True, sort_keys=False, width=60)
    project.deck('deck: m\ntitle: {en: "M", zh: "记"}\nlanguages: [en, zh]\n', text)
    return text


def _run(project: Project) -> tuple[Deck, list[Finding]]:
    deck, _ = load(project.root / "cards_source/memory")
    assert deck is not None
    return deck, checks.run(deck)


@given(st.lists(texts, min_size=6, max_size=6), styles)
def test_no_rule_fails_and_every_finding_lies_in_its_text(
    project: Project, words: list[str], style: str | None
) -> None:
    lines = LINE_END.split(_write(project, words, style))
    deck, findings = _run(project)
    for finding in findings:
        place = finding.place
        if place.path.endswith("cards.yaml"):
            assert 1 <= place.line <= len(lines)
            assert place.column >= 1
            assert place.column - 1 + place.width <= len(lines[place.line - 1])
    for card, lang, key, text in Proof(deck).texts:
        spans = [text.span(start, start + 1) for start in range(len(text.value))]
        assert all(spans[0] <= span <= text.span(len(text.value) - 1, len(text.value)) for span in spans), (
            card.id.value, lang, key,
        )  # fmt: skip


@settings(max_examples=30)
@given(st.lists(texts, min_size=6, max_size=6), styles)
def test_places_are_those_of_the_characters(project: Project, words: list[str], style: str | None) -> None:
    """A place, once it is known, holds the very character, or the escape that stands for it."""
    lines = LINE_END.split(_write(project, words, style))
    deck, _ = _run(project)
    for _, _, _, text in Proof(deck).texts:
        for index, character in enumerate(text.value):
            place = text.span(index, index + 1)
            written = lines[place.line - 1][place.column - 1 : place.column - 1 + place.width]
            assert place.width == 0 or written in (character, "''") or written[0] == "\\", (
                character,
                written,
            )


LONG = 60_000
_HARD = [
    "a", "a ", "a-", "的", "，", ",", "(", "“", "[", "{{c1::", "}}", "$", "`", "*", "_", "\\", " ", "\u00a0", "not ", "what and ",
    "1", "1,", "1.", "A B ", "AB ", "five hundred ", "五百", "什么和", "不", "可能", "a中", "a 中 ", "'", "&", "<", "http://",
    "<br>", "<b>", "\\(a", "\\%", "2*3", "a*b*c ", "__init__ ", "> 5\n\n", "- \n", "1. a\n3. b\n\n", "[a]: b\n", "|a|b|\n|-|-|\n|1|2|3|\n\n", "&lt;", "[$]a[/$]", "[$]", "{{c1::x\\}} ", "{{c1::x\\}} {", "{{c1::{ a::b}} ", "01. a\n\n", "a<br>\n", "\\.", "^\\.$ ", "\\(f(x", "\\(a\\|b", "the the ", "x, y and ", "甲、",
]  # fmt: skip


@pytest.mark.parametrize("piece", _HARD)
def test_no_rule_is_slower_than_linear(project: Project, piece: str) -> None:
    """A rule that takes the square of the length would need hours."""
    text = (piece * (LONG // len(piece)))[:LONG]
    card = {"q": text + "?", "a": text, "note": text}
    cards = {
        "cards": [{"id": "one", "en": card, "zh": card}, {"id": "two", "only": "zh", "zh": {"cloze": text}}]
    }
    project.deck(
        'deck: m\ntitle: {en: "M", zh: "记"}\nlanguages: [en, zh]\n',
        yaml.safe_dump(cards, allow_unicode=True, sort_keys=False, width=10**6),
    )
    result = loaded.run("from deckgen.__main__ import run; run()", "check", "--format", "json")
    assert result.returncode in (0, 1), result.stderr[-2000:]
