# ruff: noqa: T201  # it is a command
"""`python -m tests.typed --python PYTHON` edits notes in Anki's own window, key by key, and keeps what became of each.

PYTHON has Anki's desktop: `python3 -m venv anki && anki/bin/pip install 'aqt[qt]'`. The keys come from Debian's
packages `xvfb`, `xdotool`, `xclip` and `fonts-noto-cjk`, and what `aqt` needs to draw: `libxcb-cursor0`, `libnss3`,
`libasound2` and others.

The deck is `golden/typed`, of which each card is edited once. The fields before and after, as Anki saved them, go into
`golden/typed/edits.json`, with the version of Anki; `tests/pulling/test_typed.py` lets all come home.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from deckgen.building.build import build
from tests.real_anki import Learner
from tests.whole.test_golden import GOLDEN
from tests.window import Window

ROOT = Path(__file__).parents[1]
DECK = GOLDEN / "typed"
RECORDED = DECK / "edits.json"
#: The setting by which the browser has the new editor, which Anki calls an experiment.
NEW = ("experimentalFeatures", {"1": True})
PICTURE = GOLDEN / "look/media/white.png"


class Typed(NamedTuple):
    """What is typed into a field: keys of xdotool (`Right*3` is pressed three times), texts, and what is pasted."""

    card: str
    field: str
    steps: tuple[str, ...]


_PAGE = (
    '<meta charset="utf-8"><p class="lead" style="margin: 0px; color: rgb(51, 51, 51);">Sleep <b>helps</b>, says '
    '<a href="https://example.org/sleep">a study</a>.</p><ul><li>at night</li><li>by day</li></ul><script>x()</script>'
)
_OFFICE = (
    '<html><head><style>p { margin: 0 }</style></head><body><p class="MsoNormal"><span style="font-size:11.0pt;'
    'font-family:&quot;Calibri&quot;,sans-serif;mso-ansi-language:EN-GB">Sleep <b>well</b>&nbsp;and <i>long</i>.<o:p></o:p></span></p>'
    '<p class="MsoNormal"><span style="color:red">It helps.</span></p></body></html>'
)
#: One edit of each card, in the order of the cards.
EDITS = (
    Typed("word-put-right", "Answer", ("key ctrl+Home", "key Right*17", "type g")),
    Typed("word-replaced", "Answer", ("key ctrl+Home", "key Right*12", "key shift+Right*6", "type weak")),
    Typed("word-deleted", "Answer", ("key ctrl+Home", "key ctrl+Right*4", "key ctrl+Delete")),
    Typed("sentence-added", "Note", ("key ctrl+End", "type  Then it falls.")),
    Typed("sentence-added-to-paragraphs", "Answer", ("key ctrl+End", "type  Both, at best.")),
    Typed("words-in-front", "Answer", ("key ctrl+Home", "type Mostly ", "key Delete", "type t")),
    Typed("words-over-a-border", "Answer", ("key ctrl+Home", "key Right*9", "key shift+Right*13", "type a while and")),
    Typed("sentence-moved", "Answer", ("key ctrl+Home", "key Right*12", "key shift+Right*17", "key ctrl+x", "key ctrl+End", "key ctrl+v")),
    Typed("signs", "Answer", ("key ctrl+End", 'type  *Stars*, _lines_, `ticks`, $5, # and 1 < 2 & "so" {on} [x](y) \\(z\\) <b>!')),
    Typed("all-typed-anew", "Answer", ("key ctrl+a", "type Again was pressed.")),
    Typed("emptied", "Note", ("key ctrl+a", "key Delete")),
    Typed("emptied-and-typed", "Note", ("key ctrl+a", "key BackSpace", "type A name of Anki.")),
    Typed("answer-emptied", "Answer", ("key ctrl+a", "key Delete")),
    Typed("remark-added", "Note", ("type A note has some.",)),
    Typed("undone", "Answer", ("key ctrl+End", "type  And more.", "key ctrl+z")),
    Typed("redone", "Answer", ("key ctrl+End", "type  And", "wait", "type  more.", "key ctrl+z*3", "key ctrl+shift+z*3")),
    Typed("blanks-at-the-end", "Answer", ("key ctrl+End", "type   ")),
    Typed("two-blanks", "Answer", ("key ctrl+Home", "key Right*8", "type  ", "key ctrl+End", "type  So.")),
    Typed("return-in-the-middle", "Answer", ("key ctrl+Home", "key Right*18", "key Return")),
    Typed("return-at-the-end", "Answer", ("key ctrl+End", "key Return", "type Once.")),
    Typed("two-returns", "Answer", ("key ctrl+End", "key Return*2", "type By the steps.")),
    Typed("shift-return", "Answer", ("key ctrl+Home", "key Right*23", "key shift+Return")),
    Typed("return-in-a-paragraph", "Answer", ("key ctrl+Home", "key Right*6", "key Return")),
    Typed("return-behind-paragraphs", "Answer", ("key ctrl+End", "key Return", "type There are seven.")),
    Typed("paragraphs-joined", "Answer", ("key ctrl+Home", "key End", "key Delete", "type  ")),
    Typed("lines-joined", "Answer", ("key ctrl+Home", "key End", "key Delete", "type  ")),
    Typed("return-in-a-list", "Answer", ("key ctrl+End", "key Return", "type Easy")),
    Typed("item-split", "Answer", ("key ctrl+Home", "key Right*4", "key Return", "key ctrl+Delete")),
    Typed("list-left", "Answer", ("key ctrl+End", "key Return*2", "type And more.")),
    Typed("items-joined", "Answer", ("key ctrl+Home", "key Down", "key Home", "key BackSpace", "type , ")),
    Typed("item-deleted", "Answer", ("key ctrl+Home", "key Down", "key Home", "key shift+End", "key Delete", "key BackSpace")),
    Typed("word-in-an-item", "Answer", ("key ctrl+Home", "key Right*5", "type l", "key Down", "key End", "type  recall")),
    Typed("list-made", "Answer", ("key ctrl+Home", "key ctrl+comma")),
    Typed("item-of-a-list-card", "List", ("key ctrl+Home", "key Down", "key End", "key Left*2", "type  in sleep")),
    Typed("item-added-to-a-list-card", "List", ("key ctrl+End", "key Return", "type {{c3::Grading}}")),
    Typed("bold", "Answer", ("key ctrl+Home", "key Right*2", "key shift+Right*4", "key ctrl+b")),
    Typed("slanted", "Answer", ("key ctrl+Home", "key Right*4", "key shift+Right*5", "key ctrl+i")),
    Typed("underlined", "Answer", ("key ctrl+Home", "key Right*4", "key shift+Right*4", "key ctrl+u")),
    Typed("no-longer-bold", "Answer", ("key ctrl+Home", "key Right*15", "key shift+Right*11", "key ctrl+b")),
    Typed("lowered", "Answer", ("key ctrl+Home", "key Right", "key shift+Right", "key ctrl+shift+equal")),
    Typed("marks-taken-off", "Answer", ("key ctrl+a", "key ctrl+r")),
    Typed("bold-and-typed-on", "Answer", ("key ctrl+End", "type  A ", "key ctrl+b", "type fitted", "key ctrl+b", "type  one.")),
    Typed("word-in-code", "Answer", ("key ctrl+Home", "key Right*13", "type i")),
    Typed("behind-code", "Answer", ("key ctrl+End", "type , which is quick.")),
    Typed("code-block", "Answer", ("key ctrl+Home", "key Down", "key End", "key Left*3", "type o")),
    Typed("return-in-a-code-block", "Answer", ("key ctrl+Home", "key End", "key Return", 'type say("and")')),
    Typed("beside-a-formula", "Answer", ("key ctrl+End", "key Left*5", "type i")),
    Typed("formula-added", "Answer", ("key ctrl+End", "type : ", "key ctrl+m", "key m", "wait", "type t = S \\ln 2", "wait", "key Right*4", "type .")),
    Typed("cell", "Answer", ("key ctrl+End", "key Left*5", "key BackSpace", "type y")),
    Typed("heading", "Answer", ("key ctrl+Home", "key Right*5", "type e", "key ctrl+End", "type  Mostly.")),
    Typed("link", "Answer", ("key ctrl+Home", "key Right*11", "type a")),
    Typed("new-deletion", "Text", ("key ctrl+End", "key Left", "key shift+Left*12", "key ctrl+shift+c")),
    Typed("same-deletion", "Text", ("key ctrl+End", "key Left", "key shift+Left*4", "key ctrl+shift+alt+c")),
    Typed("word-in-a-deletion", "Text", ("key ctrl+Home", "key Right*34", "type l")),
    Typed("hint-typed", "Text", ("key ctrl+End", "key Left*3", "type ::by heart")),
    Typed("deletion-taken-off", "Text", ("key ctrl+Home", "key Right*12", "key Delete*6", "key Right*6", "key Delete*2")),
    Typed("return-in-a-cloze", "Text", ("key ctrl+End", "key Return", "type {{c3::Sleep}} helps.")),
    Typed("pasted-page", "Answer", ("key ctrl+End", "type  ", f"html {_PAGE}")),
    Typed("pasted-office", "Answer", ("key ctrl+End", "type  ", f"html {_OFFICE}")),
    Typed("pasted-text", "Answer", ("key ctrl+End", "type  ", "text Sleep helps:\n  1. at night < noon\n  2. by day\n\nSo *sleep*.")),
    Typed("pasted-plainly", "Answer", ("key ctrl+End", "type  ", f"html shift {_PAGE}")),
    Typed("pasted-picture", "Answer", ("key ctrl+End", "key Return", "picture")),
    Typed("cut-and-pasted", "Answer", ("key ctrl+Home", "key shift+Right*17", "key ctrl+x", "key ctrl+End", "type  ", "key ctrl+v")),
    Typed("html-editor", "Answer", ("key ctrl+shift+x", "wait", "key ctrl+End", "type <br>It has <b>b</b> &amp; <i>i</i>.", "wait", "key ctrl+shift+x")),
    Typed("tag-typed", "Answer", ("key ctrl+shift+t", "wait", "type golden-typed::hard", "key Return", "wait")),
    Typed("chinese-typed", "Answer", ("key ctrl+End", "type 所以要间隔复习。")),
    Typed("chinese-deleted", "Answer", ("key ctrl+Home", "key Right*4", "key Delete*2")),
    Typed("chinese-put-right", "Answer", ("key ctrl+End", "key Left", "key BackSpace", "type 点")),
    Typed("chinese-deletion", "Text", ("key ctrl+End", "key Left*5", "key shift+Left*2", "key ctrl+shift+c")),
    Typed("chinese-reading", "Answer", ("key ctrl+End", "key Left", "type 和支持")),
)  # fmt: skip


@contextmanager
def display() -> Iterator[str]:
    """A display of its own, on which Anki draws."""
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", "1", "-screen", "0", "1400x1100x24"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
    )
    assert server.stdout is not None
    try:
        yield f":{server.stdout.readline().strip()}"
    finally:
        server.kill()
        server.wait()


class Keyboard:
    """The keys and the clipboard of a display."""

    def __init__(self, name: str) -> None:
        self._name = name

    def do(self, step: str) -> None:
        verb, _, words = step.partition(" ")
        match verb:
            case "key":
                for one in words.split():
                    key, _, count = one.partition("*")
                    self._xdotool("key", "--delay", "40", "--repeat", count or "1", key)
            case "type":
                self._xdotool("type", "--delay", "60" if words.isascii() else "300", "--", words)
            case "wait":
                time.sleep(1.5)
            case "html":
                plainly = words.startswith("shift ")
                self._paste(
                    "text/html",
                    words.removeprefix("shift ").encode(),
                    "ctrl+shift+v" if plainly else "ctrl+v",
                )
            case "text":
                self._paste("UTF8_STRING", words.encode())
            case "picture":
                self._paste("image/png", PICTURE.read_bytes())

    def _paste(self, kind: str, what: bytes, keys: str = "ctrl+v") -> None:
        subprocess.run(
            ["xclip", "-display", self._name, "-selection", "clipboard", "-t", kind], input=what, check=True
        )
        time.sleep(1)
        self._xdotool("key", keys)
        time.sleep(1.5)

    def _xdotool(self, *arguments: str) -> None:
        subprocess.run(
            ["xdotool", *arguments],
            env={"DISPLAY": self._name, "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
            check=True,
        )


class Saved(NamedTuple):
    """A note as it stands in a collection."""

    stamp: int
    fields: dict[str, str]
    tags: tuple[str, ...]


@contextmanager
def copied(collection: Path) -> Iterator[sqlite3.Connection]:
    """A copy of a collection, also of one that Anki has open."""
    with tempfile.TemporaryDirectory() as name:
        for path in collection.parent.glob(f"{collection.name}*"):
            shutil.copyfile(path, Path(name, path.name))
        with closing(sqlite3.connect(Path(name, collection.name))) as database:
            yield database


def notes(collection: Path) -> dict[str, Saved]:
    """The notes of a collection by the id of their card."""
    found: dict[str, Saved] = {}
    kinds: dict[int, list[str]] = {}
    with copied(collection) as database:
        for number, field in database.execute("select ntid, name from fields order by ntid, ord"):
            kinds.setdefault(number, []).append(field)
        for kind, stamp, tags, fields in database.execute("select mid, mod, tags, flds from notes"):
            named = dict(zip(kinds[kind], fields.split("\x1f"), strict=True))
            found[named["Id"]] = Saved(stamp, named, tuple(tags.split()))
    return found


def progress(collection: Path) -> list[tuple[Any, ...]]:
    """All rows of cards and of the review log."""
    with copied(collection) as database:
        return [
            *database.execute("select * from cards order by id"),
            *database.execute("select * from revlog order by id"),
        ]


def record(python: str, folder: Path, *, new: bool) -> tuple[str, list[dict[str, object]]]:
    """Edit all cards in Anki's usual editor, or in its `new` one; gives the version of Anki, and all edits."""
    shutil.copytree(DECK, folder / "cards_source/typed", ignore=shutil.ignore_patterns("*.json"))
    result = build(folder / "cards_source", folder / "output", now=1_700_000_000)
    with opened(python, folder, _with_new_editor if new else None) as (window, keyboard):
        import_package(window, Path(result.packages[0].path))
        before = notes(window.file)
        for edit in EDITS:
            type_into(window, keyboard, edit)
            assert window.told()[-1] == f"browser {edit.card} in {'NewEditor' if new else 'Editor'}"
        while_open = notes(window.file)
    after = notes(window.file)
    assert after == while_open, "Anki changed notes while it was closed"
    pairs = [_pair(edit, before[edit.card], after[edit.card]) for edit in EDITS]
    return window.told()[0].removeprefix("open "), pairs


