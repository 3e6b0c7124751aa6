"""What a file may contain, and what is said about everything else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import DECK_YAML, Project

CARD = 'cards:\n  - id: one\n    q: "Q?"\n    a: "A"\n'


@pytest.mark.slow
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
        ('deck: memory\ntitle: "T"\ntags: ["region::"]\n', "K04", 3, "`region::` can't be a word of `tags:`"),
        (
            'deck: memory\ntitle: "T"\ntags: {region::::coast: x}\n',
            "K04",
            3,
            "`region::::coast` can't be a word of",
        ),
        (
            'deck: memory\ntitle: "T"\ntags: [retired::soon]\n',
            "K04",
            1,
            "the tag `retired` is set by deckgen",
        ),
        ('deck: memory\ntitle: "T"\nspeakers: [a::b]\n', "K04", 3, "`a::b` can't be a word of `speakers:`"),
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
        (
            "cards:\n<<<<<<< HEAD\n  - id: one\n=======\n  - id: two\n>>>>>>> x\n",
            "keep one side, and delete the lines",
        ),
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
        ('"never closed', 'put a `"` at its end'),
        (
            "'What's the capital?'",
            "write `''` for an apostrophe inside a text, or put the text in double quotes",
        ),
        ("> 5 km", 'quote it: q: "> 5 km"'),
        ("|x| is", 'quote it: q: "|x| is"'),
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


@pytest.mark.parametrize(
    ("cards", "line", "column", "message", "hint"),
    [
        ('cards:\n  - id: one\n    q: "Why?\n    a: "A"\n  - id: two\n    q: "Q?"\n    a: "B"\n', 3, 8, "this text is not closed", 'put a `"` at its end'),
        ('cards:\n  - id: one\n    q: "Why\n      is it?\n    a: "A"\n', 3, 8, "this text is not closed", 'put a `"` at its end'),
        ("cards:\n  - id: one\n    q: 'Why?\n    a: 'A'\n  - id: two\n", 3, 8, "this text is not closed", "put a `'` at its end"),
        ('cards:\n  - id: one\n    q: "Q?"\n    a: "A\n', 4, 8, "this text is not closed", 'put a `"` at its end'),
        ('cards:\n  - id: one\n    en:\n      q: "Why?\n      a: "A"\n    zh: {q: "x", a: "y"}\n', 4, 10, "this text is not closed", 'put a `"` at its end'),
        ('cards:\n  - "Why?\n  - "x"\n', 2, 5, "this text is not closed", 'put a `"` at its end'),
        # What is closed further down, or is a line of another text, is not it.
        ('cards:\n  - id: one\n    note: "It\n      is: so"\n    q: "Q?"\n    a: A: B\n', 6, 9, "this is not YAML", 'quote it: a: "A: B"'),
        ('cards:\n  - id: one\n    note: |\n      say: "so\n    q: "Q?"\n    a: A: B\n', 6, 9, "this is not YAML", 'quote it: a: "A: B"'),
        ("cards:\n  - id: one\n    q: Q?\n<<<<<<< HEAD\n    a: A\n=======\n    a: B\n>>>>>>> x\n", 4, 1, "a merge conflict was left here", "keep one side,"),
        ('cards:\n  - id: one\n    q: "Q?\n<<<<<<< HEAD\n    "\n    a: A\n', 4, 1, "a merge conflict was left here", "keep one side,"),
        ("cards:\n  - id: one\n    q: Q?\n    a: A\n>>>>>>> x\n", 5, 1, "a merge conflict was left here", "keep one side,"),
        ("cards:\n  - id: one\n    q = Q?\n    a = A\n", 4, 5, "this is not YAML", "write a colon after a key: a: A"),
        ("cards:\n  - id: one\n    q:Which city?\n    a:Rome\n", 4, 5, "this is not YAML", "put a blank after the colon: a: Rome"),
        ("cards:\n  - id: one\n    q: Q?\n    a: first line\n    second line\n", 5, 5, "this is not YAML", "a text of several lines stands in quotes"),
        ('cards:\n  - {id: one, q: "Q?", a: "A"\n  - {id: two, q: "Q?", a: "B"}\n', 2, 3, "this is not YAML", "the brace or bracket that opens in this line is not closed"),
        ("cards:\n  - {id: one, q: Who had the #1 hit?, a: B}\n", 2, 3, "this is not YAML", "a `#` after a blank begins a comment"),
        ('cards:\n  - id: one\n    q: "a \\xi b"\n    a: "A"\n', 3, 11, "`\\x` in double quotes means nothing", "in double quotes write a backslash twice"),
        ("%TAG ! tag:x,1:\n---\ncards: []\n", 1, 1, "`%TAG` is a directive of YAML", "delete the line"),
    ],
)  # fmt: skip
def test_finding_points_at_the_line_that_is_wrong(
    project: Project, cards: str, line: int, column: int, message: str, hint: str
) -> None:
    project.deck(cards=cards)
    (finding,) = project.findings()
    assert (finding["code"], finding["line"], finding["column"]) == ("Y01", line, column)
    assert finding["message"].startswith(message)
    assert finding["hint"].startswith(hint)


@pytest.mark.parametrize("depth", [25, 300, 1_000, 3_000, 100_000])
@pytest.mark.parametrize("bracket", "[{")
def test_brackets_within_each_other_are_counted_by_deckgen(
    project: Project, depth: int, bracket: str
) -> None:
    """Not by the library: from PyYAML 6.0.4 on, it refuses 1,000 of them in words of its own."""
    project.deck(cards="cards: " + bracket * depth)
    (finding,) = project.findings()
    assert (finding["code"], finding["line"], finding["column"]) == ("Y04", 1, 27)


CUT = 'cards:\n  - id: one #first\n    tags: basics #main\n    q: "Q?"\n    a: {}\n'


@pytest.mark.parametrize(
    ("text", "column", "comment", "whole"),
    [
        ("Their #1 hit", 14, "#1 hit", "Their #1 hit"),
        ("#1", 8, "#1", "#1"),
        ("Write #hashtag  ", 14, "#hashtag", "Write #hashtag"),
        ("The key of F #", 21, "#", "The key of F #"),
        ("C and C ##x", 16, "##x", "C and C ##x"),
        ('He said "no"   #2', 23, "#2", 'He said \\"no\\"   #2'),
        ("two\n      lines #3", 13, "#3", "two lines #3"),
    ],
)
def test_text_that_goes_on_as_a_comment(
    project: Project, text: str, column: int, comment: str, whole: str
) -> None:
    project.deck(cards=CUT.format(text))
    (finding,) = project.findings()
    assert (finding["code"], finding["column"]) == ("Y11", column)
    assert f"`{comment}`" in finding["message"]
    assert f'quote it: a: "{whole}"' in finding["hint"]


@pytest.mark.parametrize(
    "text",
    ["Paris # the capital", "Paris    # 1906", "Paris ## sure?", "A#1", "C#", "'x' #1", '"Paris" #capital', "|  #x\n      Paris", "a\n    # a line of comment"],
)  # fmt: skip
def test_comment_is_left_alone(project: Project, text: str) -> None:
    project.deck(cards=CUT.format(text))
    assert project.codes() == []


@pytest.mark.parametrize("text", ["Item # 5 of the list", "C # minor", "Suite No. # 3"])
def test_a_lone_comment_that_may_be_text_is_a_warning(project: Project, text: str) -> None:
    lines = "cards:\n  # all of them\n  - id: one\n    q: Q?\n    a: {}\n"
    project.deck(cards=lines.format(text))
    (finding,) = project.findings()
    assert (finding["code"], finding["severity"], finding["line"]) == ("Y11", "warning", 5)
    assert f'quote it: a: "{text}"' in finding["hint"]
    assert project.run("build").exit_code == 0
    # One who writes such comments elsewhere means this one as well; so does one who sets it apart.
    project.deck(cards=lines.replace("Q?", "Q? # it").format(text))
    assert project.codes() == []
    project.deck(cards=lines.format(text.replace(" #", "   #")))
    assert project.codes() == []


def test_text_that_goes_on_as_a_comment_is_found_everywhere(project: Project) -> None:
    project.deck(
        deck="deck: memory #x\ntitle: The #1 deck\ndescription: Our #1 deck\nspeakers:\n  me: Number #1\n"
        "tags:\n  basics: The #1 tag\nglossary:\n  - C #x\n"
        "source:\n  title: The #1 book\n  by: Mr #1\n",
        cards="section: Part #1\ncards:\n  - id: one\n    speaker: me #x\n    source:\n      find: No #1\n"
        "    q: What #1?\n    note: And #2\n    list:\n      first: The #1\n      other: B # b\n"
        "    retired:\n      since: 2026-01-31 #x\n      reason: Not #1\n"
        "    lint:\n      ignore: L02 #x\n      why: Rule #1\n",
    )

    def found() -> list[tuple[str, int]]:
        return [(Path(one["path"]).name, one["line"]) for one in project.findings() if one["code"] == "Y11"]

    assert ("deck.yaml", 2) in found()  # a deck without a title is not read on
    project.edit("The #1 deck", "The deck", "memory/deck.yaml")
    assert [line for name, line in found() if name == "deck.yaml"] == [3, 5, 7, 9, 11, 12]
    assert [line for name, line in found() if name == "cards.yaml"] == [1, 6, 7, 8, 10, 14, 17]


@pytest.mark.parametrize(
    ("rest", "code", "hint"),
    [
        ("    a: A\n    color: x\n", "K01", "the deck has a look, not the card"),
        ("    a: A\n    image: x.png\n", "K01", "put a picture or sound into a text"),
        ("    a: A\n    tags: basics, time\n", "M09", "write a list in brackets: `[basics, time]`"),
        ("    a: A\n    tags: [a::b]\n", "M09", "add it to `tags:` in deck.yaml"),
        ("    a: A\n    tags: ['Küste::Big One::']\n", "M09", "write a name on each side of `::`, of a-z, 0-9 and single hyphens, such as `kuste::big-one`"),
        ("    a: A\n    tags: ['::Coast']\n", "M09", "use a-z, 0-9 and single hyphens, at most 64 characters, such as `coast`"),
        ("    a: A\n    tags: [history]\n", "M09", "add it to `tags:` in deck.yaml"),
        ("    a: A\n    after: one, two\n", "K12", "write a list in brackets: `[one, two]`"),
        ("    a:\n      - A\n      - B\n", "K03", "write one text below `a: |`: a list in Markdown has the same hyphens; for one card per member, write `list:`"),
        ("    a: [A, B]\n", "K03", "put the text in double quotes"),
        ("    a:\n      so: B\n", "K03", "a colon makes a key: put the whole text in double quotes"),
        ("    a: It is {{c1::A}}.\n", "Y12", "write the whole sentence under `cloze:`"),
        ("    A: A\n", "K01", "did you mean `a`?"),
        ("    a:: A\n", "K01", "did you mean `a`?"),
        ("    Answer: A\n", "K01", "did you mean `a`?"),
        ("", "K05", "add `a:`, or `list:`"),
        ("  - a: A\n", "K05", "add `a:`, or `list:`"),
        ("    a:\n", "L06", "write the text"),
        ("    a: # hash\n", "L06", "write the text; quote one that begins with `#`"),
        ("    a: todo\n", "L06", "write the text, or take the card out"),
        ("    a: &c is a pointer\n", "Y06", "an anchor is for aliases"),
        ("    a: A\n    reverse: no\n", "K03", "write `reverse: false`"),
        ('    a: "![x](france.png)"\n', "G01", "did you mean `France.PNG`?"),
        ("    en: {q: x, a: y}\n", "K01", "write `q`, `a` directly in the card"),
    ],
)  # fmt: skip
def test_advice_is_what_a_newcomer_needs(project: Project, rest: str, code: str, hint: str) -> None:
    project.deck(cards=f'cards:\n  - id: one\n    q: "Which city is it?"\n{rest}')
    project.write("memory/media/France.PNG", "x")
    finding = next(one for one in project.findings() if one["code"] not in ("G02", "M08"))
    assert finding["code"] == code
    assert finding["hint"].startswith(hint)


def test_text_of_a_cloze_in_a_question_is_told_where_it_belongs(project: Project) -> None:
    project.deck(cards='cards:\n  - id: one\n    q: "The capital is {{c1::Paris}}."\n')
    (finding,) = project.findings()
    assert finding["hint"] == "a text with `{{c1::…}}` belongs under `cloze:` instead of `q:`"


def test_marks_of_a_cloze_may_be_shown_in_code(project: Project) -> None:
    project.deck(
        cards="cards:\n  - {id: one, q: 'What hides `{{c1::x}}`?', a: 'Only \\{{c1::x}} in a cloze.'}\n"
    )
    assert project.codes() == []


def test_keys_with_a_hyphen_each(project: Project) -> None:
    project.deck(cards='cards:\n  - id: one\n  - q: "Q?"\n  - a: "A"\n')
    hints = {one["hint"] for one in project.findings() if one["code"] == "K05"}
    assert len(hints) == 1
    assert hints.pop().startswith("the keys of one card share one hyphen")


def test_languages_of_a_deck_without_languages(project: Project) -> None:
    project.deck(deck='deck: memory\ntitle: {en: "Memory", de: "Gedächtnis"}\n', cards=CARD)
    (finding,) = project.findings()
    assert finding["hint"].startswith("declare `languages: [en, de]` in deck.yaml")


def test_no_language_is_told_where_it_stands(project: Project) -> None:
    project.deck(deck='deck: memory\ntitle: "T"\nlanguages: []\n', cards=CARD)
    finding = project.findings()[0]
    assert (finding["code"], finding["line"], finding["column"]) == ("K02", 3, 1)


def test_swallowed_backslash_is_one_finding(project: Project) -> None:
    """`\\alpha` is also a control character, but to delete that would not help."""
    project.deck(cards='cards:\n  - id: one\n    q: "What is $\\alpha$?"\n    a: "\\x1f"\n')
    assert project.codes() == ["Y08", "Y07"]


def test_name_that_is_proposed_is_the_same_in_ascii(project: Project) -> None:
    project.deck(cards='cards:\n  - id: Größe & Fläche\n    q: "Q?"\n    a: "A"\n')
    (finding,) = project.findings()
    assert finding["hint"].endswith("such as `grosse-flache`")


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


@pytest.mark.parametrize("name", ["Style.css", "styles.css", "STYLE.CSS"])
def test_style_sheet_with_another_name_is_not_passed_over_in_silence(project: Project, name: str) -> None:
    project.deck()
    project.write(f"memory/{name}", ".card { color: navy }")
    (finding,) = project.findings()
    assert (finding["code"], finding["hint"]) == ("K10", "rename it to style.css")


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
        (["café.png", "cafe\u0301.png"], ["G03", "G02"]),
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
