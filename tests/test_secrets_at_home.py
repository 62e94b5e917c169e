"""Name, password, headers and cookies of a feed go to its own server alone, whatever is asked for there.

Requests go through a proxy on the loopback interface, which sees whatever would leave the program.
"""

from __future__ import annotations

import socket
from base64 import b64encode
from collections.abc import Callable, Sequence
from contextlib import aclosing, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from msgspec.structs import replace

from tests.builders import ALL, entry, fill, opened
from tests.examples import for_each
from tests.web import Answer, Request, Web
from tuireader.config import FeedConfig
from tuireader.errors import TuireaderError
from tuireader.feeds.address import same_server
from tuireader.feeds.http import cookies
from tuireader.feeds.http.fetch import Fetcher, FetchLimits
from tuireader.feeds.pages import own_request
from tuireader.ingest.backfill import page_job
from tuireader.model import Enclosure, FetchJob

HTTP, HTTPS = "http://news.example.org/feed", "https://news.example.org/feed"
PORT = "http://news.example.org:8080/feed"
SERVER, SITE, ELSEWHERE = "server", "site", "elsewhere"
"""The feed's own server; another one of its site, which gets no secrets; another site."""
PLACES = (
    (HTTPS, "https://news.example.org/2", SERVER),
    (HTTPS, "https://news.example.org:443/2", SERVER),
    (HTTPS, "HTTPS://News.Example.Org/2", SERVER),
    (HTTPS, "https://you:else@news.example.org/2", SERVER),
    ("https://me@news.example.org/feed", "https://news.example.org/2", SERVER),
    (HTTPS, "http://news.example.org/2", SITE),
    (HTTPS, "http://news.example.org:443/2", SITE),
    (HTTPS, "https://news.example.org:80/2", SITE),
    (HTTPS, "https://news.example.org:8443/2", SITE),
    (HTTPS, "https://www.news.example.org/2", SITE),
    (HTTPS, "https://old.news.example.org/2", SITE),
    (HTTPS, "https://example.org/2", SITE),
    (HTTPS, "https://you:else@old.news.example.org/2", SITE),
    (HTTPS, "https://shop.example.org/2", ELSEWHERE),
    (HTTPS, "https://news.example.org./2", ELSEWHERE),
    (HTTPS, "https://news.example.org.evil.example/2", ELSEWHERE),
    (HTTPS, "https://news.example.org@evil.example/2", ELSEWHERE),
    (HTTPS, "https://news.example.org:443@evil.example/2", ELSEWHERE),
    (HTTPS, "https://news.example.org\\@evil.example/2", ELSEWHERE),
    (HTTPS, "https://evil.example/news.example.org/2", ELSEWHERE),
    (HTTPS, "https://evilnews.example.org/2", ELSEWHERE),
    (HTTP, "http://news.example.org/2", SERVER),
    (HTTP, "http://news.example.org:80/2", SERVER),
    (HTTP, "http://NEWS.example.org/2", SERVER),
    (HTTP, "http://you:else@news.example.org/2", SERVER),
    (HTTP, "https://news.example.org/2", SERVER),  # an upgrade
    ("http://news.example.org:80/feed", "https://news.example.org:443/2", SERVER),
    (HTTP, "https://news.example.org:8443/2", SITE),
    (HTTP, "https://news.example.org:80/2", SITE),
    (HTTP, "http://news.example.org:443/2", SITE),
    (HTTP, "http://news.example.org:8080/2", SITE),
    (HTTP, "https://old.news.example.org/2", SITE),
    (HTTP, "http://old.news.example.org/2", SITE),
    (HTTP, "http://example.org/2", SITE),
    (HTTP, "http://shop.example.org/2", ELSEWHERE),
    (HTTP, "http://news.example.org@evil.example/2", ELSEWHERE),
    (HTTP, "http://news.example.org.evil.example/2", ELSEWHERE),
    (PORT, "http://news.example.org:8080/2", SERVER),
    (PORT, "https://news.example.org:8080/2", SITE),
    (PORT, "https://news.example.org/2", SITE),
    (PORT, "http://news.example.org/2", SITE),
    (PORT, "http://news.example.org:8081/2", SITE),
    (PORT, "http://old.news.example.org:8080/2", SITE),
    (PORT, "http://shop.example.org:8080/2", ELSEWHERE),
)
"""Addresses of feeds, other addresses, and how these are related to them."""
COOKIES = "\n".join(
    f"{domain}\t{below}\t/\tFALSE\t0\t{name}\tyes"
    for domain, below, name in (
        ("news.example.org", "FALSE", "own"),
        ("example.org", "TRUE", "all"),
        ("evil.example", "TRUE", "theirs"),
    )
)
SENT = {"authorization": f"Basic {b64encode(b'me:geheim').decode()}", "x-key": "k"}


