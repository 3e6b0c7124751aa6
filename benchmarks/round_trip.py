"""One package from a learner's Anki through `deckgen adopt` and `build` back over that learner: what became of it.

deckgen is run as a person runs it; the real Anki is the learner. What a text looks like once it is rendered
by us is asked of deckgen's own comparison, and of a browser (see `adopting`).
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.works import DECKGEN
from deckgen import kinds
from deckgen.adopting.convert import render
from deckgen.adopting.lines import alike
from deckgen.adopting.look import Look, look_of
from deckgen.adopting.seen import seen
from deckgen.adopting.unsayable import Unsayable
from deckgen.deck import Deck
from deckgen.lock.parse import parse
from deckgen.reading.load import load
from deckgen.written import Text

#: What is no plain text: a tag, or a character by its name or number.
_MARKUP = re.compile(r"<[A-Za-z/!]|&#?\w+;")
#: How a learner answers: two of three cards well, over so many days.
_DAYS, _ANSWERS = 3, ((6, 3), (2, 1), (2, 4), (2, 2))

Rows = list[tuple[Any, ...]]


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
    something is gone and not in the report. Of the fields with markup, `html` stayed HTML, by reason. Of `notes`,
    `same` look the same when each text is rendered by us; `twice` are guids with several contents.
    """

    name: str
    notes: int = 0
    twice: int = 0
    marked: int = 0
    html: Counter[str] = field(default_factory=Counter)
    same: int = 0
    lost: set[str] = field(default_factory=set)
    faults: list[tuple[str, str]] = field(default_factory=list)
    untouched: bool = False
    edited: bool = False
    needs_trust: bool = False
    shown: list[Shown] = field(default_factory=list)

    def fault(self, cause: str, example: object) -> None:
        self.faults.append((cause, str(example)[:300]))


@dataclass(frozen=True, slots=True)
class _Note:
    """A note in somebody's collection; `cards` are the decks of its cards by number."""

    type: int
    fields: tuple[str, ...]
    tags: tuple[str, ...]
    cards: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class _Held:
    """All that somebody has: notes by guid, note types by Anki's number, the content of files by name."""

    notes: Mapping[str, _Note]
    types: Mapping[int, dict[str, Any]]
    media: Mapping[str, bytes]


def trip(package: Path, folder: Path) -> Trip:
    """Take one package all the way; `folder` is empty, and may be filled."""
    # Anki takes its time to load.
    from tests.real_anki import Learner

    done = Trip(package.name)
    work = folder / "work"
    work.mkdir()
    with Learner(folder / "fresh") as fresh:
        fresh.import_package(package)
        held = _held(fresh)
    done.notes = len(held.notes)
    report = _adopted(done, package, work)
    if report is None:
        return done
    twice = {one["guid"] for one in report["guids_with_several_contents"]}
    done.twice = len(twice)
    decks = [deck for deck in map(_loaded, _folders(work)) if deck is not None]
    _texts(done, report, held, dict(_by_guid(work, decks)), twice)
    code, said = _run(work, "build")
    if code:
        done.fault("the first build is refused", said)
        return done
    with Learner(folder / "again") as again:
        for built in sorted((work / "output").glob("*.apkg")):
            again.import_package(built)
        _losses(done, report, held, _held(again), twice)
    with Learner(folder / "learner") as learner:
        learner.import_package(package)
        _study(learner)
        _over(done, learner, work, twice)
        _edit(done, learner, work, decks)
    return done


# -- deckgen -----------------------------------------------------------------------


def _run(work: Path, *arguments: str) -> tuple[int, str]:
    """The exit code of `deckgen …` in a folder, and what it said."""
    done = subprocess.run(
        [*DECKGEN, *arguments], cwd=work, capture_output=True, encoding="utf-8", errors="replace", check=False
    )
    return done.returncode, done.stdout if not done.returncode else (done.stderr or done.stdout)


def _adopted(done: Trip, package: Path, work: Path) -> dict[str, Any] | None:
    """What `deckgen adopt` reports; a person who read that it needs to be trusted says so."""
    for trusted in ((), ("--trusted",)):
        code, said = _run(work, "adopt", str(package), "--format", "json", *trusted)
        if code:
            done.fault("adopt is refused", said)
            return None
        report: dict[str, Any] = json.loads(said)
        if not any(deck["needs_trusted"] for deck in report["decks"]):
            return report
        done.needs_trust = True
        if not trusted:
            shutil.rmtree(work / "cards_source")
    return report


def _folders(work: Path) -> list[Path]:
    return sorted(path.parent for path in (work / "cards_source").glob("*/deck.yaml"))


