"""Fit the weights of pairs in two languages, cross-validated: `related_across.py SET ... [+LIBRARY ...]`.

Each SET is a folder with `crosslang.articles.jsonl`, `crosslang.labels.jsonl` and
`background.articles.jsonl`; it is used twice, alone and together with the articles of the LIBRARY files. All
pairs are fitted as if of one day, since most articles of a day are about something else; those labelled as
near (the same company) count for 0.3, as they are days apart. Prints for each set, with weights of the other
folds of stories (mean of six draws of folds) and as the program is: of the pairs of a story that share enough
to be compared, those that reach the chance of a relative (`rank.FIRST`) and of a fold at their distance in
time, and how many other pairs do. Then the weights of all.
"""

from __future__ import annotations

import math
import sys
import zlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain, combinations, product
from pathlib import Path
from typing import Any

import numpy as np
from msgspec.structs import replace

from related_ranking import rows
from tuireader.related import across
from tuireader.related.rank import FIRST
from tuireader.related.reading import mentions
from tuireader.related.reading.concepts import bundled
from tuireader.related.reading.features import Profile, Stats, extract, weigh
from tuireader.related.search import counts
from tuireader.related.stories import CLOSE
from tuireader.text.durations import DAY

FOLDS, DRAWS = 10, 6
NEAR = 0.3
RAISED = 1.2
"""Added to the constant: up to there, no other list of relatives of the judged sets became a wrong one."""
Read = tuple[Mapping[str, Any], Any, mentions.Mentions]
Pair = tuple[str, bool, bool, float, tuple[float, ...]]
"""The story of a pair, whether both belong to it, whether they are near, days between, features."""


def read(path: Path) -> list[Read]:
    """Read the articles of a file."""
    found: list[Read] = []
    for row in rows(path):
        title, text = row["title"], row.get("body") or row.get("summary") or ""
        found.append((row, extract(title, text), mentions.mentions(title, text, bundled())))
    return found


def profiles(articles: Sequence[Read], library: Sequence[Read]) -> list[Profile]:
    """Weigh articles, and those of a library."""
    seen: dict[int, tuple[int, int]] = {}
    for _, features, named in (*articles, *library):
        for term, is_lower in counts(features, named).items():
            times, lower = seen.get(term, (0, 0))
            seen[term] = times + 1, lower + is_lower
    stats = Stats(len(articles) + len(library), seen)
    made = []
    for number, (row, features, named) in enumerate((*articles, *library)):
        when = int(datetime.fromisoformat(row["published"]).timestamp()) if row.get("published") else 0
        profile = weigh(number, when, True, 0, features, stats)
        things, _ = mentions.weigh(named, features, stats)
        made.append(replace(profile, language=named.language, concepts=things))
    return made


def pairs(data: Path, library: Sequence[Read]) -> Iterator[Pair]:
    """Yield the pairs in two languages that share enough to be compared; those with the library are none."""
    labels = {row["id"]: row for row in rows(data / "crosslang.labels.jsonl")}
    articles = [row for name in ("crosslang", "background") for row in read(data / f"{name}.articles.jsonl")]
    known = [labels.get(row["id"], {}) for row, _, _ in articles]
    every = profiles(articles, library)
    labelled = [*zip(known, every, strict=False)]
    others: list[tuple[dict[str, Any], Profile]] = [({}, profile) for profile in every[len(known) :]]
    for (mine, one), (theirs, other) in chain(combinations(labelled, 2), product(labelled, others)):
        overlap = across.shared(one, other) if across.differ(one, other) and (mine or theirs) else None
        if overlap is not None:
            story, its = mine.get("story") or "", theirs.get("story") or ""
            near = its in mine.get("near", ()) or story in theirs.get("near", ())
            days = abs(one.time - other.time) / DAY
            yield f"{data.name} {story or its}", story == its != "", near, days, across.features(overlap)


def fitted(features: Any, right: Any, weights: Any) -> Any:
    """Fit a logistic model by Newton's method; a weight is the smaller, the wider its feature spreads."""
    model = np.zeros(features.shape[1])
    spread = features.var(axis=0) + 1e-6
    for _ in range(40):
        chance = 1 / (1 + np.exp(-np.clip(features @ model, -30, 30)))
        slope = features.T @ (weights * (right - chance)) - spread * model
        curve = (features * (weights * chance * (1 - chance))[:, None]).T @ features + np.diag(spread)
        model = model + np.linalg.solve(curve, slope)
    return model


def reached(evidence: Any, days: Any, right: Any) -> list[float]:
    """Return the share of right pairs that are relatives and folds, and how many others are."""
    figures: list[float] = []
    for penalty, slope, chance in ((0.0, 2.2, FIRST), (0.8, 3.0, CLOSE)):
        sure = evidence - penalty - slope * np.log1p(days) >= math.log(chance / (1 - chance))
        figures += [sure[right].mean(), sure[~right].sum()]
    return figures


def main(*words: str) -> None:
    """Print the figures of each set, and the weights."""
    library = [row for word in words if word[0] == "+" for row in read(Path(word[1:]))]
    sets = [Path(word) for word in words if word[0] != "+"]
    found = [pair for data in sets for part in ([], library) for pair in pairs(data, part)]
    stories, right, near, days, features = (np.array(column) for column in zip(*found, strict=True))
    weights = np.where(near & ~right, NEAR, 1.0)
    drawn = []
    for draw in range(DRAWS):
        fold = np.array([zlib.crc32(f"{draw}{story}".encode()) % FOLDS for story in stories])
        evidence = np.zeros(len(found))
        for number in range(FOLDS):
            train = fold != number
            model = fitted(features[train], right[train], weights[train])
            evidence[~train] = features[~train] @ model + RAISED
        drawn.append(evidence)
    now = features @ np.array(across._WEIGHTS)
    print("set            relatives  others    folds   others")
    for data in sets:
        of = np.char.startswith(stories, f"{data.name} ")
        for name, several in ((data.name, drawn), ("  as it is", [now])):
            each = np.array([reached(one[of], days[of], right[of]) for one in several]).mean(axis=0)
            print(f"{name:14s}{each[0]:9.3f}{each[1]:8.1f}{each[2]:9.3f}{each[3]:9.1f}")
    print("weights", *(f"{weight:.2f}" for weight in fitted(features, right, weights)))


if __name__ == "__main__":
    main(*sys.argv[1:])
