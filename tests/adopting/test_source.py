"""Packages and collections are read as the real Anki sees them, whichever container they come in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from anki.collection import ExportAnkiPackageOptions
from anki.decks import DeckId
from anki.models import NotetypeId
from anki.notes import NoteId

from deckgen.adopting import source
from deckgen.adopting.collected import LENT
from deckgen.adopting.foreign import Foreign, ForeignNote, ForeignType
from deckgen.packing import collection
from tests.real_anki import Learner

KINDS = ("old.apkg", "new.apkg", "old.colpkg", "new.colpkg", "closed")


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Learner, dict[str, Path]]]:
    """A collection with all that a deck may have, and what the real Anki exports of it."""
    folder = tmp_path_factory.mktemp("exports")
    with Learner(folder / "learner") as learner:
        _fill(learner)
        files = {kind: folder / kind for kind in KINDS}
        for age in ("old", "new"):
            learner.col.export_anki_package(
                out_path=str(files[f"{age}.apkg"]),
                options=ExportAnkiPackageOptions(
                    with_scheduling=True, with_deck_configs=True, with_media=True, legacy=age == "old"
                ),
                limit=None,
            )
            # An export of all closes the collection.
            learner.col.export_collection_package(
                str(files[f"{age}.colpkg"]), include_media=True, legacy=age == "old"
            )
            learner.col.reopen()
        learner.col.close()
        files["closed"] = folder / "learner" / "collection.anki2"
        learner.col.reopen()
        yield learner, files


def _model(learner: Learner, name: str) -> dict[str, Any]:
    found = learner.col.models.by_name(name)
    assert found is not None
    return found


def _deck(learner: Learner, name: str) -> DeckId:
    found = learner.col.decks.id(name)
    assert found is not None
    return found


def _fill(learner: Learner) -> None:
    col = learner.col
    own = col.models.new("Word (en)")
    for name in ("Word", "漢字", "Sound"):
        col.models.add_field(own, col.models.new_field(name))
    own["flds"][1] |= {"font": "Noto Sans CJK", "size": 31, "rtl": True, "description": "how it is written"}
    own["flds"][2] |= {"plainText": True, "collapsed": True, "from-an-add-on": {"a": [1]}}
    for name in ("there", "back"):
        template = col.models.new_template(name)
        template |= {"qfmt": "{{Word}}<img src='_logo.png'>" + name, "afmt": "{{漢字}}", "bqfmt": "{{Word}}"}
        col.models.add_template(own, template)
    deck = _deck(learner, "Spanish::Words::1")
    own["tmpls"][1]["did"] = col.decks.id("Spanish::Backwards")
    own |= {"sortf": 1, "css": ".card { color: red }", "latexPre": "\\begin{x}", "latexsvg": True}
    col.models.add_dict(own)
    parent = col.decks.by_name("Spanish")
    assert parent is not None
    col.decks.save(parent | {"desc": "All of <b>Spanish</b>"})
    child = col.decks.by_name("Spanish::Words")
    assert child is not None
    col.decks.save(child | {"desc": "*Words*", "md": True})
    for name, content in (("_logo.png", b"logo"), ("hola ñ.mp3", b"sound"), ("unused.jpg", b"?")):
        col.media.write_data(name, content)
    for number in range(12):
        note = col.new_note(_model(learner, "Word (en)"))
        note.fields = [
            f"word {number}",
            "字" if number % 2 else "",
            "[sound:hola ñ.mp3]" if number == 3 else "",
        ]
        note.tags = ["one", "Two::three"] + ["leech"] * (number == 5) + ["Marked"] * (number == 6)
        col.add_note(note, deck)
    cloze = col.new_note(_model(learner, "Cloze"))
    cloze.fields = ["{{c1::a}} and {{c3::b}}", "x" * 300 + "\n<br>\tend"]
    col.add_note(cloze, _deck(learner, "French"))
    masked = col.new_note(_model(learner, "Image Occlusion"))
    masked.fields[0] = "{{c1::image-occlusion:rect:left=.1:top=.2:width=.1:height=.1}}"
    masked.fields[1] = '<img src="hola%20%C3%B1.mp3">'
    col.add_note(masked, _deck(learner, "French"))
    assert learner.study("Spanish::Words::1", 5) == 5
    col.set_user_flag_for_cards(2, col.find_cards("word*")[:2])
    last = sorted(col.find_cards('"word 11"'))
    col.sched.reposition_new_cards(last, 0, 1, randomize=False, shift_existing=True)
    preset = col.decks.add_config("own")
    french = col.decks.by_name("French")
    assert french is not None
    col.decks.set_config_id_for_deck_dict(french, preset["id"])
    filtered = col.sched.get_or_create_filtered_deck(DeckId(0))
    filtered.config.search_terms[0].search = '"deck:French"'
    col.sched.add_or_update_filtered_deck(filtered)


def _read(path: Path, *decks: str) -> tuple[Foreign, dict[str, bytes]]:
    with source.read(path, decks) as found:
        return found, {name: opener().read() for name, opener in found.media.items()}


def _anki_note(learner: Learner, number: int) -> ForeignNote:
    note, decks = learner.col.get_note(NoteId(number)), learner.col.decks
    return ForeignNote(
        note.guid,
        note.mid,
        tuple(note.fields),
        tuple(tag for tag in note.tags if tag not in ("leech", "Marked", "marked")),
        {card.ord: decks.name(card.odid or card.did) for card in note.cards()},
        note.id,
        note.mod,
    )


def _seen(kind: ForeignType) -> dict[str, Any]:
    """A note type as the JSON that Anki's own library gives."""
    return {
        "name": kind.name,
        "type": int(kind.is_cloze),
        "sortf": kind.sort,
        "css": kind.css,
        "id": kind.number,
        "mod": kind.stamp,
        **{key: value for key, value in kind.options.items() if key not in ("flds", "tmpls")},
        "flds": [
            {"name": field.name, "ord": place, "id": field.number, **more}
            for place, (field, more) in enumerate(zip(kind.fields, kind.options["flds"], strict=True))
        ],
        "tmpls": [
            {"name": one.name, "ord": place, "id": one.number, "qfmt": one.front, "afmt": one.back, **more}
            for place, (one, more) in enumerate(zip(kind.templates, kind.options["tmpls"], strict=True))
        ],
    }


