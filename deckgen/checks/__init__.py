"""Rules about the content of a deck: one rule a file, named for the problem it finds.

The docstring of a rule is its page, printed by `deckgen explain CODE`. A rule is
a module with `CODE` and `check(deck)`. It only notices; to add one, write the
module and put it into `RULES`.
"""

from __future__ import annotations

from types import ModuleType

from deckgen.checks import (
    cloze_marks,
    cycle,
    empty_text,
    huge_media,
    idle_option,
    long_list,
    missing_hedge,
    missing_media,
    odd_title,
    parts_differ,
    repeated_id,
    shown_stars,
    unknown_card,
    unknown_speaker,
    unknown_tag,
    unsafe_link,
    unused_media,
)
from deckgen.deck import Deck
from deckgen.diagnostic import Diagnostic

RULES: tuple[ModuleType, ...] = (
    cloze_marks,
    cycle,
    empty_text,
    huge_media,
    idle_option,
    long_list,
    missing_hedge,
    missing_media,
    odd_title,
    parts_differ,
    repeated_id,
    shown_stars,
    unknown_card,
    unknown_speaker,
    unknown_tag,
    unsafe_link,
    unused_media,
)


def run(deck: Deck) -> list[Diagnostic]:
    """The findings of all rules about one deck."""
    return [finding for rule in RULES for finding in rule.check(deck)]
