r"""Edits of fields as Anki's editor makes them, edits of texts as authors make them, and what comes of both.

Nothing here knows how a merge works. Both edits are made at known places of the field that was shipped, so what
must be seen after a merge is known by making both edits there; it is read by a parser of another library.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from html.parser import HTMLParser
from random import Random
from typing import NamedTuple

_LATIN = ("tide", "garnet", "often", "Northern", "weigh", "well-known", "don't", "3.5", "café", "R&amp;D", "a_b", "2*3*4", "&lt;i&gt;", "$5")  # fmt: skip
_HAN = ("海", "石头", "北方", "常常", "三点五", "（又）")
#: What has no meaning in Markdown, for authors.
_PLAIN = ("quartz", "rivers", "seldom", "Southern", "measure")
_PLAIN_HAN = ("湖", "木头", "南方", "从不", "两点")
_SENTENCES = ("Moss grows there.", "Is it so?", "See also: “tides” (p. 5)!", "x &lt; y &amp; z.", "1. One more.", "# No heading.")  # fmt: skip
_HAN_SENTENCES = ("苔藓长在那里。", "是吗？", "见“潮汐”（第五页）！")

_SIGN = re.compile(
    r"(?P<formula>\\\(.*?\\\)|\\\[.*?\\\])|(?P<other><pre.*?</pre>|<code>.*?</code>|<ruby>.*?</ruby>|<[^>]*>|\[sound:[^\]]*\]|&\w+;"
    r"|\{\{c\d+::|::[^{}:]*(?=\}\})|\}\})|(?P<word>[\u3400-\u9fff]{1,2}|[^\W_\u2e80-\uffff]{2,})",
    re.DOTALL,
)
_SENTENCE_END = re.compile(
    r"[.!?][\"”’)]*(?=\s|<|$)|[。！？]|<(?:br|/?p|/?li|/?t[dhr]|/?h\d|/?div|/?blockquote)\b"
)
_HAN_WORD = re.compile("[\u3400-\u9fff]")
_LISTS = re.compile("</[uo]l>")
_MARKED = re.compile(r"<(strong|em|b|i|u)>([^<>]*)</\1>")
_DELETION = re.compile(r"\{\{c\d+::([^{}:]*)(?:::[^{}:]*)?\}\}")


class Edit(NamedTuple):
    """In the place of the characters `start` to `end` of a text stands `new`.

    With `inner`, that stays, from the character `start + shift` on: only what stands around it is another.
    """

    kind: str
    start: int
    end: int
    new: str
    inner: str = ""
    shift: int = 0

    @property
    def parts(self) -> tuple[Edit, ...]:
        """The edit in pieces that leave alone what stays."""
        if not self.inner:
            return (self,)
        at, begin = self.start + self.shift, self.new.index(self.inner)
        stop = at + len(self.inner)
        pieces = (
            Edit("tag", self.start, at, self.new[:begin]),
            Edit("tag", stop, self.end, self.new[begin + len(self.inner) :]),
        )
        return tuple(part for part in pieces if part.new or part.start < part.end)


def apply(text: str, *edits: Edit) -> str:
    """A text with edits that do not meet; the same one counts once."""
    once = {_plain(part): (part.start, part.end, _turn(part)) for edit in edits for part in edit.parts}
    for part in sorted(once, key=once.__getitem__, reverse=True):
        text = text[: part.start] + part.new + text[part.end :]
    return text


def _turn(part: Edit) -> int:
    """What is written at one place stands in this order: the end of a mark, words, a mark's begin, a line."""
    if part.kind == "tag":
        return 2 if re.match(r"<(?!/)", part.new) else 0
    return 3 if part.kind in ("line", "paragraph") else 1


def _plain(edit: Edit) -> Edit:
    """The edit, with one way to write bold words and slanted ones; a blank at the end is not seen."""
    new = re.sub(r"(</?)b>", r"\1strong>", re.sub(r"(</?)i>", r"\1em>", edit.new))
    return edit._replace(kind="", new="" if edit.kind == "blank" else new)


def _cross(one: Edit, two: Edit) -> bool:
    return one.start < two.start < one.end < two.end


def meet(one: Edit, two: Edit) -> bool:
    """Whether two edits change the same characters, write at the same place, or cross each other."""
    if _plain(one) == _plain(two):
        return False
    if one.inner and two.inner and (_cross(one, two) or _cross(two, one) or one[1:3] == two[1:3]):
        return True
    if "blank" in (one.kind, two.kind):
        return False
    if _LINES_OF & {one.kind, two.kind}:
        return {one.kind, two.kind} <= _LINES_OF
    return any(_overlap(left, right) for left in one.parts for right in two.parts)


