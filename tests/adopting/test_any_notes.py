"""Whatever a learner typed, each of Anki's exports gives it back as it is in Anki."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from anki.collection import ExportAnkiPackageOptions
from anki.decks import DeckId
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deckgen.adopting import source
from tests.real_anki import Learner

_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\x1f"), max_size=30)
_PIECE = _TEXT | st.sampled_from(
    ["\n", "\r\n", '"', '""', "\t", "#html:true", "<br>", ",", ";", "::", "\\", "\u2028"]
)
_FIELD = st.lists(_PIECE, max_size=5).map("".join)
_TAG = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=5)


@pytest.fixture(scope="module")
def learner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Learner]:
    with Learner(tmp_path_factory.mktemp("any") / "learner") as found:
        yield found


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(_FIELD, _FIELD, st.lists(_TAG, max_size=3)), min_size=1, max_size=8))
def test_all_exports_say_what_anki_has(
    learner: Learner, tmp_path: Path, notes: list[tuple[str, str, list[str]]]
) -> None:
    col = learner.col
    col.remove_notes(col.find_notes(""))
    model = col.models.by_name("Basic")
    assert model is not None
    for front, back, tags in notes:
        note = col.new_note(model)
        note.fields, note.tags = [front, back], tags
        col.add_note(note, DeckId(1))
    theirs = {}
    for number in col.find_notes(""):
        note = col.get_note(number)
        kept = {tag for tag in note.tags if tag.casefold() not in ("leech", "marked")}
        theirs[note.guid] = (tuple(note.fields), kept)
    files = [tmp_path / name for name in ("old.apkg", "new.apkg", "notes.txt")]
    for path in files[:2]:
        options = ExportAnkiPackageOptions(with_scheduling=True, legacy=path.name == "old.apkg")
        col.export_anki_package(out_path=str(path), options=options, limit=None)
    col.export_note_csv(
        out_path=str(files[2]),
        limit=None,
        with_html=True,
        with_tags=True,
        with_deck=True,
        with_notetype=True,
        with_guid=True,
    )
    for path in files:
        with source.read(path) as found:
            assert {note.guid: (note.fields, set(note.tags)) for note in found.notes} == theirs, path.name
