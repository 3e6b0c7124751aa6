"""Findings for readers: `text` for people, `machine` for programs and GitHub, `sarif` for code scanners."""
