"""Decks and packages of strangers: a finding with its place, at once, and nothing is changed.

The single inputs stand in `hostile`; the runs in a world that goes wrong are those of `spoiled`.
"""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping, Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from deckgen.packing import collection
from tests import loaded
from tests.browser import Reader
from tests.conftest import BILINGUAL_CARDS, BILINGUAL_YAML, Project
from tests.real_anki import Learner
from tests.whole.hostile import CASES, PACKAGES, REVIEWS, Case, Package, security_document

# Giants go a hundred thousand times through the same lines: to count those takes minutes.
pytestmark = [pytest.mark.slow, pytest.mark.no_cover]

ROOT = Path(__file__).parents[2]
#: What a run may take beyond one of an ordinary deck, in bytes of address space.
ROOM = 200_000_000
#: What a file may have that a run makes of a package, also for a moment, in bytes.
DISK = 400_000_000
#: Seconds of a processor for each command; an ordinary one takes half of one.
PATIENCE = 10
BUILD = ("build", "--no-lint")
COMMANDS = (BUILD, ("check",), ("plan",), ("stats",))


def run(commands: Sequence[Sequence[str]], **wish: object) -> dict[str, Any]:
    """What `tests.whole.spoiled` tells of a run in the working folder; nothing when it was killed."""
    limit = 5 + PATIENCE * len(commands)  # it ends even what never would
    asked = json.dumps({"commands": commands, "seconds": limit, **wish})
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("SOURCE_DATE_EPOCH", "1700090000")
        done = loaded.run("from tests.whole.spoiled import spoiled; spoiled()", asked)
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    told: dict[str, Any] = json.loads(done.stdout or "{}")
    for result in told.get("results", ()):
        assert result["fault"] == ""
        assert result["seconds"] < PATIENCE
    return told


def outputs(project: Project) -> dict[str, bytes]:
    """All names in the folder, and what is in outputs and locks, but for what is larger than 1 GB."""
    return {
        path.relative_to(project.root).as_posix(): path.read_bytes()
        if path.suffix in (".apkg", ".lock")
        and path.is_file()
        and not path.is_symlink()
        and path.stat().st_size < 1 << 30
        else b""
        for path in project.root.rglob("*")
    }


def beside(project: Project) -> list[Path]:
    """What lies beside the project, but for what runs keep of card files."""
    around = project.root.parent.rglob("*")
    return sorted(
        one
        for one in around
        if not {project.root, project.root.parent / "cache/deckgen/cards"} & {one, *one.parents}
    )


@pytest.fixture(scope="session")
def ordinary(tmp_path_factory: pytest.TempPathFactory) -> int:
    """The address space that the commands take for an ordinary deck, in bytes."""
    root = tmp_path_factory.mktemp("ordinary")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        Project(root).deck().build()
        return int(run(COMMANDS)["memory"])


def _name(case: Case) -> str:
    return re.sub(r"\W+", "-", case.told).strip("-")


#: Of so many cases one is played: .ci/run plays all with the newest libraries, and fewer with the lowest.
EACH = int(os.environ.get("HOSTILE_EACH", "1"))
# Other systems have no such files, or take two of these names for one.
HERE = [case for case in CASES if platform.system() == "Linux" or not case.linux][::EACH]


@pytest.mark.parametrize("case", HERE, ids=_name)
def test_input_is_a_finding_or_harmless(project: Project, ordinary: int, case: Case) -> None:
    project.deck().build()
    case.lay(project)
    before = outputs(project)
    around = beside(project)
    limit: Mapping[str, int] = {"memory": ordinary + ROOM} if ordinary else {}
    results = run(COMMANDS, **limit)["results"]
    build, check, *others = results
    stopped = bool(case.code) and not case.warning
    assert [build["exit"], check["exit"]] == [int(stopped), int(bool(case.code))], build["err"] + check["out"]
    # A plan also stops at errors of craft, which a build was told to pass over.
    assert all(other["exit"] == 1 if stopped else other["exit"] in (0, 1, 3) for other in others), others
    for told in [build["err"], check["out"]] if stopped else [check["out"]]:
        found = re.search(rf"^{re.escape(case.place)}[^:\n]*:\d+:\d+: {case.code} ", told, re.MULTILINE)
        assert not case.code or found, told
    if stopped:
        assert outputs(project) == before
    assert "hunter2" not in json.dumps(results)
    assert around == beside(project)


