"""The order of a list, chosen by keys and by the configuration, on the demo's library."""

from __future__ import annotations

import re
from pathlib import Path

from tests.ui.demo_library import opened
from tests.ui.running import Running, running
from tests.ui.shelf import NOW
from tuireader.model import ArticleRow, View, ViewKind
from tuireader.ui.flows.settings import apply_config
from tuireader.wording.times import clock_time, day_heading, list_date

ALL = View(ViewKind.ALL)


async def listed(run: Running) -> list[ArticleRow]:
    return await run.library.lists.rows(run.main.articles.ids)


def head(run: Running) -> str:
    return run.text.splitlines()[0]


async def test_a_list_is_sorted_by_a_key_and_its_next_key(demo: Running) -> None:
    await demo.press("j", "j", "j")
    cursor = demo.cursor_id
    newest = list(demo.main.articles.ids)
    await demo.press("backslash")
    assert "Sort this list" in demo.text and "Newest first  now" in demo.text
    await demo.press("o")
    times = [row.time for row in await listed(demo)]
    assert times == sorted(times) and demo.cursor_id == cursor
    assert "oldest first" in head(demo)
    await demo.press("backslash", "t")
    titles = [row.title.lower() for row in await listed(demo)]
    assert titles == sorted(titles) and "by title" in head(demo)
    await demo.press("backslash", "f")
    feeds = [demo.library.feeds.title(row.feed_id).lower() for row in await listed(demo)]
    assert feeds == sorted(feeds) and len(set(feeds)) > 2
    await demo.press("backslash", "w")
    names = [item.name for item in demo.library.config.watches]
    places = [min((names.index(name) for name in row.watches), default=99) for row in await listed(demo)]
    assert places == sorted(places) and places[0] == 0 and places[-1] == 99
    await demo.press("backslash", "s")
    sources = [row.sources + row.fold_size - 1 for row in await listed(demo)]
    assert sources == sorted(sources, reverse=True) and sources[0] > 1
    await demo.press("backslash", "n")
    assert list(demo.main.articles.ids) == newest and demo.cursor_id == cursor
    assert "first" not in head(demo)


async def test_the_order_chosen_is_that_of_the_view_and_escape_leaves_it(demo: Running) -> None:
    await demo.press("backslash", "t")
    by_title = list(demo.main.articles.ids)
    await demo.go_to(View(ViewKind.WATCH, "WeChat"))
    assert "by title" not in head(demo)
    await demo.go_to(View(ViewKind.UNREAD))
    assert list(demo.main.articles.ids) == by_title and "by title" in head(demo)
    await demo.press("backslash", "down", "escape")
    assert list(demo.main.articles.ids) == by_title


async def test_what_is_searched_is_sorted_by_relevance_too(demo: Running) -> None:
    await demo.press("backslash")
    assert "relevant" not in demo.text  # a view has no words to be relevant for
    await demo.press("escape", "slash")
    await demo.write("wechat")
    await demo.press("enter")
    newest = list(demo.main.articles.ids)
    assert len(newest) > 3
    await demo.press("backslash")
    assert "Most relevant first" in demo.text
    await demo.press("r")
    assert list(demo.main.articles.ids) == list((await demo.library.searches.run("wechat", ranked=True))[0])
    await demo.press("backslash", "o")
    times = [row.time for row in await listed(demo)]
    assert times == sorted(times) and sorted(demo.main.articles.ids) == sorted(newest)


async def test_rows_have_their_days_whatever_order_a_changed_configuration_names(tmp_path: Path) -> None:
    async with opened(tmp_path, more='[ui]\nsort = "date"') as library, running(library) as run:
        config = library.paths.config
        config.write_text(run.written.replace('sort = "date"', 'sort = "title"'), encoding="utf-8")
        await run.flow(apply_config)
        rows = await listed(run)
        assert [row.title for row in rows] == sorted((row.title for row in rows), key=str.casefold)
        assert list_date(rows[0].time, NOW) in run.text and "─ " not in run.text.splitlines()[2]


async def test_the_configuration_names_the_order_of_lists(tmp_path: Path) -> None:
    async with opened(tmp_path, more='[ui]\nsort = "oldest"') as library, running(library) as run:
        times = [row.time for row in await listed(run)]
        assert times == sorted(times) and "oldest first" in head(run)
        await run.press("enter", "n")
        assert run.open_id == run.main.articles.ids[1]


async def test_days_are_headings_and_stay_at_the_top(demo: Running) -> None:

    def lines() -> list[str]:
        return [re.split("[│┃]", line)[1].strip() for line in demo.text.splitlines()[2:-1]]

    def days() -> list[str]:
        return [line.rstrip("─ ") for line in lines() if line.endswith("───")]

    rows = await listed(demo)
    names = list(dict.fromkeys(day_heading(row.time, NOW) for row in rows))
    assert days() == names[: len(days())] and days()[0] == lines()[0].rstrip("─ ") == "Today"
    await demo.press("pagedown", "pagedown", "pagedown")
    top = demo.main.articles.in_sight().start
    assert top > 0 and days()[0] == lines()[0].rstrip("─ ") == day_heading(rows[top].time, NOW)
    times = [line[:5] for line in lines() if line[2:3] == ":"]
    assert set(times) <= {clock_time(row.time) for row in rows} and len(times) > 10
    await demo.press("g")
    assert lines()[0].startswith("Today") and lines()[1].startswith(clock_time(rows[0].time))
    await demo.press("backslash", "t")  # not sorted by time: no headings, but dates
    rows = await listed(demo)
    assert days() == []
    dates = [list_date(row.time, NOW) for row in rows]
    shown = [line.lstrip("● ")[:6].strip() for line in lines()[::2]]
    top = demo.main.articles.in_sight().start
    assert shown == dates[top : top + len(shown)]
