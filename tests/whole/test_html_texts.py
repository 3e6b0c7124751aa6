"""Texts tagged `!html` from the file to Anki: what is shipped, what is told with its place, and that nothing acts."""

from __future__ import annotations

import random
import re
import subprocess
import sys
import tempfile
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser

from deckgen.building.build import build, check
from deckgen.building.steps import Asked, prepare
from deckgen.building.wishes import Wishes
from deckgen.checks import Craft
from deckgen.markup import raw
from deckgen.notes.faces import Sides, sides
from tests.browser import Reader
from tests.conftest import BILINGUAL_YAML, Project
from tests.markup.test_raw import PIECES
from tests.markup.test_raw import _bare as words
from tests.own_deck import PIXEL, write_geo
from tests.real_anki import Learner

pytestmark = pytest.mark.slow

# Ids of hints, and what Anki puts in the place of sounds.
_MADE = re.compile(r"hint[0-9a-f]{8,}|\[(?:sound|anki:play):[^\]]*\]")

CARDS = r"""
cards:
  - id: grain
    typed: true
    q: !html 'Which <b style="color: rgb(1, 2, 3)">grain</b> is on <img src="a b.png" alt="a field">?'
    a: Wheat
    note: !html 'Say it: [sound:w.mp3] or \(x^2 &lt; 3\), <a href="https://example.org/?a=1&amp;b=2">more</a>'
    hint: !html '<ruby>小麦<rt>xiǎomài</rt></ruby>'
  - id: rivers
    cloze: !html 'The <i>{{c1::Nile::a river}}</i> and {{c2::<b>Congo</b>}} &amp; \(a_{{c3::1}}\).'
  - id: parts
    q: Which parts?
    list: {first: !html '<table><tr><td>a<td>b</table>', second: "*plain*"}
"""


def _media(project: Project, deck: str, *names: str) -> None:
    for name in names:
        path = project.root / "cards_source" / deck / "media" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(PIXEL)


def test_html_arrives_in_anki_as_it_is_meant(project: Project, learner: Learner) -> None:
    project.deck(cards=CARDS)
    _media(project, "memory", "a b.png", "w.mp3")
    project.build()
    assert project.codes() == []
    learner.import_package(project.package())
    learner.is_sound()
    grain = learner.note("grain")
    assert grain["Question"].startswith('Which <b style="color: rgb(1, 2, 3)">grain</b> is on <img src="a-b-')
    assert grain["Note"].startswith("Say it: [sound:w-")
    assert grain["Note"].endswith(r' or \(x^2 &lt; 3\), <a href="https://example.org/?a=1&amp;b=2">more</a>')
    assert grain["Hint"] == "<ruby>小麦<rt>xiǎomài</rt></ruby>"
    assert "<table><tbody><tr><td>a</td><td>b</td></tr></tbody></table>" in learner.note("parts")["List"]
    assert len(learner.cards("rivers")) == 3
    assert "<b>Congo</b></span> &amp; " in learner.cards("rivers")[0].question()
    (ready,) = prepare(Asked(project.root / "cards_source", project.root / "output")).decks
    for note in ready.rendered[0].notes:
        note_type = ready.rendered[0].note_types[note.role]
        for card in learner.cards(note.card):
            made = sides(note_type, note.fields, card.ord, {"Deck": "Memory", "Tags": " ".join(note.tags)})
            rendering = card.render_output()
            assert isinstance(made, Sides)
            for mine, theirs in ((made.front, rendering.question_text), (made.back, rendering.answer_text)):
                assert _MADE.sub("", mine) == _MADE.sub("", theirs)
    media = {path.name for path in Path(learner.col.media.dir()).iterdir()}
    assert len(media) == 2


