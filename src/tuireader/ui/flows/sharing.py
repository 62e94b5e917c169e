"""Save and pipe articles, run macros: the screen never waits for any of it."""

from __future__ import annotations

from collections.abc import Sequence

from tuireader.config import MacroConfig
from tuireader.subprocesses.programs import Ran
from tuireader.ui.controllers.wiring import Controllers
from tuireader.ui.dialogs.help import described
from tuireader.ui.dialogs.key_picker import KeyPicker
from tuireader.ui.dialogs.pipe import pipe_form, split
from tuireader.ui.flows.context import Asking, Outcome
from tuireader.ui.widgets.choices import Choice

_LINES = 6
_NOTHING = Outcome(said="Choose an article first", seconds=2)


async def save(main: Controllers, ask: Asking) -> Outcome:
    """Save the chosen articles as files."""
    ids = main.chosen.ids
    if not ids:
        return _NOTHING
    saved = [await main.library.articles.save(article_id) for article_id in ids]
    new = sum(one.new for one in saved)
    if len(saved) > 1:
        already = f", {len(saved) - new} already saved" if new < len(saved) else ""
        return Outcome(said=f"{new} saved{already}: {saved[0].path.parent}")
    return Outcome(said=f"{'Saved' if new else 'Already saved, unchanged'}: {saved[0].path}")


async def pipe(main: Controllers, ask: Asking) -> Outcome | None:
    """Ask for a program, and give it the article."""
    article_id = main.chosen.article_id
    if article_id is None:
        return _NOTHING
    text = await ask(pipe_form(main.session.piped_to))
    if text:
        main.session.piped_to = text
        form, command = split(text)
        _start(main, article_id, command, form)
    return None


async def choose_macro(main: Controllers, ask: Asking) -> Outcome | None:
    """Show the macros and wait for the key of one."""
    macros = {macro.key: macro for macro in main.library.config.macros}
    if not macros:
        return Outcome(said="There are no macros yet: they stand under [[macro]] in the config")
    choices = [Choice(key, described(macro)) for key, macro in macros.items()]
    hint = "the key of a macro runs it · esc closes"
    key = await ask(KeyPicker("Macros", choices, hint))
    return None if key is None else run_macro(main, macros[key])


def run_macro(main: Controllers, macro: MacroConfig) -> Outcome:
    """Start the program of a macro; its commands follow."""
    if macro.command:
        article_id = main.chosen.article_id
        if article_id is None:
            return _NOTHING
        _start(main, article_id, macro.command, "json")
    return Outcome(run=macro.run)


def _start(main: Controllers, article_id: int, command: Sequence[str], form: str) -> None:
    main.panes.run_worker(_run(main, article_id, tuple(command), form), group="programs")


async def _run(main: Controllers, article_id: int, command: tuple[str, ...], form: str) -> None:
    ran = await main.library.articles.pipe(article_id, command, form=form)
    if ran.ok:
        main.host.say(described_run(ran))
    else:
        main.host.say(described_run(ran), severity="error", seconds=10)


def described_run(ran: Ran) -> str:
    """Describe the result of a program, for a toast."""
    if ran.trouble:
        return f"{ran.program} {ran.trouble}"
    lines = ran.output.splitlines()
    shown = "\n".join([*lines[:_LINES], *(["…"] if len(lines) > _LINES else [])])
    if ran.code is None:
        return f"{ran.program} goes on"
    if ran.code:
        return f"{ran.program} ended with exit status {ran.code}" + (f"\n{shown}" if shown else "")
    if not shown:
        return f"{ran.program} is done"
    return f"{ran.program}: {shown}" if len(lines) == 1 else f"{ran.program}:\n{shown}"
