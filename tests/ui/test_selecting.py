"""Several articles selected, and what is done to all of them at once."""

from __future__ import annotations

import re
from pathlib import Path

from tests.ui.demo_library import opened
from tests.ui.running import Running, running
from tuireader.model import View, ViewKind


def marked_lines(run: Running) -> list[str]:
    """Lines of the list that begin with the mark of a selected article."""
    return [line for line in run.text.splitlines() if re.search("[│┃]▌", line)]


async def test_marks_go_to_all_that_are_selected_and_are_undone_as_one(run: Running) -> None:
    await run.press("a", "j", "a")  # the first and the third
    assert run.main.articles.selected == {1, 3} and "2 selected · 4/" in run.text
    marked = marked_lines(run)
    assert len(marked) == 2 and "LanternPay comes" in marked[0] and "天文台" in marked[1]
    await run.press("N")
    assert "2 articles marked read" in run.toasts
    assert await run.unread() == {2, 4, 6}
    await run.press("s")
    assert "2 articles starred" in run.toasts
    assert await run.starred() == {1, 3, 4}
    await run.press("ctrl+z", "ctrl+z")
    assert await run.unread() == {1, 2, 3, 4, 6} and await run.starred() == {4}
    await run.press("y")
    assert run.app.clipboard == "https://news.example/1\nhttps://news.example/3"
    await run.press("Y")
    assert run.app.clipboard.count("\n") == 1 and "Copied as Markdown: 2 articles" in run.toasts
    await run.press("escape", "g", "a", "a", "N", "N")  # all read or starred lose the mark
    assert "2 articles marked unread" in run.toasts
    await run.press("s", "s")
    assert "2 articles no longer starred" in run.toasts
    assert 1 in await run.unread() and 2 not in await run.starred()


async def test_escape_a_second_press_and_another_view_end_a_selection(run: Running) -> None:
    await run.press("a", "k", "a")
    assert not run.main.articles.selected and "selected" not in run.text
    await run.press("a", "escape")
    assert not run.main.articles.selected and run.focus == "list" and not marked_lines(run)
    await run.press("ctrl+a")
    assert run.main.articles.selected == set(run.main.articles.ids)
    await run.press("ctrl+a")
    assert not run.main.articles.selected
    await run.press("a")
    await run.go_to(View(ViewKind.STARRED))
    assert not run.main.articles.selected


async def test_an_open_article_is_marked_alone(run: Running) -> None:
    await run.press("a", "a", "k", "k", "enter", "s")  # the first one is open
    assert run.open_id == 1 and 1 in await run.starred() and 2 not in await run.starred()
    await run.press("a")
    assert run.main.articles.selected == {2} and marked_lines(run)


async def test_a_click_with_ctrl_selects(run: Running) -> None:
    await run.click("#list", (20, 3), control=True)
    assert run.main.articles.selected == {2} and run.open_id is None and run.cursor_id == 1


async def test_bulk_by_expression_takes_a_fixed_set(demo: Running) -> None:
    await demo.press("v", "F")
    await demo.write("title:wechat")
    await demo.press("enter", "ctrl+a", "escape")
    assert not demo.main.articles.selected and demo.main.session.filter  # the selection went first
    await demo.press("ctrl+a")
    chosen = set(demo.main.articles.selected)
    assert len(chosen) > 2
    await demo.press("s")
    starred = set(await demo.library.lists.ids(View(ViewKind.STARRED)))
    assert chosen <= starred
    await demo.press("ctrl+z")
    assert not chosen & set(await demo.library.lists.ids(View(ViewKind.STARRED)))


async def test_all_that_is_selected_is_saved(tmp_path: Path) -> None:
    more = f"[save]\nfolder = '{tmp_path / 'kept'}'"
    async with opened(tmp_path, more=more) as library, running(library) as run:
        await run.press("a", "a", "S")
        assert "2 saved" in run.toasts and len(list((tmp_path / "kept").iterdir())) == 2
        await run.press("S")
        assert "0 saved, 2 already saved" in run.toasts