def _loaded(folder: Path) -> Deck | None:
    return load(folder)[0]


def _by_guid(work: Path, decks: list[Deck]) -> Iterator[tuple[str, dict[str, Text]]]:
    """The texts of each note by the names of their fields."""
    for deck in decks:
        lock, _ = parse((deck.folder / "deck.lock").read_text(encoding="utf-8"), "deck.lock")
        assert lock is not None, work
        guids = {card: line.guid for (card, _), line in lock.notes.items()}
        for card in deck.cards:
            for content in card.contents.values():
                if isinstance(content, kinds.OwnFields):
                    texts = {one.name.value: one.text for one in content.texts}
                    yield guids.get(card.id.value, ""), texts


# -- what the source says -----------------------------------------------------------


def _texts(
    done: Trip, report: dict[str, Any], held: _Held, texts: Mapping[str, dict[str, Text]], twice: set[str]
) -> None:
    """Count what became Markdown, and which notes look the same when all of their texts are rendered by us."""
    done.html = Counter(one["reason"] for deck in report["decks"] for one in deck["html"])
    looks: dict[int, Look] = {}
    for guid, note in held.notes.items():
        made = held.types[note.type]
        sides = [side for one in made["tmpls"] for side in (one["qfmt"], one["afmt"])]
        look = looks.setdefault(note.type, look_of(made["css"], sides))
        own = texts.get(guid)
        same = own is not None
        for one, html in zip(made["flds"], note.fields, strict=True):
            done.marked += bool(_MARKUP.search(html)) and guid not in twice
            text = own.get(one["name"]) if own is not None else None
            if not html or own is None:
                continue
            ours = "" if text is None else None if text.html else render(text.value, cloze=made["type"] == 1)
            if ours is None or not _alike(html, ours, look, cloze=made["type"] == 1):
                same = False
                if ours is not None:
                    done.fault("a text looks otherwise", f"{one['name']}: {html!r} → {ours!r}")
            elif ours != html:
                done.shown.append(Shown(made["css"], html, ours))
        done.same += same


def _alike(html: str, ours: str, look: Look, *, cloze: bool) -> bool:
    if html == ours:
        return True
    try:
        return alike(seen(html, look, cloze=cloze), seen(ours, look, cloze=cloze))
    except Unsayable:
        return False


# -- what learners have -------------------------------------------------------------


def _held(learner: Any) -> _Held:
    col = learner.col
    names = {deck.id: deck.name for deck in col.decks.all_names_and_ids()}
    cards: dict[int, dict[int, str]] = {}
    for note, number, deck in col.db.all("select nid, ord, did from cards"):
        cards.setdefault(note, {})[number] = names[deck]
    notes = {
        guid: _Note(kind, tuple(fields.split("\x1f")), tuple(sorted(tags.split())), cards.get(note, {}))
        for note, guid, kind, tags, fields in col.db.all("select id, guid, mid, tags, flds from notes")
    }
    types = {kind: col.models.get(kind) for kind in {note.type for note in notes.values()}}
    folder = Path(col.media.dir())
    return _Held(notes, types, {path.name: path.read_bytes() for path in folder.iterdir()})


def _losses(done: Trip, report: dict[str, Any], held: _Held, got: _Held, twice: set[str]) -> None:
    """What a new learner lacks of the package, or has otherwise, without a word in the report."""
    told = twice | {one["guid"] for one in report["notes_left_out"]}
    named = {name for one in report["left_out"] for name in one["names"]}
    said = json.dumps([deck["remarks"] for deck in report["decks"]], ensure_ascii=False)
    for guid in held.notes.keys() - told:
        before, after = held.notes[guid], got.notes.get(guid)
        what = "is not in the package" if after is None else _otherwise(before, after, said)
        if what:
            done.lost.add(guid)
            done.fault(f"a note {what}", f"{guid}: {before} → {after}")
    for number, made in held.types.items():
        for key in ("name", "css", "type", "sortf", "latexPre", "latexPost", "req"):
            if number in got.types and made.get(key) != got.types[number].get(key):
                done.fault(f"`{key}` of a note type", f"{made.get(key)!r} → {got.types[number].get(key)!r}")
        for key, parts in (("flds", ("name", "id", "font", "size", "rtl")), ("tmpls", ("name", "id", "qfmt", "afmt"))):
            if number in got.types:
                one, other = ([[part.get(name) for name in parts] for part in kind[key]] for kind in (made, got.types[number]))
                if one != other:
                    done.fault(f"`{key}` of a note type", f"{one} → {other}")
    for name in held.media.keys() - named:
        if got.media.get(name) != held.media[name]:
            done.fault("a file is lost or another one", name)


