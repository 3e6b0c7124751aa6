"""What the format demands. These findings can be neither silenced nor lowered."""

from types import ModuleType

from deckgen.checks.structure import (
    cloze_marks,
    cycle,
    deletion_elsewhere,
    empty_text,
    huge_media,
    idle_option,
    long_list,
    missing_media,
    odd_title,
    parts_differ,
    repeated_id,
    unknown_card,
    unknown_tag,
    unsafe_link,
    unused_media,
)

RULES: tuple[ModuleType, ...] = (
    cloze_marks,
    cycle,
    deletion_elsewhere,
    empty_text,
    huge_media,
    idle_option,
    long_list,
    missing_media,
    odd_title,
    parts_differ,
    repeated_id,
    unknown_card,
    unknown_tag,
    unsafe_link,
    unused_media,
)
