"""The first sync of an account: how far it is, what an empty list says, and a sign-in that is refused."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import pytest

from tests.servers.fake import PASSWORD, USER, Call, text_answer
from tests.servers.fake_greader import LOGIN, FakeGReader
from tests.ui import accounts
from tests.ui.accounts import short_answers as short_answers
from tests.ui.running import Running, running
from tests.ui.shelf import Shelf
from tuireader.model import View, ViewKind
from tuireader.sync.greader import pull as greader_pull
from tuireader.ui.screens.health import Health

pytestmark = pytest.mark.usefixtures("short_answers")
HOME = View(ViewKind.ACCOUNT, "home")


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeGReader]:
    """A FreshRSS with seven entries, which come three at a time."""
    monkeypatch.setattr(greader_pull, "BATCH", 3)
    with FakeGReader() as server:
        feed = server.add_feed("News")
        for number in range(7):
            server.add_entry(feed, f"Title {number}")
        yield server


@pytest.fixture
async def run(fresh: FakeGReader) -> AsyncIterator[Running]:
    """The app with nothing but an account that was never synced."""
    text = f'[[account]]\nname = "home"\nkind = "greader"\nurl = "{fresh.api}"\n'
    text += f'user = "{USER}"\npassword = "{PASSWORD}"\n'
    async with running(replace(Shelf(text, ()), relates=False)) as run:
        accounts.sync_here(run.library)
        yield run


class Gate:
    """A hook that holds the call with a number of those with a text in them until it is opened."""

    def __init__(self, text: str, number: int) -> None:
        self.opened = threading.Event()
        self._text, self._left = text, number

    def __call__(self, call: Call) -> None:
        self._left -= self._text in str(call)
        if self._left == 0:
            self.opened.wait(20)


async def test_an_empty_list_never_asks_for_feeds_beside_an_account(run: Running) -> None:
    assert "Nothing from home yet. R syncs." in run.text and "No feeds yet" not in run.text
    await run.go_to(HOME)
    assert "Nothing from home yet" in run.text


@pytest.mark.parametrize(("number", "far"), [(1, "home"), (2, "home: 3 of 7")])
async def test_a_first_sync_shows_how_far_it_is(
    run: Running, fresh: FakeGReader, number: int, far: str
) -> None:
    fresh.before = gate = Gate("contents", number)
    try:
        await run.main.run_command("sync_accounts")
        await run.shows(f"syncing {far}")
        assert "No feeds yet" not in run.text
        assert not run.main.articles.ids or number == 2  # the first ones may be listed by now
        assert run.main.articles.ids or f"First sync of {far}" in run.text
    finally:
        gate.opened.set()
    await run.settle()
    assert "Title 6" in run.text and "syncing" not in run.text and run.main.session.syncing == ""


async def test_the_reason_of_a_failed_first_sync_stands_in_the_list(run: Running, fresh: FakeGReader) -> None:
    fresh.before = None
    fresh.replies[LOGIN] = text_answer("Service Unavailable!", 503)
    await accounts.sync_now(run)
    assert "FreshRSS has its API switched off" in run.text
    assert "FreshRSS has its API switched off" in run.toasts
    fresh.replies[LOGIN] = text_answer("Unauthorized!", 401)
    await accounts.sync_now(run)
    assert "FreshRSS has an API password of its own" in run.toasts
    assert "refuses the user name or password (FreshRSS has an API password" in " ".join(run.text.split())
    fresh.replies.clear()
    await accounts.sync_now(run)
    assert "Title 6" in run.text


async def test_feed_health_knows_that_the_server_fetches(run: Running, fresh: FakeGReader) -> None:
    fresh.add_feed("Empty")
    await accounts.sync_now(run)
    await run.main.run_command("feed_health")
    await run.settle()
    assert run.screen(Health)
    assert "never" not in run.text and "by server" in run.text and "by its server" in run.text
