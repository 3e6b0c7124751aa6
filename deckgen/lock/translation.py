"""Find translations that are out of date: the card's first language changed, and they did not.

For each note of a deck in several languages, the lock keeps what its parts said (`says`).
When the first language of a card changes and another one does not, the line of the other
also keeps what it is a translation *of*, until it is edited or its author confirms it.
Each part is followed separately. Punctuation, blanks and capitals don't count.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import zip_longest

from deckgen.deck import Card, Deck
from deckgen.finding import Finding, Severity
from deckgen.kinds import Content, OwnFields, Role, parts
from deckgen.lock.lines import Lock, NoteLine
from deckgen.notes.identity import short_hash
from deckgen.written import Text

#: What the parts of a card say, by the slots of their roles: question or cloze, answer or list, note.
Says = tuple[str, ...]

# Changes in these need no new translation. But a hyphen before a digit is a minus sign, and a point between
# digits is a decimal point.
_NO_WORD = re.compile(
    r"[\s,;:!?()\[\]\"'\u201c\u201d\u2018\u2019\u3001\u3002\u300a-\u300f\u2026\u2013\u2014*_`~|\\]"
    r"|-(?!\d)|\.(?!\d)|(?<!\d)\."
)
# The least number of parts in a line, and the hash of a part that says nothing.
_LEAST = 3
_NOTHING = short_hash("")
_SLOTS = len({role.slot for role in Role})

_Notes = Mapping[tuple[str, str], NoteLine]


def says(content: Content) -> Says:
    """A hash of the words of each part; for a part that the card lacks, the hash of nothing."""
    said = [""] * _SLOTS
    for role, _, text in parts(content):
        said[role.slot] = f"{said[role.slot]}\x1f{text.value}"
    return _shortened(short_hash(_words(part)) if part else _NOTHING for part in said)


def _shortened(said: Iterable[str]) -> Says:
    """Drop empty parts at the end, so that a part that deckgen added later changes no line without it."""
    kept = [*said]
    while len(kept) > _LEAST and kept[-1] == _NOTHING:
        kept.pop()
    return tuple(kept)


def _words(text: str) -> str:
    return _NO_WORD.sub("", unicodedata.normalize("NFKC", text).casefold())


def stale(deck: Deck, lock: Lock) -> list[Finding]:
    """Findings (B12) about texts whose first language was changed since they were last touched."""
    findings = []
    for card in deck.cards:
        for lang, changed in _behind(card, lock.notes):
            first, content = next(iter(card.contents.items()))
            words = " and ".join(_changed(slot, content, card.contents[lang]) for slot in changed)
            place = _part(card.contents[lang], changed[0]).whole
            message = f"{words} changed in `{first}`, and not in `{lang}`"
            hint = f"bring `{lang}` up to date, or `deckgen confirm {card.id.value} --lang {lang}`"
            findings.append(Finding(place, "B12", message, hint, card.id.value, lang, Severity.WARNING))
    return findings


def _changed(slot: int, *contents: Content) -> str:
    """How an author calls a part of the first content; the second one may still have what went there.

    The lock knows of a note type of the deck's own that one of the fields with a meaning changed, not which.
    """
    if any(isinstance(content, OwnFields) for content in contents):
        listed = (part for content in contents for part in parts(content) if part.role.slot == slot)
        fields = [f"`{name}`" for name in dict.fromkeys(part.key for part in listed)]
        return f"{'one of the fields' if len(fields) > 1 else 'the field'} {', '.join(fields)}"
    names = _by_slot(*Role) | _by_slot(*(part.role for part in parts(contents[0])))
    return f"the {names[slot]}"


def _by_slot(*roles: Role) -> dict[int, str]:
    return {role.slot: "list" if role is Role.ITEM else role for role in roles}


def _part(content: Content, slot: int) -> Text:
    """The first text of a part, or of the whole card when it has no such part."""
    texts = list(parts(content))
    return next((part.text for part in texts if part.role.slot == slot), texts[0].text)


def _behind(card: Card, notes: _Notes) -> Iterator[tuple[str, list[int]]]:
    """The languages of a card that wait for an edit, with the slots of what changed in the first language."""
    if card.retired is not None:
        return
    (first, content), *others = card.contents.items()
    primary = notes.get((card.id.value, first))
    for lang, other in others if primary is not None else ():
        line = notes.get((card.id.value, lang))
        step = (line.of or primary.says) if line is not None and primary is not None else ()
        if line is None or not step:
            continue
        slots = _side_by_side(says(content), step, says(other), line.says or says(other))
        changed = [
            slot
            for slot, (said, followed, own, before) in enumerate(slots)
            if said != followed and own == before
        ]
        if changed:
            yield lang, changed


def follow(deck: Deck, old: _Notes, new: _Notes, built: Collection[str]) -> dict[tuple[str, str], NoteLine]:
    """The lines `new` of the next lock with `says` and `of`; `built` are the languages of this build."""
    notes = dict(new)
    for card in deck.cards if len(deck.languages) > 1 else ():
        (first, content), *others = card.contents.items()
        now = says(content)
        if first in built:
            _set(notes, card, first, says=now)
        primary = notes.get((card.id.value, first))
        for lang, other in others:
            before, line = old.get((card.id.value, lang)), notes.get((card.id.value, lang))
            if line is None or primary is None:
                continue
            own = says(other) if lang in built else line.says
            step = _step(own, now, before, old.get((card.id.value, first)))
            _set(notes, card, lang, says=own, of=step if step != primary.says else ())
    return notes


def _step(own: Says, now: Says, before: NoteLine | None, former: NoteLine | None) -> Says:
    """What each part is a translation of: the same as before or, if the part was edited, the present text."""
    followed = before.of or (former.says if former is not None else ()) if before is not None else ()
    if before is None or not followed or not own:
        return now
    known = before.says or own
    slots = _side_by_side(followed, now, own, known)
    return _shortened(old if part == same else new for old, new, part, same in slots)


def _side_by_side(*several: Says) -> Iterable[tuple[str, ...]]:
    return zip_longest(*several, fillvalue=_NOTHING)


def _set(notes: dict[tuple[str, str], NoteLine], card: Card, lang: str, *, says: Says, of: Says = ()) -> None:
    line = notes.get((card.id.value, lang))
    if line is not None and (line.says, line.of) != (says, of):
        notes[card.id.value, lang] = replace(line, says=says, of=of)


def confirm(card: Card, lang: str, lock: Lock) -> Lock | None:
    """The lock in which `lang` of a card is up to date; None when it does not wait for an edit."""
    if lang not in dict(_behind(card, lock.notes)):
        return None
    first, content = next(iter(card.contents.items()))
    step = says(content)
    line = lock.notes[card.id.value, lang]
    of = step if step != lock.notes[card.id.value, first].says else ()
    return replace(lock, notes={**lock.notes, (card.id.value, lang): replace(line, of=of)})
