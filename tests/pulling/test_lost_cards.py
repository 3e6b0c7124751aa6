"""An edit that takes a card of a note away comes home, and it is told that the next build will ask about it."""

from __future__ import annotations

import pytest

from tests.conftest import CARDS_YAML, Project
from tests.pulling.test_pull import Ann, cards

pytestmark = pytest.mark.slow
SHIPPED = "Recall beats {{c1::rereading}} and {{c2::highlighting::a marker}}."


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Recall beats {{c1::rereading}} and highlighting.", ["R11"]),
        ("Recall beats {{c1::rereading}} and {{c1::highlighting::a marker}}.", ["R11"]),
        ("Recall beats {{c2::rereading}} and {{c1::highlighting::a marker}}.", ["R12", "R12"]),
        ("Recall {{c3::beats::verb}} {{c1::rereading}} and {{c2::highlighting::a marker}}.", []),
    ],
)
def test_a_cloze_that_was_taken_away_or_renumbered_is_told(
    project: Project, ann: Ann, text: str, codes: list[str]
) -> None:
    project.deck().build()
    ann.get()
    ann.edit("testing", Text=text)
    told = ann.pulled("--dry-run")["findings"]
    assert [(one["code"], one["severity"]) for one in told] == [(code, "warning") for code in codes]
    assert all("`deckgen build --accept testing`" in one["hint"] for one in told)
    ann.pull()
    assert cards(project) == CARDS_YAML.replace(SHIPPED, text)
    outcome = project.run("build")
    assert outcome.exit_code == int(bool(codes)), outcome.stderr
    project.build("--accept", "testing")
    assert ann.get() == (0, 0)
    assert ann.pulled()["files"] == []


def test_what_the_author_lost_before_is_not_told_of_other_edits(project: Project, ann: Ann) -> None:
    project.deck().build()
    ann.get()
    project.edit("{{c2::highlighting::a marker}}", "highlighting")
    ann.edit("spacing", Answer="Recall from fading memory strengthens it most.")
    assert ann.pulled()["findings"] == []
