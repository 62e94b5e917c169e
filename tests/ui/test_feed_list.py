"""Feeds in the sidebar: hidden, sorted, in closed folders, and the way from one to the next."""

from __future__ import annotations

from typing import Any

import pytest
from textual.strip import Strip

from tests.ui.running import Running, running
from tests.ui.shelf import Shelf, replaced, story
from tuireader.model import View, ViewKind
from tuireader.ui.dialogs.palette import Palette
from tuireader.ui.drawing.sidebar_items import SidebarItem


def feed(name: str, more: str = "") -> str:
    return f'[[feeds]]\nurl = "https://{name.lower()}.example/rss"\ntitle = "{name}"\n{more}\n'


FEEDS = (
    feed("Quay", 'folder = "Harbour"')
    + feed("Buoy", 'folder = "Harbour"')
    + feed("Attic")
    + feed("Loud", "hidden = true")
    + feed("Cellar")
)
STORIES = (
    story(1, 1, "Ferries stop", 5),
    story(2, 1, "Ferries sail", 6),
    story(3, 2, "Fog", 1, read=True),
    story(4, 3, "Old timetable", 3),
    story(5, 3, "Old ticket", 4),
    story(6, 3, "Old chart", 40),
    story(7, 4, "Siren", 2),
    story(8, 5, "Coal", 30, read=True),
)


def shelf(ui: str = "") -> Shelf:
    return Shelf(FEEDS, STORIES, f"[ui]\n{ui}", relates=False)


def feeds(run: Running) -> list[str]:
    """The folders and feeds of the sidebar."""
    items = run.main.sidebar.items
    return [item.label for item in items[items.index(SidebarItem("Feeds")) + 1 :]]


def shown(run: Running) -> str:
    """Name of the feed in the list, `""` for another view."""
    view = run.main.session.view
    return run.library.feeds.title(int(view.key)) if view.kind is ViewKind.FEED else ""


async def test_read_and_hidden_feeds_are_left_out_until_a_key_shows_the_read_ones() -> None:
    async with running(shelf("show_read_feeds = false")) as run:
        assert feeds(run) == ["Harbour", "Quay", "Attic"]
        assert 7 in run.main.articles.ids  # of the hidden feed: it is listed and searched
        await run.press("h", "full_stop")
        assert feeds(run) == ["Harbour", "Quay", "Buoy", "Attic", "Cellar"]
        assert "Read feeds shown" in run.toasts
        await run.press("full_stop")
        assert feeds(run) == ["Harbour", "Quay", "Attic"]
        await run.press("ctrl+p")
        names = [entry.name for entry in run.screen(Palette).listed]
        assert {"Go to Loud", "Go to Cellar", "Go to Buoy"} <= {*names}
        await run.write("go to cellar")
        await run.press("enter")
        assert shown(run) == "Cellar" and feeds(run) == ["Harbour", "Quay", "Attic", "Cellar"]
        await run.press("ctrl+p")
        await run.write("go to loud")
        await run.press("enter")
        assert feeds(run) == ["Harbour", "Quay", "Attic", "Loud"]
        await run.press(")", "A", ")")  # now all of the folder is read
        assert shown(run) == "Attic" and feeds(run) == ["Attic"]


@pytest.mark.parametrize(
    ("order", "key", "listed"),
    [
        ("unread", "u", ["Attic", "Cellar", "Harbour", "Quay", "Buoy"]),
        ("name", "n", ["Attic", "Cellar", "Harbour", "Buoy", "Quay"]),
        ("date", "d", ["Harbour", "Buoy", "Quay", "Attic", "Cellar"]),
    ],
)
async def test_feeds_are_sorted_by_the_configuration_or_by_key(
    order: str, key: str, listed: list[str]
) -> None:
    async with running(shelf(f'sort_feeds = "{order}"' if key == "d" else "")) as run:
        if key != "d":
            assert feeds(run) == ["Harbour", "Quay", "Buoy", "Attic", "Cellar"]
            await run.press("h", "backslash", key)
        assert feeds(run) == listed


async def test_the_next_feed_opens_its_folder_and_wraps_around() -> None:
    async with running(shelf('folders = "closed"\nkeys = "newsboat"')) as run:
        assert feeds(run) == ["Harbour", "Attic", "Cellar"]
        await run.press("j")
        assert shown(run) == "Quay" and feeds(run) == ["Harbour", "Quay", "Buoy", "Attic", "Cellar"]
        assert run.main.sidebar.current is not None and run.main.sidebar.current.label == "Quay"
        assert run.focus == "list" and list(run.main.articles.ids) == [1, 2]
        visited = []
        for name in ("j", "j", "j", "j", "k", "ctrl+n", "ctrl+n", "ctrl+p"):
            await run.press(name)
            visited.append(shown(run))
        assert visited == ["Buoy", "Attic", "Cellar", "Quay", "Cellar", "Quay", "Attic", "Quay"]
        await run.press("enter", "ctrl+n")
        assert shown(run) == "Attic" and run.open_id is None
        await run.press("h", "j")  # in the sidebar, down
        assert shown(run) == "Cellar" and run.focus == "sidebar"


