"""What a package holds of a deck in one language: its notes with the ids and stamps of the lock."""

from __future__ import annotations

from pathlib import Path

from deckgen.deck import Deck
from deckgen.lock.lines import Lock, NoteLine
from deckgen.notes.identity import number
from deckgen.notes.render import Note, Rendered
from deckgen.packing import apkg, zips


def write(target: Path, deck: Deck, rendered: Rendered, lock: Lock, own: str) -> None:
    """Write the package of `rendered` to `target`; `own` is the text of its lines of the lock.

    `lock` must have a line for every note and note type: stamps and ids come from there, so that the
    same cards and lock give the same bytes. Raises OSError when a media file or the target fails.
    """
    apkg.write(target, contents(deck, rendered, lock, own))


def contents(deck: Deck, rendered: Rendered, lock: Lock, own: str) -> apkg.Contents:
    """What such a package holds."""
    lang = rendered.lang
    types = rendered.note_types
    numbers = {role: note_type.number for role, note_type in types.items()}
    decks = _decks(deck, rendered, lock)
    return apkg.Contents(
        decks=list(decks.values()),
        note_types=[apkg.PackedType(types[role], lock.note_types[lang, role].stamp) for role in types],
        notes=[
            _packed(note, lock.notes[note.card, lang], numbers[note.role], decks[_path(note)].number)
            for note in rendered.notes
        ],
        media=rendered.media,
        members={zips.LOCK: own.encode()},
    )


def _decks(deck: Deck, rendered: Rendered, lock: Lock) -> dict[str, apkg.PackedDeck]:
    """The decks of a package by their paths below the title; only the first one has the description.

    One between two others is among them although no card lies in it: Anki looks for the parents of a deck
    up to the first that is missing, and those above would lose theirs (rslib/src/import_export/gather.rs).
    """
    lang, names = rendered.lang, ("deck", deck.identity, lock.namespace(rendered.lang))
    decks = {"": apkg.PackedDeck(number(*names), deck.title[lang].value, rendered.description)}
    for note in rendered.notes:
        if _path(note) not in decks:
            parts = note.deck.split("::")
            for path in ("::".join(parts[:depth]) for depth in range(1, len(parts) + 1)):
                decks.setdefault(path, apkg.PackedDeck(number(*names, path), deck.named(lang, path)))
    return decks


def _path(note: Note) -> str:
    """Where the cards of a note lie. One without cards brings no deck along."""
    return "" if note.retired else note.deck


def _packed(note: Note, line: NoteLine, note_type: int, deck: int) -> apkg.PackedNote:
    return apkg.PackedNote(
        line.note_id, note.guid, note_type, deck, line.stamp, note.fields, note.tags, note.ordinals
    )
