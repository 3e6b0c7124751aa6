"""Pictures: what they say, by day and by night, whatever an author wrote."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deckgen.packing import stage
from deckgen.studying import pictures, sheet
from deckgen.studying.forecast import Band, Forecast
from tests.conftest import BILINGUAL_CARDS, BILINGUAL_YAML, Project
from tests.studying.test_stats import CARDS, DECK, numbers

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
SVG = "{http://www.w3.org/2000/svg}"
#: White, the pages of the preview by day and by night, and GitHub's night.
DAYS, NIGHTS = ("#ffffff", "#fbfaf7"), ("#0d1117", "#1b1e24")


def drawn(project: Project, *arguments: str) -> dict[str, str]:
    """The pictures that a run says it wrote, by name."""
    outcome = project.run("stats", "--plot", *arguments)
    assert outcome.exit_code == 0, outcome.stderr
    paths = [Path(line) for line in outcome.stdout.splitlines() if line.endswith(".svg")]
    return {path.name: path.read_text(encoding="utf-8") for path in paths}


def words(svg: str) -> list[str]:
    """The texts of a picture, in the order of the file."""
    return [element.text or "" for element in sound(svg).iter(f"{SVG}text")]


def sound(svg: str) -> ElementTree.Element:
    """The root of a picture that may stand in any page: well-formed, small, and of harmless parts."""
    assert len(svg.encode()) < 60_000
    root = ElementTree.fromstring(svg)  # noqa: S314  # deckgen wrote it just now
    for element in root.iter():
        assert element.tag.removeprefix(SVG) in {"svg", "title", "desc", "style", "path", "text"}
        # No ids, no links, nothing that runs.
        assert set(element.attrib) <= {
            "viewBox", "width", "height", "role", "style", "stroke-linejoin", "font-family",
            "d", "x", "y", "text-anchor",
        }  # fmt: skip
        style = element.get("style", "")
        assert "url(" not in style
        for colour in re.findall(r"(?:fill|stroke): ?([^;]+)", style):
            assert colour == "none" or re.fullmatch(r"var\(--dg-pic-[a-z]+, #[0-9a-f]{6}\)", colour)
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    for element in root:
        points = re.findall(
            r"-?[0-9.]+", element.get("d", "{x} {y}".format_map({"x": 0, "y": 0, **element.attrib}))
        )
        assert all(0 <= float(x) <= width for x in points[::2])
        assert all(0 <= float(y) <= height for y in points[1::2])
    assert root.get("role") == "img"
    assert root[0].tag == f"{SVG}title"
    assert root[1].tag == f"{SVG}desc"
    return root


def test_pictures_of_the_shipped_deck(project: Project) -> None:
    name = "schulman-interview"
    shutil.copytree(ROOT / "cards_source" / name, project.root / "cards_source" / name)
    found = numbers(project)
    svgs = drawn(project)
    assert list(svgs) == [
        f"{name}.{lang}.{what}.svg" for lang in ("en", "zh") for what in ("sections", "lengths")
    ]
    for language in found["languages"]:
        lang = language["lang"]
        shown = words(svgs[f"{name}.{lang}.sections.svg"])
        for section in found["sections"]:
            assert str(section["cards"]) in shown
            assert "".join(section["name"][lang].split()) in "".join("".join(shown).split())
        (answers,) = (row for row in language["lengths"] if row["what"] == "answer")
        title = sound(svgs[f"{name}.{lang}.lengths.svg"])[0].text
        assert title is not None
        assert title.startswith(found["title"][lang])
        said = f"Half of {answers['count']} answers have at most {answers['median']} {answers['unit']}"
        assert f"{said}, the longest {answers['longest']}" in title
        marks = words(svgs[f"{name}.{lang}.lengths.svg"])
        assert f"90 % have at most {answers['nine_tenths']}" in marks
        assert f"limit {answers['warning']}, none above" in marks


def test_sections_with_kinds(project: Project) -> None:
    project.deck(DECK, CARDS)
    shown = words(drawn(project)["memory.sections.svg"])
    assert shown[:4] == ["3 notes, 3 in the one section", "Memory", "2 questions", "1 cloze"]
    assert shown[4:] == ["Forgetting", "3", "(1 cloze)"]


def test_a_package_shows_only_its_own_cards(project: Project) -> None:
    project.deck(BILINGUAL_YAML, BILINGUAL_CARDS)
    project.edit("  - id: spacing\n", "  - id: spacing\n    only: [en]\n")
    project.edit(
        '    zh: {q: "为什么要间隔复习？", a: "快忘时复习收获最大。"}\n',
        "",
    )
    svgs = drawn(project)
    assert words(svgs["memory.en.sections.svg"])[0].startswith("2 notes")
    assert words(svgs["memory.zh.sections.svg"])[0].startswith("1 note,")
    assert list(drawn(project, "--lang", "zh")) == ["memory.zh.sections.svg", "memory.zh.lengths.svg"]
    # Without an answer, the texts of which there are most.
    assert "items" in words(svgs["memory.zh.lengths.svg"])


def test_more_sections_than_a_picture_has_room_for(project: Project) -> None:
    project.deck()
    for number in range(60):
        project.write(
            f"memory/{number:02}.yaml",
            f'section: "Part {number:02}"\ntags: [time]\ncards: [{{id: card-{number}, q: "Why?", a: "So."}}]\n',
        )
    shown = words(drawn(project)["memory.sections.svg"])
    assert "Part 39" in shown
    assert shown[-3:-1] == ["21 more sections", "23"]
    assert "60 sections" in shown[0]


def test_the_longest_names_leave_room_for_all(project: Project) -> None:
    project.deck()
    for number in range(60):
        project.write(
            f"memory/{number:02}.yaml",
            f'section: "{number} {"remembrance " * 9}"\ntags: [time]\ncards: [{{id: card-{number}, q: "Why?", a: "So."}}]\n',
        )
    assert len(words(drawn(project)["memory.sections.svg"])) > 100


def test_texts_above_the_limits(project: Project) -> None:
    project.deck(cards=f'tags: [time]\ncards: [{{id: one, q: "Why so?", a: "{"word " * 700}"}}]\n')
    shown = words(drawn(project)["memory.lengths.svg"])
    assert shown[0] == "The one answer has 700 words"
    assert {"limit 30, 1 above", "error above 50"} <= set(shown)


@pytest.mark.parametrize(
    "title",
    [
        "$x^{ <script>alert(1)</script> & ]]> $\\\\frac",
        "记忆" * 60,
        "W" * 300,
        "A\\uFFFE\\u2028\\u202EB",
        "&lt;b&gt; --> <!--",
        "'; fill: url(https://example.org) \\\"",
    ],
)
def test_whatever_an_author_wrote(project: Project, title: str) -> None:
    project.deck(
        f'deck: memory\ntitle: "{title}"\ntags: [time, basics]\n', CARDS.replace("Forgetting", title)
    )
    for svg in drawn(project).values():
        sound(svg)


def test_same_cards_same_bytes(project: Project) -> None:
    project.deck(DECK, CARDS)
    first = drawn(project)
    assert drawn(project) == first
    environment = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "deckgen", "stats", "--plot", "--output", "again"]
    subprocess.run(command, check=True, capture_output=True, env=environment)
    assert {path.name: path.read_text(encoding="utf-8") for path in Path("again").iterdir()} == first


def test_paths_stay_out_of_json(project: Project) -> None:
    project.deck(DECK, CARDS)
    outcome = project.run("stats", "--plot", "--format", "json")
    assert outcome.stdout == project.run("stats", "--format", "json").stdout
    assert outcome.stderr == "output/memory.sections.svg\noutput/memory.lengths.svg\n"


def test_pictures_need_more_libraries(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.deck(DECK, CARDS)
    before = project.files()
    for name in [one for one in sys.modules if one.partition(".")[0] == "matplotlib"]:
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.delitem(sys.modules, "deckgen.studying.pictures", raising=False)
    monkeypatch.delattr("deckgen.studying.pictures", raising=False)
    outcome = project.run("stats", "--plot")
    assert (outcome.exit_code, outcome.stdout) == (2, "")
    assert outcome.stderr == "--plot needs more libraries: `pip install '.[study]'` in a clone of deckgen\n"
    assert project.files() == before
    assert project.run("stats").exit_code == 0


def test_folder_that_can_not_be_written(project: Project) -> None:
    project.deck(DECK, CARDS)
    (project.root / "output").write_text("a file", encoding="utf-8")
    before = project.files()
    outcome = project.run("stats", "--plot")
    assert (outcome.exit_code, outcome.stdout) == (2, "")
    assert "Error: can't read or write " in outcome.stderr
    assert project.files() == before


def test_another_run_is_at_work(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.deck(DECK, CARDS)
    monkeypatch.setattr(stage, "PATIENCE", 0)
    with stage.alone(Path("cards_source")):
        outcome = project.run("stats", "--plot")
    assert outcome.exit_code == 2
    assert "another deckgen is at work" in outcome.stderr


# -- the load --------------------------------------------------------------------------


def forecast(days: int = 365, **other: Band | None) -> Forecast:
    """A load that falls from 20 minutes, in a band of a half more or less."""
    minutes = [20 * 0.97**day for day in range(days)]
    bands = tuple(Band(value / 2, value, value * 1.5) for value in minutes)
    marks: dict[str, Band | None] = {"seen": Band(19, 19, 19), "mature": Band(80, 95, 120), **other}
    return Forecast(
        cards=190, new_per_day=10, retention=0.85, days=days, learners=50, minutes=bands, reviews=bands,
        new=(10,) * days, peak=Band(9, 18.4, 28), seen=marks["seen"], mature=marks["mature"], hours=Band(8, 11.2, 16), periods=(),
    )  # fmt: skip


def test_load_says_what_a_deck_costs() -> None:
    svg = pictures.load(forecast(), "Memory")
    # The mean of the seven days from day 91: 20 · 0.97^91 · (1 - 0.97^7) / (7 · 0.03) = 1.14.
    said = "190 cards, 10 new a day: 18 minutes a day in the worst week, 1 after three months"
    root = sound(svg)
    assert root[0].text == f"Memory: {said}"
    shown = words(svg)
    assert " ".join(shown).startswith(f"{said} Memory 11 hours in 12 months, at 85 % retention.")
    assert {"all cards seen: day 19", "90 % mature: day 95", "months"} <= set(shown)
    assert "90 % mature: day 95." in str(root[1].text)


def test_load_without_what_does_not_happen() -> None:
    shown = words(pictures.load(forecast(seen=None, mature=None), "Memory"))
    assert not any(": day " in one for one in shown)


@pytest.mark.parametrize(
    ("days", "unit"), [(1, "days"), (13, "days"), (60, "weeks"), (365, "months"), (3650, "years")]
)
def test_load_over_other_spans(days: int, unit: str) -> None:
    shown = words(pictures.load(forecast(days, seen=None, mature=None), "Memory"))
    assert unit in shown


@given(st.integers(1, 3650), st.floats(0, 2000), st.text(max_size=200))
def test_any_load_can_be_drawn(days: int, most: float, title: str) -> None:
    bands = tuple(Band(0, most * (day % 9) / 9, most) for day in range(days))
    band = Band(days, days, days)
    sound(
        pictures.load(
            Forecast(1, 1, 0.9, days, 1, bands, bands, (1,) * days, band, band, band, band, ()), title
        )
    )


# -- colours -----------------------------------------------------------------------------


def _luminance(colour: str) -> float:
    """https://www.w3.org/TR/WCAG22/#dfn-relative-luminance"""
    parts = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_colours_stand_out_by_day_and_by_night() -> None:
    svg = pictures.load(forecast(), "Memory")
    style = sound(svg).findtext(f"{SVG}style")
    assert style is not None
    night = dict(re.findall(r"--dg-pic-([a-z]+):(#[0-9a-f]{6})", style))
    for name, (day, other) in sheet.COLOURS.items():
        assert name in sheet.ONLY_WHERE_USED or night[name] == other
        if name == "grid":
            continue  # the numbers at its lines carry the meaning
        least = 4.5 if name in ("ink", "muted") else 3
        assert min(_contrast(day, ground) for ground in DAYS) >= least
        assert min(_contrast(other, ground) for ground in NIGHTS) >= least
    # In a page the page decides: the rule is for a file that is shown by itself.
    assert re.fullmatch(r"@media \(prefers-color-scheme:dark\)\{svg:root\{[^{}]*\}\}", style)


def test_document_names_every_variable() -> None:
    text = (ROOT / "docs/study.md").read_text(encoding="utf-8")
    for name, (_, night) in sheet.COLOURS.items():
        assert f"--dg-pic-{name}: {night};" in text
