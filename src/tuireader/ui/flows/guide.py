"""Help and tour."""

from __future__ import annotations

from tuireader.ui.controllers.wiring import Controllers
from tuireader.ui.dialogs.help import Help
from tuireader.ui.dialogs.tour import Tour
from tuireader.ui.flows.context import Asking, Outcome
from tuireader.ui.flows.sharing import run_macro


async def show_help(main: Controllers, ask: Asking) -> Outcome | None:
    """Show all keys, and run the command that is chosen there."""
    macros = main.library.config.macros
    command_id = await ask(Help(main.host.keys_of, macros))
    macro = next((one for one in macros if f"macro {one.key}" == command_id), None)
    if macro is not None:
        return run_macro(main, macro)
    return None if command_id is None else Outcome(run=(command_id,))


async def show_tour(main: Controllers, ask: Asking) -> None:
    """Show the few keys that matter first."""
    await ask(Tour(main.host.keys_of))
