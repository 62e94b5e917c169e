"""Decide which articles form one story, reliably enough to fold them into one row.

A wrong fold hides news, so the conditions are stricter than in `rank`: the same days, and agreement with most
of the story's members instead of one. A chain of articles that drift from one matter to the next therefore
breaks into several stories, and so do items of a series, however similar they are (`series`). A pair that the
user has split is never folded again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from tuireader.related import across
from tuireader.related.compare import fold_chance, is_headline, much_in_common
from tuireader.related.reading.features import Profile
from tuireader.related.series import Series

SPAN_DAYS = 5.0
YOUNG = 300
"""Number of articles below which the library cannot know which words are rare."""
MEMBERS = 30  # newest members of a story to compare

CLOSE = 0.85  # an article joins a story if its chance with one member is at least this ...
_PAIR = 0.03  # ... (plus this if there is only one member), ...
MEAN = 0.45  # ... its mean chance over the members is at least this, ...
_LOW = 0.1  # ... and its chance is at least this ...
_MOST = 0.8  # ... with this share of the members.
_MERGED = 0.5  # two stories merge if the mean chance between them is at least this
_HEADLINES = 0.9  # two headlines without text share a row if their chance is at least this


@dataclass(frozen=True, slots=True)
class Place:
    """The story of an article, and other stories to merge into it."""

    story: int
    merged: tuple[int, ...] = ()


def place(
    article: Profile,
    stories: Mapping[int, Sequence[Profile]],
    series: Series,
    apart: Collection[frozenset[int]] = frozenset(),
    sharing: Collection[int] = frozenset(),
    *,
    young: bool = False,
) -> Place:
    """Return the story that `article` joins, out of `stories` (members by number), or a new one.

    In a `young` library every word looks rare, so two headlines from one template look like one story: a few
    shared words are not enough there, but the names that reports in two languages share are. A new story has
    the number of its first article. `apart` has the pairs that must not be folded; articles in `sharing` have
    a picture or a link in common with `article`.
    """
    pairs = _Pairs(series, {frozenset((article.id, other)) for other in sharing})
    fits = []
    for story, members in stories.items():
        others = [member for member in members if member.id != article.id]
        if others and _may_belong([article], others, apart):
            close = CLOSE if len(others) > 1 else CLOSE + _PAIR
            enough = not young or any(
                across.differ(article, member) or much_in_common(article, member) for member in others
            )
            if enough and (mean := _agreement([article], others, pairs, MEAN, close)):
                fits.append((-mean, story))
    fits.sort()
    if not fits:
        return Place(article.id)
    best = fits[0][1]
    joined = [*stories[best], article]
    merged = []
    for _, story in fits[1:]:
        more = stories[story]
        if _may_belong(joined, more, apart) and _agreement(joined, more, pairs, _MERGED):
            joined.extend(more)
            merged.append(story)
    return Place(best, tuple(merged))


def united(
    story: int,
    stories: Mapping[int, Sequence[Profile]],
    series: Series,
    apart: Collection[frozenset[int]],
    sharing: Collection[frozenset[int]] = frozenset(),
) -> Place:
    """Return the story that takes in `story` and all those that are one with it, out of `stories`.

    It is the one with the most members, so that few articles change their rows. `apart` has the pairs of
    stories that must not be folded, `sharing` the pairs of articles with a picture or a link in common.
    """
    pairs, joined, found = _Pairs(series, sharing), [*stories[story]], [story]
    for other, more in stories.items():
        close = CLOSE if len(joined) + len(more) > 2 else CLOSE + _PAIR
        may = other != story and not any(frozenset((other, one)) in apart for one in found)
        if may and _may_belong(joined, more, ()) and _agreement(joined, more, pairs, _MERGED, close):
            joined.extend(more)
            found.append(other)
    largest = max(found, key=lambda number: len(stories[number]))
    return Place(largest, tuple(number for number in found if number != largest))


def may_share_row(one: Profile, other: Profile) -> bool:
    """Return whether two articles of one story are close enough for one to hide the other.

    The texts of a story support each other, but two headlines without text have few words to compare.
    """
    return not (is_headline(one) and is_headline(other)) or fold_chance(one, other) >= _HEADLINES


def _may_belong(
    some: Sequence[Profile], others: Sequence[Profile], apart: Collection[frozenset[int]]
) -> bool:
    times = [profile.time for profile in (*some, *others)]
    return max(times) - min(times) <= SPAN_DAYS * 86_400 and not any(
        frozenset((one.id, other.id)) in apart for one in some for other in others
    )


class _Pairs:
    """Compares pairs of articles, each only once; those in `sharing` have a picture or a link in common."""

    def __init__(self, series: Series, sharing: Collection[frozenset[int]]) -> None:
        self._series = series
        self._sharing = sharing
        self._chances: dict[tuple[int, int], float] = {}
        self._differ: dict[tuple[int, int], bool] = {}

    def chance(self, one: Profile, other: Profile) -> float:
        """Return the chance that two articles report the same news."""
        key = one.id, other.id
        if (found := self._chances.get(key)) is None:
            shares = bool(self._sharing) and frozenset(key) in self._sharing
            found = self._chances[key] = fold_chance(one, other, shares)
        return found

    def differ(self, one: Profile, other: Profile) -> bool:
        """Return whether two articles are items of a series."""
        key = one.id, other.id
        if (found := self._differ.get(key)) is None:
            found = self._differ[key] = self._series.differ(one, other)
        return found


def _agreement(
    some: Sequence[Profile], others: Sequence[Profile], known: _Pairs, mean: float, close: float = 0.0
) -> float:
    """Return the mean chance between articles of two stories if they are one, else 0.

    Texts are only compared if everything else agrees. Two items of a series count as chance 0; if both
    are from one feed, the stories stay separate.
    """
    pairs = [(one, other) for one in some for other in others]
    chances = [known.chance(one, other) for one, other in pairs]
    if not _agree(chances, mean, close):
        return 0.0
    for at, (one, other) in enumerate(pairs):
        if chances[at] and known.differ(one, other):
            if one.feed == other.feed:
                return 0.0
            chances[at] = 0.0
    return sum(chances) / len(chances) if _agree(chances, mean, close) else 0.0


def _agree(chances: Sequence[float], mean: float, close: float) -> bool:
    near = sum(chance >= _LOW for chance in chances)
    total = sum(chances)
    return max(chances) >= close and near >= _MOST * len(chances) and total >= mean * len(chances)
