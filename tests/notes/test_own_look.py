"""`look:` in deck.yaml and `style.css` beside it: what learners see, and what is refused."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deckgen.building.steps import Asked, prepare
from deckgen.markup.style import reaches, with_files
from deckgen.notes import look, note_types
from deckgen.notes.note_types import our_style
from deckgen.reading.look import MAX_STYLE
from deckgen.showing.preview import html, preview
from tests.conftest import DECK_YAML, Project
from tests.own_deck import write_geo
from tests.real_anki import Learner

DECK = (
    DECK_YAML + 'look: {accent: {day: "#006b42", night: "#0b6"}, ink: {day: "#101010", night: "#f4f4f4"}}\n'
)
STYLE = """\
/* Of our own. */
.dg-question { font-style: italic; background: URL( paper.png ) }
.dg-answer::after { content: "\\2713 url(x)"; border-image: url('paper.png') 3 }
"""
PICTURE = b"\x89PNG a picture"


def css(learner: Learner) -> str:
    found = learner.col.models.by_name("memory questions")
    assert found is not None
    return str(found["css"])


def fronts(learner: Learner) -> list[str]:
    """All fronts: when one of them changes, Anki may make cards a second time (see `frozen.other_fronts`)."""
    return [
        template["qfmt"]
        for note_type in learner.col.models.all()
        if note_type["name"].startswith("memory ")
        for template in note_type["tmpls"]
    ]


def media(learner: Learner) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in Path(learner.col.media.dir()).iterdir()}


def styled(project: Project, text: str = STYLE, deck: str = DECK) -> Project:
    project.deck(deck)
    project.write("memory/style.css", text)
    (project.write("memory/media/paper.png", "")).write_bytes(PICTURE)
    return project


def test_look_and_style_arrive_and_touch_no_note(project: Project, learner: Learner) -> None:
    project.deck().build()
    learner.import_package(project.package())
    learner.study("Memory", 4)
    notes, progress, before = learner.rows("notes"), learner.progress(), fronts(learner)
    styled(project, deck=DECK + 'source: {title: "A book", url: "https://example.org"}\n')
    assert project.codes() == []
    project.build()
    log = learner.import_package(project.package())
    assert (log.new, log.updated, log.duplicate, log.conflicting) == (0, 0, 3, 0)
    assert (learner.rows("notes"), learner.progress()) == (notes, progress)
    assert fronts(learner) == before
    assert len(before) == 3
    assert css(learner).startswith(our_style() + "\n.card { --dg-accent: #006b42; --dg-ink: #101010; }\n")
    (name,) = set(re.findall(r'url\("(_paper-[0-9a-f]{16}\.png)"\)', css(learner)))
    assert css(learner).count(name) == 2
    assert 'content: "\\2713 url(x)"' in css(learner)
    assert media(learner) == {name: PICTURE}
    learner.is_sound()


def test_masks_have_the_colours_of_the_day_by_night_too() -> None:
    """A picture is drawn for light paper, and by night it stands on some, with less light: so do its masks."""
    sheet, shared = note_types._file("occlusion.css"), our_style()
    (night,) = re.findall(re.escape(look._MASKS) + r" \{(.*?)\}", sheet)
    day = look._defaults(night=False)
    used = set(re.findall(r"var\(--dg-(\w+)\)", sheet.partition("}")[0]))
    assert dict(look._COLOUR.findall(night)) == {name: day[name] for name in used}
    (dimmed,) = re.findall(r"\.night_mode \.dg img \{.*(filter: [^;]+;)", shared)
    assert dimmed in night


def test_look_by_day_counts_for_masks_by_night(project: Project) -> None:
    project.deck(DECK)
    deck = prepare(Asked(project.root / "cards_source", project.root / "output", ())).decks[0].deck
    assert look.own_style(deck, str).splitlines() == [
        ".card { --dg-accent: #006b42; --dg-ink: #101010; }",
        f"{look._NIGHT} {{ --dg-accent: #0b6; --dg-ink: #f4f4f4; }}",
        f"{look._MASKS} {{ --dg-accent: #006b42; --dg-ink: #101010; }}",
    ]


def test_other_bytes_of_a_picture_of_the_style_arrive(project: Project, learner: Learner) -> None:
    """Under another name: Anki never replaces a file that begins with `_`."""
    styled(project).build()
    learner.import_package(project.package())
    (project.root / "cards_source/memory/media/paper.png").write_bytes(b"another one")
    project.build()
    assert learner.import_package(project.package()).updated == 0
    (name,) = set(re.findall(r'url\("(_[^"]+)"\)', css(learner)))
    assert media(learner)[name] == b"another one"


def test_style_that_goes_away_leaves_what_was_before(project: Project, learner: Learner) -> None:
    project.deck().build()
    package = project.package().read_bytes()
    styled(project).build()
    learner.import_package(project.package())
    (project.root / "cards_source/memory/style.css").unlink()
    (project.root / "cards_source/memory/media/paper.png").unlink()
    project.deck().build()
    learner.import_package(project.package())
    assert css(learner) == our_style()
    assert package != project.package().read_bytes(), "the look has a newer stamp"


def test_empty_style_and_look_change_nothing(project: Project) -> None:
    project.deck().build()
    package = project.package().read_bytes()
    project.write("memory/style.css", "\ufeff\r\n")
    project.deck(f"{DECK_YAML}look: {{}}\n").build()
    assert project.package().read_bytes() == package


@pytest.mark.parametrize(
    ("text", "code", "line", "column", "says"),
    [
        ("a {}\n@import 'x.css';", "K14", 2, 1, "`@import` asks for another file"),
        ("a { background: url(https://example.org/x.png) }", "K14", 1, 17, "leads out of the deck"),
        ("a { background: url(//example.org/x.png) }", "K14", 1, 17, "leads out of the deck"),
        ('a { background: url("http://example.org/x.png") }', "K14", 1, 17, "leads out of the deck"),
        ("a { background: url(data:image/svg+xml,x) }", "K14", 1, 17, "leads out of the deck"),
        ("a { background: url(../deck.yaml) }", "K14", 1, 17, "leads out of the deck"),
        ("a { background: url() }", "K14", 1, 17, "leads out of the deck"),
        ("a { background: url(a b) }", "K14", 1, 17, "is no address"),
        ("a { background: u\\72l(x) }", "K14", 1, 18, "hides what stands behind it"),
        ('a { background: url("\\2f/x") }', "K14", 1, 17, "is no address"),
        ('a { background: image-set("x.png" 1x) }', "K14", 1, 17, "fetches something"),
        ("a { width: EXPRESSION(alert(1)) }", "K14", 1, 12, "fetches something"),
        ("a {} </style><script>", "K14", 1, 6, "would end the style sheet"),
        ("a::after { content: '</style>' }", "K14", 1, 22, "would end the style sheet"),
        ("a {} /* </ */", "K14", 1, 9, "would end the style sheet"),
        ("a {}\n\n  /* never\nclosed", "K14", 3, 3, "a comment that never ends"),
        ("a::after { content: \"x\n url(https://x.org) }", "K14", 1, 21, "a text that does not end"),
        ("a::after { content: '[sound:x.mp3]' }", "K14", 1, 22, "on which Anki acts"),
        ("a {\n  background: url(papr.png) }", "G01", 2, 15, "`papr.png` is not in"),
        ("a\x01 {}", "Y07", 1, 2, "U+0001"),
        ("a" * (MAX_STYLE + 1), "Y09", 1, 1, "at most 50,000 are allowed"),
    ],
)  # fmt: skip
def test_style_that_is_refused(
    project: Project, text: str, code: str, line: int, column: int, says: str
) -> None:
    project.deck()
    project.write("memory/style.css", text)
    found: dict[str, Any] = project.findings()[0]
    assert (found["code"], found["line"], found["column"]) == (code, line, column)
    assert says in found["message"]
    assert found["path"].endswith("memory/style.css")
    before = project.files()
    assert project.run("build", "--no-lint").exit_code == 1
    assert project.files() == before


def test_style_that_can_not_be_read(project: Project) -> None:
    project.deck()
    path = project.write("memory/style.css", "")
    path.write_bytes(b"a { content: '\xff' }")
    assert project.codes() == ["Y05"]
    path.unlink()
    path.symlink_to(project.root.parent / "elsewhere.css")
    (project.root.parent / "elsewhere.css").write_text("a {}", encoding="utf-8")
    assert project.codes() == ["Y05"]
    path.unlink()
    path.mkdir()
    assert "Y05" in project.codes()


@pytest.mark.parametrize(
    ("value", "code", "says"),
    [
        ('{accent: "red"}', "K04", "`red` is not a colour"),
        ('{accent: "#00bb6"}', "K04", "`#00bb6` is not a colour"),
        ('{accent: "#0b6; } * { color: red"}', "K04", "is not a colour"),
        ('{accent: {day: "#006b42"}}', "K02", "there is no `night:`"),
        ('{accent: {day: "#006b42", dark: "#fff"}}', "K01", "`accent:` has no key `dark`"),
        ('{colour: "#006b42"}', "K01", "`look:` has no key `colour`"),
        ('"#006b42"', "K03", "`look:` must be a mapping"),
    ],
)
def test_look_that_is_refused(project: Project, value: str, code: str, says: str) -> None:
    project.deck(f"{DECK_YAML}look: {value}\n")
    found = next(one for one in project.findings() if one["code"] == code)
    assert (found["line"], found["path"][-9:]) == (4, "deck.yaml")
    assert says in found["message"]


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ('{accent: "#0b6"}', ["by day `accent` #0b6 on `paper` #fbfaf7 has a contrast of 2.4:1, less than 4.5:1"]),
        ('{accent: {day: "#006b42", night: "#0b6"}}', []),
        ('{accent: {day: "#006b42", night: "#006b42"}}', ["by night `accent` #006b42 on `paper`"]),
        ('{paper: {day: "#777777", night: "#1b1e24"}}', ["by day `ink`", "by day `soft`", "by day `accent`"]),
        ('{line: "#fbfaf7"}', []),
    ],
)  # fmt: skip
def test_colours_that_are_hard_to_read_are_named(project: Project, value: str, told: list[str]) -> None:
    """A warning, in which the text that is meant is the author's own."""
    project.deck(f"{DECK_YAML}look: {value}\n")
    found = [one for one in project.findings() if "`paper`" in one["message"]]
    assert all(one["code"] == "K33" and one["severity"] == "warning" and one["line"] == 4 for one in found)
    assert len(found) == len(told)
    assert all(any(one["message"].startswith(part) for one in found) for part in told)
    project.build()


