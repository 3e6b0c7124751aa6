"""The names by which an author knows the Anki cards of a note."""

from __future__ import annotations

from typing import assert_never

from deckgen.kinds import ClozeText, Content, ItemList, Occlusion, OwnFields, QuestionAnswer, Role
from deckgen.markup import cloze


def asked(content: Content, *, reverse: bool = False) -> list[str]:
    """What each Anki card of a note is called: by a number, `c1`, or the key of an item or a mask.

    Of a deck's own note type it is what is asked about, the filled fields but for notes: templates say
    which cards these make (`notes.own_types`). `reverse` is that of the card.
    """
    match content:
        case QuestionAnswer():
            return ["1", "2"] if reverse else ["1"]
        case ClozeText(text):
            return [f"c{number}" for number in sorted({one.number for one in cloze.scan(text.value)[0]})]
        case ItemList(items=items):
            return [item.key.value for item in items]
        case Occlusion(masks=masks):
            return [mask.key.value for mask in masks]
        case OwnFields(texts=texts):
            return [one.name.value for one in texts if one.role is not Role.NOTE]
        case _:
            assert_never(content)
