"""A small library that has something of everything."""

from __future__ import annotations

import dataclasses

from msgspec.structs import replace

from tests.ui.shelf import Shelf, Story, story
from tuireader.store import Store

CONFIG = """\
# mine
[[feeds]]
url = "https://quay.example/rss"  # the quay
folder = "Harbour"

[[feeds]]
url = "https://tide.example/rss"
folder = "Harbour"

[[watch]]
name = "Tolls"  # roads
any = ["toll"]
feeds = ["Harbour"]

[[mute]]
feed = "Harbour"
query = "weather"

[fetch]
refresh_on_start = false
"""
"""A configuration to change."""
PARAGRAPH = (
    "<p>The ferry company will let passengers pay with <b>LanternPay</b> from Monday, "
    'says <a href="https://ferry.example/notice">its notice</a>, and ends '
    '<a href="https://ferry.example/paper">paper tickets</a> in autumn.</p>'
)
TEXT = (
    PARAGRAPH
    + "<h2>What changes</h2>"
    + "<ul><li>Tickets live in the app</li><li>Paper ends in October</li></ul>"
    + "<blockquote><p>Nobody will be left standing on the quay.</p></blockquote>"
    + "<pre>fare(zone=2)\n  # 14 crowns</pre>"
    + PARAGRAPH * 12
)
ALSO = (
    '<p>Also read: <a href="https://news.example/5">Old timetable found in attic</a></p>'
    '<p>Also read: <a href="https://else.example/tickets">Tickets go paperless</a></p>'
    '<p>It follows <a href="https://news.example/4">the toll of the bridge</a>.</p>'
)
FEEDS = """\
[[feeds]]
url = "https://quay.example/rss"
title = "The Quay"
folder = "Harbour"

[[feeds]]
url = "https://tide.example/rss"
title = "Tide Tables"
folder = "Harbour"

[[feeds]]
url = "https://gang.example/rss"
title = "港口日报"
"""
WATCHES = """
[[watch]]
name = "LanternPay"
any = ["LanternPay"]
color = "magenta"

[[watch]]
name = "Ferries"
any = ["ferry company"]
color = "cyan"
"""
STORIES = (
    story(
        1, 1, "LanternPay comes to the ferries", 1, TEXT + ALSO, tags=("payments", "ferries"),
        comments_url="https://news.example/1#comments", comments_count=12,
    ),
    story(2, 1, "Harbour dues fall [/x] [bold]50 %s[/bold]", 2),
    story(3, 3, "天文台周末起向公众免费开放，旧馆将于十月拆除", 3, "<p>乘客可用 LanternPay 支付。</p>"),
    story(4, 2, "Bridge toll doubles", 30, starred=True),
    story(5, 1, "Old timetable found in attic", 24 * 40, read=True),
    story(6, 2, "Fog again", 24 * 800, before=("<p>Fog.</p>",)),
)  # fmt: skip


def tide_fails(store: Store) -> None:
    """The second feed has failed twice."""
    store.conn.execute("UPDATE feed SET last_error = 'HTTP 503', error_streak = 2 WHERE id = 2")


def library(more: str = "", stories: tuple[Story, ...] = STORIES, text: str = FEEDS + WATCHES) -> Shelf:
    """Six articles, two watches, relatives of the first article; `more` is further configuration."""
    return Shelf(text, stories, more, tide_fails)


def one(html: str, more: str = "", **entry: object) -> Shelf:
    """A library of one article, without watches."""
    return Shelf(FEEDS, (story(1, 1, "LanternPay comes to the ferries", 1, html, **entry),), more)


def changed(number: int, **entry: object) -> tuple[Story, ...]:
    """The six articles, one of them with another entry."""
    old = STORIES[number - 1]
    new = dataclasses.replace(old, entry=replace(old.entry, **entry))
    return (*STORIES[: number - 1], new, *STORIES[number:])
