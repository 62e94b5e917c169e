"""The orders that a list can have, and asking for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tuireader.model import ViewKind
from tuireader.ui.dialogs.key_picker import KeyPicker
from tuireader.ui.widgets.choices import Choice

if TYPE_CHECKING:
    from tuireader.ui.screens.main import MainScreen

_SORTS = {  # by their keys: what the library calls them, and what people read
    "n": ("date", "newest first"),
    "o": ("oldest", "oldest first"),
    "f": ("feed", "by feed"),
    "t": ("title", "by title"),
    "w": ("watch", "by watch"),
    "s": ("sources", "most sources first"),
    "r": ("relevance", "most relevant first"),
}
WORDS = dict(_SORTS.values())
"""What people read of each order, by the library's name for it."""


def ask(screen: MainScreen) -> None:
    """Ask for the order of the list that is shown."""
    listing = screen.listing
    searched = listing.view.kind is ViewKind.QUERY
    known = {key: sort for key, sort in _SORTS.items() if searched or sort[0] != "relevance"}
    current = next(key for key, (sort, _) in known.items() if sort == listing.sort)
    choices = [
        Choice(key, words[0].upper() + words[1:], note="now" if key == current else "")
        for key, (_, words) in known.items()
    ]

    async def chosen(key: str | None) -> None:
        if key is None:
            return
        sort, words = known[key]
        await listing.sort_by(sort)
        screen.tell_top()
        screen.tell_status()
        screen.reader.say(f"Sorted: {words}", seconds=2)

    hint = "the key of an order sorts by it · esc closes"
    screen.app.push_screen(KeyPicker("Sort this list", choices, hint, current), chosen)
