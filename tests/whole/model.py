"""What the author of the state machine has in mind: a deck's source, and how it is written."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

EN, ZH = "Machine", "机器"
FILES = "abc"
#: What cards of several parts may ask for: those that each begins with, and those that come.
FIRST, KEYS = ["first", "second"], ["third", "fourth", "fifth", "sixth", "seventh"]
#: The machine's clock begins on 2023-11-14.
SINCE = "2023-01-31"

#: Nothing of the machine on which the tests run; a commit costs three processes as it is.
_GIT = {
    "GIT_AUTHOR_NAME": "A",
    "GIT_AUTHOR_EMAIL": "a@example.org",
    "GIT_COMMITTER_NAME": "A",
    "GIT_COMMITTER_EMAIL": "a@example.org",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_EDITOR": "true",
}


def git(folder: Path, *arguments: str) -> str:
    options = ("-c", "gc.auto=0", "-c", "init.defaultBranch=main", "-c", "advice.detachedHead=false")
    done = subprocess.run(
        ["git", *options, *arguments],
        cwd=folder,
        env={**os.environ, **_GIT},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode().strip()


@dataclass
class Entry:
    """A card of the source, as the author sees it. `uid` is the same under every id that it has."""

    kind: str
    uid: int = 0
    version: int = 0
    tag: str = "one"
    file: str = "a"
    deck: str = ""
    reverse: bool = False
    retired: bool = False
    until: str = ""
    picture: bool = False
    town: bool = True
    items: list[str] = field(default_factory=lambda: [*FIRST])
    holes: list[int] = field(default_factory=lambda: [1, 2])
    was: str = ""

    def yaml(self, name: str, languages: tuple[str, ...]) -> str:
        lines = [f"  - id: {name}", f"    tags: [{self.tag}]"]
        lines += [f"    was: {self.was}"] if self.was else []
        if self.retired:
            until = f', until: "{self.until}"' if self.until else ""
            reason = "{en: Over, zh: Over}" if languages else "Over"
            lines.append(f'    retired: {{since: "{SINCE}", reason: {reason}{until}}}')
        if self.deck:
            lines.append("    deck: " + (f"{{en: {self.deck}, zh: {self.deck}}}" if languages else self.deck))
        lines += ["    reverse: true"] if self.reverse else []
        lines += ["    type: land"] if self.kind == "own" else []
        lines += self._masks() if self.kind == "masks" else []
        text = f"{name.split('-', maxsplit=1)[0]} {self.version}"
        for lang in languages:
            lines.append(f"    {lang}:")
            lines += [f"      {line}" for line in self._content(f"{text} {lang}")]
        if not languages:
            lines += [f"    {line}" for line in self._content(f"{text} en")]
        return "\n".join(lines) + "\n"

    def _masks(self) -> Iterator[str]:
        """An item has its place across, by which the state machine knows it; a version moves it down."""
        boxes = ", ".join(
            f"{key}: {{rect: [{[*FIRST, *KEYS].index(key) * 10 + 5}, {self.version % 90}, 4, 4]}}"
            for key in self.items
        )
        yield "    occlude: picture.svg"
        yield f"    masks: {{{boxes}}}"

    def _content(self, text: str) -> Iterator[str]:
        picture = " ![p](picture.svg)" if self.picture else ""
        if self.kind == "qa":
            yield f'q: "Question {text}?"'
            yield f'a: "Answer {text}, x^{len(text)}^{picture}"'
        elif self.kind == "cloze":
            holes = " and ".join(
                f"{{{{c{number}::{{水|みず}} {number} of {text}}}}}" for number in self.holes
            )
            yield f'cloze: "Text {holes}{picture}"'
        elif self.kind == "own":
            town = f', Town: "Town {text}{picture}"' if self.town else ""
            yield f'fields: {{Land: "Land {text} {{水|みず}}"{town}}}'
        elif self.kind == "masks":
            yield f'q: "Which mask {text}?{picture}"'
        else:
            items = ", ".join(f'{key}: "{key} {text}"' for key in self.items)
            yield f'q: "Which {text}?{picture}"'
            yield f"list: {{{items}}}"


@dataclass
class Source:
    """All that git can take back, but the lock. `order` are the ids of `cards` in study order."""

    seed: str = ""
    cards: dict[str, Entry] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)
    look: int = 0
    picture: int = 0
    two: bool = False
    #: Of the note type `land`: the version of a front, whether a spare field and the spare template were taken.
    front: int = 0
    wakes: bool = False

    def files(self) -> dict[str, str]:
        """The files of the deck's folder by name."""
        languages = ("en", "zh") if self.two else ()
        title = f'{{en: "{EN}", zh: "{ZH}"}}' if self.two else f'"{EN}"'
        deck = "deck: machine\n" + (f"seed: {self.seed}\n" if self.seed else "") + f"title: {title}\n"
        deck += "languages: [en, zh]\n" if self.two else ""
        deck += f'source: {{title: "Look {self.look} of it"}}\ntags: [one, two]\n'
        texts = {"deck.yaml": deck, "media/picture.svg": f"<svg><!-- {self.picture} --></svg>"}
        for file in FILES:
            cards = [
                self.cards[name].yaml(name, languages) for name in self.order if self.cards[name].file == file
            ]
            texts[f"{file}.yaml"] = "cards:\n" + "".join(cards) if cards else "cards: []\n"
        return texts | {f"note_types/land/{name}": text for name, text in self._land()}

    def _land(self) -> Iterator[tuple[str, str]]:
        """The note type of the deck's own: cards for `Land` and `Town`, and for both once the spare wakes."""
        templates = '  - {name: "One", front: one.html, back: back.html}\n  - {name: "Two", front: two.html, back: back.html}\n'
        templates += '  - {name: "Both", front: both.html, back: back.html}\n' if self.wakes else ""
        river = ", River: other" if self.wakes else ""
        fields = f"fields: {{Land: other, Town: other, Note: note{river}}}\nnote: Note\n"
        yield "note_type.yaml", f"{fields}templates:\n{templates}"
        yield "one.html", f"<p>{self.front}</p> {{{{Land}}}}\n"
        yield "two.html", "{{#Town}}<p>Where is {{Town}}?</p>{{/Town}}\n"
        yield "both.html", "{{#Land}}{{Town}}{{/Land}}\n"
        river = "{{River}}" if self.wakes else ""
        yield (
            "back.html",
            f"{{{{FrontSide}}}} {{{{Land}}}} {{{{Town}}}} {{{{Note}}}} {river} Look {self.look} of it\n",
        )
