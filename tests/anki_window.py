"""Drives Anki's own window, for `tests.write_look`: run by a Python that has aqt, it imports nothing of deckgen.

`anki_window.py FOLDER JSON` opens a collection of its own in FOLDER, imports `packages`, and shows the question and
the answer of every card by day and by night. Each is a picture in FOLDER; `told.json` there has the values of `styles`,
as `read` finds them.
"""

# mypy: ignore-errors

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import aqt
from anki.buildinfo import version
from anki.collection import ImportAnkiPackageOptions, ImportAnkiPackageRequest
from aqt.profiles import ProfileManager
from aqt.qt import QTimer
from aqt.theme import Theme

#: How long Anki takes to draw a side; milliseconds.
DRAWN = 900


def start(folder: Path, wish: dict) -> None:
    base = folder / "base"
    base.mkdir()
    manager = ProfileManager(base)
    manager.setupMeta()
    manager.meta.update(defaultLang="en_US", firstRun=False, suppressUpdate=True, updates=False)
    manager.create("User 1")
    manager.load("User 1")
    manager.meta["last_loaded_profile_name"] = "User 1"
    manager.save()
    (base / "gldriver6").write_text("software", encoding="utf-8")
    aqt.gui_hooks.profile_did_open.append(lambda: QTimer.singleShot(1500, Visit(folder, wish).next))
    sys.argv = ["anki", "-b", str(base), "-p", "User 1", "-l", "en_US"]
    aqt.run()


class Visit:
    """Shows all sides one after the other: each step of `_steps` says how long to wait, or None until it is called."""

    def __init__(self, folder: Path, wish: dict) -> None:
        self.folder, self.wish = folder, wish
        self.told = {"anki": version, "sides": []}
        self.steps = self._steps()

    def next(self) -> None:
        wait = next(self.steps)
        if wait is not None:
            QTimer.singleShot(wait, self.next)

    def _steps(self):
        window = aqt.mw
        for path in self.wish["packages"]:
            request = ImportAnkiPackageRequest(package_path=path, options=ImportAnkiPackageOptions())
            window.col.import_anki_package(request)
        window.col.models._clear_cache()
        window.resize(*map(int, self.wish["size"].split("x")))
        cards = [window.col.get_card(number) for number in window.col.find_cards("")]
        for theme in (Theme.LIGHT, Theme.DARK):
            window.set_theme(theme)
            for card in sorted(cards, key=lambda card: (card.did, card.due, card.ord)):
                window.col.decks.select(card.did)
                window.moveToState("review")
                yield DRAWN
                yield from self._sides(window.reviewer, card, theme is Theme.DARK)
        (self.folder / "told.json").write_text(json.dumps(self.told), encoding="utf-8")
        os._exit(0)

    def _sides(self, reviewer, card, night):
        card.start_timer()
        reviewer.card = card
        reviewer._showQuestion()
        yield DRAWN
        yield from self._side(reviewer, card, night, "front")
        reviewer._onTypedAnswer(self.wish["typed"].get(card.note()["Id"].rpartition("-")[2], ""))
        yield DRAWN
        yield from self._side(reviewer, card, night, "back")

    def _side(self, reviewer, card, night, side):
        note = card.note()
        deck = note.note_type()["name"].split()[0]
        name = f"{deck}.{note['Id']}.{card.ord + 1}.{side}.{'night' if night else 'day'}.png"
        aqt.mw.web.grab().save(str(self.folder / name))
        if not self.wish["styles"]:
            return

        def keep(found):
            self.told["sides"].append({"lang": deck.rpartition(".")[2], "night": night, **found})
            self.next()

        names = json.dumps(self.wish["styles"])
        root = "document.body, document.getElementById('qa')"
        reviewer.web.evalWithCallback(f"({self.wish['read']})([{root}, {names}])", keep)
        yield None


if __name__ == "__main__":
    start(Path(sys.argv[1]), json.loads(sys.argv[2]))
