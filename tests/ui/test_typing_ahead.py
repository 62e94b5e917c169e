"""Keys that come faster than the screen: each goes where it belongs, in the order of typing."""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.widgets import Input

from tests.ui.demo_library import opened
from tests.ui.running import Running, running
from tests.ui.shelf import failing, many
from tuireader.errors import TuireaderError
from tuireader.model import FeedHealth
from tuireader.ui import key_order

SIZES = [(120, 40), (40, 12)]


def typed(run: Running) -> str:
    """The text of the line that has the focus."""
    assert isinstance(run.app.focused, Input)
    return run.app.focused.value


async def found(run: Running, text: str) -> list[int]:
    ids, _ = await run.library.searches.run(text)
    return list(ids)


@pytest.mark.parametrize("size", SIZES)
async def test_a_search_is_typed_in_one_go(size: tuple[int, int], tmp_path: Path) -> None:
    async with opened(tmp_path) as library, running(library, size) as run:
        marks = await library.lists.counts()
        await run.write("/wechat AND news")
        assert typed(run) == "wechat AND news"
        assert await library.lists.counts() == marks and len(run.app.screen_stack) == 1
        await run.press("escape", "enter")
        await run.write("/didi\r")
        assert list(run.main.articles.ids) == await found(run, "didi") and run.focus == "list"


async def test_a_search_from_the_sidebar_before_its_view_is_shown(demo: Running) -> None:
    await demo.press("tab")
    assert demo.focus == "sidebar"
    await demo.write("jjj/didi")
    assert demo.focus == "search" and "Search: didi" in demo.text
    chosen = demo.main.sidebar.current
    await demo.press("escape")
    assert chosen is not None and demo.main.session.view == chosen.view


async def test_it_can_be_left_when_nothing_can_be_written_and_the_focus_is_gone(demo: Running) -> None:
    gone = Input(id="search")
    await demo.main.mount(gone)
    await gone.remove()
    demo.main.set_focus(gone)
    with failing(TuireaderError("the database is locked"), demo.library.lists.away_since):
        await demo.pilot.press("ctrl+q")
        assert demo.app.return_value == 0


async def test_lines_and_dialogs_get_their_text_and_moves_are_in_order(demo: Running) -> None:
    await demo.write("jjjjkjG" + "k" * 3)
    assert demo.main.articles.cursor == len(demo.main.articles.ids) - 4
    for keys, text in (("Fjnsq", "jnsq"), ("?quit", "quit"), ("Mjkq", "jkq"), ("\r\x06quit nsN", "quit nsN")):
        await demo.write(keys)
        assert typed(demo) == text
        await demo.press("escape")


@pytest.mark.parametrize("size", SIZES)
async def test_keys_after_a_search_are_for_what_was_found(size: tuple[int, int], tmp_path: Path) -> None:
    async with opened(tmp_path) as library, running(library, size) as run:
        await run.write("/the\rjj")
        assert run.focus == "list" and list(run.main.articles.ids) == await found(run, "the")
        assert run.main.articles.cursor == 2
        await run.write("/didi\rs")
        ids = await found(run, "didi")
        assert [row.id for row in await library.lists.rows(ids) if row.starred] == [ids[0]]
        await run.write("/the\rj\r")
        assert run.open_id == (await found(run, "the"))[1]


async def test_keys_for_an_article_that_is_not_painted_yet() -> None:
    async with running(many(300)) as run:
        for number in (29, 31, 37):  # far down the list
            await run.write(f"/{number}\ro\x1b")
        assert run.browsed == [f"https://news.example/{number}" for number in (29, 31, 37)]
        await run.write("Go ")
        assert run.browsed[3:] == ["https://news.example/1"] and run.open_id == 1


async def test_keys_after_a_search_that_is_left_are_for_the_list_before(demo: Running) -> None:
    before = list(demo.main.articles.ids)
    for search in ("/x\x1bj", "/\x1bj", "/didi\x1bj", "/d\x7f\x7fj", "/wechat\r\x1bj"):
        at = demo.main.articles.cursor
        await demo.write(search)
        assert demo.focus == "list" and list(demo.main.articles.ids) == before, search
        assert demo.main.articles.cursor == at + 1, search


async def test_keys_after_a_filter_are_for_what_is_left(demo: Running) -> None:
    before = list(demo.main.articles.ids)
    await demo.write("Fwechat\rj")
    assert 1 < len(demo.main.articles.ids) < len(before) and demo.main.articles.cursor == 1
    await demo.write("F\x15didi\x1bG")
    assert list(demo.main.articles.ids) == before and demo.main.articles.cursor == len(before) - 1


