"""Accounts: added, edited and removed in dialogs; their feeds changed on the server, or not at all."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import pytest

from tests.builders import item, rss
from tests.servers.fake import PASSWORD, TOKEN, USER
from tests.servers.fake_miniflux import FakeMiniflux
from tests.ui import accounts
from tests.ui.accounts import short_answers as short_answers
from tests.ui.running import Running, running
from tests.ui.shelf import NOW, Shelf
from tests.web import Web
from tuireader.library.accounts.accounts import Accounts
from tuireader.model import View, ViewKind

pytestmark = pytest.mark.usefixtures("short_answers")
HOME = View(ViewKind.ACCOUNT, "home")


@pytest.fixture(autouse=True)
def no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords are kept in the configuration."""
    monkeypatch.setattr(Accounts, "has_keyring", staticmethod(lambda: False))


@pytest.fixture
def server() -> Iterator[FakeMiniflux]:
    """A server with two feeds and an article."""
    with FakeMiniflux() as server:
        server.add_entry(server.add_feed("Ars", "Tech"), "Chips get faster")
        server.add_feed("BBC", "News")
        yield server


@pytest.fixture
async def run(server: FakeMiniflux) -> AsyncIterator[Running]:
    """The app on an account that was synced."""
    async with running(replace(accounts.shelf(server.url), prepare=None)) as run:
        accounts.sync_here(run.library)
        await accounts.sync_now(run)
        yield run


async def test_the_welcome_adds_an_account_after_its_feeds_were_shown(server: FakeMiniflux) -> None:
    async with running(Shelf(), (80, 24), first_run=True) as run:
        accounts.sync_here(run.library)
        await run.press("m")
        await run.submit(url=server.url, user=USER, password="wrong", name="home")
        assert "refuses the user name, password or token" in run.text and "Miniflux 2.2.6" not in run.text
        assert run.library.config.accounts == ()
        await run.submit(password=PASSWORD)
        assert "Miniflux 2.2.6" in run.text and "2 feeds" in run.text and "1  Tech" in run.text
        assert PASSWORD not in run.text and run.library.config.accounts == ()
        await run.press("enter", "escape", "x")  # no watch; the tour is closed by any key
        assert run.library.accounts.config("home").user == USER
        assert {"Ars", "BBC"} <= {feed.title for feed in await run.library.feeds.all()}


async def test_an_account_with_a_key_from_the_environment_is_named_after_its_host(
    server: FakeMiniflux, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MINIFLUX_KEY", TOKEN)
    async with running(Shelf()) as run:
        accounts.sync_here(run.library)
        await run.press("plus", "ctrl+t")
        await run.submit(url=server.url.removeprefix("http://"), password="")
        assert "Enter a user and a password, or an API key" in run.text
        await run.submit(url=server.url, password="env:MINIFLUX_KEY")
        assert "env:MINIFLUX_KEY" in run.text
        await run.press("enter")
        assert (
            '[[account]]\nname = "127.0.0.1"' in run.written and 'token = "env:MINIFLUX_KEY"' in run.written
        )
        assert "127.0.0.1: 1 new" in run.toasts and run.main.session.view.kind is ViewKind.ACCOUNT


async def test_a_password_is_kept_in_the_keyring_where_there_is_one(
    server: FakeMiniflux, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[str] = []

    async def keep(name: str, secret: str) -> str:
        kept.append(secret)
        return f"keyring:{name}"

    monkeypatch.setattr(Accounts, "has_keyring", staticmethod(lambda: True))
    monkeypatch.setattr(Accounts, "keep_secret", staticmethod(keep))
    async with running(Shelf(), first_run=True) as run:
        accounts.sync_here(run.library)
        await run.press("u", "ctrl+t")
        await run.submit(url=server.url, user=USER, password=PASSWORD, name="home")
        await run.press("enter")
        assert kept == [PASSWORD] and 'password = "keyring:home"' in run.written


async def test_an_account_signs_in_before_a_change_is_saved(run: Running, server: FakeMiniflux) -> None:
    run.select(HOME)
    await run.press("e")
    await run.submit(password="Wrong-One")
    assert "Wrong-One" not in run.written and run.app.screen is not run.main
    await run.submit(password=PASSWORD, user=USER)
    assert f'password = "{PASSWORD}"' in run.written and "token" not in run.written
    run.select(HOME)
    await run.press("d", "enter")
    assert run.library.config.accounts == () and "home" not in run.labels
    await run.press("U")
    assert "home" in run.labels and "Ars" in run.labels


async def test_a_feed_is_renamed_moved_and_removed_on_the_server(run: Running, server: FakeMiniflux) -> None:
    run.select(View(ViewKind.FEED, str(await run.library.feeds.find("Ars"))))
    await run.press("e")
    await run.submit(title="Ars Technica", category="Science")
    assert "Ars Technica saved on home" in run.toasts
    assert (server.feeds[0].title, server.feeds[0].category.title) == ("Ars Technica", "Science")
    run.select(View(ViewKind.FOLDER, "home / News"))
    await run.press("e")
    await run.submit(name="Papers")
    assert "Papers" in run.labels and "News" not in run.labels
    server.down()
    run.select(View(ViewKind.FEED, str(await run.library.feeds.find("BBC"))))
    await run.press("e")
    await run.submit(title="Beeb")
    assert "BBC" in run.labels and run.app.screen is not run.main
    server.up()
    await run.press("escape", "d", "enter")
    assert "BBC" not in run.labels and [feed.title for feed in server.feeds] == ["Ars Technica"]


async def test_a_feed_is_added_on_the_server_of_an_account(run: Running, server: FakeMiniflux) -> None:
    async with Web() as web:
        url = web.serve("/feed", rss("Tides", [item("1", "High water", time=NOW)]))
        await run.write(f"+{url}\r")
        await run.shows("on its server")
        await run.write("home / Harbour\r")
    assert "Added to home" in run.toasts
    assert (server.feeds[-1].url, server.feeds[-1].category.title) == (url, "Harbour")
    assert url not in run.written


async def test_lost_feeds_are_hidden_only_after_a_question(run: Running, server: FakeMiniflux) -> None:
    more = [server.add_feed(f"More {number}", "Tech") for number in range(4)]
    await accounts.sync_now(run)
    for feed in more:
        server.remove_feed(feed)
    await accounts.sync_now(run)
    assert "home: the server no longer lists 4 of 6 feeds · e in the sidebar decides" in run.toasts
    run.select(HOME)
    await run.press("e")
    assert "The server no longer lists 4 of 6 feeds" in run.text and "[wait]" in run.text
    await run.press("enter")
    assert "More 1" in run.labels
    run.select(HOME)
    await run.press("e", "right", "enter")
    assert "More 1" not in run.labels and "Ars" in run.labels
