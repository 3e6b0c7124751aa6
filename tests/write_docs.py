"""`python -m tests.write_docs` writes docs/checks.md from the pages of the codes."""

from __future__ import annotations

from tests.test_structure import ROOT, checks_document

if __name__ == "__main__":
    (ROOT / "docs/checks.md").write_text(checks_document(), encoding="utf-8", newline="\n")
