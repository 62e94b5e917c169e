"""The order of a list, chosen by keys and by the configuration, on the demo's library."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.ui.demo_library import opened
from tests.ui.running import Running, running
from tests.ui.shelf import NOW
from tuireader.library import Library
from tuireader.model import ArticleRow, View, ViewKind
from tuireader.ui.drawing.times import list_time

ALL = View(ViewKind.ALL)


async def listed(run: Running, library: Library) -> list[ArticleRow]:
    return await library.lists.rows(run.main.articles.ids)


async def test_a_list_is_sorted_by_a_key_and_its_next_key(tmp_path: Path) -> None:
    async with opened(tmp_path) as library, running(library) as run:
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
        feeds = [library.feeds.title(row.feed_id).lower() for row in await listed(run, library)]
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
        await run.press("backslash", "t")
        by_title = list(run.main.articles.ids)
        await run.main.controllers.navigation.go_to_view(View(ViewKind.WATCH, "WeChat"))
        await run.settle()
        assert "by title" not in run.text.splitlines()[0]
        await run.main.controllers.navigation.go_to_view(View(ViewKind.UNREAD))
        await run.settle()
        assert list(run.main.articles.ids) == by_title and "by title" in run.text.splitlines()[0]
        await run.press("backslash", "down", "escape")
        assert list(run.main.articles.ids) == by_title


async def test_what_is_searched_is_sorted_by_relevance_too(tmp_path: Path) -> None:
    async with opened(tmp_path) as library, running(library) as run:
        await run.press("backslash")
        assert "relevant" not in run.text  # a view has no words to be relevant for
        await run.press("escape", "slash", *"wechat", "enter")
        newest = list(run.main.articles.ids)
        assert len(newest) > 3
        await run.press("backslash")
        assert "Most relevant first" in run.text
        await run.press("r")
        assert list(run.main.articles.ids) == list((await library.searches.run("wechat", ranked=True))[0])
        await run.press("backslash", "o")
        times = [row.time for row in await listed(run, library)]
        assert times == sorted(times) and sorted(run.main.articles.ids) == sorted(newest)


async def test_the_configuration_names_the_order_of_lists(tmp_path: Path) -> None:
    async with opened(tmp_path) as library:
        library.context.config = replace(library.config, ui=replace(library.config.ui, sort="oldest"))
        async with running(library) as run:
            times = [row.time for row in await listed(run, library)]
            assert times == sorted(times) and "oldest first" in run.text.splitlines()[0]
            await run.press("enter", "n")
            assert run.open_id == run.main.articles.ids[1]


async def test_days_stand_in_the_first_row_of_each(tmp_path: Path) -> None:
    async with opened(tmp_path) as library, running(library) as run:

        def column() -> list[str]:
            """The times in sight, in their column."""
            return [line.split("│")[1][3:14].strip() for line in run.text.splitlines()[2:-1]]

        def days() -> list[str]:
            return [time.split()[0] for time in column() if time[:1].isalpha()]

        assert len(days()) == len(set(days())) > 2  # each day once
        rows = await listed(run, library)
        first = next(number for number, time in enumerate(column()) if time[:1].isalpha())
        second = first + 1
        assert list_time(rows[first].time, NOW) == column()[first]
        assert column()[second] == list_time(rows[second].time, NOW)[-5:] and rows[second].time > 0
        await run.press(*["j"] * len(column()))  # the row that comes to the top tells its day again
        top = run.main.articles.scroll_offset.y
        assert top > 0 and column()[0] == list_time(rows[top].time, NOW)
        await run.press("backslash", "t")
        rows = await listed(run, library)
        top = run.main.articles.scroll_offset.y
        assert column() == [list_time(row.time, NOW) for row in rows[top : top + len(column())]]