def _pair(edit: Typed, before: Saved, after: Saved) -> dict[str, object]:
    others = {name for name in before.fields if before.fields[name] != after.fields[name]} - {edit.field}
    assert not others, f"{edit.card}: {others} changed, too"
    pair: dict[str, object] = {"card": edit.card, "field": edit.field, "steps": edit.steps}
    pair |= {"before": before.fields[edit.field], "after": after.fields[edit.field]}
    return pair | ({"tags": after.tags} if before.tags != after.tags else {})


def _with_new_editor(collection: Path) -> None:
    with Learner(collection) as learner:
        learner.col.set_config(*NEW)


@contextmanager
def opened(
    python: str, folder: Path, prepare: Callable[[Path], object] | None
) -> Iterator[tuple[Window, Keyboard]]:
    """Anki's window on a display of its own, with the browser open, and the keyboard for it.

    The folder of the collection is prepared before.
    """
    with display() as name:
        window = Window(folder / "window", python, {"DISPLAY": name, "QT_QPA_PLATFORM": "xcb"})
        if prepare is not None:
            prepare(window.collection)
        with window.open():
            window.do("browse")
            time.sleep(3)
            yield window, Keyboard(name)


def import_package(window: Window, package: Path) -> None:
    """Import a package by the import window, as a learner does."""
    before = len(window.told())
    window.do("import", str(package))
    window.wait(before + 1)


