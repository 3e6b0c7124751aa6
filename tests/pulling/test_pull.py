"""What learners edit in the real Anki comes home, and nothing else changes."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from deckgen.pulling import decide
from deckgen.pulling.merge import Conflict, Making, Merged
from deckgen.pulling.merge import merge as right
from deckgen.written import Text
from tests.conftest import BILINGUAL_CARDS, BILINGUAL_YAML, CARDS_YAML, Outcome, Project
from tests.own_deck import CARDS, write_geo, write_type
from tests.real_anki import Learner, next_second

pytestmark = pytest.mark.slow


class Ann:
    """A learner who edits notes, and whose collection is pulled."""

    def __init__(self, project: Project, folder: Path) -> None:
        self.project, self.file = project, folder / "collection.anki2"
        self.learner = Learner(folder)

    def edit(self, card: str, query: str = "", **fields: str) -> None:
        """Change fields of a note, as Anki's editor does."""
        note = self.learner.note(card, query)
        for name, html in fields.items():
            note[name.replace("_", " ")] = html
        self.learner.col.update_note(note)

    def tag(self, card: str, *tags: str) -> None:
        """Give a note these tags, and no others."""
        note = self.learner.note(card)
        note.tags = [*tags]
        self.learner.col.update_note(note)

    def add_like(self, card: str = "spacing", tags: Sequence[str] = (), **fields: str) -> Any:
        """Add a note of the note type of a card's note, as Anki's window does; gives the note."""
        note = self.learner.col.new_note(self.learner.note(card).note_type())
        for name, html in fields.items():
            note[name] = html
        note.tags = [*tags]
        self.add(note)
        return note

    def add(self, note: Any) -> None:
        """Add a note, as Anki's window does."""
        deck = self.learner.col.decks.id_for_name("Memory")
        assert deck is not None
        self.learner.col.add_note(note, deck)

    def pull(self, *arguments: str, code: int = 0) -> Outcome:
        """`deckgen pull` of the collection while Anki is open; it must end with `code`."""
        outcome = self.project.run("pull", str(self.file), *arguments)
        assert outcome.exit_code == code, outcome.stdout + outcome.stderr
        return outcome

    def pulled(self, *arguments: str, code: int = 0) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.pull("--format", "json", *arguments, code=code).stdout)
        return found

    def get(self, name: str = "memory.apkg") -> tuple[int, int]:
        """Import a package; says how many notes were new and updated."""
        log = self.learner.import_package(self.project.package(name))
        assert log.conflicting == 0
        return log.new, log.updated

    def build_and_get(self, name: str = "memory.apkg") -> tuple[int, int]:
        """Import what a build makes now; reviews must stay as they are."""
        before = self.learner.progress()[1]
        self.project.now = int(time.time()) - 3600
        self.project.build()
        found = self.get(name)
        assert self.learner.progress()[1] == before
        return found


def bring_home_and_change(project: Project, ann: Ann, old: str, new: str) -> None:
    """An edit of Ann's comes home, and the author changes the card before the next build; the second is over."""
    project.deck().build()
    commit(project)
    ann.get()
    next_second()
    ann.edit("spacing", Answer="Recall from fading memory hardens it.")
    next_second()
    ann.pull()
    project.edit(old, new)
    project.now = int(time.time()) - 3600
    project.build()
    commit(project)
    next_second()


def cards(project: Project) -> str:
    return (project.root / "cards_source/memory/cards.yaml").read_text(encoding="utf-8")