@pytest.fixture
def jar(tmp_path: Path) -> Path:
    """The folder of a file with cookies of several hosts."""
    (tmp_path / "cookies.txt").write_text(COOKIES, encoding="utf-8")
    return tmp_path


def secrets_of(request: Request) -> dict[str, str]:
    """The password and headers of the feed that were sent with a request."""
    return {name: value for name, value in SENT.items() if request.headers.get(name) == value}


def cookies_of(request: Request) -> set[str]:
    """The names of the cookies that were sent with a request."""
    sent = request.headers.get("cookie", "")
    return {one.partition("=")[0].strip() for one in sent.split(";") if one}


def cookies_for(url: str) -> set[str]:
    """The names of the cookies for the host of an address."""
    host = urlsplit(url).hostname or ""
    of_site = host == "example.org" or host.endswith(".example.org")
    return {name for name, fits in (("own", host == "news.example.org"), ("all", of_site)) if fits}


@for_each(("home", "url", "where"), PLACES)
def test_a_server_is_scheme_host_and_port(home: str, url: str, where: str) -> None:
    assert same_server(home, url) is (where == SERVER)


@for_each(("home", "url", "where"), PLACES)
def test_an_archive_gets_the_secrets_only_on_the_feed_s_own_server(home: str, url: str, where: str) -> None:
    """On another server of the site it is fetched without them, and from the public web only."""
    feed = FetchJob(
        7,
        home,
        '"1"',
        "today",
        b"hash",
        headers=(("X-Key", "k"),),
        auth=("me", "geheim"),
        user_agent="Quay/1",
    )
    expected = {
        SERVER: replace(feed, url=url, etag=None, last_modified=None, body_hash=None),
        SITE: FetchJob(7, url, public_only=True),
        ELSEWHERE: None,
    }
    assert page_job(feed, home, url) == expected[where]


def test_an_archive_where_a_redirect_has_led_gets_no_secrets() -> None:
    feed, there = FetchJob(7, HTTPS, auth=("me", "geheim")), "https://cdn.example.net/feed"
    assert page_job(feed, there, f"{there}?paged=2") == FetchJob(7, f"{there}?paged=2", public_only=True)
    assert page_job(feed, there, f"{HTTPS}?paged=2") is None


@pytest.mark.parametrize("full_text", ["on", "auto"])
async def test_a_page_gets_the_secrets_only_on_the_feed_s_own_server(jar: Path, full_text: str) -> None:
    """And only if all of the feed's pages are asked for; cookies go to the hosts that they are for."""
    for home, url, where in PLACES:
        feed = FeedConfig(
            home, username="me", password="geheim", headers=(("X-Key", "k"),), cookies="cookies.txt",
            user_agent="Quay/1", full_text=full_text,
        )  # fmt: skip
        job = await own_request(feed, url, jar)
        whole = where == SERVER and full_text == "on"
        assert (job.auth, job.headers) == ((("me", "geheim"), feed.headers) if whole else (None, ())), url
        assert (job.url, job.user_agent) == (url, "Quay/1")
        named = set() if where == ELSEWHERE else cookies_for(url)
        assert {one.name for one in job.cookies} == named, url


def leading(places: Sequence[tuple[str, str]], kinds: Sequence[str]) -> Callable[[Request], Answer]:
    """Redirect `go-KIND-NUMBER` to the page `KIND-NUMBER` of a place, all else to nothing."""
    ways = {
        f"go-{kind}-{number}": url.replace("/2", f"/{kind}-{number}")
        for kind in kinds
        for number, (url, _) in enumerate(places)
    }

    def answer(request: Request) -> Answer:
        target = ways.get(request.path.rpartition("/")[2])
        return Answer(b"", 302, {"Location": target}) if target else Answer(b"", 404)

    return answer


