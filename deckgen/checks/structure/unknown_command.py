"""K20: a command in a formula that Anki's MathJax does not know

Anki shows an unknown command in red, and of an unknown environment the bare TeX. It carries MathJax 3.2.2 with
its packages base, ams, mathtools, mhchem, color, cancel, braket, bussproofs and some smaller ones, but not physics.
A formula ends at the first `\\)`, so that there can't be one in another.

Bad:   `$\\dv{x}{t}$`, `$\\begin{tikzpicture}\\end{tikzpicture}$`, `$\\text{if \\(x\\)}$`
Good:  `$\\frac{dx}{dt}$`, `$\\begin{pmatrix} a & b \\end{pmatrix}$`, `$\\text{if }x$`

Mend:  correct its name, or write it with commands of LaTeX's own.
"""

from __future__ import annotations

from collections.abc import Iterator

from deckgen.checks.proof import Proof
from deckgen.diagnostic import Diagnostic
from deckgen.markup import tex

CODE = "K20"


def check(proof: Proof) -> Iterator[Diagnostic]:
    """Find what is not in the lists of `tex`."""
    for card, lang, place, fault in proof.formula_faults:
        if fault.command not in tex.REFUSED:
            message = f"in a formula, `{fault.shown}` {fault.message}"
            yield Diagnostic(place, CODE, message, _hint(fault), card, lang)


def _hint(fault: tex.Fault) -> str:
    from difflib import get_close_matches

    if fault.shown[1:] in tuple("()[]"):
        return "a formula stands between dollar signs, and in no other formula"
    commands, environments = tex.allowed()
    among = environments if fault.environment else commands
    near = get_close_matches(fault.command[:40], [name for name in among if name.strip()], 1, 0.7)
    return f"did you mean `{near[0]}`?" if near else "write it with commands of LaTeX's own"
