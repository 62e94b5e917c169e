"""The fetcher against a real server: conditions, redirects, limits, words."""

from __future__ import annotations

import asyncio
import functools
import gzip
import hashlib
import itertools
import ssl
import time
import zlib
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import brotli
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.examples import for_each
from tests.feeds.conftest import server_tls
from tests.web import Answer, Request, Web
from tuireader.feeds.address import split_userinfo
from tuireader.feeds.http import decompress
from tuireader.feeds.http.errors import explained
from tuireader.feeds.http.fetch import Fetcher, FetchLimits
from tuireader.model import Fault, Fetched, FetchFailed, FetchJob, NotModified
from tuireader.text import zstd
from tuireader.text.durations import retry_after

BODY = b"<rss version='2.0'><channel><title>T</title></channel></rss>"
NOW = 1_700_000_000.0
LIMITS = FetchLimits(connect=2, idle=1, total=3, max_bytes=1_000_000, proxies=False)


@pytest.fixture
async def web() -> AsyncIterator[Web]:
    async with Web() as server:
        yield server


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    async with Fetcher(LIMITS, now=lambda: NOW) as one:
        yield one


def job(url: str, **known: object) -> FetchJob:
    return FetchJob(1, url, **known)  # type: ignore[arg-type]


async def fails(fetcher: Fetcher, url: str, **known: object) -> FetchFailed:
    result = await fetcher.fetch(job(url, **known))
    assert isinstance(result, FetchFailed), result
    return result


async def works(fetcher: Fetcher, url: str, **known: object) -> Fetched:
    result = await fetcher.fetch(job(url, **known))
    assert isinstance(result, Fetched), result
    return result


async def test_a_body_comes_with_its_facts(web: Web, fetcher: Fetcher) -> None:
    headers = {
        "Content-Type": "application/rss+xml; charset=utf-8",
        "ETag": 'W/"1"',
        "Last-Modified": "Sun, 06 Nov 1994 08:49:37 GMT",
        "Cache-Control": "public, max-age=600",
    }
    url = web.serve("/feed", BODY, headers=headers)
    got = await works(fetcher, url)
    assert (got.body, got.url, got.etag, got.max_age) == (BODY, url, 'W/"1"', 600)
    assert got.last_modified == headers["Last-Modified"]
    assert got.content_type == headers["Content-Type"]
    assert got.body_hash == hashlib.blake2b(BODY, digest_size=16).digest()
    assert got.moved_to is None
    sent = web.seen("/feed")[0].headers
    assert sent["user-agent"].startswith("tuireader/")
    assert "if-none-match" not in sent
    assert "gzip" in sent["accept-encoding"]


async def test_what_is_known_is_asked_for_conditionally(web: Web, fetcher: Fetcher) -> None:
    def answer(request: Request) -> Answer:
        known = request.headers.get("if-none-match") == '"a"' and "if-modified-since" in request.headers
        return Answer(None, 304, {"ETag": '"b"'}) if known else Answer(BODY)

    url = web.handle("/feed", answer)
    result = await fetcher.fetch(job(url, etag='"a"', last_modified="Sun, 06 Nov 1994 08:49:37 GMT"))
    assert isinstance(result, NotModified)
    assert (result.etag, result.same_body) == ('"b"', False)
    assert result.last_modified == "Sun, 06 Nov 1994 08:49:37 GMT"


async def test_the_same_bytes_are_not_modified(web: Web, fetcher: Fetcher) -> None:
    url = web.serve("/feed", BODY)
    first = await works(fetcher, url)
    again = await fetcher.fetch(job(url, body_hash=first.body_hash))
    assert isinstance(again, NotModified)
    assert again.same_body


async def test_validators_go_back_byte_for_byte(web: Web, fetcher: Fetcher) -> None:
    raw = '"é-日本-\x85"'.encode()
    url = web.serve("/feed", BODY, headers={"ETag": raw, "Last-Modified": b"\xff\xfe not a date"})
    first = await works(fetcher, url)
    await fetcher.fetch(job(url, etag=first.etag, last_modified=first.last_modified))
    second = web.seen("/feed")[1].headers
    assert second["if-none-match"].encode("latin-1") == raw
    assert second["if-modified-since"].encode("latin-1") == b"\xff\xfe not a date"


