"""Write each value of a lock's line as a word without blanks, and read such words.

docs/lock.md says what each word means. Reading raises LineError for a word that no build writes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any
from urllib.parse import unquote

from deckgen.deck import NO_LANGUAGE
from deckgen.fixed import fixed
from deckgen.kinds import Kind
from deckgen.lock.limits import EARLIEST, ID_STEP, LATEST, LATEST_ADOPTED
from deckgen.lock.lines import MERGED, LineError, Settled, last_settled
from deckgen.notes.authored import is_printed
from deckgen.notes.layouts import Layout
from deckgen.reading.keys import is_name

#: The first line of a lock.
HEADER = "deckgen-lock 1"
#: The word for nothing: for a deck without languages, or a note that never had a card.
NOTHING = "-"

# Looking a word up here is ten times as fast as `Kind(word)`.
_KINDS = {kind.value: kind for kind in Kind}
_DIGITS = 14
_FOREIGN = re.compile(r"0|-?[1-9][0-9]{0,18}")
_NAMESPACE = re.compile(r"[A-Za-z0-9-]*(#[0-9]{1,6})?")
_IDS = re.compile(r"[a-z0-9-]+(,[a-z0-9-]+)*")
# A hash for each text of a card; it allows for more texts than cards now have.
_FRONTS = re.compile(rf"[0-9a-f]{{8}}|{MERGED}")
_HASH = re.compile(r"[0-9a-f]{8}")
_SAYS = re.compile(r"[0-9a-f]{8}(\.[0-9a-f]{8}){2,7}")


def language(lang: str) -> str:
    """A language, or a namespace, which begins with one."""
    return lang or NOTHING


def read_language(word: str) -> str:
    return NO_LANGUAGE if word == NOTHING else word


def read_namespace(word: str) -> str:
    namespace = read_language(word)
    if not _NAMESPACE.fullmatch(namespace):
        raise LineError("can't be read")
    return namespace


def title(text: str) -> str:
    """A title, as JSON. It is the only value that may have blanks, and it ends its line."""
    return json.dumps(text, ensure_ascii=False)


def read_title(text: str) -> str:
    if not text.startswith('"'):
        raise LineError("can't be read")
    try:
        title = str(json.loads(text))
        title.encode()  # an escape may be half of a surrogate pair, which no file can hold
    except ValueError:
        raise LineError("can't be read") from None
    return title


def read_kind(word: str) -> Kind:
    kind = _KINDS.get(word)
    if kind is None:
        raise LineError("can't be read")
    return kind


def _read_number(word: str) -> int:
    if not (word.isdecimal() and word.isascii() and len(word) <= _DIGITS):
        raise LineError("can't be read")
    return int(word)


def read_note_id(word: str) -> int:
    note_id = _read_number(word)
    if note_id % ID_STEP or not EARLIEST * 500 <= note_id <= LATEST * 1000:
        raise LineError("has a note id that no build gives")
    return note_id


def read_stamp(word: str, *, is_adopted: bool = False) -> int:
    """A stamp that a build gave, or, where it `is_adopted`, one of any program's."""
    stamp = _read_number(word)
    if stamp < (0 if is_adopted else EARLIEST):
        raise LineError("has a stamp that no build gives: with it, learners would never get the note")
    if stamp > (LATEST_ADOPTED if is_adopted else LATEST):
        raise LineError(
            "has a stamp of the far future, which would overwrite learners' edits at every import"
        )
    return stamp


def cards(numbers: Mapping[int, str]) -> str:
    """Cards by number, each with its label if it has one: `1:encoding,2:storage`, `1,2`."""
    joined = ",".join(
        f"{number}:{label}" if label else str(number) for number, label in sorted(numbers.items())
    )
    return joined or NOTHING


@lru_cache(maxsize=64)
def read_cards(word: str) -> Mapping[int, str]:
    """The cards that a word names. Most notes have the same few cards, so they share one mapping."""
    found = {}
    for part in word.split(",") if word != NOTHING else ():
        number, _, label = part.partition(":")
        if not 1 <= _read_number(number) < ID_STEP or int(number) in found:
            raise LineError("gives one number to two cards, or a number beyond 499")
        found[int(number)] = label
    return found


