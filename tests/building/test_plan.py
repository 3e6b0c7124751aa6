"""`plan` says beforehand what the import then does; the real Anki is asked afterwards."""

from __future__ import annotations

import json
from pathlib import Path
from time import process_time
from typing import Any

import pytest

import deckgen
from deckgen.building import plan as plans
from tests.conftest import BILINGUAL_CARDS, BILINGUAL_YAML, Project
from tests.own_deck import CARDS as OWN_CARDS
from tests.own_deck import write_geo
from tests.real_anki import Learner, Log

CARD = '  - id: {}\n    q: "{}?"\n    a: "A"\n'

MASKED = "  - {id: eye, q: Which?, occlude: france.png, masks: {lens: {rect: [10, 20, 30, 15]}}}\n"


def _plan(project: Project, *arguments: str) -> dict[str, Any]:
    outcome = project.run("plan", "--format", "json", *arguments)
    packages: list[dict[str, Any]] = json.loads(outcome.stdout)["packages"]
    return packages[0] | {"exit": outcome.exit_code}


def _groups(project: Project, file: Path | str) -> dict[str, list[str]]:
    return {group["group"]: group["cards"] for group in _plan(project, "--against", str(file))["against"]}


def test_plan_of_a_new_deck_and_of_nothing(project: Project) -> None:
    project.deck()
    before = project.files()
    first = _plan(project)
    assert (first["exit"], first["new"], first["unchanged"]) == (3, ["spacing", "testing", "stages"], 0)
    assert project.files() == before
    project.build()
    again = _plan(project)
    assert (again["exit"], again["new"], again["changed"], again["unchanged"]) == (0, [], [], 3)
    assert project.run("plan").stdout == "output/memory.apkg  3 notes, 6 cards\n  nothing to do\n"


def test_plan_shows_words_and_the_import_does_it(project: Project, learner: Learner) -> None:
    project.deck().build()
    learner.import_package(project.package())
    project.edit("fading memory strengthens", "*fading* memory greatly strengthens")
    project.edit("tags: [time]", "tags: []")
    project.edit("  - id: stages", CARD.format("added", "New") + "  - id: stages")
    assert project.run("plan").stdout == (
        "output/memory.apkg  4 notes, 7 cards\n"
        "  + added (new)\n"
        "  ~ spacing (changed)\n"
        "      Answer: Recall from fading memory {+greatly +}strengthens it.\n"
        "  ~ testing (changed)\n"
        "      tags: memory::basics[- memory::time-]\n"
        "  1 unchanged\n"
    )
    planned = _plan(project)
    project.build()
    log = learner.import_package(project.package())
    assert log == Log(len(planned["new"]), len(planned["changed"]), planned["unchanged"], 0)


def test_plan_names_retired_and_returned_cards(project: Project) -> None:
    project.deck().build()
    project.run("retire", "spacing", "--reason", "Old")
    assert _plan(project)["retired"] == ["spacing"]
    assert "  - spacing (retired)\n" in project.run("plan").stdout
    project.build()
    assert _plan(project)["exit"] == 0
    project.edit("fading memory", "a fading memory")
    planned = _plan(project)
    assert (planned["changed"], planned["retired"], planned["returned"]) == (["spacing"], [], [])
    project.build()
    path = project.root / "cards_source/memory/cards.yaml"
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if "retired" not in line]
    project.deck(cards="\n".join(lines) + "\n")
    assert _plan(project)["returned"] == ["spacing"]
    project.build()
    project.edit("a fading memory", "some fading memory")
    planned = _plan(project)
    assert (planned["changed"], planned["retired"], planned["returned"]) == (["spacing"], [], [])