@pytest.mark.parametrize("etag", ["a\r\nX-Evil: 1", "\x00", "日本", "\ud800", "x" * 100_000])
async def test_a_damaged_stored_validator_never_breaks_the_request(
    web: Web, fetcher: Fetcher, etag: str
) -> None:
    url = web.serve("/feed", BODY)
    result = await fetcher.fetch(job(url, etag=etag))
    assert isinstance(result, Fetched | FetchFailed)
    assert all("x-evil" not in request.headers for request in web.requests)


async def test_304_without_a_question_is_an_error(web: Web, fetcher: Fetcher) -> None:
    failed = await fails(fetcher, web.serve("/feed", None, status=304))
    assert failed.status == 304


@pytest.mark.parametrize(
    ("auth", "hint"),
    [
        (None, "set its username and password in the config"),
        (("me", "wrong"), "check its username and password in the config"),
        (("you", "secret"), "check its username and password in the config"),
        (("me", "secret"), ""),
    ],
)
async def test_a_feed_with_a_password_needs_the_right_one(
    web: Web, fetcher: Fetcher, auth: tuple[str, str] | None, hint: str
) -> None:
    right = "Basic " + b64encode(b"me:secret").decode()

    def answer(request: Request) -> Answer:
        return Answer(BODY) if request.headers.get("authorization") == right else Answer(b"", 401)

    result = await fetcher.fetch(replace(job(web.handle("/feed", answer)), auth=auth))
    status, reason = (result.status, result.reason) if isinstance(result, FetchFailed) else (200, "")
    assert status == (401 if hint else 200) and hint in reason
    assert len(web.requests) == 1  # a refused password is not tried again


@pytest.mark.parametrize(
    ("status", "fault", "words"),
    [
        (400, Fault.HTTP, "HTTP 400: the server does not understand"),
        (401, Fault.HTTP, "HTTP 401: the server requires a username"),
        (403, Fault.HTTP, "HTTP 403: the server denies"),
        (404, Fault.HTTP, "HTTP 404: nothing was found"),
        (410, Fault.GONE, "HTTP 410: the feed is gone"),
        (418, Fault.HTTP, "HTTP 418: the server says it is a teapot"),
        (429, Fault.THROTTLED, "HTTP 429: too many requests"),
        (451, Fault.HTTP, "HTTP 451: unavailable for legal reasons"),
        (500, Fault.HTTP, "HTTP 500: the server has an internal error"),
        (503, Fault.HTTP, "HTTP 503: the server is overloaded"),
        (523, Fault.HTTP, "HTTP 523: the server behind Cloudflare cannot be reached"),
        (999, Fault.HTTP, "HTTP 999: the server blocks automated requests"),
        (204, Fault.HTTP, "HTTP 204: the server sent an empty response"),
        (206, Fault.HTTP, "HTTP 206: the server sent only part of the feed"),
        (444, Fault.HTTP, "HTTP 444: Unknown"),
    ],
)
async def test_every_status_has_words(
    web: Web, fetcher: Fetcher, status: int, fault: Fault, words: str
) -> None:
    failed = await fails(fetcher, web.serve("/feed", BODY, status=status))
    assert failed.fault is fault
    assert failed.status == status
    assert failed.reason.startswith(words)


def test_errors_that_are_causes_of_each_other_are_explained() -> None:
    error, other = OSError(), OSError()
    error.__cause__ = error.__context__ = other
    other.__context__ = error
    assert explained(error, "host.example", 1, 1).reason == "the connection to host.example failed"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("120", 120),
        ("5", 60),
        ("-5", 60),
        ("1" + "0" * 20, 86_400),
        ("9" * 5_000, 86_400),
        ("Tue, 14 Nov 2023 23:13:20 GMT", 3600),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 60),
        ("soon", None),
        ("", None),
        ("Tue, 99 Nov 9999999 99:99:99 GMT", None),
    ],
)
def test_retry_after(value: str, expected: int | None) -> None:
    assert retry_after(value, NOW) == expected