def escaped(text: str) -> str:
    """A text with blanks, `%` and unprintable characters written as %XX, as in addresses."""
    if text.isascii() and text.isalnum():
        return text
    return "".join(sign if is_printed(sign) and sign not in " %" else _escaped(sign) for sign in text)


def _escaped(sign: str) -> str:
    return "".join(f"%{byte:02X}" for byte in sign.encode())


def read_escaped(word: str) -> str:
    """Any text but an empty one: with an empty guid, Anki would take notes of two decks for one."""
    try:
        text = unquote(word, errors="strict")
    except UnicodeDecodeError:
        raise LineError("can't be read") from None
    if not text or escaped(text) != word:
        raise LineError("can't be read")
    return text


def _read_was(word: str) -> tuple[str, ...]:
    if not _IDS.fullmatch(word):
        raise LineError("can't be read")
    return tuple(word.split(","))


def _read_type(word: str) -> str:
    if not is_name(word):
        raise LineError("can't be read")
    return word


def _read_adopted(word: str) -> str:
    if not _HASH.fullmatch(word):
        raise LineError("can't be read")
    return word


def _read_says(word: str) -> tuple[str, ...]:
    if not _SAYS.fullmatch(word):
        raise LineError("can't be read")
    return tuple(word.split("."))


def _read_pulled(word: str) -> tuple[int, str, str]:
    edit, _, tags = word.rpartition(".")
    if "." not in edit:
        return *_read_edit(word), ""
    if not _HASH.fullmatch(tags):
        raise LineError("can't be read")
    return *_read_edit(edit), tags


def _read_edit(word: str) -> tuple[int, str]:
    stamp, _, text = word.partition(".")
    if not _HASH.fullmatch(text):
        raise LineError("can't be read")
    return read_stamp(stamp), text


def _read_waits(word: str) -> tuple[tuple[int, str], ...]:
    return tuple(map(_read_edit, word.split(",")))


def _read_home(word: str) -> tuple[str, ...]:
    texts = tuple(word.split(","))
    if not all(map(_HASH.fullmatch, texts)):
        raise LineError("can't be read")
    return texts


def _read_settled(word: str) -> tuple[Settled, ...]:
    return last_settled(*map(_read_one_settled, word.split(",")))


def _read_one_settled(word: str) -> Settled:
    stamp, *hashes = word.split(".")
    text, before, *parts = hashes if len(hashes) > 1 else ("", "")
    if not all(map(_HASH.fullmatch, (text, *parts))):
        raise LineError("can't be read")
    version = None if before == NOTHING else read_stamp(before, is_adopted=True)
    return Settled(read_stamp(stamp, is_adopted=True), text, version, tuple(parts))


def _settled(value: Iterable[Settled]) -> str:
    return ",".join(
        ".".join((str(one.stamp), one.text, NOTHING if one.before is None else str(one.before), *one.parts))
        for one in value
    )


def _pulled(value: tuple[int, str, str]) -> str:
    return ".".join(filter(None, (str(value[0]), *value[1:])))


def _waits(value: Iterable[tuple[int, str]]) -> str:
    return ",".join(f"{stamp}.{text}" for stamp, text in value)


@fixed
class Named:
    """How the value of a word such as `guid=<value>` is read and written."""

    read: Callable[[str], Any]
    write: Callable[[Any], str]


def names(listed: Sequence[str]) -> str:
    """Names of fields or templates, with what would end one by %XX."""
    return ",".join(escaped(name).replace(",", "%2C") for name in listed)


def read_names(word: str) -> tuple[str, ...]:
    try:
        return tuple(unquote(name, errors="strict") for name in word.split(","))
    except UnicodeDecodeError:
        raise LineError("can't be read") from None


