"""Searching: as one types, and back to where one was."""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.ui.demo_library import opened
from tests.ui.running import TURNS, Running, running
from tests.ui.shelf import many
from tests.ui.slow_store import held
from tuireader.config import WatchConfig
from tuireader.model import View, ViewKind
from tuireader.ui import workers
from tuireader.ui.controllers import listing
from tuireader.ui.flows.context import Outcome
from tuireader.ui.widgets.search_line import SearchLine


async def test_search_as_typed_then_back_to_the_old_place(run: Running) -> None:
    await run.press("j", "j", "slash", *"ferries")
    assert list(run.main.articles.ids) == [1]
    assert "Search: ferries   1 found" in run.text
    await run.press("enter")
    assert run.focus == "list"
    await run.press("enter")
    assert run.open_id == 1
    await run.press("h", "h")
    assert run.view_kind == ViewKind.UNREAD and run.cursor_id == 3
    assert run.text.startswith(" Unread   4 articles  ")
    await run.write("/fog\r")  # enter at once searches, too
    assert list(run.main.articles.ids) == [6] and run.focus == "list"
    await run.press("escape")
    await run.write("/fog\x1b")  # and escape at once leaves the line
    assert list(run.main.articles.ids) == [1, 2, 3, 4, 6] and run.cursor_id == 3
    assert not run.main.query("#search")


async def test_letters_are_typed_and_what_is_not_found_is_told(run: Running) -> None:
    await run.write("/sANq")
    assert run.app.is_running and 1 not in await run.starred() and 1 in await run.unread()
    assert run.main.query_one("#search", SearchLine).value == "sANq"
    assert "Nothing found." in run.text
    await run.press("ctrl+u", *'"fog')
    assert "the quotation mark is not closed" in run.text
    await run.press("escape")
    assert "the quotation mark" not in run.text and list(run.main.articles.ids) == [1, 2, 3, 4, 6]


async def test_the_sentence_that_was_found_follows_the_cursor(run: Running) -> None:
    await run.resize(119, 40)
    await run.press("slash")
    await run.write("harbour OR lanternpay")
    await run.press("enter")
    assert "“The ferry company will let passengers pay with LanternPay" in run.text
    await run.press("j")
    row = run.row
    assert f"“{row.title}”" in run.text
    await run.resize(120, 40)
    assert "pay with LanternPay" in run.text and f"“{row.title}”" not in run.text  # its title says it
    await run.press("escape")
    assert "“" not in run.text


def underlined(run: Running) -> list[str]:
    """What is underlined in the title of the first article."""
    strip = run.main.articles.render_line(1)
    return [part.text for part in strip if part.style is not None and part.style.underline]


async def test_hits_are_underlined_in_the_list(run: Running) -> None:
    await run.press("slash")
    await run.write("tickets")
    await run.write("\x1b/fog")
    assert underlined(run) == ["Fog"]
    await run.press("escape")
    assert underlined(run) == ["LanternPay"]  # the watch's term, in titles of articles that are on it


async def test_a_filter_shows_what_fits_of_this_list(run: Running) -> None:
    await run.write("Ffog")
    assert list(run.main.articles.ids) == [6] and run.view_kind == ViewKind.UNREAD
    assert "Unread › fog   1 found" in run.text
    await run.press("enter")
    assert run.focus == "list" and not run.main.query("#search")
    await run.write("Fzzz")  # in place of what is there
    assert "Nothing here is zzz." in run.text
    await run.press("escape")
    assert list(run.main.articles.ids) == [1, 2, 3, 4, 6]
    await run.write("Fer\r")
    assert len(run.main.articles.ids) < 5
    await run.press("escape")
    assert list(run.main.articles.ids) == [1, 2, 3, 4, 6] and run.view_kind == ViewKind.UNREAD


async def test_a_search_leads_back_to_the_filtered_list_and_is_kept_as_a_watch(run: Running) -> None:
    await run.write("Fer\r")
    before = list(run.main.articles.ids)
    await run.write("/fog\r")
    assert list(run.main.articles.ids) == [6]
    await run.press("escape")
    assert list(run.main.articles.ids) == before and run.main.session.filter == "er"
    await run.write("/fog")
    await run.press("ctrl+s", "enter")
    assert run.library.config.watches[-1].any == ("fog",)


async def test_older_searches_come_back_by_arrows(run: Running) -> None:
    await run.press("slash", "up")
    for typed in ("fog\r/", "toll\r/", "fog\r/"):
        await run.write(typed)
    line = run.main.query_one("#search", SearchLine)
    shown = []
    for key in ("up", "up", "up", "down", "down"):
        await run.press(key)
        shown.append(line.value)
    assert shown == ["fog", "toll", "toll", "fog", ""]
    await run.press("up")
    assert list(run.main.articles.ids) == [6]
    await run.press(*"gy", "up")
    assert line.value == "foggy"
    await run.press("down")
    assert run.focus == "list"


