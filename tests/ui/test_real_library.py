"""The whole story on a real library: the demo's feeds in a database of its own."""

from __future__ import annotations

from pathlib import Path

from tests.ui.demo_library import opened
from tests.ui.running import Running, running
from tuireader.model import View, ViewKind


async def test_the_story_from_the_watch_to_the_relative_and_back(tmp_path: Path) -> None:
    async with opened(tmp_path) as library:
        wechat = await library.lists.ids(View(ViewKind.WATCH, "WeChat"))
        rows = await library.lists.rows(wechat)
        target = next(
            row for row in rows if "PIPL" in row.watches and row.title.startswith("WeChat suspends")
        )
        async with running(library) as run:
            assert "Unread" in run.text and "◆ WeChat" in run.text and "offline" in run.text
            await run.press("v")  # each article has its line
            run.main.articles.select_id(target.id)
            await run.press("enter")
            text = run.text
            assert "▌ WeChat  title, body ×5, see also" in text and "▌ PIPL  body ×2" in text
            await run.press("right_square_bracket", "right_square_bracket")
            assert "match 2/" in run.text
            await run.press("e")
            assert run.main.pane.chosen == 0
            await run.press("enter")
            assert run.open_id not in (None, target.id)
            await run.press("h")
            assert run.open_id == target.id
            await run.press("N", "s", "q")
        row = (await library.lists.rows([target.id]))[0]
        assert not row.read and row.starred
    async with opened(tmp_path) as library, running(library) as run:
        row = (await library.lists.rows([target.id]))[0]
        assert not row.read and row.starred  # kept
        await run.press("U")
        assert not (await library.lists.rows([target.id]))[0].starred  # undo survives the restart


async def test_a_view_is_shown_although_the_article_of_the_cursor_is_not_in_it(demo: Running) -> None:
    (gone, *_) = await demo.library.lists.ids(View(ViewKind.UNREAD))
    await demo.library.marks.set_read([gone], True)
    await demo.main.controllers.listing.show(View(ViewKind.UNREAD), cursor_id=gone)
    await demo.settle()
    assert gone not in demo.main.articles.ids and demo.main.articles.cursor == 0
