"""A note type in its parts, a style sheet and the sides of templates: what is the author's, and its merge.

Around an author's text stands deckgen's own: what says on a front that a card is retired, and rules of style
sheets. It never gets into the author's files.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from deckgen.deck import Deck, OwnType
from deckgen.notes import own_types
from deckgen.notes.note_types import NoteType
from deckgen.pulling.edits import both, edits, keeps
from deckgen.pulling.tokens import Token, TokenKind
from deckgen.pulling.types import COMPARED, typed
from deckgen.reading import look, sheets

#: At most so many pairs of lines may be the same in two versions. At worst, with every second line changed,
#: each takes a step for every change: 18 s for a merge. A style sheet of 1,500 lines has about 250,000.
_MOST_PAIRS = 300_000
_SAME_LINES = "the same lines of the {} were changed elsewhere, too, or lines next to them"
_OURS = "its templates are deckgen's own: of such a note type, only the style sheet can come home"
_OUR_RULES = "rules that deckgen itself writes were changed: only what stands behind them can come home"
_OUR_LINE = "the line was changed that says of a card that it is retired, and deckgen itself writes that"
_BANNER = '<p class="dg-status">'
_BLANKS = " \t\r\n"


class Part(NamedTuple):
    """A part of some version of a note type: deckgen's `head`, and behind it `own`, of the file at `path`.

    Without a path all is deckgen's. With `is_decks`, deckgen's rules still stand in `own`: nobody can tell
    where those of another version of it ended. `why` says why no change of deckgen's can be taken.
    """

    name: str
    head: str
    own: str
    path: Path | None
    why: str = _OUR_LINE
    is_decks: bool = False

    @property
    def made(self) -> str:
        """All of it, as a package has it."""
        return self.head + self.own


class Refused(NamedTuple):
    """Why a change can't be taken, in words that follow a colon."""

    reason: str


def parts(deck: Deck, lang: str, note_type: NoteType, made: Sequence[str]) -> Iterator[Part]:
    """The style sheet, then the front and back of each template, of a version that was `made` so.

    They are in the order of `types.Looks.sheets`.
    """
    own = deck.note_types.get(note_type.role)
    css, *sides = made
    yield _style(deck, lang, own, css)
    named = {one.name.value: one for one in own.templates} if own is not None else {}
    for template, front, back in zip(note_type.templates, sides[::2], sides[1::2], strict=True):
        names = f"front of “{template.name}”", f"back of “{template.name}”"
        if template.name not in named:
            yield from (
                Part(name, side, "", None, _OURS) for name, side in zip(names, (front, back), strict=True)
            )
            continue
        side, text = named[template.name], front
        if not note_type.adopted:
            text = own_types.without_banner(front, lang, is_cloze=note_type.is_cloze)
        yield Part(names[0], front.removesuffix(text), text, Path(side.front[lang].shown))
        yield Part(names[1], "", back, Path(side.back[lang].shown))


def _style(deck: Deck, lang: str, own: OwnType | None, css: str) -> Part:
    """A style sheet; where a note type has none of its own, that of the deck stands in it."""
    name = "style sheet"
    if own is None or (own.style is None and own.adopted is None):
        return Part(name, "", css, deck.folder / look.STYLE, _OUR_RULES, is_decks=True)
    text = css if own.adopted is not None else own_types.without_ours(css, lang)
    text = css if text is None else text
    return Part(name, css.removesuffix(text), text, folder(own) / sheets.STYLE, _OUR_RULES)


def folder(own: OwnType) -> Path:
    """The folder of a note type of the deck's own."""
    return Path(own.place.path).parent


def nearest(versions: Iterable[tuple[str, ...]], theirs: tuple[str, ...]) -> list[tuple[str, ...]]:
    """The versions that a learner may have changed to get `theirs`.

    Who takes back by hand just what another version brought is not thought of: no other version differs in
    fewer lines, all of which this one differs in, too.
    """
    differing = {
        one: {
            (place, line)
            for place, (left, right) in enumerate(zip(one, theirs, strict=True))
            for line in {*typed(left).splitlines()} ^ {*typed(right).splitlines()}
        }
        for one in versions
    }
    return [one for one, lines in differing.items() if not any(other < lines for other in differing.values())]


def is_too_much(one: Sequence[str], two: Sequence[str]) -> bool:
    """Whether it would take too long to compare two versions of a note type."""
    pairs = [(left, right) for left, right in zip(one, two, strict=True) if left != right]
    if any(text.count("\n") >= COMPARED for pair in pairs for text in pair):
        return True
    return sum(_alike(left.split("\n"), right.split("\n")) for left, right in pairs) > _MOST_PAIRS


