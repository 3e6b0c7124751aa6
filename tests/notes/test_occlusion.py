"""Pictures with masks beside the real Anki: its cards, both sides, its editor's shapes, and what learners keep."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deckgen.building.steps import Asked, prepare
from deckgen.kinds import Mask, Occlusion, Shape
from deckgen.notes import guard, note_types, occlusions
from deckgen.notes.faces import Sides, sides
from deckgen.written import File, Text
from tests.conftest import Project
from tests.own_deck import PIXEL
from tests.real_anki import OPTION_SETS, Learner, Log

DECK = 'deck: memory\ntitle: "Anatomy"\n'
HEART = """\
cards:
  - id: heart
    q: "Which part of the heart is hidden?"
    occlude: heart.png
    masks:
      aorta: {rect: [10, 20, 30, 15]}
      valve: {ellipse: [50, 20, 20, 20]}
      apex: {polygon: [[50, 60], [80, 60], [65, 90]]}
    note: "Seen from the **front**."
    hint: "Left is right."
  - id: plain
    q: "Where does the heart lie?"
    a: "Left of the middle."
"""
NUMBERS = {"aorta": 1, "valve": 2, "apex": 3}


def _heart(project: Project, cards: str = HEART) -> Project:
    project.write("memory/media/heart.png", "").write_bytes(PIXEL)
    return project.deck(DECK, cards)


# -- what stands in the field ------------------------------------------------------------


def _written(shape: Shape, *numbers: int, alone: bool = False) -> str:
    name = Text("a", File("cards.yaml"))
    content = Occlusion(name, name, (Mask(name, shape, numbers),), alone=alone)
    return occlusions.written(content, {"a": 7})


@pytest.mark.parametrize(
    ("made", "written"),
    [
        (_written(Shape.RECT, 1000, 2000, 3000, 1500), "rect:left=.1:top=.2:width=.3:height=.15:oi=1"),
        (_written(Shape.RECT, 0, 0, 10000, 10000), "rect:left=.0000:top=.0000:width=1.:height=1.:oi=1"),
        (
            _written(Shape.RECT, 1, 9999, 1, 1, alone=True),
            "rect:left=.0001:top=.9999:width=.0001:height=.0001",
        ),
        (_written(Shape.ELLIPSE, 5000, 2000, 2000, 333), "ellipse:left=.5:top=.2:rx=.1:ry=.0167:oi=1"),
        (
            _written(Shape.POLYGON, 5000, 6000, 8000, 6000, 6500, 9000),
            "polygon:left=.5:top=.6:points=.5,.6 .8,.6 .65,.9:oi=1",
        ),
    ],
)
def test_masks_are_written_as_by_the_editor_of_anki(made: str, written: str) -> None:
    """As ts/routes/image-occlusion/shapes writes them: `toFixed(4)` without zeros at both ends."""
    assert made == f"{{{{c7::image-occlusion:{written}}}}}<br>"


# -- what Anki makes of it ---------------------------------------------------------------


def _occlusions(learner: Learner, note: Any) -> dict[int, list[tuple[str, dict[str, str]]]]:
    """What the mask editor of Anki opens: the shapes of each number."""
    found = learner.col._backend.get_image_occlusion_note(note_id=note.id)
    assert found.WhichOneof("value") == "note", found
    assert found.note.image_data == PIXEL
    return {
        one.ordinal: [
            (shape.shape, {part.name: part.value for part in shape.properties}) for shape in one.shapes
        ]
        for one in found.note.occlusions
    }


@pytest.mark.slow
def test_anki_reads_the_shapes_and_makes_the_cards(project: Project, learner: Learner) -> None:
    _heart(project).build()
    assert learner.import_package(project.package()) == Log(2, 0, 0, 0)
    assert [card.ord for card in learner.cards("heart")] == [0, 1, 2]
    learner.is_sound()
    note = learner.note("heart")
    assert _occlusions(learner, note) == {
        1: [("rect", {"left": ".1", "top": ".2", "width": ".3", "height": ".15", "oi": "1"})],
        2: [("ellipse", {"left": ".5", "top": ".2", "rx": ".1", "ry": ".1", "oi": "1"})],
        3: [("polygon", {"left": ".5", "top": ".6", "points": ".5,.6 .8,.6 .65,.9", "oi": "1"})],
    }
    found = learner.col._backend.get_image_occlusion_note(note_id=note.id).note
    assert found.occlude_inactive
    assert found.header == "Which part of the heart is hidden?"
    assert found.back_extra == "Seen from the <strong>front</strong>."
    kind = learner.col.models.get(note.mid)
    assert kind is not None
    assert kind["originalStockKind"] == 6
    assert kind["flds"][kind["sortf"]]["name"] == "Header"
    assert [field["tag"] for field in kind["flds"][:6]] == [0, 1, 2, 3, 4, None]


_percent = st.integers(0, 10_000)
_box = st.tuples(_percent, _percent, st.integers(1, 10_000), st.integers(1, 10_000)).map(
    lambda box: (*box[:2], min(box[2], 10_000 - box[0]), min(box[3], 10_000 - box[1]))
)
_masks = st.one_of(
    st.tuples(st.sampled_from([Shape.RECT, Shape.ELLIPSE]), _box),
    st.tuples(
        st.just(Shape.POLYGON),
        st.lists(st.tuples(_percent, _percent), min_size=3, max_size=12).map(lambda them: sum(them, ())),
    ),
)


def _read(shape: str, parts: dict[str, str]) -> tuple[float, ...]:
    """The numbers of a mask, as its author would write them, from what Anki's editor reads."""
    if shape == Shape.POLYGON:
        return tuple(float(number) * 10_000 for number in re.split("[ ,]", parts["points"]))
    names = ("left", "top", "width", "height") if shape == Shape.RECT else ("left", "top", "rx", "ry")
    numbers = [float(parts[name]) * 10_000 for name in names]
    return (*numbers[:2], *(numbers[2:] if shape == Shape.RECT else (2 * half for half in numbers[2:])))


