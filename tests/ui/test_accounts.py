"""Accounts on servers: in the sidebar, in the footer, in dialogs."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import pytest

from tests.servers.fake import Call
from tests.servers.fake_miniflux import FakeMiniflux
from tests.ui import accounts
from tests.ui.accounts import short_answers as short_answers
from tests.ui.running import Running, running
from tests.ui.shelf import HOUR, NOW, opened, written
from tests.ui.slow_store import late
from tuireader.model import AccountSynced, View, ViewKind
from tuireader.model.accounts import RemoteFeed
from tuireader.ui.controllers import syncing
from tuireader.ui.views import STARRED, UNREAD

pytestmark = pytest.mark.usefixtures("short_answers")
HOME = View(ViewKind.ACCOUNT, "home")
TECH = View(ViewKind.FOLDER, "home / Tech")


@pytest.fixture
async def run() -> AsyncIterator[Running]:
    async with running(accounts.shelf()) as run:
        yield run


def fail(run: Running, error: str, refusal: str) -> None:
    """Let the last sync of the account have failed."""
    with written(run.library) as store:
        account = store.accounts.get("home")
        store.accounts.record(account.id, NOW, error=error, refusal=refusal, next_try=NOW + HOUR)


async def titles(run: Running) -> list[str]:
    return [row.title for row in await run.library.lists.rows(run.main.articles.ids)]


# -- sidebar


async def test_feeds_of_an_account_stand_below_its_name_by_category(run: Running) -> None:
    assert accounts.sidebar(run.main.sidebar.items) == [
        "▾ Harbour 1", "   The Quay 1",
        "  0", " home 3",
        "▾ Tech 2", "   Ars 2", "  ! Lobsters 0",
        "▾ News 1", "   BBC 1",
    ]  # fmt: skip
    await run.go_to(HOME)
    assert await titles(run) == ["Chips get cheaper", "Chips get smaller", "Rain"]
    assert "home   3 unread" in run.text
    run.select(TECH)
    await run.press("space")
    assert "Ars" not in run.labels and "BBC" in run.labels
    await run.press("enter")
    assert await titles(run) == ["Chips get cheaper", "Chips get smaller"]


async def test_a_filter_applies_to_the_articles_of_an_account_only(run: Running) -> None:
    await run.go_to(HOME)
    await run.write("Fthe OR chips\r")
    assert await titles(run) == ["Chips get cheaper", "Chips get smaller"]


async def test_an_account_that_cannot_sync_has_a_sign_and_the_error_below(run: Running) -> None:
    fail(run, "home.example cannot be reached", "away")
    await run.main.controllers.reload()
    await run.settle()
    run.select(HOME)
    await run.settle()
    assert "! home" in run.text and "! home: home.example cannot be reached" in run.text
    with late(run.library.accounts.all) as states:  # which is not replaced by what was read before
        older = asyncio.create_task(run.main.controllers.count_marks())
        await states.reached()
        fail(run, "home.example is busy", "away")
        await run.main.controllers.count_marks()
        states.release()
        await older
    assert [account.error for account in run.main.session.accounts] == ["home.example is busy"]


# -- syncing


@pytest.fixture
def server() -> Iterator[FakeMiniflux]:
    """A server with the feeds of the account; none of its entries is known here."""
    with FakeMiniflux() as server:
        for feed, title in (("Tech/Ars", "Chips get faster"), ("News/BBC", "Snow"), ("News/BBC", "Hail")):
            category, name = feed.split("/")
            found = next((one for one in server.feeds if one.title == name), None)
            server.add_entry(found or server.add_feed(name, category), title)
        yield server


@pytest.fixture
async def synced(server: FakeMiniflux, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Running]:
    """The app on an account that was never synced before, with the server there; marks are sent at once."""
    monkeypatch.setattr(syncing, "SOON", 0.05)
    shelf = replace(accounts.shelf(server.url), prepare=None)
    async with running(shelf) as run:
        accounts.sync_here(run.library)
        yield run


async def test_a_sync_by_key_brings_articles_and_tells_how_many(synced: Running) -> None:
    await synced.go_to(HOME)
    assert await titles(synced) == []
    await synced.press("r")
    assert set(await titles(synced)) == {"Chips get faster", "Snow", "Hail"}
    assert "home: 3 new" in synced.toasts
    assert {"Tech", "News", "Ars", "BBC"} <= set(synced.labels)


async def test_a_mark_and_its_undo_reach_the_server_soon(synced: Running, server: FakeMiniflux) -> None:
    await accounts.sync_now(synced)
    await synced.at("Snow")
    await synced.press("N", "s")
    snow = next(entry for entry in server.entries.values() if entry.title == "Snow")
    assert (snow.read, snow.starred) == (True, True)
    await synced.press("U", "U")
    assert (snow.read, snow.starred) == (False, False)
    assert "sent" not in synced.toasts


async def test_an_error_is_told_once_until_a_key_asks_again(synced: Running, server: FakeMiniflux) -> None:
    await accounts.sync_now(synced)
    await synced.at("Snow")
    server.down()
    synced.app.clear_notifications()
    await synced.press("N", "s", "m")
    assert synced.toasts.count("home: ") == 1 and "1 mark to send" in synced.text
    synced.app.clear_notifications()
    await accounts.sync_now(synced)
    assert synced.toasts.count("home: ") == 1
    server.up()
    await accounts.sync_now(synced)
    assert re.search(r"home: \d marks? sent", synced.toasts)
    assert "to send" not in synced.text.splitlines()[-1]


async def test_a_refused_sign_in_names_the_key_that_helps(synced: Running, server: FakeMiniflux) -> None:
    def refuse(call: Call) -> None:
        call.headers.clear()

    server.before = refuse
    await accounts.sync_now(synced)
    assert "home: sign in again · e in the sidebar edits the account" in synced.toasts
    asked = len(server.calls)
    await synced.press("R")
    assert len(server.calls) == asked  # it waits, also when all is refreshed
    synced.select(HOME)
    await synced.settle()
    (trouble,) = [one.trouble for one in synced.main.sidebar.items if one.view == HOME]
    assert "rejected since" in trouble and ", next try " in trouble and "e edits the account" in trouble
    assert "! home: 127.0.0.1" in synced.text


async def test_marks_are_sent_before_the_program_ends(
    synced: Running, server: FakeMiniflux, monkeypatch: pytest.MonkeyPatch
) -> None:
    await accounts.sync_now(synced)
    await synced.at("Snow")
    monkeypatch.setattr(syncing, "SOON", 60)
    await synced.write("NQ")
    assert [entry.title for entry in server.entries.values() if entry.read] == ["Snow"]


async def test_a_sync_runs_in_a_process_of_its_own(server: FakeMiniflux) -> None:
    """How one is refused is tested beside the library's other processes, which run no interpreter."""
    async with opened(replace(accounts.shelf(server.url), prepare=None)) as library:
        events = await accounts.events_of(library.refresh.sync_in_subprocess(["home"]))
        last = [event for event in events if isinstance(event, AccountSynced)][-1]
        assert (last.new, last.error, last.done) == (3, "", True)


