"""Throws damaged files and unlikely texts at all that reads what others wrote.

`python -m tests.fuzz --seconds 60` takes the targets in turn. It ends with what ran, or with
the traceback of a find and the smallest input that makes it; that input becomes a test.
"""

from __future__ import annotations

import io
import random
import re
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import click
import zstandard
from anki.collection import DeckIdLimit, ExportAnkiPackageOptions
from anki.decks import DeckId
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from deckgen.adopting import source
from deckgen.building.build import build, check
from deckgen.finding import Refused, Severity
from deckgen.lock.dump import dump
from deckgen.lock.parse import parse
from deckgen.markup import cloze, events, markdown, shown
from deckgen.packing import collection
from deckgen.pulling.found import Asked
from deckgen.pulling.pull import pull
from deckgen.showing import findings as text
from deckgen.showing import machine
from deckgen.showing.preview import preview
from deckgen.showing.pull import as_json
from deckgen.showing.sarif import sarif
from tests import sides
from tests.conftest import CARDS_YAML, DECK_YAML
from tests.own_deck import PIXEL
from tests.real_anki import Learner
from tests.whole.test_properties import NO_CRAFT, TEXTS, WORDS, _quoted

ROOT = Path(__file__).parent
#: How many inputs a target gets before it is the next one's turn.
TURN = 50

Edit = tuple[int, int, bytes]

# Where something is changed, how many bytes go, and what comes instead.
EDITS = st.lists(st.tuples(st.integers(0, 1 << 20), st.integers(0, 40), st.binary(max_size=12)), max_size=6)
PIECES = st.sampled_from(
    ["\n", "\n\n", "    ", "  \n", "\\\n", "> ", "- ", "1. ", "99999999. ", "# ", "---\n", "===\n", "```", "```html\n", "~~~", "|a|b|\n|:-:|--|\n", "|", "||\n", "`` ",
     "<b onload=x>", "</span>", "<br>", "<!--", "-->", "<![CDATA[", "<?x", "&lt;script&gt;", "&#0;", "&#x3c;b&#x3e;", "[a]: javascript:x\n", "[a][]", "[a]", "![a](b.png)", '[x](https://a.b "t")', '[x](https://"onload=x)', "<https://a'b>", "<a@b.c>", "![", "](http:", ")",
     "$", "$$", "$\\frac{1}{2}$", "$\\text{<script>}$", "$x}$", "\\(", "{{c1::", "{{c2::", "{{c499::", "}}", "::", "::x}}", "{{c1::a}}", "{", "}", "x~2~", "x^2^", "^14^C", "++ab++", "{漢|かん}", "{漢|", "\U000e0001", "\u2028"]
)  # fmt: skip
# Texts as a card may hold them: no control characters but ends of lines.
MARKDOWN = (
    st.lists(PIECES | TEXTS | WORDS, min_size=1, max_size=25).map("".join).filter(lambda t: t.strip() != "")
)


# -- parser ------------------------------------------------------------------------


