"""Are the thresholds of relating chosen for one kind of news? `related_crossval.py DATA`.

DATA is as for `related.py`. For each labelled collection the thresholds are chosen on the others and tried
on it: what is shown (`rank.FIRST`, `rank.SHOWN`, by the score, where at least 90 % of what is shown is right)
and what is folded (`stories.CLOSE`, `stories.MEAN`, by recall, where at least 97 % of the pairs are right).
Beside them stand the figures of the reader as it is. The weights of the models stay as they are.
"""

from __future__ import annotations

import importlib.util
import itertools
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from types import ModuleType

from related import count_pairs, judgements, wanted_pairs
from related_ranking import rows, save
from tuireader import ingest
from tuireader.related import rank, search, stories
from tuireader.related.reading.concepts import Concepts
from tuireader.related.reading.features import Profile, unpack
from tuireader.related.series import Series
from tuireader.store import Store

FIRSTS = (0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75)
SHOWNS = (0.3, 0.36, 0.4, 0.45, 0.5, 0.55, 0.6)
CLOSES = (0.8, 0.82, 0.85, 0.88, 0.91)
MEANS = (0.35, 0.45, 0.55, 0.65)
FIGURES = ("score", "shownP", "FP1", "nDCG@10", "R@10")

Pair = tuple[float, float]


class Replay:
    """The articles of a store in the order in which they were related, to be folded again."""

    def __init__(self) -> None:
        self._arrivals: list[search.Arrival] = []
        self._profiles: dict[int, Profile] = {}
        self._texts: dict[int, tuple[str, str]] = {}

    def record(self, shelf: search.StorySource, arrival: search.Arrival) -> None:
        """Remember an article as it arrives."""
        profile = arrival.profile
        self._texts[profile.id] = shelf.title(profile.id), shelf.lead(profile.id)
        self._profiles[profile.id] = unpack(profile.id, profile.pack())
        self._arrivals.append(arrival)

    def folded(self) -> Mapping[int, int]:
        """The story of each article, by the thresholds as they are now."""
        self._stories: dict[int, int] = {}
        self._members: dict[int, list[int]] = {}
        for arrival in self._arrivals:
            place = search.fold(self, arrival, Series(self))
            members = self._members.setdefault(place.story, [])
            members.append(arrival.profile.id)
            for number in place.merged:
                members += self._members.pop(number)
            self._stories.update(dict.fromkeys(members, place.story))
            members.sort(reverse=True)
        return self._stories

    # What `search.fold` asks of the store.

    def article_count(self) -> int:
        return len(self._profiles)

    def term_counts(self, terms: Sequence[int]) -> Mapping[int, tuple[int, int]]:
        return {}

    def postings(self, terms: Sequence[int], day: int, limit: int) -> Mapping[int, Sequence[int]]:
        return {}

    def profiles(self, ids: Sequence[int]) -> Sequence[Profile]:
        return [self._profiles[article] for article in ids]

    def neighbours(self, ids: Sequence[int]) -> Sequence[tuple[int, int]]:
        return ()

    def concepts(self) -> Concepts:
        return Concepts()

    def languages(self) -> Sequence[str]:
        return ()

    def cosines(self, ids: Sequence[int]) -> Mapping[int, Mapping[int, float]]:
        return {}

    def stories(self, ids: Sequence[int]) -> Mapping[int, int]:
        return {article: self._stories[article] for article in ids if article in self._stories}

    def members(self, story: int, limit: int) -> Sequence[int]:
        return self._members[story][:limit]

    def split_pairs(self, ids: Sequence[int]) -> Collection[frozenset[int]]:
        return ()

    def title(self, article: int) -> str:
        return self._texts[article][0]

    def lead(self, article: int) -> str:
        return self._texts[article][1]


def saved(data: Path, folder: Path, *, as_published: bool) -> tuple[Store, dict[str, int], Replay]:
    """All articles in a store, and what is needed to fold them again."""
    every = folder / "articles.jsonl"
    names = sorted(data.glob("*.articles.jsonl"))
    every.write_text("".join(path.read_text(encoding="utf-8") for path in names), encoding="utf-8")
    replay, fold = Replay(), search.fold

    def recording(
        source: search.StorySource, arrival: search.Arrival, series: Series, sharing: Collection[int] = ()
    ) -> stories.Place:
        replay.record(source, arrival)
        return fold(source, arrival, series, sharing)

    search.fold = recording
    try:
        store = Store.open(folder / "related.db")
        return store, save(store, every, int(time.time()), as_published=as_published), replay
    finally:
        search.fold = fold


