"""Which keys work while a line of text has the focus or a dialog is open, and that a person's own win."""

from __future__ import annotations

import pytest

from tests.ui.running import Running, running
from tests.ui.samples import library


@pytest.mark.parametrize("before", [(), ("slash", "x"), ("plus",), ("question_mark",), ("colon",), ("w",)])
async def test_ctrl_q_quits_from_everywhere(run: Running, before: tuple[str, ...]) -> None:
    await run.press(*before)
    await run.pilot.press("ctrl+q")
    await run.pilot.pause()
    assert run.app.return_value == 0


async def test_ctrl_q_is_the_persons_where_they_gave_it_to_another_command() -> None:
    async with running(library('[keys]\ntoggle_star = "ctrl+q"')) as run:
        for before in (("slash", "x"), ("plus",)):
            await run.press(*before, "ctrl+q")
            assert run.app.return_value is None and 1 not in await run.starred()
            await run.press("escape")
        await run.press("ctrl+q")
        assert run.app.return_value is None and 1 in await run.starred()


async def test_ctrl_q_does_nothing_where_quit_has_no_key() -> None:
    async with running(library("[keys]\nquit = []")) as run:
        await run.press("ctrl+q", "Q")
        assert run.app.return_value is None
