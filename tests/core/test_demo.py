"""The bundled material: sample feeds that parse and hang together, and a starter list without doubles."""

from __future__ import annotations

import calendar
import io
import re
import time
import tomllib
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import feedparser
import pytest

from tuireader import demo

NOW = 1_790_000_000
Feeds = tuple[demo.DemoFeed, ...]

MAIN = "https://harbourtech.example.org/2021/07/27/wechat-suspends-new-user-registration/"
EDITORS_LINE = re.compile(
    r"<p>(?:Also read|Read also|Related|See also|More on this|延伸阅读)[:：].*?</p>", re.S
)
NAMESPACES = ("www.w3.org", "purl.org", "wellformedweb.org")


def parsed(feed: demo.DemoFeed) -> Any:
    return _parsed(feed.body)


@cache
def _parsed(body: bytes) -> Any:
    return feedparser.parse(io.BytesIO(body), sanitize_html=False)


def html(entry: Any) -> str:
    return str(entry.content[0].value if "content" in entry else entry.get("summary", ""))


def dated(entry: Any) -> int | None:
    """When the entry came out; RSS 1.0 with Dublin Core only has what feedparser calls updated."""
    when = entry.get("published_parsed") or entry.get("updated_parsed")
    return calendar.timegm(when) if when else None


def address(url: str) -> str:
    """Without query and fragment: some of the feeds put campaign parameters on their links."""
    return urlsplit(url)._replace(query="", fragment="").geturl()


def times(feeds: Feeds) -> list[int]:
    found = [dated(entry) for feed in feeds for entry in parsed(feed).entries]
    return [when for when in found if when is not None]


def ids(feeds: Feeds) -> list[str]:
    return [entry.get("id") or entry.link for feed in feeds for entry in parsed(feed).entries]


@pytest.fixture(scope="module")
def feeds() -> Feeds:
    return demo.feeds(NOW)


@pytest.fixture(scope="module")
def articles(entries: list[Any]) -> dict[str, Any]:
    return {address(entry.link): entry for entry in entries}


@pytest.fixture(scope="module")
def entries(feeds: Feeds) -> list[Any]:
    return [entry for feed in feeds for entry in parsed(feed).entries]


def words(entry: Any) -> str:
    """Title and text without tags, in which a watch looks."""
    return " ".join([entry.get("title", ""), re.sub(r"<[^>]+>", " ", html(entry)), entry.get("summary", "")])


def on_wechat(text: str) -> bool:
    return bool(re.search(r"(?<!\w)(?:wechat|weixin)(?!\w)", text, re.I)) or "微信" in text


def on_pipl(text: str) -> bool:
    return bool(re.search(r"(?<!\w)PIPL(?!\w)|Personal Information Protection Law|个人信息保护法", text))


def test_every_feed_is_well_formed_and_there_is_enough_to_read(feeds: Feeds) -> None:
    documents = [parsed(feed) for feed in feeds]
    assert [document.get("bozo_exception") for document in documents] == [None] * len(feeds)
    assert len(feeds) >= 7
    assert 70 <= sum(len(document.entries) for document in documents) <= 90
    assert [document.feed.title for document in documents] == [feed.title for feed in feeds]
    assert {document.version for document in documents} == {"rss20", "rss10", "atom10"}
    assert [document.version for document in documents].count("rss20") >= 3


def test_ids_and_addresses_are_unique(feeds: Feeds, entries: list[Any], articles: dict[str, Any]) -> None:
    for feed in feeds:
        ids = [entry.get("id") or entry.link for entry in parsed(feed).entries]
        assert len(set(ids)) == len(ids), feed.title
    assert len(articles) == len(entries)
    assert len({feed.url for feed in feeds}) == len(feeds)


@pytest.mark.parametrize("now", [86_399, 4_000_000_000])
def test_the_same_articles_come_and_their_dates_move_together_up_to_an_hour_before_now(
    feeds: Feeds, now: int
) -> None:
    moved_feeds = demo.feeds(now)
    moved = times(moved_feeds)
    assert max(moved) == now - demo.NEWEST_AGE
    assert [now - when for when in moved] == [NOW - when for when in times(feeds)]
    assert ids(moved_feeds) == ids(feeds)


def test_entries_stand_newest_first_and_no_date_lies_in_the_future_or_is_left_behind(
    feeds: Feeds,
) -> None:
    year = str(time.gmtime(NOW).tm_year).encode()
    for feed in feeds:
        dates = re.findall(rb"<(?:pubDate|lastBuildDate|published|updated|dc:date)>([^<]+)<", feed.body)
        assert dates
        assert all(year in date for date in dates), feed.title
        order = times((feed,))
        assert order == sorted(order, reverse=True) and order[:1] <= [NOW], feed.title


def test_one_entry_has_no_date_no_title_or_no_id(articles: dict[str, Any]) -> None:
    assert "published" not in articles["https://thisdemo.example.net/start-here"]
    assert "title" not in articles["https://cornercases.example.net/untitled"]
    assert "id" not in articles["https://cornercases.example.net/escapes"]


def test_the_last_day_shows_what_the_program_is_for(entries: list[Any]) -> None:
    fresh = [words(entry) for entry in entries if NOW - (dated(entry) or 0) < 86_400]
    assert sum(map(on_wechat, fresh)) >= 5
    assert sum(map(on_pipl, fresh)) >= 4
    assert any(on_wechat(text) and on_pipl(text) for text in fresh)
    assert any("ransomware" in text.lower() for text in fresh)