@pytest.mark.slow
def test_anki_reads_the_numbers_that_were_written(project: Project, learner: Learner) -> None:
    """Any masks: in hundredths of a per cent, as fine as Anki's editor; half an ellipse is rounded to one."""
    _heart(project).build()
    learner.import_package(project.package())
    note = learner.note("heart")
    name = Text("a", File("cards.yaml"))

    @given(st.lists(_masks, min_size=1, max_size=20), st.booleans(), st.permutations(range(1, 21)))
    def holds(made: list[tuple[Shape, tuple[int, ...]]], alone: bool, numbers: list[int]) -> None:
        keys = [Text(f"k{place}", name.file) for place in range(len(made))]
        masks = tuple(Mask(key, shape, given) for key, (shape, given) in zip(keys, made, strict=True))
        given = dict(zip((key.value for key in keys), numbers, strict=False))
        note["Occlusion"] = occlusions.written(Occlusion(name, name, masks, alone=alone), given)
        learner.col.update_note(note)
        found = _occlusions(learner, note)
        assert found.keys() == {*given.values()}
        assert learner.col._backend.get_image_occlusion_note(note_id=note.id).note.occlude_inactive != alone
        told = occlusions.legible(note["Occlusion"], {number: key for key, number in given.items()})
        said = dict(line.split(" ", 1) for line in told.removesuffix("; ").split("; "))
        for key, (shape, wanted) in zip(given, made, strict=True):
            ((read, parts),) = found[given[key]]
            assert read == shape
            assert _read(read, parts) == pytest.approx(
                wanted, abs=1e-6 if shape != Shape.ELLIPSE else 1 + 1e-6
            )
            words = said[key].removesuffix(" hide one").split()
            assert words[0] == shape
            assert [float(word) for word in words[1:]] == pytest.approx(
                [number / 100 for number in _read(read, parts)], abs=1e-4
            )
            assert said[key].endswith(" hide one") == alone

    holds()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["心脏 图 (1).svg", "Herz ä&b.png", "a b.JPG"])
def test_picture_may_have_any_name(project: Project, learner: Learner, name: str) -> None:
    content = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"/>' if "svg" in name else PIXEL
    project.write(f"memory/media/{name}", "").write_bytes(content)
    project.deck(DECK, HEART.replace("heart.png", name))
    assert project.findings() == []
    project.build()
    learner.import_package(project.package())
    found = learner.col._backend.get_image_occlusion_note(note_id=learner.note("heart").id)
    assert found.note.image_data == content
    assert found.note.image_file_name.isascii()


