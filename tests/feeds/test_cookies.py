"""Cookie files: which cookies a request gets, and which it never gets."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.web import Web
from tuireader.errors import TuireaderError
from tuireader.feeds.http import cookies
from tuireader.feeds.http.fetch import Fetcher, FetchLimits
from tuireader.model import FetchJob

LATER = int(time.time()) + 86_400
HEAD = "# Netscape HTTP Cookie File\n# https://curl.se/docs/http-cookies.html\n\n"


def line(
    domain: str, name: str, *, below: bool = False, path: str = "/", secure: bool = False, ends: int = LATER
) -> str:
    flags = ["FALSE", "TRUE"]
    return "\t".join([domain, flags[below], path, flags[secure], str(ends), name, "v"])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "cookies.txt"
    path.write_text(
        HEAD
        + "\n".join([
            line("news.example", "host"),
            line(".news.example", "below", below=True),
            line("news.example", "dotless", below=True),
            "#HttpOnly_" + line("news.example", "hidden"),
            line("news.example", "feeds", path="/feeds"),
            line("news.example", "safe", secure=True),
            line("news.example", "old", ends=1_000_000_000),
            line("news.example", "session", ends=0),
            line("bank.example", "secret"),
            line(".example", "top", below=True),
        ])
        + "\n"
    )  # fmt: skip
    return path


def sent(file: Path, url: str, feed: str = "") -> set[str]:
    """Names of the cookies that a request for `url` gets, of a feed at the same address or at `feed`."""
    kept = cookies.staying(cookies.read(file, feed or url), url)
    return {one.partition("=")[0] for one in cookies.header(kept, url).split("; ") if one}


def test_cookies_go_where_they_belong(file: Path) -> None:
    everywhere = {"host", "below", "dotless", "hidden", "session"}
    assert sent(file, "http://news.example/x") == everywhere
    assert sent(file, "https://news.example/x") == everywhere | {"safe"}
    assert sent(file, "http://news.example/feeds/a.xml") == everywhere | {"feeds"}
    assert sent(file, "http://news.example/feedsx") == everywhere
    assert sent(file, "http://www.news.example/") == {"below", "dotless"}
    assert sent(file, "http://notnews.example/") == set()
    assert sent(file, "http://other.test/") == set()


def test_cookies_of_another_host_are_not_even_read(file: Path) -> None:
    names = {cookie.name for cookie in cookies.read(file, "https://news.example/feed")}
    assert "secret" not in names and "host" in names
    assert sent(file, "https://bank.example/", feed="https://news.example/feed") == set()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("not a cookie file", "line 1 is not a cookie in Netscape format"),
        ('[{"name": "a", "value": "b"}]', "line 1"),
        (f"{HEAD}{line('a.example', 'x')}\nnews.example\tTRUE\t/\tFAL", "line 5"),
        ("x\n" * 3_000_000, "larger than 5 MB"),
    ],
    ids=["no cookies", "JSON", "cut", "large"],  # the time of the texts is no name
)
def test_a_wrong_file_is_named(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "cookies.txt"
    path.write_text(text)
    with pytest.raises(TuireaderError, match=words):
        cookies.read(path, "https://news.example/")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    for path in (tmp_path / "none.txt", tmp_path):
        with pytest.raises(TuireaderError, match="cannot be read: "):
            cookies.read(path, "https://news.example/")


def test_an_empty_value_and_an_odd_line_are_no_reason_to_fail(tmp_path: Path) -> None:
    path = tmp_path / "cookies.txt"
    path.write_text(
        f"news.example\tFALSE\t/\tFALSE\t{LATER}\tempty\nodd line\n{line('news.example', 'good')}\n"
    )
    assert {one.name for one in cookies.read(path, "http://news.example/")} == {"empty", "good"}


@pytest.mark.parametrize(
    ("fields", "sent"),
    [
        ("news.example FALSE / FALSE 0 a b", "a=b"),
        ("news.example FALSE / FALSE  a b", "a=b"),
        ("news.example FALSE / FALSE 9999999999.5 a b", "a=b"),
        ("news.example FALSE / FALSE -1 a b", ""),
        ("news.example FALSE / FALSE 5 a b", ""),
        ("news.example FALSE / FALSE soon a b", ""),
        ("news.example FALSE next FALSE 0 a b", ""),
        (" FALSE / FALSE 0 a b", ""),
        ("news.example FALSE /x FALSE 0 a b", ""),
        ("news.example FALSE / TRUE 0 a b", ""),
        ("news.example FALSE / FALSE 0  b", "b"),
        ("NEWS.example FALSE / FALSE 0 a b", "a=b"),
        ("other.example TRUE / FALSE 0 a b", ""),
        (".example TRUE / FALSE 0 a b", ""),
    ],
)
def test_a_cookie_is_sent_to_its_site_until_it_ends(tmp_path: Path, fields: str, sent: str) -> None:
    """A field that nobody understands makes no cookie for other pages or times."""
    path, good = tmp_path / "cookies.txt", "news.example FALSE / FALSE 0 z 1"
    path.write_text(f"{HEAD}{fields}\n{good}\n".replace(" ", "\t"))
    known = cookies.read(path, "http://news.example/feed")
    assert cookies.header(known, "http://news.example/feed") == "; ".join(filter(None, [sent, "z=1"]))


@given(st.binary(max_size=300), st.text(max_size=60))
def test_any_file_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, raw: bytes, url: str) -> None:
    path = tmp_path_factory.getbasetemp() / "any-cookies.txt"
    path.write_bytes(raw + b"\nnews.example\tTRUE\t/\tFALSE\t0\t" + raw.replace(b"\n", b"") + b"\tv\n")
    try:
        found = cookies.read(path, "http://news.example/")
    except TuireaderError:
        return
    cookies.header(found, "http://news.example/")
    cookies.staying(found, url)


@pytest.fixture
async def web() -> AsyncIterator[Web]:
    async with Web() as web:
        yield web


async def test_cookies_never_follow_a_redirect_to_another_host(web: Web, file: Path) -> None:
    file.write_text(line("127.0.0.1", "own") + "\n" + line("localhost", "theirs") + "\n")
    async with Web(host="localhost") as other, Fetcher(FetchLimits(total=5.0)) as fetcher:
        back = web.serve("/back", "<rss/>")
        away = other.serve("/away", b"", status=302, headers={"Location": back})
        url = web.serve("/feed", b"", status=302, headers={"Location": away})
        kept = cookies.read(file, url)
        await fetcher.fetch(replace(FetchJob(1, url), cookies=kept))
        assert web.seen("/feed")[0].headers["cookie"] == "own=v"
        assert "cookie" not in other.seen("/away")[0].headers
        assert "cookie" not in web.seen("/back")[0].headers  # nor again after a detour
        same = web.serve("/same", b"", status=302, headers={"Location": back})
        await fetcher.fetch(replace(FetchJob(1, same), cookies=kept))
        assert web.seen("/back")[1].headers["cookie"] == "own=v"


async def test_a_cookie_header_of_the_config_wins(web: Web, file: Path) -> None:
    file.write_text(line("127.0.0.1", "own") + "\n")
    async with Fetcher(FetchLimits(total=5.0)) as fetcher:
        job = FetchJob(1, web.serve("/feed", "<rss/>"), headers=(("Cookie", "mine=1"),))
        await fetcher.fetch(replace(job, cookies=cookies.read(file, job.url)))
    assert web.seen("/feed")[0].headers["cookie"] == "mine=1"
