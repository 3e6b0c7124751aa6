"""A card looks in the page as it does in the window of Anki, of which `write_look` keeps the values."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from deckgen.showing.preview import html, preview
from tests.browser import Reader
from tests.conftest import Project
from tests.own_deck import PIXEL
from tests.real_anki import Learner
from tests.write_look import MEASURED, READ, STYLES, TYPED, build_deck, gathered

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "deckgen/notes/templates"
LANGUAGES = ("en", "zh")


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The addresses of the deck's pages, by language."""
    folder = tmp_path_factory.mktemp("look")
    build_deck(folder)
    made = preview(folder / "cards_source", folder / "output").pages
    for page in made:
        (folder / page.name).write_text("".join(html(page)), encoding="utf-8")
    return {page.lang: (folder / page.name).as_uri() for page in made}


def _side(reader: Reader, lang: str, night: bool) -> dict[str, Any]:
    card = "document.querySelector('#stage').shadowRoot.querySelector('.card')"
    found = reader.page.evaluate(f"names => ({READ})([{card}, {card}, names])", STYLES)
    return {"lang": lang, "night": night, **found}


def _sides(browser: Browser, url: str, lang: str, night: bool) -> list[dict[str, Any]]:
    """Both sides of every card on a page, at the width of a phone."""
    reader = Reader.of(browser, url, color_scheme="dark" if night else "light")
    reader.press("w")
    found = []
    while True:
        found.append(_side(reader, lang, night))
        name = reader.address.removeprefix("#").partition("/")[0]
        box = reader.page.get_by_label("Your answer")
        if box.count():
            box.fill(TYPED.get(name.rpartition("-")[2], ""))
        reader.page.locator("#flip").click()
        found.append(_side(reader, lang, night))
        if reader.page.locator("#next").is_disabled():
            assert reader.complaints == []
            return found
        reader.page.locator("#next").click()


def test_page_has_the_colours_and_measures_of_the_window(pages: dict[str, str], chromium: Browser) -> None:
    """When a template or its style changed: `python -m tests.write_look` measures anew."""
    measured = json.loads(MEASURED.read_text(encoding="utf-8"))["looks"]
    sides = [
        side
        for lang in LANGUAGES
        for night in (False, True)
        for side in _sides(chromium, pages[lang], lang, night)
    ]
    ours = gathered(sides)
    for when, looks in measured.items():
        assert ours[when].keys() == looks.keys()
        other = {
            path: (ours[when][path], wanted) for path, wanted in looks.items() if ours[when][path] != wanted
        }
        assert other == {}


def test_paper_and_ink_of_the_deck_arrive_in_the_window() -> None:
    """Also at night, when Anki has a paper of its own, #2c2c2c."""
    looks = json.loads(MEASURED.read_text(encoding="utf-8"))["looks"]
    style = (ROOT / "deckgen/notes/templates/card.css").read_text(encoding="utf-8")
    for when, paper, ink in zip(looks, _all("--dg-paper", style), _all("--dg-ink", style), strict=True):
        for lang in LANGUAGES:
            (card,) = looks[when][lang]
            assert card.startswith(f"color: {ink}; backgroundColor: {paper}; ")


def _all(variable: str, style: str) -> list[str]:
    """The values of a variable in the order of the file, as a browser tells colours."""
    found = re.findall(rf"{variable}: #([0-9a-f]{{6}});", style)
    return [f"rgb({', '.join(str(byte) for byte in bytes.fromhex(colour))})" for colour in found]


def _back(browser: Browser, url: str, card: str, answer: str = "") -> Reader:
    """Somebody who turned a card, and typed an answer before."""
    reader = Reader.of(browser, f"{url}#{card}")
    if answer:
        reader.page.get_by_label("Your answer").fill(answer)
    reader.page.locator("#flip").click()
    return reader


@pytest.mark.parametrize("typed", ["", "Paris", "zzzzz"])
@pytest.mark.parametrize("card", ["typed-right", "typed-wrong"])
def test_answer_is_shown_once_whatever_was_typed(
    pages: dict[str, str], chromium: Browser, card: str, typed: str
) -> None:
    reader = _back(chromium, pages["en"], card, typed)
    if typed == "Paris":  # the tick stands in its place
        assert (
            reader.page.locator("#stage >> .typeGood").evaluate("one => getComputedStyle(one).fontSize")
            == "0px"
        )
    assert reader.text().count("Paris") == (2 if typed == "Paris" else 1)
    assert ("zzzzz" in reader.text()) == (typed == "zzzzz")