@pytest.mark.slow
def test_note_type_of_anki_stays_as_learners_made_it(project: Project, learner: Learner) -> None:
    """Anki finds its own type by its kind: ours must not become it, nor keep Anki from making it."""
    learner.col._backend.add_image_occlusion_notetype()
    (before,) = (name for name in learner.note_types() if "cclusion" in name)
    stock = learner.col.models.by_name(before)
    _heart(project).build()
    learner.import_package(project.package())
    assert learner.col.models.by_name(before) == stock
    assert learner.note_types() >= {before, "memory occlusion"}


@pytest.mark.slow
def test_both_sides_are_those_of_anki(project: Project, learner: Learner) -> None:
    _heart(project, HEART.replace("    note:", "    hide: one\n    note:")).build()
    learner.import_package(project.package())
    (ready,) = prepare(Asked(project.root / "cards_source", project.root / "output")).decks
    (rendered,) = ready.rendered
    note = next(one for one in rendered.notes if one.card == "heart")
    for card in learner.cards("heart"):
        special = {"Deck": "Anatomy", "Tags": " ".join(note.tags)}
        made = sides(rendered.note_types["occlusion"], note.fields, card.ord, special)
        assert isinstance(made, Sides)
        shown = card.render_output()
        assert _plain(made.front) == _plain(shown.question_text)
        assert _plain(made.back) == _plain(shown.answer_text)
        assert "anki.imageOcclusion.setup();" in made.front
        assert 'data-shape="rect" data-left=".1"' in made.front


def _plain(html: str) -> str:
    return re.sub(r"hint[0-9a-f]{8,}", "hint", re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL))


# -- what learners keep ------------------------------------------------------------------


def _learned(project: Project, learner: Learner, options: dict[str, Any]) -> tuple[Any, Any]:
    _heart(project).build()
    learner.import_package(project.package(), options)
    assert learner.study("Anatomy", 20) >= 4
    for found in learner.col.find_cards("deck:Anatomy"):
        learner.col.sched.set_due_date([found], "40")
    return learner.progress()


def _kept(learner: Learner, before: tuple[Any, Any], new: int = 0) -> None:
    cards, reviews = learner.progress()
    assert [card for card in cards if card[0] in {old[0] for old in before[0]}] == before[0]
    assert reviews == before[1]
    assert len(cards) == len(before[0]) + new
    assert not any("+" in name for name in learner.note_types())


@pytest.mark.slow
@pytest.mark.parametrize("options", OPTION_SETS.values(), ids=OPTION_SETS.keys())
def test_moved_masks_and_a_new_one_keep_the_schedule(
    project: Project, learner: Learner, options: dict[str, Any]
) -> None:
    before = _learned(project, learner, options)
    project.edit(
        "aorta: {rect: [10, 20, 30, 15]}",
        "vein: {rect: [1, 1, 5, 5]}\n      aorta: {ellipse: [11, 21, 9, 8]}",
    )
    project.build()
    assert learner.import_package(project.package(), options) == Log(0, 1, 1, 0)
    _kept(learner, before, new=1)
    shapes = _occlusions(learner, learner.note("heart"))
    assert shapes[1][0][0] == "ellipse"
    (number,) = shapes.keys() - {1, 2, 3}
    assert number >= 100  # made from the key, so that two branches agree
    assert [card.ord for card in learner.cards("heart")] == [0, 1, 2, number - 1]
    learner.is_sound()


@pytest.mark.slow
def test_mask_that_goes_keeps_its_number(project: Project, learner: Learner) -> None:
    before = _learned(project, learner, {})
    project.edit("      valve: {ellipse: [50, 20, 20, 20]}\n", "")
    (told,) = [one for one in project.findings() if one["code"] == "R11"]
    assert told["message"] == "the card `heart` was built with the mask valve, which is gone now"
    assert project.run("build").exit_code == 1
    project.build("--accept", "heart")
    assert learner.import_package(project.package()) == Log(0, 1, 1, 0)
    _kept(learner, before)  # its card is empty until the learner takes it away
    assert set(_occlusions(learner, learner.note("heart"))) == {1, 3}
    project.edit("      apex:", "      lung: {rect: [1, 1, 5, 5]}\n      apex:")
    project.build()
    learner.import_package(project.package())
    assert 2 not in _occlusions(learner, learner.note("heart"))
    project.edit(
        "      lung: {rect: [1, 1, 5, 5]}\n",
        "      valve: {rect: [50, 20, 20, 20]}\n      lung: {rect: [1, 1, 5, 5]}\n",
    )
    project.build()
    learner.import_package(project.package())
    assert 2 in _occlusions(learner, learner.note("heart"))
    _kept(learner, before, new=1)
    learner.is_sound()


