"""Share articles from the reader: by one channel or a chosen one, several at once, sent or waiting."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from tests.mail_server import CERTIFICATE, PASSWORD, MailServer
from tests.ui.running import running
from tests.ui.shelf import NOW, arrive, configured, story, written
from tests.web import Answer, Web
from tuireader.library import Library
from tuireader.ui.app import TuireaderApp

SECRET = "x7Qd2-of-nobody"
FEED = '[fetch]\nrefresh_on_start = false\n[[feeds]]\nurl = "https://1.example/rss"\ntitle = "The Quay"\n'


def later(web: Web) -> str:
    return f'[[channel]]\nname = "later"\nshare = "linkding"\nserver = "{web.url}"\ntoken = "{SECRET}"\n'


def fill(library: Library) -> None:
    arrive(library, *(story(number, 1, f"Ferry [b]{number}[/b]", number) for number in (1, 2, 3)))


def titles(web: Web) -> list[str]:
    return [json.loads(request.body)["title"] for request in web.seen("/api/bookmarks/")]


async def test_the_only_channel_gets_the_article_at_once(tmp_path: Path, web: Web) -> None:
    web.stages("/api/bookmarks/", Answer(status=503), Answer(status=201))
    async with configured(tmp_path, FEED + later(web)) as library:
        fill(library)
        async with running(library) as run:
            await run.press("b")
            assert "it answers with status 503; 1 message waits until" in run.toasts
            assert SECRET not in run.toasts and "waits for later" not in run.toasts, "said once"
            assert "1 undelivered (@)" in run.text
            await run.press("at")
            assert " · share by later" in run.text and "tried in vain: 1" in run.text
            await run.press("enter", "b")
            assert "Sent to later" in run.toasts and "undelivered" not in run.text
            with written(library) as store:
                store.outbox.take_lease("elsewhere:1:a", NOW)
            await run.press("b")
            assert "1 article waits for later (@)" in run.toasts
            assert len(titles(web)) == 2 and len(set(titles(web))) == 1
            assert (await library.lists.counts()).all.unread == 2, "only the opened article is read"


async def test_a_selection_goes_to_a_chosen_channel(tmp_path: Path, web: Web) -> None:
    web.serve("/api/bookmarks/", b"{}")
    more = '[[channel]]\nname = "screen"\ndesktop = true\n[[channel]]\nname = "log"\nfile = "log.jsonl"\n'
    async with configured(tmp_path, FEED + more + later(web)) as library:
        fill(library)
        async with running(library) as run:
            await run.press("b")
            assert "Share by" in run.text and "linkding, http://127.0.0.1" in run.text
            assert "screen" not in run.text and SECRET not in run.text
            await run.press("escape", "ctrl+a", "b", "2")
            assert "3 articles sent to later" in run.toasts and len(titles(web)) == 3
            await run.press("b", "1")
            lines = (tmp_path / "log.jsonl").read_text().splitlines()
            assert [json.loads(line)["kind"] for line in lines] == ["share"] * 3


async def test_without_a_channel_or_a_network_nothing_is_sent(tmp_path: Path, web: Web) -> None:
    async with configured(tmp_path, FEED) as library:
        fill(library)
        async with running(library) as run:
            await run.press("b")
            assert "No channels yet: # adds one" in run.toasts
    async with configured(tmp_path, FEED + later(web), offline=True) as library:
        fill(library)
        async with running(library) as run:
            await run.press("b")
            assert "the demo has no network" in run.toasts
            assert await library.outbox.unsent() == [] and web.requests == []


async def test_a_target_is_added_by_a_form_and_tested(tmp_path: Path, web: Web) -> None:
    web.serve("/oauth/v2/token", b'{"access_token": "a"}')
    web.serve("/api/entries.json?perPage=1&detail=metadata", b"{}")
    async with configured(tmp_path, "# mine\n") as library, running(library) as run:
        await run.press("number_sign", "plus", "b")
        await run.submit(name="bag", token=f"1_a:{SECRET}", password="env:BAG", tags="a, b")
        assert "needs a server such as https://wallabag.example.org" in run.text
        assert SECRET not in run.text
        server = web.url.replace("//", "//me@")
        await run.submit(server=server)
        assert run.written == (
            f'# mine\n\n[[channel]]\nname = "bag"\nserver = "{server}"\npassword = "env:BAG"\n'
            f'share = "wallabag"\ntoken = "1_a:{SECRET}"\ntags = ["a", "b"]\n'
        )
        assert f"wallabag, {web.url}" in run.text and SECRET not in run.text
        await run.press("t")
        assert "bag: the environment variable BAG is not set" in run.toasts
        await run.press("e")
        await run.submit(password="p")
        await run.press("t")
        assert "bag answers; nothing was saved" in run.toasts
        assert parse_qs(web.seen("/oauth/v2/token")[0].body.decode())["password"] == ["p"]
        assert {request.path.partition("?")[0] for request in web.requests} == {
            "/oauth/v2/token",
            "/api/entries.json",
        }


async def test_in_the_browser_it_shares_but_no_program_gives_a_token(
    tmp_path: Path, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(TuireaderApp, "is_web", True)
    web.serve("/api/bookmarks/", b"{}")
    async with configured(tmp_path, FEED + later(web)) as library:
        fill(library)
        async with running(library) as run:
            await run.press("b")
            assert "Sent to later" in run.toasts
            await run.press("number_sign", "e")
            await run.submit(token="cmd:rm -r x")
            assert "programs and written files can be neither named" in run.text and SECRET in run.written


async def test_a_mail_has_the_text_of_the_article(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    async with MailServer() as server:
        mail = f'mail = "a@x.example"\nserver = "smtp://me@localhost:{server.port}"\npassword = "{PASSWORD}"'
        async with configured(tmp_path, f'{FEED}[[channel]]\nname = "friend"\n{mail}\n') as library:
            html = (
                '<p>Two <b>quays</b> &lt;script&gt; <a href="https://x.example/q">open</a>.</p><img src="/p">'
            )
            arrive(library, story(1, 1, "Ferry & co", 1, html))
            async with running(library) as run:
                await run.press("b")
                assert "Sent to friend" in run.toasts
    (sent,) = server.mails
    text, page = sent.message.iter_parts()
    assert sent.message["Subject"] == "Ferry & co"
    words = text.get_content()
    assert words.startswith("The Quay, ") and "Two quays <script> open [1]." in words
    assert "[1] https://x.example/q" in words
    shown = page.get_content()
    assert "<strong>quays</strong>" in shown and "&lt;script&gt;" in shown and "<img" not in shown
