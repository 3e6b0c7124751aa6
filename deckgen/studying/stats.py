"""Numbers about a deck: how many cards there are of each sort, and how long their texts are.

Measures and limits are those of the rules about length, so that a figure here never
contradicts a finding of `check`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from deckgen.checks.deletions import long_cloze
from deckgen.checks.length import long_answer, long_note, long_question
from deckgen.checks.proof import Limits, Passage, Proof, Side, lengths
from deckgen.checks.rule import Limited
from deckgen.deck import Card, Deck
from deckgen.kinds import Kind, OwnFields, Role
from deckgen.markup.asked import asked
from deckgen.notes import own_types
from deckgen.notes.note_types import NoteType
from deckgen.studying.coverage import cited, sections

#: The texts that are measured, in the order of a card, and the rule whose limits each has.
_RULES: Mapping[Role, Limited] = {
    Role.QUESTION: long_question,
    Role.ANSWER: long_answer,
    Role.ITEM: long_answer,
    Role.CLOZE: long_cloze,
    Role.NOTE: long_note,
}


@dataclass(frozen=True, slots=True)
class Section:
    """The cards under one heading. `names` are by language, and empty for cards without a section."""

    names: Mapping[str, str]
    kinds: Mapping[Kind, int]

    @property
    def cards(self) -> int:
        """How many there are, of all kinds."""
        return sum(self.kinds.values())


@dataclass(frozen=True, slots=True)
class Lengths:
    """How long the texts of one sort are, in `unit`: words, or characters of the script.

    `what` is what they are for. `sizes` are sorted and at least one;
    `card` has the longest of them, the first in the deck when there are several. `warning`
    and `error` are the limits of the rule; there may be no limit for errors.
    """

    what: Role
    unit: str
    sizes: tuple[int, ...]
    card: str
    warning: float
    error: float | None

    @property
    def median(self) -> int:
        """Half of the texts are at most this long, as L05 counts it."""
        return lengths.middle(self.sizes)

    @property
    def nine_tenths(self) -> int:
        """Nine tenths of the texts are at most this long, as L05 counts it."""
        return lengths.nine_tenths(self.sizes)

    @property
    def longest(self) -> int:
        return self.sizes[-1]

    @property
    def above(self) -> int:
        """How many are above the limit for warnings, including those whose cards silence the finding."""
        return sum(size > self.warning for size in self.sizes)


@dataclass(frozen=True, slots=True)
class Language:
    """One package: its cards, what Anki makes of them, and the lengths of their texts."""

    lang: str
    package: str
    cards: int
    anki_cards: int
    lengths: tuple[Lengths, ...]


@dataclass(frozen=True, slots=True)
class Stats:
    """The numbers of one deck. Retired cards are counted in `retired` and nowhere else.

    `tags` holds the whole vocabulary, each with the cards that a search for it finds, and `speakers`
    all that the deck declares, those without a card too; `speakers` is None when the deck declares
    none. `source` counts the cards that cite each section of the source: all sections when its text is
    at hand (`at_hand`), else those that cards cite. `subdecks` has the cards in each deck of the package
    under its whole name, where there is more than one. `own` counts the cards of each note type of the
    deck's own.
    """

    deck: str
    titles: Mapping[str, str]
    cards: int
    retired: int
    hedged: int
    kinds: Mapping[Kind, int]
    own: Mapping[str, int]
    sections: tuple[Section, ...]
    subdecks: tuple[Section, ...]
    tags: Mapping[str, int]
    speakers: Mapping[str, int] | None
    source: Mapping[str, int]
    at_hand: bool
    languages: tuple[Language, ...]


def measure(deck: Deck, languages: Sequence[str]) -> Stats:
    """The numbers of a deck's cards that have one of `languages`."""
    wanted = [card for card in deck.cards if any(lang in card.contents for lang in languages)]
    cards = [card for card in wanted if card.retired is None]
    proof = Proof(replace(deck, cards=tuple(wanted)))
    covered = sections(proof)
    tags = Counter(tag for card in cards for tag in card.found_by)
    speakers = Counter(card.speaker.value for card in cards if card.speaker is not None)
    return Stats(
        deck=deck.key.value,
        titles={lang: deck.title[lang].value for lang in languages},
        cards=len(cards),
        retired=len(wanted) - len(cards),
        hedged=sum(card.hedged for card in cards),
        kinds=_kinds(cards),
        own=Counter(name for card in cards if (name := _own_type(card))),
        sections=tuple(_sections(cards, languages)),
        subdecks=tuple(_subdecks(deck, cards, languages)) if any(card.deck for card in cards) else (),
        tags={tag: tags[tag] for tag in deck.tags},
        speakers={name: speakers[name] for name in deck.speakers} if deck.speakers is not None else None,
        source=dict(cited(proof)) if covered is None else covered,
        at_hand=covered is not None,
        languages=tuple(_language(proof, lang) for lang in languages),
    )


