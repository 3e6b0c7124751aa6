"""Notes of a package of ours become entries of card files again, each of the kind that it was."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import assert_never

from deckgen.adopting.names import Unique, slug
from deckgen.adopting.our_texts import Converter, Said
from deckgen.adopting.our_types import clozes
from deckgen.adopting.ours import OurNote, Ours
from deckgen.adopting.scalars import listed, quoted, scalar, word
from deckgen.deck import RETIRED_TAG
from deckgen.kinds import Kind, Shape
from deckgen.lock.lines import NoteLine
from deckgen.markup.markdown import plain
from deckgen.notes import filters

_ITEM = re.compile(r"<li>\{\{c(\d+)::(.*?)\}\}</li>\n", re.DOTALL)
_LIST = re.compile(rf"<ul>\n(?:{_ITEM.pattern})*</ul>", re.DOTALL)
_MASK = re.compile(
    r"\{\{c(\d+)::image-occlusion:(rect|ellipse|polygon)((?::[a-z]+=[0-9., -]*)+?)(:oi=1)?\}\}<br>"
)
_PICTURE = re.compile(r'<img src="([^"]+)" alt="">')
_NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)")
_BETWEEN = " · "
#: A text and the key it stands under; of items and fields the key is their own.
Told = Callable[[str, Said], object]


@dataclass(frozen=True, slots=True)
class Card:
    """An entry of a card file, as lines; `section` and `deck` may stand in the head of its file."""

    id: str
    section: str
    deck: str
    lines: tuple[str, ...]

    def entry(self, deck: str, lang: str) -> str:
        """The text of the entry in a file of this `deck`."""
        own = [f"    deck: {_localised(self.deck, lang)}"] if self.deck != deck else []
        return "\n".join([self.lines[0], *own, *self.lines[1:]]) + "\n"


class Writer:
    """Writes the cards of a package; each text that was made is handed to `tell` with its card and key."""

    def __init__(self, ours: Ours, tell: Callable[[str, str, Said], object]) -> None:
        self._ours, self._tell = ours, tell
        self._converter = Converter(ours)
        self._speakers = _speakers(ours)
        #: Cards whose blocks of lines end without a line break.
        self.chomped: frozenset[str] = frozenset()
        sides = {
            role: "".join(side for one in of.templates for side in (one.front, one.back))
            for role, of in ours.types.items()
        }
        self._bracketed = {role: set(filters.shown_by_brackets(side)) for role, side in sides.items()}

    @property
    def speakers(self) -> Mapping[str, str]:
        """The keys of the speakers by name, as far as they can be told."""
        return self._speakers

    def card(self, note: OurNote) -> Card:
        """The entry of a note."""
        kind = note.line.kind
        speaker, section = self._cited(note) if kind is not Kind.OWN else ("", "")
        begin = [f"  - id: {note.id}"]
        begin += [f"    type: {note.role}"] if kind is Kind.OWN else []
        above = f"{self._ours.key}::"
        tags = [tag.removeprefix(above) for tag in note.tags if tag != f"{above}{RETIRED_TAG}"]
        begin += [f"    {listed('tags', tags, 4)}"] if tags else []
        begin += [f"    speaker: {self._speakers[speaker]}"] if speaker else []
        begin += [f"    {key}: true" for key in ("reverse", "typed") if note.fields.get(key.capitalize())]
        see = [one for one in note.fields.get("See", "").split(_BETWEEN) if one]
        begin += [f"    {listed('see', see, 4)}"] if kind is not Kind.OWN and see else []
        begin += _retired(note.fields.get("Status", ""))
        begin += list(self._masks(note)) if kind is Kind.OCCLUSION else []
        lang, column = self._ours.lang, 6 if self._ours.lang else 4
        begin += [f"    {lang}:"] if lang else []
        return Card(note.id, section, note.line.deck, (*begin, *self._content(note, column)))

    def _cited(self, note: OurNote) -> tuple[str, str]:
        """The speaker and the section of a note's source line."""
        line = plain(note.fields.get("Source", ""))
        speaker, between, section = line.partition(_BETWEEN)
        return (speaker, section) if between and self._speakers else ("", line)

    def _content(self, note: OurNote, column: int) -> Iterator[str]:
        match note.line.kind:
            case Kind.QA:
                yield from self._texts(note, column, {"q": "Question", "a": "Answer"})
            case Kind.CLOZE:
                yield from self._texts(note, column, {"cloze": "Text"}, finished=True)
            case Kind.LIST:
                yield from self._texts(note, column, {"q": "Text"}, finished=True)
                yield from self._items(note, column)
            case Kind.OCCLUSION:
                yield from self._texts(note, column, {"q": "Header", "note": "Back Extra"}, finished=True)
            case Kind.OWN:
                yield from self._fields(note, column)
                return
            case _:
                assert_never(note.line.kind)
        is_finished = note.line.kind is not Kind.QA
        yield from self._texts(note, column, {"note": "Note", "hint": "Hint"}, finished=is_finished)

    def _texts(
        self, note: OurNote, column: int, keys: Mapping[str, str], *, finished: bool = False
    ) -> Iterator[str]:
        for key, name in keys.items():
            if html := note.fields.get(name, ""):
                said = self._converter.said(html, hides=key == "cloze", finished=finished)
                yield self._line(note, key, said, column)

    def _line(self, note: OurNote, key: str, said: Said, column: int) -> str:
        self._tell(note.id, key, said)
        chomped = said.chomped or note.id in self.chomped
        return f"{' ' * column}{word(key)}:{scalar(said.text, column, html=said.html, chomped=chomped)}"

    def _items(self, note: OurNote, column: int) -> Iterator[str]:
        html = note.fields.get("List", "")
        if not _LIST.fullmatch(html):
            self._tell(note.id, "list", Said("", exact=False))
        keys = _keys(note.line)
        yield f"{' ' * column}list:"
        for number, item in _ITEM.findall(html):
            key = keys.get(int(number)) or f"item-{number}"
            yield self._line(note, key, self._converter.item(item), column + 2)

    def _fields(self, note: OurNote, column: int) -> Iterator[str]:
        line = self._ours.lock.note_types[self._ours.lang, note.role]
        hides = clozes(self._ours.types[note.role])
        is_finished = self._ours.types[note.role].is_cloze
        yield f"{' ' * column}fields:"
        for name in line.layout.all_fields if line.layout is not None else ():
            if html := note.fields.get(name, ""):
                said = self._converter.said(
                    html, hides=name in hides, finished=is_finished,
                    bracketed=name in self._bracketed[note.role],
                )  # fmt: skip
                yield self._line(note, name, said, column + 2)

    def _masks(self, note: OurNote) -> Iterator[str]:
        picture = _PICTURE.fullmatch(self._ours.as_named(note.fields.get("Image", "")))
        keys = _keys(note.line)
        found = list(_MASK.finditer(note.fields.get("Occlusion", "")))
        if picture is None or not found:
            self._tell(note.id, "occlude", Said("", exact=False))
        yield f"    occlude: {quoted(picture[1] if picture else plain(note.fields.get('Image', '')))}"
        yield from ["    hide: one"] if found and not found[0][4] else []
        yield "    masks:"
        for mask in found:
            key = keys.get(int(mask[1])) or f"mask-{mask[1]}"
            yield f"      {word(key)}: {{{mask[2]}: {_shape(mask[2], mask[3])}}}"