def type_into(window: Window, keyboard: Keyboard, edit: Typed) -> None:
    """Type as somebody does, and wait until Anki has saved it, or long enough."""
    before = notes(window.file)[edit.card]
    window.do("browse", f"Id:{edit.card}\t{edit.field}")
    for step in edit.steps:
        keyboard.do(step)
    for _ in range(12):
        time.sleep(0.25)
        if notes(window.file)[edit.card] != before:
            break
    time.sleep(1)


# -- two who mend the same file ------------------------------------------------------------

#: Three edits of a learner, each with what the YAML must say then.
ON_THE_PHONE = (
    (Typed("schulman-role", "Note", ("key ctrl+End", "type  Dates show on the backs.")), "2024. Dates show on the backs."),
    (Typed("next-token-prediction", "Answer", ("key ctrl+Home", "key Right*22", "type all ")), "given all the tokens"),
    (Typed("base-model", "Answer", ("key ctrl+Home", "key Right*30", "key shift+Right*3", "key ctrl+b")), "before **any** post"),
)  # fmt: skip
#: Three edits of an author, two of them in notes that the learner edits.
IN_YAML = (
    ("schulman-role", "Note", "an assistant of a raw model", "a helpful assistant of a raw model"),
    ("base-model", "Note", "it does not set out to help", "it does not set out to be of help"),
    ("calibration-from-log-probability", "Note", "roughly 30% do occur", "about 30% do occur"),
)
SHIPPED = "schulman-interview"


