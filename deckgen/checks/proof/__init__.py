"""A deck laid out for proofreading: every text as learners read it, with its language.

Rules look at *passages*. A passage knows the words that are shown (`shown`), at the
same offsets as in the author's text, so that a match in one is a place in the other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice
from typing import NamedTuple, TypeVar, cast

from deckgen import kinds
from deckgen.checks.proof.empty import says_nothing
from deckgen.checks.proof.part import Part, parts_of
from deckgen.checks.words.scripts import HAN, as_known
from deckgen.checks.words.text import fold
from deckgen.checks.words.tongue import Tongue, tell
from deckgen.deck import Card, Deck
from deckgen.finding import Finding, Severity
from deckgen.fixed import pickled_by_fields
from deckgen.kinds import Content, Occlusion, Role
from deckgen.markup import tex, texts
from deckgen.markup.shown import COVER, OBJECT
from deckgen.markup.texts import as_read
from deckgen.patterns import lazy
from deckgen.reading.original import Original, Section, Unreadable
from deckgen.reading.original import read as read_original
from deckgen.written import Text

# What is counted: an ideograph, a kana, a syllable of Korean, or a run of other letters and digits.
# A code span or formula is one, whatever stands in it.
_WORD = lazy(rf"[^\W_][\w'\u2019-]*|{OBJECT}")
_UNIT = lazy(
    rf"[\u3040-\u30ff\uac00-\ud7af{HAN}]"
    f"|[A-Za-z0-9\u00c0-\u024f\u0370-\u04ff][A-Za-z0-9\u00c0-\u024f\u0370-\u04ff'.%-]*|{OBJECT}"
)


# The roles of what a side calls answers, and of those of its texts that it names.
_ANSWERS = (Role.ANSWER, Role.ITEM)
_NAMED = (Role.QUESTION, Role.ANSWER, Role.CLOZE, Role.NOTE)

Result = TypeVar("Result")

#: The speaker who is nobody: general knowledge.
NOBODY = "general"


@dataclass(slots=True, eq=False)
class Passage:
    """A text of a card. `key` is `q`, `a`, `cloze`, `note` or the key of a list's item.

    Patterns look at `shown`, in which traditional characters are simplified, since the rules know those only;
    what an author is told are the characters of `written`. `role` is None for what is no card's.
    """

    card: Card
    lang: str
    tongue: Tongue
    key: str
    text: Text
    shown: str
    written: str
    dense: bool
    role: Role | None = None
    _size: int = -1
    _folded: str | None = None

    @property
    def folded(self) -> str:
        """What is shown, in small letters: for patterns, which need not look for capitals then."""
        if self._folded is None:
            self._folded = fold(self.shown)
        return self._folded

    @property
    def size(self) -> int:
        """Its length in words; where there are no blanks between words, in characters of the script."""
        if self._size < 0:
            self._size = self.size_of(self.shown)
        return self._size

    def size_of(self, part: str, most: int | None = None) -> int:
        """The length of a part of what is shown; counted up to `most`, where more make no difference."""
        pattern = _UNIT if self.dense else _WORD
        if most is None:
            return len(pattern.findall(part))
        return sum(1 for _ in islice(pattern.finditer(part), most))

    def quote(self, span: tuple[int, int] | re.Match[str]) -> str:
        """What stands there, in the author's own characters and capitals."""
        start, end = span.span() if isinstance(span, re.Match) else span
        return self.written[start:end]

    @property
    def has_picture(self) -> bool:
        """Whether it shows a picture, or plays a sound."""
        if self.text.html:
            return any(what == "image" for what, _ in texts.references(self.text))
        return "![" in self.text.value

    @property
    def unit(self) -> str:
        """What `size` counts."""
        return "characters" if self.dense else "words"

    def finding(
        self,
        code: str,
        message: str,
        hint: str,
        span: tuple[int, int] | re.Match[str] | None = None,
        severity: Severity = Severity.WARNING,
        fix: str | None = None,
        twin: str = "",
    ) -> Finding:
        """A finding about the characters of `span`, or about the whole text without one."""
        if isinstance(span, re.Match):
            span = span.span()
        if span is None:
            text = self.text.value
            span = len(text) - len(text.lstrip()), len(text.rstrip())
        place = self.text.span(*span)
        message = message.replace(COVER, "").replace(OBJECT, "…")
        fix = None if self.text.html else fix  # what Markdown needs, HTML may not have
        return Finding(place, code, message, hint, self.card.id.value, self.lang, severity, fix, twin)


