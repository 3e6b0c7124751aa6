"""The house stays in order: layers, pages, documents and the wheel."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tarfile
import textwrap
import zipfile
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import pytest

import deckgen
from deckgen.commands.main import COMMANDS
from deckgen.finding import SILENCEABLE
from deckgen.reading import keys
from deckgen.showing import explain

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "deckgen"

#: Each room, and each module of plain values before them, imports only from what stands before it.
ORDER = [
    "fixed", "finding", "patterns", "terminal", "written", "kinds", "deck",
    "reading", "markup", "checks", "notes", "lock", "packing", "building", "studying", "editing", "adopting", "pulling", "pushing", "showing", "commands",
]  # fmt: skip
#: Foreign libraries and the modules that may import each.
LIBRARIES = {
    "yaml": ["reading/tree"],
    "nh3": ["markup/raw"],
    "pyromark": ["markup/events"],
    "pygments": ["markup/highlight"],
    "latex2mathml": ["markup/formulas"],
    "selectolax": ["adopting/tree"],
    "genanki": ["packing/apkg"],
    "sqlite3": ["packing/apkg", "packing/tables", "packing/collection"],
    "zipfile": ["packing/apkg", "packing/zips"],
    "zstandard": ["packing/zips"],
    "filelock": ["packing/stage"],
    "subprocess": ["lock/history"],
    "fsrs_rs_python": ["studying/forecast"],
    "matplotlib": ["studying/pictures", "studying/sheet"],
    "watchfiles": ["showing/serve"],
    "http": ["showing/serve", "pushing/connection"],
}


def _modules() -> list[Path]:
    return [path for path in sorted(PACKAGE.rglob("*.py")) if path.stem != "__main__"]


def _name(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").as_posix().removesuffix("/__init__")


def _imports(path: Path) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("deckgen"):
            found += [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.append(node.module)
    return found


@pytest.mark.parametrize("path", _modules(), ids=_name)
def test_imports_point_one_way(path: Path) -> None:
    room = _name(path).split("/")[0]
    for name in _imports(path) if room != "__init__" else ():
        first, *rest = name.split(".")
        if first == "deckgen" and rest and rest[0] not in ("__version__", "INTERRUPTED", "__file__"):
            assert rest[0] in ORDER[: ORDER.index(room) + 1], f"{_name(path)} imports {name}"
        elif first == "click":
            assert room == "commands", f"{_name(path)} imports {name}"
        elif first in LIBRARIES:
            assert _name(path) in LIBRARIES[first], f"{_name(path)} imports {name}"
        assert first not in ("anki", "aqt"), "Anki is AGPL: for tests only"


def test_no_module_imports_itself_by_a_detour() -> None:
    """Also within a room, and also by an import that waits in a function."""
    names = {_name(path) for path in _modules()}

    def modules(path: Path) -> set[str]:
        imported = (name.removeprefix("deckgen.").replace(".", "/") for name in _imports(path))
        return {name if name in names else name.rpartition("/")[0] for name in imported} & names

    imports = {_name(path): modules(path) for path in _modules()}
    list(TopologicalSorter(imports).static_order())  # raises CycleError


#: What only some systems have, or what means something else on another.
NOT_EVERYWHERE = {"fcntl", "grp", "posix", "pwd", "resource", "termios", "msvcrt", "winreg"}
POSIX = {"fork", "getuid", "geteuid", "getgid", "chown", "mkfifo", "killpg", "setsid", "uname", "O_NOFOLLOW"}


@pytest.mark.parametrize("path", _modules(), ids=_name)
def test_nothing_stands_in_the_way_of_another_system(path: Path) -> None:
    """No module or call that some system lacks, no shell, and no folder of one system."""
    text = path.read_text(encoding="utf-8")
    assert {name.split(".")[0] for name in _imports(path)} & NOT_EVERYWHERE == set()
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Attribute(value=ast.Name("os"), attr=name) if name in POSIX:
                assert f'hasattr(os, "{name}")' in text, f"os.{name} without a guard"
            case ast.keyword("shell") | ast.Attribute(value=ast.Name("os"), attr="system" | "popen"):
                raise AssertionError("a shell is another one on each system")
            case ast.Constant(str(value)):
                assert not re.match(r"/(tmp|var|home|usr|etc|dev|proc)\b|[A-Za-z]:\\", value), value


def test_every_room_is_in_the_order_and_says_what_it_knows() -> None:
    entries = {
        path.stem
        for path in PACKAGE.iterdir()
        if path.name != "__pycache__" and not path.stem.startswith("__")
    }
    assert entries - {"py"} == set(ORDER)
    for name in ORDER:
        path = PACKAGE / name / "__init__.py"
        if path.exists():
            assert len(ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "") > 40, name


def test_tests_lie_in_the_room_that_they_try() -> None:
    folders = {path.parent.name for path in (ROOT / "tests").rglob("test_*.py")}
    assert folders <= {*ORDER, "whole"}


def test_every_code_has_a_page_and_every_page_a_code() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in _modules() if path.name != "explain.py")
    assert set(re.findall(r'"([A-Z]\d\d)"', text)) == set(explain.pages())


@pytest.mark.parametrize(("code", "page"), explain.pages().items())
def test_page_tells_how_to_mend(code: str, page: str) -> None:
    assert page.startswith(f"{code}: ")
    assert "\nMend:  " in page


def test_checks_document_is_current() -> None:
    assert (ROOT / "docs/checks.md").read_text(encoding="utf-8") == checks_document()


def _fenced(example: re.Match[str]) -> str:
    return f"**{example[1]}:**\n\n```yaml\n{textwrap.dedent(example[2])}```\n"


def checks_document() -> str:
    parts = ["# Every finding of deckgen\n", "`deckgen explain CODE` prints one of these pages.\n"]
    for page in explain.pages().values():
        title, _, body = page.partition("\n")
        body = re.sub(r"^(Bad|Good|Limits|Mend|Silence): +", r"- **\1:** ", body.rstrip(), flags=re.MULTILINE)
        body = re.sub(r"^(Bad|Good):\n((?: {4}.*\n)+)", _fenced, body + "\n", flags=re.MULTILINE).rstrip()
        parts.append(f"## {title}\n{body}\n")
    return "\n".join(parts)


def test_format_document_names_every_key() -> None:
    text = (ROOT / "docs/format.md").read_text(encoding="utf-8")
    known = {
        *keys.DECK_KEYS, *keys.SOURCE_KEYS, *keys.FILE_KEYS, *keys.CARD_KEYS,
        *keys.CONTENT_KEYS, *keys.CITATION_KEYS, *keys.RETIRED_KEYS, *keys.LINT_KEYS,
    }  # fmt: skip
    assert {key for key in known if f"`{key}`" not in text and f"`{key}:" not in text} == set()


def test_readme_names_every_command() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [name for name in COMMANDS if f"deckgen {name}" not in text] == []


def test_changelog_has_this_version() -> None:
    assert f"## {deckgen.__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def _package(target: str, root: Path, folder: Path) -> Path:
    """The wheel or sdist that hatchling makes of the files in `root`."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", folder],
        cwd=root,
        env={**os.environ, "SOURCE_DATE_EPOCH": "1700000000"},
        check=True,
        capture_output=True,
    )
    (made,) = folder.iterdir()
    return made


