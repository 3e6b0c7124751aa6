"""K20: a command in a formula that Anki's MathJax does not know

Anki shows an unknown command in red, and instead of an unknown environment it shows the bare TeX. Its MathJax 3.2.2 has the
packages base, ams, mathtools, mhchem, color, cancel, braket, bussproofs and some smaller ones, but not physics.
A formula ends at the first `\\)`, so a formula can't contain another.

Bad:   `$\\dv{x}{t}$`, `$\\begin{tikzpicture}\\end{tikzpicture}$`, `$\\text{if \\(x\\)}$`
Good:  `$\\frac{dx}{dt}$`, `$\\begin{pmatrix} a & b \\end{pmatrix}$`, `$\\text{if }x$`

Mend:  correct the command's name, or use commands of plain LaTeX.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from deckgen.checks.proof import Proof
from deckgen.finding import Finding
from deckgen.markup import tex

CODE = "K20"


def check(proof: Proof) -> Iterator[Finding]:
    """Find what is not in the lists of `tex`."""
    for card, lang, text, start, fault in proof.formula_faults:
        if not fault.acts:
            message = f"in a formula, `{fault.shown}` {fault.message}"
            place = text.span(start, start + len(fault.shown))
            yield Finding(place, CODE, message, _hint(fault), card, lang)


def _hint(fault: tex.Fault) -> str:
    if fault.shown[1:] in tuple("()[]"):
        return "write a formula between dollar signs, and not inside another formula"
    commands, environments = tex.allowed()
    name = fault.command
    # A name of the same beginning and about the same length; there are a thousand, and may be as many findings.
    among = [
        one
        for one in (environments if fault.environment else commands)
        if one[:1].lower() == name[:1].lower() and abs(len(one) - len(name)) <= 1 < len(name)
    ]
    near = get_close_matches(name.lower(), [one.lower() for one in among], 1, 0.75)
    found = [one for one in among if one.lower() in near]
    return f"did you mean `{found[0]}`?" if found else "write it with commands of LaTeX's own"
