"""Relating, measured: `related.py DATA [SIZE ...]`.

DATA holds labelled collections (`<name>.articles.jsonl`, `<name>.labels.jsonl`) and `eval_related.py`, which
scores what `related_ranking.py` shows. Then: which pairs fold into one row, and how many of those belong
together. Then, for each SIZE (10000 100000 unless told), a library of synthetic news: what relating costs at
arrival and at opening, and what the index takes.
"""

from __future__ import annotations

import itertools
import json
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from newsgen import article as news
from related_ranking import BATCH, rows
from tuireader.related.features import Stats, extract, probes, weigh
from tuireader.related.search import Incoming, arrive, relatives
from tuireader.relating import Shelf as StoreShelf
from tuireader.store import Store
from tuireader.text import plain

DAY = 86_400
NEAR_DAYS = 3
FEEDS = 500
SAMPLE = 300


def quality(data: Path) -> None:
    """Score what the reader shows, with the script that comes with the data."""
    here = Path(__file__).parent / "related_ranking.py"
    command = f"{shlex.quote(sys.executable)} {shlex.quote(str(here))} {{articles}} {{queries}}"
    subprocess.run([sys.executable, str(data / "eval_related.py"), str(data), "--cmd", command], check=True)


# --------------------------------------------------------------------------- folding


def folding(data: Path) -> None:
    """Let all articles arrive in the order of their times and count the pairs that are folded."""
    sys.path.append(str(Path(__file__).parents[1]))
    from tests.related_shelf import MemoryShelf

    now = int(time.time())
    collection: dict[int, str] = {}
    story: dict[int, str | None] = {}
    arriving: list[Incoming] = []
    feeds: dict[str, int] = {}
    ignored: set[int] = set()
    for path in sorted(data.glob("*.articles.jsonl")):
        name = path.name.removesuffix(".articles.jsonl")
        labels = _labels(data / f"{name}.labels.jsonl")
        for row in rows(path):
            number = len(arriving) + 1
            published = row.get("published")
            when = int(datetime.fromisoformat(published).timestamp()) if published else now
            feed = feeds.setdefault(row.get("feed") or row["id"], len(feeds) + 1)
            arriving.append(
                Incoming(number, when, bool(published), feed, row["title"], row.get("summary") or "")
            )
            label = labels.get(row["id"], {})
            collection[number] = name if labels else ""
            story[number] = label.get("story")
            if label.get("ignore"):
                ignored.add(number)
    shelf = MemoryShelf()
    for coming in sorted(arriving, key=lambda coming: (coming.time, coming.id)):
        shelf.keep(arrive(shelf, coming))

    right: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for members in shelf.story_members.values():
        for one, other in itertools.combinations(sorted(set(members) - ignored), 2):
            name = collection[one] or collection[other]
            if name:
                together = story[one] is not None and story[one] == story[other]
                (right if together else wrong)[name] += 1
    wanted = _pairs(arriving, story, collection, ignored)
    print(f"\n{'folded pairs':12s}{'right':>8s}{'wrong':>8s}{'precision':>11s}{'recall':>8s}")
    for name in sorted(wanted):
        _print_pairs(name, right[name], wrong[name], wanted[name])
    _print_pairs("ALL", right.total(), wrong.total(), wanted.total())


def _labels(path: Path) -> dict[str, Mapping[str, Any]]:
    return {row["id"]: row for row in rows(path)} if path.exists() else {}


def _pairs(
    arriving: Sequence[Incoming],
    story: Mapping[int, str | None],
    collection: Mapping[int, str],
    ignored: set[int],
) -> Counter[str]:
    """How many pairs of one story lie within the days in which articles may fold."""
    of_story: dict[tuple[str, str], list[Incoming]] = {}
    for one in arriving:
        label = story[one.id]
        if label is not None and one.id not in ignored:
            of_story.setdefault((collection[one.id], label), []).append(one)
    return Counter(
        name
        for (name, _), members in of_story.items()
        for one, other in itertools.combinations(members, 2)
        if abs(one.time - other.time) <= NEAR_DAYS * DAY
    )


def _print_pairs(name: str, right: int, wrong: int, wanted: int) -> None:
    print(f"{name:12s}{right:8d}{wrong:8d}{right / max(1, right + wrong):11.3f}{right / max(1, wanted):8.3f}")


# --------------------------------------------------------------------------- cost


def cost(size: int) -> dict[str, float]:
    """Fill a database with the profiles of `size` articles and relate `SAMPLE` more."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "related.db"
        store = Store.open(path)
        before = path.stat().st_size
        stream = _stream()
        _fill(store, itertools.islice(stream, size))
        store.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        index = path.stat().st_size - before
        shelf = StoreShelf(store)
        fresh = list(itertools.islice(stream, SAMPLE))
        opening = []
        began = time.process_time()
        for batch in _batches(fresh):
            with store.transaction():
                for one in batch:
                    found = arrive(shelf, one)
                    store.relations.add(
                        one.id, found.profile.pack(), one.day, found.terms, found.counted, found.neighbours
                    )
                    shelf.grown()
        arrival = (time.process_time() - began) * 1000 / len(fresh)
        for one in fresh:
            began = time.perf_counter()
            relatives(shelf, one)
            opening.append((time.perf_counter() - began) * 1000)
        store.close()
    return {
        "articles": size,
        "arrival_cpu_ms": arrival,
        "open_p50_ms": statistics.median(opening),
        "open_p95_ms": statistics.quantiles(opening, n=20)[18],
        "index_bytes": index / size,
    }


def _batches(articles: Sequence[Incoming]) -> Iterator[Sequence[Incoming]]:
    """As the program relates: some at a time, a transaction each."""
    for start in range(0, len(articles), BATCH):
        yield articles[start : start + BATCH]


def _stream() -> Iterator[Incoming]:
    """Synthetic articles in the order of their times."""
    for number in itertools.count():
        feed, nth = number % FEEDS, number // FEEDS
        one = news(feed, nth)
        yield Incoming(number + 1, one.time, True, feed + 1, one.title, plain(one.html))


def _fill(store: Store, articles: Iterator[Incoming]) -> None:
    """Store profiles and postings without looking for relatives: the same index in a fraction of the time."""
    counts: dict[int, tuple[int, int]] = {}
    number = 0
    while batch := list(itertools.islice(articles, 1000)):
        with store.transaction():
            for one in batch:
                features = extract(one.title, one.text)
                made = weigh(one.id, one.time, True, one.feed, features, Stats(number, counts))
                counted = features.counted()
                for term, is_lower in counted.items():
                    seen, lower = counts.get(term, (0, 0))
                    counts[term] = (seen + 1, lower + is_lower)
                near = [other for other in range(one.id - 3, one.id) if other > 0]
                store.relations.add(one.id, made.pack(), one.day, probes(made), counted, near)
                number += 1


def main(data: str, *sizes: str) -> None:
    """Print all figures; those of the costs as one JSON object a line."""
    quality(Path(data))
    folding(Path(data))
    for size in sizes or ("10000", "100000"):
        print(json.dumps({name: round(value, 2) for name, value in cost(int(size)).items()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
