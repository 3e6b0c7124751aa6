"""What the author of the state machine has in mind: a deck's source, and how it is written."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterable, Iterator
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
    #: Of a card that a learner wrote: how its texts call it, and its language, where the deck has several.
    called: str = ""
    only: str = ""
    #: What learners made of it that came home, by language and word (see `words_of`).
    said: dict[tuple[str, str], str] = field(default_factory=dict)

    def rewrite(self, back: bool) -> None:
        """Another text, or an older one, without what came home."""
        self.version = max(0, self.version - 1) if back else self.version + 1
        self.said = {key: said for key, said in self.said.items() if key[1] in OWN and not back}

    def take_home(self, text: str, words: dict[str, dict[str, str]]) -> None:
        """Let it say what its lines in a file say now."""
        tags = re.search(r"^    tags: \[(.*)\]$", text, flags=re.MULTILINE)
        self.tag = tags[1] if tags else ""
        now = {(lang, word): said for lang, found in words.items() for word, said in found.items()}
        plain = {f"{self.version}", f"{self.version % 90}", "there"}
        self.said = {key: said for key, said in now.items() if key[1] in OWN or said not in plain}

    def yaml(self, name: str, languages: tuple[str, ...]) -> str:
        lines = [f"  - id: {name}"]
        lines += [f"    tags: [{self.tag}]"] if self.tag else []
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
        lines += [f"    only: [{self.only}]"] if languages and self.only else []
        name = self.called or name.split("-", maxsplit=1)[0]
        for lang in languages:
            if not self.only or lang == self.only:
                lines.append(f"    {lang}:")
                lines += [f"      {line}" for line in self._content(name, lang)]
        if not languages:
            lines += [f"    {line}" for line in self._content(name, "en")]
        return "\n".join(lines) + "\n"

    def _masks(self) -> Iterator[str]:
        """An item has its place across, by which the state machine knows it; a version moves it down."""
        places = {key: [*FIRST, *KEYS].index(key) * 10 + 5 for key in self.items}
        boxes = ", ".join(
            f"{key}: {{rect: [{at}, {self.said.get(('', f'mask {at}'), self.version % 90)}, 4, 4]}}"
            for key, at in places.items()
        )
        yield "    occlude: picture.svg"
        yield f"    masks: {{{boxes}}}"

    def _content(self, name: str, lang: str) -> Iterator[str]:
        def text(word: str) -> str:
            return f"{word} {name} {self.said.get((lang, word), self.version)} {lang}"

        picture = " ![p](picture.svg)" if self.picture else ""
        opening = f"{OPENING} {self.said[lang, OPENING]}. " if (lang, OPENING) in self.said else ""
        if self.kind == "qa":
            yield f'q: "{opening}{text("Question")}?"'
            yield f'a: "{text("Answer")}, x^{len(name)}^{picture}"'
        elif self.kind == "cloze":
            holes = " and ".join(
                f"{{{{c{number}::{{水|みず}} {text(str(number))}}}}}" for number in self.holes
            )
            yield f'cloze: "{opening}{text("Text")}: {holes}{picture}"'
        elif self.kind == "own":
            town = f', Town: "{text("Town")}{picture}"' if self.town else ""
            yield f'fields: {{Land: "{opening}{text("Land")} {{水|みず}}"{town}}}'
        elif self.kind == "masks":
            yield f'q: "{opening}Which {text("mask")}?{picture}"'
        else:
            items = ", ".join(f'{key}: "{text(key)}"' for key in self.items)
            yield f'q: "{opening}{text("Which")}?{picture}"'
            yield f"list: {{{items}}}"
        if (lang, REMARK) in self.said:
            yield f'note: "{REMARK} {self.said[lang, REMARK]}"'


#: What learners put before a question, and into a remark; each with a number.
OPENING, REMARK = "Kindly", "Remark"
OWN = (OPENING, REMARK)
_WORD = re.compile(r"(\w+) (?:card|fresh)[0-9]+ (\w+) (?:en|zh)\b")
_OWN = re.compile(rf"\b({'|'.join(OWN)}) ([0-9]+)")
_MASK = re.compile(r"rect: \[([0-9]+), ([0-9]+),")
_SEEN_MASK = re.compile(r"image-occlusion:rect:left=([.0-9]+):top=([.0-9]+)")


def words_of(html: str) -> dict[str, str]:
    """What the texts of a card say, in YAML or in a note: the version behind each word that has one.

    A mask has its place across as its word. A learner's own words have their number.
    """
    return {
        **dict(_WORD.findall(html)),
        **dict(_OWN.findall(html)),
        **{f"mask {at}": down for at, down in _MASK.findall(html)},
        **{
            f"mask {round(float(at) * 100)}": str(round(float(down) * 100))
            for at, down in _SEEN_MASK.findall(html)
        },
    }


def cards_of(text: str) -> dict[str, str]:
    """A card file in pieces: the lines of each card by its id."""
    found = re.split(r"^  - id: (\S+)\n", text, flags=re.MULTILINE)
    return dict(zip(found[1::2], found[2::2], strict=True))


def said_in(card: str) -> dict[str, dict[str, str]]:
    """`words_of` the lines of a card by language; under "" the masks and tags, which are of no language."""
    head, *parts = re.split(r"^    (en|zh):\n", card, flags=re.MULTILINE)
    found = {lang: words_of(part) for lang, part in zip(parts[::2], parts[1::2], strict=True)}
    words = words_of(head)
    masks = {word: said for word, said in words.items() if word.startswith("mask ")}
    tags = re.search(r"^    tags: \[(.*)\]$", head, flags=re.MULTILINE)
    rest = {word: said for word, said in words.items() if word not in masks}
    return {"": masks | tags_of(tags[1].split(", ") if tags else []), **(found or {"en": rest})}


def tags_of(tags: Iterable[str]) -> dict[str, str]:
    """Those tags that the deck has, as words that are there."""
    return {f"tag {tag}": "there" for tag in tags if tag in ("one", "two")}


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