def test_plan_tells_a_new_renderer_from_an_author(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    from deckgen.markup import markdown

    project.deck().build()
    original = markdown.to_html

    def restyled(text: str, resolve: markdown.Resolve) -> str:
        """Texts with deletions end otherwise."""
        return original(text, resolve) + "<br>" * ("\x02" in text)

    monkeypatch.setattr(deckgen, "__version__", "99")
    monkeypatch.setattr(markdown, "to_html", restyled)
    planned = _plan(project)
    assert planned["changed"] == ["testing"]
    (warning,) = planned["warnings"]
    assert warning["code"] == "restyled"
    assert warning["message"].startswith("restamps 1 of 3 notes that no author changed")


def test_author_who_writes_the_same_in_another_way_is_remembered(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The note stays as it is; a renderer that changes later is told from this edit."""
    from deckgen.markup import markdown

    project.deck()
    project.edit("fading memory", "*fading* memory")
    project.build()
    before = project.lock().read_text(encoding="utf-8")
    project.edit("*fading* memory", "_fading_ memory")
    assert "3 unchanged" in project.build().stdout
    assert len(set(before.split()) - set(project.lock().read_text(encoding="utf-8").split())) == 1
    original = markdown.to_html
    monkeypatch.setattr(deckgen, "__version__", "99")
    monkeypatch.setattr(markdown, "to_html", lambda text, resolve: original(text, resolve) + "<br>")
    (warning,) = _plan(project)["warnings"]
    assert warning["message"].startswith("restamps 3 of 3 notes that no author changed")


def test_plan_takes_a_rename_for_the_authors_own(project: Project) -> None:
    project.deck().build()
    project.run("rename", "spacing", "renamed")
    planned = _plan(project)
    assert (planned["changed"], planned["warnings"]) == (["renamed"], [])


def test_plan_shows_a_new_look(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    from deckgen.notes import note_types as notetypes

    project.deck().build()
    original = notetypes._file
    monkeypatch.setattr(notetypes, "_file", lambda name: original(name) + "/* */" * name.endswith("css"))
    planned = _plan(project)
    assert planned["exit"] == 3
    assert (planned["changed"], planned["note_types_changed"]) == ([], ["memory questions", "memory cloze"])


def test_plan_names_a_new_description_and_a_missing_package(project: Project) -> None:
    project.deck().build()
    project.edit("tags:", 'description: "Better than before"\ntags:', "memory/deck.yaml")
    planned = _plan(project)
    assert (planned["exit"], planned["unchanged"]) == (3, 3)
    assert [warning["code"] for warning in planned["warnings"]] == ["description"]
    project.build()
    assert _plan(project)["exit"] == 0
    project.package().unlink()
    planned = _plan(project)
    assert (planned["exit"], [warning["code"] for warning in planned["warnings"]]) == (3, ["package"])
    assert (
        "  ! package: there is no package of the last build: a build writes it\n"
        in project.run("plan").stdout
    )


def test_plan_warns_of_what_learners_would_lose(project: Project) -> None:
    project.deck().build()
    project.edit(" and {{c2::highlighting::a marker}}", "")
    planned = _plan(project)
    assert planned["exit"] == 1
    assert [(warning["code"], warning["card"]) for warning in planned["warnings"]] == [("R11", "testing")]


def test_plan_with_errors_shows_them_and_no_plan(project: Project) -> None:
    project.deck().build()
    project.edit("tags: [basics]", "tags: [basic]")
    outcome = project.run("plan")
    assert (outcome.exit_code, outcome.stdout) == (1, "")
    assert "M09" in outcome.stderr


def test_against_an_older_package(project: Project) -> None:
    project.deck().build()
    old = project.root / "old.apkg"
    old.write_bytes(project.package().read_bytes())
    project.edit("fading memory", "a fading memory")
    project.edit("  - id: stages", CARD.format("added", "New") + "  - id: stages")
    project.build()
    assert _groups(project, old) == {
        "missing": ["added"],
        "updated": ["spacing"],
        "unchanged": ["testing", "stages"],
    }
    assert _groups(project, project.package()) == {"unchanged": ["spacing", "testing", "added", "stages"]}


def _collection(learner: Learner, folder: Path, kind: str, title: str = "Memory") -> Path:
    """The learner's collection as a file: on disk, or exported in one of Anki's formats."""
    path = folder / f"export.{kind.split('-', maxsplit=1)[0]}"
    if kind == "anki2":
        return Path(learner.col.path)
    if kind.startswith("colpkg"):
        learner.col.export_collection_package(str(path), include_media=False, legacy=kind.endswith("old"))
        learner.col.reopen()
        return path
    from anki.collection import DeckIdLimit, ExportAnkiPackageOptions

    options = ExportAnkiPackageOptions(
        with_scheduling=True, with_deck_configs=False, with_media=False, legacy=kind.endswith("old")
    )
    deck = learner.col.decks.id_for_name(title)
    assert deck is not None
    learner.col.export_anki_package(out_path=str(path), options=options, limit=DeckIdLimit(deck))
    return path


@pytest.mark.parametrize("kind", ["anki2", "colpkg-new", "colpkg-old", "apkg-new", "apkg-old"])
def test_against_a_learner_in_every_format(
    project: Project, learner: Learner, tmp_path: Path, kind: str
) -> None:
    """Every group that a note can be in, and the import that follows does what the plan said."""
    cards = "".join(
        CARD.format(name, name) for name in ("same", "edited", "tagged", "later", "moved", "gone")
    )
    project.deck(cards="cards:\n" + cards).build()
    learner.import_package(project.package())
    project.edit('q: "tagged?"\n    a: "A"', 'q: "tagged?"\n    a: "B"')
    project.edit('q: "later?"\n    a: "A"', 'q: "later?"\n    a: "B"')
    project.edit("cards:\n", "cards:\n" + CARD.format("added", "New"))
    project.build()
    # All of this happens after the build, and before the import.
    edited = learner.note("edited")
    edited["Answer"] = "my own"
    learner.col.update_note(edited)
    tagged = learner.note("tagged")
    tagged.tags.append("mine")
    learner.col.update_note(tagged)
    learner.col.remove_notes([learner.note("gone").id])
    if kind in ("anki2", "colpkg-new", "colpkg-old"):
        elsewhere = learner.col.decks.id("Elsewhere::Deep")
        assert elsewhere is not None
        learner.col.set_deck([card.id for card in learner.cards("moved")], elsewhere)
    file = _collection(learner, tmp_path, kind)
    content = file.read_bytes()
    groups = _groups(project, file)
    expected = {
        "missing": ["added", "gone"],
        "updated": ["later"],
        "unchanged": ["same", "moved"],
        "held back": ["tagged"],
        "edited locally": ["edited"],
        "in another deck": ["moved"],
    }
    if kind.startswith("apkg"):
        del expected["in another deck"]
    assert groups == expected
    assert file.read_bytes() == content
    searches = {
        group["group"]: group["search"]
        for group in _plan(project, "--against", str(file))["against"]
        if group["search"]
    }
    for name, search in searches.items():
        found = {learner.col.get_note(note_id)["Id"] for note_id in learner.col.find_notes(search)}
        assert found == set(groups[name])
    log = learner.import_package(project.package())
    assert (log.new, log.updated) == (len(groups["missing"]), len(groups["updated"]))
    assert learner.note("edited")["Answer"] == "my own"
    assert learner.note("tagged")["Answer"] == "A"


def test_edit_that_the_import_replaces_is_told(project: Project, learner: Learner) -> None:
    """Of a question and of a note type of the deck's own; an older text of ours is no edit."""
    cards = CARD.format("edited", "edited") + CARD.format("older", "older")
    cards += '  - {id: own, type: word, fields: {Word: "first"}}\n'
    project.write("memory/note_types/word/side.html", "{{Word}}\n")
    project.write(
        "memory/note_types/word/note_type.yaml",
        "fields: {Word: other}\ntemplates: [{name: A, front: side.html, back: side.html}]\n",
    )
    project.deck(cards="cards:\n" + cards).build("--no-lint")
    learner.import_package(project.package())
    for card, name in (("edited", "Answer"), ("own", "Word")):
        note = learner.note(card)
        note[name] = "my own"
        learner.col.update_note(note)
    assert learner.col.db is not None
    learner.col.db.execute("update notes set mod = mod - 90000 where mod > ?", project.now)
    project.now = learner.note("edited").mod + 10
    text = (project.root / "cards_source/memory/cards.yaml").read_text(encoding="utf-8")
    project.write("memory/cards.yaml", text.replace('a: "A"', 'a: "B"').replace("first", "second"))
    project.build("--no-lint")
    file = _collection(learner, project.root, "anki2")
    assert _groups(project, file) == {"updated": ["older"], "edit replaced": ["edited", "own"]}
    assert "the import replaces it" in project.run("plan", "--against", str(file)).stdout
    assert learner.import_package(project.package()).updated == 3
    assert learner.note("own")["Word"] == "second"


def test_restamp_brings_what_was_held_back(project: Project, learner: Learner) -> None:
    project.deck().build()
    learner.import_package(project.package())
    learner.study("Memory", 6)
    progress = learner.progress()
    project.edit("fading memory", "a fading memory")
    project.build()
    note = learner.note("spacing")
    note.tags.append("mine")
    learner.col.update_note(note)
    assert _groups(project, _collection(learner, project.root, "anki2"))["held back"] == ["spacing"]
    assert learner.import_package(project.package()).updated == 0
    project.now = learner.note("spacing").mod - 3500
    outcome = project.run("restamp", "spacing")
    assert "1 changed, 2 unchanged" in outcome.stdout
    assert learner.import_package(project.package()) == Log(0, 1, 2, 0)
    assert learner.note("spacing")["Answer"] == "Recall from a fading memory strengthens it."
    assert learner.progress() == progress


def test_against_a_collection_with_an_added_field(project: Project, learner: Learner) -> None:
    project.deck().build()
    learner.import_package(project.package())
    note_type = learner.col.models.by_name("memory questions")
    assert note_type is not None
    learner.col.models.add_field(note_type, learner.col.models.new_field("Mine"))
    learner.col.models.update_dict(note_type)
    project.edit("fading memory", "a fading memory")
    project.build()
    groups = _groups(project, _collection(learner, project.root, "anki2"))
    assert groups["blocked"] == ["spacing"]
    assert learner.import_package(project.package()).conflicting == 1


def test_against_something_else(project: Project, tmp_path: Path) -> None:
    project.deck().build()
    for name, content in (
        ("none", None),
        ("text", b"hello"),
        ("zip", b"PK\x05\x06" + bytes(18)),
        ("empty", b""),
    ):
        path = tmp_path / name
        if content is not None:
            path.write_bytes(content)
        outcome = project.run("plan", "--against", str(path))
        assert outcome.exit_code == 2, name
        assert "Error: " in outcome.stderr


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("one two three", "one 2 three four", "one [-two-]{+2+} three{+ four+}"),
        ("a b a b", "a b", "a b[- a b-]"),
        ("记忆很好", "记忆不好", "记忆[-很-]{+不+}好"),
        ("same", "<b>same</b>", "[-same-]{+<b>same</b>+}"),
        ("", "new", "{+new+}"),
        ("one two", "one\xa0two", "one[- -]{+&nbsp;+}two"),
        ("onetwo", "one\xa0 two", "[-onetwo-]{+one&nbsp; two+}"),
        ("one", "one\xa0", "one{+&nbsp;+}"),
        ("one", "o\u200bne", "[-one-]{+o&#x200b;ne+}"),
        ("中　文", "中文", "中[-&#x3000;-]文"),
        ("one", "one\xa0two", "one{+ two+}"),
    ],
)
def test_words_that_changed_are_marked(old: str, new: str, words: str) -> None:
    assert plans.word_diff(old, new) == words