_LINES_OF = {"line", "paragraph"}


def _overlap(left: Edit, right: Edit) -> bool:
    if (left.start, left.end) == (right.start, right.end):
        # A sentence is not a part of words that are marked, if it stands before or behind them.
        return {left.kind, right.kind} not in ({"tag", "sentence"}, {"tag", "medium"})
    return left.start < right.end and right.start < left.end


# -- what a learner does ---------------------------------------------------------------------


class _Field:
    """The places of a field at which something can be edited."""

    def __init__(self, html: str, random: Random) -> None:
        self.html, self.random = html, random
        found = list(_SIGN.finditer(html))
        self.words = [one.span() for one in found if one.lastgroup == "word"]
        self.formulas = [one.span() for one in found if one.lastgroup == "formula"]
        hidden = [one.span() for one in found if one.lastgroup != "word"]
        self.ends = [
            one.end()
            for one in _SENTENCE_END.finditer(html)
            if one[0][0] != "<" and not any(start <= one.start() < end for start, end in hidden)
        ]

    def word(self, start: int) -> str:
        han = _HAN_WORD.match(self.html, start)
        return self.random.choice(_HAN if han else _LATIN)

    def sentence(self, at: int) -> str:
        han = _HAN_WORD.match(self.html, max(0, at - 2), at) or _HAN_WORD.search(self.html)
        return self.random.choice(_HAN_SENTENCES if han else _SENTENCES)

    def some_words(self, most: int = 3) -> tuple[int, int] | None:
        """One to three words, with nothing but blanks between them."""
        if not self.words:
            return None
        at = self.random.randrange(len(self.words))
        last = at
        while (
            last + 1 < len(self.words)
            and last - at < most - 1
            and not self.html[self.words[last][1] : self.words[last + 1][0]].strip(" ")
        ):
            last += 1
        last = self.random.randint(at, last)
        return self.words[at][0], self.words[last][1]


def _one_word(field: _Field) -> tuple[int, int] | None:
    return field.random.choice(field.words) if field.words else None


def _replace(field: _Field) -> Edit | None:
    word = _one_word(field)
    return word and Edit("replace", *word, field.word(word[0]))


def _insert(field: _Field) -> Edit | None:
    word = _one_word(field)
    if word is None:
        return None
    han = _HAN_WORD.match(field.html, word[0])
    return Edit("insert", word[1], word[1], ("" if han else " ") + field.word(word[0]))


def _delete(field: _Field) -> Edit | None:
    word = _one_word(field)
    if word is None:
        return None
    end = word[1] + field.html.startswith(" ", word[1])
    return Edit("delete", word[0], end, "")


def _sentence(field: _Field) -> Edit | None:
    at = field.random.choice([*field.ends, _end(field.html)])
    return Edit("sentence", at, at, ("" if not at else " ") + field.sentence(at))


def _drop_sentence(field: _Field) -> Edit | None:
    if len(field.ends) < 2:
        return None
    at = field.random.randrange(len(field.ends) - 1)
    start, end = field.ends[at : at + 2]
    return (
        None
        if "<" in field.html[start:end]
        or "{{" in field.html[start:end]
        or "}}" in field.html[start:end]
        or "\\" in field.html[start:end]
        else Edit("drop sentence", start, end, "")
    )


def _mark(field: _Field) -> Edit | None:
    span = field.some_words()
    if span is None:
        return None
    begin, end = field.random.choice([
        ("<b>", "</b>"), ("<i>", "</i>"), ("<u>", "</u>"), ("<sub>", "</sub>"), ("<b><i>", "</i></b>"),
        ('<font color="#ff0000">', "</font>"), ('<span style="color: rgb(0, 0, 255);">', "</span>"),
        ('<span style="background-color: rgb(255, 255, 0);">', "</span>"),
    ])  # fmt: skip
    inner = field.html[slice(*span)]
    return Edit("mark", *span, begin + inner + end, inner)


def _unmark(field: _Field) -> Edit | None:
    found = list(_MARKED.finditer(field.html))
    if not found:
        return None
    one = field.random.choice(found)
    return Edit("unmark", *one.span(), one[2], one[2], one.start(2) - one.start())


