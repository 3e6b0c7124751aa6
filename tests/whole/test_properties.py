"""What holds for any text and any deck."""

from __future__ import annotations

import html
import re
import string
import tempfile
import textwrap
import unicodedata
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from deckgen import checks
from deckgen.building.build import build, check
from deckgen.building.wishes import Wishes
from deckgen.checks import Craft
from deckgen.deck import Card
from deckgen.kinds import Kind, QuestionAnswer, parts
from deckgen.lock.dump import dump
from deckgen.lock.limits import EARLIEST, ID_STEP, LATEST
from deckgen.lock.lines import Lock, NoteLine, PackageLine, TypeLine
from deckgen.lock.parse import parse
from deckgen.markup import cloze, markdown
from deckgen.notes.render import Known, render_deck, study_order
from deckgen.reading import tree
from deckgen.reading.load import load
from deckgen.showing import explain
from deckgen.written import File, Text
from tests.real_anki import Learner
from tests.whole.losses import losses

pytestmark = pytest.mark.slow

HERE = File("cards.yaml")

#: Pieces in which a careless compiler loses its way.
NASTY = st.sampled_from(
    [
        "<", ">", "&", "&amp;", '"', "'", "`", "*", "**", "_", "$", "$$", "\\", "\\(", "\\)", "\\[", "{", "}", "{{", "}}",
        "{{c1::", "::", "{{x}}", "{{#a}}", "[", "](", "![", "[sound:a.mp3]", "[latex]x[/latex]", "[$]x[/$]", "[anki:tts lang=en]x[/anki:tts]", "<b>", "</article>",
        "<script>", "<!--", "-->", "#", "- ", "1. ", "|", "~~", "~2~", "^2^", "++", "++ab++", "{漢|かん}", "=", "!", ": ", " #", "%", "@", "中", "文",
        "，", "。", "（", "“", "\u3000", "😀", "e\u0301", "é", "\u200d", "\ufeff", "\u202e",
    ]
)  # fmt: skip
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=8)
TEXTS = st.lists(NASTY | WORDS, min_size=1, max_size=12).map("".join).filter(lambda text: text.strip() != "")
SHOWN = TEXTS.filter(lambda text: any(map(str.isalnum, text)))

#: Pieces of text that Markdown may take for its own, many of them at the beginning of a line.
_MARKS = st.sampled_from(
    [
        "1906.", "418. ", "7) ", "0. ", "1. ", "2. ", "3.5", "5", "#", "# ", "##", "+", "+ ", "-", "- ", "--", "---", "=", "===", "*", "* ", "**", "_", "__",
        "\\", "\\(", "\\)", "\\n", "<b>", "</b>", "<br>", "<", ">", "> ", "<!--", "-->", "&amp;", "&nbsp;", "&#65;", "&", "|", "|a|b|", "|-|-|", "[", "]", "](", "[a]", "[a]: b",
        "[a]: https://b.c 'd'", "![", "`", "``", "```", "~~~", "```python", "$", "$$", "$x^2$", "{{c1::", "::", "}}", ":", "!", "(", ")", '"', "'", ".", ",", "/", "%", "@", "^", "~", "~2~", "^2^", "++", "{漢|かん}", "\n", "\n\n",
        "\n  ", "\n    ", " ", "  ", "a", "bc d", "中", "文。", "（", "\u0301", "é", "\u200d", "😀", "https://b.c", "<https://b.c>", "<m@b.c>",
        "[w](https://b.c)", "[](https://b.c)", "[w](b)", "![p](x.png)", "![s](x.mp3)",
    ]
)  # fmt: skip
MARKED = st.lists(_MARKS, min_size=1, max_size=14).map("".join)

NO_CRAFT = Wishes(craft=Craft.NONE)


def _escaped(text: str) -> str:
    """Markdown that shows `text` as it is."""
    return re.sub(f"([{re.escape(string.punctuation)}])", r"\\\1", text)


def _quoted(text: str) -> str:
    return str(yaml.safe_dump(text, default_style='"', width=10**6)).strip()


def _seen(page: str) -> str:
    """The text that a browser shows for Anki's HTML, spaces aside."""
    body = re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)
    return "".join(html.unescape(re.sub(r"<!--.*?-->|<[^>]*>", "", body, flags=re.DOTALL)).split())