def git(project: Project, *arguments: str) -> None:
    who = ("-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *who, *arguments], cwd=project.root, check=True, capture_output=True)


def commit(project: Project) -> None:
    if not (project.root / ".git").exists():
        git(project, "init", "-q")
    git(project, "add", "-A")
    git(project, "commit", "-qm", "build")


def test_one_field_comes_home_and_goes_out_again(project: Project, ann: Ann, bob: Ann) -> None:
    project.deck().build()
    ann.get()
    bob.get()
    ann.learner.study("Memory", 3)
    before = ann.learner.progress()
    ann.edit("spacing", Answer="Recall from fading memory strengthens it most.")
    stamp = ann.learner.note("spacing").mod
    files = project.files()
    assert ann.pulled("--dry-run")["packages"][0]["texts"][0]["line"] == 5
    assert project.files() == files
    ann.pull()
    assert cards(project) == CARDS_YAML.replace("strengthens it.", "strengthens it most.")
    files = project.files()
    assert ann.pulled()["files"] == []
    assert project.files() == files
    assert ann.build_and_get() == (0, 0)
    assert bob.build_and_get() == (0, 1)
    assert ann.learner.note("spacing").mod == bob.learner.note("spacing").mod == stamp
    assert ann.learner.progress() == before
    assert ann.pulled()["files"] == []
    assert bob.pulled()["files"] == []


def test_all_texts_of_all_kinds_of_cards(project: Project, ann: Ann) -> None:
    project.deck().build()
    ann.get()
    ann.edit(
        "spacing", Question="Why do spaced reviews beat <b>one</b> long session?", Note="", Hint="fading"
    )
    ann.edit("testing", Text="Recall clearly beats {{c1::rereading}} and {{c2::highlighting::a pen}}.")
    stages = ann.learner.note("stages")
    assert stages["List"].count("Storage") == 1
    ann.edit("stages", Text="Which stages?", List=stages["List"].replace("Storage", "Storing it"), Note="x")
    ann.pull()
    assert cards(project) == (
        CARDS_YAML.replace("beat one long", "beat **one** long")
        .replace('    note: "The effect grows with the delay."\n', '    hint: "fading"\n')
        .replace("Recall beats", "Recall clearly beats")
        .replace("a marker", "a pen")
        .replace("Which stages does a memory pass through?", "Which stages?")
        .replace('"Storage"', '"Storing it"')
        + '    note: "x"\n'
    )
    assert ann.pulled()["files"] == []
    assert ann.build_and_get() == (0, 0)


def test_edits_of_both_sides_meet(project: Project, ann: Ann, bob: Ann) -> None:
    project.deck().build()
    ann.get()
    ann.edit("spacing", Answer="Recall from fading memory strengthens it most.")
    project.edit("Recall from fading", "Recalling from fading")
    ann.pull()
    assert "Recalling from fading memory strengthens it most." in cards(project)
    bob.build_and_get()
    assert ann.build_and_get() == (0, 1)
    for one in (ann, bob):
        assert one.learner.note("spacing")["Answer"] == "Recalling from fading memory strengthens it most."
    assert ann.pulled()["files"] == []


def test_the_same_words_are_a_conflict_that_the_author_decides(project: Project, ann: Ann) -> None:
    project.deck().build()
    ann.get()
    ann.edit("spacing", Answer="Recall from fading memory hardens it.")
    ann.edit("testing", Text="Recall is better than {{c1::rereading}} and {{c2::highlighting::a marker}}.")
    project.edit("strengthens it.", "deepens it.")
    found = ann.pulled(code=1)
    assert [one["code"] for one in found["findings"]] == ["P01"]
    (conflict,) = found["packages"][0]["conflicts"]
    assert (conflict["card"], conflict["line"]) == ("spacing", 5)
    assert "strengthens" in conflict["shipped"]
    assert "hardens" in conflict["theirs"]
    assert "deepens" in conflict["ours"]
    assert "better than" in cards(project)  # what could be merged, was
    outcome = ann.pull(code=1)
    assert "cards.yaml:5" in outcome.stdout
    assert "hardens" in outcome.stdout
    before = cards(project)
    ann.pull("--ours", "spacing")
    assert cards(project) == before
    ann.pull()  # that was decided
    assert ann.build_and_get() == (0, 1)
    assert ann.learner.note("spacing")["Answer"] == "Recall from fading memory deepens it."
    ann.pull()


def test_lines_are_those_of_the_files_as_they_are_now(project: Project, ann: Ann) -> None:
    """Also below a text of which the learner made two."""
    project.deck(
        cards=CARDS_YAML.replace('"The effect grows with the delay."', "|-\n      It grows.")
    ).build()
    ann.get()
    ann.edit("spacing", Note="It grows.<br>And<br>grows.")
    ann.edit("testing", Text="Recall beats {{c1::rereading}} and {{c2::underlining::a marker}}.")
    project.edit("{{c2::highlighting::a marker}}", "{{c2::marking::a marker}}")
    before = len(cards(project).split("    cloze:")[0].splitlines()) + 1
    assert ann.pulled("--dry-run", code=1)["findings"][0]["line"] == before
    found = ann.pulled(code=1)
    place = len(cards(project).split("    cloze:")[0].splitlines()) + 1
    assert place > before
    assert found["findings"][0]["line"] == found["packages"][0]["conflicts"][0]["line"] == place
    assert f"cards.yaml:{place}:" in ann.pull(code=1).stderr


def test_the_learner_may_be_right(project: Project, ann: Ann) -> None:
    project.deck().build()
    ann.get()
    ann.edit("spacing", Answer="Recall from fading memory hardens it.")
    project.edit("strengthens it.", "deepens it.")
    ann.pull("--theirs", "spacing")
    assert cards(project) == CARDS_YAML.replace("strengthens it.", "hardens it.")
    assert ann.build_and_get() == (0, 0)
    ann.pull()


@pytest.mark.parametrize("releases", [1, 2, 3])
def test_the_base_is_what_was_shipped_to_that_learner(project: Project, ann: Ann, releases: int) -> None:
    """Though newer packages lie there, and only git knows the older one."""
    project.deck().build()
    commit(project)
    ann.get()
    words = ["Which stages", "What stages", "Which steps", "What steps"]
    for release in range(releases):
        project.edit(*(("Fading", "fading") if release % 2 else ("fading", "Fading")))
        project.edit(words[release], words[release + 1])
        project.build()
        commit(project)
    ann.edit(
        "spacing", Answer="Recall from fading memory strengthens it most.", Note="It grows with the delay."
    )
    ann.pull()
    memory = "Fading" if releases % 2 else "fading"
    assert f"Recall from {memory} memory strengthens it most." in cards(project)
    assert 'note: "It grows with the delay."' in cards(project)


def test_two_bases_that_would_merge_otherwise_are_a_conflict(project: Project, ann: Ann) -> None:
    """Nothing tells whether the learner had the second release when the edit was made."""
    project.deck().build()
    commit(project)
    ann.get()
    project.edit("fading", "Fading")
    project.build()
    commit(project)
    ann.edit("spacing", Answer="Recall from fading memory strengthens it most.")
    (told,) = ann.pulled(code=1)["findings"]
    assert told["code"] == "P01"
    assert "`--theirs spacing --dry-run` shows them first" in told["hint"]
    assert "most" in ann.pull("--theirs", "spacing", "--dry-run").stdout
    assert "most" not in cards(project)
    ann.edit("spacing", Answer="Recall from Fading memory strengthens it most.")
    ann.pull()
    assert "Recall from Fading memory strengthens it most." in cards(project)


def test_without_a_base_nothing_is_guessed(project: Project, ann: Ann, tmp_path: Path) -> None:
    project.deck().build()
    ann.get()
    kept = tmp_path / "old.apkg"
    kept.write_bytes(project.package().read_bytes())
    ann.edit("spacing", Answer="Recall from fading memory strengthens it most.")
    project.edit("Why do spaced", "Why would spaced")
    project.now = int(time.time()) - 3600  # so that the new package has no older text than the edit
    project.build()
    text = cards(project)
    found = ann.pulled(code=1)
    assert [one["code"] for one in found["findings"]] == ["P02"]
    (conflict,) = found["packages"][0]["conflicts"]
    assert [one["field"] for one in conflict["fields"]] == ["Question", "Answer"]
    told = ann.pull(code=1).stdout
    assert "      theirs  Recall from fading memory strengthens it most." in told
    assert "      ours    Why would spaced" in told
    assert "--shipped" in found["findings"][0]["hint"]
    assert cards(project) == text
    ann.pull("--shipped", str(kept))
    assert "strengthens it most" in cards(project)
    assert "Why would spaced" in cards(project)


@pytest.mark.parametrize(
    ("card", "fields"),
    [
        ("spacing", {"Question": ""}),
        ("testing", {"Text": "Recall beats rereading and highlighting."}),
    ],
)
def test_hint_offers_no_theirs_where_no_card_can_take_them(
    project: Project, ann: Ann, card: str, fields: dict[str, str]
) -> None:
    project.deck().build()
    ann.get()
    ann.edit(card, **fields)
    for arguments in ([], ["--theirs", card]):
        (told,) = ann.pulled(*arguments, code=1)["findings"]
        assert told["hint"] == f"write it yourself, then `--ours {card}` brings your text to the learner"
    ann.pull("--ours", card)
    assert ann.build_and_get() == (0, 1)


def test_what_came_home_is_not_told_to_be_restamped(project: Project, ann: Ann) -> None:
    """In Anki it stays as its editor wrote it; a newer stamp would take the learner's own tags away."""
    project.deck().build()
    ann.get()
    note = ann.learner.note("spacing")
    note["Answer"], note.tags = "Recall from <b>fading</b>&nbsp;memory strengthens it.", [*note.tags, "mine"]
    ann.learner.col.update_note(note)
    ann.pull()
    assert ann.build_and_get() == (0, 0)
    project.now = int(time.time()) - 3600
    outcome = project.run("plan", "--no-lint", "--against", str(ann.file), "--format", "json")
    groups = {one["group"]: one["cards"] for one in json.loads(outcome.stdout)["packages"][0]["against"]}
    assert groups == {"came home": ["spacing"], "unchanged": ["testing", "stages"]}


def test_tags_come_and_go(project: Project, ann: Ann) -> None:
    project.deck().build()
    ann.get()
    for card, add, take in (("spacing", "memory::time", ""), ("testing", "mine", "memory::time")):
        note = ann.learner.note(card)
        note.add_tag(add)
        note.tags = [tag for tag in note.tags if tag != take]
        ann.learner.col.update_note(note)
    note = ann.learner.note("stages")
    note.add_tag("memory::hard")
    ann.learner.col.update_note(note)
    found = ann.pulled()
    assert [one["code"] for one in found["findings"]] == ["P04"]
    assert found["findings"][0]["card"] == "stages"
    assert "  - id: spacing\n    tags: [time]\n" in cards(project)
    assert "- id: testing\n    cloze" in cards(project)
    assert ann.pulled()["files"] == []


@pytest.mark.parametrize("note", ["", "As her teacher said."])
def test_tag_that_deck_yaml_gets_later_comes_home(project: Project, ann: Ann, note: str) -> None:
    """As the hint of P04 says, also where a text of the same note came home before."""
    project.deck().build()
    ann.get()
    ann.edit("stages", Note=note)
    held = ann.learner.note("stages")
    held.add_tag("memory::hard")
    ann.learner.col.update_note(held)
    (told,) = ann.pulled()["findings"]
    assert "add `hard` to `tags:` of deck.yaml, then pull again" in told["hint"]
    project.edit("tags: {", 'tags: {hard: "Hard", ', "memory/deck.yaml")
    ann.pull()
    assert "  - id: stages\n    tags: [hard]\n" in cards(project)


def test_fields_that_deckgen_makes_are_told_and_never_taken(project: Project, ann: Ann) -> None:
    project.deck().build()
    ann.get()
    ann.edit("spacing", See="testing", Source="A book")
    found = ann.pulled()
    assert {one["code"] for one in found["findings"]} == {"P03"}
    assert cards(project) == CARDS_YAML


def test_one_language_comes_home_and_the_other_waits(project: Project, ann: Ann) -> None:
    project.deck(BILINGUAL_YAML, BILINGUAL_CARDS).build()
    ann.get("memory.en.apkg")
    ann.edit("spacing", Answer="Fading memory gains the most.")
    ann.pull()
    assert cards(project) == BILINGUAL_CARDS.replace("gains most", "gains the most")
    ann.build_and_get("memory.en.apkg")
    assert "B12" in project.all_codes()
    ann.get("memory.zh.apkg")
    ann.edit("spacing", '"Question:为什么*"', Answer="快忘时复习的收获最大。")
    ann.pull()
    assert cards(project) == BILINGUAL_CARDS.replace("gains most", "gains the most").replace(
        "复习收获最大", "复习的收获最大"
    )


def test_cards_that_the_learner_deleted_are_listed(project: Project, ann: Ann) -> None:
    project.deck().build()
    ann.get()
    ann.learner.col.remove_notes([ann.learner.note("spacing").id])
    found = ann.pulled()
    assert [one["code"] for one in found["findings"]] == ["P06"]
    assert found["packages"][0]["absent"] == ["spacing"]
    assert cards(project) == CARDS_YAML


def test_new_notes_become_cards_with_their_history(project: Project, ann: Ann, bob: Ann) -> None:
    project.deck().build()
    ann.get()
    bob.get()
    model = ann.learner.note("spacing").note_type()
    note = ann.learner.col.new_note(model)
    note["Question"], note["Answer"] = "What is <b>interleaving</b>, then?", "Mixing topics: a &amp; b"
    note.tags = ["memory::time", "mine"]
    ann.add(note)
    ann.add_like("testing", Text="记忆 {{c1::很短}}。")
    ann.learner.study("Memory", 20)
    found = ann.pulled()
    assert [one["code"] for one in found["findings"]] == ["P05", "P05"]
    assert cards(project) == CARDS_YAML
    ann.pull("--new", "cards.yaml")
    added = cards(project).removeprefix(CARDS_YAML)
    assert added.startswith(
        "  - id: what-is-interleaving-then\n    tags: [time]\n"
        '    q: "What is **interleaving**, then?"\n    a: "Mixing topics: a & b"\n  - id: note-'
    ), added
    assert 'cloze: "记忆 {{c1::很短}}。"' in added
    assert ann.pulled()["files"] == []
    before = ann.learner.progress()
    assert ann.build_and_get()[0] == 0
    assert ann.learner.progress()[1] == before[1]
    assert ann.learner.col.note_count() == 5
    assert bob.build_and_get()[0] == 2
    assert bob.learner.note("what-is-interleaving-then").guid == note.guid
    assert ann.pulled()["files"] == []
    ann.learner.is_sound()
    project.edit("Mixing topics", "Mixing of topics")
    assert ann.build_and_get() == (0, 1)


def test_texts_of_several_lines_stand_in_blocks(project: Project, ann: Ann) -> None:
    """In double quotes, the end of a line and letters would be LaTeX to our reader (Y08)."""
    project.deck(cards=CARDS_YAML + "  - {id: flow, q: Why?, a: So.}\n").build()
    ann.get()
    ann.edit("testing", Note="See<br>nabla<br>rho")
    ann.edit("flow", Note="See<br>nabla")
    ann.add_like(Question="Which ones?", Answer="<p>nu</p><p>tau</p>")
    assert ann.pulled("--new", "cards.yaml")["findings"] == []
    assert cards(project) == (
        CARDS_YAML.replace(
            'a marker}}."\n', 'a marker}}."\n    note: |-\n      See\\\n      nabla\\\n      rho\n'
        )
        + '  - {id: flow, q: Why?, a: So., note: "See\\\\\\u000anabla"}\n'
        + '  - id: which-ones\n    q: "Which ones?"\n    a: |-\n      nu\n\n      tau\n'
    )
    assert ann.build_and_get() == (0, 0)
    assert ann.pulled()["files"] == []


def test_new_notes_get_a_file_of_their_own(project: Project, ann: Ann) -> None:
    project.deck(BILINGUAL_YAML, BILINGUAL_CARDS).build()
    ann.get("memory.en.apkg")
    ann.add_like(Question="What is interleaving?", Answer="Mixing topics.")
    assert ann.pull("--new", "elsewhere/x.yaml", code=2).stderr.count("is no card file of a deck") == 1
    ann.pull("--new", "cards_source/memory/02-ann.yaml")
    text = (project.root / "cards_source/memory/02-ann.yaml").read_text(encoding="utf-8")
    assert text == (
        "cards:\n  - id: what-is-interleaving\n    only: [en]\n    en:\n"
        '      q: "What is interleaving?"\n      a: "Mixing topics."\n'
    )
    assert cards(project) == BILINGUAL_CARDS
    assert ann.build_and_get("memory.en.apkg")[0] == 0
    assert ann.learner.col.note_count() == 3
    ann.pull()


PICTURE = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489")


def test_new_pictures_come_into_media(project: Project, ann: Ann, bob: Ann) -> None:
    project.deck()
    media = project.root / "cards_source/memory/media"
    media.mkdir()
    (media / "heart.png").write_bytes(PICTURE + b"1")
    project.edit("strengthens it.", "strengthens it. ![](heart.png)")
    project.build()
    ann.get()
    ann.learner.col.media.write_data("my heart.png", PICTURE + b"2")
    ann.learner.col.media.write_data("heart.png", PICTURE + b"3")
    answer = ann.learner.note("spacing")["Answer"]
    ann.edit("spacing", Answer=f'{answer}<br><img src="my%20heart.png">', Note='See <img src="heart.png">')
    ann.edit("stages", Note='<img src="lost.png">')
    found = ann.pulled()
    assert [one["code"] for one in found["findings"]] == ["P08"]
    assert sorted(path.name for path in media.iterdir()) == ["heart-2.png", "heart.png", "my heart.png"]
    assert (media / "heart-2.png").read_bytes() == PICTURE + b"3"
    assert "![](heart.png)" in cards(project)
    assert "![](my%20heart.png)" in cards(project)
    assert "![](heart-2.png)" in cards(project)
    assert "lost" not in cards(project)
    assert ann.pulled()["files"] == []
    assert bob.build_and_get() == (3, 0)
    assert bob.learner.note("spacing")["Answer"].count("<img") == 2


def test_pictures_come_out_of_packages(project: Project, ann: Ann, tmp_path: Path) -> None:
    project.deck().build()
    ann.get()
    ann.learner.col.media.write_data("heart.png", PICTURE)
    ann.edit("spacing", Note='See <img src="heart.png">')
    for legacy in (False, True):
        package = tmp_path / "out.colpkg"
        ann.learner.col.export_collection_package(str(package), include_media=True, legacy=legacy)
        ann.learner.col.reopen()
        outcome = project.run("pull", str(package), *(["--dry-run"] if not legacy else []))
        assert outcome.exit_code == 0, outcome.stderr
        assert "media/heart.png" in outcome.stdout
    assert (project.root / "cards_source/memory/media/heart.png").read_bytes() == PICTURE


def test_changed_templates_are_shown_and_never_taken(project: Project, ann: Ann) -> None:
    project.deck().build()
    ann.get()
    assert ann.pulled()["findings"] == []
    model = ann.learner.note("spacing").note_type()
    model["css"] += "\n.card { color: teal; }"
    model["tmpls"][0]["qfmt"] = "<i>!</i>" + model["tmpls"][0]["qfmt"]
    ann.learner.col.models.update_dict(model)
    found = ann.pulled()
    assert [one["code"] for one in found["findings"]] == ["P07"]
    (kind,) = found["packages"][0]["note_types"]
    assert "+.card { color: teal; }" in kind["diff"]
    assert "color: teal" in ann.pull().stdout
    assert found["files"] == []


OCCLUSION = """\
cards:
  - id: heart
    q: "Which part?"
    occlude: heart.png
    masks: {aorta: {rect: [10, 20, 30, 15]}, apex: {ellipse: [50, 60, 10, 12.5]}}
"""


def test_masks_that_were_moved_or_added(project: Project, ann: Ann) -> None:
    project.deck(cards=OCCLUSION)
    media = project.root / "cards_source/memory/media"
    media.mkdir()
    (media / "heart.png").write_bytes(PICTURE)
    project.edit("tags: {basics", "tags: {other: x, basics", "memory/deck.yaml")
    project.build()
    ann.get()
    ann.learner.study("Memory", 5)
    masks = ann.learner.note("heart")["Occlusion"]
    new = "{{c3::image-occlusion:polygon:left=.1:top=.1:points=.1,.1 .2,.1 .15,.25:oi=1}}<br>"
    ann.edit("heart", Occlusion=masks.replace("left=.1:", "left=.125:") + new, Back_Extra="It pumps.")
    assert ann.pulled()["findings"] == []
    moved = OCCLUSION.replace("rect: [10,", "rect: [12.5,").replace(
        "12.5]}}", "12.5]}, mask-3-at-10-10: {polygon: [[10, 10], [20, 10], [15, 25]]}}"
    )
    assert cards(project) == moved.replace('part?"\n', 'part?"\n    note: "It pumps."\n')
    assert ann.pulled()["files"] == []
    before = ann.learner.progress()
    assert ann.build_and_get() == (0, 0)
    assert ann.learner.progress() == before
    ann.learner.is_sound()


TWO_SIDES = """\
cards:
  - id: heart
    occlude: heart.png  # of a frog
    masks:
      aorta: {rect: [10, 20, 30, 15]}
      apex: {ellipse: [50, 60, 10, 12.5]}  # the tip
      wall:
        polygon: [[1, 1], [20, 1], [10, 15]]
      left: {rect: [70, 70, 10, 10]}
    en: {q: "Which part of the heart?"}
    zh: {q: "心脏的哪个部分？"}
"""


def test_masks_of_all_shapes_in_two_languages(project: Project, ann: Ann, bob: Ann) -> None:
    """Masks are of both languages; one that was taken out is told, and keeps nothing else from coming."""
    project.deck(BILINGUAL_YAML.replace("tags: [basics]\n", ""), TWO_SIDES)
    media = project.root / "cards_source/memory/media"
    media.mkdir()
    (media / "heart.png").write_bytes(PICTURE)
    project.build()
    commit(project)
    ann.get("memory.en.apkg")
    bob.get("memory.zh.apkg")
    for one, deck in ((ann, "Memory"), (bob, "记忆")):
        one.learner.study(deck, 5)
    masks = ann.learner.note("heart")["Occlusion"].split("<br>")
    polygon = masks[2].replace("left=.01", "left=.02").replace("=.01,.01", "=.02,.03")
    moved = [masks[0], masks[1].replace("rx=.05", "rx=.06"), polygon]
    new = "{{c5::image-occlusion:ellipse:left=.3:top=.3:rx=.05:ry=.05:oi=1}}<br>"
    ann.edit("heart", Occlusion="<br>".join([*moved, new]), Header="Which part of this heart?")
    bob.edit("heart", Occlusion=bob.learner.note("heart")["Occlusion"].replace("left=.1:", "left=.15:"))
    found = ann.pulled()
    assert [(one["code"], one["message"].count("`left` was taken out")) for one in found["findings"]] == [
        ("P03", 1)
    ]
    text = (
        TWO_SIDES.replace("10, 12.5", "12, 12.5").replace("[[1, 1]", "[[2, 3]").replace("of the heart", "of this heart")
        .replace("    en:", "      mask-5-at-30-30: {ellipse: [30, 30, 10, 10]}\n    en:")
    )  # fmt: skip
    assert cards(project) == text
    assert bob.pulled()["findings"] == []
    assert cards(project) == text.replace("[10, 20,", "[15, 20,")
    assert bob.pulled()["files"] == []
    before = [one.learner.rows("revlog") for one in (ann, bob)]
    next_second()
    # The mask that she took out waits for the author, so the one that bob moved does not replace her note.
    assert ann.build_and_get("memory.en.apkg") == (0, 0)
    assert bob.build_and_get("memory.zh.apkg") == (0, 1)  # with those that ann moved, and the new one
    assert "B12" in project.all_codes()
    assert [one.learner.rows("revlog") for one in (ann, bob)] == before
    assert len(bob.learner.cards("heart")) == len(ann.learner.cards("heart")) == 5
    commit(project)
    assert [one.pulled()["files"] for one in (ann, bob)] == [[], []]


def geo(project: Project) -> str:
    return (project.root / "cards_source/geo/cards.yaml").read_text(encoding="utf-8")


def test_notes_of_own_types(project: Project, ann: Ann) -> None:
    write_geo(project).build()
    commit(project)
    ann.get("geo.apkg")
    ann.edit("france", Country="France!", Capital="<b>Paris</b>, on the Seine", Remark="")
    next_second()  # nobody edits two notes in one second
    ann.edit("spain", Flag="red and yellow", Origin="a map")
    ann.edit("night", Text="{{c1::Tyger::a big beast}}, burning {{c2::bright}}", Poem="")
    found = ann.pulled(code=0)
    assert [(one["code"], one["card"]) for one in found["findings"]] == [("P03", "spain")]
    assert geo(project) == (
        CARDS.replace('"France"', '"France!"')
        .replace("**Paris**", "**Paris**, on the Seine")
        .replace('    note: "On the $x^2$ Seine."\n', "")
        .replace('[sound:x.mp3]"}', '[sound:x.mp3]", "Flag": "red and yellow"}')
        .replace("a beast", "a big beast")
        .replace(', Poem: "Songs of Experience"', "")
    ).replace('"Flag":', "Flag:")
    assert ann.pulled()["files"] == []
    note = ann.learner.col.new_note(ann.learner.note("spain").note_type())
    note["Country"], note["Capital"] = "Italy", "Rome"
    deck = ann.learner.col.decks.id_for_name("Geography")
    assert deck is not None
    ann.learner.col.add_note(note, deck)
    ann.pull("--new", "cards.yaml")
    assert geo(project).endswith(
        '  - id: italy\n    type: country\n    fields:\n      Country: "Italy"\n      Capital: "Rome"\n'
    )
    assert ann.build_and_get("geo.apkg")[0] == 0
    ann.pull()


def test_readings_in_brackets(project: Project, ann: Ann) -> None:
    write_geo(
        project,
        'cards:\n  - {id: tokyo, type: word, fields: {Word: "{東京|とうきょう}へ行く", Sense: "to Tokyo"}}\n',
    )
    described = (
        "fields: {Word: question, Sense: answer}\n"
        "templates: [{name: Read, front: front.html, back: back.html}]\n"
    )
    write_type(project, "word", described, {"front.html": "{{furigana:Word}}", "back.html": "{{Sense}}"})
    project.build()
    ann.get("geo.apkg")
    assert ann.learner.note("tokyo")["Word"] == "東京[とうきょう]へ行く"
    ann.edit("tokyo", Word="東京[とうきょう]へ 毎日[まいにち]行く")
    ann.pull()
    assert 'Word: "{東京|とうきょう}へ{毎日|まいにち}行く"' in geo(project)
    assert ann.build_and_get("geo.apkg") == (0, 0)


def test_what_is_typed_follows_the_answer(project: Project, ann: Ann) -> None:
    project.deck(cards=CARDS_YAML.replace("- id: spacing\n", "- id: spacing\n    typed: true\n")).build()
    ann.get()
    ann.edit("spacing", Answer="Recall strengthens it.")
    assert ann.pulled()["findings"] == []
    assert ann.build_and_get() == (0, 1)
    assert ann.learner.note("spacing")["Typed"] == "Recall strengthens it."
    ann.pull()


def test_a_renamed_card_and_a_retired_one(project: Project, ann: Ann) -> None:
    project.deck().build()
    ann.get()
    ann.edit("spacing", Note="The effect grows.")
    ann.edit("testing", Text="Recall beats {{c1::rereading}} and {{c2::underlining::a marker}}.")
    project.run("rename", "spacing", "spaced-reviews")
    project.run("retire", "testing", "--reason", "x")
    ann.pull()
    assert 'note: "The effect grows."' in cards(project)
    assert "underlining" in cards(project)
    ann.pull()
    assert ann.build_and_get() == (0, 2)


def test_nothing_changes_when_a_file_cannot_be_written(
    project: Project, ann: Ann, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.deck().build()
    ann.get()
    ann.edit("spacing", Note="The effect grows.")
    files = project.files()

    whole = Path.write_bytes

    def full(path: Path, content: bytes) -> int:
        if "deck.lock" in path.name:
            raise OSError(28, "No space left on device", str(path))
        return whole(path, content)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_bytes", full)
        assert "No space left" in ann.pull(code=2).stderr
    assert project.files() == files
    ann.pull()
    assert 'note: "The effect grows."' in cards(project)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("nothing.apkg",), "there is no file nothing.apkg"),
        (("cards_source/memory/cards.yaml",), "is no package or collection"),
        (("output/memory.apkg", "--theirs", "nobody"), "no deck has a card `nobody`"),
        (
            ("output/memory.apkg", "--theirs", "x", "--ours", "spacing", "--theirs", "y"),
            "no deck has a card `x` or `y`",
        ),
        (
            (
                "output/memory.apkg",
                *("--theirs", "spacing", "--theirs", "testing", "--ours", "testing", "--ours", "spacing"),
            ),
            "`spacing` and `testing` stand behind both",
        ),
        (("--running", "ann.colpkg"), "either `deckgen pull --running` or `deckgen pull ann.colpkg`"),
        (("--running", "memory", "output/memory.APKG"), "asks the Anki that is open"),
        (("output/memory.apkg", "bob.apkg"), "one file is pulled at a time"),
        (("output/memory.apkg", "--shipped", "nothing.apkg", "--dry-run"), "there is no file nothing.apkg"),
        (
            ("output/memory.apkg", "--shipped", "cards_source/memory/cards.yaml"),
            "is no package or collection",
        ),
        (("output/memory.apkg", "no-deck"), "there is no deck folder no-deck"),
    ],
)
def test_wrong_use_is_told(project: Project, arguments: tuple[str, ...], says: str) -> None:
    project.deck().build()
    files = project.files()
    outcome = project.run("pull", *arguments)
    assert outcome.exit_code == 2, outcome.stderr
    assert says in outcome.stderr
    assert project.files() == files


