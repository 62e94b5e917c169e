"""Decide which articles form one story, reliably enough to fold them into one row.

A wrong fold hides news, so the conditions are stricter than in `rank`: the same days, and agreement with most
of the story's members instead of one. A chain of articles that drift from one matter to the next therefore
breaks into several stories, and so do items of a series, however similar they are (`series`). A pair that the
user has split is never folded again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType

from msgspec import Struct

from tuireader.related import across
from tuireader.related.compare import fold_chance, is_headline, much_in_common
from tuireader.related.reading.features import Profile
from tuireader.related.series import Series
from tuireader.text.durations import DAY

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


class Place(Struct, frozen=True):
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
    """Pick the story that `article` joins, out of `stories` (members by number), or start one.

    A new story gets the number of its first article. In a `young` library, every word looks rare, so two
    headlines from one template look like one story: there, a few shared words are not enough, but shared
    names in two languages are. Pairs in `apart` are never folded; articles in `sharing` have a picture or
    link in common with `article`.
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


def are_same_story(
    some: Sequence[Profile],
    others: Sequence[Profile],
    series: Series,
    apart: Collection[frozenset[int]],
    meaning: Mapping[frozenset[int], float],
) -> bool:
    """Return whether two stories are one, with the cosines of their articles in two languages."""
    close = CLOSE if len(some) * len(others) > 1 else CLOSE + _PAIR
    return _may_belong(some, others, apart) and bool(
        _agreement(some, others, _Pairs(series, (), meaning), MEAN, close)
    )


def may_share_row(article: Profile, other: Profile) -> bool:
    """Return whether two articles of one story are close enough for one to hide the other.

    Texts of a story support each other; headlines without text have few words, so they must be almost equal.
    """
    return not (is_headline(article) and is_headline(other)) or fold_chance(article, other) >= _HEADLINES


def _may_belong(
    some: Sequence[Profile], others: Sequence[Profile], apart: Collection[frozenset[int]]
) -> bool:
    times = [profile.time for profile in (*some, *others)]
    return max(times) - min(times) <= SPAN_DAYS * DAY and not any(
        frozenset((article.id, other.id)) in apart for article in some for other in others
    )


class _Pairs:
    """Comparisons of pairs, each made once. Pairs in `sharing` have a picture or link in common.

    `meaning` has the cosines of pairs whose vectors are close.
    """

    def __init__(
        self,
        series: Series,
        sharing: Collection[frozenset[int]] = (),
        meaning: Mapping[frozenset[int], float] = MappingProxyType({}),
    ) -> None:
        self._series = series
        self._sharing = sharing
        self._meaning = meaning
        self._chances: dict[tuple[int, int], float] = {}
        self._differ: dict[tuple[int, int], bool] = {}

    def chance(self, article: Profile, other: Profile) -> float:
        key = article.id, other.id
        if (chance := self._chances.get(key)) is None:
            shares = bool(self._sharing) and frozenset(key) in self._sharing
            meaning = self._meaning.get(frozenset(key)) if self._meaning else None
            chance = self._chances[key] = fold_chance(article, other, shares, meaning)
        return chance

    def differ(self, article: Profile, other: Profile) -> bool:
        key = article.id, other.id
        if (differs := self._differ.get(key)) is None:
            differs = self._differ[key] = self._series.differ(article, other)
        return differs


def _agreement(
    some: Sequence[Profile], others: Sequence[Profile], known: _Pairs, mean: float, close: float = 0.0
) -> float:
    """Return the mean chance between the articles of two stories; 0 unless they are one story.

    Texts are only compared if everything else agrees. Two items of a series count as chance 0; two of one
    feed keep the stories separate.
    """
    pairs = [(article, other) for article in some for other in others]
    chances = [known.chance(article, other) for article, other in pairs]
    if not _agree(chances, mean, close):
        return 0.0
    for at, (article, other) in enumerate(pairs):
        if chances[at] and known.differ(article, other):
            if article.feed == other.feed:
                return 0.0
            chances[at] = 0.0
    return sum(chances) / len(chances) if _agree(chances, mean, close) else 0.0


def _agree(chances: Sequence[float], mean: float, close: float) -> bool:
    near = sum(chance >= _LOW for chance in chances)
    total = sum(chances)
    return max(chances) >= close and near >= _MOST * len(chances) and total >= mean * len(chances)