def test_html_in_two_languages_and_in_own_fields_is_counted(project: Project) -> None:
    project.deck(
        BILINGUAL_YAML,
        """cards:
  - id: one
    en: {q: !html "Which <i>grain</i> has gluten?", a: "Wheat"}
    zh: {q: "哪种谷物含有麸质？", a: !html "<b>小麦</b>"}
""",
    )
    write_geo(project)
    project.edit('Capital: "**Paris**"', "Capital: !html '<b>Paris</b>'", "geo/cards.yaml")
    project.edit('Poem: "Songs of Experience"', "Poem: !html '<i>Songs</i>'", "geo/cards.yaml")
    project.edit('Text: "{{c1::Tyger', 'Text: !html "<u>{{c1::Tyger</u>', "geo/cards.yaml")
    assert project.codes() == ["C01"]
    project.edit("<u>{{c1::Tyger</u>", "{{c1::<u>Tyger</u>", "geo/cards.yaml")
    assert project.findings() == []
    for arguments in (("check",), ("check", "--statistics")):
        assert project.run(*arguments).stdout.endswith("HTML (`!html`): 5 texts\n")
    assert "!html" not in project.run("check", "--format", "json").stdout
    assert project.run("check", "memory").stdout.endswith("HTML (`!html`): 2 texts\n")


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ('a: !html "x \\" &amp; <script>"', 4, 26),
        ("a: !html 'it''s <script>'", 4, 21),
        ("a: !html &name <script>", 4, 20),
        ("a: !html |\n      x\n      <b>\n      <script>", 7, 7),
        ("a: !html >-\n      x y\n      z <script>", 6, 9),
        ("a: !html\n      x\n      <script>", 6, 7),
        ("a: &name !html <script>", 4, 20),
    ],
)
def test_finding_points_at_what_may_not_stand_there(
    project: Project, text: str, line: int, column: int
) -> None:
    project.deck(cards=f"cards:\n  - id: one\n    q: What?\n    {text}\n")
    (found,) = [one for one in project.findings() if one["code"] == "K36"]
    assert (found["line"], found["column"]) == (line, column)
    files = project.files()
    assert project.run("build", "--no-lint").exit_code == 1
    assert project.files() == files


def test_media_of_html_are_missed_and_used_as_others(project: Project) -> None:
    project.deck(
        cards='cards:\n  - {id: one, q: What?, a: !html "<img src=a%20b.png> [sound:x&amp;y.mp3]"}\n'
    )
    _media(project, "memory", "other.png")
    assert sorted(project.codes()) == ["G01", "G01", "G02"]
    _media(project, "memory", "a b.png", "x&y.mp3")
    assert project.codes() == ["G02"]


def test_a_text_that_becomes_html_is_a_change_of_its_note(project: Project, learner: Learner) -> None:
    project.deck()
    project.build()
    learner.import_package(project.package())
    project.edit('a: "Recall from', 'a: !html "Recall from')
    project.build()
    log = learner.import_package(project.package())
    assert (log.updated, log.conflicting) == (0, 0)  # the HTML of both is the same
    project.edit('a: !html "Recall from', 'a: !html "<i>Recall</i> from')
    project.build()
    assert learner.import_package(project.package()).updated == 1
    assert learner.note("spacing")["Answer"].startswith("<i>Recall</i> from")


@pytest.mark.parametrize(("text", "loaded"), [('"<b>x</b>"', False), ('!html "<b>x</b>"', True)])
def test_library_is_loaded_only_for_decks_with_html(project: Project, text: str, loaded: bool) -> None:
    project.deck(cards=f"cards:\n  - {{id: one, q: What?, a: {text}}}\n")
    code = "import sys; from deckgen.commands.main import main; main(['build', '--no-lint'], standalone_mode=False); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert ("nh3" in done.stdout.decode().split()) is loaded


def _shipped(count: int) -> list[str]:
    """What is shipped of texts that were put together by chance, and have no fault."""
    chance = random.Random(16)  # noqa: S311
    found: list[str] = []
    while len(found) < count:
        text = "".join(chance.choices(PIECES, k=chance.randint(1, 12)))
        if not raw.faults(text):
            found.append(raw.to_html(text, lambda name: name))
    return found


def test_browser_makes_of_html_what_its_check_read(chromium: Browser, tmp_path: Path) -> None:
    """A DOM that is written as HTML again is the same text: no second reading makes other elements of it."""
    page = tmp_path / "page.html"
    page.write_text("<!doctype html><meta charset=utf-8><div></div>", encoding="utf-8")
    reader = Reader.of(chromium, page.as_uri())
    texts = [text for text in _shipped(2_000) if "<" in text]
    assert len(texts) > 500
    told: list[dict[str, Any]] = reader.page.evaluate(
        """texts => texts.map(text => {
            const one = new DOMParser().parseFromString('<div>' + text + '</div>', 'text/html').body.firstChild;
            const all = [...one.querySelectorAll('*')];
            const names = all.map(element => element.localName);
            const attributes = all.flatMap(element => [...element.attributes].map(own => own.name));
            return {text: one.innerHTML, names, attributes};
        })""",
        texts,
    )
    allowed = {*raw.EVERYWHERE, *(name for names in raw.ELEMENTS.values() for name in names)}
    for text, seen in zip(texts, told, strict=True):
        assert seen["text"].replace("\xa0", "&nbsp;") == text.replace("\xa0", "&nbsp;")
        assert set(seen["names"]) <= {*raw.ELEMENTS}
        assert set(seen["attributes"]) <= allowed
    reader.page.evaluate("texts => { document.body.innerHTML = texts.join('<hr>'); }", texts)
    assert reader.network == []