def meet(python: str, folder: Path) -> None:
    """A learner mends three cards in the window, an author three texts of the same file, while Anki is open.

    After pull, build and import all six edits are in both places, and no review is another.
    """
    author = Author(folder)
    with opened(python, folder, author.learn) as (window, keyboard):
        reviews = progress(window.file)
        for edit, _ in ON_THE_PHONE:
            type_into(window, keyboard, edit)
        author.edit()
        author.run("pull", str(window.file))
        author.run("build")
        author.git("commit", "-qam", "build")
        before = notes(window.file)
        import_package(window, author.package)
        after = notes(window.file)
        updated = sorted(card for card, note in after.items() if note != before[card])
        print(f"notes updated: {', '.join(updated)}")
        assert {card for card, *_ in IN_YAML} == {*updated}
        wanted = [(edit.card, edit.field, words) for edit, words in ON_THE_PHONE]
        wanted += [(card, field, new) for card, field, _, new in IN_YAML]
        for card, field, words in wanted:
            assert words in author.cards.read_text(encoding="utf-8"), words
            assert words.replace("*", "") in re.sub("<[^>]*>", "", after[card].fields[field]), words
        assert progress(window.file) == reviews, "cards or reviews are others"
        assert "no text came home" in author.run("pull", str(window.file))
        assert not author.git("status", "--short")
        print("all six edits are in both places; cards and reviews are equal row by row")


