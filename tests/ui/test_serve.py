"""The app in a browser: who may come in, and that it works there."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from urllib.request import url2pathname

import aiohttp
import pytest

from tests import browser
from tests.processes import become
from tuireader.cli import run

pytestmark = pytest.mark.slow


@asynccontextmanager
async def served(
    folder: Path,
    *arguments: str,
    demo: Path | None = None,
    program: Sequence[str] = (),
    printed: bytearray | None = None,
    browser: Path | None = None,
) -> AsyncIterator[str]:
    """The link that `tuireader … serve` prints; it is served until this is left.

    `printed` gets everything else that it prints. `browser` is a program that `--open` starts. `demo` is a
    database of the demo, which the first reader would make else. Without a `program` to execute, a fork of
    this process serves, see `become`.
    """
    if demo is not None:
        data = folder / "DATA/tuireader"
        data.mkdir(parents=True)
        shutil.copy(demo, data / "demo.db")
    home = {"HOME": str(folder), **{f"XDG_{name}_HOME": str(folder / name) for name in ("DATA", "STATE")}}
    home |= {"BROWSER": str(browser)} if browser else {}
    words = (*arguments, "serve", "--port", "0", *(["--open"] if browser else []))
    child = await asyncio.create_subprocess_exec(
        *(*(program or (sys.executable, "-m", "tuireader")), *words),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=None if printed is None else asyncio.subprocess.STDOUT,
        env=os.environ | home,
        preexec_fn=None if program else partial(become, words, os.environ | home),
        restore_signals=bool(program),
    )
    try:
        assert child.stdout is not None
        yield (await child.stdout.readline()).decode().strip()
    finally:
        child.terminate()
        rest, _ = await child.communicate()
        if printed is not None:
            printed += rest


@asynccontextmanager
async def entered(link: str) -> AsyncIterator[aiohttp.ClientSession]:
    """A browser that has opened the link."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        async with session.get(link):
            pass
        yield session


