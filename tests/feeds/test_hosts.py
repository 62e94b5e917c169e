"""Which hosts are public: by what is written, by what a name leads to, whoever connects in the end."""

from __future__ import annotations

import asyncio
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import for_each, half_as_many
from tests.web import Web
from tuireader.errors import TuireaderError
from tuireader.feeds.address import same_host
from tuireader.feeds.find.discover import discover
from tuireader.feeds.http.fetch import Fetcher, FetchLimits
from tuireader.feeds.http.hosts import Resolver, is_public, may_be_public
from tuireader.feeds.pages import fetch_page, fetch_picture, limited
from tuireader.model import Fault, Fetched, FetchFailed, FetchJob

PUBLIC_ADDRESSES = [
    "8.8.8.8", "2001:4860:4860::8888", "64:ff9b::808:808", "::8.8.8.8", "::ffff:0:8.8.8.8",
]  # fmt: skip
PRIVATE_ADDRESSES = [
    "127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "::1",
    "::", "fe80::1%eth0", "fd00::1", "fec0::1", "::ffff:127.0.0.1", "::127.0.0.1", "::ffff:0:10.0.0.1",
    "2002:7f00:1::", "64:ff9b::7f00:1", "64:ff9b:1::808:808",
]  # fmt: skip


@for_each("address", PUBLIC_ADDRESSES + PRIVATE_ADDRESSES)
def test_public_addresses(address: str) -> None:
    assert is_public(address) is (address in PUBLIC_ADDRESSES)


PRIVATE = [
    "127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f.1", "0x7f000001", "017700000001", "0177.0.0.1",
    "0x7F.0.0.1", "127.0.0.1.", "127.1.", "169.254.169.254", "169.254.43518", "0xa9fea9fe", "2852039166",
    "0", "0.0.0.0", "0x", "00.0", "10.0.0.1", "010.0.0.1", "012.1", "192.168.257", "localhost", "LOCALHOST",
    "localhost.", "a.localhost", "a.localhost.", "localhost.localdomain", "router", "nas.local",
    "printer.lan", "wiki.internal", "gateway.home.arpa", "intranet", "[::1]", "::1", "::ffff:127.0.0.1",
    "::ffff:7f00:1", "::127.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1", "fe80::1%25eth0", "fe80::1%eth0",
    "fd00::1", "::ffff:0:7f00:1", "%31%32%37.0.0.1", "127%2e1", "%6cocalhost", "127.0.0.1%20",
    "127.0.0.1%00", "%2531%2532%2537.0.0.1", "a%2eexample%",
    "１２７.０.0.1", "127。0．0｡1", "ｌｏｃａｌｈｏｓｔ",
    "256.1.1.1", "1.2.3.4.5", "0x7g.0x1", "99999999999", "::g",
]  # fmt: skip
PUBLIC = [
    "example.org", "example.org.", "EXAMPLE.ORG", "a_b.example", "xn--bcher-kva.example", "8.8.8.8",
    "8.8.8.8.", "134744072", "0x08080808", "[2001:4860:4860::8888]", "64:ff9b::808:808",
    "127.0.0.1.example.org", "localhost.example.org", "bücher.example", "1.2.3.4.example%2eorg",
    "0x7f.0x1.g",
]  # fmt: skip


def test_hosts_that_may_be_public() -> None:
    assert [host for host in PUBLIC + PRIVATE if may_be_public(host)] == PUBLIC


@given(st.ip_addresses(v=4), st.integers(1, 4), st.sampled_from(["%d", "%#x", "0%o", "%#X"]))
@half_as_many
def test_an_address_is_the_same_however_it_is_written(address: object, parts: int, form: str) -> None:
    number = int(address)  # type: ignore[call-overload]
    pieces = [number >> 8 * (3 - place) & 255 for place in range(parts - 1)]
    written = ".".join(form % piece for piece in [*pieces, number & (256 ** (5 - parts) - 1)])
    if socket.inet_aton(written):  # as the system reads it
        assert may_be_public(written) <= is_public(str(address))


def test_only_the_very_same_host_and_port_are_the_same() -> None:
    long = f"https://{'a' * 60}.{'b' * 60}"
    assert same_host("http://Home.lan/feed", "https://me@home.lan/page")
    for url, other in (
        (f"{long}.example/", f"{long}.evil.example/"),
        ("http://home.lan:8080/", "http://home.lan/"),
        ("http://home.lan/", "http://home.lan./"),
        ("http://home.lan/", ""),
        ("", ""),
        ("http://[::1", "http://[::1"),
    ):
        assert not same_host(url, other)


@given(st.text(max_size=40))
def test_any_text_may_be_asked_about(host: str) -> None:
    assert may_be_public(host) in (True, False)


INSIDE = [
    "http://127.1/", "http://2130706433/", "http://0x7f.1:631/", "http://localhost./",
    "https://169.254.43518/", "http://a.localhost/", "http://nas.home.example/",
    "https://nas.home.example/", "http://[::127.0.0.1]/", "http://%31%32%37.1/", "http://printer.lan/",
]  # fmt: skip


