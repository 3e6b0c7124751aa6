"""One package from a learner's Anki through `deckgen adopt` and `build` back over that learner: what became of it.

deckgen is run as a person runs it, and the real Anki is the learner. Whether a text looks the same once it is
rendered by us is asked of deckgen's own comparison here, and of a browser in `adopting`.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import learners
from benchmarks.learners import Held, OneNote
from benchmarks.works import DECKGEN
from deckgen import kinds
from deckgen.adopting.convert import render
from deckgen.adopting.lines import alike
from deckgen.adopting.look import Look, look_of
from deckgen.adopting.seen import seen
from deckgen.adopting.unsayable import Unsayable
from deckgen.deck import Deck
from deckgen.lock.parse import parse
from deckgen.markup.texts import as_read
from deckgen.reading.load import load
from deckgen.written import Text

if TYPE_CHECKING:
    from tests.real_anki import Learner

#: What is no plain text: a tag, or a character by its name or number.
_MARKUP = re.compile(r"<[A-Za-z/!]|&#?\w+;")
#: Letters that somebody types, and what is a word before which they are.
_WORD = "Qx"
_A_WORD = re.compile(r"(?<![^\s])[^\W\d_]{3,}")


class Refused(Exception):
    """Anki can't import a package: nobody has learnt it."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A field as learners have it and as we render its text, with the style sheet of its note type."""

    css: str
    html: str
    ours: str


@dataclass(slots=True)
class Trip:
    """What became of a package.

    `faults` are the promises that were broken, by cause, each with an example; `lost` are guids of notes of which
    something is gone and not in the report. Of the fields that are `marked` up, `stayed` HTML, as all in `html`, which
    are by reason. Of `notes`, `same` look the same when each text is rendered by us; `twice` are guids with several contents.

    """

    name: str
    notes: int = 0
    twice: int = 0
    marked: int = 0
    stayed: int = 0
    html: Counter[str] = field(default_factory=Counter)
    same: int = 0
    lost: set[str] = field(default_factory=set)
    faults: list[tuple[str, str]] = field(default_factory=list)
    untouched: bool = False
    edited: bool = False
    needs_trust: bool = False
    shown: list[Shown] = field(default_factory=list)

    def fault(self, cause: str, example: object = "") -> None:
        """A promise that was broken."""
        self.faults.append((cause, str(example)[:400]))


def trip(package: Path, folder: Path) -> Trip:
    """Take one package all the way; `folder` is empty, and is filled.

    Raises Refused when Anki itself can't import it.
    """
    # Anki takes its time to load.
    from anki.errors import AnkiException

    from tests.real_anki import Learner

    done = Trip(package.name)
    work = folder / "work"
    work.mkdir()
    with Learner(folder / "fresh") as fresh:
        try:
            fresh.import_package(package)
        except AnkiException as error:
            raise Refused(f"{package.name}: {error}") from error
        held = learners.held(fresh)
    done.notes = len(held.notes)
    report = _adopted(done, package, work)
    if report is None:
        return done
    twice = {one["guid"] for one in report["guids_with_several_contents"]}
    done.twice = len(twice)
    decks = [deck for folder in _folders(work) if (deck := load(folder)[0]) is not None]
    _texts(done, report, held, dict(_by_guid(decks)), twice)
    if not _built(done, package, work):
        return done
    with Learner(folder / "again") as again:
        learners.import_all(again, work / "output")
        losses(done, report, held, learners.held(again), twice)
    with Learner(folder / "learner") as learner:
        learner.import_package(package)
        learners.study(learner)
        _over(done, learner, work, twice)
        _edit(done, learner, work, decks)
    return done


# -- deckgen -----------------------------------------------------------------------


def _run(work: Path, *arguments: str) -> tuple[int, str]:
    """The exit code of `deckgen …` in a folder, and what it said."""
    done = subprocess.run(
        [*DECKGEN, *arguments], cwd=work, capture_output=True, encoding="utf-8", errors="replace", check=False
    )
    return done.returncode, done.stdout if not done.returncode else done.stderr + done.stdout


def _adopted(done: Trip, package: Path, work: Path) -> dict[str, Any] | None:
    """What `deckgen adopt` reports; somebody who read that the deck needs to be trusted says so."""
    for trusted in ((), ("--trusted",)):
        code, said = _run(work, "adopt", str(package), "--format", "json", *trusted)
        if code:
            done.fault("adopt is refused", said)
            return None
        report: dict[str, Any] = json.loads(said)
        if trusted or not any(deck["needs_trusted"] for deck in report["decks"]):
            return report
        done.needs_trust = True
        shutil.rmtree(work / "cards_source")
    return None