def test_our_own_colours_can_be_read() -> None:
    for night in (False, True):
        own = look._defaults(night)
        for text, below in look._READ:
            assert look.contrast(own[text], own[below], own["paper"]) >= look.LEAST, (text, below, night)


def test_preview_shows_pictures_of_the_style(project: Project, chromium: Any, tmp_path: Path) -> None:
    styled(project).build()
    (made,) = preview(Path("cards_source"), Path("output")).pages
    (tmp_path / "page.html").write_text("".join(html(made)), encoding="utf-8")
    page = chromium.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.split(",")[0]))
    page.goto((tmp_path / "page.html").as_uri())
    rules = page.evaluate(
        "[...looks.values()].map((one) => [...one.cssRules].map((rule) => rule.cssText).join()).join()"
    )
    assert 'url("data:image/png;base64,' in rules
    assert "--dg-accent: #006b42" in rules
    assert "_paper" not in rules
    assert {url.split(":")[0] for url in asked} <= {"file", "data"}


def test_contrast_is_that_of_the_standard() -> None:
    assert look.contrast("#000", "#ffffff", "#fff") == 21
    assert look.contrast("#777777", "#fff", "#fff") == pytest.approx(4.48, abs=0.005)
    assert look.contrast("#fff", "rgba(255, 255, 255, 0.5)", "#000000") == pytest.approx(
        look.contrast("#fff", "#808080", "#000"), abs=0.03
    )


