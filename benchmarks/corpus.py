"""Fill databases with the same synthetic articles: one of tuireader, and a cache of newsboat.

  python benchmarks/corpus.py FOLDER --articles 100000 [--feeds 200] [--newsboat]

FOLDER gets `news.db` and `config.toml`, with `--newsboat` also `cache.db`, `urls` and `config`. The articles
go through the program's own store: full-text index, watches and links as after a refresh, relatives left for
the next one. Four in five are read, one in two hundred is starred. 100,000 take about a minute and 300 MB.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import newsgen
from tuireader import ingest, watch
from tuireader.config import FeedConfig
from tuireader.model import ParsedEntry
from tuireader.store import Store

BASE = "http://127.0.0.1:9"
WATCHES = {"WeChat": ("WeChat", "微信"), "Chips": ("SMIC", "YMTC", "半導体"), "RISC-V": ("RISC-V",)}
_DOCUMENT = 10
"""Entries of a feed that are saved at a time."""
_CHUNK = 20
"""Documents in one transaction."""


def is_unread(number: int) -> bool:
    """One article in five, scattered."""
    return (number * 2_654_435_761 >> 8 & 0xFFFF) < 13_107


def is_starred(number: int) -> bool:
    """One article in two hundred."""
    return number % 200 == 7


def documents(articles: int, feeds: int) -> Iterator[tuple[newsgen.Feed, list[newsgen.Article]]]:
    """The articles in documents of one feed each, newest first in each, oldest documents first."""
    made = [newsgen.feed(number, BASE) for number in range(feeds)]
    left, first = articles, 0
    while left > 0:
        for one in made:
            size = min(_DOCUMENT, left)
            if size:
                yield one, [newsgen.article(one.id, first + n, one.language) for n in reversed(range(size))]
            left -= size
        first += _DOCUMENT


def entry(article: newsgen.Article) -> ParsedEntry:
    """An article as a feed document would have given it."""
    return ParsedEntry(
        guid=article.url,
        title=article.title,
        url=article.url,
        author=article.author,
        published=article.time,
        content_html=article.html,
        base_url=article.url,
        tags=article.tags,
    )


def fill(folder: Path, articles: int, feeds: int = 200) -> None:
    """Make `news.db` and `config.toml`."""
    made = [newsgen.feed(number, BASE) for number in range(feeds)]
    write_config(folder / "config.toml", made)
    rules = [watch.WatchRule(name, any=terms) for name, terms in WATCHES.items()]
    matcher = watch.Matcher(rules)
    store = Store.open(folder / "news.db")
    with store.transaction():
        store.feeds.sync([FeedConfig(one.url, one.title, _folder(one)) for one in made])
        store.watches.sync([(rule.name, watch.signature(rule)) for rule in rules])
    ids = {feed.url: feed.id for feed in store.feeds.all()}
    names = {ids[one.url]: (one.title, one.url, _folder(one)) for one in made}
    ask = ingest.Rules(matcher, names)
    waiting = documents(articles, feeds)
    now = newsgen.EPOCH + newsgen.STEP * (articles // feeds + 1)
    while chunk := [document for _, document in zip(range(_CHUNK), waiting, strict=False)]:
        with store.transaction():
            for one, found in chunk:
                saved = store.entries.save(ids[one.url], [entry(article) for article in found], now)
                ingest.record_new(store, saved.new, ask, now)
    with store.transaction():
        every = range(1, articles + 1)
        read = [number for number in every if not is_unread(number)]
        store.marks.set("read", read, True, now=now, journal=False)
        store.marks.set("starred", list(filter(is_starred, every)), True, now=now, journal=False)
    store.conn.execute("ANALYZE")
    store.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()


def _folder(one: newsgen.Feed) -> str:
    return f"Folder {one.id % 8 + 1}"


def write_config(path: Path, feeds: list[newsgen.Feed]) -> None:
    """The configuration that the database is in line with; nothing is fetched at the start."""
    lines = [
        f'[[feeds]]\nurl = "{one.url}"\ntitle = "{one.title}"\nfolder = "{_folder(one)}"' for one in feeds
    ]
    lines += [f'[[watch]]\nname = "{name}"\nany = {list(terms)}' for name, terms in WATCHES.items()]
    lines += ["[fetch]\nrefresh_on_start = false\n"]
    path.write_text("\n\n".join(lines), encoding="utf-8")


def fill_newsboat(folder: Path, articles: int, feeds: int = 200, *, analyzed: bool = True) -> None:
    """Make `cache.db`, `urls` and `config`, with a view of all articles in the first line.

    `analyzed` gives the cache the statistics without which newsboat scans it once a feed at its start.
    """
    made = [newsgen.feed(number, BASE) for number in range(feeds)]
    (folder / "config").write_text("refresh-on-startup no\nauto-reload no\n")
    (folder / "urls").write_text(f"{BASE}/none\n")
    making = [*newsboat(folder), "-x", "reload"]
    subprocess.run(making, env=os.environ | {"HOME": str(folder)}, capture_output=True, check=False)
    with closing(sqlite3.connect(folder / "cache.db")) as cache, cache:
        cache.execute("DELETE FROM rss_feed")
        cache.executemany(
            "INSERT INTO rss_feed (rssurl, url, title) VALUES (?, ?, ?)",
            [(one.url, f"https://news{one.id}.example.com/", one.title) for one in made],
        )
        cache.executemany(
            """INSERT INTO rss_item (guid, title, author, url, feedurl, pubDate, content, unread,
                 enclosure_url, enclosure_type, enqueued, flags, deleted, base, content_mime_type,
                 enclosure_description, enclosure_description_mime_type)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, '', '', 0, '', 0, '', 'text/html', '', '')""",
            _newsboat_rows(articles, feeds),
        )
        if analyzed:
            cache.execute("ANALYZE")
    lines = ['"query:All articles:age >= 0"', *(one.url for one in made)]
    (folder / "urls").write_text("\n".join(lines) + "\n")


def newsboat(folder: Path) -> list[str]:
    """The command that opens newsboat on a folder."""
    files = ["-u", str(folder / "urls"), "-c", str(folder / "cache.db"), "-C", str(folder / "config")]
    return ["newsboat", "-q", *files]


def _newsboat_rows(articles: int, feeds: int) -> Iterator[tuple[str | int, ...]]:
    number = 0
    for one, found in documents(articles, feeds):
        for article in reversed(found):
            number += 1
            facts = article.url, article.title, article.author, article.url, one.url, article.time
            yield *facts, article.html, int(is_unread(number))


def main() -> None:
    """Read the options and fill the folder."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--feeds", type=int, default=200)
    parser.add_argument("--newsboat", action="store_true")
    options = parser.parse_args()
    started = time.perf_counter()
    options.folder.mkdir(parents=True, exist_ok=True)
    fill(options.folder, options.articles, options.feeds)
    if options.newsboat:
        fill_newsboat(options.folder, options.articles, options.feeds)
    size = (options.folder / "news.db").stat().st_size / 1e6
    print(f"{options.articles} articles, {size:.0f} MB, {time.perf_counter() - started:.1f} s")


if __name__ == "__main__":
    main()