async def test_text_after_a_key_that_deletes_is_kept(demo: Running) -> None:
    await demo.write("/didi\x15law\x7f\x7faw one")
    assert typed(demo) == "law one"
    await demo.write("\x15wechat\r")
    assert list(demo.main.articles.ids) == await found(demo, "wechat") and demo.focus == "list"
    await demo.write("Wname\x15other\tword\x15two\twords")  # a form of several lines
    values = [line.value for line in demo.app.screen.query(Input)]
    assert values[:2] == ["other", "two"], values


async def test_keys_after_another_screen_are_for_the_list(demo: Running) -> None:
    for keys in ("Hjj\x1bj", "HGqj", "?quit\x15x\x1bj", "Ma\x7f\x1bj", "Whj\x1bHgj\x1bj"):
        at = demo.main.articles.cursor
        await demo.write(keys)
        assert len(demo.app.screen_stack) == 1 and demo.main.articles.cursor == at + 1, keys
    await demo.write("Hj\rG")
    assert demo.view_kind == "feed" and demo.main.articles.cursor == len(demo.main.articles.ids) - 1


async def test_keys_wait_for_the_rows_of_a_table(demo: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    health = demo.library.feeds.health

    async def slow(*arguments: Any, **options: Any) -> Sequence[FeedHealth]:
        for _ in range(1000):
            await asyncio.sleep(0)
        return await health(*arguments, **options)

    monkeypatch.setattr(demo.library.feeds, "health", slow)
    await demo.write("Hj\rG")
    assert demo.view_kind == "feed" and demo.main.articles.cursor == len(demo.main.articles.ids) - 1


async def test_keys_wait_for_a_view_that_takes_long(demo: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    head = demo.library.lists.head

    async def slow(*arguments: Any, **options: Any) -> tuple[array[int], bool]:
        for _ in range(5000):
            await asyncio.sleep(0)
        return await head(*arguments, **options)

    monkeypatch.setattr(demo.library.lists, "head", slow)
    monkeypatch.setattr(key_order, "PATIENCE", 0.001)
    monkeypatch.setattr(key_order, "ROUNDS", 60_000)
    await demo.press("h")
    await demo.hit("j", "j")  # the first view is being read when the second one is chosen
    await demo.write("/didi\rjj")
    assert list(demo.main.articles.ids) == await found(demo, "didi")
    assert demo.focus == "list" and demo.main.articles.cursor == 2


async def test_keys_after_words_to_find_in_a_page(demo: Running) -> None:
    await demo.press("enter")
    opened_id = demo.open_id
    await demo.write("\x06the\r")
    assert demo.focus == "article" and demo.main.pane.sought == "the"
    await demo.write("\x06\x15a\x1bn")
    assert demo.main.pane.sought == "" and demo.open_id != opened_id


async def test_escape_and_a_letter_that_came_together_are_two_keys(demo: Running) -> None:
    await demo.write("/x")
    demo.app.post_message(events.Key("alt+shift+g", "G"))  # what a terminal tells of both
    await demo.settle()
    assert demo.focus == "list" and demo.main.articles.cursor == len(demo.main.articles.ids) - 1
    demo.app.post_message(events.Key("alt+k", None))  # told by a terminal that knows what is pressed
    await demo.settle()
    assert demo.main.articles.cursor == len(demo.main.articles.ids) - 1


async def test_keys_that_share_a_byte_are_one_key(demo: Running) -> None:
    before, hits = list(demo.main.articles.ids), await found(demo, "didi")
    for key, character, focus, listed in (
        ("ctrl+j", "\n", "list", hits),  # enter, typed before the program had the terminal
        ("ctrl+m", None, "list", hits),
        ("ctrl+left_square_bracket", None, "list", before),
    ):
        demo.post("/didi")
        demo.app.post_message(events.Key(key, character))
        await demo.settle()
        assert demo.focus == focus and list(demo.main.articles.ids) == listed, key
        await demo.press("escape")
    demo.post("/didi")
    demo.app.post_message(events.Key("ctrl+h", None))
    await demo.settle()
    assert demo.focus == "search" and typed(demo) == "did"


async def test_keys_of_a_terminal_that_says_it_has_not_the_focus(demo: Running) -> None:
    for open_line, back in (("/", "\x1b"), ("?", "\x1b")):
        await demo.write(open_line + "a")
        demo.app.post_message(events.AppBlur())
        await demo.write("bc")
        assert typed(demo) == "abc"
        await demo.write(back)
