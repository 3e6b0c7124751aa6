"""Try out what a build makes of the texts that come home, and refuse what the learner does not have so."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from deckgen import checks
from deckgen.adopting.look import Look
from deckgen.building.steps import Ready
from deckgen.checks import baseline
from deckgen.checks.proof import Proof
from deckgen.checks.structure import parts_differ
from deckgen.deck import Card, Deck
from deckgen.finding import Finding, Severity
from deckgen.kinds import ItemList, Occlusion
from deckgen.lock import adopted, frozen
from deckgen.lock.inherit import known
from deckgen.lock.lines import Lock
from deckgen.markup.asked import asked
from deckgen.notes.render import Note, Rendered, render_deck
from deckgen.pulling.decide import Judge
from deckgen.pulling.decision import Decision
from deckgen.pulling.drawn import seen_alike
from deckgen.pulling.merge import are_alike, with_blanks
from deckgen.pulling.spots import LIST, MASKS, items_of, unfinished

#: What these errors tell of, learners would lose at the next build. A person may want that: a build says how.
LOSSES = ("K29", "R05", "R11", "R12")


def rendered(item: Ready, judge: Judge, cards: Iterable[Card], lock: Lock) -> Rendered:
    """The notes of some cards as the next build makes them. Raises OSError when a file can't be read."""
    lang = judge.lang
    deck = _deck_of(item, judge, (replace(card, after=()) for card in cards if lang in card.contents))
    return render_deck(deck, lang, known(deck, lang, lock))


def _deck_of(item: Ready, judge: Judge, cards: Iterable[Card]) -> Deck:
    """The deck with these cards alone, and with the files that come from the learner."""
    return replace(adopted.with_cards(item.deck, tuple(cards)), media={**item.deck.media, **judge.names.new})


def refuse_unlike(
    judge: Judge, decisions: Iterable[Decision], notes: Mapping[str, Note], shared: Container[str]
) -> bool:
    """Refuse what a build would not make as the learner has it; tells whether something was refused.

    Of cards that are `shared`, edits of another language come home as well, and may change what both have.
    """
    refused = False
    for decision in decisions:
        note = notes.get(decision.theirs.name)
        if decision.writes and note is None:
            decision.refuse("with this text it could not be read as a card", by_hand=True)
            refused = True
        elif (
            decision.writes
            and note is not None
            and not _is_right(judge, decision, note, edited_alone=decision.theirs.name in shared)
        ):
            decision.refuse("a build would make something else of it", by_hand=True)
            refused = True
    return refused


def refuse_unfit(
    item: Ready,
    judge: Judge,
    decisions: Iterable[Decision],
    after: Mapping[str, Card],
    faults: Mapping[str, str],
) -> bool:
    """Refuse what no build would take, such as a mistake in a formula; tells whether something was."""
    wanted = [one for one in decisions if one.writes]
    names = [one.theirs.name for one in wanted]
    before = {card.id.value: card for card in item.deck.cards}
    was = {*map(_fault, _errors(item, judge, [before[name] for name in names]))} if names else set()
    found = _errors(item, judge, [after[name] for name in names]) if names else []
    new = {
        one.card: f"{one.message} ({one.code})"
        for one in found
        if one.lang in ("", judge.lang) and _fault(one) not in was
    }
    unfit = [one for one in wanted if one.theirs.name in {*new, *faults}]
    for decision in unfit:
        name = decision.theirs.name
        decision.refuse(f"no build would take it: {faults.get(name) or new[name]}", by_hand=True)
    return bool(unfit)


def _fault(finding: Finding) -> tuple[str, ...]:
    return finding.code, finding.card, finding.lang, finding.message


def _errors(item: Ready, judge: Judge, cards: Iterable[Card]) -> list[Finding]:
    """The errors of some cards, without what cards or languages demand of each other."""
    deck = _deck_of(item, judge, (replace(card, after=(), see=()) for card in cards))
    given = frozen.given_numbers(item.held.lock)
    found, _ = baseline.of_texts(deck, checks.demanded(Proof(deck, given)))
    return [one for one in found if one.severity is Severity.ERROR and one.code != parts_differ.CODE]


def refuse_parted(
    judge: Judge, decisions: Iterable[Decision], before: Mapping[str, Card], after: Mapping[str, Card]
) -> bool:
    """Refuse what would ask in one language something else than in the others (B07), and is not forced.

    Tells whether something was refused.
    """
    refused = False
    for decision in decisions:
        name = decision.theirs.name
        old, new = (cards[name].contents.get(judge.lang) for cards in (before, after))
        if decision.writes and name not in judge.theirs and old and new and asked(old) != asked(new):
            for lang, message in parts_differ.differences(after[name]):
                reason = f"then `{lang}` would not have the same parts as the other language (B07): {message}"
                decision.refuse(reason)
                refused = True
    return refused


