"""Walk through every screen by keys, at three sizes, and compare a selection with golden files.

Each screen is drawn at the smaller sizes; most other tests draw at 120 × 40. `TEXTS` and `COLOURS` name those
that a person looks at. A walk reports all differences at its end; `tests/ui/snap.py` says how to renew files.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input

from tests.ui import test_channels as channels
from tests.ui.running import Running, running
from tests.ui.samples import ALSO
from tests.ui.samples import library as sample_library
from tests.ui.shelf import NOW, Shelf, Site, configured, failing, story
from tests.ui.snap import FOLDER, differs, golden_text
from tests.ui.snap_svg import screen_svg
from tests.ui.troubles import trouble
from tuireader import demo
from tuireader.errors import DatabaseError, TuireaderError
from tuireader.model import View, ViewKind
from tuireader.store import Store

pytestmark = pytest.mark.slow

SIZES = {"wide": (120, 40), "narrow": (80, 24), "small": (40, 12)}

# Screens at sizes, of which the text is compared. Colours are compared only where they carry the meaning.
TEXTS = {
    "list": "wide narrow small",
    "list-unfolded": "narrow",
    "sidebar-failing": "wide small",
    "remove-feed": "narrow",
    "starred-toast": "narrow",
    "edit-watch": "narrow",
    "new-watch": "small",
    "new-watch-error": "narrow",
    "help": "wide small",
    "add-feed": "small",
    "add-feed-error": "narrow",
    "pipe": "narrow",
    "palette": "narrow",
    "search": "narrow",
    "search-hits": "wide small",
    "search-trouble": "narrow",
    "save-view": "narrow",
    "filter": "narrow",
    "article": "wide narrow small",
    "links": "narrow",
    "find-in-page": "narrow",
    "related": "wide",
    "story": "wide narrow small",
    "zen": "wide",
    "labels": "narrow",
    "label-list": "narrow",
    "labelled-article": "narrow",
    "outbox": "wide narrow",
    "channels": "wide narrow",
    "add-channel": "wide narrow",
    "edit-channel": "wide narrow",
    "empty-mute": "narrow",
    "empty-watches": "narrow",
    "empty-health": "narrow",
    "empty-sidebar": "narrow",
    "scripts-list": "narrow small",
    "scripts-article": "narrow",
    "scripts-changes": "narrow",
    "scripts-mute": "small",
    "scripts-related": "narrow",
    "scripts-sidebar": "wide",
    "no-full-text": "narrow",
    "mute-refused": "narrow",
    "database-locked": "narrow",
    "welcome": "small",
    "tour": "small",
    "away": "narrow",
}
COLOURS = {
    "list": "wide",
    "sidebar-failing": "narrow",
    "article-hit": "narrow",
    "find-in-page": "narrow",
    "search-hits": "narrow",
    "scripts-changes": "narrow",
    "away": "narrow",
}

MORE_CONFIG = """
[[view]]
name = "Fines and rules"
query = "fine OR rule"

[[mute]]
query = "title:webinar"

[[macro]]
key = "k"
name = "Keep and go on"
run = ["toggle_star", "next_unread"]

