"""The settings screen: find a setting, edit it in place, see the effect, take it back."""

from __future__ import annotations

import pytest

from tests.ui.running import Running
from tests.ui.samples import CONFIG
from tests.ui.snap import assert_screen
from tuireader.commands import Command
from tuireader.config.settings import settings
from tuireader.ui.dialogs.form import Form
from tuireader.ui.linear import page_words
from tuireader.ui.screens.settings import SettingsScreen
from tuireader.ui.widgets.choices import Choices


def screen(run: Running) -> SettingsScreen:
    return run.screen(SettingsScreen)


def row(run: Running) -> dict[str, str]:
    """The cells of the row under the cursor."""
    return run.rows(SettingsScreen)[screen(run).table.cursor]


def section(run: Running) -> str:
    index = screen(run).query_one(Choices)
    return index.current or ""


def about(run: Running) -> str:
    return "\n".join("".join(text for text, _ in line) for line in screen(run).facts.lines)


async def look_for(run: Running, words: str) -> None:
    """Open the settings, and put the cursor on the first one with these words."""
    await run.press("=", "/")
    await run.write(words)
    await run.press("enter")


async def test_a_setting_is_found_changed_seen_and_taken_back(own: Running) -> None:
    before = own.written
    await look_for(own, "sidebar wid")
    assert screen(own).table.keys == ["ui.sidebar"]
    assert row(own)["value"] == "24" and "ui.sidebar  Width of the sidebar." in about(own)
    await own.press("enter", "ctrl+u")
    await own.write("40")
    await own.press("enter")
    assert row(own) == {
        "sign": "•", "title": "Sidebar", "value": "40",
        "takes": "a whole number from 12 to 80", "about": "Width of the sidebar.",
    }  # fmt: skip
    assert own.main.sidebar.size.width == 42
    assert own.written == before.rstrip("\n") + "\n\n[ui]\nsidebar = 40\n"
    await own.press("ctrl+z")
    assert "Undone: ui.sidebar changed" in own.toasts
    assert own.written == before and own.main.sidebar.size.width == 26 and row(own)["value"] == "24"
    await own.press("escape")
    assert {*screen(own).items} > {setting.path for setting in settings(own.library.config)}  # search is over
    await own.press("escape")
    assert own.app.screen is own.main


async def test_a_wrong_value_is_explained_at_its_key_and_changes_nothing(own: Running) -> None:
    before = own.written
    await look_for(own, "ui.width")
    await own.press("enter", "ctrl+u")
    await own.write("9")
    await own.press("enter")
    assert "ui.width should be a whole number from 20 to 400, not the number 9" in own.text
    assert "Maximum width of an article's text." in own.text and own.written == before
    await own.write("0")
    assert "should be" not in own.text
    await own.press("enter")
    assert row(own)["value"] == "90"
    await own.press("enter", "ctrl+u", "enter")  # nothing: the default
    assert row(own)["value"] == "84" and "[ui]" in own.written and "width" not in own.written
    await own.press("enter", "5", "escape")
    assert row(own)["value"] == "84" and isinstance(own.app.screen, SettingsScreen)


async def test_choices_and_switches(own: Running) -> None:
    await look_for(own, "ui.sort")
    await own.press("enter", "right", "enter")
    assert row(own)["value"] == "oldest" and own.main.session.sort == "oldest"
    await own.press("d")
    assert row(own)["value"] == "date" and own.main.session.sort == "date"
    await own.press("/", "ctrl+u")
    await own.write("author\r")
    assert row(own)["title"] == "Author column"
    await own.press("space")
    assert own.library.config.ui.author_column and own.app.row_options.authors
    await own.write("  ")
    assert own.library.config.ui.author_column


async def test_themes_are_chosen_from_their_list(own: Running) -> None:
    await look_for(own, "ui.theme")
    assert row(own)["value"] == "tuireader-dark, tuireader-light"
    await own.press("enter")
    await own.write("nord")
    await own.press("escape")
    assert own.app.theme == "tuireader-dark" and row(own)["sign"] == ""
    await own.press("enter")
    await own.write("nord\r")
    assert own.app.theme == row(own)["value"] == "nord" and 'theme = "nord"' in own.written
    await own.press("ctrl+z")
    assert own.app.theme == "tuireader-dark" and row(own)["sign"] == ""


