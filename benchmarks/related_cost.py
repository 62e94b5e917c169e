"""What relating costs: `related_cost.py [SIZE ...]`, one JSON object a line (10000 100000 unless told).

For each SIZE a database with so many related articles of synthetic news is filled in bulk. Then more articles
arrive: they are saved and related by the program's own code, some at a time, and some of them are opened.

- `arrival_cpu_ms`   processor time an article for relating: text read, compared, folded, all of it written
- `open_*_ms`        `related()` of one article: its text read, relatives and links looked up and ranked;
                     on a busy machine the processor time says more
- `index_bytes`      what all tables of relating take in the file, an article
"""

from __future__ import annotations

import itertools
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

from msgspec.structs import replace

import newsgen
from corpus import entry
from tuireader import ingest
from tuireader.config import FeedConfig
from tuireader.related.reading import mentions
from tuireader.related.reading.concepts import bundled
from tuireader.related.reading.features import Stats, extract, probes, weigh
from tuireader.related.search import STORED
from tuireader.related.search import counts as counts_of
from tuireader.store import Store
from tuireader.text import plain

FEEDS = 500
ARRIVING = 1000
OPENED = 300
BATCH = 50
CHUNK = 5000
TABLES = ("profile", "posting", "term_count", "neighbour", "apart", "article_story")


def cost(size: int) -> dict[str, float]:
    """Fill a database with `size` articles, relate `ARRIVING` more and open `OPENED` of those."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(Path(folder) / "related.db")
        with store.transaction():
            store.feeds.sync([FeedConfig(f"https://{n}.example.org/", f"Feed {n}", "") for n in range(FEEDS)])
        feeds = [feed.id for feed in store.feeds.all()]
        _fill(store, size, feeds)
        store.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        fresh = _arrive(store, size, feeds)
        arrivals, batches = _relate(store)
        index = _bytes(store) / (size + ARRIVING)
        opening, working = [], []
        for article in fresh[:: len(fresh) // OPENED][:OPENED]:
            began, worked = time.perf_counter(), time.process_time()
            ingest.related(store, article)
            opening.append((time.perf_counter() - began) * 1000)
            working.append((time.process_time() - worked) * 1000)
        store.close()
    return {
        "articles": size,
        "arrival_cpu_ms": arrivals,
        "batch_of_50_max_ms": batches,
        "open_cpu_p50_ms": statistics.median(working),
        "open_p50_ms": statistics.median(opening),
        "open_p95_ms": statistics.quantiles(opening, n=20)[18],
        "index_bytes": index,
    }


def _arrive(store: Store, size: int, feeds: list[int]) -> list[int]:
    """Save articles that come after the `size` first ones; returns their ids."""
    before = store.briefs.newest()
    for number in range(size, size + ARRIVING):
        made = newsgen.article(number % FEEDS, number // FEEDS)
        with store.transaction():
            store.entries.save(feeds[number % FEEDS], [entry(made)], made.time)
    return list(range(before + 1, store.briefs.newest() + 1))


def _relate(store: Store) -> tuple[float, float]:
    """Relate what waits as the program does; returns the processor time an article, and the longest batch."""
    related, slowest, began = 0, 0.0, time.process_time()
    more, relating = BATCH, ingest.Relater()
    while more:
        started = time.perf_counter()
        with store.transaction():
            more = relating.step(store, BATCH)
        related += more
        slowest = max(slowest, time.perf_counter() - started)
    return (time.process_time() - began) * 1000 / related, slowest * 1000


def _bytes(store: Store) -> int:
    names = ",".join(f"'{name}'" for name in TABLES)
    return int(store.conn.execute(f"SELECT sum(pgsize) FROM dbstat WHERE name IN ({names})").fetchone()[0])


# --------------------------------------------------------------------------- filling


def _fill(store: Store, size: int, feeds: list[int]) -> None:
    """Related articles without looking for relatives: the same tables in a fraction of the time.

    What goes into an index in no order is sorted first.
    """
    conn = store.conn
    conn.execute("CREATE TEMP TABLE posted (term INTEGER, day INTEGER, article INTEGER)")
    conn.execute("CREATE TEMP TABLE near (article INTEGER, other INTEGER)")
    counts: dict[int, tuple[int, int]] = {}
    numbers = iter(range(size))
    while chunk := list(itertools.islice(numbers, CHUNK)):
        with store.transaction():
            for number in chunk:
                _keep(store, number, feeds[number % FEEDS], counts)
    with store.transaction():
        conn.execute("INSERT OR IGNORE INTO posting SELECT term, day, article FROM posted ORDER BY 1, 2, 3")
        conn.execute("INSERT OR IGNORE INTO neighbour SELECT article, other FROM near ORDER BY 1, 2")
        conn.executemany(
            "INSERT INTO term_count (term, articles, lower) VALUES (?, ?, ?)",
            ((term, *counts[term]) for term in sorted(counts)),
        )
    conn.execute("DROP TABLE posted")
    conn.execute("DROP TABLE near")


def _keep(store: Store, number: int, feed: int, counts: dict[int, tuple[int, int]]) -> None:
    made = newsgen.article(number % FEEDS, number // FEEDS)
    features = extract(made.title, plain(made.html))
    named = mentions.mentions(made.title, plain(made.html), bundled())
    stats = Stats(number, counts)
    profile = weigh(number + 1, made.time, True, feed, features, stats)
    concepts, _ = mentions.weigh(named, features, stats)
    profile = replace(profile, language=named.language, concepts=concepts)
    for term, is_lower in counts_of(features, named).items():
        seen, lower = counts.get(term, (0, 0))
        counts[term] = (seen + 1, lower + is_lower)
    conn = store.conn
    conn.execute(
        """INSERT INTO article (id, feed_id, title, url, author, published, arrived, time, url_key, text_key)
           VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?6, ?7, ?7)""",
        (profile.id, feed, made.title, made.url, made.author, made.time, profile.id),
    )
    conn.execute("INSERT INTO profile (article, packed) VALUES (?, ?)", (profile.id, profile.pack()))
    day = made.time // 86_400
    conn.executemany(
        "INSERT INTO posted VALUES (?, ?, ?)",
        [
            (term, day, profile.id)
            for term in (*probes(profile), *mentions.posted(concepts, profile.language))
        ],
    )
    near = range(max(1, profile.id - STORED), profile.id)
    conn.executemany("INSERT INTO near VALUES (?, ?)", [(profile.id, other) for other in near])


def main(*sizes: str) -> None:
    """Print the figures of each size."""
    for size in sizes or ("10000", "100000"):
        print(json.dumps({name: round(value, 2) for name, value in cost(int(size)).items()}), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
