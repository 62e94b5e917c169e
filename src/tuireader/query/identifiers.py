"""CVE numbers, and the distinct texts that patterns find, counted within limits."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import islice

from tuireader.model import MORE
from tuireader.text import clean

MOST_TEXTS = 20  # distinct texts of a pattern
MOST_IDENTIFIERS = 200  # a monthly bulletin has that many
_LONGEST = 64
_READ = 1_000  # characters of a text that are cleaned, and distinct texts that are looked at
_DASH = "[-\u2010\u2011\u2013]"
_CVE = re.compile(rf"cve(?<![0-9a-z]cve){_DASH}([0-9]{{4}}){_DASH}([0-9]{{4,19}})(?![0-9])")


def cve_numbers(text: str) -> list[str]:
    """Return all CVE numbers in a text, as often as they occur, spelt as `CVE-2026-50110`."""
    return [f"CVE-{year}-{number}" for year, number in _CVE.findall(text.lower())]


def count_texts(texts: Iterable[str], most: int) -> dict[str, int]:
    """Count texts, cleaned and cut, in the order in which they come first."""
    counts: Counter[str] = Counter()
    raw = Counter(texts)
    for text, count in islice(raw.items(), _READ):
        counts[clean(text[:_READ], _LONGEST) or MORE] += count
    counts[MORE] += raw.total() - counts.total()
    return limited(counts, most)


def limited(counts: Mapping[str, int], most: int) -> dict[str, int]:
    """Keep the first texts; `MORE`, the last key, counts the others."""
    kept = dict(islice(((text, count) for text, count in counts.items() if text != MORE), most))
    others = sum(counts.values()) - sum(kept.values())
    return {**kept, MORE: others} if others else kept


def explained(terms: str, counts: Mapping[str, int]) -> str:
    """Write terms with what they found: `/CVE-…/ (CVE-2026-50110 ×3, CVE-2026-50111, 12 more)`."""
    kept = limited(counts, MOST_TEXTS)
    others = kept.pop(MORE, 0)
    texts = [f"{text} ×{count:,}" if count > 1 else text for text, count in kept.items()]
    listed = ", ".join([*texts, f"{others:,} more"] if others else texts)
    return f"{terms} ({listed})" if listed and terms else terms or listed
