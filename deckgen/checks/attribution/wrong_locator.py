"""M02: a place is not in the source

A wrong place is worse than none: whoever checks the card looks elsewhere, or believes that
the claim was invented. When `source:` in deck.yaml names a `file` with the source's
text, every `section:` must be a heading in it, and every `find:` must occur in that
section. Characters are compared in Unicode's compatibility form, and several spaces count as
one. The file may be outside of git; without it, only M12 is reported.

`find:` has at most 12 characters. A line is the heading of a section if it is just the section's name, or a Markdown heading that
begins with the name. Failing that, the last short line that begins with the name is taken.

Bad:   `source: {section: "2", find: "chanel fell"}`, when section 2 says "the channel fell"
Good:  `source: {section: "2", find: "channel fell"}`

Mend:  copy the characters from the source, or correct the section.
"""

from __future__ import annotations

from collections.abc import Iterator

from deckgen.checks.proof import Proof
from deckgen.finding import Finding
from deckgen.reading.keys import some
from deckgen.reading.original import Section, flatten

CODE = "M02"
STOPS = False
WIDE = True


def check(proof: Proof) -> Iterator[Finding]:
    """Find sections and locators that the source's text does not have."""
    original = proof.original
    if original is None:
        return
    sections = proof.sections
    there = some(sorted({f"“{other.label}”" for other in sections.values()}))
    for card in proof.cards:
        label, find = card.citation.section, card.citation.find
        section: Section | None = None
        if label is not None:
            section = sections.get(label.value)
            if section is None:
                message = f"the source has no section “{label.value}”"
                place = label.span(0, len(label.value))
                hint = f"correct the section; there are: {there}" if there else "the source has no headings"
                yield Finding(place, CODE, message, hint, card.id.value)
        if find is None or (section is None and label is not None):
            continue
        if flatten(find.value) not in (section.text if section else original.flat):
            elsewhere = [other.label for other in sections.values() if flatten(find.value) in other.text]
            where = f"section “{label.value}” of the source" if label else "the source"
            hint = f"it is in section “{elsewhere[0]}”" if elsewhere else "copy it from the source"
            message = f"“{find.value}” is not in {where}"
            yield Finding(find.span(0, len(find.value)), CODE, message, hint, card.id.value)
