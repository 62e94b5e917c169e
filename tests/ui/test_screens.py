"""Sizes, themes, looks, hostile text, and lists of any length."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rich.color import Color, ColorType
from textual.selection import Selection

from tests.ui.running import Running, running
from tests.ui.samples import STORIES, changed, library
from tests.ui.shelf import NOW, Shelf, failing, many, opened, story
from tests.ui.slow_store import held
from tests.ui.snap import screen_text
from tests.ui.snap_svg import strips
from tuireader.errors import DatabaseError
from tuireader.ui.app import TuireaderApp
from tuireader.ui.session import PageSpot as Spot
from tuireader.ui.widgets.article_list import ArticleList

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


MUTES = "".join(f'[[mute]]\nquery = "[/x] {number}"\n' for number in range(30))
FORMS = (
    "w e down down down down right", "h G k e", "H j G g ctrl+d d",
    "M f o g down right down left down down down",
)  # fmt: skip
DIALOGS = (
    "question_mark", "slash x", "plus", "colon", "t down", "comma", "vertical_line", "w j G e down",
    "h G k d", "h G k e", "H j G d", "M f down right",
)  # fmt: skip


MACRO = '[[macro]]\nkey = "c"\nname = "Count its words"\ncommand = ["wc", "-w"]\n'


@pytest.mark.slow
async def test_any_size_works() -> None:
    """All is opened in one cell, forms in a few more; `test_goldens` draws the usual sizes."""
    async with running(library(MUTES + MACRO), (1, 1)) as run:
        await run.press(
            "j", "enter", "right_square_bracket", "e", "j", "h", "z", "z", "h", "h", "l", "tab", "tab"
        )
        for keys in (*DIALOGS, "", *FORMS):
            if not keys:
                await run.resize(20, 5)
                continue
            await run.press(*keys.split())
            screen_text(run.app)
            await run.press("escape")
            while run.app.screen is not run.main:
                await run.press("escape")
        await run.main.run_command("tour")
        await run.settle()
        screen_text(run.app)
        await run.press("enter")
        assert run.app.screen is run.main
        await run.resize(100, 30)
        await run.resize(1, 1)
        screen_text(run.app)
        assert run.app.is_running and 2 not in await run.unread()


async def test_panes_give_way_to_each_other_where_it_is_narrow() -> None:
    async with running(library(), (40, 12)) as run:
        assert run.main.articles.display and not run.main.sidebar.display
        await run.press("enter")
        assert run.main.pane.display and not run.main.articles.display
        await run.press("h", "h")
        assert run.main.sidebar.display and not run.main.articles.is_on_screen
        await run.press("l")
        assert run.main.articles.display and not run.main.sidebar.display
    async with running(library(), (80, 24)) as run:  # here the sidebar lies over the list
        width = run.main.articles.size.width
        await run.press("h")
        assert run.main.sidebar.display and run.main.articles.size.width == width
        await run.press("l")
        assert not run.main.sidebar.display


async def test_hostile_titles_are_shown_as_they_are() -> None:
    titles = tuple(story(n, 1, title, n) for n, title in enumerate(HOSTILE, 1))
    async with running(library(stories=titles)) as run:
        for title in HOSTILE:
            assert title in run.text
        for title in HOSTILE:
            await run.press("n" if run.open_id else "enter")
            assert run.text.count(title) >= 2
            await run.press("Y")
        await run.press("colon")
        assert run.app.is_running


async def test_an_empty_article_and_a_title_of_a_megabyte() -> None:
    picture = story(1, 1, "", 1, '<img src="https://a.example/x.png">', url="")
    async with running(library(stories=(picture, story(2, 1, "x" * 1_000_000, 2)))) as run:
        await run.press("enter", "G", "e", "u", "right_square_bracket", "1")
        assert "(no title)" in run.text
        await run.press("space")
        assert run.open_id == 2


async def test_a_long_article_keeps_its_place() -> None:
    text = "".join(f"<p>Paragraph {number} of a long text about ferries.</p>" for number in range(3000))
    async with running(library(stories=changed(2, content_html=text))) as run:
        await run.press("j", "enter")
        await run.press(*["pagedown"] * 5)
        top = run.main.pane.scroll_offset.y
        words = run.main.pane.render_line(1).text.strip() or run.main.pane.render_line(2).text.strip()
        await run.press("h")
        article = await run.library.articles.get(2)
        assert article is not None and article.place > 0
        await run.press("enter")
        assert abs(run.main.pane.scroll_offset.y - top) <= 1  # a blank line belongs to the text below it
        await run.resize(60, 20)
        assert words in run.text
        await run.press("G")
        assert "Paragraph 2999" in run.text


async def test_a_long_list() -> None:
    async with running(many(600)) as run:
        assert len(run.main.articles.ids) == 600
        await run.press("G")
        assert run.cursor_id == 1 and "Article 1 " in run.text
        await run.press("g", "pagedown", "pagedown", "j")
        assert f"Article {run.cursor_id} " in run.text
        kept = [number for number in run.main.articles.ids if run.main.articles.row(number) is not None]
        assert len(kept) < 450


async def test_the_list_stays_in_sight_behind_a_dialog_in_every_theme() -> None:
    async with running(library('[ui]\ntheme = "no such theme"')) as run:
        for theme in ("tuireader-dark", "tuireader-light", "tuireader-plain", "ansi-dark"):
            if theme != run.app.theme:
                run.app.theme = theme
            for key in ("backslash", "colon"):
                await run.press(key)
                assert "Unread   5 articles" in run.text, theme
                await run.press("escape")
            assert run.app.theme == theme


async def test_the_theme_changes_while_an_article_is_open() -> None:
    async with running(library('[ui]\ntheme = "nord"')) as run:
        await run.press("enter", "right_square_bracket")
        assert run.app.theme == "nord"
        run.app.theme = "gruvbox"
        await run.settle()
        assert "LanternPay" in run.text


async def test_without_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with running(library()) as run:
        assert run.app.no_color
        text = run.text
        assert "▌LanternPay ▌Ferries " in text  # the names tell the watches apart
        assert "★" in text
        await run.press("plus", "x")
        lines = strips(run.app)
        await run.press("escape", "question_mark")
        (chosen,) = [strip for strip in strips(run.app) if "Open the selected line" in strip.text]
        assert any(one.style is not None and one.style.reverse for one in chosen)
        await run.press("escape", "enter", "tab", "tab")
        lines += strips(run.app)
        styles = [one.style for strip in lines for one in strip if one.style is not None]
        colours = {colour for style in styles for colour in (style.color, style.bgcolor) if colour}
        assert all(colour.is_default for colour in colours)  # no grey either: it may be no such terminal
        cursor = next(strip for strip in lines[40:] if "LanternPay comes" in strip.text)
        assert any(one.style is not None and one.style.reverse for one in cursor)


async def test_composed_emoji_are_shown_as_terminals_agree_on_them() -> None:
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467 and \u2764\ufe0f on ferries"
    async with running(library(stories=(story(1, 1, family, 1, f"<p>{family}</p>"),))) as run:
        await run.press("enter")
        assert "\U0001f468 and \u2764  on ferries" in run.text and "\u200d" not in run.text
        selected = run.main.pane.get_selection(Selection(None, None))
        assert selected is not None and family in selected[0]


@pytest.mark.parametrize("term", ["xterm-16color", "linux"])
async def test_with_16_colours(monkeypatch: pytest.MonkeyPatch, term: str) -> None:
    monkeypatch.delenv("COLORTERM")
    monkeypatch.setenv("TERM", term)
    async with running(library()) as run:
        cursor, other = strips(run.app)[3], strips(run.app)[5]
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
        lines = strips(run.app)
        colours = {one.style.bgcolor for one in lines[3] if one.style is not None and one.style.bgcolor}
        assert all(colour.type is ColorType.EIGHT_BIT for colour in colours)
        cursor = run.app.theme_styles.cursor.bgcolor
        assert cursor is not None and cursor.get_truecolor() not in {one.get_truecolor() for one in colours}
        assert any(_distance(colour, cursor) < 40 for colour in colours)


def _distance(colour: Color, other: Color) -> int:
    return sum(abs(a - b) for a, b in zip(colour.get_truecolor(), other.get_truecolor(), strict=True))


async def test_empty_lists_are_explained() -> None:
    async with running(Shelf(), (80, 24)) as run:
        assert "No feeds yet. + adds one." in run.text
    read = tuple(replace(one, read=True) for one in STORIES)
    async with running(library(stories=read), (80, 24)) as run:
        assert "All   0 unread" in run.text and "Fog again" in run.text


async def test_keys_faster_than_the_layout() -> None:
    """Everything that a key can do to a pane that does not know its size yet."""
    async with running(library(), (60, 20)) as run:
        await run.main.controllers.reader.open(1)
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
    error = DatabaseError("the database is locked [/x]", "close the other program")
    async with running(library()) as run:
        own = run.library
        with failing(error, own.marks.set_starred, own.articles.get, own.lists.counts):
            await run.press("s")
            assert "the database is locked [/x] (close the other program)" in run.toasts
            run.app.clear_notifications()
            run.main.articles.post_message(ArticleList.Opened(2))
            await run.settle()
            assert "the database is locked" in run.toasts
            run.app.clear_notifications()
            run.main.controllers.recount()
            await run.settle()
            assert "the database is locked" in run.toasts
        await run.press("j", "enter")
        assert run.open_id == 2


async def test_numbers_that_are_not_counted_yet_are_not_zero() -> None:
    async with opened(library()) as shelf:
        with held(shelf.lists.counts) as counts:
            app = TuireaderApp(shelf, clock=lambda: NOW)
            async with app.run_test(size=(120, 40), notifications=True) as pilot:
                run = Running(app, pilot, shelf)
                while run.main.articles.current_row is None:
                    await pilot.pause()
                assert "Unread   …" in run.text and "Unread   0 articles" not in run.text
                for _ in range(6):
                    await pilot.press("n")
                assert "Still counting" in run.toasts
                counts.release()
                await run.settle()
                assert "…" not in run.text.splitlines()[0]