def _break(field: _Field) -> Edit | None:
    """Return: a new item in a list, else a new line."""
    blanks = [
        (end, start)
        for (_, end), (start, _) in zip(field.words, field.words[1:], strict=False)
        if field.html[end:start] == " "
    ]
    if not blanks:
        return None
    start, end = field.random.choice(blanks)
    before = field.html[:start]
    inside = max(before.rfind("<li>"), before.rfind("<p>"))
    if inside >= 0 and before.startswith("<li>", inside) and "</li>" not in before[inside:]:
        if before.count("{{") != before.count("}}") or re.search(r"<(?!br|img)", before[inside + 4 :]):
            return None
        return Edit("item", start, end, "</li><li>")
    return Edit("break", start, end, "<br>")


def _item(field: _Field) -> Edit | None:
    lists = list(_LISTS.finditer(field.html))
    if not lists:
        return None
    at = field.random.choice(lists).start()
    return Edit("item", at, at, f"<li>{field.sentence(at)}</li>")


def _formula(field: _Field) -> Edit | None:
    if field.formulas and field.random.random() < 0.7:
        end = field.random.choice(field.formulas)[1] - 2
        return Edit(
            "formula", end, end, field.random.choice([" + y", "^2", "_1 &lt; 5", r" \cdot \frac{a}{b}"])
        )
    word = _one_word(field)
    return word and Edit("formula", word[1], word[1], r" \(x_1^2 + \alpha\)")


def _medium(field: _Field) -> Edit | None:
    at = field.random.choice([*field.ends, _end(field.html)])
    return Edit(
        "medium",
        at,
        at,
        field.random.choice(
            ["[sound:rec-1.mp3]", '<img src="paste-4f.jpg">', ' <img src="a b.png" alt="x">']
        ),
    )


def _line(field: _Field) -> Edit | None:
    at = len(field.html)
    if field.html.endswith(">"):
        return Edit("line", at, at, f"<div>{field.sentence(at)}</div>")
    new = field.random.choice(
        [
            "<br>{}",
            "<div>{}</div>",
            "<br><br>{}",
            "<br>- {}",
            "<ul><li>{}</li><li>moss</li></ul>",
            "<br>{}&nbsp;",
        ]
    )
    return Edit("line", at, at, new.format(field.sentence(at)))


def _blank(field: _Field) -> Edit | None:
    at = _end(field.html)
    return Edit("blank", at, at, "&nbsp;")


def _deletion(field: _Field) -> Edit | None:
    found = list(_DELETION.finditer(field.html))
    if not found:
        return None
    if field.random.random() < 0.4:
        one = field.random.choice(found)
        new = [one[1], "{{c7::" + one[1] + "}}", "{{c7::" + one[1] + "::a hint}}"]
        return Edit("deletion", *one.span(), field.random.choice(new), one[1], one.start(1) - one.start())
    free = [
        span
        for span in field.words
        if not any(one.start() < span[1] and span[0] < one.end() for one in found)
    ]
    if not free:
        return None
    start, end = field.random.choice(free)
    inner = field.html[start:end]
    return Edit("deletion", start, end, "{{c9::" + inner + "}}", inner)


_LEARNERS: tuple[Callable[[_Field], Edit | None], ...] = (
    _replace, _replace, _replace, _insert, _insert, _delete, _sentence, _sentence, _drop_sentence, _mark, _mark, _unmark,
    _break, _item, _formula, _medium, _line, _blank, _deletion,
)  # fmt: skip


def _end(html: str) -> int:
    """Where somebody types who goes to the end of a field."""
    at = len(html)
    while found := re.search(r"\s*</(?:p|li|ul|ol|blockquote|h\d|td|th|tr|table|tbody)>\s*\Z", html[:at]):
        at = found.start()
    return at


def learner(html: str, random: Random) -> Edit | None:
    """An edit of a field; None if there is nothing to edit in it."""
    field = _Field(html, random)
    for _ in range(20):
        if edit := random.choice(_LEARNERS)(field):
            return edit
    return None


def _rewrites(one: Edit, two: Edit) -> bool:
    """Whether one takes out a sentence, and the other writes in its place, as one edit would."""
    return "drop sentence" in (one.kind, two.kind) and one.start <= two.end and two.start <= one.end


def learner_edits(html: str, random: Random, most: int = 3) -> list[Edit]:
    """One to so many edits of a field that do not meet; none if there is nothing to edit."""
    found: list[Edit] = []
    for _ in range(random.randint(1, most)):
        edit = learner(html, random)
        if edit and not any(meet(edit, other) or _rewrites(edit, other) or edit == other for other in found):
            found.append(edit)
    return found


def saved(html: str) -> str:
    """A field as Anki's editor writes it once somebody types in it."""
    html = unicodedata.normalize("NFC", html).replace("\u00a0", "&nbsp;")
    return re.sub(
        r"<table>(?!\s*<tbody>)\n?(.*?)</table>", r"<table><tbody>\1</tbody></table>", html, flags=re.DOTALL
    )


