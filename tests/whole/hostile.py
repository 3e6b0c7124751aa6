"""What strangers may give to deckgen: the cases of test_hostile and of docs/security.md."""

from __future__ import annotations

import json
import os
import shutil
import socket
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import zstandard

from deckgen.lock.lines import NoteLine
from tests.adopted_deck import GIVEN, write_adopted
from tests.conftest import CARDS_YAML, DECK_YAML, Project
from tests.lock_reader import read_lock
from tests.own_deck import PIXEL

#: Where most cases put what they bring.
FILE = "cards_source/memory/x.yaml"
_GIVEN = "cards_source/old/adopted.html"
CARD = 'cards:\n  - id: one\n    q: "Which grain has the most gluten?"\n    a: '


@dataclass(frozen=True, slots=True)
class Case:
    """`lay` puts the input into a project that was built.

    Every command must report `code` at `place`; without a code, all must do as if nothing were.
    A `warning` stops no build. `told` and `says` are the row of the document.
    """

    group: str
    told: str
    lay: Callable[[Project], object]
    code: str = ""
    place: str = FILE
    says: str = ""
    linux: bool = False
    warning: bool = False


def _put(content: str | bytes, name: str = FILE) -> Callable[[Project], object]:
    """Another card file, or one in the place of `name`."""
    raw = content if isinstance(content, bytes) else content.encode()

    def lay(project: Project) -> None:
        path = project.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw)

    return lay


def _text(text: str) -> Callable[[Project], object]:
    """A card with this answer, as it stands in YAML."""
    return _put(f"{CARD}{text}\n")


def _clozes(text: str) -> Callable[[Project], object]:
    """A card with deletions; `text` as it stands between YAML's single quotes."""
    return _put(f"cards:\n  - id: one\n    cloze: '{text}'\n")


def _late(make: Callable[[], str]) -> Callable[[Project], object]:
    """A file that is large, and made only when it is needed."""

    def lay(project: Project) -> None:
        _put(make())(project)

    return lay


def _cards(count: int, rest: str, name: str = "x") -> str:
    """A file of so many cards; `#` in the rest of one is its number."""
    rows = (f"  - {{id: {name}{number}, {rest.replace('#', str(number))}}}\n" for number in range(count))
    return "cards:\n" + "".join(rows)


def _masks(masks: str, picture: str = "grain.png") -> Callable[[Project], object]:
    """A card of a picture with these masks, as they stand between YAML's braces."""

    def lay(project: Project) -> None:
        (project.root / "cards_source/memory/media").mkdir(exist_ok=True)
        for name, content in {
            "grain.png": PIXEL,
            "none.png": PIXEL[:16] + bytes(8),
            "text.png": b"no picture",
        }.items():
            (project.root / "cards_source/memory/media" / name).write_bytes(content)
        _put(f'cards:\n  - id: one\n    q: "Which grain?"\n    occlude: {picture}\n    masks: {{{masks}}}\n')(
            project
        )

    return lay


def _late_masks(make: Callable[[], str]) -> Callable[[Project], object]:
    def lay(project: Project) -> None:
        _masks(make())(project)

    return lay


def many_deletions(count: int) -> str:
    """A file of one card that asks for so many things, with a remark that is on each of its backs."""
    text = " ".join(f"{{{{c{number}::w{number}}}}}" for number in range(1, count + 1))
    code = "1+" * (12 * count)
    return f'cards:\n  - id: one\n    cloze: "{text}"\n    note: "```python\\n{code}\\n```"\n'


def _renamed(project: Project) -> None:
    """What was built under other ids, with texts that difflib takes long to compare."""
    project.write("other/deck.yaml", 'deck: other\ntitle: "Other"\n')
    project.write("other/cards.yaml", _cards(500, f"q: Why #?, a: {'ab' * 400}"))
    project.build("other")
    project.write("other/cards.yaml", _cards(500, f"q: How #?, a: {'ab' * 400}", "y"))


def _link(to: str, name: str = FILE) -> Callable[[Project], object]:
    """A link to a place outside of the project, where something may be, or nothing."""

    def lay(project: Project) -> None:
        path, end = project.root / name, project.root.parent / to
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            path.unlink()
        path.symlink_to(end, target_is_directory=end.is_dir())

    return lay


def _fifo(name: str) -> Callable[[Project], object]:
    def lay(project: Project) -> None:
        path = project.root / name
        path.unlink(missing_ok=True)
        os.mkfifo(path)

    return lay


def _socket(project: Project) -> None:
    # The name of one may have no more than a hundred bytes; the project's folder is the working one.
    assert Path.cwd() == project.root
    with socket.socket(socket.AF_UNIX) as opened:
        opened.bind(FILE)


def _cards_link(project: Project) -> None:
    (project.root.parent / "secret.yaml").write_text("password: hunter2\n", encoding="utf-8")
    _link("secret.yaml")(project)


def _deck_link(project: Project) -> None:
    private = project.root.parent / "private"
    private.mkdir()
    (private / "deck.yaml").write_text('deck: private\ntitle: "Private"\n', encoding="utf-8")
    (private / "cards.yaml").write_text(f"{CARD}hunter2\n", encoding="utf-8")
    _link("private", "cards_source/private")(project)


def _media_link(project: Project) -> None:
    pictures = project.root.parent / "pictures"
    pictures.mkdir()
    (pictures / "me.png").write_bytes(b"private")
    _link("pictures", "cards_source/memory/media")(project)


def _media(name: str, *present: str) -> Callable[[Project], object]:
    """A card that mentions the file `name`, and files that are there."""

    def lay(project: Project) -> None:
        folder = project.root / "cards_source/memory/media"
        folder.mkdir()
        for one in present:
            (folder / one).write_bytes(b"x")
        _text(json.dumps(f"![it](<{name}>)"))(project)

    return lay


def _adopted(change: Callable[[str], str | None]) -> Callable[[Project], object]:
    """An adopted deck with another adopted.html, or with none."""

    def lay(project: Project) -> None:
        path = write_adopted(project) / "adopted.html"
        text = change(path.read_text(encoding="utf-8"))
        path.unlink()
        if text is not None:
            path.write_bytes(text.encode("utf-8", "surrogateescape"))

    return lay


def _adopted_with(html: str) -> Callable[[Project], object]:
    """An adopted deck whose learners have this HTML in a field, and whose lock says so."""

    def lay(project: Project) -> None:
        write_adopted(project, given=GIVEN | {"rome": {"Front": html, "Back": "x"}}, is_built=False)

    return lay


def _adopted_link(project: Project) -> None:
    path = write_adopted(project) / "adopted.html"
    (project.root.parent / "secret.html").write_text("hunter2\n", encoding="utf-8")
    path.unlink()
    _link("secret.html", "cards_source/old/adopted.html")(project)


def _not_utf8(project: Project) -> None:
    folder = project.root / "cards_source/memory"
    (folder / "media").mkdir()
    for name in (b"\xff.yaml", b"media/\xff.png"):
        with open(os.fsencode(folder) + b"/" + name, "wb") as file:  # noqa: PTH123  # a Path has no such name
            file.write(f"{CARD}Wheat\n".encode() if name.endswith(b".yaml") else b"x")


def _deck(head: str) -> Callable[[Project], object]:
    def lay(project: Project) -> None:
        project.write("other/deck.yaml", head)
        project.write("other/cards.yaml", f"{CARD}Wheat\n")

    return lay


def _type(side: str, style: str = "", rest: str = "", text: str = "Wheat") -> Callable[[Project], object]:
    """A note type whose front shows its field and then `side`, and a card with `text`; `rest` is for deck.yaml."""

    def lay(project: Project) -> None:
        folder = "memory/note_types/word"
        described = "fields: {Front: other}\ntemplates: [{name: One, front: side.html, back: side.html}]\n"
        project.write(f"{folder}/note_type.yaml", described)
        project.write(f"{folder}/side.html", "{{Front}}" + side)
        project.write(f"{folder}/style.css", style)
        project.write("memory/x.yaml", f"cards: [{{id: one, type: word, fields: {{Front: '{text}'}}}}]\n")
        project.write("memory/deck.yaml", DECK_YAML + rest)

    return lay


def _adopted_type(kept: str) -> Callable[[Project], object]:
    """The same type, as if learners had it before; `kept` is what Anki keeps of it."""

    def lay(project: Project) -> None:
        _type("")(project)
        described = "adopted: Word\nfields: {Front: other}\n"
        described += "templates: [{name: One, front: side.html, back: side.html}]\n"
        project.write("memory/note_types/word/note_type.yaml", described)
        project.write("memory/note_types/word/anki.json", kept)

    return lay


def _climbing(project: Project) -> None:
    _type("")(project)
    project.edit("front: side.html", "front: ../../deck.yaml", "memory/note_types/word/note_type.yaml")


def _instead(name: str, put: Callable[[str], Callable[[Project], object]]) -> Callable[[Project], object]:
    """Such a note type, with something else in the place of one of its files."""

    def lay(project: Project) -> None:
        _type("")(project)
        path = f"cards_source/memory/note_types/{name}"
        target = project.root / path
        shutil.rmtree(target) if target.is_dir() else target.unlink()
        put(path)(project)

    return lay


def _folder(name: str) -> Callable[[Project], object]:
    def lay(project: Project) -> None:
        path = project.root / name
        path.unlink(missing_ok=True)
        path.mkdir(parents=True)

    return lay


def _copy_of_deck(project: Project) -> None:
    shutil.copytree(project.root / "cards_source/memory", project.root / "cards_source/copy")


def _lock(change: Callable[[str, str, NoteLine], str]) -> Callable[[Project], object]:
    """The lock, changed: `change` gets its text, the line of the first note, and what that says."""

    def lay(project: Project) -> None:
        text = project.lock().read_text(encoding="utf-8")
        line = next(line for line in text.splitlines() if line.startswith("note "))
        note = next(iter(read_lock(project.lock()).notes.values()))
        project.lock().write_text(change(text, line, note), encoding="utf-8")

    return lay


