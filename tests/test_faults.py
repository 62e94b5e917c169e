# ruff: noqa: E501  (a fault a line)
"""The whole command over one server with a fault a path: `tuireader refresh` as cron runs it.

What `tests/feeds/test_hostile.py` asks of fetching and parsing is asked here of the program: every fault is
named in a line, every healthy feed is stored, the exit code says that some failed, and it takes little memory.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.command import Home, run_here, subscribe
from tests.processes import Measured, measured, rows
from tests.web import Answer, Raw, Web, endless, in_thread, then_reset
from tuireader.errors import Exit

pytestmark = pytest.mark.slow

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n"
HEALTHY = 12
MOST_MEMORY = 300_000_000  # bytes, of any process


def items(many: int, name: str = "entry") -> str:
    return "".join(f"<item><guid>{name} {n}</guid><title>{name} {n}</title></item>" for n in range(many))


def rss(inner: str, doctype: str = "") -> str:
    return f'<?xml version="1.0" encoding="utf-8"?>{doctype}<rss version="2.0"><channel><title>F</title>{inner}</channel></rss>'


def text(html: str) -> str:
    """A feed whose one entry has this text."""
    return rss(f"<item><title>t</title><description><![CDATA[{html}]]></description></item>")


def dated(date: str) -> str:
    return rss(f"<item><title>dated</title><pubDate>{date}</pubDate></item>{items(2)}")


def labelled(label: str, codec: str, title: str) -> bytes:
    return f'<?xml version="1.0" encoding="{label}"?><rss version="2.0"><channel><title>F</title><item><title>{title}</title></item></channel></rss>'.encode(
        codec
    )


def numbered(pattern: str, many: int) -> str:
    """The pattern with each number in turn."""
    return pattern * many % tuple(range(many))


FEED = rss(items(3)).encode()
LENGTH = b"Content-Length: %d\r\n\r\n" % len(FEED)
CHUNK = b"%x\r\n%s\r\n" % (len(FEED), FEED)


def leads(location: str | bytes, status: int = 302) -> Answer:
    return Answer(b"", status, {"Location": location})


Behaviour = Answer | Raw | bytes | str
CASES: dict[str, tuple[Behaviour, int | str]] = {
    # -- HTTP
    "fifteen interim answers": (b"HTTP/1.1 103 E\r\nLink: x\r\n\r\n" * 15 + HEAD + LENGTH + FEED, 3),
    "large interim answers without end": (endless(b"", b"HTTP/1.1 103 E\r\nLink: " + b"x" * 50_000 + b"\r\n\r\n"), "not valid HTTP|without a response"),
    "trailers": (CHUNKED + b"Trailer: X\r\n\r\n" + CHUNK + b"0\r\nX: y\r\nSet-Cookie: a\r\n\r\n", 3),
    "trailers without end": (endless(CHUNKED + b"\r\n" + CHUNK + b"0\r\n", b"X: " + b"y" * 1000 + b"\r\n"), "not valid HTTP"),
    "chunk extensions": (CHUNKED + b'\r\n%x;foo="x"\r\n%s\r\n0\r\n\r\n' % (len(FEED), FEED), 3),
    "a chunk extension without end": (endless(CHUNKED + b"\r\n5;", b"a" * 10_000), "not valid HTTP"),
    "a chunked body cut by a reset": (then_reset(CHUNKED + b"\r\n" + CHUNK), "connection was lost"),
    "both chunked and a length": (CHUNKED + b"Content-Length: 5\r\n\r\n" + CHUNK + b"0\r\n\r\n", 3),
    "an unknown transfer coding": (HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\n" + CHUNK + b"0\r\n\r\n", "not valid HTTP"),
    "a length of nothing": (HEAD + b"Content-Length: 0\r\n\r\n" + FEED, "empty"),
    "a preface of HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "not valid HTTP"),
    "a status of four digits": (b"HTTP/1.1 1000 OK\r\n\r\n" + FEED, "not valid HTTP"),
    "no reason phrase": (b"HTTP/1.1 200\r\n" + LENGTH + FEED, 3),
    "a stream of ICY": (b"ICY 200 OK\r\n\r\n" + FEED, "not valid HTTP"),
    "NUL in a header": (HEAD + b"X: a\0b\r\n" + LENGTH + FEED, "not valid HTTP"),
    "a header in UTF-8": (HEAD + "X: 港\r\n".encode() + LENGTH + FEED, 3),
    "several choices": (leads("/good", 300), "HTTP 300"),
    "a refresh by header": (Answer(b"<html></html>", headers={"Refresh": "0; url=/good"}), "web page"),
    "freshness without bound": (Answer(FEED, headers={"Cache-Control": "max-age=" + "9" * 50}), 3),
    "a giant validator": (Answer(FEED, headers={"ETag": '"' + "x" * 50_000 + '"'}), 3),
    # -- redirects
    "a redirect in UTF-8": (leads("/港".encode()), 3),
    "a redirect with a blank": (leads("/a b"), 3),
    "a redirect with a name and a password": (leads("http://user:secret@HOST/good"), 3),
    "a redirect without a scheme": (leads("//HOST/good"), 3),
    "a redirect whose body never ends": (endless(b"HTTP/1.1 302 F\r\nLocation: /good\r\n\r\n", b"x" * 9_999), 3),
    "a redirect that smuggles a header": (leads("/x%0d%0aHost:%20evil"), "HTTP 404"),
    "a redirect to port 0": (leads("http://127.0.0.1:0/"), "invalid address"),
    "a redirect to port 99999": (leads("http://127.0.0.1:99999/"), "invalid address"),
    "a redirect with escapes": (leads(b"http://\x1b]0;x\x07evil/"), "invalid address"),
    "a redirect to a label too long": (leads(f"http://{'a' * 70}.invalid/"), "cannot be found|valid"),
    "a redirect to a name of dots": (leads("http://.../"), "cannot be found|valid"),
    "a redirect to a zone": (leads("http://[fe80::1%25eth0]/"), "no way|cannot be|valid|failed|refused|no network"),
    # -- compression
    "20,000 empty members": (Answer(gzip.compress(b"") * 20_000 + gzip.compress(FEED), headers={"Content-Encoding": "gzip"}), 3),
    "blocks of nothing": (Answer(b"\x1f\x8b\x08\0\0\0\0\0\0\3" + b"\0\0\0\xff\xff" * 300_000, headers={"Content-Encoding": "gzip"}), "damaged or incomplete"),
    "a giant name in gzip": (Answer(b"\x1f\x8b\x08\x08\0\0\0\0\0\3" + b"n" * 5_000_000 + b"\0" + gzip.compress(FEED)[10:], headers={"Content-Encoding": "gzip"}), 3),
    # -- charsets
    "EUC-KR": (labelled("euc-kr", "euc-kr", "한국어 뉴스"), "=한국어 뉴스"),
    "GB18030 called GB2312": (labelled("gb2312", "gb18030", "镕标"), "=镕标"),
    "Shift JIS by its browser name": (labelled("x-sjis", "cp932", "日本①"), "=日本①"),
    "Thai": (labelled("windows-874", "cp874", "ข่าว"), "=ข่าว"),
    "UTF-16 without a mark, called UTF-8": (labelled("utf-8", "utf-16-le", "港"), "=港"),
    "two byte order marks": (b"\xef\xbb\xbf\xef\xbb\xbf" + labelled("utf-8", "utf-8", "é"), "=é"),
    "a codec that is a cipher": (labelled("rot13", "utf-8", "abc"), "=abc"),
    "a label of 10,000 letters": (labelled("x" * 10_000, "utf-8", "é"), "=é"),
    # -- XML
    "entities of parameters": (rss(items(3), '<!DOCTYPE r [<!ENTITY % a "<!ENTITY b \'x\'>">%a;]>'), 3),
    "entities from elsewhere": (rss(items(3), '<!DOCTYPE r SYSTEM "http://HOST/trap" [<!ENTITY % a SYSTEM "http://HOST/trap">%a;]>'), 3),
    "an entity of itself": (rss(f"<item><title>&a;</title></item>{items(2)}", '<!DOCTYPE r [<!ENTITY a "&b;"><!ENTITY b "&a;">]>'), 3),
    "XInclude": (rss(f'<item xmlns:xi="http://www.w3.org/2001/XInclude"><title>x</title><xi:include href="http://HOST/trap" parse="text"/></item>{items(2)}'), 3),
    "a style sheet": ('<?xml-stylesheet href="http://HOST/trap"?>' + rss(items(3)).partition("?>")[2], 3),
    "80,000 instructions": (rss("<?x y?>" * 80_000 + items(3)), 3),
    "CDATA in CDATA": (rss(f"<item><title><![CDATA[<![CDATA[x]]]]><![CDATA[>]]></title></item>{items(2)}"), 3),
    "50,000 CDATA sections": (rss("<item><title>" + "<![CDATA[a]]>" * 50_000 + f"</title></item>{items(2)}"), 3),
    "a comment that does not end": (rss(items(3)) + "<!--" + "-" * 300_000, 3),
    "names of elements by another prefix": ('<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:title>T</a:title><a:entry><a:id>1</a:id><a:title>x</a:title></a:entry></a:feed>', 1),
    "1,000 prefixes inside of each other": (rss("<item><title>x</title>" + "".join(f'<n{n}:a xmlns:n{n}="u{n}">' for n in range(1_000)) + "".join(f"</n{n}:a>" for n in reversed(range(1_000))) + f"</item>{items(2)}"), 3),
    "40,000 attributes": (rss("<item " + numbered('a%d="u" ', 40_000) + f"><title>x</title></item>{items(2)}"), 3),
    "500,000 attributes and no end": ("<rss><channel><item " + numbered("a%d=u ", 500_000), "too much memory|takes longer"),
    "2,000 items inside of each other": (rss("<item><title>x</title>" * 2_000 + "</item>" * 2_000), 1),
    # -- JSON
    "a number of 5,000 digits in JSON": ('{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": ' + "9" * 5_000 + ', "title": "a"}, {"id": "b", "title": "b"}]}', 2),
    "lone surrogates in JSON": ('{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "\\ud800", "title": "\\udfff x"}, {"id": "b", "title": "b"}]}', 2),
    "no numbers in JSON": ('{"version": "https://jsonfeed.org/version/1.1", "title": NaN, "items": [{"id": 1e999, "title": "a"}, {"id": "b", "title": "b"}]}', 2),
    # -- dates
    **{f"the date {date}": (dated(date), 3) for date in ("Mon, 01 Jan 0000 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 +1459", "-0044-03-15T00:00:00Z", "平成31年4月30日", "1403/05/12", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "1e308", "nan", "9" * 400, "Mon, 01 Jan 2024 00:00:00 +9999", "٢٠٢٤-٠١-٠١")},
    # -- sizes and texts
    "guids that differ by normal form": (rss("<item><guid>caf\u00e9</guid><title>A</title></item><item><guid>cafe\u0301</guid><title>B</title></item>"), 2),
    "a table without bound": (text("<table>" + "<td colspan=99999999 rowspan=9999999>x</td>" * 2_000), 1),
    "3 MB of Chinese": (text("港" * 1_000_000), 1),
    "1,000,000 accents on a letter": (text("a" + "\u0301" * 1_000_000), 1),
    "50,000 links": (text(numbered("<a href=/%d>x</a>", 50_000)), 1),
    "30,000 tags that do not end": (text("<a " * 30_000), 1),
    "4 MB of paragraphs": (text("<p>para <b>x</b></p>" * 200_000), 1),
    "50,000 categories": (rss("<item><title>t</title>" + numbered("<category>c%d</category>", 50_000) + "</item>"), 1),
    "absurd durations and lengths": (rss(f"<item><title>t</title><itunes:duration xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd'>{'9' * 5_000}:99:99</itunes:duration><enclosure url='http://x.example/a' length='{'9' * 5_000}'/></item>"), 1),
    "a time to live of 5,000 digits": (rss(f"<ttl>{'9' * 5_000}</ttl>{items(1)}"), 1),
    "100 MB": (endless(HEAD + b"Content-Length: 100000000\r\n\r\n", b"x" * 65_536), "larger than 20 MB"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of the run."""

    ended: Measured
    errors: dict[str, str]
    titles: dict[str, list[str]]
    trapped: int


