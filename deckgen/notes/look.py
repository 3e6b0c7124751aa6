"""The look of a deck: our style sheet, the colours of `look:` and the author's `style.css`, in this order."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from deckgen.deck import Deck
from deckgen.finding import Finding, Severity
from deckgen.kinds import OwnFields
from deckgen.markup import style
from deckgen.notes.note_types import our_style
from deckgen.written import Text

#: The least contrast of a text with what it stands on: https://www.w3.org/TR/WCAG22/#contrast-minimum
LEAST = 4.5
#: What is read on what: names of colours.
_READ = (
    ("ink", "paper"), ("soft", "paper"), ("accent", "paper"), ("ink", "note"), ("accent", "note"),
)  # fmt: skip
_NIGHT = ".card.nightMode, .card.night_mode, .nightMode .card, .night_mode .card"
#: Masks have the colours of the day by night, too (`templates/occlusion.css`).
_MASKS = ".nightMode #image-occlusion-canvas, .night_mode #image-occlusion-canvas"
_COLOUR = re.compile(r"--dg-(\w+): ([^;]+);")
_RGBA = re.compile(r"rgba\((\d+), (\d+), (\d+), ([\d.]+)\)")

_Rgb = tuple[float, float, float]


def own_style(deck: Deck, resolve: Callable[[str], str | None]) -> str:
    """What a deck adds to our style sheet: rules for its colours, and its own. Mostly nothing.

    `resolve` gives the stored name of a file that it shows.
    """
    return "\n".join(filter(None, (*_rules(deck), style.with_files(deck.style, resolve))))


def _rules(deck: Deck) -> Iterator[str]:
    for selector, night in ((".card", False), (_NIGHT, True), (_MASKS, False)):
        own = "".join(f" --dg-{name}: {text.value};" for name, text in _own(deck, night).items())
        if own:
            yield f"{selector} {{{own} }}"


def _own(deck: Deck, night: bool) -> dict[str, Text]:
    return {name: pair[night] for name, pair in deck.look.items()}


def findings(deck: Deck) -> Iterator[Finding]:
    """Colours (K33) that no card shows, or that are hard to read on what they stand on, by day or night."""
    if deck.look and _is_idle(deck):
        first = next(iter(deck.look.values()))[0]
        message = "`look:` does nothing: each note type of these cards has a style.css of its own"
        hint = "set the colours in that style.css, and remove `look:`"
        yield Finding(first.whole, "K33", message, hint, severity=Severity.WARNING)
        return
    for when, night in (("by day", False), ("by night", True)) if deck.look else ():
        own, given = _own(deck, night), _defaults(night)
        for text, below in _READ:
            place = own.get(text) or own.get(below)
            if place is None:
                continue
            seen = {name: own[name].value if name in own else given[name] for name in (text, below, "paper")}
            found = contrast(seen[text], seen[below], seen["paper"])
            if found < LEAST:
                message = (
                    f"{when} `{text}` {seen[text]} on `{below}` {seen[below]} has a contrast of "
                    f"{found:.1f}:1, less than {LEAST}:1"
                )
                hint = "let the two differ more in lightness; `{day: …, night: …}` gives one for each mode"
                yield Finding(place.whole, "K33", message, hint, severity=Severity.WARNING)


def _is_idle(deck: Deck) -> bool:
    """Whether there are cards, and no note type of theirs takes the deck's colours."""
    contents = [content for card in deck.cards for content in card.contents.values()]
    others = {
        own.name for own in deck.note_types.values() if own.style is not None or own.adopted is not None
    }
    return bool(contents) and all(
        isinstance(content, OwnFields) and content.type.value in others for content in contents
    )


def contrast(text: str, below: str, paper: str) -> float:
    """How well `text` is read on `below`, through which `paper` may shine: from 1 to 21.

    https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
    """
    base = _rgb(paper, (255, 255, 255))
    light, dark = sorted((_luminance(_rgb(text, base)), _luminance(_rgb(below, base))), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: _Rgb) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (value / 255 for value in colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _rgb(colour: str, behind: _Rgb) -> _Rgb:
    """A colour as it is seen: #0b6, #00bb66, or one of ours through which `behind` shines."""
    if found := _RGBA.fullmatch(colour):
        share = float(found[4])
        mixed = [int(found[1 + place]) * share + behind[place] * (1 - share) for place in range(3)]
        return mixed[0], mixed[1], mixed[2]
    digits = colour.removeprefix("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)


def _defaults(night: bool) -> Mapping[str, str]:
    """Our own colours by name."""
    day, dark = our_style().split("}", 2)[:2]
    return dict(_COLOUR.findall(dark if night else day))
