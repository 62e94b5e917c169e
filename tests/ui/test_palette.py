"""The command palette: in the order of use, with themes that are kept."""

from __future__ import annotations

from pathlib import Path

from textual.command import CommandList

from tests.ui.running import Running, running
from tests.ui.samples import CONFIG
from tests.ui.shelf import configured
from tuireader.model import View, ViewKind


async def lines(run: Running, typed: str = "", *, first: str = "") -> list[str]:
    """The names in the palette for what is typed, once `first` is the first of them."""
    await run.press("colon")
    await run.write(typed)
    found = run.app.screen.query_one(CommandList)

    def names() -> list[str]:
        return [str(option.prompt).splitlines()[0].strip() for option in found.options]

    while not found.option_count or (first and not names()[0].startswith(first)):
        await run.pilot.pause()
    await run.settle()
    return names()


async def test_what_is_likely_comes_first_and_what_moves_last(run: Running) -> None:
    listed = await lines(run)
    assert listed[:5] == ["Refresh all", "Search", "Add feed", "New watch", "Watches"]
    assert listed.index("Go to Unread") < listed.index("Down") < listed.index("Theme nord")


async def test_what_was_used_comes_first_from_then_on(own: Running, tmp_path: Path) -> None:
    for name in ("Zzz", "Sort", "Go to Today", "Sort"):
        await own.library.settings.note_palette_use(name)
    assert (await lines(own))[:3] == ["Sort", "Go to Today", "Refresh all"]
    await own.press("down", "enter")
    assert own.main.session.view == View(ViewKind.TODAY)
    await own.press("colon", "escape")
    async with configured(tmp_path, CONFIG) as again, running(again) as run:
        used = ["Go to Today", "Sort", "Go to Today", "Sort", "Zzz"]
        assert list(await again.settings.palette_uses()) == used
        assert (await lines(run))[:2] == ["Go to Today", "Sort"]
        await run.press("escape")
        for _ in range(250):
            await again.settings.note_palette_use("Undo")
        assert len(await again.settings.palette_uses()) == 200


async def test_a_theme_that_is_chosen_is_kept(own: Running, tmp_path: Path) -> None:
    await lines(own, "theme nord", first="Theme nord")
    await own.press("enter")
    assert own.app.theme == "nord"
    assert own.toasts.endswith(f"Theme nord\nsaved to {own.library.paths.config}")
    assert own.written.startswith(CONFIG) and own.written.endswith('[ui]\ntheme = "nord"\n')
    async with configured(tmp_path, own.written) as made, running(made) as run:
        assert run.app.theme == "nord"


async def test_a_theme_that_cannot_be_kept_is_used_until_the_end(own: Running) -> None:
    """A file that became invalid is not touched, and the message names the place."""
    broken = CONFIG + "[broken\n"
    before = own.app.theme
    await lines(own, "theme nord", first="Theme nord")
    own.library.paths.config.write_text(broken, encoding="utf-8")
    await own.press("enter")
    assert own.app.theme == "nord" != before
    assert "Theme nord until you quit: " in own.toasts and "is not TOML" in own.toasts
    assert own.written == broken