def _again_and_again(count: int, change: Callable[[str, int, NoteLine], str]) -> Callable[[Project], object]:
    """A lock with so many more lines like that of the first note, each changed."""
    return _lock(
        lambda text, line, note: text + "".join(f"{change(line, number, note)}\n" for number in range(count))
    )


_LAUGHS = "a: &a [x, x]\n" + "".join(
    f"{letter}: &{letter} [{', '.join([f'*{before}'] * 9)}]\n"
    for before, letter in zip("abcdefgh", "bcdefghi", strict=True)
)


def _decks(project: Project) -> None:
    """Many decks, of which each has the title of all others."""
    for number in range(300):
        project.write(f"d{number}/deck.yaml", f'deck: d{number}\ntitle: "Same"\n')
        project.write(f"d{number}/cards.yaml", f"{CARD}Wheat\n")


_Y, _T, _X, _F, _M, _L = "YAML", "Text", "Formulas, and marks of Anki's own", "Files", "Media", "Lock"
_N, _O = "Note types of the deck's own", "Pictures with masks"
_H = "HTML of an author (`!html`)"
_SIDE, _STYLE = (f"cards_source/memory/note_types/word/{name}" for name in ("side.html", "style.css"))

CASES = (
    Case(_Y, "aliases of aliases that stand for 86 million values", _put(_LAUGHS), "K01"),
    Case(_Y, "102 aliases", _put("a: &a x\nb: [" + "*a, " * 102 + "]\n"), "Y03"),
    Case(_Y, "an alias within itself", _put("cards: &a [*a]\n"), "Y01"),
    Case(_Y, "1,000,000 open brackets", _late(lambda: "cards: " + "[" * 1_000_000), "Y04"),
    Case(_Y, "500,000 open braces", _late(lambda: "{a: " * 499_000), "Y04"),
    Case(_Y, "1,000 levels of indentation", _put("".join(" " * depth + "a:\n" for depth in range(1000))), "Y04"),
    Case(_Y, "a text of 100 MB", _late(lambda: CARD + "a" * 100_000_000), "Y09"),
    Case(_Y, "a text of 5 MB", _late(lambda: CARD + "word " * 1_000_000), "Y09"),
    Case(_Y, "a text of 60,000 characters", _late(lambda: CARD + "word " * 12_000), "Y09"),
    Case(_Y, "1,000,000 keys", _late(lambda: "".join(f"k{number}: x\n" for number in range(1_000_000))), "Y09"),
    Case(_Y, "100,001 values in less than 2 MB", _put("cards: [" + "a," * 100_001 + "]\n"), "Y09"),
    Case(_Y, "`!!python/object/apply:os.system`", _put("cards: !!python/object/apply:os.system ['exit 7']\n"), "Y06"),
    Case(_Y, "a merge key (`<<`)", _put("cards:\n  - &a {id: one, q: Why is it?, a: A}\n  - {<<: *a, id: two}\n"), "K01"),
    Case(_Y, "a key twice", _put(f"{CARD}A\n    a: B\n"), "Y02"),
    Case(_Y, "two documents", _put(f"{CARD}A\n---\ncards: []\n"), "Y01"),
    Case(_Y, "an empty file", _put(""), "K02"),
    Case(_Y, "only comments", _put("# nothing\n"), "K02"),
    Case(_Y, "a card of 10,000 lines", _put(f"{CARD}|\n" + "      line\n" * 10_000), "Y09"),
    Case(_Y, "a card of 2,000 lines", _put(f"{CARD}|\n" + "      line\n" * 2_000), "L02", warning=True),
    Case(_Y, "49,000 unknown keys", _late(lambda: "".join(f"k{number}: x\n" for number in range(49_000))), "Y10"),
    Case(_Y, "49,000 unknown keys of a card", _late(lambda: f"{CARD}A\n" + "".join(f"    k{number}: x\n" for number in range(49_000))), "Y10"),
    Case(_Y, "the same key 49,000 times", _late(lambda: "cards: []\n" * 49_000), "Y10"),
    Case(_Y, "99,000 tags", _late(lambda: "cards: [" + "!a b," * 99_000 + "]\n"), "Y10"),
    Case(_Y, "60,000 lines of `%TAG`", _late(lambda: "".join(f"%TAG !t{number}! tag:x,{number}:\n" for number in range(60_000)) + "---\ncards: []\n"), "Y01"),
    Case(_Y, "50,000 anchors for nothing", _late(lambda: "cards: [" + "".join(f"&a{number} x," for number in range(50_000)) + "]\n"), "Y10"),
    Case(_Y, "a line of 1,000,000 characters that is not YAML", _late(lambda: "cards: a: " + "x" * 1_000_000), "Y01"),
    Case(_Y, "a line of 500,000 quotes that are never closed", _late(lambda: "- {" + '"\\' * 500_000 + "\n- x"), "Y01"),
    Case(_Y, "a YAML tag of 1,000,000 characters", _late(lambda: "cards: !" + "x" * 1_000_000 + " a\n"), "Y06"),
    Case(_Y, "90,000 tags for every card of a file", _late(lambda: "tags: [" + "a," * 90_000 + "]\n" + _cards(900, "q: Why #?, a: B")), "Y09"),
    Case(_Y, "99,000 texts in the place of cards", _late(lambda: "cards: [" + "a," * 99_000 + "]\n"), "Y10"),
    Case(_Y, "9,000 names of cards that are not there, like those of 9,000 that are", _late(lambda: _cards(9_000, f"q: Why #?, a: B, see: [{'a' * 50}#]", "a" * 50 + "-")), "Y10"),
    Case(_T, "invalid UTF-8", _put(b"cards:\n  - id: \xff\n"), "Y05"),
    Case(_T, "UTF-16 with a byte order mark", _put(CARDS_YAML.encode("utf-16")), "Y05"),
    Case(_T, "UTF-16 without one", _put(CARDS_YAML.encode("utf-16-le")), "Y05"),
    Case(_T, "UTF-8 with a byte order mark", _put(b"\xef\xbb\xbf" + f"{CARD}Wheat\n".encode()), says="is built"),
    Case(_T, "line ends of old Macs", _put(f"{CARD}Wheat\n".replace("\n", "\r")), says="is built"),
    Case(_T, "U+0000", _put(f"{CARD}a\0b\n"), "Y05"),
    Case(_T, "U+0000 as an escape", _text(r'"a\0b"'), "Y07"),
    Case(_T, "U+001F, which parts fields in Anki's database", _text(r'"a\x1fb"'), "Y07"),
    Case(_T, "U+001F as `&#31;`", _text('"a&#31;b"'), "Y07"),
    Case(_T, "half of a surrogate pair as an escape", _text(r'"a\ud800b"'), "Y01"),
    Case(_T, "half of a surrogate pair as bytes", _put(CARD.encode() + b'"\xed\xa0\x80"\n'), "Y05"),
    Case(_T, "characters that turn the text around", _text(r'"a \u202egrain\u202c"'), "T07", warning=True),
    Case(_T, "characters without width", _text(r'"Wh\u200beat"'), "T02", warning=True),
    Case(_T, "joiners in an emoji", _text(r'"A \U0001f468\u200d\U0001f33e farmer"'), says="is built"),
    Case(_T, "40 texts of 49,000 `>`", _late(lambda: _cards(40, f"q: Why #?, a: '{'>' * 49_000}'")), "Y09"),
    Case(_T, "200 texts of 9,900 `>`", _late(lambda: _cards(200, f"q: Why #?, a: '{'>' * 9_900}'")), "Y04"),
    Case(_T, "`- - - `, 60 lists within each other", _text(json.dumps("- " * 60 + "a")), "Y04"),
    Case(_T, "195 texts of 9,900 `~`", _late(lambda: _cards(195, f"q: Why #?, a: '{'~' * 9_900}'")), "L03", warning=True),
    Case(_T, "195 texts of 9,900 `{`", _late(lambda: _cards(195, f"q: Why #?, a: '{'{' * 9_900}'")), "T04", warning=True),
    Case(_T, "115 texts of 3,300 readings that never end", _late(lambda: _cards(115, f"q: Why #?, a: '{'{漢|' * 3_300}'")), "L02", warning=True),
    Case(_T, "60 texts of 2,400 `x~2~`", _late(lambda: _cards(60, f"q: Why #?, a: '{'x~2~' * 2_400}'")), "L02", warning=True),
    Case(_T, "195 texts of 5,000 `![`", _late(lambda: _cards(195, f"q: Why #?, a: '{'![' * 5_000}'")), "T04", warning=True),
    Case(_T, "20 texts of 5,000 `\\n`", _late(lambda: _cards(20, 'q: "Why #?", a: "' + "\\n" * 5_000 + '"')), "L06"),
    Case(_T, "195 texts of 5,000 `A-` in a deck with speakers", lambda project: (project.write("other/deck.yaml", 'deck: other\ntitle: "Other"\nspeakers: {me: "John Smith"}\n'), project.write("other/cards.yaml", _cards(195, f"speaker: me, q: Why #?, a: '{'A-' * 5_000}'"))), "L03", "cards_source/other/cards.yaml", warning=True),
    Case(_T, "a figure with 9,000 blanks behind it, in two languages", lambda project: (project.write("other/deck.yaml", 'deck: other\ntitle: {en: "Other", zh: "O"}\nlanguages: [en, zh]\n'), project.write("other/cards.yaml", _cards(50, "".join(f'{lang}: {{q: "3{" " * 9_000}x", a: "B"}}, ' for lang in ("en", "zh"))))), "T02", "cards_source/other/cards.yaml", warning=True),
    Case(_T, "1,100 deletions in each of 50 clozes", _late(lambda: _cards(50, 'cloze: "' + "{{c1::a}}" * 1_100 + '"')), "C04", warning=True),
    Case(_T, "399 deletions in one card, each of which shows a remark that becomes 250 kB of HTML", _late(lambda: many_deletions(399)), "C02", warning=True),
    Case(_T, "a deletion whose number has 5,000 digits", _put(f'cards:\n  - {{id: one, cloze: "{{{{c{"1" * 5_000}::a}}}}"}}\n'), "C01"),
    Case(_X, r"`$\href{javascript:alert(1)}{x}$`", _text(r"'$\href{javascript:alert(1)}{x}$'"), "K14"),
    Case(_X, r"`$\style{background-image:url(http://host/x)}{y}$`", _text(r"'$\style{background-image:url(http://host/x)}{y}$'"), "K14"),
    Case(_X, r"`\class`, `\cssId`, `\bbox`, `\fcolorbox`, `\unicode`, `\mmlToken`", _text(r"'$\class{a}{b} \cssId{qa}{b} \bbox[background:url(x)]{b} \fcolorbox{a}{b}{c} \unicode[a]{65} \mmlToken{mi}[href=x]{a}$'"), "K14"),
    Case(_X, r"`\require`, `\def`, `\newcommand`, `\label`, which the next card feels", _text(r"'$\require{physics} \def\x{1} \newcommand{\y}{2} \label{z}$'"), "K14"),
    Case(_X, r"`$\verb\a\\href{…}{b}$`, where MathJax sees another command than a reader", _text(r"'$\verb\a\\href{javascript:alert(1)}{b}$'"), "K14"),
    Case(_X, r"`$\HREF{…}{b}$`, and other commands that MathJax does not know", _text(r"'$\HREF{javascript:alert(1)}{b}$'"), "K20"),
    Case(_X, r"`$\text{\(x\)}$`, a formula in a formula", _text(r"'$\text{\(x\)}$'"), "K20"),
    Case(_X, r"`$\begin{href}x\end{href}$`", _text(r"'$\begin{href}x\end{href}$'"), "K20"),
    Case(_X, r"`\\(\href{…}{x}\\)`, `&#92;(…&#92;)` as text, in code, a table or an address", _text(json.dumps("\\\\(\\href{x}{y}\\\\) &#92;(\\href{x}{y}&#92;) `\\(\\href{x}{y}\\)`\n\n| \\\\(\\href{x} | {y}\\\\) |\n|---|---|\n\n<https://a.org/\\(\\href{x}{y}\\)>")), says="is built; shown as typed"),
    Case(_H, "a script", _text('!html "a <script>alert(1)</script>"'), "K36"),
    Case(_H, "a handler", _text('!html "<b onmouseover=alert(1)>a</b>"'), "K36"),
    Case(_H, "`<svg><style>`, of which a browser makes other elements than a list sees", _text("""!html '<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">'"""), "K36"),
    Case(_H, "`<math>`, in which elements become others when they are read again", _text("""!html '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">'"""), "K36"),
    Case(_H, "`javascript:` with names of characters and breaks in it", _text("""!html '<a href="java&#10;script&colon;alert(1)">a</a>'"""), "K36"),
    Case(_H, "a link into the deck, or to a file", _text("""!html '<a href="deck.yaml">a</a>'"""), "K36"),
    Case(_H, "a picture of a host", _text("""!html '<img src="//host/x.png">'"""), "K36"),
    Case(_H, "`srcset`", _text("""!html '<img src="x.png" srcset="https://host/x.png 2x">'"""), "K36"),
    Case(_H, "a picture that is not there", _text("""!html '<img src="x.png">'"""), "G01"),
    Case(_H, "a picture outside of `media/`", _text("""!html '<img src="%2e%2e/deck.yaml">'"""), "K36"),
    Case(_H, "a sound that is not there", _text("!html '[sound:x.mp3]'"), "G01"),
    Case(_H, "`<base>`, `<meta>`, `<link>`", _text("""!html '<base href="https://host/"><meta http-equiv="refresh" content="0; url=//host"><link rel=stylesheet href=//host>'"""), "K36"),
    Case(_H, "a form, a frame, an object", _text("""!html '<form action="//host"><iframe src="//host"></iframe><object data="//host"></object>'"""), "K36"),
    Case(_H, "a style that asks a host", _text("""!html '<b style="background: url(//host/x)">a</b>'"""), "K36"),
    Case(_H, "the same with an escape", _text("""!html '<b style="background-color: u\\72l(//host/x)">a</b>'"""), "K36"),
    Case(_H, "a style that covers the card", _text("""!html '<b style="position: fixed; z-index: 9">a</b>'"""), "K36"),
    Case(_H, "a style sheet", _text("!html '<style>b{}</style>'"), "K36"),
    Case(_H, "a comment, a declaration, a tag that never ends", _text("!html 'a <!-- b --> <!doctype html> <b'"), "K36"),
    Case(_H, "tags that close nothing, or cross each other", _text("!html '</article><b><i>a</b></i>'"), "K36"),
    Case(_H, "a table that a browser takes apart", _text("!html '<table>a<tr><td>b</table>'"), "K36"),
    Case(_H, "`[latex]`, `[anki:tts]`, `[[type:…]]`", _text("!html '[latex]x[/latex] [anki:tts lang=en_US]x[/anki:tts] [[type:Answer]]'"), "K36"),
    Case(_H, "`[latex]` in a deck that says `trusted: true`", lambda project: (_text("!html '[latex]x[/latex]'")(project), project.write("memory/deck.yaml", DECK_YAML + "trusted: true\n")), "K36", warning=True),
    Case(_H, "`&#91;sound:x.mp3]`", _text("!html '&#91;sound:x.mp3]'"), "K36"),
    Case(_H, "a formula with `\\href`", _text("!html '\\(\\href{javascript:alert(1)}{x}\\)'"), "K14"),
    Case(_H, "the same with names of characters", _text("!html '&#92;(&#92;href{javascript:alert(1)}{x}&#92;)'"), "K21"),
    Case(_H, "U+0000", _text('!html "a\\0b"'), "Y07"),
    Case(_H, "U+001F as `&#31`", _text('!html "a&#31 b"'), "K36"),
    Case(_H, "1 MB of `<b>`", _late(lambda: f"{CARD}!html '{'<b>' * 333_000}'\n"), "Y09"),
    Case(_H, "3,300 elements within each other", _text(f"!html '{'<b>' * 3_300}'"), "K36"),
    Case(_H, "195 texts of 1,000 elements that HTML mends", _late(lambda: _cards(195, f"q: Why #?, a: !html '{'<b><p>x</b>' * 900}'")), "K36"),
    Case(_H, "195 texts of 5,000 `\\(`", _late(lambda: _cards(195, f"q: Why is it #?, a: !html '{chr(92) + '('}{(chr(92) + '(') * 4_900}'")), "T04", warning=True),
    Case(_H, "195 texts of 1,900 unknown attributes", _late(lambda: _cards(195, f"q: Why #?, a: !html '<b {'x=y ' * 1_900}>'")), "Y10"),
    Case(_H, "HTML in the place of the title", _put('deck: memory\ntitle: !html "<b>Memory</b>"\ntags: {basics: x, time: y}\n', "cards_source/memory/deck.yaml"), "Y06", "cards_source/memory/deck.yaml"),
    Case(_H, "`!html` before a list, a mapping or a key", _put("cards: !html\n  - !html id: one\n"), "Y06"),
    Case(_H, "HTML that is to be typed", _put(f"{CARD}!html '<b>Wheat</b>'\n    typed: true\n"), "K06"),
    Case(_H, "what Anki's editor makes", _text("""!html '<div>Wheat <b style="color: rgb(1, 2, 3);">a</b><br>and <i>rye</i></div>'"""), says="is built"),
    Case(_X, "`[latex]`, `[$]`, `[anki:tts]`, `[[type:…]]`", _text("'[latex]x[/latex] [anki:tts lang=en_US]x[/anki:tts] [[type:Answer]]'"), "K21", warning=True),
    Case(_X, "`[latex]`, `[sound:…]`, `[anki:tts]`, `[type:…]` as a deletion's hint, which Anki shows in brackets", _clozes(r"{{c1::a::latex}} b {{c1::c::/latex}} {{c1::d::sound:x.mp3}} {{c1::e::anki:tts lang=en_US}} {{c1::f::[type:Text]}}"), says="is built; shown as typed"),
    Case(_X, r"`$[{{c1::latex}}]\input{x}[{{c2::/latex}}]$`", _clozes(r"$[{{c1::latex}}] \frac12 [{{c2::/latex}}]$"), "K21"),
    Case(_X, r"`$\nu{{c1::m}}$`, of which Anki makes one command", _clozes(r"$\nu{{c1::m}}$ {{c2::b}}"), "K21"),
    Case(_X, r"a brace in a deletion, so that the formula goes on to `\href` in the text", _clozes(r"$a {{c1::{}} b {{c2::x} }}$ then \href{javascript:alert(1)}{x} } then $y$"), "K21"),
    Case(_X, "700 deletions with formulas in each of 50 clozes", _late(lambda: _cards(50, "cloze: '" + r"{{c1::$\mu$}}" * 700 + "'")), "C06", warning=True),
    Case(_X, "195 formulas of 1,600 commands each that MathJax does not know", _late(lambda: _cards(195, "q: Why #?, a: '$" + "".join(f"\\zz{a}{b}{c}" for a in "abcdefghijklmnop" for b in "abcdefghij" for c in "abcdefghij") + "$'")), "Y10"),
    Case(_F, "a folder named x.yaml", _folder(FILE), "Y05"),
    Case(_F, "a pipe in the place of a card file", _fifo(FILE), "Y05", linux=True),
    Case(_F, "a pipe in the place of deck.yaml", _fifo("cards_source/memory/deck.yaml"), "Y05", "cards_source/memory/deck.yaml", linux=True),
    Case(_F, "a socket in the place of a card file", _socket, "Y05", linux=True),
    Case(_F, "a link to `/dev/zero`", _link("/dev/zero"), "Y05", linux=True),
    Case(_F, "a link to a file outside, of which a finding would show a line", _cards_link, "Y05"),
    Case(_F, "a link that leads to itself", lambda project: (project.root / FILE).symlink_to("x.yaml"), "Y05"),
    Case(_F, "a deck folder that is a link to a folder outside", _deck_link, "Y05", "cards_source/private/deck.yaml"),
    Case(_F, "a copy of a deck's folder", _copy_of_deck, "K11", "cards_source/copy/deck.yaml"),
    Case(_F, "a pipe as the source's text", lambda project: (project.write("memory/deck.yaml", 'deck: memory\ntitle: "Memory"\ntags: [basics, time]\nsource: {title: "S", file: s.txt}\n'), _fifo("cards_source/memory/s.txt")(project)), "M12", "cards_source/memory/deck.yaml", linux=True, warning=True),
    Case(_F, "names that are no UTF-8", _not_utf8, "G02", "cards_source/memory/media/", linux=True, warning=True),
    Case(_F, "a file named `aux.yaml`", _put(f"{CARD}Wheat\n", "cards_source/memory/aux.yaml"), says="is built", linux=True),
    Case(_F, "300 decks of one title", _decks, "K16", "cards_source/d0/deck.yaml"),
    Case(_F, "a package in `output/` of a language that the deck does not have", _put("PK", "output/memory.fr.apkg"), "K22", "output/memory.fr.apkg", warning=True),
    Case(_F, "the deck's key `con`", _deck('deck: con\ntitle: "Con"\n'), "K04", "cards_source/other/deck.yaml"),
    Case(_F, "the deck's key `../../x`", _deck('deck: ../../x\ntitle: "X"\n'), "K04", "cards_source/other/deck.yaml"),
    Case(_F, "the card's id `../../x`", _put('cards:\n  - id: ../../x\n    q: "Why?"\n    a: "A"\n'), "K04"),
    Case(_F, "a deck of 60 languages", _deck(f"deck: other\ntitle: T\nlanguages: [{', '.join(f'en-x{number}' for number in range(10, 70))}]\n"), "Y09", "cards_source/other/deck.yaml"),
    Case(_F, "a vocabulary of 45,000 tags", lambda project: (project.write("other/deck.yaml", "deck: other\ntitle: T\ntags: {" + "".join(f"t{number}: x, " for number in range(45_000)) + "}\n"), project.write("other/cards.yaml", f"{CARD}Wheat\n")), says="is built"),
    Case(_F, "9,000 cards, each in a deck of its own", _late(lambda: _cards(9_000, "q: Why #?, a: B, deck: d#")), "K32"),
    Case(_F, "a deck within 3,000 others", _late(lambda: f"deck: \"{'a::' * 3_000}a\"\n" + _cards(900, "q: Why #?, a: B")), "K32"),
    Case(_F, "a style sheet that asks a host for each card", lambda project: project.write("memory/style.css", ".card { background: url(//x.org/a.png) }"), "K14", "cards_source/memory/style.css"),
    Case(_F, "a style sheet of 12,000 addresses that never end", lambda project: project.write("memory/style.css", "url(" * 12_000 + "/*"), "K14", "cards_source/memory/style.css"),
    Case(_F, "a style sheet of 49,900 hyphens", lambda project: project.write("memory/style.css", "-" * 49_900), says="is built"),
    Case(_F, "a style sheet of 16,000 comments that never end", lambda project: project.write("memory/style.css", "/* " * 16_000), "K14", "cards_source/memory/style.css"),
    Case(_F, "a style sheet of a text that never ends", lambda project: project.write("memory/style.css", '"' + r'\"' * 24_900), "K14", "cards_source/memory/style.css"),
    Case(_F, "a style sheet that ends, and a script behind it", lambda project: project.write("memory/style.css", "a { content: '</style><script>x</script>' }"), "K14", "cards_source/memory/style.css"),
    Case(_F, "a style sheet that is a link out of the folder", lambda project: (project.root / "cards_source/memory/style.css").symlink_to("/etc/passwd"), "Y05", "cards_source/memory/style.css", linux=True),
    Case(_F, "colours that end a rule: `look: {ink: \"#000; } …\"}`", _deck('deck: other\ntitle: "T"\nlook: {ink: "#000; } * { background: url(//x.org) }"}\n'), "K04", "cards_source/other/deck.yaml"),
    Case(_F, "no language: `languages: []`", _deck('deck: other\ntitle: "T"\nlanguages: []\n'), "K02", "cards_source/other/deck.yaml"),
    Case(_F, "a language of 5,000 letters", _deck(f'deck: other\ntitle: "T"\nlanguages: [en{"-abcd" * 1_000}]\n'), "K04", "cards_source/other/deck.yaml"),
    Case(_F, "the language `../en`", _deck('deck: other\ntitle: "T"\nlanguages: [../en]\n'), "K04", "cards_source/other/deck.yaml"),
    Case(_F, "20,000 headings in the source's text, and 2,000 cards that cite others", lambda project: (project.write("other/deck.yaml", 'deck: other\ntitle: "Other"\nsource: {title: "S", file: s.txt}\n'), project.write("other/s.txt", "".join(f"# s{number}\nb\n" for number in range(20_000))), project.write("other/cards.yaml", _cards(2_000, 'q: Why #?, a: B, source: {section: "t#"}'))), "M02", "cards_source/other/cards.yaml", warning=True),
    Case(_F, "2,000 cards that cite what no line of 200,000 is, but each begins with", lambda project: (project.write("other/deck.yaml", 'deck: other\ntitle: "Other"\nsource: {title: "S", file: s.txt}\n'), project.write("other/s.txt", "".join(f"t{number}x\n" for number in range(2_000)) + "a\n" * 200_000), project.write("other/cards.yaml", _cards(2_000, 'q: Why #?, a: B, source: {section: "t#"}'))), "M02", "cards_source/other/cards.yaml", warning=True),
    Case(_M, "`../deck.yaml` as a picture", _media("../deck.yaml"), "G01"),
    Case(_M, "`/etc/passwd` as a picture", _media("/etc/passwd"), "G01"),
    Case(_M, "`C:\\x.png` as a picture", _media("C:\\\\x.png"), "G01"),
    Case(_M, "`%2e%2e/deck.yaml` as a picture", _media("%2e%2e/deck.yaml"), "G01"),
    Case(_M, "U+0000 in a picture's name", _media("%00.png"), "G01"),
    Case(_M, "`con.png`", _media("con.png", "con.png"), says="is built; in the package it has another name", linux=True),
    Case(_M, "names that differ only in case", _media("a.png", "a.png", "A.png"), "G03", "cards_source/memory/media/a.png", linux=True),
    Case(_M, "names that differ only in Unicode form", _media("é.png", "é.png", "e\u0301.png"), "G03", "cards_source/memory/media/", linux=True),
    Case(_M, "`a.png.`, with a dot that Windows drops", _media("a.png.", "a.png."), "G04", "cards_source/memory/media/a.png.", linux=True),
    Case(_M, "a pipe among the pictures", lambda project: (_media("a.png", "a.png")(project), _fifo("cards_source/memory/media/a.png")(project)), "G04", "cards_source/memory/media/a.png", linux=True),
    Case(_M, "a picture of 1 TB, nearly all of it empty", lambda project: (_media("a.png", "a.png")(project), _sparse(1 << 40, b"x")(project.root / "cards_source/memory/media/a.png")), "G04", "cards_source/memory/media/a.png", linux=True),
    Case(_M, "a link among the pictures", _link("secret", "cards_source/memory/media/a.png"), "G04", "cards_source/memory/media/a.png"),
    Case(_M, "a link in the place of `media/`", _media_link, "G04", "cards_source/memory/media"),
    Case(_N, "an address of a host, however it is written", _type('<img src="&#47;/host/x.png">'), "K27", _SIDE),
    Case(_N, "the same in an attribute of a drawing, by an escape of CSS", _type('<svg><rect fill="url(\\2f\\2f host/x.svg#a)"/></svg>'), "K27", _SIDE),
    Case(_N, "a style in a drawing that imports another one, by names of characters", _type('<svg><style>&#64;import "&#92;2f&#92;2f host/x";</style></svg>'), "K27", _SIDE),
    Case(_N, "what browsers may read as a tag or as a text", _type("<img src=side.png alt=a\"x=\"b onload=x() c=\"d\">"), "K27", _SIDE),
    Case(_N, "a handler in a text, or between comments, that look like an attribute", _type('<!-- a="--><b onclick=x()><!-- " --> a="<b onclick=x()>"'), "K28", _SIDE, warning=True),
    Case(_N, "a style sheet that imports another one", _type("", "@\\69mport '//host/x.css';"), "K27", _STYLE),
    Case(_N, "the same in a deck that says `trusted: true`", _type("", "@import '//host/x.css';", "trusted: true\n"), "K27", _STYLE, warning=True),
    Case(_N, "100,000 brackets in what Anki keeps of a type", _adopted_type("[" * 100_000), "K23", "cards_source/memory/note_types/word/anki.json"),
    Case(_N, "a type that is said to be learners' already, and is in no lock", _adopted_type("{}"), "R23", "cards_source/memory/deck.lock"),
    Case(_N, "a title that is HTML, in a template with `{{Deck}}`", lambda project: (_type("{{Deck}}")(project), project.write("memory/deck.yaml", "deck: memory\ntitle: '<img src=//host/x onerror=x()>'\ntags: {basics: x, time: y}\n")), "K27", "cards_source/memory/deck.yaml"),
    Case(_N, "a card's text in a tag", _type("<img {{Front}}>"), "K27", _SIDE),
    Case(_N, "a tag in pieces, between sections", _type("<scr{{#Front}}ipt>x(){{/Front}}</script>"), "K27", _SIDE),
    Case(_N, "a text and a template that are a formula together", _type("(\\href{javascript:x}{y}\\)", text="\\"), "K21", "cards_source/memory/x.yaml"),
    Case(_N, "`{{text:…}}` of a card that shows a script as text", _type("{{text:Front}}", text="<script>x()</script>"), "K21", "cards_source/memory/x.yaml"),
    Case(_N, "a language that ends a tag of a template", _put('deck: memory\ntitle: Memory\ntags: {basics: x, time: y}\ntts: "en_US}}<script>{{Question"\n', "cards_source/memory/deck.yaml"), "K04", "cards_source/memory/deck.yaml"),
    Case(_N, "a frame, a form, a style sheet from elsewhere", _type('<iframe srcdoc="x"></iframe>'), "K27", _SIDE),
    Case(_N, "a script", _type("<script>alert(1)</script>"), "K28", _SIDE, warning=True),
    Case(_N, "a script in a link, or as a handler", _type("<a href='java&#115;cript:x()'>x</a><b onclick=x()>"), "K28", _SIDE, warning=True),
    Case(_N, "`</style>` in a style sheet", _type("", "/* </style><script>x()</script> */"), "K27", _STYLE),
    Case(_N, "10,000 sections within each other", _type("{{#Front}}" * 10_000), "K25", _SIDE),
    Case(_N, "20,000 fields that there are not", _type("{{X}}" * 20_000), "Y10", _SIDE),
    Case(_N, "20,000 addresses of hosts", _type("<b x='//host'>" * 14_000), "Y10", _SIDE),
    Case(_N, "190,000 quotes, brackets and blanks", _type("<a'" * 60_000), "K27", _SIDE),
    Case(_N, "a template of 300 kB", _type("x" * 300_000), "Y05", _SIDE),
    Case(_N, "a template that is no UTF-8", _instead("word/side.html", lambda name: _put(b"\xff", name)), "Y05", _SIDE),
    Case(_N, "U+001F in a template", _type("\x1f"), "Y07", _SIDE),
    Case(_N, "a link to a file outside in the place of a template", _instead("word/side.html", lambda name: _link("secret", name)), "Y05", _SIDE),
    Case(_N, "a pipe in the place of a template", _instead("word/side.html", _fifo), "Y05", _SIDE, linux=True),
    Case(_N, "a folder in the place of note_type.yaml", _instead("word/note_type.yaml", _folder), "Y05", "cards_source/memory/note_types/word/note_type.yaml"),
    Case(_N, "a name that climbs out of its folder", _climbing, "K23", "cards_source/memory/note_types/word/note_type.yaml"),
    Case(_L, "a pipe in the place of deck.lock", _fifo("cards_source/memory/deck.lock"), "R01", "cards_source/memory/deck.lock", linux=True),
    Case(_L, "a link to a place where nothing is yet, for a build to write there", _link("planted.lock", "cards_source/memory/deck.lock"), "R01", "cards_source/memory/deck.lock"),
    Case(_L, "500 cards gone, and 500 others in their place", _renamed, "R05", "cards_source/other/deck.lock"),
    Case(_L, "100,000 lines of cards that are not there", _again_and_again(100_000, lambda line, number, note: line.replace("note ", f"note x{number}").replace(str(note.note_id), str(1_600_000_000_000 + 500 * number))), "R05", "cards_source/memory/deck.lock"),
    Case(_L, "a lock of 5,000,000 lines", _put("deckgen-lock 1\ndeck memory\n\n" + "x y\n" * 5_000_000, "cards_source/memory/deck.lock"), "R01", "cards_source/memory/deck.lock"),
    Case(_L, "a lock of 20 MB", _put("deckgen-lock 1\n" + "#" * 20_000_000, "cards_source/memory/deck.lock"), "R01", "cards_source/memory/deck.lock"),
    Case(_L, "20,000 lines for one note, each with another text", _again_and_again(20_000, lambda line, number, note: line.replace(f" {note.texts[0]} ", f" {number:08x} ")), "R01", "cards_source/memory/deck.lock"),
    Case(_L, "20,000 lines with one guid, as if a card had been renamed so often", _again_and_again(20_000, lambda line, number, _: line.replace("note ", f"note x{number}") + f" guid={'a' * 16}"), "R01", "cards_source/memory/deck.lock"),
    Case(_L, "a line of 2 MB", _lock(lambda text, line, _: text.replace(line, line + " was=" + ",".join(["a"] * 1_000_000))), "R01", "cards_source/memory/deck.lock"),
    Case(_L, "a note id of 0", _lock(lambda text, _, note: text.replace(str(note.note_id), "0")), "R01", "cards_source/memory/deck.lock"),
    Case(_L, "one note id for 500 notes", _again_and_again(500, lambda line, number, _: line.replace("note ", f"note x{number}")), "R01", "cards_source/memory/deck.lock"),
    Case(_L, "a stamp of 0", _lock(lambda text, _, note: text.replace(f" {note.stamp} ", " 0 ")), "R01", "cards_source/memory/deck.lock"),
    Case(_L, "half of a surrogate pair in a lock", _put('deckgen-lock 1\ndeck memory\n\npackage - 1 - "\\ud800"\n', "cards_source/memory/deck.lock"), "R01", "cards_source/memory/deck.lock"),
    Case(_L, "an adopted deck without adopted.html", _adopted(lambda _: None), "R22", _GIVEN),
    Case(_L, "another text in adopted.html than the one of which the lock tells", _adopted(lambda text: text.replace("Rome", "Roma")), "R22", _GIVEN),
    Case(_L, "marks of a merge in adopted.html", _adopted(lambda text: text.replace("field rome", "<<<<<<< HEAD\nfield rome")), "R22", _GIVEN),
    Case(_L, "2,000,000 lines in adopted.html", _adopted(lambda text: text + "field a b 00000000 x\n" * 2_000_000), "R22", _GIVEN),
    Case(_L, "500,000 lines of one note in adopted.html", _adopted(lambda text: text + "".join(f"field a b{number} 00000000 x\n" for number in range(500_000)) + "?"), "R22", _GIVEN),
    Case(_L, "100,000 lines in adopted.html that can't be read", _adopted(lambda text: text + "x\n" * 100_000), "R22", _GIVEN),
    Case(_L, "a line of 20 MB in adopted.html", _adopted(lambda text: text + "field a b 00000000 " + "x" * 20_000_000), "R22", _GIVEN),
    Case(_L, "a line of 900,000 backslashes in adopted.html", _adopted(lambda text: text + "field a b 00000000 " + "\\" * 899_999), "R22", _GIVEN),
    Case(_L, "bytes that are no text in adopted.html", _adopted(lambda text: text + "\udcff"), "R22", _GIVEN),
    Case(_L, "a script in what learners of an adopted deck have", _adopted_with("<img src=x onerror=alert(1)>"), "K36", _GIVEN),
    Case(_L, "a frame that another reader of HTML takes for a text, there", _adopted_with("<!--><iframe src=https://example.org></iframe>-->"), "K36", _GIVEN),
    Case(_L, "a tag that goes on in the next field, there", _adopted_with("<b title=\'"), "K36", _GIVEN),
    Case(_L, "300,000 tags that are never closed, there", _adopted_with("<b>" * 300_000), says="the card is built"),
    Case(_L, "a link from adopted.html to a file elsewhere", _adopted_link, "R22", _GIVEN),
    Case(_O, "`.nan`, `.inf`, `1e308` and 400 digits as numbers of masks", _masks("a: {rect: [.nan, 1, 1, 1]}, b: {rect: [.inf, 1, 1, 1]}, c: {ellipse: [1e308, 1, 1, 1]}, d: {rect: [" + "9" * 400 + ", 1, 1, 1]}"), "K34"),
    Case(_O, "negative numbers", _masks("a: {rect: [50, 50, -10, -10]}, b: {rect: [-5, -5, 10, 10]}"), "K34"),
    Case(_O, "10,000 masks", _late_masks(lambda: ", ".join(f"m{number}: {{rect: [1, 1, 5, 5]}}" for number in range(10_000))), "K15"),
    Case(_O, "a polygon of 30,000 corners", _late_masks(lambda: f"a: {{polygon: [{'[1, 1], [9, 9], ' * 15_000}]}}"), "K34"),
    Case(_O, "a polygon of 100,000 corners", _late_masks(lambda: f"a: {{polygon: [{'[1, 1], [9, 9], ' * 50_000}]}}"), "Y09"),
    Case(_O, "99 polygons of 200 corners, each of which winds over the others", _late_masks(lambda: ", ".join(f"m{number}: {{polygon: [{f'[0, 0], [100, {number}], [100, 100], ' * 66}]}}" for number in range(1, 100))), "K35", warning=True),
    Case(_O, "a polygon that is a line", _masks("a: {polygon: [[0, 0], [90, 90], [50, 50]]}"), "K35", warning=True),
    Case(_O, "a picture of no size", _masks("a: {rect: [1, 1, 5, 5]}", "none.png"), "K35"),
    Case(_O, "a text that is called a picture", _masks("a: {rect: [1, 1, 5, 5]}", "text.png"), "K35"),
    Case(_O, "masks within masks, 15 deep", _masks("a: {rect: " + "[" * 15 + "1" + "]" * 15 + "}"), "K34"),
    Case(_O, "`../../secret.png` as a picture", _masks("a: {rect: [1, 1, 5, 5]}", "../../secret.png"), "G01"),
    Case(_O, '`x.png" onerror="alert(1).png` as a picture', _masks("a: {rect: [1, 1, 5, 5]}", """'x.png" onerror="alert(1).png'"""), "G01"),
    Case(_O, "a script, and a mask of another one's, as the question", _masks("a: {rect: [1, 1, 5, 5]}", "grain.png\n    note: '<script>alert(1)</script> {{c1::image-occlusion:rect:left=.1}}'"), "Y12", warning=True),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Package:
    """`make` writes a package, given a good one; `plan --against` and `lock --from` read it or refuse it."""

    told: str
    make: Callable[[Path, Path], object]
    is_read: bool = False
    has_lock: bool = False
    says: str = ""
    linux: bool = False


_COLLECTION, _NEWER = "collection.anki2", "collection.anki21b"


def _zip(members: dict[str, bytes], kind: int = zipfile.ZIP_DEFLATED) -> Callable[[Path, Path], object]:
    """A package of these members."""

    def make(_: Path, path: Path) -> None:
        with zipfile.ZipFile(path, "w", kind) as package:
            for name, content in members.items():
                package.writestr(name, content)

    return make


def _again(change: Callable[[zipfile.ZipFile, zipfile.ZipFile], object]) -> Callable[[Path, Path], object]:
    """The good package, written once more with a change."""

    def make(good: Path, path: Path) -> None:
        with zipfile.ZipFile(good) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
            change(old, package)

    return make


def _copy(old: zipfile.ZipFile, package: zipfile.ZipFile) -> None:
    for name in old.namelist():
        package.writestr(name, old.read(name))


def _with(name: str, content: bytes = b"x") -> Callable[[Path, Path], object]:
    def change(old: zipfile.ZipFile, package: zipfile.ZipFile) -> None:
        _copy(old, package)
        package.writestr(name, content)

    return _again(change)


def _zip64(old: zipfile.ZipFile, package: zipfile.ZipFile) -> None:
    for name in old.namelist():
        with package.open(name, "w", force_zip64=True) as member:
            member.write(old.read(name))


def _linked(_: zipfile.ZipFile, package: zipfile.ZipFile) -> None:
    info = zipfile.ZipInfo(_COLLECTION)
    info.create_system = 3
    info.external_attr = 0o120777 << 16
    package.writestr(info, "/etc/passwd")


def _zeros(count: int, kind: int, name: str = _COLLECTION) -> Callable[[Path, Path], object]:
    """So many megabytes of zeros in the place of the collection, or beside it."""

    def change(old: zipfile.ZipFile, package: zipfile.ZipFile) -> None:
        if name != _COLLECTION:
            package.writestr(_COLLECTION, old.read(_COLLECTION))
        with package.open(_of_kind(name, kind), "w") as member:
            for _ in range(count):
                member.write(bytes(1 << 20))

    return _again(change)


def _of_kind(name: str, kind: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.compress_type = kind
    return info


def _lock_bomb(old: zipfile.ZipFile, package: zipfile.ZipFile) -> None:
    package.writestr(_COLLECTION, old.read(_COLLECTION))
    package.writestr("deckgen.lock", bytes(100_000_000))


def _zstd_bomb(_: Path, path: Path) -> None:
    # A frame of blocks that each say "128 kB of this byte", RFC 8878, section 3.1.1.2.
    block = (131072 << 3 | 2).to_bytes(3, "little") + b"\0"
    frame = b"\x28\xb5\x2f\xfd\x00\x58" + block * 40_000 + (1).to_bytes(3, "little")
    with zipfile.ZipFile(path, "w") as package:
        package.writestr(_NEWER, frame)


def _small_lie(good: Path, path: Path) -> None:
    """The lock of 300 MB says of itself that it has 100 bytes."""
    _zeros(300, zipfile.ZIP_DEFLATED, "deckgen.lock")(good, path)
    raw = path.read_bytes()
    size = (300 << 20).to_bytes(4, "little")
    path.write_bytes(raw.replace(size, (100).to_bytes(4, "little")))


def _many_members(_: Path, path: Path) -> None:
    """An end of a zip that lists a million members: APPNOTE 4.3.12, and 4.3.14 to 4.3.16."""
    one = b"PK\x01\x02" + bytes(24) + (1).to_bytes(2, "little") + bytes(16) + b"x"
    count, size = 1_000_000, 1_000_000 * len(one)
    numbers = [number.to_bytes(8, "little") for number in (count, count, size, 0)]
    end = b"PK\x06\x06" + (44).to_bytes(8, "little") + b"-\0-\0" + bytes(8) + b"".join(numbers)
    locator = b"PK\x06\x07" + bytes(4) + size.to_bytes(8, "little") + (1).to_bytes(4, "little")
    path.write_bytes(one * count + end + locator + b"PK\x05\x06" + bytes(4) + b"\xff" * 12 + bytes(2))


def _zstd_window(_: Path, path: Path) -> None:
    """A frame that wants a window of 2 GB, and says no size: RFC 8878, section 3.1.1.1."""
    block = (131072 << 3 | 2).to_bytes(3, "little") + b"\0"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr(_NEWER, b"\x28\xb5\x2f\xfd\x00" + bytes([21 << 3]) + block * 40_000)


def _zstd_member(good: Path, path: Path) -> None:
    """With method 93 in every header, APPNOTE 4.4.5: of members that are none."""
    raw = bytearray(good.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        at = raw.find(mark)
        while at >= 0:
            raw[at + offset : at + offset + 2] = (93).to_bytes(2, "little")
            at = raw.find(mark, at + 4)
    path.write_bytes(raw)


def _encrypted(good: Path, path: Path) -> None:
    """With the flag that says so in every header."""
    raw = bytearray(good.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = raw.find(mark)
        while at >= 0:
            raw[at + offset] |= 1
            at = raw.find(mark, at + 4)
    path.write_bytes(raw)


def _lying(good: Path, path: Path) -> None:
    """The first member says of itself that it has 4 GB less one byte."""
    raw = bytearray(good.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = raw.find(mark)
        raw[at + offset : at + offset + 4] = b"\xfe\xff\xff\xff"
    path.write_bytes(raw)


def _database(
    *statements: str, repeat: Callable[[Path], object] = lambda _: None
) -> Callable[[Path, Path], object]:
    """The good package, in which these statements of SQL were carried out, and its pages changed by `repeat`."""

    def make(good: Path, path: Path) -> None:
        changed = path.with_name("changed.db")
        with zipfile.ZipFile(good) as old:
            changed.write_bytes(old.read(_COLLECTION))
        with closing(sqlite3.connect(changed)) as connection:
            for statement in statements:
                connection.execute(statement)
            connection.commit()
        repeat(changed)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
            package.write(changed, _COLLECTION)
        changed.unlink()

    return make


def _beside(ending: str, lay: Callable[[Path], object]) -> Callable[[Path, Path], object]:
    """The good collection, and beside it what `lay` puts there."""

    def make(good: Path, path: Path) -> None:
        with zipfile.ZipFile(good) as old:
            path.write_bytes(old.read(_COLLECTION))
        lay(path.with_name(path.name + ending))

    return make


def _sparse(size: int, content: bytes) -> Callable[[Path], object]:
    """A file of this size that takes no room on the disk."""

    def lay(path: Path) -> None:
        with path.open("r+b" if path.exists() else "wb") as file:
            file.write(content)
            file.truncate(size)

    return lay


def _entangled(path: Path, table: str = "notes") -> None:
    """Three levels of pages, each of which leads hundreds of times to the next: a billion rows on four pages."""
    raw = bytearray(path.read_bytes())
    with closing(sqlite3.connect(path)) as connection:
        ((size,),) = connection.execute("PRAGMA page_size")
        ((root,),) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,))

    def pointers(page: int) -> list[int]:
        """Where the numbers of its children stand: https://www.sqlite.org/fileformat2.html#b_tree_pages."""
        start = (page - 1) * size
        assert raw[start] == 5, "no inner page of a table"
        count = int.from_bytes(raw[start + 3 : start + 5], "big")
        cells = (start + 12 + 2 * number for number in range(count))
        return [start + int.from_bytes(raw[at : at + 2], "big") for at in cells] + [start + 8]

    def child(page: int, number: int) -> int:
        at = pointers(page)[number]
        return int.from_bytes(raw[at : at + 4], "big")

    middle = child(root, 0)
    other, leaf = child(middle, 0), child(middle, 1)
    full = raw[(middle - 1) * size : middle * size]
    for page, to in ((root, middle), (middle, other), (other, leaf)):
        raw[(page - 1) * size : page * size] = full
        for at in pointers(page):
            raw[at : at + 4] = to.to_bytes(4, "big")
        assert len(pointers(page)) > 160
    path.write_bytes(raw)


def _endless(*columns: str) -> str:
    """A query of these columns that never ends."""
    names = ", ".join(f"i AS {name}" for name in columns)
    return f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT {names} FROM n"


def _endless_view(table: str, *columns: str, before: tuple[str, ...] = ()) -> Callable[[Path, Path], object]:
    return _database(*before, f"DROP TABLE IF EXISTS {table}", f"CREATE VIEW {table} AS {_endless(*columns)}")


#: What a collection of the newer format has beside.
_NEW_TABLES = (
    "CREATE TABLE notetypes (id, name)", "CREATE TABLE fields (ntid, ord, name)",
    "CREATE TABLE templates (ntid)", "CREATE TABLE decks (id, name)",
)  # fmt: skip
_NOTE = "INSERT INTO notes (id, guid, mid, mod, tags) VALUES (1, 'a', 1, 1, '')"
_MANY = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT {}) "


def _notes(columns: str, rows: str) -> tuple[str, ...]:
    return ("DROP TABLE notes", f"CREATE TABLE notes ({columns})", rows)


# ruff: noqa: S608  # the SQL is of our own words
_entangled_notes = _database(
    *_notes(
        "id, guid, mid, mod, tags, flds",
        f"{_MANY.format(140_000)} INSERT INTO notes SELECT i, 'a', 1, 1, '', '' FROM n",
    ),
    repeat=_entangled,
)


def _member(path: Path, name: str) -> bytes:
    with zipfile.ZipFile(path) as package:
        return package.read(name)


PACKAGES = (
    Package("an empty file", lambda _, path: path.write_bytes(b"")),
    Package("a text", lambda _, path: path.write_text("hello", encoding="utf-8")),
    Package("half a package", lambda good, path: path.write_bytes(good.read_bytes()[: good.stat().st_size // 2])),
    Package("no members", _zip({})),
    Package("a broken database", _zip({_COLLECTION: b"SQLite format 3\0" + b"\xff" * 5000})),
    Package("an empty database", _zip({_COLLECTION: b""})),
    Package("a database with other tables", _database("DROP TABLE notes")),
    Package("a view without end in the place of the notes", _endless_view("notes", "id", "guid", "mid", "mod", "tags", "flds")),
    Package("a view without end in the place of the cards", _endless_view("cards", "nid", "did", "odid")),
    Package("a view without end in the place of `col`", _endless_view("col", "models", "decks")),
    Package("a view without end in the place of the fields", _endless_view("fields", "ntid", "ord", "name", before=_NEW_TABLES)),
    Package("a view without end in the place of the decks", _endless_view("decks", "id", "name", before=_NEW_TABLES)),
    Package("a view without end in the place of the note types, beside those of the older format", _endless_view("notetypes", "id", "name"), is_read=True, says="is read without it"),
    Package("a view that says it is a table", _database("DROP TABLE notes", "PRAGMA writable_schema = ON", f"INSERT INTO sqlite_master VALUES ('table', 'notes', 'notes', 2, 'CREATE VIEW notes AS {_endless('id', 'guid', 'mid', 'mod', 'tags', 'flds')}')")),
    Package("a table that SQLite works out (virtual)", _database("DROP TABLE notes", "CREATE VIRTUAL TABLE notes USING fts5(id, guid, mid, mod, tags, flds)")),
    Package("20,000 other tables", _database("PRAGMA writable_schema = ON", f"{_MANY.format(20_000)} INSERT INTO sqlite_master SELECT 'table', 't' || i, 't' || i, 2, 'CREATE TABLE t' || i || '(a)' FROM n")),
    Package("a billion rows on pages that lead to each other", _entangled_notes),
    Package("500 values of 1 MB that are worked out when they are read", _database(*_notes("id, guid, mid, mod, tags, flds AS (hex(zeroblob(500000)))", f"{_MANY.format(500)} INSERT INTO notes SELECT i, i, 1, 1, '' FROM n"))),
    Package("500 values of 90 kB that stand in the file once", _database("ALTER TABLE notes RENAME TO old", "CREATE TABLE notes (id, guid, mid, mod, tags)", f"{_MANY.format(500)} INSERT INTO notes SELECT i, i, 1, 1, '' FROM n", f"ALTER TABLE notes ADD COLUMN flds DEFAULT '{'x' * 90_000}'")),
    Package("a value of 1 GB that is worked out when it is read", _database("ALTER TABLE notes RENAME TO old", "CREATE TABLE notes (id INTEGER, guid, mid, mod, tags, flds AS (hex(zeroblob(490000000))))", _NOTE)),
    Package("texts in the place of numbers", _database("UPDATE notes SET mod = 'never', mid = 'none'")),
    Package("models that are no JSON", _database("UPDATE col SET models = '{'")),
    Package("models nested 100,000 deep", _database("UPDATE col SET models = replace(hex(zeroblob(50000)), '0', '[')")),
    Package("3,000,000 values in the note types", _database("UPDATE col SET models = '{\"1\": [' || replace(hex(zeroblob(3000000)), '00', '[],') || '0]}'")),
    Package("numbers beyond all in the note types", _database("""UPDATE col SET models = replace(models, '"latexPre"', '"x": [1e400, NaN, -Infinity, 1e-400], "latexPre": 0, "latexPre"')"""), is_read=True, says="is read"),
    Package("a number of 5,000 digits in the note types", _database(f"""UPDATE col SET models = '{{"{'1' * 5_000}": {{"name": "x", "flds": [], "tmpls": []}}}}'""")),
    Package("half of a surrogate pair in the names of decks", _database("""UPDATE col SET decks = replace(decks, '"name": "', '"name": "\\ud800')"""), is_read=True, says="is read"),
    Package("bytes and numbers in the place of texts", _database("UPDATE notes SET guid = x'ff00', tags = 1.5, flds = x'1f'"), is_read=True, says="is read"),
    Package("numbers below zero, and of 64 bits", _database("UPDATE notes SET id = -9223372036854775808 + id, mod = 9223372036854775807, mid = -1", "UPDATE cards SET nid = -1, did = -9223372036854775808"), is_read=True, says="is read"),
    Package("numbers beyond those", _database("CREATE TABLE more AS SELECT * FROM notes", *_notes("id, guid, mid, mod, tags, flds", "INSERT INTO notes SELECT id, guid, mid, 9e999, tags, flds FROM more"))),
    Package("bytes that are no UTF-8 in a text", _database("UPDATE notes SET flds = CAST(x'ff' AS TEXT)")),
    Package("20,000,000 fields in a note", _database("UPDATE notes SET flds = replace(hex(zeroblob(10000000)), '0', char(31))"), is_read=True, says="is read"),
    Package("20,000,000 tags on a note", _database("UPDATE notes SET tags = replace(hex(zeroblob(10000000)), '00', 'a ')"), is_read=True, says="is read"),
    Package("an encrypted package", _encrypted),
    Package("a member that says it has 4 GB", _lying, is_read=True, has_lock=True),
    Package("300 MB of zeros in 300 kB", _zeros(300, zipfile.ZIP_DEFLATED)),
    Package("300 MB of zeros in 300 bytes (bz2)", _zeros(300, zipfile.ZIP_BZIP2)),
    Package("300 MB of zeros in 45 kB (lzma)", _zeros(300, zipfile.ZIP_LZMA)),
    Package("a lock of 300 MB in 300 bytes (bz2)", _zeros(300, zipfile.ZIP_BZIP2, "deckgen.lock"), is_read=True),
    Package("a lock of 300 MB that says it has 100 bytes", _small_lie, is_read=True),
    Package("a zip in a zip in a zip", lambda good, path: (_zip({_COLLECTION: good.read_bytes()})(good, path), _zip({_COLLECTION: path.read_bytes()})(good, path))),
    Package("1,000,000 members", _many_members),
    Package("a frame of zstd that wants 2 GB", _zstd_window),
    Package("5 GB of zeros in 160 kB (zstd)", _zstd_bomb),
    Package("no frame of zstd", _zip({_NEWER: b"\x28\xb5\x2f\xfd" + b"\xff" * 100})),
    Package("a member that says it is zstd, which zipfile knows from Python 3.14 on", _zstd_member),
    Package("a lock of 100 MB", _again(_lock_bomb), is_read=True),
    Package("a link in the place of the collection", _again(_linked)),
    Package("`../../planted` among the members", _with("../../planted"), is_read=True, has_lock=True),
    Package("an absolute path among the members", _with("/tmp/planted"), is_read=True, has_lock=True),  # noqa: S108  # never written
    Package("sizes in 64 bits (zip64)", _again(_zip64), is_read=True, has_lock=True),
    Package("a collection whose journal is a link to `/dev/zero`", _beside("-wal", lambda path: path.symlink_to("/dev/zero")), linux=True),
    Package("a collection whose journal is a pipe", _beside("-wal", os.mkfifo), linux=True),
    Package("a collection whose journal is a folder", _beside("-wal", Path.mkdir)),
    Package("a collection with a journal of 5 GB, nearly all of it empty", _beside("-wal", _sparse(5 << 30, b"x")), linux=True),
    Package("a collection with a journal of 300 MB, nearly all of it empty", _beside("-wal", _sparse(300_000_000, bytes.fromhex("377f0682002de218"))), is_read=True, says="is read", linux=True),
    Package("a collection of 1 TB, nearly all of it empty", _beside("", _sparse(1 << 40, b"")), is_read=True, says="is read", linux=True),
    Package("a collection of 1 TB, nearly all of it empty, whose pages lead to each other", lambda good, path: (_entangled_notes(good, path), path.write_bytes(_member(path, _COLLECTION)), _sparse(1 << 40, b"")(path)), linux=True),
    Package("a journal that names a file for SQLite to delete", _beside("-journal", lambda path: path.write_bytes(bytes.fromhex("d9d505f920a163d7") + bytes(504)))),
    Package("a lock with half of a surrogate pair", _zip({"deckgen.lock": b'deckgen-lock 1\ndeck memory\n\npackage - 1 - "\\ud800"\n'})),
    Package("a lock of a deck named `../../x`", _zip({"deckgen.lock": b"deckgen-lock 1\ndeck ../../x\n"})),
)  # fmt: skip

_LOG = ("id", "cid", "ease", "lastIvl", "factor", "time", "type")
_CARD = "(SELECT id FROM cards)"


def _log(columns: str, rows: str) -> tuple[str, ...]:
    return ("DROP TABLE revlog", f"CREATE TABLE revlog ({columns})", f"INSERT INTO revlog {rows}")


#: What `reviews` reads besides: the log of reviews, and the JSON of cards.
REVIEWS = (
    Package("a collection without a log", _database("DROP TABLE revlog")),
    Package("a log without a column", _database(*_log("id, cid, ease", f"VALUES (1, {_CARD}, 3)"))),
    Package("a view without end in the place of the log", _endless_view("revlog", *_LOG)),
    Package("a view without end in the place of the cards", _endless_view("cards", "id", "nid", "ord", "lapses", "data")),
    Package("a billion reviews on pages that lead to each other", _database(
        *_log(", ".join(_LOG), f"{_MANY.format(140_000)} SELECT i, {_CARD}, 3, 1, 1, 1, 1 FROM n"), repeat=lambda path: _entangled(path, "revlog"),
    )),
    Package("a column of the log that SQLite works out", _database("DROP TABLE revlog", "CREATE TABLE revlog (id, cid, ease, lastIvl, factor, type, time AS (hex(zeroblob(490000000))))")),
    Package("500 reviews whose times are one text of 90 kB", _database("DROP TABLE revlog", "CREATE TABLE revlog (id, cid, ease, lastIvl, factor, type)", f"{_MANY.format(500)} INSERT INTO revlog SELECT i, {_CARD}, 3, 1, 1, 1 FROM n", f"ALTER TABLE revlog ADD COLUMN time DEFAULT '{'x' * 90_000}'"), is_read=True),
    Package("nothing in the place of numbers", _database(*_log(", ".join(_LOG), f"VALUES (1, {_CARD}, NULL, NULL, NULL, NULL, NULL)"))),
    Package("texts in the place of numbers", _database(*_log(", ".join(_LOG), f"VALUES ('a', {_CARD}, 'b', 'c', 'd', 'e', 'f')")), is_read=True),
    Package("numbers of 64 bits and beyond", _database(*_log(", ".join(_LOG), f"VALUES (9223372036854775807, {_CARD}, 9223372036854775807, 9e999, 1, 9e999, 1), (-9223372036854775808, {_CARD}, 3, -9223372036854775808, 1, -1, 1)")), is_read=True),
    Package("reviews of cards that are not there", _database(*_log(", ".join(_LOG), "VALUES (1, 99, 3, 1, 1, 1, 1), (2, NULL, 3, 1, 1, 1, 1)")), is_read=True),
    Package("times that were never", _database(*_log(", ".join(_LOG), f"VALUES (-5, {_CARD}, 1, -1, 1, -1, 1), (9999999999999999, {_CARD}, 3, 1, 1, 1, 1)")), is_read=True),
    Package("5,000 cards with one number", _database("CREATE TABLE more AS SELECT * FROM cards", "DROP TABLE cards", f"CREATE TABLE cards AS {_MANY.format(5_000)} SELECT i AS id, nid, did, 0 AS ord, 0 AS odid, lapses, data FROM more, n", *_log(", ".join(_LOG), "VALUES (1, 1, 3, 1, 1, 1, 1)")), is_read=True),
    Package("cards whose JSON is nested 100,000 deep", _database("UPDATE cards SET data = '{\"d\":' || replace(hex(zeroblob(50000)), '0', '[')"), is_read=True),
    Package("difficulties that are no difficulty", _database("UPDATE cards SET data = '{\"d\": 1e999}' WHERE ord = 0", "UPDATE cards SET data = '{\"d\": [true, NaN]}' WHERE ord = 1", "UPDATE cards SET data = '{\"d\": ' WHERE ord = 2"), is_read=True),
    Package("note types without templates", _database("UPDATE col SET models = replace(models, '\"tmpls\"', '\"none\"')", *_log(", ".join(_LOG), f"VALUES (1, {_CARD}, 3, 1, 1, 1, 1)"))),
    Package("note types that are not there", _database("UPDATE notes SET mid = 'x'", *_log(", ".join(_LOG), f"VALUES (1, {_CARD}, 3, 1, 1, 1, 1)")), is_read=True),
    Package("templates without names, and with texts for ids", _database("""UPDATE col SET models = replace(replace(models, '"tmpls": [{"name"', '"tmpls": [{"nom"'), '"id": ', '"id": "x", "no": ')"""), is_read=True),
    Package("lapses below zero, and of 64 bits", _database("UPDATE cards SET lapses = -5 WHERE ord = 0", "UPDATE cards SET lapses = 9223372036854775807 WHERE ord > 0", *_log(", ".join(_LOG), f"VALUES (1, {_CARD}, 3, 1, 1, 1, 1)")), is_read=True),
)  # fmt: skip

_MADE_OF_ONE_NAME = json.dumps({str(number): f"{number}.png" for number in range(200_000)}).encode()


def _listed(listed: bytes | dict[str, str], *pictures: bytes) -> Callable[[Path, Path], object]:
    """The good collection with another list of media, and these pictures."""

    def change(old: zipfile.ZipFile, package: zipfile.ZipFile) -> None:
        package.writestr(_COLLECTION, old.read(_COLLECTION))
        package.writestr("media", listed if isinstance(listed, bytes) else json.dumps(listed))
        for number, content in enumerate(pictures):
            package.writestr(str(number), content)

    return _again(change)


def _newer_media(listed: bytes) -> Callable[[Path, Path], object]:
    """A collection in the newer container, with this list of media."""

    def change(old: zipfile.ZipFile, package: zipfile.ZipFile) -> None:
        package.writestr(_NEWER, zstandard.compress(old.read(_COLLECTION)))
        package.writestr("media", zstandard.compress(listed))

    return _again(change)


def _named(name: str) -> Callable[[Path, Path], object]:
    return _listed({"0": name}, b"picture")


_REFUSED = "is read; the file is named and left out"
#: What `adopt` reads besides: media, whole note types, decks.
ADOPTED = (
    *(
        Package(f"a picture named {told}", _named(name), is_read=True, says=_REFUSED)
        for told, name in (
            ("`../../planted`", "../../planted"), ("`/tmp/planted`", "/tmp/planted"), ("`..`", ".."),  # noqa: S108  # never written
            ("`a\\b.png`", "a\\b.png"), ("`C:x.png`", "C:x.png"), ("`con.png`", "con.png"), ("`.hidden`", ".hidden"),
            ("with a line break", "a\n.png"), ("with 500 characters", "a" * 500), ("nothing", ""),
            ("with half of a surrogate pair", "\ud800.png"), ("with a character that turns the line around", "a\u202egnp.exe"),
        )
    ),
    Package("two pictures that differ in capitals", _listed({"0": "a.png", "1": "A.png"}, b"1", b"2"), is_read=True, says=_REFUSED),
    Package("two pictures that are one in NFC", _listed({"0": "\u00e4.png", "1": "a\u0308.png"}, b"1", b"2"), is_read=True, says=_REFUSED),
    Package("a picture that is not there", _listed({"0": "a.png"}), is_read=True, says="is read; the file is named"),
    Package("a picture that is the collection", _listed({_COLLECTION: "a.png"})),
    Package("a list of media that is no JSON", _listed(b"{")),
    Package("a list of media that is a list", _listed(b"[1]")),
    Package("a list of media nested 100,000 deep", _listed(b"[" * 100_000)),
    Package("a list of media that is no UTF-8", _listed(b'{"0": "\xff"}')),
    Package("numbers in the place of names of media", _listed(b'{"0": 1}')),
    Package("200,000 pictures of which none is there", _listed(_MADE_OF_ONE_NAME), is_read=True, says="is read; the files are named"),
    Package("a list of media with 300 MB of zeros", _zeros(300, zipfile.ZIP_DEFLATED, "media")),
    Package("a picture with 300 MB of zeros", _listed({"0": "a.png"}, bytes(300_000_000)), is_read=True, says="is read, the picture is refused"),
    Package("a list of media (protobuf) that ends in a number", _newer_media(b"\x0a\xff")),
    Package("a list of media (protobuf) with a number that never ends", _newer_media(b"\xff" * 100_000)),
    Package("a list of media (protobuf) with a length of 2^63", _newer_media(b"\x0a" + b"\xff" * 8 + b"\x7f")),
    Package("10,000,000 empty entries in a list of media (protobuf)", _newer_media(b"\x0a\x00" * 10_000_000)),
    Package("numbers beyond all in the settings of a note type", _database("""UPDATE col SET models = replace(models, '"latexPre"', '"x": [1e400, NaN], "latexPre"')""")),
    Package("a note type without a name", _database("""UPDATE col SET models = replace(models, '"name"', '"nom"')""")),
    Package("a deck within 5,000 others", _database("""UPDATE col SET decks = replace(decks, '"name": "', '"name": "' || replace(hex(zeroblob(5000)), '00', 'a::'))""")),
    Package("cards of decks that are not there", _database("UPDATE cards SET did = 7"), is_read=True, says="is read, into `Default`"),
    Package("cards without a template", _database("UPDATE cards SET ord = 70000 WHERE ord = 0"), is_read=True, says="is read; the cards are counted and left out"),
    Package("notes without a guid", _database("UPDATE notes SET guid = ''"), is_read=True, says="is read; the notes are counted and left out"),
    Package("notes without a note type", _database("UPDATE notes SET mid = 5"), is_read=True, says="is read; the notes are counted and left out"),
)  # fmt: skip


def security_document(page: str) -> str:
    """docs/security.md with the tables of today."""
    before, _, rest = page.partition("<!-- cases -->\n")
    after = rest.partition("<!-- end of cases -->\n")[2]
    return f"{before}<!-- cases -->\n\n{_tables()}\n<!-- end of cases -->\n{after}"


def _tables() -> str:
    lines = []
    for group in dict.fromkeys(case.group for case in CASES):
        lines += [f"**{group}**", "", "| input | outcome |", "|---|---|"]
        lines += [f"| {case.told} | {_outcome(case)} |" for case in CASES if case.group == group]
        lines.append("")
    lines += ["**Packages** (`plan --against`, `lock --from`)", "", "| input | outcome |", "|---|---|"]
    lines += [f"| {one.told} | {one.says or _of_package(one)} |" for one in PACKAGES]
    lines += ["", "**Reviews** (`reviews`, which also gets all of these packages)", ""]
    lines += ["| input | outcome |", "|---|---|"]
    lines += [f"| {one.told} | {'is read' if one.is_read else 'R20'} |" for one in REVIEWS]
    lines += ["", "**Adopted** (`adopt`, which also gets all of these packages)", ""]
    lines += ["| input | outcome |", "|---|---|"]
    lines += [f"| {one.told} | {one.says or 'is refused'} |" for one in ADOPTED]
    return "\n".join(lines) + "\n"


def _outcome(case: Case) -> str:
    if not case.code:
        return case.says
    return f"{case.code}, a finding that stops no build" if case.warning else case.code


def _of_package(package: Package) -> str:
    if package.is_read and package.has_lock:
        return "is read; nothing else is unpacked"
    return "the notes are read, the lock is refused" if package.is_read else "is refused"