def test_texts_that_have_little_in_common_are_compared_in_time_that_grows_with_them() -> None:
    """A package in output/ may be a stranger's; difflib would take a minute for the first pair."""
    for old, new in (("a b " * 500, "b c a " * 500), ("<" * 1_000_000, "a"), ("a " * 1_000_000, "b")):
        start = process_time()
        assert plans.word_diff(old, new)
        assert process_time() - start < 1


def test_plan_of_two_languages(project: Project) -> None:
    project.deck(BILINGUAL_YAML, BILINGUAL_CARDS).build()
    project.edit('"Fading memory gains most."', '"A fading memory gains most."')
    packages = json.loads(project.run("plan", "--format", "json").stdout)["packages"]
    assert [(package["lang"], package["changed"]) for package in packages] == [
        ("en", ["spacing"]),
        ("zh", []),
    ]
    assert len(json.loads(project.run("plan", "--lang", "zh", "--format", "json").stdout)["packages"]) == 1


# -- what else an import meets ---------------------------------------------------------


def test_notes_of_another_deck_with_our_guids_are_named(project: Project, learner: Learner) -> None:
    """Two people without a seed called their deck alike."""
    stranger = 'deck: memory\ntitle: "Theirs"\ntags: [basics]\n'
    project.deck(
        stranger, "tags: [basics]\ncards:\n  - {id: spacing, q: Où est la gare?, a: À gauche}\n"
    ).build()
    learner.import_package(project.package())
    for path in (project.lock(), project.package()):
        path.unlink()
    project.deck().build()
    groups = _groups(project, _collection(learner, project.root, "anki2"))
    assert groups["not ours"] == ["spacing"]
    assert "updated" not in groups


