"""What deckgen repeats of its input is bounded, wherever it repeats something.

One function does it, `finding.short`. Here every word of every file becomes a giant one, and every
argument of every command.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import click
import pytest

from deckgen.commands.main import COMMANDS, main
from deckgen.finding import MOST_SHOWN, Finding, Place, short
from tests.conftest import Project

pytestmark = pytest.mark.no_cover  # giants, as in test_hostile.py

#: Every key of deck.yaml and of a card file.
DECK = """\
deck: memory
title: {en: "Memory", zh: "Other"}
languages: [en, zh]
description: {en: "What", zh: "Which"}
source: {title: "Book", by: "Somebody", date: "2024-05-15", url: "https://example.org", file: text.txt}
speakers: {teacher: {en: "A. Teacher", zh: "T"}}
tags: {basics: "What", time: {en: "When", zh: "Then"}}
glossary: [{en: word, zh: [other, more]}]
lint: {L02: warning, F05: {level: info, limit: [4, 5], en: 7}, L: off}
"""
CARDS = """\
section: {en: "Part", zh: "Teil"}
tags: [basics]
cards:
  - id: spacing
    tags: &mine [time]
    source: {section: "04", find: "spaced"}
    speaker: teacher
    hedged: true
    reverse: true
    typed: true
    after: [testing]
    see: [stages]
    was: before
    retired: {since: "2026-01-31", reason: {en: "Over", zh: "Gone"}}
    lint: {ignore: [L02], why: "So"}
    en: {q: "Why ![it](media.png)?", a: "Because", note: "See [it](https://example.org)"}
    zh: {q: "Why?", a: "Because"}
  - id: testing
    only: [en]
    tags: *mine
    en: {cloze: "Recall beats {{c1::rereading}} and {{c2::marking::hint}}."}
  - id: stages
    en: {q: "Which?", list: {encoding: "A", storage: "B"}}
    zh: {q: "Which?", list: {encoding: "A", storage: "B"}}
"""
GIANTS = {
    "a word": "x" * 9_000,
    "more than a text may have": "x" * 30_000,
    "words": '"' + "Ü x, " * 1_500 + '"',
    "brackets": "[" * 30_000,
    "a tag": "!" + "x" * 30_000 + " x",
    "an anchor": "&" + "x" * 30_000 + " x",
    "an alias": "*" + "x" * 30_000,
    "a comment": "x #" + "x" * 30_000,
    "backslashes": '"' + r"\t" * 4_000 + '"',
    "an escape": '"\\' + "q" * 9_000 + '"',
    "deletions": "'" + "{{c1::x" * 1_000 + "'",
    "a picture": "'![](" + "x" * 4_000 + " ) ![](" + "y" * 4_000 + ")'",
    "an open quote": '"' + "x" * 9_000,
    "a key": "x" * 9_000 + ": x",
}


def test_short_text_stays() -> None:
    assert short("a" * MOST_SHOWN) == "a" * MOST_SHOWN
    assert short("abcdefghij", 5) == "abc…j"


def test_end_of_a_message_stays() -> None:
    found = Finding(Place("x"), "Y02", f"the key `{'x' * 10_000}` stands here twice", "y" * 10_000)
    assert len(found.message) == len(found.hint) == MOST_SHOWN
    assert found.message.endswith("` stands here twice")


def _spoiled(text: str, giant: str) -> Iterator[str]:
    """The text with each of its words replaced by a giant one."""
    for word in re.finditer(r'"[^"]*"|[\w&*][\w-]*', text):
        yield f"{text[: word.start()]}{giant}{text[word.end() :]}"


def _assert_bounded(project: Project) -> int:
    """No finding is longer than one may be; gives how many of them were cut."""
    found = project.all_findings()
    for one in found:
        assert len(one["message"]) <= MOST_SHOWN, one["message"][:200]
        assert len(one["hint"]) <= MOST_SHOWN, one["hint"][:200]
        assert len(one["card"]) <= 64
        assert len(one["lang"]) <= 64
    return sum(MOST_SHOWN in (len(one["message"]), len(one["hint"])) for one in found)


@pytest.mark.slow
@pytest.mark.parametrize("giant", GIANTS)
def test_no_finding_repeats_a_giant(project: Project, giant: str) -> None:
    project.deck(DECK, CARDS)
    cut = 0
    for text in _spoiled(DECK, GIANTS[giant]):
        project.write("memory/deck.yaml", text)
        cut += _assert_bounded(project)
    project.write("memory/deck.yaml", DECK)
    for text in _spoiled(CARDS, GIANTS[giant]):
        project.write("memory/cards.yaml", text)
        cut += _assert_bounded(project)
    assert cut or giant not in ("a word", "words", "a tag", "an anchor", "an alias"), "nothing was repeated"


def test_line_of_a_megabyte(project: Project) -> None:
    for line in ("a: b: " + "x" * 1_000_000, "!" + "x" * 1_000_000 + " x", "q:" + "x" * 1_000_000 + "\n- x"):
        project.deck(cards=f"cards:\n  - id: one\n    {line}\n")
        assert project.all_findings()
        _assert_bounded(project)


def test_names_of_files(project: Project) -> None:
    project.deck()
    name = "x" * 200
    project.write(f"memory/{name}.yml", "x")
    project.write(f"memory/media/{name}.pdf", "x")
    project.write(f"memory/media/{name}.png", "x")
    project.write(f"{name}/more.yaml", "cards: []\n")
    assert project.all_findings()
    _assert_bounded(project)


def test_words_of_a_lock(project: Project) -> None:
    project.deck().build()
    lock = project.lock().read_text(encoding="utf-8")
    for word in re.finditer(r"\S+", lock):
        project.lock().write_text(
            f"{lock[: word.start()]}{'x' * 9_000}{lock[word.end() :]}", encoding="utf-8"
        )
        _assert_bounded(project)


def _lines() -> Iterator[list[str]]:
    """Command lines with a giant in every place."""
    giant = "x" * 20_000
    yield [giant]
    yield [f"--{giant}"]
    context = click.Context(main)
    for name in COMMANDS:
        command = main.get_command(context, name)
        assert command is not None
        if name == "serve":
            continue  # it would go on
        yield [name, giant, giant, giant, giant]
        yield [name, f"--{giant}"]
        # A name of a file that is too long is an error of the system with a text of its own.
        path = "x" * 200
        for option in command.params:
            if isinstance(option, click.Option) and not option.is_flag:
                kind = path if isinstance(option.type, click.Path) else giant
                yield [name, "one", "two", option.opts[0], kind]


@pytest.mark.parametrize("line", list(_lines()), ids=lambda line: " ".join(word[:12] for word in line))
def test_no_command_repeats_a_giant(project: Project, line: list[str]) -> None:
    project.deck()
    outcome = project.run(*line)
    assert outcome.exit_code != 0
    for row in (*outcome.stdout.splitlines(), *outcome.stderr.splitlines()):
        assert len(row) <= 2 * MOST_SHOWN, row[:300]
