"""The first keys to know."""

from __future__ import annotations

from collections.abc import Mapping

from textual import events
from textual.app import ComposeResult

from tuireader.commands import keys_label
from tuireader.ui.dialogs.dialog import Dialog
from tuireader.ui.drawing.lines import Line
from tuireader.ui.widgets.details import Details

_STEPS = (
    (("move_down", "move_up"), "move in the list and in an article"),
    (("open", "back"), "open an article, go back"),
    (("back",), "in the list: the sidebar with feeds, watches and searches"),
    (("page_or_next_unread",), "read on: a page, then the next unread article"),
    (("toggle_star", "toggle_read"), "star an article, mark it read or unread"),
    (("undo",), "undo, also after a restart"),
    (("search",), "search all stored articles"),
    (("new_watch", "watches"), "watch for words you must not miss; list your watches"),
    (("refresh_all", "add_feed"), "fetch all feeds, add a feed"),
    (("palette", "help"), "find any command by name; list all keys"),
    (("quit_or_back", "quit"), "go back, or quit at the top; quit at once"),
)
_KEYS = 12


class Tour(Dialog[None]):
    """Keys with their purpose; any key closes it."""

    def __init__(self, keys_of: Mapping[str, tuple[str, ...]]) -> None:
        super().__init__(classes="-short")
        self._keys_of = keys_of

    def compose(self) -> ComposeResult:
        """The keys as configured."""
        self._lines = Details(id="tour")
        yield self.box("A few keys to start with", self._lines, hint="any key closes this")

    def on_mount(self) -> None:
        """Fill in the lines."""
        self._lines.show(*(self._line(ids, words) for ids, words in _STEPS))

    def on_key(self, event: events.Key) -> None:
        """Close."""
        event.stop()
        self.dismiss(None)

    def _line(self, ids: tuple[str, ...], words: str) -> Line:
        keys = " ".join(keys_label(self._keys_of.get(one, ())[:1]) for one in ids).strip()
        return ((f"{keys or '–':<{_KEYS}}", "strong"), (words, "text"))