@dataclass(slots=True, eq=False)
class Side:
    """A card in one language.

    `passages` are all its texts, in the order of question, answers, cloze, note. `question` is None for
    a cloze; `answers` are the answer or the items, and `answer` is that of a question that is not a list.
    """

    card: Card
    lang: str
    tongue: Tongue
    passages: tuple[Passage, ...]
    question: Passage | None
    answers: tuple[Passage, ...]
    answer: Passage | None
    cloze: Passage | None
    note: Passage | None

    @property
    def asks(self) -> bool:
        """Whether it asks something in a text."""
        return self.question is not None or self.cloze is not None

    @property
    def front(self) -> Passage:
        """What is asked: the question, or the text of a cloze."""
        return self.passages[0]

    @property
    def asked(self) -> tuple[Passage, ...]:
        """What is asked and recalled: everything but the note."""
        return self.front, *self.answers


pickled_by_fields(Passage, but=1)  # `_folded`: only few rules ask for it once more
pickled_by_fields(Side)


class Limits(NamedTuple):
    """Above `warning` a finding is a warning, above `error` an error."""

    warning: float
    error: float = float("inf")

    def severity(self, value: float) -> Severity | None:
        """How bad `value` is; None when it is within the limits."""
        if value > self.error:
            return Severity.ERROR
        return Severity.WARNING if value > self.warning else None

    def passed(self, value: float) -> str:
        """The limit that `value` is above, for a message."""
        return f"{self.error if value > self.error else self.warning:g}"


