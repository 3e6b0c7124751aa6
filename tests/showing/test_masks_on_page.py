"""Pictures with masks on the page: drawn where Anki draws them, in a real browser."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import Reader
from tests.conftest import Project

pytestmark = pytest.mark.slow

TALL = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 90"><rect width="40" height="90" fill="{}"/></svg>'
FAKE = "{{c1::image-occlusion:rect:left=.1:top=.1:width=.9:height=.9:oi=1}}"
CARDS = f"""\
cards:
  - id: heart
    q: "Which part is hidden? `{FAKE}`"
    occlude: heart.svg
    masks:
      aorta: {{rect: [10, 20, 30, 15]}}
      valve: {{ellipse: [50, 20, 20, 10]}}
      apex: {{polygon: [[50, 60], [80, 60], [65, 90]]}}
    note: "A remark {FAKE}"
  - id: alone
    q: "Which part is hidden alone?"
    occlude: heart.svg
    hide: one
    masks: {{aorta: {{rect: [10, 20, 30, 15]}}, valve: {{rect: [50, 20, 20, 10]}}}}
"""
#: Left, top, width and height of each mask in per cent, as they were written.
BOXES = {"rect": [10, 20, 30, 15], "ellipse": [50, 20, 20, 10], "polygon": [50, 60, 30, 30]}

#: The masks on the page, each with its class and where it lies in the picture, and the shape of the picture.
DRAWN = """() => {
  const root = document.querySelector("#stage").shadowRoot;
  const frame = root.querySelector("#image-occlusion-container img").getBoundingClientRect();
  const masks = [...root.querySelectorAll("svg .mask")].map((one) => {
    const box = one.getBoundingClientRect();
    const parts = [(box.left - frame.left) / frame.width, (box.top - frame.top) / frame.height, box.width / frame.width, box.height / frame.height];
    return [one.localName, one.getAttribute("class"), parts.map((part) => part * 100), getComputedStyle(one).fill];
  });
  return { masks, ratio: frame.width / frame.height, high: frame.height / innerHeight, shown: getComputedStyle(root.querySelector("svg")).visibility };
}"""


@pytest.fixture
def reader(project: Project, chromium: Browser) -> Reader:
    project.write("memory/media/heart.svg", TALL.format("pink"))
    project.deck('deck: memory\ntitle: "Anatomy"\n', CARDS)
    assert project.run("preview").exit_code == 0
    return Reader.of(chromium, (project.root / "output/memory.html").as_uri(), color_scheme="light")


def _drawn(reader: Reader) -> Any:
    reader.page.wait_for_function(
        "() => document.querySelector('#stage').shadowRoot.querySelector('#image-occlusion-container')?.style.aspectRatio"
    )
    found = reader.page.evaluate(DRAWN)
    assert found["ratio"] == pytest.approx(40 / 90, rel=0.01)
    assert found["high"] == pytest.approx(0.75, abs=0.01)
    return found["masks"]


@pytest.mark.parametrize("night", [False, True])
def test_masks_lie_where_they_were_written(reader: Reader, night: bool) -> None:
    reader.press(*(["n"] if night else []))
    for asked in BOXES:
        for side, layer in (("front", "active"), ("back", "highlight")):
            masks = _drawn(reader)
            assert {name: box for name, _, box, _ in masks} == {
                name: pytest.approx(box, abs=0.3) for name, box in BOXES.items()
            }
            layers = {name: kind for name, kind, _, _ in masks}
            assert layers == dict.fromkeys(BOXES, "mask inactive") | {asked: f"mask {layer}"}, side
            # What is asked about lies below the others, but its frame above them, as in Anki.
            assert masks[0 if side == "front" else -1][0] == asked
            fills = {kind: fill for _, kind, _, fill in masks}
            assert ("rgba(0, 0, 0, 0)" in fills.values()) == (side == "back")
            assert len({*fills.values()}) == 2
            reader.press("Space" if side == "front" else "ArrowRight")
    assert reader.complaints == []
    assert reader.network == []


def test_masks_look_by_night_as_by_day_with_less_light(reader: Reader) -> None:
    looks = """() => [...document.querySelector("#stage").shadowRoot.querySelectorAll("svg .mask")].map((one) => {
      const { fill, stroke } = getComputedStyle(one);
      return [one.getAttribute("class"), fill, stroke];
    })"""
    dimmed = """() => ["img", "svg"].map((name) =>
      getComputedStyle(document.querySelector("#stage").shadowRoot.querySelector(`#image-occlusion-container ${name}`)).filter)"""
    for _ in ("front", "back"):
        _drawn(reader)
        day = reader.page.evaluate(looks)
        assert reader.page.evaluate(dimmed) == ["none", "none"]
        reader.press("n")
        assert reader.page.evaluate(looks) == day
        assert reader.page.evaluate(dimmed) == ["brightness(0.8)", "brightness(0.8)"]
        reader.press("n", "Space")


def test_one_mask_alone_is_drawn_where_the_others_are_not_hidden(reader: Reader) -> None:
    reader.page.evaluate("location.hash = '#alone'")
    expect(reader.page.locator("#stage .dg-question")).to_contain_text("alone")
    assert [mask[:2] for mask in _drawn(reader)] == [["rect", "mask active"]]
    reader.press("Space")
    assert [mask[:2] for mask in _drawn(reader)] == [["rect", "mask highlight"]]
    expect(reader.page.locator("#stage #toggle")).to_have_count(0)


def test_button_on_the_back_takes_the_masks_away(reader: Reader) -> None:
    _drawn(reader)
    reader.press("Space")
    for shown in ("hidden", "visible"):
        reader.page.locator("#stage #toggle").click()
        assert reader.page.evaluate(DRAWN)["shown"] == shown
    assert "Masks on or off" in reader.text()


def test_key_of_the_mask_stands_beside_its_card(reader: Reader) -> None:
    for place, key in enumerate(("aorta", "valve", "apex"), start=1):
        expect(reader.page.locator("#about")).to_contain_text(f"heart, {place} of 3: {key}")
        reader.press("ArrowRight")


def test_search_finds_words_and_no_code_of_masks(reader: Reader) -> None:
    nothing = "0 of 5 cards: nothing fits the filters"
    told = {
        "remark": "Card 1 of 3 (5 in all)",
        "setup": nothing,
        "needs Anki": nothing,
        "rect:left=.5": nothing,
    }
    for words, count in told.items():
        reader.page.get_by_role("searchbox").fill(words)
        expect(reader.page.locator("#count")).to_have_text(count)
