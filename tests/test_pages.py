"""Full text, comments and pictures through `Library`, against a real server and a real database."""

from __future__ import annotations

import asyncio
import io
import struct
import zlib
from collections.abc import Awaitable
from contextlib import aclosing
from pathlib import Path

import pytest
from PIL import Image

from tests.builders import CLOCK as NOW
from tests.builders import WATCHES, Clock, entry, feeds, fill, item, opened, paths, refreshed, rss
from tests.newsroom import fetched
from tests.processes import problems
from tests.web import Answer, Web, endless
from tests.web import shared_certificates as shared_certificates
from tests.workers import forked_workers as forked_workers
from tuireader.errors import TuireaderError
from tuireader.library import Library
from tuireader.library.content import PictureCache
from tuireader.model import Enclosure, NewMatch, Relation, TextFetched
from tuireader.store import Store

pytestmark = pytest.mark.usefixtures("forked_workers", "shared_certificates")

HTML = {"Content-Type": "text/html; charset=utf-8"}
PAGE = """<html><head><title>Ferries</title></head><body><nav><a href="/">Menu</a></nav>
<article><h1>The ferries</h1>
<figure><img src="/quay.png"><figcaption>The quay. Photo: A. Quist</figcaption></figure>
<p>The whole story tells of WeChat and of a quokka that crossed the harbour in the morning fog.</p>
<pre><code class="language-python">def fare():
    return 14</code></pre>
<p>It ends here, after <a href="/other">all of it</a> was told in some detail.</p></article>
<footer>Imprint</footer></body></html>"""


def site(web: Web, count: int = 1, html: str = "<p>The beginning of it.</p>", more: str = "") -> str:
    """A feed of articles whose pages are at /1, /2, …"""
    items = [
        item(str(n), f"Ferry number {n}", html, url=f"{web.url}/{n}", time=NOW - n * 60, more=more)
        for n in range(1, count + 1)
    ]
    for number in range(1, count + 1):
        web.serve(f"/{number}", PAGE, headers=HTML)
    return web.serve("/feed", rss("The Quay", items))


async def first(library: Library) -> int:
    ids, _ = await library.searches.run("title:Ferry")
    return min(ids)


async def found(library: Library, expression: str) -> list[int]:
    return list((await library.searches.run(expression))[0])


# --------------------------------------------------------------------------- full text


async def test_the_full_text_is_stored_searched_and_watched(tmp_path: Path, web: Web) -> None:
    async with fetched(tmp_path, feeds(site(web)) + WATCHES) as library:
        number = await first(library)
        assert await found(library, "quokka") == []
        article = await library.full_texts.fetch(number)
        assert article.shows_full and "quokka" in article.shown[0] and article.shown[1] == f"{web.url}/1"
        assert "The beginning" in article.html  # what the feed says stays
        assert await found(library, "quokka") == [number] == await found(library, "watch:WeChat")
        assert [(one.watch, one.hits[0].field) for one in article.evidence] == [("WeChat", "full text")]
        article = await library.full_texts.show(number, False)
        assert not article.shows_full and article.shown[0] == article.html
    assert problems(paths(tmp_path).database) == []


async def test_what_the_feed_says_later_does_not_lose_the_full_text(tmp_path: Path, web: Web) -> None:
    url = site(web)
    async with fetched(tmp_path, feeds(url) + WATCHES) as library:
        number = await first(library)
        await library.full_texts.fetch(number)
        again = item(
            "1", "Ferry number 1", "<p>A walrus was seen as well, the feed says.</p>", url=f"{web.url}/1"
        )
        web.serve("/feed", rss("The Quay", [again]))
        await refreshed(library)
        article = await library.articles.get(number)
        assert article is not None and article.edited and article.shows_full
        assert await found(library, "quokka") == await found(library, "walrus") == [number]
        assert await found(library, "watch:WeChat") == [number]  # hit by the page alone
        assert len(await library.articles.revisions(number)) == 1