def _alike(one: Sequence[str], two: Sequence[str]) -> int:
    """How many pairs of lines are the same between the first and the last difference."""
    shorter = min(len(one), len(two))
    begin = next((at for at in range(shorter) if one[at] != two[at]), shorter)
    rest = shorter - begin
    behind = next((at for at in range(rest) if one[-1 - at] != two[-1 - at]), rest)
    counts = Counter(two[begin : len(two) - behind])
    return sum(counts[line] for line in one[begin : len(one) - behind])


def merged(
    now: Part, base: Part, theirs: str, heads: Collection[str], plain: Callable[[str], str]
) -> str | Refused:
    """The author's text with what a learner changed of `base` to get `theirs`; `now` is what a build makes.

    All texts are compared as an author writes them, which `plain` gives. `heads` are all of `base`: a learner
    may have copied a front to a back.
    """
    theirs = _as_shipped(base.made, theirs)
    if theirs in (base.made, now.made):
        return plain(now.own)
    if now.path is None or (base.head and base.head not in theirs):
        return Refused(now.why)
    theirs = theirs.replace(base.head, "", 1)
    for head in filter(None, heads):  # an author may have written one, too
        theirs = theirs.replace(head, "", max(0, theirs.count(head) - base.own.count(head)))
    if theirs.count(_BANNER) > base.own.count(_BANNER):
        return Refused(now.why)
    # Blank lines at the end would make two changes of what both put there.
    theirs = theirs.rstrip(_BLANKS) + base.own[len(base.own.rstrip(_BLANKS)) :]
    text = _together(plain(base.own), plain(now.own), plain(theirs))
    return Refused(_SAME_LINES.format(now.name)) if text is None else text


def behind_ours(css: str, own: str, text: str) -> str | Refused:
    """What is to stand in the deck's style sheet so that a build makes `text`; of `own` it makes `css`."""
    head, _, tail = css.rpartition(own) if own else (css, "", "")
    if not text.startswith(head) or tail not in text:
        return Refused(_OUR_RULES)
    rest = text.removeprefix(head)
    if tail:
        before, _, behind = rest.rpartition(tail)
        rest = "\n".join(filter(None, (before, behind.strip("\n"))))
    if not own:
        return rest.strip("\n")
    return rest if own.startswith("\n") else rest.lstrip("\n")


def with_lines(old: str, before: str, after: str) -> str:
    """The text of a file that said `before`, so that it says `after`; of other lines each byte stays.

    What a file says has no byte order mark, LF at the ends of lines, and mostly nothing behind the last one.
    """
    start = "\ufeff" if old.startswith("\ufeff") and not before.startswith("\ufeff") else ""
    lines = old.removeprefix(start).split("\n")
    one, two = before.split("\n"), after.split("\n")
    end = "\r" if lines[0].endswith("\r") and not one[0].endswith("\r") else ""
    lines[-1] += end if lines[-1] else ""  # in case that another one comes behind it
    for edit in reversed(edits(_lines(before), _lines(after))):
        lines[edit.start : edit.end] = [line + end for line in two[edit.low : edit.high]]
    return start + "\n".join([*lines, *([] if old else [""])]).removesuffix(end)


def _together(base: str, ours: str, theirs: str) -> str | None:
    """A text with the changes of both sides, by whole lines; None where they meet."""
    if _seen(theirs) in (_seen(base), _seen(ours)):
        return ours
    if ours == base:
        return theirs
    one, two, three = map(_lines, (base, ours, theirs))
    if keeps(one, two, three):  # the learner changed more, after the first change had come home
        return theirs
    tokens = both(one, two, three)
    return None if tokens is None else "\n".join(token.text for token in tokens)


def _seen(text: str) -> list[str]:
    """The lines of a text that have something on them."""
    return [line for line in text.split("\n") if line.strip()]


def _as_shipped(base: str, theirs: str) -> str:
    """A learner's text with the no-break spaces and ends of lines of what was shipped.

    Anki's window for templates writes a plain blank for each, and LF (qt/aqt/clayout.py: `toPlainText`).
    """
    plain = base.replace("\r\n", "\n")
    shipped = plain.split("\n")
    lines = {typed(line): line for line in shipped} | {line: line for line in shipped}
    theirs = "\n".join(lines.get(line, line) for line in theirs.replace("\r\n", "\n").split("\n"))
    return with_lines(base, plain, theirs) if plain != base else theirs  # some may end otherwise than others


def _lines(text: str) -> list[Token]:
    return [Token(line, line, TokenKind.THING) for line in text.split("\n")]
