"""The order of a list, chosen by keys and by the configuration, on the demo's library."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.ui.running import Running, running
from tests.ui.test_real_library import opened, until_listed
from tuireader.library import Library
from tuireader.model import ArticleRow, View, ViewKind

ALL = View(ViewKind.ALL)


async def listed(run: Running, library: Library) -> list[ArticleRow]:
    return await library.rows(run.main.articles.ids)


async def test_a_list_is_sorted_by_a_key_and_its_next_key(tmp_path: Path) -> None:
    async with opened(tmp_path) as library, running(library) as run:
        await until_listed(run)
        await run.press("j", "j", "j")
        cursor = run.cursor_id
        newest = list(run.main.articles.ids)
        await run.press("backslash")
        assert "Sort this list" in run.text and "Newest first  now" in run.text
        await run.press("o")
        times = [row.time for row in await listed(run, library)]
        assert times == sorted(times) and run.cursor_id == cursor
        assert "oldest first" in run.text.splitlines()[0]
        await run.press("backslash", "t")
        titles = [row.title.lower() for row in await listed(run, library)]
        assert titles == sorted(titles) and "by title" in run.text.splitlines()[0]
        await run.press("backslash", "f")
        feeds = [library.feed_title(row.feed_id).lower() for row in await listed(run, library)]
        assert feeds == sorted(feeds) and len(set(feeds)) > 2
        await run.press("backslash", "w")
        names = [item.name for item in library.config.watches]
        places = [
            min((names.index(name) for name in row.watches), default=99) for row in await listed(run, library)
        ]
        assert places == sorted(places) and places[0] == 0 and places[-1] == 99
        await run.press("backslash", "s")
        sources = [row.sources + row.story_size - 1 for row in await listed(run, library)]
        assert sources == sorted(sources, reverse=True) and sources[0] > 1
        await run.press("backslash", "n")
        assert list(run.main.articles.ids) == newest and run.cursor_id == cursor
        assert "first" not in run.text.splitlines()[0]


async def test_the_order_chosen_is_that_of_the_view_and_escape_leaves_it(tmp_path: Path) -> None:
    async with opened(tmp_path) as library, running(library) as run:
        await until_listed(run)
        await run.press("backslash", "t")
        by_title = list(run.main.articles.ids)
        await run.main.view_chosen(View(ViewKind.WATCH, "WeChat"))
        await run.settle()
        assert "by title" not in run.text.splitlines()[0]
        await run.main.view_chosen(View(ViewKind.UNREAD))
        await run.settle()
        assert list(run.main.articles.ids) == by_title and "by title" in run.text.splitlines()[0]
        await run.press("backslash", "down", "escape")
        assert list(run.main.articles.ids) == by_title


async def test_what_is_searched_is_sorted_by_relevance_too(tmp_path: Path) -> None:
    async with opened(tmp_path) as library, running(library) as run:
        await until_listed(run)
        await run.press("backslash")
        assert "relevant" not in run.text  # a view has no words to be relevant for
        await run.press("escape", "slash", *"wechat", "enter")
        newest = list(run.main.articles.ids)
        assert len(newest) > 3
        await run.press("backslash")
        assert "Most relevant first" in run.text
        await run.press("r")
        assert list(run.main.articles.ids) == list((await library.search("wechat", ranked=True))[0])
        await run.press("backslash", "o")
        times = [row.time for row in await listed(run, library)]
        assert times == sorted(times) and sorted(run.main.articles.ids) == sorted(newest)


async def test_the_configuration_names_the_order_of_lists(tmp_path: Path) -> None:
    async with opened(tmp_path) as library:
        library.config = replace(library.config, ui=replace(library.config.ui, sort="oldest"))
        async with running(library) as run:
            await until_listed(run)
            times = [row.time for row in await listed(run, library)]
            assert times == sorted(times) and "oldest first" in run.text.splitlines()[0]
            await run.press("enter", "n")
            assert run.open_id == run.main.articles.ids[1]