class _Seen(HTMLParser):
    """What another reader than ours finds in the HTML of fields."""

    def __init__(self) -> None:
        super().__init__()
        self.acts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = (*raw.EVERYWHERE, *raw.ELEMENTS.get(tag, ()), "start")
        self.acts += [tag] if tag not in raw.ELEMENTS else []
        for name, value in attrs:
            leads = name in ("src", "style") and re.search(r"//|url|:\s*//|\\", value or "")
            links = name == "href" and not (value or "").startswith(("https://", "mailto:"))
            self.acts += [f"{name}={value}"] if name not in known or leads or links else []


@settings(max_examples=15)
@given(st.lists(st.lists(st.sampled_from(PIECES), max_size=8).map("".join), min_size=1, max_size=40))
@example(["", "\\("])
def test_whatever_is_built_of_html_acts_nowhere_and_says_all_that_was_typed(texts: list[str]) -> None:
    """Each text is either told, or in the fields of its note, in Anki."""
    cards = {}
    for index, text in enumerate(texts):
        quoted = "'" + text.replace("'", "''").replace("\n", "\n\n    ") + "'"
        cards[f"q-{index}"] = (
            f"  - id: q-{index}\n    q: !html {quoted}\n    a: A\n    note: !html {quoted}\n"
        )
        cards[f"l-{index}"] = f"  - id: l-{index}\n    q: Q?\n    list: {{a: !html {quoted}, b: B}}\n"
        hidden = "'{{c1::" + quoted[1:-1] + "}} or'"
        cards[f"c-{index}"] = f"  - id: c-{index}\n    cloze: !html {hidden}\n"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        deck = folder / "source" / "any"
        (deck / "media").mkdir(parents=True)
        for shown in ("x.png", "x.mp3"):
            (deck / "media" / shown).write_bytes(PIXEL)
        (deck / "deck.yaml").write_text("deck: any\ntitle: Any\n", encoding="utf-8")
        file = deck / "cards.yaml"
        first = 'cards:\n  - {id: last, q: Q?, a: "![](x.png) ![](x.mp3)"}\n'
        file.write_text(first + "".join(cards.values()), encoding="utf-8")
        # What stops a build early hides what a later step would find.
        while (
            told := {one.card for one in check(folder / "source", folder / "output").findings} & cards.keys()
        ):
            for card in told:
                del cards[card]
            file.write_text(first + "".join(cards.values()), encoding="utf-8")
        result = build(
            folder / "source", folder / "output", now=1_700_000_000, wishes=Wishes(craft=Craft.NONE)
        )
        assert result.findings == []
        with Learner(folder / "learner") as learner:
            assert learner.import_package(folder / "output" / "any.apkg").new == len(cards) + 1
            learner.is_sound()
            for row in learner.rows("notes"):
                seen = _Seen()
                seen.feed(row[6].replace("\x1f", "<hr>"))
                assert seen.acts == [], row[6]
            for index, text in enumerate(texts):
                if f"q-{index}" in cards:
                    shipped = learner.note(f"q-{index}")["Question"]
                    shipped = re.sub(r"\[sound:x-[0-9a-f]{16}\.mp3\]", "[sound:x.mp3]", shipped)
                    assert "".join(words(shipped).split()) == "".join(words(text).split())


def test_a_question_may_be_a_picture_in_capitals(project: Project) -> None:
    project.deck(
        cards="cards:\n  - id: one\n    q: !html \"Which tower? <IMG SRC='a.png'>\"\n    a: The tower of Pisa.\n"
    )
    project.write("memory/media/a.png", "").write_bytes(PIXEL)
    assert "L03" not in {one["code"] for one in project.all_findings()}
