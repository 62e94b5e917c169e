"""Where the older entries of a feed are: links of RFC 5005 and JSON Feed, pages of WordPress."""

from __future__ import annotations

import json

import pytest

from tests.builders import item, rss
from tuireader.feeds.find.archive import wordpress_page
from tuireader.feeds.parse.entry import Raw
from tuireader.feeds.parse.parse import parse, parse_quickly, parse_tolerantly
from tuireader.model import ParsedFeed

URL = "https://news.example.org/feed/"
ATOM = "http://www.w3.org/2005/Atom"


def atom(links: str, more: str = "") -> bytes:
    return (
        f'<feed xmlns="{ATOM}"><title>T</title><id>i</id><updated>2024-01-01T00:00:00Z</updated>{links}{more}'
        "<entry><id>e</id><title>E</title><updated>2024-01-01T00:00:00Z</updated></entry></feed>"
    ).encode()


def link(relation: str, href: str) -> str:
    return f'<link rel="{relation}" href="{href}"/>'


def channel(more: str) -> bytes:
    return rss("T", [item("a", "A")]).replace(b"<description>d</description>", more.encode())


@pytest.mark.parametrize(
    ("body", "older", "current"),
    [
        (atom(link("next", "/feed/2")), "https://news.example.org/feed/2", ""),
        (atom(link("prev-archive", "2024.atom")), "https://news.example.org/feed/2024.atom", ""),
        (atom(link("next", "/2") + link("prev-archive", "/a")), "https://news.example.org/a", ""),
        (atom(link("NEXT", "/2") + link("next", "/3")), "https://news.example.org/2", ""),
        (atom(link("current", URL)), "", URL),
        (atom(link("next", URL)), "", ""),
        (atom(link("next", "javascript:alert(1)")), "", ""),
        (atom(link("alternate", "/") + link("self", URL)), "", ""),
        (channel(f'<link xmlns="{ATOM}" rel="next" href="/2"/>'), "https://news.example.org/2", ""),
        (channel("<generator>https://wordpress.org/?v=6.4.2</generator>"), f"{URL}?paged=2", ""),
        (channel("<generator>WordPress 6</generator>"), f"{URL}?paged=2", ""),
        (atom("", '<generator uri="https://wordpress.org/">WordPress</generator>'), f"{URL}?paged=2", ""),
        (channel("<generator>Better than WordPress</generator>"), "", ""),
        (channel("<generator>Hugo</generator>"), "", ""),
    ],
)  # fmt: skip
def test_both_parsers_find_the_same_address(body: bytes, older: str, current: str) -> None:
    for read in (parse_quickly, parse_tolerantly):
        found = read(body, URL, None)
        assert isinstance(found, ParsedFeed)
        assert (found.older, found.current) == (older, current)


def test_json_feed_names_its_next_page() -> None:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "T",
        "items": [],
        "next_url": "/feed.json?p=2",
    }
    found = parse(json.dumps(feed).encode(), URL)
    assert isinstance(found, ParsedFeed) and found.older == "https://news.example.org/feed.json?p=2"
    found = parse(json.dumps(feed | {"next_url": ["/2"]}).encode(), URL)
    assert isinstance(found, ParsedFeed) and found.older == ""


@pytest.mark.parametrize(
    ("url", "following"),
    [
        ("https://e.org/feed", "https://e.org/feed?paged=2"),
        ("https://e.org/?feed=rss2", "https://e.org/?feed=rss2&paged=2"),
        ("https://e.org/?feed=rss2&paged=2", "https://e.org/?feed=rss2&paged=3"),
        ("https://e.org/feed/?paged=19#x", "https://e.org/feed/?paged=20"),
        ("https://e.org/feed/?paged=-1", "https://e.org/feed/?paged=2"),
        ("https://e.org/feed/?paged=99999999999999999999", "https://e.org/feed/?paged=2"),
        ("http://[::1", ""),
    ],
)
def test_pages_of_wordpress_are_counted(url: str, following: str) -> None:
    assert wordpress_page(url) == following


def test_the_page_of_the_replies_is_told_from_their_feed() -> None:
    """Opening the comments of an article shall show a page, not a feed document."""
    entry = Raw("1")
    for href, kind, count in (
        ("https://a.example/f", "application/atom+xml", ""),
        ("https://a.example/c", "", "3"),
        ("https://a.example/c2", "text/html", "5"),
        ("https://a.example/f2", "application/rss+xml", "9"),
    ):
        entry.take_replies(href, kind, count)
    assert (entry.comments_url, entry.comments_feed, entry.comments_count) == (
        "https://a.example/c",
        "https://a.example/f",
        "3",
    )
