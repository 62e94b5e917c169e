"""What relating shows for every query: `related_ranking.py ARTICLES QUERIES [ids|meaning]`, as JSON lines.

The articles are saved in a new database as a first refresh would, feed by feed, then related, then each query
is opened; all of it by the program's own code and store. With `ids`, relatives are ids without relation and
sentence; with `meaning`, articles are related by meaning, too, by the encoder of that extra.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any

from tuireader import ingest
from tuireader.config import FeedConfig
from tuireader.dedup import keys
from tuireader.model import ParsedEntry
from tuireader.store import Store
from tuireader.subprocesses import encoder

BATCH = 64


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a JSONL file; only a line feed ends a line."""
    with path.open(encoding="utf-8", newline="\n") as lines:
        yield from map(json.loads, lines)


def entry(row: Mapping[str, Any]) -> ParsedEntry:
    """A row as its feed would have told it."""
    published = row.get("published")
    return ParsedEntry(
        guid=row["id"],
        title=row["title"],
        url=row.get("url") or "",
        published=int(datetime.fromisoformat(published).timestamp()) if published else None,
        content_html=escape(row.get("body") or row.get("summary") or "", quote=False),
    )


def save(
    store: Store,
    articles: Path,
    now: int,
    *,
    as_published: bool = False,
    relating: bool = True,
    host: str = "",
) -> dict[str, int]:
    """Save and, if `relating`, relate all articles; returns the article that each row has become.

    They come feed by feed, as at a first refresh, or `as_published`, as at all others. `host` begins the
    names of the servers: the feeds of another call are others.
    """
    by_feed: dict[str, list[ParsedEntry]] = {}
    for row in rows(articles):
        # An article of an unknown feed is a voice of its own.
        by_feed.setdefault(row.get("feed") or row["id"], []).append(entry(row))
    feeds = {f"https://{host}{number}.example.org/": name for number, name in enumerate(by_feed)}
    with store.transaction():
        store.feeds.sync([FeedConfig(url, name, "") for url, name in feeds.items()])
    ours = [feed for feed in store.feeds.all() if feed.url in feeds]
    if as_published:
        coming = [(one.published or now, feed.id, [one]) for feed in ours for one in by_feed[feeds[feed.url]]]
        coming.sort(key=lambda arrival: arrival[:2])
    else:
        coming = [(now, feed.id, by_feed[feeds[feed.url]]) for feed in ours]
    for start in range(0, len(coming), BATCH):
        with store.transaction():
            for when, feed_id, entries in coming[start : start + BATCH]:
                store.entries.save(feed_id, entries, when)
        if as_published:
            _relate(store)
    if relating:
        _relate(store)
    article_of = {
        (feed_id, guid): article
        for feed_id, guid, article in store.conn.execute(
            "SELECT feed_id, guid_key, article_id FROM appearance"
        )
    }
    return {
        one.guid: article_of[feed.id, key.guid]
        for feed in ours
        for one, key in zip(by_feed[feeds[feed.url]], keys(by_feed[feeds[feed.url]]), strict=True)
    }


def _relate(store: Store) -> None:
    more = BATCH
    while more:
        with store.transaction():
            more = ingest.Relater().step(store, BATCH)


def fill_in(store: Store) -> None:
    """Relate all articles by meaning; prints the CPU of an article to stderr."""
    with store.transaction():
        filling = ingest.ByMeaning(store, "benchmark")
    encoder.answer((["It loads."], (), ()))
    began, coding = time.process_time(), 0.0

    def asked(request: encoder.Request) -> encoder.Answer:
        nonlocal coding
        start = time.process_time()
        answer = encoder.answer(request)
        coding += time.process_time() - start
        return answer

    answer = None
    while True:
        with store.transaction():
            request = filling.advance(answer)
        if request is None:
            break
        answer = asked(request)
    each = 2000 / max(1, filling.total)  # it counts vectors and comparisons
    spent = time.process_time() - began
    print(
        f"by meaning: {each * spent:.1f} ms an article, {each * coding:.1f} of it encoding", file=sys.stderr
    )


def main(articles: str, queries: str, form: str = "") -> None:
    """Print for each query the relatives that the reader would show, best first."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(Path(folder) / "related.db")
        article_of = save(store, Path(articles), int(time.time()))
        if form == "meaning":
            fill_in(store)
        ids_of: dict[int, list[str]] = {}
        for row_id, article in article_of.items():
            ids_of.setdefault(article, []).append(row_id)
        for query in Path(queries).read_text(encoding="utf-8").split():
            began = time.perf_counter()
            found = ingest.related(store, article_of[query])
            spent = (time.perf_counter() - began) * 1000
            # Appearances of one article in several feeds are one thing to read, shown with it.
            related = [{"id": other} for other in ids_of[article_of[query]] if other != query]
            related += [
                {"id": other, "type": item.relation.value, "sentence": item.sentence}
                for item in found
                if item.article_id is not None
                for report in (item.article_id, *item.other_reports)
                for other in ids_of[report]
            ]
            shown = [one["id"] for one in related] if form == "ids" else related
            print(json.dumps({"id": query, "related": shown[:50], "ms": round(spent, 3)}))
        store.close()


if __name__ == "__main__":
    main(*sys.argv[1:4])
