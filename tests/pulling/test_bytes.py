"""Whatever a card file looks like, a pull changes no byte of it but in the texts that it says it changed.

`PULLED_FILES=20-5000 python -m pytest tests/pulling/test_bytes.py` tries the files from number 20 on, which are the same
each time, so runs add up.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterator
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from deckgen.editing.scalars import quoted
from deckgen.reading import tree
from deckgen.written import Text
from tests.conftest import DECK_YAML, Project
from tests.edited import apply, learner_edits, saved
from tests.learners import Fields, edited

TEXTS = (
    "Recall from fading memory strengthens it.", "The effect grows with the delay; see chapter 4.", "It's the moon's doing: tides.",
    "A “quote”, a 'quote' and a \"quote\".", "**Bold** words and *slanted* ones, with $x^2 < 5$ and `a # b`.", "潮汐为什么每天晚一些？因为月亮在走。",
    "First line.\\\nSecond line, # no comment.", "One paragraph of words.\n\nAnother one of words.", "- moss\n- fern and more\n- tree", "Ends in a blank line.\n",
    "Brackets [here], braces {there}, and a back\\\\slash.", "Tabs\\t, é and 🌊 in one text.", "Yes: no, on and off", "1. one\n2. two",
)  # fmt: skip
HTML = (
    "Recall <u>from</u> fading memory.",
    '<table><tr><td rowspan="2">a</td><td>b</td></tr><tr><td>c</td></tr></table>',
)
CLOZES = (
    "The {{c1::moon}} pulls the {{c2::sea::what}}.",
    "{{c1::潮汐}}每天晚{{c2::一些}}。",
    "Reviews {{c1::apart}}:\n\n- beat {{c2::one}}\n- and more",
)
_PLAIN = re.compile(r"[A-Za-z潮一][^\n\"'#:\[\]{},&*!|>%@`]*[^\n\"'#:\[\]{},&*!|>%@` ]")


class Pen:
    """Writes a card file as people do, in any of the ways that YAML has."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.anchors: list[str] = []

    def file(self) -> str:
        random = self.random
        rows = ["# Cards about memory.", ""] if random.random() < 0.5 else []
        rows += random.choice(
            (
                ["tags: [basics]"],
                ["tags:", "- basics   # of all"],
                ["tags:", "    - basics"],
                ["tags: [ basics , time, ] # flow"],
            )
        )
        rows += [random.choice(("cards:", "cards:  # all of them", '"cards":'))]
        indent = random.choice(("", "  ", "    "))
        for number in range(random.randint(1, 6)):
            rows += self.card(number, indent)
            rows += random.choice(
                (
                    [],
                    [""],
                    ["", ""],
                    [f"{indent}# next one"],
                    ["# far left"],
                    ["   "],
                    [f"{indent}        # far right"],
                    [" " * 12],
                )
            )
        for name in self.anchors:  # no alias may be for nothing
            rows += [f'{indent}- {{id: of-{name}, q: "Why so?", a: *{name} }}']
        text = "\n".join(rows) + random.choice(("", "\n", "\n\n", "\n# the end"))
        text = text.replace("\n", "\r\n") if random.random() < 0.25 else text
        return ("\ufeff" if random.random() < 0.15 else "") + text

    def card(self, number: int, indent: str) -> Iterator[str]:
        random = self.random
        texts = [TEXTS, HTML] if random.random() < 0.2 else [TEXTS]
        if random.random() < 0.3:
            named = {"cloze": random.choice(CLOZES)}
        else:
            named = {"q": random.choice(random.choice(texts)), "a": random.choice(random.choice(texts))}
        named |= {key: random.choice(TEXTS) for key in ("note", "hint") if random.random() < 0.4}
        keys = random.sample([*named], len(named))
        if random.random() < 0.3:
            inner = (f"{key}: {self.flow(named[key])}" for key in keys)
            end = random.choice(("}", " }", ", }", "}  # a card"))
            yield f"{indent}- {{id: card-{number}, {random.choice((', ', ',  ')).join(inner)}{end}"
            return
        hyphen = f"{indent}- {random.choice(('', ' '))}"
        within = " " * len(hyphen)
        yield f"{hyphen}id: card-{number}{random.choice(('', '  # an id'))}"
        for key in keys:
            if random.random() < 0.2:
                yield f"{within}# about {key}: 'a comment'"
            yield from f"{within}{key}:{self.block(named[key], within)}".split("\n")
            if random.random() < 0.1:
                yield ""

    def flow(self, text: str) -> str:
        """A text on one line."""
        ways = [quoted(text)]
        if "\n" not in text and "\t" not in text:
            ways += ["'" + text.replace("'", "''") + "'"]
        if _PLAIN.fullmatch(text):
            ways += [text]
        tag = "!html " if text in HTML else ""
        written = tag + self.random.choice(ways)
        return self.anchored(written) if text in TEXTS else written

    def anchored(self, written: str) -> str:
        if self.random.random() < 0.9:
            return written
        self.anchors.append(f"t{len(self.anchors)}")
        return f"&{self.anchors[-1]} {written}"

    def block(self, text: str, indent: str) -> str:
        """A text behind a key, on one line or on several."""
        random, deeper = self.random, f"\n{indent}{random_indent(self.random)}"
        words = text.split(" ")
        comment = random.choice(("", "", "  # why so"))
        ways: list[str] = []
        if "\t" not in text and text not in HTML:
            sign = "|" if text.endswith("\n") else "|-"
            ways += [
                f" {sign}{comment}{deeper}{text.rstrip(chr(10)).replace(chr(10), deeper)}".replace(
                    deeper + "\n", "\n\n"
                )
            ]
        if "\n" not in text and "\t" not in text and len(words) > 3:
            at = random.randint(1, len(words) - 2)
            one, two = " ".join(words[:at]), " ".join(words[at:])
            ways += [f" >-{deeper}{one}{deeper}{two}"] if text not in HTML else []
            ways += [f" {quoted(one)[:-1]}{deeper}{quoted(two)[1:]}"] if text not in HTML else []
            if _PLAIN.fullmatch(text):
                ways += [f" {one}{deeper}{two}"]
        return random.choice(ways) if ways and random.random() < 0.6 else f" {self.flow(text)}{comment}"


