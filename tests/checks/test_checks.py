"""Every rule with a deck that has the problem and one that comes close to it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import BILINGUAL_CARDS, BILINGUAL_YAML, DECK_YAML, Project
from tests.own_deck import write_geo

QA = '\n    q: "Q?"\n    a: "A"\n'


def _card(fields: str, card_id: str = "one") -> str:
    return f"  - id: {card_id}\n    {fields}\n"


CASES = {
    "C01": [("cloze: none", "cloze: '{{c1::one}}'"), ("cloze: '{{c2::x}}'", "cloze: '{{c2::x}} {{c1::y}}'")],
    "C01-link": [("cloze: '[a](https://b.c/{{c1::d}})'", "cloze: '[{{c1::a}}](https://b.c)'")],
    "C01-image": [("cloze: '![{{c1::a}}](curve.png)'", "cloze: '{{c1::![a](curve.png)}}'")],
    "K06": [("reverse: true\n    cloze: '{{c1::x}}'", f"reverse: true{QA}")],
    "K12": [(f"after: [two]{QA}", f"see: [one]{QA}")],
    "K13": [(f"after: [one]{QA}", f"see: [one]{QA}")],
    "K14": [
        ("q: '[a](b.md)?'\n    a: A", "q: '[a](https://b.c) or <d@e.f>?'\n    a: A"),
        (
            r"q: 'What is $\href{https://b.c}{x}$?'" + "\n    a: A",
            r"q: 'What is $\color{red}{x}$, `$\href{}{}$` and $5?'" + "\n    a: A",
        ),
    ],
    "K20": [
        (r"q: 'What is $\dv{x}{t}$?'" + "\n    a: A", r"q: 'What is $\frac{dx}{dt}$ on \dv?'" + "\n    a: A"),
        (
            r"q: 'What is $\begin{tikz}\end{tikz}$?'" + "\n    a: A",
            r"q: 'What is $\begin{cases}1\\2\end{cases}$?'" + "\n    a: A",
        ),
        (
            r"q: 'What is $a \( b$?'" + "\n    a: A",
            r"q: 'What is $\left( x \right)$?'" + "\n    a: A",
        ),
    ],
    "K21": [
        ("q: 'What is [$]x[/$]?'\n    a: A", "q: 'What is `[$]x[/$]`, $[$ or [x]?'\n    a: A"),
        ("q: What is [latex]x[/latex]?\n    a: A", "q: What is [LaTeX](https://a.b)?\n    a: A"),
        ("q: 'What is [anki:tts lang=en]x[/anki:tts]?'\n    a: A", "q: 'What is [Anki: an app]?'\n    a: A"),
        (r"cloze: '$\nu{{c1::m}}$'", r"cloze: '$\nu {{c1::m}}$'"),
        (r"cloze: '$[{{c1::latex}}] x [/latex]$'", r"cloze: '$[{{c1::a}}] x [/b]$ {{c1::b::latex}}'"),
    ],
    "L06": [
        ("q: '  '\n    a: A", "q: '?!'\n    a: A"),
        ("q: Q?\n    a: TODO", "q: Q?\n    a: todo list"),
        ("q: Q?\n    a: '[a]: b'", "q: Q?\n    a: '+'"),
        ("q: Q?\n    a: # hash", "q: Q?\n    a: '# hash'"),
    ],
    "K19": [
        ("typed: true\n    q: Q?\n    a: '$x^2$'", "typed: true\n    q: Q?\n    a: x²"),
        ("typed: true\n    q: Q?\n    a: '1. Mai'", "typed: true\n    q: Q?\n    a: '3. Mai'"),
        ("typed: true\n    cloze: '{{c1::$x$}}'", "typed: true\n    cloze: '{{c1::x}} in $x$'"),
        (
            "typed: true\n    q: Q?\n    list: {x: '$x$', y: '$y$'}",
            "typed: true\n    q: Q?\n    list: {x: '*x*', y: '`y`'}",
        ),
    ],
    "M08": [(f"q: Q?\n    a: A\n  - id: one{QA}", f"q: Q?\n    a: A\n  - id: two{QA}")],
    "M09": [(f"tags: [base]{QA}", f"tags: [basics]{QA}")],
    "G01": [("q: '![a](curve)?'\n    a: A", "q: '![a](curve.png)?'\n    a: A")],
}


@pytest.mark.parametrize(
    ("code", "bad", "good"), [(code[:3], bad, good) for code, pairs in CASES.items() for bad, good in pairs]
)
def test_rule_sees_the_problem_and_nothing_else(project: Project, code: str, bad: str, good: str) -> None:
    project.write("memory/media/curve.png", "x")
    other = _card("q: '![x](curve.png)?'\n    a: A", "three")
    project.deck(cards="cards:\n" + _card(bad) + other)
    assert project.codes() == [code]
    project.deck(cards="cards:\n" + _card(good) + other)
    assert project.codes() == []


def test_speaker_is_free_until_the_deck_lists_speakers(project: Project) -> None:
    project.deck(cards="cards:\n" + _card(f"speaker: anybody{QA}"))
    assert project.codes() == []
    project.edit("tags:", "speakers: {ada: Ada}\ntags:", "memory/deck.yaml")
    (finding,) = (one for one in project.all_findings() if one["card"] == "one" and one["code"] == "M03")
    assert (finding["severity"], finding["message"]) == ("error", "the speaker `anybody` is not in deck.yaml")


def test_no_speaker_that_can_be_read_is_said_in_words(project: Project) -> None:
    project.deck(cards="cards:\n" + _card(f"speaker: anybody{QA}") + _card(QA.lstrip(), "two"))
    project.edit("tags:", "speakers: {Ada Lovelace: Ada}\ntags:", "memory/deck.yaml")
    hints = {one["hint"] for one in project.all_findings() if one["code"] == "M03"}
    there = "deck.yaml has none that can be read: mend its `speakers:`"
    assert hints == {there, f"add `speaker:`; {there}"}


def test_unused_file_is_a_warning(project: Project) -> None:
    project.deck()
    project.write("memory/media/unused.png", "x")
    (finding,) = project.findings()
    assert (finding["code"], finding["severity"]) == ("G02", "warning")


def test_huge_file_is_a_warning(project: Project) -> None:
    project.deck()
    project.edit("The effect", "![curve](curve.png) The effect")
    picture = project.write("memory/media/curve.png", "")
    with picture.open("wb") as file:
        file.truncate(10_000_000)
    assert project.codes() == []
    with picture.open("wb") as file:
        file.truncate(10_500_001)
    (finding,) = project.findings()
    assert (finding["code"], finding["severity"]) == ("G05", "warning")


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('storage: "储存"}}', "other: x}}", "B07"),
        ('zh: {q: "哪些阶段？", list: {encoding: "编码", storage: "储存"}}', "zh: {q: Q, a: A}", "B07"),
        ('    zh: {q: "哪些阶段？", list: {encoding: "编码", storage: "储存"}}\n', "", "B01"),
    ],
)  # fmt: skip
def test_languages_must_have_the_same_parts(project: Project, old: str, new: str, code: str) -> None:
    project.deck(BILINGUAL_YAML, BILINGUAL_CARDS)
    assert project.codes() == []
    project.edit(old, new)
    assert project.codes() == [code]


def test_card_for_one_language_says_so(project: Project) -> None:
    project.deck(
        BILINGUAL_YAML, BILINGUAL_CARDS + '  - id: english\n    only: en\n    en: {q: "Q?", a: "A"}\n'
    )
    assert project.codes() == []
    project.build()
    assert "note english en" in project.lock().read_text(encoding="utf-8")
    assert "note english zh" not in project.lock().read_text(encoding="utf-8")


def test_one_wrong_tag_of_a_file_is_one_finding(project: Project) -> None:
    project.deck()
    project.edit("tags: [basics]", "tags: [basic]")
    assert project.codes() == ["M09"]


def test_misshapen_card_causes_no_false_alarms(project: Project) -> None:
    """A card that was left out is still there for those that refer to it, and its files are still used."""
    project.deck()
    project.write("memory/media/curve.png", "x")
    project.edit("  - id: spacing\n", "  - id: spacing\n    typo: true\n")
    project.edit("The effect", "![curve](curve.png) The effect")
    project.edit("  - id: testing\n", "  - id: testing\n    after: [spacing]\n")
    assert project.codes() == ["K01"]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("T08", r"On \(x^2\)"),
        ("T09", "One<br>two"),
        ("T10", "Cards\n\n[Note]: see"),
        ("T10", "|a|b|\n|-|-|\n|1|2|3|"),
        ("T12", "About __init__ and more"),
        ("T12", "Of 2*3*4"),
    ],
)
def test_a_description_loses_no_sign_in_silence(project: Project, code: str, words: str) -> None:
    """It is Markdown, as the texts of cards are."""
    project.deck(DECK_YAML + f"description: {json.dumps(words)}\n")
    found = [one for one in project.all_findings() if Path(one["path"]).name == "deck.yaml"]
    assert [one["code"] for one in found] == [code]


def test_a_break_in_a_description_is_mended(project: Project) -> None:
    project.deck(DECK_YAML + 'description: "One<br>two"\n')
    project.run("check", "--fix", "--select", "T09")
    assert r'description: "One\\\ntwo"' in (project.root / "cards_source/memory/deck.yaml").read_text(
        encoding="utf-8"
    )


def test_quotes_around_names_in_deck_yaml_are_found(project: Project) -> None:
    project.deck(
        DECK_YAML + "source: {title: “Foo”, by: “Bar”}\nspeakers: {ada: “Ada”, bob: Bob, eve: „Eve“}\n"
    )
    found = [one for one in project.all_findings() if one["code"] == "T11"]
    assert [(one["line"], one["column"]) for one in found] == [(4, 17), (4, 28), (5, 17), (5, 39)]


def test_an_entity_that_nobody_sees_is_told_by_its_number(project: Project) -> None:
    project.deck(DECK_YAML + 'description: "a&#x202e;b&#8203;c&shy;d"\n')
    found = [one for one in project.all_findings() if one["code"] == "T09"]
    assert [one["severity"] for one in found] == ["warning", "warning", "info"]
    assert [
        "(U+202E)" in found[0]["message"],
        "(U+200B)" in found[1]["message"],
        "(U+00AD)" in found[2]["message"],
    ] == [True] * 3


def test_an_item_with_the_key_note_is_no_note(project: Project) -> None:
    project.deck(
        "deck: m\ntitle: {en: M}\nlanguages: [en]\n",
        "cards:\n  - {id: one, hedged: true, en: {q: Which parts has a letter?, list: {text: The text, note: Perhaps a note}}}\n",
    )
    assert "M05" not in project.all_codes()


def test_a_class_is_known_where_a_style_sheet_has_a_rule_for_it(project: Project) -> None:
    project.deck(cards='cards:\n  - {id: one, q: "Which [tree]{.tone1} bears nuts?", a: "[Hazel]{.tone2}"}\n')
    project.write("memory/style.css", "/* .tone2 */ .card span.tone1 {color: red}\n")
    (finding,) = (one for one in project.all_findings() if one["code"] == "T13")
    assert (finding["message"], finding["hint"], finding["severity"], finding["column"]) == (
        "no style sheet has a rule for the class `tone2`", "did you mean `.tone1`?", "warning", 67,
    )  # fmt: skip
    project.write("memory/style.css", "@media (width > 1px) {.tone2, .tone1:first-child {color: red}}\n")
    assert "T13" not in project.all_codes()


def test_a_class_of_a_card_of_its_own_type_is_looked_up_in_that_type(project: Project) -> None:
    write_geo(project)
    project.edit('"**Paris**"', '"[Paris]{.town}"', "geo/cards.yaml")
    style, side = "geo/note_types/country/style.css", "geo/note_types/country/flag.html"
    project.write("geo/style.css", ".town {color: red}\n")
    assert "T13" in project.all_codes()  # the deck's sheet is not for a type with a sheet of its own
    project.write(style, ".town {color: red}\n")
    assert "T13" not in project.all_codes()
    project.write(style, ".card {color: red}\n")
    flag = (project.root / "cards_source" / side).read_text(encoding="utf-8")
    for added in ("<style>.town {color: red}</style>", "<script>look('town')</script>"):
        project.write(side, flag + added)
        assert "T13" not in project.all_codes()
    project.write(side, flag)
    (project.root / "cards_source" / style).unlink()
    assert "T13" not in project.all_codes()
    project.write("geo/style.css", "")
    assert "T13" in project.all_codes()
