"""Anki's own window, for `tests.window` and `tests.typed`: run by a Python that has aqt, it imports nothing
of deckgen.

`anki_addon.py FOLDER` opens a collection of its own in FOLDER/base, with the add-ons that lie there. It presses
Import in each import window, and closes it when its log is shown. A file in FOLDER tells it what else to do, and is
taken away: `import` names a package; `browse` is what to search for in Anki's browser, and, behind a tab, the
field in which to type; `undo` lets it undo once; `quit` ends it. It writes what it did into FOLDER/told.
"""

# mypy: ignore-errors

from __future__ import annotations

import sys
from pathlib import Path

import aqt
from anki.buildinfo import version
from aqt.import_export.import_dialog import ImportDialog
from aqt.import_export.importing import import_file
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
        self.folder, self.pressed, self.field = folder, set(), ""

    def begin(self) -> None:
        self.timer = QTimer()
        self.timer.timeout.connect(self.look)
        self.timer.start(300)
        self.tell(f"open {version}")

    def tell(self, words: str) -> None:
        with (self.folder / "told").open("a", encoding="utf-8") as file:
            file.write(f"{words}\n")

    def look(self) -> None:
        for act in (self.undo, self.import_, self.browse, self.quit):
            asked = self.folder / act.__name__.strip("_")
            if asked.exists():
                words = asked.read_text(encoding="utf-8")
                asked.unlink()
                act(words)
        for window in QApplication.topLevelWidgets():
            if isinstance(window, ImportDialog) and window.isVisible() and window.web is not None:
                window.web.evalWithCallback(PRESS, lambda said, window=window: self.seen(window, said))

    def undo(self, _words) -> None:
        status = aqt.mw.col.undo_status()
        aqt.mw.undo()
        self.tell(f"undo {status.undo or 'nothing'}")

    def import_(self, path) -> None:
        import_file(aqt.mw, path)

    def browse(self, words) -> None:
        search, _, field = words.partition("\t")
        browser = aqt.dialogs.open("Browser", aqt.mw, search=(search,))
        QTimer.singleShot(1000, lambda: self.into(browser, field))

    def into(self, browser, field) -> None:
        """Click into a field of the note that was found."""
        if browser.card is None:
            self.tell("browser: nothing found")
            return
        note = browser.card.note()
        if field:
            browser.activateWindow()
            browser.editor.web.setFocus()
            browser.editor.web.eval(f"focusField({note.keys().index(field)})")
        self.tell(f"browser {note['Id']} in {type(browser.editor).__name__}")

    def quit(self, _words) -> None:
        self.timer.stop()
        aqt.mw.unloadProfileAndExit()

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
