"""Relating in young libraries: `related_young.py DATA [SIZE ...]`, by default 30 to 1,000 articles.

DATA is as for `related.py`. For each size, `DRAWS` libraries are drawn from each labelled collection that is
large enough, and from all of them mixed with the background. A draw takes stories, at most `REPORTS` articles
of each, and single articles at random until the library is full: few feeds bring few reports. The
figures are means over all articles of all libraries of a size: `empty` is the share of related articles for
which nothing is shown, `FP1` the share of unrelated ones for which something is shown.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from related_crossval import script
from related_ranking import rows, save
from tuireader import ingest
from tuireader.store import Store

SIZES = (30, 100, 300, 1000)
DRAWS = 3
REPORTS = 3
MIXED = "mixed"
FIGURES = ("score", "nDCG@10", "R@10", "shownP", "empty", "FP1")

Rows = Sequence[Mapping[str, Any]]


def collections(data: Path) -> dict[str, tuple[Rows, Rows]]:
    """Articles and labels by collection, and all of them as one; the background has no labels."""
    found: dict[str, tuple[Rows, Rows]] = {}
    for path in sorted(data.glob("*.articles.jsonl")):
        labels = path.with_name(path.name.replace(".articles.", ".labels."))
        found[path.name.partition(".")[0]] = list(rows(path)), list(rows(labels)) if labels.exists() else []
    parts = found.values()
    mixed = [one for some, _ in parts for one in some], [one for _, some in parts for one in some]
    return {name: pair for name, pair in found.items() if pair[1]} | {MIXED: mixed}


def drawn(articles: Rows, labels: Rows, size: int, seed: int) -> list[Mapping[str, Any]]:
    """Draw stories and single articles until there are `size`; the last story may be cut."""
    story_of = {label["id"]: label.get("story") for label in labels}
    units: dict[str, list[Mapping[str, Any]]] = {}
    for article in articles:
        units.setdefault(story_of.get(article["id"]) or article["id"], []).append(article)
    order, chance = list(units.values()), random.Random(seed)
    chance.shuffle(order)
    return [article for unit in order for article in chance.sample(unit, min(len(unit), REPORTS))][:size]


def libraries(data: Path, size: int, draws: int = DRAWS) -> Iterator[tuple[str, Rows, Rows]]:
    """The libraries of a size, as the name of their collection, articles and labels."""
    for name, (articles, labels) in collections(data).items():
        if len(drawn(articles, labels, size, 0)) == size:
            for seed in range(draws):
                library = drawn(articles, labels, size, seed)
                ids = {article["id"] for article in library}
                yield name, library, [label for label in labels if label["id"] in ids]


def shown(library: Rows, queries: Sequence[str]) -> dict[str, list[tuple[str, float]]]:
    """For each query the rows that the reader shows, with their chances."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "articles.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in library), encoding="utf-8")
        store = Store.open(Path(folder) / "related.db")
        article_of = save(store, path, int(time.time()))
        ids_of: dict[int, list[str]] = {}
        for row, article in article_of.items():
            ids_of.setdefault(article, []).append(row)
        run = {}
        for query in queries:
            run[query] = [(other, 1.0) for other in ids_of[article_of[query]] if other != query]
            for item in ingest.related(store, article_of[query]):
                run[query] += [(other, item.score) for other in ids_of.get(item.article_id or 0, ())]
        store.close()
    return run


def measure(data: Path, size: int) -> dict[str, dict[str, float]]:
    """The figures by collection, and of all together, over all libraries of a size."""
    judge = script(data / "eval_related.py")
    wanted: dict[str, dict[str, dict[str, int]]] = {"ALL": {}}
    run: dict[str, list[str]] = {}
    for number, (name, library, labels) in enumerate(libraries(data, size)):
        labelled = {label["id"] for label in labels}
        relevant, ignored = judge.qrels([row for row in library if row["id"] in labelled], labels, 3.0)
        for query, found in shown(library, list(relevant)).items():
            run[f"{number} {query}"] = [f"{number} {other}" for other, _ in found if other not in ignored]
            grades = {f"{number} {other}": grade for other, grade in relevant[query].items()}
            for where in (name, "ALL"):
                wanted.setdefault(where, {})[f"{number} {query}"] = grades
    return {name: judge.score(queries, run, set())[0] for name, queries in wanted.items()}


def main(data: str, *sizes: str) -> None:
    """Print the figures, size by size."""
    print(f"{'size':>5s} {'collection':12s}" + "".join(f"{name:>9s}" for name in FIGURES) + "  related/not")
    for size in map(int, sizes or map(str, SIZES)):
        for name, figures in sorted(measure(Path(data), size).items()):
            line = "".join(f"{figures[figure]:9.3f}" for figure in FIGURES)
            print(
                f"{size:5d} {name:12s}{line}  {figures['with_related']}/{figures['singletons']}", flush=True
            )


if __name__ == "__main__":
    main(*sys.argv[1:])
