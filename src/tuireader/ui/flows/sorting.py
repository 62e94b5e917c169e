"""The orders that a list can have, and asking for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tuireader.commands.sorts import RELEVANCE, SEARCH_SORTS
from tuireader.model import ViewKind
from tuireader.ui.dialogs.key_picker import KeyPicker
from tuireader.ui.widgets.choices import Choice

if TYPE_CHECKING:
    from tuireader.ui.screens.main import MainScreen

_KEYS = {("n" if name == "date" else name[0]): name for name in SEARCH_SORTS}


def ask(screen: MainScreen) -> None:
    """Ask for the order of the list that is shown."""
    listing = screen.listing
    searched = listing.view.kind is ViewKind.QUERY
    known = {key: sort for key, sort in _KEYS.items() if searched or sort != RELEVANCE}
    current = next(key for key, sort in known.items() if sort == listing.sort)
    choices = [
        Choice(key, SEARCH_SORTS[sort].capitalize(), note="now" if key == current else "")
        for key, sort in known.items()
    ]

    async def chosen(key: str | None) -> None:
        if key is None:
            return
        await listing.sort_by(known[key])
        screen.tell_top()
        screen.tell_status()
        screen.host.say(f"Sorted: {SEARCH_SORTS[known[key]]}", seconds=2)

    hint = "the key of an order sorts by it · esc closes"
    screen.app.push_screen(KeyPicker("Sort this list", choices, hint, current), chosen)
