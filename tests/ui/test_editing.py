"""Feeds, folders, watches and saved searches changed from the sidebar and the tables."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from textual.widgets import Input

from tests.ui.running import Running, running
from tests.ui.samples import library as sample_library
from tests.ui.shelf import NOW, failing
from tests.ui.snap import assert_screen, screen_text
from tuireader.config import Paths, ViewConfig, load
from tuireader.errors import TuireaderError
from tuireader.library import Library
from tuireader.model import Feed, View, ViewKind
from tuireader.ui import views
from tuireader.ui.dialogs.form import Form
from tuireader.ui.screens.health import Health
from tuireader.ui.screens.watches import Watches

CONFIG = """\
# mine
[[feeds]]
url = "https://quay.example/rss"  # the quay
folder = "Harbour"

[[feeds]]
url = "https://tide.example/rss"
folder = "Harbour"

[[watch]]
name = "Tolls"  # roads
any = ["toll"]
feeds = ["Harbour"]

[[mute]]
feed = "Harbour"
query = "weather"

[fetch]
refresh_on_start = false
"""


@asynccontextmanager
async def opened(folder: Path, text: str = CONFIG) -> AsyncIterator[Library]:
    paths = Paths(folder / "config.toml", folder / "test.db", folder, folder)
    paths.config.write_text(text)
    config, _ = load(paths.config)
    library = await Library.open(config, paths, clock=lambda: NOW)
    try:
        yield library
    finally:
        await library.close()


def line(run: Running, view: View) -> None:
    """Put the cursor of the sidebar, which has the focus then, on a view."""
    run.main.panes.go_to(run.main.sidebar)
    run.main.sidebar.select(view)


def fill(run: Running, **values: str) -> None:
    screen = run.app.screen
    assert isinstance(screen, Form)
    for name, value in values.items():
        screen.query_one(f"#{name}", Input).value = value


def labels(run: Running) -> list[str]:
    return [entry.label for entry in run.main.sidebar.items]


async def test_a_feed_is_renamed_moved_and_paused(tmp_path: Path) -> None:
    async with opened(tmp_path) as library, running(library) as run:
        line(run, View(ViewKind.FEED, "1"))
        await run.press("e")
        assert "https://quay.example/rss" in run.text and "Folders: Harbour" in run.text
        fill(run, title="The [/x] Quay", folder="Docks", interval="soon")
        await run.press("enter")
        assert 'should be a time such as "30m"' in run.text  # and nothing is written
        assert (tmp_path / "config.toml").read_text() == CONFIG
        fill(run, interval="2h")
        await run.settle()
        assert "should be a time" not in run.text
        await run.press(*["down"] * 5, "right")
        assert_screen(run.app, "edit-feed-120x40")
        await run.press("enter")
        assert "The [/x] Quay is changed" in run.toasts
        assert labels(run)[-4:] == ["Docks", "The [/x] Quay", "Harbour", "https://tide.example/rss"]
        text = (tmp_path / "config.toml").read_text()
        assert text.startswith(
            '# mine\n[[feeds]]\nurl = "https://quay.example/rss"  # the quay\nfolder = "Docks"\n'
        )
        feed = load(tmp_path / "config.toml")[0].feeds[0]
        assert (feed.title, feed.interval, feed.paused) == ("The [/x] Quay", 7200, True)
        await run.press("e")
        fill(run, title="", folder="", interval="")
        await run.press(*["down"] * 5, "right", "enter")
        feed = load(tmp_path / "config.toml")[0].feeds[0]
        assert (feed.title, feed.folder, feed.interval, feed.paused) == ("", "", None, False)


async def test_what_was_written_by_hand_meanwhile_stays(tmp_path: Path) -> None:
    async with opened(tmp_path) as shelf, running(shelf) as run:
        file = tmp_path / "config.toml"
        by_hand = CONFIG.replace("# the quay\n", '# the quay\ninterval = "2h"  # slow\n')
        file.write_text(by_hand.replace('any = ["toll"]', 'any = ["toll"]\nnone = ["bell"]  # not these'))
        feed = next(feed for feed in await shelf.feeds.all() if "quay" in feed.url)
        line(run, View(ViewKind.FEED, str(feed.id)))
        await run.press("e")
        fill(run, title="The Quay", folder="Harbour")
        await run.press("enter")
        assert 'interval = "2h"  # slow' in file.read_text() and 'title = "The Quay"' in file.read_text()
        await shelf.settings.reload()
        watch = next(one for one in shelf.config.watches if one.name == "Tolls")
        file.write_text(file.read_text().replace('none = ["bell"]', 'none = ["bell", "fee"]'))
        await shelf.watches.save(replace(watch, color="red"), "Tolls")
        text = file.read_text()
        assert 'none = ["bell", "fee"]  # not these' in text and 'color = "red"' in text


async def test_labels_and_full_text_of_a_feed_are_changed(tmp_path: Path) -> None:
    async with opened(tmp_path) as library, running(library) as run:
        line(run, View(ViewKind.FEED, "1"))
        await run.press("e")
        fill(run, labels="daily,  sea , ")
        await run.press(*["down"] * 4, "right")
        assert "[full text of new articles]" in run.text
        await run.press("enter")
        feed = load(tmp_path / "config.toml")[0].feeds[0]
        assert feed.labels == ("daily", "sea") and feed.full_text and not feed.paused
        await run.press("e")
        assert "daily, sea" in run.text and "[full text of new articles]" in run.text
        fill(run, labels="")
        await run.press(*["down"] * 4, "left", "enter")
        feed = load(tmp_path / "config.toml")[0].feeds[0]
        assert feed.labels == () and not feed.full_text
        assert "labels" not in (tmp_path / "config.toml").read_text()


async def test_a_folder_is_renamed_wherever_it_is_named(tmp_path: Path) -> None:
    async with opened(tmp_path) as library, running(library) as run:
        line(run, View(ViewKind.FOLDER, "Harbour"))
        await run.press("enter")
        await run.press("h", "e")
        fill(run, name="港口")
        await run.press("enter")
        assert run.main.session.view == View(ViewKind.FOLDER, "港口") and "港口" in labels(run)
        config, problems = load(tmp_path / "config.toml")
        assert problems == () and {feed.folder for feed in config.feeds} == {"港口"}
        assert config.watches[0].feeds == ("港口",) and config.mutes[0].feed == "港口"
        assert 'name = "Tolls"  # roads' in (tmp_path / "config.toml").read_text()
        line(run, View(ViewKind.FOLDER, "港口"))
        await run.press("d")
        assert "A folder disappears with its last feed" in run.toasts
        await run.press("e")
        fill(run, name="")
        await run.press("enter")
        assert run.main.session.view == views.ALL
        assert {feed.folder for feed in load(tmp_path / "config.toml")[0].feeds} == {""}


async def test_a_feed_is_removed_after_a_question(tmp_path: Path) -> None:
    async with opened(tmp_path) as library, running(library) as run:
        line(run, View(ViewKind.FEED, "2"))
        await run.press("enter")
        await run.press("h", "d")
        assert "Unsubscribe from https://tide.example/rss?" in run.text
        await run.press("escape")
        assert len(library.config.feeds) == 2
        await run.press("d", "enter")
        assert [feed.url for feed in library.config.feeds] == ["https://quay.example/rss"]
        assert run.main.session.view == views.ALL and "https://tide.example/rss" not in labels(run)


async def test_a_watch_is_removed_from_the_table_and_the_sidebar(tmp_path: Path) -> None:
    async with opened(tmp_path) as library, running(library) as run:
        await run.press("w")
        await run.press("d")
        assert "Remove the watch Tolls?" in run.text
        await run.press("enter")
        assert isinstance(run.app.screen, Watches) and "No watches yet. W makes one." in run.text
        assert library.config.watches == () and "[[watch]]" not in (tmp_path / "config.toml").read_text()
    async with opened(tmp_path) as library, running(library) as run:
        line(run, View(ViewKind.WATCH, "Tolls"))
        await run.press("delete", "enter")
        assert library.config.watches == () and "Tolls" not in labels(run)


async def test_the_health_edits_and_removes_too(tmp_path: Path) -> None:
    async with opened(tmp_path) as library, running(library) as run:
        await run.press("H")
        await run.press("e")
        fill(run, title="First")
        await run.press("enter")
        assert isinstance(run.app.screen, Health) and "First" in run.text
        await run.press("d", "enter")
        assert len(library.config.feeds) == 1 and isinstance(run.app.screen, Health)


async def test_what_cannot_be_written_is_told_in_the_form() -> None:
    error = TuireaderError("config.toml cannot be changed: no space left")
    async with running(sample_library()) as run:
        line(run, View(ViewKind.FEED, "2"))
        with failing(error, run.library.feeds.edit):
            await run.press("e", "enter")
        assert "no space left" in run.text and isinstance(run.app.screen, Form)
        await run.press("escape")
        assert len(run.app.screen_stack) == 2


async def test_there_is_nothing_to_edit_of_the_lists_of_the_house() -> None:
    async with running(sample_library()) as run:
        line(run, views.STARRED)
        for key in "ed":
            await run.press(key)
            assert run.app.screen is run.main and "Choose a feed, a folder, a watch" in run.toasts
            run.app.clear_notifications()


# -- saved searches


async def test_a_search_is_saved_shown_changed_and_removed(tmp_path: Path) -> None:
    async with opened(tmp_path) as library, running(library) as run:
        await run.press("slash", *"toll OR fine")
        await run.press("ctrl+n")
        fill(run, name="Fines")
        await run.press("enter")
        assert "Fines is in the sidebar; d there removes it" in run.toasts
        assert library.searches.saved == (ViewConfig("Fines", "toll OR fine"),)
        assert '[[view]]\nname = "Fines"\nquery = "toll OR fine"' in (tmp_path / "config.toml").read_text()
        assert " Fines · 0 found" in run.text and not run.main.query("#search")
        await run.press("h")
        assert run.focus == "sidebar"
        await run.press("e")
        fill(run, name="罚款", query="toll AND (")
        await run.press("enter")
        assert "The search: " in run.text
        fill(run, query="fine")
        await run.press("enter")
        assert library.searches.saved == (ViewConfig("罚款", "fine"),)
        assert run.main.session.view == View(ViewKind.QUERY, "fine") and "罚款" in labels(run)
        line(run, View(ViewKind.QUERY, "fine"))
        await run.press("d", "enter")
        assert not library.searches.saved and "Searches" not in labels(run)


async def test_what_is_filtered_of_a_list_is_saved() -> None:
    async with running(sample_library()) as run:
        await run.press("F", *"fog", "enter", "V")
        fill(run, name="Fog")
        await run.press("enter")
        assert run.library.config.views == (ViewConfig("Fog", "is:unread is:subscribed fog"),)


@pytest.mark.parametrize(
    ("view", "filter", "expression"),
    [
        (View(ViewKind.QUERY, "a OR b"), "c", "(a OR b) c"),
        (View(ViewKind.QUERY, "a OR b"), "", "a OR b"),
        (View(ViewKind.WATCH, "LP"), "", 'watch:="LP"'),
        (View(ViewKind.FOLDER, "Harbour"), "x", 'folder:="Harbour" x'),
        (View(ViewKind.FEED, "1"), "", 'feed:="The Quay"'),
        (views.STARRED, "", "is:starred"),
        (views.TODAY, "", "is:today is:subscribed"),
        (views.ALL, "", ""),
    ],
)
def test_the_expression_of_a_list(view: View, filter: str, expression: str) -> None:
    feeds = [Feed(1, "https://quay.example/rss", "The Quay", "Harbour")]
    assert views.expression_of(view, filter, feeds) == expression


# -- what has come since last time


async def test_what_has_come_since_last_time(tmp_path: Path) -> None:
    from tests.ui.demo_library import opened as demo

    async with demo(tmp_path) as library, running(library) as run:
        await run.press("L")
        assert "This is the first time" in run.toasts and "New" not in labels(run)
        await library.lists.away_since()  # leaves
    async with demo(tmp_path) as library, running(library) as run:
        await run.press("L")  # the demo brings nothing new the second time
        assert "Nothing has come since last time" in run.toasts
    async with demo(tmp_path) as library:
        newest = max(await library.lists.ids(views.ALL))
        rows = await library.lists.rows([newest])
        library.lists.new_view = View(ViewKind.NEW, str(newest - 1))
        async with running(library) as run:
            assert labels(run)[0] == "New"
            await run.press("L")
            assert list(run.main.articles.ids) == [newest] and rows[0].title[:20] in run.text
            assert "New since last time · 1 unread" in run.text
            await run.press("A", "ctrl+z")
            assert run.main.session.counts.new.unread == 1


# -- keys


async def test_keys_of_the_tables_can_be_changed(tmp_path: Path) -> None:
    keys = '[keys]\nedit_this = "b"\nremove_this = "x"\nmove_down = "s"\n'
    async with opened(tmp_path, CONFIG + keys) as library, running(library) as run:
        await run.press("w")
        assert "b Edit" in run.text and "x Remove" in run.text
        await run.press("e", "d")
        assert isinstance(run.app.screen, Watches)
        for key in ("b", "escape", "x"):
            await run.press(key)
        assert "Remove the watch Tolls?" in run.text
        for key in ("escape", "escape", "H", "s"):
            await run.press(key)
        screen = run.app.screen
        assert isinstance(screen, Health) and screen.table.cursor == 1


async def test_marks_say_what_they_did_once() -> None:
    async with running(sample_library()) as run:
        await run.press("s")
        assert run.toasts == "Starred · ^z undoes"
        await run.press("s", "m")
        assert run.toasts == "Read · ^z undoes"
        await run.press("ctrl+z")
        assert "Undone: 1 marked read" in run.toasts
    async with running(sample_library("[keys]\nundo = []")) as run:
        await run.press("s")
        assert run.toasts == "Starred · Undo undoes"


@pytest.mark.parametrize("size", [(80, 24), (60, 20), (40, 12), (20, 5)])
async def test_any_size(tmp_path: Path, size: tuple[int, int]) -> None:
    async with opened(tmp_path) as library, running(library, size) as run:
        line(run, View(ViewKind.FEED, "1"))
        await run.press("e")
        screen_text(run.app)
        await run.press("escape", "d")
        screen_text(run.app)
        await run.press("escape")
        await run.main.run_command("tour")
        await run.settle()
        screen_text(run.app)
        await run.press("enter")
        assert run.app.screen is run.main
