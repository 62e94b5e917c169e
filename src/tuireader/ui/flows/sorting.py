"""Choose the order of the list."""

from __future__ import annotations

from tuireader.commands.sorts import RELEVANCE, SEARCH_SORTS
from tuireader.model import ViewKind
from tuireader.ui.controllers.wiring import Controllers
from tuireader.ui.dialogs.key_picker import KeyPicker
from tuireader.ui.flows.context import Asking, Outcome
from tuireader.ui.widgets.choices import Choice

_KEYS = {("n" if name == "date" else name[0]): name for name in SEARCH_SORTS}


async def sort(main: Controllers, ask: Asking) -> Outcome | None:
    """Ask for the order of the list that is shown."""
    session = main.session
    searched = session.view.kind is ViewKind.QUERY
    known = {key: sort for key, sort in _KEYS.items() if searched or sort != RELEVANCE}
    current = next(key for key, sort in known.items() if sort == session.sort)
    choices = [
        Choice(key, SEARCH_SORTS[sort].capitalize(), note="now" if key == current else "")
        for key, sort in known.items()
    ]
    hint = "the key of an order sorts by it · esc closes"
    key = await ask(KeyPicker("Sort this list", choices, hint, current))
    if key is None:
        return None
    await main.listing.sort_by(known[key])
    return Outcome(said=f"Sorted: {SEARCH_SORTS[known[key]]}", seconds=2)
