"""Keys that come faster than the screen: each goes where it belongs, in the order of typing."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual import events
from textual.keys import _character_to_key
from textual.widgets import Input

from tests.ui.running import Running, running
from tests.ui.test_real_library import opened, until_listed


def type_at_once(run: Running, text: str) -> None:
    """Hand over all keys before the first of them is looked at, as a terminal does after a pause."""
    for character in text:
        key = "enter" if character == "\r" else _character_to_key(character)
        run.app.post_message(events.Key(key, character))


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (40, 12)])
async def test_a_search_is_typed_in_one_go(size: tuple[int, int], tmp_path: Path) -> None:
    async with opened(tmp_path) as library, running(library, size) as run:
        await until_listed(run)
        marks = await library.counts()
        type_at_once(run, "/wechat AND news")
        await run.rest()
        line = run.main.focused
        assert isinstance(line, Input) and line.value == "wechat AND news"
        assert await library.counts() == marks and len(run.app.screen_stack) == 2


async def test_a_search_from_an_article_and_then_its_first_hit(tmp_path: Path) -> None:
    async with opened(tmp_path) as library, running(library, (80, 24)) as run:
        await until_listed(run)
        await run.press("enter")
        type_at_once(run, "/didi\r")
        await run.rest()
        ids, _ = await library.search("didi")
        assert list(run.main.articles.ids) == list(ids) and run.focus == "list"


async def test_a_filter_and_a_dialog_get_their_text(tmp_path: Path) -> None:
    async with opened(tmp_path) as library, running(library) as run:
        await until_listed(run)
        type_at_once(run, "Fjnsq")
        await run.rest()
        assert isinstance(run.main.focused, Input) and run.main.focused.value == "jnsq"
        await run.press("escape", "escape")
        type_at_once(run, "?quit")
        await run.settle()
        assert isinstance(run.app.focused, Input) and run.app.focused.value == "quit"
        await run.press("escape")
        type_at_once(run, "Mjkq")
        await run.settle()
        assert isinstance(run.app.focused, Input) and "jkq" in run.app.focused.value


async def test_moves_are_done_in_order(tmp_path: Path) -> None:
    async with opened(tmp_path) as library, running(library) as run:
        await until_listed(run)
        type_at_once(run, "jjjjkjG" + "k" * 3)
        await run.settle()
        assert run.main.articles.cursor == len(run.main.articles.ids) - 4


async def test_words_to_find_in_a_page(tmp_path: Path) -> None:
    async with opened(tmp_path) as library, running(library) as run:
        await until_listed(run)
        await run.press("enter")
        run.app.post_message(events.Key("ctrl+f", None))
        type_at_once(run, "quit nsN")
        await run.settle()
        assert isinstance(run.main.focused, Input) and run.main.focused.value == "quit nsN"
