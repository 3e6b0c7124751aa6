"""`python -m tests.write_look PYTHON` measures how the deck `golden/look` looks in the window of Anki itself.

PYTHON has Anki's desktop: `python3 -m venv anki && anki/bin/pip install 'aqt[qt]'`. No display is needed. What is
measured goes into `golden/look/window.json`, with the version of Anki, and `test_look` compares the preview with it.

`--pictures FOLDER PACKAGE…` takes pictures of packages instead; `--size 420x650` is that of the window.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from itertools import zip_longest
from pathlib import Path
from typing import Any

from deckgen.building.build import build
from tests.whole.test_golden import GOLDEN

DECK = GOLDEN / "look"
MEASURED = DECK / "window.json"
#: What is compared. Widths hang on fonts, and heights too.
STYLES = (
    "color", "backgroundColor", "backgroundImage", "fontSize", "fontWeight", "fontStyle", "fontFamily", "lineHeight",
    "textDecorationLine", "textDecorationThickness", "textEmphasisStyle", "textEmphasisPosition", "textAlign", "margin",
    "padding", "border", "borderRadius", "listStyleType", "filter", "opacity", "display", "colorScheme",
)  # fmt: skip
#: What is typed, by the end of a card's id.
TYPED = {"right": "Paris", "wrong": "zzzzz"}
#: The styles of a card, and of all elements below a root in it by the path that leads there.
READ = """([card, root, names]) => {
  const wraps = (one) => one.localName === "center" || (one.localName === "div" && one.hasAttribute("style"));
  const step = (one) => one.localName + [...one.classList].sort().map((name) => "." + name).join("") + (one.id && "#" + one.id);
  const path = (one) => one === root ? "" : path(one.parentElement) + (wraps(one) ? "" : " " + step(one));
  const value = (style, name) => name === "border" && style.borderStyle === "none" ? "none" : style[name];
  const style = (one) => names.map((name) => value(getComputedStyle(one), name));
  const looks = [...root.querySelectorAll("*")].filter((one) => !wraps(one) && !["style", "script", "br"].includes(one.localName))
    .map((one) => [path(one).trim(), style(one)]);
  return { card: style(card), looks };
}"""

Side = Mapping[str, Any]


def build_deck(folder: Path) -> list[Path]:
    """The packages of the deck, built in `folder`."""
    shutil.copytree(DECK, folder / "cards_source/look", ignore=shutil.ignore_patterns("*.json"))
    result = build(folder / "cards_source", folder / "output", now=1_700_000_000)
    assert not result.findings, result.findings
    return sorted((folder / "output").glob("*.apkg"))


def gathered(sides: Iterable[Side]) -> dict[str, dict[str, list[str]]]:
    """By day and by night, all looks that each kind of element has on `sides`: what is other than on the whole card."""
    found: dict[str, dict[str, set[str]]] = {"day": {}, "night": {}}
    for side in sides:
        at = found["night" if side["night"] else "day"]
        at.setdefault(side["lang"], set()).add(_told(side["card"]))
        for path, values in side["looks"]:
            at.setdefault(f"{side['lang']} {path}", set()).add(_told(values, side["card"]))
    return {when: {path: sorted(looks) for path, looks in sorted(at.items())} for when, at in found.items()}


def _told(values: Iterable[str], card: Iterable[str] = ()) -> str:
    rows = zip_longest(STYLES, values, card)
    return "; ".join(f"{name}: {value}" for name, value, other in rows if value != other)


def drive(python: str, folder: Path, size: str, packages: Iterable[Path], styles: bool) -> dict[str, Any]:
    """What `anki_window` tells; its pictures lie in `folder` then."""
    wish = {
        "size": size,
        "packages": [str(path.resolve()) for path in packages],
        "typed": TYPED,
        "read": READ,
    }
    wish["styles"] = STYLES if styles else []
    environment = {
        **os.environ, "QT_QPA_PLATFORM": "offscreen", "LIBGL_ALWAYS_SOFTWARE": "1", "ANKI_NOHIGHDPI": "1",
        "QTWEBENGINE_DISABLE_SANDBOX": "1", "QTWEBENGINE_CHROMIUM_FLAGS": "--no-sandbox",
    }  # fmt: skip
    driver = Path(__file__).with_name("anki_window.py")
    subprocess.run([python, str(driver), str(folder), json.dumps(wish)], env=environment, check=True)
    if not (folder / "told.json").exists():
        raise SystemExit("Anki showed nothing: does another one run?")
    told: dict[str, Any] = json.loads((folder / "told.json").read_text(encoding="utf-8"))
    return told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("python", help="a Python that has aqt")
    parser.add_argument("--pictures", type=Path, help="take pictures into this folder")
    parser.add_argument("--size", default="420x650")
    parser.add_argument("packages", nargs="*", type=Path)
    given = parser.parse_intermixed_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        packages = given.packages if given.pictures else build_deck(folder)
        told = drive(given.python, folder, given.size, packages, styles=not given.pictures)
        if given.pictures:
            given.pictures.mkdir(parents=True, exist_ok=True)
            for picture in folder.glob("*.png"):
                shutil.copy(picture, given.pictures)
            return
    kept = {"anki": told["anki"], "looks": gathered(told["sides"])}
    MEASURED.write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
