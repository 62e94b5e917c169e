"""Feeds, folders, watches and saved searches changed from the sidebar and the tables."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.ui.demo_library import opened as opened_demo
from tests.ui.running import Running, running
from tests.ui.samples import CONFIG
from tests.ui.samples import library as sample_library
from tests.ui.shelf import configured, failing, written
from tests.ui.snap import assert_screen
from tuireader.config import FeedConfig, ViewConfig, loads
from tuireader.errors import TuireaderError
from tuireader.model import Feed, View, ViewKind
from tuireader.ui import views
from tuireader.ui.dialogs.form import Form
from tuireader.ui.screens.health import Health
from tuireader.ui.screens.watches import Watches


async def test_a_feed_is_edited(own: Running) -> None:
    own.select(View(ViewKind.FEED, "1"))
    await own.press("e")
    assert "https://quay.example/rss" in own.text and "Folders: Harbour" in own.text
    await own.submit(title="The [/x] Quay", folder="Docks", interval="soon")
    assert 'should be a time such as "30m"' in own.text and own.written == CONFIG
    own.fill(interval="2h")
    await own.settle()
    assert "should be a time" not in own.text
    await own.press(*["down"] * 5, "right")
    assert_screen(own.app, "edit-feed-120x40")
    await own.press("enter")
    assert "The [/x] Quay saved" in own.toasts
    assert own.labels[-4:] == ["Docks", "The [/x] Quay", "Harbour", "https://tide.example/rss"]
    start = '# mine\n[[feeds]]\nurl = "https://quay.example/rss"  # the quay\nfolder = "Docks"\n'
    assert own.written.startswith(start)
    feed = loads(own.written)[0].feeds[0]
    assert (feed.title, feed.interval, feed.paused) == ("The [/x] Quay", 7200, True)
    await own.press("e")
    own.fill(title="", folder="", interval="", labels="daily,  sea , ")
    await own.press(*["down"] * 4, "right")
    assert "[always full]" in own.text
    await own.press("down", "right", "enter")
    quay = FeedConfig("https://quay.example/rss")
    assert loads(own.written)[0].feeds[0] == replace(quay, labels=("daily", "sea"), full_text="on")
    await own.press("e")
    assert "daily, sea" in own.text and "[always full]" in own.text
    own.fill(labels="")
    await own.press(*["down"] * 4, "left", "enter")
    assert loads(own.written)[0].feeds[0] == quay and "labels" not in own.written


async def test_a_feed_that_a_server_refuses_can_have_a_user_agent_and_cookies(tmp_path: Path) -> None:
    refused = "a bot check answers; try user_agent, cookies or headers for this feed, or another address"
    async with configured(tmp_path, CONFIG) as library:
        with written(library) as store:
            store.conn.execute("UPDATE feed SET fault = 'blocked', last_error = ? WHERE id = 1", (refused,))
        async with running(library) as run:
            await run.press("H", "e")
            await run.submit(user_agent="Mozilla/5.0 (X11)", cookies="cookies.txt")
            feed = loads(run.written)[0].feeds[0]
            assert (feed.user_agent, feed.cookies) == ("Mozilla/5.0 (X11)", "cookies.txt")
            run.app.clear_notifications()
            await run.press("down", "e")
            assert "Folder" in run.text and "Agent" not in run.text


async def test_what_was_written_by_hand_meanwhile_stays(own: Running) -> None:
    file = own.library.paths.config
    by_hand = CONFIG.replace("# the quay\n", '# the quay\ninterval = "2h"  # slow\n')
    file.write_text(by_hand.replace('any = ["toll"]', 'any = ["toll"]\nnone = ["bell"]  # not these'))
    own.select(View(ViewKind.FEED, "1"))
    await own.press("e")
    await own.submit(title="The Quay", folder="Harbour")
    assert 'interval = "2h"  # slow' in own.written and 'title = "The Quay"' in own.written
    await own.library.settings.reload()
    file.write_text(own.written.replace('none = ["bell"]', 'none = ["bell", "fee"]'))
    await own.library.watches.save(replace(own.library.config.watches[0], color="red"), "Tolls")
    assert 'none = ["bell", "fee"]  # not these' in own.written and 'color = "red"' in own.written


async def test_a_folder_is_renamed_wherever_it_is_named_and_a_feed_removed(own: Running) -> None:
    own.select(View(ViewKind.FOLDER, "Harbour"))
    await own.press("enter")
    await own.press("h", "e")
    await own.submit(name="港口")
    assert own.main.session.view == View(ViewKind.FOLDER, "港口") and "港口" in own.labels
    config, problems = loads(own.written)
    assert problems == () and {feed.folder for feed in config.feeds} == {"港口"}
    assert config.watches[0].feeds == ("港口",) and config.mutes[0].feed == "港口"
    assert 'name = "Tolls"  # roads' in own.written
    own.select(View(ViewKind.FOLDER, "港口"))
    await own.press("d")
    assert "A folder disappears with its last feed" in own.toasts
    await own.press("e")
    await own.submit(name="")
    assert own.main.session.view == views.ALL
    assert {feed.folder for feed in loads(own.written)[0].feeds} == {""}
    own.select(View(ViewKind.FEED, "2"))
    await own.press("enter")
    await own.press("h", "d")
    assert "Unsubscribe from https://tide.example/rss?" in own.text
    await own.press("escape")
    assert len(own.library.config.feeds) == 2
    await own.press("d", "enter")
    assert [feed.url for feed in own.library.config.feeds] == ["https://quay.example/rss"]
    assert own.main.session.view == views.ALL and "https://tide.example/rss" not in own.labels


async def test_what_cannot_be_edited_or_written_is_told(run: Running) -> None:
    run.select(views.STARRED)
    for key in "ed":
        await run.press(key)
        assert run.app.screen is run.main and "Select a feed, folder, watch" in run.toasts
        run.app.clear_notifications()
    run.select(View(ViewKind.FEED, "2"))
    with failing(TuireaderError("config.toml cannot be changed: no space left"), run.library.feeds.edit):
        await run.press("e", "enter")
    assert "no space left" in run.text and isinstance(run.app.screen, Form)
    await run.press("escape")
    assert len(run.app.screen_stack) == 1


# -- saved searches


async def test_a_search_is_saved_shown_changed_and_removed(own: Running) -> None:
    await own.press("slash")
    await own.write("toll OR fine")
    await own.press("ctrl+n")
    await own.submit(name="Fines")
    assert "Saved as Fines · d in the sidebar removes it" in own.toasts
    assert own.library.searches.saved == (ViewConfig("Fines", "toll OR fine"),)
    assert '[[view]]\nname = "Fines"\nquery = "toll OR fine"' in own.written
    assert " Fines   0 found" in own.text and not own.main.query("#search")
    await own.press("h")
    assert own.focus == "sidebar"
    await own.press("e")
    await own.submit(name="罚款", query="toll AND (")
    assert "The search: " in own.text
    await own.submit(query="fine")
    assert own.library.searches.saved == (ViewConfig("罚款", "fine"),)
    assert own.main.session.view == View(ViewKind.QUERY, "fine") and "罚款" in own.labels
    own.select(View(ViewKind.QUERY, "fine"))
    await own.press("d", "enter")
    assert not own.library.searches.saved and "Searches" not in own.labels


async def test_what_is_filtered_of_a_list_is_saved(run: Running) -> None:
    await run.press("F", *"fog", "enter", "V")
    await run.submit(name="Fog")
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
    async with opened_demo(tmp_path) as library, running(library) as run:
        await run.press("L")
        assert "Nothing to compare with yet" in run.toasts and "New" not in run.labels
        await library.lists.away_since()  # leaves
    async with opened_demo(tmp_path) as library, running(library) as run:
        await run.press("L")  # the demo brings nothing new the second time
        assert "Nothing new since last time" in run.toasts
    async with opened_demo(tmp_path) as library:
        newest = max(await library.lists.ids(views.ALL))
        rows = await library.lists.rows([newest])
        library.lists.new_view = View(ViewKind.NEW, str(newest - 1))
        async with running(library) as run:
            assert run.labels[0] == "New"
            await run.press("L")
            assert list(run.main.articles.ids) == [newest] and rows[0].title[:20] in run.text
            assert "New since last time   1 unread" in run.text
            await run.press("A", "ctrl+z")
            assert run.main.session.counts.new.unread == 1


# -- keys


async def test_keys_of_the_tables_can_be_changed(tmp_path: Path) -> None:
    keys = '[keys]\nedit_this = "f9"\nremove_this = "T"\nmove_down = "Z"\n'
    async with configured(tmp_path, CONFIG + keys) as library, running(library) as run:
        await run.press("w")
        assert "F9 edit" in run.text and "T remove" in run.text
        await run.press("e", "d")
        assert isinstance(run.app.screen, Watches)
        for key in ("f9", "escape", "T"):
            await run.press(key)
        assert "Remove the watch Tolls?" in run.text
        for key in ("escape", "escape", "H", "f9"):
            await run.press(key)
        await run.submit(title="First")
        await run.press("Z")
        screen = run.app.screen
        assert isinstance(screen, Health) and screen.table.cursor == 1 and "First" in run.text


async def test_marks_say_what_they_did_once(run: Running) -> None:
    await run.press("s")
    assert run.toasts == "Starred · ^z undoes"
    await run.press("s", "m")
    assert run.toasts == "Read · ^z undoes"
    await run.press("ctrl+z")
    assert "Undone: 1 article marked read" in run.toasts
    async with running(sample_library("[keys]\nundo = []")) as run:
        await run.press("s")
        assert run.toasts == "Starred · Undo undoes"
