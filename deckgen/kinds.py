"""The kinds of cards: what an author writes for each, and the facts about it that other modules need.

What is worked out from a card, such as its fields, is worked out where it is needed: in a `match` that
ends in `assert_never`, so that mypy names every place that a new kind must change.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, NamedTuple, assert_never

from deckgen.fixed import fixed
from deckgen.written import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The facts about a kind.

    Counts call it `label`, findings call it `words`, and findings call one of its Anki cards `card`. A
    card is of this kind when it has these `keys`; `example` shows them all. `role` is the role of its
    note type, or nothing where the card names one of the deck's own. `compared` is what findings call that
    which all languages of a card must have, where that is not its Anki cards. Its Anki cards are `named`
    when the author gives each a permanent name, as each item of a list has its key; else they only have
    numbers. `colour` is the colour of its bars in pictures. What is told of each kind tells of one that
    came `late` only where there are cards of it, so that other decks' figures stay as they were.
    """

    label: str
    words: str
    card: str
    keys: tuple[str, ...]
    example: str
    role: Literal["qa", "cloze", "occlusion", ""]
    named: bool = False
    colour: str
    compared: str = ""
    late: bool = False


_QA = Facts(
    label="question",
    words="a question with an answer",
    card="card number",
    keys=("q", "a"),
    example='{q: "…", a: "…"}',
    role="qa",
    colour="one",
)
_CLOZE = Facts(
    label="cloze",
    words="a cloze",
    card="deletion",
    keys=("cloze",),
    example='{cloze: "… {{c1::…}}"}',
    role="cloze",
    colour="two",
)
_LIST = Facts(
    label="list",
    words="a list",
    card="item",
    keys=("q", "list"),
    example='{q: "…", list: {key: "…"}}',
    role="cloze",
    named=True,
    colour="three",
)
_OWN = Facts(
    label="own note",
    words="a note of a type of the deck's own",
    card="card",
    keys=("type", "fields"),
    example='{type: word, fields: {Front: "…"}}',
    role="",
    colour="four",
    compared="field",
    late=True,
)
_OCCLUSION = Facts(
    label="occlusion",
    words="a picture with masks",
    card="mask",
    keys=("q", "occlude", "masks"),
    example='{q: "…", occlude: picture.png, masks: {key: {rect: [10, 20, 30, 15]}}}',
    role="occlusion",
    named=True,
    colour="five",
    late=True,
)


class Kind(StrEnum):
    """What a card asks; a card keeps its kind for ever. The values stand in locks."""

    QA = "qa"
    CLOZE = "cloze"
    LIST = "list"
    OWN = "own"
    OCCLUSION = "occlusion"

    @property
    def facts(self) -> Facts:
        match self:
            case Kind.QA:
                return _QA
            case Kind.CLOZE:
                return _CLOZE
            case Kind.LIST:
                return _LIST
            case Kind.OWN:
                return _OWN
            case Kind.OCCLUSION:
                return _OCCLUSION
            case _:
                assert_never(self)


def _listed(keys: tuple[str, ...]) -> str:
    """Such as `q`, `occlude` and `masks`."""
    *first, last = (f"`{key}`" for key in keys)
    return " and ".join(filter(None, (", ".join(first), last)))


#: The keys that tell the kind of a card.
KIND_KEYS = tuple(dict.fromkeys(key for kind in Kind for key in kind.facts.keys))
#: The kind of a card by the KIND_KEYS that it has, in their order.
BY_KEYS = {tuple(key for key in KIND_KEYS if key in kind.facts.keys): kind for kind in Kind}
#: The keys of all kinds, as a message lists them.
IN_WORDS = ", or ".join(_listed(kind.facts.keys) for kind in Kind)


@fixed
class QuestionAnswer:
    question: Text
    answer: Text
    note: Text | None = None
    hint: Text | None = None

    @property
    def kind(self) -> Kind:
        return Kind.QA


@fixed
class ClozeText:
    text: Text
    note: Text | None = None
    hint: Text | None = None

    @property
    def kind(self) -> Kind:
        return Kind.CLOZE


@fixed
class Item:
    """A member of a list card. Its cloze number belongs to the key, not to its position."""

    key: Text
    text: Text


@fixed
class ItemList:
    question: Text
    items: tuple[Item, ...]
    note: Text | None = None
    hint: Text | None = None

    @property
    def kind(self) -> Kind:
        return Kind.LIST


@fixed
class OwnText:
    """What fills a field of a note type of the deck's own. `role` is the meaning that the type gives it."""

    name: Text
    text: Text
    role: Role


