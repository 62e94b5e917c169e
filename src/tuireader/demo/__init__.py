"""Bundled sample feeds for `--demo`, and the starter list of the first run.

The sample feeds are our own writing. Their papers are invented and use the example domains of RFC 2606; the
events are loosely those of July 2021 in a shorter time. Nothing here is fetched.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from importlib.resources.abc import Traversable

NEWEST_AGE = 3600
"""Seconds between the newest sample article and `now`."""

_SITES = (
    ("harbour-tech.xml", "Harbour Tech", "China & Asia tech", "https://harbourtech.example.org/feed/"),
    ("dongwan.xml", "东湾科技", "China & Asia tech", "https://dongwan.example.org/rss.xml"),
    ("pacific-wire.xml", "Pacific Wire", "General tech", "https://pacificwire.example.com/rss"),
    (
        "ledger-of-bits.xml",
        "The Ledger of Bits",
        "Policy & law",
        "https://ledgerofbits.example.net/feed.atom",
    ),
    ("night-watch.xml", "Night Watch Security", "Security", "https://nightwatch.example.net/index.rdf"),
    ("loose-semicolon.xml", "Loose Semicolon", "Developers", "https://loosesemicolon.example.org/feed.atom"),
    ("kettle-and-trowel.xml", "Kettle & Trowel", "Life", "https://kettleandtrowel.example.com/feed"),
    ("corner-cases.xml", "Corner Cases", "Life", "https://cornercases.example.net/feed.xml"),
)

_WATCHES = (
    ("WeChat", ("WeChat", "Weixin", "微信"), "green"),
    ("PIPL", ("Personal Information Protection Law", "PIPL", "个人信息保护法"), "magenta"),
    ("Ransomware", ("ransomware", "勒索软件"), "red"),
)

_DATE = re.compile(rb"(<(pubDate|lastBuildDate|published|updated|dc:date)>)([^<]+)(</\2>)")
_PICTURE = re.compile(r"https://[a-z]+\.example\.(?:com|net|org)/pictures/([a-z-]+\.png)(?:\?.*)?")


@dataclass(frozen=True, slots=True)
class DemoFeed:
    """A sample feed: its address, the name and folder it is listed under, and the document itself."""

    url: str
    title: str
    folder: str
    body: bytes


@dataclass(frozen=True, slots=True)
class StarterFeed:
    """A real feed that the first run offers. `url` is the feed, `site_url` the page it belongs to."""

    title: str
    url: str
    site_url: str
    folder: str


def feeds(now: int) -> tuple[DemoFeed, ...]:
    """Return the sample feeds, all dates moved so that the newest article is `NEWEST_AGE` older than `now`.

    `now` is in seconds since 1970-01-01 UTC. The intervals between the articles and their ids
    stay: with a later `now` they are the same articles, only younger.
    """
    bodies = [_file("feeds", name).read_bytes() for name, *_ in _SITES]
    newest = max(when.timestamp() for body in bodies for when in _dates(body))
    by = now - NEWEST_AGE - int(newest)
    return tuple(
        DemoFeed(url, title, folder, _moved(body, by))
        for (_, title, folder, url), body in zip(_SITES, bodies, strict=True)
    )


def picture(url: str) -> bytes | None:
    """Return the PNG file at an image address of the sample feeds; None for any other address."""
    match = _PICTURE.fullmatch(url)
    if match is None:
        return None
    file = _file("pictures", match[1])
    return file.read_bytes() if file.is_file() else None


def config_text() -> str:
    """Return the config of the demo as TOML: the sample feeds and three watches."""
    import json  # a JSON string is a TOML string (TOML 1.0, basic strings)

    def quoted(text: str) -> str:
        return json.dumps(text, ensure_ascii=False)

    blocks = [
        f"[[feeds]]\nurl = {quoted(url)}\ntitle = {quoted(title)}\nfolder = {quoted(folder)}\n"
        for _, title, folder, url in _SITES
    ]
    for name, terms, color in _WATCHES:
        alternatives = ", ".join(map(quoted, terms))
        blocks.append(f"[[watch]]\nname = {quoted(name)}\nany = [{alternatives}]\ncolor = {quoted(color)}\n")
    return "\n".join(blocks)


def starter() -> tuple[StarterFeed, ...]:
    """Return the starter list in the order of its OPML file: folder by folder.

    `docs/notes/starter-list.md` says how each address was checked.
    """
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
    from importlib import resources  # 10 ms, and most runs never ask

    return resources.files(__name__).joinpath(*parts)


def _dates(body: bytes) -> Iterator[datetime]:
    for match in _DATE.finditer(body):
        yield _read(match[3].decode())


def _moved(body: bytes, by: int) -> bytes:
    """The document with every date `by` seconds later, each in the form and time zone it had."""
    from datetime import timedelta

    def move(match: re.Match[bytes]) -> bytes:
        text = match[3].decode()
        return match[1] + _written(_read(text) + timedelta(seconds=by), like=text).encode() + match[4]

    return _DATE.sub(move, body)


def _read(text: str) -> datetime:
    """A date of RFC 3339 (Atom, Dublin Core) or RFC 822 (RSS)."""
    from datetime import datetime
    from email.utils import parsedate_to_datetime

    return datetime.fromisoformat(text) if text[0].isdigit() else parsedate_to_datetime(text)


def _written(when: datetime, like: str) -> str:
    from email.utils import format_datetime

    if like[0].isdigit():
        return when.isoformat().replace("+00:00", "Z")
    return format_datetime(when, usegmt=like.endswith("GMT"))
