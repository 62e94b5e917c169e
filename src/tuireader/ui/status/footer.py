"""What the status line tells: keys that work where one is, and where that is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from tuireader.commands import BY_ID
from tuireader.model import ViewKind
from tuireader.ui.views import MUTED
from tuireader.ui.widgets.bars import BACK, QUIT

if TYPE_CHECKING:
    from tuireader.ui.screens.panes import Panes

_LIST = (
    "open",
    "next_unread",
    "back",
    "search",
    "toggle_star",
    "toggle_read",
    "refresh_all",
    "help",
    "quit_or_back",
)
_ARTICLE = (
    "page_or_next_unread",
    "next_hit",
    "related",
    "open_browser",
    "list_links",
    "toggle_star",
    "help",
    "quit_or_back",
)
_RELATED = ("open", "next_unread", "help", "quit_or_back")
_SIDEBAR = ("open", "refresh_one", "add_feed", "search", "help", "quit_or_back")
_EDITED = ("open", "edit_this", "remove_this", "refresh_one", "add_feed", "help", "quit_or_back")
_SEARCH = (("keep_as_watch", "as watch"), ("keep_as_view", "as saved search"))
_NO_ARTICLE = ("refresh_all", "add_feed", "show_hide_read", "search", "help", "quit_or_back")
_KINDS = (ViewKind.FEED, ViewKind.FOLDER, ViewKind.WATCH, ViewKind.QUERY)


def list_keys(screen: Panes) -> list[tuple[str, str]]:
    """`(key, title)` pairs for the list, wherever the focus is."""
    moving = (f"{screen.key_of('move_down')}/{screen.key_of('move_up')}", "move")
    return [moving, *_titled(screen, _LIST)]


def keys(screen: Panes) -> list[tuple[str, str]]:
    """`(key, title)` pairs for the pane that has the focus."""
    if screen.finds:
        return [("enter", "keep"), ("↓/↑", "next/previous"), ("esc", "leave")]
    if screen.searches_now:
        kept = [(screen.key_of(command), title) for command, title in _SEARCH]
        return [("enter", "results"), ("esc", "leave"), *kept, ("↑", "older searches")]
    down, up = screen.key_of("move_down"), screen.key_of("move_up")
    moving = (
        f"{down}/{up}",
        "scroll" if screen.current_pane is screen.pane and screen.pane.chosen < 0 else "move",
    )
    return [moving, *_titled(screen, _commands(screen), leaves=screen.current_pane is not screen.pane)]


def _titled(screen: Panes, commands: Sequence[str], *, leaves: bool = True) -> Iterator[tuple[str, str]]:
    """The keys of commands, each with a word for what it does here: `q` leaves the article or the program."""
    here = {"back": "Sidebar", "quit_or_back": QUIT if leaves else BACK}
    if not screen.is_wide:
        here["next_unread"] = "Next"
    return ((screen.key_of(command), here.get(command, BY_ID[command].title)) for command in commands)


def _commands(screen: Panes) -> tuple[str, ...]:
    if screen.current_pane is screen.sidebar:
        entry = screen.sidebar.current
        edited = entry is not None and entry.view is not None and entry.view.kind in _KINDS
        return _EDITED if edited and entry is not None and entry.view != MUTED else _SIDEBAR
    if screen.current_pane is not screen.pane:
        return _LIST if screen.articles.ids else _NO_ARTICLE
    if screen.pane.chosen >= 0:
        return _RELATED
    page = screen.reading.page
    useless = set()
    if page is not None and not page.hits:
        useless.add("next_hit")
    if page is not None and not page.tail.targets:
        useless.add("related")
    if page is not None and not page.links:
        useless.add("list_links")
    return tuple(command for command in _ARTICLE if command not in useless)


def where(screen: Panes) -> tuple[str, bool]:
    """A word about where one is, and whether it tells of trouble."""
    if screen.current_pane is screen.sidebar:
        entry = screen.sidebar.current
        if entry is not None and entry.trouble:
            return f"! {entry.label}: {entry.trouble}", True
        if entry is not None and entry.paused:
            return f"= {entry.label}: paused", False
        if entry is not None and entry.view is not None and entry.view.kind is ViewKind.FOLDER:
            return f"{screen.key_of('page_or_next_unread')} folds", False
        return "", False
    page = screen.reading.page
    if page is not None and screen.pane.sought and (screen.current_pane is screen.pane or screen.finds):
        at, count = screen.pane.found_at + 1, len(screen.pane.found)
        return (f"found {at}/{count}" if count else "not found"), not count
    if screen.current_pane is screen.pane and page is not None:
        if screen.pane.hit >= 0 and screen.pane.chosen < 0:
            hit = page.hits[screen.pane.hit]
            return f"hit {screen.pane.hit + 1}/{len(page.hits)} · {hit.watch}", False
        if screen.reading.depth:
            return f"{screen.reading.depth} back", False
    count = len(screen.articles.ids)
    more = "+" if screen.listing.partial else ""
    selected = f"{len(screen.articles.selected)} selected · " if screen.articles.selected else ""
    return (f"{selected}{screen.articles.cursor + 1}/{count}{more}" if count else "", False)
