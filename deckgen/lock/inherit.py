"""What a build takes over from the builds before it.

That is all that must stay as it was although the deck changed: guids of renamed cards, numbers of items.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Mapping
from dataclasses import replace

from deckgen.deck import NO_LANGUAGE, Deck
from deckgen.finding import Finding, Place
from deckgen.lock.limits import ID_STEP
from deckgen.lock.lines import LineError, Lock, NoteLine, PackageLine
from deckgen.lock.merge import merge_notes
from deckgen.markup.asked import asked
from deckgen.notes.identity import guid
from deckgen.notes.note_types import SCHEMA
from deckgen.notes.render import Known

# Stands for the hash of what was authored until the build after a rename.
RENAMED = "renamed"
#: Items that are added to a list after its first build get numbers from here on (see `item_numbers`).
FIRST_LATE_NUMBER = 100


def adopt(lock: Lock, deck: Deck) -> Lock:
    """The lock of a deck that had one language and now declares several.

    What was built then belongs to the deck's first language, which keeps the old
    guids: learners keep their progress.
    """
    first = deck.languages[0]
    if first in lock.packages:
        return lock

    def lang(old: str) -> str:
        return first if old == NO_LANGUAGE else old

    return Lock(
        lock.deck,
        {lang(old): line for old, line in lock.packages.items()},
        {(lang(old), role): line for (old, role), line in lock.note_types.items()},
        {(card, lang(old)): line for (card, old), line in lock.notes.items()},
    )


def rename(lock: Lock, deck: Deck, shown: str) -> tuple[Lock, list[Finding]]:
    """The lock with the lines of renamed cards under their new ids, and findings (R13, R14) about `was:`.

    `shown` is the lock's name. A renamed card keeps the guid of its first name, and
    with it the learners' history.
    """
    cards = {card.id.value: card for card in deck.cards}
    built = {card for card, _ in lock.notes}
    notes, findings = _one_line_a_guid(lock, cards, shown)
    heirs: dict[str, str] = {}
    for card in deck.cards:
        new, old = card.id, card.was
        if old is None or old.value == new.value:
            continue
        if old.value in cards:
            message = f"`was:` names `{old.value}`, which is still a card of this deck"
            findings.append(Finding(old.whole, "R13", message, "give that card another id", new.value))
        elif old.value in heirs:
            message = f"`was:` names `{old.value}`, as does the `was:` of `{heirs[old.value]}`"
            findings.append(Finding(old.whole, "R13", message, "only one card can be the old one", new.value))
        elif not built & {old.value, new.value} and built and not (card.retired and card.retired.until):
            message = f"`was:` names `{old.value}`, which was never built"
            findings.append(Finding(old.whole, "R13", message, "remove `was:`", new.value))
        heirs.setdefault(old.value, new.value)
    # A language that comes back (see `recalled`) has ids from before cards were renamed in the others.
    for before, after in {**former_ids(notes), **heirs}.items():
        for lang in deck.languages:
            line = notes.get((before, lang))
            if line is not None and before not in cards and after in cards and (after, lang) not in notes:
                del notes[before, lang]
                kept = line.guid or guid(lock.deck, lock.namespace(lang), before)
                # Not the old hash: the new id is a change of the author's, not of the renderer.
                was = (*line.was, before)
                notes[after, lang] = replace(line, guid=kept, was=was, authored=RENAMED)
    return replace(lock, notes=notes), findings + _reused(deck, notes)


def _one_line_a_guid(
    lock: Lock, cards: Mapping[str, object], shown: str
) -> tuple[dict[tuple[str, str], NoteLine], list[Finding]]:
    """The notes of a lock, with two lines for one guid joined under the id that the card files have.

    A merge leaves such lines when one branch renamed the card and the other edited or renamed it.
    Lines that don't go together are a finding (R01).
    """
    notes = dict(lock.notes)
    findings: list[Finding] = []
    owners: dict[tuple[str, str], str] = {}
    # Guids that derive from different ids are different.
    renamed = {lang for (_, lang), line in lock.notes.items() if line.guid}
    for (card, lang), line in lock.notes.items():
        if lang not in renamed:
            continue
        own = line.guid or guid(lock.deck, lock.namespace(lang), card)
        other = owners.setdefault((lang, own), card)
        if other == card:
            continue
        stays, goes = (card, other) if card in cards else (other, card)
        if goes in cards:
            continue  # both ids are in the card files: a finding (R14) says so
        try:
            joined = merge_notes(replace(notes[stays, lang], guid=own), replace(notes[goes, lang], guid=own))
        except LineError as error:
            hint = "take the lock back from git, rename again, and build"
            findings.append(Finding(Place(shown, line.line), "R01", f"this line {error}", hint, card, lang))
            continue
        del notes[goes, lang]
        notes[stays, lang] = replace(joined, was=tuple(dict.fromkeys((*joined.was, goes))))
        owners[lang, own] = stays
    return notes, findings


def former_ids(notes: Mapping[tuple[str, str], NoteLine]) -> dict[str, str]:
    """The former ids of renamed cards, with their present ids."""
    return {old: card for (card, _), line in notes.items() for old in line.was}


def _reused(deck: Deck, notes: Mapping[tuple[str, str], NoteLine]) -> list[Finding]:
    """Findings (R14) about cards under an id that a renamed card had before."""
    taken = former_ids(notes)
    findings = []
    for card in deck.cards:
        owner = taken.get(card.id.value, card.id.value)
        if owner != card.id.value:
            message = f"`{owner}` had the id `{card.id.value}` before it was renamed"
            hint = "ids are never used again: choose another one"
            findings.append(Finding(card.id.whole, "R14", message, hint, card.id.value))
    return findings


def next_major(lock: Lock, deck: Deck, states: Iterable[Lock]) -> Lock:
    """A lock with which the deck begins anew: other guids, other note types and no past.

    A major that one of `states` gave out is not used again.
    """
    lines = [line for one in (lock, *states) if one.deck == lock.deck for line in one.packages.values()]
    major = max((int(line.namespace.partition("#")[2] or 1) for line in lines), default=1) + 1
    packages = {
        lang: PackageLine(SCHEMA, f"{lang}#{major}", deck.title[lang].value) for lang in deck.languages
    }
    return Lock(deck.identity, packages)


def known(deck: Deck, lang: str, lock: Lock, today: str | None = None) -> Known:
    """What the notes of a language take over from earlier builds.

    `today`, such as 2026-01-31, decides which retired cards have reached their `until:`. Without it,
    those leave that the lock says have left, and of those that it does not know, those that a build would
    leave out now: they were in no package of this language.
    """
    guids = {card: line.guid for (card, own), line in lock.notes.items() if own == lang and line.guid}
    # Without a lock, all that is left of a renamed card is the old id in its `was:`.
    if not lock.packages:
        namespace = lock.namespace(lang)
        guids = {card.id.value: guid(lock.deck, namespace, card.was.value) for card in deck.cards if card.was}
    left = frozenset(
        card.id.value
        for card in deck.cards
        if card.retired is not None
        and card.retired.until is not None
        and _has_left(lock.notes.get((card.id.value, lang)), card.retired.until.value, today)
    )
    layouts = {
        role: line.layout
        for (own, role), line in lock.note_types.items()
        if own == lang and line.layout is not None
    }
    return Known(lock.namespace(lang), item_numbers(deck, lang, lock), guids, left, layouts)


def _has_left(line: NoteLine | None, until: str, today: str | None) -> bool:
    if today is None and line is not None:
        return line.left
    return until <= (today or time.strftime("%Y-%m-%d", time.gmtime()))


def guids(lock: Lock, lang: str, cards: Iterable[str]) -> set[str]:
    """The guids of the `cards` that have a line."""
    lines = {card: lock.notes.get((card, lang)) for card in cards}
    return {line.guid or guid(lock.deck, lock.namespace(lang), card) for card, line in lines.items() if line}


def item_numbers(deck: Deck, lang: str, lock: Lock) -> dict[str, dict[str, int]]:
    """Cloze numbers of the list cards' items: card id → key → number from 1.

    A key keeps its number for ever, even when its item is gone. The items of a new card
    are numbered in order; an item that is added later gets a number made from its key.
    So two branches that each add an item agree after a merge, whichever lines of the lock
    survive it.
    """
    numbers: dict[str, dict[str, int]] = {}
    for card in deck.cards:
        content = card.contents.get(lang)
        if content is not None and content.kind.facts.named:
            keys = asked(content)
            line = lock.notes.get((card.id.value, lang))
            if line is None or not (line.cards or line.gone):  # retired, and no number was given out yet
                numbers[card.id.value] = {key: number for number, key in enumerate(keys, start=1)}
                continue
            given = {key: number for number, key in {**line.gone, **line.cards}.items()}
            for key in sorted(keys - given.keys()):
                given[key] = _late_number(key, set(given.values()))
            numbers[card.id.value] = {key: given[key] for key in keys}
    return numbers


def _late_number(key: str, taken: set[int]) -> int:
    room = ID_STEP - FIRST_LATE_NUMBER
    start = int(hashlib.blake2b(key.encode(), digest_size=4).hexdigest(), 16)
    late = [FIRST_LATE_NUMBER + (start + step) % room for step in range(room)]
    early = list(range(1, FIRST_LATE_NUMBER))
    # A list has at most 99 items at a time (K15), so numbers run out only after 400 items were removed.
    return next(number for number in (*late, *early) if number not in taken)
