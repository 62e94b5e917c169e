"""Fit the weights of references, cross-validated: `related_weights.py SET ... [+LIBRARY] [words]`.

Each SET is a folder with `background.articles.jsonl`, `crosslang.articles.jsonl` and
`background.labels.jsonl`; with LIBRARY, each is used twice, alone and with those articles. All sets are
fitted together, in ten folds of stories. Prints for each set the recall, the precision of what is shown and
the share of articles that refer to nothing for which something is shown: with weights of the other folds,
with weights of all, and as the program is; then the weights of all. Needs the extra `meaning`, except for
references by `words`.
"""

from __future__ import annotations

import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

from related_ranking import fill_in, rows, save
from tuireader.ingest.relating import meaning
from tuireader.related import referring
from tuireader.related.reading.telling import Telling
from tuireader.store import Store

FOLDS = 10
WORDS = "words" in sys.argv[1:]
WEIGHTS = np.array(
    [*referring._WHOLE, *referring._SENTENCE]
    if WORDS
    else [*referring._WHOLE_MEANT, *referring._SENTENCE_MEANT]
)
LIMITS = referring._LIMITS if WORDS else referring._LIMITS_MEANT
UNTIMED = 1.3
"""Added to sentences that state no time: few labelled ones do, and most of those are in one set."""
Array = Any


@dataclass(frozen=True, slots=True)
class Query:
    """A labelled article: its set, its story, and a row of features for each earlier article and sentence."""

    number: int
    story: int
    targets: Mapping[int, Sequence[str]]
    unclear: frozenset[int]
    places: Sequence[tuple[int, int]]
    sentences: Sequence[str]
    features: Array

    def labels(self) -> tuple[Array, Array]:
        """Whether each row is right, and whether that is known."""
        right = [self.sentences[place] in self.targets.get(other, ()) for other, place in self.places]
        known = [
            right[at] or (other not in self.targets and other not in self.unclear)
            for at, (other, _) in enumerate(self.places)
        ]
        return np.array(right, float), np.array(known, bool)

    def shown(self, weights: Array) -> list[int]:
        """The articles that these weights would show."""
        evidence = zip(self.places, self.features @ weights, strict=True)
        rows = ((other, place, (), (each,)) for (other, place), each in evidence)
        return [one.article for one in referring._certain(rows, ((), (1.0,)), LIMITS)]


def queries(number: int, data: Path, library: Path | None) -> list[Query]:
    """Relate all articles of a set, and note the features of what each labelled one may refer to."""
    told: dict[int, tuple[Telling, list[Any]]] = {}

    features = referring.features if WORDS else referring.features_by_meaning
    place, name = (referring, "references") if WORDS else (meaning, "references_by_meaning")
    references = getattr(place, name)

    def noted(telling: Telling, *others: Any) -> Any:
        told[telling.profile.id] = telling, list(features(telling, *others))
        return references(telling, *others)

    paths = [*data.glob("*.articles.jsonl"), *([library] if library else ())]
    with tempfile.TemporaryDirectory() as folder:
        every = Path(folder) / "articles.jsonl"
        every.write_text("".join(path.read_text(encoding="utf-8") for path in paths), encoding="utf-8")
        store = Store.open(Path(folder) / "related.db")
        whole = patch.object(meaning, "may_refer", lambda told, candidates, _: (told, candidates))
        with closing(store), whole, patch.object(place, name, noted):
            ids = save(store, every, int(time.time()))
            if not WORDS:
                fill_in(store)
    found = []
    for label in rows(data / "background.labels.jsonl"):
        targets: dict[int, list[str]] = {}
        for reference in label["refers"]:
            targets.setdefault(ids[reference["id"]], []).append(reference["sentence"])
        telling, rows_of = told.get(ids[label["id"]], (None, []))
        unclear = [*label.get("same_story", ()), *label.get("neutral", ())]
        about = min([label["id"], *(reference["id"] for reference in label["refers"])])
        found.append(
            Query(
                number,
                zlib.crc32(about.encode()) % FOLDS,
                targets,
                frozenset(ids[other] for other in unclear),
                [(other, place) for other, place, _, _ in rows_of],
                [sentence.text for sentence in telling.sentences] if telling else [],
                np.array([(*whole, *part) for _, _, whole, part in rows_of]).reshape(-1, len(WEIGHTS)),
            )
        )
    return found


def fitted(asked: Sequence[Query]) -> Array:
    """The weights of a logistic model, by Newton's method; all but the constant are kept small.

    What a weight costs grows with the spread of its feature: cosines differ by a tenth of what logarithms do.
    """
    known = [(query.features, *query.labels()) for query in asked]
    features = np.concatenate([values[use] for values, _, use in known])
    right = np.concatenate([labels[use] for _, labels, use in known])
    small = features.var(axis=0) + 1e-6
    weights = np.zeros(len(WEIGHTS))
    for _ in range(30):
        chance = 1 / (1 + np.exp(-np.clip(features @ weights, -30, 30)))
        slope = features.T @ (right - chance) - small * weights
        bend = (features * (chance * (1 - chance))[:, None]).T @ features + np.diag(small)
        weights = weights + np.linalg.solve(bend, slope)
    if not WORDS:
        weights[0] += UNTIMED
        weights[-2:] -= UNTIMED
    return weights


def report(what: str, asked: Sequence[Query], weights_for: Callable[[Query], Array]) -> None:
    """Print recall, precision and false alarms of each set."""
    cells = []
    for number in sorted({query.number for query in asked}):
        recall, precision, alarms = [], [], []
        for query in (query for query in asked if query.number == number):
            shown = [other for other in query.shown(weights_for(query)) if other not in query.unclear]
            right = sum(other in query.targets for other in shown)
            if not query.targets:
                alarms.append(bool(shown))
                continue
            recall.append(right / len(query.targets))
            if shown:
                precision.append(right / len(shown))
        cells.append("  ".join(f"{np.mean(values):.3f}" for values in (recall, precision, alarms)))
    print(f"{what:16s}" + "   |   ".join(cells))


def main(*arguments: str) -> None:
    """Print the table and the weights."""
    library = next((Path(name[1:]) for name in arguments if name.startswith("+")), None)
    sets = [Path(name) for name in arguments if not name.startswith("+") and name != "words"]
    settings = [(data, more) for more in dict.fromkeys((None, library)) for data in sets]
    asked = [query for number, at in enumerate(settings) for query in queries(number, *at)]
    by_fold = [fitted([query for query in asked if query.story != fold]) for fold in range(FOLDS)]
    every = fitted(asked)
    report("cross-validated", asked, lambda query: by_fold[query.story])
    report("fitted on all", asked, lambda query: every)
    report("as it is", asked, lambda query: WEIGHTS)
    print("weights", np.round(every, 2).tolist())


if __name__ == "__main__":
    main(*sys.argv[1:])
