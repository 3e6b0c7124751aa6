"""Pages that show cards as Anki does: in files, and in a real browser."""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from deckgen.markup import markdown
from deckgen.markup.formulas import formulas
from deckgen.showing.preview import Page, html, preview
from tests.browser import Reader
from tests.conftest import BILINGUAL_CARDS, BILINGUAL_YAML, Project
from tests.own_deck import BACK, write_geo
from tests.real_anki import Learner
from tests.reviewed import with_log
from tests.sides import Card, of_page, without_copies
from tests.whole.hostile import many_deletions

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
#: The smallest PNG: one pixel.
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c4944415478da63f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)

DECK = """\
deck: memory
title: "Memory {{Question}} <b>"
source: {title: "A & B {{c1::x}}", by: "me", date: "2024", url: "https://example.org/?a=1&b=2"}
"""
#: Every kind of card, with what a template, a cloze, MathJax or a browser could trip over.
CARDS = r"""
section: "Basics <i>"
cards:
  - id: maths
    reverse: true
    q: "Is $a < b$ and `x<y>` and \\(x\\)?"
    a: "A sum:\n\n$$\\sum_{i=1}^n x_i$$\n\n![a picture](a.png) ![a sound](s.mp3)"
    note: "n **b** {{Question}} {{#Note}} {{c1::no}} [[type:Text]] [sound:x.mp3]"
  - id: typed
    typed: true
    q: "Type it: {{cloze}}"
    a: "foo *bar* & baz <x>"
  - id: clozed
    typed: true
    cloze: "A {{c1::b<x> $\\frac{a}{b^{2}}$::hint & \"q\"}} c {{c2::`std::vector`}} and {{c1::again}}"
    note: "x {{c1::no}}"
  - id: formula
    cloze: "x $a = {{c1::b < c}}$ y $d_{ {{c2::e::hh <i>}} }$ {{c1::f $g$}}, \\(no\\) {{c3::$$h$$}}"
  - id: table
    cloze: "{{c1::a}} [sound:x.mp3] {{Question}}\n\n| a | b |\n|--|:-:|\n| 1 | {{c2::two}} |"
  - id: listed
    see: [maths]
    q: "Which {{c1::ones}}?"
    list: {a: "Alpha $x$", b: "Beta\n\n    code", c: "```python\nx = 1 # :: }}\n```"}
  - id: typed-list
    typed: true
    q: "Which?"
    list: {a: "Alpha & co", b: "Beta"}
  - id: many
    cloze: "{{c3::a}} {{c2::b}} {{c1::c}} {{c4::d}}"
  - id: alike
    typed: true
    cloze: "{{c1::a}} x {{c1::a}}"
  - id: entity
    typed: true
    q: "How is a sign for less written in HTML?"
    a: "`&lt;`"
  - id: hostile
    q: "<script>window.harm=1</script><img src=x onerror='window.harm=2'> [x](javascript:harm) $\\text{<script>window.harm=3</script><img src=x onerror=window.harm=4>}$?"
    a: "</script><svg onload='window.harm=5'> <a href='javascript:window.harm=6'>x</a> {{FrontSide}} <!-- \\u003c"
"""


def with_every_kind(project: Project) -> Project:
    project.deck(DECK, CARDS)
    folder = project.root / "cards_source/memory/media"
    folder.mkdir()
    (folder / "a.png").write_bytes(PIXEL)
    (folder / "s.mp3").write_bytes(b"no sound")
    return project


def data(path: Path) -> dict[str, Any]:
    """What a page is made from."""
    (found,) = re.findall(
        r'<script type="application/json" id="data">(.*?)</script>',
        path.read_text(encoding="utf-8"),
        re.DOTALL,
    )
    made: dict[str, Any] = json.loads(found)
    return made


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages of the shipped deck, written once."""
    from click.testing import CliRunner

    from deckgen.commands.main import main

    folder = tmp_path_factory.mktemp("pages")
    result = CliRunner().invoke(
        main, ["preview", "--source", str(ROOT / "cards_source"), "--output", str(folder)]
    )
    assert result.exit_code == 0, result.output
    return folder


# -- the file --------------------------------------------------------------------------


def test_one_page_for_each_package(project: Project) -> None:
    project.deck(BILINGUAL_YAML, BILINGUAL_CARDS)
    outcome = project.run("preview")
    assert outcome.exit_code == 0
    assert outcome.stdout == "output/memory.en.html\noutput/memory.zh.html\n"
    first = (project.root / "output/memory.zh.html").read_bytes()
    assert project.run("preview", "memory", "--lang", "zh").stdout == "output/memory.zh.html\n"
    # Alone, it has no other page to lead to.
    assert data(project.root / "output/memory.zh.html")["pages"] == [["memory.zh.html", "zh"]]
    project.run("preview")
    assert (project.root / "output/memory.zh.html").read_bytes() == first


def test_page_names_no_host_but_in_links_of_cards(project: Project) -> None:
    with_every_kind(project).run("preview")
    text = (project.root / "output/memory.html").read_text(encoding="utf-8")
    addresses = set(re.findall(r"""(?:https?:)?//[^"'\s<>\\)]+""", text))
    assert {one for one in addresses if not one.startswith("//")} == {
        "https://example.org/?a=1&amp;b=2", "http://www.w3.org/1998/Math/MathML", "http://www.w3.org/2000/svg"
    }  # fmt: skip


