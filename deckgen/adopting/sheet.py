"""A table becomes a new deck: nobody has it yet, so that it is a deck like any other, without a lock."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from html import escape
from pathlib import Path

from deckgen.adopting.adopt import add_schemas, expect_key
from deckgen.adopting.adoption import Wanted, words
from deckgen.adopting.convert import Markdown, to_markdown
from deckgen.adopting.drafts import PER_FILE, SCHEMA_LINE
from deckgen.adopting.folder import CantAdopt, first, is_free, meant
from deckgen.adopting.foreign import Table
from deckgen.adopting.names import Unique, slug
from deckgen.adopting.report import Folder, LeftOut, Report, StaysHtml
from deckgen.adopting.scalars import listed, quoted, scalar
from deckgen.deck import NO_LANGUAGE, RETIRED_TAG, Card, Deck
from deckgen.finding import Finding, Place, Severity
from deckgen.kinds import parts
from deckgen.notes.identity import new_seed
from deckgen.packing.stage import alone, scratch, staging
from deckgen.reading.keys import control_character, is_tag
from deckgen.reading.load import DECK_FILE, load

#: What a column may be: the texts of a card, in the order in which a card has them, and its tags.
TEXTS = ("q", "a", "cloze", "note", "hint")
COLUMNS = (*TEXTS, "tags")
_BETWEEN = re.compile(r"[\s,;]+")
_GIT = "media/** -text\ndeck.lock text eol=lf\n"


@dataclass(frozen=True, slots=True)
class _Row:
    """A card: its texts by key, as Markdown; those in `html` stay HTML, with the reason."""

    id: str
    texts: Mapping[str, str]
    html: Mapping[str, str]
    exact: frozenset[str]
    tags: tuple[str, ...]

    @property
    def entry(self) -> str:
        lines = [f"  - id: {self.id}"]
        lines += [f"    {listed('tags', self.tags, 4)}"] if self.tags else []
        lines += [f"    {key}:{scalar(text, 4, html=key in self.html)}" for key, text in self.texts.items()]
        return "\n".join(lines) + "\n"


def new_deck(decks_dir: Path, table: Table, wanted: Wanted) -> Report:
    """Make a deck of a table below `decks_dir`. Raises as `adopt` does."""
    expect_key(wanted.key)
    unknown = [name for name in table.columns if name not in COLUMNS]
    if unknown:
        raise CantAdopt(f"a column can't be `{unknown[0]}`: there are {', '.join(COLUMNS)}, and `-` for none")
    if not ({"q", "a"} <= {*table.columns} or "cloze" in table.columns):
        raise CantAdopt("cards need the columns `q` and `a`, or `cloze`: name them with `--columns`")
    key = wanted.key or slug(wanted.name) or "deck"
    target = decks_dir / key
    if not is_free(target):
        raise CantAdopt(f"{target.as_posix()} exists already: name another folder with `--as`")
    told = Folder(target.as_posix(), wanted.name)
    report = Report([told], dry=wanted.dry)
    rows = list(_rows(table, report))
    held = nullcontext() if wanted.dry else alone(decks_dir)
    with scratch() as spare, held as journal, staging(journal) as stage:
        folder = spare / key
        folder.mkdir()
        names, deck = _written(rows, folder, report, partial(_head, key, new_seed(), wanted.name))
        _tell(told, rows, deck)
        for name in names:
            stage.add(target / name, partial(shutil.copyfile, folder / name), lambda *_: False)
            told.paths.append((target / name).as_posix())
        add_schemas(decks_dir, stage)
        stage.finish()
    return report


def _head(key: str, seed: str, title: str, tags: Sequence[str]) -> str:
    lines = [f"deck: {key}", f"seed: {seed}", f"title: {quoted(title)}"]
    return SCHEMA_LINE.format("deck") + "\n".join([*lines, *([listed("tags", tags)] if tags else [])]) + "\n"


def _rows(table: Table, report: Report) -> Iterator[_Row]:
    """The rows as cards; a row without the texts that a card needs is told."""
    ids = Unique()
    lost: dict[str, None] = {}
    for number, cells in enumerate(table.rows, start=1):
        named = dict(zip(table.columns, cells, strict=True))
        made = {
            key: _text(named[key], key, is_html=table.html) for key in TEXTS if named.get(key, "").strip()
        }
        tags = []
        for tag in filter(None, _BETWEEN.split(named.get("tags", ""))):
            name = "::".join(slug(part) or part for part in tag.split("::"))
            if is_tag(name) and name != RETIRED_TAG:
                tags.append(name)
            else:
                lost[tag] = None
        begin = named.get("q") or named.get("cloze") or ""
        if not ({"q", "a"} == made.keys() - {"note", "hint"} or {"cloze"} == made.keys() - {"note", "hint"}):
            reason = "a row needs `q` and `a`, or `cloze`"
            report.notes.append(LeftOut("", words(" ".join(cells)) or f"row {number}", reason))
            continue
        source = begin if table.html else escape(begin)
        yield _Row(
            ids.card([source], number),
            {key: text for key, (text, _, _) in made.items()},
            {key: reason for key, (_, reason, _) in made.items() if reason},
            frozenset(key for key, (_, _, exact) in made.items() if exact),
            tuple(dict.fromkeys(tags)),
        )
    if lost:
        message = f"{len(lost)} × a tag that no card may have (a-z, 0-9, hyphens), left out: "
        report.folders[0].remarks.append(message + ", ".join([*lost][:8]))


def _text(cell: str, key: str, *, is_html: bool) -> tuple[str, str, bool]:
    """A cell as Markdown, or as HTML with the reason; and whether it is shown as it was."""
    html = cell if is_html else escape(cell, quote=False).replace("\r\n", "\n").replace("\n", "<br>")
    made = to_markdown(html, cloze=key == "cloze")
    if isinstance(made, Markdown):
        return made.text.strip("\n"), "", made.exact
    return html.strip("\n"), made.reason, False


def _written(
    rows: list[_Row], folder: Path, report: Report, head: Callable[[Sequence[str]], str]
) -> tuple[list[str], Deck]:
    """Write the deck and read it again; rows that don't come back as they were meant are left out."""
    while rows:
        files = {DECK_FILE: head(sorted({tag for row in rows for tag in row.tags})), ".gitattributes": _GIT}
        chunks = [rows[at : at + PER_FILE] for at in range(0, len(rows), PER_FILE)]
        for number, chunk in enumerate(chunks, start=1):
            text = "cards:\n" + "\n".join(row.entry for row in chunk)
            files[f"{number:02}-cards.yaml"] = SCHEMA_LINE.format("cards") + text
        for name, text in files.items():
            (folder / name).write_bytes(text.encode())
        deck, findings = load(folder)
        bad = dict(_misread(rows, deck, findings))
        if not bad and deck is not None:
            return [*files], deck
        if not bad:
            raise CantAdopt(first(findings))
        for path in folder.iterdir():
            path.unlink()
        report.notes += [LeftOut("", words(escape(row.id)), bad[row.id]) for row in rows if row.id in bad]
        rows[:] = [row for row in rows if row.id not in bad]
    reason = f": {report.notes[0].reason}" if report.notes else ""
    raise CantAdopt(f"none of its rows can become a card{reason}")