async def test_503_with_retry_after_is_throttled(web: Web, fetcher: Fetcher) -> None:
    failed = await fails(fetcher, web.serve("/feed", b"", status=503, headers={"Retry-After": "300"}))
    assert (failed.fault, failed.retry_after) == (Fault.THROTTLED, 300)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"Cache-Control": "max-age=60"}, 60),
        ({"Cache-Control": "MAX-AGE=99999999999999999999"}, 366 * 86_400),
        ({"Cache-Control": "no-cache"}, None),
        ({"Cache-Control": "max-age=soon"}, None),
        (
            {"Expires": "Sun, 06 Nov 1994 09:49:37 GMT", "Date": "Sun, 06 Nov 1994 08:49:37 GMT"},
            3600,
        ),
        ({"Expires": "0", "Date": "Sun, 06 Nov 1994 08:49:37 GMT"}, None),
    ],
)
async def test_freshness(web: Web, fetcher: Fetcher, headers: dict[str, str], expected: int | None) -> None:
    assert (await works(fetcher, web.serve("/feed", BODY, headers=headers))).max_age == expected


# -- redirects


async def test_permanent_hops_tell_the_new_address(web: Web, fetcher: Fetcher) -> None:
    web.serve("/a", status=301, headers={"Location": "/b"})
    web.serve("/b", status=308, headers={"Location": "c?x=1#part"})
    web.serve("/c", BODY)
    got = await works(fetcher, web.url + "/a")
    assert got.url == got.moved_to == web.url + "/c?x=1"
    assert [request.path for request in web.requests] == ["/a", "/b", "/c?x=1"]


@pytest.mark.parametrize("user", ["me", "me:", "me:secret"])
async def test_a_feed_with_a_user_in_its_address_does_not_move_to_one_without(
    web: Web, fetcher: Fetcher, user: str
) -> None:
    """The server behind a permanent redirect would no longer be told who asks."""
    web.serve("/a", status=301, headers={"Location": "/b"})
    web.stages("/b", BODY, Answer(None, 304))
    address = f"http://{user}@127.0.0.1:{web.port}/a"
    assert (await works(fetcher, address)).moved_to is None
    unchanged = await fetcher.fetch(job(address, etag='"1"'))
    assert isinstance(unchanged, NotModified) and unchanged.moved_to is None
    assert all("authorization" in request.headers for request in web.requests)


@pytest.mark.parametrize("status", [302, 303, 307])
async def test_a_temporary_hop_keeps_the_address(web: Web, fetcher: Fetcher, status: int) -> None:
    web.serve("/a", status=301, headers={"Location": "/b"})
    web.serve("/b", status=status, headers={"Location": "/c"})
    web.serve("/c", BODY)
    assert (await works(fetcher, web.url + "/a")).moved_to is None


async def test_a_move_is_told_with_not_modified_too(web: Web, fetcher: Fetcher) -> None:
    web.serve("/a", status=301, headers={"Location": "/b"})
    web.serve("/b", None, status=304)
    result = await fetcher.fetch(job(web.url + "/a", etag='"1"'))
    assert isinstance(result, NotModified)
    assert result.moved_to == web.url + "/b"


@pytest.mark.parametrize(
    "location",
    [
        "file:///etc/hostname",
        "data:text/xml,<rss/>",
        "javascript:alert(1)",
        "ftp://127.0.0.1/f",
        "",
        "http://[::1",
        "http://127.0.0.1:99999/",
        "http://",
        "\x1b]0;evil\x07:x",
        "//:80/",
        "gopher://x/",
    ],
)
async def test_a_redirect_never_leaves_the_web(web: Web, fetcher: Fetcher, location: str) -> None:
    url = web.serve("/a", status=302, headers={"Location": location})
    failed = await fails(fetcher, url)
    assert failed.fault in (Fault.REDIRECT, Fault.NETWORK)
    assert "\x1b" not in failed.reason and len(web.requests) == 1


async def test_a_circle_and_a_long_way_are_ended(web: Web, fetcher: Fetcher) -> None:
    web.serve("/a", status=302, headers={"Location": "/b"})
    web.serve("/b", status=302, headers={"Location": "/a"})
    assert "loop" in (await fails(fetcher, web.url + "/a")).reason
    for number in range(40):
        web.serve(f"/{number}", status=302, headers={"Location": f"/{number + 1}"})
    failed = await fails(fetcher, web.url + "/0")
    assert failed.reason == "more than 8 redirects"
    assert len([one for one in web.requests if one.path[1:].isdigit()]) == 9