@settings(max_examples=25)
@given(st.lists(SHOWN, min_size=1, max_size=15))
def test_any_text_is_shown_as_typed(texts: list[str]) -> None:
    """Through YAML, Markdown, the package, Anki's importer and its renderer, in a question and in a cloze."""
    rows = []
    for index, text in enumerate(texts):
        rows.append(f"  - id: q-{index}\n    q: {_quoted(_escaped(text))}\n    a: A")
        hidden = _quoted("<" + "{{c1::" + _escaped(text) + "}}>")
        rows.append(f"  - id: c-{index}\n    cloze: {hidden}\n    note: {_quoted(_escaped(text))}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        deck = folder / "source" / "any"
        deck.mkdir(parents=True)
        (deck / "deck.yaml").write_text("deck: any\ntitle: Any\n", encoding="utf-8")
        (deck / "cards.yaml").write_text("cards:\n" + "\n".join(rows) + "\n", encoding="utf-8")
        result = build(folder / "source", folder / "output", now=1_700_000_000, wishes=NO_CRAFT)
        assert result.findings == []
        with Learner(folder / "learner") as learner:
            learner.import_package(folder / "output" / "any.apkg")
            for index, text in enumerate(texts):
                expected = "".join(_nfc(text).split())
                (question,) = learner.cards(f"q-{index}")
                assert _seen(question.question()) == expected
                (hidden_card,) = learner.cards(f"c-{index}")
                assert _seen(hidden_card.question()) == "<[...]>"
                assert _seen(hidden_card.answer()) == f"<{expected}>{expected}"


@settings(max_examples=25)
@given(st.lists(TEXTS, min_size=1, max_size=30))
def test_raw_markdown_makes_the_cards_that_anki_expects(texts: list[str]) -> None:
    """Whatever has no finding imports without loss, and Anki finds neither empty nor missing cards."""
    cards = {}
    for index, text in enumerate(texts):
        cards[f"q-{index}"] = f"  - id: q-{index}\n    q: {_quoted(text)}\n    a: A\n"
        cards[f"c-{index}"] = f"  - id: c-{index}\n    cloze: {_quoted('{{c1::' + text + '}} or')}\n"
        cards[f"l-{index}"] = f"  - id: l-{index}\n    q: Q?\n    list: {{a: {_quoted(text)}, b: B}}\n"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        deck = folder / "source" / "any"
        deck.mkdir(parents=True)
        (deck / "deck.yaml").write_text("deck: any\ntitle: Any\n", encoding="utf-8")
        file = deck / "cards.yaml"
        file.write_text("cards:\n" + "".join(cards.values()), encoding="utf-8")
        for finding in check(folder / "source", folder / "output").findings:
            cards.pop(finding.card, None)
        file.write_text("cards:\n  - {id: last, q: Q?, a: A}\n" + "".join(cards.values()), encoding="utf-8")
        result = build(folder / "source", folder / "output", now=1_700_000_000, wishes=NO_CRAFT)
        assert result.findings == []
        with Learner(folder / "learner") as learner:
            assert learner.import_package(folder / "output" / "any.apkg").new == len(cards) + 1
            assert learner.col.card_count() == result.packages[0].cards
            for row in learner.rows("notes"):
                assert not re.search("[\x00-\x08\x0b-\x1e]", row[6])
            learner.is_sound()


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


@given(TEXTS)
def test_short_way_and_long_way_through_markdown_agree(text: str) -> None:
    """Plain texts skip the Markdown library; the result must not show it."""
    paragraph = markdown.to_html(f"*x*\n\n{text}", lambda name: name)
    if markdown._PLAIN.fullmatch(text):
        assert paragraph == f"<p><em>x</em></p>\n<p>{markdown.to_html(text, lambda name: name)}</p>"


@given(
    st.lists(st.text("abcxyz^_{}0 +", min_size=1, max_size=8).filter(lambda s: s == s.strip()), max_size=15)
)
def test_formulas_come_out_in_order_and_untouched(formulas: list[str]) -> None:
    balanced = [formula for formula in formulas if _balanced(formula)]
    text = " and ".join(f"${formula}$" for formula in balanced)
    shown = markdown.to_html(text, lambda name: name)
    assert [html.unescape(found) for found in re.findall(r"\\\((.*?)\\\)", shown)] == balanced


def _balanced(formula: str) -> bool:
    depth = 0
    for character in formula:
        depth += {"{": 1, "}": -1}.get(character, 0)
        if depth < 0:
            return False
    return depth == 0


@given(TEXTS)
def test_scanning_deletions_never_fails_and_stays_inside(text: str) -> None:
    deletions, faults = cloze.scan(text)
    for deletion in deletions:
        assert text[deletion.start :].startswith("{{c")
        assert text[: deletion.end].endswith("}}")
    assert all(0 <= fault.start < len(text) for fault in faults)
    if not faults:
        parts = pairwise(deletions)
        assert all(left.end <= right.start for left, right in parts)


YAML_PIECES = st.sampled_from(
    ["cards:", "\n", "  ", "- ", "id: a", "q: ", "a: ", "cloze: ", "list: ", "{", "}", "[", "]", ",", '"', "'", "|", ">",
     "&x", "*x", "!y", "#", "---", "\t", "x", "中", "tags: [a]", "after: [a]", "retired: ", "? ", "%"]
)  # fmt: skip


@given(st.lists(YAML_PIECES | WORDS, max_size=40).map("".join))
def test_any_file_gives_findings_inside_it_and_no_traceback(text: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        deck = Path(name) / "source" / "any"
        deck.mkdir(parents=True)
        (deck / "deck.yaml").write_text("deck: any\ntitle: Any\ntags: [a]\n", encoding="utf-8")
        (deck / "cards.yaml").write_bytes(text.encode("utf-8", "surrogatepass"))
        lines = re.split("\r\n|[\n\r\x85\u2028\u2029]", text.removeprefix("\ufeff"))
        for finding in check(Path(name) / "source", Path(name) / "output").findings:
            assert finding.message
            if finding.place.path.endswith("cards.yaml"):
                assert 1 <= finding.place.line <= len(lines) + 1
                line = lines[finding.place.line - 1] if finding.place.line <= len(lines) else ""
                assert 1 <= finding.place.column <= len(line) + 2


@given(TEXTS)
def test_scalars_are_what_was_written(text: str) -> None:
    node, findings = tree.parse(f"key: {_quoted(text)}\n", "x.yaml")
    assert findings == []
    assert isinstance(node, tree.Mapping)
    value = node.get("key")
    assert isinstance(value, Text)
    assert value.value == text


NAMES = st.from_regex(r"[a-z0-9]{1,4}(-[a-z0-9]{1,3})?", fullmatch=True)
TITLES = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"))
SAYS = st.just(()) | st.tuples(*[st.from_regex(r"[0-9a-f]{8}", fullmatch=True)] * 3)
#: What Anki takes for a guid: any text. Its own are of these signs (rslib/src/notes/mod.rs).
GUIDS = st.text(string.ascii_letters + string.digits + "!#$%&()*+,-./:;<=>?@[]^_`{|}~", min_size=1)
GUIDS |= st.text(st.characters(codec="utf-8"), min_size=1)
LINES = st.builds(
    NoteLine,
    kind=st.sampled_from(Kind),
    stamp=st.integers(EARLIEST, LATEST),
    was=st.lists(NAMES, max_size=2, unique=True).map(tuple),
    note_id=st.integers(EARLIEST * 2, LATEST * 2).map(lambda slot: slot * ID_STEP),
    digest=st.from_regex(r"[0-9a-f]{16}", fullmatch=True),
    authored=st.from_regex(r"[0-9a-f]{8}", fullmatch=True),
    texts=st.lists(st.from_regex(r"[0-9a-f]{8}", fullmatch=True), min_size=1, max_size=8, unique=True).map(
        tuple
    ),
    guid=st.just("") | st.from_regex(r"[a-z2-7]{16}", fullmatch=True) | GUIDS,
    says=SAYS,
    of=SAYS,
    retired=st.booleans(),
    cards=st.dictionaries(st.integers(1, 249), st.just("") | NAMES, max_size=4),
    gone=st.dictionaries(st.integers(250, 499), NAMES, max_size=2),
)
LOCKS = st.builds(
    Lock,
    deck=NAMES,
    packages=st.fixed_dictionaries(
        {
            lang: st.builds(PackageLine, schema=NAMES, namespace=st.just(lang), title=TITLES)
            for lang in ("", "en", "zh")
        }
    ),
    note_types=st.dictionaries(
        st.tuples(st.sampled_from(["", "en"]), st.sampled_from(["qa", "cloze"])),
        st.builds(TypeLine, stamp=st.integers(EARLIEST, LATEST), digest=st.just("0" * 16)),
    ),
    notes=st.dictionaries(st.tuples(NAMES, st.sampled_from(["", "en", "zh"])), LINES, max_size=8),
)


@given(LOCKS)
def test_lock_reads_back_as_written(lock: Lock) -> None:
    text = dump(lock)
    assert parse(text, "deck.lock") == (lock, [])
    assert parse(text.replace("\n", "\r\n"), "deck.lock") == (lock, [])


@given(st.lists(st.lists(st.integers(0, 19), max_size=3), min_size=1, max_size=20))
def test_study_order_keeps_source_order_where_it_can(after: list[list[int]]) -> None:
    """Next is always the first card of the source that waits for none of those left."""
    cards = [
        _card(index, [other for other in waits if other < len(after)]) for index, waits in enumerate(after)
    ]
    cards = cards[::2] + cards[1::2]
    acyclic = [
        _card(
            int(card.id.value),
            [int(text.value) for text in card.after if int(text.value) < int(card.id.value)],
        )
        for card in cards
    ]
    expected: list[Card] = []
    left = list(acyclic)
    while left:
        names = {card.id.value for card in left}
        card = next(card for card in left if not names & {text.value for text in card.after})
        left.remove(card)
        expected.append(card)
    assert study_order(acyclic) == expected
    free = [_card(int(card.id.value), []) for card in cards]
    assert study_order(free) == free


def _card(index: int, after: list[int]) -> Card:
    content = QuestionAnswer(Text("q", HERE), Text("a", HERE))
    return Card(Text(str(index), HERE), {"": content}, after=tuple(Text(str(other), HERE) for other in after))


#: What tells that characters of a text are not shown: a bad link, an empty hint, a bad deletion, a row too long.
_NAMED = {"C01", "C10", "K14", "L06", "T10"}


def _lost(folder: Path, texts: list[str]) -> list[tuple[str, str, Counter[str]]]:
    """Of texts as questions, remarks and clozes: what no field of the note accounts for, and no finding names."""
    rows = [
        f"  - {{id: q-{index}, q: {_quoted(text)}, a: A, note: {_quoted(_in_blocks(text))}}}\n"
        f"  - {{id: c-{index}, cloze: {_quoted(text + ' {{c1::x}}')}}}\n"
        f"  - {{id: h-{index}, cloze: {_quoted('{{c1::' + text + '}} x')}}}"
        for index, text in enumerate(texts)
    ]
    folder.mkdir(exist_ok=True)
    (folder / "deck.yaml").write_text("deck: any\ntitle: Any\n", encoding="utf-8")
    (folder / "cards.yaml").write_text("cards:\n" + "\n".join(rows) + "\n", encoding="utf-8")
    deck, findings = load(folder)
    assert deck is not None
    named = {finding.card for finding in (*findings, *checks.run(deck)) if finding.code in _NAMED}
    found = []
    for note in render_deck(deck, "", Known("")).notes:
        content = next(card for card in deck.cards if card.id.value == note.card).contents[""]
        texts = [text.value for _, _, text in parts(content) if text.value != "A"]
        shown = [note.fields[0], *note.fields[2:3]] if note.kind is Kind.QA else [note.fields[0]]
        for text, field in zip(texts, shown, strict=True):
            lost = losses(text, field)
            if lost and note.card not in named:
                found.append((note.card, text, lost))
    return found


def _in_blocks(text: str) -> str:
    """The text in an item and in a quotation."""
    return "- x\n- " + text.replace("\n", "\n  ") + "\n\n> " + text.replace("\n", "\n> ")


@given(st.lists(MARKED | TEXTS, min_size=1, max_size=12))
def test_no_character_vanishes_without_a_finding(texts: list[str]) -> None:
    """Each is in the field that Anki stores, or is a mark whose element is there, or a finding names it."""
    with tempfile.TemporaryDirectory() as name:
        assert _lost(Path(name) / "any", texts) == []


def _texts_at_hand() -> list[str]:
    """Every text that stands in a fixture, on the page of a rule, in a golden or in the shipped deck."""
    root = Path(__file__).parents[2]
    files = [*(root / "tests").rglob("*.yaml"), *(root / "cards_source").rglob("*.yaml")]
    found: set[str] = set()
    for path in files:
        found |= _strings(tree.parse(path.read_text(encoding="utf-8"), "")[0])
    for page in explain.pages().values():
        for example in re.findall(r"^(?:Bad|Good):\n((?:(?: {4}.*)?\n)+)", page + "\n", re.MULTILINE):
            found |= _strings(tree.parse(textwrap.dedent(example), "")[0])
    return sorted(
        text for text in found if text.strip() and not re.search("[\0-\x08\x0b-\x1f\x7f-\x9f]", text)
    )


def _strings(node: tree.Node | None) -> set[str]:
    if isinstance(node, tree.Mapping):
        return set().union(*(_strings(value) for _, value in node.entries.values()))
    if isinstance(node, tree.Sequence):
        return set().union(*map(_strings, node.items))
    return {node.value} if node is not None else set()


def test_no_character_of_any_text_at_hand_vanishes(tmp_path: Path) -> None:
    texts = _texts_at_hand()
    assert len(texts) > 2_000
    assert _lost(tmp_path / "any", texts) == []
