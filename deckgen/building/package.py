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
    same source and lock give the same bytes. Raises OSError when a media file or the target fails.
    """
    apkg.write(target, contents(deck, rendered, lock, own))


def contents(deck: Deck, rendered: Rendered, lock: Lock, own: str) -> apkg.Contents:
    """What such a package holds."""
    lang = rendered.lang
    home = number("deck", deck.identity, lock.namespace(lang))
    types = rendered.note_types
    numbers = {role: note_type.number for role, note_type in types.items()}
    return apkg.Contents(
        decks=[apkg.PackedDeck(home, deck.title[lang].value, rendered.description)],
        note_types=[apkg.PackedType(types[role], lock.note_types[lang, role].stamp) for role in types],
        notes=[
            _packed(note, lock.notes[note.card, lang], numbers[note.role], home) for note in rendered.notes
        ],
        media=rendered.media,
        members={zips.LOCK: own.encode()},
    )


def _packed(note: Note, line: NoteLine, note_type: int, deck: int) -> apkg.PackedNote:
    return apkg.PackedNote(
        line.note_id, note.guid, note_type, deck, line.stamp, note.fields, note.tags, note.ordinals
    )
