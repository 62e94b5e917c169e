"""A terminal that changes its size: each size shows what a start in that size shows."""

from __future__ import annotations

from pathlib import Path

from tests.ui.demo_library import opened
from tests.ui.running import Running, running

SIZES = ((120, 40), (80, 24), (40, 12), (200, 50), (160, 20))


async def test_a_new_size_shows_what_a_start_in_that_size_shows(tmp_path: Path) -> None:
    async with opened(tmp_path) as library:
        await library.settings.note_seen("watch sign")  # else only the first start explains it
        wanted = {}
        for size in SIZES:
            async with running(library, size) as run:
                wanted[size] = run.text
        async with running(library, SIZES[0]) as run:
            for size in (*SIZES, *reversed(SIZES), SIZES[1]):
                await run.resize(*size)
                assert run.text == wanted[size], size


async def test_the_focus_does_not_stay_in_a_pane_that_is_folded_away(demo: Running) -> None:
    await demo.press("h")
    assert demo.focus == "sidebar"
    await demo.resize(*SIZES[1])
    assert demo.main.focused is not None and demo.main.focused.region.area > 0, "it is in sight"
    await demo.press("j")
    assert demo.focus == "list" and demo.main.articles.cursor == 1


async def test_a_terminal_without_end_is_drawn_on_as_far_as_any_screen_goes(tmp_path: Path) -> None:
    async with opened(tmp_path) as library, running(library, (20_000, 20_000)) as run:
        assert run.app.size == run.app.screen.size == (1500, 500)
        await run.resize(20_000, 30)
        assert run.app.size == run.app.screen.size == (1500, 30)
        await run.press("j")
        assert run.main.articles.cursor == 1
