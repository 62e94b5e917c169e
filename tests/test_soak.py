"""Random keys, for a long time, while feeds change: nothing breaks, and screen and store stay in step.

The seeds are fixed, so a failure comes again. `make soak` presses 10,000 keys in each of the two, under Pilot
and in a terminal; `make test` presses fewer.
"""

from __future__ import annotations

import asyncio
import os
import random
import sqlite3
import sys
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, closing
from itertools import islice
from pathlib import Path

import pytest
from textual.keys import _character_to_key

from tests import builders
from tests.terminal import KEYS, Terminal
from tests.ui.running import Running, running
from tests.web import Answer, Request, Web
from tuireader.config import Paths, loads
from tuireader.library import Library
from tuireader.ui.screens.main import MainScreen

pytestmark = pytest.mark.slow

PRESSES = int(os.environ.get("TUIREADER_SOAK", "20"))
PATIENCE = int(os.environ.get("TUIREADER_PATIENCE", "120"))
"""Seconds after which a batch of keys has not been answered, and the program hangs."""
BATCH = 20
"""Keys that are pressed before screen and store are compared."""
_OFTEN = ["j", "k", "down", "up", "enter", "h", "n", "p", "J", "K", "space", "tab", "g", "G", "escape"]
_SOMETIMES = [*"NmsAU.\\vxX[]ezwHWMuyYF/?*123456789dltbfi", "pagedown", "pageup", "ctrl+d", "ctrl+u"]
_RARELY = ["R", "r", "C", "ctrl+p", "plus", "ctrl+z", "ctrl+s", "left", "right", "backspace", "delete"]
_SIZES = ["120x40", "80x24", "60x20", "40x12", "100x30", "200x50", "20x6"]
_WORDS = ["law", "wechat OR", '"', "(", "is:unread", "-the", "法", "/a+/", "feed:", "]"]
_TEXTS = (
    "The regulator has fined the company after a long inquiry.",
    "新しい法律が施行され、企業は対応を急いでいる。",
    "A review of the law, with [brackets], <b>tags</b> &amp; more.",
    "Nothing of note happened in the meadow.",
)
CONFIG = """
[[watch]]
name = "Law"
any = ["law", "法律"]
"""


