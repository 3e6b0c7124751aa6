"""What becomes of existing decks: `python -m benchmarks.adopting FOLDER` takes each package of a folder all the way.

The packages are other people's: neither their names nor anything of them is written to the results.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import click

from benchmarks import page, sources
from benchmarks.bars import MB, Bar
from benchmarks.measure import Cost, Failed, Trial, in_turn
from benchmarks.round_trip import Refused, Shown, Trip, trip
from benchmarks.works import DECKGEN

_RESULTS = Path(__file__).parent / "RESULTS.md"
#: How many fields a browser compares, and how many reasons are named.
_SAMPLE, _REASONS = 400, 12
_NOTES, _PICTURES, _PICTURE = 10_000, 1_000, 20_000


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option(
    "--runs",
    default=5,
    show_default=True,
    type=click.IntRange(1),
    help="Rounds of the made-up deck that count.",
)
@click.option(
    "--only",
    multiple=True,
    metavar="WORDS",
    help="Only packages with these words in their names; writes no results.",
)
@click.option(
    "--notes",
    default=_NOTES,
    show_default=True,
    type=click.IntRange(10),
    help="The notes of the made-up deck.",
)
def main(folder: Path, runs: int, only: tuple[str, ...], notes: int) -> None:
    """Adopt, build and import each package of FOLDER over what a learner studied of it; print what came out.

    Broken promises are told with the name of the package, on standard error. A run over the whole folder also writes its
    table into benchmarks/RESULTS.md, without any name.
    """
    started, load = page.now(), os.getloadavg()[0]
    packages = [
        path for path in sorted(folder.glob("*.apkg")) if not only or any(word in path.name for word in only)
    ]
    if not packages:
        raise click.ClickException(f"no package in {folder}")
    trips = [one for package in packages if (one := _told(package)) is not None]
    try:
        shown = in_a_browser([shown for one in trips for shown in one.shown])
        bars = [*of_trips(trips, shown), *_made_up(runs, notes)]
    except Failed as error:
        raise click.ClickException(str(error)) from None
    setting = page.Setting(
        "python -m benchmarks.adopting FOLDER", runs, False, page.commit(), started, load, {}
    )
    text = page.section(setting, bars, _remarks(trips))
    click.echo(text)
    if not only and notes == _NOTES:
        _RESULTS.write_text(page.with_section(_RESULTS.read_text(encoding="utf-8"), text), encoding="utf-8")


def _told(package: Path) -> Trip | None:
    """What became of a package; its broken promises are told. None where Anki can't import it."""
    with tempfile.TemporaryDirectory(prefix="deckgen-adopting-") as folder:
        try:
            done = trip(package, Path(folder))
        except Refused as error:
            click.echo(f"Anki does not import {error}", err=True)
            return None
    for (cause, example), count in _by_cause(done):
        click.echo(f"{done.name}: {count} × {cause}: {example}", err=True)
    return done


def _by_cause(done: Trip) -> Iterator[tuple[tuple[str, str], int]]:
    counts = Counter(cause for cause, _ in done.faults)
    first: dict[str, str] = {}
    for cause, example in done.faults:
        first.setdefault(cause, example)
    for cause, count in counts.items():
        yield (cause, first[cause]), count


# -- the bars ----------------------------------------------------------------------


def of_trips(trips: Sequence[Trip], browser: tuple[int, int]) -> list[Bar]:
    """The bars of the packages; of a sample a `browser` showed so many alike, of so many."""
    notes = sum(one.notes - one.twice for one in trips)
    marked, stayed = sum(one.marked for one in trips), sum(one.stayed for one in trips)
    packages = f"{len(trips)} packages with {notes:,} notes"
    over = "adopted, built, imported over what was studied: not one row changes"
    alike, compared = browser
    untouched, edited = ([one for one in trips if done(one)] for done in (_is_untouched, _is_edited))
    whole, same = len(trips), sum(one.same for one in trips)
    lost = [one for one in trips if one.lost]
    return [
        Bar(f"{packages}, {over}", _share(len(untouched), whole), "%", 100, "of packages", at_least=True, obstacle=_causes(trips, _is_untouched)),
        Bar(f"{packages}, one word typed: that note is updated, and keeps its history", _share(len(edited), whole), "%", 100, "of packages", at_least=True, obstacle=_causes(trips, _is_edited)),
        Bar(f"{packages}, something is lost that no report tells", sum(len(one.lost) for one in lost), "notes", 0, obstacle=_causes(lost)),
        Bar(f"{marked:,} fields with markup: become Markdown", _share(marked - stayed, marked), "%", 90, "of fields", at_least=True, obstacle=_html(trips)),
        Bar(f"{notes:,} notes, every text rendered by us: look the same", _share(same, notes), "%", 97, "of notes", at_least=True, obstacle=_html(trips)),
        Bar(f"{compared:,} of the fields that are no more the same bytes: a browser shows the same lines", _share(alike, compared), "%", 100, "of fields", at_least=True, obstacle="the comparison does not see it."),
    ]  # fmt: skip


