"""Entries that are lost between a feed and the database, over a folder of feeds such as a test corpus.

    python benchmarks/lost_entries.py FOLDER

Each file is read, stored in a feed of its own and stored again. An entry counts when it has a title, a link
of any scheme or a text: by what feedparser finds, and by the elements that stand in the file.
"""

from __future__ import annotations

import argparse
import io
import re
import tempfile
from pathlib import Path
from typing import Any

import feedparser

from tuireader.config import FeedConfig
from tuireader.feeds.parse import charset
from tuireader.feeds.parse.parse import parse
from tuireader.model import ParsedFeed
from tuireader.store import Store

KINDS = (".xml", ".rss", ".rdf", ".atom", ".json")
NOW = 1_700_000_000
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
SECTION = re.compile(r"<!\[CDATA\[\s*(.*?)\s*\]\]>", re.DOTALL)
ENTRY = re.compile(r"<(?:[\w-]+:)?(?:item|entry)(?=[\s>])")
END = re.compile(r"</(?:[\w-]+:)?(?:item|entry)\s*>")
TEXT = re.compile(
    r"<(?:\w+:)?(?:title|description|summary|content|encoded|body|fullitem|abstract|subtitle|link)\b[^>]*>\s*[^<\s]"
    r"|<(?:\w+:)?(?:title|description|summary|content)\b[^>]*>\s*<(?!/)"
)
ADDRESS = re.compile(
    r"<(?:\w+:)?(?:link|enclosure|content)\b[^>]*\b(?:href|url|src)\s*=\s*[\"']?\s*[^\"'\s>]"
)


def by_feedparser(data: bytes) -> int:
    """Return how many different entries feedparser finds something in."""
    found = feedparser.parse(io.BytesIO(data), sanitize_html=False, resolve_relative_uris=False)
    return len(set(filter(None, map(_said, found.entries))))


def _said(entry: Any) -> str:
    links = [link.get("href", "") for link in entry.get("links", ())]
    texts = [content.get("value", "") for content in entry.get("content", ())]
    parts = [entry.get("title"), entry.get("link"), entry.get("summary"), *links, *texts]
    return "\0".join(part.strip() for part in parts if part).strip("\0")


def by_elements(data: bytes) -> int:
    """Return how many different entries stand in a document with a title, a link or a text."""
    text = SECTION.sub(lambda section: "x" if section[1] else "", COMMENT.sub("", charset.decode(data)))
    starts = [found.start() for found in ENTRY.finditer(text)]
    entries = {END.split(text[start:end])[0] for start, end in zip(starts, [*starts[1:], None], strict=False)}
    return sum(1 for entry in entries if TEXT.search(entry) or ADDRESS.search(entry))


def stored(store: Store, feed_id: int, data: bytes, url: str) -> tuple[int, int, str]:
    """Return how many entries of a file are stored, how many doubled when it comes again, and what failed."""
    found = parse(data, url)
    if not isinstance(found, ParsedFeed):
        return 0, 0, found.reason
    with store.transaction():
        store.entries.save_feed(feed_id, found, NOW)
        again = store.entries.save_feed(feed_id, found, NOW + 60)
    return len(store.entries.digests(feed_id)), len(again.new), ""


def main() -> None:
    """Read all files of a folder; print each that lost entries, and the sums."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("folder", type=Path)
    files = [path for path in sorted(options.parse_args().folder.rglob("*")) if path.suffix in KINDS]
    urls = [f"https://feed{number}.example/feed" for number in range(len(files))]
    sums = dict.fromkeys(("files", "entries", "stored", "lost", "lost that feedparser finds", "doubled"), 0)
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(Path(folder) / "test.db")
        with store.transaction():
            store.feeds.sync([FeedConfig(url, "Feed", "") for url in urls])
        for number, (path, url) in enumerate(zip(files, urls, strict=True), 1):
            data = path.read_bytes()
            kept, doubled, failed = stored(store, number, data, url)
            theirs, there = by_feedparser(data), by_elements(data)
            lost = max(0, there - kept), max(0, theirs - kept)
            if any(lost):
                print(f"{path}: {there} entries, feedparser {theirs}, stored {kept} {failed}".rstrip())
            for name, count in zip(sums, (1, max(there, theirs), kept, *lost, doubled), strict=True):
                sums[name] += count
        store.close()
    print("; ".join(f"{count:,} {name}" for name, count in sums.items()))


if __name__ == "__main__":
    main()
