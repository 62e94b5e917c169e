"""What relating shows for every query: `related_ranking.py ARTICLES QUERIES`, one JSON object a line."""

from __future__ import annotations

import json
import sys
import time
from datetime import datetime
from pathlib import Path

from shelf import MemoryShelf
from tuireader.related.search import Incoming, arrive, relatives


def main(articles: str, queries: str) -> None:
    """Store all articles one after the other as if they had just come, then open each query."""
    shelf = MemoryShelf()
    feeds: dict[str, int] = {}
    names: list[str] = []
    incoming: dict[str, Incoming] = {}
    arrived = int(time.time())
    lines = Path(articles).read_text(encoding="utf-8").rstrip("\n").split("\n")
    for number, row in enumerate(map(json.loads, lines), 1):
        published = row.get("published")
        feed = feeds.setdefault(row["feed"], len(feeds) + 1) if row.get("feed") else 0
        when = int(datetime.fromisoformat(published).timestamp()) if published else arrived
        article = Incoming(number, when, bool(published), feed, row["title"], row.get("summary") or "")
        names.append(row["id"])
        incoming[row["id"]] = article
        shelf.keep(arrive(shelf, article))
    for query in Path(queries).read_text(encoding="utf-8").split():
        began = time.perf_counter()
        found = relatives(shelf, incoming[query])
        spent = (time.perf_counter() - began) * 1000
        related = [
            {"id": names[entry.article_id - 1], "score": round(entry.score, 4)} for entry in found[:50]
        ]
        print(json.dumps({"id": query, "related": related, "ms": round(spent, 3)}))


if __name__ == "__main__":
    main(*sys.argv[1:3])
