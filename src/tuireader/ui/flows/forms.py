"""Forms and questions of flows, and the outcomes of the resulting changes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from tuireader.errors import DatabaseError, TuireaderError
from tuireader.model import View
from tuireader.ui.controllers.wiring import Controllers
from tuireader.ui.dialogs.form import Confirm
from tuireader.ui.flows.context import Asking, Outcome


async def confirm(
    main: Controllers, ask: Asking, what: str, question: str, do: Callable[[], Awaitable[object]], said: str
) -> Outcome | None:
    """Ask before something is removed; `said` is the message afterwards."""
    if await ask(Confirm(f"Remove a {what}", question)):
        return await change(do, said, main, ask)
    return None


def changed(main: Controllers, said: str, moved: tuple[View, View] | None = None) -> Outcome:
    """Outcome of a change to the configuration, with a hint at undo."""
    return Outcome(moved, f"{said}{main.host.undo_hint}", config_changed=True)


async def change(
    edit: Callable[[], Awaitable[object]], said: str, main: Controllers, ask: Asking
) -> Outcome | None:
    """Make a change and report it, or the error."""
    try:
        await edit()
    except (TuireaderError, OSError) as error:
        if isinstance(error, DatabaseError) and main.marks.unsaved:
            return None  # its error has a toast already
        return Outcome(said=str(error), severity="error", seconds=10)
    return Outcome(said=said, config_changed=True)
