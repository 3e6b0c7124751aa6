"""What the format demands. These findings can be neither silenced nor lowered."""

from types import ModuleType

from deckgen.checks.structure import (
    anki_mark,
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
    reaches_out,
    repeated_id,
    typed_markup,
    unknown_card,
    unknown_command,
    unknown_tag,
    unused_media,
)

RULES: tuple[ModuleType, ...] = (
    anki_mark,
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
    reaches_out,
    repeated_id,
    typed_markup,
    unknown_card,
    unknown_command,
    unknown_tag,
    unused_media,
)