def _own_type(card: Card) -> str:
    """The note type of a card that has one of the deck's own; else nothing."""
    content = next(iter(card.contents.values()))
    return content.type.value if isinstance(content, OwnFields) else ""


def _kinds(cards: Iterable[Card]) -> dict[Kind, int]:
    counts = Counter(card.kind for card in cards)
    return {kind: counts[kind] for kind in Kind}


def _sections(cards: Iterable[Card], languages: Sequence[str]) -> Iterator[Section]:
    """The sections in the order of the source; cards without one come last."""
    groups: dict[tuple[tuple[str, str], ...], list[Card]] = {}
    for card in cards:
        names = tuple((lang, card.section[lang].value) for lang in languages if lang in card.section)
        groups.setdefault(names, []).append(card)
    for names in sorted(groups, key=lambda names: not names):
        yield Section(dict(names), _kinds(groups[names]))


def _subdecks(deck: Deck, cards: Iterable[Card], languages: Sequence[str]) -> Iterator[Section]:
    """The decks of the packages, in the order of the source."""
    groups: dict[tuple[tuple[str, str], ...], list[Card]] = {}
    for card in cards:
        there = (lang for lang in languages if lang in card.contents)
        names = tuple((lang, deck.named(lang, deck.subdeck(card, lang))) for lang in there)
        groups.setdefault(names, []).append(card)
    for names, members in groups.items():
        yield Section(dict(names), _kinds(members))


def _language(proof: Proof, lang: str) -> Language:
    sides = [side for side in proof.all_sides if side.lang == lang]
    own = own_types.plain(proof.deck, lang)
    return Language(
        lang=lang,
        package=proof.deck.package_name(lang),
        cards=len(sides),
        anki_cards=sum(_anki_cards(proof.deck, side, own) for side in sides),
        lengths=tuple(_lengths(proof, sides)),
    )


def _anki_cards(deck: Deck, side: Side, own: Mapping[str, NoteType]) -> int:
    content = side.card.contents[side.lang]
    if content.kind is Kind.OWN:
        return own_types.count(deck, side.card, side.lang, own)
    return len(asked(content, reverse=side.card.reverse))


def _lengths(proof: Proof, sides: Iterable[Side]) -> Iterator[Lengths]:
    """A deck that declares no language may have texts in both units: then each has its own row."""
    groups: dict[tuple[Role, str], list[Passage]] = {}
    for side in sides:
        for passage in side.passages:
            if passage.role is not None and passage.role in _RULES:
                groups.setdefault((passage.role, passage.unit), []).append(passage)
    order = list(_RULES)
    for what, unit in sorted(groups, key=lambda key: (order.index(key[0]), key[1] != "words")):
        passages = groups[what, unit]
        rule = _RULES[what]
        limits: Limits = proof.limits(rule.CODE, rule.LIMITS, passages[0])
        sizes = [lengths.of_question(one) if what is Role.QUESTION else one.size for one in passages]
        longest = passages[sizes.index(max(sizes))]
        yield Lengths(
            what=what,
            unit=unit,
            sizes=tuple(sorted(sizes)),
            card=longest.card.id.value,
            warning=limits.warning,
            error=None if limits.error == float("inf") else limits.error,
        )
