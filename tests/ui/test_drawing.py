"""What is drawn past Textual looks as Textual would draw it, and pages are made ahead of their keys."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from rich.segment import Segment
from textual.containers import Container
from textual.geometry import Region
from textual.scroll_view import ScrollView
from textual.scrollbar import ScrollBar
from textual.strip import Strip
from textual.widget import Widget

from tests.ui.running import Running, running
from tests.ui.samples import STORIES
from tests.ui.samples import library as samples
from tests.ui.shelf import Server, failing, many
from tuireader.errors import DatabaseError
from tuireader.library import Library
from tuireader.model import Article
from tuireader.ui.widgets.pane import Pane
from tuireader.ui.widgets.panes import Panes


def _simple(strips: list[Strip]) -> list[list[Segment]]:
    return [list(Segment.simplify(strip)) for strip in strips]


def _grounds(strips: list[Strip]) -> list[list[tuple[str, object]]]:
    """Text and ground; in blank cells no other colour is seen."""
    return [
        [(one.text, one.style.bgcolor if one.style else None) for one in segments]
        for segments in _simple(strips)
    ]


def _parts(crop: Region) -> list[Region]:
    """All of a widget, and what would be seen of it with another one in front."""
    return [crop, Region(2, 1, max(1, crop.width - 5), max(1, crop.height - 2))]


def _compare(run: Running) -> int:
    """Draw all that is in sight in both ways; returns how many widgets that were."""
    seen = 0
    for widget in run.main.walk_children(Widget):
        if not widget.region or not widget.display:
            continue
        for crop in _parts(Region(0, 0, *widget.outer_size)):
            drawn = widget.render_lines(crop)
            if isinstance(widget, Pane):
                assert _simple(drawn) == _simple(ScrollView.render_lines(widget, crop)), widget.id
            elif isinstance(widget, Panes):
                assert _grounds(drawn) == _grounds(Container.render_lines(widget, crop)), widget.id
            else:
                continue
            seen += 1
    for pane in (run.main.sidebar, run.main.articles, run.main.pane):
        bar = pane.vertical_scrollbar
        if pane.show_vertical_scrollbar and bar.region:
            crop = Region(0, 0, *bar.outer_size)
            assert _simple(bar.render_lines(crop)) == _simple(ScrollBar.render_lines(bar, crop)), pane.id
            seen += 1
    return seen


@pytest.mark.slow
async def test_panes_look_as_textual_would_draw_them() -> None:
    async with running(samples()) as run:
        Server(run.library)  # `r` asks no other
        for keys in ("j", "s", "enter", "pagedown", "r", "h", "h", "h", "j", "/"):
            await run.press(*keys.split())
            assert _compare(run) > 3


@pytest.mark.slow
async def test_long_lists_and_narrow_panes_look_as_textual_would_draw_them() -> None:
    async with running(many(300), (50, 14)) as run:
        for keys in (".", "pagedown pagedown", "G", "k k", "enter", "q h", "l /", "escape"):
            await run.press(*keys.split())
            assert _compare(run) > 3
        run.app.theme = "textual-light"
        await run.settle()
        assert _compare(run) > 3
        await run.resize(100, 30)
        assert _compare(run) > 3


class Counting:
    """Notes which articles are asked for when they are opened, and which before."""

    def __init__(self, library: Library) -> None:
        self.waited: list[int] = []
        self.before: list[int] = []
        self._article = library.articles.get
        vars(library.articles)["get"] = self

    async def __call__(self, article_id: int, *, ahead: bool = False) -> Article | None:
        (self.before if ahead else self.waited).append(article_id)
        return await self._article(article_id, ahead=ahead)


async def _made_ahead(run: Running, asked: Counting) -> int:
    """Go down, and wait until the page of the article there is made; its id."""
    await run.press("j")
    here = run.cursor_id
    while here not in asked.before:
        await run.pilot.pause()
    await run.settle()  # until the page is made of it
    assert here is not None
    return here


async def test_the_page_under_the_cursor_is_made_before_it_is_opened(run: Running) -> None:
    asked = Counting(run.library)
    here = await _made_ahead(run, asked)
    assert not asked.waited
    await run.press("enter")
    assert run.open_id == here and not asked.waited


async def test_an_open_article_counts_as_its_line_says_not_as_its_page_was() -> None:
    shelf = samples(stories=tuple(replace(one, read=True) for one in STORIES))
    async with running(shelf) as run:
        asked = Counting(run.library)
        await run.press("h", "j", "j", "l")  # All
        here = await _made_ahead(run, asked)
        await run.press("N")
        assert await run.unread() == {here}
        await run.press("enter")
        assert await run.unread() == set()


async def test_a_refresh_takes_the_list_when_the_keys_rest_or_it_has_been_long(run: Running) -> None:
    now = time.monotonic()
    for typed, taken, wanted in ((0, 0.5, False), (9, 2, True), (0, 2, False), (0, 6, True)):
        run.app.typed_at = now - typed
        run.main.controllers.refreshing.reloaded_at = now - taken
        assert run.main.controllers.refreshing.may_reload(now) == wanted


async def test_nothing_is_told_of_a_page_that_cannot_be_made_ahead(run: Running) -> None:
    with failing(DatabaseError("the database is locked"), run.library.articles.get):
        await run.press("j")
        assert run.toasts == ""
        await run.press("enter")
        assert "the database is locked" in run.toasts


async def test_toasts_that_are_gone_leave_nothing(run: Running) -> None:
    await run.press(*"ssssssssss")
    assert len(run.main.query("ToastHolder")) < 4


async def test_toasts_do_not_pile_up_and_replace_each_other(run: Running) -> None:
    run.app.say("Fault 0", severity="error")
    for number in (1, 2, 3, 4, 5, 5, 5):
        run.app.say(f"Note {number}")
        await run.settle()
    assert sorted(run.toasts.splitlines()) == ["Fault 0", "Note 3", "Note 4", "Note 5"]
    run.app.clear_notifications()
    for words in ("Starred", "No longer starred", "Starred"):  # by keys that come at once
        run.app.say_shortly(words)
    run.app.say("Lost", group="fault")
    run.app.say("Found", group="fault")
    await run.settle()
    assert run.toasts == "Starred\nFound"
    run.app.say("Lost again")
    run.app.say_no_more("fault")
    run.app.say_no_more()
    await run.settle()
    assert run.toasts == "Lost again"