def test_edit_of_a_learner_is_no_other_deck(project: Project, learner: Learner) -> None:
    project.deck().build()
    learner.import_package(project.package())
    note = learner.note("spacing")
    note["Question"], note["Answer"] = "Où est la gare ?", "À gauche, puis tout droit."
    learner.col.update_note(note)
    groups = _groups(project, _collection(learner, project.root, "anki2"))
    assert groups["edited locally"] == ["spacing"]
    assert "not ours" not in groups


def test_card_that_comes_empty_to_a_note_held_back_is_named(project: Project, learner: Learner) -> None:
    project.deck().build()
    learner.import_package(project.package())
    project.edit("  - id: spacing\n", "  - id: spacing\n    reverse: true\n")
    project.build()
    note = learner.note("spacing")
    note.tags.append("mine")
    learner.col.update_note(note)
    groups = _groups(project, _collection(learner, project.root, "anki2"))
    assert groups["held back"] == groups["empty card"] == ["spacing"]
    learner.import_package(project.package())
    assert [list(one.card_ids) for one in learner.col.get_empty_cards().notes] == [
        [card.id for card in learner.cards("spacing") if card.ord == 1]
    ]


def test_lost_picture_is_named_and_restamp_brings_it(project: Project, learner: Learner) -> None:
    project.write("memory/media/one.png", "1")
    project.deck()
    project.edit("fading memory", "fading memory ![p](one.png)")
    project.build()
    learner.import_package(project.package())
    media = Path(learner.col.media.dir())
    (picture,) = media.iterdir()
    against = Path(learner.col.path)
    assert "missing media" not in _groups(project, against)
    picture.unlink()
    assert _groups(project, against)["missing media"] == ["spacing"]
    project.now = learner.note("spacing").mod
    assert project.run("restamp", "spacing", "--no-lint").exit_code == 0
    learner.import_package(project.package())
    assert picture.exists()


