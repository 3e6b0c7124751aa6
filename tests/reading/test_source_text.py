"""The text of a source, when it is at hand: places are looked up, copies are seen."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Project

TEXT = """\
Lecture 4

 01 Roads
 02 Water

01
Roads

Roman roads were built in layers so that rain\u3000 ran off  to both sides.

02
Water

The channel fell slightly all the way from the spring down to the city and its fountains, baths and mills.

03
Bridges

水渠一路略微下倾，水便靠重力从泉眼流到城里的喷泉、浴场和磨坊。
"""

HEAD = 'deck: rome\ntitle: "Rome"\nsource: {title: "Lecture 4", file: "../../lecture.txt"}\n'


def write(project: Project, *cards: str, text: str | None = TEXT, head: str = HEAD) -> list[dict[str, Any]]:
    if text is not None:
        (project.root / "lecture.txt").write_text(text, encoding="utf-8")
    listed = "".join(f"  - id: card-{number}\n    {card}\n" for number, card in enumerate(cards))
    project.deck(head, f"cards:\n{listed}")
    return [one for one in project.all_findings() if one["code"] in ("M01", "M02", "M12", "A04")]


QA = 'q: "What moved the water in a Roman aqueduct?", a: "Gravity"'


def card(section: str, find: str, texts: str = QA) -> str:
    return (
        f'{{source: {{section: "{section}", find: "{find}"}}, {texts}}}'.replace("{source", "source")[:-1]
        .replace("}, q:", "}\n    q:")
        .replace(", a:", "\n    a:")
    )


@pytest.mark.parametrize(
    ("section", "find"),
    [("01", "rain ran off"), ("02", "fell slight"), ("03", "略微下倾,水")],
)
def test_place_that_is_there(project: Project, section: str, find: str) -> None:
    """Forms of one character, and runs of blanks, are the same."""
    assert write(project, card(section, find)) == []


@pytest.mark.parametrize(
    ("section", "find", "message", "hint"),
    [
        ("01", "fell slight", "“fell slight” is not in section “01” of the source", "it is in section “02”"),
        ("02", "fell steep", "“fell steep” is not in section “02” of the source", "copy it from the source"),
        ("04", "fell", "the source has no section “04”", "correct the section; there are: “01”, “02”, “03”"),
    ],
)  # fmt: skip
def test_place_that_is_not_there(project: Project, section: str, find: str, message: str, hint: str) -> None:
    (finding,) = write(project, card(section, find))
    assert (finding["code"], finding["severity"], finding["message"], finding["hint"]) == (
        "M02",
        "error",
        message,
        hint,
    )


def test_markdown_headings_are_sections(project: Project) -> None:
    text = "# Lecture\n\n## Roads\nlayers\n\n## Water\nfell slightly\n"
    assert write(project, card("Water", "fell"), text=text) == []
    assert [one["code"] for one in write(project, card("Roads", "fell"), text=text)] == ["M02"]


def test_card_without_a_place(project: Project) -> None:
    plain = QA.replace(", a:", "\n    a:")
    (finding,) = write(project, plain)
    assert (finding["code"], finding["severity"]) == ("M01", "error")
    head = HEAD.replace(', file: "../../lecture.txt"', "")
    (finding,) = write(project, card("02", "fell"), plain, head=head)
    assert (finding["code"], finding["severity"], finding["card"]) == ("M01", "warning", "card-1")


def test_deck_whose_source_is_only_a_title_is_left_alone(project: Project) -> None:
    head = HEAD.replace(', file: "../../lecture.txt"', "")
    assert write(project, QA.replace(", a:", "\n    a:"), head=head) == []


def test_text_that_is_not_here_is_one_line_and_no_failure(project: Project) -> None:
    (finding,) = write(project, card("09", "nowhere"), text=None)
    assert (finding["code"], finding["severity"], finding["line"]) == ("M12", "info", 3)
    assert finding["message"] == "the source's text `../../lecture.txt` is not on this machine"
    assert project.run("check", "--select", "M").exit_code == 0


@pytest.mark.parametrize("content", [b"\xff\xfe1", b""])
def test_text_that_is_no_text(project: Project, content: bytes) -> None:
    (project.root / "lecture.txt").write_bytes(content)
    (finding,) = write(project, card("02", "fell"), text=None)
    assert finding["code"] == ("M12" if content else "M02")


COPIED = (
    "The channel fell slightly all the way from the spring down to the city, and its fountains had water."
)


def test_copied_run_is_seen_with_its_place(project: Project) -> None:
    (finding,) = write(project, card("02", "fell") + f'\n    note: "True: {COPIED}"')
    assert (finding["code"], finding["severity"]) == ("A04", "warning")
    assert finding["message"] == "17 words in a row are copied from the source"
    line = (
        project.root.joinpath(finding["path"]).read_text(encoding="utf-8").splitlines()[finding["line"] - 1]
    )
    assert line[finding["column"] - 1 : finding["end_column"] - 1] == COPIED[: COPIED.index(" had")]


def test_short_run_and_names_are_free(project: Project) -> None:
    short = " ".join(COPIED.split()[:11])
    assert write(project, card("02", "fell") + f'\n    note: "{short} x."') == []
    long = " ".join(COPIED.split()[:13])
    assert len(write(project, card("02", "fell") + f'\n    note: "{long} x."')) == 1
    glossary = HEAD + 'glossary: ["channel fell slightly"]\n'
    assert write(project, card("02", "fell") + f'\n    note: "{long} x."', head=glossary) == []


def test_chinese_is_counted_in_characters(project: Project) -> None:
    run = "水渠一路略微下倾，水便靠重力从泉眼流到城里的喷泉、浴场"
    texts = f'q: "罗马的水靠什么流动？"\n    a: "{run[:12]}"\n    note: "{{}}"'
    place = 'source: {section: "03", find: "重力"}\n    '
    assert write(project, place + texts.format(run[:16])) == []
    (finding,) = write(project, place + texts.format(run[:18]))
    assert (finding["severity"], finding["message"]) == (
        "warning",
        "17 characters in a row are copied from the source",
    )
    (finding,) = write(project, place + texts.format(run[:26]))
    assert (finding["severity"], finding["message"]) == (
        "error",
        "24 characters in a row are copied from the source",
    )


def test_statistics_show_how_much_of_the_source_is_covered(project: Project) -> None:
    write(project, card("02", "fell"), card("02", "spring"), card("01", "layers"))
    shown = project.run("check", "--statistics").stdout
    assert "source of rome: 2 of 3 sections have cards\n      1  01\n      2  02\n      0  03\n" in shown


def test_two_names_of_one_section_are_both_right(project: Project) -> None:
    text = "# 4 Storage\n\nIn a dry place.\n\n# 5 Use\n\nWithin a year.\n"
    assert (
        write(project, card("4 Storage", "dry place"), card("4", "dry"), card("5", "year"), text=text) == []
    )
    assert (
        "2 of 2 sections have cards\n      2  4 Storage\n      1  5 Use\n"
        in project.run("check", "--statistics").stdout
    )


def test_sections_are_counted_before_the_first_card_names_one(project: Project) -> None:
    write(project, QA.replace(", a:", "\n    a:"))
    assert "source of rome: 0 of 3 sections have cards" in project.run("check", "--statistics").stdout


def test_sections_nest_repeat_and_pass_over_code(project: Project) -> None:
    text = (
        "# Chapter 1\n## Part 1\nalpha text\n## Summary\nfirst\n# Chapter 2\n```sh\n# Install\nrun it\n```\n"
        "## Summary\nbeta text\n"
    )
    cards = [
        ("Chapter 1", "alpha text"),
        ("Part 1", "alpha"),
        ("Summary", "beta text"),
        ("Chapter 2", "run it"),
    ]
    assert write(project, *(card(section, find) for section, find in cards), text=text) == []
    assert [one["code"] for one in write(project, card("Part 1", "first"), text=text)] == ["M02"]


def test_ignored_run_is_no_idle_silence_where_the_text_is_not(project: Project) -> None:
    quoted = card("02", "fell") + f'\n    note: "{COPIED}"\n    lint: {{ignore: [A04], why: "A quotation."}}'
    for text in (TEXT, None):
        (project.root / "lecture.txt").unlink(missing_ok=True)
        write(project, quoted, text=text)
        assert {"A04", "K18"} & set(project.all_codes()) == set()
