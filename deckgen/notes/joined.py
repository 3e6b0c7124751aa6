r"""What Anki makes of a deck's own templates and of texts together, when each of them alone is harmless.

A text may end in what the template, or the next text, goes on with: `\` before `(`. Filters take elements
away, or read the names of characters: `{{text:A}}` makes an element of `&lt;script&gt;`. So the sides of a
card are filled as Anki fills them (`faces`), and read once more.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator

from deckgen.deck import Deck
from deckgen.finding import Finding, Place
from deckgen.markup import given, raw
from deckgen.notes import faces, filters, guard
from deckgen.notes.note_types import NoteType
from deckgen.notes.render import Note, Rendered
from deckgen.notes.template import Fault, Replacement, parse, replacements
from deckgen.patterns import lazy

# Without any of these a text begins nothing, and a filter finds nothing in it.
_SUSPECT = lazy(r"[\\\[]|&(?:lt|amp);")
#: The filters that change what a text is; others put something around it.
_CHANGING = frozenset(("text", "furigana", "kana", "kanji"))
_ELEMENT = lazy(r"<(?=[A-Za-z/!?])")
_RUBY = lazy(r"</?r(?:uby|b|t)>")
# What filters of templates write, which texts may not have: a box to type into, speech.
_FILTERED = lazy(r"\[\[type:[^\[\]]*\]\]|\[/?anki:tts[^\[\]]*\]")


def findings(deck: Deck, rendered: Rendered) -> Iterator[Finding]:
    """Findings (K21) at the cards of own note types whose sides would act in Anki."""
    places: dict[str, Place] = {}
    vouched = deck.trusted is not None
    for note in rendered.notes:
        if note.role not in deck.note_types:
            continue
        note_type = rendered.note_types[note.role]
        if not any(map(_SUSPECT.search, note.fields)) and not _opens(note_type):
            continue
        kept = deck.past.kept(note.card, rendered.lang)
        found = _acts(note, note_type, rendered.media, kept, vouched=vouched)
        for what, act in itertools.islice(found, 1):
            places = places or {card.id.value: card.id.whole for card in deck.cards}
            yield guard.finding(places[note.card], what, act, note.card, rendered.lang)


def _acts(
    note: Note, note_type: NoteType, media: Collection[str], kept: Collection[str], *, vouched: bool
) -> Iterator[tuple[str, str]]:
    """What acts on the cards of a note, each behind where it does.

    Where an author vouches for the templates, only what filters make of the texts is looked at; so, too,
    where learners have had one of the fields since before the deck was source (`kept`).
    """
    for number in note.cards:
        template = note_type.template(number - 1)
        for html in (template.front, template.back):
            for part in replacements(parse(html)):
                if act := _made_by_filters(part, note, note_type, media, kept, vouched=vouched):
                    yield f"`{{{{{':'.join((*reversed(part.filters), part.name))}}}}}`", act
        if vouched or kept:
            continue
        sides = faces.sides(note_type, note.fields, number - 1)
        if isinstance(sides, Fault):
            continue
        for what, html in (("front", sides.front), ("back", sides.back)):
            if act := guard.acts_in_text(_FILTERED.sub(" ", html), media):
                yield f"the {what} of `{template.name}`", act


def _opens(note_type: NoteType) -> bool:
    """Whether a template has a field in brackets, in which any word may be one of Anki's."""
    return any("[{{" in template.front or "[{{" in template.back for template in note_type.templates)


def _made_by_filters(
    part: Replacement,
    note: Note,
    note_type: NoteType,
    media: Collection[str],
    kept: Collection[str],
    *,
    vouched: bool,
) -> str:
    changing = [name for name in part.filters if name in _CHANGING]
    if not changing or part.name not in note_type.field_names:
        return ""
    html = note.fields[note_type.field_names.index(part.name)]
    if note_type.is_cloze:
        html = guard.DELETION.sub(r"\1 \2", html)
    html = _RUBY.sub("", filters.apply(changing, html, part.name, 0, answer=True))
    if vouched:
        html = raw.without_latex(html)
    if part.name in kept:
        return next((fault.message for fault in given.acts(html)), "")
    # Of what is read as a text, each element is a new one, which the author meant as words.
    rest = guard.WRITTEN.sub("", html) if "text" in changing else guard.without_elements(html, media)
    if found := _ELEMENT.search(rest):
        return guard.told(rest[found.start() :], "which becomes an element")
    return guard.acts_in_text(html, media)