async def test_redirects_into_private_networks_can_be_refused(web: Web) -> None:
    async with Web(host="127.0.0.2") as other:
        other.serve("/b", BODY)
        url = web.serve("/a", status=302, headers={"Location": other.url + "/b"})
        limits = FetchLimits(block_private=True, proxies=False)
        async with Fetcher(limits) as careful:
            failed = await fails(careful, url)
            assert failed.fault is Fault.REDIRECT
            assert "private address" in failed.reason
            assert await works(careful, other.url + "/b")
            web.serve("/here", status=302, headers={"Location": "/there"})
            web.serve("/there", BODY)
            assert await works(careful, web.url + "/here")
        assert len(other.requests) == 1


# -- addresses and secrets


@pytest.mark.parametrize(
    "url",
    [
        "",
        "feed",
        "file:///etc/passwd",
        "exec:ls",
        "filter:x:http://a",
        "data:,x",
        "http://",
        "http://[::1",
        "http://a:99999/",
        "http://a:b/",
        "http://a b/",
        "http://a\nb/",
        "http://\x00/",
        "//host/x",
        "/etc/passwd",
        "http://" + "a" * 10000,
        "http://xn--/",
        "http://" + "a" * 300 + ".example/",
        "javascript:alert(1)",
    ],
)
async def test_what_is_no_web_address_is_not_asked(fetcher: Fetcher, url: str) -> None:
    assert (await fails(fetcher, url)).fault in (Fault.ADDRESS, Fault.NETWORK)


@pytest.mark.parametrize("status", [200, 302, 404])
async def test_a_password_in_the_address_is_used_and_never_told(
    web: Web, fetcher: Fetcher, status: int
) -> None:
    web.serve("/feed", BODY, status=status, headers={"Location": "ftp://me:hunter2@x/"})
    result = await fetcher.fetch(job(f"http://me:hunter%32@127.0.0.1:{web.port}/feed"))
    assert web.seen("/feed")[0].headers["authorization"] == "Basic bWU6aHVudGVyMg=="
    told = result.reason if isinstance(result, FetchFailed) else getattr(result, "url", "")
    assert "hunter2" not in told
    assert "hunter%32" not in told


def test_userinfo_is_split_off() -> None:
    assert split_userinfo("HTTP://u:p%40@host/x y#f") == ("http://host/x%20y", ("u", "p@"))
    assert split_userinfo("https://host") == ("https://host/", None)


@pytest.mark.parametrize("header", [("Bad Name", "x"), ("X", "a\r\nb"), ("", "x"), ("Ü", "x")])
async def test_a_header_that_cannot_be_sent_is_named(
    web: Web, fetcher: Fetcher, header: tuple[str, str]
) -> None:
    failed = await fails(fetcher, web.serve("/feed", BODY), headers=(header,))
    assert failed.fault is Fault.ADDRESS
    assert web.requests == []


async def test_own_headers_replace_ours(web: Web, fetcher: Fetcher) -> None:
    await works(
        fetcher, web.serve("/feed", BODY), headers=(("user-agent", "me/1"), ("X-Ü".upper()[:2] + "K", "ü"))
    )
    sent = web.seen("/feed")[0].headers
    assert (sent["user-agent"], sent["x-k"]) == ("me/1", "ü")
    await works(fetcher, web.serve("/feed", BODY), user_agent="me\udcff/1")  # not UTF-8 where it was given
    assert web.seen("/feed")[-1].headers["user-agent"] == "me?/1"


# -- content codings


def _raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


CODED = {
    "gzip": gzip.compress(BODY),
    "x-gzip": gzip.compress(BODY),
    "GZIP": gzip.compress(BODY),
    "deflate": zlib.compress(BODY),
    " deflate ": _raw_deflate(BODY),
    "gzip, gzip": gzip.compress(gzip.compress(BODY)),
    "deflate, gzip": gzip.compress(zlib.compress(BODY)),
    "identity": BODY,
    "utf-8": BODY,
    "": gzip.compress(BODY),  # not declared at all
}


@pytest.mark.parametrize("coding", CODED)
async def test_codings_are_undone(web: Web, fetcher: Fetcher, coding: str) -> None:
    headers = {"Content-Encoding": coding} if coding else {}
    assert (await works(fetcher, web.serve("/feed", CODED[coding], headers=headers))).body == BODY


