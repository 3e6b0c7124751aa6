"""A learner's edit of a field is carried into the author's text."""

from __future__ import annotations

from dataclasses import dataclass

from deckgen.adopting.convert import Markdown, render, to_markdown
from deckgen.adopting.look import PLAIN, Look
from deckgen.markup import raw
from deckgen.written import Text


@dataclass(frozen=True, slots=True)
class Merged:
    """The new text for the YAML: Markdown, or HTML where the source is HTML."""

    text: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """Why an edit can't be merged, in words for people."""

    reason: str


def merge(
    source: Text, base: str, theirs: str, *, look: Look = PLAIN, cloze: bool = False
) -> Merged | Conflict:
    """Merge three ways; `base` is the HTML that was shipped, `theirs` what the learner made of it."""
    if base == theirs:
        return Merged(source.value)
    now = raw.to_html(source.value, lambda name: name) if source.html else render(source.value, cloze=cloze)
    if now == theirs:
        return Merged(source.value)
    if now != base:
        return Conflict("the text was changed here as well")
    if source.html:
        return Merged(theirs)
    found = to_markdown(theirs, look, cloze=cloze)
    if isinstance(found, Markdown) and render(found.text, cloze=cloze) == theirs:
        return Merged(found.text)
    return Conflict("the edit can't be said in Markdown")
