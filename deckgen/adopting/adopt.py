"""`adopt`: an existing deck becomes source, whole or not at all, and its learners' history goes on."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path

from deckgen.adopting import again, division
from deckgen.adopting.adoption import Adoption, Wanted, words
from deckgen.adopting.folder import CantAdopt
from deckgen.adopting.foreign import Foreign, ForeignNote
from deckgen.adopting.report import Report, Twice
from deckgen.editing.starter import SCHEMAS
from deckgen.finding import short
from deckgen.packing.stage import Stage, alone, scratch, staging
from deckgen.reading import schema
from deckgen.reading.keys import RESERVED, is_name, name_hint

_TWICE = "notes that are there twice"


def adopt(decks_dir: Path, foreign: Foreign, wanted: Wanted) -> Report:
    """Write what a file holds as decks below `decks_dir`, or what is new of it into the decks that are there.

    Raises CantAdopt when that can't be done, stage.Busy, and OSError when a file can't be read or written;
    then nothing changed.
    """
    expect_key(wanted.key)
    report = Report(left_out=dict(foreign.left_out), named=foreign.named, dry=wanted.dry)
    report.has_numbers = all(one.number for one in foreign.types.values())
    parts = division.divide(replace(foreign, notes=_once(foreign, report)), wanted.name, wanted.key)
    if not parts:
        raise CantAdopt("the file has no note with a card, so that there is nothing to make a deck of")
    if wanted.key is not None and len(parts) > 1:
        names = ", ".join(f"“{one.title}”" for one in parts[:8])
        raise CantAdopt(
            f"`--as` names one folder, and the file has {len(parts)} decks: choose one with `--deck`: {names}"
        )
    held = nullcontext() if wanted.dry else alone(decks_dir)
    with scratch() as spare, held as journal, staging(journal) as stage:
        known = again.known(decks_dir)
        there = [again.find(known, part) for part in parts]
        _expect_apart(there)
        for part, deck in zip(parts, there, strict=True):
            Adoption(decks_dir, foreign, wanted, report, spare).of(part, deck, stage)
        if report.is_new:
            add_schemas(decks_dir, stage)
        stage.finish()
    return report


def _expect_apart(there: Sequence[again.There | None]) -> None:
    """Raise CantAdopt when two decks of the file are one deck here."""
    folders = [one.deck.folder.as_posix() for one in there if one is not None]
    for folder in folders:
        if folders.count(folder) > 1:
            raise CantAdopt(
                f"{folder} has notes of several decks of the file: adopt one after the other, with `--deck`"
            )


def expect_key(key: str | None) -> None:
    """Raise CantAdopt when a folder can't have this name."""
    if key is not None and not is_name(key):
        raise CantAdopt(f"{key!r} can't be a deck's name: {name_hint(key)}")
    if key in RESERVED:
        message = f"{key!r} can't be a deck's name: Windows has no files of this name; choose another word"
        raise CantAdopt(message)


def _once(foreign: Foreign, report: Report) -> list[ForeignNote]:
    """The notes, without those that share a guid and say different things; of equal ones the first."""
    by_guid: dict[str, list[ForeignNote]] = {}
    for note in foreign.notes:
        if note.guid:
            by_guid.setdefault(note.guid, []).append(note)
    kept = []
    for note in foreign.notes:
        same = by_guid.get(note.guid, [note])
        contents = {(one.type, one.fields) for one in same}
        if len(contents) == 1 and same[0] is note:
            kept.append(note)
        elif len(contents) == 1:
            report.left_out[_TWICE] = report.left_out.get(_TWICE, 0) + 1
        elif same[0] is note:
            report.twice.append(Twice(note.guid, _texts(same)))
    return kept


def _texts(notes: Sequence[ForeignNote]) -> tuple[str, ...]:
    """How the fields of notes begin."""
    return tuple(short(" · ".join(filter(None, map(words, note.fields))), 100) for note in notes)


def add_schemas(decks_dir: Path, stage: Stage) -> None:
    """Stage what editors read, beside the decks; those already there may be from a newer deckgen."""
    for name, made in (("deck.json", schema.deck_schema), ("cards.json", schema.cards_schema)):
        path = decks_dir / SCHEMAS / name
        if not path.exists():
            stage.add(path, partial(_write, schema.as_text(made())), lambda *_: False)


def _write(text: str, path: Path) -> None:
    path.write_bytes(text.encode())