async def test_a_redirect_of_a_feed_takes_no_secrets_to_another_server(web: Web, jar: Path) -> None:
    """Nor back after a detour, nor to the proxy that is to connect with a server."""
    places = [(url, where) for home, url, where in PLACES if home == HTTP]
    lead = leading(places, ["feed"])

    def answer(request: Request) -> Answer:
        name = request.path.rpartition("/")[2]
        if name.startswith("feed-"):
            return Answer(b"", 302, {"Location": f"http://news.example.org/back-{name}"})
        return lead(request)

    web.rest(answer)
    kept = cookies.read(jar / "cookies.txt", HTTP)
    async with Fetcher(FetchLimits(proxy=web.url)) as fetcher:
        for number, _ in enumerate(places):
            feed = FetchJob(1, f"http://news.example.org/go-feed-{number}")
            feed = replace(feed, auth=("me", "geheim"), headers=(("X-Key", "k"),), cookies=kept)
            await fetcher.fetch(feed)
    seen = {request.path.rpartition("/")[2]: request for request in web.requests}
    for number, (url, where) in enumerate(places):
        at_home = seen[f"go-feed-{number}"]
        assert (secrets_of(at_home), cookies_of(at_home)) == (SENT, {"own", "all"})
        if url.startswith("https:"):
            continue
        here, back = seen[f"feed-{number}"], seen[f"back-feed-{number}"]
        assert secrets_of(here) == secrets_of(back) == (SENT if where == SERVER else {}), url
        assert cookies_of(here) == cookies_of(back) == cookies_for(url), url
    connects = [request for request in web.requests if request.method == "CONNECT"]
    assert len(connects) == sum(url.startswith("https:") for url, _ in places)
    assert all((secrets_of(one), cookies_of(one)) == ({}, set()) for one in connects)


async def test_only_the_page_of_an_article_gets_secrets(
    web: Web, jar: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the feed's own server, at once or after a redirect; its file, picture and comments get none."""
    public = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.215.14", 0))]
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: public)
    hosts = (
        ("news.example.org", SERVER),
        ("you:else@news.example.org", SERVER),
        ("news.example.org:8080", SITE),
        ("old.news.example.org", SITE),
        ("evil.example", ELSEWHERE),
    )
    places = [(f"http://{host}/2", where) for host, where in hosts]
    web.rest(leading(places, ["page"]))
    text = (
        f'[[feeds]]\nurl = "{HTTP}"\nusername = "me"\npassword = "geheim"\nheaders = {{ X-Key = "k" }}\n'
        f'cookies = "cookies.txt"\nfull_text = true\n[fetch]\nproxy = "{web.url}"\n'
        "[download]\nfolder = 'files'\n"
    )
    async with opened(jar, text) as library:
        articles = []
        for number, (url, _) in enumerate(places):
            page, file, picture, talk = (
                url.replace("/2", f"/{kind}-{number}") for kind in ("page", "file", "picture", "talk")
            )
            files = (Enclosure(file, "audio/mpeg"),)
            articles.append(entry(number, url=page, comments_feed=talk, enclosures=files))
            articles.append(entry(number + 50, url=f"http://news.example.org/go-page-{number}"))
            with pytest.raises(TuireaderError):
                await library.content.image(picture, 1, 4, 4)
        await fill(library, 1, *articles)
        for article in await library.lists.ids(ALL):
            with pytest.raises(TuireaderError):
                await library.full_texts.fetch(article)
            with suppress(TuireaderError):
                await library.content.fetch_comments(article)
            await library.downloads.add([article])
        async with aclosing(library.downloads.run()) as changes:
            assert [change async for change in changes]
    for number, (url, where) in enumerate(places):
        sent = [
            (kind, secrets_of(request))
            for kind in ("go-page", "page", "file", "picture", "talk")
            for request in web.requests
            if request.path.endswith(f"/{kind}-{number}")
        ]
        there = SENT if where == SERVER else {}
        pages = [("go-page", SENT), ("page", there), ("page", there)]
        assert sent == [*pages, ("file", {}), ("picture", {}), ("talk", {})], url
    assert not any(
        cookies_of(request) for request in web.requests if "page-" not in request.path.rpartition("/")[2]
    )