[[macro]]
key = "c"
name = "Count its words"
command = ["wc", "-w"]
"""


@dataclass
class Walk:
    """A walk through a running app, with the differences so far."""

    run: Running
    name: str
    differences: list[str] = field(default_factory=list)

    async def shot(self, screen: str, *, toasts: bool = False) -> None:
        """Compare the screen with its golden files; with toasts only where they are meant."""
        if not toasts:
            self.run.app.clear_notifications()
        for box in self.run.app.screen.query(Input):
            box.cursor_blink = False
        await self.run.settle()
        name = f"{screen}-{self.name}"
        if self.name in TEXTS.get(screen, "").split():
            self.differences.append(differs(f"screens/{name}.txt", golden_text(self.run.app)))
        if self.name in COLOURS.get(screen, "").split():
            self.differences.append(differs(f"screens/{name}.svg", screen_svg(self.run.app)))

    async def see(self, screen: str, *keys: str, typed: str = "", toasts: bool = False) -> None:
        """Press keys, type a text, compare."""
        await self.run.press(*keys)
        if typed:
            await self.run.write(typed)
        await self.shot(screen, toasts=toasts)

    async def over(self, screen: str, *keys: str, typed: str = "") -> None:
        """The same for what lies over the main screen, which is left afterwards.

        What is not compared is not opened, but for scripts, which are hard on narrow screens.
        `test_any_size_works` opens all dialogs at smaller ones.
        """
        opened = self.name in ("narrow", "small") and screen.startswith("scripts-")
        if not opened and self.name not in TEXTS.get(screen, ""):
            self.run.app.clear_notifications()
            return
        await self.see(screen, *keys, typed=typed)
        assert len(self.run.app.screen_stack) > 1, f"nothing was opened for {screen}"
        for _ in range(4):
            if len(self.run.app.screen_stack) > 1:
                await self.run.press("escape")
        assert len(self.run.app.screen_stack) == 1, f"{screen} cannot be left"


@asynccontextmanager
async def walking(library: Any, name: str, *, first_run: bool = False) -> AsyncIterator[Walk]:
    """Start a walk; at its end all differences are reported."""
    async with running(library, SIZES[name], first_run=first_run) as run:
        walk = Walk(run, name)
        yield walk
    found = [one for one in walk.differences if one]
    assert not found, "\n\n".join(found)


def config_text() -> str:
    """The demo's configuration with a search, a mute, two macros, and a paused feed."""
    title = 'title = "Kettle & Trowel"\n'
    text = demo.config_text()
    assert title in text
    return text.replace(title, f"{title}paused = true\n") + MORE_CONFIG


