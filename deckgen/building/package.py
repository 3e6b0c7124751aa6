"""What a package holds of a deck in one language: its notes with the ids and stamps of the lock."""

from __future__ import annotations

from pathlib import Path

from deckgen.deck import Deck
from deckgen.lock.lines import Lock
from deckgen.notes.identity import number
from deckgen.notes.render import Rendered
from deckgen.packing import apkg, collection


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
    notes = []
    for note in rendered.notes:
        line = lock.notes[note.card, lang]
        notes.append(
            apkg.PackedNote(
                line.note_id,
                note.guid,
                rendered.note_types[note.role].number,
                home,
                line.stamp,
                note.fields,
                note.tags,
                note.ordinals,
            )
        )
    return apkg.Contents(
        decks=[apkg.PackedDeck(home, deck.title[lang].value, rendered.description)],
        note_types=[
            apkg.PackedType(note_type, lock.note_types[lang, role].stamp)
            for role, note_type in rendered.note_types.items()
        ],
        notes=notes,
        media=rendered.media,
        members={collection.LOCK: own.encode()},
    )