def test_the_story_has_all_its_parts(feeds: Feeds, articles: dict[str, Any]) -> None:
    (links,) = [[e.link for e in parsed(feed).entries] for feed in feeds if feed.title == "Harbour Tech"]
    assert 0 < links.index(MAIN) < len(links) - 1  # it has a previous and a next post
    story = articles[MAIN]
    text = html(story)
    assert "suspends new user registration" in story.title
    assert story.author == "Jonas Bevan"
    assert int(story.slash_comments) > 0
    assert story.comments == MAIN + "#respond"
    assert story.wfw_commentrss == MAIN + "feed/"
    assert "<figure><img " in text
    assert "Image source:" in text
    assert text.count("<blockquote>") >= 2
    assert text.count("<p>") >= 6
    assert "a Personal Information Protection Law which will require" in text
    assert "https://regulator.example.org/" in text
    assert on_wechat(words(story))
    assert len(EDITORS_LINE.findall(text)) >= 2


def test_four_papers_tell_the_story_within_hours(articles: dict[str, Any]) -> None:
    addresses = (
        MAIN,
        "https://pacificwire.example.com/news/wechat-stops-taking-new-users",
        "https://ledgerofbits.example.net/2021/07/no-new-accounts.html",
        "https://dongwan.example.org/a/210727-weixin-zhuce",
    )
    told = [articles[link] for link in addresses]
    when = [dated(entry) or 0 for entry in told]
    assert max(when) - min(when) < 6 * 3600
    assert all(on_wechat(words(entry)) for entry in told)
    assert len({entry.title for entry in told}) == 4


def test_what_editors_recommend_is_in_the_demo(articles: dict[str, Any]) -> None:
    links = [
        link
        for entry in articles.values()
        for line in EDITORS_LINE.findall(html(entry))
        for link in re.findall(r'href="([^"]+)"', line)
    ]
    assert len(links) >= 20
    assert [link for link in links if address(link) not in articles] == []


@pytest.mark.parametrize(
    ("link", "near_miss"),
    [
        ("https://nightwatch.example.net/2021/wechatpayments-lookalikes", "wechatpayments"),
        ("https://nightwatch.example.net/2021/pipline-phishing", "PIPLINE"),
        ("https://loosesemicolon.example.org/2021/tiny-pipeline-language", "pipl"),
        ("https://ledgerofbits.example.net/2021/07/colorado-signs-privacy-act.html", "Privacy Act"),
        ("https://kettleandtrowel.example.com/we-chat-over-the-fence", "We chat"),
        ("https://dongwan.example.org/a/210708-shenzhen", "个人信息"),
    ],
)
def test_articles_that_must_not_match(articles: dict[str, Any], link: str, near_miss: str) -> None:
    text = words(articles[link])
    assert near_miss in text
    assert not on_wechat(text)
    assert not on_pipl(text)


def test_only_example_domains_are_named(feeds: Feeds) -> None:
    for feed in feeds:
        hosts = set(re.findall(r"https?://([^/\s\"'<>&?]+)", feed.body.decode()))
        strange = {host for host in hosts if not re.search(r"(?:^|\.)example\.(?:com|net|org)$", host)}
        assert strange <= set(NAMESPACES), feed.title


def test_every_picture_is_bundled_and_small(entries: list[Any]) -> None:
    named = {
        link if link.startswith("http") else "https://cornercases.example.net" + link
        for entry in entries
        for link in re.findall(r'<img[^>]* src="([^"]+)"', html(entry))
    }
    assert len(named) >= 5
    for url in named:
        body = demo.picture(url)
        assert body is not None, url
        assert body.startswith(b"\x89PNG\r\n\x1a\n")
        assert len(body) < 40_000


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://harbourtech.example.org/pictures/none-such.png",
        "https://harbourtech.example.org/pictures/../starter.opml",
        "https://elsewhere.test/pictures/crumble.png",
        "file:///pictures/crumble.png",
    ],
)
def test_other_picture_addresses_have_no_picture(url: str) -> None:
    assert demo.picture(url) is None


def test_the_config_is_toml_with_the_feeds_and_three_watches(feeds: Feeds) -> None:
    config = tomllib.loads(demo.config_text())
    assert [(f["url"], f["title"], f["folder"]) for f in config["feeds"]] == [
        (feed.url, feed.title, feed.folder) for feed in feeds
    ]
    watches = [("WeChat", "green"), ("PIPL", "magenta"), ("Ransomware", "red")]
    assert [(w["name"], w["color"]) for w in config["watch"]] == watches
    assert config["watch"][1]["any"] == ["Personal Information Protection Law", "PIPL", "个人信息保护法"]


def test_the_starter_list_is_long_grouped_and_without_doubles() -> None:
    feeds = demo.starter()
    assert len(feeds) >= 25
    folders = {"General tech", "China & Asia tech", "Security", "Policy & law", "Developers"}
    assert {feed.folder for feed in feeds} == folders
    assert all(urlsplit(feed.url).scheme == "https" and urlsplit(feed.url).netloc for feed in feeds)
    assert all(urlsplit(feed.site_url).scheme == "https" for feed in feeds)
    assert all(feed.title for feed in feeds)
    assert len({feed.url for feed in feeds}) == len({feed.title for feed in feeds}) == len(feeds)