class Author:
    """The shipped deck in a clone, whose history has all packages that were shipped."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "clone"
        subprocess.run(["git", "clone", "-q", ROOT, self.folder], check=True)
        self.package = self.folder / f"output/{SHIPPED}.en.apkg"
        (self.cards,) = self.folder.glob(f"cards_source/{SHIPPED}/01-*.yaml")

    def git(self, *arguments: str) -> str:
        who = ("-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false")
        command = ["git", *who, *arguments]
        return subprocess.run(
            command, cwd=self.folder, check=True, capture_output=True, encoding="utf-8"
        ).stdout

    def learn(self, collection: Path) -> None:
        """Let somebody learn the deck for a month."""
        with Learner(collection) as learner:
            learner.import_package(self.package)
            (options,) = learner.col.decks.all_config()
            options["new"]["perDay"] = 10
            learner.col.decks.update_config(options)
            deck = learner.col.decks.get(learner.cards(ON_THE_PHONE[0][0].card)[0].did)
            assert deck is not None
            for _ in range(30):
                learner.study_a_day(
                    deck["name"], lambda card: (3 if (card.id // 500 + card.reps) % 5 else 1, 6.0)
                )
            print(f"{learner.col.card_count()} cards, {len(learner.rows('revlog'))} reviews in 30 days")

    def edit(self) -> None:
        """Edit the texts, in another place than the learner."""
        text = self.cards.read_text(encoding="utf-8")
        for *_, old, new in IN_YAML:
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        self.cards.write_text(text, encoding="utf-8", newline="")

    def run(self, *arguments: str) -> str:
        """Print what a command of deckgen says, of the one here and not of the clone."""
        begin = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-P", "-m", "deckgen", *arguments], cwd=self.folder, check=True, capture_output=True, encoding="utf-8",
            env={**os.environ, "XDG_CACHE_HOME": str(self.folder.parent / "cache")},
        )  # fmt: skip
        print(f"deckgen {arguments[0]}: {time.monotonic() - begin:.1f} s")
        print("".join(f"    {line}\n" for line in (done.stdout + done.stderr).splitlines()))
        return done.stdout


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", required=True, help="a Python that has aqt")
    parser.add_argument("--meet", action="store_true", help="only let a learner and an author meet")
    given = parser.parse_args()
    if given.meet:
        with tempfile.TemporaryDirectory() as name:
            meet(given.python, Path(name))
        return
    anki, edits = "", {}
    for editor in ("usual", "new"):
        begin = time.monotonic()
        with tempfile.TemporaryDirectory() as name:
            anki, edits[editor] = record(given.python, Path(name), new=editor == "new")
        print(f"{editor} editor: {len(EDITS)} edits, {time.monotonic() - begin:.0f} s")
    text = json.dumps({"anki": anki, "edits": edits}, ensure_ascii=False, indent=1)
    RECORDED.write_text(f"{text}\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
