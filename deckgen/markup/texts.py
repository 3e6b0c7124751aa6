"""A text of a card, be it Markdown or HTML: what is shipped of it, what it names, what is read of it."""

from __future__ import annotations

from collections.abc import Iterator

from deckgen.markup import cloze, events, markdown, raw, shown
from deckgen.markup.markdown import Resolve
from deckgen.written import Text


def to_html(text: Text, resolve: Resolve = lambda name: name) -> str:
    """The HTML of a text; `resolve` gives the stored name of a file of `media/`."""
    return _html(text, text.value, resolve)


def with_deletions(text: Text, resolve: Resolve = lambda name: name) -> str:
    """The HTML of a text that hides something; its deletions are still to be finished."""
    return _html(text, cloze.mark(text.value, cloze.scan(text.value)[0]), resolve)


def _html(text: Text, value: str, resolve: Resolve) -> str:
    return raw.to_html(value, resolve) if text.html else markdown.to_html(value, resolve)


def references(text: Text) -> Iterator[tuple[str, str]]:
    """What a text points to, as ("image", file name) and ("link", address), in order."""
    return raw.references(text.value) if text.html else events.references(text.value)


def formulas(text: Text) -> Iterator[tuple[int, str]]:
    """The formulas of a text that have a command, with their offsets."""
    return raw.formulas(text.value) if text.html else events.formulas(text.value)


def is_blank(text: Text) -> bool:
    """Whether a text shows nothing."""
    return markdown.is_blank(text.value.lower() if text.html else to_html(text))


def as_read(text: Text, is_cloze: bool = False) -> str:
    """The words of a text, as long as the text. Hints of deletions are covered, what they hide is shown."""
    if not text.html:
        return shown.as_read(text.value, is_cloze)
    words = raw.as_read(text.value, shown.OBJECT)
    return shown.without_marks(words, text.value) if is_cloze else words