def any_files(head: list[Edit], cards: list[Edit], lock: list[Edit]) -> None:
    """Damaged deck.yaml, card file and deck.lock: findings in every form, and nothing else."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "source" / "kinds"
        folder.mkdir(parents=True)
        seeds = ROOT / "upgrades/0.1.0/kinds"
        for file, edits in (("deck.yaml", head), ("01-first.yaml", cards), ("deck.lock", lock)):
            (folder / file).write_bytes(_edited((seeds / file).read_bytes(), edits))
        findings = check(folder.parent, Path(name) / "output").findings
        assert all(finding.message for finding in findings)
        for written in (text.text, machine.as_json, machine.github, sarif):
            written(findings)


def any_lock(lines: list[list[str]]) -> None:
    """Made-up lines of a lock: it is read, or there are findings."""
    written = "\n".join(["deckgen-lock 1", *(" ".join(words) for words in lines)])
    found, findings = parse(written, "deck.lock")
    assert (found is None) == any(finding.severity is Severity.ERROR for finding in findings)
    if found is not None:
        dump(found)


# -- texts -------------------------------------------------------------------------


def any_text(written: str) -> None:
    """Markdown becomes HTML that is whole, harmless and not endless."""
    html = markdown.to_html(written, lambda name: name)
    Page(IN_TEXTS).of(html)
    assert len(html) <= longest(written), "too long"
    assert len(shown.as_read(written, is_cloze=True)) == len(written)
    list(events.references(written))
    events.shown_stars(written)
    deletions, faults = cloze.scan(written)
    stored = cloze.finish(markdown.to_html(cloze.mark(written, deletions), lambda name: name))
    assert len(stored) <= 2 * longest(written), "too long"
    if not faults and cloze.is_whole(stored, len(deletions)):
        assert set(cloze.hidden(stored)) == {deletion.number for deletion in deletions}
        Page(IN_TEXTS).of(re.sub(r"\{\{c\d+::|::|\}\}", "", stored))


def longest(written: str) -> int:
    """A bound for the HTML of a text.

    A character is at most an item of a list with a paragraph in it (`<ul>`, `<li>`, `<p>`: 40) or
    a character of code with a class (40). Two things grow with the square: rows of a table
    that are shorter than its head (2 characters make as many cells of 40 as the head has marks),
    and references, each of which repeats an address, in which a sign may take six.
    """
    return 40 * (len(written) + 2) + 20 * len(written) ** 2


def any_cards(texts: list[str]) -> None:
    """What has no error is shown on cards whose sides are whole, and hides what they ask."""
    rows = {}
    for index, written in enumerate(texts):
        quoted = _quoted(written)
        rows[f"q-{index}"] = f"q: {quoted}\n    a: {quoted}\n    reverse: true"
        rows[f"c-{index}"] = f"cloze: {quoted}\n    note: {quoted}"
        rows[f"d-{index}"] = (
            f"cloze: {_quoted('{{c1::' + written + '::hint}} or {{c2::b}}')}\n    typed: true"
        )
        rows[f"l-{index}"] = f"q: {quoted}\n    list: {{a: {quoted}, b: B}}"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "source" / "any"
        folder.mkdir(parents=True)
        (folder / "deck.yaml").write_text("deck: any\ntitle: Any\n", encoding="utf-8")
        file = folder / "cards.yaml"
        file.write_text(_cards(rows), encoding="utf-8", newline="")
        found = check(folder.parent, Path(name) / "output", wishes=NO_CRAFT).findings
        if any(not finding.card for finding in found):
            return  # a break of line before `e` looks like `\\ne` (Y08)
        for finding in found:
            rows.pop(finding.card, None)
        file.write_text(_cards(rows), encoding="utf-8", newline="")
        shown = preview(folder.parent, Path(name) / "output", wishes=NO_CRAFT)
        # Only what is rendered is looked at as it would be shipped.
        assert {finding.code for finding in shown.findings} <= {"K21"}
        for card in sides.of_page(shown.pages[0].data):
            for html in (card.front, card.back):
                Page(ON_SIDES).of(html)
            if card.id[0] in "cd" and "\\" not in card.front:  # no elements in formulas
                assert 'class="cloze"' in card.front


def _cards(rows: dict[str, str]) -> str:
    return "cards:\n  - {id: last, q: Q?, a: A}\n" + "".join(
        f"  - id: {card}\n    {row}\n" for card, row in rows.items()
    )


#: The elements that a text may become, and what each may carry.
IN_TEXTS = {
    "a": "href", "img": "src alt", "ol": "start", "td": "style", "th": "style", "pre": "class", "span": "class",
    **dict.fromkeys(["p", "br", "em", "strong", "code", "ul", "li", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "table", "tr", "hr", "sub", "sup", "u", "ruby", "rt"], ""),
}  # fmt: skip
#: The same with what the templates of the note types put around texts.
ON_SIDES = {
    **IN_TEXTS,
    "span": "class data-ordinal",
    "hr": "id",
    "b": "",
    **dict.fromkeys(["article", "div", "footer", "p"], "class"),
}


class Page(HTMLParser):
    """Reads HTML as a browser does, and wants every element closed and harmless."""

    def __init__(self, may: Mapping[str, str]) -> None:
        super().__init__()
        self._may = may
        self._open: list[str] = []

    def of(self, html: str) -> None:
        self.feed(html)
        self.close()
        assert self._open == [], "not closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert {name for name, _ in attrs} <= set(self._may[tag].split()), f"{tag} {attrs}"
        for name, value in attrs:
            assert name != "href" or markdown.is_safe_link(value or ""), value
            assert name != "style" or re.fullmatch("text-align: (left|center|right)", value or ""), value
        if tag not in ("br", "hr", "img"):
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag, f"</{tag}>"

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(decl)

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(data)

    def handle_pi(self, data: str) -> None:
        raise AssertionError(data)


# -- packages ----------------------------------------------------------------------


def any_package(newer: bool, layer: str, edits: list[Edit]) -> None:
    """A damaged package or collection is read, or said to be unreadable."""
    package, name, database = packages()[newer]
    if layer == "database":
        database = _edited(database, edits)
    inside = zstandard.compress(database) if newer else database
    if layer == "member":
        inside = _edited(inside, edits)
    whole = database if layer == "collection" else _zip({name: inside, "deckgen.lock": b"deckgen-lock 1\n"})
    if layer == "package":
        whole = _edited(package, edits)
    elif layer == "collection":
        whole = _edited(whole, edits)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "any.apkg"
        path.write_bytes(whole)
        for read in (collection.read, collection.read_lock):
            with suppress(collection.Unreadable):
                read(path)
        _adopted(path)


def any_media(newer: bool, listed: list[Edit], picture: list[Edit]) -> None:
    """A package whose list of media or whose picture is damaged is adopted, or said to be unreadable."""
    _, name, database = packages()[newer]
    # Files with this sign at the beginning are read, whether or not a note names them.
    names = b'{"0": "_a.png", "1": "_b.png"}'
    if newer:
        names = zstandard.compress(
            _edited(b"\x0a\x0a\x0a\x06_a.png\x10\x01\x0a\x0a\x0a\x06_b.png\x10\x01", listed)
        )
        database = zstandard.compress(database)
    else:
        names = _edited(names, listed)
    content = _edited(zstandard.compress(PIXEL) if newer else PIXEL, picture)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "any.apkg"
        path.write_bytes(_zip({name: database, "media": names, "0": content, "1": content}))
        _adopted(path)


def any_file(kind: str, edits: list[Edit]) -> None:
    """A damaged file of CrowdAnki, text export or table is adopted, or said to be unreadable."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "any.txt"
        path.write_bytes(_edited(WRITTEN[kind], edits))
        _adopted(path)
        with suppress(collection.Unreadable):
            source.rows(path, ("q", "a"))


