"""What a formula may say, against the MathJax that Anki carries; and no text that becomes one on the way."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product

import pytest
from playwright.sync_api import Browser

from deckgen.markup import tex
from deckgen.markup.formulas import formulas
from tests.conftest import Project
from tests.mathjax import MathJax, mathjax
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
    "mathtoolsset": (r"\mathtoolsset{smallmatrix-align=r}", ""),
    "newtagform": (r"\newtagform{an}{[}{]}", ""),
    "renewtagform": (r"\renewtagform{an}{[}{]}", ""),
    "usetagform": (r"\usetagform{an}", ""),
    "require": (r"\require{physics}", r"\dv{x}"),
}


def test_every_command_of_mathjax_is_allowed_or_refused(window: MathJax) -> None:
    commands, environments = tex.allowed()
    named = window.names()
    # The two of mhchem are known within \ce only; blanks are those that stand in no list.
    assert commands - {"bond", "ca", "", "\n"} == (named["command"] | named["symbol"]) - set(tex.REFUSED)
    assert environments == named["environment"]
    assert set(tex.REFUSED) <= named["command"]
    assert {*ACTING, *DEFINING, "label"} == set(tex.REFUSED)


def test_no_refused_command_begins_an_allowed_one() -> None:
    """Guard counts on it: a deletion that hides the end of a command leaves none that acts."""
    commands, _ = tex.allowed()
    assert [name for name in commands for one in tex.REFUSED if name.startswith(one)] == []


@pytest.mark.parametrize("formula", ORDINARY)
def test_ordinary_formula_is_allowed_and_set(window: MathJax, formula: str) -> None:
    assert list(tex.faults(formula)) == []
    assert window.show_all([formula]) == {"set": 1, "acts": [], "failed": []}


def test_allowed_command_does_nothing_whatever_its_arguments_are(window: MathJax) -> None:
    harm = (
        "url(http://host.invalid/x)",
        "red;background:url(http://host.invalid/y)",
        "href=javascript:alert(1)",
    )
    shapes = ("{%s}{%s}{%s}{%s}", "[%s]{%s}{%s}{%s}", "{%s}[%s]{%s}[%s]")
    window.requests.clear()
    commands, environments = tex.allowed()
    named = window.names()
    called = [f"\\{name}" for name in sorted(commands - named["symbol"])]
    begun = [f"\\begin{{{name}}}%s\\end{{{name}}}" for name in sorted(environments)]
    tried = [name + shape % ((word,) * 4) for name, shape, word in product(called, shapes, harm)]
    tried += [name % (shape % ((word,) * 4)) for name, shape, word in product(begun, shapes, harm)]
    for first in range(0, len(tried), 500):
        assert window.show_all(tried[first : first + 500])["acts"] == []
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
        before = fresh.show_all([used])
        fresh.show_all([defined])
        # Another card shows the same as before, or it does not.
        assert not used or fresh.page.inner_html("#qa") != "" and before != fresh.show_all([used])


def test_label_fails_when_its_card_is_shown_again(window: MathJax) -> None:
    assert window.show_all([r"\label{again}"])["failed"] == []
    assert window.show_all([r"\label{again}"])["failed"] != []
