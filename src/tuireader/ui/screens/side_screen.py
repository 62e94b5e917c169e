"""Base of the screens opened over the main one."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from typing import Any, ClassVar, Generic, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.screen import Screen
from textual.widget import Widget

from tuireader.commands import Scope, key_label
from tuireader.ui.bindings import MOVES, bindings
from tuireader.ui.host import Hosted
from tuireader.ui.status import place
from tuireader.ui.widgets.bars import FooterKey, StatusLine, TopLine
from tuireader.ui.widgets.pane import Pane

Result = TypeVar("Result")


class SideScreen(Screen[Result | None], Hosted, Generic[Result], inherit_bindings=False):
    """A pane, and perhaps more, between header and footer; going back returns None."""

    BINDINGS: ClassVar = [Binding("ctrl+c", "screen.copy_text", show=False)]

    PLACE: ClassVar[Scope]  # of its keys, which `?` lists
    main_pane: Pane  # gets the movement commands

    def __init_subclass__(cls, **options: Any) -> None:
        if "PLACE" in vars(cls) and "BINDINGS" not in vars(cls):
            cls.BINDINGS = [*bindings(cls.PLACE)]
        super().__init_subclass__(**options)

    @abstractmethod
    def content(self) -> Iterable[Widget]:
        """Create `main_pane`, and what else stands between header and footer."""

    def compose(self) -> ComposeResult:
        self.top, self.status = TopLine(), StatusLine()
        yield self.top
        yield from self.content()
        yield self.status

    def show_footer(self, commands: Iterable[tuple[str, str]], position: str) -> None:
        """Show the keys to move and to go back, and those of `(command id, title)` pairs."""
        key_of = self.host.key_of
        moving = FooterKey(f"{key_of('move_down')}/{key_of('move_up')}", "move")
        self._commands = list(commands)
        keys = [FooterKey(key_of(command), title, place(command)) for command, title in self._commands]
        by_escape = "escape" in self.host.keys_of["back"]
        going_back = key_label("escape") if by_escape else key_of("back")
        leaving = FooterKey(going_back, "back", place("quit_or_back"))
        helping = FooterKey(key_of("help"), "help", place("help"))
        self.status.show([moving, leaving, helping, *keys], position)

    async def action_help(self) -> None:
        """List the keys of this screen, and run the chosen command."""
        from tuireader.ui.dialogs.help import Help

        self.host.push_screen(Help(self.host.keys_of, self.PLACE), self._run)

    def on_pane_menu_asked(self) -> None:
        """Show the commands of the footer, and run the chosen one."""
        from tuireader.ui.dialogs.pickers import menu

        keys_of = self.host.keys_of
        by_key = {keys[0]: each for each in self._commands if (keys := keys_of.get(each[0]))}

        async def run(key: str | None) -> None:
            await self._run(None if key is None else by_key[key][0])

        self.host.push_screen(menu({key: title for key, (_, title) in by_key.items()}), run)

    async def _run(self, command_id: str | None) -> None:
        if command_id in MOVES:
            self.action_pane(command_id)
        elif command_id is not None:
            await self.run_action(command_id)

    def action_pane(self, command_id: str) -> None:
        self.main_pane.act(command_id, int(self.host.count or 0))

    def action_back(self) -> None:
        self.dismiss(None)

    action_quit_or_back = action_back

    async def action_quit(self) -> None:
        await self.host.leave(0)