def _built(done: Trip, package: Path, work: Path) -> bool:
    """Build what was adopted, and see that nothing else happens: not to the lock, nor when all is done once more."""
    before = _source(work)
    code, said = _run(work, "build")
    if code:
        done.fault("the first build is refused", said)
        return False
    for command in (["build", "--locked"], ["plan"], ["preview"], ["adopt", str(package)]):
        code, said = _run(work, *command)
        if code:
            done.fault(f"`deckgen {command[0]}` is not content with an adopted deck", said)
    _, said = _run(work, "check", "--format", "json")
    if errors := [one for one in json.loads(said) if one["severity"] == "error"]:
        done.fault("`deckgen check` finds errors in an adopted deck", errors[0])
    if changed := [name for name, content in _source(work).items() if before.get(name) != content]:
        done.fault("a file of the source changed by itself", changed)
    return True


def _source(work: Path) -> dict[str, bytes]:
    files = (path for path in (work / "cards_source").rglob("*") if path.is_file())
    return {path.relative_to(work).as_posix(): path.read_bytes() for path in files}


def _folders(work: Path) -> list[Path]:
    return sorted(path.parent for path in (work / "cards_source").glob("*/deck.yaml"))


def _by_guid(decks: list[Deck]) -> Iterator[tuple[str, dict[str, Text]]]:
    """The texts of each note by the names of their fields."""
    for deck in decks:
        lock, _ = parse((deck.folder / "deck.lock").read_text(encoding="utf-8"), "deck.lock")
        guids = {card: line.guid for (card, _), line in lock.notes.items()} if lock is not None else {}
        for card in deck.cards:
            for content in card.contents.values():
                if isinstance(content, kinds.OwnFields):
                    yield guids.get(card.id.value, ""), {one.name.value: one.text for one in content.texts}


# -- what the source says -----------------------------------------------------------


def _texts(
    done: Trip,
    report: dict[str, Any],
    held: Held,
    texts: Mapping[str, dict[str, Text]],
    twice: Collection[str],
) -> None:
    """Count what became Markdown, and which notes look the same when all of their texts are rendered by us."""
    done.html = Counter(one["reason"] for deck in report["decks"] for one in deck["html"])
    looks: dict[int, Look] = {}
    for guid, note in held.notes.items():
        if guid in twice:
            continue
        made = held.types[note.type]
        sides = [side for one in made["tmpls"] for side in (one["qfmt"], one["afmt"])]
        look = looks.setdefault(note.type, look_of(made["css"], sides))
        if guid not in texts:
            continue  # left out, which the report must say
        filled = [(one["name"], html) for one, html in zip(made["flds"], note.fields, strict=True) if html]
        for name, html in filled:
            if _MARKUP.search(html):
                done.marked += 1
                done.stayed += name in texts[guid] and texts[guid][name].html
        done.same += all(
            _is_same(done, made, look, name, html, texts[guid].get(name)) for name, html in filled
        )


def _is_same(done: Trip, made: dict[str, Any], look: Look, name: str, html: str, text: Text | None) -> bool:
    """Whether a field looks the same when its text is rendered by us; what stayed HTML does not."""
    if text is not None and text.html:
        return False
    cloze = made["type"] == 1
    ours = "" if text is None else render(text.value, cloze=cloze)
    if ours == html:
        return True
    if ours is None or not _alike(html, ours, look, cloze=cloze):
        done.fault("a text looks otherwise", f"{name}: {html!r} → {ours!r}")
        return False
    done.shown.append(Shown(made["css"], html, ours))
    return True


def _alike(html: str, ours: str, look: Look, *, cloze: bool) -> bool:
    try:
        return alike(seen(html, look, cloze=cloze), seen(ours, look, cloze=cloze))
    except Unsayable:
        return False


# -- what learners have -------------------------------------------------------------


