"""Accounts in the library: feeds and folders changed on the server, and names that follow."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.builders import ALL, item, opened, refreshed, rss, titles
from tests.servers.clients import synced
from tests.servers.fake import TOKEN
from tests.servers.fake_miniflux import FakeMiniflux
from tests.web import Web
from tuireader.errors import UsageError
from tuireader.library import Library
from tuireader.library.accounts.accounts import Preview
from tuireader.model import View, ViewKind

WATCH = """
[[watch]]
name = "W"
any = ["WeChat"]
feeds = ["News", "home / Tech"]
query = 'feed:News folder:"home / Tech"'
"""


def account(server: FakeMiniflux, token: str) -> str:
    """The configuration of an account on a server."""
    return f'[[account]]\nname = "home"\nkind = "miniflux"\nurl = "{server.url}"\ntoken = "{token}"\n'


@pytest.fixture
def server() -> Iterator[FakeMiniflux]:
    """A server with a feed in each of two categories."""
    with FakeMiniflux("2.3.2") as server:
        server.add_feed("News", "Tech")
        server.add_feed("Other", "World")
        yield server


@pytest.fixture
async def library(server: FakeMiniflux, tmp_path: Path) -> AsyncIterator[Library]:
    """A library that has synced an account on the server."""
    async with opened(tmp_path, account(server, TOKEN) + WATCH) as made:
        assert not (await synced(made)).error
        yield made


async def places(library: Library) -> dict[str, str]:
    """The folders of feeds by title."""
    return {feed.title: feed.folder for feed in await library.feeds.all()}


async def test_a_feed_is_renamed_and_moved_with_the_names_of_watches(
    library: Library, server: FakeMiniflux
) -> None:
    feed = await library.feeds.find("News")
    await library.feeds.edit(feed, {"title": "Renamed", "folder": "home / New"})
    assert await places(library) == {"Renamed": "home / New", "Other": "home / World"}
    assert (server.feeds[0].title, server.feeds[0].category.title) == ("Renamed", "New")
    (watch,) = library.config.watches
    assert watch.feeds == ("Renamed", "home / Tech") and watch.query.startswith("feed:Renamed ")
    before = len(server.calls)
    await library.feeds.edit(feed, {"title": "Renamed"})
    await library.feeds.edit(feed, {"title": "Renamed", "folder": "home / New"})
    assert not [call for call in server.calls[before:] if call.method == "PUT"]
    await library.feeds.edit(feed, {"title": "", "folder": "Own"})
    assert (await places(library))["Renamed"] == "home / Own"


@pytest.mark.parametrize("setting", ["interval", "paused", "full_text", "filter"])
async def test_settings_that_the_server_does_not_have_are_refused(library: Library, setting: str) -> None:
    values = {"interval": 3600, "full_text": "on", "filter": ("cat",)}
    with pytest.raises(UsageError, match="the server of home fetches News"):
        await library.feeds.edit(1, {"title": "New name", setting: values.get(setting, True)})
    assert "News" in await places(library)


async def test_a_folder_is_a_category(library: Library, server: FakeMiniflux) -> None:
    await library.feeds.rename_folder("home / Tech", "home / Science")
    assert (await places(library))["News"] == "home / Science"
    (watch,) = library.config.watches
    assert watch.feeds == ("News", "home / Science") and 'folder:"home / Science"' in watch.query
    await library.feeds.rename_folder("home / Science", "")
    assert (await places(library))["News"] == "home / All"
    assert [one.title for one in server.categories] == ["All", "World"]
    server.feeds[0].category.title = ""
    await synced(library)
    with pytest.raises(UsageError, match="the name of the account"):
        await library.feeds.rename_folder("home", "office")


async def test_watches_and_mutes_know_new_feeds_by_name(tmp_path: Path, server: FakeMiniflux) -> None:
    more = """
        [[watch]]
        name = "Fresh"
        any = ["WeChat"]
        feeds = ["Fresh News", "home / Fresh"]
        [[mute]]
        query = "WeChat"
        feed = "Loud"
    """
    async with opened(tmp_path, account(server, TOKEN) + more) as library:
        await synced(library)
        server.add_entry(server.add_feed("Fresh News"), "WeChat in one")
        server.add_entry(server.add_feed("Other news", "Fresh"), "WeChat in another")
        server.add_entry(server.add_feed("Loud"), "WeChat, loud")
        await synced(library)
        assert set(await titles(library, View(ViewKind.WATCH, "Fresh"))) == {
            "WeChat in one",
            "WeChat in another",
        }
        assert "WeChat, loud" not in await titles(library, ALL)


async def test_articles_of_a_removed_account_go_to_local_feeds_that_have_them(
    tmp_path: Path, server: FakeMiniflux, web: Web
) -> None:
    entry = server.add_entry(server.feeds[0], "One", "<p>The text</p>")
    local = web.serve("/local.xml", rss("Local", [item("1", "One", "<p>The text</p>", url=entry.url)]))
    text = f'{account(server, TOKEN)}[[feeds]]\nurl = "{local}"\n'
    for end in ("removed", "unsubscribed"):
        folder = tmp_path / end
        folder.mkdir()
        async with opened(folder, text) as library:
            await synced(library)
            await refreshed(library)
            assert await sources(library) == {"One": "News"}
            if end == "removed":
                await library.accounts.remove("home")
            else:
                await library.feeds.remove(await library.feeds.find("News"))
            assert await sources(library) == {"One": "Local"}


async def sources(library: Library) -> dict[str, str]:
    """The feeds of articles by title."""
    return {
        row.title: library.feeds.title(row.feed_id)
        for row in await library.lists.rows(await library.lists.ids(ALL))
    }


def test_a_password_in_the_clear_is_noticed() -> None:
    exposed = {
        url: Preview(url, "me", "Miniflux", ()).is_exposed
        for url in (
            "http://rss.example.org",
            "https://rss.example.org",
            "http://127.0.0.1:80",
            "http://nas.local",
        )
    }
    assert [url for url, is_exposed in exposed.items() if is_exposed] == ["http://rss.example.org"]


async def test_a_password_that_cannot_be_read_is_tried_again(
    tmp_path: Path, server: FakeMiniflux, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1_800_000_000.0]
    async with opened(tmp_path, account(server, "env:LATER"), clock=lambda: now[0]) as library:
        done = await synced(library)
        assert (done.error, done.refusal) == ("the environment variable LATER is not set", "secret")
        assert await library.accounts.due() == []
        now[0] += 1800
        monkeypatch.setenv("LATER", TOKEN)
        assert [one.name for one in await library.accounts.due()] == ["home"]
        assert (await synced(library)).error == ""


async def test_an_account_that_gets_another_address_is_asked_at_once(
    library: Library, server: FakeMiniflux
) -> None:
    server.down()
    assert (await synced(library)).error and await library.accounts.due() == []
    server.up()
    await library.accounts.edit("home", {"interval": 60})
    assert [one.name for one in await library.accounts.due()] == ["home"]