@pytest.mark.slow
def test_wheel_holds_all_that_is_needed_and_nothing_else(tmp_path: Path) -> None:
    with zipfile.ZipFile(_package("wheel", ROOT, tmp_path)) as opened:
        inside = {name for name in opened.namelist() if ".dist-info/" not in name}
    files = {path.relative_to(ROOT).as_posix() for path in PACKAGE.rglob("*") if path.is_file()}
    assert inside == {name for name in files if "__pycache__" not in name}
    assert {"deckgen/py.typed", "deckgen/showing/codes.md", "deckgen/notes/templates/card.css"} <= inside


@pytest.mark.slow
def test_wheel_is_the_same_bytes_from_a_checkout_and_from_the_sdist(tmp_path: Path) -> None:
    with tarfile.open(_package("sdist", ROOT, tmp_path / "sdist")) as opened:
        # The filter came with Python 3.11.4, and without one Python 3.12 complains.
        safely: dict[str, Any] = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
        opened.extractall(tmp_path / "elsewhere", **safely)  # noqa: S202  # we made it a moment ago
    (unpacked,) = (tmp_path / "elsewhere").iterdir()
    one, two = (_package("wheel", root, tmp_path / name) for name, root in (("one", ROOT), ("two", unpacked)))
    assert (one.name, one.read_bytes()) == (two.name, two.read_bytes())
    # What the tests read goes along.
    for name in ("tests/golden", "cards_source/.schema", "output", "docs", "benchmarks", "CONTRIBUTING.md"):
        assert (unpacked / name).exists(), name


def test_documents_name_the_errors_that_a_card_may_silence() -> None:
    *most, last = sorted(SILENCEABLE)
    listed = f"{', '.join(most)} and {last}"
    for path in (PACKAGE / "showing/codes.md", ROOT / "docs/linting.md"):
        assert listed in " ".join(path.read_text(encoding="utf-8").split())
    for code, page in explain.pages().items():
        if "\nSilence:  " in page:
            assert ("an error can't" not in page) == (code in SILENCEABLE), code