@pytest.mark.parametrize(
    "package",
    [package for package in PACKAGES if platform.system() == "Linux" or not package.linux],
    ids=lambda package: re.sub(r"\W+", "-", package.told).strip("-"),
)
def test_package_is_read_or_refused(project: Project, ordinary: int, package: Package) -> None:
    project.deck().build()
    path = project.root / "strange.apkg"
    package.make(project.package(), path)
    project.lock().rename(project.root / "kept")
    before = outputs(project)
    limit: Mapping[str, int] = {"memory": ordinary + ROOM, "file_size": DISK} if ordinary else {}
    (found,) = run([("lock", "--from", "strange.apkg")], **limit)["results"]
    assert found["exit"] == (0 if package.has_lock else 2), found["err"]
    if not package.has_lock:
        assert "Error: " in found["err"]
        assert outputs(project) == before
    (project.root / "kept").replace(project.lock())
    before = outputs(project)
    commands = [("plan", "--against", "strange.apkg"), ("pull", "strange.apkg"), ("reviews", "strange.apkg")]
    plan, pull, reviews = run(commands, **limit)["results"]
    assert plan["exit"] in ((0, 3) if package.is_read else (2,)), plan["err"]
    assert pull["exit"] in ((0, 1) if package.is_read else (2,)), pull["err"]
    for found in (plan, pull):
        assert package.is_read or "Error: strange.apkg " in found["err"]
    _is_counted_or_told(reviews)
    assert outputs(project) == before


def _is_counted_or_told(found: Mapping[str, Any]) -> None:
    """What `reviews` did with a file: it was read, perhaps without any review in it, or there is a finding."""
    assert found["exit"] in (0, 1), found["err"]
    assert ("strange.apkg:1:1: R20 " in found["err"]) == bool(found["exit"]), found["err"]


@pytest.mark.parametrize("package", REVIEWS, ids=lambda package: re.sub(r"\W+", "-", package.told).strip("-"))
def test_reviews_are_counted_or_refused(project: Project, ordinary: int, package: Package) -> None:
    project.deck().build()
    package.make(project.package(), project.root / "strange.apkg")
    before = outputs(project)
    limit: Mapping[str, int] = {"memory": ordinary + ROOM, "file_size": DISK} if ordinary else {}
    commands = [("reviews", "strange.apkg", "--format", style) for style in ("json", "text")]
    for found in run(commands, **limit)["results"]:
        _is_counted_or_told(found)
        assert found["exit"] == (0 if package.is_read else 1), found["err"]
    assert outputs(project) == before


def test_security_document_is_current() -> None:
    page = (ROOT / "docs/security.md").read_text(encoding="utf-8")
    assert security_document(page) == page


# -- a world that goes wrong ----------------------------------------------------------------


def _edited(project: Project) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """Two packages to be written anew: all files of the project, and its outputs."""
    project.deck(BILINGUAL_YAML, BILINGUAL_CARDS).build()
    for old, new in (("Why space reviews?", "Why space them?"), ("隔复习", "隔")):
        project.edit(old, new)
    return project.files(), outputs(project)


def _put_back(project: Project, files: Mapping[str, bytes]) -> None:
    shutil.rmtree(project.root / "output")
    for name, content in files.items():
        (project.root / name).parent.mkdir(exist_ok=True)
        (project.root / name).write_bytes(content)


def _steps(project: Project, kind: str, files: Mapping[str, bytes]) -> int:
    """How many steps a build has that something can happen at."""
    found = run([BUILD], spoil={"kind": kind, "step": 0})
    assert found["results"][0]["exit"] == 0
    _put_back(project, files)
    return int(found["steps"])


