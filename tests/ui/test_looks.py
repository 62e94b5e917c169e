"""What is bold, dim and coloured, and what it says; the keys in the footer; the pictures of the README."""

from __future__ import annotations

from pathlib import Path

import pytest
from docs.screenshots import open_in_list
from textual.theme import BUILTIN_THEMES

from tests.ui.demo_library import opened
from tests.ui.running import running
from tests.ui.samples import library
from tests.ui.shelf import NOW
from tuireader.model import ArticleRow
from tuireader.ui.drawing import styles
from tuireader.ui.drawing.row_parts import row_parts
from tuireader.ui.drawing.themes import THEMES


def parts(row: ArticleRow, *, folds: bool = False) -> dict[str, str]:
    """The texts in a row with their styles."""
    initials = {"A": "A", "B": "B"}
    return {text.strip(): style for text, style in row_parts(row, "Feed", 80, initials, NOW, folds=folds)}


def row(*, read: bool = False, watches: tuple[str, ...] = (), story: tuple[str, ...] = ()) -> ArticleRow:
    return ArticleRow(
        1, 1, "Title", NOW, read, False, watches=watches, story_watches=story, story=1, story_size=2
    )


def test_only_what_is_unread_and_watched_is_bold() -> None:
    assert parts(row())["Title"] == "text" and parts(row())["●"] == "text"
    assert parts(row(watches=("A",)))["Title"] == "strong"
    assert parts(row(story=("A",)), folds=True)["Title"] == "strong"  # one of the folded articles is
    for read in (row(read=True), row(read=True, watches=("A",))):
        assert parts(read)["Title"] == "dim" and "●" not in parts(read)
    assert parts(row(read=True, watches=("A",)))["◆A"] == "watch:A"


@pytest.mark.parametrize("theme", [*THEMES, *BUILTIN_THEMES.values()], ids=lambda theme: theme.name)
def test_the_colour_of_links_is_theirs_alone(theme: object) -> None:
    assert hasattr(theme, "to_color_system") and hasattr(theme, "dark")
    variables = theme.to_color_system().generate()
    made = styles.make(variables, dark=theme.dark, watch_colors={})
    assert made.link.underline and made.link.color is not None
    for name in ("text", "dim", "faint", "strong", "quote"):
        assert getattr(made, name).color != made.link.color, name


def test_without_colours_bold_dim_and_underlined_tell_it() -> None:
    made = styles.make(
        {"background": "ansi_default", "foreground": "ansi_default"}, dark=True, watch_colors={}
    )
    assert made.strong.bold and made.dim.dim and made.link.underline and made.text == made.text.null()
    under = styles.under_cursor(made.cursor + made.dim)
    assert under.reverse and not under.dim  # grey on grey could not be read


@pytest.mark.parametrize("where", ["list", "article", "sidebar"])
async def test_the_footer_of_80_columns_says_how_to_leave_and_where_the_sidebar_is(where: str) -> None:
    async with running(library(), (80, 24)) as run:
        if where == "list":
            foot = run.text.splitlines()[-1]
            for key in ("n Next ", "h Sidebar", "/ Search", "? Help", "q Quit"):
                assert key in foot
        elif where == "article":
            await run.press("enter")
            foot = run.text.splitlines()[-1]
            assert "? Help" in foot and "q Back" in foot
            await run.press("q")
            assert run.focus == "list"
        else:
            await run.press("h")
            assert run.focus == "sidebar"
            assert "? Help  q Quit" in run.text.splitlines()[-1]


async def test_the_tour_tells_of_the_sidebar_and_of_leaving() -> None:
    async with running(library(), (80, 24)) as run:
        await run.main.run_command("tour")
        await run.settle()
        (line,) = [line for line in run.text.splitlines() if "the sidebar" in line]
        assert line.split()[1] == "h"
        (line,) = [line for line in run.text.splitlines() if "or quit at the top" in line]
        assert line.split()[1:3] == ["q", "Q"]


async def test_the_pictures_show_the_line_of_the_article_that_is_open(tmp_path: Path) -> None:
    async with opened(tmp_path) as made, running(made) as run:
        for title in ("WeChat suspends", "Conditional GET"):
            await open_in_list(run.main, run.pilot, run.settle, title)
            assert run.main.session.article is not None
            assert run.main.session.article.title.startswith(title)
            assert run.cursor_id == run.open_id
            await run.press("q")
