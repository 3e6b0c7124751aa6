"""A page that shows a deck as Anki shows it: one self-contained HTML file for each package.

The page asks no host for anything, and runs no script but its own: its Content Security
Policy (https://www.w3.org/TR/CSP3/) allows only the script with that hash, and pictures,
sounds and formulas are in the file.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from html import escape
from mimetypes import MimeTypes
from pathlib import Path
from typing import TYPE_CHECKING

from deckgen import __version__
from deckgen.building.steps import Asked, about, dropped, prepare
from deckgen.building.wishes import Wishes
from deckgen.deck import Deck
from deckgen.finding import Finding, has_errors
from deckgen.kinds import Kind
from deckgen.lock.history import Memory
from deckgen.markup.formulas import formulas
from deckgen.notes.faces import Sides, formula_forms, sides
from deckgen.notes.note_types import NoteType
from deckgen.notes.render import Note, Rendered
from deckgen.notes.template import Fault
from deckgen.terminal import visible

if TYPE_CHECKING:
    from deckgen.studying.reviews import History, Learners

#: In bytes. Larger files are not put into a page, nor are files that would make it larger than PAGE_LIMIT.
FILE_LIMIT = 10_000_000
PAGE_LIMIT = 60_000_000

_FOLDER = Path(__file__).parent / "page"
#: What the page calls the kinds, by the names that they have in locks.
_KINDS = {str(kind): kind.facts.label for kind in Kind}

# The page's own script does what a hint's does, which the page forbids.
_CLICK = re.compile(r'\nonclick="this\.style\.display.*?return false;"', re.DOTALL)

Data = dict[str, object]


@dataclass(frozen=True, slots=True)
class Page:
    """What the page of one package holds; `data` is what its script reads, as JSON.

    A page that only says why a deck can't be shown has no `deck`.
    """

    name: str
    lang: str
    data: Data
    deck: Deck | None = None
    media: Mapping[str, Path] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Preview:
    """Pages, and all findings; `whole` unless a deck is missing because it can't be rendered."""

    pages: list[Page]
    findings: list[Finding]
    whole: bool


def preview(
    decks_dir: Path,
    output_dir: Path,
    names: Iterable[str] = (),
    wishes: Wishes = Wishes(),
    learners: Learners | None = None,
    recall: Callable[[Path], Memory] = Memory,
) -> Preview:
    """The pages of the chosen decks in the wanted languages, and all findings.

    Cards are shown even when there are errors about craft, or about what learners would
    lose. With `learners`, the pages tell how often each card was forgotten. `recall` gives what git and
    this machine remember of the decks. Raises load.NoDecks when there is nothing to show, and OSError
    when a media file can't be read.
    """
    ready = prepare(Asked(decks_dir, output_dir, tuple(names), wishes, recall=recall))
    history, about_files = learners.history(ready.decks) if learners else (None, [])
    made = [
        _page(item.deck, rendered, ready.findings, history)
        for item in ready.decks
        for rendered in item.rendered
    ]
    whole = not has_errors([*dropped(ready), *about_files])
    return Preview(linked(made), sorted([*ready.findings, *about_files]), whole)


def html(page: Page) -> Iterator[str]:
    """The HTML of a page that needs no other file, in pieces: whole, it would be in memory several times.

    Raises OSError when a media file can't be read, also between the pieces.
    """
    return _filled({**page.data, "media": _inlined(page.media), "study": study(page)}, "data:", "'none'")


def live_html(data: Data) -> str:
    """A page for the browser of a server that gives `data`, and files under its own address."""
    return "".join(_filled(data, "data: 'self'", "'self'"))


def _filled(data: Data, files: str, connect: str) -> Iterator[str]:
    script = _file("page.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    values = {
        "policy": f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; "
        f"img-src {files}; media-src {files}; connect-src {connect}; "
        "base-uri 'none'; form-action 'none'",
        "version": __version__,
        "title": escape(str(data["title"])),
        "style": _file("page.css"),
        "script": script,
    }
    first, *rest = _file("page.html").split("[[")
    yield first
    for name, _, after in (piece.partition("]]") for piece in rest):
        # Only `<` could end the script element.
        yield from (
            (part.replace("<", "\\u003c") for part in _json(data)) if name == "data" else [values[name]]
        )
        yield after


def _json(data: Data) -> Iterator[str]:
    """The data as JSON, in pieces: each part of a value by itself."""
    for place, (name, value) in enumerate(data.items()):
        yield f"{',' if place else '{'}{_encoded(name)}:"
        if isinstance(value, list):
            yield from _joined("[", map(_encoded, value), "]")
        elif isinstance(value, dict | Iterator):
            pairs = value.items() if isinstance(value, dict) else value
            yield from _joined("{", (f"{_encoded(key)}:{_encoded(one)}" for key, one in pairs), "}")
        else:
            yield _encoded(value)
    yield "}"


def _joined(begin: str, parts: Iterable[str], end: str) -> Iterator[str]:
    yield begin
    for place, part in enumerate(parts):
        yield f",{part}" if place else part
    yield end


_encoded = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def linked(pages: Iterable[Page]) -> list[Page]:
    """The pages, each with a list of all of them."""
    pages = list(pages)
    one_deck = len({page.deck.key.value for page in pages if page.deck}) == 1
    listed = [(page.name, page.lang if one_deck else _label(page)) for page in pages]
    return [replace(page, data={**page.data, "pages": listed}) for page in pages]


def _label(page: Page) -> str:
    return f"{page.data['title']} ({page.lang})" if page.lang else str(page.data["title"])


