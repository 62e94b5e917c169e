"""Weigh how close articles are in meaning, by the pairs that are stored: nothing reads their vectors."""

from __future__ import annotations

from collections.abc import Mapping

_UNLIKE = 0.2  # assumed cosine of two articles that are no pair
_MOST = 12  # closest articles of one that tell how close others are to it by chance


class Closeness:
    """Cosines of pairs of articles, each known from both sides; articles without any count as unknown."""

    def __init__(self, cosines: Mapping[int, Mapping[int, float]]) -> None:
        self._cosines = cosines
        self._around = {article: _mean(pairs) for article, pairs in cosines.items()}

    def knows(self, article: int) -> bool:
        """Return whether any articles are close to one."""
        return article in self._around

    def cosine(self, article: int, other: int) -> float | None:
        """Return the cosine of a pair, None if it is none."""
        return self._cosines.get(article, {}).get(other)

    def evidence(self, article: int, other: int) -> float | None:
        """Return by how much the cosine exceeds what is usual for either; None if one is unknown."""
        if not self.knows(article) or not self.knows(other):
            return None
        cosine = self._cosines[article].get(other, _UNLIKE)
        return 2 * cosine - self._around[article] - self._around[other]


def _mean(pairs: Mapping[int, float]) -> float:
    closest = sorted(pairs.values(), reverse=True)[:_MOST]
    return (sum(closest) + (_MOST - len(closest)) * _UNLIKE) / _MOST


UNKNOWN = Closeness({})