async def test_a_page_that_changed_is_kept_as_a_version(tmp_path: Path, web: Web) -> None:
    async with fetched(tmp_path, feeds(site(web))) as library:
        number = await first(library)
        await library.full_texts.fetch(number)
        web.serve("/1", PAGE.replace("quokka", "numbat"), headers=HTML)
        await library.full_texts.fetch(number)
        assert await found(library, "quokka") == [] and await found(library, "numbat") == [number]
        (revision,) = await library.articles.revisions(number)
        assert (
            revision.full
            and ("removed", "quokka ") in revision.text
            and ("added", "numbat ") in revision.text
        )
        await library.full_texts.fetch(number)  # says the same
        assert len(await library.articles.revisions(number)) == 1


async def test_versions_of_the_feed_and_of_the_page_are_listed_newest_first(tmp_path: Path, web: Web) -> None:
    clock = Clock()
    async with opened(tmp_path, feeds(site(web)), clock=clock.time) as library:
        await refreshed(library)
        number = await first(library)
        await library.full_texts.fetch(number)
        for minutes, word in enumerate(("numbat", "walrus", "lemur"), 1):
            clock.now = NOW + 60 * minutes
            if word == "walrus":
                edited = item("1", "Ferry number 1", "<p>A walrus was seen.</p>", url=f"{web.url}/1")
                web.serve("/feed", rss("The Quay", [edited]))
                await refreshed(library)
            else:
                web.serve("/1", PAGE.replace("quokka", word), headers=HTML)
                await library.full_texts.fetch(number)
        versions = await library.articles.revisions(number)
        assert [(version.until - NOW, version.full) for version in versions] == [
            (180, True),
            (120, False),
            (60, True),
        ]


async def test_relatives_stay_as_they_are(tmp_path: Path, web: Web) -> None:
    """Two articles whose pages are alike are not folded for that."""
    url = web.serve(
        "/feed",
        rss(
            "F",
            [
                item("1", "Ferry number 1", "<p>Harbour dues fall by half.</p>", url=f"{web.url}/1"),
                item("2", "A comet is seen", "<p>Astronomers look up tonight.</p>", url=f"{web.url}/2"),
            ],
        ),
    )
    for path in ("/1", "/2"):
        web.serve(path, PAGE, headers=HTML)
    async with fetched(tmp_path, feeds(url)) as library:
        for number in (1, 2):
            await library.full_texts.fetch(number)
        async for _ in library.refresh.relate():
            pass
        assert await library.articles.story(1) is None
        related = [one.relation for one in await library.articles.related(1)]
        assert Relation.SAME_STORY not in related and Relation.SAME_TEXT not in related


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer(b"", 404), "HTTP 404"),
        (
            Answer(b"%PDF-1.7", headers={"Content-Type": "application/pdf"}),
            "the page is application/pdf, not text",
        ),
        (Answer(b"<html><body></body></html>", headers=HTML), "there is no text on the page"),
        (Answer(b"", headers=HTML), "there is no text on the page"),
        (Answer(b"\0\1\2", headers=HTML), "the page is not text"),
        (Answer(b"x" * 9_000_000, headers=HTML), "larger than 8 MB"),
        (Answer(b"", 302, headers={"Location": "file:///etc/passwd"}), "only http and https are followed"),
        (Answer(b"<div>" * 130_000, headers=HTML), "cannot be read"),
        (Answer(b"<html><body><p>Please log in.</p></body></html>", headers=HTML), "less text than the feed"),
    ],
)
async def test_a_page_that_fails_is_told_in_a_line(
    tmp_path: Path, web: Web, answer: Answer, words: str
) -> None:
    url = site(web, html=f"<p>{'The feed has rather more to say about it. ' * 20}</p>")
    web.handle("/1", lambda request: answer)
    async with fetched(tmp_path, feeds(url)) as library:
        number = await first(library)
        with pytest.raises(TuireaderError) as told:
            await library.full_texts.fetch(number)
        assert words in str(told.value) and "\n" not in str(told.value)
        article = await library.articles.get(number)
        assert article is not None and article.full is not None and not article.shows_full
        assert article.full.error and article.full.error in str(told.value)
        assert article.shown[0] == article.html