def test_words_shared_by_an_alias_are_not_changed_for_another_card(project: Project, ann: Ann) -> None:
    text = 'cards:\n  - {id: one, q: "One?", a: &x "Same words"}\n  - {id: two, q: "Two?", a: *x }\n'
    project.deck(cards=text).build()
    ann.get()
    ann.edit("one", Answer="Other words")
    found = ann.pulled(code=1)
    assert [one["code"] for one in found["findings"]] == ["P01"]
    assert cards(project) == text


def test_tags_shared_by_an_alias_stay(project: Project, ann: Ann) -> None:
    text = CARDS_YAML.replace("- id: spacing\n", "- id: spacing\n    tags: &t [time]\n").replace(
        "tags: [time]\n    cloze", "tags: *t\n    cloze"
    )
    project.deck(cards=text).build()
    ann.get()
    ann.tag("spacing", "memory::basics")
    found = ann.pulled()
    assert cards(project) == text
    assert [one["code"] for one in found["findings"]] == ["P04"]


def test_cards_of_another_branch_are_not_new(project: Project, ann: Ann) -> None:
    project.deck().build()
    text = cards(project)
    project.write("memory/cards.yaml", text + '  - id: more\n    q: "What?"\n    a: "That."\n')
    project.build()
    ann.get()
    project.write("memory/cards.yaml", text)
    project.lock().unlink()
    project.package().unlink()
    project.build()
    assert ann.pulled()["packages"][0]["not_taken"] == []