def _without_nothing(thing: Any) -> Any:
    """Without what says nothing, and without what means something only in one collection."""
    if isinstance(thing, list):
        return [_without_nothing(one) for one in thing]
    if not isinstance(thing, dict):
        return thing
    skipped = {"usn", "did", "req", "vers", "tags"}
    return {key: _without_nothing(one) for key, one in thing.items() if one and key not in skipped}


@pytest.mark.parametrize("kind", KINDS)
def test_every_container_is_read_as_anki_sees_it(exports: tuple[Learner, dict[str, Path]], kind: str) -> None:
    learner, files = exports
    learner.col.close()
    try:
        found, media = _read(files[kind])
    finally:
        learner.col.reopen()
    assert media == {"_logo.png": b"logo", "hola ñ.mp3": b"sound"}
    theirs = {number: _anki_note(learner, number) for number in learner.col.find_notes("")}
    assert {note.number: note for note in found.notes} == theirs
    for number, note_type in found.types.items():
        model = learner.col.models.get(NotetypeId(number))
        assert _without_nothing(_seen(note_type)) == _without_nothing(model)
    assert {kind.name for kind in found.types.values()} == {"Word (en)", "Cloze", "Image Occlusion"}
    own = next(kind for kind in found.types.values() if kind.name == "Word (en)")
    assert [template.deck for template in own.templates] == ["", "Spanish::Backwards"]
    assert all(field.number for field in own.fields), "newer Ankis give each field a number"
    assert found.decks == {"Spanish": "All of <b>Spanish</b>", "Spanish::Words": "*Words*"}
    assert found.markdown == {"Spanish::Words"}
    flagged = {"cards with a flag": 2}
    counts = {"reviews": 5, "cards with scheduling": 5, "tags `leech` and `marked`": 2, **flagged}
    counts |= {"decks with options of their own": 1, LENT: len(learner.col.find_cards("deck:filtered"))}
    names = {
        LENT: tuple(
            one.name for one in learner.col.decks.all_names_and_ids() if one.name.startswith("Filtered")
        )
    }
    if not kind.endswith("apkg"):  # Anki's export leaves out what nothing uses
        counts |= {"pictures and sounds that nothing uses": 1}
        names |= {"pictures and sounds that nothing uses": ("unused.jpg",)}
    assert found.left_out == counts
    assert found.named == names


