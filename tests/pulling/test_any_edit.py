"""Whatever a learner writes into fields, the card file says the same but for what was taken, and a second pull finds nothing."""

from __future__ import annotations

import json
import time

from hypothesis import given, settings
from hypothesis import strategies as st

from deckgen.reading import tree
from tests.conftest import CARDS_YAML, Project
from tests.learners import Fields, edited

PIECES = st.sampled_from(
    [" ", "words", "more ", "<b>", "</b>", "<i>x</i>", "<br>", "&nbsp;", "<div>", "</div>", "<li>", "</li>", "<ul>", "</ul>", "{{c1::", "{{c2::a}}", "}}", "::", "[sound:x.mp3]", '<img src="y.png">', "<!-- c -->", "&lt;", "&amp;", "\\(x\\)", "*", "_", "#", ": ", "'", '"', "\n", "中文", "<script>x</script>", "<span style=\"color:red\">r</span>", "\x1e"]
)  # fmt: skip


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(st.integers(0, 11), st.floats(0, 1), st.integers(0, 12), st.lists(PIECES, max_size=4)),
        min_size=1,
        max_size=4,
    )
)
def test_any_edit(project: Project, edits: list[tuple[int, float, int, list[str]]]) -> None:
    project.deck()
    project.lock().unlink(missing_ok=True)
    project.package().unlink(missing_ok=True)
    project.build()
    taken = iter(edits)

    def edit(fields: Fields) -> Fields:
        for number, place, cut, put in [one for one in [next(taken, None)] if one is not None]:
            at = int(place * len(fields[number % len(fields)]))
            html = fields[number % len(fields)]
            fields[number % len(fields)] = html[:at] + "".join(put) + html[at + cut :]
        return fields

    edited(project.package(), project.root / "theirs.apkg", edit, int(time.time()))
    first = project.run("pull", "theirs.apkg", "--format", "json")
    assert first.exit_code in (0, 1), first.stderr
    texts = [text for package in json.loads(first.stdout)["packages"] for text in package["texts"]]
    new = (project.root / "cards_source/memory/cards.yaml").read_text(encoding="utf-8")
    assert (new != CARDS_YAML) == bool(texts)
    assert {*said(CARDS_YAML)} - {*said(new)} <= {one["old"] for one in texts}
    assert {*said(new)} - {*said(CARDS_YAML)} <= {one["new"] for one in texts} | {"note", "hint"}
    second = json.loads(project.run("pull", "theirs.apkg", "--format", "json").stdout)
    assert [text for package in second["packages"] for text in package["texts"]] == []
    assert second["files"] == []


def said(text: str) -> list[str]:
    """All texts of a YAML file."""
    root, findings = tree.parse(text, "")
    assert not findings

    def below(node: tree.Node | None) -> list[str]:
        if isinstance(node, tree.Mapping):
            return [one for key, value in node.entries.values() for one in (key.value, *below(value))]
        if isinstance(node, tree.Sequence):
            return [one for item in node.items for one in below(item)]
        return [node.value] if node is not None else []

    return below(root)
