"""Sub- and superscript, underlined words and readings: what is one, what is text, and what Anki makes of them."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from playwright.sync_api import Browser

from deckgen.markup import cloze, markdown, notations
from deckgen.markup.shown import COVER, as_read
from tests.browser import Reader
from tests.conftest import Project
from tests.real_anki import Learner

TOKYO = "<ruby>東京<rt>とうきょう</rt></ruby>"


def _html(text: str) -> str:
    return markdown.to_html(text, lambda name: name)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("H~2~O", "H<sub>2</sub>O"),
        ("C~6~H~12~O~6~, C~n~H~2n+2~", "C<sub>6</sub>H<sub>12</sub>O<sub>6</sub>, C<sub>n</sub>H<sub>2n+2</sub>"),
        ("SO~4~^2-^ und Ca^2+^, Cl^\u2212^", "SO<sub>4</sub><sup>2-</sup> und Ca<sup>2+</sup>, Cl<sup>\u2212</sup>"),
        ("[Fe(CN)~6~]^4-^", "[Fe(CN)<sub>6</sub>]<sup>4-</sup>"),
        ("µ~r~ = 1, \u00b5^2^", "µ<sub>r</sub> = 1, \u00b5<sup>2</sup>"),
        ("v~max~ (m/s^2^)", "v<sub>max</sub> (m/s<sup>2</sup>)"),
        ("101~2~ = 5~10~", "101<sub>2</sub> = 5<sub>10</sub>"),
        ("E = mc^2^.", "E = mc<sup>2</sup>."),
        ("x^2^+y^2^=z^2^", "x<sup>2</sup>+y<sup>2</sup>=z<sup>2</sup>"),
        ("10^-3^ m, 2^n-1^, 4^0.5^, 8^1/3^", "10<sup>-3</sup> m, 2<sup>n-1</sup>, 4<sup>0.5</sup>, 8<sup>1/3</sup>"),
        ("le 2e\u0300me^e\u0300^", "le 2e\u0300me<sup>e\u0300</sup>"),
        ("M^me^ Curie, le 1^er^ mai", "M<sup>me</sup> Curie, le 1<sup>er</sup> mai"),
        ("2×10^6^×3", "2×10<sup>6</sup>×3"),
        ("10^6^个", "10<sup>6</sup>个"),
        ("^14^C, ^235^~92~U", "<sup>14</sup>C, <sup>235</sup><sub>92</sub>U"),
        ("σ~x~^2^, в^2^", "σ<sub>x</sub><sup>2</sup>, в<sup>2</sup>"),
        ("*v*~0~, **E**^2^, **x^2^**", "<em>v</em><sub>0</sub>, <strong>E</strong><sup>2</sup>, <strong>x<sup>2</sup></strong>"),
        ("a ++whole++ word", "a <u>whole</u> word"),
        ("**++two++ ++words++**, (++x2++)", "<strong><u>two</u> <u>words</u></strong>, (<u>x2</u>)"),
        ("学++习++吧，++e\u0301te\u0301++", "学<u>习</u>吧，<u>e\u0301te\u0301</u>"),
        ("++H~2~O++ ++{東京|とうきょう}++", f"<u>H<sub>2</sub>O</u> <u>{TOKYO}</u>"),
        ("{東京|とうきょう}へ{行|い}く", f"{TOKYO}へ<ruby>行<rt>い</rt></ruby>く"),
        ("{北京|Běijīng}{人|rén}", "<ruby>北京<rt>Běijīng</rt></ruby><ruby>人<rt>rén</rt></ruby>"),
        ("{你好|nǐ hǎo}{吗|ma}", "<ruby>你好<rt>nǐ hǎo</rt></ruby><ruby>吗<rt>ma</rt></ruby>"),
        ("{西安|Xī'ān} {女儿|nu\u0308\u030c'e\u0301r}", "<ruby>西安<rt>Xī'ān</rt></ruby> <ruby>女儿<rt>nu\u0308\u030c'e\u0301r</rt></ruby>"),
        ("{中國|ㄓㄨㄥ ㄍㄨㄛˊ}", "<ruby>中國<rt>ㄓㄨㄥ ㄍㄨㄛˊ</rt></ruby>"),
        ("**{東京|とうきょう}**は", f"<strong>{TOKYO}</strong>は"),
        ("は\n{東京|とうきょう}\nは", f"は{TOKYO}は"),
        ("|{東京|とうきょう}|b|\n|-|-|\n|c|~d|", f"<table>\n<tr><th>{TOKYO}</th><th>b</th></tr>\n<tr><td>c</td><td>~d</td></tr>\n</table>"),
        ("[x^2^](https://a.b/~c~d^2^)", '<a href="https://a.b/~c~d^2^">x<sup>2</sup></a>'),
    ],
)  # fmt: skip
def test_a_notation_marks_a_word(text: str, html: str) -> None:
    assert _html(text) == html


@pytest.mark.parametrize(
    "text",
    [
        "~5 km", "5~10", "5~10~15", "3~5天，5~10天", "3~5m~8m", "周一~周三,周五~周日", "8月~10月", "你好~我是小明~", "~/x:~/y",
        "~~strike~~", "a~~b~~c", "A~B~C", "a~b~c", "1.0~rc1~git2", "5.2~1~bpo10", "PROGRA~1/DOCUM~1", "PROGRA~1,DOCUM~1", "x.txt.~1~", "~word~", "~2~", "a ~2~",
        "a ^ b", "a^2+b^2=c^2", "a^2b^2", "(a+b)^n=a^n+b^n", "a^nb^mc^n", "2^2^n", "e^x^2", "10^10^100", "x^{2}+y^{2}", "x^2+y^{2}", "e^(x)+e^(y)", "x^2+y^(2)", "m^2s^-2",
        "b^-1a^-1", "a^2.b^2.5", "x^\\alpha+y^\\beta", "^_^", "^o^", "好^_^", "^abc^def", "[^a-z]^", "[^1] and [^2]", "s^old^new^", "^2^", "a ^2^ b",
        "C++", "C++ and D++", "C++/CLI++", "++i and i++", "++i++", "++i, j++", "i++ + ++j", "xs++ys++zs", "[1]++xs++[2]", '"a"++name++"b"', "++/++", "a+++b", "++++", "++ x ++", "b++o++ld",
        "{a|b}", "{x|x>0}", "{P(A|B)}", "{{漢字|かんじ}}", "{漢|abc}", "{漢字|kan}", "{水|water}", "{大|big}", "{甲|i}", "{漢}", "{漢|}", "{|かん}", "{東京|とう|きょう}", "{かん|漢}", "{漢|かん x}", "{漢 字|かんじ}", "{漢|かん\n}",
        "https://a.b/x~1~y", "https://a.b/x^2^", "www.a.b/x^2^", "x~2\n~",
    ],
)  # fmt: skip
def test_text_that_has_these_signs_stays_as_it_is(text: str) -> None:
    assert notations.hide(text) is text
    assert "<sub>" not in _html(text)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        (r"H\~2~O", "H~2~O"),
        (r"H~2\~O", "H~2~O"),
        (r"x\^2^", "x^2^"),
        (r"\++word++ +\+word++", "++word++ ++word++"),
        (r"\{漢|かん} {漢\|かん}", "{漢|かん} {漢|かん}"),
        ("`H~2~O` ``x^2^``", "<code>H~2~O</code> <code>x^2^</code>"),
        ("```\n{漢|かん} ++word++\n```", '<pre class="hl"><code>{漢|かん} ++word++\n</code></pre>'),
        ("```python\nx~2~\n```", '<pre class="hl"><code><span class="n">x</span><span class="o">~</span><span class="mi">2</span><span class="o">~</span>\n</code></pre>'),
        (r"$x^2^$ $\ce{H~2~O}$ $$x^2^$$", r"\(x^2^\) \(\ce{H~2~O}\) \[x^2^\]"),
        ("<b title='x^2^'>", "&lt;b title='x^2^'&gt;"),
        ("<https://a.b/c^2^>", '<a href="https://a.b/c^2^">https://a.b/c^2^</a>'),
        ("![x^2^ {漢|かん}](a~1~b.png)", '<img src="a~1~b.png" alt="x^2^ {漢|かん}">'),
        ("[H~2~O]\n\n[H~2~O]: https://a.b", '<a href="https://a.b">H<sub>2</sub>O</a>'),
    ],
)  # fmt: skip
def test_code_formulas_addresses_and_escaped_signs_are_as_typed(text: str, html: str) -> None:
    assert _html(text) == html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("{{c1::H~2~O}}", "{{c1::H<sub>2</sub>O}}"),
        ("H{{c1::~2~}}O is x{{c2::^2^}}", "H{{c1::<sub>2</sub>}}O is x{{c2::<sup>2</sup>}}"),
        ("{{c1::H}}~2~{{c2::O}}", "{{c1::H}}<sub>2</sub>{{c2::O}}"),
        ("{{c1::{東京|とうきょう}}}は", f"{{{{c1::{TOKYO}}}}}は"),
        ("{{c1::**{東京|とうきょう}**::a ++big++ x^2^}}", f"{{{{c1::<strong>{TOKYO}</strong>::a <u>big</u> x<sup>2</sup>}}}}"),
        ("H~{{c1::2}}~O, x^{{c2::2}}^", "H~{{c1::2}}~O, x^{{c2::2}}^"),
        ("{{c1::H~2}}~O", "{{c1::H~2}}~O"),
        ("{{{c1::漢}}|かん}", "{<!-- -->{{c1::漢}}|かん}"),
        ("++{{c1::word}}++", "++{{c1::word}}++"),
    ],
)  # fmt: skip
def test_deletions_hide_whole_notations_and_none_crosses_their_borders(text: str, html: str) -> None:
    deletions, faults = cloze.scan(text)
    stored = cloze.finish(_html(cloze.mark(text, deletions)))
    assert not faults
    assert stored == html
    assert cloze.is_whole(stored, len(deletions))
    # The checks read what is shown, marks of deletions or not.
    hidden = notations.hide(cloze.mark(text, deletions))
    assert bool(re.search("[\x01\x19\x1a\x07]", hidden)) == (notations.hide(text) is not text)


def test_checks_read_the_word_and_not_its_reading() -> None:
    text = "{東京|とうきょう}でH~2~Oと++whole++"
    assert as_read(text).replace(COVER, "") == "東京でH2Oとwhole"
    assert as_read(text).index("東京") == text.index("東京")
    assert markdown.plain(_html(text)) == "東京でH2Oとwhole"


PIECES = st.sampled_from(
    ["~", "^", "+", "++", "{", "|", "}", "~2~", "^2^", "^2-^", "x", "H", "O", "5", "ab", "東", "京", "きょう", "jīng", "{東|", "|きょう}", "{東|きょう}", "++ab++", "{{c1::", "}}", "::",
     " ", "\n", "\n\n", "*", "**", "_", "`", "```", "$", "\\", "[", "](", ")", "(", "<", ">", "]:", "https://a.b/", "|-|", "- ", "> ", "-", "="]
)  # fmt: skip
TEXTS = st.lists(PIECES | st.text(max_size=3), max_size=16).map("".join)
TEXTS = TEXTS.map(lambda text: re.sub("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]", "", text))


@given(TEXTS)
def test_what_was_hidden_comes_back(text: str) -> None:
    hidden = notations.hide(text)
    assert notations.typed(hidden) == text
    assert len(notations.read(hidden)) == len(as_read(text)) == len(text)
    html = _html(text)
    assert not re.search("[\x00-\x08\x0b-\x1f]", html)
    assert cloze.is_whole(re.sub(r"\{\{c|::|\}\}|\\", "", html), 0)


@given(TEXTS)
@example("]{")
def test_a_word_without_a_pair_of_these_signs_stays_as_it_is(text: str) -> None:
    pairs = [
        run for run in text.split()
        if run.count("~") > 1 or run.count("^") > 1 or run.count("++") > 1 or ("{" in run and "|" in run)
    ]  # fmt: skip
    if not pairs:
        assert notations.hide(text) is text


def test_anki_finds_the_word_shows_its_reading_and_asks_for_the_word(
    project: Project, learner: Learner
) -> None:
    """Anki searches fields as they are stored; what is to be typed has no reading."""
    project.deck(
        cards="cards:\n"
        '  - {id: tokyo, q: "Which city was called Edo, the source of H~2~O?", a: "{東京|とうきょう}", typed: true}\n'
        '  - {id: water, cloze: "x{{c1::^2^}} and {{c2::{水|みず}}}"}\n'
    ).build()
    learner.import_package(project.package())
    for found in ("東京", "とうきょう", "H<sub>2</sub>O"):
        assert len(learner.col.find_notes(f'"{found}"')) == 1, found
    (tokyo,) = learner.cards("tokyo")
    assert tokyo.note()["Typed"] == "東京"
    assert TOKYO in tokyo.answer()
    first, second = learner.cards("water")
    assert "x<span" in first.question()
    assert "<ruby>水<rt>みず</rt></ruby>" in second.answer()


def test_only_note_types_that_show_notations_have_their_look(project: Project) -> None:
    """A deck that has none keeps the look that learners have, and may have changed."""
    project.deck().build()
    project.edit("Recall from", "Recall^1^ from")
    plan = project.run("plan").stdout
    assert "memory questions (note type: new look)" in plan
    assert "memory cloze (note type" not in plan
    project.edit("Recall^1^ from", "++Recall++ from")
    assert "new look" not in project.run("plan").stdout


def test_scripts_and_readings_make_no_line_higher(
    project: Project, learner: Learner, chromium: Browser
) -> None:
    lines = "plain\\n\\nH~2~O^3^\\n\\n東京\\n\\n{東京|とうきょう}は{水|みず}"
    project.deck(cards=f'cards:\n  - {{id: one, q: "Which lines?", a: "{lines}", note: "{lines}"}}\n').build()
    learner.import_package(project.package())
    (card,) = learner.cards("one")
    page = chromium.new_page(viewport={"width": 800, "height": 800})
    page.set_content(f'<body class="card">{card.answer()}</body>')
    for part in ("answer", "note"):
        plain, scripts, han, readings = page.locator(f".dg-{part} p").evaluate_all(
            "lines => lines.map(one => one.getClientRects()[0].height)"
        )
        assert (scripts, readings) == (plain, han)
    page.close()


DECK_ZH = 'deck: memory\ntitle: {zh: "记忆", en: "Memory"}\nlanguages: [zh, en]\n'
CARDS_ZH = """cards:
  - id: capital
    zh: {q: "哪座城市是{中国|Zhōngguó}的{首都|shǒudū}？", a: "{北京|Běijīng}，在{河北|Héběi}旁边。"}
    en: {q: "Which city is the capital of China, beside Hebei?", a: "++Beijing++."}
  - id: water
    zh: {cloze: "{水|shuǐ}的分子式是{{c1::H~2~O}}，由{氢|qīng}和{氧|yǎng}组成。"}
    en: {cloze: "The formula of water is {{c1::H~2~O}}: it has ++hydrogen++ and ++oxygen++ in it."}
