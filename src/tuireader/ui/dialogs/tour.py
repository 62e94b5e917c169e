"""The few keys that matter first, for whoever is new."""

from __future__ import annotations

from collections.abc import Mapping

from textual import events
from textual.app import ComposeResult

from tuireader.commands import keys_label
from tuireader.ui.dialogs.dialog import Dialog
from tuireader.ui.widgets.details import Facts, Line
from tuireader.ui.widgets.says import Says

_STEPS = (
    (("move_down", "move_up"), "move, in the list and in a text"),
    (("open", "back"), "open an article, go back"),
    (("back",), "in the list: the sidebar with feeds, watches and searches"),
    (("page_or_next_unread",), "read on: a page, then the next unread article"),
    (("toggle_star", "toggle_read"), "star it, mark it unread again"),
    (("undo",), "take a mark back, also after a restart"),
    (("search",), "search everything that is stored"),
    (("new_watch", "watches"), "watch for words that must not be missed; see what they hit"),
    (("refresh_all", "add_feed"), "fetch the feeds, add one"),
    (("palette", "help"), "find any command by name; all keys, searchable"),
    (("quit_or_back", "quit"), "leave what is open, at the top the program; quit at once"),
)
_KEYS = 12


class Tour(Dialog[None]):
    """The keys and what they do, left by any key."""

    def __init__(self, keys_of: Mapping[str, tuple[str, ...]]) -> None:
        super().__init__(classes="-short")
        self._keys_of = keys_of

    def compose(self) -> ComposeResult:
        """The keys as they are in force, and what they do."""
        self._facts = Facts(id="tour", raised=True)
        yield self.box("A few keys to start with", self._facts, Says("any key closes this", "hint"))

    def on_mount(self) -> None:
        """Fill in the lines."""
        self._facts.tell(*(self._line(ids, words) for ids, words in _STEPS))

    def on_key(self, event: events.Key) -> None:
        """Leave."""
        event.stop()
        self.dismiss(None)

    def _line(self, ids: tuple[str, ...], words: str) -> Line:
        keys = " ".join(keys_label(self._keys_of.get(one, ())[:1]) for one in ids).strip()
        return ((f"{keys or '–':<{_KEYS}}", "key"), (words, "text"))