def scores_of(
    data: Path, store: Store, article_of: Mapping[str, int]
) -> dict[Pair, dict[str, dict[str, float]]]:
    """For each pair of thresholds the figures of each collection, by the script that comes with the data."""
    judge = script(data / "eval_related.py")
    wanted, ignored = {}, set()
    for path in sorted(data.glob("*.labels.jsonl")):
        name = path.name.removesuffix(".labels.jsonl")
        articles = list(rows(data / f"{name}.articles.jsonl"))
        wanted[name], left_out = judge.qrels(articles, list(rows(path)), 3.0)
        ignored |= left_out
    ids_of: dict[int, list[str]] = {}
    for row, article in article_of.items():
        ids_of.setdefault(article, []).append(row)
    before = rank.FIRST, rank.SHOWN, rank.MOST
    rank.FIRST, rank.SHOWN, rank.MOST = min(FIRSTS), min(SHOWNS), 1000
    found = {
        query: ingest.related(store, article_of[query]) for queries in wanted.values() for query in queries
    }
    rank.FIRST, rank.SHOWN, rank.MOST = before
    figures = {}
    for first, shown in _pairs(FIRSTS, SHOWNS, before[:2]):
        if shown > first:
            continue
        run = {}
        for query, items in found.items():
            sure = any(item.score >= first for item in items)
            kept = [item.article_id for item in items if sure and item.score >= shown]
            run[query] = [other for other in ids_of[article_of[query]] if other != query]
            run[query] += [other for article in kept if article is not None for other in ids_of[article]]
        figures[first, shown] = {
            name: judge.score(queries, run, ignored)[0] for name, queries in wanted.items()
        }
    return figures


def script(path: Path) -> ModuleType:
    """Import a script from a file."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _pairs(some: Iterable[float], others: Iterable[float], now: Pair) -> list[Pair]:
    return list(dict.fromkeys([now, *itertools.product(some, others)]))


def print_shown(figures: Mapping[Pair, Mapping[str, Mapping[str, float]]]) -> None:
    """What is shown of each collection by the thresholds that are best for the others."""
    now = (rank.FIRST, rank.SHOWN)
    print(f"{'shown':12s}{'FIRST':>7s}{'SHOWN':>7s}" + "".join(f"{name:>9s}" for name in FIGURES))
    held: dict[str, list[float]] = {name: [] for name in FIGURES}
    for name in figures[now]:
        others = [other for other in figures[now] if other != name]

        def worth(pair: Pair, others: Sequence[str] = others) -> tuple[bool, float]:
            told = [figures[pair][other] for other in others]
            right = statistics.fmean(one["shownP"] for one in told)
            return right >= 0.9, statistics.fmean(one["score"] for one in told)

        best = max(figures, key=worth)
        _print_line(name, best, [figures[best][name][figure] for figure in FIGURES])
        _print_line("  as it is", now, [figures[now][name][figure] for figure in FIGURES])
        for figure in FIGURES:
            held[figure].append(figures[best][name][figure])
    _print_spread(held)


def print_folded(data: Path, replay: Replay, article_of: Mapping[str, int]) -> None:
    """What is folded of each collection by the thresholds that are best for the others."""
    judged, background = judgements(data)
    wanted = wanted_pairs(list(judged.values()))
    now = (stories.CLOSE, stories.MEAN)
    figures: dict[Pair, tuple[Counter[str], Counter[str], Counter[str]]] = {}
    for pair in _pairs(CLOSES, MEANS, now):
        stories.CLOSE, stories.MEAN = pair
        story_of = replay.folded()
        figures[pair] = count_pairs(article_of, story_of, judged, background)
    stories.CLOSE, stories.MEAN = now

    def figures_of(pair: Pair, names: Collection[str]) -> list[float]:
        right, wrong, near = (sum(counted[name] for name in names) for counted in figures[pair])
        return [right / max(1, right + wrong), near / max(1, sum(wanted[name] for name in names))]

    print(f"{'folded':12s}{'CLOSE':>7s}{'MEAN':>7s}{'precision':>9s}{'recall':>9s}")
    held: dict[str, list[float]] = {"precision": [], "recall": []}
    for name in sorted(wanted):
        others = [other for other in wanted if other != name]

        def worth(pair: Pair, others: Sequence[str] = others) -> tuple[float, float]:
            precision, recall = figures_of(pair, others)
            return min(precision, 0.97), recall

        best = max(figures, key=worth)
        _print_line(name, best, figures_of(best, [name]))
        _print_line("  as it is", now, figures_of(now, [name]))
        for figure, value in zip(held, figures_of(best, [name]), strict=True):
            held[figure].append(value)
    _print_spread(held)
    _print_line("all, as is", now, figures_of(now, list(wanted)))


def _print_line(name: str, pair: Pair, values: Iterable[float]) -> None:
    print(f"{name:12s}{pair[0]:7.2f}{pair[1]:7.2f}" + "".join(f"{value:9.3f}" for value in values))


def _print_spread(held: Mapping[str, Sequence[float]]) -> None:
    for name, measure in (("mean", statistics.fmean), ("± (sd)", statistics.stdev)):
        known = [[value for value in values if value == value] for values in held.values()]
        print(f"{name:26s}" + "".join(f"{measure(values):9.3f}" for values in known))


def main(data: str) -> None:
    """Print what is shown and folded, collection by collection."""
    for as_published in (False, True):
        with tempfile.TemporaryDirectory() as folder:
            store, article_of, replay = saved(Path(data), Path(folder), as_published=as_published)
            if not as_published:
                print_shown(scores_of(Path(data), store, article_of))
            store.close()
        print("\ncoming " + ("as published" if as_published else "feed by feed"))
        print_folded(Path(data), replay, article_of)


if __name__ == "__main__":
    main(*sys.argv[1:])
