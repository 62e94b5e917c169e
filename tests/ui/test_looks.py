"""What is bold, dim and coloured, and what it says; the keys in the footer; the pictures of the README."""

from __future__ import annotations

import pytest
from docs.screenshots import open_in_list
from textual.theme import BUILTIN_THEMES

from tests.ui.running import Running, running
from tests.ui.samples import library
from tests.ui.shelf import NOW
from tuireader.model import ArticleRow
from tuireader.ui.drawing import styles
from tuireader.ui.drawing.row_options import RowOptions
from tuireader.ui.drawing.row_parts import row_parts
from tuireader.ui.drawing.themes import THEMES


def parts(row: ArticleRow, *, folds: bool = False) -> dict[str, str]:
    """The texts in a row with their styles."""
    options = RowOptions(letters={"A": "A", "B": "B"}, folds=folds, now=NOW)
    return {text.strip(): style for text, style in row_parts(row, "Feed", options)}


def row(*, read: bool = False, watches: tuple[str, ...] = (), story: tuple[str, ...] = ()) -> ArticleRow:
    return ArticleRow(
        1, 1, "Title", NOW, read, False, watches=watches, fold_watches=story, fold=1, fold_size=2
    )


def test_only_what_is_unread_and_watched_is_bold() -> None:
    assert parts(row())["Title"] == "text" and parts(row())["●"] == "accent"
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
    link = made.named("link")
    assert link.underline and link.color is not None
    for name in ("text", "dim", "faint", "strong", "quote"):
        assert made.named(name).color != link.color, name


def test_without_colours_bold_dim_and_underlined_tell_it() -> None:
    made = styles.make(
        {"background": "ansi_default", "foreground": "ansi_default"}, dark=True, watch_colors={}
    )
    assert made.named("strong").bold and made.dim.dim and made.text == made.text.null()
    assert made.named("link").underline
    under = styles.under_cursor(made.cursor + made.dim)
    assert under.reverse and not under.dim  # grey on grey could not be read


async def test_the_footer_of_80_columns_says_how_to_leave_and_where_the_sidebar_is() -> None:
    async with running(library(), (80, 24)) as run:

        def footer() -> str:
            return run.text.splitlines()[-1]

        assert all(key in footer() for key in ("n next ", "h sidebar", "/ search", "? help", "q quit"))
        await run.press("enter")
        assert "? help" in footer() and "q back" in footer()
        await run.press("q")
        assert run.focus == "list"
        await run.press("h")
        assert run.focus == "sidebar" and "? help  q quit" in footer()


async def test_the_tour_tells_of_the_sidebar_and_of_leaving() -> None:
    async with running(library(), (80, 24)) as run:
        await run.main.run_command("tour")
        await run.settle()
        (line,) = [line for line in run.text.splitlines() if "the sidebar" in line]
        assert line.split()[1] == "h"
        (line,) = [line for line in run.text.splitlines() if "or quit at the top" in line]
        assert line.split()[1:3] == ["q", "Q"]


async def test_the_pictures_show_the_line_of_the_article_that_is_open(demo: Running) -> None:
    for title in ("WeChat suspends", "Conditional GET"):
        await open_in_list(demo.main, demo.pilot, demo.settle, title)
        assert demo.main.session.article is not None
        assert demo.main.session.article.title.startswith(title)
        assert demo.cursor_id == demo.open_id
        await demo.press("q")
