"""What a server names never reaches your own network: addresses of an account's feeds and their articles.

Every request goes through a proxy on the loopback interface, which sees whatever would leave the program.
"""

from __future__ import annotations

import io
import socket
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.builders import CLOCK, Clock, entry, feeds, fill, item, opened, refreshed, rss
from tests.servers.clients import synced
from tests.servers.fake import TOKEN
from tests.servers.fake_miniflux import FakeMiniflux
from tests.web import Answer, Web
from tests.web import shared_certificates as shared_certificates
from tests.workers import forked_workers as forked_workers
from tuireader.errors import TuireaderError
from tuireader.library import Library
from tuireader.model import DownloadState, Enclosure, TextFetched
from tuireader.model.accounts import RemoteFeed
from tuireader.store import Store

pytestmark = pytest.mark.usefixtures("forked_workers", "shared_certificates")

HOSTS = (
    "127.0.0.1", "127.0.0.1:631", "localhost", "localhost.", "[::1]", "10.1.2.3", "192.168.1.1:8080",
    "169.254.169.254", "0x7f000001", "2130706433", "127.1", "[::ffff:10.0.0.1]", "nas.lan",
    "inside.example",
)  # fmt: skip
"""Hosts in your own network; the last is a name that leads to a private address."""
KINDS = ("page", "picture", "file", "comments")
TEXT = b"<html><body><article><p>" + 30 * b"The whole article of the harbour. " + b"</p></article></html>"
COMMENTS = b"<rss><channel><title>C</title><item><guid>1</guid><title>Yes</title></item></channel></rss>"


