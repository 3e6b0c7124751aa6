"""T11: typographic quotes in the place of YAML's

YAML knows `"` and `'`. A word processor, a chat or a phone turns them into “ ”, which are
part of the text: learners see them around every question.

Bad:
    - en: {q: "In which city does the Eiffel Tower stand?", a: “Paris.”}

Good:
    - en: {q: "In which city does the Eiffel Tower stand?", a: "Paris."}

The rule looks at texts that have no YAML quotes, and begin and end with such a pair. When another text of the card
has no quotes at all, its author may have meant a quotation: then this is only information, and `--fix` leaves it alone.
The same holds for the title of a deck, which can't change after the first build. The rule also looks at the title of the source, at
the names of speakers, and at texts that end with a `"` that nothing opens.

Mend:  write `"` instead. Around a real quotation, put YAML's quotes: `"“Paris.”"`.
"""

from __future__ import annotations

from collections.abc import Iterator

from deckgen.checks.proof import Proof
from deckgen.checks.proof.prose import fix_for
from deckgen.finding import Finding, Severity
from deckgen.written import Text

CODE = "T11"
STOPS = False

_MESSAGE = "these quotes are part of the text, and learners see them"
_HINT = 'write `"` instead, or put `"` around a quotation'
_PAIRS = {"“": "”", "„": "“", "‘": "’", "‚": "‘", "”": "”", "«": "»"}


def check(proof: Proof) -> Iterator[Finding]:
    """Find texts, the title among them, that only typographic quotes enclose."""
    for lang, title in proof.deck.title.items():
        if _is_enclosed(title):
            # It can't be changed once it was built, and nobody knows here whether it was.
            yield Finding(title.whole, CODE, _MESSAGE, _HINT, "", lang, Severity.INFO)
    for lang, name in _names(proof):
        if _is_enclosed(name):
            yield Finding(name.whole, CODE, _MESSAGE, _HINT, "", lang, Severity.WARNING)
    for side in proof.sides:
        for passage in side.passages:
            if _is_closed_only(passage.text):
                end = len(passage.text.value)
                message = "this quote is part of the text: no quote opens it"
                hint = 'write `"` before the text as well, or delete this one'
                yield passage.finding(CODE, message, hint, (end - 1, end))
            if _is_enclosed(passage.text):
                sure = not any(other.text.plain and not _is_enclosed(other.text) for other in side.passages)
                inner = (
                    fix_for(passage, (0, len(passage.text.value)), passage.text.value[1:-1]) if sure else None
                )
                severity = Severity.WARNING if sure else Severity.INFO
                yield passage.finding(CODE, _MESSAGE, _HINT, severity=severity, fix=inner)


def _names(proof: Proof) -> Iterator[tuple[str, Text]]:
    """What the cards show of deck.yaml, with its language: the source, and the names of speakers."""
    source = proof.deck.source
    if source is not None:
        yield from (("", text) for text in (source.title, source.by) if text is not None)
    for names in (proof.deck.speakers or {}).values():
        told = set()
        for lang, name in names.items():
            if id(name) not in told:  # one name for all languages
                told.add(id(name))
                yield lang, name


def _is_closed_only(text: Text) -> bool:
    """Whether YAML's closing quote stands behind a text that none opens. Behind a number it is an inch or a second."""
    value = text.value
    return text.plain and value.count('"') % 2 == 1 and value.endswith('"') and not value[-2:-1].isdigit()


def _is_enclosed(text: Text) -> bool:
    """Whether one pair, and none of YAML's, stands around all of a text, and no other of its kind in it."""
    value = text.value
    closing = _PAIRS.get(value[:1])
    return (
        closing is not None
        and text.plain
        and value.endswith(closing)
        and not set(value[1:-1]) & {value[0], closing}
    )