WRITTEN = {
    "json": b'{"name": "a", "desc": "b", "children": [], "media_files": ["a.png"], "note_models": [{"crowdanki_uuid": "u",'
    b' "name": "Basic", "type": 0, "flds": [{"name": "Front", "font": "Arial", "size": 20}], "tmpls": [{"name": "Card 1",'
    b' "qfmt": "{{Front}}", "afmt": ""}], "css": ""}], "notes": [{"guid": "g", "note_model_uuid": "u", "fields": ["x"],'
    b' "tags": ["t"]}]}',
    "export": b"#separator:tab\n#html:true\n#guid column:1\n#notetype column:2\n#deck column:3\n#tags column:6\n"
    b'g\tBasic\tDeck\t"q ""x""\n"\ta\tone two\n',
    "table": b'q,a\n"one, ""two""\n",three\n',
}


def _adopted(path: Path) -> None:
    with suppress(collection.Unreadable), source.read(path) as found:
        for opener in found.media.values():
            with opener() as stream:
                while stream.read(1 << 20):
                    pass


def any_learner(newer: bool, layer: str, edits: list[Edit], put: list[str]) -> None:
    """A damaged collection with strange fields is pulled from, told about, or said to be unreadable."""
    source, output, older, recent = pulled_from()
    _, name, database = packages()[newer]
    database = recent if newer else older
    if layer == "fields":
        database = database.replace(b"Recall", "".join(put).encode()[:6].ljust(6))
    elif layer == "database":
        database = _edited(database, edits)
    inside = zstandard.compress(database) if newer else database
    listed = _edited(b'{"0": "a.png"}' if not newer else zstandard.compress(b"\n\x07\n\x05a.png"), edits)
    whole = _zip({name: inside, "media": listed, "0": b"x"})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "any.colpkg"
        path.write_bytes(_edited(whole, edits) if layer == "package" else whole)
        with suppress(Refused):
            as_json(
                pull(Asked(source, output, lambda *_: [path]), write=False, now=int(time.time())),
                written=False,
            )


@cache
def pulled_from() -> tuple[Path, Path, bytes, bytes]:
    """A built deck, and what somebody has of it who edited each note, in the older and the newer format."""
    folder = Path(tempfile.mkdtemp())
    deck = folder / "source" / "memory"
    deck.mkdir(parents=True)
    (deck / "deck.yaml").write_text(DECK_YAML, encoding="utf-8")
    (deck / "cards.yaml").write_text(CARDS_YAML, encoding="utf-8")
    build(folder / "source", folder / "output", now=1_700_000_000, wishes=NO_CRAFT)
    made = []
    for legacy in (True, False):
        with Learner(folder / f"learner-{legacy}") as learner:
            learner.import_package(folder / "output" / "memory.apkg")
            for number in learner.col.find_notes(""):
                note = learner.col.get_note(number)
                note.fields[0] += ' <b>more</b><img src="a.png">'
                learner.col.update_note(note)
            path = folder / f"{legacy}.colpkg"
            learner.col.export_collection_package(str(path), include_media=False, legacy=legacy)
            learner.col.reopen()
        with zipfile.ZipFile(path) as opened:
            inside = opened.read("collection.anki21" if legacy else "collection.anki21b")
        made.append(inside if legacy else zstandard.ZstdDecompressor().decompressobj().decompress(inside))
    return folder / "source", folder / "output", made[0], made[1]


