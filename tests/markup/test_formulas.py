"""What a formula may say, against the MathJax that Anki carries; and no text that becomes one on the way."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product

import pytest
from playwright.sync_api import Browser

from deckgen.markup import cloze, tex
from deckgen.markup.formulas import formulas
from deckgen.notes import note_types as notetypes
from tests.conftest import Project
from tests.markup.mathjax import MathJax, mathjax
from tests.real_anki import Learner


@pytest.fixture(scope="module")
def window(chromium: Browser) -> Iterator[MathJax]:
    with mathjax(chromium) as opened:
        yield opened


#: What teachers write, https://en.wikibooks.org/wiki/LaTeX/Mathematics and mhchem's manual.
ORDINARY = [
    r"x^2 + y_1 = \frac{a}{b} \cdot \sqrt[3]{2}",
    r"\sum_{i=1}^{n} \int_0^\infty \prod \lim_{x \to 0} \sin x \, \mathrm{d}x",
    r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix} \vec{v} = \begin{bmatrix}a\\b\end{bmatrix}",
    r"\begin{aligned} a &= b \\ &\le c \end{aligned}",
    r"f(x) = \begin{cases} 1 & \text{if } x > 0 \\ 0 & \text{otherwise} \end{cases}",
    r"\begin{array}{c|c} p & q \\ \hline 1 & 0 \end{array}",
    r"\left\{ \tfrac12 \,\middle|\, x \in \mathbb{R} \right\} \subseteq \varnothing \iff \neg \forall \exists",
    r"\alpha \beta \Gamma \varepsilon \hbar \nabla \partial \aleph \infty \pm \times \div \approx \neq \leq",
    r"\overline{AB} \parallel \widehat{CD}, \angle ABC = 90^\circ, \overset{!}{=} \underbrace{a+b}_{n}",
    r"\binom{n}{k} \pmod{5} \gcd(a,b) \lfloor x \rfloor \lceil y \rceil \lVert v \rVert \operatorname{rank} A",
    r"\ce{2H2 + O2 -> 2H2O} \quad \ce{SO4^2-} \ce{A <=>[k_1][k_2] B} \ce{^{227}_{90}Th+} \ce{A\bond{~}B}",
    r"\pu{123 kJ mol-1}",
    r"\color{red}{x} \textcolor{blue}{y} \colorbox{yellow}{z} \cancel{a} \boxed{b} \enclose{circle}{c}",
    r"\bra{\psi} H \ket{\phi} \xrightarrow[T]{\Delta} \stackrel{?}{\to} \dots \tag{1}",
    r"\text{50\% of \$5 \& more} \{a\_b\} \# \\ \TeX \; \! \: \quad 100\,\mathrm{km}\ ",
]

#: Each does in MathJax what it may not do in a card. Of those that define, the second part is another card's.
ACTING = {
    "href": r"\href{javascript:alert(1)}{x}",
    "ref": r"\ref{x}",
    "eqref": r"\eqref{x}",
    "refeq": r"\refeq{x}",
    "style": r"\style{background-image:url(http://host.invalid/style)}{y}",
    "class": r"\class{a}{b}",
    "cssId": r"\cssId{qa}{b}",
    "bbox": r"\bbox[background:url(http://host.invalid/bbox)]{x}",
    "fcolorbox": r"\fcolorbox{red;background:url(http://host.invalid/fcolorbox)}{y}{x}",
    "unicode": r"\unicode[a;background:url(http://host.invalid/unicode)]{65}",
    "mmlToken": r"\mmlToken{mi}[href=javascript:alert(1)]{a}",
    "toggle": r"\toggle{a}{b}\endtoggle",
    "mathtip": r"\mathtip{a}{b}",
    "texttip": r"\texttip{a}{b}",
    "verb": r"\verb\a\\href{javascript:alert(1)}{b}",
}
ASKING = {"style", "bbox", "fcolorbox", "unicode"}
DEFINING = {
    "def": (r"\def\aa{x}", r"\aa"),
    "let": (r"\let\ab=\alpha", r"\ab"),
    "newcommand": (r"\newcommand{\ac}{x}", r"\ac"),
    "renewcommand": (r"\renewcommand{\alpha}{\href{javascript:alert(1)}{x}}", r"\alpha"),
    "newenvironment": (r"\newenvironment{ad}{x}{y}", r"\begin{ad}\end{ad}"),
    "renewenvironment": (r"\renewenvironment{CD}{x}{y}", r"\begin{CD}\end{CD}"),
    "DeclareMathOperator": (r"\DeclareMathOperator{\ae}{x}", r"\ae"),
    "DeclarePairedDelimiter": (r"\DeclarePairedDelimiter\af{(}{)}", r"\af{x}"),
    "DeclarePairedDelimiters": (r"\DeclarePairedDelimiters\ag{(}{)}", r"\ag{x}"),
    "DeclarePairedDelimiterX": (r"\DeclarePairedDelimiterX\ah[1]{(}{)}{#1}", r"\ah{x}"),
    "DeclarePairedDelimitersX": (r"\DeclarePairedDelimitersX\ai[1]{(}{)}{#1}", r"\ai{x}"),
    "DeclarePairedDelimiterXPP": (r"\DeclarePairedDelimiterXPP\aj[1]{a}{(}{)}{b}{#1}", r"\aj{x}"),
    "DeclarePairedDelimitersXPP": (r"\DeclarePairedDelimitersXPP\ak[1]{a}{(}{)}{b}{#1}", r"\ak{x}"),
    "Newextarrow": (r"\Newextarrow{\al}{5,10}{0x21C0}", r"\al{x}"),
    "definecolor": (r"\definecolor{am}{RGB}{1,2,3}", r"\textcolor{am}{x}"),
    "mathtoolsset": (r"\mathtoolsset{smallmatrix-align=r}", r"\begin{smallmatrix*}1\\22\end{smallmatrix*}"),
    "newtagform": (r"\newtagform{an}{[}{]}", r"\usetagform{an}"),
    "renewtagform": (r"\newtagform{ao}{[}{]}\renewtagform{ao}{(}{)}", r"\usetagform{ao}"),
    "require": (r"\require{physics}", r"\dv{x}"),
}


def test_every_command_of_mathjax_is_allowed_or_refused(window: MathJax) -> None:
    commands, environments = tex.allowed()
    named = window.names()
    # The two of mhchem are known within \ce only; blanks are those that stand in no list.
    assert commands - {"bond", "ca", "", "\n"} == (named["command"] | named["symbol"]) - set(tex.REFUSED)
    assert environments == named["environment"]
    assert set(tex.REFUSED) <= named["command"]
    assert {*ACTING, *DEFINING, "label", "usetagform"} == set(tex.REFUSED)


def test_no_refused_command_begins_an_allowed_one() -> None:
    """Guard counts on it: a deletion that hides the end of a command leaves none that acts."""
    commands, _ = tex.allowed()
    assert [name for name in commands for one in tex.REFUSED if name.startswith(one)] == []


@pytest.mark.parametrize("formula", ORDINARY)
def test_ordinary_formula_is_allowed_and_set(window: MathJax, formula: str) -> None:
    assert list(tex.faults(formula)) == []
    assert window.show_all([formula]) == {"set": 1, "acts": [], "failed": []}


def test_allowed_command_does_nothing_whatever_its_arguments_are(window: MathJax) -> None:
    url, css, link = (
        "url(http://host.invalid/x)",
        "red;background:url(http://host.invalid/y)",
        "href=javascript:x",
    )
    shapes = [
        f"{{{url}}}" * 4,
        f"{{{css}}}" * 4,
        f"[{link}]" + f"{{{css}}}" * 3,
        f"{{x}}[{css}]{{{url}}}[{link}]",
    ]
    window.requests.clear()
    commands, environments = tex.allowed()
    named = window.names()
    called = [f"\\{name}" for name in sorted(commands - named["symbol"])]
    begun = [f"\\begin{{{name}}}%s\\end{{{name}}}" for name in sorted(environments)]
    tried = [name + shape for name, shape in product(called, shapes)]
    tried += [name % shape for name, shape in product(begun, shapes)]
    for first in range(0, len(tried), 200):
        assert window.show_all(tried[first : first + 200])["acts"] == []
    assert window.requests == []
    assert window.names() == named


@pytest.mark.parametrize("name", ACTING)
def test_command_that_acts_is_refused(project: Project, window: MathJax, name: str) -> None:
    """That it acts is seen in MathJax itself: so the tests before would see it too."""
    window.requests.clear()
    assert window.show_all([ACTING[name]])["acts"] != []
    if name in ASKING:
        window.page.wait_for_function(
            "performance.getEntriesByType('resource').some(one => one.name.includes('host.invalid'))"
        )
        assert window.requests != []
    assert name in [fault.command for fault in tex.faults(ACTING[name])]
    assert formulas([f"\\({ACTING[name]}\\)"]) == {}, "nor is it in a preview"
    project.deck(cards=f"cards:\n  - id: one\n    q: {json.dumps(f'What is ${ACTING[name]}$?')}\n    a: x\n")
    assert "K14" in project.codes()


@pytest.mark.parametrize("name", DEFINING)
def test_command_that_outlives_its_card_is_refused(chromium: Browser, name: str) -> None:
    defined, used = DEFINING[name]
    assert name in [fault.command for fault in tex.faults(defined)]
    with mathjax(chromium) as fresh:
        before = fresh.mathml(used)
        fresh.mathml(defined)
        # Another card is not what it was before.
        assert fresh.mathml(used) != before


def test_label_fails_when_its_card_is_shown_again(window: MathJax) -> None:
    assert window.show_all([r"\label{again}"])["failed"] == []
    assert window.show_all([r"\label{again}"])["failed"] != []


# -- from a text to a card ----------------------------------------------------------------------

LINK = r"\href{javascript:alert(1)}{x}"
#: Texts that try to get at Anki's MathJax, LaTeX, sounds, speech or boxes, and the code of what refuses them; without
#: one they are built, and nothing acts.
TEXTS = {
    "code": ("$" + LINK + "$", "K14"),
    "code span": (f"`\\({LINK}\\)`", ""),
    "block of code": (f"```\n\\({LINK}\\)\n```", ""),
    "coloured code": (f"```python\nx = '\\({LINK}\\)'\n```", ""),
    "escaped backslash": (f"\\\\({LINK}\\\\)", ""),
    "escaped both": (f"\\\\\\({LINK}\\\\\\)", ""),
    "entities": (f"&#92;({LINK}&#92;)", ""),
    "named entities": (f"&bsol;&lpar;{LINK}&bsol;&rpar;", ""),
    "display": (f"\\\\[{LINK}\\\\]", ""),
    "two elements": (f"\\\\*(*{LINK}\\\\*)*", ""),
    "raw HTML": (f"<b>\\\\({LINK}\\\\)</b> <script type='math/tex'>{LINK}</script>", ""),
    "comment of HTML": (f"\\\\<!-- -->({LINK}\\\\<!-- -->)", ""),
    "over two lines": (f"\\\\\n({LINK}\\\\\n)", ""),
    "broken line": (f"\\\\\\\n({LINK}\\\\\\\n)", ""),
    "table": (f"| a | b |\n|---|---|\n| \\\\({LINK} | {LINK}\\\\) |", ""),
    "formula that ends early": (f"$a \\) {LINK} \\( b$", "K14"),
    "text between two formulas in one": (r"$a \) \alpha \( b$", "K20"),
    "text in a formula": (rf"$\text{{a \({LINK}\)}}$", "K14"),
    "chemistry": (rf"$\ce{{A ->[{LINK}] B}}$", "K14"),
    "verbatim": (r"$\verb\a\\href{javascript:alert(1)}{x}$", "K14"),
    "after a comment of TeX": (f"$a %\n{LINK}$", "K14"),
    "in another letter case": (r"$\HREF{javascript:alert(1)}{x}$", "K20"),
    "in a quotation": (f"> $a\n> {LINK}$", "K14"),
    "in a heading and a list": (f"# $a$\n\n- ${LINK}$", "K14"),
    "in what describes a picture": (f"![$ {LINK} $ \\\\(](https://host.invalid/a.png)", "G01"),
    "address": (f"<https://a.org/\\({LINK}\\)>", ""),
    "LaTeX": ("[latex]\\input{x}[/latex] [$]x[/$] [$$]x[/$$]", "K21"),
    "LaTeX behind entities": ("&#91;latex]x&#91;/latex] [la&#116;ex]x[/latex]", ""),
    "LaTeX behind backslashes": ("\\[$]x\\[/$]", "K20"),
    "LaTeX in a formula": ("$[latex]x[/latex]$", "K21"),
    "sound and speech": ("[sound:x.mp3] \\[sound:x.mp3] $[sound:x.mp3]$ [anki:play:q:0]", "K21"),
    "speech": ("[anki:tts lang=en_US]x[/anki:tts]", "K21"),
    "box": ("[[type:Answer]] \\[[type:Answer]] \\[\\[type:Answer\\]\\]", "K21"),
    "field": ("{{Id}} {{FrontSide}} {{type:Answer}} {{tts en_US:Id}} {{cloze:Id}}", ""),
}  # fmt: skip
CLOZES = {
    "mark in a formula": (r"$\{{c1::href{javascript:alert(1)}{x} }}$", "C01"),
    "command in two pieces": (r"$\hr{{c1::e}}f{javascript:alert(1)}{x}$ {{c2::y}}", "K20"),
    "command in two known pieces": (r"$\nu{{c1::m}}$ {{c2::y}}", "K21"),
    "command out of deletions": (r"$\alpha{{c1::beta}}$ {{c2::y}}", "K21"),
    "allowed command in pieces": (r"$\l{{c1::e}}$ {{c2::y}}", "K20"),
    "hint that is LaTeX": (r"{{c1::x::latex}} \input{x} {{c1::y::/latex}} {{c2::z}}", ""),
    "hint that is a formula of Anki": (
        r"{{c1::x::$}} \input{x} {{c1::y::/$}} {{c1::a::$$}} b {{c1::c::/$$}}",
        "",
    ),
    "hint that sounds": ("{{c1::x::sound:a.mp3}} {{c1::y::SOUND:a.mp3}}", ""),
    "hint that speaks": ("{{c1::x::anki:tts lang=en_US}} foo {{c1::y::/anki:tts}}", ""),
    "hint that asks": ("{{c1::x::[type:Text]}}", ""),
    "hint that begins a formula": (rf"{{{{c1::x::\\(}}}} {LINK} {{{{c1::y::\\)}}}}", ""),
    "hint in a formula": ("$a {{c1::x::latex}} b {{c1::y::/latex}}$", "K21"),
    "box in a formula": ("$[{{c1::a::type:Text}}] b$", "K21"),
    "LaTeX in a formula": (r"$a [{{c1::latex}}] \frac12 [{{c2::/latex}}]$ {{c3::x}}", "K21"),
    "sound in a formula": ("$a [{{c1::sound:}}x.mp3] b$ {{c2::x}}", "K21"),
    "sound without a formula": ("[{{c1::sound:}}x.mp3] {{c2::[sound:}}x.mp3]", ""),
    "brace of one formula for another": (
        rf"$a {{{{c1::{{}}}} b {{{{c2::x}} }}}}$ then {LINK} }} then $y$",
        "K21",
    ),
    "backslash at the end of a deletion": (r"$a {{c1::b\}}{c}$ {{c2::d}}", "K21"),
    "backslash at the end of a text": (r"{{c1::a\::hint}} or {{c2::b\}}", ""),
    "ends of formulas": (rf"$a \) {{{{c1::\(}}}} {{{{c2::\)}}}} {LINK}$", "K14"),
    "ends of formulas around text": (r"$a \) {{c1::\( b}} c {{c2::\) d}}$", "K20"),
    "addresses around an element": (r"<https://a.org/\(x> **b** <https://a.org/\)x> {{c1::y}}", ""),
    "picture's words around an element": (
        r"[a](<https://a.org/\\(>) **b** [a](<https://a.org/\\)>) {{c1::y}}",
        "",
    ),
}


def _tried(project: Project, learner: Learner, window: MathJax, card: str, code: str) -> None:
    project.deck(cards=f"cards:\n  - {{id: one, {card}}}\n")
    if code:
        assert code in project.codes(), project.told()
    outcome = project.run("build", "--no-lint")
    if outcome.exit_code:
        assert code, outcome.stderr
        assert not project.package().exists()
        return
    learner.import_package(project.package())
    window.requests.clear()
    for one in learner.cards("one"):
        shown = one.render_output()
        assert [*shown.question_av_tags, *shown.answer_av_tags] == []
        for html in (shown.question_text, shown.answer_text):
            assert "LaTeX" not in html
            assert "class=latex" not in html
            assert "[[type:" not in html.replace("<span></span>", "|")
            assert window.show(html)["acts"] == []
            assert window.page.locator("#qa a:not([href^=https])").count() == 0
    assert window.requests == []


@pytest.mark.parametrize("name", TEXTS)
def test_text_does_not_reach_what_anki_acts_on(
    project: Project, learner: Learner, window: MathJax, name: str
) -> None:
    text, code = TEXTS[name]
    _tried(project, learner, window, f"q: {json.dumps(f'{text} ?')}, a: x", code)


@pytest.mark.parametrize("name", CLOZES)
def test_cloze_does_not_reach_what_anki_acts_on(
    project: Project, learner: Learner, window: MathJax, name: str
) -> None:
    text, code = CLOZES[name]
    _tried(
        project, learner, window, f"cloze: {json.dumps(text)}, note: {json.dumps(TEXTS['entities'][0])}", code
    )


# -- the last look ------------------------------------------------------------------------------

#: What no text becomes, so that only a fault of the renderer could bring it into a field.
ACTS = [
    "<script>x</script>", "<img src=x onerror=x>", '<img src="https://host.invalid/x.png" alt="">', '<img src="x.png" alt="">',
    '<a href="javascript:x">', '<a href="https://a.org" onclick="x">', '<p style="background:url(//host.invalid)">', "<style>",
    '<span class="a" onmouseover="x">', "<svg/onload=x>", "<iframe>", "<!-- x --><b>", "< p>", r"\(\href{x}{y}\)", r"\[ {\)} \style{x}{y}\]",
    r"\(a<br>\def\b{}\)", r"\(\hr<!-- -->ef{x}{y}\)", r"\(&#92;href{x}{y}\)", "[sound:x.mp3]", "[anki:tts lang=en]", "[latex]x[/latex]", "[$]x[/$]",
    "[[type:Id]]",
]  # fmt: skip


@pytest.mark.parametrize("harm", ACTS)
def test_nothing_that_acts_is_shipped_whichever_way_it_came(
    project: Project, monkeypatch: pytest.MonkeyPatch, harm: str
) -> None:
    told = "would do more in Anki than show a text"
    project.deck(cards="cards:\n  - {id: one, q: 'Why?', a: 'Because'}\n  - {id: two, cloze: '{{c1::x}}'}\n")
    with monkeypatch.context() as patched:
        patched.setattr("deckgen.notes.render._composed", lambda html, *_: html and html + harm)
        found = project.findings()
        assert {(one["code"], one["line"], one["card"]) for one in found} == {
            ("K21", 2, "one"),
            ("K21", 3, "two"),
        }
        assert all(told in one["message"] for one in found)
        assert project.run("build", "--no-lint").exit_code == 1
        assert not project.package().exists()
    with monkeypatch.context() as patched:
        patched.setattr("deckgen.notes.note_types._source_line", lambda *_: harm)
        project.edit('title: "Memory"', 'title: "Memory"\nsource: {title: X}', "memory/deck.yaml")
        found = project.findings()
        assert {(one["code"], one["path"][-9:]) for one in found} == {("K21", "deck.yaml")}
        assert all("the note type" in one["message"] for one in found)
    project.build()


@pytest.mark.parametrize(
    "css",
    ["@import 'x';", "a {background: url(https://host.invalid/x)}", "</style><script>", "a {b: URL( 'x')}"],
)
def test_style_sheet_that_fetches_is_not_shipped(
    project: Project, monkeypatch: pytest.MonkeyPatch, css: str
) -> None:
    original = notetypes._file
    monkeypatch.setattr(
        notetypes, "_file", lambda name: original(name) + (css if name.endswith(".css") else "")
    )
    assert set(project.deck().codes()) == {"K21"}


@pytest.mark.parametrize(
    "replaced", ["{{FrontSide}}", "{{tts en_US:Question}}", "{{Unknown}}", "{{Question", "{{!x}}"]
)
def test_template_fills_in_fields_and_nothing_else(
    project: Project, monkeypatch: pytest.MonkeyPatch, replaced: str
) -> None:
    original = notetypes._file
    monkeypatch.setattr(
        notetypes, "_file", lambda name: original(name) + (replaced if name == "card.back.html" else "")
    )
    assert project.deck().codes() == ["K21"]


def test_deletion_that_no_card_asks_for_is_not_shipped(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.deck(cards="cards:\n  - {id: two, cloze: '{{c1::x}}', note: N}\n")
    monkeypatch.setattr(
        "deckgen.notes.render._composed", lambda html: "{\x022:y}\x03" if html == "N" else html
    )
    assert project.codes() == ["K21"]


@pytest.mark.parametrize("mark", ["{{c1,2::y}}", "{{c1,1::y}}", "{{c,1::y}}"])
def test_deletion_of_several_cards_is_not_shipped(
    project: Project, monkeypatch: pytest.MonkeyPatch, mark: str
) -> None:
    """Anki 26 makes a card of each of its numbers; nothing that an author can type becomes one."""
    project.deck(cards=f"cards:\n  - {{id: two, cloze: '{{{{c1::x}}}} {mark}', note: N}}\n")
    assert "K21" not in project.codes()
    project.deck(cards="cards:\n  - {id: two, cloze: '{{c1::x}}', note: N}\n")
    finish = cloze.finish
    monkeypatch.setattr("deckgen.markup.cloze.finish", lambda html: mark if html == "N" else finish(html))
    assert project.codes() == ["K21"]
