"""JSON documents of subscriptions and marks, for export and import.

Field names are stable; `format` is the kind of document, `version` is 1.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import Annotated, Any

from tuireader.config import FeedConfig, ViewConfig
from tuireader.config import edit as config_edit
from tuireader.config.kinds import ADDRESS, COMMAND, command_address
from tuireader.config.values import Invalid, Kind
from tuireader.dedup import hash64, label_name, url_key
from tuireader.errors import ConfigError, TuireaderError
from tuireader.feeds.parse.json_values import line_of, objects_of, texts_of
from tuireader.model import MarkedArticle
from tuireader.model.json_shape import Shape
from tuireader.text import clean, safe_url, without_password
from tuireader.text.wording import counted

FEEDS = "tuireader feeds"
MARKS = "tuireader read state"
_HINT = "export it again with `tuireader export`"
_SOURCE = (
    "command", "filter", "kind", "select", "items", "item_title", "item_link", "item_date", "item_summary",
    "next_page",
)  # fmt: skip
"""Keys of feeds that need more than an address."""
_MOST = 5_000_000
"""Maximum marks in a document."""
_LINE = 500
"""Maximum characters of a title or name."""


class ExportedFeed(Shape, of=FeedConfig, shows=f"url title folder labels {' '.join(_SOURCE)}"):
    """A subscription."""

    url: Annotated[str, "Its address, without a password; `exec:` and the program for a `command`."]


class ExportedView(Shape, of=ViewConfig):
    """A saved search."""


class ExportedFeeds(Shape):
    """Subscriptions and saved searches, as `--format json` writes them."""

    format: Annotated[str, "`tuireader feeds`."]
    version: Annotated[int, "1."]
    feeds: Annotated[list[ExportedFeed], "The subscriptions."]
    views: Annotated[list[ExportedView], "The saved searches."]


class ExportedMark(Shape, of=MarkedArticle, shows="key url title time read starred labels"):
    """A marked article."""

    key: Annotated[str, "Its key within the feed, as 16 hexadecimal digits."]


class ExportedMarks(Shape):
    """The marked articles of a feed."""

    url: Annotated[str, "Address of the feed, without a password."]
    articles: Annotated[list[ExportedMark], "Read, starred and labelled articles."]


class ExportedState(Shape):
    """Read, starred and labelled articles, as `--format state` writes them."""

    format: Annotated[str, "`tuireader read state`."]
    version: Annotated[int, "1."]
    feeds: Annotated[list[ExportedMarks], "Feeds with marked articles."]


def dump_feeds(feeds: Iterable[FeedConfig], views: Iterable[ViewConfig]) -> str:
    """Write subscriptions and saved searches as a JSON document, without secrets (passwords, headers)."""
    listed = [ExportedFeed.encode(feed, url=without_password(feed.url)) for feed in feeds]
    document = ExportedFeeds.encode(format=FEEDS, version=1, feeds=listed, views=views)
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def dump_marks(marks: Iterable[MarkedArticle]) -> Iterator[str]:
    """Yield read, starred and labelled articles as pieces of a JSON document: one per line, by feed."""
    yield f'{{"format": {json.dumps(MARKS)}, "version": 1, "feeds": ['
    for number, (feed, group) in enumerate(groupby(marks, lambda mark: mark.feed)):
        yield f'{"," * bool(number)}\n {{"url": {json.dumps(feed)}, "articles": ['
        for at, mark in enumerate(group):
            article = ExportedMark.encode(mark, key=f"{mark.guid & 0xFFFF_FFFF_FFFF_FFFF:016x}")
            yield f"{',' * bool(at)}\n  {json.dumps(article, ensure_ascii=False)}"
        yield "]}"
    yield "]}\n"


def load(
    text: str, programs: bool = False
) -> tuple[list[FeedConfig], list[ViewConfig], list[MarkedArticle], list[str]]:
    """Read a JSON document; also return a line for each unusable part.

    Feeds that run programs are skipped unless `programs`. Raises TuireaderError if the document was not
    exported by tuireader.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise TuireaderError("the JSON file is damaged; nothing was imported", _HINT) from None
    kind = document.get("format") if isinstance(document, dict) else None
    if kind not in (FEEDS, MARKS):
        raise TuireaderError("this JSON was not exported by tuireader", _HINT)
    if document.get("version") != 1:
        raise TuireaderError("this JSON is from a newer tuireader", "update tuireader")
    skipped: list[str] = []
    if kind == MARKS:
        return [], [], list(_marks(document, skipped)), skipped
    return list(_feeds(document, skipped, programs)), list(_views(document)), [], skipped