def _is_untouched(done: Trip) -> bool:
    return done.untouched


def _is_edited(done: Trip) -> bool:
    return done.edited


def _causes(trips: Sequence[Trip], is_met: Callable[[Trip], bool] = lambda _: False) -> str:
    """What was broken, in the packages that do not meet a bar."""
    failed = [one for one in trips if not is_met(one)]
    causes = Counter(cause for one in failed for cause in {cause for cause, _ in one.faults})
    return f"in {len(failed)} package{'' if len(failed) == 1 else 's'}: {'; '.join(causes)}."


def _share(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 100.0


def _html(trips: Sequence[Trip]) -> str:
    """Why texts stay HTML, in words."""
    reasons = sum((one.html for one in trips), Counter[str]())
    named = [f"{reason} ({count})" for reason, count in reasons.most_common(_REASONS)]
    return f"what stays HTML counts as not the same. It stays because of: {', '.join(named)}."


def _remarks(trips: Sequence[Trip]) -> list[str]:
    twice = sum(one.twice for one in trips)
    trusted = sum(one.needs_trust for one in trips)
    causes = Counter(cause for one in trips for cause in {cause for cause, _ in one.faults})
    return [
        f"- Guids with several contents, left out on both sides: {twice}. Packages that need `trusted: true`: {trusted}.",
        *(f"- {count} of {len(trips)} packages: {cause}." for cause, count in causes.most_common()),
    ]


# -- in a browser ------------------------------------------------------------------

_FORMULA = re.compile(r"\\\(.*?\\\)|\\\[.*?\\\]", re.DOTALL)
_READ = """([css, html]) => {
  document.querySelector('style').textContent = css; card.innerHTML = html;
  return [card.innerText, [...card.querySelectorAll('img')].map(one => one.getAttribute('src')).join(' '),
          card.querySelectorAll('li').length, card.querySelectorAll('td, th').length].join('\\n');
}"""


def in_a_browser(shown: Sequence[Shown]) -> tuple[int, int]:
    """How many of a sample of fields a browser shows with the same lines of words, and how many there are."""
    from tests.browser import browser

    sample = shown[:: max(1, len(shown) // _SAMPLE)]
    alike = 0
    with browser() as started:
        one = started.new_page()
        one.route("**/*", lambda route: route.abort())
        one.set_content("<!doctype html><style></style><body class=card><div id=card></div>")
        for each in sample:
            before, after = (_lines(one.evaluate(_READ, [each.css, html])) for html in (each.html, each.ours))
            alike += before == after
            if before != after:
                click.echo(f"a browser: {each.html!r} → {each.ours!r}", err=True)
    return alike, len(sample)


def _lines(text: str) -> list[str]:
    """The lines on which there is something. In formulas MathJax sets the blanks."""
    text = _FORMULA.sub(lambda found: "".join(found[0].split()), text)
    return [" ".join(line.split()) for line in text.split("\n") if line.strip()]


# -- a large deck ------------------------------------------------------------------


def _made_up(runs: int, notes: int) -> list[Bar]:
    """What it costs to adopt many notes, a third of their fields with markup, and pictures."""
    pictures = notes * _PICTURES // _NOTES
    with tempfile.TemporaryDirectory(prefix="deckgen-adopting-") as temporary:
        folder = Path(temporary)
        sources.write_package(folder / "large.apkg", notes, pictures, _PICTURE)
        work = folder / "work"

        def prepare() -> None:
            shutil.rmtree(work, ignore_errors=True)
            work.mkdir()

        name = f"{notes:,} notes, a third of the fields with markup, {pictures:,} pictures: `deckgen adopt`"
        costs = in_turn({name: Trial((*DECKGEN, "adopt", "../large.apkg"), work, prepare)}, runs)
        if not list((work / "cards_source").glob("*/deck.lock")):
            raise Failed("adopt wrote no deck")
    cost: Cost = costs[name]
    return [
        Bar(name, cost.cpu, "s", 8, "of the processor"),
        Bar(name, cost.peak / MB, "MB", 300, "at its peak"),
    ]


if __name__ == "__main__":
    main()