def test_back_has_no_ids(pages: dict[str, str], chromium: Browser) -> None:
    text = _back(chromium, pages["en"], "everything").text()
    assert "typed-none" not in text
    assert text.endswith("The end.\n\nA. Speaker · First part\nA. Writer · 2024")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_bold_links_and_emphasis_differ(pages: dict[str, str], chromium: Browser, lang: str) -> None:
    reader = _back(chromium, pages[lang], "everything")
    read = "one => { const s = getComputedStyle(one); return [s.color, s.fontWeight, s.textDecorationLine] }"
    for part in (".dg-answer", ".dg-note"):
        plain, bold, link = (
            reader.page.locator(f"#stage >> {part}{within}").first.evaluate(read)
            for within in ("", " strong", " a")
        )
        assert (bold[0], bold[2]) == (plain[0], "none")
        assert int(bold[1]) > int(plain[1])
        assert link[0] != plain[0]
        assert (link[1], link[2]) == (plain[1], "underline")
    style = "one => [getComputedStyle(one).fontStyle, getComputedStyle(one).textEmphasisStyle]"
    wanted = ["normal", "dot"] if lang == "zh" else ["italic", "none"]
    assert reader.page.locator("#stage >> em").first.evaluate(style) == wanted


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ('title: "T", by: "B", date: "D", url: "https://x.org/"', '<span title="T"><a href="https://x.org/">B · D</a></span>'),
        ('title: "T", date: "D", url: "https://x.org/"', '<span title="T"><a href="https://x.org/">T · D</a></span>'),
        ('title: "T", by: "B", date: "D"', "<span>T · B · D</span>"),
        ('title: "T", by: "Ann", date: "D"', "<span>T · D</span>"),
        ('title: "T", by: "Ann", url: "https://x.org/"', '<span title="T"><a href="https://x.org/">T</a></span>'),
        (
            'title: "[sound:a.mp3] {{Id}} \\"", by: "B", url: "https://x.org/"',
            '<span title="&#91;sound:a.mp3] &#123;&#123;Id&#125;&#125; &quot;"><a href="https://x.org/">B</a></span>',
        ),
    ],
)  # fmt: skip
def test_source_stands_in_few_words(project: Project, learner: Learner, source: str, line: str) -> None:
    """Who published it where a link leads to the title, and no speaker's name twice."""
    project.deck(
        f'deck: memory\ntitle: "M"\nspeakers: {{ann: "Ann"}}\nsource: {{{source}}}\n',
        'cards:\n  - {id: one, speaker: ann, q: "Why is it?", a: "So."}\n',
    )
    project.run("build", "--no-lint")
    learner.import_package(project.package())
    (card,) = learner.cards("one")
    footer = re.search("<footer.*</footer>", card.answer(), re.DOTALL)
    assert footer
    assert footer[0] == f'<footer class="dg-source"><span>Ann</span>{line}</footer>'


#: What an element is given by the look of a card: its place, and its styles.
_GIVEN = """one => {
  const style = getComputedStyle(one), box = one.getBoundingClientRect();
  return [one.localName, box.left, box.top, style.color, style.fontFamily, style.lineHeight, style.maxWidth, style.filter, style.margin];
}"""
_LOOKS = ("ours", "bare", "wrapped")
_TYPE = """\
fields: {Word: question, Sign: other}
templates: [{name: A, front: side.html, back: side.html}]
"""
_SIDE = """\
<article{}><p>{{{{Word}}}} <strong>and</strong> more</p> {{{{Sign}}}}
<table><tr><td>1</table></article>
"""
_PLACED = "article :is(p, img, strong, table, td, rt, sup)"


@pytest.mark.parametrize("lang", ["en", "zh-Hant", "ja"])
@pytest.mark.parametrize("width", [400, 1200])
def test_template_without_a_style_looks_like_all_other_cards(
    project: Project, chromium: Browser, lang: str, width: int
) -> None:
    """With no `.dg` around it, whose front can't change when learners have it; and the same with one."""
    ours = "".join((TEMPLATES / name).read_text(encoding="utf-8") for name in ("card.css", "notations.css"))
    wrapped = f' class="dg" lang="{lang}"'
    for name, opened, style in (("ours", wrapped, ours), ("bare", "", ""), ("wrapped", wrapped, "")):
        folder = f"memory/note_types/{name}"
        project.write(f"{folder}/side.html", _SIDE.format(opened))
        project.write(f"{folder}/note_type.yaml", _TYPE)
        if style:
            project.write(f"{folder}/style.css", style)
    fields = 'Word: "{字|zì} x^2^", Sign: "![a dot](dot.png)"'
    cards = [f"{{id: {name}, type: {name}, {lang}: {{fields: {{{fields}}}}}}}" for name in _LOOKS]
    project.deck(
        f'deck: memory\nlanguages: [{lang}]\ntitle: {{{lang}: "M"}}\n', f"cards: [{', '.join(cards)}]\n"
    )
    project.write("memory/media/dot.png", "").write_bytes(PIXEL)
    project.run("preview")
    found = []
    for name in _LOOKS:
        url = f"{(project.root / f'output/memory.{lang}.html').as_uri()}#{name}"
        reader = Reader.of(chromium, url, color_scheme="dark", viewport={"width": width, "height": 800})
        placed = reader.page.locator(f"#stage >> {_PLACED}")
        found.append([one.evaluate(_GIVEN) for one in placed.all()])
    assert len(found[0]) == 7
    assert found[1] == found[0]
    assert found[2] == found[0]


def test_colour_of_a_card_fills_its_frame(project: Project, chromium: Browser) -> None:
    """As it fills Anki's window, where the card is the body; by day and by night, alone and in the list."""
    project.deck()
    project.write("memory/style.css", ".card { background: #123456 } .card.nightMode { background: #234567 }")
    project.run("preview")
    reader = Reader.of(chromium, (project.root / "output/memory.html").as_uri(), color_scheme="light")
    read = "one => getComputedStyle(one).backgroundColor"
    stage = reader.page.locator("#stage")
    assert stage.evaluate(read) == "rgb(18, 52, 86)"
    reader.press("n")
    assert stage.evaluate(read) == "rgb(35, 69, 103)"
    reader.press("l")
    sheet = reader.page.locator(".sheet").first
    assert sheet.evaluate(read) == "rgb(35, 69, 103)"
    reader.press("n")
    assert sheet.evaluate(read) == "rgb(18, 52, 86)"
    assert reader.complaints == []
