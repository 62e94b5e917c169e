"""A library with a local feed and an account whose server has three, in two categories."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

import pytest
from msgspec.structs import replace

from tests.ui.running import Running
from tests.ui.shelf import HOUR, NOW, Shelf, story
from tuireader import ingest
from tuireader.library import Library
from tuireader.model import Event
from tuireader.model.accounts import RemoteFeed
from tuireader.store import Store
from tuireader.sync.preparing import Preparer
from tuireader.ui.drawing.sidebar_items import SidebarItem
from tuireader.watch import Matcher

TEXT = """\
[[feeds]]
url = "https://quay.example/rss"
title = "The Quay"
folder = "Harbour"

[[account]]
name = "home"
kind = "miniflux"
url = "{url}"
token = "secret-token"
"""
SERVER_FEEDS = (
    RemoteFeed("11", "Ars", "https://ars.example/rss", category="Tech"),
    RemoteFeed("12", "Lobsters", "https://lob.example/rss", category="Tech", error="HTTP 502"),
    RemoteFeed("13", "BBC", "https://bbc.example/rss", category="News"),
)
ENTRIES = (("901", "11", "Chips get cheaper"), ("902", "11", "Chips get smaller"), ("903", "13", "Rain"))


def shelf(url: str = "http://127.0.0.1:9") -> Shelf:
    """One local article and three of the account `home`, all unread."""
    return Shelf(TEXT.format(url=url), (story(1, 1, "Fog on the quay", 1),), prepare=_fill, relates=False)


def _fill(store: Store) -> None:
    account = store.accounts.get("home")
    feeds = store.accounts.list_feeds(account, SERVER_FEEDS, NOW)
    for number, (remote_id, feed, title) in enumerate(ENTRIES, 1):
        entry = story(int(remote_id), 0, title, 2 + number).entry
        saved = store.entries.save(feeds[feed], [replace(entry, guid=remote_id)], NOW)
        ingest.record_new(store, saved.new, ingest.Rules(Matcher([]), {}), NOW)
        store.remote.add(account.id, [(remote_id, saved.new[0].id, feeds[feed], False, False)])
    store.accounts.record(account.id, NOW - HOUR)


async def events_of(events: AsyncGenerator[Event, None]) -> list[Event]:
    """All events of a refresh or sync."""
    async with aclosing(events):
        return [event async for event in events]


@pytest.fixture
def short_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """No process is started for large answers, of which these servers give none."""
    monkeypatch.setattr(Preparer, "start", lambda _: None)


def sync_here(library: Library) -> None:
    """Let refreshes and syncs run in this process, not in one of their own; the servers are real."""

    async def refresh(
        feed_ids: Sequence[int] | None = None, *, force: bool = True
    ) -> AsyncGenerator[Event, None]:
        wanted = (
            [feed.id for feed in await library.feeds.all() if feed.account] if feed_ids is None else feed_ids
        )
        async with aclosing(library.refresh.run(wanted, force=force)) as events:
            async for event in events:
                yield event

    async def sync(
        names: Sequence[str] = (), *, marks_only: bool = False, believed: bool = False
    ) -> AsyncGenerator[Event, None]:
        chosen = [one for one in await library.accounts.all() if not names or one.name in names]
        synced = library.refresh.sync(chosen, pull=not marks_only, believed=believed)
        async with aclosing(synced) as events:
            async for event in events:
                yield event

    vars(library.refresh).update(run_in_subprocess=refresh, sync_in_subprocess=sync)


async def sync_now(run: Running) -> None:
    """Sync all accounts as from the palette."""
    await run.main.run_command("sync_accounts")
    await run.settle()


def sidebar(items: tuple[SidebarItem, ...]) -> list[str]:
    """The lines of feeds, as `sign name unread`, each step to the right as two spaces."""
    start = next(at for at, item in enumerate(items) if item.label == "Feeds") + 1
    signs = (("!" if item.trouble else item.mark, item) for item in items[start:])
    return [f"{'  ' * item.depth}{sign} {item.label} {item.unread}".strip("\n") for sign, item in signs]
