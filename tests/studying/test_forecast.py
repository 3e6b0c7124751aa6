"""What a deck costs a learner: the command as typed, the numbers, and the real Anki beside them."""

from __future__ import annotations

import json
import math
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import fsrs_rs_python as fsrs
import pytest
from anki.scheduler_pb2 import SimulateFsrsReviewRequest
from hypothesis import given
from hypothesis import strategies as st

from deckgen.showing.forecast import as_json, text
from deckgen.studying import forecast as forecasts
from deckgen.studying.forecast import Band, Forecast, band, forecast, peak_week, sweep
from tests.conftest import BILINGUAL_CARDS, BILINGUAL_YAML, Project
from tests.real_anki import Learner

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
AS_MANY_AGAIN = """\
cards:
  - id: another
    q: "Which deck is this?"
    list: {one: "One", two: "Two", three: "Three", four: "Four", five: "Five", six: "Six", seven: "Seven"}
"""


def _json(project: Project, *arguments: str) -> Any:
    outcome = project.run("forecast", "--format", "json", *arguments)
    assert (outcome.exit_code, outcome.stderr) == (0, "")
    return json.loads(outcome.stdout)


# -- the command -------------------------------------------------------------------


def test_it_counts_the_cards_that_a_build_counts(project: Project) -> None:
    project.deck()
    assert project.build().stdout == "output/memory.apkg  3 notes, 6 cards: 3 new\n"
    (package,) = _json(project, "--new-per-day", "4")["packages"]
    assert (package["path"], package["lang"]) == ("output/memory.apkg", "")
    assert package["forecast"]["cards"] == 6
    assert package["forecast"]["new"][:4] == [4, 2, 0, 0]
    assert package["forecast"]["seen"] == {"low": 2, "middle": 2, "high": 2}


def test_json_has_the_keys_that_the_document_names(project: Project) -> None:
    document = (ROOT / "docs/study.md").read_text(encoding="utf-8")
    found = _json(project.deck(), "--days", "8")
    names: set[str] = set()

    def walk(value: Any) -> None:
        for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            walk(inner)
        if isinstance(value, dict):
            names.update(value)

    walk(found)
    assert {name for name in names if f"`{name}`" not in document} == set()
    made = found["packages"][0]["forecast"]
    assert [len(made[name]) for name in ("minutes", "reviews", "new")] == [8, 8, 8]
    assert [(one["first"], one["last"]) for one in made["periods"]] == [(1, 7), (8, 8)]


def test_the_assumptions_are_those_of_the_library(project: Project) -> None:
    assumed = _json(project.deck(), "--days", "1")["assumptions"]
    config = fsrs.default_simulator_config()
    assert assumed["parameters"] == pytest.approx(fsrs.DEFAULT_PARAMETERS)
    costs = zip(assumed["seconds"].values(), config.state_rating_costs, strict=True)
    assert all(shown == pytest.approx(cost) for shown, cost in costs)
    assert assumed["first_ratings"] == pytest.approx(config.first_rating_prob)
    assert assumed["recalled"] == pytest.approx(config.review_rating_prob)


def test_the_same_command_gives_the_same_output(project: Project) -> None:
    project.deck()
    assert _json(project) == _json(project)


def test_nothing_is_written(project: Project) -> None:
    before = project.deck().files()
    assert project.run("forecast").exit_code == 0
    assert project.files() == before


def test_packages_with_as_many_cards_are_shown_once(project: Project) -> None:
    project.deck(BILINGUAL_YAML, BILINGUAL_CARDS)
    shown = project.run("forecast").stdout
    assert shown.startswith("output/memory.en.apkg: 3 cards, 10 new a day, 90 % to be recalled, 365 days\n")
    assert "\noutput/memory.zh.apkg: has as many cards as output/memory.en.apkg, so takes the same\n" in shown
    assert shown.count("minutes a day  ") == 1
    both = _json(project)["packages"]
    assert both[0]["forecast"] == both[1]["forecast"]
    assert [one["lang"] for one in _json(project, "--lang", "zh")["packages"]] == ["zh"]