async def test_keys_are_bound_here_and_clashes_refused(own: Running) -> None:
    await look_for(own, "keys.zen")
    await own.press("enter", "ctrl+u")
    await own.write("Z ^b\r")
    assert row(own)["value"] == "Z ^b" and own.library.config.keys["zen"] == ("Z", "^b")
    await own.press("enter", "ctrl+u")
    await own.write("n\r")
    assert "keys.zen 'n' is taken from next_unread" in own.text
    await own.press("ctrl+u")
    await own.write("frob\r")
    assert "keys.zen 'frob' is not a key" in own.text
    await own.press("escape")
    assert row(own)["value"] == "Z ^b"


async def test_passwords_are_not_shown(own: Running) -> None:
    path = own.library.paths.config
    path.write_text(CONFIG + 'proxy = "http://me:s3cret@localhost:3128"\n')
    await own.library.settings.reload()
    await look_for(own, "fetch.proxy")
    assert row(own)["value"] == "http://me:••••@localhost:3128"
    await own.press("enter")
    await own.write("http://u:p@x")
    assert "s3cret" not in own.text and "p@x" not in own.text
    await own.press("ctrl+u", "enter")
    assert "me:s3cret@" in own.written
    await own.press("enter")
    await own.write("http://localhost:8080\r")
    assert 'proxy = "http://localhost:8080"' in own.written


async def test_problems_of_the_file_stand_at_their_keys(own: Running) -> None:
    own.library.paths.config.write_text(CONFIG + "[ui]\nwidth = 5  # narrow\n")
    await own.library.settings.reload()
    await look_for(own, "ui.width")
    assert row(own)["sign"] == "!" and "not the number 5" in about(own)
    await own.press("d")
    assert row(own)["sign"] == "" and "narrow" not in own.written and "[ui]" in own.written


async def test_sections(own: Running) -> None:
    await own.press("=", "tab")
    assert section(own) == "Fetch"
    await own.press("shift+tab", "shift+tab")
    assert section(own) == "Keys"
    await own.press("k")
    assert section(own) == "Lists"
    await own.press("g", "k")
    assert row(own)["title"] == "Theme" and screen(own).table.scroll_offset.y == 0


async def test_nothing_is_there_by_that_name(own: Running) -> None:
    await look_for(own, "podcatcher")
    assert "No setting has “podcatcher”; the palette (^p) finds commands" in own.text
    await own.press("tab", "enter", "d", "escape")
    assert row(own)["title"] == "Theme"


async def test_clicks(own: Running) -> None:
    await own.press("=")
    await own.click("SettingsScreen Choices", (3, 3))
    assert section(own) == "Fetch"
    await own.click("#table", (10, 2))
    at = screen(own).table.current
    await own.click("#table", (10, 2))
    await own.press("escape")
    assert screen(own).table.current == at


async def test_the_demo_saves_nothing(demo: Running) -> None:
    before = demo.written
    await look_for(demo, "ui.width")
    await demo.press("enter", "ctrl+u")
    await demo.write("60\r")
    assert demo.library.config.ui.width == 60 and len(demo.library.config.watches) == 3
    assert len(demo.library.config.feeds) == 9
    await demo.press("escape")
    assert "demo: nothing is saved" in demo.text
    assert_screen(demo.app, "settings-120x40")
    assert demo.written == before
    await demo.press("ctrl+z")
    assert demo.library.config.ui.width == 84


async def test_sizes(own: Running) -> None:
    for size in ((120, 40), (80, 24), (200, 50), (40, 12)):
        await own.resize(*size)
        await own.press("=", "j", "enter")
        await own.resize(100, 30)
        assert "enter saves" in own.text
        await own.resize(*size)
        await own.press("escape", "G", "enter")
        assert own.screen(Form) and "enter saves" in own.text
        await own.press("escape", "escape")


async def test_a_refresh_does_not_disturb(own: Running) -> None:
    await look_for(own, "ui.width")
    await own.press("enter", "ctrl+u", "6")
    await own.main.controllers.reload()
    await own.settle()
    await own.write("0\r")
    assert own.library.config.ui.width == 60


async def test_keys_typed_ahead_reach_their_setting(own: Running) -> None:
    await own.write("=/sidebar wid\r\r\x1540\r")
    assert own.library.config.ui.sidebar == 40 and row(own)["value"] == "40"
    await own.write("\x1b/author\r   \x1b")
    assert own.library.config.ui.author_column
    await own.press("/", *"ui.sort", "enter", "enter", "right", "right", "enter")
    assert own.library.config.ui.sort == "feed" and own.library.config.ui.sidebar == 40