def _shape(shape: str, properties: str) -> str:
    """The numbers of a mask as an author writes them, in per cent of the picture."""
    named = dict(part.partition("=")[::2] for part in properties.split(":")[1:])
    if shape == Shape.POLYGON:
        pairs = [_NUMBER.findall(pair) for pair in named.get("points", "").split(" ")]
        return f"[{', '.join(f'[{_part(across)}, {_part(down)}]' for across, down in pairs)}]"
    twice, sides = (2, ("rx", "ry")) if shape == Shape.ELLIPSE else (1, ("width", "height"))
    parts = [_part(named[name]) for name in ("left", "top")] + [_part(named[name], twice) for name in sides]
    return f"[{', '.join(parts)}]"


def _part(written: str, times: int = 1) -> str:
    return f"{round(float(written) * 10_000) * times / 100:g}"


def _keys(line: NoteLine) -> Mapping[int, str]:
    return {**line.gone, **line.cards}


def _retired(status: str) -> list[str]:
    since, _, reason = plain(status).partition(": ")
    return [f"    retired: {{since: {quoted(since)}, reason: {quoted(reason)}}}"] if since else []


def _speakers(ours: Ours) -> dict[str, str]:
    """Names of speakers with keys for them, if each source line has one name and one section."""
    cited = [
        plain(note.fields["Source"])
        for note in ours.notes
        if note.line.kind is not Kind.OWN and note.fields.get("Source")
    ]
    if not cited or any(line.count(_BETWEEN) != 1 for line in cited):
        return {}
    names = Unique()
    speakers = dict.fromkeys(line.partition(_BETWEEN)[0] for line in cited)
    return {name: names.give(slug(name, 40)) if slug(name) else names.give("speaker", 0) for name in speakers}


def _localised(text: str, lang: str) -> str:
    return f"{{{lang}: {quoted(text)}}}" if lang else quoted(text)


def absent(card: str, line: NoteLine, ours: Ours) -> Card | None:
    """An entry for a retired card whose note is in no package any more, so that nobody takes its id again.

    None where there can be none: its note type or picture is not in the package either.
    """
    if not line.left or line.kind is Kind.OCCLUSION:
        return None
    day = datetime.fromtimestamp(line.stamp, UTC).date().isoformat()
    begin = [f"  - id: {card}"]
    begin += [f"    type: {line.type}"] if line.kind is Kind.OWN else []
    reason = "its texts are in no package any more"
    begin.append(f'    retired: {{since: "{day}", reason: "{reason}", until: "{day}"}}')
    begin += [f"    {ours.lang}:"] if ours.lang else []
    indent = " " * (6 if ours.lang else 4)
    match line.kind:
        case Kind.QA:
            lines = ['q: "…"', 'a: "…"']
        case Kind.CLOZE:
            hidden = " ".join(f"{{{{c{number}::…}}}}" for number in _keys(line) or (1,))
            lines = [f'cloze: "{hidden}"']
        case Kind.LIST:
            items = ", ".join(f'{key}: "…"' for key in _keys(line).values()) or 'item: "…"'
            lines = ['q: "…"', f"list: {{{items}}}"]
        case Kind.OWN:
            known = ours.lock.note_types.get((ours.lang, line.type))
            if line.type not in ours.types or known is None or known.layout is None:
                return None
            lines = [f'fields: {{{word(known.layout.fields[0])}: "…"}}']
        case _:
            assert_never(line.kind)
    return Card(card, "", line.deck, (*begin, *(f"{indent}{one}" for one in lines)))
