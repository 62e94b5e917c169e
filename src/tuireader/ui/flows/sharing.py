"""Saving and piping articles, and the person's macros: the screen never waits for any of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tuireader.config import MacroConfig
from tuireader.subprocesses.programs import Ran

if TYPE_CHECKING:
    from tuireader.ui.screens.main import MainScreen

_LINES = 6
_NOTHING = "Choose an article first"


class Sharing:
    """What the keys for other places do."""

    def __init__(self, screen: MainScreen) -> None:
        self._screen = screen
        self._library = screen.library
        self._typed = ""

    async def save(self) -> None:
        """Save the article, or all that are selected, as the config says, and tell the file."""
        ids = self._screen.chosen_ids()
        if not ids:
            self._screen.host.say(_NOTHING, seconds=2)
            return
        saved = [await self._library.articles.save(article_id) for article_id in ids]
        new = sum(one.new for one in saved)
        if len(saved) > 1:
            already = f", {len(saved) - new} are there already" if new < len(saved) else ""
            self._screen.host.say(f"{new} saved{already}: {saved[0].path.parent}")
        else:
            before = "Saved" if new else "Is there already, saying the same"
            self._screen.host.say(f"{before}: {saved[0].path}")

    def pipe(self) -> None:
        """Ask for a program, and give it the article."""
        from tuireader.ui.dialogs.pipe import pipe_form, split

        article_id = self._screen.current_article_id()
        if article_id is None:
            self._screen.host.say(_NOTHING, seconds=2)
            return

        def typed(text: str | None) -> None:
            if text:
                self._typed = text
                form, command = split(text)
                self._start(article_id, command, form)

        self._screen.app.push_screen(pipe_form(self._typed), typed)

    def choose_macro(self) -> None:
        """Show the macros and wait for the key of one."""
        from tuireader.ui.dialogs.help import described
        from tuireader.ui.dialogs.key_picker import KeyPicker
        from tuireader.ui.widgets.choices import Choice

        macros = {macro.key: macro for macro in self._library.config.macros}
        if not macros:
            self._screen.host.say("There are no macros yet: they stand under [[macro]] in the config")
            return

        async def chosen(key: str | None) -> None:
            await self.run(macros[key] if key is not None else None)

        choices = [Choice(key, described(macro)) for key, macro in macros.items()]
        hint = "the key of a macro runs it · esc closes"
        self._screen.app.push_screen(KeyPicker("Macros", choices, hint), chosen)

    async def run(self, macro: MacroConfig | None) -> None:
        """Start a macro's program and do its commands."""
        if macro is None:
            return
        if macro.command:
            article_id = self._screen.current_article_id()
            if article_id is None:
                self._screen.host.say(_NOTHING, seconds=2)
                return
            self._start(article_id, macro.command, "json")
        for command_id in macro.run:
            await self._screen.run_command(command_id)

    def _start(self, article_id: int, command: Sequence[str], form: str) -> None:
        self._screen.run_worker(self._run(article_id, tuple(command), form), group="programs")

    async def _run(self, article_id: int, command: tuple[str, ...], form: str) -> None:
        ran = await self._library.articles.pipe(article_id, command, form=form)
        say = self._screen.host.say
        if ran.ok:
            say(told(ran))
        else:
            say(told(ran), severity="error", seconds=10)


def told(ran: Ran) -> str:
    """What became of a program, for a toast."""
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