def test_craft_does_not_keep_a_card_from_being_seen(project: Project) -> None:
    project.deck(cards='cards:\n  - id: long\n    q: "Why?"\n    a: "' + "word " * 80 + '"\n')
    outcome = project.run("preview")
    assert outcome.exit_code == 0
    assert ": L02 " in outcome.stderr
    found = data(project.root / "output/memory.html")["findings"]
    assert {"card": "long", "code": "L02", "level": "error"}.items() <= next(
        one for one in found if one["code"] == "L02"
    ).items()
    assert all(re.fullmatch(r"cards_source/memory/\w+\.yaml:\d+:\d+", one["where"]) for one in found)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [((), "cards.yaml:2:"), (("--lang", "fr"), "no deck has the language `fr`")],
)  # fmt: skip
def test_error_writes_no_page_and_leaves_the_old_one(
    project: Project, arguments: tuple[str, ...], words: str
) -> None:
    project.deck()
    project.run("preview")
    if not arguments:
        project.edit("cards:\n", "cards: [\n")
    before = project.files()
    outcome = project.run("preview", *arguments)
    assert outcome.exit_code == 1
    assert words in outcome.stderr
    assert outcome.stderr.endswith("nothing was written\n")
    assert project.files() == before


def test_no_deck_is_wrong_usage(project: Project) -> None:
    outcome = project.run("preview")
    assert outcome.exit_code == 2
    assert "deckgen new NAME" in outcome.stderr


def test_files_that_are_too_big_stay_outside(project: Project) -> None:
    with_every_kind(project)
    (project.root / "cards_source/memory/media/s.mp3").write_bytes(b"\0" * 10_000_001)
    project.run("preview")
    held = data(project.root / "output/memory.html")["media"]
    assert [name.rpartition(".")[2] for name in held] == ["png"]


def test_page_grows_with_its_text_and_not_with_its_cards(project: Project) -> None:
    """Each text is in the page once, however many cards show it."""
    sizes = []
    for count in (100, 200, 300):
        project.deck(cards=many_deletions(count))
        assert project.run("preview").exit_code == 0
        made = data(project.root / "output/memory.html")
        assert [len(note["numbers"]) for note in made["notes"]] == [count]
        sizes.append(len(json.dumps([made["notes"], made["types"]])))
    # The numbers have more digits; a side for each card would make the second step 5/3 of the first.
    assert sizes[2] - sizes[1] < 1.2 * (sizes[1] - sizes[0])


def test_page_is_never_whole_in_memory(project: Project) -> None:
    """No piece of it grows with the deck or with the number of its pictures."""
    longest = []
    for count in (20, 40):
        picture = "![a picture](a{0}.png)"
        rows = (
            f"  - id: c{one}\n    q: 'Why {one}?'\n    a: 'B. {picture.format(one)}'\n"
            for one in range(count)
        )
        project.deck(cards="cards:\n" + "".join(rows))
        folder = project.root / "cards_source/memory/media"
        folder.mkdir(exist_ok=True)
        for one in range(count):
            (folder / f"a{one}.png").write_bytes(PIXEL + bytes([one]) * 50_000)
        (page,) = preview(Path("cards_source"), Path("output")).pages
        pieces = [*html(page)]
        longest.append(max(map(len, pieces)))
        path = project.root / "page.html"
        path.write_text("".join(pieces), encoding="utf-8")
        held = data(path)
        assert len(held["media"]) == len(held["notes"]) == count
        assert json.loads(json.dumps(page.data)).items() <= held.items()
    assert longest[0] == longest[1] < 100_000