def _misread(
    rows: Sequence[_Row], deck: Deck | None, findings: Sequence[Finding]
) -> Iterator[tuple[str, str]]:
    yield from ((one.card, one.message) for one in findings if one.card and one.severity is Severity.ERROR)
    if deck is None:
        return
    cards = {card.id.value: card for card in deck.cards}
    for row in rows:
        named = next((control_character(text) for text in row.texts.values() if control_character(text)), "")
        if named:
            yield row.id, "it has a control character"
        elif row.id not in cards or not _says(cards[row.id], row):
            yield row.id, "it would not be read as it is"


def _says(card: Card, row: _Row) -> bool:
    texts = {part.key: part.text for part in parts(card.contents[NO_LANGUAGE])}
    got = {key: meant(text) for key, text in texts.items()}
    html = {key for key, text in texts.items() if text.html}
    return got == row.texts and html == row.html.keys() and {one.value for one in card.tags} == {*row.tags}


def _tell(told: Folder, rows: Sequence[_Row], deck: Deck) -> None:
    told.cards = len(rows)
    told.exact = sum(len(row.exact) for row in rows)
    told.alike = sum(len(row.texts) - len(row.exact) - len(row.html) for row in rows)
    cards = {card.id.value: card for card in deck.cards}
    for row in rows:
        for part in parts(cards[row.id].contents[NO_LANGUAGE]) if row.html else ():
            if part.key in row.html:
                place = part.text.place
                here = Place(f"{told.path}/{Path(place.path).name}", place.line, place.column)
                told.html.append(StaysHtml(here, row.id, part.key, row.html[part.key]))
