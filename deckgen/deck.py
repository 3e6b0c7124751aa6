"""Decks and cards as plain values: no YAML, no HTML, no Anki.

A *card* is one entry of a card file, in every language of its deck. Anki's
words differ: in each language a card becomes one *note*, from which Anki makes one
or more cards to study. Only from `render` on does `note` have this sense; here
and in card files, `note` is the remark under an answer.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import field
from pathlib import Path
from typing import Any

from deckgen.finding import Place, Severity
from deckgen.fixed import fixed
from deckgen.kinds import Content, Kind, Role, parts
from deckgen.written import Text

#: The tag that deckgen gives to the note of a retired card; authors may not use it.
RETIRED_TAG = "retired"

#: The language of a deck that declares none. Its texts stand directly in the card.
NO_LANGUAGE = ""


def deck_key(name: str) -> str:
    """What names have in common that Anki takes for those of one deck: it compares without capitals."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


@fixed
class Citation:
    """Where in the source a card's claim stands: a section and a few characters to find it."""

    section: Text | None = None
    find: Text | None = None


@fixed
class Retired:
    """A card that learners keep but nobody new gets. From the day `until` on, no package has its note."""

    since: Text
    reason: Mapping[str, Text]
    until: Text | None = None


@fixed
class Silence:
    """Findings that an author does not want to see on a card, and why."""

    codes: tuple[Text, ...]
    why: Text


@fixed
class Setting:
    """How a deck sets a rule, or a group of rules: off, at another `level`, or with other limits.

    `limits` are the rule's limits by language; "" stands for every language.
    """

    code: Text
    level: Severity | None = None
    off: bool = False
    limits: Mapping[str, tuple[float, ...]] = field(default_factory=dict)


# Most cards have no section and no deck of their own; they share this mapping.
_NONE: Mapping[str, Text] = {}


@fixed
class Card:
    """`deck` names by language the deck below that of its folder in which it lies."""

    id: Text
    contents: Mapping[str, Content]
    section: Mapping[str, Text] = field(default_factory=lambda: _NONE)
    tags: tuple[Text, ...] = ()
    citation: Citation = Citation()
    speaker: Text | None = None
    hedged: bool = False
    reverse: bool = False
    typed: bool = False
    after: tuple[Text, ...] = ()
    see: tuple[Text, ...] = ()
    was: Text | None = None
    retired: Retired | None = None
    lint: Silence | None = None
    deck: Mapping[str, Text] = field(default_factory=lambda: _NONE)

    @property
    def kind(self) -> Kind:
        """The kind of the first language; `check` holds the others to it."""
        return next(iter(self.contents.values())).kind

    @property
    def found_by(self) -> set[str]:
        """The tags by which Anki finds it: its own, and those above, as `region` above `region::coast`."""
        tags = {tag.value for tag in self.tags}
        parts = (tag.split("::") for tag in tags if "::" in tag)
        return tags | {"::".join(above[:depth]) for above in parts for depth in range(1, len(above))}


@fixed
class Source:
    """What the deck is drawn from."""

    title: Text
    by: Text | None = None
    date: Text | None = None
    url: Text | None = None
    file: Text | None = None


@fixed
class Term:
    """A word of the deck's glossary in each language, with other words that count as the same."""

    words: Mapping[str, tuple[Text, ...]]


@fixed
class Sheet:
    """A file of HTML or CSS as its author wrote it, and its name in findings."""

    shown: str
    text: str

    def at(self, offset: int, width: int = 0) -> Place:
        """The place of a character, and of those behind it on its line."""
        start = self.text.rfind("\n", 0, offset) + 1
        end = self.text.find("\n", offset)
        room = (len(self.text) if end < 0 else end) - offset
        return Place(self.shown, self.text.count("\n", 0, offset) + 1, offset - start + 1, min(width, room))


@fixed
class OwnField:
    name: Text
    meaning: Role


@fixed
class OwnTemplate:
    """What Anki calls a card, and its two sides by language."""

    name: Text
    front: Mapping[str, Sheet]
    back: Mapping[str, Sheet]


@fixed
class OwnType:
    """A note type that an author made, from `note_types/<name>/`.

    `sort` is the field that its author wants Anki's browser to show, if any. `note`, `source` and
    `speaker` are the fields that take those keys of a card; nothing where there is none. Without a `style`
    it looks as all other cards do. `tts` is the language, by field and by language of the deck, in which
    `{{tts:Field}}` is spoken. It is not `sound` when a part of it was left out because of its shape.

    `keys` are the fields that take the keys `q` and `a`, or `cloze`, of a card; with `reverse`, a second card
    of such a note asks the other way round. `adopted` is the name under which learners had it in Anki before
    deckgen; then `options` is what else Anki keeps of it, by the keys of its JSON.
    """

    name: str
    place: Place
    is_cloze: bool
    fields: tuple[OwnField, ...]
    sort: str
    templates: tuple[OwnTemplate, ...]
    style: Sheet | None = None
    note: str = ""
    source: str = ""
    speaker: str = ""
    tts: Mapping[str, Mapping[str, Text]] = field(default_factory=dict)
    sound: bool = True
    keys: Mapping[str, str] = field(default_factory=dict)
    reverse: bool = False
    adopted: Text | None = None
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def field_names(self) -> tuple[str, ...]:
        return tuple(field.name.value for field in self.fields)

    @property
    def sorted_by(self) -> str:
        """The field that Anki's browser shows, in a type that nobody has yet."""
        return self.sort or next(iter(self.field_names), "")

    @property
    def sheets(self) -> Iterator[Sheet]:
        """Its sides in all languages, each file once."""
        sides = (side for one in self.templates for side in (*one.front.values(), *one.back.values()))
        yield from {side.shown: side for side in sides}.values()


