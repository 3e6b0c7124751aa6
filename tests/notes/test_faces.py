"""Which cards a note has, and what they show, beside the real Anki: random templates with random fields."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from html.entities import html5
from typing import Any

import pytest
from anki.card_rendering_pb2 import StripHtmlRequest
from anki.collection import Collection
from anki.decks import DeckId
from anki.errors import CardTypeError, TemplateError
from anki.models import NotetypeId
from anki.template import TemplateRenderContext, apply_custom_filters
from hypothesis import given, settings
from hypothesis import strategies as st

from deckgen.deck import OwnField, OwnType
from deckgen.finding import Place
from deckgen.kinds import Role
from deckgen.notes import deletions, faces, filters, own_types
from deckgen.notes.faces import Sides
from deckgen.notes.note_types import Field, NoteType, Template
from deckgen.notes.template import MAX_DEPTH, SPECIAL, Fault, faults, parse
from deckgen.written import File, Text

pytestmark = pytest.mark.slow

FIELDS = ("A", "B", "Long name", "漢字")

#: Parts of fields: what is empty, what is a deletion, and what filters change.
IN_FIELDS = [
    "", " ", "\n", "\xa0", "<br>", "<BR />", "<div></div>", "</br >", "x", "<b>y</b>", "a &amp; b", "&nbsp;", "&bogus;", "& ", "&#x41;", "&#65;",
    "&hellip;", "&apos;", "<script>1</script>", "<style a>b</style>", "<!-- c -->", "\"'<>&é漢\n`", "{{c1::one}}", "{{c2::two::hint}}", "{{c1::", "{{c2::",
    "{{c3::", "}}", "}", "{", "::", "{{c1,2::m}}", "{{c1,,3,1::m}}", "{{c,::n}}", "{{c0::n}}", "{{c1::a {{c2::b::h}} c}}", "{{c1::a {{c1::b}}}}", "{{c01::z}}",
    "{{c70000::z}}", "{{c499::z}}", "{{c501::z}}", "{{c1::one}}", "{{c1::x<br>'y'&amp;}}", "\\(", "\\)", "\\[x<sup>{{c1::2}}</sup>\\]", "日本[にほん]",
    " 漢字[かん::じ]", "a[sound:x.mp3]", ">a[b]", "[sound:y.mp3]", "{{A}}", "{{c1::image-occlusion:rect:left=.1:top=0:width=0:height=.2:oi=1}}",
    "{{c2::image-occlusion:ellipse:rx=.1:ry=:fill=#fff:angle=5}}", "{{c0::image-occlusion:polygon:points=.1,.2 .3 .4,.5}}",
    "{{c1::image-occlusion:text:text=\\:a\\\\b é:scale=1:fs=.1:nothing=1}}", "{{c1::image-occlusion:star:left=}}", "{{c1::image-occlusion:}}",
]  # fmt: skip
FILTERS = [
    "text", "hint", "type", "cloze", "cloze-only", "furigana", "kana", "kanji", "nc", "tts en_US voices=A", "strange", "", "type-cloze", "type-nc", " text",
]  # fmt: skip
#: Parts of templates that Anki takes, and those that mostly make it show an error.
TEXTS = [
    "x", " ", "<hr id=answer>", "é", "}}", "{", "}", "-->", "<!-- {{A}} -->", "<!-- {{#A}} -->", "<%", "%>", "<%A%>", "{{{A}}}", "{{\n A\t}}", "{{\u2003A}}",
    "{{FrontSide}}", "{{text:FrontSide}}", "{{#c1}}x{{/c1}}", "{{^c+2}}x{{/c+2}}", "{{# A }}x{{/A}}", "{{#A}}x{{/ A}}", "{{hint:}}", "{{A}}", "{{cloze:A}}",
    *("{{" + name + "}}" for name in (*SPECIAL, *FIELDS)),
]  # fmt: skip
FAULTY = [
    "{{", "<!--", "{{!A}}", "{{! note }}", "{{}}", "{{ }}", "{{#}}", "{{/A}}", "{{#A}}", "{{^B}}", "{{X}}", "{{a}}", "{{\x1cA}}", "{{c1}}", "{{c2}}",
    "{{#FrontSide}}x{{/FrontSide}}", "{{#c}}x{{/c}}", "{{#A}}x{{/B}}", "{{#A}}{{#B}}x{{/A}}{{/B}}", "{{#text:A}}x{{/text:A}}",
]  # fmt: skip

fields = st.tuples(*[st.lists(st.sampled_from(IN_FIELDS), max_size=5).map("".join)] * len(FIELDS))
_name = st.sampled_from([*FIELDS, *FIELDS, *FIELDS, *SPECIAL, "c1"])
_replaced = st.tuples(st.lists(st.sampled_from(FILTERS), max_size=3), st.sampled_from(FIELDS)).map(
    lambda parts: "{{" + ":".join((*parts[0], parts[1])) + "}}"
)
_shown = st.one_of(_replaced, _replaced, st.sampled_from(TEXTS))
_sections = st.recursive(
    st.lists(_shown, max_size=4).map("".join),
    lambda inner: st.lists(
        st.one_of(
            _shown,
            st.tuples(st.sampled_from("#^"), _name, inner).map(
                lambda parts: "{{" + parts[0] + parts[1] + "}}" + parts[2] + "{{/" + parts[1] + "}}"
            ),
        ),
        max_size=4,
    ).map("".join),
    max_leaves=6,
)
_others = _sections.map(lambda text: " {{=<% %>=}}" + text.replace("{{", "<%").replace("}}", "%>"))
_faulty = st.tuples(_sections, st.sampled_from(FAULTY), _sections).map("".join)
_any = st.sampled_from([_sections] * 8 + [_others, _faulty]).flatmap(lambda one: one)


def _with_deletions(sides: list[tuple[str, str]]) -> tuple[bool, list[tuple[str, str]]]:
    return True, [(f"{front}{{{{cloze:A}}}}", f"{back}{{{{cloze:A}}}}") for front, back in sides]


_sides = st.lists(st.tuples(_any, _any), min_size=1, max_size=2)
#: Whether a note type is a cloze one, and the sides of its templates.
note_types = st.one_of(
    _sides.map(lambda sides: (False, sides)),
    _sides.map(_with_deletions),
    _sides.map(lambda sides: (True, sides)),
)


class Oracle:
    """An Anki with a standard note type and a cloze one, which have the same fields."""

    def __init__(self, col: Collection) -> None:
        self.col = col
        self.types = {
            is_cloze: self._add(is_cloze, "base", [("{{cloze:A}}", "{{cloze:A}}")])
            for is_cloze in (False, True)
        }

    def _add(self, is_cloze: bool, name: str, sides: Sequence[tuple[str, str]]) -> dict[str, Any]:
        """Raises CardTypeError for templates that Anki does not take."""
        made = self.col.models.new(f"{name}{is_cloze}")
        made["type"] = int(is_cloze)
        for field in FIELDS:
            self.col.models.add_field(made, self.col.models.new_field(field))
        for number, (front, back) in enumerate(sides):
            template = self.col.models.new_template(f"T{number}")
            template["qfmt"], template["afmt"] = front, back
            self.col.models.add_template(made, template)
        found = self.col.models.get(NotetypeId(self.col.models.add_dict(made).id))
        assert found is not None
        return found

    def _note(self, note_type: dict[str, Any], values: Sequence[str], tags: list[str]) -> Any:
        note = self.col.new_note(note_type)
        note.fields, note.tags = list(values), tags
        return note

    def sides(
        self, ours: NoteType, values: Sequence[str], ordinal: int, tags: list[str]
    ) -> tuple[str, str] | None:
        """Both sides of a card as Anki shows them, but sounds and typing; nothing when it shows an error."""
        base, template = self.types[ours.is_cloze], ours.template(ordinal)
        made = {
            **base["tmpls"][0],
            "name": template.name,
            "qfmt": template.front,
            "afmt": template.back,
            "ord": None,
        }
        note = self._note(base, values, tags)
        card = note.ephemeral_card(ordinal, custom_note_type=base, custom_template=made)
        context = TemplateRenderContext.from_card_layout(note, card, base, made, fill_empty=False)
        try:
            partly = context._partially_render()
        except TemplateError:
            return None
        front = apply_custom_filters(partly.qnodes, context, front_side=None)
        back = apply_custom_filters(partly.anodes, context, front_side=front)
        return None if "docs.ankiweb.net/templates/errors.html#" in front else (front, back)

    def cards(self, ours: NoteType, values: Sequence[str], tags: list[str]) -> set[int] | None:
        """The cards that Anki makes of a new note; nothing when it does not take the note type."""
        try:
            made = self._add(ours.is_cloze, "other", [(one.front, one.back) for one in ours.templates])
        except CardTypeError:
            return None
        try:
            note = self._note(made, values, tags)
            self.col.add_note(note, DeckId(1))
            return {card.ord for card in note.cards()}
        finally:
            self.col.models.remove(made["id"])


@pytest.fixture(scope="module")
def oracle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Oracle]:
    col = Collection(str(tmp_path_factory.mktemp("oracle") / "collection.anki2"))
    yield Oracle(col)
    col.close()


def made(is_cloze: bool, *sides: tuple[str, str]) -> NoteType:
    return NoteType(
        role="made",
        number=1,
        name=f"base{is_cloze}",
        is_cloze=is_cloze,
        fields=tuple(Field(name, 1) for name in FIELDS),
        templates=tuple(Template(f"T{number}", number, *side) for number, side in enumerate(sides)),
        css="",
    )


def named(html: str) -> str:
    """HTML without the ids of hints, which Anki makes of another hash."""
    return re.sub(r"hint[0-9a-f]{16}", "hint", html)


def compare(oracle: Oracle, note_type: NoteType, values: Sequence[str], tags: list[str]) -> None:
    found = faces.cards(note_type, values, tags)
    theirs = oracle.cards(note_type, values, tags)
    # Of a note that shows nothing Anki makes the first card all the same.
    assert theirs is None or theirs == set(found or [0])
    special = {"Tags": " ".join(tags), "Deck": "(Deck)", "Subdeck": "(Deck)", "CardID": "0"}
    for ordinal in (*range(2 if note_type.is_cloze else len(note_type.templates)), *found):
        sides = faces.sides(note_type, values, ordinal, special)
        shown = oracle.sides(note_type, values, ordinal, tags)
        if shown is None or isinstance(sides, Fault):
            assert (shown is None) == isinstance(sides, Fault), (ordinal, sides, shown)
        else:
            assert tuple(map(named, (sides.front, sides.back))) == tuple(map(named, shown)), ordinal


@given(note_type=note_types, values=fields, tags=st.sampled_from([[], ["a", "b::c"]]))
@settings(max_examples=300)
def test_random_templates_are_as_in_anki(
    oracle: Oracle, note_type: tuple[bool, list[tuple[str, str]]], values: tuple[str, ...], tags: list[str]
) -> None:
    is_cloze, sides = note_type
    compare(oracle, made(is_cloze, *sides), values, tags)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ("a {{#A}}b{{^B}}{{A}}{{/B}}{{/A}} {{text:B}} {{Tags}} {{FrontSide}} {{hint:}} {{#c2}}{{/c2}}", []),
        ("x {{/A}}", [(2, "`{{/A}}` closes a section that was not opened")]),
        ("x {{# A }}y {{^B}}", [(12, "`{{^B}}` has no `{{/B}}`")]),
        ("{{#A}}{{#B}}x{{/A}}{{/B}}", [(13, "`{{/A}}` stands where `{{/B}}` must come first")]),
        ("漢 {{Z}}\n{{#Y}}{{text:hint:X}}{{/Y}} <!-- {{W}} -->", [
            (2, "`{{Z}}` names no field"), (8, "`{{#Y}}` names no field"), (14, "`{{text:hint:X}}` names no field"),
        ]),
        ("{{=<% %>=}} <%A%> <%Z%> {{Y}}", [(18, "`{{Z}}` names no field")]),
        ("{{#A}}" * (MAX_DEPTH + 1), [(6 * MAX_DEPTH, f"`{{{{#A}}}}` lies in more than {MAX_DEPTH} other sections")]),
    ],
)  # fmt: skip
def test_faults_of_a_template_say_where_they_are(text: str, found: list[tuple[int, str]]) -> None:
    assert [(fault.at, fault.message) for fault in faults(text, {*FIELDS, *SPECIAL})] == found


def test_deepest_sections_are_as_in_anki(oracle: Oracle) -> None:
    front = "{{#A}}" * MAX_DEPTH + "{{A}}" + "{{/A}}" * MAX_DEPTH
    compare(oracle, made(False, (front, front)), ("x", "", "", ""), [])


@pytest.mark.parametrize("text", ["{{", "<!--", "{{#A}}", "<%", "{{<!--", "}}-->"])
def test_long_template_is_read_once(text: str) -> None:
    """Marks without their other ones are not looked for again and again; seconds of a processor."""
    before = time.process_time()
    parse(text * 200_000)
    parse("{{=<% %>=}}" + text * 200_000)
    assert time.process_time() - before < 10


@pytest.mark.parametrize("text", ["{{c1::", "{{c1::a}}", "}}", "::", "{{c1", "{{c" + "9" * 5000 + "::"])
@pytest.mark.no_cover  # giants, as in test_hostile.py
def test_field_of_many_marks_is_read_once(text: str) -> None:
    before = time.process_time()
    deletions.clozed(text * (1_000_000 // len(text)), 1, answer=False)
    assert time.process_time() - before < 10


def test_characters_with_names_are_as_in_anki(oracle: Oracle) -> None:
    names = [f"&{name}" for name in html5] + [
        f"&#{code};" for code in ("x41", "X41", "65", "x110000", "xD800", "0", "")
    ]
    for text in (
        *names,
        "a & b &amp;",
        "&lt;&amp;",
        "&amp;lt;",
        "&&amp;",
        "<style>a</style>b<STYLE c>d</style>",
    ):
        theirs = oracle.col._backend.strip_html(text=text, mode=StripHtmlRequest.NORMAL)
        assert filters.strip_html(text) == theirs, text


def test_needed_fields_of_a_template_that_cannot_be_read() -> None:
    assert faces.needs(made(False, ("{{#A}}", ""))) == [(0, "none", [])]
    assert faces.cards(made(False, ("{{#A}}", ""), ("{{B}}", "")), ("a", "b", "", "")) == (1,)


def test_what_is_to_be_typed_into_any_card() -> None:
    values = ("{{c1::a <b>{{c2::x}}</b>}} {{c1::c}} {{c2::x}}", "b &amp; c", "", "")
    for front, ordinal, typed in (
        ("{{type:cloze:A}}", 0, "a x, c"),
        ("{{type:cloze:A}}", 1, "x"),
        ("{{type:nc:B}}", 0, "b & c"),
        ("{{type:B}}", 0, "b & c"),
        ("{{A}}", 0, ""),
        ("[[type:Nothing]] {{A}}", 0, ""),
    ):
        sides = faces.sides(made(True, (front + "{{cloze:A}}", "")), values, ordinal)
        assert isinstance(sides, Sides)
        assert sides.typed == typed


@given(front=_sections, filled=fields)
def test_banner_of_a_retired_card_makes_no_card(front: str, filled: Sequence[str]) -> None:
    """Whatever the front shows: the cards are those that it has without the banner."""
    own = OwnType(
        "own",
        Place("x"),
        False,
        tuple(OwnField(Text(name, File("x")), Role.OTHER) for name in FIELDS),
        "A",
        (),
    )
    shown = own_types._with_banner(front, "<p>{{Status}}</p>", own)
    names = tuple(Field(name, 0) for name in (*FIELDS, "Status"))
    plain, marked = (
        NoteType("own", 0, "own", False, names, (Template("one", 0, side, ""),), "")
        for side in (front, shown)
    )
    assert faces.cards(plain, [*filled, ""]) == faces.cards(marked, [*filled, "Over"])


@given(
    st.lists(
        st.sampled_from(["a", "b", " ", ">", "[", "]", "[", "]", "\n", "sound:", "&nbsp;"]), max_size=14
    ).map("".join)
)
def test_readings_are_found_as_by_the_pattern_of_anki(html: str) -> None:
    def theirs(found: re.Match[str]) -> str:
        return found[0] if found[2].startswith("sound:") else found[2]

    read = re.sub(r" ?([^ >]+?)\[(.+?)\]", theirs, html.replace("&nbsp;", " "))
    assert filters.apply(["kana"], html, "A", 0, answer=True) == read


@pytest.mark.parametrize("piece", ["x", "[", "a[", "a[b]", "] [", "a\n[", "[x", "<b>["])
def test_readings_are_read_once(piece: str) -> None:
    """Words that are no reading are not looked at again for each of their characters; seconds of a processor."""
    text = piece * (200_000 // len(piece))
    before = time.process_time()
    filters.apply(["furigana"], text, "A", 0, answer=True)
    assert time.process_time() - before < 10
