"""The command palette: every command, view and theme by its name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, cast

from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from tuireader.commands import COMMANDS, keys_label
from tuireader.model import View
from tuireader.ui.screens.main import MainScreen

Entry = tuple[str, str, Callable[[], Any]]


class Commands(Provider):
    """Commands of the table, the views of the sidebar, the themes."""

    def _entries(self) -> Iterator[Entry]:
        screen = cast(MainScreen, self.screen)
        for command in COMMANDS:
            if command.id in ("palette", "open_link") or not command.on_main:
                continue
            keys = keys_label(screen.reader.keys_of.get(command.id, ()))
            yield (
                command.title,
                f"{keys}  {command.help}" if keys else command.help,
                partial(screen.run_command, command.id),
            )
        for entry in screen.sidebar.entries:
            if entry.view is not None:
                yield f"Go to {entry.label}", f"{entry.unread} unread", partial(_go, screen, entry.view)
        for theme in sorted(screen.app.available_themes):
            yield (
                f"Theme {theme}",
                "Use this theme until the program ends",
                partial(_use_theme, screen, theme),
            )

    async def discover(self) -> Hits:
        """All of them, before anything is typed."""
        for name, about, call in self._entries():
            if not name.startswith("Theme "):
                yield DiscoveryHit(Content(name), call, name, about)

    async def search(self, query: str) -> Hits:
        """Those that look like what was typed."""
        matcher = self.matcher(query)
        for name, about, call in self._entries():
            score = matcher.match(name)
            if score > 0:
                yield Hit(score, matcher.highlight(name), call, name, about)


async def _go(screen: MainScreen, view: View) -> None:
    await screen.show_view(view)
    screen.sidebar.select(view)
    screen.go_to(screen.articles)


def _use_theme(screen: MainScreen, theme: str) -> None:
    screen.app.theme = theme


def open_palette(screen: MainScreen) -> None:
    """Open the palette over the main screen."""
    screen.app.push_screen(CommandPalette(providers=[Commands], placeholder="Command, view, feed or theme"))