def _is_right(judge: Judge, decision: Decision, note: Note, *, edited_alone: bool) -> bool:
    """Whether each field that changes is seen as the learner has it, where the author had changed nothing.

    With `edited_alone`, only those are looked at that the learner edited.
    """
    theirs = decision.theirs
    look = judge.look(note.role)
    sides = zip(theirs.note_type.field_names, theirs.note.fields, note.fields, theirs.fields, strict=True)
    # What deckgen makes of the answer, and fields of which only a part could be taken.
    others = {"Typed", *decision.ours, *(trouble.field for trouble in decision.troubles)}
    for name, before, after, has in sides:
        if edited_alone and name not in decision.edited:
            continue
        if before != after and name not in others:
            wanted = judge.names.plain(judge.names.brought(has, before, []))
            wanted = with_blanks(judge.names.plain(before), wanted)
            if not _are_alike(judge, decision, name, judge.names.plain(after), wanted, look, is_taken=True):
                return False
    return True


def losses(item: Ready, decisions: Iterable[Decision], rendered: Rendered) -> Iterator[Finding]:
    """What the next build will refuse because of what came home, such as a deletion that is gone."""
    came = {decision.theirs.name for decision in decisions if decision.writes}
    about = replace(rendered, notes=tuple(note for note in rendered.notes if note.card in came))
    for finding in frozen.moved(item.deck, about, item.lock, ()):
        yield replace(finding, severity=Severity.WARNING)


def stops(
    item: Ready, judge: Judge, decisions: Iterable[Decision], fresh: Iterable[str], after: Mapping[str, Card]
) -> Iterator[Finding]:
    """Warnings about texts that came home and that `check` would call an error, such as a long list (S01).

    `fresh` are the ids of new cards, and `after` are the cards as they are now. They are compared with each
    other only: what a card has in common with one that stays as it is, the next build tells.
    """
    places = {one.theirs.name: one.theirs.card.id.whole for one in decisions if one.writes}
    places |= {name: after[name].id.whole for name in fresh}
    before = [card for card in item.deck.cards if card.id.value in places]
    was = {*map(_fault, _errors_of_craft(item, judge, before))}
    for one in _errors_of_craft(item, judge, [after[name] for name in places]):
        if one.card in places and _fault(one) not in was:
            message = f"the next build will refuse what came home: {one.message}"
            yield replace(one, place=places[one.card], message=message, severity=Severity.WARNING)


def _errors_of_craft(item: Ready, judge: Judge, cards: Sequence[Card]) -> list[Finding]:
    if not cards:
        return []
    deck = _deck_of(item, judge, (replace(card, after=(), see=()) for card in cards))
    found = checks.judged(Proof(deck), checks.Craft.STOPPING)
    return [one for one in found if one.severity is Severity.ERROR]


def is_theirs(judge: Judge, decision: Decision, note: Note) -> bool:
    """Whether a learner's note says already what the next build would ship."""
    theirs = decision.theirs
    if not decision.is_home or decision.tags_left:
        return False
    has, now = judge.own_tags(theirs.tags), judge.own_tags(note.tags)
    if not now <= has or any(tag in judge.deck.tags for tag in has - now):
        return False
    one, two = (list(map(judge.names.plain, fields)) for fields in (note.fields, theirs.fields))
    sides = zip(theirs.note_type.field_names, one, map(with_blanks, one, two), strict=True)
    look = judge.look(note.role)
    return all(_are_alike(judge, decision, name, left, right, look) for name, left, right in sides)


def _are_alike(
    judge: Judge, decision: Decision, name: str, one: str, two: str, look: Look, *, is_taken: bool = False
) -> bool:
    """Whether two fields of a note are seen alike; of a list or masks, each, as they come home one by one.

    Each item ends with its line: blanks before the end of its deletion are not seen. An item may have another
    number in each where only those that were taken are looked at (`is_taken`).
    """
    theirs = decision.theirs
    content = theirs.card.contents[judge.lang]
    if name == MASKS and isinstance(content, Occlusion):
        return seen_alike(one, two)
    if name == LIST and isinstance(content, ItemList):
        left, right = items_of(one), items_of(two)
        if left is not None and right is not None:
            both = [number for number in left if number in right]
            return (is_taken or [*left] == [*right]) and all(
                are_alike(unfinished(left[number]), unfinished(right[number]), look, cloze=False)
                for number in both
            )
    return are_alike(one, two, look, cloze=theirs.note_type.is_cloze)
