"""The command palette: in the order of use, found by many words, with themes that are kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui.running import Running, running
from tests.ui.samples import CONFIG
from tests.ui.shelf import configured
from tuireader.commands import COMMANDS
from tuireader.model import View, ViewKind
from tuireader.ui.dialogs.help import Help
from tuireader.ui.dialogs.palette import Entry, Palette, find, similar


async def lines(run: Running, typed: str = "") -> list[str]:
    """The names in the palette for what is typed."""
    await run.press("colon")
    await run.write(typed)
    return [entry.name for entry in run.screen(Palette).listed]


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
    await lines(own, "theme nord")
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
    await lines(own, "theme nord")
    own.library.paths.config.write_text(broken, encoding="utf-8")
    await own.press("enter")
    assert own.app.theme == "nord" != before
    assert "Theme nord until you quit: " in own.toasts and "is not TOML" in own.toasts
    assert own.written == broken


# What users of vim, newsboat, NetNewsWire and browsers type, and what then comes first.
TYPED = {
    "settings": ("Settings",), "preferences": ("Settings",), "options": ("Settings",),
    "configuration": ("Settings", "Edit config"), "set": ("Settings",), "toml": ("Edit config",),
    "import": ("Import feeds (OPML)",), "opml": ("Import feeds (OPML)",), "OPML": ("Import feeds (OPML)",),
    "subscribe": ("Add feed",),
    "new feed": ("Add feed",), "rss": ("Add feed",), "unsubscribe": ("Remove",), "delete": ("Remove",),
    "rename": ("Edit",), "reload": ("Refresh all",), "update": ("Refresh all",), "fetch": ("Refresh all",),
    "sync": ("Refresh all", "Sync accounts"), "refresh": ("Refresh all",),
    "quit": ("Quit",), "exit": ("Quit",), "q": ("Quit", "Back/quit"), "q!": ("Quit",), "wq": ("Quit",),
    "theme": ("Theme", "Theme tuireader-dark"), "colorscheme": ("Theme",),
    "dark mode": ("Theme tuireader-dark",), "nord": ("Theme nord",),
    "light": ("Theme tuireader-light",), "light mode": ("Theme tuireader-light",),
    "keys": ("Help",), "shortcuts": ("Help",), "keybindings": ("Help",), "help": ("Help",), "?": ("Help",),
    "signs": ("Help",), "tutorial": ("Tour",),
    "mark all as read": ("Mark list read",), "catch up": ("Mark list read",), "mark unread": ("Read/unread",),
    "favourite": ("Star",), "bookmark": ("Bookmark",), "read later": ("Bookmark",), "tags": ("Labels",),
    "reader view": ("Full text",), "open in browser": ("Browser",), "urls": ("Links",),
    "yank": ("Copy address",),
    "podcast": ("Open file", "Download"), "downloads": ("Queue",), "pictures": ("Images",),
    "killfile": ("Mute",), "block": ("Mute",), "keyword": ("New watch",), "alerts": ("Watches",),
    "notify": ("Channels",), "alert": ("New watch", "Channels"), "mail": ("Channels",),
    "phone": ("Channels",), "webhook": ("Channels",), "slack": ("Channels",),
    "undelivered": ("Outbox",), "add channel": ("Channels",),
    "smart feed": ("Save search",), "grep": ("Search",), "errors": ("Feed health",),
    "hide read": ("Show/hide read",),
    "miniflux": ("Add account",), "log in": ("Add account",), "timeline": ("Story",), "diff": ("Changes",),
    "fullscreen": ("Article only",), "oldest first": ("Sort",), "unread": ("Read/unread",),
    "go to all": ("Go to All",), "harbour": ("Go to Harbour",),
}  # fmt: skip


async def test_words_of_other_programs_find_commands(run: Running) -> None:
    await run.press("ctrl+p")
    palette = run.screen(Palette)
    wrong = {}
    for typed, wanted in TYPED.items():
        palette.line.value = typed
        await run.settle()
        first = tuple(entry.name for entry in palette.listed[: len(wanted)])
        if first != wanted:
            wrong[typed] = first
    assert wrong == {} and len(TYPED) > 40
    palette.line.value = "relo"
    await run.settle()
    assert "Refresh all  · reload " in run.text


async def test_a_miss_says_what_to_try_and_enter_then_shows_the_keys(run: Running) -> None:
    assert await lines(run, "setttngs") == ["Settings"]
    assert "Nothing called “setttngs”. Did you mean one of these?" in run.text
    await run.press("escape")
    assert await lines(run, "xyzzy [/x] " + "z" * 40) == ["Help", "Settings", "Add feed", "Tour"]
    assert "Nothing called “xyzzy [/x] zzzzzzzzzzzzzz…”. Try another word, or ? for keys." in run.text
    await run.press("enter")
    assert isinstance(run.app.screen, Help)


async def test_keys_typed_ahead_go_to_what_the_palette_opens(run: Running) -> None:
    run.post(":search\rfog\r")
    await run.settle()
    assert run.main.session.query == "fog" and list(run.main.articles.ids) == [6]


def entry(name: str, *aliases: str, keys: str = "", about: str = "") -> Entry:
    """An entry that does nothing."""
    return Entry(name, about, None, keys, aliases)


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("", ["Edit", "Read on", "Readability", "Up"]),
        ("edit", ["Edit"]),
        ("read", ["Up", "Read on", "Readability"]),  # an alias that is the very word comes first
        ("rea", ["Read on", "Readability", "Up"]),
        (" ON  read", ["Read on"]),
        ("ability", ["Readability"]),
        ("k", ["Up"]),
        ("cursor", ["Up"]),
        ("rdblt", ["Readability"]),  # letters in order, as nothing else matches
        ("zz", []),
        ("u", ["Up"]),
        ("ß", []),
    ],
)
def test_how_entries_are_found(typed: str, names: list[str]) -> None:
    entries = [
        entry("Edit"),
        entry("Read on"),
        entry("Readability"),
        entry("Up", "read", keys="k ↑", about="Move the cursor up."),
    ]
    matches = find(entries, typed)
    assert [each.name for each, _ in matches] == names
    aliases = [alias for each, alias in matches if each.name == "Up"]
    assert aliases == (["read"] if typed in ("read", "rea") else [""] * ("Up" in names))
    assert find([], typed) == []


def test_what_may_have_been_meant() -> None:
    entries = [entry("Refresh", "reload", "fetch"), entry("Quit", "exit"), entry("Theme", "refetch")]
    assert [each.name for each in similar(entries, "RELOADD")] == ["Refresh"]
    assert similar(entries, "qqqqqqqqq") == [] == similar(entries, "x" * 100_000)


def test_aliases_are_words_in_lower_case_other_than_the_title() -> None:
    for command in COMMANDS:
        assert len(set(command.aliases)) == len(command.aliases)
        for alias in command.aliases:
            assert alias and alias == alias.lower().strip() != command.title.lower(), command.id