# -- what an author does ---------------------------------------------------------------------


def author(text: str, html: str, random: Random) -> tuple[Edit, Edit] | None:
    """An edit of a text and the same edit of the field that is made of it; None if none is the same in both."""
    field = _Field(html, random)
    for _ in range(20):
        word = _one_word(field)
        if word is None:
            return None
        found = html[slice(*word)]
        if text.count(found) != 1 or html.count(found) != 1 or _is_marked(html, word[0]):
            continue
        typed, shown_as = _by_author(field, *word)
        if typed.kind == "paragraph":
            return typed._replace(start=len(text), end=len(text)), shown_as
        shift = text.index(found) - word[0]
        until = max(typed.end, word[1])
        if text[word[0] + shift : until + shift] == html[word[0] : until]:
            return typed._replace(start=typed.start + shift, end=typed.end + shift), shown_as
    return None


def _is_marked(html: str, at: int) -> bool:
    """Whether words stand in bold or slanted ones already."""
    return any(html.count(f"<{name}>", 0, at) > html.count(f"</{name}>", 0, at) for name in ("strong", "em"))


def _by_author(field: _Field, start: int, end: int) -> tuple[Edit, Edit]:
    """An edit at a word, as Markdown and as HTML, both at the places of the field."""
    html, random = field.html, field.random
    word = html[start:end]
    han = _HAN_WORD.match(word)
    new = random.choice(_PLAIN_HAN if han else _PLAIN)
    ends = [at for at in field.ends if end <= at <= end + 2]
    if random.random() < 0.1:
        last = len(html)
        new = f"{new}在长。" if han else f"Some {new} grew."
        return Edit("paragraph", last, last, f"\n\n{new}"), Edit("paragraph", last, last, f"<br>{new}")
    match random.choice(("replace", "insert", "delete", "mark", *["sentence"] * 2 * len(ends))):
        case "replace":
            edit = Edit("replace", start, end, new)
        case "insert":
            edit = Edit("insert", end, end, new if han else f" {new}")
        case "delete":
            edit = Edit("delete", start, end + html.startswith(" ", end), "")
        case "sentence":
            edit = Edit("sentence", ends[0], ends[0], f"{new}在长。" if han else f" Some {new} grew.")
        case _:
            return Edit("mark", start, end, f"**{word}**", word), Edit(
                "mark", start, end, f"<strong>{word}</strong>", word
            )
    return edit, edit


#: Other ways to write what Markdown of ours says.
_WAYS: tuple[tuple[str, str], ...] = (
    (r"(?<![\w*\\])\*([^\s*][^*\n]*)(?<!\s)\*(?![\w*])", r"_\1_"),
    (r"\*\*([^*\n]+)\*\*", r"__\1__"),
    (r"(?m)^(\s*)- ", r"\1* "),
    (r"\\\n", "  \n"),
    (r"\n\n", "\n\n\n"),
    (r"&(?![#\w])", "&amp;"),
    (r"<(?![\w/])", "&lt;"),
    (r"\Z", "\n"),
    (r"[.,:()]", r"\\\g<0>"),
    (r"(?<=[a-z,]) (?=[a-z])", "\n"),
    (r"(?m)^## (.*)$", r"\1\n------"),
)


def by_hand(text: str, random: Random) -> str:
    """A Markdown text written in another way, which may be seen alike."""
    for pattern, new in random.sample(_WAYS, random.randint(1, 4)):
        share = random.choice((0.2, 1))
        text = re.sub(pattern, lambda found: found.expand(new) if random.random() < share else found[0], text)  # noqa: B023
    return text


def rewritten(text: str, random: Random) -> str:
    """A text of which an author moved, took out or rewrote sentences."""
    if "![" in text:
        return text  # a sentence would get into the description
    parts = re.split(r"(?<=[.!?])(?= )|(?<=[。！？])", text)
    for _ in range(random.randint(1, 3)):
        one, two = random.randrange(len(parts)), random.randrange(len(parts))
        match random.choice(("move", "drop", "words", "split")):
            case "move":
                parts.insert(two, parts.pop(one))
            case "drop" if len(parts) > 1:
                parts.pop(one)
            case "split":
                parts[one] = parts[one].replace(", ", ". ", 1)
            case _:
                share = random.random()
                parts[one] = re.sub(
                    r"(?<![\w{\\$%(/])[a-z]{3,}(?= [a-z])|[\u3400-\u9fff]{2}",
                    lambda found: (
                        found[0]
                        if random.random() < share  # noqa: B023
                        else random.choice(_PLAIN_HAN if _HAN_WORD.match(found[0]) else _PLAIN)
                    ),
                    parts[one],
                )
    return "".join(parts)