async def _get(url: str, **headers: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as answer:
        return answer.status, await answer.text()


async def only_the_link_opens_it(link: str) -> None:
    base = "http://" + urlsplit(link).netloc
    assert urlsplit(link).hostname == "127.0.0.1"
    for path in (
        "/",
        "/?token=",
        "/?token=wrong",
        "/?token=%C3%BC",
        "/static/js/textual.js",
        "/ws",
        "/download/x",
    ):
        assert (await _get(base + path))[0] == 403, path
    # A page of somebody else: another name for this address, and a socket across origins.
    assert (await _get(link, Host="rebound.example"))[0] == 403
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        async with session.get(link) as answer:
            page = await answer.text()
            assert answer.status == 200 and answer.url.query_string == ""
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "https://" not in page  # nobody else is asked for anything
        async with session.get(base + "/static/js/textual.js") as answer:
            assert answer.status == 200
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await session.ws_connect(base + "/ws", origin="http://127.0.0.1:1")
        assert refused.value.status == 403


async def test_only_the_link_opens_it_and_tabs_of_their_own_print_no_traceback(
    tmp_path: Path, demo_database: Path
) -> None:
    """A second tab has a reader of its own, and the server outlives tabs that leave or send nonsense."""
    printed = bytearray()
    async with served(tmp_path, "--demo", demo=demo_database, printed=printed) as link:
        await only_the_link_opens_it(link)
        address = f"http://{urlsplit(link).netloc}/ws?width=80&height=24"
        async with entered(link) as session:
            left, wrong = await session.ws_connect(address), await session.ws_connect(address)
            for tab in (left, wrong):
                shown = b""
                while b"WeChat" not in shown:
                    shown += await tab.receive_bytes(timeout=30)
            await left.send_json(["stdin", "j"])
            assert await left.receive_bytes(timeout=30)
            await wrong.send_str("no JSON")
            async for _ in wrong:  # until it is closed
                pass
            left.get_extra_info("socket").shutdown(socket.SHUT_RDWR)
            async with session.get(link) as answer:  # it still works
                assert answer.status == 200
    lines = printed.decode().splitlines()
    assert lines and all(line.startswith("tuireader: the connection to a tab failed (") for line in lines)


async def test_a_tab_whose_reader_cannot_open_is_closed_and_the_terminal_says_why(tmp_path: Path) -> None:
    """The server stays, and the page offers to open it again."""
    database, printed = tmp_path / "notes.db", bytearray()
    database.write_text("This is no database at all. " * 100)
    async with (
        served(tmp_path, "--database", str(database), printed=printed) as link,
        entered(link) as session,
    ):
        base = f"http://{urlsplit(link).netloc}"
        async with session.ws_connect(f"{base}/ws?width=80&height=24") as socket:
            assert (await socket.receive(timeout=30)).type is aiohttp.WSMsgType.CLOSE
        async with session.get(base) as answer:
            assert answer.status == 200 and "Open it again" in await answer.text()
    assert f"{database} is damaged or not a database" in printed.decode()
    assert "Traceback" not in printed.decode()


PUBLISH = """
[[publish]]
name = "day"
query = "age:<1d"
[[publish]]
name = "feeds"
opml = true
"""


async def test_a_published_feed_opens_by_its_key_and_by_nothing_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither by the cookie of the reader nor by the key of another; nor is the key a token."""
    config = tmp_path / "config.toml"
    config.write_text(PUBLISH)
    words = ("--config", str(config), "--database", str(tmp_path / "news.db"))

    async def addresses() -> list[str]:
        assert await asyncio.to_thread(run, [*words, "publish", "list"]) == 0
        return [path for line in capsys.readouterr().out.splitlines() for path in line.split("\t")[2:]]

    atom, json, opml = await addresses()
    key, other = atom.split("/")[2], opml.split("/")[2]
    async with served(tmp_path, *words) as link, aiohttp.ClientSession() as session, entered(link) as browser:
        base = "http://" + urlsplit(link).netloc

        async def status(path: str, method: str = "GET", **headers: str) -> int:
            async with session.request(method, base + path, headers=headers) as answer:
                return answer.status

        async with session.get(base + atom) as answer:
            assert (answer.status, answer.content_type) == (200, "application/atom+xml")
            assert "<title>day</title>" in await answer.text() and "Set-Cookie" not in answer.headers
            tag = answer.headers["ETag"]
        assert await status(atom, **{"If-None-Match": f'W/{tag}, "x"'}) == 304
        assert await status(atom, **{"If-None-Match": '"x"'}) == 200
        assert (await status(atom, "HEAD"), await status(atom, "POST")) == (200, 405)
        async with session.get(base + json) as answer:
            assert answer.content_type == "application/feed+json" and '"items": []' in await answer.text()
        async with session.get(base + opml) as answer:
            assert "<opml" in await answer.text()
        files = [f"{other}/day.atom", f"{key}/feeds.opml", f"{key}/day.opml", f"{key}x/day.atom", "x"]
        files += [f"{key}/{name}" for name in ("day.xml", "day", "%2e%2e.atom", "")] + [
            "%C3%BC/day.atom",
            "%FF/day.atom",
        ]
        for file in files:
            assert await status(f"/feeds/{file}") == 404, file
            async with browser.get(f"{base}/feeds/{file}") as answer:
                assert answer.status == 404, file
        assert await status(atom, Host="evil.example") == 403
        assert await status(f"/?token={key}") == 403
        await asyncio.to_thread(run, [*words, "publish", "revoke", "day"])
        assert [await status(path) for path in (atom, json, opml)] == [404, 404, 200]
        capsys.readouterr()
        assert await status((await addresses())[0]) == 200
        config.write_text("query = [")
        assert await status(opml) == 503
        config.write_text("")
        assert await status(opml) == 404


@asynccontextmanager
async def opened_by_program(folder: Path, demo: Path | None = None) -> AsyncIterator[tuple[str, str]]:
    """The link, and the command line of the browser that was started."""
    program, words = folder / "browser", folder / "words"
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {words}\n')
    program.chmod(0o755)
    os.mkfifo(words)
    async with served(folder, "--demo", demo=demo, browser=program) as link, asyncio.timeout(30):
        yield link, await asyncio.to_thread(words.read_text)


def page_of(words: str) -> Path:
    """The file in a command line."""
    return Path(url2pathname(urlsplit(words.strip()).path))


async def test_the_command_line_of_the_browser_has_no_token(tmp_path: Path) -> None:
    async with opened_by_program(tmp_path) as (link, words):
        token, page = parse_qs(urlsplit(link).query)["token"][0], page_of(words)
        text = page.read_text()
        assert words.startswith("file:///") and words.count("\n") == 1
        assert token not in words and token not in text
        assert page.stat().st_mode & 0o777 == 0o600
        entrance = unescape(text.partition("url=")[2].partition('"')[0])
        assert entrance.startswith(f"http://{urlsplit(link).netloc}/open?code=")
        assert parse_qs(urlsplit(entrance).query)["code"][0] not in words
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
            assert (await _get(entrance[:-1]))[0] == 403, "a guess does not use it up"
            assert (await _get(entrance, Host="rebound.example"))[0] == 403
            async with session.get(entrance) as answer:
                assert answer.status == 200 and 'url=/"' in await answer.text()
                assert answer.headers["Referrer-Policy"] == "no-referrer"
            assert not page.exists()
            async with session.get(f"http://{urlsplit(link).netloc}/") as answer:
                assert answer.status == 200
        assert (await _get(entrance))[0] == 403, "it leads in only once"


async def test_the_page_for_the_browser_does_not_stay(tmp_path: Path) -> None:
    async with opened_by_program(tmp_path) as (link, words), entered(link):
        assert page_of(words).exists()
    assert not page_of(words).exists()


@pytest.mark.skipif(browser.find() is None, reason="no Chromium on this machine")
async def test_chromium_comes_in_by_the_page_opens_the_list_searches_and_reads_an_article(
    tmp_path: Path, demo_database: Path
) -> None:
    """It asks nobody else for anything."""
    async with (
        opened_by_program(tmp_path, demo_database) as (link, words),
        browser.opened(words.strip(), tmp_path / "chromium") as page,
    ):
        await page.wait("Unread", "WeChat sign-ups will be back")
        await page.press(*"/wechat", "Enter")
        await page.wait("wechat  ")
        await page.press("Enter")
        await page.wait("Personal Information Protection Law")
        assert (await page.picture()).startswith(b"\x89PNG")
        assert page.asked[0] == words.strip()
        asked = [url for url in page.asked[1:] if not url.startswith("data:")]
        assert {urlsplit(url).netloc for url in asked} == {urlsplit(link).netloc}


def test_a_port_in_use_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    from tuireader.ui.serve import listen

    taken = listen("127.0.0.1", 0)
    taken.listen()
    port = taken.getsockname()[1]
    assert run(["--demo", "serve", "--port", str(port)]) == 1
    assert f"127.0.0.1 port {port} cannot be used" in capsys.readouterr().err
    taken.close()
