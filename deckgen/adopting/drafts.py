"""Notes become entries of card files: the texts of their fields as Markdown, or as HTML with a reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from deckgen.adopting.convert import Markdown, to_markdown
from deckgen.adopting.foreign import ForeignNote
from deckgen.adopting.forms import Form
from deckgen.adopting.names import slug
from deckgen.adopting.scalars import listed, scalar, word
from deckgen.deck import RETIRED_TAG
from deckgen.kinds import Role
from deckgen.lock.limits import ID_STEP, LATEST_ADOPTED
from deckgen.patterns import lazy
from deckgen.reading.keys import MAX_TAGS, control_character, is_adopted_tag
from deckgen.reading.tree import MAX_TEXT

#: So many cards, bytes, and keys and values have room in a file; the reader takes more (reading/tree.py).
PER_FILE, BYTES, VALUES = 500, 1_500_000, 80_000
SCHEMA_LINE = "# yaml-language-server: $schema=../.schema/{}.json\n"
# What no text of ours may have: Anki drops it, or it ends a line only for some.
_CONTROL = lazy(r"\r\n?|[\x00-\x08\x0b-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class Said:
    """A filled field of a note, and the text that says it in YAML; a text of nothing stands nowhere.

    `exact` texts are rendered to the same bytes; one that stays `html` has a `reason`.
    """

    field: str
    source: str
    text: str
    html: bool = False
    exact: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A card that is to be written. `deck` is its path below the title."""

    id: str
    note: ForeignNote
    form: Form
    said: tuple[Said, ...]
    tags: tuple[str, ...]
    deck: str

    @property
    def by_keys(self) -> bool:
        """Whether it is written as a card that has no `type:`."""
        filled = {self.form.keys.get(one.field) for one in self.said if one.text}
        needed = {key for key in self.form.keys.values() if key != "note"}
        return self.form.bare and needed <= filled and None not in filled

    def entry(self, hidden: Sequence[str]) -> str:
        """Its entry in a card file whose head has the tags `hidden`."""
        lines = [f"  - id: {self.id}"]
        own = [tag for tag in self.tags if tag not in hidden]
        lines += [f"    {listed('tags', own, 4)}"] if own else []
        texts = [one for one in self.said if one.text]
        if self.by_keys:
            order = {key: place for place, key in enumerate(self.form.keys.values())}
            named = sorted(((self.form.keys[one.field], one) for one in texts), key=lambda one: order[one[0]])
            lines += [f"    {key}:{scalar(one.text, 4, html=one.html)}" for key, one in named]
            lines += ["    reverse: true"] if self.form.reverse else []
        else:
            note = {name for name, key in self.form.keys.items() if key == "note" and self.form.bare}
            fields = [one for one in texts if one.field not in note]
            lines += [f"    type: {self.form.name}", "    fields:" if fields else "    fields: {}"]
            lines += [f"      {word(one.field)}:{scalar(one.text, 6, html=one.html)}" for one in fields]
            lines += [f"    note:{scalar(one.text, 4, html=one.html)}" for one in texts if one.field in note]
        return "\n".join(lines) + "\n"


