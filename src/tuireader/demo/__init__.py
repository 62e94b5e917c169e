"""Bundled sample feeds for `--demo`, and the starter list for the first run.

The sample feeds were written for tuireader. Their publishers are invented and use the example domains of RFC
2606; the events loosely follow July 2021, compressed in time. Nothing is fetched.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from datetime import datetime
    from importlib.resources.abc import Traversable

NEWEST_AGE = 3600
"""Seconds between the newest sample article and `now`."""

_DATE = re.compile(rb"(<(pubDate|lastBuildDate|published|updated|dc:date)>)([^<]+)(</\2>)")
_PICTURE = re.compile(r"https://[a-z]+\.example\.(?:com|net|org)/pictures/([a-z-]+\.png)(?:\?.*)?")


class DemoFeed(Struct, frozen=True):
    """A sample feed: address, name, folder and document."""

    url: str
    title: str
    folder: str
    body: bytes


class StarterFeed(Struct, frozen=True):
    """A real feed that the first run offers. `url` is the feed, `site_url` its website."""

    title: str
    url: str
    site_url: str
    folder: str


def feeds(now: int) -> tuple[DemoFeed, ...]:
    """Return the sample feeds, with dates shifted so that the newest article is `NEWEST_AGE` old at `now`.

    `now` is in seconds since 1970-01-01 UTC. Intervals between articles and their ids are kept, so a later
    `now` gives the same articles with later dates.
    """
    import tomllib

    listed = tomllib.loads(config_text())["feeds"]
    sites = [feed["url"].partition("://")[2].partition(".")[0] for feed in listed]
    bodies = [_file("feeds", f"{site}.xml").read_bytes() for site in sites]
    newest = max(_read(match[3].decode()).timestamp() for body in bodies for match in _DATE.finditer(body))
    by = now - NEWEST_AGE - int(newest)
    return tuple(DemoFeed(**feed, body=_moved(body, by)) for feed, body in zip(listed, bodies, strict=True))


def picture(url: str) -> bytes | None:
    """Return the PNG file at an image address of the sample feeds; None for any other address."""
    match = _PICTURE.fullmatch(url)
    if match is None:
        return None
    file = _file("pictures", match[1])
    return file.read_bytes() if file.is_file() else None


def config_text() -> str:
    """Return the configuration of the demo as TOML: the sample feeds and three watches."""
    return _file("config.toml").read_text(encoding="utf-8")


def starter() -> tuple[StarterFeed, ...]:
    """Return the starter list by folder; `docs/notes/starter-list.md` documents how it was checked."""
    from xml.etree import ElementTree

    body = ElementTree.fromstring(_file("starter.opml").read_bytes()).find("body")
    return tuple(
        StarterFeed(
            title=feed.get("text", ""),
            url=feed.get("xmlUrl", ""),
            site_url=feed.get("htmlUrl", ""),
            folder=folder.get("text", ""),
        )
        for folder in (body if body is not None else ())
        for feed in folder
    )


def _file(*parts: str) -> Traversable:
    from importlib import resources  # takes 10 ms, which most runs do not need

    return resources.files(__name__).joinpath(*parts)


def _moved(body: bytes, by: int) -> bytes:
    from datetime import timedelta

    def move(match: re.Match[bytes]) -> bytes:
        text = match[3].decode()
        return match[1] + _written(_read(text) + timedelta(seconds=by), like=text).encode() + match[4]

    return _DATE.sub(move, body)


def _read(text: str) -> datetime:
    from datetime import datetime
    from email.utils import parsedate_to_datetime

    return datetime.fromisoformat(text) if text[0].isdigit() else parsedate_to_datetime(text)


def _written(when: datetime, like: str) -> str:
    from email.utils import format_datetime

    if like[0].isdigit():
        return when.isoformat().replace("+00:00", "Z")
    return format_datetime(when, usegmt=like.endswith("GMT"))
