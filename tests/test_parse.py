"""What a file may contain, and what is said about everything else."""

from __future__ import annotations

import pytest

from tests.conftest import DECK_YAML, Project

CARD = 'cards:\n  - id: one\n    q: "Q?"\n    a: "A"\n'


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("no", "no"), ("1:30", "1:30"), ("1.10", "1.10"), ("2024-05-15", "2024-05-15"), ("0x10", "0x10"),
        ("~", "~"), ("yes", "yes"), ("null", "null"), (".inf", ".inf"), ("'007'", "007"),
    ],
)  # fmt: skip
def test_scalars_stay_text(project: Project, text: str, shown: str) -> None:
    project.deck(cards=f"cards:\n  - id: one\n    q: Q?\n    a: {text}\n").build()
    from tests.real_anki import Learner

    with Learner(project.root / "learner") as learner:
        learner.import_package(project.package())
        assert learner.note("one")["Answer"] == shown


@pytest.mark.parametrize(
    ("deck", "code", "line", "message"),
    [
        ("", "K02", 1, "deck.yaml is empty"),
        ("# only a comment\n", "K02", 1, "deck.yaml is empty"),
        ("- a\n", "K03", 1, "deck.yaml must be a mapping of keys"),
        ("deck: memory\n", "K02", 1, "there is no `title:`"),
        ('title: "T"\n', "K02", 1, "there is no `deck:`"),
        ('deck: Memory Deck\ntitle: "T"\n', "K04", 1, "`Memory Deck` can't be the deck's key"),
        ('deck: memory\ntitle: {en: "T"}\n', "K03", 2, "`title:` must be a text"),
        (
            'deck: memory\nlanguages: [en, zh]\ntitle: "T"\n',
            "K03",
            3,
            "`title:` must have a text for each language",
        ),
        (
            'deck: memory\nlanguages: [en, zh]\ntitle: {en: "T"}\n',
            "B01",
            3,
            "`title:` lacks the language `zh`",
        ),
        ('deck: memory\nlanguages: [english]\ntitle: "T"\n', "K04", 2, "`english` is not a language code"),
        ('deck: memory\nlanguages: [id]\ntitle: "T"\n', "K04", 2, "`id` is not a language code"),
        ('deck: memory\ntitle: "T"\nsource: {by: x}\n', "K02", 3, "`source:` has no `title:`"),
        (
            'deck: memory\ntitle: "T"\nsource: {title: x, url: "ftp://x"}\n',
            "K04",
            3,
            "`ftp://x` is not a web address",
        ),
        ('deck: memory\ntitle: "T"\ntags: {Big One: x}\n', "K04", 3, "`Big One` can't be a word of `tags:`"),
    ],
)
def test_deck_file(project: Project, deck: str, code: str, line: int, message: str) -> None:
    project.deck(deck=deck, cards=CARD)
    found = [finding for finding in project.findings() if finding["path"].endswith("deck.yaml")]
    assert (found[0]["code"], found[0]["line"]) == (code, line)
    assert found[0]["message"].startswith(message)


@pytest.mark.parametrize(
    ("cards", "code", "line", "column"),
    [
        ("", "K02", 1, 1),
        ("cards: []\n", "K10", 1, 1),
        ("tags: [basics]\n", "K02", 1, 1),
        ("cards: x\n", "K03", 1, 8),
        ("cards:\n  - just a text\n", "K03", 2, 5),
        ("cards:\n  - q: Q?\n    a: A\n", "M08", 2, 5),
        ("cards:\n  - id: one\n    q: [Q]\n    a: A\n", "K03", 3, 8),
        ("cards:\n  - id: one\n    q: Q?\n", "K05", 2, 5),
        ("cards:\n  - id: one\n    q: Q?\n    a: A\n    cloze: '{{c1::x}}'\n", "K05", 2, 5),
        ("cards:\n  - id: one\n    q: Q?\n    list: [a, b]\n", "K03", 4, 11),
        ("cards:\n  - id: one\n    q: Q?\n    list: {}\n", "K03", 4, 11),
        ("cards:\n  - id: one\n    q: Q?\n    list: {A b: x}\n", "K04", 4, 12),
        ("cards:\n  - id: one\n    typed: yes\n    q: Q?\n    a: A\n", "K03", 3, 12),
        ("cards:\n  - id: one\n    only: [en]\n    q: Q?\n    a: A\n", "K07", 3, 12),
        ("cards:\n  - id: one\n    source: {find: 1234567890123}\n    q: Q?\n    a: A\n", "K08", 3, 20),
        ("cards:\n  - id: one\n    retired: {since: '2026-01-31'}\n    q: Q?\n    a: A\n", "K02", 3, 14),
        ("cards:\n  - id: one\n    retired: {reason: x}\n    q: Q?\n    a: A\n", "K02", 3, 14),
        ('cards:\n  - id: one\n    q: "\\x1f"\n    a: A\n', "Y07", 3, 8),
        ("cards:\n  - id: one\n    q: Q?\n    q: R?\n    a: A\n", "Y02", 4, 5),
        ("cards:\n  - id: one\n    q: Q?\n    a: A\n...\nmore", "Y01", 6, 1),
        ("cards:\n\t- id: one\n", "Y01", 2, 1),
    ],
)
def test_card_file(project: Project, cards: str, code: str, line: int, column: int) -> None:
    project.deck(cards=cards)
    (finding,) = project.findings()
    assert (finding["code"], finding["line"], finding["column"]) == (code, line, column)