def test_notes_come_in_the_order_of_new_learners(exports: tuple[Learner, dict[str, Path]]) -> None:
    _, files = exports
    found, _ = _read(files["new.apkg"], "Spanish")
    order = [note.fields[0].removeprefix("word ") for note in found.notes]
    assert order == ["11", *map(str, range(11))]


def test_decks_are_chosen_with_those_below_them(exports: tuple[Learner, dict[str, Path]]) -> None:
    _, files = exports
    french, _ = _read(files["new.colpkg"], "French")
    assert len(french.notes) == 2
    assert french.left_out["decks with options of their own"] == 1
    assert "reviews" not in french.left_out
    words, _ = _read(files["old.colpkg"], "Spanish::Words", "French")
    assert len(words.notes) == 14
    with pytest.raises(collection.Unreadable, match=r"no deck `Spanisch` in it; it has `Spanish`"):
        _read(files["old.apkg"], "Spanisch")


def test_an_open_collection_is_read_with_what_is_not_yet_written_into_it(tmp_path: Path) -> None:
    with Learner(tmp_path / "learner") as learner:
        learner.col.media.write_data("a.png", b"a")
        note = learner.col.new_note(_model(learner, "Basic"))
        note.fields = ['<img src="a.png">', "b"]
        learner.col.add_note(note, _deck(learner, "Mine"))
        found, media = _read(tmp_path / "learner" / "collection.anki2")
        assert [dict(note.cards) for note in found.notes] == [{0: "Mine"}]
        assert media == {"a.png": b"a"}


def test_pictures_that_anki_makes_of_latex_are_told_apart(tmp_path: Path) -> None:
    name = f"latex-{'0' * 40}.png"
    with Learner(tmp_path / "learner") as learner:
        learner.col.media.write_data(name, b"formula")
        note = learner.col.new_note(_model(learner, "Basic"))
        note.fields = ["[$]x[/$]", "b"]
        learner.col.add_note(note, _deck(learner, "Mine"))
    found, media = _read(tmp_path / "learner" / "collection.anki2")
    assert media == {}
    assert found.named == {"pictures of LaTeX, which Anki makes anew": (name,)}


def test_a_folder_of_media_that_leads_elsewhere_is_not_read(tmp_path: Path) -> None:
    with Learner(tmp_path / "learner"):
        pass
    place = tmp_path / "learner" / "collection.media"
    place.rename(tmp_path / "elsewhere")
    place.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(collection.Unreadable, match="it is a link to elsewhere"):
        _read(tmp_path / "learner" / "collection.anki2")


@pytest.mark.parametrize("kind", KINDS)
def test_what_goes_wrong_meanwhile_is_no_fault_of_the_package(
    exports: tuple[Learner, dict[str, Path]], kind: str
) -> None:
    learner, files = exports
    learner.col.close()
    try:
        with pytest.raises(OSError, match="disk full"), source.read(files[kind]):
            raise OSError(28, "disk full")
    finally:
        learner.col.reopen()
