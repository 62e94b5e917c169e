"""Limit the size and time of regular expressions, and detect those that match nothing.

The size is computed before compiling, since the `regex` package expands repeats:
`(?:a{1000}){1000}` takes as much memory as a million letters, about 300 bytes each.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate
from operator import mul
from typing import TYPE_CHECKING, Any

from tuireader.query import re_parser
from tuireader.query.literals import OTHER_IN_REGEX
from tuireader.query.re_parser import NEVER, code

if TYPE_CHECKING:
    import regex

LARGEST = 10_000
"""Maximum characters of a pattern with its repeats expanded; it compiles in at most 20 MB and 0.1 s."""
REGEX_TOTAL = 200_000
"""Maximum characters of all patterns of a configuration."""

_FOLDED_SET = 200  # characters of a set with full case folding, which adds every character that folds into it
_CLUSTER = 5  # characters that `\R` and `\X` count as
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
    """Measure a pattern with its repeats expanded, and find the position where it gets too long.

    The length is an upper bound: if groups are uncertain, every repeat is assumed to be inside every other.
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
        exact = _expanded_size(pattern, of_set, verbose is not None)
        if exact is not None:
            return exact
    at = next(place for place, product in enumerate(products) if product > LARGEST)
    return products[-1], counts[at - 1][1]


def _number(digits: str) -> int:
    """Parse a count, limited to 1 … `LARGEST + 1`."""
    digits = "".join(digits.split()).lstrip("0")
    return int(digits or 1) if len(digits) <= len(str(LARGEST)) else LARGEST + 1


def _weight(text: str, of_set: int) -> int:
    return len(text) + of_set * text.count("[") + _CLUSTER * (text.count("\\R") + text.count("\\X"))


def _expanded_size(pattern: str, of_set: int, verbose: bool) -> tuple[int, int] | None:
    """Measure a pattern group by group; None if its groups are uncertain."""
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
            is_repeatable = not (token["flags"] or token["blank"])
            last = own if is_repeatable else max(own, last)
            groups[-1] += own
        if groups[-1] > LARGEST and not place:
            place = token.start()
    return (groups[0], place) if len(groups) == 1 else None


def regex_sizes(text: str) -> int:
    """Add up the sizes of the patterns in an expression or term, except those too large to compile."""
    sizes = (size(match[1])[0] for match in _BETWEEN_SLASHES.finditer(text))
    return sum(count for count in sizes if count <= LARGEST)


_REGEX_SECONDS = 0.05
_MOST_SLOW = 20  # slow texts before a pattern is disabled: one second in total
_SMALL = 400  # size up to which many patterns are cached
_LINE_FEED = ord("\n")  # may follow the end
_slow: Counter[str] = Counter()


class SlowRegex(Exception):
    """The regular expression `pattern` exceeded its time limit on one text."""

    def __init__(self, pattern: str) -> None:
        super().__init__(f"/{pattern}/ takes too long")
        self.pattern = pattern


def regex_problem(pattern: str) -> str:
    """Explain why a pattern is invalid or too large; `""` if it is neither."""
    count, place = size(pattern)
    if count > LARGEST:
        return (
            f"the regular expression is too large: with its repeats expanded "
            f"it has more than {LARGEST:,} characters, at position {place}"
        )
    try:
        compiled(pattern)
    except Exception as error:  # regex.error, OverflowError, RecursionError …
        return f"the regular expression is invalid: {error}"
    return ""


def compiled(pattern: str) -> regex.Pattern[str]:
    """Compile a pattern, case-sensitive if it has a capital. Raises the exceptions of `regex`."""
    count, _ = size(pattern)
    if count > LARGEST:
        raise ValueError("too large")
    return _compiled_large(pattern) if count > _SMALL else _compiled(pattern)


def _compile(pattern: str) -> regex.Pattern[str]:
    import regex

    letters = re.sub(r"\\.", "", pattern)
    flags = 0 if letters != letters.lower() else regex.IGNORECASE
    return regex.compile(pattern, flags, cache_pattern=False)


_compiled = lru_cache(maxsize=512)(_compile)
_compiled_large = lru_cache(maxsize=8)(_compile)  # only a few, to limit memory


def is_disabled(pattern: str) -> bool:
    """Return whether a pattern was too slow too often and is disabled until the next start."""
    return _slow[pattern] >= _MOST_SLOW


def regex_spans(pattern: str, text: str) -> list[tuple[int, int]]:
    """Find all non-empty matches. Raises SlowRegex, at once for a disabled pattern."""
    return [span for span, _ in regex_matches(pattern, text)]


def regex_matches(pattern: str, text: str) -> list[tuple[tuple[int, int], list[str]]]:
    """Do the same as `regex_spans`, with what a group `id` captured in each match."""
    if is_disabled(pattern):
        raise SlowRegex(pattern)
    try:
        matches = compiled(pattern).finditer(text, timeout=_REGEX_SECONDS)
        return [
            (match.span(), match.captures("id") if "id" in match.re.groupindex else [])
            for match in matches
            if match.end() > match.start()
        ]
    except TimeoutError:
        _slow[pattern] += 1
        raise SlowRegex(pattern) from None


@lru_cache(maxsize=256)
def unmatchable_reason(pattern: str) -> str:
    """Explain why a pattern matches nothing; `""` if it can match."""
    if OTHER_IN_REGEX.search(pattern.replace(NEVER, "")):
        return ""
    tree = re_parser.parse(pattern)
    if tree is None or tree.state.flags & re.MULTILINE:
        return ""
    return _reason(tree.state, list(tree)) or ("" if tree.getwidth()[1] else "it only matches empty text")


def _reason(state: Any, items: Sequence[tuple[Any, Any]]) -> str:
    taken = 0
    for at, (kind, value) in enumerate(items):
        if kind is code.AT and value in (code.AT_BEGINNING, code.AT_BEGINNING_STRING) and taken:
            return "there is text before the start"
        at_end = kind is code.AT and value in (code.AT_END, code.AT_END_STRING)
        if at_end and any(after is code.LITERAL and sign != _LINE_FEED for after, sign in items[at + 1 :]):
            return "there is text after the end"
        if kind is re_parser.never():
            return f"{NEVER} never matches"
        if reason := _inside(state, kind, value):
            return reason
        taken += re_parser.width(state, [(kind, value)])
    return ""


def _inside(state: Any, kind: Any, value: Any) -> str:
    """Explain why the content of an item matches nothing."""
    if kind is code.SUBPATTERN and not value[1] & re.MULTILINE:
        return _reason(state, list(value[3]))
    if kind in (code.MAX_REPEAT, code.MIN_REPEAT) and value[0] > 0:
        return _reason(state, list(value[2]))
    if kind is code.BRANCH:
        reasons = [_reason(state, list(branch)) for branch in value[1]]
        return reasons[0] if all(reasons) else ""
    return ""
