"""Sizes, themes, looks, hostile text, and lists of any length."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from rich.color import Color, ColorType
from textual.selection import Selection

from tests.ui.fake_library import NOW, FakeLibrary, many
from tests.ui.running import Running, running
from tests.ui.samples import library, story
from tests.ui.snap import screen_text
from tuireader.errors import DatabaseError
from tuireader.model import Counts
from tuireader.ui.app import TuireaderApp
from tuireader.ui.widgets.article_list import ArticleList
from tuireader.ui.widgets.page_pane import Spot

HOSTILE = (
    "[/x]",
    "[@click=app.quit]press[/]",
    "%s {0} :smile: $foreground",
    "[bold red]not bold",
    "\\[/",
    "[",
    "]",
    "${x} {braces}",
    "[link=https://a.example]a[/link]",
)


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 20), (40, 12), (20, 5), (10, 3), (1, 1)])
async def test_any_size_works(size: tuple[int, int]) -> None:
    made = library()
    async with running(made, size) as run:
        await run.press(
            "j", "enter", "right_square_bracket", "e", "j", "h", "z", "z", "h", "h", "l", "tab", "tab"
        )
        await run.press(
            "question_mark", "escape", "slash", "x", "escape", "plus", "escape", "colon", "escape"
        )
        await run.pilot.resize_terminal(100, 30)
        await run.settle()
        await run.pilot.resize_terminal(*size)
        await run.settle()
        assert run.app.is_running and made.stories[2].row.read
        screen_text(run.app)


async def test_one_pane_at_a_time_where_it_is_narrow() -> None:
    async with running(library(), (40, 12)) as run:
        assert run.main.articles.display and not run.main.sidebar.display
        await run.press("enter")
        assert run.main.pane.display and not run.main.articles.display
        await run.press("h", "h")
        assert run.main.sidebar.display and not run.main.articles.is_on_screen
        await run.press("l")
        assert run.main.articles.display and not run.main.sidebar.display


async def test_the_sidebar_lies_over_the_list_at_80_columns() -> None:
    async with running(library(), (80, 24)) as run:
        width = run.main.articles.size.width
        await run.press("h")
        assert run.main.sidebar.display and run.main.articles.size.width == width
        await run.press("l")
        assert not run.main.sidebar.display


async def test_hostile_titles_are_shown_as_they_are() -> None:
    made = FakeLibrary(library()._feeds, [story(n, 1, title, n) for n, title in enumerate(HOSTILE, 1)])
    async with running(made) as run:
        for title in HOSTILE:
            assert title in run.text
        for title in HOSTILE:
            await run.press("n" if run.open_id else "enter")
            assert run.text.count(title) >= 2
            await run.press("Y")
        await run.press("colon")
        assert run.app.is_running


async def test_a_title_of_a_megabyte() -> None:
    made = FakeLibrary(library()._feeds, [story(1, 1, "x" * 1_000_000, 1)])
    async with running(made) as run:
        await run.press("enter")
        assert run.open_id == 1


async def test_an_empty_article() -> None:
    made = FakeLibrary(library()._feeds, [story(1, 1, "", 1, html="")])
    async with running(made) as run:
        await run.press("enter", "G", "e", "u", "right_square_bracket", "1", "space")
        assert "(no title)" in run.text


async def test_a_long_article_keeps_its_place() -> None:
    made = library()
    made.stories[2].html = "".join(
        f"<p>Paragraph {number} of a long text about ferries.</p>" for number in range(3000)
    )
    async with running(made) as run:
        await run.press("j", "enter")
        await run.press(*["pagedown"] * 5)
        top = run.main.pane.scroll_offset.y
        words = run.main.pane.render_line(1).text.strip() or run.main.pane.render_line(2).text.strip()
        await run.press("h")
        assert made.places[2] > 0
        run.main.reading._pages.clear()
        await run.press("enter")
        assert abs(run.main.pane.scroll_offset.y - top) <= 1  # a blank line belongs to the text below it
        await run.pilot.resize_terminal(60, 20)
        await run.settle()
        assert words in run.text
        await run.press("G")
        assert "Paragraph 2999" in run.text


@pytest.mark.parametrize("count", [100_000])
async def test_a_long_list(count: int) -> None:
    async with running(many(count)) as run:
        assert len(run.main.articles.ids) == count
        await run.press("G")
        assert run.cursor_id == 1 and "Article 1 " in run.text
        assert len(run.main.articles._rows) < 3000
        await run.press("g", "pagedown", "pagedown", "j")
        assert f"Article {run.cursor_id} " in run.text
        assert len(run.main.articles._rows) < 3000


@pytest.mark.parametrize("theme", ["tuireader-light", "nord", "ansi-dark", "textual-light", "no such theme"])
async def test_themes(theme: str) -> None:
    made = library()
    made.context.config = replace(made.config, ui=replace(made.config.ui, theme=theme))
    async with running(made) as run:
        await run.press("enter", "right_square_bracket")
        assert run.app.theme == (theme if theme != "no such theme" else "tuireader-dark")
        run.app.theme = "gruvbox"
        await run.settle()
        assert "LanternPay" in run.text


async def test_without_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with running(library()) as run:
        assert run.app.no_color
        text = run.text
        assert "◆L ◆F LanternPay" in text  # the letters tell the watches apart
        assert "●" in text and "★" in text
        await run.press("plus", "x")
        strips = run.app.screen._compositor.render_strips(run.app.size)
        await run.press("escape", "enter", "tab", "tab")
        strips += run.app.screen._compositor.render_strips(run.app.size)
        styles = [one.style for strip in strips for one in strip if one.style is not None]
        colours = {colour for style in styles for colour in (style.color, style.bgcolor) if colour}
        assert all(colour.is_default for colour in colours)  # no grey either: it may be no such terminal
        cursor = next(strip for strip in strips[40:] if "LanternPay comes" in strip.text)
        assert any(one.style is not None and one.style.reverse for one in cursor)


async def test_composed_emoji_are_shown_as_terminals_agree_on_them() -> None:
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467 and \u2764\ufe0f on ferries"
    shelf = library()
    async with running(FakeLibrary(shelf._feeds, [story(1, 1, family, 1, f"<p>{family}</p>")], {})) as run:
        await run.press("enter")
        assert "\U0001f468 and \u2764  on ferries" in run.text and "\u200d" not in run.text
        selected = run.main.pane.get_selection(Selection(None, None))
        assert selected is not None and family in selected[0]


@pytest.mark.parametrize("term", ["xterm-16color", "linux", "screen"])
async def test_with_16_colours(monkeypatch: pytest.MonkeyPatch, term: str) -> None:
    monkeypatch.delenv("COLORTERM")
    monkeypatch.setenv("TERM", term)
    async with running(library()) as run:
        cursor, other = run.app.screen._compositor.render_strips(run.app.size)[2:4]
        here = [one.style for one in cursor if one.style is not None]
        assert sum(bool(style.reverse) for style in here) > 5  # the cursor can be seen, in one colour
        assert {style.color.is_default for style in here if style.reverse and style.color} == {True}
        assert not any(one.style is not None and one.style.reverse for one in other)
        watches = [run.app.theme_styles.watch(name).color for name in run.app.watch_names]
        assert len({colour.number for colour in watches if colour}) == len(watches)


async def test_256_colours_are_the_nearest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLORTERM")
    monkeypatch.setenv("TERM", "xterm-256color")
    async with running(library()) as run:
        strips = run.app.screen._compositor.render_strips(run.app.size)
        colours = {one.style.bgcolor for one in strips[2] if one.style is not None and one.style.bgcolor}
        assert all(colour.type is ColorType.EIGHT_BIT for colour in colours)
        cursor = run.app.theme_styles.cursor.bgcolor
        assert cursor is not None and cursor.get_truecolor() not in {one.get_truecolor() for one in colours}
        assert any(_distance(colour, cursor) < 40 for colour in colours)


def _distance(colour: Color, other: Color) -> int:
    return sum(abs(a - b) for a, b in zip(colour.get_truecolor(), other.get_truecolor(), strict=True))


async def test_empty_lists_and_unclosed_quotes_are_explained() -> None:
    async with running(FakeLibrary([], []), (80, 24)) as run:
        assert "No feeds yet. + adds one." in run.text
    made = library()
    await made.marks.set_read(list(made.stories), True)
    async with running(made, (80, 24)) as run:
        assert "All · 0 unread" in run.text and "Fog again" in run.text
        await run.press("slash", *'"fog')
        assert "a quotation mark is not closed" in run.text


async def test_keys_faster_than_the_layout() -> None:
    """Everything that a key can do to a pane that does not know its size yet."""
    made = library()
    async with running(made, (60, 20)) as run:
        await run.main.reading.open(1)
        pane = run.main.pane
        assert pane.size.width == 0
        assert pane.next_hit(1) is not None
        pane.go_bottom()
        assert pane.choose(0)
        pane.return_to(Spot(False, 1, 2, -1))
        await run.settle()
        assert run.open_id == 1


async def test_a_fault_that_can_be_told_is_told_and_the_app_goes_on() -> None:
    """From a key, from a message and from a worker."""
    made = library()

    async def locked(*_: object, **__: object) -> Any:
        raise DatabaseError("the database is locked [/x]", "close the other program")

    async with running(made) as run:
        real = made.marks.set_starred, made.articles.get, made.lists.counts
        made.marks.set_starred = made.articles.get = made.lists.counts = locked
        await run.press("s")
        assert "the database is locked [/x] (close the other program)" in run.toasts
        run.app.clear_notifications()
        run.main.articles.post_message(ArticleList.Opened(2))
        await run.settle()
        assert "the database is locked" in run.toasts
        run.app.clear_notifications()
        run.main.recount()
        while "the database is locked" not in run.toasts or len(run.app.workers):
            await run.pilot.pause()
        made.marks.set_starred, made.articles.get, made.lists.counts = real
        await run.press("j", "enter")
        assert run.open_id == 2


async def test_numbers_that_are_not_counted_yet_are_not_zero() -> None:
    made = library()
    counted = asyncio.Event()
    count = made.lists.counts

    async def slowly() -> Counts:
        await counted.wait()
        found: Counts = await count()
        return found

    made.lists.counts = slowly
    app = TuireaderApp(made, clock=lambda: NOW)  # type: ignore[arg-type]
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        run = Running(app, pilot)
        while run.main.articles.current_row is None:
            await pilot.pause()
        assert "Unread · …" in run.text and "Unread · 0" not in run.text
        for _ in range(6):
            await pilot.press("n")
        assert "Still counting" in run.toasts
        counted.set()
        await run.settle()
        assert "…" not in run.text.splitlines()[0]


@pytest.mark.parametrize("key", ["backslash", "colon"])
async def test_the_list_stays_in_sight_behind_a_dialog_in_every_theme(key: str) -> None:
    for theme in ("tuireader-dark", "tuireader-plain", "ansi-dark"):
        made = library()
        made.context.config = replace(made.config, ui=replace(made.config.ui, theme=theme))
        async with running(made) as run:
            await run.press(key)
            assert run.app.theme == theme and "Unread · 5" in run.text
