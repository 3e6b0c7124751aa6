"""What became of an existing deck, as text and as JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from deckgen.adopting.report import Differs, Folder, Report, StaysHtml
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
    would = "would be " if dry else ""
    if folder.again:
        added = f"{_count(folder.cards, 'note')} {would}added"
        yield f"{folder.path}: has this deck already, “{folder.title}”; {added}"
    else:
        verb = "would be" if dry else "was"
        yield f"{folder.path}: “{folder.title}” {verb} written, with {_count(folder.cards, 'card')}"
    yield from _texts(folder)
    yield from _differs(folder)
    yield from (f"  {remark}" for remark in folder.remarks)
    if folder.security:
        yield f"  security: {_count(len(folder.security), 'place')} where something acts or is loaded"
        yield from (f"    {one}" for one in folder.security[:_SHOWN])
        yield from _more(folder.security)
    if folder.needs_trust and not folder.trusted:
        yield (
            "    a build refuses that until deck.yaml says `trusted: true`: look at it first; "
            "`--trusted` writes it"
        )


def _texts(folder: Folder) -> Iterator[str]:
    texts = (
        (folder.exact, "as it was", "as they were"),
        (folder.alike, "looks the same, as Markdown", "look the same, as Markdown"),
        (len(folder.html), "stays HTML", "stay HTML"),
    )
    for count, one, several in texts:
        if count:
            yield f"  {_count(count, 'text')} {one if count == 1 else several}"
    for reason, members in _grouped(folder.html, lambda one: one.reason):
        yield f"    {reason}: {_few([f'{one.place.path}:{one.place.line}' for one in members])}"


def _differs(folder: Folder) -> Iterator[str]:
    if not folder.differs:
        return
    verb = "is" if len(folder.differs) == 1 else "are"
    what = f"{_count(len(folder.differs), 'text')} of the file {verb} not what was adopted before"
    yield f"  {what}; nothing was changed:"
    for one in folder.differs[:_SHOWN]:
        yield f"    {one.place.path}:{one.place.line}: {one.card}, {one.field}"
        yield f"      here:  {_line(one.here)}"
        yield f"      there: {_line(one.there)}"
    yield from _more(folder.differs)


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
        yield f"left out: {count:,} {_counted(what, count)}" + (f": {_few(names)}" if names else "")


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
        yield (
            "next: `deckgen check` looks for mistakes, `deckgen build` writes the package; "
            "commit all of the folder"
        )


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


def _counted(what: str, count: int) -> str:
    """Words such as `cards with a flag`, as they are said of so many."""
    noun, _, rest = what.partition(" ")
    return what if count != 1 else " ".join(filter(None, (noun.removesuffix("s"), rest)))


def _count(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


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
        "html": [_place(one) | {"reason": one.reason} for one in folder.html],
        "differs": [_place(one) | {"here": one.here, "there": one.there} for one in folder.differs],
        "security": folder.security,
        "needs_trusted": folder.needs_trust,
        "trusted": folder.trusted,
        "remarks": folder.remarks,
        "media_left_out": folder.files,
        "files": folder.paths,
    }


def _place(one: StaysHtml | Differs) -> dict[str, Any]:
    return {"path": one.place.path, "line": one.place.line, "card": one.card, "field": one.field}
