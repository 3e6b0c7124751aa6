"""How a deck wants to look: `look:` in deck.yaml, and `style.css` beside it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from deckgen.finding import Finding, Place
from deckgen.reading import files, tree
from deckgen.reading.keys import LOOK_KEYS, MODES
from deckgen.reading.values import Values
from deckgen.written import Text

STYLE = "style.css"
#: Bytes of it: each card that is shown has all of it.
MAX_STYLE = 50_000

COLOUR_PATTERN = "#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})"
_COLOUR = re.compile(COLOUR_PATTERN)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def look(values: Values, keys: tree.Mapping) -> Mapping[str, tuple[Text, Text]]:
    """The deck's own colours by name: one by day, and one by night."""
    node = keys.get("look")
    inner = values.keys(node, node.place, "`look:`", LOOK_KEYS) if node is not None else None
    colours = {}
    for name, value in (inner.entries if inner else {}).items():
        if name not in LOOK_KEYS:
            continue
        if isinstance(value[1], Text):
            text = _colour(values, value[1], name)
            pair = text, text
        else:
            both = values.keys(value[1], value[1].place, f"`{name}:`", MODES)
            pair = _mode(values, both, "day"), _mode(values, both, "night")
        if pair[0] is not None and pair[1] is not None:
            colours[name] = (pair[0], pair[1])
    return colours


def _mode(values: Values, both: tree.Mapping | None, mode: str) -> Text | None:
    if both is None:
        return None
    if mode not in both:
        values.report(
            both.place, "K02", f"there is no `{mode}:`", 'write `{day: "#0a6040", night: "#6fd0a4"}`'
        )
        return None
    return _colour(values, both.get(mode), mode)


def _colour(values: Values, node: tree.Node | None, key: str) -> Text | None:
    text = values.text(node, key)
    if text is None or _COLOUR.fullmatch(text.value):
        return text
    hint = 'write red, green and blue as hexadecimal digits, in quotes: "#0b6" or "#00bb66"'
    values.report(text.whole, "K04", f"`{text.value}` is not a colour", hint)
    return None


def style(folder: Path) -> tuple[str, list[Finding]]:
    """The deck's style sheet, nothing without one, and findings (Y05, Y07, Y09) when it can't be used."""
    path = folder / STYLE
    place = Place(path.as_posix())
    try:
        raw = files.beside(path, 100 * MAX_STYLE)
        text = raw.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except FileNotFoundError:
        return "", []
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        return "", [Finding(place, "Y05", f"can't be read: {reason}", "save it as UTF-8, or mend its rights")]
    if len(raw) > MAX_STYLE:
        message = f"this style sheet has {len(raw):,} bytes, at most {MAX_STYLE:,} are allowed"
        return "", [Finding(place, "Y09", message, "keep what changes the look: every card has all of it")]
    if found := _CONTROL.search(text):
        at = place_in(path, text, found.start(), found.end())
        return "", [Finding(at, "Y07", f"has the control character U+{ord(found[0]):04X}", "delete it")]
    return text.rstrip(), []  # what is before the first rule counts in the lines of findings


def place_in(path: Path, text: str, start: int, end: int) -> Place:
    """Where the characters from `start` to `end` of a file stand: of several lines, the part on the first."""
    before = text[:start]
    line = before.count("\n") + 1
    column = start - (before.rfind("\n") + 1) + 1
    width = len(text[start:end].split("\n", 1)[0])
    return Place(path.as_posix(), line, column, width)