async def test_a_page_without_end_is_given_up(tmp_path: Path, web: Web) -> None:
    url = site(web)
    web.raw("/1", endless(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", b"<p>more</p>" * 9999))
    async with fetched(tmp_path, feeds(url)) as library:
        with pytest.raises(TuireaderError, match="larger than 8 MB"):
            await library.full_texts.fetch(await first(library))


async def test_a_private_address_is_not_asked_for(tmp_path: Path, web: Web) -> None:
    """A feed of the open web cannot have pages of this machine fetched."""
    async with opened(tmp_path, feeds("https://news.example.org/feed")) as library:
        (tmp_path / "x").mkdir()
        secret = web.serve("/secret", PAGE, headers=HTML)

        def save(store: Store) -> None:
            from tests.builders import entry

            with store.transaction():
                store.entries.save(1, [entry(1, url=secret)], NOW)

        await library.context.pool.write(save)
        with pytest.raises(TuireaderError, match="private address"):
            await library.full_texts.fetch(1)
        assert web.requests == []


async def test_a_page_in_another_encoding_says_so_in_its_head(tmp_path: Path, web: Web) -> None:
    head = '<html><head><meta charset="gb2312"></head>'
    page = f"{head}<body><article><p>{'渡轮新线开通。' * 9}</p></article></body></html>"
    url = site(web)
    web.serve("/1", page.encode("gb2312"), headers={"Content-Type": "text/html"})
    async with fetched(tmp_path, feeds(url)) as library:
        assert "渡轮新线" in (await library.full_texts.fetch(await first(library))).shown[0]


async def test_a_purged_text_can_be_had_again(tmp_path: Path, web: Web) -> None:
    async with fetched(tmp_path, feeds(site(web, 2)) + WATCHES) as library:
        await library.marks.set_read([1, 2], True)
        await library.database.purge(older_than=None, keep=0)
        article = await library.articles.get(1)
        assert article is not None and article.purged and not article.html
        article = await library.full_texts.fetch(1)
        assert not article.purged and article.shows_full
        assert await found(library, "quokka") == [1]
        await refreshed(library)  # the feed still says what it said: it is known
        await library.database.purge(older_than=None, keep=0)
        article = await library.articles.get(1)
        assert article is not None and not article.purged  # it is on a watch now
        assert problems(paths(tmp_path).database) == []


async def test_a_full_text_after_a_purge_leaves_the_links_of_the_feed(tmp_path: Path, web: Web) -> None:
    html = f'<p>Also read: <a href="{web.url}/2">Ferry number 2</a> and <a href="/other">more</a>.</p>'
    async with fetched(tmp_path, feeds(site(web, 2, html))) as library:
        (number,) = await found(library, 'title:"Ferry number 1"')
        await library.marks.set_read([number], True)

        async def links() -> dict[str, str]:
            kept = await library.context.pool.read(lambda store: store.links.of(number))
            return {link.url: link.kind for link in kept}

        before = await links()
        assert before[f"{web.url}/2"] == "also"
        await library.database.purge(older_than=None, keep=0)
        await library.full_texts.fetch(number)
        assert before.items() <= (await links()).items()


async def test_a_purge_takes_full_texts_and_comments_along(tmp_path: Path, web: Web) -> None:
    async with fetched(tmp_path, feeds(site(web))) as library:
        await library.full_texts.fetch(1)
        await library.marks.set_read([1], True)
        purged = await library.database.purge(older_than=None, keep=0)
        article = await library.articles.get(1)
        assert purged.articles == 1 and article is not None and article.purged and article.full is None
        assert await found(library, "quokka") == []


async def test_a_feed_can_have_all_its_pages_fetched(tmp_path: Path, web: Web) -> None:
    url = site(web, 6)
    web.serve("/3", status=500)
    text = f'[[feeds]]\nurl = "{url}"\nfull_text = true\n' + WATCHES
    async with opened(tmp_path, text) as library:
        events = await refreshed(library)
        texts = [event for event in events if isinstance(event, TextFetched)]
        assert [event.done for event in texts] == [1, 2, 3, 4, 5, 6] and texts[0].total == 6
        assert [event.title for event in texts if event.error] == ["Ferry number 3"]
        matches = [event for event in events if isinstance(event, NewMatch)]
        assert {event.evidence.watch for event in matches} == {"WeChat"} and len(matches) == 5
        assert len(await found(library, "quokka")) == 5
        assert web.most_at_once <= 2  # politely
        await refreshed(library)
        assert len(web.seen("/3")) == 1  # not again at once


async def test_other_feeds_are_left_alone(tmp_path: Path, web: Web) -> None:
    async with fetched(tmp_path, feeds(site(web, 3))) as library:
        async with aclosing(library.full_texts.fetch_waiting()) as events:
            assert [event async for event in events] == []
        assert web.seen("/1") == []


async def test_the_demo_asks_no_network(tmp_path: Path) -> None:
    address = "http://127.0.0.1:9/x"
    async with opened(tmp_path, feeds("https://a.example/feed"), offline=True) as library:
        with pytest.raises(TuireaderError, match="there is no article 9"):
            await library.full_texts.fetch(9)
        enclosures = (Enclosure(address, "audio/mpeg"),)
        await fill(library, 1, entry(url=address, comments_feed=address, enclosures=enclosures))
        calls: tuple[Awaitable[object], ...] = (
            library.content.fetch_comments(1),
            library.content.image(address, 1, 10, 10),
            library.downloads.add([1]),
            anext(library.downloads.run()),
            library.feeds.discover(address),
            library.full_texts.fetch(1),
            library.pages.fetch(address),
        )
        for call in calls:
            with pytest.raises(TuireaderError, match="the demo has no network"):
                await call


# --------------------------------------------------------------------------- comments

COMMENTS = """<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Comments</title>
<item><title>By: Bo</title><dc:creator>Bo</dc:creator><pubDate>Tue, 14 Nov 2023 22:00:00 +0000</pubDate>
<guid>c2</guid><content:encoded><![CDATA[<p>Second <b>word</b>.</p>]]></content:encoded></item>
<item><title>By: Ada</title><pubDate>Tue, 14 Nov 2023 21:00:00 +0000</pubDate>
<guid>c1</guid><description>First, with \x1b[31mcolour &lt;script&gt;x&lt;/script&gt;</description></item>
</channel></rss>""".replace("\x1b", "&#xfffd;")


async def test_comments_are_loaded_in_reading_order_and_kept(tmp_path: Path, web: Web) -> None:
    more = (
        '<wfw:commentRss xmlns:wfw="http://wellformedweb.org/CommentAPI/">'
        f"{web.url}/comments</wfw:commentRss><slash:comments>7</slash:comments>"
    )
    web.serve("/comments", COMMENTS)
    async with fetched(tmp_path, feeds(site(web, more=more))) as library:
        article = await library.articles.get(1)
        assert article is not None and article.comments_count == 7 and article.comments is None
        article = await library.content.fetch_comments(1)
        assert article.comments is not None and article.comments.at == NOW
        assert [one.author for one in article.comments.comments] == ["Ada", "Bo"]
        assert [one.time for one in article.comments.comments] == [1_699_995_600, 1_699_999_200]
    async with opened(tmp_path, feeds(site(web, more=more))) as library:  # offline from now on
        article = await library.articles.get(1)
        assert article is not None and article.comments is not None
        assert "Second <b>word</b>" in article.comments.comments[1].html


async def test_comments_that_cannot_be_had(tmp_path: Path, web: Web) -> None:
    more = (
        '<wfw:commentRss xmlns:wfw="http://wellformedweb.org/CommentAPI/">'
        f"{web.url}/comments</wfw:commentRss>"
    )
    items = [item("1", "With", url=f"{web.url}/1", more=more), item("2", "Without", url=f"{web.url}/2")]
    web.serve("/comments", "<html><body>Log in</body></html>", headers=HTML)
    async with opened(tmp_path, feeds(web.serve("/feed", rss("F", items)))) as library:
        await refreshed(library)
        ((one,), (two,)) = await found(library, "title:With"), await found(library, "title:Without")
        with pytest.raises(TuireaderError, match="the comments cannot be read: "):
            await library.content.fetch_comments(one)
        with pytest.raises(TuireaderError, match="no comments to load"):
            await library.content.fetch_comments(two)


# --------------------------------------------------------------------------- pictures


def png(width: int = 60, height: int = 30, colour: tuple[int, ...] = (200, 30, 30)) -> bytes:
    out = io.BytesIO()
    Image.new("RGBA" if len(colour) == 4 else "RGB", (width, height), colour).save(out, "PNG")
    return out.getvalue()


def bomb() -> bytes:
    """The beginning of a picture that says that it is 65,535 pixels wide and high."""
    head = b"IHDR" + struct.pack(">IIBBBBB", 65_535, 65_535, 8, 2, 0, 0, 0)
    chunks = [struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head))]
    data = b"IDAT" + zlib.compress(bytes(1000))
    chunks.append(struct.pack(">I", len(data) - 4) + data + struct.pack(">I", zlib.crc32(data)))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


