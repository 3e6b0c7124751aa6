"""Mistakes on cards of masked pictures: each a finding at its place, and what is read when there are none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from deckgen.kinds import Kind, Occlusion, Shape
from deckgen.notes import occlusions
from deckgen.reading.load import load
from tests.conftest import Project
from tests.own_deck import PIXEL
from tests.reading.test_schema import fits

HEART = """\
cards:
  - id: heart
    q: "Which part of the heart is hidden?"
    occlude: heart.png
    masks:
      aorta: {rect: [10, 20, 30, 15]}
      apex: {polygon: [[50, 60], [80, 60], [65, 90]]}
"""
#: Numbers as people and calculators write them, in hundredths.
NUMBERS = {
    "10": 1000,
    ".5": 50,
    "5.": 500,
    "41.953385127635960": 4195,
    "'12.5'": 1250,
    "0": 0,
    "-0.001": 0,
    "007": 700,
}
BOX = "four numbers: left, top, width and height, in per cent of the picture"


def _heart(project: Project, cards: str = HEART, deck: str = 'deck: memory\ntitle: "Anatomy"\n') -> Project:
    project.write("memory/media/heart.png", "").write_bytes(PIXEL)
    return project.deck(deck, cards)


def _told(project: Project) -> list[str]:
    """Findings but for craft, as `code line:column message`."""
    return [
        f"{one['code']} {one['line']}:{one['column']} {one['message']}"
        for one in project.findings()
        if one["code"] not in ("G02", "M08", "M09")
    ]


def test_what_an_author_wrote_is_a_value(project: Project) -> None:
    _heart(
        project, HEART.replace("30, 15]", "30.125, 15.5]").replace("    masks", "    hide: one\n    masks")
    )
    deck, findings = load(project.root / "cards_source/memory")
    assert findings == []
    assert deck is not None
    (card,) = deck.cards
    content = card.contents[""]
    assert isinstance(content, Occlusion)
    assert (card.kind, content.picture.value, content.alone) == (Kind.OCCLUSION, "heart.png", True)
    assert [(mask.key.value, mask.shape, mask.numbers) for mask in content.masks] == [
        ("aorta", Shape.RECT, (1000, 2000, 3012, 1550)),
        ("apex", Shape.POLYGON, (5000, 6000, 8000, 6000, 6500, 9000)),
    ]
    assert content.masks[1].box == (5000, 6000, 8000, 9000)
    assert project.findings() == []
    assert fits("cards", HEART)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("[10, 20, 30, 15]", "[10, 20, 30]", f"K34 6:21 `rect:` has {BOX}"),
        ("[10, 20, 30, 15]", "10 20 30 15", f"K34 6:21 `rect:` has {BOX}"),
        ("[10, 20, 30, 15]", "[10, 20, 30, 15%]", "K34 6:34 `15%` is no number of a mask"),
        ("[10, 20, 30, 15]", "[.nan, 20, 30, 15]", "K34 6:22 `.nan` is no number of a mask"),
        ("[10, 20, 30, 15]", "[10, 1e308, 30, 15]", "K34 6:26 `1e308` is no number of a mask"),
        ("[10, 20, 30, 15]", "[[10], 20, 30, 15]", "K34 6:22 this is no number of a mask"),
        ("[10, 20, 30, 15]", "[10, 20, 0, 15]", "K34 6:21 the mask `aorta` has no width, or no height"),
        ("[10, 20, 30, 15]", "[10, 20, 30, -15]", "K34 6:21 the mask `aorta` has no width, or no height"),
        ("[10, 20, 30, 15]", "[120, 340, 60, 25]", "K34 6:21 the mask `aorta` lies outside of the picture"),
        ("[10, 20, 30, 15]", "[-1, 20, 30, 15]", "K34 6:21 the mask `aorta` leaves the picture: it reaches from -1 to 29 across, 20 to 35 down"),
        ("[10, 20, 30, 15]", "[90, 20, 15, 15]", "K34 6:21 the mask `aorta` leaves the picture: it reaches from 90 to 105 across, 20 to 35 down"),
        ("[10, 20, 30, 15]", "[99.5, 20, 0.51, 15]", "K34 6:21 the mask `aorta` leaves the picture: it reaches from 99.5 to 100.01 across, 20 to 35 down"),
        ("{rect: [10, 20, 30, 15]}", "{circle: [10, 20, 30]}", "K01 6:15 a mask has no key `circle`"),
        ("{rect: [10, 20, 30, 15]}", "[10, 20, 30, 15]", "K03 6:14 a mask must be a mapping of keys"),
        ("{rect: [10, 20, 30, 15]}", "{rect: [1, 2, 3, 4], ellipse: [1, 2, 3, 4]}", "K34 6:14 the mask `aorta` has one shape; here is `rect` and `ellipse`"),
        ("{rect: [10, 20, 30, 15]}", "{}", "K34 6:14 the mask `aorta` has one shape; here is none"),
        ("[[50, 60], [80, 60], [65, 90]]", "[[50, 60], [80, 60]]", "K34 7:23 `polygon:` has three corners or more, each of two numbers"),
        ("[[50, 60], [80, 60], [65, 90]]", "[50, 60, 80, 60, 65, 90]", "K34 7:23 `polygon:` has three corners or more, each of two numbers"),
        ("[[50, 60], [80, 60], [65, 90]]", "[[50, 60], [80, 60], [65, 60]]", "K34 7:23 the corners of `apex` lie on one line"),
        ("[[50, 60], [80, 60], [65, 90]]", f"[{'[50, 60], [80, 60], ' * 101}]", "K34 7:23 this polygon has 202 corners, at most 200 are allowed"),
        ("aorta:", "The Aorta:", "K04 6:7 `The Aorta` can't be a mask's key"),
        ("aorta:", "aorta.left:", "K04 6:7 `aorta.left` can't be a mask's key"),
        ("aorta:", "Aorta:", "K04 6:7 `Aorta` can't be a mask's key"),
        ("aorta:", "主动脉:", "K04 6:7 `主动脉` can't be a mask's key"),
        ("apex:", "aorta:", "Y02 7:7 the key `aorta` is here twice (first on line 6)"),
        ("    masks:\n      aorta: {rect: [10, 20, 30, 15]}\n      apex: {polygon: [[50, 60], [80, 60], [65, 90]]}\n", "    masks: {}\n", "K03 5:12 `masks:` must map keys to shapes"),
        ("    masks:\n", "    hide: none\n    masks:\n", "K34 5:11 `none` is not what `hide:` can say"),
        ("    masks:\n", "    hide:\n    masks:\n", "K34 5:10 `hide:` says nothing"),
        ("heart.png", "hart.png", "G01 4:14 `hart.png` is not in the deck's `media/`"),
        ("heart.png", "../media/heart.png", "G01 4:14 `../media/heart.png` is not in the deck's `media/`"),
        ("heart.png", "heart.mp3", "K34 4:14 `heart.mp3` is no picture that Anki puts masks on"),
        ("heart.png", '"![the heart](heart.png)"', "K34 4:15 `![the heart](heart.png)` is no picture that Anki puts masks on"),
        ("heart.png", '""', "K34 4:14 `occlude:` names no picture"),
        ("heart.png", "{en: heart.png}", "K03 4:14 `occlude:` must be a text"),
        ("    masks:\n      aorta: {rect: [10, 20, 30, 15]}\n      apex: {polygon: [[50, 60], [80, 60], [65, 90]]}\n", "", "K05 2:5 a card has `q` and `a`, or `cloze`, or `q` and `list`, or `type` and `fields`, or `q`, `occlude` and `masks`; here is `q` and `occlude`"),
        ("    occlude: heart.png\n", "", "K05 2:5 a card has `q` and `a`, or `cloze`, or `q` and `list`, or `type` and `fields`, or `q`, `occlude` and `masks`; here is `q` and `masks`"),
        ("    masks:\n", "    a: x\n    masks:\n", "K05 2:5 a card has `q` and `a`, or `cloze`, or `q` and `list`, or `type` and `fields`, or `q`, `occlude` and `masks`; here is `q` and `a` and `occlude` and `masks`"),
        ("    masks:\n", "    reverse: true\n    masks:\n", "K06 2:9 `reverse:` is only for a question with an answer"),
        ("    masks:\n", "    typed: true\n    masks:\n", "K06 2:9 `typed:` needs a text to type, and a picture with masks has none"),
        ("[10, 20, 30, 15]", "[10, 20, 0.9, 15]", "K35 6:7 the mask `aorta` is 0.9 % wide and 15 % high: nobody sees it"),
        ("[50, 60], [80, 60], [65, 90]", "[0, 0], [90, 90], [50, 50]", "K35 7:7 the mask `apex` is as thin as a line: nobody sees it"),
        ("[10, 20, 30, 15]", "[60, 61, 5, 5]", "K35 6:7 the mask `aorta` lies under others: nobody sees that it is asked about"),
    ],
)  # fmt: skip
def test_card_that_does_not_fit(project: Project, old: str, new: str, told: str) -> None:
    assert old in HEART
    _heart(project)
    project.edit(old, new)
    assert _told(project) == [told]


@pytest.mark.parametrize(
    ("old", "new", "code", "hint"),
    [
        ("[10, 20, 30, 15]", "[.1, .2, .3, .15]", "K35", "Anki's own numbers are parts of 1"),
        ("[50, 60], [80, 60], [65, 90]", "[.5, .6], [.8, .6], [.65, .9]", "K35", "write them times 100"),
        ("[10, 20, 30, 15]", "[10, 20, 0.9, 15]", "K35", "make it at least 1 % wide and high"),
        ("    masks:", "    mask:", "K01", "did you mean `masks`?"),
        ("    masks:", "    maks:", "K01", "did you mean `masks`?"),
        ("    masks:", "    a: x\n    masks:", "K05", "remove `a:`: the answer lies under the mask"),
        ("    occlude: heart.png\n", "    a: x\n", "K05", "remove `a:`: the answer lies under the mask"),
        ("    occlude: heart.png\n", "", "K05", "add `occlude:`"),
        ("occlude: heart.png", "occlude: apex.png", "G02", ", or below masks as `occlude: heart.png`, or delete it"),
    ],
)  # fmt: skip
def test_hint_says_what_an_author_of_masks_needs(
    project: Project, old: str, new: str, code: str, hint: str
) -> None:
    assert old in HEART
    _heart(project)
    project.edit(old, new)
    assert [one["hint"] for one in project.findings() if one["code"] == code and hint in one["hint"]]


@pytest.mark.parametrize(("number", "hundredths"), NUMBERS.items())
def test_number_may_be_written_in_any_common_way(project: Project, number: str, hundredths: int) -> None:
    _heart(project, HEART.replace("[10, 20, 30, 15]", f"[{number}, 20, 30, 15]"))
    assert _told(project) == []
    deck, _ = load(project.root / "cards_source/memory")
    assert deck is not None
    content = deck.cards[0].contents[""]
    assert isinstance(content, Occlusion)
    assert content.masks[0].numbers[0] == hundredths


SVG = '<!-- {} --><svg xmlns="http://www.w3.org/2000/svg" width="{}" height="3"/>'


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("heart.png", PIXEL, ""),
        ("heart.jpg", PIXEL, ""),  # browsers look at the file and not at its name
        ("heart.jpg", b"\xff\xd8\xff\xe0....JFIF", ""),
        ("heart.webp", b"RIFF\n\n\n\nWEBPVP8 ", ""),
        ("heart.avif", b"\0\0\0\x1cftypavif", ""),
        ("heart.ico", b"\0\0\1\0\1\0", ""),
        ("heart.gif", b"GIF89a\1\0\1\0", ""),
        ("heart.SVG", SVG.format("x" * 100_000, 4).encode(), ""),
        ("heart.svg", SVG.format("x", 0.5).encode("utf-16"), ""),
        ("heart.svg", b'<svg viewBox="0 0 9 9" stroke-width="0"/>', ""),
        ("heart.svg", SVG.format("x", "0px").encode(), "is 0 wide or high"),
        ("heart.svg", PIXEL, "is no SVG"),
        ("heart.png", SVG.format("x", 4).encode(), "is an SVG: call it `.svg`"),
        ("heart.png", b"", "is no picture"),
        ("heart.png", b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a", "is no picture"),
        ("heart.png", PIXEL[:16] + bytes(4) + PIXEL[20:], "is 0 wide or high"),
        ("heart.png", PIXEL[:20] + bytes(4) + PIXEL[24:], "is 0 wide or high"),
    ],
)
def test_masks_lie_on_something(project: Project, name: str, content: bytes, told: str) -> None:
    project.write(f"memory/media/{name}", "").write_bytes(content)
    project.deck('deck: memory\ntitle: "Anatomy"\n', HEART.replace("heart.png", name))
    wanted = [f"K35 4:14 `{name}` {told}, so there is nothing under its masks"] if told else []
    assert _told(project) == wanted
    assert project.run("build").exit_code == (1 if told else 0)


def test_option_without_a_picture_is_no_silence(project: Project) -> None:
    project.deck(cards='cards:\n  - id: one\n    hide: one\n    q: "Why is it?"\n    a: "So."\n')
    assert _told(project) == ["K06 3:5 `hide:` is only for a picture with masks"]


@pytest.mark.parametrize(
    ("masks", "covered"),
    [
        ("a: {rect: [10, 10, 50, 50]}, b: {ellipse: [20, 20, 30, 30]}", "b"),
        ("a: {ellipse: [10, 10, 50, 50]}, b: {rect: [11, 11, 45, 45]}", ""),  # its corners are seen
        ("a: {ellipse: [10, 10, 50, 50]}, b: {rect: [20, 20, 30, 30]}", "b"),
        ("a: {rect: [10, 10, 20, 20]}, b: {rect: [30, 10, 20, 20]}, c: {rect: [20, 15, 20, 5]}", "c"),  # by two
        ("a: {polygon: [[0, 0], [100, 0], [0, 100]]}, b: {rect: [60, 60, 20, 20]}", ""),
        ("a: {polygon: [[0, 0], [100, 0], [0, 100]]}, b: {rect: [10, 10, 20, 20]}", "b"),
        ("a: {polygon: [[10, 10], [90, 10], [90, 90], [50, 20], [10, 90]]}, b: {rect: [45, 60, 10, 10]}", ""),
        # A star: browsers fill its middle as well.
        ("a: {polygon: [[50, 0], [80, 100], [0, 40], [100, 40], [20, 100]]}, b: {rect: [45, 50, 10, 10]}", "b"),
        ("a: {rect: [10, 10, 20, 20]}, b: {rect: [10, 10, 20, 20]}", "a b"),
        ("a: {rect: [0, 0, 100, 100]}, b: {rect: [95, 95, 5, 5]}", "b"),
    ],
)  # fmt: skip
def test_mask_under_others_is_named(project: Project, masks: str, covered: str) -> None:
    card = f'cards:\n  - id: heart\n    q: "Which part is hidden?"\n    occlude: heart.png\n    masks: {{{masks}}}\n'
    _heart(project, card)
    found = [one["message"].split("`")[1] for one in project.findings() if one["code"] == "K35"]
    assert found == covered.split()
    project.edit("    masks", "    hide: one\n    masks")
    assert "K35" not in project.codes()


TWO = 'deck: memory\ntitle: {en: "A", de: "B"}\nlanguages: [en, de]\n'
BOTH = """\
cards:
  - id: heart
    occlude: {en: heart.png, de: herz.png}
    masks: {aorta: {rect: [10, 20, 30, 15]}}
    en: {q: "Which part is hidden?"}
    de: {q: "Was ist verdeckt?", note: "Von vorn."}
