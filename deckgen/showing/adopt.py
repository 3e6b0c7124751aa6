"""What became of an existing deck, as text and as JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from deckgen.adopting.report import Folder, Report
from deckgen.terminal import visible

#: So many of one kind are named in the text; JSON has all.
_SHOWN = 5

Item = TypeVar("Item")


def as_text(report: Report) -> str:
    """The report for people."""
    lines: list[str] = []
    for folder in report.folders:
        lines += _folder(folder, dry=report.dry)
    lines += _left_out(report)
    lines += _next(report)
    return "\n".join(map(visible, lines))


def _folder(folder: Folder, *, dry: bool) -> Iterator[str]:
    verb = "would be" if dry else "was"
    if folder.again:
        yield f"{folder.path}: has this deck already, “{folder.title}”; {_count(folder.cards, 'note')} {'would be ' if dry else ''}added"
    else:
        yield f"{folder.path}: “{folder.title}” {verb} written, with {_count(folder.cards, 'card')}"
    texts = (
        (folder.exact, "as it was"),
        (folder.alike, "looks the same, as Markdown"),
        (len(folder.html), "stays HTML"),
    )
    for count, what in texts:
        if count:
            yield f"  {_count(count, 'text')} {_plural(count, what)}"
    for reason, members in _grouped(folder.html, lambda one: one.reason):
        yield f"    {reason}: {_few([f'{one.place.path}:{one.place.line}' for one in members])}"
    if folder.differs:
        yield f"  {_count(len(folder.differs), 'text')} of the file {_is(len(folder.differs))} not what was adopted before; nothing was changed:"
        for differs in folder.differs[:_SHOWN]:
            yield f"    {differs.place.path}:{differs.place.line}: {differs.card}, {differs.field}"
            yield f"      here:  {_line(differs.here)}"
            yield f"      there: {_line(differs.there)}"
        yield from _more(folder.differs)
    yield from (f"  {remark}" for remark in folder.remarks)
    if folder.security:
        yield f"  security: {_count(len(folder.security), 'place')} where something acts or is loaded"
        yield from (f"    {one}" for one in folder.security[:_SHOWN])
        yield from _more(folder.security)
        if not folder.trusted and folder.needs_trust:
            yield "    a build refuses that until deck.yaml says `trusted: true`: look at it first; `--trusted` writes it"


def _left_out(report: Report) -> Iterator[str]:
    if report.twice:
        yield f"left out: {_count(len(report.twice), 'guid')} that several notes with other texts have"
        for twice in report.twice[:_SHOWN]:
            yield f"  {twice.guid}"
            yield from (f"    {_line(text)}" for text in twice.texts[:_SHOWN])
        yield from _more(report.twice)
    if report.notes:
        yield f"left out: {_count(len(report.notes), 'note')}"
        for reason, members in _grouped(report.notes, lambda one: one.reason):
            yield f"  {reason}: {_few([_line(one.words) or one.guid for one in members])}"
    for what, count in report.left_out.items():
        names = report.named.get(what, ())
        yield f"left out: {count:,} {what}" + (f": {_few(names)}" if names else "")


def _next(report: Report) -> Iterator[str]:
    if not report.is_new:
        yield "nothing is new: no file was changed"
        return
    if not report.has_numbers:
        yield (
            "the file has no numbers of note types: learners must merge them once, when they import "
            "(`--like FILE.apkg` takes the numbers from a package)"
        )
    if report.dry:
        yield "nothing was written: this was a dry run"
    else:
        yield "next: `deckgen check` looks for mistakes, `deckgen build` writes the package; commit all of the folder"


def _grouped(items: Iterable[Item], by: Callable[[Item], str]) -> list[tuple[str, list[Item]]]:
    """The items by a word, the word with most first, each with how many there are."""
    groups: dict[str, list[Item]] = {}
    for item in items:
        groups.setdefault(by(item), []).append(item)
    ordered = sorted(groups.items(), key=lambda one: -len(one[1]))
    return [(f"{len(members):,} × {word}", members) for word, members in ordered]


def _few(names: Sequence[str]) -> str:
    return ", ".join(names[:_SHOWN]) + (", …" if len(names) > _SHOWN else "")


def _more(items: Sequence[object]) -> Iterator[str]:
    if len(items) > _SHOWN:
        yield f"    … and {len(items) - _SHOWN:,} more; `--format json` lists them"


def _line(text: str) -> str:
    return " ".join(text.split())


def _count(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _is(count: int) -> str:
    return "is" if count == 1 else "are"


def _plural(count: int, what: str) -> str:
    """The words about one text, as those about several."""
    words = {"as it was": "as they were", "looks": "look", "stays": "stay"}
    for one, several in words.items() if count != 1 else ():
        what = what.replace(one, several)
    return what


def as_dict(report: Report) -> dict[str, Any]:
    """The report for programs: all of it."""
    return {
        "dry_run": report.dry,
        "decks": [_deck(folder) for folder in report.folders],
        "left_out": [
            {"what": what, "count": count, "names": [*report.named.get(what, ())]}
            for what, count in report.left_out.items()
        ],
        "notes_left_out": [
            {"guid": one.guid, "words": one.words, "reason": one.reason} for one in report.notes
        ],
        "guids_with_several_contents": [{"guid": one.guid, "texts": [*one.texts]} for one in report.twice],
        "learners_must_merge": not report.has_numbers,
    }


def _deck(folder: Folder) -> dict[str, Any]:
    return {
        "path": folder.path,
        "title": folder.title,
        "was_there": folder.again,
        "cards": folder.cards,
        "texts": {"as_they_were": folder.exact, "look_the_same": folder.alike, "html": len(folder.html)},
        "html": [
            {"path": one.place.path, "line": one.place.line, "card": one.card, "field": one.field, "reason": one.reason}
            for one in folder.html
        ],
        "differs": [
            {
                "path": one.place.path, "line": one.place.line, "card": one.card, "field": one.field,
                "here": one.here, "there": one.there,
            }
            for one in folder.differs
        ],
        "security": folder.security,
        "needs_trusted": folder.needs_trust,
        "trusted": folder.trusted,
        "remarks": folder.remarks,
        "media_left_out": folder.files,
        "files": folder.paths,
    }  # fmt: skip
