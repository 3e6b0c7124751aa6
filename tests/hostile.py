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

from tests.conftest import CARDS_YAML, Project

#: Where most cases put what they bring.
FILE = "cards_source/memory/x.yaml"
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


def _late(make: Callable[[], str]) -> Callable[[Project], object]:
    """A file that is large, and made only when it is needed."""

    def lay(project: Project) -> None:
        _put(make())(project)

    return lay


def _cards(count: int, rest: str, name: str = "x") -> str:
    """A file of so many cards; `#` in the rest of one is its number."""
    rows = (f"  - {{id: {name}{number}, {rest.replace('#', str(number))}}}\n" for number in range(count))
    return "cards:\n" + "".join(rows)


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


def _folder(name: str) -> Callable[[Project], object]:
    def lay(project: Project) -> None:
        path = project.root / name
        path.unlink(missing_ok=True)
        path.mkdir(parents=True)

    return lay


def _copy_of_deck(project: Project) -> None:
    shutil.copytree(project.root / "cards_source/memory", project.root / "cards_source/copy")


_LAUGHS = "a: &a [x, x]\n" + "".join(
    f"{letter}: &{letter} [{', '.join([f'*{before}'] * 9)}]\n"
    for before, letter in zip("abcdefgh", "bcdefghi", strict=True)
)
_Y, _T, _F, _M, _L = "YAML", "Text", "Files", "Media", "Lock"

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
    Case(_T, "195 texts of 5,000 `![`", _late(lambda: _cards(195, f"q: Why #?, a: '{'![' * 5_000}'")), "T04", warning=True),
    Case(_T, "20 texts of 5,000 `\\n`", _late(lambda: _cards(20, 'q: "Why #?", a: "' + "\\n" * 5_000 + '"')), "L06"),
    Case(_T, "195 texts of 5,000 `A-` in a deck with speakers", lambda project: (project.write("other/deck.yaml", 'deck: other\ntitle: "Other"\nspeakers: {me: "John Smith"}\n'), project.write("other/cards.yaml", _cards(195, f"speaker: me, q: Why #?, a: '{'A-' * 5_000}'"))), "L03", "cards_source/other/cards.yaml", warning=True),
    Case(_T, "a figure with 9,000 blanks behind it, in two languages", lambda project: (project.write("other/deck.yaml", 'deck: other\ntitle: {en: "Other", zh: "O"}\nlanguages: [en, zh]\n'), project.write("other/cards.yaml", _cards(50, "".join(f'{lang}: {{q: "3{" " * 9_000}x", a: "B"}}, ' for lang in ("en", "zh"))))), "T02", "cards_source/other/cards.yaml", warning=True),
    Case(_T, "1,100 deletions in each of 50 clozes", _late(lambda: _cards(50, 'cloze: "' + "{{c1::a}}" * 1_100 + '"')), "C04", warning=True),
    Case(_T, "a deletion whose number has 5,000 digits", _put(f'cards:\n  - {{id: one, cloze: "{{{{c{"1" * 5_000}::a}}}}"}}\n'), "C01"),
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
    Case(_F, "a package in `output/` of a language that the deck does not have", _put("PK", "output/memory.fr.apkg"), "K22", "output/memory.fr.apkg", warning=True),
    Case(_F, "the deck's key `con`", _deck('deck: con\ntitle: "Con"\n'), "K04", "cards_source/other/deck.yaml"),
    Case(_F, "the deck's key `../../x`", _deck('deck: ../../x\ntitle: "X"\n'), "K04", "cards_source/other/deck.yaml"),
    Case(_F, "the card's id `../../x`", _put('cards:\n  - id: ../../x\n    q: "Why?"\n    a: "A"\n'), "K04"),
    Case(_F, "a deck of 60 languages", _deck(f"deck: other\ntitle: T\nlanguages: [{', '.join(f'en-x{number}' for number in range(10, 70))}]\n"), "Y09", "cards_source/other/deck.yaml"),
    Case(_F, "the language `../en`", _deck('deck: other\ntitle: "T"\nlanguages: [../en]\n'), "K04", "cards_source/other/deck.yaml"),
    Case(_F, "20,000 headings in the source's text, and 2,000 cards that cite others", lambda project: (project.write("other/deck.yaml", 'deck: other\ntitle: "Other"\nsource: {title: "S", file: s.txt}\n'), project.write("other/s.txt", "".join(f"# s{number}\nb\n" for number in range(20_000))), project.write("other/cards.yaml", _cards(2_000, 'q: Why #?, a: B, source: {section: "t#"}'))), "M02", "cards_source/other/cards.yaml", warning=True),
    Case(_M, "`../deck.yaml` as a picture", _media("../deck.yaml"), "G01"),
    Case(_M, "`/etc/passwd` as a picture", _media("/etc/passwd"), "G01"),
    Case(_M, "`C:\\x.png` as a picture", _media("C:\\\\x.png"), "G01"),
    Case(_M, "`%2e%2e/deck.yaml` as a picture", _media("%2e%2e/deck.yaml"), "G01"),
    Case(_M, "U+0000 in a picture's name", _media("%00.png"), "G01"),
    Case(_M, "`con.png`", _media("con.png", "con.png"), says="is built; in the package it has another name", linux=True),
    Case(_M, "names that differ only in case", _media("a.png", "a.png", "A.png"), "G03", "cards_source/memory/media/a.png", linux=True),
    Case(_M, "names that differ only in Unicode form", _media("\u00e9.png", "\u00e9.png", "e\u0301.png"), "G03", "cards_source/memory/media/", linux=True),
    Case(_M, "`a.png.`, with a dot that Windows drops", _media("a.png.", "a.png."), "G04", "cards_source/memory/media/a.png.", linux=True),
    Case(_M, "a pipe among the pictures", lambda project: (_media("a.png", "a.png")(project), _fifo("cards_source/memory/media/a.png")(project)), "G04", "cards_source/memory/media/a.png", linux=True),
    Case(_M, "a link among the pictures", _link("secret", "cards_source/memory/media/a.png"), "G04", "cards_source/memory/media/a.png"),
    Case(_M, "a link in the place of `media/`", _media_link, "G04", "cards_source/memory/media"),
    Case(_L, "a pipe in the place of deck.lock", _fifo("cards_source/memory/deck.lock"), "R01", "cards_source/memory/deck.lock", linux=True),
    Case(_L, "a link to a place where nothing is yet, for a build to write there", _link("planted.lock", "cards_source/memory/deck.lock"), "R01", "cards_source/memory/deck.lock"),
    Case(_L, "500 cards gone, and 500 others in their place", _renamed, "R05", "cards_source/other/deck.lock"),
    Case(_L, "a lock of 5,000,000 lines", _put("deckgen-lock 1\ndeck memory\n\n" + "x y\n" * 5_000_000, "cards_source/memory/deck.lock"), "R01", "cards_source/memory/deck.lock"),
    Case(_L, "a lock of 20 MB", _put("deckgen-lock 1\n" + "#" * 20_000_000, "cards_source/memory/deck.lock"), "R01", "cards_source/memory/deck.lock"),
    Case(_L, "half of a surrogate pair in a lock", _put('deckgen-lock 1\ndeck memory\n\npackage - 1 - "\\ud800"\n', "cards_source/memory/deck.lock"), "R01", "cards_source/memory/deck.lock"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Package:
    """`make` writes a package, given a good one; `plan --against` and `lock --from` read it or refuse it."""

    told: str
    make: Callable[[Path, Path], object]
    is_read: bool = False
    has_lock: bool = False


_COLLECTION, _NEWER = "collection.anki2", "collection.anki21b"


def _zip(members: dict[str, bytes]) -> Callable[[Path, Path], object]:
    """A package of these members."""

    def make(_: Path, path: Path) -> None:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
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


def _bomb(old: zipfile.ZipFile, package: zipfile.ZipFile) -> None:
    del old
    with package.open(_COLLECTION, "w") as member:
        for _ in range(300):
            member.write(bytes(1 << 20))


def _lock_bomb(old: zipfile.ZipFile, package: zipfile.ZipFile) -> None:
    package.writestr(_COLLECTION, old.read(_COLLECTION))
    package.writestr("deckgen.lock", bytes(100_000_000))


def _zstd_bomb(_: Path, path: Path) -> None:
    # A frame of blocks that each say "128 kB of this byte", RFC 8878, section 3.1.1.2.
    block = (131072 << 3 | 2).to_bytes(3, "little") + b"\0"
    frame = b"\x28\xb5\x2f\xfd\x00\x58" + block * 40_000 + (1).to_bytes(3, "little")
    with zipfile.ZipFile(path, "w") as package:
        package.writestr(_NEWER, frame)


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


def _database(*statements: str) -> Callable[[Path, Path], object]:
    """The good package, in which these statements of SQL were carried out."""

    def make(good: Path, path: Path) -> None:
        changed = path.with_name("changed.db")
        with zipfile.ZipFile(good) as old:
            changed.write_bytes(old.read(_COLLECTION))
            with closing(sqlite3.connect(changed)) as connection:
                for statement in statements:
                    connection.execute(statement)
                connection.commit()
            with zipfile.ZipFile(path, "w") as package:
                package.writestr(_COLLECTION, changed.read_bytes())
        changed.unlink()

    return make


_ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS id, i AS guid, 1 AS mid, 1 AS mod, '' AS tags, '' AS flds FROM n"

PACKAGES = (
    Package("an empty file", lambda _, path: path.write_bytes(b"")),
    Package("a text", lambda _, path: path.write_text("hello", encoding="utf-8")),
    Package("half a package", lambda good, path: path.write_bytes(good.read_bytes()[: good.stat().st_size // 2])),
    Package("no members", _zip({})),
    Package("a broken database", _zip({_COLLECTION: b"SQLite format 3\0" + b"\xff" * 5000})),
    Package("an empty database", _zip({_COLLECTION: b""})),
    Package("a database with other tables", _database("DROP TABLE notes")),
    Package("a view without end in the place of the notes", _database("DROP TABLE notes", f"CREATE VIEW notes AS {_ENDLESS}")),
    Package("a value of 1 GB that is worked out when it is read", _database("ALTER TABLE notes RENAME TO old", "CREATE TABLE notes (id INTEGER, guid, mid, mod, tags, flds AS (hex(zeroblob(490000000))))", "INSERT INTO notes (id, guid, mid, mod, tags) VALUES (1, 'a', 1, 1, '')")),
    Package("texts in the place of numbers", _database("UPDATE notes SET mod = 'never', mid = 'none'")),
    Package("models that are no JSON", _database("UPDATE col SET models = '{'")),
    Package("models nested 100,000 deep", _database("UPDATE col SET models = replace(hex(zeroblob(50000)), '0', '[')")),
    Package("an encrypted package", _encrypted),
    Package("a member that says it has 4 GB", _lying, is_read=True, has_lock=True),
    Package("300 MB of zeros in 300 kB", _again(_bomb)),
    Package("5 GB of zeros in 160 kB (zstd)", _zstd_bomb),
    Package("no frame of zstd", _zip({_NEWER: b"\x28\xb5\x2f\xfd" + b"\xff" * 100})),
    Package("a member that says it is zstd, which zipfile knows from Python 3.14 on", _zstd_member),
    Package("a lock of 100 MB", _again(_lock_bomb), is_read=True),
    Package("a link in the place of the collection", _again(_linked)),
    Package("`../../planted` among the members", _with("../../planted"), is_read=True, has_lock=True),
    Package("an absolute path among the members", _with("/tmp/planted"), is_read=True, has_lock=True),  # noqa: S108  # never written
    Package("sizes in 64 bits (zip64)", _again(_zip64), is_read=True, has_lock=True),
    Package("a lock with half of a surrogate pair", _zip({"deckgen.lock": b'deckgen-lock 1\ndeck memory\n\npackage - 1 - "\\ud800"\n'})),
    Package("a lock of a deck named `../../x`", _zip({"deckgen.lock": b"deckgen-lock 1\ndeck ../../x\n"})),
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
    lines += [f"| {one.told} | {_of_package(one)} |" for one in PACKAGES]
    return "\n".join(lines) + "\n"


def _outcome(case: Case) -> str:
    if not case.code:
        return case.says
    return f"{case.code}, a finding that stops no build" if case.warning else case.code


def _of_package(package: Package) -> str:
    if package.is_read and package.has_lock:
        return "is read; nothing else is unpacked"
    return "the notes are read, the lock is refused" if package.is_read else "is refused"