def test_what_a_build_would_not_make_is_a_conflict(
    project: Project, ann: Ann, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A last look, should a merge ever be wrong: only that note stays as it is."""
    project.deck().build()
    ann.get()
    ann.edit("spacing", Answer="Recall from fading memory hardens it.")
    ann.edit("testing", Text="Recall clearly beats {{c1::rereading}} and {{c2::highlighting::a marker}}.")

    def wrong(source: Text, base: str, theirs: str, making: Making) -> Merged | Conflict:
        return Merged("Nonsense.") if "hardens" in theirs else right(source, base, theirs, making)

    monkeypatch.setattr(decide, "merge", wrong)
    found = ann.pulled(code=1)
    assert [(one["code"], one["card"]) for one in found["findings"]] == [("P01", "spacing")]
    assert cards(project) == CARDS_YAML.replace("Recall beats", "Recall clearly beats")


def test_texts_that_are_html_stay_html(project: Project, ann: Ann) -> None:
    html = CARDS_YAML.replace('a: "Recall from', 'a: !html "Recall <u>from</u>')
    project.deck(cards=html.replace("    note:", "    # a comment\n    note:")).build()
    ann.get()
    answer = ann.learner.note("spacing")["Answer"]
    ann.edit("spacing", Answer=answer.replace("strengthens", "<b>strengthens</b>"))
    ann.edit("stages", Note='<span style="font-size: 30px;">big</span>')
    ann.pull()
    text = html.replace("    note:", "    # a comment\n    note:").replace(
        "strengthens", "<b>strengthens</b>"
    )
    assert cards(project) == text + "    note: !html '<span style=\"font-size: 30px;\">big</span>'\n"
    assert ann.pulled()["files"] == []
    assert ann.build_and_get() == (0, 0)


def test_a_new_stamp_reaches_also_the_learner_of_the_edit(project: Project, ann: Ann) -> None:
    project.deck().build()
    ann.get()
    ann.edit("spacing", Note="The effect grows.")
    ann.pull()
    next_second()
    project.now = int(time.time()) - 3600
    assert project.run("restamp", "spacing", "--no-lint").exit_code == 0
    assert ann.get() == (0, 1)


def test_what_a_killed_pull_left_among_the_media_goes(project: Project) -> None:
    project.deck().build()
    left = project.write("memory/media/.heart.png.12345.deckgen-new", "half a picture")
    project.run("check")
    assert not left.exists()


@pytest.mark.parametrize("same", [False, True])
def test_two_learners_one_after_the_other(project: Project, ann: Ann, bob: Ann, same: bool) -> None:
    project.deck().build()
    for one in (ann, bob):
        one.get()
    ann.edit("spacing", Answer="Recall from fading memory strengthens it most.")
    next_second()
    bob.edit(
        "spacing", Answer=f"Recall from {'fading' if same else 'dim'} memory strengthens it{' most' * same}."
    )
    ann.pull()
    bob.pull()
    for one in (ann, bob):
        assert one.pulled()["packages"][0]["texts"] == []
        assert one.build_and_get() == (0, int(not same))
    words = "fading" if same else "dim"
    assert bob.learner.note("spacing")["Answer"] == f"Recall from {words} memory strengthens it most."
    assert ann.learner.note("spacing")["Answer"] == f"Recall from {words} memory strengthens it most."


def test_a_text_that_no_package_has_may_be_the_base(project: Project, ann: Ann, tmp_path: Path) -> None:
    """Only the newer package is there: what the author changed in it is no edit of the learner."""
    project.deck().build()
    ann.get()
    kept = tmp_path / "old.apkg"
    kept.write_bytes(project.package().read_bytes())
    project.edit("Why do spaced", "Why would spaced")
    project.build()
    ann.edit("spacing", Answer="Recall from fading memory strengthens it most.")
    text = cards(project)
    assert [one["code"] for one in ann.pulled(code=1)["findings"]] == ["P02"]
    assert cards(project) == text
    ann.pull("--shipped", str(kept))
    assert "Why would spaced" in cards(project)
    assert "strengthens it most" in cards(project)


def test_a_second_edit_after_one_that_anki_wrote_otherwise(project: Project, ann: Ann, bob: Ann) -> None:
    """What the first learner had is in no package, and need be in none."""
    project.deck().build()
    ann.get()
    bob.get()
    ann.edit("spacing", Answer="Recall from <b>fading</b>&nbsp;memory strengthens it.<br>")
    ann.pull()
    commit(project)
    ann.build_and_get()
    bob.get()
    commit(project)
    next_second()  # the edit is later than the first one
    bob.edit("spacing", Note="The effect grows with the long delay.")
    bob.pull()
    assert "long delay" in cards(project)
    assert "**fading**" in cards(project)


def test_learner_may_be_right_whichever_version_was_edited(project: Project, ann: Ann) -> None:
    project.deck().build()
    commit(project)
    ann.get()
    project.edit("fading", "Fading")
    project.edit("Why do spaced", "Why would spaced")
    project.build()
    commit(project)
    ann.edit("spacing", Answer="Recall from fading memory strengthens it most.", Question="Why would spaced?")
    assert [one["code"] for one in ann.pulled(code=1)["findings"]] == ["P01"]
    project.edit("The effect grows", "It grows")
    ann.pull("--theirs", "spacing")
    assert "Recall from fading memory strengthens it most." in cards(project)
    assert "Why would spaced?" in cards(project)
    assert "It grows with the delay." in cards(project)


def test_a_tag_that_the_author_took_out_stays_out(project: Project, ann: Ann) -> None:
    project.deck().build()
    commit(project)
    ann.get()
    project.edit("    tags: [time]\n", "")
    project.build()
    commit(project)
    ann.edit("testing", Text="Recall clearly beats {{c1::rereading}} and {{c2::highlighting::a marker}}.")
    ann.pull()
    assert "clearly" in cards(project)
    assert "tags: [time]" not in cards(project)


def test_a_tag_of_a_text_that_no_package_has_is_told(project: Project, ann: Ann) -> None:
    project.deck().build()
    ann.get()
    project.edit("one long session?", "a long session?")
    project.build()  # over the only package with the learner's text: there is no git
    note = ann.learner.note("spacing")
    note.add_tag("memory::time")
    ann.learner.col.update_note(note)
    before = project.files()
    found = ann.pulled()
    assert [(one["code"], one["card"]) for one in found["findings"] if one["code"] != "P09"] == [
        ("P04", "spacing")
    ]
    assert project.files() == before
    ann.pulled("--theirs", "spacing")
    assert "  - id: spacing\n    tags: [time]\n" in cards(project)


def test_an_edit_of_a_card_that_has_left_is_told(project: Project, ann: Ann) -> None:
    project.deck().build()
    ann.get()
    ann.edit("testing", Text="Recall beats {{c1::rereading}} and {{c2::underlining::a marker}}.")
    project.edit(
        "  - id: testing\n",
        '  - id: testing\n    retired: {since: "2023-01-01", until: "2023-02-01", reason: "x"}\n',
    )
    project.build()
    before = project.files()
    found = ann.pulled()
    assert [one["code"] for one in found["findings"]] == ["P03"]
    assert "in no package any more, and nothing was taken: testing" in found["findings"][0]["message"]
    assert project.files() == before


def test_a_tag_of_the_whole_file_is_told(project: Project, ann: Ann) -> None:
    project.deck().build()
    ann.get()
    ann.tag(
        "spacing",
    )
    found = ann.pulled()
    assert [one["code"] for one in found["findings"]] == ["P04"]
    assert found["packages"][0]["tags"] == []
    assert cards(project) == CARDS_YAML


@pytest.mark.parametrize("told", ["a conflict", "an item that was added"])
def test_what_is_undecided_stays_with_the_learner(project: Project, ann: Ann, bob: Ann, told: str) -> None:
    """All others get what came home, and what the author wrote."""
    project.deck().build()
    commit(project)
    ann.get()
    bob.get()
    if told == "an item that was added":
        html = ann.learner.note("stages")["List"].replace("</ul>", "<li>{{c4::Forgetting}}</li>\n</ul>")
        ann.edit("stages", Text="Which stages, then?", List=html)
    else:
        ann.edit("spacing", Answer="Recall from fading memory hardens it.")
        project.edit("strengthens it.", "deepens it.")
    first = ann.pulled(code=0 if "item" in told else 1)
    next_second()
    assert ann.build_and_get() == (0, 0)
    assert bob.build_and_get() == (0, 1)
    commit(project)
    again = ann.pulled(code=0 if "item" in told else 1)
    assert [one["code"] for one in again["findings"]] == [one["code"] for one in first["findings"]]
    assert again["packages"][0]["texts"] == again["files"] == []
    card = "stages" if "item" in told else "spacing"
    ann.pull("--ours", card)
    assert ann.build_and_get() == (0, 1)
    assert ann.learner.note(card).fields == bob.learner.note(card).fields


def test_new_clozes_that_no_deck_can_have_are_told(project: Project, ann: Ann) -> None:
    project.deck().build()
    ann.get()
    model = ann.learner.note("testing").note_type()
    for text in ("{{c2::only two}} x", "none at all", "{{c1::a {{c2::b}} }}", "{{c1::fine}} so"):
        note = ann.learner.col.new_note(model)
        note["Text"] = text
        ann.add(note)
    found = ann.pulled("--new", "cards.yaml")
    assert [one["code"] for one in found["findings"]] == ["P05"] * 3
    assert [one["card"] for one in found["packages"][0]["new"]] == ["fine-so"]
    assert project.codes() == []


def test_what_came_home_before_hides_no_base(project: Project, ann: Ann) -> None:
    """The release has the learner's first edit, but was never imported: what else is in it nobody took out."""
    project.deck().build()
    commit(project)
    ann.get()
    ann.edit("spacing", Question="Why do spaced reviews beat one very long session?")
    project.edit("The effect grows", "The good effect grows")
    ann.pull()
    project.now = int(time.time()) - 3600
    next_second()
    project.build()
    commit(project)
    next_second()
    ann.edit("spacing", Note="The effect grows with the long delay.")
    assert [one["code"] for one in ann.pulled(code=1)["findings"]] == ["P01"]
    assert "The good effect grows with the delay." in cards(project)


def test_a_list_below_a_block_leaves_the_empty_line_behind_it(project: Project, ann: Ann) -> None:
    text = "cards:\n  - id: one\n    q: What?\n    a: |\n      One.\n\n  - id: two\n    q: Why?\n    a: So.\n"
    project.deck(cards=text).build()
    ann.get()
    ann.edit("one", Answer="<p>One.</p><ul><li>x</li></ul>")
    ann.pull()
    assert cards(project) == text.replace("One.\n", "One.\n\n      - x\n")


def test_what_no_build_takes_is_a_conflict(
    project: Project, ann: Ann, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An adopted text may have such mistakes until it is edited."""
    project.deck().build()
    ann.get()
    ann.edit("spacing", Answer="Recall from fading memory hardens it.")
    ann.edit("stages", Note="Fine.")

    def wrong(source: Text, base: str, theirs: str, making: Making) -> Merged | Conflict:
        return Merged("$\\unheard$") if "hardens" in theirs else right(source, base, theirs, making)

    monkeypatch.setattr(decide, "merge", wrong)
    (finding,) = ann.pulled(code=1)["findings"]
    assert (finding["code"], finding["card"], "(K20)" in finding["message"]) == ("P01", "spacing", True)
    assert cards(project) == CARDS_YAML + '    note: "Fine."\n'
    assert project.codes() == []


def test_a_folded_text_that_gets_lines_leaves_those_below_it(project: Project, ann: Ann) -> None:
    text = "cards:\n  - id: one\n    q: What?\n    a: >-\n      One\n      line.\n   \n"
    project.deck(cards=text).build()
    ann.get()
    ann.edit("one", Answer="One line.<br>Two.")
    ann.pull()
    assert cards(project) == text.replace(">-\n      One\n      line.", '"One line.\\\\\\nTwo."')


@pytest.mark.parametrize("has", ["nothing", "another deck"])
def test_a_file_without_any_of_the_cards_is_likely_the_wrong_one(
    project: Project, ann: Ann, has: str
) -> None:
    project.deck().build()
    if has == "another deck":
        note_type = ann.learner.col.models.by_name("Basic")
        deck = ann.learner.col.decks.id("Other")
        assert note_type is not None
        assert deck is not None
        note = ann.learner.col.new_note(note_type)
        note["Front"] = "a question of another deck"
        ann.learner.col.add_note(note, deck)
    files = project.files()
    (finding,) = ann.pulled(code=1)["findings"]
    assert (finding["code"], finding["message"]) == ("P06", "the learner has no note of these packages")
    assert project.files() == files


@pytest.mark.parametrize(
    "leads_to", ["../../evil.png", "{}/evil.png", "..\\evil.png", "a\nb.png", ".hidden.png"]
)
def test_no_file_of_a_learner_comes_to_another_place_than_media(
    project: Project, ann: Ann, tmp_path: Path, leads_to: str
) -> None:
    """A name that says another one in a link is no more than a name."""
    name = (
        "".join(f"%{ord(sign):02X}" if sign in "./\\\n" else sign for sign in leads_to.format(tmp_path)[:-4])
        + ".png"
    )
    project.deck().build()
    commit(project)
    ann.get()
    folder = ann.file.with_suffix(".media")
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(PICTURE)
    ann.edit("spacing", Note=f'See <img src="{name}">')
    before = project.files()
    found = json.loads(
        project.run("pull", str(ann.file), "--format", "json", "--new", "cards_source/memory/new.yaml").stdout
    )
    came = project.files().keys() - before.keys()
    assert {path.rpartition("/")[2] for path in map(str, came)} <= {name}
    assert not [*tmp_path.rglob("evil.png"), *tmp_path.rglob(".hidden.png"), *project.root.rglob("evil.png")]
    assert found["findings"] or came
