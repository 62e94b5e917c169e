"""Matches outside the running text: in lines such as "Also read: …", credits, bylines and navigation."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tuireader.model.articles import Evidence

ASIDES = ("see also", "credit", "byline", "navigation")
"""Lines outside the running text; where a hit was, instead of a field."""


def is_aside(evidence: Evidence) -> bool:
    """Return whether all terms of a match are outside the running text."""
    return bool(evidence.hits) and all(hit.field in ASIDES for hit in evidence.hits)


def rank(evidence: Evidence) -> tuple[bool, bool, bool]:
    """Sort key, higher is better: has a sentence, still matches, is in the running text."""
    return bool(evidence.sentence), not evidence.former, not is_aside(evidence)
