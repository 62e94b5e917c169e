"""The command palette: in the order of use, with themes that are kept."""

from __future__ import annotations

from pathlib import Path

from textual.command import CommandList

from tests.ui.running import Running, running
from tests.ui.samples import library
from tests.ui.shelf import failing
from tests.ui.test_editing import CONFIG, opened
from tuireader.config import load
from tuireader.errors import TuireaderError
from tuireader.model import View, ViewKind


async def lines(run: Running, *keys: str, first: str = "") -> list[str]:
    """The names in the palette after these keys, once `first` is the first of them."""
    await run.press("colon", *keys)
    found = run.app.screen.query_one(CommandList)

    def names() -> list[str]:
        return [str(option.prompt).splitlines()[0].strip() for option in found.options]

    while not found.option_count or (first and not names()[0].startswith(first)):
        await run.pilot.pause()
    await run.settle()
    return names()


async def test_what_is_likely_comes_first_and_what_moves_last() -> None:
    async with running(library()) as run:
        listed = await lines(run)
        assert listed[:5] == ["Refresh all", "Search", "Add feed", "New watch", "Watches"]
        assert listed.index("Go to Unread") < listed.index("Down") < listed.index("Theme nord")


async def test_what_was_used_comes_first_from_then_on(tmp_path: Path) -> None:
    async with opened(tmp_path) as first, running(first) as run:
        for name in ("Zzz", "Sort", "Go to Today", "Sort"):
            await first.settings.note_palette_use(name)
        assert (await lines(run))[:3] == ["Sort", "Go to Today", "Refresh all"]
        await run.press("down", "enter")
        await run.settle()
        assert run.main.session.view == View(ViewKind.TODAY)
        await run.press("colon", "escape")
    async with opened(tmp_path) as again, running(again) as run:
        assert list(await again.settings.palette_uses()) == [
            "Go to Today",
            "Sort",
            "Go to Today",
            "Sort",
            "Zzz",
        ]
        assert (await lines(run))[:2] == ["Go to Today", "Sort"]
        await run.press("escape")
        for _ in range(250):
            await again.settings.note_palette_use("Undo")
        assert len(await again.settings.palette_uses()) == 200


async def test_a_theme_that_is_chosen_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    async with opened(tmp_path) as made, running(made) as run:
        await lines(run, *"theme nord", first="Theme nord")
        await run.press("enter")
        await run.settle()
        assert run.app.theme == "nord"
        assert run.toasts.endswith(f"Theme nord\nwritten to {path}")
    written = path.read_text(encoding="utf-8")
    assert written.startswith(CONFIG) and written.endswith('[ui]\ntheme = "nord"\n')
    config, problems = load(path)
    assert not problems
    async with opened(tmp_path, path.read_text(encoding="utf-8")) as made, running(made) as run:
        assert config.ui.theme == run.app.theme == "nord"


async def test_a_theme_that_cannot_be_kept_is_used_and_says_so() -> None:
    async with running(library()) as run:
        await lines(run, *"theme nord", first="Theme nord")
        with failing(TuireaderError("the config cannot be written"), run.library.settings.set_theme):
            await run.press("enter")
            await run.settle()
        assert run.app.theme == "nord"
        assert "Theme nord until the program ends: the config cannot be written" in run.toasts
