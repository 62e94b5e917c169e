"""From the address that a person pastes to the address of a feed."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator

import pytest
from msgspec.structs import replace

from tests.examples import for_each
from tests.feeds.blocked_pages import CLOUDFLARE, LOGIN
from tests.feeds.corpus import atom, rss
from tests.web import Web
from tests.workers import forked_workers as forked_workers
from tuireader.errors import IsOpmlError, TuireaderError
from tuireader.feeds.find.discover import discover, known_site, read_preview, with_scheme, youtube_channel
from tuireader.feeds.http.fetch import Fetcher, FetchLimits
from tuireader.feeds.pages import fetch_page
from tuireader.feeds.parse.workers import ParseWorker

pytestmark = pytest.mark.usefixtures("forked_workers")

PAGE = "<!doctype html><html><head><title>Page</title>{}</head><body>words</body></html>"
VIDEOS = "https://www.youtube.com/feeds/videos.xml"
LINK = '<link rel="alternate" type="application/rss+xml" title="{}" href="{}">'


@pytest.fixture
async def web() -> AsyncIterator[Web]:
    async with Web() as server:
        yield server


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    async with Fetcher(FetchLimits(connect=2, idle=1, total=3, proxies=False, per_own_host=2)) as one:
        yield one


async def pairs(fetcher: Fetcher, url: str) -> list[tuple[str, str]]:
    """Address and title of what is found."""
    return [(one.url, one.title) for one in await discover(fetcher, url)]


async def test_the_address_is_a_feed_itself(web: Web, fetcher: Fetcher) -> None:
    (found,) = await discover(fetcher, web.serve("/f", rss("")))
    assert (found.url, found.title) == (web.url + "/f", "Harbour News")
    assert found.preview is not None
    assert [title for title, _ in found.preview.samples] == ["Tide tables", "Second"]
    assert len(web.requests) == 1


@pytest.mark.parametrize(
    "lead", ["", "\ufeff\n<?xml version='1.0'?>\n<!-- a -- b --><!DOCTYPE opml>", "<!-- -->" * 900]
)
async def test_an_opml_file_is_recognised_and_nothing_else_is_asked(
    web: Web, fetcher: Fetcher, lead: str
) -> None:
    body = f"{lead}<OPML version='1.0'><body><outline xmlUrl='https://a.example/'/></body></OPML>".encode()
    with pytest.raises(IsOpmlError) as caught:
        await discover(fetcher, web.serve("/feeds", body, headers={"Content-Type": "text/html"}))
    assert caught.value.data == body and len(web.requests) == 1


async def test_a_page_about_opml_is_a_page(web: Web, fetcher: Fetcher) -> None:
    page = PAGE.format("<!-- <opml> -->" + LINK.format("All", "/all.xml")) + "<opml>"
    assert await pairs(fetcher, web.serve("/", page)) == [(web.url + "/all.xml", "All")]
    assert not await discover(fetcher, web.serve("/x", "<!--" * 5000 + "<opml>"))


async def test_the_page_names_its_feeds(web: Web, fetcher: Fetcher) -> None:
    page = PAGE.format(LINK.format("All", "/all.xml") + LINK.format("Comments", "c.xml"))
    found = await pairs(fetcher, web.serve("/blog/", page, headers={"Content-Type": "text/html"}))
    assert found == [(web.url + "/all.xml", "All"), (web.url + "/blog/c.xml", "Comments")]


async def test_what_a_page_names_is_read_when_it_is_asked_for(web: Web, fetcher: Fetcher) -> None:
    web.serve("/all.xml", rss(""))
    web.serve("/page.xml", PAGE.format(""))
    page = PAGE.format("".join(LINK.format("", href) for href in ("all.xml", "page.xml", "none.xml")))
    found = await discover(fetcher, web.serve("/", page))
    assert [one.preview for one in found] == [None] * 3 and len(web.requests) == 1
    async with ParseWorker() as parser:
        preview = await read_preview(fetcher, parser, found[0])
        assert (preview.title, preview.entries) == ("Harbour News", 2)
        with pytest.raises(TuireaderError, match="web page"):
            await read_preview(fetcher, parser, found[1])
        with pytest.raises(TuireaderError, match="404"):
            await read_preview(fetcher, parser, found[2])
        elsewhere = replace(found[0], page="https://example.org/")
        with pytest.raises(TuireaderError, match="private"):
            await read_preview(fetcher, parser, elsewhere)


async def test_only_what_the_page_shows_counts_and_comments_come_last(web: Web, fetcher: Fetcher) -> None:
    page = PAGE.format(
        "<!--\n" + LINK.format("Old", "/old.xml") + "\n-->"
        "<script>x = '" + LINK.format("Script", "/script.xml") + "'</script>"
        "<SCRIPT>\n" + LINK.format("Script", "/loud.xml") + "\n</Script>"
        "<template>" + LINK.format("Template", "/template.xml") + "</template>"
        "<style>" + LINK.format("Style", "/style.xml") + "</style>"
        + LINK.format("Page &raquo; Comments Feed", "/comments/feed/")
        + LINK.format("Script", "javascript:alert(1)")
        + LINK.format("Itself", "")
        + LINK.format("Articles", f"feed://127.0.0.1:{web.port}/feed/")
    )  # fmt: skip
    found = await pairs(fetcher, web.serve("/", page, headers={"Content-Type": "text/html"}))
    assert [title for _, title in found] == ["Articles", "Page » Comments Feed"]
    assert found[0][0] == web.url + "/feed/"


@pytest.mark.parametrize(
    "title", ["RSS", "Atom 1.0", "RSS Feed", "feed", "RSS 2.0 (XML)", "订阅", "Flux RSS"]
)
async def test_a_title_that_names_no_feed_is_none(web: Web, fetcher: Fetcher, title: str) -> None:
    page = PAGE.format(LINK.format(title, "/rss") + LINK.format("Feedback of RSSI", "/other"))
    found = await pairs(fetcher, web.serve("/", page, headers={"Content-Type": "text/html"}))
    assert found == [(web.url + "/rss", ""), (web.url + "/other", "Feedback of RSSI")]


async def test_a_page_that_only_links_to_its_feed(web: Web, fetcher: Fetcher) -> None:
    page = (
        "<html><body><a href='/about'>About</a><a href='/feeds/none.rss'>Broken</a>"
        "<a href='/comments/feed'>Comments</a><a href='/blog/atom.xml'>Feed</a><a href='mailto:a@b'>Mail</a>"
    )
    web.serve("/comments/feed", rss(""))
    feed = web.serve("/blog/atom.xml", atom(""))
    found = await pairs(fetcher, web.serve("/", page))
    assert found == [(feed, "Lighthouse"), (f"{web.url}/comments/feed", "Harbour News")]
    assert not web.seen("/about") and not web.seen("/feed")


@pytest.mark.parametrize(
    ("flood", "size"),
    [
        ("<link ", 1_000_000),
        ("<!--", 1_000_000),
        ("<script", 1_000_000),
        ("<a href='", 1_000_000),
        ("<a href=/feed>", 500_000),
        ("<link a=1 ", 2_100_000),  # by the worker
    ],
)
async def test_a_flood_of_tags_takes_no_time(web: Web, fetcher: Fetcher, flood: str, size: int) -> None:
    started = time.process_time()
    await pairs(fetcher, web.serve("/", "<html>" + flood * (size // len(flood))))
    assert time.process_time() - started < 3


async def test_the_usual_places_are_looked_at_politely(web: Web, fetcher: Fetcher) -> None:
    web.latency = 0.01
    web.serve("/atom.xml", atom(""))
    web.serve("/rss.xml", rss(""))
    web.serve("/feed.xml", rss(""))
    web.serve("/index.xml", PAGE.format(""))
    found = await pairs(fetcher, web.serve("/", PAGE.format("")))
    assert found == [(web.url + "/atom.xml", "Lighthouse"), (web.url + "/feed.xml", "Harbour News")]
    assert web.most_at_once <= 2


async def test_nothing_is_found_and_what_cannot_be_read_is_told(web: Web, fetcher: Fetcher) -> None:
    assert await pairs(fetcher, web.serve("/", PAGE.format(""))) == []
    for address in (web.url + "/none", "http://127.0.0.1:1/", "file:///etc/passwd", "ftp://x/"):
        with pytest.raises(TuireaderError):
            await pairs(fetcher, address)


async def test_plain_http_is_tried_only_when_no_scheme_was_typed(web: Web, fetcher: Fetcher) -> None:
    web.serve("/f", rss(""))
    assert await pairs(fetcher, f"127.0.0.1:{web.port}/f") == [(web.url + "/f", "Harbour News")]
    with pytest.raises(TuireaderError):
        await pairs(fetcher, f"https://127.0.0.1:{web.port}/f")


async def test_a_site_that_answers_by_redirect_is_followed(web: Web, fetcher: Fetcher) -> None:
    web.serve("/new/", PAGE.format(LINK.format("News", "feed.xml")))
    found = await pairs(fetcher, web.serve("/old", status=301, headers={"Location": "/new/"}))
    assert found == [(web.url + "/new/feed.xml", "News")]


async def test_a_known_site_is_asked_at_its_feed_first(web: Web, fetcher: Fetcher) -> None:
    web.serve("/@ada.rss", rss(""))
    assert await pairs(fetcher, web.url + "/@ada") == [(web.url + "/@ada.rss", "Harbour News")]
    assert [request.path for request in web.requests] == ["/@ada.rss"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("example.org", "https://example.org"),
        (" example.org/x ", "https://example.org/x"),
        ("example.org:8080/x", "https://example.org:8080/x"),
        ("http://example.org", "http://example.org"),
        ("feed://example.org/x", "https://example.org/x"),
        ("feed:http://example.org/x", "http://example.org/x"),
        ("//example.org", "https://example.org"),
        ("file:///etc/passwd", "file:///etc/passwd"),
        ("javascript:alert(1)", "javascript:alert(1)"),
    ],
)
def test_schemes(typed: str, meant: str) -> None:
    assert with_scheme(typed) == meant


@for_each(
    ("page", "feeds"),
    [
        ("https://www.youtube.com/channel/UC_x-1", [f"{VIDEOS}?channel_id=UC_x-1"]),
        ("https://youtube.com/playlist?list=PL1", [f"{VIDEOS}?playlist_id=PL1"]),
        ("https://www.youtube.com/watch?v=1", []),
        ("https://github.com/a/b", ["https://github.com/a/b/releases.atom"]),
        ("https://github.com/a/b/tags", ["https://github.com/a/b/tags.atom"]),
        ("https://github.com/a/b/commits/main", ["https://github.com/a/b/commits/main.atom"]),
        ("https://github.com/a/b/releases.atom", []),
        ("https://github.com/a", []),
        ("https://www.youtube.com/watch?v=1&list=PL1", [f"{VIDEOS}?playlist_id=PL1"]),
        ("https://www.youtube.com/user/ada/videos", [f"{VIDEOS}?user=ada"]),
        ("https://www.youtube.com/@ada", []),
        ("https://www.reddit.com/r/linux/", ["https://www.reddit.com/r/linux/.rss"]),
        (
            "https://old.reddit.com/r/a+b/new/?feed=1&user=x",
            ["https://www.reddit.com/r/a+b/new/.rss?feed=1&user=x"],
        ),
        (
            "https://www.reddit.com/search?q=WeChat&sort=new",
            ["https://www.reddit.com/search.rss?q=WeChat&sort=new"],
        ),
        ("https://www.reddit.com/r/linux/.rss", []),
        ("https://social.example/@ada", ["https://social.example/@ada.rss"]),
        ("https://medium.com/@ada", ["https://medium.com/feed/@ada"]),
        ("https://example.org/blog", []),
        ("http://[::1", []),
    ],
)
def test_known_sites(page: str, feeds: list[str]) -> None:
    assert known_site(page) == feeds


def test_the_channel_of_a_youtube_page_is_found_without_its_feed_link() -> None:
    channel = f"UC{'a' * 22}"
    feed = ((f"{VIDEOS}?channel_id={channel}", ""),)
    link = f'<link rel="canonical" href="https://www.youtube.com/channel/{channel}">'
    data = f'<script>var ytInitialData = {{"externalId":"{channel}"}}</script>'
    for page in (link, data):
        assert youtube_channel(page, "https://www.youtube.com/@ada") == feed
        assert youtube_channel(page, "https://youtube.example/@ada") == ()


async def test_a_blocked_page_says_so_and_is_left_alone(web: Web, fetcher: Fetcher) -> None:
    with pytest.raises(TuireaderError, match="Cloudflare asks for a browser"):
        await pairs(fetcher, web.serve("/", CLOUDFLARE))
    assert len(web.requests) == 1  # the usual places would be blocked, too
    found = await pairs(
        fetcher, web.serve("/2", CLOUDFLARE.replace("<body>", LINK.format("All", "/all") + "<body>"))
    )
    assert found == [(web.url + "/all", "All")]
    with pytest.raises(TuireaderError, match="asks to log in"):
        await pairs(fetcher, web.serve("/3", LOGIN[0].body))


async def test_the_charset_that_the_server_names_counts(web: Web, fetcher: Fetcher) -> None:
    """Else titles of old servers are question marks, and a page is no text at all."""
    body = "<rss version='2.0'><channel><title>Гавань</title></channel></rss>".encode("koi8-r")
    url = web.serve("/koi", body, headers={"Content-Type": "application/rss+xml; charset=koi8-r"})
    (found,) = await discover(fetcher, url)
    assert found.title == "Гавань"
    page = web.serve(
        "/page", "<p>Гавань</p>".encode("koi8-r"), headers={"Content-Type": "text/html; charset=koi8-r"}
    )
    assert await fetch_page(fetcher, page, page) == ("<p>Гавань</p>", page)