def _otherwise(before: _Note, after: _Note, remarks: str) -> str:
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
    return "has cards in another deck" if any(deck not in remarks for deck in moved) else ""


def _study(learner: Any) -> None:
    """Some days of reviews in all decks."""
    roots = {name.name.partition("::")[0] for name in learner.col.decks.all_names_and_ids()}
    for _ in range(_DAYS):
        for root in sorted(roots):
            for count, ease in _ANSWERS:
                learner.study(root, count, ease)
        learner.sleep()


def _rows(learner: Any, twice: set[str]) -> dict[str, Rows]:
    """All notes, cards and reviews, without those of guids with several contents."""
    left = {row[0] for row in learner.rows("notes") if row[1] in twice}
    cards = {row[0] for row in learner.rows("cards") if row[1] in left}
    return {
        "notes": [row for row in learner.rows("notes") if row[0] not in left],
        "cards": [row for row in learner.rows("cards") if row[0] not in cards],
        "revlog": [row for row in learner.rows("revlog") if row[1] not in cards],
    }


def _changed(before: Rows, after: Rows) -> Rows:
    return [row for row in {*before} ^ {*after}]


def _import(learner: Any, work: Path) -> Counter[str]:
    counts: Counter[str] = Counter()
    for built in sorted((work / "output").glob("*.apkg")):
        log = learner.import_package(built)
        counts.update(new=log.new, updated=log.updated, conflicting=log.conflicting)
    return +counts


def _over(done: Trip, learner: Any, work: Path, twice: set[str]) -> None:
    """The built packages go over what a learner studied: nothing may change."""
    before = _rows(learner, twice)
    types = _types(learner)
    log = _import(learner, work)
    after = _rows(learner, twice)
    for table in before:
        if changed := _changed(before[table], after[table]):
            done.fault(f"{len(changed)} rows of {table} are touched", changed[:2])
    if log:
        done.fault(f"Anki tells of {dict(log)}", "")
    if types != _types(learner):
        done.fault("a note type that learners have is changed", _first(types, _types(learner)))
    done.untouched = before == after and not log


def _types(learner: Any) -> dict[int, Any]:
    return {one["id"]: {key: value for key, value in one.items() if key != "usn"} for one in learner.col.models.all()}


def _first(before: dict[int, Any], after: dict[int, Any]) -> str:
    for number in before.keys() | after.keys():
        one, other = before.get(number, {}), after.get(number, {})
        for key in one.keys() | other.keys():
            if one.get(key) != other.get(key):
                return f"{key}: {one.get(key)!r} → {other.get(key)!r}"
    return ""


# -- one field is edited --------------------------------------------------------------

_WORD = "Qx"


def _edit(done: Trip, learner: Any, work: Path, decks: list[Deck]) -> None:
    """A typo is mended in the YAML: the learner gets that note, and keeps the history."""
    if not _type_a_word(decks):
        done.fault("no text begins with a word that a person could mend", "")
        return
    code, said = _run(work, "build")
    if code:
        done.fault("the build after an edit is refused", said)
        code, said = _run(work, "build", "--no-lint")
    if code:
        return
    before = _rows(learner, set())
    log = _import(learner, work)
    after = _rows(learner, set())
    changed = {row[0] for row in _changed(before["notes"], after["notes"])}
    texts = [row[6] for row in after["notes"] if row[0] in changed]
    if log != {"updated": 1} or len(changed) != 1 or _WORD not in texts[0]:
        done.fault("an edit does not update one note", f"{dict(log)}, {len(changed)} notes")
    elif before["cards"] != after["cards"] or before["revlog"] != after["revlog"]:
        done.fault("an edit touches the history", "")
    else:
        done.edited = True


def _type_a_word(decks: list[Deck]) -> bool:
    """Put a word before the first text that begins with letters."""
    for deck in decks:
        for card in deck.cards:
            for content in card.contents.values():
                for _, _, text in kinds.parts(content):
                    if not text.html and text.value[:3].isascii() and text.value[:3].isalpha():
                        return _typed(deck, text)
    return False


def _typed(deck: Deck, text: Text) -> bool:
    path = next(path for path in deck.folder.glob("*.yaml") if text.file.shown.endswith(path.name))
    lines = path.read_text(encoding="utf-8").split("\n")
    line = lines[text.place.line - 1]
    at = line.find(text.value[:3], text.place.column - 1)
    if at < 0:
        return False
    lines[text.place.line - 1] = line[:at] + _WORD + line[at:]
    path.write_text("\n".join(lines), encoding="utf-8", newline="")
    return True


Take = Callable[[Path, Path], Trip]
