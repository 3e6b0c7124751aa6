"""CrowdAnki's files, Anki's text export and tables: what each says, and what only a package can add."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from anki.collection import ExportAnkiPackageOptions
from hypothesis import given
from hypothesis import strategies as st

from deckgen.adopting import plain, source, table
from deckgen.adopting.foreign import Foreign
from deckgen.packing.collection import Unreadable
from tests.adopting.decks import crowdanki
from tests.real_anki import Learner


@pytest.fixture(scope="module")
def learner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Learner, Path]]:
    folder = tmp_path_factory.mktemp("files")
    with Learner(folder / "learner") as learner:
        col = learner.col
        deck, child = (col.decks.id(name) for name in ("Spanish", "Spanish::Verbs"))
        assert deck is not None
        assert child is not None
        texts = [
            ("Basic", ["<b>hola</b>", 'a "quoted"\nline\tand tab'], deck),
            ("Basic", ["#comment?", ""], child),
            ("Basic (and reversed card)", ["uno", '<img src="a b.png">'], child),
            ("Cloze", ["{{c1::a}} {{c2::b}}", ""], deck),
        ]
        for name, fields, where in texts:
            model = col.models.by_name(name)
            assert model is not None
            note = col.new_note(model)
            note.fields, note.tags = list(fields), ["x", "Y::z"]
            col.add_note(note, where)
        col.media.write_data("a b.png", b"picture")
        options = ExportAnkiPackageOptions(with_scheduling=True, with_media=True, legacy=False)
        col.export_anki_package(out_path=str(folder / "deck.apkg"), options=options, limit=None)
        yield learner, folder


def _read(path: Path, *decks: str, like: Path | None = None) -> Foreign:
    with source.read(path, decks, like) as found:
        return found


def _export(learner: Learner, path: Path, **off: bool) -> Path:
    ticked = {f"with_{name}": True for name in ("html", "tags", "deck", "notetype", "guid")} | off
    learner.col.export_note_csv(out_path=str(path), limit=None, **ticked)
    return path


def _without_numbers(notes: Any) -> list[Any]:
    return sorted((note.guid, note.fields, note.tags, dict(note.cards)) for note in notes)


# -- Anki's text export --------------------------------------------------------------------------


def test_a_text_export_says_the_same_as_a_package(learner: tuple[Learner, Path]) -> None:
    anki, folder = learner
    whole = _read(folder / "deck.apkg")
    text = _export(anki, folder / "notes.txt")
    found = _read(text)
    assert _without_numbers(found.notes)[0][0] == _without_numbers(whole.notes)[0][0]
    alike = {note.guid: note for note in whole.notes}
    for note in found.notes:
        assert note.fields == alike[note.guid].fields
        assert note.tags == alike[note.guid].tags
        assert (note.number, note.stamp) == (0, 0)
    names = ("Basic", "Basic (and reversed card)", "Cloze")
    assert sorted(found.named["note types of which it has only the name"]) == list(names)
    assert {field.name for kind in found.types.values() for field in kind.fields} == {"Field 1", "Field 2"}


def test_a_package_gives_a_text_export_all_that_it_lacks(learner: tuple[Learner, Path]) -> None:
    anki, folder = learner
    whole = _read(folder / "deck.apkg")
    found = _read(_export(anki, folder / "notes.txt"), like=folder / "deck.apkg")
    by_guid = {note.guid: note for note in found.notes}
    for note in whole.notes:
        mine = by_guid[note.guid]
        assert found.types[mine.type] == whole.types[note.type]
        assert (mine.fields, mine.cards, mine.number, mine.stamp) == (
            note.fields,
            note.cards,
            note.number,
            note.stamp,
        )
    assert found.left_out == {}


def test_what_differs_from_the_package_takes_no_stamp(learner: tuple[Learner, Path]) -> None:
    anki, folder = learner
    text = _export(anki, folder / "notes.txt").read_text(encoding="utf-8")
    changed = folder / "changed.txt"
    changed.write_text(
        text.replace("<b>hola</b>", "<b>Hola</b>") + "new1\tBasic\tSpanish\tq\ta\tx\n", encoding="utf-8"
    )
    found = _read(changed, like=folder / "deck.apkg")
    stamps = {note.fields[0]: note.stamp for note in found.notes}
    assert stamps["<b>Hola</b>"] == 0
    assert stamps["q"] == 0
    assert stamps["uno"] > 0
    assert found.left_out == {"notes that differ in deck.apkg": 1, "notes that deck.apkg doesn't have": 1}


@pytest.mark.parametrize(
    ("off", "told"),
    [
        ("guid", "“Include unique identifier” ticked"),
        ("notetype", "“Include note type name” ticked"),
        ("html", "“Include HTML and media references” ticked"),
        ("tags", "“Include tags” ticked"),
    ],
)
def test_an_export_without_what_a_deck_needs_is_refused(
    learner: tuple[Learner, Path], off: str, told: str
) -> None:
    anki, folder = learner
    with pytest.raises(Unreadable, match=told):
        _read(_export(anki, folder / "half.txt", **{f"with_{off}": False}))


def test_without_decks_the_deck_is_named_as_the_file(learner: tuple[Learner, Path]) -> None:
    anki, folder = learner
    found = _read(_export(anki, folder / "Mine.txt", with_deck=False))
    assert {name for note in found.notes for name in note.cards.values()} == {"Mine"}


# -- CrowdAnki -----------------------------------------------------------------------------------


def test_crowdanki_says_the_same_as_a_package(learner: tuple[Learner, Path]) -> None:
    anki, folder = learner
    whole = _read(folder / "deck.apkg")
    place = folder / "crowd"
    (place / "media").mkdir(parents=True, exist_ok=True)
    (place / "media" / "a b.png").write_bytes(b"picture")
    (place / "deck.json").write_text(json.dumps(crowdanki(anki), indent=4), encoding="utf-8")
    with source.read(place) as found:
        assert {name: opener().read() for name, opener in found.media.items()} == {"a b.png": b"picture"}
    assert _without_numbers(found.notes) == _without_numbers(whole.notes)
    assert found.decks == {"Spanish": "All of it"}
    assert found.named == {"files that are named but not there": ("lost.png",)}
    assert not any("crowdanki" in str(kind.options) for kind in found.types.values())
    assert {note.stamp for note in found.notes} == {0}
    alike = _read(place / "deck.json", like=folder / "deck.apkg")
    assert {(note.guid, note.number, note.stamp) for note in alike.notes} == {
        (note.guid, note.number, note.stamp) for note in whole.notes
    }
    assert {kind.number: kind for kind in alike.types.values()} == whole.types


def test_a_look_of_its_own_stays_and_takes_no_stamp(learner: tuple[Learner, Path]) -> None:
    anki, folder = learner
    whole = _read(folder / "deck.apkg")
    written = crowdanki(anki)
    for model in written["note_models"]:
        model["css"] += ".new {}"
    path = folder / "other.json"
    path.write_text(json.dumps(written), encoding="utf-8")
    found = _read(path, like=folder / "deck.apkg")
    for kind in found.types.values():
        theirs = whole.types[kind.number]
        assert kind.css == theirs.css + ".new {}"
        assert kind.stamp == 0
        assert (kind.fields, kind.templates) == (theirs.fields, theirs.templates)
    assert all(note.stamp for note in found.notes), "the notes are the same"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "is not a file of CrowdAnki"),
        ("{}", "`notes`, `children` and `note_models` is expected"),
        ('{"notes": 1, "children": [], "note_models": [], "name": "a"}', "is not a file of CrowdAnki"),
        (
            '{"notes": [], "children": [' + '{"name": "a", "children": [' * 20_000,
            "is not a file of CrowdAnki",
        ),
        ("[1]", "say what its columns are"),
        ("", "say what its columns are"),
    ],
)
def test_what_is_no_deck_is_refused_in_one_sentence(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "deck.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Unreadable, match=told) as refused:
        _read(tmp_path)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("place", [-1, 7, None])
def test_a_sort_field_that_is_none_of_the_fields_is_the_first(
    learner: tuple[Learner, Path], tmp_path: Path, place: int | None
) -> None:
    deck = crowdanki(learner[0])
    for model in deck["note_models"]:
        model["sortf"] = place
    (tmp_path / "deck.json").write_text(json.dumps(deck), encoding="utf-8")
    assert {one.sort for one in _read(tmp_path).types.values()} == {0}


# -- tables --------------------------------------------------------------------------------------


@pytest.mark.parametrize("separator", ["\t", ";", ","])
def test_a_table_is_read_by_the_separator_that_it_has(tmp_path: Path, separator: str) -> None:
    path = tmp_path / "cards.csv"
    rows = [["Q", "note", "a"], ["What, then?", "x", "one; two"], ['a "b"\nc', "", "d"]]
    written = io.StringIO()
    csv.writer(written, delimiter=separator).writerows(rows)
    path.write_bytes(b"\xef\xbb\xbf" + written.getvalue().encode())
    found = source.rows(path, ("q", "-", "a"))
    assert found.columns == ("q", "a")
    assert found.rows == [("What, then?", "one; two"), ('a "b"\nc', "d")]
    assert not found.html


@pytest.mark.parametrize(
    ("data", "columns", "told"),
    [
        ("q;a\n".encode("utf-16"), "q,a", "probably UTF-16"),
        ("q;a\n".encode("utf-16-le"), "q,a", "probably UTF-16"),
        (b"a,b\n\xe4,c\n", "q,a", "line 2 of .* is not UTF-8"),
        (b"a,b\nc,d,e\n", "q,a", "line 2 of .* has 3 columns, but 2 are named"),
        (
            b"a,b,c\n",
            "q,a",
            "no row of .* has the 2 columns that are named; the first has 3 by commas: a,b,c",
        ),
        (b'a,b\n"c" d,e\n', "q,a", "quotes in line 2"),
        (b'a,b\n"c,d\n', "q,a", "quotes in line 2"),
        (b"q,a\n", "q,a", "has no rows"),
        (b"a,b\n", "q,q", "name each column once"),
        (b"a,b\n", "-,-", "name each column once"),
    ],
)
def test_a_table_that_does_not_fit_is_refused(tmp_path: Path, data: bytes, columns: str, told: str) -> None:
    path = tmp_path / "cards.csv"
    path.write_bytes(data)
    with pytest.raises(Unreadable, match=told):
        source.rows(path, columns.split(","))


_CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\x1f"), max_size=20)


@given(st.lists(st.lists(_CELL, min_size=3, max_size=3), min_size=1, max_size=20), st.sampled_from("\t;,"))
def test_every_row_comes_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], mark: str
) -> None:
    path = tmp_path_factory.mktemp("table") / "cards.csv"
    kept = [("q", "x", "y")] + [tuple(row) for row in rows if any(cell.strip() for cell in row)]
    written = io.StringIO()
    csv.writer(written, delimiter=mark, quoting=csv.QUOTE_ALL).writerows([kept[0], *rows])
    path.write_bytes(written.getvalue().encode())
    assert list(table.read(path, ("one", "two", "three")).rows) == kept


def test_what_anki_takes_for_headers_is_taken_for_headers_here() -> None:
    header, count, body = plain.headers("#separator:Comma\n# a comment\n#html:true\r\na,b\n#c,d\n")
    assert (header, count, body) == ({"separator": "Comma", "html": "true"}, 3, "a,b\n#c,d\n")


def test_rows_without_a_guid_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    header = "#html:true\n#guid column:1\n#notetype column:2\n#tags column:5\n"
    path.write_text(header + "a\tBasic\tq\ta\t\n\tBasic\tq\ta\t\n", encoding="utf-8")
    found = _read(path)
    assert [note.guid for note in found.notes] == ["a"]
    assert found.left_out["notes without a guid"] == 1


def test_decks_of_written_files_are_chosen_too(learner: tuple[Learner, Path]) -> None:
    anki, folder = learner
    text = _export(anki, folder / "notes.txt")
    assert len(_read(text, "Spanish::Verbs").notes) == 2
    assert len(_read(text, "Spanish").notes) == 4
    with pytest.raises(Unreadable, match=r"no deck `Spanish::Verb` in it; it has `Spanish::Verbs`"):
        _read(text, "Spanish::Verb")


def test_options_that_do_not_fit_the_file_are_refused(learner: tuple[Learner, Path]) -> None:
    _, folder = learner
    with pytest.raises(Unreadable, match="leave out `--like`"):
        _read(folder / "deck.apkg", like=folder / "deck.apkg")
    with pytest.raises(Unreadable, match="leave out `--columns`"):
        source.rows(folder / "deck.apkg", ("q", "a"))
    with pytest.raises(Unreadable, match=r"there is no file .*nothing\.apkg"):
        _read(folder / "nothing.apkg")
    (folder / "empty").mkdir(exist_ok=True)
    with pytest.raises(Unreadable, match=r"a folder without the file deck\.json"):
        _read(folder / "empty")