def test_the_setting_that_was_asked_for_is_marked_and_agrees(project: Project) -> None:
    project.deck()
    shown = project.run("forecast", "--new-per-day", "7", "--retention", "0.875").stdout
    assert shown.count("[") == 1
    assert "87.5 %" in shown
    (package,) = _json(project, "--new-per-day", "7", "--retention", "0.875")["packages"]
    assert len(package["settings"]) == 25
    (asked,) = [one for one in package["settings"] if (one["new_per_day"], one["retention"]) == (7, 0.875)]
    assert asked["peak"] == package["forecast"]["peak"]["middle"]
    assert asked["hours"] == package["forecast"]["hours"]["middle"]


def test_a_budget_fails_only_above_it(project: Project) -> None:
    project.deck()
    (package,) = _json(project)["packages"]
    peak = package["forecast"]["peak"]["middle"]
    assert project.run("forecast", "--max-minutes", str(peak + 0.001)).exit_code == 0
    outcome = project.run("forecast", "--max-minutes", str(peak - 0.001))
    assert outcome.exit_code == 1
    assert outcome.stderr == (
        f"output/memory.apkg: {peak:.1f} minutes a day in the worst 7 days, more than {peak - 0.001:g}\n"
    )
    assert outcome.stdout == project.run("forecast").stdout


def test_a_budget_holds_for_every_package(project: Project) -> None:
    project.deck()
    small = _json(project)["packages"][0]["forecast"]["peak"]["middle"]
    project.write("zoo/deck.yaml", 'deck: zoo\ntitle: "Zoo"\n')
    project.write("zoo/cards.yaml", AS_MANY_AGAIN)
    outcome = project.run("forecast", "--max-minutes", str(small + 0.001))
    assert outcome.exit_code == 1
    assert outcome.stderr.startswith("output/zoo.apkg: ")
    assert project.run("forecast", "memory", "--max-minutes", str(small + 0.001)).exit_code == 0


@pytest.mark.parametrize(
    ("option", "value", "allowed"),
    [
        ("--retention", "2", "0.7<=x<=0.99"),
        ("--retention", "0.69", "0.7<=x<=0.99"),
        ("--retention", "nan", "finite"),
        ("--new-per-day", "0", "1<=x<=9999"),
        ("--new-per-day", "2.5", "not a valid integer"),
        ("--days", "0", "1<=x<=3650"),
        ("--days", "3651", "1<=x<=3650"),
        ("--max-minutes", "-1", "x>=0"),
        ("--max-minutes", "nan", "finite"),
        ("--max-minutes", "inf", "finite"),
    ],
)
def test_bad_values_are_refused_with_what_is_allowed(
    project: Project, option: str, value: str, allowed: str
) -> None:
    outcome = project.deck().run("forecast", option, value)
    assert (outcome.exit_code, outcome.stdout) == (2, "")
    assert option in outcome.stderr
    assert allowed in outcome.stderr


def test_errors_of_the_source_are_shown_as_a_build_shows_them(project: Project) -> None:
    project.deck()
    project.edit("tags: [time]", "tags: [tiem]")
    outcome = project.run("forecast")
    assert (outcome.exit_code, outcome.stdout) == (1, "")
    assert "cards_source/memory/cards.yaml:8:12: M09 the tag `tiem` is not in deck.yaml" in outcome.stderr
    assert project.run("forecast", "french").exit_code == 2


def test_retired_cards_cost_nothing(project: Project) -> None:
    project.deck().build()
    for card in ("spacing", "testing"):
        assert project.run("retire", card, "--reason", "wrong").exit_code == 0
    assert _json(project)["packages"][0]["forecast"]["cards"] == 3
    assert project.run("retire", "stages", "--reason", "wrong").exit_code == 0
    assert project.run("forecast", "--max-minutes", "0").stdout == "output/memory.apkg: no cards to study\n"
    assert _json(project)["packages"] == [
        {"path": "output/memory.apkg", "lang": "", "forecast": None, "settings": []}
    ]