def study(page: Page) -> str:
    """The study plan of a page as HTML, or how to get the libraries that it needs."""
    if page.deck is None:
        return ""
    try:
        # Half a second to import.
        from deckgen.showing import study as plan
    except ModuleNotFoundError:
        how = "<code>pip install '.[study]'</code> in a clone of deckgen"
        return f"<p>A study plan needs more libraries: {how}.</p>"
    return plan.study(page.deck, page.lang)


def nothing(findings: Iterable[Finding]) -> Page:
    """A page without a deck, which shows the findings that are in its way."""
    data: Data = {
        "page": "", "pages": [], "title": "deckgen", "lang": "en", "css": "", "kinds": _KINDS, "stale": True,
        "types": {}, "notes": [], "findings": [_finding(one) for one in findings], "formulas": {},
    }  # fmt: skip
    return Page("", "", data)


def stale(page: Page, findings: Iterable[Finding]) -> Page:
    """A page as it was before the files had errors, with the present findings."""
    return replace(page, data={**page.data, "stale": True, "findings": [_finding(one) for one in findings]})


def _page(
    deck: Deck, rendered: Rendered, findings: Sequence[Finding], history: History | None = None
) -> Page:
    lang = rendered.lang
    name = deck.package_name(lang).removesuffix(".apkg") + ".html"
    here = about(deck, lang, findings)
    return Page(
        name,
        lang,
        {
            "page": name,
            "title": deck.title[lang].value,
            "lang": lang,
            "css": _file("anki.css"),
            "kinds": _KINDS | {_kind(note): note.role for note in rendered.notes if note.kind is Kind.OWN},
            "stale": False,
            "types": {role: _type(one) for role, one in rendered.note_types.items()},
            "notes": list(_notes(deck, rendered)),
            "findings": [_finding(one) for one in here],
            "formulas": formulas(
                form
                for note in rendered.notes
                for form in formula_forms(rendered.note_types[note.role], note.fields)
            ),
            **_reviews(deck, rendered, here, history),
        },
        deck,
        rendered.media,
    )


def _reviews(deck: Deck, rendered: Rendered, findings: Sequence[Finding], history: History | None) -> Data:
    """What learners did with each card, for a page that tells it."""
    if history is None:
        return {}
    from deckgen.showing.reviews import on_page
    from deckgen.studying.reviews import of_package

    return {"reviews": on_page(of_package(deck, rendered, history, findings))}


def _type(note_type: NoteType) -> Data:
    """What the page's script needs to fill the templates of a note type."""
    return {
        "fields": note_type.field_names,
        "cloze": note_type.is_cloze,
        "css": note_type.css,
        "templates": [{"front": one.front, "back": one.back} for one in note_type.templates],
    }


def _notes(deck: Deck, rendered: Rendered) -> Iterator[Data]:
    """The notes of a package in the order of study, each text once; the page's script makes their cards."""
    by_id = {card.id.value: card for card in deck.cards}
    for note in rendered.notes:
        card = by_id[note.card]
        section = card.section.get(rendered.lang)
        yield {
            "id": note.card,
            "type": note.role,
            "numbers": sorted(note.cards),
            **({"keys": note.cards} if note.kind.facts.named else {}),
            "kind": _kind(note),
            "section": section.value if section else "",
            "deck": deck.named(rendered.lang, note.deck) if note.deck else "",
            "tags": [tag.value for tag in card.tags],
            "where": visible(f"{card.id.place.path}:{card.id.place.line}"),
            "retired": note.retired,
            "fields": note.fields,
            **({"sides": _sides(deck, rendered, note)} if note.kind is Kind.OWN else {}),
        }


def _kind(note: Note) -> str:
    """Notes of the deck's own types are told apart by their types, whose names may be those of our kinds."""
    return f"{note.kind} {note.role}" if note.kind is Kind.OWN else str(note.kind)


def _sides(deck: Deck, rendered: Rendered, note: Note) -> Data:
    """The cards of a note of the deck's own type by number: the page's script fills our templates only."""
    note_type = rendered.note_types[note.role]
    title = deck.named(rendered.lang, note.deck)
    special = {"Deck": title, "Subdeck": title.rpartition("::")[2], "Tags": " ".join(note.tags)}
    made: Data = {}
    for number in note.cards:
        card = sides(note_type, note.fields, number - 1, special)
        if isinstance(card, Fault):
            card = Sides(escape(card.message), "")
        front, back = (_CLICK.sub("", side) for side in (card.front, card.back))
        made[str(number)] = {"front": front, "back": back, "typed": card.typed}
    return made


def _finding(finding: Finding) -> Data:
    place = finding.place
    return {
        "level": str(finding.severity),
        "code": finding.code,
        "message": visible(finding.message),
        "hint": visible(finding.hint),
        "card": finding.card,
        "where": visible(f"{place.path}:{place.line}:{place.column}"),
    }


def _inlined(files: Mapping[str, Path]) -> Iterator[tuple[str, str]]:
    """Media files by name, as addresses that hold their content, without those that are too big."""
    room = PAGE_LIMIT
    for name, path in files.items():
        size = path.stat().st_size
        if size <= min(FILE_LIMIT, room):
            room -= size
            yield name, f"data:{media_type(name)};base64,{base64.b64encode(path.read_bytes()).decode()}"


def media_type(name: str) -> str:
    """The type of a media file, as https://www.iana.org/assignments/media-types calls it."""
    # The system's own list of types is not used, so that a page is the same everywhere.
    return MimeTypes().guess_type(name, strict=False)[0] or "application/octet-stream"


@cache
def _file(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8").strip()