async def test_gzip_members_in_a_row_are_one(web: Web, fetcher: Fetcher) -> None:
    data = gzip.compress(BODY[:9]) + gzip.compress(b"") + gzip.compress(BODY[9:]) + b"\0" * 20
    assert (await works(fetcher, web.serve("/f", data, headers={"Content-Encoding": "gzip"}))).body == BODY


async def test_declared_but_plain_is_taken_as_it_is(web: Web, fetcher: Fetcher) -> None:
    for coding in ("gzip", "deflate"):
        url = web.serve("/feed", BODY, headers={"Content-Encoding": coding})
        assert (await works(fetcher, url)).body == BODY


async def test_zstd_and_brotli(web: Web, fetcher: Fetcher) -> None:
    packed = {"zstd": zstd.compress(BODY), "br": brotli.compress(BODY)}
    for coding, data in packed.items():
        url = web.serve("/feed", data, headers={"Content-Encoding": coding})
        assert (await works(fetcher, url)).body == BODY
        assert coding in web.requests[-1].headers["accept-encoding"]
        failed = await fails(fetcher, web.serve("/feed", data[:-4], headers={"Content-Encoding": coding}))
        assert failed.fault is Fault.BROKEN
    longer = packed["zstd"] + bytes(10_000)
    assert (
        await works(fetcher, web.serve("/feed", longer, headers={"Content-Encoding": "zstd"}))
    ).body == BODY


@settings(max_examples=60, deadline=None)
@given(
    data=st.binary(max_size=3_000),
    repeats=st.sampled_from([1, 30, 100]),
    cuts=st.lists(st.integers(0, 3_200), max_size=6),
    coding=st.sampled_from(sorted(set(decompress.CODINGS) - {"x-gzip"})),
)
def test_any_chunking_gives_the_same(data: bytes, repeats: int, cuts: list[int], coding: str) -> None:
    """The output is small, or many times as large as a piece of it."""
    data *= repeats
    packed = _packed(b"<" + data, coding)
    inflater = decompress.Inflater(coding, 400_000)
    places = [0, *sorted(cut for cut in cuts if cut < len(packed)), len(packed)]
    for start, end in itertools.pairwise(places):
        inflater.feed(packed[start:end])
    assert inflater.body() == b"<" + data


@for_each("header", ["gzip", "deflate", "br", "zstd", "deflate, gzip", "gzip, br"])
@for_each("data", [BODY, b"", b"words"])
def test_a_body_may_arrive_byte_by_byte(header: str, data: bytes) -> None:
    packed = functools.reduce(_packed, header.split(", "), data)
    inflater = decompress.Inflater(header, 400_000)
    for byte in packed:
        inflater.feed(bytes((byte,)))
    assert inflater.size == len(data) and inflater.body() == data
    cut = decompress.Inflater(header, 400_000)
    cut.feed(packed[:-1])
    with pytest.raises(decompress.Damaged):
        cut.body()


@pytest.mark.parametrize("quality", [1, 5, 11])
def test_brotli_gives_all_of_a_large_output(quality: int) -> None:
    data = bytes(range(256)) * 400
    inflater = decompress.Inflater("br", 200_000)
    inflater.feed(brotli.compress(data, quality=quality))
    assert inflater.body() == data


def _packed(data: bytes, coding: str) -> bytes:
    if coding == "br":
        return bytes(brotli.compress(data, quality=3))
    if coding == "zstd":
        return zstd.compress(data)
    return gzip.compress(data) if coding == "gzip" else zlib.compress(data)


@settings(max_examples=60, deadline=None)
@given(
    data=st.binary(max_size=300),
    coding=st.sampled_from(["gzip", "deflate", "br", "zstd", "gzip, br", "deflate, gzip"]),
)
def test_garbage_is_damaged_or_taken_never_more(data: bytes, coding: str) -> None:
    inflater = decompress.Inflater(coding, 10_000)
    try:
        inflater.feed(data)
        assert len(inflater.body()) <= 10_000
    except (decompress.Damaged, decompress.TooLarge):
        pass


