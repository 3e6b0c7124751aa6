"""The numbers of decks for people, in columns, and for programs, as JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence

from deckgen.kinds import Kind
from deckgen.studying.stats import Language, Lengths, Section, Stats
from deckgen.terminal import columns, counted, fill, shorten, visible

#: The columns of the longest name and of the longest bar, so that a line keeps within 80.
_NAME, _BAR = 44, 24
_EIGHTHS = "\u258f\u258e\u258d\u258c\u258b\u258a\u2589\u2588"
_HEIGHTS = "\u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588"


def as_text(decks: Iterable[Stats]) -> str:
    """Tables of each deck. Names are cut to their column, and control characters shown as escapes."""
    return "\n\n\n".join("\n\n".join(_blocks(one)) for one in decks)


def _blocks(stats: Stats) -> Iterator[str]:
    yield "\n".join(_head(stats))
    if any(section.names for section in stats.sections):
        yield _bars("notes by section", [(_name(one), one.cards) for one in stats.sections])
    if stats.subdecks:
        yield _bars("notes by deck", [(_name(one), one.cards) for one in stats.subdecks])
    if stats.tags:
        yield _bars("notes by tag", list(stats.tags.items()))
    if stats.speakers:
        yield _bars("notes by speaker", list(stats.speakers.items()))
    if stats.source:
        known = "" if stats.at_hand else "; its text is not at hand, so sections without notes are not known"
        yield _bars("notes by section of the source", list(stats.source.items()), known)
    for language in stats.languages:
        if language.lengths:
            yield "\n".join(_lengths(language))


def _head(stats: Stats) -> Iterator[str]:
    title = next(iter(stats.titles.values()), "")
    yield f"{stats.deck}  {shorten(visible(title), 78 - len(stats.deck))}"
    known = [
        counted(count, kind.facts.label)
        for kind, count in stats.kinds.items()
        if count and kind is not Kind.OWN
    ]
    parts = [", ".join(known + [f"{count} of type {name}" for name, count in stats.own.items()])]
    parts += [f"{stats.hedged} hedged"] if stats.hedged else []
    parts += [f"besides {stats.retired} retired"] if stats.retired else []
    listed = "; ".join(part for part in parts if part)
    yield f"{counted(stats.cards, 'note')}{': ' if listed else ''}{listed}"
    for one in stats.languages:
        yield f"{one.package}: {counted(one.cards, 'note')}, {counted(one.anki_cards, 'card')}"


def _name(section: Section) -> str:
    return next(iter(section.names.values()), "(no section)")


def _bars(head: str, rows: Sequence[tuple[str, int]], more: str = "") -> str:
    names = [shorten(visible(name), _NAME) for name, _ in rows]
    width = max(columns(name) for name in names)
    most = max(count for _, count in rows)
    lines = [head + more]
    for name, (_, count) in zip(names, rows, strict=True):
        lines.append(f"  {fill(name, width)}  {count:5}  {_bar(count, most)}".rstrip())
    return "\n".join(lines)


def _bar(count: int, most: int) -> str:
    """A bar, exact to an eighth of a column; even a single card has one."""
    eighths = max(1, round(count * _BAR * 8 / most)) if count else 0
    return _EIGHTHS[-1] * (eighths // 8) + (_EIGHTHS[eighths % 8 - 1] if eighths % 8 else "")


def _lengths(language: Language) -> Iterator[str]:
    units = sorted({row.unit for row in language.lengths}, reverse=True)
    yield f"lengths in {language.package.removesuffix('.apkg')}, in {' or '.join(units)}"
    names = [row.what if len(units) == 1 else f"{row.what} ({row.unit})" for row in language.lengths]
    width = max(map(len, names))
    yield f"  {'':{width}} texts  median  90 %  longest  limits  above  0 to limit  the longest"
    for name, row in zip(names, language.lengths, strict=True):
        limits = ", ".join(f"{limit:g}" for limit in (row.warning, row.error) if limit is not None)
        yield (
            f"  {name:{width}}{len(row.sizes):6}{row.median:8}{row.nine_tenths:6}{row.longest:9}"
            f"{limits:>8}{row.above:7}  {_histogram(row)}  {row.card}"
        )


def _histogram(row: Lengths) -> str:
    """Ten blocks; each stands for the texts in one tenth of the range up to the limit."""
    counts = [0] * 10
    for size in row.sizes:
        if size <= row.warning:
            counts[max(0, math.ceil(size * 10 / max(row.warning, 1)) - 1)] += 1
    most = max(counts)
    return "".join(_HEIGHTS[math.ceil(count * 8 / most) - 1] if count else " " for count in counts)


def as_json(decks: Iterable[Stats]) -> str:
    """The keys that docs/study.md lists."""
    return json.dumps({"decks": [_deck(one) for one in decks]}, ensure_ascii=False, indent=2)


def _deck(stats: Stats) -> dict[str, object]:
    return {
        "deck": stats.deck,
        "title": dict(stats.titles),
        "cards": stats.cards,
        "retired": stats.retired,
        "hedged": stats.hedged,
        "kinds": _kinds(stats.kinds),
        "sections": list(map(_section, stats.sections)),
        "subdecks": list(map(_section, stats.subdecks)),
        "tags": dict(stats.tags),
        "speakers": dict(stats.speakers) if stats.speakers is not None else None,
        "source": {"text_at_hand": stats.at_hand, "sections": dict(stats.source)},
        "languages": [_language(one) for one in stats.languages],
    }


def _section(one: Section) -> dict[str, object]:
    return {"name": dict(one.names), "cards": one.cards, "kinds": _kinds(one.kinds)}


def _kinds(kinds: Mapping[Kind, int]) -> dict[Kind, int]:
    """Those that came late stand there only where there are any."""
    return {kind: count for kind, count in kinds.items() if count or not kind.facts.late}


def _language(language: Language) -> dict[str, object]:
    return {
        "lang": language.lang,
        "package": language.package,
        "cards": language.cards,
        "anki_cards": language.anki_cards,
        "lengths": [
            {
                "what": row.what,
                "unit": row.unit,
                "count": len(row.sizes),
                "median": row.median,
                "nine_tenths": row.nine_tenths,
                "longest": row.longest,
                "card": row.card,
                "warning": row.warning,
                "error": row.error,
                "above": row.above,
            }
            for row in language.lengths
        ],
    }
