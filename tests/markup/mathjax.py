"""The MathJax that Anki shows formulas with, in a real browser.

Anki carries MathJax 3.2.2 as `tex-chtml-full.js` (qt/aqt/data/web/js/vendor) and sets it up in ts/mathjax/index.ts;
the package django-static-mathjax brings the same release, and needs no Django.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Route

#: Nobody answers there; what a card asks for is noted and goes no further.
HOME = "http://card.invalid/"
_PAGE = f"""<!doctype html><meta charset="utf-8"><div id="qa"></div><script>
window.MathJax = {{
  tex: {{
    displayMath: [["\\\\[", "\\\\]"]], processEscapes: false, processEnvironments: false, processRefs: false,
    packages: {{"[+]": ["noerrors", "mathtools"], "[-]": ["textmacros"]}},
  }},
  loader: {{load: ["[tex]/noerrors", "[tex]/mathtools"], paths: {{mathjax: "{HOME}mathjax"}}}},
  startup: {{typeset: false}},
}};
</script><script src="{HOME}mathjax/tex-chtml-full.js"></script>"""

# As in Anki's ts/reviewer/index.ts: the side is put in place, and its formulas are set. What is looked at are the
# elements that MathJax made, among them MathML for screen readers.
_SHOW = """async html => {
  const side = document.getElementById("qa");
  side.innerHTML = html;
  MathJax.typesetClear();
  await MathJax.typesetPromise([side]);
  const said = {set: 0, acts: [], failed: []};
  for (const one of side.querySelectorAll("mjx-container")) {
    said.set += 1;
    const tex = MathJax.startup.document.getMathItemsWithin(one)[0]?.math ?? "";
    for (const part of one.querySelectorAll("mjx-merror, mtext[mathcolor=red]")) said.failed.push([tex, part.textContent]);
    for (const part of one.querySelectorAll("*")) {
      if (/^(a|script|img|image|iframe|style|link|svg|object|form|maction)$/i.test(part.localName)) {
        said.acts.push([tex, part.outerHTML.slice(0, 200)]);
      }
      for (const {name, value} of part.attributes) {
        const acts = name === "style" ? /url|image|expression|fixed/i.test(value)
          : name === "class" ? !/^((mjx|TEX|MJX)-?\\S*|MathJax|MathML-Unit|\\s)*$/.test(value)
          : name === "id" ? true
          : /^(on|href|xlink|src|action)/i.test(name);
        if (acts) said.acts.push([tex, `${part.localName} ${name}=${value}`]);
      }
    }
  }
  await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
  return said;
}"""

# Every name that the parser knows, by what it is the name of. A symbol takes no arguments.
_NAMES = """() => {
  const handlers = MathJax.startup.document.inputJax[0].parseOptions.handlers;
  const named = {command: [], symbol: [], environment: []};
  for (const kind of ["macro", "delimiter", "environment"]) {
    for (const {item} of handlers.get(kind)._configuration) {
      // A table of delimiters has those that are characters, and those that are commands with their backslash.
      const delimiters = kind === "delimiter" || [...(item.map?.keys() ?? [])].some(one => one.length > 1 && one[0] === "\\\\");
      for (const [name, value] of item.map ?? []) {
        if (kind === "environment") named.environment.push(name);
        else if (!delimiters) named[value.char === undefined ? "command" : "symbol"].push(name);
        else if (name.length > 1) named.symbol.push(name.slice(1));
      }
    }
  }
  return named;
}"""


@dataclass
class MathJax:
    """A card window. `requests` are what its sides asked of a network."""

    page: Page
    requests: list[str]

    def show(self, html: str) -> dict[str, Any]:
        """What MathJax makes of a side: how many formulas were set, and what in which of them acts, or failed."""
        said: dict[str, Any] = self.page.evaluate(_SHOW, html)
        return said

    def show_all(self, formulas: Iterable[str]) -> dict[str, Any]:
        """The same for formulas, each in a paragraph of its own."""
        return self.show("".join(f"<p>\\({escape(formula)}\\)</p>" for formula in formulas))

    def mathml(self, formula: str) -> str:
        """What becomes of a formula on a card of its own, as MathML."""
        self.show(f"\\[{escape(formula)}\\]")
        return "".join(self.page.locator("math").evaluate_all("found => found.map(one => one.outerHTML)"))

    def names(self) -> dict[str, set[str]]:
        """The names of all commands, symbols and environments."""
        return {kind: set(names) for kind, names in self.page.evaluate(_NAMES).items()}


def _folder() -> Path:
    found = find_spec("mathjax")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent / "static/mathjax/es5"


@contextmanager
def mathjax(browser: Browser) -> Iterator[MathJax]:
    """A window that has loaded MathJax as Anki does."""
    page = browser.new_context().new_page()
    shown = MathJax(page, [])

    def answer(route: Route) -> None:
        url = route.request.url
        if url == HOME:
            route.fulfill(body=_PAGE, content_type="text/html")
        elif url.startswith(f"{HOME}mathjax/"):
            route.fulfill(path=_folder() / url.removeprefix(f"{HOME}mathjax/"))
        else:
            shown.requests.append(url)
            route.abort()

    page.route("**/*", answer)
    page.goto(HOME)
    page.evaluate("MathJax.startup.promise")
    yield shown
    page.context.close()