async def nothing(*_: object) -> AsyncIterator[object]:
    """Relates nothing."""
    return
    yield


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of the demo, filled once.

    No stories are made and nothing is related but by links, so that no golden file hangs on how that is done.
    """
    folder = tmp_path_factory.mktemp("shelf")

    async def fill() -> None:
        async with configured(folder, config_text(), offline=True) as library:
            library.refresh.relate = nothing  # type: ignore[method-assign, assignment]
            await library.load_demo()
            await trouble(
                library,
                failing="Pacific Wire",
                gone="Loose Semicolon",
                moved="Corner Cases",
                to="https://corner.example.net/feed.xml",
            )

    asyncio.run(fill())
    return folder


@asynccontextmanager
async def walking_demo(shelf: Path, folder: Path, name: str) -> AsyncIterator[Walk]:
    """A walk through a copy of the demo."""
    shutil.copytree(shelf, folder, dirs_exist_ok=True)
    async with configured(folder, config_text(), offline=True) as library, walking(library, name) as walk:
        yield walk


@pytest.mark.parametrize("name", SIZES)
async def test_from_screen_to_screen(name: str, shelf: Path, tmp_path: Path) -> None:
    async with walking_demo(shelf, tmp_path, name) as walk:
        await lists(walk)
        await dialogs(walk)
        await finding(walk)
        await reading(walk)


async def lists(walk: Walk) -> None:
    """The list, the sidebar and what is done from there."""
    await walk.see("list")
    await walk.run.press("h", "G", "k", "k", "k", "k")
    await walk.see("sidebar-failing")
    await walk.run.press("j", "j")
    await walk.see("sidebar-paused")
    await walk.over("edit-feed", "e")
    await walk.over("remove-feed", "d")
    await walk.see("list-all", "g", "j", "j", "j", "l")
    await walk.see("starred-toast", "s", toasts=True)
    await walk.run.press("h", "g", "j", "l")


async def dialogs(walk: Walk) -> None:
    """What lies over the main screen."""
    await walk.over("watches", "w")
    await walk.over("edit-watch", "w", "e")
    await walk.over("new-watch", "W")
    await walk.over("new-watch-error", "W", "down", "down", "down", typed="apple AND (")
    await walk.over("mute", "M")
    await walk.over("health", "H")
    await walk.over("help", "question_mark")
    await walk.over("help-none", "question_mark", typed="zzzz")
    await walk.over("add-feed", "plus")
    await walk.over("add-feed-error", "plus", typed="no address\r")
    await walk.over("macros", "comma")
    await walk.over("pipe", "vertical_line")
    await walk.over("palette", "colon", typed="watch")


async def finding(walk: Walk) -> None:
    """Searching and filtering."""
    await walk.see("search", "slash")
    await walk.see("search-hits", typed="wechat")
    await walk.over("save-view", "ctrl+n")
    await walk.see("search-trouble", typed=" AND (")
    await walk.see("search-none", "ctrl+u", typed="zzzz")
    await walk.run.press("escape")
    await walk.see("filter", "F", typed="fine")
    await walk.run.press("escape")


async def reading(walk: Walk) -> None:
    """An article and what is done with it."""
    await walk.see("list-unfolded", "v")
    await walk.run.at("WeChat suspends")
    await walk.see("article", "enter")
    await walk.see("article-hit", "right_square_bracket", "right_square_bracket")
    await walk.over("links", "u")
    await walk.see("find-in-page", "ctrl+f", typed="company")
    await walk.run.press("escape")
    await walk.over("story", "T")
    await walk.see("related", "e")
    await walk.run.press("escape")
    await walk.see("zen", "z")


async def test_labels(shelf: Path, tmp_path: Path) -> None:
    async with walking_demo(shelf, tmp_path, "narrow") as walk:
        await walk.over("labels-none", "t")
        ids = walk.run.main.articles.ids
        labels = {
            "to read": ids[:3],
            "law": ids[1:9],
            "標籤 🚀": ids[:1],
            "case law, of all courts": ids[20:],
        }
        for label, chosen in labels.items():
            await walk.run.library.labels.set(label, chosen, True)
        await walk.run.main.controllers.reload()
        await walk.run.settle()
        await walk.see("labelled-list")
        await walk.over("labels", "a", "a", "a", "t", "down")
        await walk.over("labels-new", "t", typed="la")
        await walk.see("labelled-toast", "t", "enter", "escape", toasts=True)
        await walk.run.press("escape", "h")
        await walk.run.show(View(ViewKind.LABEL, "law"))
        walk.run.main.sidebar.select(View(ViewKind.LABEL, "law"))
        await walk.see("label-sidebar")
        await walk.see("label-list", "l")
        await walk.see("labelled-article", "enter")


@pytest.mark.parametrize("name", ["wide", "narrow"])
async def test_channels_and_the_outbox(name: str, tmp_path: Path) -> None:
    async with configured(tmp_path, channels.CONFIG) as library:
        channels.tell(library)
        async with walking(library, name) as walk:
            await walk.over("outbox", "at")
            await walk.over("channels", "number_sign")
            await walk.over("add-channel", "number_sign", "plus", "m")
            await walk.over("edit-channel", "number_sign", "j", "e")


async def test_with_nothing_in_it(tmp_path: Path) -> None:
    async with configured(tmp_path, "", offline=True) as library, walking(library, "narrow") as walk:
        for screen, key in (("watches", "w"), ("health", "H"), ("mute", "M")):
            await walk.over(f"empty-{screen}", key)
        await walk.see("empty-search", "slash")
        await walk.run.press("escape")
        await walk.see("empty-toast", "n", "u", "comma", toasts=True)
        await walk.see("empty-sidebar", "h")


LONG = "渡轮公司下周起接受手机支付，纸质船票将于十月停用，乘客可在码头领取说明，" * 5
TITLES = (
    LONG,
    "A title of many words that no line of any list can hold in one piece, and that has to be cut " * 2,
    "Emoji 🚀👩‍👩‍👧🇪🇺 and e\u0301 in one line",
    "שלום עולם: כותרת מימין לשמאל",
    "ﾊﾝｶｸ と 全角 と Ｆｕｌｌ ｗｉｄｔｈ",
    "x" * 300,
)
SCRIPTS = """\
[[feeds]]
url = "https://quay.example/rss"
title = "港口日报：渡轮、潮汐与天气的每日新闻报道"
folder = "港口与海洋新闻合集"
[[feeds]]
url = "https://tide.example/rss"
title = "The Tide Tables of All the Harbours of the North"
folder = "港口与海洋新闻合集"
[[feeds]]
url = "https://gang.example/rss"
title = "🚀"
paused = true
[[watch]]
name = "支付"
any = ["支付"]
color = "green"
[[watch]]
name = "A watch with a name that is long"
query = "title:a"
color = "magenta"
"""


def scripts() -> Shelf:
    """Titles, names and texts in several scripts, and of any length."""
    link = f'<p><a href="https://quay.example/{"long/" * 40}">{LONG}</a></p>'
    text = f"<p>{LONG}新船票 🚀</p>{link}{ALSO}"
    articles = (
        story(number, number % 3 + 1, title, number, text, before=(f"<p>{LONG}旧船票</p>{link}",))
        for number, title in enumerate(TITLES, 1)
    )
    return Shelf(SCRIPTS, tuple(articles), relates=False)


@pytest.mark.parametrize("name", SIZES)
async def test_any_script_and_length(name: str) -> None:
    async with walking(scripts(), name) as walk:
        await walk.see("scripts-list", "j")
        await walk.see("scripts-article", "k", "enter")
        await walk.over("scripts-links", "u")
        await walk.over("scripts-changes", "D")
        await walk.over("scripts-new-watch", "W")
        await walk.over("scripts-mute", "M", typed="支付")
        await walk.see("scripts-related", "e")
        await walk.run.press("escape", "escape")
        await walk.see("scripts-sidebar", "h", "G")


async def test_when_things_go_wrong() -> None:
    unreachable = TuireaderError("quay.example does not answer", "look at the address")
    refused = TuireaderError("config.toml cannot be written: it is read-only")
    locked = DatabaseError("the database is locked", "close the other program")
    async with walking(sample_library(), "narrow") as walk:
        library = walk.run.library
        Site(library)
        await walk.run.press("enter")
        await walk.see("no-full-text", "x", toasts=True)
        with failing(unreachable, library.feeds.discover):
            await walk.over("add-feed-unreachable", "plus", typed="quay.example\r")
        await walk.run.press("M", *"fog")
        with failing(refused, library.mutes.add):
            await walk.over("mute-refused", "enter")
        with failing(locked, library.marks.set_starred):
            await walk.see("database-locked", "s", toasts=True)


@pytest.mark.parametrize("name", ["narrow", "small"])
async def test_the_first_minutes_and_the_return(name: str) -> None:
    async with walking(Shelf(), name, first_run=True) as walk:
        await walk.see("welcome")
        await walk.run.press("escape", "escape")
        await walk.over("tour")
    shelf = sample_library('[ui]\ntheme = "tuireader-light"')
    async with walking(replace(shelf, prepare=last_seen), name) as walk:
        await walk.see("away", toasts=True)


def last_seen(store: Store) -> None:
    """The reader was left nine days ago."""
    store.briefs.seen(NOW - 9 * 86400)


def test_the_folder_holds_what_is_compared() -> None:
    kinds = (("txt", TEXTS), ("svg", COLOURS))
    wanted = {
        f"{screen}-{size}.{kind}"
        for kind, chosen in kinds
        for screen, sizes in chosen.items()
        for size in sizes.split()
    }
    assert {file.name for file in (FOLDER / "screens").iterdir()} == wanted