async def test_a_picture_is_fetched_once_and_made_to_fit(tmp_path: Path, web: Web) -> None:
    address = web.serve("/quay.png", png())
    async with opened(tmp_path, feeds(site(web))) as library:
        await library.feeds.all()
        pixels = await library.content.image(address, 1, 20, 40)
        assert (pixels.width, pixels.height) == (20, 10) and pixels.rgb == bytes((200, 30, 30)) * 200
        assert (await library.content.image(address, 1, 40, 5)).width == 10
        assert len(web.seen("/quay.png")) == 1  # the second one came from the cache
        kept = list((tmp_path / "pictures").iterdir())
        assert len(kept) == 1 and kept[0].stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"<svg></svg>", "not a PNG, JPEG"),
        (b"", "not a PNG, JPEG"),
        (png()[:60], "damaged"),
        (bomb(), "4295 million pixels"),
    ],
)
async def test_what_is_no_picture(tmp_path: Path, web: Web, body: bytes, words: str) -> None:
    async with opened(tmp_path, feeds(site(web))) as library:
        await library.feeds.all()
        with pytest.raises(TuireaderError, match=words):
            await library.content.image(web.serve("/x", body), 1, 20, 20)


async def test_many_pictures_at_once(tmp_path: Path, web: Web) -> None:
    async with opened(tmp_path, feeds(site(web))) as library:
        await library.feeds.all()
        urls = [web.serve(f"/{n}.png", png(30 + n, 30)) for n in range(9)]
        made = await asyncio.gather(*(library.content.image(url, 1, 10, 10) for url in urls))
        assert [pixels.width for pixels in made] == [10] * 9


def test_the_cache_lets_the_oldest_go(tmp_path: Path) -> None:
    import os

    folder = tmp_path / "pictures"
    cache = PictureCache(folder, most=250)
    for number in range(3):
        before = {*folder.iterdir()} if number else set()
        cache.put(f"u{number}", bytes(100))
        for new in {*folder.iterdir()} - before:
            os.utime(new, (number, number))
    assert cache.get("u0") is None and len([*folder.iterdir()]) == 2
    cache.put("u3", bytes(100))
    assert [cache.get(f"u{number}") is not None for number in range(4)] == [False, False, True, True]
    (tmp_path / "file").write_text("x")
    broken = PictureCache(tmp_path / "file")
    broken.put("u", b"x")
    assert broken.get("u") is None
