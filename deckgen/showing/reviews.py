"""Reviews of cards for people, as a table with the worst on top, and for programs, as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from deckgen.finding import Place
from deckgen.packing.reviews import MATURE, Answers
from deckgen.studying.reviews import (
    FEWEST,
    History,
    PackageReviews,
    Reviewed,
    difficulty,
    seconds,
)
from deckgen.terminal import counted, visible

_NONE = "–"


def as_text(packages: Sequence[PackageReviews]) -> str:
    """A table for each package that somebody has reviewed, and a line for each other one."""
    return "\n\n".join("\n".join(_lines(one)) for one in packages)


def _lines(package: PackageReviews) -> Iterator[str]:
    given = [one for one in package.cards if not one.retired]
    seen = [one for one in given if one.studied.reviews]
    if not seen:
        yield f"{package.package}  {counted(len(given), 'card')}: nobody has reviewed one"
    else:
        total = sum(one.studied.reviews for one in seen)
        rate = "" if package.rate is None else f"; a card is forgotten {_rarely(package.rate)} of the time"
        head = (
            f"{package.package}  {counted(total, 'review')} of {len(seen)} of {counted(len(given), 'card')}"
        )
        yield head + rate
        ranked = [one for one in given if one.least is not None]
        if ranked:
            yield ""
            yield from _table(package, ranked)
        yield from _unranked(seen, ranked)
    retired = sum(one.studied.reviews for one in package.cards if one.retired)
    if retired:
        yield f"retired cards, not counted here: {counted(retired, 'review')}"


def _unranked(seen: Sequence[Reviewed], ranked: Sequence[Reviewed]) -> Iterator[str]:
    """What the table leaves out, or that it has no worst."""
    if ranked and not any(one.often for one in ranked):
        yield "no card is forgotten more often than the others, by more than chance"
    few = len(seen) - len(ranked)
    if few:
        yield (
            f"not ranked: {counted(few, 'card')} with fewer than {FEWEST} answers after a day or more, which "
            "can't tell forgetting from bad luck (--format json has all cards)"
        )


_LEGEND = (
    "forgot: of the answers after a day or more; at least: the lower end of the exact 95 % interval",
    f"young, mature: recalled at intervals below {MATURE} days, and from then on; difficulty: of FSRS",
)
_HEAD = ("forgot", "at least", "reviews", "lapses", "young", "mature", "time", "difficulty")


def _table(package: PackageReviews, ranked: Sequence[Reviewed]) -> Iterator[str]:
    """A row for each card; below those that are often forgotten or leeches, what was found on them."""
    rows = [
        (_HEAD, "card"),
        (_median(package), "(median)"),
        *((_figures(one), _label(one)) for one in ranked),
    ]
    widths = [max(len(row[column]) for row, _ in rows) for column in range(len(_HEAD))]

    def line(figures: Sequence[str], label: str) -> str:
        return "  ".join(
            [*(figure.rjust(width) for figure, width in zip(figures, widths, strict=True)), label]
        )

    yield line(*rows[0])
    yield line(*rows[1])
    for one, row in zip(ranked, rows[2:], strict=True):
        yield line(*row)
        if one.often or one.studied.leeches:
            yield from (f"      {words}" for words in _about(one))
    yield ""
    if any(one.often for one in ranked):
        yield "* forgotten more often than a card of this deck is on average, by more than chance"
    yield from _LEGEND


def _label(one: Reviewed) -> str:
    return visible(f"{'*' if one.often else ' '} {one.name}  {one.place.path}:{one.place.line}")


def _about(one: Reviewed) -> Iterator[str]:
    """What `check` says about a card, and its twins."""
    for finding in one.findings:
        yield visible(f"{finding.code} {finding.severity}: {finding.message}")
    if one.twins:
        yield f"easily taken for: {', '.join(one.twins)}"


def _figures(one: Reviewed) -> tuple[str, ...]:
    studied = one.studied
    leech = " leech" if studied.leeches else ""
    return (
        f"{one.answers.forgotten} of {one.answers.total}",
        _share(one.least),
        str(studied.reviews),
        f"{studied.lapses}{leech}",
        _share(studied.young.retention),
        _share(studied.mature.retention),
        _seconds(seconds(studied)),
        _share(difficulty(studied)),
    )


def _median(package: PackageReviews) -> tuple[str, ...]:
    middle = package.medians
    counts = (_NONE if count is None else f"{count:g}" for count in (middle.reviews, middle.lapses))
    shares = (middle.young, middle.mature)
    return ("", "", *counts, *map(_share, shares), _seconds(middle.seconds), _share(middle.difficulty))


def percent(share: float) -> str:
    """A share in whole percent."""
    return f"{share * 100:.0f} %"


def _rarely(share: float) -> str:
    """A share in whole percent; one that is not nothing is not shown as nothing."""
    return "less than 1 %" if 0 < share < 0.01 else percent(share)


def _share(share: float | None) -> str:
    return _NONE if share is None else percent(share)


def _seconds(figure: float | None) -> str:
    return _NONE if figure is None else f"{figure:.0f} s"


# -- a page --------------------------------------------------------------------------------


def on_page(package: PackageReviews) -> dict[str, dict[int, dict[str, object]]]:
    """For the page that shows cards: by card and number, its rank and rows of words beside it."""
    found: dict[str, dict[int, dict[str, object]]] = {}
    for rank, one in enumerate(package.cards):
        rows = list(_rows(one, package)) if one.studied.reviews else [("Reviews", "none")]
        found.setdefault(one.card, {})[one.number] = {"rank": rank, "often": one.often, "rows": rows}
    return found


def _rows(one: Reviewed, package: PackageReviews) -> Iterator[tuple[str, str]]:
    """Heads and figures of a card, each with the median of the deck."""
    studied, middle = one.studied, package.medians
    by = f" by {studied.learners} learners" if studied.learners > 1 else ""
    yield "Reviews", f"{studied.reviews}{by}"
    if one.answers.total:
        least = "not ranked, too few" if one.least is None else f"at least {percent(one.least)}"
        deck = "" if package.rate is None else f"; deck {percent(package.rate)}"
        often = "often: " if one.often else ""
        yield "Forgotten", f"{often}{one.answers.forgotten} of {one.answers.total} ({least}{deck})"
    yield "Lapses", f"{studied.lapses}{', leech' if studied.leeches else ''} (median {middle.lapses or 0:g})"
    for head, figure, usual, shown in (
        ("Recalled young", studied.young.retention, middle.young, _share),
        ("Recalled mature", studied.mature.retention, middle.mature, _share),
        ("Answer time", seconds(studied), middle.seconds, _seconds),
        ("Difficulty", difficulty(studied), middle.difficulty, _share),
    ):
        if figure is not None:
            yield head, f"{shown(figure)} (median {shown(usual)})"


# -- JSON ----------------------------------------------------------------------------------


def as_json(history: History, packages: Sequence[PackageReviews]) -> str:
    """The keys that docs/reviews.md lists."""
    files = [
        {"path": one.path.as_posix(), "cards": one.cards, "reviews": one.reviews} for one in history.sources
    ]
    found = {"files": files, "ranked_from": FEWEST, "packages": [_package(one) for one in packages]}
    return json.dumps(found, ensure_ascii=False, indent=2)


def _package(package: PackageReviews) -> dict[str, object]:
    middle = package.medians
    return {
        "deck": package.deck,
        "lang": package.lang,
        "package": package.package,
        "forgetting": _rounded(package.rate),
        "medians": {
            "reviews": middle.reviews,
            "lapses": middle.lapses,
            "young": _rounded(middle.young),
            "mature": _rounded(middle.mature),
            "seconds": _rounded(middle.seconds),
            "difficulty": _rounded(middle.difficulty),
        },
        "cards": [_card(one) for one in package.cards],
    }


def _card(one: Reviewed) -> dict[str, object]:
    studied = one.studied
    return {
        "card": one.card,
        "number": one.number,
        "name": one.name,
        **_place(one.place),
        "retired": one.retired,
        "learners": studied.learners,
        "reviews": studied.reviews,
        "lapses": studied.lapses,
        "leeches": studied.leeches,
        "young": _answers(studied.young),
        "mature": _answers(studied.mature),
        "seconds": _rounded(seconds(studied)),
        "difficulty": _rounded(difficulty(studied)),
        "forgetting_at_least": _rounded(one.least),
        "often_forgotten": one.often,
        "findings": [
            {
                "code": found.code,
                "severity": str(found.severity),
                "message": found.message,
                "hint": found.hint,
                **_place(found.place),
            }
            for found in one.findings
        ],
        "twins": list(one.twins),
    }


def _place(place: Place) -> dict[str, object]:
    return {"path": place.path, "line": place.line, "column": place.column}


def _answers(answers: Answers) -> dict[str, int]:
    return {"recalled": answers.recalled, "forgotten": answers.forgotten}


def _rounded(figure: float | None) -> float | None:
    return None if figure is None else round(figure, 3)