def place(web: Web, path: str, behaviour: Behaviour) -> str:
    host = f"127.0.0.1:{web.port}"
    if isinstance(behaviour, str):
        return web.serve(path, behaviour.replace("HOST", host))
    if isinstance(behaviour, bytes):
        return (
            web.raw(path, behaviour)
            if behaviour.startswith((b"HTTP", b"ICY", b"PRI"))
            else web.serve(path, behaviour)
        )
    if isinstance(behaviour, Answer):
        where = behaviour.headers.get("Location")
        if isinstance(where, str):
            behaviour = Answer(b"", behaviour.status, {"Location": where.replace("HOST", host)})
        answer = behaviour
        return web.handle(path, lambda request: answer)
    return web.raw(path, behaviour)


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    with in_thread() as server:
        for path in ("/good", "/%E6%B8%AF", "/a%20b"):
            server.serve(path, FEED)
        yield server


@pytest.fixture(scope="module")
def ran(web: Web, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """The command, once for all tests here."""
    home = Home(tmp_path_factory.mktemp("faults"))
    urls = {name: place(web, f"/{number}", one) for number, (name, (one, _)) in enumerate(CASES.items())}
    for number in range(HEALTHY):
        urls[f"healthy {number}"] = web.serve(f"/healthy/{number}", rss(items(3, f"healthy {number}")))
    feeds = "".join(
        f'[[feeds]]\nurl = "{url}"\ntitle = "{number}"\n' for number, url in enumerate(urls.values())
    )
    home.config.write_text(f'[fetch]\nper_host = 8\ntimeout = "60s"\n{feeds}', encoding="utf-8")
    command = [sys.executable, "-m", "tuireader", *home.arguments("refresh", "--json")]
    ended = measured(command, home.environment())
    names = list(urls)
    events = [json.loads(line) for line in ended.out.splitlines()]
    done = {names[int(event["title"])]: event["error"] for event in events if event["event"] == "feed"}
    found = rows(
        home.database,
        "SELECT f.url, a.title FROM feed f JOIN appearance p ON p.feed_id = f.id JOIN article a ON a.id = p.article_id",
    )
    titles: dict[str, list[str]] = {}
    for url, title in found:
        titles.setdefault(url, []).append(title)
    return Ran(ended, done, {name: titles.get(url, []) for name, url in urls.items()}, len(web.seen("/trap")))


@pytest.mark.parametrize("name", CASES)
def test_a_fault_is_named_or_its_feed_is_stored(ran: Ran, name: str) -> None:
    expected = CASES[name][1]
    error, titles = ran.errors[name], ran.titles[name]
    if isinstance(expected, int):
        assert (error, len(titles)) == ("", expected)
    elif expected.startswith("="):
        assert (error, titles) == ("", [expected[1:]])
    else:
        assert any(words in error for words in expected.split("|")), error
        assert titles == []
        assert "\n" not in error and error.isprintable()


def test_the_run_goes_on_around_them(ran: Ran) -> None:
    assert all(
        sorted(ran.titles[f"healthy {n}"]) == [f"healthy {n} {m}" for m in range(3)] for n in range(HEALTHY)
    )
    assert ran.ended.code == Exit.SOME_FAILED
    assert "Traceback" not in ran.ended.err
    assert ran.trapped == 0
    assert ran.ended.seconds < 120


def test_no_process_takes_much_memory(ran: Ran) -> None:
    assert ran.ended.memory < MOST_MEMORY


def test_chunks_of_one_byte_without_end_are_given_up(
    web: Web, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = Home(tmp_path)
    url = web.raw("/tiny", endless(CHUNKED + b"\r\n", b"1\r\nx\r\n" * 2_000))
    subscribe(home, url, more='[fetch]\ntimeout = "1s"\n')
    told = run_here(home, capsys, "refresh")
    assert told.code == Exit.ALL_FAILED and "did not finish within 1 second" in told.err