@pytest.mark.parametrize("coding", ["gzip", "gzip, gzip", "br", "zstd"])
def test_a_bomb_ends_at_the_limit_with_little_memory(coding: str) -> None:
    import tracemalloc

    packed = b"\0" * 50_000_000
    for one in coding.split(", "):
        packed = _packed(packed, one)
    tracemalloc.start()
    inflater = decompress.Inflater(coding, 1_000_000)
    with pytest.raises(decompress.TooLarge):
        for start in range(0, len(packed), 65_536):
            inflater.feed(packed[start : start + 65_536])
    assert tracemalloc.get_traced_memory()[1] < 40_000_000
    tracemalloc.stop()


# -- limits and politeness


async def test_no_more_than_two_at_a_time_on_a_host(web: Web) -> None:
    web.latency = 0.02
    jobs = [job(web.serve(f"/{number}", BODY)) for number in range(12)]
    async with Fetcher(replace(LIMITS, per_own_host=2)) as one:
        results = await asyncio.gather(*(one.fetch(job) for job in jobs))
    assert all(isinstance(result, Fetched) for result in results)
    assert web.most_at_once == 2
    assert web.connections == 2  # connections are used again


@pytest.mark.parametrize(
    ("host", "count", "most"),
    [("news.example.org", 120, 2), ("rsshub.lan", 120, 8), ("192.168.1.7", 60, 2)],
)
async def test_own_hosts_with_very_many_feeds_may_be_asked_by_more(
    web: Web, host: str, count: int, most: int
) -> None:
    web.latency = 0.002
    jobs = [job(f"http://{host}/{number}") for number in range(count)]
    for number in range(count):
        web.serve(f"http://{host}/{number}", BODY)  # as a proxy is asked
    async with Fetcher(replace(LIMITS, proxy=web.url)) as one:
        results = await asyncio.gather(*(one.fetch(job) for job in jobs))
    assert all(isinstance(result, Fetched) for result in results)
    assert web.most_at_once == most


async def test_a_host_that_asks_to_wait_is_not_asked_for_its_other_feeds(web: Web) -> None:
    async with Web() as other:
        jobs = [job(web.serve(f"/{number}", status=429, headers={"Retry-After": "90"})) for number in (1, 2)]
        moved = other.serve("/moved", status=302, headers={"Location": web.serve("/3", BODY)})
        elsewhere = other.serve("/here", BODY)
        async with Fetcher(replace(LIMITS, keep_away=True)) as one:
            first, second, third, fourth = [
                await one.fetch(each) for each in (*jobs, job(moved), job(elsewhere))
            ]
    assert isinstance(first, FetchFailed) and isinstance(second, FetchFailed)
    assert (first.status, first.retry_after, second.status) == (429, 90, None)
    assert second.fault is Fault.THROTTLED and 80 <= (second.retry_after or 0) <= 90
    assert isinstance(third, FetchFailed) and "has asked to wait" in third.reason
    assert isinstance(fourth, Fetched)
    assert len(web.requests) == 1


@pytest.mark.parametrize(
    ("answer", "asked", "waits"),
    [
        (Answer(BODY), 5, []),
        (Answer(b"", 404), 5, []),  # says something about that feed alone
        (Answer(b"", 429, {"Retry-After": "90"}), 1, [90]),
        (Answer(b"", 503), 1, [3600]),
        (None, 1, [3600]),
    ],
)
async def test_a_host_on_trial_is_asked_for_one_feed_before_the_others(
    web: Web, answer: Answer | None, asked: int, waits: list[int]
) -> None:
    jobs = [job(web.handle(f"/{n}", lambda request: answer)) for n in range(5)]
    server = web.url.removeprefix("http://")
    async with Web() as other, Fetcher(replace(LIMITS, keep_away=True), on_trial=[server]) as one:
        elsewhere = job(other.serve("/", BODY))
        await asyncio.gather(one.fetch(elsewhere), *(one.fetch(each) for each in jobs))
        assert len(web.requests) == asked and len(other.requests) == 1
        waited = [result for result in [await one.fetch(jobs[0])] if isinstance(result, FetchFailed)]
        assert [result.retry_after for result in waited if result.status is None] == waits
    assert len(web.requests) == (asked + 1 if asked == 5 else asked)