def layout(laid: Layout) -> list[str]:
    """What is kept of a note type of the deck's own, as the words at the end of its line."""
    listed = (getattr(laid, name) for name in _LAYOUT.values())
    words = [f"{word}={names(value)}" for word, value in zip(_LAYOUT, listed, strict=True) if value]
    words += [f"sort={names([laid.sort])}", *(["cloze"] if laid.is_cloze else [])]
    if laid.number:
        words += [f"id={laid.number}", f"field-ids={_numbers(laid.field_numbers)}"]
        words += [f"template-ids={_numbers(laid.template_numbers)}"]
    return words


def _numbers(numbers: Sequence[int | None]) -> str:
    """Numbers that Anki gave, which may be below 0, or were not given."""
    return ",".join(NOTHING if number is None else str(number) for number in numbers)


def _read_foreign(word: str) -> int:
    if not _FOREIGN.fullmatch(word) or not -(2**63) <= int(word) < 2**63:
        raise LineError("can't be read")
    return int(word)


def _read_numbers(word: str) -> tuple[int | None, ...]:
    return tuple(None if part == NOTHING else _read_foreign(part) for part in word.split(","))


def read_layout(found: Mapping[str, str]) -> Layout | None:
    """The layout of which such words tell, by name; None when there are none of them."""
    if not found:
        return None
    lists: dict[str, Any] = {
        name: read_names(found[word]) if word in found else () for word, name in _LAYOUT.items()
    }
    made = Layout(**lists, sort="".join(read_names(found.get("sort", ""))), is_cloze="cloze" in found)
    if not {*ADOPTED_WORDS}.isdisjoint(found):
        made = _with_numbers(made, found)
    everything = (*made.all_fields, *made.all_templates)
    if made.sort not in made.fields or not made.templates or not all(everything):
        raise LineError("does not say what its note type has")
    if len(set(made.all_fields)) < len(made.all_fields) or len(set(made.all_templates)) < len(
        made.all_templates
    ):
        raise LineError("names a field or template twice")
    return made


def _with_numbers(made: Layout, found: Mapping[str, str]) -> Layout:
    """A layout with the numbers that Anki gave to an adopted type, its fields and its templates."""
    number, of_fields, of_templates = (found.get(word, "") for word in ADOPTED_WORDS)
    numbered = replace(
        made,
        number=_read_foreign(number),
        field_numbers=_read_numbers(of_fields),
        template_numbers=_read_numbers(of_templates),
    )
    counts = len(numbered.field_numbers), len(numbered.template_numbers)
    if not numbered.number or counts != (len(made.fields), len(made.templates)):
        raise LineError("does not say which numbers its note type has in Anki")
    return numbered


#: The words of a note type's line, and what they are of a layout.
_LAYOUT = {
    "fields": "fields",
    "woken": "woken",
    "templates": "templates",
    "woken-templates": "woken_templates",
}
#: Those that only a type has which learners had before deckgen.
ADOPTED_WORDS = ("id", "field-ids", "template-ids")
LAYOUT_WORDS = (*_LAYOUT, "sort", "cloze", *ADOPTED_WORDS)
#: Those words of a note type's line that have no value.
TYPE_SWITCHES = ("cloze", "grown", "split")


def read_fronts(word: str) -> str:
    if not _FRONTS.fullmatch(word):
        raise LineError("can't be read")
    return word


#: The words at the end of a note's line, by their names in a `NoteLine`; those without a value are left out.
NAMED = {
    "gone": Named(read_cards, cards),
    "guid": Named(read_escaped, escaped),
    "was": Named(_read_was, ",".join),
    "says": Named(_read_says, ".".join),
    "of": Named(_read_says, ".".join),
    "above": Named(partial(read_stamp, is_adopted=True), str),
    "deck": Named(read_escaped, escaped),
    "type": Named(_read_type, str),
    "adopted": Named(_read_adopted, str),
    "pulled": Named(_read_pulled, _pulled),
    "home": Named(_read_home, ",".join),
    "waits": Named(_read_waits, _waits),
    "settled": Named(_read_settled, _settled),
}
#: Words after those, each for something that a note is.
SWITCHES = ("retired", "left")