class Converter:
    """Makes texts of fields; a deck repeats many of them, such as the names of its sections."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, str, bool], Said] = {}

    def said(self, form: Form, fields: Sequence[str]) -> tuple[Said, ...]:
        """What the filled fields of a note of a type say."""
        named = zip(form.names, form.meanings, fields, strict=True)
        return tuple(self._said(form, *one) for one in named if one[2])

    def _said(self, form: Form, name: str, meaning: Role, html: str) -> Said:
        key = id(form), f"{name}\0{html}", meaning is Role.CLOZE
        if key not in self._known:
            self._known[key] = _text(form, name, html, is_cloze=meaning is Role.CLOZE)
        return self._known[key]


def _text(form: Form, name: str, html: str, *, is_cloze: bool) -> Said:
    made = to_markdown(html, form.look, cloze=is_cloze)
    if isinstance(made, Markdown) and (made.exact or name not in form.raw):
        text = made.text.strip("\n")
        if not control_character(text):
            return Said(name, html, text if text.strip() else "", exact=made.exact)
        reason = "a control character"
    else:
        reason = "it stands in a script or in a tag" if isinstance(made, Markdown) else made.reason
    text = _CONTROL.sub(lambda found: "\n" if found[0][0] == "\r" else "", html).strip("\n")
    return Said(name, html, text if text.strip() else "", html=bool(text.strip()), reason=reason)


def unfit(draft: Draft, key: str) -> str:
    """Why a card can't be written; nothing if it can. The reader of card files has the same limits.

    `key` is that of its deck.
    """
    return next(_faults(draft, key), "")


def _faults(draft: Draft, key: str) -> Iterator[str]:
    if not any(one.text for one in draft.said):
        yield "none of its fields has a text"
    for one in draft.said:
        if len(one.text) > MAX_TEXT:
            most = f"at most {MAX_TEXT:,} are allowed"
            yield f"the field “{one.field}” has {len(one.text):,} characters, {most}"
        if control_character(one.text):
            yield f"the field “{one.field}” names a control character"
    yield from _faults_of_tags(draft.tags, key)
    if not 0 <= draft.note.stamp <= LATEST_ADOPTED:
        yield "its stamp is no time"
    if not all(0 <= ordinal < ID_STEP - 1 for ordinal in draft.note.cards):
        yield f"it has a card with a number beyond {ID_STEP - 1}"


def _faults_of_tags(tags: Sequence[str], key: str) -> Iterator[str]:
    if len(tags) > MAX_TAGS:
        yield f"it has {len(tags)} tags, at most {MAX_TAGS} are allowed"
    taken = f"{key}::{RETIRED_TAG}::".casefold()
    for tag in tags:
        if f"{tag}::".casefold().startswith(taken):
            yield f"deckgen gives its tag `{key}::{RETIRED_TAG}` to retired cards"
        if not is_adopted_tag(tag):
            yield f"Anki would not keep the tag “{tag}”"


def files(drafts: Iterable[Draft], begin: int = 1) -> dict[str, tuple[str, list[Draft]]]:
    """Card files by name: the text, and the cards in it. Numbers of files go on from `begin`.

    Each subdeck has files of its own, in the order in which their first cards are studied.
    """
    by_deck: dict[str, list[Draft]] = {}
    for draft in drafts:
        by_deck.setdefault(draft.deck, []).append(draft)
    chunks = [(deck, chunk) for deck, members in by_deck.items() for chunk in _chunks(members)]
    digits = max(2, len(str(begin + len(chunks) - 1)))
    made = {}
    for number, (deck, (text, members)) in enumerate(chunks, start=begin):
        name = slug(deck.replace("::", " "), 40) or "cards"
        made[f"{number:0{digits}}-{name}.yaml"] = text, members
    return made


def _chunks(drafts: Sequence[Draft]) -> Iterator[tuple[str, list[Draft]]]:
    """The texts of the files that cards of one deck are written to, with the cards in each."""
    entries = [draft.entry(()) for draft in drafts]
    begin = size = values = 0
    for place, (draft, entry) in enumerate(zip(drafts, entries, strict=True)):
        cost, more = len(entry.encode()), 8 + 2 * len(draft.said) + len(draft.tags)
        if place - begin == PER_FILE or (place > begin and (size + cost > BYTES or values + more > VALUES)):
            yield _file(drafts[begin:place], entries[begin:place])
            begin, size, values = place, 0, 0
        size, values = size + cost, values + more
    yield _file(drafts[begin:], entries[begin:])


def _file(drafts: Sequence[Draft], entries: Sequence[str]) -> tuple[str, list[Draft]]:
    alike = len({draft.tags for draft in drafts}) == 1 and len(drafts) > 1
    shared = drafts[0].tags if alike else ()
    head = SCHEMA_LINE.format("cards")
    head += f"deck:{scalar(drafts[0].deck, 0)}\n" if drafts[0].deck else ""
    head += listed("tags", shared) + "\n" if shared else ""
    written = [draft.entry(shared) for draft in drafts] if shared else entries
    return f"{head}cards:\n" + "\n".join(written), [*drafts]
