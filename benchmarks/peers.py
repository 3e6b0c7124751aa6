"""Other programs that make packages, each in an environment of its own, outside of git."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import sources

_PLAIN = Path(__file__).parent / "plain.py"
_FORGE = Path(__file__).parent / "forge.py"
# What all of them build on, so that none is faster by a newer library.
_SHARED = ("genanki==0.13.1", "Markdown==3.11.3", "PyYAML==6.0.3")


@dataclass(frozen=True, slots=True)
class Peer:
    """A program: what pip installs, how it wants notes, and its command, given `input` and `output`.

    `before` is a command that runs once, and is not measured: it makes what the other one builds on.
    """

    name: str
    pins: tuple[str, ...]
    write: Callable[[Path, Sequence[sources.Note]], object]
    command: tuple[str, ...]
    before: tuple[str, ...] = ()


def _write_cards(folder: Path, some: Sequence[sources.Note]) -> None:
    sources.write_deckgen(folder, some)


PLAIN = Peer(
    "plain script", (), _write_cards,
    ("python", str(_PLAIN), "input/cards_source/bench", "output/bench.apkg"),
)  # fmt: skip
_FORGED = ("python", str(_FORGE), "input/cards_source/bench")
_FORGE_PINS = ("ankiforge==0.3.1", "pyromark==0.10.3")
FORGE = Peer("ankiforge script", _FORGE_PINS, _write_cards, (*_FORGED, "output/bench.apkg"))
PEERS = (
    Peer(
        "ankcompiler", ("ankcompiler==0.6.0",), sources.write_ankcompiler,
        ("ankc", "build", "--deck", "Bench", "--path", "input", "--output", "output"),
    ),
    Peer(
        # Its Typer is 0.4, which breaks with click 8.2.
        "markdown-anki-decks", ("markdown-anki-decks==1.1.1", "typer==0.4.2", "click<8.2"),
        sources.write_headings, ("mdankideck", "input", "output"),
    ),
    Peer(
        "anki-yaml-tool", ("anki-yaml-tool==0.4.0",), sources.write_data,
        ("anki-yaml-tool", "build", "--file", "input/deck.yaml", "--output", "output/bench.apkg"),
    ),
    FORGE,
    Peer(
        "ankiforge script with a baseline", _FORGE_PINS, _write_cards,
        (*_FORGED, "output/bench.apkg", "input/before.apkg"), (*_FORGED, "input/before.apkg"),
    ),
    PLAIN,
)  # fmt: skip


def install(peer: Peer) -> Path:
    """The folder with the programs of a peer's environment, which is made when it is not there.

    Raises subprocess.CalledProcessError when pip fails.
    """
    pins = [*peer.pins, *_SHARED]
    digest = hashlib.sha256("\n".join([sys.version, *pins]).encode()).hexdigest()[:12]
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = caches / "deckgen-benchmarks" / f"{peer.name.replace(' ', '-')}-{digest}"
    whole = folder / "whole"
    if not whole.exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        subprocess.run([folder / "bin" / "pip", "install", "--quiet", *pins], check=True)
        whole.touch()
    return folder / "bin"


def versions(programs: Path) -> dict[str, str]:
    """What is installed in an environment: names with versions."""
    listed = subprocess.run(
        [programs / "pip", "list", "--format", "json"], check=True, capture_output=True
    ).stdout
    return {row["name"]: row["version"] for row in json.loads(listed)}
