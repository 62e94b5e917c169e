"""Searching by meaning in the reader, articles like one, and what a watch may be missing."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.ranking import InThisProcess
from tests.ranking import ranking as ranking
from tests.ui.running import running
from tests.ui.shelf import Shelf, story

pytestmark = pytest.mark.usefixtures("ranking")
FEEDS = """
[[feeds]]
url = "https://quay.example/rss"
title = "The Quay"
[[watch]]
name = "Taxis"
any = ["Uber"]
"""
TAXIS = "Capital outlaws taxi apps"
SAID = "Drivers who take rides from Uber lose their permit."
MISSED = "Capital forbids taxi apps"
SHELF = Shelf(
    FEEDS,
    (
        story(1, 1, "A cake with plums", 1, "<p>Butter, flour, eggs and ripe plums. Bake it.</p>"),
        story(2, 1, TAXIS, 2, f"<p>The mayor spoke on Monday. {SAID}</p>"),
        story(3, 1, "Satellite is silent", 3, "<p>Engineers have lost contact with a weather satellite.</p>"),
        story(4, 1, MISSED, 4, "<p>Drivers who take rides from apps lose their permit.</p>"),
    ),
)
ASKED = '/like:"capital bans ride-hailing apps"\r'


async def test_a_search_by_meaning_and_articles_like_one() -> None:
    async with running(SHELF) as run:
        await run.write(ASKED)
        assert list(run.main.articles.ids) == [4, 2]
        assert "2 found, most relevant first" in run.text and SAID in run.text
        assert "Loading the sentence encoder …" not in run.toasts
        await run.press("backslash", "n")
        assert list(run.main.articles.ids) == [2, 4] and "most relevant first" not in run.text
        await run.press("tilde")
        assert f"Like “{MISSED}”   1 found, most relevant first" in run.text
        assert list(run.main.articles.ids) == [2]
        await run.press("enter")
        assert run.open_id == 2
        await run.press("tilde")
        assert f"Like “{TAXIS}”" in run.text and list(run.main.articles.ids) == [4]


async def test_a_filter_refuses_it_and_a_saved_search_has_it() -> None:
    async with running(SHELF) as run:
        await run.write("F" + ASKED[1:])
        assert "like: only ranks the results of a search" in run.text
        await run.write("\x1b" + ASKED)
        await run.press("V")
        await run.write("Taxis\r")
        assert [search.query for search in run.library.searches.saved] == [ASKED[1:-1]]


async def test_a_watch_or_mute_made_in_its_list_has_no_words_of_it() -> None:
    async with running(SHELF) as run:
        await run.write(ASKED)
        for key, dialog in (("W", "New watch"), ("M", "Mute")):
            await run.press(key)
            assert dialog in run.text and run.text.count("ride-hailing") == 1  # in the header
            await run.press("escape")


async def test_the_encoder_loads_with_a_sign_of_life(monkeypatch: pytest.MonkeyPatch) -> None:
    loads, goes_on = asyncio.Event(), asyncio.Event()
    ask = InThisProcess.ask

    async def slow(self: InThisProcess, request: Any, seconds: float) -> Any:
        loads.set()
        await goes_on.wait()
        return await ask(self, request, seconds)

    monkeypatch.setattr(InThisProcess, "ask", slow)
    async with running(SHELF) as run:
        await run.hit(*ASKED[:-1])
        await loads.wait()
        assert "Loading the sentence encoder …" in run.toasts
        goes_on.set()
        await run.settle()
        assert list(run.main.articles.ids) == [4, 2]


async def test_the_dialog_of_a_watch_shows_what_it_may_be_missing() -> None:
    async with running(SHELF) as run:
        await run.write(ASKED)  # from now on all are compared
        await run.press("escape", "w", "e")
        assert "1 article you may be missing" in run.text
        assert f"{MISSED} “Drivers who take rides from apps lose their permit.”" in run.text
