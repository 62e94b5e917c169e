"""Settings screen: all declared settings by section; the reader behind shows the effect."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList

from tuireader.commands import BY_ID, Scope
from tuireader.config.files import expand_home
from tuireader.config.settings import settings
from tuireader.config.values import FLAG
from tuireader.ui.bindings import bindings
from tuireader.ui.controllers.wiring import Controllers
from tuireader.ui.flows.context import Asking, Flow, Outcome
from tuireader.ui.flows.guide import choose_theme
from tuireader.ui.flows.settings import change_setting, edit_setting
from tuireader.ui.screens.setting_rows import COLUMNS, Entry, in_sections
from tuireader.ui.screens.table_screen import TableScreen
from tuireader.ui.widgets.bars import StatusLine, TopLine
from tuireader.ui.widgets.choices import Choice, Choices
from tuireader.ui.widgets.table import Cell, Row
from tuireader.wording.lines import Line


class SettingsScreen(TableScreen[str, Entry], ModalScreen[str | None]):
    """A panel over the lower part of the reader; the result is a command to run."""

    HEADING = "Settings"
    PLACE = Scope.SETTINGS
    COLUMNS = COLUMNS
    BINDINGS: ClassVar = [*bindings(Scope.SETTINGS), Binding("space", "open", show=False)]
    VERTICAL_BREAKPOINTS = [(0, "-full"), (34, "-part")]  # noqa: RUF012 (no room for the reader behind)

    def compose(self) -> ComposeResult:
        self.top, self.status, self.index = TopLine(), StatusLine(), Choices()
        self.index.can_focus = False
        self.line = Input(placeholder="Search names and descriptions", compact=True, id="search")
        head, table, facts = self.content()
        both = Horizontal(self.index, Vertical(head, table, id="rows"), id="both")
        yield Vertical(self.top, self.line, both, facts, self.status, id="panel")

    def on_mount(self) -> None:
        self.starts: dict[str, int] = {}  # lines of the headings by section
        self.problems: dict[str, str] = {}  # by path
        self._show_line(False)
        place = str(self.library.paths.config).replace(f"{expand_home('~')}/", "~/", 1)
        self.top.show(state="demo: nothing is saved" if self.library.offline else place)

    # -- the rows

    async def read(self) -> Sequence[Entry]:
        """List the settings as they are now, or those with the searched words."""
        problems = self.library.settings.problems
        self.problems = {item.path: f"{item.path} {item.message}" for item in problems}
        entries = list(in_sections(self.library.config, self.line.value.casefold().split()))
        headings = [
            (entry.title, line) for line, entry in enumerate(entries) if entry.title and not entry.key
        ]
        if list(self.starts) != [title for title, _ in headings]:
            self.index.show([Choice(title, title) for title, _ in headings])
        self.starts = dict(headings)
        return entries

    def row(self, entry: Entry) -> Row:
        setting, config = entry.setting, self.library.config
        if setting is None:
            cells = {"title": Cell(entry.title, "text" if entry.key else "dim")}
            more = {"value": Cell(str(entry.count)), "takes": Cell(self._keys(entry), "dim")}
            return Row(entry.key, cells | more if entry.key else cells)
        changed, value = setting.is_changed(config), setting.shown(setting.value(config))
        sign = Cell("!", "error") if entry.key in self.problems else Cell("•" * changed, "reference")
        default, is_key = setting.shown(setting.default) or "none", setting.table == "keys"
        return Row(
            setting.path,
            {
                "sign": sign,
                "title": Cell(entry.title),
                "value": Cell(value or "none", "strong" if changed else "text"),
                "default": Cell(default if changed else "", "dim"),
                "takes": Cell(setting.key.doc if is_key else setting.takes, "dim"),
                "about": Cell("" if is_key else setting.key.doc, "dim"),
            },
        )

    def _keys(self, entry: Entry) -> str:
        key_of = self.host.key_of
        named = ((key_of(command), BY_ID[command].title) for command in entry.commands)
        return " · ".join(title if key == title else f"{key} {title}" for key, title in named)

    @property
    def empty_text(self) -> str:
        return f"No setting has “{self.line.value}”"

    def summary(self) -> str:
        config = self.library.config
        changed = sum(setting.is_changed(config) for setting in settings(config))
        return f"{changed or 'none'} changed"

    def keys(self) -> list[tuple[str, str]]:
        keys = [("open", "Edit"), ("remove_this", "Default"), ("search", "Search"), ("next_pane", "Section")]
        return [*keys, ("undo", "Undo")]

    def show_footer(self, commands: Iterable[tuple[str, str]], position: str) -> None:
        """Number the settings without the headings; mark the section in the index."""
        numbered = [bool(row.key) for row in self.table.rows]
        super().show_footer(commands, f"{sum(numbered[: self.table.cursor + 1])}/{sum(numbered)}")
        if self.current is not None:
            self.index.highlighted = list(self.starts).index(self.current.section)

    def about(self, entry: Entry) -> list[Line]:
        setting = entry.setting
        if setting is None:
            count = f"  {entry.count} in the configuration, edited elsewhere"
            return [((entry.title, "strong"), (count, "text")), ((self._keys(entry), "dim"),)]
        problem = self.problems.get(entry.key)
        return [
            ((setting.path, "strong"), (f"  {setting.key.doc}", "text")),
            ((problem, "error") if problem else (setting.hint, "dim"),),
        ]

    # -- moving and searching

    def on_option_list_option_selected(self, message: OptionList.OptionSelected) -> None:
        self._go_to(message.option_index)

    def _go_to(self, section: int) -> None:
        """Go to the first setting of a section, and show its heading at the top."""
        heading = list(self.starts.values())[section]
        self.table.move_to(heading + 1)
        self.table.scroll_now(heading)

    def action_next_pane(self) -> None:
        self._turn(1)

    def action_previous_pane(self) -> None:
        self._turn(-1)

    def _turn(self, step: int) -> None:
        if self.starts:
            self._go_to(((self.index.highlighted or 0) + step) % len(self.starts))

    def action_search(self) -> None:
        self._show_line(True)

    def _show_line(self, shown: bool) -> None:
        """Search in the place of the header."""
        self.line.display, self.top.display = shown, not shown
        self.set_focus(self.line if shown else self.table)

    def action_back(self) -> None:
        """End the search, else close."""
        if not self.line.display:
            self.dismiss(None)
        self.line.value = ""
        self._show_line(False)

    action_quit_or_back = action_back

    @on(Input.Changed, "#search")
    async def filter(self) -> None:
        await self._fill()

    @on(Input.Submitted, "#search")
    def search_done(self) -> None:
        self.set_focus(self.table)

    # -- editing

    async def on_table_chosen(self) -> None:
        """Edit the current setting, or turn it on or off."""
        entry = self.current
        if entry is None:
            return
        if entry.setting is None:
            self.dismiss(entry.commands[0])
        elif entry.setting.key.kind is FLAG:
            is_on = entry.setting.value(self.library.config)
            await self._run(
                partial(change_setting, setting=entry.setting, written="false" if is_on else "true")
            )
        elif entry.key == "ui.theme":
            await self._run(choose_theme)
        else:
            await self._run(partial(edit_setting, setting=entry.setting))

    async def action_remove_this(self) -> None:
        """Return to the default."""
        if self.current is not None and self.current.setting is not None:
            await self._run(partial(change_setting, setting=self.current.setting, written=None))

    async def _run(self, flow: Flow) -> None:
        async def work(main: Controllers, ask: Asking) -> Outcome | None:
            try:
                return await flow(main, ask)
            finally:
                await self._fill()  # before keys typed ahead

        await self.flows.run(work)

    def action_edit_config(self) -> None:
        self.dismiss("edit_config")
