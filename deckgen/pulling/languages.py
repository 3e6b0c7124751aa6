"""Masks are of all languages of a card: what a learner did to them in one is compared with the others."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import replace

from deckgen.kinds import Mask
from deckgen.markup.asked import asked
from deckgen.pulling.decision import Decision, mask_clash
from deckgen.pulling.shapes import free, same
from deckgen.pulling.spots import MASKS


def compare(decisions: Sequence[Decision], theirs: Container[str]) -> None:
    """Make a mask that was moved otherwise in each language a clash, also in a card of `theirs`.

    A mask that was added in each gets a key of its own, unless it is the same. Tags are of all languages as
    well: those that come and go are written once.
    """
    cards: dict[str, list[Decision]] = {}
    for decision in decisions:
        if decision.writes:
            cards.setdefault(decision.theirs.name, []).append(decision)
    for card, several in cards.items():
        if len(several) > 1:
            _compare_masks([one for one in several if one.moves], is_forced=card in theirs)
            _join_tags([one for one in several if one.writes])


def _join_tags(decisions: Sequence[Decision]) -> None:
    """Let the first of several languages have all tags that come and go."""
    for first, other in ((decisions[0], other) for other in decisions[1:]):
        first.tags_come = tuple(dict.fromkeys((*first.tags_come, *other.tags_come)))
        first.tags_go = tuple(dict.fromkeys((*first.tags_go, *other.tags_go)))
        other.tags_with = (*other.tags_come, *other.tags_go)
        other.tags_come = other.tags_go = ()


def _compare_masks(decisions: Sequence[Decision], *, is_forced: bool) -> None:
    """Compare what becomes of the masks of one card in several languages."""
    drawn: dict[str, list[Mask]] = {}
    for decision in decisions:
        own = [key for content in decision.theirs.card.contents.values() for key in asked(content)]
        for at, move in enumerate(decision.moves):
            is_other = move.old is None and any(not same(move.mask, one) for one in drawn.get(move.key, ()))
            alike = (
                key for key in drawn if key not in own and all(same(move.mask, one) for one in drawn[key])
            )
            key = next(alike, "") or free(move.key, {*drawn, *own}) if is_other else move.key
            decision.moves[at] = replace(move, key=key)
            drawn[key] = [*drawn.get(key, []), move.mask]
    for decision in decisions:
        if len(decision.moves) < len(drawn):
            decision.ours |= {MASKS}  # with what comes of the others, it is not as this learner has it
        for move in [*decision.moves]:
            if move.old is not None and any(not same(move.mask, one) for one in drawn[move.key]):
                decision.moves.remove(move)
                clash = f"the learner put `{move.key}` elsewhere in another language"
                decision.clashes.append(mask_clash(replace(move, clash=clash), move.old, by_hand=True))
        if decision.clashes and not is_forced:
            decision.wait()
