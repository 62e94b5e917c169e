"""Size of a regular expression, computed before it is compiled.

The `regex` package expands repeats: `(?:a{1000}){1000}` takes as much memory as a million letters, about 300
bytes each.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import accumulate
from operator import mul

LARGEST = 10_000
"""Maximum characters of a pattern with its repeats expanded; it compiles in at most 20 MB and 0.1 s."""
REGEX_TOTAL = 200_000
"""Maximum characters of all patterns of a configuration."""

_FOLDED_SET = 200
"""Characters that a set counts for with full case folding, which adds everything that folds into it."""
_CLUSTER = 5
"""Characters that `\\R` and `\\X` count for."""
_LEAST = re.compile(r"\{\s*([0-9][0-9\s]*)")
_VERBOSE = re.compile(r"\(\?[A-Za-z0-9-]*x")
_FULL_FOLDING = re.compile(r"\(\?[A-Za-z0-9-]*(?:f|V1)")
_BROKEN_COUNT = re.compile(r"\{[\s0-9,]*#")
_VERBOSE_THROUGHOUT = re.compile(r"\(\?[a-z]*x[a-z]*\)")
_UNCERTAIN = re.compile(r"\(\?(?:#|[A-Za-z0-9-]*(?:x|V1))")
_BETWEEN_SLASHES = re.compile(r"/((?:\\.|[^/\\])+)/", re.DOTALL)
_TOKEN = r"""(?P<flags>\(\?[A-Za-z0-9-]+\))
    | \{(?P<least>[0-9]*),?[0-9]*\}
    | \\.
    | \[ \^? \]? (?: \[:\^?[\w -]+:\] | \\. | [^\\\]\[] )* \]
    | ."""
_TOKENS = re.compile(rf"(?P<blank>(?!)) | {_TOKEN}", re.VERBOSE | re.DOTALL)
_VERBOSE_TOKENS = re.compile(rf"(?P<blank>\s+|\#[^\n]*) | {_TOKEN}", re.VERBOSE | re.DOTALL)


@lru_cache(maxsize=1024)
def size(pattern: str) -> tuple[int, int]:
    """Return how many characters a pattern has with its repeats expanded, and where it gets too long.

    The number is an upper bound: where the groups of an unusual pattern are uncertain, every repeat is
    assumed to be inside every other.
    """
    of_set = _FOLDED_SET if _FULL_FOLDING.search(pattern) else 0
    length = _weight(pattern, of_set)
    if length > LARGEST:
        return length, min(len(pattern), LARGEST)
    if _VERBOSE.search(pattern) and (broken := _BROKEN_COUNT.search(pattern)):
        return LARGEST + 1, broken.start()  # a comment between the digits of a count
    counts = [(_number(count[1]), count.start()) for count in _LEAST.finditer(pattern)]
    products = list(accumulate((count for count, _ in counts), mul, initial=length))
    if products[-1] <= LARGEST:
        return products[-1], 0
    verbose = _VERBOSE_THROUGHOUT.match(pattern)
    if not _UNCERTAIN.search(pattern, verbose.end() if verbose else 0):
        found = _expanded_size(pattern, of_set, verbose is not None)
        if found is not None:
            return found
    at = next(place for place, product in enumerate(products) if product > LARGEST)
    return products[-1], counts[at - 1][1]


def _number(digits: str) -> int:
    """Return the number, at least 1; any that is too large counts as one just too large."""
    digits = "".join(digits.split()).lstrip("0")
    return int(digits or 1) if len(digits) <= len(str(LARGEST)) else LARGEST + 1


def _weight(text: str, of_set: int) -> int:
    return len(text) + of_set * text.count("[") + _CLUSTER * (text.count("\\R") + text.count("\\X"))


def _expanded_size(pattern: str, of_set: int, verbose: bool) -> tuple[int, int] | None:
    """Return the size of a pattern group by group, or None where its groups are uncertain."""
    groups = [0]
    last = place = 0
    for token in (_VERBOSE_TOKENS if verbose else _TOKENS).finditer(pattern):
        text = token[0]
        if text == "(":
            groups.append(1)
            continue
        if text == ")" and len(groups) > 1:
            last = groups.pop() + 1
            groups[-1] += last
        elif text in (")", "[") or (verbose and text == "{"):
            return None
        elif token["least"] is not None:
            more = last * (_number(token["least"]) - 1) + len(text)
            last += more
            groups[-1] += more
        else:
            own = _weight(text, of_set)
            last = (
                max(own, last) if token["flags"] or token["blank"] else own
            )  # flags and blanks are not repeated
            groups[-1] += own
        if groups[-1] > LARGEST and not place:
            place = token.start()
    return (groups[0], place) if len(groups) == 1 else None


def regex_sizes(text: str) -> int:
    """Return the total size of the patterns of an expression or term.

    Those that are too large to be compiled do not count.
    """
    found = (size(match[1])[0] for match in _BETWEEN_SLASHES.finditer(text))
    return sum(count for count in found if count <= LARGEST)