def test_without_the_library_it_tells_how_to_get_it(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.deck()
    monkeypatch.delitem(sys.modules, "deckgen.studying.forecast")
    monkeypatch.setitem(sys.modules, "fsrs_rs_python", None)
    outcome = project.run("forecast")
    assert (outcome.exit_code, outcome.stdout) == (2, "")
    assert outcome.stderr == "forecast needs more libraries: `pip install '.[study]'` in a clone of deckgen\n"


# -- the numbers -------------------------------------------------------------------


def _all_bands(made: Forecast) -> list[Band]:
    periods = [figure for one in made.periods for figure in (one.minutes, one.reviews)]
    days = [one for one in (made.seen, made.mature) if one is not None]
    return [*made.minutes, *made.reviews, *periods, *days, made.peak, made.hours]


@given(st.integers(1, 30), st.integers(1, 12), st.floats(0.7, 0.99), st.integers(1, 40))
def test_any_setting_gives_a_whole_forecast(cards: int, new: int, retention: float, days: int) -> None:
    made = forecast(cards, new, retention, days)
    assert all(0 <= one.low <= one.middle <= one.high for one in _all_bands(made))
    assert len(made.minutes) == len(made.reviews) == len(made.new) == days
    assert sum(made.new) == min(cards, new * days)
    assert (made.seen is None) == (new * days < cards)
    assert made.periods[-1].last == days
    shown = text(
        [forecasts.Outlook("memory.apkg", "", "Memory", made, tuple(sweep(made)))], forecasts.assumptions()
    )
    assert max(map(len, shown.splitlines())) <= 100


def test_to_recall_more_costs_more_and_to_begin_faster_costs_more_a_day() -> None:
    hours = [forecast(190, retention=share).hours.middle for share in forecasts.RETENTIONS]
    peaks = [forecast(190, new).peak.middle for new in forecasts.NEW_PER_DAY]
    assert hours == sorted(set(hours))
    assert peaks == sorted(set(peaks))


def test_no_day_is_cut_short() -> None:
    """The library would stop a day after 30 minutes, and begin fewer new cards."""
    made = forecast(400, 100, days=14)
    assert made.peak.low > fsrs.default_simulator_config().max_cost_perday / 60
    assert made.new == (100, 100, 100, 100, *[0] * 10)


@pytest.mark.parametrize(("retention", "seed"), [(0.8, 0), (0.9, 1), (0.9, 2), (0.95, 3), (0.97, 4)])
def test_mature_is_the_first_such_week(retention: float, seed: int) -> None:
    """Against a look at the end of every week."""

    def share(day: int) -> float:
        cards = forecasts._simulate(60, 5, retention, day, seed).cards
        return sum(card.interval >= 21 for card in cards) / 60

    first = next((day for day in range(7, 365, 7) if share(day) >= 0.9), math.inf)
    assert forecasts._matured(60, 5, retention, 364, seed) == first


def test_what_most_do_not_reach_is_not_told() -> None:
    made = forecast(100, 1, days=60)
    assert (made.seen, made.mature) == (None, None)
    shown = text(
        [forecasts.Outlook("slow.apkg", "", "Slow", made, tuple(sweep(made)))], forecasts.assumptions()
    )
    assert "all cards seen    not within 60 days\n" in shown
    assert "90 % mature       not within 60 days\n" in shown


def test_a_range_may_end_beyond_the_days_looked_at() -> None:
    made = replace(forecast(3, days=30), mature=Band(14, 21, math.inf))
    outlook = forecasts.Outlook("memory.apkg", "", "Memory", made, tuple(sweep(made)))
    assert "90 % mature       day 21 (14 to after 30)\n" in text([outlook], forecasts.assumptions())
    found = json.loads(as_json([outlook], forecasts.assumptions()))["packages"][0]["forecast"]
    assert found["mature"] == {"low": 14, "middle": 21, "high": None}


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=60))
def test_a_band_is_made_of_what_was_found(values: list[float]) -> None:
    found = band(values)
    assert {found.low, found.middle, found.high} <= set(values)
    for figure, tenths in ((found.low, 1), (found.middle, 5), (found.high, 9)):
        assert 10 * sum(value <= figure for value in values) >= tenths * len(values)
        assert 10 * sum(value < figure for value in values) < tenths * len(values)