@fixed
class OwnFields:
    """The filled fields of a note of the deck's own type, at least one, in the order of the type."""

    type: Text
    texts: tuple[OwnText, ...]

    @property
    def kind(self) -> Kind:
        return Kind.OWN


#: The width and the height of a picture in the units of masks, which are hundredths of a per cent of it.
WHOLE = 10_000


class Shape(StrEnum):
    """What a mask looks like. The values stand in cards, and in the notes of Anki."""

    RECT = "rect"
    ELLIPSE = "ellipse"
    POLYGON = "polygon"


@fixed
class Mask:
    """What hides a part of a picture. Its cloze number belongs to the key, as that of an item does.

    `numbers` are in the units of `WHOLE`, as fine as Anki keeps them: left, top, width and
    height, of an ellipse those of the rectangle around it; of a polygon its corners, across and down in turn.
    """

    key: Text
    shape: Shape
    numbers: tuple[int, ...]

    @property
    def corners(self) -> tuple[tuple[int, int], ...]:
        """Those of a polygon, or of the rectangle around another shape."""
        if self.shape is Shape.POLYGON:
            return tuple(zip(self.numbers[::2], self.numbers[1::2], strict=True))
        left, top, width, height = self.numbers
        return (left, top), (left + width, top), (left + width, top + height), (left, top + height)

    @property
    def box(self) -> tuple[int, int, int, int]:
        """Left, top, right and bottom."""
        across, down = zip(*self.corners, strict=True)
        return min(across), min(down), max(across), max(down)


@fixed
class Occlusion:
    """A picture, by its name in `media/`, and the masks over it, each of which makes a card.

    The card of a mask hides the other masks as well, or this one `alone`.
    """

    question: Text
    picture: Text
    masks: tuple[Mask, ...]
    note: Text | None = None
    hint: Text | None = None
    alone: bool = False

    @property
    def kind(self) -> Kind:
        return Kind.OCCLUSION


#: What a card says in one language.
Content = QuestionAnswer | ClozeText | ItemList | OwnFields | Occlusion


class Role(StrEnum):
    """What a text of a card is for."""

    QUESTION = "question"
    ANSWER = "answer"
    ITEM = "item"
    CLOZE = "cloze"
    NOTE = "note"
    HINT = "hint"
    OTHER = "other"

    @property
    def is_recalled(self) -> bool:
        """Whether the text is what the learner is to recall, or contains it."""
        match self:
            case Role.ANSWER | Role.ITEM | Role.CLOZE:
                return True
            case Role.QUESTION | Role.NOTE | Role.HINT | Role.OTHER:
                return False
            case _:
                assert_never(self)

    @property
    def slot(self) -> int:
        """The position of the hash of such texts in the lock's `says=`; it may never change."""
        match self:
            case Role.QUESTION | Role.CLOZE:
                return 0
            case Role.ANSWER | Role.ITEM:
                return 1
            case Role.NOTE:
                return 2
            case Role.HINT:
                return 3
            case Role.OTHER:
                return 4
            case _:
                assert_never(self)


class Part(NamedTuple):
    """A text of a card, what it is for, and the key it stands under; an item has a key of its own."""

    role: Role
    key: str
    text: Text


def parts(content: Content) -> Iterator[Part]:
    """The texts of a card in one language: first what is asked, then what is recalled, then the others."""
    match content:
        case QuestionAnswer(question, answer):
            yield Part(Role.QUESTION, "q", question)
            yield Part(Role.ANSWER, "a", answer)
        case ClozeText(text):
            yield Part(Role.CLOZE, "cloze", text)
        case ItemList(question, items):
            yield Part(Role.QUESTION, "q", question)
            for item in items:
                yield Part(Role.ITEM, item.key.value, item.text)
        case Occlusion(question):  # what is recalled stands in the picture
            yield Part(Role.QUESTION, "q", question)
        case OwnFields(texts=texts):
            yield from (
                Part(one.role, one.name.value, one.text)
                for one in sorted(texts, key=lambda one: MEANINGS.index(one.role))
            )
            return
        case _:
            assert_never(content)
    if content.note is not None:
        yield Part(Role.NOTE, "note", content.note)
    if content.hint is not None:
        yield Part(Role.HINT, "hint", content.hint)


#: What a field of a deck's own note type may be for, in the order in which a card says it.
MEANINGS = (Role.QUESTION, Role.CLOZE, Role.ANSWER, Role.NOTE, Role.OTHER)
