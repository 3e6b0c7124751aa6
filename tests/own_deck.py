"""A deck with note types of its own, for tests: countries with three cards, and clozes of verses."""

from __future__ import annotations

from tests.conftest import Project

#: The smallest PNG: one pixel.
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c4944415478da63f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)

DECK = """\
deck: geo
title: "Geography"
tags: [europe]
speakers: {atlas: "The Atlas"}
"""

COUNTRY = """\
fields:
  Country: other
  Flag: other
  Capital: answer
  Remark: note
  Origin: other
note: Remark
source: Origin
templates:
  - {name: "Country - Capital", front: capital.html, back: back.html}
  - {name: "Flag - Country", front: flag.html, back: back.html}
"""
CAPITAL = "<p>{{Country}}</p>{{#Capital}}\n<p>Which capital?</p>{{/Capital}}\n"
FLAG = '{{#Flag}}<div class="flag">{{Flag}}</div><img src="frame.png">{{/Flag}}\n'
BACK = "{{FrontSide}}\n<hr id=answer>\n{{Country}}: {{Capital}} {{Flag}}<small>{{hint:Remark}} {{Origin}}</small>\n"
STYLE = '.card { color: navy; background: url("frame.png") no-repeat; }\n'

VERSE = """\
kind: cloze
sort: Poem
fields: {Text: cloze, Poem: other}
templates: [{name: "Gap", front: front.html, back: back.html}]
"""
GAP = "<i>{{Poem}}</i> {{cloze:Text}}\n"

CARDS = """\
section: "Europe"
cards:
  - id: france
    tags: [europe]
    type: country
    speaker: atlas
    fields:
      Country: "France"
      Flag: "![blue, white and red](france.png)"
      Capital: "**Paris**"
    note: "On the $x^2$ Seine."
  - id: spain
    type: country
    fields: {Country: "Spain", Capital: "Madrid < & {{Country}} [sound:x.mp3]"}
  - id: night
    type: verse
    fields: {Text: "{{c1::Tyger::a beast}}, burning {{c2::bright}}", Poem: "Songs of Experience"}
  - id: plain
    q: "Which is the longest river?"
    a: "The Nile."
"""


def write_geo(project: Project, cards: str = CARDS) -> Project:
    """The deck `geo`, with its note types and pictures."""
    project.write("geo/deck.yaml", DECK)
    project.write("geo/cards.yaml", cards)
    write_type(project, "country", COUNTRY, {"capital.html": CAPITAL, "flag.html": FLAG, "back.html": BACK})
    project.write("geo/note_types/country/style.css", STYLE)
    write_type(project, "verse", VERSE, {"front.html": GAP, "back.html": GAP})
    for name in ("france.png", "frame.png"):
        path = project.write(f"geo/media/{name}", "")
        path.write_bytes(PIXEL)
    return project


def write_type(project: Project, name: str, described: str, sides: dict[str, str], deck: str = "geo") -> None:
    """A note type of a deck."""
    project.write(f"{deck}/note_types/{name}/note_type.yaml", described)
    for file, text in sides.items():
        project.write(f"{deck}/note_types/{name}/{file}", text)
