"""What relating costs: `related_cost.py [SIZE ...] [FOLDER ...]`, one JSON object a line.

For each SIZE, 10000 and 100000 unless told, a database with so many related articles of synthetic news is
filled in bulk. Then more articles arrive: they are saved and related by the program's own code, some at a
time, and some of them are opened. With FOLDERs, these are the articles with a text in `*articles.jsonl`; then
SIZE 0, a first library, comes first, and synthetic news are spread over the time of these articles. Meaning
is measured if its extra is installed, with a process of its own.

- `arrival_cpu_ms`   processor time an article for relating: text read, compared, folded, all of it written
- `meaning_cpu_ms`   processor time an article for relating by meaning, beside its process
- `encoder_cpu_ms`   that of its process, which also loads
- `open_*_ms`        `related()` of one article: its text read, relatives and links looked up and ranked;
                     on a busy machine the processor time says more
- `index_bytes`      what all tables of relating take in the file, an article
"""

from __future__ import annotations

import asyncio
import json
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import chain, islice
from pathlib import Path
from typing import Any

from msgspec.structs import replace

import newsgen
import related_ranking
from corpus import entry
from tuireader import ingest
from tuireader.config import FeedConfig
from tuireader.related.reading import mentions
from tuireader.related.reading.concepts import bundled
from tuireader.related.reading.features import Stats, extract, probes, weigh
from tuireader.related.search import STORED
from tuireader.related.search import counts as counts_of
from tuireader.store import Store
from tuireader.subprocesses import encoder
from tuireader.subprocesses.worker import Worker
from tuireader.text import plain

FEEDS = 500
ARRIVING = 1000
OPENED = 300
KINDS = 500
BATCH = 50
CHUNK = 5000
TABLES = ("profile", "posting", "term_count", "neighbour", "apart", "article_story")


