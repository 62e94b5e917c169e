"""Help and tour."""

from __future__ import annotations

from tuireader.ui.dialogs.help import Help
from tuireader.ui.dialogs.tour import Tour
from tuireader.ui.flows.context import FlowContext, Outcome
from tuireader.ui.flows.sharing import run_macro


async def show_help(context: FlowContext) -> Outcome | None:
    """Show all keys, and run the command that is chosen there."""
    macros = context.library.config.macros
    command_id = await context.ask(Help(context.host.keys_of, macros))
    macro = next((one for one in macros if f"macro {one.key}" == command_id), None)
    if macro is not None:
        return run_macro(context, macro)
    return None if command_id is None else Outcome(run=(command_id,))


async def show_tour(context: FlowContext) -> None:
    """Show the few keys that matter first."""
    await context.ask(Tour(context.host.keys_of))