@dataclass(eq=False)
class Proof:
    """What rules look at: a deck in its `parts`, or what is `alone` of a `whole` one."""

    deck: Deck
    #: By card and language: the numbers of deletions that were given out.
    given_numbers: Mapping[tuple[str, str], Collection[int]] = field(default_factory=dict)
    parts: list[Part] = field(default_factory=list)
    whole: Proof | None = None
    original_fault: str = ""
    _limits: dict[tuple[str, str], tuple[float, ...]] = field(default_factory=dict)
    _kept: dict[object, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.parts = self.parts or parts_of(self.deck.cards)
        for setting in self.deck.lint:
            for lang, numbers in setting.limits.items():
                if numbers:
                    self._limits[setting.code.value, lang] = numbers[:2]

    def alone(self, parts: list[Part]) -> Proof:
        """What a rule sees that looks only at the cards of some parts, and at deck.yaml and its like."""
        deck = replace(self.deck, cards=tuple(card for part in parts for card in part.cards))
        return Proof(deck, self.given_numbers, parts, self)

    @cached_property
    def cards(self) -> list[Card]:
        """Every card that is given out."""
        return [card for card in self.deck.cards if card.retired is None]

    @cached_property
    def original(self) -> Original | None:
        """The text of the deck's source; None when there is none or it can't be read."""
        if self.whole is not None:
            original, self.original_fault = self.whole.original, self.whole.original_fault
            return original
        try:
            return read_original(self.deck)
        except Unreadable as error:
            self.original_fault = str(error)
            return None

    @cached_property
    def sections(self) -> dict[str, Section]:
        """The sections of the source's text by label: those that cards cite, and those beside them."""
        if self.original is None:
            return {}
        labels = (card.citation.section for card in self.cards)
        return self.original.sections({label.value for label in labels if label is not None})

    @cached_property
    def sides(self) -> list[Side]:
        """Every card that is given out, in every language, but for those that ask nothing in a text.

        A note type of the deck's own may have no field that is a question: what it asks, its templates say.
        """
        return [side for side in self.all_sides if side.asks]

    @cached_property
    def all_sides(self) -> list[Side]:
        """Every card that is given out, in every language."""
        return [side for part in self.parts for side in sides_of(part)]

    @cached_property
    def pairs(self) -> list[tuple[Side, Side]]:
        """The sides of cards in several languages: the first language with each of the others."""
        first: dict[str, Side] = {}
        pairs = []
        for side in self.sides:
            primary = first.setdefault(side.card.id.value, side)
            if primary is not side:
                pairs.append((primary, side))
        return pairs

    @cached_property
    def passages(self) -> list[Passage]:
        """Every text of `all_sides`."""
        return [passage for side in self.all_sides for passage in side.passages]

    @cached_property
    def written(self) -> list[Passage]:
        """The passages that say something: of signs in one that says nothing, L06 tells all."""
        return [passage for passage in self.passages if not says_nothing(passage.text)]

    @cached_property
    def read(self) -> list[Passage]:
        """Those of `written` that are Markdown, and the descriptions of the deck, which are so as well."""
        described = []
        for lang, text in self.deck.description.items():
            card = Card(replace(text, value=""), {})
            written = as_read(text)
            shown = as_known(written, lang)
            tongue = tell(lang, written)[0]
            described.append(Passage(card, lang, tongue, "description", text, shown, written, False))
        markdown = [one for one in self.written if not one.text.html]
        return markdown + [one for one in described if not says_nothing(one.text)]

    @cached_property
    def texts(self) -> list[tuple[Card, str, str, Text]]:
        """(card, language, key, text) for every text of every card, those that are retired included."""
        return [
            (card, lang, key, text)
            for card in self.deck.cards
            for lang, content in card.contents.items()
            for _, key, text in kinds.parts(content)
        ]

    @cached_property
    def marked_up(self) -> list[tuple[str, str, Text]]:
        """(card id or nothing, language, text) for every text that is Markdown or HTML."""
        described = [("", lang, text) for lang, text in self.deck.description.items()]
        return described + [(card.id.value, lang, text) for card, lang, _, text in self.texts]

    @cached_property
    def masked_pictures(self) -> list[tuple[str, str, Text]]:
        """(card id, language, name of the file) for every picture with masks; what all languages share, once."""
        found: dict[int, tuple[str, str, Text]] = {}
        for card in self.deck.cards:
            for lang, content in card.contents.items():
                if isinstance(content, Occlusion):
                    found.setdefault(id(content.picture), (card.id.value, lang, content.picture))
        return list(found.values())

    @property
    def formula_faults(self) -> Iterator[tuple[str, str, Text, int, tex.Fault]]:
        """(card id or nothing, language, text, offset, fault) for what formulas may not have, once a text."""
        for card, lang, text in self.marked_up:
            for start, fault in _formula_faults(text):
                yield card, lang, text, start + fault.start, fault

    def limits(self, code: str, defaults: Mapping[str, Limits], passage: Passage) -> Limits:
        """The limits of a rule for a text: the deck's own, or `defaults` by "en" (words) and "zh"."""
        for key in ((code, passage.lang), (code, "")):
            if key in self._limits:
                return Limits(*self._limits[key])
        return defaults["zh" if passage.dense else "en"]

    def too_long(
        self,
        code: str,
        defaults: Mapping[str, Limits],
        passage: Passage,
        what: str,
        hint: str,
        size: int = -1,
    ) -> Iterator[Finding]:
        """A finding about a text above its limits, if it is; `size` when not all of it counts."""
        limits = self.limits(code, defaults, passage)
        if len(passage.shown) <= limits.warning:
            return  # a text has no more words than characters
        size = passage.size if size < 0 else size
        severity = limits.severity(size)
        if severity is not None:
            message = f"the {what} has {size} {passage.unit}, more than {limits.passed(size)}"
            yield passage.finding(code, message, hint, severity=severity)

    def limit(self, code: str, default: float) -> float:
        """The one limit of a rule that has the same for all languages."""
        return self._limits.get((code, ""), (default,))[0]

    def once(self, work: Callable[[Proof], Result]) -> Result:
        """What `work` makes of this proof: worked out once for all rules that ask, and gone with the proof."""
        if work not in self._kept:
            self._kept[work] = work(self)
        return cast(Result, self._kept[work])


def sides_of(part: Part) -> list[Side]:
    """Every card of a part that is given out, in every language."""
    return part.once(_sides)


def _sides(part: Part) -> list[Side]:
    return [
        _side(card, lang, content)
        for card in part.cards
        if card.retired is None
        for lang, content in card.contents.items()
    ]


def _formula_faults(text: Text) -> Iterator[tuple[int, tex.Fault]]:
    sign = "\\" if text.html else "$"
    if sign not in text.value or not any(tex.faults(text.value)):
        return  # which is quicker than to look for formulas
    seen = set()
    for start, formula in texts.formulas(text):
        for fault in tex.faults(formula):
            if (fault.command, fault.environment) not in seen:
                seen.add((fault.command, fault.environment))
                yield start, fault


def _side(card: Card, lang: str, content: Content) -> Side:
    parts = list(kinds.parts(content))
    read = [as_read(text, role is Role.CLOZE) for role, _, text in parts]
    first_tongue = tell(lang, read[0])
    passages: list[Passage] = []
    for (role, key, text), written in zip(parts, read, strict=True):
        tongue, dense = tell(lang, written, first_tongue)
        passages.append(Passage(card, lang, tongue, key, text, as_known(written, lang), written, dense, role))
    first = {passage.role: passage for passage in reversed(passages)}.get
    answers = tuple([passage for passage in passages if passage.role in _ANSWERS])
    question, answer, cloze, note = map(first, _NAMED)
    return Side(card, lang, first_tongue[0], tuple(passages), question, answers, answer, cloze, note)