@given(st.lists(st.integers(0, 100), min_size=1, max_size=30))
def test_the_worst_week_is_none_better_than_any_other(minutes: list[int]) -> None:
    weeks = [minutes[first : first + 7] for first in range(max(1, len(minutes) - 6))]
    assert peak_week(minutes) == max(sum(week) / len(week) for week in weeks)


# -- the real Anki -----------------------------------------------------------------


@pytest.mark.parametrize(("more", "retention"), [(0, 0.8), (0, 0.9), (0, 0.95), (1845, 0.9)])
def test_ankis_own_simulator_lies_among_our_learners(learner: Learner, more: int, retention: float) -> None:
    """Anki simulates one learner of the deck and of `more` new cards, with its load balancer."""
    learner.import_package(ROOT / "output/schulman-interview.en.apkg")
    cards = len(learner.col.find_cards("")) + more
    found = learner.col._backend.simulate_fsrs_review(
        SimulateFsrsReviewRequest(
            params=fsrs.DEFAULT_PARAMETERS,
            desired_retention=retention,
            deck_size=more,
            days_to_simulate=365,
            new_limit=10,
            review_limit=9999,
            max_interval=36500,
            new_cards_ignore_review_limit=True,
            easy_days_percentages=[1.0] * 7,
            learning_step_count=2,
            relearning_step_count=1,
        )
    )
    minutes = [seconds / 60 for seconds in found.daily_time_cost]
    ours = [forecasts._study(cards, 10, retention, 365, seed) for seed in range(100)]
    assert list(found.daily_new_count) == ours[0].new
    for theirs, figures in (
        (sum(found.daily_review_count), [sum(one.reviews) for one in ours]),
        (sum(minutes), [sum(one.minutes) for one in ours]),
        (peak_week(minutes), [peak_week(one.minutes) for one in ours]),
    ):
        assert min(figures) <= theirs <= max(figures)


@pytest.mark.parametrize("retention", [0.7, 0.99])
def test_anki_takes_the_settings_that_the_command_takes(learner: Learner, retention: float) -> None:
    options = learner.col.decks.get_config(1)  # type: ignore[arg-type]  # the id of Anki's default options
    assert options is not None
    for new in (1, 9999):
        options["desiredRetention"], options["new"]["perDay"] = retention, new
        learner.col.decks.update_config(options)
        kept = learner.col.decks.get_config(1)  # type: ignore[arg-type]  # the same
        assert kept is not None
        assert (kept["desiredRetention"], kept["new"]["perDay"]) == (pytest.approx(retention), new)


def test_plot_writes_the_load_of_each_package(project: Project) -> None:
    project.deck(BILINGUAL_YAML, BILINGUAL_CARDS)
    names = ["output/memory.en.load.svg", "output/memory.zh.load.svg"]
    assert project.run("forecast", "--plot").stdout.splitlines()[-2:] == names
    first = [(project.root / name).read_bytes() for name in names]
    assert "3 cards, 10 new a day" in first[0].decode()
    outcome = project.run("forecast", "--plot", "--format", "json")
    assert outcome.stderr.splitlines() == names
    assert json.loads(outcome.stdout)["packages"]
    assert [(project.root / name).read_bytes() for name in names] == first