@pytest.mark.parametrize("held", [False, True])
def test_another_picture_is_not_missing_before_it_comes(
    project: Project, learner: Learner, held: bool
) -> None:
    """The import brings it with its note; where a note is held back, the learner's picture is there."""
    project.write("memory/media/one.png", "1")
    project.deck()
    project.edit("fading memory", "fading memory ![p](one.png)")
    project.build()
    learner.import_package(project.package())
    project.write("memory/media/one.png", "2")
    project.build()
    if held:
        note = learner.note("spacing")
        note.tags.append("mine")
        learner.col.update_note(note)
    groups = _groups(project, Path(learner.col.path))
    assert groups == {"held back" if held else "updated": ["spacing"], "unchanged": ["testing", "stages"]}
    learner.import_package(project.package())
    media = {path.read_text(encoding="utf-8") for path in Path(learner.col.media.dir()).iterdir()}
    assert media == ({"1"} if held else {"1", "2"})


@pytest.mark.parametrize("style", ["anki2", "apkg"])
def test_other_sort_field_is_named(project: Project, learner: Learner, style: str) -> None:
    project.deck().build()
    learner.import_package(project.package())
    kind = learner.col.models.by_name("memory questions")
    assert kind is not None
    learner.col.models.set_sort_index(kind, 1)
    learner.col.models.update_dict(kind)
    groups = _groups(project, _collection(learner, project.root, style))
    assert groups["sorted otherwise"] == ["memory questions"]