@pytest.mark.parametrize(
    ("cards", "hint"),
    [
        ("cards:\n- id: one\n  q: Q?\n a: A\n", "check the indentation"),
        ("cards:\n  -id: one\n    q: Q?\n", "put a blank after the hyphen: - id: …"),
        ('cards:\n  - id: one\n    q: "Q?"\n    a:"A"\n  - id: two\n', 'put a blank after the colon: a: "A"'),
        ('cards:\n  - id: one\n    q: "Q?"\n      a: "A"\n', "check the indentation"),
        ("cards:\n\t- id: one\n", "indent with spaces, not with tabs"),
        ("cards:\n<<<<<<< HEAD\n  - id: one\n=======\n  - id: two\n>>>>>>> x\n", "this is a merge conflict"),
    ],
)
def test_broken_file_gets_the_right_advice(project: Project, cards: str, hint: str) -> None:
    project.deck(cards=cards)
    (finding,) = project.findings()
    assert finding["code"] == "Y01"
    assert finding["hint"].startswith(hint)


@pytest.mark.parametrize(
    ("text", "column", "written"),
    [
        (r'"What is $\theta$?"', 18, r"\theta"),
        (r'"$x \neq y$"', 12, r"\neq"),
        (r'"$\frac{a}{b}$"', 10, r"\frac"),
        (r'"C:\temp"', 11, r"\temp"),
        (r'"a\tb"', 10, r"\tb"),
        (r'"one\nline and $\\nu$"', 0, ""),
        (r'"$$\na + b\n$$"', 0, ""),
        (r'"$\\theta$ and \\\\"', 0, ""),
        (r"'$\theta$'", 0, ""),
    ],
)
def test_backslash_that_yaml_would_swallow(project: Project, text: str, column: int, written: str) -> None:
    project.deck(cards=f"cards:\n  - id: one\n    q: {text}\n    a: A\n")
    found = [finding for finding in project.findings() if finding["code"] == "Y08"]
    assert [finding["column"] for finding in found] == ([column] if column else [])
    if found:
        assert f"`{written}`" in found[0]["message"]


@pytest.mark.parametrize(
    ("key", "hint"),
    [("questoin", "did you mean `q`?"), ("answer", "did you mean `a`?"), ("tag", "did you mean `tags`?"), ("zzz", "there are: id,")],
)  # fmt: skip
def test_unknown_key_gets_a_guess(project: Project, key: str, hint: str) -> None:
    project.deck(cards=f"{CARD}    {key}: x\n")
    (finding,) = project.findings()
    assert finding["code"] == "K01"
    assert finding["hint"].startswith(hint)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("What is RL: a primer?", 'quote it: q: "What is RL: a primer?"'),
        ("{{c1::x}} is", 'quote it: q: "{{c1::x}} is"'),
        ("*x* is", 'quote it: q: "*x* is"'),
        ("`x` is", 'quote it: q: "`x` is"'),
        ("@x is", 'quote it: q: "@x is"'),
        ("%x is", 'quote it: q: "%x is"'),
        ('a "b": c', 'quote it: q: "a \\"b\\": c"'),
        ("[x] is", 'quote it: q: "[x] is"'),
        ('"The "tilted" axis"', 'write `\\"` for a quote inside a text, or put the text in single quotes'),
        ('"never closed', "the quote that begins in this line or the one above is not closed"),
        (
            '"$\\sigma$"',
            "in double quotes write a backslash twice (`\\\\frac`), or use single quotes, or `|`",
        ),
    ],
)
def test_unquoted_text_that_yaml_can_not_read(project: Project, text: str, hint: str) -> None:
    project.deck(cards=f"cards:\n  - id: one\n    q: {text}\n    a: A\n")
    (finding,) = project.findings()
    assert (finding["code"], finding["line"]) == ("Y01", 3)
    assert finding["hint"] == hint