def random_indent(random: Random) -> str:
    return " " * random.choice((1, 2, 2, 4))


def texts(text: str) -> list[tuple[str, int, int, str]]:
    """All texts of a file: the keys that lead there, the characters where it begins and ends, what it says."""
    body = text.removeprefix("\ufeff")
    root, findings = tree.parse(body, "")
    assert root is not None, findings
    rows = body.split("\n")
    starts = [0]
    for row in rows:
        starts.append(starts[-1] + len(row) + 1)
    shift = len(text) - len(body)

    def below(node: tree.Node, path: str) -> Iterator[tuple[str, int, int, str]]:
        if isinstance(node, Text):
            start, end = starts[node.line] + node.column, starts[node.end_line] + node.end_column
            written = body[start:end].rstrip()  # blank lines behind a block are none of it
            yield path, start + shift, start + len(written) + shift, node.value
        elif isinstance(node, tree.Mapping):
            for key, (name, value) in node.entries.items():
                yield from below(name, f"{path}/{key}:")
                yield from below(value, f"{path}/{key}")
        else:
            for at, item in enumerate(node.items):
                yield from below(item, f"{path}/{at}")

    return sorted(below(root, ""), key=lambda one: one[1])


def outside(text: str, touched: set[str]) -> str:
    """A file without the texts that were touched."""
    parts, at = [], 0
    for path, start, end, _ in texts(text):
        if path in touched and start >= at:
            parts += [text[at:start], f"<{path}>"]
            at = end
    return "".join([*parts, text[at:]])


def no_other_byte_changes(project: Project, random: Random) -> None:
    """A random file, pulled from somebody who made random edits."""
    project.now = 1_700_000_000
    text = Pen(random).file()
    project.write("memory/deck.yaml", DECK_YAML)
    path = project.root / "cards_source/memory/cards.yaml"
    path.write_bytes(text.encode())
    project.lock().unlink(missing_ok=True)
    project.package().unlink(missing_ok=True)
    project.build()

    def edit(fields: Fields) -> Fields:
        places = [at for at, html in enumerate(fields[:6]) if len(html) > 3]
        for at in random.sample(places, min(len(places), random.choice((0, 1, 1, 2)))):
            if edits := learner_edits(fields[at], random):
                fields[at] = saved(apply(fields[at], *edits))
        return fields

    edited(project.package(), project.root / "theirs.apkg", edit, int(time.time()))
    outcome = project.run("pull", "theirs.apkg", "--format", "json")
    assert outcome.exit_code in (0, 1), outcome.stderr
    told = [one for package in json.loads(outcome.stdout)["packages"] for one in package["texts"]]
    new = path.read_bytes().decode()
    before, after = {one[0]: one[3] for one in texts(text)}, {one[0]: one[3] for one in texts(new)}
    if before.keys() != after.keys():
        return  # a remark was emptied, and its key is gone
    touched = {where for where in before if before[where] != after[where]}
    assert sorted((before[one], after[one]) for one in touched) == sorted(
        (one["old"], one["new"]) for one in told
    )
    assert outside(text, touched) == outside(new, touched)
    again = json.loads(project.run("pull", "theirs.apkg", "--format", "json").stdout)
    assert path.read_bytes().decode() == new
    # Of whom something is undecided is kept from the next text, in the lock.
    assert again["files"] == [] or any(package["conflicts"] for package in again["packages"])


@settings(max_examples=30)
@given(st.randoms(use_true_random=False))
def test_no_other_byte_changes(project: Project, random: Random) -> None:
    no_other_byte_changes(project, random)


def test_no_other_byte_changes_in_the_same_files_each_time(project: Project) -> None:
    first, last = map(int, os.environ.get("PULLED_FILES", "0-20").split("-"))
    for seed in range(first, last):
        try:
            no_other_byte_changes(project, Random(seed))  # noqa: S311
        except AssertionError as error:
            raise AssertionError(f"file {seed}") from error