async def test_a_feed_that_was_left_elsewhere_is_in_no_list_of_unread_articles(
    synced: Running, server: FakeMiniflux
) -> None:
    await accounts.sync_now(synced)
    server.add_entry(server.feeds[0], "Chips get starred", starred=True)
    await accounts.sync_now(synced)
    ars = [await synced.at(title) for title in ("Chips get faster", "Chips get starred")]
    with written(synced.library) as store:  # as if the server had not listed it any more
        feeds = [RemoteFeed(str(feed.id), feed.title, feed.url) for feed in server.feeds[1:]]
        store.accounts.list_feeds(store.accounts.get("home"), feeds, NOW, believed=True)
    for view, expected in ((UNREAD, ["Fog on the quay", "Hail", "Snow"]), (STARRED, ["Chips get starred"])):
        await synced.go_to(view)
        await synced.main.controllers.reload()
        await synced.settle()
        assert sorted(await titles(synced)) == expected
    await synced.go_to(UNREAD)
    assert "Unread   3 articles" in synced.text and synced.main.session.counts.unread.unread == 3
    await synced.main.run_command("show_hide_read")
    await synced.settle()
    assert sorted(await titles(synced)) == ["Fog on the quay", "Hail", "Snow"]
    await synced.write("/is:unsubscribed\r")
    assert sorted(synced.main.articles.ids) == sorted(ars)


# -- full text


async def test_the_server_has_the_text_of_a_page_that_cannot_be_fetched(
    synced: Running, server: FakeMiniflux
) -> None:
    snow = next(entry for entry in server.entries.values() if entry.title == "Snow")
    snow.url = f"{server.url}/refused"
    await accounts.sync_now(synced)
    article_id = await synced.at("Snow")
    await synced.press("x")
    assert "No full text" in synced.toasts
    server.texts[snow.id] = f"<p>{'Snow fell all night on the harbour. ' * 20}</p>"
    await synced.press("x")
    assert "Snow fell all night" in synced.text
    article = await synced.library.articles.get(article_id)
    assert article is not None and article.shows_full


async def test_feeds_of_an_account_are_not_paused_here(run: Running) -> None:
    await run.press("H", "p")
    assert "the server of home fetches Lobsters" in run.toasts
    assert "home+" not in run.text and "by its server" in run.text


# -- marks to send


async def test_marks_that_an_unreachable_server_lacks_are_counted_in_the_footer(run: Running) -> None:
    await run.go_to(HOME)
    await run.press("A")
    assert "to send" not in run.text
    fail(run, "home.example cannot be reached", "away")
    await run.press("U", "A")
    assert "3 marks to send · home not reached since 13:13" in run.text
    await run.resize(80, 24)
    assert "3 marks to send" in run.text and "not reached" not in run.text
    fail(run, "home.example wants another password", "login")
    await run.resize(120, 40)
    await run.press("s")
    assert "3 marks to send · sign in to home again" in run.text
