"""Anki's own window with AnkiConnect, for `tests.window`: run by a Python that has aqt, it imports nothing
of deckgen.

`anki_addon.py FOLDER` opens a collection of its own in FOLDER/base, with the add-ons that lie there. While
there is a file FOLDER/press, it presses Import in each import window, and closes it when its log is shown;
while there is a file FOLDER/browse, Anki's browser is open on the note that it names; FOLDER/undo lets it
undo once. It writes what it did into FOLDER/told.
"""

# mypy: ignore-errors

from __future__ import annotations

import sys
from pathlib import Path

import aqt
from aqt.import_export.import_dialog import ImportDialog
from aqt.profiles import ProfileManager
from aqt.qt import QApplication, QTimer

PRESS = """(() => {
  const button = [...document.querySelectorAll("button")].find((one) => one.textContent.trim() === "Import");
  if (button) { button.click(); return "pressed"; }
  return document.body && document.body.innerText.includes("Notes found") || document.querySelector("table") ? "log" : "";
})()"""


def start(folder: Path) -> None:
    base = folder / "base"
    manager = ProfileManager(base)
    manager.setupMeta()
    manager.meta.update(defaultLang="en_US", firstRun=False, suppressUpdate=True, updates=False)
    if not manager.db.scalar("select 1 from profiles where name = ?", "User 1"):
        manager.create("User 1")
    manager.load("User 1")
    manager.meta["last_loaded_profile_name"] = "User 1"
    manager.save()
    (base / "gldriver6").write_text("software", encoding="utf-8")
    sys.argv = ["anki", "-b", str(base), "-p", "User 1", "-l", "en_US"]
    hand = Hand(folder)
    aqt.gui_hooks.profile_did_open.append(hand.begin)
    aqt.run()


class Hand:
    """What a learner does with the mouse."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.pressed, self.browser = folder, set(), None

    def begin(self) -> None:
        self.timer = QTimer()
        self.timer.timeout.connect(self.look)
        self.timer.start(300)
        self.tell("open")

    def tell(self, words: str) -> None:
        with (self.folder / "told").open("a", encoding="utf-8") as file:
            file.write(f"{words}\n")

    def look(self) -> None:
        undo = self.folder / "undo"
        if undo.exists():
            undo.unlink()
            status = aqt.mw.col.undo_status()
            aqt.mw.undo()
            self.tell(f"undo {status.undo or 'nothing'}")
        if (self.folder / "quit").exists():
            self.timer.stop()
            aqt.mw.unloadProfileAndExit()
            return
        browse = self.folder / "browse"
        if browse.exists() and self.browser is None:
            self.browser = aqt.dialogs.open("Browser", aqt.mw, search=(browse.read_text(encoding="utf-8"),))
            self.tell("browser")
        if not (self.folder / "press").exists():
            return
        for window in QApplication.topLevelWidgets():
            if isinstance(window, ImportDialog) and window.isVisible() and window.web is not None:
                window.web.evalWithCallback(PRESS, lambda said, window=window: self.seen(window, said))

    def seen(self, window, said) -> None:
        if said == "pressed":
            self.pressed.add(id(window))
            self.tell("pressed Import")
        elif said == "log" and id(window) in self.pressed:
            self.pressed.discard(id(window))
            self.tell("closed the log")
            window.close()


if __name__ == "__main__":
    start(Path(sys.argv[1]))