@pytest.mark.slow
def test_masks_in_another_order_keep_their_cards(project: Project, learner: Learner) -> None:
    before = _learned(project, learner, {})
    rows = [line for line in HEART.splitlines(keepends=True) if line.startswith("      ")]
    project.edit("".join(rows), "".join(reversed(rows)))
    project.build()
    assert learner.import_package(project.package()) == Log(0, 1, 1, 0)
    _kept(learner, before)
    shapes = _occlusions(learner, learner.note("heart"))
    assert [shapes[number][0][0] for number in (1, 2, 3)] == ["rect", "ellipse", "polygon"]


def test_another_kind_of_card_is_refused(project: Project) -> None:
    _heart(project).build()
    masks = HEART[HEART.index("    occlude") : HEART.index("    note")]
    project.edit(masks, '    a: "The apex."\n')
    before = project.files()
    assert "R04" in project.codes()
    assert project.run("build").exit_code == 1
    assert project.files() == before


@pytest.mark.slow
def test_another_key_is_another_mask(project: Project, learner: Learner) -> None:
    """A key is what the history hangs on: a new name for it must not look like an edit."""
    before = _learned(project, learner, {})
    project.edit("      valve:", "      mitral-valve:")
    (finding,) = project.findings()
    assert finding["code"] == "R11"
    assert finding["hint"].startswith(
        "if mitral-valve is the same: its key never changes, write valve again; else put it back"
    )
    project.build("--accept", "heart")
    assert learner.import_package(project.package()) == Log(0, 1, 1, 0)
    _kept(learner, before, new=1)
    (number,) = _occlusions(learner, learner.note("heart")).keys() - {1, 3}
    assert number >= 100


@pytest.mark.slow
def test_retired_picture_stays_with_learners_and_may_return(project: Project, learner: Learner) -> None:
    before = _learned(project, learner, {})
    retired = '    retired: {since: "2026-01-31", reason: "Drawn anew"}\n'
    project.edit("  - id: heart\n", f"  - id: heart\n{retired}")
    project.build()
    assert learner.import_package(project.package()) == Log(0, 1, 1, 0)
    _kept(learner, before)
    assert all("Drawn anew" in card.question() for card in learner.cards("heart"))
    learner.is_sound()
    project.edit(retired, "")
    project.build()
    assert learner.import_package(project.package()) == Log(0, 1, 1, 0)
    _kept(learner, before)
    assert not any("Drawn anew" in card.question() for card in learner.cards("heart"))
    assert set(_occlusions(learner, learner.note("heart"))) == {1, 2, 3}


@pytest.mark.slow
@pytest.mark.parametrize("other", ["heart.png", "lung.png"])
def test_another_picture_is_delivered(project: Project, learner: Learner, other: str) -> None:
    """Under its old name or a new one; the masks stay where they are, in per cent."""
    before = _learned(project, learner, {})
    project.write(f"memory/media/{other}", "").write_bytes(PIXEL + b"x")
    project.edit("occlude: heart.png", f"occlude: {other}")
    project.build()
    assert learner.import_package(project.package()) == Log(0, 1, 1, 0)
    _kept(learner, before)
    found = learner.col._backend.get_image_occlusion_note(note_id=learner.note("heart").id).note
    assert found.image_data == PIXEL + b"x"
    assert len(found.occlusions) == 3


@pytest.mark.slow
def test_what_is_hidden_may_change(project: Project, learner: Learner) -> None:
    before = _learned(project, learner, {})
    for old, new in (("    note:", "    hide: one\n    note:"), ("hide: one", "hide: all")):
        project.edit(old, new)
        project.build()
        assert learner.import_package(project.package()) == Log(0, 1, 1, 0)
        _kept(learner, before)
        found = learner.col._backend.get_image_occlusion_note(note_id=learner.note("heart").id).note
        assert found.occlude_inactive == ("all" in new)