async def test_keys_of_newsboat_do_in_each_pane_what_they_do_there() -> None:
    async with running(shelf('keys = "newsboat"\nrun_at_start = ["next_feed", "focus_sidebar"]')) as run:
        assert (shown(run), run.focus) == ("Quay", "sidebar")
        await run.press("n")  # in the sidebar, to the next feed with unread articles
        assert (shown(run), run.focus) == ("Attic", "sidebar")
        await run.press("J", "K", "p", "K", "J", "enter")
        assert (shown(run), run.focus, run.cursor_id) == ("Quay", "list", 1)
        await run.press("n")  # in a list, it opens nothing
        assert (run.cursor_id, run.open_id) == (2, None) and {1, 2} <= await run.unread()
        await run.press("home", "N")  # which goes on to the next article
        assert run.cursor_id == 2 and 1 not in await run.unread()
        await run.press("q", "enter")  # to the first unread article
        assert (run.focus, run.cursor_id) == ("list", 2)
        await run.press("enter", "N")  # unread again, and closed
        assert (run.focus, run.open_id) == ("list", None) and 2 in await run.unread()
        await run.press("q", "q")
        assert run.app.return_code == 0


async def test_a_random_unread_article_of_the_list() -> None:
    async with running(shelf('keys = "newsboat"')) as run:
        await run.press("ctrl+n")
        opened = []
        for _ in range(2):
            await run.press("ctrl+k")
            opened.append(run.open_id)
        assert sorted(opened, key=str) == [1, 2] and not {1, 2} & await run.unread()
        await run.press("ctrl+k")
        assert "Nothing unread here" in run.toasts


async def test_next_unread_stays_in_the_feed_if_the_configuration_says_so() -> None:
    async with running(shelf("goto_next_feed = false")) as run:
        await run.press(")")
        assert shown(run) == "Quay"
        await run.press("n", "n", "n")
        assert shown(run) == "Quay" and run.open_id == 2
        assert "Nothing else unread here. ) goes to the next feed" in run.toasts
        await run.press(")", ")")
        assert run.main.session.view == View(ViewKind.FEED, "3")
        assert "No other feed has unread articles" in run.toasts


async def test_a_key_in_a_sidebar_of_a_thousand_feeds_draws_two_lines_and_builds_nothing() -> None:
    """What a key costs there: no item is made or compared, and only the lines of the cursor are drawn."""
    async with running(shelf("show_read_feeds = false")) as run:
        await run.press("h")
        sidebar, controllers = run.main.sidebar, run.main.controllers
        sidebar.show(
            tuple(SidebarItem(f"Feed {n}", View(ViewKind.FEED, str(n % 5 + 1))) for n in range(1000))
        )
        await run.settle()
        draw, make = sidebar.draw, controllers.sidebar_items
        drawn: list[str] = []
        built: list[View] = []

        def counted(item: SidebarItem, **state: bool) -> Strip:
            drawn.append(item.label)
            return draw(item, **state)

        def counted_items(current: View, *args: Any, **options: Any) -> tuple[SidebarItem, ...]:
            built.append(current)
            return make(current, *args, **options)

        with replaced(draw, counted), replaced(make, counted_items):
            at = sidebar.cursor
            await run.press("j")
        assert sidebar.cursor == at + 1 and built == []
        assert drawn == [f"Feed {at}", f"Feed {at + 1}"]


async def test_the_feed_of_an_article_a_filter_and_all_articles() -> None:
    async with running(shelf('keys = "newsboat"')) as run:
        await run.press(":")
        await run.write("show feed\r")
        assert shown(run) == "Loud"
        await run.press("F")
        await run.write("siren\r")
        assert run.main.session.filter == "siren"
        await run.press("ctrl+f")
        assert run.main.session.filter == "" and shown(run) == "Loud"
        await run.press("ctrl+f")
        assert "This list has no filter" in run.toasts
        await run.press("C")
        assert await run.unread() == set() and "^z undoes" in run.toasts
        await run.press("ctrl+z")
        assert len(await run.unread()) == 6
