"""Accounts on servers: in the sidebar, in the footer, in dialogs."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.ui import accounts
from tests.ui.running import Running, running
from tests.ui.shelf import HOUR, NOW, written
from tuireader.model import View, ViewKind

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
    assert "home · 3 unread" in run.text
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