"""


def test_checks_find_what_they_find_without_readings_and_scripts(project: Project) -> None:
    project.deck(DECK_ZH, CARDS_ZH)
    found = [line.split(" ")[1] for line in project.run("check").stdout.splitlines() if ".yaml:" in line]
    bare = re.sub(r"\{([^{}|]+)\|[^{}]+\}", r"\1", CARDS_ZH).replace("~", "").replace("++", "")
    project.deck(DECK_ZH, bare)
    assert found == [
        line.split(" ")[1] for line in project.run("check").stdout.splitlines() if ".yaml:" in line
    ]


def test_preview_and_editor_show_what_is_stored(
    project: Project, learner: Learner, chromium: Browser
) -> None:
    """Anki's editor keeps what a browser makes of a field, and an edit of another one leaves it alone."""
    project.deck(DECK_ZH, CARDS_ZH).build()
    learner.import_package(project.root / "output/memory.zh.apkg")
    (card,) = learner.cards("capital")
    note = card.note()
    stored = note["Question"]
    assert "<ruby>中国<rt>Zhōngguó</rt></ruby>的" in stored
    page = chromium.new_page()
    kept = page.evaluate(
        "html => { const one = document.createElement('div'); one.innerHTML = html; return one.innerHTML }",
        stored,
    )
    page.close()
    assert kept == stored
    note["Note"] = "mine"
    learner.col.update_note(note)
    learner.is_sound()
    assert learner.col.get_note(note.id)["Question"] == stored
    assert project.run("preview").exit_code == 0
    pages = sorted((project.root / "output").glob("*zh*.html"))
    reader = Reader.of(chromium, f"{pages[0].as_uri()}#capital")
    assert reader.inside("ruby") == "<ruby>中国<rt>Zhōngguó</rt></ruby>"
    assert reader.complaints == []