def resolver() -> Resolver:
    """A resolver that knows one name, of a private address."""

    def ask(host: str) -> list[str] | OSError:
        if host == "nas.home.example":
            return ["192.168.1.9"]
        return socket.gaierror(socket.EAI_NONAME, "not known")

    return Resolver(ask)


def redirecting(proxy: Web, target: str) -> str:
    """An address of a page beyond a proxy that redirects to `target`."""
    return "http://one.example" + proxy.serve(
        "http://one.example/", status=302, headers={"Location": target}
    ).removeprefix(proxy.url + "http://one.example")


@pytest.mark.parametrize("target", INSIDE)
async def test_no_redirect_leads_inside_through_a_proxy(target: str) -> None:
    async with Web() as proxy:
        limits = FetchLimits(proxy=proxy.url, block_private=True)
        async with Fetcher(limits, resolver=resolver()) as fetcher:
            failed = await fetcher.fetch(FetchJob(1, redirecting(proxy, target)))
        assert isinstance(failed, FetchFailed) and failed.fault is Fault.REDIRECT
        assert "private address" in failed.reason
        assert [request.path for request in proxy.requests] == ["http://one.example/"]


@pytest.mark.parametrize("target", INSIDE)
@pytest.mark.parametrize("direct", [True, False])
async def test_nothing_that_an_article_names_is_asked_for_inside(target: str, direct: bool) -> None:
    async with Web() as proxy:
        limits = limited(FetchLimits(proxies=False) if direct else FetchLimits(proxy=proxy.url), 5)
        async with Fetcher(limits, resolver=resolver()) as fetcher:
            for fetch in (fetch_page, fetch_picture):
                with pytest.raises(TuireaderError, match=r"private address|no web address"):
                    await fetch(fetcher, target, "http://one.example/feed")
        assert proxy.requests == []


async def test_a_proxy_is_asked_for_public_names_and_for_the_feed_s_own() -> None:
    async with Web() as proxy:
        for host in ("two.example", "134744072", "nas.home.example", "127.1"):
            proxy.serve(f"http://{host}/", b"<rss/>")
        limits = FetchLimits(proxy=proxy.url, block_private=True)
        async with Fetcher(limits, resolver=resolver()) as fetcher:
            for target in ("http://two.example/", "http://134744072/"):
                assert isinstance(await fetcher.fetch(FetchJob(1, redirecting(proxy, target))), Fetched)
            for own in ("http://nas.home.example/", "http://127.1/"):  # the user subscribed to it
                assert isinstance(await fetcher.fetch(FetchJob(1, own)), Fetched)


async def test_no_name_is_looked_up_for_a_socks_proxy() -> None:
    asked: list[str] = []

    def ask(host: str) -> list[str] | OSError:
        asked.append(host)
        return socket.gaierror(socket.EAI_NONAME, "not known")

    limits = FetchLimits(proxy="socks5://127.0.0.1:1", block_private=True)
    async with Fetcher(limits, resolver=Resolver(ask)) as fetcher:
        inside = await fetcher.fetch(FetchJob(1, "http://127.1/", public_only=True))
        await fetcher.fetch(FetchJob(1, "http://two.example/", public_only=True))
    assert isinstance(inside, FetchFailed) and "private address" in inside.reason
    assert asked == []


async def test_an_unknown_name_is_looked_up_once_without_a_proxy() -> None:
    asked: list[str] = []

    def ask(host: str) -> list[str] | OSError:
        asked.append(host)
        return socket.gaierror(socket.EAI_NONAME, "not known")

    async with Fetcher(FetchLimits(proxies=False), resolver=Resolver(ask)) as fetcher:
        await fetcher.fetch(FetchJob(1, "http://two.example/", public_only=True))
    assert asked == ["two.example"]


async def test_only_an_answer_is_kept() -> None:
    """A name that cannot be looked up while the network is down can be later."""
    answers: list[list[str] | OSError] = [
        socket.gaierror(socket.EAI_AGAIN, "not now"),
        ["192.0.2.1"],
        ["192.0.2.2"],
    ]
    names = Resolver(lambda host: answers.pop(0))
    failures = await asyncio.gather(*(names.lookup("a.example") for _ in range(2)), return_exceptions=True)
    assert len(answers) == 2 and all(isinstance(failure, OSError) for failure in failures)
    for _ in range(2):
        assert await names.lookup("a.example") == ["192.0.2.1"]


async def test_links_of_a_page_are_not_followed_inside_to_find_its_feeds() -> None:
    async with Web() as web, Web(host="127.0.0.2") as other:
        other.serve("/feed.xml", "<rss><channel><title>Inside</title></channel></rss>")
        url = web.serve("/", f'<html><body><a href="{other.url}/feed.xml">Feed</a></body></html>')
        async with Fetcher(FetchLimits(proxies=False)) as fetcher:
            assert await discover(fetcher, url) == []
        assert other.requests == []
