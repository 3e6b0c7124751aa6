"""What may stand in a deck's files: keys, names, dates; and what to say about anything else."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect
from collections.abc import Iterable
from datetime import date
from itertools import islice

from deckgen.kinds import IN_WORDS, KIND_KEYS
from deckgen.reading import tree

DECK_KEYS = (
    "deck", "seed", "title", "languages", "description", "source", "speakers", "tags", "glossary", "lint",
    "look", "trusted", "adopted", "tts",
)  # fmt: skip
SOURCE_KEYS = ("title", "by", "date", "url", "file")
FILE_KEYS = ("section", "deck", "tags", "cards")
CARD_KEYS = (
    "id", "type", "tags", "source", "speaker", "hedged", "reverse", "typed", "after", "see", "only", "was",
    "retired", "lint", "deck", "occlude", "masks", "hide",
)  # fmt: skip
#: Those that have a text in each language; `type`, `occlude` and `masks` are said once.
CONTENT_KEYS = (*(key for key in KIND_KEYS if key not in CARD_KEYS), "note", "hint")
CITATION_KEYS = ("section", "find")
RETIRED_KEYS = ("since", "reason", "until")
LINT_KEYS = ("ignore", "why")
#: What a card of a masked picture hides besides the mask that it asks about: all other masks, or nothing.
HIDES = ("all", "one")
SETTING_KEYS = ("level", "limit")
#: Of `look:`: colours that are variables of the style sheet; each may have one for each mode.
LOOK_KEYS = ("accent", "ink", "soft", "paper", "note", "line")
MODES = ("day", "night")
NOTE_TYPE_KEYS = (
    "adopted", "kind", "fields", "sort", "templates", "q", "a", "cloze", "reverse", "note", "source",
    "speaker", "tts",
)  # fmt: skip
TEMPLATE_KEYS = ("name", "front", "back")
LEVELS = ("off", "info", "warning", "error")

#: The longest locator: enough to find a passage, too short to copy one.
MAX_FIND = 12
MAX_NAME = 64
#: Of what Anki calls a note type, a field or a template that it had before deckgen; people's have up to 28.
MAX_ADOPTED_NAME = 300
#: The most characters of a tag with all tags above it, as in `region::coast`.
MAX_TAG = 200
#: The same in a deck that learners had before deckgen; some decks of medicine keep whole books in their tags.
MAX_ADOPTED_TAG = 1_000
#: The most languages of a deck, since every card may have a finding for each. The European Union has 24.
MAX_LANGUAGES = 50
#: The most tags of a file, and of a card.
MAX_TAGS = 100
#: How deep quotations and lists may lie in each other in one text; people write three levels.
MAX_NESTED = 50
#: Windows allows no file with these names, whatever comes after the dot:
#: https://learn.microsoft.com/en-us/windows/win32/fileio/naming-a-file
RESERVED = frozenset(
    ("con", "prn", "aux", "nul", *(f"{port}{digit}" for port in ("com", "lpt") for digit in range(10)))
)

# Other names for our keys, from other tools and from habit.
_OTHER_WORDS = {
    "question": "q", "front": "q", "answer": "a", "back": "a", "text": "cloze", "items": "list",
    "extra": "note", "comment": "note", "notes": "note", "explanation": "note", "info": "note",
    "remark": "note", "name": "deck", "lang": "languages", "language": "languages", "prerequisites": "after",
    "members": "list",
    "related": "see", "reversed": "reverse", "type-in": "typed", "desc": "description", "vocabulary": "tags",
    "subdeck": "deck", "occlusion": "occlude", "mask": "masks", "mode": "hide", "header": "q",
}  # fmt: skip
# Hints for things that have no key of their own.
_PICTURE = "put a picture or sound into a text, `![what it shows](file.png)`, and its file into `media/`"
_LOOK = "the deck has a look, not the card: `look:` in deck.yaml, and style.css beside it"
_NO_KEY = {
    **dict.fromkeys(("image", "images", "img", "picture", "audio", "sound", "media", "file"), _PICTURE),
    **dict.fromkeys(("color", "colour", "css", "style", "font", "size", "template"), _LOOK),
    **dict.fromkeys(
        ("kind", "model", "notetype"),
        f"the kind follows from the keys: {IN_WORDS}",
    ),
    **dict.fromkeys(
        ("options", "choices"), "ask without choices: learners recall the answer; or write `list:`"
    ),
    "guid": "it derives from `id`",
    "name": "a card has an `id`, and no other name",
}

NAME_PATTERN = "[a-z0-9]+(-[a-z0-9]+)*"
TAG_PATTERN = f"{NAME_PATTERN}(::{NAME_PATTERN})*"
_NAME = re.compile(NAME_PATTERN)
_DATE = re.compile(r"[0-9]{4}-[01][0-9]-[0-3][0-9]")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_SEVERAL = re.compile(r"[\w-]+(?:\s*,\s*[\w-]+)+")
_DELETION = re.compile(r"(?<!\\)\{\{c[0-9]+::")
# Anki drops these from a field, except U+001F, at which it refuses the whole package.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_NO_TAG = re.compile(r"[ \u3000\u2028\u2029\x00-\x1f\x7f-\x9f]")
# Markdown turns these references into characters.
_REFERENCE = re.compile(r"&#(?:[xX][0-9a-fA-F]{1,6}|[0-9]{1,7});")
# A line that opens too many quotations and lists; Markdown makes two elements of each sign.
_NESTED = re.compile(
    rf"^(?:[ \t]*(?:>|(?:[-+*]|[0-9]{{1,9}}[.)])(?=[ \t]))){{{MAX_NESTED + 1}}}", re.MULTILINE
)


def is_name(name: str) -> bool:
    """Whether `name` may be an id: a-z, 0-9 and single hyphens, at most MAX_NAME characters."""
    return _NAME.fullmatch(name) is not None and len(name) <= MAX_NAME


def is_tag(tag: str) -> bool:
    """Whether `tag` may be a tag: names with `::` between them, at most MAX_TAG characters."""
    return all(map(is_name, tag.split("::"))) and len(tag) <= MAX_TAG


def is_adopted_tag(tag: str) -> bool:
    """Whether a deck that comes from Anki may have this tag: no sign in it at which Anki parts tags.

    Those are the blank and the wide one (rslib/src/tags/mod.rs, `is_tag_separator`).
    """
    return 0 < len(tag) <= MAX_ADOPTED_TAG and not _NO_TAG.search(tag)


def is_date(text: str) -> bool:
    """Whether `text` is a date such as 2026-01-31."""
    try:
        return _DATE.fullmatch(text) is not None and bool(date.fromisoformat(text))
    except ValueError:
        return False


def shape_hint(what: str) -> str:
    """A hint that shows the mapping which should stand where something else does."""
    shapes = {
        "a card file": "put `cards:` above the list of cards",
        "`retired:`": 'write `retired: {since: "2026-01-31", reason: "…"}`',
        "`source:` of a card": 'write `source: {section: "…", find: "…"}`',
        "a mask": "write `key: {rect: [10, 20, 30, 15]}`: left, top, width, height in per cent",
        "`lint:` of a card": 'write `lint: {ignore: [L02], why: "…"}`',
        "`lint:`": "write `lint: {L02: warning}`, or `lint: {L02: {level: info, limit: [40, 60]}}`",
        "`look:`": 'write `look: {accent: "#0a6040"}`',
        "`source:`": 'write `source: {title: "…", by: "…"}`',
    }
    return shapes.get(what, "write `key: value`")


def misplaced(name: str, value: tree.Node, known: tuple[str, ...]) -> str:
    """What to do with a key that belongs elsewhere."""
    if name.strip() != name:
        return "there is a no-break or wide space before it: indent with plain spaces"
    if name in ("type", "occlude", "masks", "hide") and "q" in known:
        return "write it beside `id`: it is the same in all languages"
    languages = [key for key in known if key not in CARD_KEYS]
    if name in CONTENT_KEYS and "id" in known:
        return f'put it under its language: `{languages[0]}: {{q: "…", a: "…"}}`'
    # Others have keys below them, too, such as `mask`.
    language = LANGUAGE.fullmatch(name) or (isinstance(value, tree.Mapping) and "q" in value)
    if language and isinstance(value, tree.Mapping) and "id" in known and "q" in known:
        return "write `q`, `a` directly in the card, or declare `languages: [en, …]` in deck.yaml"
    return ""


def not_a_text(value: tree.Node, key: str) -> str:
    """What to do about brackets, a list or keys where a text is wanted."""
    if getattr(value, "flow", False):
        return "put the text in double quotes"
    if isinstance(value, tree.Sequence):
        members = "; for one card per member, write `list:` with a key for each" if key == "a" else ""
        return f"write one text below `{key}: |`: a list in Markdown has the same hyphens{members}"
    return "a colon makes a key: put the whole text in double quotes, or below `|`"


def name_hint(name: str) -> str:
    """How to write a name, with a correct one that is like `name`."""
    return f"use a-z, 0-9 and single hyphens, at most {MAX_NAME} characters, such as `{near_name(name)}`"


def near_name(name: str) -> str:
    """A name that is like `name`."""
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:MAX_NAME].strip("-") or "my-first-idea"


def tag_hint(tag: str) -> str:
    """How a tag is written, with one that is like `tag`."""
    parts = [part for part in tag.split("::") if part.strip()]
    if len(parts) < 2:
        return name_hint(parts[0] if parts else "")
    if len(tag) > MAX_TAG:
        return f"a tag has at most {MAX_TAG} characters, with those above it"
    near = "::".join(near_name(part) for part in parts)
    return f"write a name on each side of `::`, of a-z, 0-9 and single hyphens, such as `{near}`"


def in_brackets(value: str) -> str:
    """How to write several words that were written as one text; empty when `value` is not such a text."""
    return f"write a list in brackets: `[{value}]`" if _SEVERAL.fullmatch(value) else ""


def control_character(text: str) -> str:
    """The first control character of a text, raw or written as `&#31;`; empty when there is none."""
    if not text.isprintable() and (raw := _CONTROL.search(text)):
        return raw[0]
    for reference in _REFERENCE.findall(text) if "&#" in text else ():
        digits = reference[2:-1]
        number = int(digits[1:], 16) if digits[0] in "xX" else int(digits)
        if (number < 0x20 and number not in (0x9, 0xA)) or 0x7F <= number <= 0x9F:
            return str(reference)
    return ""


def is_deep(text: str) -> bool:
    """Whether one line opens more than `MAX_NESTED` quotations and lists inside each other."""
    look = _NESTED.search if "\n" in text else _NESTED.match
    return len(text) > MAX_NESTED and look(text) is not None


def is_deletion(text: str) -> bool:
    """Whether a text has a deletion, `{{c1::…}}`, which only a cloze may have."""
    return "{{c" in text and _DELETION.search(text) is not None


def some(names: Iterable[str]) -> str:
    """The first twenty of `names`, for a hint that many findings may repeat."""
    listed = list(islice(names, 21))
    return ", ".join([*listed[:20], *("…" for _ in listed[20:])])


class Nearest:
    """Finds the `known` name that is most like a given one, if it is at least `cutoff` like it (0 to 1).

    difflib takes up to a millisecond for two names. So among many names only the neighbours
    in the alphabet are compared, and only the first ten questions are answered.
    """

    _MANY, _AROUND = 100, 10

    def __init__(self, known: Iterable[str], cutoff: float = 0.6) -> None:
        self._written = {name.casefold(): name for name in known}
        self._known = sorted(self._written)
        self._cutoff = cutoff
        self._left = 10

    def to(self, name: str) -> str:
        """The known name that is most like `name`; empty when none is."""
        import difflib

        self._left -= 1
        name = name.casefold()
        at = bisect(self._known, name)
        around = slice(max(0, at - self._AROUND), at + self._AROUND)
        names = self._known if len(self._known) <= self._MANY else self._known[around]
        near = difflib.get_close_matches(name, names, n=1, cutoff=self._cutoff) if self._left >= 0 else []
        return self._written[near[0]] if near else ""


def choose(name: str, known: Iterable[str]) -> str:
    """The nearest of the known names, or all of them."""
    import difflib

    names = {candidate: candidate for candidate in known if candidate}
    name = name.lower().strip(" :")
    if name in _NO_KEY and ("id" in names or "q" in names):
        return _NO_KEY[name]
    names |= {word: key for word, key in _OTHER_WORDS.items() if key in names and word not in names}
    # With less than 0.7, “color” would count as like “cloze”.
    near = [names[word] for word in difflib.get_close_matches(name, names, n=1, cutoff=0.7)]
    names = {key: key for key in names.values()}
    return f"did you mean `{near[0]}`?" if near else f"there are: {', '.join(names) or 'none'}"