def test_disk_that_is_full_at_any_step_changes_nothing(project: Project) -> None:
    files, before = _edited(project)
    steps = _steps(project, "full", files)
    failed = 0
    for step in range(1, steps + 1):
        told = run([BUILD], spoil={"kind": "full", "step": step})
        (result,) = told["results"]
        if result["exit"]:
            assert re.search(r":1:1: R09 can't be read or written: ", result["err"]), (step, result["err"])
            assert outputs(project) == before, step
            failed += 1
            continue
        # A link that can't be made becomes a copy.
        assert project.run("build", "--no-lint", "--locked").exit_code == 0, step
        _put_back(project, files)
    assert failed >= len(
        before.keys() & {"cards_source/memory/deck.lock", "output/memory.en.apkg", "output/memory.zh.apkg"}
    )


if sys.platform != "win32":  # which has no limit of this kind

    def test_disk_that_is_full_within_a_file_changes_nothing(project: Project) -> None:
        project.deck().build()
        picture = project.root / "cards_source/memory/media/a.png"
        picture.parent.mkdir()
        picture.write_bytes(os.urandom(1_000_000))
        project.edit("The effect", "![it](a.png) The effect")
        before = outputs(project)
        for size in (1, 1000, 100_000):
            (result,) = run([BUILD], file_size=size)["results"]
            assert result["exit"] == 1
            assert ": R09 can't be read or written: File too large" in result["err"]
            assert outputs(project) == before


@pytest.mark.parametrize("half", [0, 1])
def test_build_that_is_killed_at_any_step_leaves_old_or_new(project: Project, half: int) -> None:
    files, before = _edited(project)
    steps = _steps(project, "none", files)
    assert steps > 10
    names = set(before)
    for step in range(1 + half, steps + 1, 2):
        _put_back(project, files)
        assert run([BUILD], spoil={"kind": "kill", "step": step}) == {}
        for package in project.root.glob("output/*.apkg"):
            assert len(collection.read(package).notes) == 2
        assert {path for path in outputs(project) if "/." not in path} == names
        project.build()
        assert set(outputs(project)) == names, "what the killed run left is swept away"
        assert project.run("build", "--no-lint", "--locked").exit_code == 0


@pytest.mark.parametrize(
    ("spoil", "place"),
    [
        ({"kind": "deny", "name": "x.yaml"}, "cards_source/memory/x.yaml:1:1: Y05 can't be read: Permission denied"),
        ({"kind": "deny", "name": "a.png"}, "cards_source/memory/media/a.png:1:1: R09 can't be read or written: Permission denied"),
        ({"kind": "deny", "name": "deck.lock"}, "cards_source/memory/deck.lock:1:1: R01 can't be read: Permission denied"),
        ({"kind": "vanish", "name": "x.yaml", "after": "cards.yaml"}, "cards_source/memory/x.yaml:1:1: Y05 can't be read: No such file or directory"),
        ({"kind": "vanish", "name": "a.png", "after": "x.yaml"}, "cards_source/memory/media/a.png:1:1: R09 can't be read or written: No such file or directory"),
    ],
)  # fmt: skip
def test_file_that_may_not_be_read_or_is_gone(project: Project, spoil: Mapping[str, str], place: str) -> None:
    project.deck().build()
    project.write("memory/media/a.png", "x")
    project.write("memory/x.yaml", 'cards:\n  - id: one\n    q: "What is ![it](a.png)?"\n    a: "That."\n')
    before = {name: content for name, content in outputs(project).items() if name.startswith("output")}
    (result,) = run([BUILD], spoil=spoil)["results"]
    assert result["exit"] == 1
    assert place in result["err"]
    assert {name: text for name, text in outputs(project).items() if name.startswith("output")} == before


@pytest.mark.parametrize("built", [False, True])
def test_output_folder_that_can_not_be_written(project: Project, built: bool) -> None:
    project.deck()
    if built:
        project.build()
        project.edit("Recall beats", "Recall is better than")
    before = outputs(project)
    (result,) = run([BUILD], spoil={"kind": "deny", "name": "output"})["results"]
    assert result["exit"] == 1
    assert re.search(r"output\S*:1:1: R09 can't be read or written: Permission denied", result["err"])
    assert outputs(project) == before