@fixed
class Given:
    """What learners have of a note since before its deck was source.

    `lines` are the HTML of its fields by name, as it stands in adopted.html, and `typed` hashes of the texts
    that the author had of them then; in `kept` are those whose text is as it was. It is `whole` when all are,
    and none came. `cards` are the numbers of its cards, from 1, where they are not those that Anki makes of
    these fields.
    """

    lines: Mapping[str, Text]
    typed: Mapping[str, str]
    kept: frozenset[str]
    whole: bool
    cards: tuple[int, ...] | None = None


@fixed
class Past:
    """What adopted.html says of an adopted deck; nothing of any other.

    `notes` by card id and language, with their lines; `files` are names in Anki and hashes of the content
    by names in `media/`; `types` are the note types that are as they were, `changed_types` the others, with
    hashes of what they were. It is `broken` when the file has findings: then nobody knows what was touched.
    """

    notes: Mapping[tuple[str, str], Given] = field(default_factory=dict)
    files: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    types: frozenset[str] = frozenset()
    changed_types: Mapping[str, str] = field(default_factory=dict)
    broken: bool = False

    def kept(self, card: str, lang: str) -> Mapping[str, Text]:
        """The HTML of those fields of a note whose texts nobody has touched, by name."""
        given = self.notes.get((card, lang))
        return {} if given is None else {name: given.lines[name] for name in given.kept}


@fixed
class Deck:
    """A folder of `cards_source/`. The first language is the primary one.

    `speakers` is None when the deck declares none: then any word will do.
    `media` maps the names in `media/`, in Unicode's composed form, to the files.
    `seed` makes the deck unique among decks of other people that have the same key.
    `look` are its own colours by name, one by day and one by night; `style` is the text of its style sheet.
    `tts` is the language in which answers are spoken, by language of the deck.
    `trusted` is where the author says that its own note types may load what is not in the deck.
    `adopted` is where deck.yaml says that learners had the deck before deckgen did: its tags are theirs.
    `past` is what its adopted.html says, once its lock is read.
    `complete` is false when a card or file was left out because of its shape: then
    nothing can be said about what the deck lacks.
    """

    key: Text
    folder: Path
    languages: tuple[str, ...]
    title: Mapping[str, Text]
    description: Mapping[str, Text] = field(default_factory=dict)
    source: Source | None = None
    speakers: Mapping[str, Mapping[str, Text]] | None = None
    tags: Mapping[str, Text] = field(default_factory=dict)
    glossary: tuple[Term, ...] = ()
    lint: tuple[Setting, ...] = ()
    cards: tuple[Card, ...] = ()
    media: Mapping[str, Path] = field(default_factory=dict)
    complete: bool = True
    seed: Text | None = None
    look: Mapping[str, tuple[Text, Text]] = field(default_factory=dict)
    style: str = ""
    note_types: Mapping[str, OwnType] = field(default_factory=dict)
    trusted: Text | None = None
    adopted: Text | None = None
    tts: Mapping[str, Text] = field(default_factory=dict)
    past: Past = Past()

    @property
    def retired_tag(self) -> str:
        """The tag of the notes of retired cards, as Anki has it."""
        return f"{self.key.value}::{RETIRED_TAG}"

    @property
    def identity(self) -> str:
        """What guids and numbers derive from: the key, then the seed. Keys have no blanks."""
        return f"{self.key.value} {self.seed.value}" if self.seed else self.key.value

    def subdeck(self, card: Card, lang: str) -> str:
        """The path below the title of the deck in which a card lies; empty in the deck itself.

        An author may write the title before it, as Anki shows it.
        """
        if lang not in card.deck:
            return ""
        path, title = card.deck[lang].value, self.title[lang].value
        return "" if path == title else path.removeprefix(f"{title}::")

    def named(self, lang: str, path: str) -> str:
        """How Anki calls the deck at `path` below the title."""
        title = self.title[lang].value
        return f"{title}::{path}" if path else title

    def placed(self) -> Iterator[tuple[Card, str, Text]]:
        """Each text that names a subdeck once, with the first card that lies there, and its language."""
        seen: set[int] = set()  # all cards of a file share one
        for card in self.cards:
            for lang, text in card.deck.items():
                if id(text) not in seen:
                    seen.add(id(text))
                    yield card, lang, text

    @property
    def html_texts(self) -> int:
        """How many texts of its cards are HTML."""
        contents = (content for card in self.cards for content in card.contents.values())
        return sum(part.text.html for content in contents for part in parts(content))

    def package_name(self, lang: str) -> str:
        """The file name of the package of one language."""
        return f"{self.key.value}.{lang}.apkg" if lang else f"{self.key.value}.apkg"