HUGE: dict[str, tuple[str | bytes, str]] = {
    "brackets": ("cards: " + "[" * 100_000, "Y04"),
    "dashes": ("- " * 50_000 + "x", "Y04"),
    "aliases": ("a: &a x\nb: [" + "*a, " * 101 + "]\n", "Y03"),
    "laughs": ("a: &a [x, x]\n" + "".join(f"{c}: &{c} [*{p}, *{p}]\n" for p, c in zip("abcdefgh", "bcdefghi", strict=True)), "K01"),
    "object": ("cards: !!python/object/apply:os.system [true]\n", "Y06"),
    "recursion": ("cards: &a [*a]\n", "Y01"),
    "not utf-8": (b"cards:\n  - id: \xff\n", "Y05"),
    "utf-16": ("cards: []\n".encode("utf-16"), "Y05"),
    "nul": ("cards:\n  - id: a\0\n", "Y05"),
}  # fmt: skip


@pytest.mark.parametrize("name", HUGE)
def test_hostile_file_is_a_finding(project: Project, name: str) -> None:
    text, code = HUGE[name]
    project.deck()
    path = project.root / "cards_source/memory/cards.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    findings = project.findings()
    assert code in [finding["code"] for finding in findings]
    assert findings[0]["path"] == "cards_source/memory/cards.yaml"


def test_folder_instead_of_a_file(project: Project) -> None:
    project.deck()
    (project.root / "cards_source/memory/folder.yaml").mkdir()
    assert project.codes() == ["Y05"]


def test_cards_without_deck_file(project: Project) -> None:
    project.write("memory/cards.yaml", CARD)
    (finding,) = project.findings()
    assert (finding["path"], finding["code"]) == ("cards_source/memory/deck.yaml", "K02")


def test_yml_is_not_passed_over_in_silence(project: Project) -> None:
    project.deck()
    project.write("memory/more.yml", CARD)
    (finding,) = project.findings()
    assert finding["hint"] == "rename it to more.yaml"


def test_hidden_files_are_none_of_ours(project: Project) -> None:
    project.deck()
    project.write("memory/.hidden.yaml", "{")
    project.write("memory/media/.DS_Store", "x")
    project.write("memory/notes.txt", "x")
    project.write(".git/x.yaml", "{")
    assert project.codes() == []


@pytest.mark.parametrize(
    ("files", "codes"),
    [
        (["A.png", "a.png"], ["G03", "G02"]),
        (["caf\u00e9.png", "cafe\u0301.png"], ["G03", "G02"]),
        (["notes.pdf"], ["G04"]),
        (["folder/x.png"], ["G04"]),
    ],
)
def test_media_folder(project: Project, files: list[str], codes: list[str]) -> None:
    project.deck()
    for name in files:
        project.write(f"memory/media/{name}", "x")
    # Where the system takes two names for one file, there is nothing to report.
    clash = len(files) > len(list((project.root / "cards_source/memory/media").iterdir()))
    expected = [code for code in codes if code != "G02" and not (clash and code == "G03")]
    assert [code for code in project.codes() if code != "G02"] == expected


def test_link_in_media_is_refused(project: Project) -> None:
    project.deck()
    secret = project.write("secret.png", "x")
    folder = project.root / "cards_source/memory/media"
    folder.mkdir()
    (folder / "link.png").symlink_to(secret)
    assert project.codes() == ["G04"]


def test_tags_and_speakers_as_lists(project: Project) -> None:
    project.deck(
        deck=DECK_YAML.replace(
            '{basics: "What all else builds on", time: "When to review"}', "[basics, time]"
        )
    )
    assert project.codes() == []