def test_output_that_is_a_link_is_not_written_through(project: Project) -> None:
    project.deck().build()
    victim = project.root.parent / "victim"
    victim.write_text("mine", encoding="utf-8")
    for name, command in (("memory.apkg", "build"), ("memory.html", "preview")):
        path = project.root / "output" / name
        path.unlink(missing_ok=True)
        path.symlink_to(victim)
        outcome = project.run(command)
        assert outcome.exit_code in (1, 2)
        assert "it is a link that leads elsewhere" in outcome.stderr
        assert victim.read_text(encoding="utf-8") == "mine"
        path.unlink()
    for target in ("planted", "planted.apkg"):
        project.package().symlink_to(project.root.parent / target)
        assert project.run("build").exit_code == 1
        assert not (project.root.parent / target).exists()
        project.package().unlink()
    project.package().symlink_to("memory.apkg")
    project.build()


def _packed_otherwise(package: Path, kind: int) -> None:
    with zipfile.ZipFile(package) as old:
        members = {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(package, "w", kind) as new:
        for name, content in members.items():
            new.writestr(name, content)


def _with_another_picture(package: Path) -> None:
    """The same names, sizes and checksums in the list of members, but another picture."""
    raw = package.read_bytes()
    assert raw.count(b"a picture") == 1
    package.write_bytes(raw.replace(b"a picture", b"my secret"))


@pytest.mark.parametrize(
    "change",
    [
        lambda package: _packed_otherwise(package, zipfile.ZIP_BZIP2),
        lambda package: _packed_otherwise(package, zipfile.ZIP_LZMA),
        _with_another_picture,
        lambda package: package.write_bytes(package.read_bytes()[:-10]),
    ],
)
def test_output_that_only_looks_the_same_is_written_anew(
    project: Project, change: Callable[[Path], object]
) -> None:
    project.deck()
    project.write("memory/media/a.png", "a picture")
    project.edit("The effect", "![it](a.png) The effect")
    project.build()
    before = outputs(project)
    change(project.package())
    project.forget()
    assert ": R08 " in project.run("build", "--no-lint", "--locked").stderr
    project.build()
    assert outputs(project) == before


def test_output_that_another_zlib_compressed_is_the_same(project: Project) -> None:
    project.deck().build()
    _packed_otherwise(project.package(), zipfile.ZIP_STORED)
    before = outputs(project)
    project.forget()
    assert project.run("build", "--no-lint", "--locked").exit_code == 0
    project.build()
    assert outputs(project) == before


@pytest.mark.parametrize("name", ["memory.apkg", "memory.html"])
def test_output_that_is_no_file_is_left_alone(project: Project, name: str) -> None:
    project.deck().build()
    path = project.root / "output" / name
    path.unlink(missing_ok=True)
    path.mkdir()
    outcome = project.run("build" if name.endswith("apkg") else "preview")
    assert outcome.exit_code in (1, 2)
    assert "something that is not a file is there" in outcome.stderr
    assert path.is_dir()


def test_two_builds_at_once_have_one_result(project: Project) -> None:
    _, before = _edited(project)
    wish = json.dumps({"commands": [BUILD]})
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "SOURCE_DATE_EPOCH": "1700090000"}
    both = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.whole.spoiled", wish], env=environment, stdout=subprocess.PIPE
        )
        for _ in range(2)
    ]
    told = [json.loads(one.communicate(timeout=loaded.HANGING)[0])["results"][0] for one in both]
    assert [one["exit"] for one in told] == [0, 0]
    assert sum("2 unchanged" in one["out"] for one in told) == 1
    assert set(outputs(project)) == set(before)
    assert project.run("build", "--no-lint", "--locked").exit_code == 0


@pytest.mark.parametrize(("clock", "exit_code"), [(0, 0), (315_000_000, 0), (4_354_819_200, 2)])
def test_clock_that_is_wrong(
    project: Project, monkeypatch: pytest.MonkeyPatch, clock: int, exit_code: int
) -> None:
    """In 1970, before 1980, where the dates of a zip begin, and after 2107, where they end."""
    project.deck()
    monkeypatch.setattr("time.time", lambda: float(project.now))
    project.now = clock
    outcome = project.run("build")
    assert outcome.exit_code == exit_code
    if exit_code:
        assert "the clock" in outcome.stderr
    else:
        assert project.run("build", "--locked").exit_code == 0


# -- what texts could do ----------------------------------------------------------------------