async def test_a_search_goes_to_its_first_match(own: Running) -> None:
    await own.press("=", *"jjj", "/")
    await own.write("ui.s")
    table = screen(own).table
    assert table.keys == [
        "ui.sidebar",
        "ui.show_read",
        "ui.show_quiet_watches",
        "ui.sort",
        "ui.show_read_feeds",
        "ui.sort_feeds",
        "ui.sources_column",
    ]
    assert table.cursor == 0
    await own.write("ort")
    assert table.current == "ui.sort"
    await own.press("enter", "escape")
    assert table.current == "ui.sort"


async def test_values_are_in_sight_on_a_narrow_screen(own: Running) -> None:
    await own.resize(40, 24)
    await look_for(own, "ui.sidebar")
    assert "Sidebar             24" in own.text
    await own.press("tab", "enter", "ctrl+u")
    await own.write("41")
    assert "41" in own.text and "enter saves" in own.text


async def test_images_are_shown_and_hidden(run: Running) -> None:
    images = run.main.controllers.images
    await look_for(run, "ui.images")
    await run.press("enter", "right", "right", "enter")
    assert run.library.config.ui.images == "off" and images.way == "" and not images.on
    assert not run.main.pane.hints  # the key would refuse
    await run.press("d")
    assert images.way


async def test_an_open_article_takes_linear_at_once(run: Running) -> None:
    await run.press("enter")
    page = run.main.pane.page_shown
    assert page is not None and run.focus == "article"
    await look_for(run, "ui.linear")
    await run.press("space")
    assert run.app.linear and run.main.pane.page_shown == page_words(page) != page
    await run.press("space")
    assert run.main.pane.page_shown == page


async def test_a_section_is_named_once(own: Running) -> None:
    """Beside the rows, or above them where there is no room for the index."""
    await own.press("=")
    assert own.text.count("Download") == 1 and "Look" not in "".join(map(str, own.rows()))
    await own.resize(40, 24)
    assert own.text.count("Look") == 1 and own.rows()[0]["title"] == "Look"
    await own.press("tab")
    assert row(own)["title"] == "Refresh on start" and "Fetch" in own.text
    await own.resize(120, 40)
    assert row(own)["title"] == "Refresh on start" and section(own) == "Fetch"


@pytest.mark.parametrize(
    ("words", "title", "opens"),
    [
        ("feeds", "Feeds", "Statistics"),
        ("watches", "Watches", "Watches"),
        ("views", "Searches (views)", "Search"),
        ("accounts", "Accounts", "Miniflux"),
        ("mutes", "Mutes", "Mute"),
        ("themes", "Themes", "nord"),
        ("macros", "Macros", ""),
    ],
)
async def test_lists_are_found_and_lead_to_their_commands(
    demo: Running, words: str, title: str, opens: str
) -> None:
    await look_for(demo, words)
    table = screen(demo).table
    keys = list(table.keys)
    (command,) = {item.id for item in screen(demo).items.values() if isinstance(item, Command)} & set(keys)
    table.move_to(keys.index(command))
    await demo.settle()
    assert row(demo)["title"] == title and "enter opens it; in the reader: " in about(demo)
    assert "enter open" in demo.text and "d default" not in demo.text
    await demo.press("d", "enter")
    assert not isinstance(demo.app.screen, SettingsScreen) and opens in demo.text + demo.toasts


@pytest.mark.parametrize(
    ("path", "keys"),
    [
        ("ui.width", ("ctrl+u", "4", "0", "enter")),
        ("ui.density", ("right", "enter")),
        ("ui.layout", ("right", "right", "enter")),
        ("ui.sidebar", ("ctrl+u", "4", "0", "enter")),
        ("ui.theme", (*"textual-light", "enter")),
    ],
)
async def test_the_reader_behind_shows_a_value_at_once(
    demo: Running, path: str, keys: tuple[str, ...]
) -> None:
    def look() -> tuple[object, ...]:
        panes = demo.main.sidebar.region, demo.main.articles.region, demo.main.pane.region
        behind = demo.text.splitlines()[:14]
        return (*panes, demo.app.is_cosy, demo.app.theme, demo.main.pane.text_width, *behind)

    await demo.press("enter", "h")
    await look_for(demo, path)
    before = look()
    await demo.press("enter", *keys)
    assert isinstance(demo.app.screen, SettingsScreen) and look() != before
    await demo.press("ctrl+z")
    assert look() == before
    await demo.press("enter", *keys[:-1], "escape")
    assert look() == before, "given up"