def _names(table: dict[str, Any], kept: Callable[[str], str]) -> tuple[str, ...]:
    names = map(kept, texts_of(table, "labels"))
    return tuple(dict.fromkeys(filter(None, names)))


def _feeds(document: dict[str, Any], skipped: list[str], programs: bool) -> Iterator[FeedConfig]:
    for table in objects_of(document, "feeds"):
        try:
            yield _feed(table, programs)
        except ConfigError as error:
            name = line_of(table, "title", _LINE) or clean(str(table.get("url", "")), 100) or "a feed"
            skipped.append(f"{name}: {error.message}")


def _feed(table: dict[str, Any], programs: bool) -> FeedConfig:
    """Build a subscription. Raises ConfigError if it cannot be used."""
    known: dict[str, Any] = {
        "title": line_of(table, "title", _LINE),
        "folder": line_of(table, "folder", _LINE),
        "labels": _names(table, clean),
    }
    source = {name: table[name] for name in _SOURCE if table.get(name)}
    for name in ("command", "filter"):
        if name in source:
            source[name] = _valid(COMMAND, source[name])
    if "command" in source:
        known["url"] = command_address(source["command"])
    else:
        known["url"] = _valid(ADDRESS, table.get("url"))
    if not programs and ("command" in source or "filter" in source):
        raise ConfigError("runs a program; import it with --accept programs")
    feed = FeedConfig(**known, **source)
    if source:
        config_edit.add("", feed)
    return feed


def _valid(kind: Kind, value: object) -> Any:
    read = kind.read(value)
    if isinstance(read, Invalid):
        raise ConfigError(read.message)
    return read


def _views(document: dict[str, Any]) -> Iterator[ViewConfig]:
    for table in objects_of(document, "views"):
        name, query = line_of(table, "name", _LINE), table.get("query")
        if name and isinstance(query, str):
            yield ViewConfig(name, query)


def _marks(document: dict[str, Any], skipped: list[str]) -> Iterator[MarkedArticle]:
    count = bad = 0
    for feed in objects_of(document, "feeds"):
        address = str(feed.get("url", ""))
        for table in objects_of(feed, "articles"):
            count += 1
            if count > _MOST:
                raise TuireaderError(f"the file has more than {_MOST:,} articles", _HINT)
            mark = _mark(address, table)
            if mark is None:
                bad += 1
            else:
                yield mark
    if bad:
        skipped.append(f"{counted(bad, 'article')} without a key")


def _mark(feed: str, table: dict[str, Any]) -> MarkedArticle | None:
    try:
        key = int(str(table.get("key")), 16)
    except ValueError:
        return None
    time = table.get("time")
    url, title = safe_url(str(table.get("url", ""))), line_of(table, "title", _LINE)
    return MarkedArticle(
        feed=feed,
        guid=_signed(key),
        url=url,
        url_key=url_key(url),
        title=title or url,
        time=time if isinstance(time, int) and 0 <= time < 1 << 40 else 0,
        read=table.get("read") is True,
        starred=table.get("starred") is True,
        labels=_names(table, label_name),
    )


def _signed(key: int) -> int:
    """Return a 64-bit key as the database stores it; a longer one is hashed."""
    if not 0 <= key < 1 << 64:
        return hash64(f"{key:x}")
    return key - (1 << 64) if key >= 1 << 63 else key
