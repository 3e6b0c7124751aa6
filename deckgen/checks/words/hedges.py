"""What says that a claim is a guess or qualified, in each language that the rules know."""

from __future__ import annotations

from deckgen.checks.words import chinese, english
from deckgen.checks.words.tongue import Tongue

HEDGES = {Tongue.ENGLISH: english.HEDGE, Tongue.CHINESE: chinese.HEDGE}
