"""Words of Chinese that several rules look for, as patterns or parts of patterns."""

from __future__ import annotations

from deckgen.patterns import lazy

#: What says that a claim is a guess or qualified.
HEDGE = lazy(
    r"可能|也许|或许|大概|大约|约|左右|猜|推测|估计|预计|预期|希望|认为|觉得|似乎|看来|不确定|把握|不清楚|尚无定论"
    r"|理论上|多数情况下|一定程度上|某种程度|大部分|大多|往往|通常|未必|不一定|粗略|倾向于"
)
