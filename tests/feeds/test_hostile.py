# ruff: noqa: E501  (a fault a line)
"""One server, one fault a path: what each must come to. All are asked at once, among healthy feeds.

A number is how many entries must be read, a Fault what must be reported, with words of the report.
"""

from __future__ import annotations

import asyncio
import gzip
import os
import resource
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from msgspec.structs import replace

from tests.feeds.corpus import atom, bare, rss
from tests.processes import PATIENCE
from tests.web import Answer, Raw, Web, drip, endless, then_reset, then_silence
from tuireader.feeds.http.fetch import Fetcher, FetchLimits
from tuireader.feeds.parse.workers import ParseWorker
from tuireader.model import Fault, Fetched, FetchFailed, FetchJob, ParsedFeed, ParseFailed

pytestmark = pytest.mark.slow

FEED = bare(
    "<item><title>one</title></item><item><title>two</title></item><item><title>three</title></item>"
).encode()
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\n"
PATIENT = FetchLimits(
    concurrency=300, per_host=300, connect=60, idle=60, total=60, max_bytes=400_000, proxies=False
)
SILENCE, SLOWNESS = replace(PATIENT, idle=2.5), replace(PATIENT, total=5)
"""Limits only for the cases that run into them: a busy machine must not lead the others there."""
PARSE_DEADLINE, SHORT_DEADLINE = 2.0 * PATIENCE, 0.3
"""The short one only for the case that runs into it: it takes all of its time."""

Outcome = int | Fault


@dataclass(frozen=True, slots=True)
class Case:
    """A fault: how the server behaves, what must come of it, and words that the report must have."""

    name: str
    behaviour: Answer | Raw | bytes | str
    outcome: Outcome
    words: str = ""


