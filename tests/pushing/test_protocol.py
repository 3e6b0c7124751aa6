"""The tests' own server answers as the real add-on in the real window did."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.anki_server import AnkiWindow
from tests.real_anki import Learner
from tests.window import RECORDED, answers

KEPT: list[dict[str, Any]] = json.loads(RECORDED.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    folder: Path = tmp_path_factory.mktemp("protocol")
    with Learner(folder / "learner") as learner:
        window = AnkiWindow(learner)
        return answers(
            lambda action, params: window.answer({"action": action, "params": params}), folder / "deck"
        )


@pytest.mark.slow
@pytest.mark.parametrize("number", range(len(KEPT)), ids=lambda number: f"{number}-{KEPT[number]['action']}")
def test_server_answers_as_the_add_on_does(given: list[dict[str, Any]], number: int) -> None:
    assert given[number] == KEPT[number]


@pytest.mark.slow
def test_all_that_a_push_asks_was_recorded(given: list[dict[str, Any]]) -> None:
    assert len(given) == len(KEPT)
    source = "".join(
        path.read_text(encoding="utf-8") for path in Path(__file__).parents[2].glob("deckgen/pushing/*.py")
    )
    asked = {one["action"] for one in KEPT} - {"nonsense"}
    assert [action for action in sorted(asked) if f'"{action}"' not in source] == []
    known = {name.removeprefix("do_") for name in vars(AnkiWindow) if name.startswith("do_")}
    # Two are left out: one opens a window, and the path of the other is that of a profile.
    assert known - asked == {"guiImportFile", "getMediaDirPath"}
