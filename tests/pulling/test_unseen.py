"""What a learner writes into a field that nobody sees on a card: told, or what Anki's editor adds by itself."""

from __future__ import annotations

import pytest

from deckgen.adopting.look import look_of
from tests.conftest import CARDS_YAML, Project
from tests.own_deck import STYLE, write_geo
from tests.pulling.test_pull import Ann, cards

pytestmark = pytest.mark.slow

ANSWER = "Recall from {} memory strengthens it."


@pytest.mark.parametrize(
    ("typed", "name", "text"),
    [
        ('<span class="x">fading</span>', ".x", "fading"),
        ("<b id=y>fading</b>", "#y", "**fading**"),
        ('<i class="z">weak</i>', ".z", "*weak*"),
    ],
)
def test_a_class_that_no_rule_knows_is_told(
    project: Project, ann: Ann, typed: str, name: str, text: str
) -> None:
    """Anki's editor adds none: it was typed for a rule that only this learner may have."""
    project.deck().build()
    ann.get()
    ann.edit("spacing", Answer=ANSWER.format(typed))
    for _ in range(2):
        (told,) = ann.pulled()["findings"]
        assert (told["code"], told["severity"]) == ("P03", "warning")
        assert f"no notation for `{name}`" in told["message"]
        assert cards(project) == CARDS_YAML.replace("fading", text)
    ann.pull("--ours", "spacing")
    assert ann.build_and_get() == (0, 1)
    assert ann.pulled()["findings"] == []


def test_colours_of_code_that_was_pasted_are_told(project: Project, ann: Ann) -> None:
    """Nobody can tell from the colours alone which language it was; code that stands there keeps its own."""
    code = "```python\n      print(1)\n      ```"
    project.deck(cards=f"{CARDS_YAML}    note: |\n      {code}\n").build()
    ann.get()
    note = ann.learner.note("stages")["Note"]
    ann.edit("spacing", Note=note)
    (told,) = ann.pulled()["findings"]
    assert (told["code"], "`.nb`" in told["message"]) == ("P03", True)
    assert cards(project).count("print(1)") == 2
    ann.edit("stages", Note=note.replace(">1<", ">2<"))
    assert "stages" not in [one["card"] for one in ann.pulled()["findings"]]
    assert "```python\n      print(2)" in cards(project)


@pytest.mark.parametrize("text", ['See <b class="k">this</b> there.', "See <b>this</b> here."])
def test_a_class_in_html_comes_home_with_its_words(project: Project, ann: Ann, text: str) -> None:
    html = "See <b>this</b> here."
    project.deck(cards=CARDS_YAML.replace('"Recall from fading memory strengthens it."', f'!html "{html}"'))
    project.build()
    ann.get()
    ann.edit("spacing", Answer=text)
    assert ann.pulled()["findings"] == []
    assert text in cards(project).replace('\\"', '"')


@pytest.mark.parametrize(
    "typed",
    ['<span data-x="1">fading</span>', "fading<!--EndFragment-->", '<span style="color: inherit;">fading</span>'],
)  # fmt: skip
def test_what_editors_and_browsers_add_is_no_edit(project: Project, ann: Ann, typed: str) -> None:
    project.deck().build()
    ann.get()
    ann.edit("spacing", Answer=ANSWER.format(typed))
    assert ann.pulled()["findings"] == []
    assert cards(project) == CARDS_YAML


def test_bold_words_that_a_rule_makes_another_colour_are_told_with_the_rule(
    project: Project, ann: Ann
) -> None:
    """A build writes `<strong>`, so that the rule for `b` would be lost, unless it names both."""
    write_geo(project)
    style = "geo/note_types/country/style.css"
    project.write(style, STYLE + ".ask  b { color: red; }")
    project.build()
    ann.get("geo.apkg")
    ann.edit("spain", Country="<b>Spain</b>")
    (told,) = ann.pulled(code=1)["findings"]
    assert "`<b>` has the rule `.ask b`" in told["message"]
    assert "let each rule name `b` and `strong` alike" in told["message"]
    assert "--theirs" not in told["hint"]
    project.write(style, STYLE + ".ask b, .ask strong { color: red; }")
    assert ann.pulled()["findings"] == []
    assert 'Country: "**Spain**"' in (project.root / "cards_source/geo/cards.yaml").read_text(
        encoding="utf-8"
    )
    assert ann.build_and_get("geo.apkg") == (0, 0)


@pytest.mark.parametrize(
    ("style", "same"),
    [
        ("b, strong {}", True),
        (".a B , .a\nstrong {} .b strong i, .b b i {}", True),
        ("b, strong {} .a b {}", False),
        ("b {} strong {}", False),
        (".a b, .b strong {}", False),
        ("b + i, strong + i {}", False),
        ("b:first-of-type, strong:first-of-type {}", False),
        (".b, strong {}", False),
        ("b, strong {} .b-1 .strong {}", True),
        ("B, strong {}", True),
        (".A b, .a strong {}", False),
    ],
)
def test_two_elements_are_the_same_where_each_rule_names_both(style: str, *, same: bool) -> None:
    assert look_of(style).same == ({"strong": "b"} if same else {})
