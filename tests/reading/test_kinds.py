"""A kind of card is whole: its facts, its content, and every place that tells kinds apart."""

from __future__ import annotations

import ast
import json
from dataclasses import fields, replace
from pathlib import Path
from typing import get_args

import pytest

import deckgen
from deckgen import kinds
from deckgen.deck import Card, Deck, OwnField, OwnTemplate, OwnType, Sheet
from deckgen.kinds import Content, Kind, Occlusion, OwnFields, Role, parts
from deckgen.lock.translation import says
from deckgen.markup.asked import asked
from deckgen.notes.render import Known, render_deck
from deckgen.written import File, Text
from tests.conftest import Project
from tests.own_deck import PIXEL

PACKAGE = Path(deckgen.__file__).parent
CONTENTS = get_args(Content)
TOLD_APART = {content.__name__ for content in CONTENTS} | {"Kind"}


def test_each_kind_has_a_content_and_words_of_its_own() -> None:
    assert len(CONTENTS) == len(Kind)
    for of in ("label", "words", "card", "keys", "example", "colour"):
        assert len({getattr(kind.facts, of) for kind in Kind}) == len(Kind), of
    assert len(kinds.BY_KEYS) == len(Kind)


#: The note type that the example of an own one names.
WORD = {
    "note_type.yaml": 'note: Remark\nfields: {Front: question, Remark: note}\ntemplates: [{name: "Card", front: side.html, back: side.html}]\n',
    "side.html": "{{Front}} {{Remark}}",
}


#: Of the examples, what stands beside the id in a deck of several languages.
ONCE = {
    Kind.OWN: ("type: word, ",),
    Kind.OCCLUSION: ("occlude: picture.png, ", "masks: {key: {rect: [10, 20, 30, 15]}}"),
}


def _cards(remark: str) -> str:
    """Each kind by its example, in two languages, of which the second does not follow the first's remark."""
    cards = []
    for kind in Kind:
        example = kind.facts.example.replace("…", "some words")[:-1]
        name = ""
        for once in ONCE.get(kind, ()):  # what is said once for all languages
            example = example.replace(once, "").removesuffix(", ")
            name += f"    {once.removesuffix(', ')}\n"
        en, de = (f'{example}, note: "{note}"}}' if note else f"{example}}}" for note in (remark, "A remark"))
        cards.append(f"  - id: {kind}\n{name}    en: {en}\n    de: {de}\n")
    return f"cards:\n{''.join(cards)}"


def test_the_example_of_each_kind_goes_all_the_way(project: Project) -> None:
    """Read, built, counted, drawn, shown, and followed by its translation."""
    for name, text in WORD.items():
        project.write(f"memory/note_types/word/{name}", text)
    project.write("memory/media/picture.png", "").write_bytes(PIXEL)
    project.deck('deck: memory\ntitle: {en: "M", de: "G"}\nlanguages: [en, de]\n', _cards("A remark")).build()
    found = json.loads(project.run("stats", "--format", "json").stdout)["decks"][0]
    assert found["kinds"] == dict.fromkeys(map(str, Kind), 1)
    assert project.run("stats", "--plot").exit_code == 0
    assert project.run("preview").exit_code == 0
    page = (project.root / "output/memory.en.html").read_text(encoding="utf-8")
    for kind in Kind:
        assert f'"{kind}":"{kind.facts.label}"' in page
    for remark in ("Another one", ""):
        project.write("memory/cards.yaml", _cards(remark))
        told = {one["card"]: one["message"] for one in project.all_findings() if one["code"] == "B12"}
        wanted = dict.fromkeys(map(str, Kind), "the note changed in `en`, and not in `de`")
        assert told == wanted | {"own": "the field `Remark` changed in `en`, and not in `de`"}


def _filled(of: type[Content]) -> Content:
    """A content in which every field says its own name."""
    values: dict[str, object] = {}
    for one in fields(of):
        text = Text(one.name, File("cards.yaml"))
        values[one.name] = (kinds.Item(text, text),) if "Item" in str(one.type) else text
    if of is Occlusion:
        values |= {"masks": (kinds.Mask(text, kinds.Shape.RECT, (0, 0, 1, 1)),), "alone": False}
    if of is OwnFields:
        roles = (Role.QUESTION, Role.ANSWER, Role.NOTE, Role.OTHER)
        values["texts"] = tuple(kinds.OwnText(text, Text(f"of {role}", text.file), role) for role in roles)
    return of(**values)  # type: ignore[arg-type]


def test_parts_of_an_own_type_are_all_its_texts() -> None:
    content = _filled(OwnFields)
    assert [part.text.value for part in parts(content)] == ["of question", "of answer", "of note", "of other"]
    assert len(says(content)) == 5


@pytest.mark.parametrize("of", [of for of in CONTENTS if of is not OwnFields])
def test_parts_are_all_texts_of_a_content(of: type[Content]) -> None:
    content = _filled(of)
    found = list(parts(content))
    # What is recalled of a masked picture stands in it, and is no text.
    texts = [one.name for one in fields(of) if one.name not in ("picture", "masks", "alone")]
    assert [part.text.value for part in found] == texts
    assert not isinstance(content, OwnFields)
    bare = replace(content, note=None, hint=None)
    assert [part.role for part in parts(bare)] == [part.role for part in found[:-2]]
    assert [part.role for part in found[-2:]] == [Role.NOTE, Role.HINT]
    assert any(part.role.is_recalled for part in found) is (of is not Occlusion)
    assert (len(says(bare)), len(says(content))) == (3, 4)
    if isinstance(content, Occlusion):
        assert asked(content) == [mask.key.value for mask in content.masks]
    elif content.kind.facts.named:
        assert asked(content) == [part.key for part in found if part.role is Role.ITEM]


@pytest.mark.parametrize("of", CONTENTS)
def test_every_text_of_a_content_is_on_its_note(of: type[Content], tmp_path: Path) -> None:
    content = _filled(of)
    name = Text("one", File("cards.yaml"))
    sides = {"": Sheet("side.html", "{{texts}}")}
    field = OwnField(Text("texts", name.file), Role.QUESTION)
    own = OwnType("type", name.place, False, (field,), "texts", (OwnTemplate(name, sides, sides),))
    deck = Deck(
        name, tmp_path, ("",), {"": name}, cards=(Card(name, {"": content}),), note_types={"type": own}
    )
    numbers = {"one": {key: number for number, key in enumerate(asked(content), start=1)}}
    (note,) = render_deck(deck, "", Known("", numbers)).notes
    # The fields of an own type have each a name of its own; here the last one is seen.
    for part in list(parts(content))[-1 if of is OwnFields else 0 :]:
        assert any(part.text.value in html for html in note.fields), part.role


def _names(node: ast.AST, *others: str) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)} & {*TOLD_APART, *others}


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: path.stem)
def test_mypy_would_name_every_place_that_tells_kinds_apart(path: Path) -> None:
    """Each `match` on kinds ends in `assert_never`, and no table beside it names them one by one."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Match) and any(_names(case.pattern, "Role") for case in node.cases):
            *_, last = node.cases
            assert isinstance(last.pattern, ast.MatchAs), f"{path}:{node.lineno} has no `case _`"
            assert ast.unparse(last.body[0]).startswith("assert_never("), f"{path}:{node.lineno}"
        # What deckgen 0.1.0 had stands in `authored`: nothing is added to that.
        elif isinstance(node, ast.Dict) and path.stem != "authored":
            assert not any(_names(key) for key in node.keys if key is not None), (
                f"{path}:{node.lineno} is a table of kinds: make it a fact"
            )
