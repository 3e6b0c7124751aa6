"""Turn a deck in one language into notes: the texts that Anki stores, in the order of study."""

from __future__ import annotations

import heapq
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import assert_never

from deckgen.deck import Card, Deck, Given
from deckgen.fixed import fixed
from deckgen.kinds import ClozeText, Content, ItemList, Kind, Occlusion, OwnFields, QuestionAnswer, Role
from deckgen.markup import cloze, given, markdown, texts
from deckgen.notes import faces, filters, occlusions, own_types
from deckgen.notes.authored import authored, switches
from deckgen.notes.identity import guid, short_hash
from deckgen.notes.layouts import Layout
from deckgen.notes.look import own_style
from deckgen.notes.media_names import MediaNames
from deckgen.notes.note_types import NoteType, note_types, with_notations
from deckgen.written import Text

# The cards of most notes, and their media; they share these mappings.
_ONE: Mapping[int, str] = {1: ""}
_NO_MEDIA: Mapping[str, str | None] = {}
_NONE_MADE: Mapping[str, Note] = {}
#: Called once a note.
Tick = Callable[[], None]


@fixed
class Known:
    """What the notes of a language take over from earlier builds.

    `namespace` is what guids derive from, mostly the language; `guids` are those of
    renamed cards; `numbers` are the cloze numbers of each card's items or masks; `left` are
    the retired cards whose notes are no longer given out; `layouts` are what learners
    have of the deck's own note types.
    """

    namespace: str
    numbers: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    guids: Mapping[str, str] = field(default_factory=dict)
    left: frozenset[str] = frozenset()
    layouts: Mapping[str, Layout] = field(default_factory=dict)


@fixed
class Note:
    """What a package holds for one card in one language.

    `role` is the short name of its note type; `fields` are HTML in the order of that. `cards` are the Anki
    cards it has by number from 1, each with what it asks: the key of an item or mask, a hash of what
    a cloze hides, nothing for questions. `authored` is a hash of all that the author
    wrote for it, so that a change of the renderer can be told from one of the author. `deck` is the path of
    its deck below the title; an import moves no card, so that it is no part of what is stamped. `media` are
    the names that its files have in the package, by those in its texts; None for a file that is missing.
    """

    card: str
    guid: str
    kind: Kind
    role: str
    fields: tuple[str, ...]
    tags: tuple[str, ...]
    cards: Mapping[int, str]
    authored: str
    retired: bool = False
    deck: str = ""
    media: Mapping[str, str | None] = field(default_factory=lambda: _NO_MEDIA)

    @property
    def text(self) -> str:
        """The note's words without markup, by which two notes are compared."""
        return words_of(self.fields)

    @property
    def ordinals(self) -> tuple[int, ...]:
        """The cards to ship, as Anki counts them, from 0, in any order. A retired card's note has none."""
        return () if self.retired else tuple(number - 1 for number in self.cards)


@fixed
class Rendered:
    """All notes of one package, its note types by their short names, and the media files by stored name.

    `left` are the retired cards whose notes are given out no more.
    """

    lang: str
    notes: tuple[Note, ...]
    note_types: Mapping[str, NoteType]
    description: str
    media: Mapping[str, Path] = field(default_factory=dict)
    left: frozenset[str] = frozenset()

    def lost(self, cards: Iterable[str]) -> list[str]:
        """Those of `cards` that the card files do not have any more."""
        present = {note.card for note in self.notes} | self.left
        return [card for card in cards if card not in present]


def words_of(fields: Sequence[str]) -> str:
    """The words of a note's first three fields: question, answer or list, remark. Masks have none."""
    shown = (field for field in fields[:3] if field and not occlusions.is_masks(field))
    return " ".join(filter(None, map(markdown.words, shown)))


def render_deck(
    deck: Deck, lang: str, known: Known, tick: Tick = lambda: None, made: Mapping[str, Note] = _NONE_MADE
) -> Rendered:
    """Render the cards that have the language `lang`, in the order of study.

    `known` must have a number for every item of a list and every mask; `tick` is called
    once a note. Notes in `made` (by card) were made of the same card, deck and `known`; they are taken over
    if their media are as they were. Raises OSError when a media file can't be read.
    """
    names = MediaNames(deck)
    style = own_style(deck, names.resolve_shared)
    cards = (card for card in deck.cards if lang in card.contents and card.id.value not in known.left)
    contents = [card.contents[lang] for card in cards]
    roles = {content.kind.facts.role for content in contents}
    types = note_types(deck, lang, known.namespace, style, roles)
    if deck.note_types:
        own = {content.type.value for content in contents if isinstance(content, OwnFields)}
        types |= own_types.note_types(
            deck, lang, known.namespace, known.layouts, own, names.resolve_shared, style, names.ship
        )
    if any(one.adopted for one in types.values()):
        names.ship_code()
    notes = []
    for card in study_order(deck.cards):
        if lang in card.contents and card.id.value not in known.left:
            note = made.get(card.id.value)
            is_same = note is not None and all(names.resolve(one) == note.media[one] for one in note.media)
            notes.append(note if note and is_same else _note(deck, card, lang, known, names, types))
            tick()
    marked = {note.role for note in notes if _has_notations(note.fields)}
    types = {role: with_notations(one, lang) if role in marked else one for role, one in types.items()}
    description = deck.description.get(lang)
    html = markdown.to_html(description.value, names.resolve) if description else ""
    used = dict(sorted(names.used.items()))
    return Rendered(lang, tuple(notes), types, unicodedata.normalize("NFC", html), used, known.left)