def test_picture_that_is_gone_while_the_page_is_written(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_every_kind(project).run("preview")
    before = project.files()
    picture = project.root / "cards_source/memory/media/a.png"

    def study(_: Page) -> str:
        picture.unlink()
        return ""

    monkeypatch.setattr("deckgen.showing.preview.study", study)
    outcome = project.run("preview")
    assert outcome.exit_code == 2
    assert "can't read or write cards_source/memory/media/a.png: No such file" in outcome.stderr
    assert project.files() == {name: text for name, text in before.items() if not name.endswith("a.png")}


def test_page_of_192000_cards_opens(project: Project, chromium: Browser) -> None:
    """16,000 notes of 12 deletions each."""
    project.deck(cards=many_deletions(12))
    (page,) = preview(Path("cards_source"), Path("output")).pages
    notes = page.data["notes"]
    assert isinstance(notes, list)
    many = [{**notes[0], "id": f"n{one}"} for one in range(16_000)]
    path = project.root / "page.html"
    with path.open("w", encoding="utf-8") as file:
        file.writelines(html(replace(page, data={**page.data, "notes": many})))
    reader = Reader.of(chromium, f"{path.as_uri()}#n15999/12")
    assert reader.text("#count") == "Card 192000 of 192000"
    reader.press("ArrowLeft", "Space")
    assert reader.address == "#n15999/11"
    assert reader.page.locator("#stage .cloze").inner_text() == "w11"
    assert reader.complaints == []


def test_forms_of_a_formula_are_bounded(project: Project, chromium: Browser) -> None:
    """What is hidden in it differs from card to card: each form is a formula of its own, and long."""
    for count, drawn in ((10, 11), (200, 0)):
        text = "+".join(f"{{{{c{number}::x}}}}" for number in range(1, count + 1))
        project.deck(cards=f"cards:\n  - id: one\n    cloze: '${text}$'\n")
        project.run("preview")
        page = project.root / "output/memory.html"
        assert len(data(page)["formulas"]) == drawn
        reader = Reader.of(chromium, page.as_uri())
        assert reader.text().replace("\n", "").startswith("[...]" if drawn else r"\([...]")
        assert reader.page.locator("#stage >> math").count() == bool(drawn)


# -- the page against Anki ---------------------------------------------------------------


def as_anki(html: str) -> str:
    """Our HTML where it differs from Anki's: Anki numbers the sounds of a side."""
    count = iter(range(100))
    return re.sub(r"\[sound:[^\]]+\]", lambda _: f"[anki:play:x:{next(count)}]", html)


def of_anki(html: str) -> str:
    """Anki's HTML where it differs from ours: it keeps a hidden copy of what a deletion hides."""
    return re.sub(r"\[anki:play:[qa]:", "[anki:play:x:", without_copies(html))


#: The cards of a page, as its script makes them.
MADE = """() => cards.map((card) => ({
  id: card.note.id, number: card.number, front: sideOf(card, "front"), back: sideOf(card, "back"), typed: toType(card)
}))"""


def made(page: Path, browser: Browser) -> list[Card]:
    return [Card(**card) for card in Reader.of(browser, page.as_uri()).page.evaluate(MADE)]


def compare(page: Path, learner: Learner, browser: Browser) -> int:
    """Compare all cards of a page with those of a collection; gives how many there are."""
    cards, held = made(page, browser), data(page)
    styles = {note["id"]: held["types"][note["type"]]["css"] for note in held["notes"]}
    for card in cards:
        (theirs,) = [one for one in learner.cards(card.id) if one.ord == card.number - 1]
        style, _, question = theirs.question().partition("</style>")
        assert style.removeprefix("<style>").strip() == styles[card.id]
        answer = theirs.answer().partition("</style>")[2]
        assert as_anki(card.front) == of_anki(question), card.id
        assert as_anki(card.back) == of_anki(answer), card.id
    return len(cards)


def test_sides_without_a_browser_are_those_of_the_script(project: Project, chromium: Browser) -> None:
    """What the tests of many texts look at is what a reader sees."""
    page = with_every_kind(project).root / "output/memory.html"
    project.run("preview")
    assert list(of_page(data(page))) == made(page, chromium)


def test_every_kind_of_card_is_as_in_anki(project: Project, learner: Learner, chromium: Browser) -> None:
    with_every_kind(project).build()
    project.run("preview")
    learner.import_package(project.package())
    assert compare(project.root / "output/memory.html", learner, chromium) == 22 == learner.col.card_count()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_whole_shipped_deck_is_as_in_anki(
    lang: str, shipped: Path, learner: Learner, chromium: Browser
) -> None:
    learner.import_package(ROOT / f"output/schulman-interview.{lang}.apkg")
    learner.col.fix_integrity()  # makes the cards of retired notes, which the page shows too
    page = shipped / f"schulman-interview.{lang}.html"
    assert compare(page, learner, chromium) == learner.col.card_count() > 0


def test_retired_card_is_shown_with_its_banner(project: Project, learner: Learner, chromium: Browser) -> None:
    with_every_kind(project).build()
    learner.import_package(project.package())
    project.edit("  - id: many\n", '  - id: many\n    retired: {since: 2026-01-31, reason: "a < b {{c}}"}\n')
    project.build()
    project.run("preview")
    learner.import_package(project.package())
    page = project.root / "output/memory.html"
    assert compare(page, learner, chromium) == 22
    assert {note["id"] for note in data(page)["notes"] if note["retired"]} == {"many"}


@pytest.mark.parametrize(
    ("card", "typed"),
    [("typed", "foo bar & baz <x>"), ("clozed", "b<x> \\(\\frac{a}{b^{2}}\\), again"), ("alike", "a"), ("typed-list", "Alpha & co"), ("entity", "&lt;"), ("maths", "")],
)  # fmt: skip
def test_what_is_to_be_typed(project: Project, chromium: Browser, card: str, typed: str) -> None:
    with_every_kind(project).run("preview")
    cards = made(project.root / "output/memory.html", chromium)
    assert next(one.typed for one in cards if one.id == card) == typed


# -- in the browser: faithful -------------------------------------------------------------


#: All cards of a page as the browser has them, without what replaces sounds, formulas and typing.
SHOWN = """() => {
  const stage = document.querySelector("#stage"), shown = [];
  const html = () => {
    const card = stage.shadowRoot.querySelector(".card").cloneNode(true);
    for (const part of card.querySelectorAll("img, math, audio, #typeans, .tex")) part.replaceWith(part.alt || "~");
    return card.innerHTML;
  };
  const press = (key) => document.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  for (;;) {
    const front = html();
    document.querySelector("#flip").click();
    shown.push([front, html()]);
    if (document.querySelector("#next").disabled) return shown;
    document.querySelector("#next").click();
  }
}"""

#: What a browser makes of Anki's HTML, in the same way.
READ = """sides => sides.map((html) => {
  const template = document.createElement("template");
  template.innerHTML = html.replace(/<!--[^]*?-->/g, "");
  for (const image of template.content.querySelectorAll("img")) image.replaceWith(image.alt);
  template.content.normalize();
  const texts = document.createTreeWalker(template.content, NodeFilter.SHOW_TEXT);
  const special = /\\\\\\([^]*?\\\\\\)|\\\\\\[[^]*?\\\\\\]|\\[anki:play[^\\]]+\\]|\\[\\[type:[^\\]]+\\]\\]/g;
  for (let node; (node = texts.nextNode()); ) node.data = node.data.replace(special, "~");
  return template.innerHTML;
})"""


def faithful(reader: Reader, learner: Learner, page: Path) -> None:
    shown = reader.page.evaluate(SHOWN)
    for card, sides in zip(of_page(data(page)), shown, strict=True):
        (theirs,) = [one for one in learner.cards(card.id) if one.ord == card.number - 1]
        output = theirs.render_output()
        wanted = [of_anki(output.question_text), of_anki(output.answer_text)]
        assert sides == reader.page.evaluate(READ, wanted), card.id


def test_browser_shows_every_kind_as_anki_gives_it(
    project: Project, learner: Learner, chromium: Browser
) -> None:
    with_every_kind(project).build()
    project.run("preview")
    learner.import_package(project.package())
    page = project.root / "output/memory.html"
    reader = Reader.of(chromium, page.as_uri())
    faithful(reader, learner, page)
    assert reader.page.evaluate("window.harm") is None
    assert reader.complaints == []
    assert reader.network == []


def test_browser_shows_the_shipped_deck_as_anki_gives_it(
    shipped: Path, learner: Learner, chromium: Browser
) -> None:
    learner.import_package(ROOT / "output/schulman-interview.zh.apkg")
    learner.col.fix_integrity()  # makes the cards of retired notes, which the page shows too
    page = shipped / "schulman-interview.zh.html"
    reader = Reader.of(chromium, page.as_uri())
    faithful(reader, learner, page)
    assert reader.complaints == []
    assert reader.network == []


#: How every element of a card looks.
LOOKS = """() => {
  const root = document.querySelector("#stage")?.shadowRoot ?? document;
  const all = [...root.querySelectorAll(".card, .card *")];
  const names = ["color", "background-color", "font-size", "font-weight", "font-family", "line-height", "margin",
    "padding", "border", "text-align", "max-width", "width", "display", "border-left-color", "border-radius"];
  return all.map((one) => [one.localName + "." + one.className, ...names.map((name) => getComputedStyle(one)[name])].slice(1));
}"""


@pytest.mark.parametrize("night", [False, True])
@pytest.mark.parametrize("phone", [False, True])
def test_look_is_that_of_a_window_of_its_own(
    shipped: Path, chromium: Browser, night: bool, phone: bool
) -> None:
    """The style within the page is the style of the same card alone in a window, as Anki has it."""
    page = shipped / "schulman-interview.en.html"
    reader = Reader.of(chromium, page.as_uri(), viewport={"width": 1200, "height": 900})
    reader.press(*(["n"] if night else []), *(["w"] if phone else []), "Space")
    width = reader.page.evaluate("document.querySelector('#stage').clientWidth")
    ours = reader.page.evaluate(LOOKS)
    made = data(page)
    alone = chromium.new_page(viewport={"width": width, "height": 900})
    body = 'class="card card1 nightMode night_mode"' if night else 'class="card card1"'
    alone.set_content(
        f"<!doctype html><style>{made['css']}{made['types']['qa']['css']}</style>"
        f"<body {body}>{next(of_page(made)).back}</body>"
    )
    theirs = alone.evaluate(LOOKS)
    assert width == (390 - 2 if phone else width)
    assert ours == theirs
    assert len(ours) > 5


# -- in the browser: used ------------------------------------------------------------------


@pytest.fixture
def reader(shipped: Path, chromium: Browser) -> Iterator[Reader]:
    """Somebody at the page of the shipped deck, at the end of whose visit nothing was amiss."""
    made = Reader.of(
        chromium,
        (shipped / "schulman-interview.en.html").as_uri(),
        permissions=["clipboard-read", "clipboard-write"],
        color_scheme="light",
    )
    yield made
    assert made.complaints == []
    assert made.network == []
    made.page.context.close()


@pytest.fixture(scope="module")
def notes(shipped: Path) -> Any:
    """The notes of the shipped deck as its page has them, in the order of study."""
    return data(shipped / "schulman-interview.en.html")["notes"]


@pytest.fixture(scope="module")
def total(notes: Any) -> int:
    """How many cards the page shows."""
    return sum(len(note["numbers"]) for note in notes)


@pytest.mark.parametrize("way", ["space", "click", "enter", "button"])
def test_card_is_flipped(reader: Reader, notes: Any, way: str) -> None:
    stage = reader.page.locator("#stage")
    question, answer = (markdown.plain(html) for html in notes[0]["fields"][:2])
    assert reader.text() == question
    if way == "space":
        reader.press("Space")
    elif way == "click":
        stage.click()
    elif way == "enter":
        stage.focus()
        reader.press("Enter")
    else:
        reader.page.get_by_role("button", name="Show answer").click()
    assert answer in reader.text()
    reader.press("Space")
    assert reader.text() == question


def test_arrows_and_letters_go_from_card_to_card(reader: Reader, total: int) -> None:
    reader.press("ArrowRight", "j", "Space", "ArrowRight")
    assert reader.text("#count") == f"Card 4 of {total}"
    assert reader.page.get_by_role(
        "button", name="Show answer"
    ).is_visible()  # a new card begins with its question
    reader.press("k", "ArrowLeft", "ArrowLeft", "ArrowLeft")
    assert reader.text("#count") == f"Card 1 of {total}"
    assert reader.page.get_by_role("button", name="Previous").is_disabled()


def test_letters_can_be_switched_off(reader: Reader, total: int) -> None:
    reader.press("?")
    reader.page.get_by_label("letters and signs are keys").uncheck()
    reader.page.get_by_role("button", name="Close").click()
    reader.press("j", "n", "l")
    assert reader.text("#count") == f"Card 1 of {total}"
    assert reader.page.locator("#list").is_hidden()
    reader.press("ArrowRight")
    assert reader.text("#count") == f"Card 2 of {total}"


def test_filters_work_together(reader: Reader, total: int) -> None:
    page = reader.page
    page.get_by_label("Kind").select_option("list")
    lists = int(reader.text("#count").split(" of ")[1].split(" ")[0])
    assert 0 < lists < total
    page.get_by_label("Kind").select_option("")
    page.get_by_label("Tag").select_option("model-spec")
    tagged = reader.text("#count")
    page.get_by_role("searchbox").fill("STAKEHOLDERS user")
    assert reader.text("#count") != tagged
    reader.press("Escape", "Space")
    assert "user" in reader.text().lower()
    page.get_by_label("Section").select_option(index=1)
    assert reader.text("#count") == f"0 of {total} cards: nothing fits the filters"
    assert page.locator("#single").is_hidden()


def test_search_does_not_take_keys_for_itself(reader: Reader) -> None:
    reader.press("/")
    reader.page.keyboard.type("jkln w")
    assert reader.page.get_by_role("searchbox").input_value() == "jkln w"


def test_address_leads_to_a_card_also_through_a_filter(reader: Reader, shipped: Path) -> None:
    page = reader.page
    reader.press("ArrowRight")
    assert reader.address == "#next-token-prediction"
    page.get_by_label("Kind").select_option("cloze")
    notes = data(shipped / "schulman-interview.en.html")["notes"]
    note = next(note for note in notes if note["kind"] == "list" and len(note["numbers"]) >= 3)
    page.evaluate("address => { location.hash = address }", f"{note['id']}/3")
    expect(page.get_by_label("Kind")).to_have_value("")
    expect(page.locator("#about")).to_contain_text(f"{note['id']}, 3 of {len(note['numbers'])}")
    page.evaluate("location.hash = 'no-such-card'")
    assert f"{note['id']}, 3 of" in reader.text("#about")


def test_other_language_opens_at_the_same_card(reader: Reader) -> None:
    reader.press("ArrowRight")
    reader.page.get_by_role("link", name="zh").click()
    expect(reader.page).to_have_url(re.compile("/schulman-interview.zh.html#next-token-prediction$"))
    expect(reader.page.locator("#stage >> article")).to_have_attribute("lang", "zh")
    assert reader.page.locator("html").get_attribute("lang") == "en"


def test_night_and_phone_are_kept_for_the_next_visit(reader: Reader) -> None:
    paper = (
        "getComputedStyle(document.querySelector('#stage').shadowRoot.querySelector('.card')).backgroundColor"
    )
    assert reader.page.evaluate(paper) == "rgb(251, 250, 247)"
    reader.press("n", "w")
    reader.page.reload()
    assert reader.page.evaluate(paper) == "rgb(27, 30, 36)"
    assert reader.page.locator("#stage").bounding_box()["width"] == 390  # type: ignore[index]
    reader.page.get_by_role("button", name="Night").click()
    assert reader.page.evaluate(paper) == "rgb(251, 250, 247)"


def test_list_shows_all_and_marks_where_one_is(reader: Reader, total: int, notes: Any) -> None:
    page = reader.page
    reader.press("ArrowRight", "l")
    assert page.locator("#list > li").count() == total
    assert page.locator("#list > li.at").get_attribute("id") == "list-next-token-prediction"
    sheet = page.locator("#list .sheet").first
    answer = sheet.get_by_text(markdown.plain(notes[0]["fields"][1]))
    assert answer.is_visible()
    sheet.click()
    assert answer.count() == 0
    reader.press("l")
    assert reader.text("#count") == f"Card 1 of {total}"


def test_place_of_a_card_can_be_copied(reader: Reader) -> None:
    reader.page.get_by_role("button", name="Copy").click()
    reader.page.get_by_role("button", name="Copied").wait_for()
    reader.page.get_by_role("searchbox").focus()
    reader.press("Control+v")
    copied = reader.page.get_by_role("searchbox").input_value()
    path, _, line = copied.rpartition(":")
    assert "id: schulman-role" in Path(path).read_text(encoding="utf-8").splitlines()[int(line) - 1]


def test_tab_leads_through_all_controls(reader: Reader) -> None:
    seen = []
    while "next" not in seen:
        reader.press("Tab")
        seen.append(reader.page.evaluate("document.activeElement.id"))
        assert len(seen) < 30
    stations = [
        "skip",
        "tab-cards",
        "night",
        "help",
        "search",
        "section",
        "view",
        "phone",
        "stage",
        "flip",
        "next",
    ]
    assert [one for one in seen if one in stations] == stations


def test_answer_is_typed_and_compared(project: Project, chromium: Browser) -> None:
    with_every_kind(project).run("preview")
    reader = Reader.of(chromium, (project.root / "output/memory.html").as_uri() + "#typed")
    box = reader.page.get_by_label("Your answer")
    box.fill("foo bar")
    reader.press("Enter")
    assert "typeBad" in reader.inside("#typeans")
    reader.press("Space")
    box.fill("foo bar & baz <x>")
    reader.press("Enter")
    assert reader.inside("#typeans span") == '<span class="typeGood">foo bar &amp; baz &lt;x&gt;</span>'


def test_formulas_sounds_and_pictures_are_in_the_page(project: Project, chromium: Browser) -> None:
    with_every_kind(project).run("preview")
    reader = Reader.of(chromium, (project.root / "output/memory.html").as_uri() + "#maths")
    assert reader.page.locator("#stage >> math").count() == 1
    reader.press("Space")
    assert reader.page.locator("#stage >> math[display=block] munderover").count() == 1
    assert reader.page.locator("#stage >> img").evaluate("one => one.naturalWidth") == 1
    source = reader.page.locator("#stage >> audio").get_attribute("src")
    assert source is not None
    assert source.startswith("data:audio/mpeg;base64,")


@pytest.mark.parametrize(
    "formula",
    [
        r"\def\a#1{\a{#1#1}}\a{x}", # its argument doubles for ever
        r"\newcommand{\a}{xx}" + "".join(rf"\newcommand{{\{b}}}{{\{a}\{a}}}" for a, b in zip("abcdefghijklmnopqrstuv", "bcdefghijklmnopqrstuvw", strict=True)) + r"\w",
        r"\substack{" * 300 + "x" + "}" * 300,
        r"\text{" * 1_600,
        "{" * 900,
        r"\begin{matrix}" * 100,
    ],
)  # fmt: skip
def test_formula_that_the_library_can_not_bear_is_shown_as_tex(project: Project, formula: str) -> None:
    html = rf"\({formula}\)"
    begin = time.process_time()
    assert formulas([html]) == {}
    # The worst of them took minutes and all memory. This is a hundred times what it takes now.
    assert time.process_time() - begin < 5
    project.deck(cards=f"cards:\n  - id: one\n    q: '${formula}$ is?'\n    a: 'x'\n")
    assert project.run("preview").exit_code == int("K14" in project.codes())


def test_address_that_can_not_be_decoded_is_no_card(shipped: Path, chromium: Browser, total: int) -> None:
    reader = Reader.of(chromium, (shipped / "schulman-interview.en.html").as_uri() + "#100%")
    assert reader.text("#count") == f"Card 1 of {total}. There is no card 100% here."
    assert reader.complaints == []


def test_card_that_a_filter_brings_begins_with_its_question(reader: Reader) -> None:
    reader.press("Space")
    reader.page.get_by_label("Kind").select_option("cloze")
    assert reader.page.get_by_role("button", name="Show answer").is_visible()
    first = reader.address
    reader.page.reload()
    assert reader.address == first != ""
    assert first.lstrip("#") in reader.text("#about")


def test_list_is_used_by_keyboard(reader: Reader) -> None:
    reader.press("l", "j", "Space")
    marked = reader.page.locator("#list > li.at")
    assert marked.get_attribute("id") == "list-next-token-prediction"
    assert marked.locator(".sheet").get_attribute("data-side") == "front"
    reader.page.locator("#skip").focus()
    reader.press("Enter")
    assert reader.page.evaluate("document.activeElement.id") == "list"


def test_enter_of_an_input_method_turns_no_card(project: Project, chromium: Browser) -> None:
    with_every_kind(project).run("preview")
    reader = Reader.of(chromium, (project.root / "output/memory.html").as_uri() + "#typed")
    press = "(one, composing) => one.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', isComposing: composing, bubbles: true, composed: true}))"
    box = reader.page.get_by_label("Your answer")
    box.evaluate(press, True)
    assert box.is_visible()
    box.evaluate(press, False)
    assert not box.is_visible()


def test_night_of_the_system_is_followed_unless_one_chose(shipped: Path, chromium: Browser) -> None:
    reader = Reader.of(chromium, (shipped / "schulman-interview.en.html").as_uri(), color_scheme="light")
    reader.press("w")  # a choice, but none of night
    reader.page.emulate_media(color_scheme="dark")
    reader.page.locator("html.night").wait_for()
    reader.press("n")
    reader.page.emulate_media(color_scheme="light")
    reader.page.emulate_media(color_scheme="dark")
    reader.page.wait_for_timeout(300)
    assert reader.page.locator("html.night").count() == 0


def test_findings_stand_beside_their_card(project: Project, chromium: Browser) -> None:
    project.deck(cards='cards:\n  - id: fine\n    q: "Why do spaced reviews beat one long session?"\n    a: "Recall."\n  - id: long\n    q: "Why?"\n    a: "' + "word " * 80 + '"\n')  # fmt: skip
    project.run("preview")
    reader = Reader.of(chromium, (project.root / "output/memory.html").as_uri())
    assert "L02" not in reader.text("#about")
    reader.page.get_by_label("with findings").check()
    assert reader.text("#count") == "Card 1 of 1 (2 in all)"
    assert "Error L02" in reader.text("#about")
    assert reader.violations() == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_no_serious_barrier(shipped: Path, chromium: Browser, scheme: Any, width: int) -> None:
    url = (shipped / "schulman-interview.en.html").as_uri()
    reader = Reader.of(chromium, url, color_scheme=scheme, viewport={"width": width, "height": 800})
    assert reader.violations() == []
    reader.press("Space")
    assert reader.violations() == []
    reader.page.get_by_label("Kind").select_option("cloze")  # axe takes a second for ten cards
    reader.press("Escape", "l")
    assert reader.page.locator("#list").is_visible()
    assert reader.violations() == []
    reader.press("?")
    assert reader.violations() == []
    reader.press("Escape")
    reader.page.get_by_role("tab", name="Study plan").click()
    assert reader.page.locator("#study svg").count() == 3
    assert reader.violations() == []


def test_study_plan_tells_what_the_deck_costs(reader: Reader, notes: Any) -> None:
    reader.page.get_by_role("tab", name="Cards").focus()
    reader.press("ArrowRight")
    shown = reader.text("#study")
    assert (
        f"{sum(len(note['numbers']) for note in notes if not note['retired'])} cards, 10 new a day" in shown
    )
    assert "to be recalled" in shown
    assert "The birth of ChatGPT" in shown
    assert "who differ only in luck" in shown
    assert reader.page.locator("#cards").is_hidden()
    reader.press("ArrowLeft")
    assert reader.page.locator("#cards").is_visible()


def test_pictures_of_the_plan_follow_the_switch_for_night(shipped: Path, chromium: Browser) -> None:
    reader = Reader.of(chromium, (shipped / "schulman-interview.en.html").as_uri(), color_scheme="dark")
    ink = "getComputedStyle(document.querySelector('#study svg text')).fill"
    reader.press("n")  # day, on a system that has night
    reader.page.get_by_role("tab", name="Study plan").click()
    assert reader.page.evaluate(ink) == "rgb(29, 36, 48)"
    reader.press("n")
    assert reader.page.evaluate(ink) == "rgb(232, 234, 238)"


def test_plan_says_what_it_lacks(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.deck()
    monkeypatch.setitem(sys.modules, "fsrs_rs_python", None)
    for name in ("deckgen.studying.forecast", "deckgen.showing.forecast", "deckgen.showing.study"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.delattr("deckgen.showing.study", raising=False)
    assert project.run("preview").exit_code == 0
    assert "<code>pip install '.[study]'</code>" in data(project.root / "output/memory.html")["study"]


def test_plan_of_retired_cards_alone(project: Project) -> None:
    project.deck().build()
    for card in ("spacing", "testing", "stages"):
        assert project.run("retire", card, "--reason", "wrong").exit_code == 0
    project.run("preview")
    assert data(project.root / "output/memory.html")["study"] == "<p>There are no cards to study.</p>"


def test_page_moves_only_for_those_who_do_not_mind(shipped: Path, chromium: Browser) -> None:
    for choice, behaviour in (("reduce", "auto"), ("no-preference", "smooth")):
        reader = Reader.of(chromium, (shipped / "schulman-interview.en.html").as_uri(), reduced_motion=choice)
        assert reader.page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == behaviour


# -- reviews ---------------------------------------------------------------------------


def test_page_tells_how_often_cards_were_forgotten(project: Project, chromium: Browser) -> None:
    project.deck().build()
    with_log(project, "a.anki2", spacing=(10, 0), testing=(4, 12), stages=(7, 9))
    outcome = project.run("preview", "--reviews", "a.anki2")
    assert outcome.exit_code == 0, outcome.stderr
    reader = Reader.of(chromium, (project.root / "output/memory.html").as_uri())
    about = reader.text("#about")
    for line in (
        "Reviews\n10",
        "Forgotten\n0 of 10 (at least 0 %; deck 44 %)",
        "Recalled young\n100 % (median 44 %)",
    ):
        assert line in about
    often = reader.page.get_by_label("often forgotten")
    often.check()
    assert reader.text("#count") == "Card 1 of 1 (6 in all)"
    assert reader.address == "#testing"
    assert "Forgotten\noften: 12 of 16 (at least 48 %; deck 44 %)" in reader.text("#about")
    reader.press("l")
    expect(reader.page.locator("#list")).to_contain_text("often: 12 of 16")
    assert reader.violations() == []
    often.uncheck()
    expect(reader.page.locator("#list")).to_contain_text("Reviewsnone")
    reader.page.goto(f"{reader.page.url.partition('#')[0]}#spacing")
    assert reader.complaints == []
    assert reader.network == []


def test_worst_cards_come_first_and_an_address_takes_the_filter_off(
    project: Project, chromium: Browser
) -> None:
    lines = "".join(f'  - {{id: c{n}, q: "What is {n}?", a: "It is {n}"}}\n' for n in range(20))
    project.deck(cards=f"cards:\n{lines}").build()
    easy = {f"c{n}": (20, 0) for n in range(20)}
    with_log(project, "a.anki2", **{**easy, "c3": (8, 8), "c7": (1, 15), "c12": (4, 12)})
    assert project.run("preview", "--reviews", "a.anki2").exit_code == 0
    reader = Reader.of(chromium, (project.root / "output/memory.html").as_uri())
    reader.page.get_by_label("often forgotten").check()
    seen = []
    for _ in range(3):
        seen.append(reader.address)
        reader.press("ArrowRight")
    assert seen == ["#c7", "#c12", "#c3"]
    reader.page.evaluate("location.hash = '#c1'")
    expect(reader.page.locator("#count")).to_have_text("Card 2 of 20")
    assert not reader.page.get_by_label("often forgotten").is_checked()


def test_page_without_reviews_says_nothing_of_them(project: Project, chromium: Browser) -> None:
    project.deck().build()
    assert project.run("preview").exit_code == 0
    reader = Reader.of(chromium, (project.root / "output/memory.html").as_uri())
    assert reader.page.get_by_label("often forgotten").is_hidden()
    assert "Reviews" not in reader.text("#about")
    assert "reviews" not in data(project.root / "output/memory.html")


def test_page_is_not_written_without_the_reviews_that_it_should_tell(project: Project) -> None:
    project.deck().build()
    (project.root / "text.anki2").write_text("hello", encoding="utf-8")
    before = project.files()
    outcome = project.run("preview", "--reviews", "text.anki2", "--reviews", "missing")
    assert outcome.exit_code == 1
    assert outcome.stderr.count(":1:1: R20 ") == 2
    assert "nothing was written" in outcome.stderr
    assert project.files() == before


# -- note types of the deck's own ---------------------------------------------------------


def test_notes_of_own_types_are_told_by_their_types(project: Project) -> None:
    write_geo(project)
    project.run("preview")
    page = data(project.root / "output/geo.html")
    kinds = {note["id"]: page["kinds"][note["kind"]] for note in page["notes"]}
    assert kinds == {"france": "country", "spain": "country", "night": "verse", "plain": "question"}


def test_own_note_types_are_shown_as_anki_shows_them_and_never_run(
    project: Project, chromium: Browser, learner: Learner
) -> None:
    write_geo(project)
    script = (
        "<script>window.harm=1</script><svg onload='window.harm=2'></svg><b onclick='window.harm=3'>x</b>"
    )
    project.write("geo/note_types/country/back.html", BACK + script)
    project.run("preview")
    reader = Reader.of(chromium, (project.root / "output/geo.html").as_uri())
    assert "France" in reader.text()
    assert "Which capital?" in reader.text()
    reader.press("Space")
    assert "France: Paris" in reader.text()
    assert reader.page.evaluate("window.harm") is None
    reader.page.evaluate("document.querySelector('#stage').shadowRoot.querySelector('a.hint').click()")
    assert "Seine" in reader.text()
    assert reader.page.evaluate("window.harm") is None
    assert reader.network == []
    # The picture that the style sheet names is in the page.
    assert "data:image/png" in reader.page.evaluate(
        "getComputedStyle(document.querySelector('#stage').shadowRoot.querySelector('.card')).backgroundImage"
    )
    reader.press("ArrowRight")
    assert reader.page.evaluate(
        "[...document.querySelector('#stage').shadowRoot.querySelectorAll('img')].every(one => one.naturalWidth === 1)"
    )
    project.build()
    learner.import_package(project.package("geo.apkg"))
    found = data(project.root / "output/geo.html")
    for note in found["notes"]:
        for number, shown in note.get("sides", {}).items():
            card = next(one for one in learner.cards(note["id"]) if one.ord == int(number) - 1)
            rendering = card.render_output()
            assert without_hints(shown["front"]) == without_hints(rendering.question_text)
            assert without_hints(shown["back"]) == without_hints(rendering.answer_text)


def without_hints(html: str) -> str:
    """A side without what a hint does when it is clicked, and its number."""
    html = re.sub(r'\nonclick="this\.style\.display.*?return false;"', "", html, flags=re.DOTALL)
    return re.sub(r"hint[0-9a-f]{8,}", "hint", html)