@pytest.fixture(autouse=True)
def _names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names that lead where the tests want; no other name is known."""
    known = {"inside.example": "10.9.8.7", "public.example": "93.184.215.14", "127.0.0.1": "127.0.0.1"}

    def ask(host: str, *_: object, **__: object) -> list[Any]:
        name = "public.example" if host.endswith(".public.example") else host
        if name not in known:
            raise socket.gaierror(socket.EAI_NONAME, "not known")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (known[name], 0))]

    monkeypatch.setattr("socket.getaddrinfo", ask)


def account(url: str, name: str = "home") -> str:
    return f'[[account]]\nname = "{name}"\nkind = "miniflux"\nurl = "{url}"\ntoken = "{TOKEN}"\n'


def through(proxy: Web) -> str:
    return f'[fetch]\nproxy = "{proxy.url}"\n[download]\nfolder = "files"\n'


async def carry(library: Library, address: str, url: str, number: int = 1, account_name: str = "home") -> int:
    """Let the account list a feed with an article whose page, file and comments are at `url`."""

    def there(store: Store) -> int:
        with store.transaction():
            remote = str(number)
            listed = RemoteFeed(remote, f"Theirs {number}", address)
            own = store.accounts.get(account_name)
            return store.accounts.list_feeds(own, [listed], CLOCK)[remote]

    feed = await library.context.pool.write(there)
    await library.context.load_feeds()
    await publish(library, feed, url, number)
    return feed


async def publish(library: Library, feed: int, url: str, number: int = 1) -> None:
    """Store an article of a feed whose page, file and comments are at `url`."""
    file = Enclosure(url, "audio/mpeg")
    await fill(library, feed, entry(number, url=url, comments_feed=url, enclosures=(file,)))


async def ask(library: Library, kind: str, url: str, feed: int, article: int = 1) -> str:
    """Fetch what the article names; return the error."""
    asks: dict[str, Callable[[], Awaitable[object]]] = {
        "page": lambda: library.full_texts.fetch(article),
        "picture": lambda: library.content.image(url, feed, 4, 4),
        "comments": lambda: library.content.fetch_comments(article),
    }
    if kind != "file":
        try:
            await asks[kind]()
        except TuireaderError as error:
            return error.message
        return ""
    await library.downloads.add([article])
    async with aclosing(library.downloads.run()) as changes:
        async for _ in changes:
            pass
    (download,) = [one for one in await library.downloads.all() if one.article_id == article]
    assert download.state is (DownloadState.FAILED if download.error else DownloadState.DONE)
    return download.error


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (4, 4), (9, 9, 9)).save(out, "PNG")
    return out.getvalue()


def answer(kind: str) -> Answer:
    html = {"Content-Type": "text/html"}
    return {
        "page": Answer(TEXT, headers=html),
        "picture": Answer(picture()),
        "file": Answer(b"sound"),
        "comments": Answer(COMMENTS),
    }[kind]


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_nothing_that_an_account_names_is_asked_for_inside(
    tmp_path: Path, web: Web, scheme: str
) -> None:
    async with opened(tmp_path, through(web) + account("https://rss.example")) as library:
        for number, host in enumerate(HOSTS, 1):
            url = f"{scheme}://{host}/private/{number}"
            feed = await carry(library, f"{scheme}://{host}/feed.xml", url, number)
            for kind in KINDS:
                assert "private address" in await ask(library, kind, url, feed, number), (host, kind)
    assert web.requests == []


async def test_no_redirect_of_a_public_server_leads_inside(tmp_path: Path, web: Web) -> None:
    """Not even to the server of the account itself."""
    accounts = "".join(account(f"http://{host}", f"home-{n}") for n, host in enumerate(HOSTS, 1))
    urls = []
    async with opened(tmp_path, through(web) + accounts) as library:
        for number, host in enumerate(HOSTS, 1):
            url = f"http://{number}.public.example/a"
            web.serve(url, status=302, headers={"Location": f"http://{host}/private"})
            urls.append(url)
            address = f"http://{number}.public.example/feed.xml"
            feed = await carry(library, address, url, number, f"home-{number}")
            for kind in KINDS:
                assert "private address" in await ask(library, kind, url, feed, number), (host, kind)
    assert {request.path for request in web.requests} == {*urls}


def serve(web: Web, site: str, kinds: Sequence[str] = KINDS) -> dict[str, str]:
    """Serve what an article may name, each at an address of its own; return the addresses by kind."""
    urls = {kind: f"{site}/{kind}" for kind in kinds}
    for kind, url in urls.items():
        there = answer(kind)
        web.serve(url, there.body, headers=there.headers)
    return urls


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "nas.lan", "inside.example"])
async def test_the_own_server_of_an_account_serves_what_it_names(tmp_path: Path, web: Web, host: str) -> None:
    urls = serve(web, f"http://{host}/proxy")
    async with opened(tmp_path, through(web) + account(f"http://{host}/miniflux")) as library:
        for number, (kind, url) in enumerate(urls.items(), 1):
            feed = await carry(library, "http://public.example/feed.xml", url, number)
            assert await ask(library, kind, url, feed, number) == "", kind
        other = f"http://{host.partition(':')[0]}:9999/private"
        await publish(library, feed, other)
        assert "private address" in await ask(library, "picture", other, feed)
    assert {request.path for request in web.requests} == {*urls.values()}


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "nas.lan", "10.1.2.3", "inside.example"])
async def test_a_feed_of_the_configuration_stays_at_home(tmp_path: Path, web: Web, host: str) -> None:
    urls = serve(web, f"http://{host}")
    async with opened(tmp_path, through(web) + feeds(f"http://{host}/feed")) as library:
        for number, (kind, url) in enumerate(urls.items(), 1):
            await publish(library, 1, url, number)
            assert await ask(library, kind, url, 1, number) == "", kind


@pytest.mark.parametrize("local", ["http://nas.lan/feed", "http://other.lan/feed"])
async def test_an_article_of_both_is_fetched_at_home_if_a_local_feed_there_carries_it(
    tmp_path: Path, web: Web, local: str
) -> None:
    urls = serve(web, "http://nas.lan", ("page", "file", "comments"))
    text = through(web) + feeds(local) + account("https://rss.example")
    async with opened(tmp_path, text) as library:
        for number, (kind, url) in enumerate(urls.items(), 1):
            feed = await carry(library, "http://nas.lan/feed", url, number)
            assert "private address" in await ask(library, kind, url, feed, number), kind
            await publish(library, 1, url, number)
            (row,) = await library.lists.rows([number])
            assert row.sources == 2
            error = await ask(library, kind, url, feed, number)
            assert (error == "") is (local == "http://nas.lan/feed"), kind


@pytest.mark.parametrize("named", [False, True])
async def test_a_dead_feed_leads_to_no_page_or_feed_inside(tmp_path: Path, web: Web, named: bool) -> None:
    """Neither does the home page that the feed has named, nor a feed that a page names in its place."""
    urls = []
    others = [f"http://{host}/other" for host in ("public.example", *HOSTS)]
    for number, other in enumerate(others):
        document = rss("F", [item("1", "One", time=CLOCK - 9_000)]).replace(
            b"https://site.example.org/<", other.encode() + b"<", 1
        )
        link = f'<link rel="alternate" type="application/rss+xml" href="{other}">'
        page = f"<html><head>{link}</head></html>" if named else Answer(b"", 404)
        url = f"http://{number}.public.example/feed"
        web.stages(url, document, page)
        urls.append(url)
    clock = Clock()
    async with opened(tmp_path, through(web) + feeds(*urls), clock=clock.time) as library:
        for _ in range(4):
            await refreshed(library)
            clock.now += 3_000
    asked = {request.path for request in web.requests}
    assert asked == {*urls, others[0]}


async def test_the_articles_of_a_removed_account_stay_public(tmp_path: Path, web: Web) -> None:
    url = "http://nas.lan/1"
    async with opened(tmp_path, through(web) + account("http://nas.lan")) as library:
        feed = await carry(library, "http://nas.lan/feed", url)
    async with opened(tmp_path, through(web) + feeds("http://public.example/f")) as library:
        for kind in KINDS:
            assert "private address" in await ask(library, kind, url, feed)
    assert web.requests == []


async def test_a_sync_fetches_no_teaser_s_page_on_this_machine(tmp_path: Path, web: Web) -> None:
    """A real server of an account, whose feed is on another port of the loopback interface."""
    with FakeMiniflux("2.3.2") as server:
        feed = server.add_feed("Inside", url=f"{web.url}/feed.xml")
        feed.site_url = f"{web.url}/"
        async with opened(tmp_path, account(server.url)) as library:
            await synced(library)
            for number in range(8):
                server.add_entry(feed, f"Teaser {number}", f"<p>The harbour waits for number {number} …</p>")
            events = await refreshed(library)
    errors = [event.error for event in events if isinstance(event, TextFetched)]
    assert len(errors) == 8 and all("private address" in error for error in errors)
    assert web.connections == 0


async def test_the_pages_of_a_feed_at_home_are_still_fetched(tmp_path: Path, web: Web) -> None:
    items = [
        item(str(n), f"Teaser {n}", f"<p>The harbour waits for number {n} …</p>", url=f"{web.url}/{n}")
        for n in range(8)
    ]
    web.rest(lambda request: answer("page"))
    async with opened(tmp_path, feeds(web.serve("/feed", rss("F", items)), pages=True)) as library:
        await refreshed(library)
    assert {request.path for request in web.requests} > {"/1", "/2"}