def in_other_sentences(html: str, one: Edit, two: Edit) -> bool:
    """Whether a sentence or line ends between two edits."""
    first, second = sorted((one, two), key=lambda edit: (edit.start, edit.end))
    # The end of a sentence may stand right before the first place of the second edit.
    return first.end <= second.start and any(
        first.end <= end.start() < second.start for end in _SENTENCE_END.finditer(html)
    )


# -- what is seen ------------------------------------------------------------------------------

_LINES = ("p", "div", "br", "hr", "ul", "ol", "li", "table", "tr", "blockquote", "pre", *(f"h{level}" for level in range(1, 7)))  # fmt: skip
_MARKS = {"b": "b", "strong": "b", "i": "i", "em": "i", "u": "u", "s": "s", "sub": "sub", "sup": "sup", "code": "code", "a": "a", "rt": "rt"}  # fmt: skip
#: Stands before the name of a picture, as before no word.
_PICTURE = "\ufffc"
_RGB = re.compile(r"rgb\((\d+), (\d+), (\d+)\)")

#: Words with their marks; a blank, an end of a line, an item and a cell are words of their own.
Seen = list[tuple[str, frozenset[str]]]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: Seen = []
        self._open: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        if tag in _LINES:
            self._sign("\n")
        if tag in ("li", "td", "th"):
            self._sign("•" if tag == "li" else "|")
        if tag == "img":
            name = given["src"].replace("%20", " ")
            self.seen.append((f"{_PICTURE}{name} {given.get('alt', '')}", self._marks()))
        if tag not in ("br", "hr", "img"):
            look = given.get("color", "") + given.get("style", "") + given.get("href", "")
            look = _RGB.sub(lambda found: "#" + "".join(f"{int(one):02x}" for one in found.groups()), look)
            look = "".join(look.replace("color:", "", look.startswith("color:")).split()).strip(";")
            self._open.append((tag, " ".join(filter(None, (_MARKS.get(tag, ""), look)))))

    def handle_endtag(self, tag: str) -> None:
        if tag in _LINES:
            self._sign("\n")
        while self._open and tag not in ("br", "hr", "img") and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        for part in re.split(r"(\s+)", data):
            if part and part.isspace():
                self._sign(" ")
            elif part:
                last = self.seen[-1] if self.seen else None
                marks = self._marks()
                if last and last[1] == marks and last[0][0] not in (" ", "\n", "•", "|", _PICTURE):
                    self.seen[-1] = (last[0] + part, marks)
                else:
                    self.seen.append((part, marks))

    def _sign(self, sign: str) -> None:
        if sign in (" ", "\n") and (not self.seen or self.seen[-1][0] in ("\n", "•", "|")):
            return
        if sign != " " and self.seen and self.seen[-1][0] == " ":
            self.seen.pop()
        if sign == "\n" and not self.seen:
            return
        if not (sign == " " and self.seen and self.seen[-1][0] == " "):
            self.seen.append((sign, frozenset()))

    def _marks(self) -> frozenset[str]:
        return frozenset(mark for _, mark in self._open if mark)


def shown(html: str) -> Seen:
    """What is seen of a field, as far as words, their marks, lines, items and cells go."""
    html = unicodedata.normalize("NFC", html)
    reader = _Reader()
    reader.feed(re.sub(r"\\\((.*?)\\\)", lambda found: rf"\({' '.join(found[1].split())}\)", html))
    reader.close()
    seen = reader.seen
    while seen and seen[-1][0] in (" ", "\n"):
        seen.pop()
    return seen


def count_words(html: str) -> Counter[str]:
    """How often each word, or Chinese character, is seen in a field."""
    text = " ".join(word for word, _ in shown(html)).lower()
    return Counter(re.findall(r"[^\W\u3400-\u9fff]+|[\u3400-\u9fff]", text))


def lost_or_doubled(base: str, ours: str, theirs: str, result: str) -> dict[str, int]:
    """The words that stand in a result less or more often than both edits of `base` ask for, and how much so.

    Where both put in or took out the same word, it may be one edit or two.
    """
    before, one, two, after = map(count_words, (base, ours, theirs, result))
    found = {}
    for word in before | one | two | after:
        mine, other = one[word] - before[word], two[word] - before[word]
        least = most = mine + other
        if mine * other > 0:
            least, most = sorted((max(mine, other, key=abs), mine + other))
        got = after[word] - before[word]
        if not least <= got <= most:
            found[word] = got - (least if got < least else most)
    return found