@pytest.mark.slow
@pytest.mark.parametrize("options", OPTION_SETS.values(), ids=OPTION_SETS.keys())
def test_first_picture_of_a_deck_brings_its_note_type(
    project: Project, learner: Learner, options: dict[str, Any]
) -> None:
    plain = "cards:\n" + HEART[HEART.index("  - id: plain") :]
    _heart(project, plain).build()
    learner.import_package(project.package(), options)
    learner.study("Anatomy", 1)
    before = learner.progress()
    project.write("memory/cards.yaml", HEART)
    project.build()
    assert learner.import_package(project.package(), options) == Log(1, 0, 1, 0)
    _kept(learner, before, new=3)
    assert set(_occlusions(learner, learner.note("heart"))) == {1, 2, 3}
    learner.is_sound()


@pytest.mark.slow
def test_masks_that_a_learner_drew_stay_until_the_author_changes_the_note(
    project: Project, learner: Learner
) -> None:
    """As any edit; and a mask that the author adds later takes the number of none of them."""
    before = _learned(project, learner, {})
    note = learner.note("heart")
    own = note["Occlusion"].replace("left=.1", "left=.3", 1)
    own += "{{c4::image-occlusion:rect:left=.7:top=.7:width=.1:height=.1:oi=1}}<br>"
    note["Occlusion"] = own
    learner.col.update_note(note)
    assert learner.col.db is not None
    learner.col.db.execute("update notes set mod = ? where id = ?", project.now + 60, note.id)
    drawn = learner.cards("heart")[3]
    project.edit('"Left of the middle."', '"A little left of the middle."')
    project.build()
    assert learner.import_package(project.package()) == Log(0, 1, 1, 0)
    assert learner.note("heart")["Occlusion"] == own
    project.edit("      aorta:", "      lung: {rect: [1, 1, 5, 5]}\n      aorta:")
    project.build()
    assert learner.import_package(project.package()) == Log(0, 1, 1, 0)
    _kept(learner, before, new=2)
    assert 4 not in _occlusions(learner, learner.note("heart"))
    assert learner.col.get_card(drawn.id).ord == 3  # and Tools > Empty Cards takes it away
    assert [empty.card_ids for empty in learner.col.get_empty_cards().notes] == [[drawn.id]]


@pytest.mark.slow
def test_other_decks_have_no_such_note_type(project: Project, learner: Learner) -> None:
    project.deck().build()
    learner.import_package(project.package())
    assert "memory occlusion" not in learner.note_types()
    assert "notetype - occlusion" not in project.lock().read_text(encoding="utf-8")


# -- the guard ---------------------------------------------------------------------------


def _acts(html: str) -> str:
    return guard._acts_in_template(guard._without_scene(html), ("Occlusion", "Image", "Header", "Back Extra"))


def test_only_our_own_script_passes(project: Project) -> None:
    _heart(project).build()
    (ready,) = prepare(Asked(project.root / "cards_source", project.root / "output")).decks
    (rendered,) = ready.rendered
    template = rendered.note_types["occlusion"].templates[0]
    names = rendered.note_types["occlusion"].field_names
    for side in (template.front, template.back):
        assert "<script>" in side
        assert guard._acts_in_template(guard._without_scene(side), names) == ""
        assert "no element that deckgen writes" in guard._acts_in_template(side, names)
    scene = note_types.scene().replace("[[old]]", "Old.")
    assert _acts(scene) == ""
    for change in (
        ("setup();", "setup(); fetch('//host');"),
        ("<script>", "<script src=x>"),
        ("Old.", "<script>alert(1)</script>"),
        ("Old.", "[sound:x.mp3]"),
        ("{{Image}}", "{{Image}}<img src=x>"),
        ("<canvas", "<canvas onclick=x"),
    ):
        assert _acts(scene.replace(*change)), change
    assert _acts(f"{scene}<script>alert(1)</script>")
    assert _acts('<button id="toggle"><b>x</b></button>')


@pytest.mark.slow
@pytest.mark.parametrize(("together", "order"), [(0, "0 0 1 2"), (1, "0 1 2 0")])
def test_cards_of_a_picture_come_together_where_the_deck_option_says_so(
    project: Project, learner: Learner, together: int, order: str
) -> None:
    """What docs/masks.md says of Anki's New card sort order: Card type (0), Order gathered (1)."""
    _heart(project).build()
    learner.import_package(project.package())
    deck = learner.col.decks.id_for_name("Anatomy")
    assert deck is not None
    options = learner.col.decks.config_dict_for_deck_id(deck)
    assert options["newSortOrder"] == 0
    options["newSortOrder"] = together
    learner.col.decks.update_config(options)
    learner.col.decks.select(deck)
    queue = learner.col._backend.get_queued_cards(fetch_limit=9, intraday_learning_only=False).cards
    assert " ".join(str(one.card.template_idx) for one in queue) == order