def cost(size: int, texts: Sequence[Mapping[str, Any]] = ()) -> dict[str, float]:
    """Fill a database with `size` articles, relate `texts` or `ARRIVING` more and open `OPENED` of those."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(Path(folder) / "related.db")
        with store.transaction():
            store.feeds.sync([FeedConfig(f"https://{n}.example.org/", f"Feed {n}", "") for n in range(FEEDS)])
        feeds = [feed.id for feed in store.feeds.all()]
        times = [datetime.fromisoformat(row["published"]).timestamp() for row in texts if row["published"]]
        _fill(store, size, feeds, (min(times), max(times)) if times else None)
        store.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        if texts:
            path = Path(folder) / "articles.jsonl"
            path.write_text("".join(json.dumps(row) + "\n" for row in texts), encoding="utf-8")
            before = store.briefs.newest()
            related_ranking.save(store, path, int(time.time()), relating=False)
            fresh = list(range(before + 1, store.briefs.newest() + 1))
        else:
            fresh = _arrive(store, size, feeds)
        arrivals, batches = _relate(store)
        index = _bytes(store) / (size + len(fresh))
        meaning = asyncio.run(_by_meaning(store, fresh)) if encoder.encoder() else {}
        opening, working = [], []
        for article in fresh[:: max(1, len(fresh) // OPENED)][:OPENED]:
            began, worked = time.perf_counter(), time.process_time()
            ingest.related(store, article)
            opening.append((time.perf_counter() - began) * 1000)
            working.append((time.process_time() - worked) * 1000)
        store.close()
    return {
        "articles": size,
        "arriving": len(fresh),
        "arrival_cpu_ms": arrivals,
        **meaning,
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


async def _by_meaning(store: Store, fresh: Sequence[int]) -> dict[str, float]:
    """Compare new articles by meaning; those stored before have the vectors of `KINDS` articles."""
    async with Worker("tuireader.subprocesses.encoder") as worker:
        old = range(1, fresh[0])
        new = ingest.to_encode(store, old[-KINDS:])
        vectors, _ = await worker.ask((new.texts, (), ())) if old else ([], [])
        with store.transaction():
            store.meaning.use("benchmark")
            days = store.conn.execute("SELECT id, time / 86400 FROM article WHERE id < ?", (fresh[0],))
            languages = store.references.languages(old)
            rows = ((one, day, languages[one], vectors[one % len(vectors)]) for one, day in days.fetchall())
            store.meaning.add(rows)
            store.meaning.set_compared(old)
    loaded = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.process_time()
    async with Worker("tuireader.subprocesses.encoder") as worker:
        with store.transaction():
            filling = ingest.ByMeaning(store, "benchmark")
        answer = None
        while True:
            with store.transaction():
                request = filling.advance(answer)
            if request is None:
                break
            answer = await worker.ask(request)
    spent, done = time.process_time() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    encoding = done.ru_utime + done.ru_stime - loaded.ru_utime - loaded.ru_stime
    each = 1000 / len(fresh)
    return {"meaning_cpu_ms": spent * each, "encoder_cpu_ms": encoding * each}


def _bytes(store: Store) -> int:
    names = ",".join(f"'{name}'" for name in TABLES)
    return int(store.conn.execute(f"SELECT sum(pgsize) FROM dbstat WHERE name IN ({names})").fetchone()[0])


# --------------------------------------------------------------------------- filling


def _fill(store: Store, size: int, feeds: list[int], span: tuple[float, float] | None = None) -> None:
    """Related articles without looking for relatives: the same tables in a fraction of the time.

    They are spread over `span`, if given. What goes into an index in no order is sorted first.
    """
    conn = store.conn
    conn.execute("CREATE TEMP TABLE posted (term INTEGER, day INTEGER, article INTEGER)")
    conn.execute("CREATE TEMP TABLE near (article INTEGER, other INTEGER)")
    counts: dict[int, tuple[int, int]] = {}
    numbers = iter(range(size))
    while chunk := list(islice(numbers, CHUNK)):
        with store.transaction():
            for number in chunk:
                made = newsgen.article(number % FEEDS, number // FEEDS)
                when = int(span[0] + (span[1] - span[0]) * number / size) if span else made.time
                _keep(store, number, feeds[number % FEEDS], counts, made, when)
    with store.transaction():
        conn.execute("INSERT OR IGNORE INTO posting SELECT term, day, article FROM posted ORDER BY 1, 2, 3")
        conn.execute("INSERT OR IGNORE INTO neighbour SELECT article, other FROM near ORDER BY 1, 2")
        conn.executemany(
            "INSERT INTO term_count (term, articles, lower) VALUES (?, ?, ?)",
            ((term, *counts[term]) for term in sorted(counts)),
        )
    conn.execute("DROP TABLE posted")
    conn.execute("DROP TABLE near")


def _keep(
    store: Store,
    number: int,
    feed: int,
    counts: dict[int, tuple[int, int]],
    made: newsgen.Article,
    when: int,
) -> None:
    features = extract(made.title, plain(made.html))
    named = mentions.mentions(made.title, plain(made.html), bundled())
    stats = Stats(number, counts)
    profile = weigh(number + 1, when, True, feed, features, stats)
    concepts, _ = mentions.weigh(named, features, stats)
    profile = replace(profile, language=named.language, concepts=concepts)
    for term, is_lower in counts_of(features, named).items():
        seen, lower = counts.get(term, (0, 0))
        counts[term] = (seen + 1, lower + is_lower)
    conn = store.conn
    conn.execute(
        """INSERT INTO article (id, feed_id, title, url, author, published, arrived, time, url_key, text_key)
           VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?6, ?7, ?7)""",
        (profile.id, feed, made.title, made.url, made.author, when, profile.id),
    )
    conn.execute("INSERT INTO profile (article, packed) VALUES (?, ?)", (profile.id, profile.pack()))
    day = when // 86_400
    conn.executemany(
        "INSERT INTO posted VALUES (?, ?, ?)",
        [
            (term, day, profile.id)
            for term in (*probes(profile), *mentions.posted(concepts, profile.language))
        ],
    )
    near = range(max(1, profile.id - STORED), profile.id)
    conn.executemany("INSERT INTO near VALUES (?, ?)", [(profile.id, other) for other in near])


def main(*words: str) -> None:
    """Print the figures of each size."""
    sizes = [int(word) for word in words if word.isdigit()] or [10_000, 100_000]
    paths = chain(*(sorted(Path(word).glob("*articles.jsonl")) for word in words if not word.isdigit()))
    texts = [
        row for path in paths for row in related_ranking.rows(path) if row.get("body") or row.get("summary")
    ]
    for size in (0, *sizes) if texts else sizes:
        print(json.dumps({name: round(value, 2) for name, value in cost(size, texts).items()}), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
