"""Pictures of the demo for the README: `python docs/screenshots.py` writes docs/images/*.svg.

Another folder may be named, and the pictures to take after it. The same program makes the same pictures, to
the byte.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from textual.pilot import Pilot

from tuireader import demo
from tuireader.config import Paths, loads
from tuireader.library import Library
from tuireader.model import View, ViewKind
from tuireader.ui.app import TuireaderApp
from tuireader.ui.screens.main import MainScreen

FOLDER = Path(__file__).parent / "images"
NOW = 1_795_530_000  # a Tuesday afternoon; a fixed time makes the same pictures every time
WIDE, SMALL = (120, 40), (80, 24)


@dataclass(frozen=True)
class Picture:
    """A file, the size of the terminal, and the keys that lead to what it shows."""

    name: str
    size: tuple[int, int]
    keys: tuple[str, ...] = ()
    article: str = ""  # how the title of the article begins that is opened first
    theme: str = "tuireader-dark"
    welcome: bool = False


PICTURES = (
    Picture("list", WIDE),
    Picture("article", WIDE, ("right_square_bracket",), article="WeChat suspends"),
    Picture("related", WIDE, ("e",), article="WeChat suspends"),
    Picture("story", WIDE, ("T",), article="WeChat suspends"),
    Picture("light", WIDE, (), article="WeChat suspends", theme="tuireader-light"),
    Picture("article-80x24", SMALL, (), article="WeChat suspends"),
    Picture("list-80x24", SMALL),
    Picture("page", WIDE, ("z",), article="Conditional GET"),
    Picture("picture", WIDE, ("z",), article="A picture of punched tape"),
    Picture("code-80x24", SMALL, ("z",), article="A tiny pipeline", theme="tuireader-light"),
    Picture(
        "find",
        WIDE,
        (
            "ctrl+f",
            *"company",
        ),
        article="WeChat suspends",
    ),
    Picture("help", SMALL, ("question_mark",)),
    Picture("welcome", WIDE, welcome=True),
)


async def take(picture: Picture, library: Library, folder: Path) -> None:
    """Run the app headless, press the keys, write the file."""
    app = TuireaderApp(library, first_run=picture.welcome, clock=lambda: NOW)
    app.theme = picture.theme
    app.animation_level = "none"  # as in a terminal
    async with app.run_test(size=picture.size, notifications=True) as pilot:

        async def settle() -> None:
            for _ in range(3):
                await pilot.pause()
                await app.workers.wait_for_complete()

        await settle()
        main = app.screen_stack[1]
        assert isinstance(main, MainScreen)
        if picture.article:
            await open_in_list(main, pilot, settle, picture.article)
        await pilot.press(*picture.keys)
        svg, before = app.export_screenshot(title="tuireader"), ""
        while svg != before:  # on a busy machine the last step may be under way
            await settle()
            svg, before = app.export_screenshot(title="tuireader"), svg
    file = folder / f"{picture.name}.svg"
    file.write_text(offline(svg), encoding="utf-8")
    print(file)


async def open_in_list(
    main: MainScreen, pilot: Pilot[int], settle: Callable[[], Awaitable[None]], title: str
) -> None:
    """Open an article from its line, which has the cursor then; its story is unfolded if need be."""
    library = main.library
    found = await library.lists.rows(await library.lists.ids(View(ViewKind.ALL)))
    row = next(row for row in found if row.title.startswith(title))
    if row.id not in main.articles.ids:
        listed = await library.lists.rows(main.articles.ids)
        main.articles.select_id(next(one.id for one in listed if one.story == row.story))
        await pilot.press("f")
        await settle()
    main.articles.select_id(row.id)
    await settle()
    await pilot.press("enter")
    await settle()


def offline(svg: str) -> str:
    """The picture without fonts from the network, and with the spaces at the ends of its texts kept."""
    return re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.S).replace(
        "<text ", '<text xml:space="preserve" '
    )


async def take_all(target: Path, names: Sequence[str]) -> None:
    """Take the pictures of these names, or every one, each on a fresh demo."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        os.environ["HOME"] = place  # the welcome lists files of the user
        async with _opened(folder) as library:
            await library.load_demo()
        made = (folder / "demo.db").read_bytes()
        for picture in (one for one in PICTURES if not names or one.name in names):
            (folder / "demo.db").write_bytes(made)
            async with _opened(folder) as library:
                await take(picture, library, target)


@asynccontextmanager
async def _opened(folder: Path) -> AsyncIterator[Library]:
    config, _ = loads(demo.config_text(), "demo")
    paths = Paths(folder / "config.toml", folder / "demo.db", folder, folder)
    library = await Library.open(config, paths, offline=True, clock=lambda: NOW)
    try:
        yield library
    finally:
        await library.close()


if __name__ == "__main__":
    os.environ |= {"TZ": "UTC", "COLORTERM": "truecolor"}
    time.tzset()
    chosen = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    chosen.mkdir(exist_ok=True)
    asyncio.run(take_all(chosen, sys.argv[2:]))