"""


def test_languages_share_the_masks_and_may_have_pictures_of_their_own(project: Project) -> None:
    project.write("memory/media/herz.png", "").write_bytes(PIXEL + b"x")
    _heart(project, BOTH, TWO)
    assert "G02" not in project.all_codes()
    assert _told(project) == []
    deck, findings = load(project.root / "cards_source/memory")
    assert findings == []
    assert deck is not None
    en, de = deck.cards[0].contents.values()
    assert isinstance(en, Occlusion)
    assert isinstance(de, Occlusion)
    assert en.masks is de.masks
    assert (en.picture.value, de.picture.value) == ("heart.png", "herz.png")
    assert fits("cards", BOTH)
    assert not fits("cards", BOTH.replace("    masks: {aorta: {rect: [10, 20, 30, 15]}}\n", ""))
    assert not fits("cards", 'cards:\n  - id: heart\n    en: {q: "Which part is hidden?"}\n')


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("{en: heart.png, de: herz.png}", "{en: heart.png}", "B01 3:14 `occlude:` lacks the language `de`"),
        ("{en: heart.png, de: herz.png}", "heart.jpg", "G01 3:14 `heart.jpg` is not in the deck's `media/`"),
        ('en: {q: "', 'en: {hide: one, q: "', "K01 5:10 `en:` has no key `hide`"),
        ('    de: {q: "Was', '    de: {a: "So", q: "Was', "K05 6:9 a card has `q` and `a`, or `cloze`, or `q` and `list`, or `type` and `fields`, or `q`, `occlude` and `masks`; here is `q` and `a` and `occlude` and `masks`"),
    ],
)  # fmt: skip
def test_what_is_said_once_is_told_once(project: Project, old: str, new: str, told: str) -> None:
    project.write("memory/media/herz.png", "").write_bytes(PIXEL)
    _heart(project, BOTH, TWO)
    project.edit(old, new)
    assert [one for one in _told(project) if one[0] in "KG" or one.startswith("B01")] == [told]


def test_one_question_about_two_pictures_is_two_questions(project: Project) -> None:
    """D01 finds the same question twice, but a picture is a part of it."""
    project.write("memory/media/lung.png", "").write_bytes(PIXEL + b"x")
    entry = HEART.partition("cards:\n")[2]
    _heart(project, HEART + entry.replace("heart.png", "lung.png").replace("id: heart", "id: lung"))
    assert "D01" not in project.all_codes()
    _heart(project, HEART + entry.replace("id: heart", "id: again").replace("aorta", "vein"))
    assert "D01" not in project.all_codes()  # other masks of one picture
    _heart(project, HEART + entry.replace("id: heart", "id: again"))
    assert "D01" in project.all_codes()


def test_too_many_masks_are_refused(project: Project) -> None:
    rows = "".join(
        f"      m{number}: {{rect: [{number % 90}, {number // 2}, 2, 2]}}\n" for number in range(100)
    )
    _heart(project, HEART.partition("      aorta")[0] + rows)
    assert "K15 3:9 this card has 100 masks, at most 99 are allowed" in _told(project)


def _document() -> str:
    return (Path(__file__).parents[2] / "docs/masks.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("deck", ['deck: memory\ntitle: "Anatomy"\n', TWO], ids=["one language", "two"])
def test_examples_of_the_document_are_cards(project: Project, deck: str) -> None:
    example = re.findall(r"```yaml\n(.*?)```", _document(), re.DOTALL)[int(deck == TWO)]
    for name in re.findall(r"[\w.]+\.png", example):
        project.write(f"memory/media/{name}", "").write_bytes(PIXEL)
    project.deck(deck, f"cards:\n{example}")
    assert project.findings() == []
    project.build()


def test_masks_of_the_document_are_the_same_in_yaml_and_in_anki(project: Project) -> None:
    """So that somebody who drew them in Anki writes the right numbers."""
    (theirs,) = re.findall(r"```\n(\{\{c1.*?)```", _document(), re.DOTALL)
    _heart(project, "cards:\n" + re.findall(r"```yaml\n(.*?)```", _document(), re.DOTALL)[0])
    deck, _ = load(project.root / "cards_source/memory")
    assert deck is not None
    content = deck.cards[0].contents[""]
    assert isinstance(content, Occlusion)
    keys = ["aorta", "left-atrium", "apex"]
    ours = occlusions.written(content, {key: place for place, key in enumerate(keys, 1)})
    assert ours.split("<br>") == theirs.split("\n")
