"""Find commands: help, tour, and the palette of commands, views and themes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from functools import partial

from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from tuireader.commands import BY_ID, COMMANDS, Group, keys_label
from tuireader.errors import TuireaderError
from tuireader.ui.controllers.wiring import Controllers
from tuireader.ui.flows.articles import run_macro
from tuireader.ui.flows.context import Asking, Outcome
from tuireader.ui.workers import run_latest


async def show_help(main: Controllers, ask: Asking) -> Outcome | None:
    """Show all keys, and run the chosen command."""
    from tuireader.ui.dialogs.help import Help

    macros = main.library.config.macros
    command_id = await ask(Help(main.host.keys_of, macros))
    macro = next((macro for macro in macros if f"macro {macro.key}" == command_id), None)
    if macro is not None:
        return run_macro(main, macro)
    return None if command_id is None else Outcome(run=(command_id,))


async def show_tour(main: Controllers, ask: Asking) -> None:
    """Show the few keys to learn first."""
    from tuireader.ui.dialogs.help import Tour

    await ask(Tour(main.host.keys_of))


Entry = tuple[str, str, Callable[[], Awaitable[None]]]

_THEME = "Theme "
_LIKELY = (
    "refresh_all", "search", "add_feed", "new_watch", "watches", "mark_list_read", "mute", "filter", "sort",
    "show_hide_read", "full_text", "related", "story", "follow_story", "labels", "save", "comments",
    "save_view", "feed_health", "show_new", "undo", "settings", "edit_config", "help", "tour", "quit",
)  # fmt: skip
"""Commands that people look for in the palette before they have used it."""


class Palette(CommandPalette):
    """Textual's palette, without halves of wide characters left beside a shrinking list."""

    def on_mount(self) -> None:
        """Repaint the whole screen after each layout change: Textual repaints only what was covered."""
        self.screen_layout_refresh_signal.subscribe(self, lambda _: self.refresh())


def _entries(main: Controllers, ask: Asking) -> Iterator[Entry]:
    for command in COMMANDS:
        if command.id in ("palette", "open_link") or not command.on_main:
            continue
        keys = keys_label(main.host.keys_of.get(command.id, ()))
        about = f"{keys}  {command.help}" if keys else command.help
        yield command.title, about, partial(ask.flows.apply, Outcome(run=(command.id,)))
    for item in main.panes.sidebar.items:
        if item.view is not None:
            go = partial(ask.flows.apply, Outcome(view=item.view))
            yield f"Go to {item.label}", f"{item.unread} unread", go
    for theme in sorted(main.host.available_themes):
        yield f"{_THEME}{theme}", "Use this theme and save it", partial(_use_theme, main, ask, theme)


async def _by_use(main: Controllers, ask: Asking) -> list[Entry]:
    """Sort the entries: most used first, then most likely, cursor movement last."""
    used = await main.library.settings.palette_uses()
    often, likely = Counter(used), [BY_ID[command].title for command in _LIKELY]
    order = {name: number for number, name in enumerate(dict.fromkeys([*used, *likely]))}
    moving = {command.title for command in COMMANDS if command.group is Group.MOVE}

    def place(entry: Entry) -> tuple[int, int, bool]:
        name = entry[0]
        return -often[name], order.get(name, len(order)), name in moving or name.startswith(_THEME)

    return sorted(_entries(main, ask), key=place)


async def _use(main: Controllers, name: str, call: Callable[[], Awaitable[None]]) -> None:
    run_latest(main.panes, partial(main.library.settings.note_palette_use, name), "palette")
    await call()


async def _use_theme(main: Controllers, ask: Asking, theme: str) -> None:
    main.host.theme = theme
    library = main.library
    try:
        await library.settings.set_theme(theme)
    except (TuireaderError, OSError) as error:
        said = f"Theme {theme} until you quit: {error}"
        await ask.flows.apply(Outcome(said=said, severity="warning", seconds=10))
    else:
        kept = "until the demo ends" if library.offline else f"saved to {library.paths.config}"
        await ask.flows.apply(Outcome(said=f"Theme {theme}\n{kept}"))


async def open_palette(main: Controllers, ask: Asking) -> None:
    """Open the palette; it runs the chosen entry."""

    class Commands(Provider):
        """Entries for Textual's palette."""

        async def discover(self) -> Hits:
            for name, about, call in await _by_use(main, ask):
                yield DiscoveryHit(Content(name), partial(_use, main, name, call), name, about)

        async def search(self, query: str) -> Hits:
            matcher = self.matcher(query)
            for name, about, call in await _by_use(main, ask):
                score = matcher.match(name)
                if score > 0:
                    use = partial(_use, main, name, call)
                    yield Hit(score, matcher.highlight(name), use, text=name, help=about)

    main.host.push_screen(Palette(providers=[Commands], placeholder="Command, view, feed or theme"))