# -- the commands ------------------------------------------------------------------------


def test_plan_says_which_masks_changed_as_their_author_writes_them(project: Project) -> None:
    _heart(project).build()
    project.edit("valve: {ellipse: [50, 20, 20, 20]}", "lung: {rect: [1, 1, 5, 5]}")
    project.edit("[10, 20, 30, 15]", "[10.5, 20, 30, 15]")
    told = project.run("plan").stdout
    assert "Occlusion: aorta rect [-10-]{+10.5+} 20 30 15; [-valve" in told
    assert "{+lung" in told
    assert "apex" not in told  # it stays where it was
    assert "image-occlusion" not in told
    assert "R11: the card `heart` was built with the mask valve, which is gone now" in told


def test_plan_names_a_mask_that_is_gone_by_its_key(project: Project) -> None:
    _heart(project).build()
    project.edit("      valve: {ellipse: [50, 20, 20, 20]}\n", "")
    assert "      Occlusion: [-valve ellipse 50 20 20 20;-]\n" in project.run("plan").stdout
    project.build("--accept", "heart")
    project.edit("[10, 20, 30, 15]", "[10, 20, 30, 16]")
    assert "      Occlusion: aorta rect 10 20 30 [-15;-]{+16;+}\n" in project.run("plan").stdout


def test_plan_shows_masks_in_another_order(project: Project) -> None:
    _heart(project).build()
    aorta = "      aorta: {rect: [10, 20, 30, 15]}\n"
    project.edit(aorta, "")
    project.edit("      apex:", f"{aorta}      apex:")
    told = project.run("plan").stdout
    assert "Occlusion: " in told
    assert "aorta rect 10 20 30 15;" in told


def test_text_that_is_no_mask_is_planned_as_it_is() -> None:
    for html in (
        "a <b>b</b>",
        "{{c1::image-occlusion:rect:left=<b>}}",
        "{{c1::image-occlusion:text:left=.1}}",
    ):
        assert occlusions.legible(html, {1: "a"}) == html
    broken = "{{c1::image-occlusion:ellipse:left=1.2.3:oi=1}}"
    assert occlusions.legible(broken, {1: "a"}).startswith("a ellipse ")


def test_card_is_renamed_retired_and_brought_back_as_any_other(project: Project, learner: Learner) -> None:
    _heart(project).build()
    learner.import_package(project.package())
    learner.study("Anatomy", 20)
    before = learner.progress()
    masks = HEART[HEART.index("    masks:") : HEART.index("    note:")]
    assert project.run("rename", "heart", "human-heart").exit_code == 0
    assert project.run("retire", "human-heart", "--reason", "Drawn anew").exit_code == 0
    text = (project.root / "cards_source/memory/cards.yaml").read_text(encoding="utf-8")
    assert masks in text
    project.build()
    learner.import_package(project.package())
    _kept(learner, before)
    assert [card.ord for card in learner.cards("human-heart")] == [0, 1, 2]
    (retired,) = [line for line in text.splitlines(keepends=True) if "retired:" in line]
    project.edit(retired, "")
    project.build()
    assert learner.import_package(project.package()) == Log(0, 1, 1, 0)
    _kept(learner, before)
    learner.is_sound()


def test_figures_count_a_card_for_each_mask(project: Project) -> None:
    _heart(project)
    told = project.run("stats").stdout
    assert "1 question, 1 occlusion" in told
    assert "2 notes, 4 cards" in told
    assert project.run("forecast", "--days", "30").exit_code == 0


def test_key_of_a_mask_is_on_no_card(project: Project) -> None:
    """It would give the answer away."""
    _heart(project).build()
    (ready,) = prepare(Asked(project.root / "cards_source", project.root / "output")).decks
    (note,) = [one for one in ready.rendered[0].notes if one.card == "heart"]
    assert set(note.cards.values()) == {*NUMBERS}
    assert not any(key in field for key in NUMBERS for field in note.fields)