def losses(done: Trip, report: dict[str, Any], held: Held, got: Held, twice: Collection[str]) -> None:
    """What a new learner lacks of the package, or has otherwise, without a word in the report."""
    told = {one["guid"] for one in report["notes_left_out"]}.union(twice)
    named = {name for one in report["left_out"] for name in one["names"]}
    remarks = [*(deck["remarks"] for deck in report["decks"]), [f"“{name}”" for name in named]]
    said = json.dumps(remarks, ensure_ascii=False)
    if any("without cards" in one["what"] for one in report["left_out"]):
        told |= {guid for guid, note in held.notes.items() if not note.cards}
    for guid in held.notes.keys() - told:
        before, after = held.notes[guid], got.notes.get(guid)
        what = "is not in the package" if after is None else _otherwise(before, after, said)
        if what:
            done.lost.add(guid)
            done.fault(f"a note {what}", f"{guid}: {before} → {after}")
    for number in held.types.keys() & got.types.keys():
        for what, example in learners.unlike(held.types[number], got.types[number]):
            done.fault(f"`{what}` of a note type", example)
    for name in held.media.keys() - named:
        if name not in said and got.media.get(name) != held.media[name]:
            done.fault(f"a file is {'another one' if name in got.media else 'lost'}", name)


def _otherwise(before: OneNote, after: OneNote, remarks: str) -> str:
    """What is not as it was; nothing where all is."""
    if before.type != after.type:
        return "has another note type"
    if before.fields != after.fields:
        return "has another text"
    if before.tags != after.tags:
        return "has other tags"
    if before.cards.keys() != after.cards.keys():
        return "has other cards"
    moved = {deck for number, deck in before.cards.items() if after.cards[number] != deck}
    told = "in several decks" in remarks or all(f"“{deck}”" in remarks for deck in moved)
    return "" if told else "has cards in another deck"


def _over(done: Trip, learner: Learner, work: Path, twice: Collection[str]) -> None:
    """The built packages go over what a learner studied: nothing may change."""
    before, types = learners.rows(learner, twice), learners.types(learner)
    log = learners.import_all(learner, work / "output")
    after = learners.rows(learner, twice)
    for table in before:
        if changed := before[table] ^ after[table]:
            done.fault(f"rows of {table} are touched", f"{len(changed)}: {sorted(changed, key=str)[:2]}")
    if log:
        done.fault(f"Anki tells of {', '.join(log)} notes", log)
    for number, one in types.items():
        if one != (other := learners.types(learner).get(number, {})):
            keys = [key for key in one.keys() | other.keys() if one.get(key) != other.get(key)]
            done.fault(
                f"of a note type that learners have, {', '.join(sorted(keys))} changes",
                [(one.get(key), other.get(key)) for key in keys],
            )
    done.untouched = before == after and not log


# -- one field is edited --------------------------------------------------------------


def _edit(done: Trip, learner: Learner, work: Path, decks: list[Deck]) -> None:
    """A word is typed into the YAML: the learner gets that note, and keeps the history."""
    if not _type_a_word(decks):
        done.fault("no text begins with a word before which one could type")
        return
    code, said = _run(work, "build")
    if code:
        done.fault("the build after an edit is refused", said)
        code, said = _run(work, "build", "--no-lint")
    if code:
        return
    before = learners.rows(learner)
    log = learners.import_all(learner, work / "output")
    after = learners.rows(learner)
    new = after["notes"] - before["notes"]
    if log != {"updated": 1} or len(new) != 1 or not all(_WORD in row[6] for row in new):
        done.fault("an edit does not update one note", f"{log}, {len(new)} notes")
    elif before["cards"] != after["cards"] or before["revlog"] != after["revlog"]:
        done.fault("an edit touches the history")
    else:
        done.edited = True


def _type_a_word(decks: list[Deck]) -> bool:
    """Type letters before a word of the first text that has one, of Markdown if there is any."""
    texts = [
        (deck, text)
        for deck in decks
        for card in deck.cards
        for content in card.contents.values()
        for _, _, text in kinds.parts(content)
    ]
    for deck, text in sorted(texts, key=lambda one: one[1].html):
        if found := _A_WORD.search(as_read(text, "{{c" in text.value)):
            _type(deck, text, found.start())
            return True
    return False


def _type(deck: Deck, text: Text, at: int) -> None:
    path = next(path for path in deck.folder.glob("*.yaml") if text.file.shown.endswith(path.name))
    lines = path.read_text(encoding="utf-8").split("\n")
    place = text.span(at, at + 3)
    line, column = lines[place.line - 1], place.column - 1
    lines[place.line - 1] = line[:column] + _WORD + line[column:]
    path.write_text("\n".join(lines), encoding="utf-8", newline="")