def _has_notations(fields: Sequence[str]) -> bool:
    """Whether there is a script or a reading, which have a look of their own."""
    html = "".join(fields)
    return "<su" in html or "<ruby>" in html


def study_order(cards: Sequence[Card]) -> list[Card]:
    """Cards in the order of the files, except that each comes after those in its `after:`.

    A card is held back no longer than it must be. Each `after:` must name a card (K12), and there
    must be no cycle (K13).
    """
    if not any(card.after for card in cards):
        return list(cards)
    position = {card.id.value: index for index, card in enumerate(cards)}
    waiting = [0] * len(cards)
    followers: dict[int, list[int]] = {}
    for index, card in enumerate(cards):
        for before in {position[text.value] for text in card.after}:
            followers.setdefault(before, []).append(index)
            waiting[index] += 1
    ready = [index for index, count in enumerate(waiting) if count == 0]
    order = []
    while ready:
        index = heapq.heappop(ready)
        order.append(cards[index])
        for follower in followers.get(index, ()):
            waiting[follower] -= 1
            if waiting[follower] == 0:
                heapq.heappush(ready, follower)
    return order


def _note(
    deck: Deck, card: Card, lang: str, known: Known, names: MediaNames, types: Mapping[str, NoteType]
) -> Note:
    content = card.contents[lang]
    note_type = types[content.type.value if isinstance(content, OwnFields) else content.kind.facts.role]
    mentioned = names.start()
    source, see, status = (
        _source_line(deck, card, lang), " · ".join(text.value for text in card.see), _status(card, lang)
    )  # fmt: skip
    fields = _fields(deck, card, lang, known, names, note_type)
    if not isinstance(content, OwnFields):
        fields |= {"Source": source, "See": see}
    if not note_type.adopted:
        fields |= {"Status": status, "Id": card.id.value}
    stored = tuple([_composed(fields.get(name, "")) for name in note_type.field_names])
    if note_type.is_cloze:
        stored = tuple(map(cloze.finish, stored))
    if kept := deck.past.kept(card.id.value, lang):
        html = {name: given.with_files(line.value, names.resolve_given) for name, line in kept.items()}
        stored = tuple(map(html.get, note_type.field_names, stored))
    if isinstance(content, Occlusion):  # whose masks nothing may finish
        stored = (occlusions.written(content, known.numbers[card.id.value]), *stored[1:])
    tags = _tags(deck, card)
    labels = _labels(card, content, stored, known)
    numbers = [ordinal + 1 for ordinal in faces.cards(note_type, stored, tags)]
    past = deck.past.notes.get((card.id.value, lang))
    if past is not None and past.cards is not None:
        numbers = _as_given(past, numbers, note_type, tags)
    about = (source, see, status, *tags, *sorted({stored for stored in mentioned.values() if stored}))
    return Note(
        card=card.id.value,
        guid=known.guids.get(card.id.value) or guid(deck.identity, known.namespace, card.id.value),
        kind=content.kind,
        role=note_type.role,
        fields=stored,
        tags=tags,
        cards={number: labels.get(number, "") for number in numbers} if labels or numbers != [1] else _ONE,
        authored=short_hash("\x1f".join((authored(content), *about, switches(card)))),
        retired=card.retired is not None,
        deck=_composed(deck.subdeck(card, lang)),
        media={**mentioned} or _NO_MEDIA,
    )


def _fields(
    deck: Deck, card: Card, lang: str, known: Known, names: MediaNames, note_type: NoteType
) -> dict[str, str]:
    """What the fields of a note say of its content, by name."""
    content = card.contents[lang]
    match content:
        case QuestionAnswer():
            fields = _question_answer(card, content, names)
        case ClozeText():
            fields = _cloze(content, names)
        case ItemList():
            fields = _item_list(content, known.numbers[card.id.value], names)
        case Occlusion():
            fields = _occlusion(content, names)
        case OwnFields():
            return _own(deck, card, content, lang, names, note_type.bracketed)
        case _:
            assert_never(content)
    fields["Note"] = _html(content.note, names) if content.note else ""
    fields["Hint"] = _html(content.hint, names) if content.hint else ""
    if card.typed:
        fields.setdefault("Typed", "1")
    return fields