PIECES = [
    "url(", "URL(", ")", '"', "'", "\\", "/*", "*/", "\n", "a.png", "//x.org", "@media", "@import ", "{", "}", " ", "image-set(",
    "https://x.org/b.png", "content:", "</", "\\75 rl(", ":is(", "é",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_what_has_no_fault_names_files_alone(text: str) -> None:
    """Without texts and comments, which ask for nothing, no address is left but those that were named."""
    found = reaches(text)
    if any(reach.fault for reach in found):
        return
    assert all(reach.file and "/" not in reach.file for reach in found)
    bare = re.sub(
        r"/\*.*?\*/|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'",
        " ",
        with_files(text, lambda _: "X"),
        flags=re.DOTALL,
    )
    # `pngurl(` is another function.
    assert not re.search(r"(?<![-\w])url\((?!\s*\))", bare.lower())
    assert "@import" not in bare


def test_browser_asks_for_nothing_where_no_fault_is_found(chromium: Any) -> None:
    """The same texts in a browser, as a page has them: it asks for no host."""
    import random

    chance = random.Random(7)  # noqa: S311
    page = chromium.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    rules = 0
    for _ in range(400):
        text = "".join(chance.choices(PIECES, k=chance.randint(1, 9)))
        style = f"a::after {{ content: 'x'; background: {text} }} a {{ background: {text} }}"
        if not any(reach.fault for reach in reaches(style)):
            rules += 1
            page.set_content(f"<style>{style}</style><a>x</a>")
    assert rules > 40
    assert not [url for url in asked if "x.org" in url]


def test_look_that_no_card_shows_is_named(project: Project) -> None:
    """As all have note types with a style of their own; its contrast doesn't matter then."""
    write_geo(project, 'cards: [{id: a, type: country, fields: {Country: "France"}}]\n')
    project.edit('title: "Geography"', 'title: "Geography"\nlook: {accent: "#eee"}', "geo/deck.yaml")
    (found,) = (one for one in project.all_findings() if one["code"] == "K33")
    assert (found["line"], found["message"]) == (
        3,
        "`look:` does nothing: each note type of these cards has a style.css of its own",
    )
    (project.root / "cards_source/geo/note_types/country/style.css").unlink()
    told = [one["message"] for one in project.all_findings() if one["code"] == "K33"]
    assert told
    assert all("contrast" in one for one in told)
