"""The last check passes all looks that words may have: they go through `check`, `build` and `preview` to Anki."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from deckgen.markup import markdown
from deckgen.markup.shown import COVER, as_read
from deckgen.notes import guard
from tests.conftest import Project
from tests.real_anki import Learner

FORMAT = Path(__file__).parents[2] / "docs" / "format.md"

#: What a person writes, what Anki gets, and what is read.
SPANS = [
    ("[two words]{.u}", "<u>two words</u>", "two words"),
    ("[gone]{.s}", "<s>gone</s>", "gone"),
    ("x[2n + 1]{.sub}", "x<sub>2n + 1</sub>", "x2n + 1"),
    ("x[2n + 1]{.sup}", "x<sup>2n + 1</sup>", "x2n + 1"),
    ("[seen]{.mark}", "<mark>seen</mark>", "seen"),
    ("[Note:]{.b}text", "<strong>Note:</strong>text", "Note:text"),
    ("[a]{.i}b", "<em>a</em>b", "ab"),
    ("[中]{.tone1}", '<span class="tone1">中</span>', "中"),
    ("[a]{color=red}", '<span style="color: red">a</span>', "a"),
    ("[a]{color=#0b6}", '<span style="color: #0b6">a</span>', "a"),
    ("[a]{background=#ff0}", '<span style="background-color: #ff0">a</span>', "a"),
    ("[[a]{color=red} **b**]{.u}", '<u><span style="color: red">a</span> <strong>b</strong></u>', "a b"),
    ("[{東京|とうきょう}へ]{.u}", "<u><ruby>東京<rt>とうきょう</rt></ruby>へ</u>", "東京へ"),
    ("[$x^2$ and `c`]{.s}", r"<s>\(x^2\) and <code>c</code></s>", "￼ and ￼"),
    ("[one]{.u}, [two](https://a.b) [three]{.s}", '<u>one</u>, <a href="https://a.b">two</a> <s>three</s>', "one, two three"),
]  # fmt: skip
STYLE = ".tone1 {color: red}\n"


def _yaml(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def test_every_span_of_the_format_is_tried_here() -> None:
    said = re.findall(r"\{(?:\.\w+|\w+=[\w#]+)\}", FORMAT.read_text(encoding="utf-8"))
    assert set(said) <= {mark for text, _, _ in SPANS for mark in re.findall(r"\{[^{}|]+\}", text)}
    assert set(re.findall(r"`(\.\w+)`", FORMAT.read_text(encoding="utf-8"))) >= {
        ".s",
        ".sub",
        ".sup",
        ".mark",
    }


@pytest.mark.parametrize(("text", "html", "read"), SPANS)
def test_a_span_is_rendered_and_read(text: str, html: str, read: str) -> None:
    assert markdown.to_html(text, str) == html
    words = as_read(text)
    assert len(words) == len(text)
    assert words.replace(COVER, "") == read


def test_all_spans_go_through_every_command_to_anki(project: Project, learner: Learner) -> None:
    texts = [text for text, _, _ in SPANS]
    answer = _yaml(" / ".join(texts))
    hidden = _yaml(" / ".join(f"{{{{c1::{text}}}}} z" for text in texts))
    around = _yaml("[so {{c1::it}} {{c2::[is]{.s}::[h]{.i}}}]{.u} and [{{c3::more}}]{color=red}.")
    project.deck(
        cards=f"""
cards:
  - {{id: one, q: {answer}, a: {answer}, note: {answer}, hint: {answer}}}
  - {{id: two, cloze: {hidden}}}
  - {{id: three, cloze: {around}}}
  - {{id: four, q: "Which?", list: {{a: {answer}, b: "[b]{{.u}}"}}}}
  - {{id: five, q: "[Q]{{.u}}?", a: "[a b]{{.s}}", reverse: true, typed: true}}
"""
    )
    project.write("memory/style.css", STYLE)
    assert project.codes() == []
    project.build()
    assert project.run("preview").exit_code == 0
    learner.import_package(project.package())
    learner.is_sound()
    shipped = " / ".join(html for _, html, _ in SPANS)
    assert {learner.note("one")[name] for name in ("Question", "Answer", "Note", "Hint")} == {shipped}
    assert learner.note("five")["Typed"] == "a b"
    for html in [html for _, html, _ in SPANS]:
        assert f"{{{{c1::{html}}}}} z" in learner.note("two")["Text"]
    first, second, third = learner.cards("three")
    assert 'so <span class="cloze" data-cloze="it" data-ordinal="1">[...]</span>' in first.question()
    assert '>[<em>h</em>]</span></u> and <span style="color: red">' in second.question()
    assert '<span style="color: red"><span class="cloze"' in third.question()


def test_a_mend_of_the_words_leaves_the_marks(project: Project) -> None:
    project.deck(
        cards='cards:\n  - {id: one, q: "Which trees  [grow  very]{.u} [brown]{color=red}  nuts?", a: "中[好 , 的]{.s}"}\n'
    )
    project.run("check", "--fix")
    text = (project.root / "cards_source" / "memory" / "cards.yaml").read_text(encoding="utf-8")
    assert 'q: "Which trees [grow very]{.u} [brown]{color=red} nuts?", a: "中[好，的]{.s}"' in text


def test_rules_of_craft_see_the_words_alone(project: Project) -> None:
    project.deck(
        cards="""
cards:
  - {id: one, q: "Which city is the capital of [France]{.tone1}?", a: "[Paris]{.u}"}
  - {id: two, q: "Which city is the capital of [France]{color=red}?", a: "Paris"}
"""
    )
    project.write("memory/style.css", STYLE)
    assert "D01" in project.all_codes()


def test_what_spans_write_is_in_the_list_of_what_is_written() -> None:
    for _, html, _ in SPANS:
        assert guard.WRITTEN.sub("", html).count("<") == 0