class Changing:
    """Feeds in which something is new, edited or gone at each request."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._asked = 0

    def __call__(self, request: Request) -> Answer:
        self._asked += 1
        name = request.path.strip("/")
        if self._random.random() < 0.1:
            return Answer(b"", 503)
        first = self._asked // 2
        items = [
            builders.item(
                f"{name}-{number}",
                f"{self._random.choice(('Law', 'Note', '记录', 'WeChat'))} {number} of {name}",
                f"<p>{self._random.choice(_TEXTS)}</p>" * self._random.randint(1, 30),
                time=1_700_000_000 + 3600 * number,
            )
            for number in range(first, first + 12)
        ]
        return Answer(builders.rss(f"Feed {name}", items), headers={"Content-Type": "application/rss+xml"})


def subscribe(web: Web, config: Path, seed: int) -> str:
    """Serve five changing feeds, and follow them in a configuration; its text."""
    for name in "abcde":
        web.handle(f"/{name}", Changing(seed))
    feeds = (f'[[feeds]]\nurl = "{web.url}/{name}"\nfolder = "{name.upper()}"\n' for name in "abcde")
    config.write_text("".join(feeds) + CONFIG, encoding="utf-8")
    return config.read_text(encoding="utf-8")


def keys(seed: int) -> Iterator[str]:
    """Keys as an impatient person presses them, and text and other sizes of the window (`to 80x24`)."""
    chance = random.Random(seed)
    while True:
        kind = chance.random()
        if kind < 0.55:
            yield chance.choice(_OFTEN)
        elif kind < 0.9:
            yield chance.choice(_SOMETIMES)
        elif kind < 0.95:
            yield chance.choice(_RARELY)
        elif kind < 0.96:
            for _ in range(chance.choice((1, 1, 5))):
                yield f"to {chance.choice(_SIZES)}"
        else:
            yield from chance.choice(_WORDS)


def marks(database: Path) -> dict[int, tuple[int, int]]:
    """Whether each stored article is read and starred."""
    with closing(sqlite3.connect(database)) as store:
        return {
            key: (read, star) for key, read, star in store.execute("SELECT id, read, starred FROM article")
        }


async def to_list(run: Running) -> None:
    """Leave whatever is open, up to the list."""
    for _ in range(12):
        screen = run.app.screen
        if isinstance(screen, MainScreen) and screen.focused is screen.articles:
            return
        beside = isinstance(screen, MainScreen) and run.focus == "sidebar"
        await run.press("tab" if beside else "escape")
    raise AssertionError(f"no way back to the list from {run.app.screen} with the focus on {run.focus}")


async def compare(run: Running, library: Library) -> None:
    """What the screen shows is what the store says."""
    main, articles = run.main, run.main.articles
    assert len(set(articles.ids)) == len(articles.ids), "an article stands twice in the list"
    assert not articles.ids or 0 <= articles.cursor < len(articles.ids), "the cursor is off the list"
    if not main.controllers.refreshing.running:  # else the screen is about to follow
        assert main.session.counts == await library.lists.counts()


@asynccontextmanager
async def soon(what: str) -> AsyncIterator[None]:
    """Say where each task stands when something takes for ever."""
    try:
        async with asyncio.timeout(PATIENCE):
            yield
    except TimeoutError:
        print(f"in vain: {what}", file=sys.stderr)
        for task in asyncio.all_tasks():
            task.print_stack(file=sys.stderr)
        raise


async def press(run: Running, keys: Iterable[str]) -> None:
    """Press keys, and change the size, until one of them has left the program."""
    for key in keys:
        if not run.app.is_running:
            return
        if key.startswith("to "):
            await run.pilot.resize_terminal(*size_of(key))
        else:
            await run.pilot.press(_character_to_key(key) if len(key) == 1 else key)
    await run.settle()


def size_of(key: str) -> tuple[int, int]:
    """Columns and lines of a change of size."""
    columns, _, lines = key.removeprefix("to ").partition("x")
    return int(columns), int(lines)


async def undo_restores(run: Running, database: Path) -> None:
    """Mark the list read, take it back, and have the marks from before."""
    await to_list(run)
    before = marks(database)
    await run.press("A", "y")  # it may ask about watches; else the address is copied
    if {key: marks(database).get(key) for key in before} == before:
        return  # nothing was unread there
    await run.press("U")
    after = marks(database)
    assert {key: after[key] for key in before} == before


@pytest.mark.parametrize(("seed", "size"), [(1, (120, 40)), (3, (40, 12))])
async def test_random_keys_under_pilot(
    seed: int, size: tuple[int, int], tmp_path: Path, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    for name in ("EDITOR", "VISUAL", "PAGER"):
        monkeypatch.setenv(name, "true")
    paths = Paths(tmp_path / "config.toml", tmp_path / "news.db", tmp_path, tmp_path)
    config, _ = loads(subscribe(web, paths.config, seed), "soak")
    stream, pressed = keys(seed), 0
    while pressed < PRESSES:
        async with AsyncExitStack() as opened:
            async with soon("to open the library"):
                library = await Library.open(config, paths)
                opened.push_async_callback(library.close)
                async for _ in library.refresh.run():
                    pass
            run = await opened.enter_async_context(running(library, size))
            while pressed < PRESSES:
                batch = [next(stream) for _ in range(BATCH)]
                pressed += BATCH
                try:
                    async with soon("to answer keys"):
                        await press(run, batch)
                        if not run.app.is_running:
                            break
                        await to_list(run)
                        await compare(run, library)
                        if pressed % (5 * BATCH) == 0:
                            await undo_restores(run, paths.database)
                except Exception:
                    print(f"the last of {pressed} keys: {batch}", file=sys.stderr)
                    raise
            async with soon("to leave"):
                await opened.aclose()
    assert sound(paths.database)


def sound(database: Path) -> bool:
    """Whether SQLite finds nothing wrong with the file."""
    with closing(sqlite3.connect(database)) as store:
        row: tuple[str] = store.execute("PRAGMA integrity_check").fetchone()
    return row == ("ok",)


def test_random_keys_in_a_terminal(tmp_path: Path, web: Web) -> None:
    config, database = tmp_path / "config.toml", tmp_path / "news.db"
    command = ["tuireader", "--config", str(config), "--database", str(database)]
    typed = {"plus": "+", "pageup": "\x1b[5~", "pagedown": "\x1b[6~", "delete": "\x1b[3~", "escape": "\x1b"}
    typed |= {f"ctrl+{letter}": chr(ord(letter) - 96) for letter in "pzsdu"}
    quiet = {"EDITOR": "true", "VISUAL": "true", "BROWSER": "true"}
    stream, pressed = keys(4), 0
    subscribe(web, config, 4)
    while pressed < PRESSES:
        with Terminal(command, home=tmp_path, size=(100, 30), env=quiet, forked=True) as terminal:
            terminal.wait("Unread")
            terminal.press("R")
            alive = True
            while alive and pressed < PRESSES:
                for key in islice(stream, BATCH):
                    if key.startswith("to "):
                        terminal.resize(*size_of(key))
                    else:
                        terminal.press(typed.get(key) or KEYS.get(key) or key)
                pressed += BATCH
                alive = terminal.rest()
            if alive:
                terminal.press("ctrl+q")
            assert terminal.leave() == 0, logged(tmp_path) + terminal.text()
    assert sound(database)
    assert not logged(tmp_path)


def logged(folder: Path) -> str:
    """What was written to logs: of a crash, where it was."""
    return "".join(path.read_text(encoding="utf-8") for path in folder.rglob("*.log"))
