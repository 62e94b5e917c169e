"""Compare two texts word by word, and decide whether an edit is worth reporting. Pure, bounded in time.

Words that occur exactly once in both texts are anchors ("patience diff"); the text between two anchors is
compared in the same way, and small remainders are compared in full. So even a hostile long text costs little
more than reading it, while `difflib` is cubic in the worst case.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import islice

MOST_WORDS = 20_000  # maximum words of each text to compare; the rest counts as one word
_SMALL = 2_500  # maximum pairs of words for a full comparison
_DEEPEST = 40
_HANDFUL = 5  # minimum changed characters for an edit to be worth reporting

# Scripts without spaces between words are compared character by character.
_UNSPACED = (
    r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    r"\U00020000-\U0003ffff"
)
_WORD = rf"(?:[{_UNSPACED}]|[^\W{_UNSPACED}]+(?:[.,:'’_-][^\W{_UNSPACED}]+)*|[^\w\s])\s*"


class Kind(StrEnum):
    """Kind of a run of words."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


Run = tuple[Kind, str]  # consecutive words of one kind, with the white space after them

_Hunk = tuple[int, int, int, int]  # words old[a:b] became new[c:d]


def words(old: str, new: str) -> list[Run]:
    """Return the difference as runs: SAME and ADDED ones form `new`, SAME and REMOVED ones form `old`.

    Differences in white space are ignored; SAME runs have the white space of `new`.
    """
    before, after = _split(old), _split(new)
    runs: list[Run] = []
    at = 0
    for first, last, start, end in hunks(before, after):
        runs.append((Kind.SAME, "".join(after[at:start])))
        runs.append((Kind.REMOVED, "".join(before[first:last])))
        runs.append((Kind.ADDED, "".join(after[start:end])))
        at = end
    runs.append((Kind.SAME, "".join(after[at:])))
    return [run for run in runs if run[1]]


def trivial(old: str, new: str) -> bool:
    """Return whether an edit is too small to report: white space, a typo, a changed counter.

    An added or removed word, or a dissimilar replacement, is always reported: it may be a "not".
    """
    before, after = _split(old), _split(new)
    changed = 0
    for first, last, start, end in hunks(before, after):
        removed, added = "".join(before[first:last]).strip(), "".join(after[start:end]).strip()
        distance = _distance(removed, added)
        changed += distance
        if changed >= _HANDFUL or not _alike(removed, added, distance):
            return False
    return True


def _alike(removed: str, added: str, distance: int) -> bool:
    """Return whether one word may be a typo of the other, or both are only figures and signs."""
    if not any(map(str.isalpha, removed + added)):
        return bool(removed and added) or not any(map(str.isdigit, removed + added))
    return 2 * distance <= max(len(removed), len(added)) or sorted(removed) == sorted(added)


def _split(text: str) -> list[str]:
    text = text.lstrip()
    pieces = [match[0] for match in islice(re.finditer(_WORD, text), MOST_WORDS)]
    remainder = text[sum(map(len, pieces)) :]
    return [*pieces, remainder] if remainder else pieces


def _distance(old: str, new: str) -> int:
    """Count the characters between the common beginning and the common end of two texts."""
    most = min(len(old), len(new))
    head = next((at for at in range(most) if old[at] != new[at]), most)
    most -= head
    tail = next((at for at in range(most) if old[-1 - at] != new[-1 - at]), most)
    return max(len(old), len(new)) - head - tail


def hunks(before: Sequence[str], after: Sequence[str]) -> Iterator[_Hunk]:
    """Yield the differences of two sequences of words in order, never adjacent."""
    old, new = [word.rstrip() for word in before], [word.rstrip() for word in after]
    a = c = 0
    for same_old, same_new in [*_same(old, new, 0, len(old), 0, len(new), 0), (len(old), len(new))]:
        if same_old > a or same_new > c:
            yield a, same_old, c, same_new
        a, c = same_old + 1, same_new + 1


def _same(
    old: Sequence[str], new: Sequence[str], a: int, b: int, c: int, d: int, depth: int
) -> Iterator[tuple[int, int]]:
    """Yield the positions of common words in order, within old[a:b] and new[c:d]."""
    while a < b and c < d and old[a] == new[c]:
        yield a, c
        a, c = a + 1, c + 1
    tail = 0
    while a < b - tail and c < d - tail and old[b - 1 - tail] == new[d - 1 - tail]:
        tail += 1
    b, d = b - tail, d - tail
    if a < b and c < d:
        if (b - a) * (d - c) <= _SMALL:
            for x, y, size in SequenceMatcher(None, old[a:b], new[c:d], autojunk=False).get_matching_blocks():
                yield from zip(range(a + x, a + x + size), range(c + y, c + y + size), strict=True)
        elif depth < _DEEPEST and (anchors := _anchors(old, new, a, b, c, d)):
            for x, y in anchors:
                yield from _same(old, new, a, x, c, y, depth + 1)
                yield x, y
                a, c = x + 1, y + 1
            yield from _same(old, new, a, b, c, d, depth + 1)
    for at in range(tail):
        yield b + at, d + at


def _anchors(old: Sequence[str], new: Sequence[str], a: int, b: int, c: int, d: int) -> list[tuple[int, int]]:
    """Return positions of words that occur once in each part, as many as have the same order in both."""
    counts, others = Counter(old[a:b]), Counter(new[c:d])
    place = {new[y]: y for y in range(c, d) if others[new[y]] == 1}
    pairs = [(x, place[old[x]]) for x in range(a, b) if counts[old[x]] == 1 and old[x] in place]
    # the longest increasing subsequence of the second numbers (patience sorting)
    piles: list[int] = []
    tops: list[int] = []
    below: list[int] = []
    for at, (_, y) in enumerate(pairs):
        pile = bisect_left(piles, y)
        below.append(tops[pile - 1] if pile else -1)
        if pile == len(piles):
            piles.append(y)
            tops.append(at)
        else:
            piles[pile], tops[pile] = y, at
    common: list[tuple[int, int]] = []
    at = tops[-1] if tops else -1
    while at >= 0:
        common.append(pairs[at])
        at = below[at]
    return common[::-1]
