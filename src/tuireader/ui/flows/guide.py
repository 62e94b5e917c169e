"""Find commands: help, tour, and the palette of commands, views and themes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from msgspec.structs import replace

from tuireader.commands import BY_ID, COMMANDS, Group, Scope, keys_label
from tuireader.config import Themes
from tuireader.config.settings import find, without_secrets
from tuireader.errors import TuireaderError
from tuireader.ui.controllers.wiring import Controllers
from tuireader.ui.dialogs.pickers import ThemePicker, menu
from tuireader.ui.flows.articles import run_macro
from tuireader.ui.flows.context import Asking, Outcome
from tuireader.ui.status import acts, pane_commands
from tuireader.ui.workers import run_latest

if TYPE_CHECKING:
    from tuireader.ui.dialogs.palette import Entry


async def show_help(main: Controllers, ask: Asking) -> Outcome | None:
    """Show all keys, those of the focused pane first, and run the chosen command."""
    from tuireader.ui.dialogs.help import Help

    macros, panes = main.library.config.macros, main.panes
    place = Scope.SIDEBAR if panes.in_sidebar else Scope.ARTICLE if panes.in_article else Scope.LIST
    command_id = await ask(Help(main.host.keys_of, place, macros))
    macro = next((macro for macro in macros if f"macro {macro.key}" == command_id), None)
    if macro is not None:
        return run_macro(main, macro)
    return None if command_id is None else Outcome(run=(command_id,))


async def show_tour(main: Controllers, ask: Asking) -> Outcome | None:
    """Show the few keys to learn first; pressing one of them also does what it says."""
    from tuireader.ui.dialogs.help import Tour

    command_id = await ask(Tour(main.host.keys_of))
    return None if command_id is None else Outcome(run=(command_id,))


async def show_menu(main: Controllers, ask: Asking) -> Outcome | None:
    """Show the commands for what is chosen that have keys, and run the one to use."""
    more = _SIDEBAR_MENU if main.panes.in_sidebar else _MENU
    fitting = (each for each in pane_commands(main.session, main.panes) if each == "open" or acts(each))
    commands = dict.fromkeys((*fitting, *more))
    keys = {keys[0]: BY_ID[each] for each in commands if (keys := main.host.keys_of.get(each))}
    key = await ask(menu({key: command.title for key, command in keys.items()}))
    return None if key is None else Outcome(run=(keys[key].id,))


# in addition to those of the footer
_MENU = ("open_browser", "copy_url", "labels", "save", "share", "mute", "new_watch")
_SIDEBAR_MENU = ("mark_list_read", "show_hide_read_feeds", "sort", "add_feed")
_THEME = "Theme "
_THEME_ALIASES = ("colorscheme", "color scheme", "colour scheme", "appearance")
_LIKELY = (
    "refresh_all", "search", "add_feed", "new_watch", "watches", "import", "mark_list_read", "mute",
    "filter", "sort", "show_hide_read", "full_text", "related", "story", "follow_story", "labels", "save",
    "share", "comments", "save_view", "feed_health", "show_new", "undo", "settings", "theme", "edit_config",
    "help", "tour", "quit",
)  # fmt: skip
"""Commands that people look for in the palette before they have used it."""
_HINTS = ("help", "settings", "add_feed", "tour")  # offered after a miss


def _entries(main: Controllers) -> Iterator[Entry]:
    """All entries; what they do is an outcome, or the name of a theme to use."""
    from tuireader.ui.dialogs.palette import Entry

    for command in COMMANDS:
        if command.id in ("palette", "command_line", "goto_line", "open_link") or not command.on_main:
            continue
        keys = keys_label(main.host.keys_of.get(command.id, ()))
        does = Outcome(run=(command.id,))
        yield Entry(command.title, command.help, does, keys, command.aliases)
    for item in main.every_item():
        if item.view is not None:
            yield Entry(f"Go to {item.label}", f"{item.unread} unread", Outcome(view=item.view))
    for name, theme in main.host.themes.items():
        aliases = (*_THEME_ALIASES, f"{'dark' if theme.dark else 'light'} mode")
        yield Entry(f"{_THEME}{name}", "Use this theme and save it", name, aliases=aliases)


async def _by_use(main: Controllers) -> list[Entry]:
    """Sort the entries: most used first, then most likely, cursor movement last."""
    used = await main.library.settings.palette_uses()
    often, likely = Counter(used), [BY_ID[command].title for command in _LIKELY]
    order = {name: number for number, name in enumerate(dict.fromkeys([*used, *likely]))}
    moving = {command.title for command in COMMANDS if command.group is Group.MOVE}

    def place(entry: Entry) -> tuple[int, int, bool]:
        name = entry.name
        return -often[name], order.get(name, len(order)), name in moving or name.startswith(_THEME)

    return sorted(_entries(main), key=place)


async def choose_theme(main: Controllers, ask: Asking) -> Outcome | None:
    """Show themes while moving through their list, then use and save the chosen one."""
    host, configured = main.host, main.library.config.ui.theme
    followed = host.theme if configured.follow else Themes().on(host.on_dark)
    themes = {"": host.themes[followed], **host.themes}
    own = [theme.name for theme in main.library.config.themes]
    host.previews = True
    name = await ask(ThemePicker(themes, own, "" if configured.follow else host.theme))
    host.previews = False
    if name is None:
        host.take_theme()
        return None
    return await keep_theme(main, name)


async def keep_theme(main: Controllers, name: str) -> Outcome:
    """Use a theme and save it: for this background only if the terminal reports its background."""
    host, library, before = main.host, main.library, main.library.config.ui.theme
    if not name:
        themes, name = before if before.follow else Themes(), "as the terminal is"
    else:
        host.theme = name
        follows = before.follow and host.background_known and host.themes[name].dark == host.on_dark
        side = {"dark" if host.on_dark else "light": name}
        themes = replace(before, **side) if follows else Themes(name, name)
    setting = find("ui.theme", library.config)
    try:
        await library.settings.set(setting, setting.key.kind.write(themes))
    except (TuireaderError, OSError) as error:
        return Outcome(said=f"Theme {name} until you quit: {error}", severity="warning", seconds=10)
    if themes.follow:
        host.take_theme()  # the terminal may have changed meanwhile
    host.reloaded.publish(None)
    kept = "until the demo ends" if library.offline else f"saved to {library.paths.config}"
    return Outcome(said=f"Theme {name}\n{kept}")


async def open_palette(main: Controllers, ask: Asking) -> Outcome | None:
    """Open the palette, and run the chosen entry."""
    entry = await choose_entry(main, ask)
    return None if entry is None else await run_entry(main, entry)


async def choose_entry(
    main: Controllers,
    ask: Asking,
    more: Sequence[Entry] = (),
    *,
    read: Callable[[str], Sequence[Entry]] | None = None,
    begins: str = "",
) -> Entry | None:
    """Let the user choose in the palette, or in a command line that is `read`, and remember the choice.

    A line with a password is not remembered.
    """
    from tuireader.ui.dialogs.palette import Palette

    history = await main.library.settings.palette_uses()
    entries = [*await _by_use(main), *more]
    named = {entry.name: entry for entry in entries}
    hints = [named[BY_ID[command].title] for command in _HINTS]
    history = [name for name in history if read is not None or name in named]
    entry = await ask(Palette(entries, hints, read=read, history=history, begins=begins))
    if entry is not None and all(word == without_secrets(word) for word in entry.name.split()):
        run_latest(main.panes, partial(main.library.settings.note_palette_use, entry.name), "palette")
    return entry


async def run_entry(main: Controllers, entry: Entry) -> Outcome:
    """Do what an entry says: an outcome, or the name of a theme to use."""
    return entry.does if isinstance(entry.does, Outcome) else await keep_theme(main, str(entry.does))
