"""What a person would write with ankiforge, whose core is Rust: `forge.py FOLDER PACKAGE [BASELINE]`.

With a BASELINE, the package of the build before, learners keep their progress, as with deckgen. It checks
nothing and keeps no positions.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pyromark
import yaml
from ankiforge import BuildOptions, Content, Note, Project  # type: ignore[import-not-found]  # a peer only


def main() -> None:
    """Make one package of all cards in a folder."""
    folder, package, *baseline = sys.argv[1:]
    project = Project("bench", default_deck="Bench")
    for path in sorted(Path(folder).glob("[0-9]*.yaml")):
        for card in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["cards"]:
            question, answer = (Content.html(pyromark.html(card[key])) for key in ("q", "a"))
            project.add(card["id"], Note.basic(question, answer))
    options = BuildOptions.to(package)
    project.build(options.update_from(baseline[0]) if baseline else options)


if __name__ == "__main__":
    main()
