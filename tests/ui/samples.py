"""A small library that has something of everything."""

from __future__ import annotations

from typing import Any

from tests.ui.fake_library import NOW, FakeLibrary, Story
from tuireader.model import ArticleRow, Evidence, Feed, Neighbour, Related, Relation, TermHit

HOUR = 3600

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

FEEDS = (
    Feed(1, "https://quay.example/rss", "The Quay", "Harbour"),
    Feed(2, "https://tide.example/rss", "Tide Tables", "Harbour", last_error="HTTP 503", error_streak=2),
    Feed(3, "https://gang.example/rss", "港口日报"),
)


def story(number: int, feed: int, title: str, hours: float, html: str = TEXT, **more: Any) -> Story:
    """An article of `hours` ago; `more` goes to its row."""
    row = ArticleRow(
        number,
        feed,
        title,
        NOW - int(hours * HOUR),
        more.pop("read", False),
        more.pop("starred", False),
        url=f"https://news.example/{number}",
        author="Ada Quist",
        **more,
    )
    return Story(row, html)


def library() -> FakeLibrary:
    """Six articles, two watches, relatives of the first article."""
    first = story(1, 1, "LanternPay comes to the ferries", 1, watches=("LanternPay", "Ferries"), sources=3)
    sentence = "The ferry company will let passengers pay with LanternPay."
    first.evidence = (
        Evidence("LanternPay", (TermHit("LanternPay", "title", 1), TermHit("LanternPay", "body", 13))),
        Evidence("Ferries", (TermHit("ferry company", "body", 13),), sentence, ((4, 17),)),
    )
    first.extra = {
        "tags": ("payments", "ferries"),
        "comments_url": "https://news.example/1#comments",
        "comments_count": 12,
        "next": Neighbour(4, "Bridge toll doubles"),
    }
    made = FakeLibrary(
        FEEDS,
        [
            first,
            story(2, 1, "Harbour dues fall [/x] [bold]50 %s[/bold]", 2),
            story(3, 3, "渡轮公司下周起接受手机支付，纸质船票十月停用", 3, watches=("LanternPay",)),
            story(4, 2, "Bridge toll doubles", 30, starred=True),
            story(5, 1, "Old timetable found in attic", 24 * 40, read=True),
            story(6, 2, "Fog again", 24 * 800, edited=True),
        ],
        {"LanternPay": "magenta", "Ferries": "cyan"},
    )
    made.terms = [("LanternPay", "LanternPay"), ("ferry company", "Ferries")]
    made.relatives[1] = (
        Related(
            Relation.ALSO_READ,
            "Old timetable found in attic",
            5,
            "",
            "The Quay",
            NOW - 40 * 86400,
            "named",
            1,
            True,
        ),
        Related(Relation.SAME_STORY, "Tickets go paperless", None, "https://else.example/tickets"),
        Related(
            Relation.BACKGROUND, "Bridge toll doubles", 4, "", "Tide Tables", NOW - 30 * HOUR, "shares toll"
        ),
    )
    return made