HARM = (
    "<script>window.harm=1</script><img src=x onerror=window.harm=2><svg/onload=window.harm=3>"
    '<iframe src=javascript:window.harm=4></iframe> "\' onmouseover=window.harm=5 x="</script></style></textarea>'
    "-->{{Id}}{{FrontSide}}{{#Note}}{{type:Answer}}{{c7::x}}[[Id]] [link](data:text/html,x) <style>*{display:none}</style>"
)
#: The elements of deckgen's templates and Markdown; Anki adds those of typed answers and sounds.
HARMLESS = {
    "a", "article", "b", "blockquote", "br", "center", "code", "del", "div", "em", "footer", "hr", "img", "input", "li",
    "ol", "p", "pre", "span", "strong", "style", "table", "td", "th", "tr", "ul",
}  # fmt: skip


class _Live(HTMLParser):
    """Collects what could act in a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in HARMLESS:
            self.found.append(tag)
        for name, value in attrs:
            # Anki's own field for answers that are typed listens to the key Enter.
            if name.startswith("on") and (tag, name, value) != ("input", "onkeypress", "_typeAnsPress();"):
                self.found.append(f"{tag} {name}={value}")
            if name in ("href", "src") and not re.match(r"https?:|mailto:|[\w-]+\.png\Z", value or ""):
                self.found.append(f"{tag} {name}={value}")


def _harmful_deck(project: Project) -> None:
    """Harm in every text that an author may write."""
    harm = json.dumps(HARM.replace("[link](data:text/html,x) ", ""))
    project.write(
        "memory/deck.yaml",
        f"deck: memory\ntitle: {harm}\ndescription: {harm}\nspeakers: {{me: {harm}}}\ntags: {{basics: {harm}}}\n"
        f"source: {{title: {harm}, by: {harm}, date: {harm}, url: 'https://x.org/\"><script>window.harm=6</script>'}}\n",
    )
    name = "cards.yaml" if os.name != "posix" else "<img src=x onerror=window.harm=7>.yaml"
    cloze = json.dumps(
        "The {{c1::"
        + HARM.replace("{{c7::x}}", "").replace("[link](data:text/html,x) ", "")
        + "::<b onclick=x>}}"
    )
    common = "speaker: me, tags: [basics]"
    project.write(
        f"memory/{name}",
        f"section: {harm}\ncards:\n"
        f"  - {{id: asked, {common}, reverse: true, q: {harm}, a: {harm}, note: {harm}}}\n"
        f"  - {{id: typed, {common}, typed: true, q: {harm}, a: {harm}}}\n"
        f"  - {{id: clozed, {common}, cloze: {cloze}, note: {harm}}}\n"
        f"  - {{id: listed, {common}, q: {harm}, list: {{one: {harm}, two: {harm}}}}}\n"
        f'  - {{id: gone, {common}, q: {harm}, a: {harm}, retired: {{since: "2026-01-31", reason: {harm}}}}}\n',
    )


def test_no_text_acts_in_anki(project: Project, learner: Learner) -> None:
    _harmful_deck(project)
    project.build()
    learner.import_package(project.package())
    found = list(learner.col.find_cards(""))
    assert len(found) == 6
    for number in found:
        card = learner.col.get_card(number)
        for html in (card.question(), card.answer()):
            live = _Live()
            live.feed(html)
            assert live.found == []
            # Shown as typed: no field was filled in.
            words = re.sub("<style>.*?</style>|<!--.*?-->|<[^>]*>", "", html, flags=re.DOTALL)
            assert str(card.note()["Id"]) not in words
        assert "{{Id}}" in words, "on the back, where nothing is hidden"
    learner.is_sound(without_cards=1)  # the retired one


def test_no_text_acts_in_the_preview(project: Project, chromium: Browser) -> None:
    _harmful_deck(project)
    assert project.run("preview").exit_code == 0
    reader = Reader.of(chromium, (project.root / "output/memory.html").as_uri())
    for _ in range(6):
        reader.press("Space", "ArrowRight")
    reader.press("l")
    reader.page.get_by_role("tab", name="Study plan").click()
    assert reader.page.evaluate("window.harm ?? null") is None
    assert reader.complaints == []
    assert reader.network == []
    assert "<script>" in reader.text("body")