def _as_given(past: Given, numbers: Sequence[int], note_type: NoteType, tags: Collection[str]) -> list[int]:
    """The cards of a note of which learners have others than Anki makes of its fields.

    What they lacked before is not given to them now, and what they had beyond that stays.
    """
    before = [past.lines[name].value if name in past.lines else "" for name in note_type.field_names]
    made = {ordinal + 1 for ordinal in faces.cards(note_type, before, tags)}
    had = {number for number in past.cards or () if note_type.is_cloze or number <= len(note_type.templates)}
    return sorted(({*numbers} - (made - had)) | (had - made))


def _composed(html: str) -> str:
    return html if html.isascii() else unicodedata.normalize("NFC", html)


def _labels(card: Card, content: Content, fields: Sequence[str], known: Known) -> Mapping[int, str]:
    """What each Anki card asks, by number, for a card that has more than one question."""
    match content:
        case QuestionAnswer():
            return {}
        case ClozeText():
            return _hidden(fields[0])
        case OwnFields():
            return _hidden("\n".join(fields)) if any("{{c" in html for html in fields) else {}
        case ItemList() | Occlusion():
            return {number: key for key, number in known.numbers[card.id.value].items()}
        case _:
            assert_never(content)


def _hidden(html: str) -> Mapping[int, str]:
    return {number: short_hash(markdown.plain(part)) for number, part in cloze.hidden(html).items()}


def _own(
    deck: Deck, card: Card, content: OwnFields, lang: str, names: MediaNames, bracketed: Collection[str]
) -> dict[str, str]:
    """The author's fields; the speaker and the section stand in those that take them.

    Readings stand in brackets in those that are `bracketed`.
    """
    own = deck.note_types[content.type.value]
    kept = deck.past.kept(card.id.value, lang)
    fields = {
        one.name.value: texts.with_deletions(one.text, names.resolve)
        if one.role is Role.CLOZE
        else _html(one.text, names)
        for one in content.texts
        if one.name.value not in kept
    }
    if own.speaker:
        fields[own.speaker] = "".join(_speaker(deck, card, lang))
    if own.source:
        line = _section(card, lang) if own.speaker else [_source_line(deck, card, lang)]
        fields[own.source] = "".join(line)
    return fields | {name: filters.in_brackets(fields[name]) for name in fields if name in bracketed}


def _question_answer(card: Card, content: QuestionAnswer, names: MediaNames) -> dict[str, str]:
    answer = _html(content.answer, names)
    fields = {"Question": _html(content.question, names), "Answer": answer}
    if card.typed:
        fields["Typed"] = _plain(answer)
    if card.reverse:
        fields["Reverse"] = "1"
    return fields


def _cloze(content: ClozeText, names: MediaNames) -> dict[str, str]:
    return {"Text": texts.with_deletions(content.text, names.resolve)}


def _item_list(content: ItemList, numbers: Mapping[str, int], names: MediaNames) -> dict[str, str]:
    rows = ((numbers[item.key.value], _html(item.text, names)) for item in content.items)
    listed = "".join(f"<li>{cloze.wrap(number, html)}</li>\n" for number, html in rows)
    return {"Text": _html(content.question, names), "List": f"<ul>\n{listed}</ul>"}


def _occlusion(content: Occlusion, names: MediaNames) -> dict[str, str]:
    picture = content.picture.value
    stored = names.resolve(picture)
    return {
        "Image": f'<img src="{stored}" alt="">' if stored else markdown.literal(picture),
        "Header": _html(content.question, names),
        "Back Extra": _html(content.note, names) if content.note else "",
    }


def _html(text: Text, names: MediaNames) -> str:
    return texts.to_html(text, names.resolve)


def _plain(html: str) -> str:
    """What a learner has to type: the text without markup, escaped again for the field."""
    return markdown.literal(markdown.plain(html))


def _source_line(deck: Deck, card: Card, lang: str) -> str:
    """Who says it, and under which heading; without the locator, so that correcting that changes no note."""
    return " · ".join((*_speaker(deck, card, lang), *_section(card, lang)))


def _speaker(deck: Deck, card: Card, lang: str) -> Iterator[str]:
    if card.speaker is not None:
        name = (deck.speakers or {}).get(card.speaker.value, {}).get(lang, card.speaker)
        yield markdown.literal(name.value)


def _section(card: Card, lang: str) -> Iterator[str]:
    if lang in card.section:
        yield markdown.literal(card.section[lang].value)


def _status(card: Card, lang: str) -> str:
    if card.retired is None:
        return ""
    reason = card.retired.reason.get(lang)
    words = [card.retired.since.value, reason.value if reason else ""]
    return markdown.literal(": ".join(word for word in words if word))


def _tags(deck: Deck, card: Card) -> tuple[str, ...]:
    """The tags of a note, under the deck's key: one search finds them all, and none is a learner's own.

    In a deck that learners had before deckgen, they have the tags without the key.
    """
    above = "" if deck.adopted else f"{deck.key.value}::"
    tags = {f"{above}{text.value}" for text in card.tags}
    if card.retired is not None:
        tags.add(deck.retired_tag)
    return tuple(sorted(tags))