async def test_the_history_outlives_the_program(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        async with running(store) as run:
            await run.press("slash")
            await run.write("tencent")
            await run.press("enter", "F")
            await run.write("wechat")
            await run.press("enter")
        async with running(store) as run:
            await run.press("slash", "up")
            line = run.main.query_one("#search", SearchLine)
            assert line.value == "wechat"
            await run.press("up")
            assert line.value == "tencent"
            await run.press("ctrl+s")  # what is kept is remembered, too
            await run.press("escape")
        assert await store.searches.history() == ["tencent", "wechat"]


async def test_the_newest_are_there_before_all_are_found() -> None:
    asked: list[int] = []
    whole = asyncio.Event()
    async with running(many(300)) as run:
        search = run.library.searches.run

        async def slow(text: str, *, limit: int = 2000, **more: Any) -> tuple[array[int], str]:
            asked.append(limit)
            if limit > 50:
                await whole.wait()
            return await search(text, limit=limit, **more)

        vars(run.library.searches)["run"] = slow
        await run.hit("slash", *"article")
        await run.shows("Search: article   50+ found")
        assert len(run.main.articles.ids) == 50
        await run.pilot.press("down", "j", "j")
        assert max(asked) > 50
        cursor = run.cursor_id
        whole.set()
        await run.settle()
        assert "Search: article   300 found" in run.text
        assert len(run.main.articles.ids) == 300 and run.cursor_id == cursor
        await run.press("escape")
        assert run.view_kind == ViewKind.UNREAD and "+" not in run.text.splitlines()[0]


async def test_the_next_key_drops_a_slow_search() -> None:
    asked, never = asyncio.Event(), asyncio.Event()
    async with running(many(300)) as run:
        search = run.library.searches.run

        async def stuck(text: str, **more: Any) -> tuple[array[int], str]:
            if text == "article":
                asked.set()
                await never.wait()
            return await search(text, **more)

        vars(run.library.searches)["run"] = stuck
        await run.hit("slash", *"article")
        await asked.wait()
        await run.hit(*" 29*")
        await run.shows("Search: article 29*   11 found")


async def test_all_is_looked_for_when_typing_rests_or_a_key_wants_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "TYPING", 1000)
    async with running(many(300)) as run:
        await run.hit("slash", *"article")
        await run.shows("Search: article   50+ found")
        await run.pilot.press("enter")
        await run.settle()
        assert "Search: article   300 found" in run.text
        with held(run.library.searches.run, 2, asked="text") as rest:
            await run.hit("escape", "slash", *"text")
            await run.shows("Search: text   50+ found")
            for _ in range(TURNS):
                await asyncio.sleep(0)
        assert rest.calls == 1  # that key wanted no more than its own search
        run.main.panes.go_to(run.main.articles)  # as a click does
        await run.press("G")
        assert run.main.articles.cursor == 299
        monkeypatch.setattr(listing, "TYPING", 0.01)
        await run.hit("escape", "slash", *"articl*")
        await run.settle()
        assert "Search: articl*   300 found" in run.text


async def test_what_a_long_search_has_found_is_there_before_it_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "FIRST", 0)
    monkeypatch.setattr(workers, "THEN", 0)
    steps = [asyncio.Event(), asyncio.Event()]
    ids = array("q", range(300, 0, -1))

    async def long(text: str, *, tell: Callable[[array[int]], None], **_: object) -> tuple[array[int], str]:
        for count, step in zip((3, 7), steps, strict=True):
            tell(ids[:count])
            await step.wait()
        return ids[:9], ""

    async with running(many(300)) as run:
        vars(run.library.searches)["run"] = long
        await run.pilot.press("slash", "x")
        await run.shows("Search: x   3+ found")
        assert len(run.main.articles.ids) == 3
        steps[0].set()
        await run.shows("Search: x   7+ found")
        steps[1].set()
        await run.settle()
        assert "Search: x   9 found" in run.text and len(run.main.articles.ids) == 9


async def test_more_than_anyone_goes_through_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "MOST", 200)
    async with running(many(300)) as run:
        await run.press("slash")
        await run.write("article")
        await run.press("enter")
        assert "Search: article   200+ found" in run.text
        await run.press("slash")
        await run.write("article 29*")
        await run.press("enter")
        assert "Search: article 29*   11 found" in run.text


async def test_an_empty_list_says_what_may_be_meant(demo: Running) -> None:
    await demo.write("/watch:wechta")
    assert "Nothing found." in demo.text
    assert "there is no watch 'wechta'; did you mean watch:WeChat?" in demo.text
    await demo.write("\x15watch:WeChat")
    assert "there is no watch" not in demo.text and demo.main.articles.ids
    await demo.write("\x1bFfeed:nope")
    assert "Nothing here is feed:nope" in demo.text and "there is no feed 'nope'" in demo.text
    await demo.press("escape")
    await demo.library.watches.save(WatchConfig("Dead", query="quokka or wombat"))
    await demo.main.flows.apply(Outcome(watches_changed=True))
    await demo.show(View(ViewKind.WATCH, "Dead"))
    assert "No matches yet." in demo.text
    assert '"or" is searched as a word; did you mean OR?' in demo.text


async def test_a_list_that_was_being_read_does_not_replace_what_was_found(
    demo: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As right after the start, when only the first articles are listed and a search is typed already."""
    library, lists_read = demo.library, demo.library.lists.ids
    asked, reading, found_shown = asyncio.Event(), asyncio.Event(), asyncio.Event()
    search = library.searches.run

    async def slow_search(*arguments: Any, **options: Any) -> tuple[array[int], str]:
        asked.set()
        await reading.wait()
        return await search(*arguments, **options)

    async def slow_list(*arguments: Any, **options: Any) -> array[int]:
        reading.set()
        await found_shown.wait()
        return await lists_read(*arguments, **options)

    monkeypatch.setattr(library.searches, "run", slow_search)
    monkeypatch.setattr(library.lists, "ids", slow_list)
    demo.post("/didi\r")
    async with asyncio.timeout(60):
        await asked.wait()
        late = asyncio.create_task(demo.main.controllers.listing.reload())
        await demo.shows("Search: didi")
        found_shown.set()
        await late
    await demo.settle()
    assert list(demo.main.articles.ids) == list((await search("didi"))[0])