@cache
def packages() -> tuple[tuple[bytes, str, bytes], ...]:
    """A package in the older and in the newer format: whole, the name of its collection, and that."""
    older = ROOT / "upgrades/0.1.0/kinds/golden-kinds.apkg"
    with tempfile.TemporaryDirectory() as folder:
        newer = Path(folder) / "newer.apkg"
        with Learner(Path(folder) / "learner") as learner:
            learner.import_package(older)
            deck = learner.col.decks.all_names_and_ids()[-1]
            learner.col.export_anki_package(
                out_path=str(newer),
                options=ExportAnkiPackageOptions(legacy=False),
                limit=DeckIdLimit(deck_id=DeckId(deck.id)),
            )
        made = []
        for path, name in ((older, "collection.anki2"), (newer, "collection.anki21b")):
            with zipfile.ZipFile(path) as opened:
                inside = opened.read(name)
            if name.endswith("b"):
                inside = zstandard.ZstdDecompressor().decompressobj().decompress(inside)
            made.append((path.read_bytes(), name, inside))
        return tuple(made)


def _zip(members: dict[str, bytes]) -> bytes:
    with closing(io.BytesIO()) as made:
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as opened:
            for name, data in members.items():
                opened.writestr(name, data)
        return made.getvalue()


def _edited(data: bytes, edits: Sequence[Edit]) -> bytes:
    for place, cut, put in edits:
        at = place % (len(data) + 1)
        data = data[:at] + put + data[at + cut :]
    return data


# -- turns -------------------------------------------------------------------------

WORD = st.text(st.characters(exclude_characters=" \n\r"), max_size=6)
LINE = st.lists(
    st.sampled_from(["deck", "package", "notetype", "note", "qa", "cloze", "list", "-", "1", "0", "1700000000", "1700000000000", "a", "en", "1=a,2", "guid=", "was=a", "says=a.b", "of=a", "retired", "²", "-1", '"', '"a"'])
    | WORD,
    max_size=12,
)  # fmt: skip
TARGETS: dict[str, tuple[Callable[..., None], dict[str, st.SearchStrategy[Any]]]] = {
    "files": (any_files, {"head": EDITS, "cards": EDITS, "lock": EDITS}),
    "lock": (any_lock, {"lines": st.lists(LINE, max_size=6)}),
    "text": (any_text, {"written": MARKDOWN}),
    "cards": (any_cards, {"texts": st.lists(MARKDOWN, min_size=1, max_size=4)}),
    "packages": (
        any_package,
        {
            "newer": st.booleans(),
            "layer": st.sampled_from(["package", "member", "database", "collection"]),
            "edits": EDITS,
        },
    ),
    "media": (any_media, {"newer": st.booleans(), "listed": EDITS, "picture": EDITS}),
    "adopted files": (any_file, {"kind": st.sampled_from(sorted(WRITTEN)), "edits": EDITS}),
    "learners": (
        any_learner,
        {
            "newer": st.booleans(),
            "layer": st.sampled_from(["package", "database", "media", "fields"]),
            "edits": EDITS,
            "put": st.lists(PIECES, max_size=6),
        },
    ),
}


@click.command()
@click.option("--seconds", type=int, default=60, show_default=True)
def main(seconds: int) -> None:
    """Fuzz all targets in turn for SECONDS."""
    counts: Counter[str] = Counter()
    end = time.monotonic() + seconds

    def counted(name: str, target: Callable[..., None]) -> Callable[..., None]:
        def one(**drawn: Any) -> None:
            counts[name] += 1
            target(**drawn)

        return one

    while time.monotonic() < end:
        for name, (target, strategies) in TARGETS.items():
            turn = given(**strategies)(counted(name, target))
            turn = seed(random.getrandbits(64))(turn)
            settings(
                max_examples=TURN,
                deadline=None,
                database=None,
                phases=[Phase.generate, Phase.shrink],
                suppress_health_check=list(HealthCheck),
            )(turn)()
    click.echo(", ".join(f"{name}: {count}" for name, count in counts.items()))


if __name__ == "__main__":
    main()