@pytest.mark.parametrize("kind", ["anki2", "colpkg-new", "colpkg-old", "apkg-new", "apkg-old"])
def test_sort_field_of_masks_and_of_own_note_types_is_the_one_that_was_built(
    project: Project, learner: Learner, tmp_path: Path, kind: str
) -> None:
    """These aren't sorted by their first field, and one that a learner sorts by it is sorted otherwise."""
    write_geo(project, f"{OWN_CARDS}{MASKED}").build()
    package = project.root / "output/geo.apkg"
    assert list(_groups(project, package)) == ["unchanged"]
    learner.import_package(package)
    assert "sorted otherwise" not in _groups(project, _collection(learner, tmp_path, kind, "Geography"))
    for name in ("geo occlusion", "geo verse"):
        note_type = learner.col.models.by_name(name)
        assert note_type is not None
        learner.col.models.set_sort_index(note_type, 0)
        learner.col.models.update_dict(note_type)
    groups = _groups(project, _collection(learner, tmp_path, kind, "Geography"))
    assert sorted(groups["sorted otherwise"]) == ["geo occlusion", "geo verse"]


def test_tag_in_another_case_holds_nothing_back(project: Project, learner: Learner) -> None:
    """Anki keeps the spelling of a tag that it met first."""
    other = learner.col.new_note(learner.col.models.by_name("Basic"))  # type: ignore[arg-type]
    other["Front"], other.tags = "x", ["Memory::Basics"]
    learner.col.add_note(other, learner.col.decks.id("Other"))  # type: ignore[arg-type]
    project.deck().build()
    learner.import_package(project.package())
    groups = _groups(project, _collection(learner, project.root, "anki2"))
    assert "held back" not in groups
    assert len(groups["unchanged"]) == 3


def test_description_that_is_taken_away_is_named(project: Project) -> None:
    project.deck()
    project.edit('title: "Memory"\n', 'title: "Memory"\ndescription: "Old."\n', "memory/deck.yaml")
    project.build()
    project.edit('description: "Old."\n', "", "memory/deck.yaml")
    assert "an import leaves the old one; write a short one instead" in project.run("plan").stdout


def test_notes_of_retired_cards_are_counted(project: Project) -> None:
    project.deck()
    project.edit("  - id: spacing\n", '  - id: spacing\n    retired: {since: "2023-01-31", reason: "Over"}\n')
    project.build()
    assert "3 notes, 5 cards, 1 of them retired and without a card" in project.run("plan").stdout
    assert json.loads(project.run("plan", "--format", "json").stdout)["packages"][0]["tombstones"] == 1