async def test_no_more_than_two_at_a_time_on_a_host_that_others_lead_to() -> None:
    """Nor does the time count that is spent in the queue there."""
    async with AsyncExitStack() as stack:
        target, *others = [await stack.enter_async_context(Web()) for _ in range(9)]
        target.latency = 0.1
        urls = [target.serve(f"/{number}", BODY) for number in range(16)]
        leads = [
            others[number % 8].serve(f"/{number}", status=302, headers={"Location": url})
            for number, url in enumerate(urls)
        ]
        async with Fetcher(replace(LIMITS, total=0.6, per_own_host=2)) as one:
            results = await asyncio.gather(*(one.fetch(job(url)) for url in leads))
    assert all(isinstance(result, Fetched) for result in results)
    assert target.most_at_once == 2


async def test_the_total_is_bounded(web: Web) -> None:
    web.latency = 0.02
    jobs = [job(web.serve(f"/{number}", BODY)) for number in range(30)]
    async with Fetcher(FetchLimits(concurrency=5, per_host=50, proxies=False)) as one:
        await asyncio.gather(*(one.fetch(job) for job in jobs))
    assert web.most_at_once == 5


async def test_a_connection_that_the_server_closed_is_no_error(web: Web, fetcher: Fetcher) -> None:
    async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n<a/>")
        await writer.drain()  # and closed at once, though keep-alive was promised

    url = web.raw("/feed", once)
    for _ in range(3):
        assert (await works(fetcher, url)).body == b"<a/>"


async def test_cancelling_leaves_no_connection_in_use(web: Web) -> None:
    web.latency = 5
    url = web.serve("/feed", BODY)
    async with Fetcher(LIMITS) as one:
        task = asyncio.create_task(one.fetch(job(url)))
        while not web.requests:
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        web.latency = 0
        started = time.monotonic()
        assert isinstance(await one.fetch(job(url)), Fetched)
        assert time.monotonic() - started < 1


async def test_a_proxy_of_the_environment_is_used(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", web.url)
    monkeypatch.setenv("no_proxy", "127.0.0.2")
    web.serve("http://feed.invalid/x", BODY)
    async with Fetcher() as one, Web(host="127.0.0.2") as direct:
        assert (await works(one, "http://feed.invalid/x")).body == BODY
        assert (await works(one, direct.serve("/y", BODY))).body == BODY
    assert [request.path for request in web.requests] == ["http://feed.invalid/x"]


async def test_a_proxy_of_the_configuration_comes_before_that_of_the_environment(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("no_proxy", "127.0.0.2")
    web.serve("http://feeds.example.org/feed", b"<rss/>")
    async with Fetcher(FetchLimits(proxy=web.url)) as fetcher:
        result = await fetcher.fetch(FetchJob(1, "http://feeds.example.org/feed"))
    assert isinstance(result, Fetched)


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:9", "nonsense://x", "http://127.0.0.1:1"])
async def test_a_bad_proxy_is_told(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setenv("http_proxy", proxy)
    monkeypatch.delenv("no_proxy", raising=False)
    async with Fetcher(FetchLimits(total=3)) as one:
        assert (await fails(one, "http://feed.invalid/x")).fault in (Fault.NETWORK, Fault.ADDRESS)


# -- TLS


async def test_a_certificate_that_is_not_trusted_is_named(certificate: Path, fetcher: Fetcher) -> None:
    async with Web(tls=server_tls(certificate)) as web:
        failed = await fails(fetcher, web.serve("/feed", BODY))
        assert failed.fault is Fault.TLS
        assert failed.reason.startswith("the certificate of 127.0.0.1 is not trusted")
        assert web.requests == []


async def test_a_trusted_certificate_works_and_the_connection_is_kept(certificate: Path) -> None:
    async with Web(tls=server_tls(certificate)) as web:
        url = web.serve("/feed", BODY)
        async with Fetcher(LIMITS, tls=ssl.create_default_context(cafile=str(certificate))) as trusting:
            for _ in range(3):
                assert (await works(trusting, url)).body == BODY
        assert web.connections == 1


async def test_a_plain_server_at_a_tls_address_is_named(web: Web, fetcher: Fetcher) -> None:
    failed = await fails(fetcher, web.serve("/feed", BODY).replace("http:", "https:"))
    assert failed.fault is Fault.TLS
    assert web.requests == []