def bytes_of(data: bytes) -> Raw:
    async def send(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()

    return send


def raw(rest: bytes) -> Raw:
    return bytes_of(HEAD + rest)


def coded(coding: str, body: bytes) -> Answer:
    return Answer(body, headers={"Content-Encoding": coding})


def nested(body: bytes, times: int) -> bytes:
    for _ in range(times):
        body = gzip.compress(body)
    return body


def item(inner: str) -> str:
    """A feed of three entries whose middle one has `inner`."""
    return bare(f"<item><title>first</title></item><item>{inner}</item><item><title>last</title></item>")


def status(number: int, **headers: str) -> Answer:
    return Answer(b"<html>words</html>", number, headers)


CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"
NET, HTTP, TIME, BIG = Fault.NETWORK, Fault.HTTP, Fault.TIMEOUT, Fault.TOO_LARGE
NOT, BROKEN, TO = Fault.NOT_A_FEED, Fault.BROKEN, Fault.REDIRECT
BOMB = gzip.compress(bytes(30_000_000), 1)
LAUGHS = "".join(f'<!ENTITY l{number} "{f"&l{number - 1};" * 10}">' for number in range(1, 10))

CASES = [
    # -- network
    Case("never answers", then_silence(), TIME, "sent nothing for 2.5 seconds"),
    Case("stops in the head", then_silence(b"HTTP/1.1 200 OK\r\nX: "), TIME, "sent nothing"),
    Case("stops in the body", then_silence(HEAD + b"Content-Length: 500\r\n\r\n<rss>"), TIME, "sent nothing"),
    Case("drips the head", drip(HEAD + b"\r\n" + FEED, each=0.1), TIME, "did not finish within 5 seconds"),
    Case("drips the body", drip(HEAD + b"\r\n" + b" " * 500, each=0.1, step=5), TIME, "did not finish"),
    Case("slow but right", Answer(FEED, latency=0.8), 3),
    Case("resets at once", then_reset(b""), NET, "connection was lost"),
    Case("resets in the head", then_reset(b"HTTP/1.1 200"), NET, "connection was lost"),
    Case("resets in the body", then_reset(HEAD + b"Content-Length: 999\r\n\r\n" + FEED), NET, "connection was lost"),
    Case("closes at once", bytes_of(b""), NET, "without a response"),
    Case("closes in the head", bytes_of(b"HTTP/1.1 200 OK\r\n"), NET),
    Case("is no HTTP", bytes_of(b"SSH-2.0-OpenSSH_9.0\r\n"), NET, "not valid HTTP"),
    Case("is HTTP 0.9", bytes_of(FEED), NET, "not valid HTTP"),
    Case("answers binary", bytes_of(bytes(range(256)) * 10), NET, "not valid HTTP"),
    Case("has escapes in the reason", bytes_of(b"HTTP/1.1 444 \x1b]0;x\x07\r\n\r\n"), HTTP, "HTTP 444"),
    Case("has bare line feeds", bytes_of(b"HTTP/1.1 200 OK\nContent-Length: 3\n\n<a>"), NOT),
    Case("has folded headers", raw(b"X-A: b\r\n  c\r\nContent-Length: %d\r\n\r\n%s" % (len(FEED), FEED)), 3),
    Case("has a head of 1 MB", raw(b"X: " + b"y" * 1_000_000 + b"\r\n\r\n"), NET),
    Case("has 30,000 headers", raw(b"X: y\r\n" * 30_000 + b"\r\n"), NET),
    Case("sends 103 and 100 first", bytes_of(b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n" + HEAD + b"\r\n" + FEED), 3),
    Case("sends 102 for ever", endless(b"", b"HTTP/1.1 102 Processing\r\n\r\n"), NET),
    Case("is HTTP 1.0", bytes_of(b"HTTP/1.0 200 OK\r\n\r\n" + FEED), 3),
    Case("switches protocols", bytes_of(b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n"), NET),
    # -- lengths
    Case("has no length", raw(b"\r\n" + FEED), 3),
    Case("is shorter than it says", raw(b"Content-Length: %d\r\n\r\n%s" % (len(FEED) + 9, FEED)), NET, "before the response was complete"),
    Case("is longer than it says", raw(b"Content-Length: %d\r\n\r\n%sjunk" % (len(FEED), FEED)), 3),
    Case("has two lengths", raw(b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n" + FEED), NET),
    Case("has a negative length", raw(b"Content-Length: -1\r\n\r\n" + FEED), NET),
    Case("claims 10 TB", raw(b"Content-Length: 10000000000000\r\n\r\n" + FEED), BIG, "larger than 0.4 MB"),
    Case("claims nonsense", raw(b"Content-Length: many\r\n\r\n" + FEED), NET),
    Case("never ends", endless(HEAD + b"\r\n<rss>", b"<item>" * 10_000), BIG, "larger than 0.4 MB"),
    Case("never ends in chunks", endless(HEAD + CHUNKED, b"2710\r\n" + b"x" * 10_000 + b"\r\n"), BIG),
    Case("is 1 MB", Answer(b"<rss>" + b" " * 1_000_000 + b"</rss>"), BIG),
    Case("has good chunks", raw(CHUNKED + b"%x\r\n%s\r\n0\r\n\r\n" % (len(FEED), FEED)), 3),
    Case("has no last chunk", raw(CHUNKED + b"%x\r\n%s\r\n" % (len(FEED), FEED)), NET, "before the response was complete"),
    Case("has broken chunks", raw(CHUNKED + b"zz\r\n" + FEED), NET),
    Case("has a giant chunk size", raw(CHUNKED + b"f" * 40 + b"\r\n" + FEED), NET),
    # -- compression
    Case("is a gzip bomb", coded("gzip", BOMB), BIG),
    Case("is a nested gzip bomb", coded("gzip, gzip", gzip.compress(BOMB)), BIG),
    Case("is a bomb not declared", Answer(BOMB), BIG),
    Case("is compressed ten times", coded(", ".join(["gzip"] * 10), nested(FEED, 10)), BROKEN),
    Case("has damaged gzip", coded("gzip", gzip.compress(FEED)[:30] + b"\xff" * 60), BROKEN, "compressed"),
    Case("has cut gzip", coded("gzip", gzip.compress(FEED)[:-12]), BROKEN, "incomplete"),
    Case("has a wrong checksum", coded("gzip", gzip.compress(FEED)[:-8] + b"\0" * 8), BROKEN),
    Case("claims gzip but is plain", coded("gzip", FEED), 3),
    Case("is gzip but does not say so", Answer(gzip.compress(FEED)), 3),
    Case("has raw deflate", coded("deflate", zlib.compress(FEED)[2:-4]), 3),
    Case("has an unknown coding", coded("utf-8", FEED), 3),
    Case("has junk after gzip", coded("gzip", gzip.compress(FEED) + b"junk" * 99), 3),
    # -- statuses
    Case("says 401", status(401, **{"WWW-Authenticate": "Basic"}), HTTP, "HTTP 401: the server requires a username"),
    Case("says 403", status(403), HTTP, "HTTP 403"),
    Case("says 404", status(404), HTTP, "HTTP 404"),
    Case("says 410", status(410), Fault.GONE, "HTTP 410: the feed is gone"),
    Case("says 418", status(418), HTTP, "teapot"),
    Case("says 429", status(429, **{"Retry-After": "1" + "0" * 20}), Fault.THROTTLED, "HTTP 429"),
    Case("says 451", status(451), HTTP, "legal"),
    Case("says 500", status(500), HTTP, "HTTP 500"),
    Case("says 503 until soon", status(503, **{"Retry-After": "soon"}), HTTP, "HTTP 503"),
    Case("says 503 for a while", status(503, **{"Retry-After": "-5"}), Fault.THROTTLED, "HTTP 503"),
    Case("says 999", status(999), HTTP, "HTTP 999"),
    Case("says 304 unasked", Answer(None, 304), HTTP, "HTTP 304"),
    Case("says 206", Answer(FEED, 206), HTTP, "part"),
    Case("says 204", Answer(None, 204), HTTP, "empty response"),
    # -- redirects
    Case("leads to itself", status(302, Location="?"), TO, "loop"),
    Case("leads to a file", status(302, Location="file:///etc/hostname"), TO, "file:"),
    Case("leads to data", status(301, Location="data:text/xml,<rss/>"), TO, "data:"),
    Case("leads to a script", status(307, Location="javascript:alert(1)"), TO),
    Case("leads nowhere", status(302), TO, "without a target"),
    Case("leads to a broken address", status(302, Location="http://[::1"), TO),
    Case("leads to a closed port", status(302, Location="http://127.0.0.1:1/"), NET, "refused"),
    # -- not a feed
    Case("is empty", b"", NOT, "empty"),
    Case("is a page", b"<!doctype html><html><head><link rel=alternate type=application/rss+xml href=/f></head>", NOT, "names these feeds"),
    Case("is a login", b"<html><form><input type='password'></form></html>", Fault.LOGIN, "log in"),
    Case("is a JSON error", b'{"error": 1}', NOT, "JSON"),
    Case("is a picture", b"\x89PNG\r\n\x1a\n" + b"\0" * 99, NOT, "image"),
    Case("is a sitemap", b"<urlset xmlns='x'/>", NOT, "sitemap"),
    Case("is an OPML list", b"<opml version='2.0'/>", NOT, "OPML"),
    Case("is random", bytes((number * 7919) % 251 for number in range(5_000)), NOT),
    Case("is a path", b"/etc/hostname", NOT),
    Case("is an address", b"http://127.0.0.1:1/feed", NOT),
    # -- damaged and hostile feeds
    Case("laughs", f'<!DOCTYPE rss [<!ENTITY l0 "ha">{LAUGHS}]>' + item("<title>&l9;</title>"), 3),
    Case("opens a file", '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + item("<title>&x;</title>"), 3),
    Case("blows up quadratically", f'<!DOCTYPE rss [<!ENTITY a "{"a" * 50_000}">]>' + item(f"<title>{'&a;' * 5_000}</title>"), 3),
    Case("has a slow author", b"<rss><channel><item><author>" + b"a." * 150_000 + b"@</author></item></channel></rss>", Fault.TOO_SLOW),
    Case("has a giant declaration", "<?xml " + "a='b' " * 4_000 + "?>" + item(""), 3),
    Case("has 40,000 blank lines", "\n" * 40_000 + item("<title>&nbsp;</title>"), 3),
    Case("is 20,000 levels deep", item("<a>" * 20_000 + "</a>" * 20_000), 3),
    Case("has 20,000 attributes", item("<a " + " ".join(f"a{number}=''" for number in range(20_000)) + "/>"), 3),
    Case("is cut off", item("<title>x")[:-60], 2),
    Case("has a bare ampersand", item("<title>a & b</title>"), 3),
    Case("has unknown entities", item("<title>&nbsp;&foo;</title>"), 3),
    Case("has an undeclared prefix", item("<foo:bar>x</foo:bar>"), 3),
    Case("has mismatched tags", item("<title>x</guid></title>"), 3),
    Case("has two roots", item("") + item(""), 6),
    Case("has NUL and ESC", item("<title>a\x00\x1b[31mb</title>"), 3),
    Case("has surrogates", item("<title>&#xD800;</title>"), 3),
    Case("has long references", item(f"<title>&#{'9' * 5_000};</title>"), 3),
    Case("has invalid UTF-8", item("<title>@</title>").encode().replace(b"@", b"\xff\xfe"), 3),
    Case("has absurd dates", item("<pubDate>-1</pubDate><dc:date>99999-99-99</dc:date>"), 3),
    Case("has escapes in CDATA", item("<title><![CDATA[&#27;]0;x&#7;]]></title>"), 3),
    Case("has no ids at all", item("<description>x</description>"), 3),
    Case("has empty entries", bare("<item/><item/><item/>"), 3),
    Case("has a giant title", item(f"<title>{'t' * 300_000}</title>"), 3),
    Case("has 10,000 categories", item("<category>c</category>" * 10_000), 3),
    Case("has 9,000 entries", bare("<item><guid>1</guid></item>" * 9_000), 9_000),
    Case("has nested lists in JSON", '{"version": "https://jsonfeed.org/version/1", "items": ' + "[" * 100_000, NOT),
    Case("has wrong types in JSON", '{"version": "https://jsonfeed.org/version/1", "title": [], "items": [{"id": {}}, 3]}', 1),
    Case("is UTF-16", item("<title>港</title>").encode("utf-16"), 3),
    Case("has a false charset", Answer(item("<title>港</title>").encode(), headers={"Content-Type": "text/xml; charset=utf-32"}), 3),
    Case("has a codec that is no charset", Answer(FEED, headers={"Content-Type": "text/xml; charset=zlib"}), 3),
    Case("has a garbage content type", Answer(FEED, headers={"Content-Type": b"\xff\x80;;charset=\xff"}), 3),
    Case("has a wrong content type", Answer(FEED, headers={"Content-Type": "image/png"}), 3),
    Case("has garbage validators", Answer(FEED, headers={"ETag": b"\xff\xe9", "Last-Modified": b"\x7f"}), 3),
    Case("has odd validators", Answer(FEED, headers={"ETag": b"\xff\xe9", "Last-Modified": "yesterday"}), 3),
]  # fmt: skip
HEALTHY = [
    Case(f"healthy {number}", rss("") if number % 2 else atom(""), 2 if number % 2 else 1)
    for number in range(30)
]


async def _ask(fetcher: Fetcher, worker: ParseWorker, url: str) -> tuple[Outcome, str]:
    result = await fetcher.fetch(FetchJob(1, url))
    if isinstance(result, FetchFailed):
        return result.fault, result.reason
    assert isinstance(result, Fetched)
    parsed = await worker.parse(result.body, result.url, result.content_type)
    if isinstance(parsed, ParseFailed):
        return parsed.fault, parsed.reason
    assert isinstance(parsed, ParsedFeed)
    return len(parsed.entries), ""


def _place(web: Web, path: str, behaviour: Answer | Raw | bytes | str) -> str:
    if isinstance(behaviour, Answer):
        return web.handle(path, lambda request: behaviour)
    if isinstance(behaviour, Callable):  # type: ignore[arg-type]
        return web.raw(path, behaviour)  # type: ignore[arg-type]
    return web.serve(path, behaviour)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Run:
    """What came of asking for everything at once."""

    outcomes: dict[str, tuple[Outcome, str]]
    cpu_seconds: float
    grown: int
    left_open: int


def _cpu_seconds() -> float:
    """CPU time of this process and of those that it started and that have ended."""
    return sum(os.times()[:4])


@pytest.fixture(scope="module")
def run() -> Run:
    """Ask for all faults and the healthy feeds at once, one time for all tests here."""

    async def everything() -> Run:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        started = _cpu_seconds()
        async with (
            Web() as web,
            Fetcher(PATIENT) as patient,
            Fetcher(SILENCE) as for_silence,
            Fetcher(SLOWNESS) as for_slowness,
            ParseWorker(deadline=PARSE_DEADLINE) as worker,
            ParseWorker(deadline=SHORT_DEADLINE) as for_slow_parsing,
        ):
            cases = [*HEALTHY[:15], *CASES, *HEALTHY[15:]]
            urls = [_place(web, f"/{number}", case.behaviour) for number, case in enumerate(cases)]
            fetchers = [
                for_silence
                if case.words.startswith("sent nothing")
                else for_slowness
                if case.words.startswith("did not finish")
                else patient
                for case in cases
            ]
            workers = [for_slow_parsing if case.outcome is Fault.TOO_SLOW else worker for case in cases]
            found = await asyncio.gather(*map(_ask, fetchers, workers, urls))
        seconds = _cpu_seconds() - started
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        left = len(asyncio.all_tasks()) - 1
        return Run({case.name: one for case, one in zip(cases, found, strict=True)}, seconds, grown, left)

    return asyncio.run(everything())


def test_there_are_enough_faults_and_each_has_its_name() -> None:
    assert len(CASES) >= 100
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_fault_comes_to_its_outcome(run: Run, case: Case) -> None:
    outcome, reason = run.outcomes[case.name]
    assert outcome == case.outcome, reason
    assert case.words in reason
    if isinstance(outcome, Fault):
        assert reason
        assert "\n" not in reason
        assert not any(ord(char) < 32 or 127 <= ord(char) < 160 for char in reason)


@pytest.mark.parametrize("case", HEALTHY, ids=lambda case: case.name)
def test_healthy_feeds_are_read_among_them(run: Run, case: Case) -> None:
    assert run.outcomes[case.name] == (case.outcome, "")


def test_the_run_ends_in_time_and_in_little_memory(run: Run) -> None:
    assert run.cpu_seconds < 8 * PATIENCE
    assert run.grown < 200_000  # kB
    assert run.left_open == 0
