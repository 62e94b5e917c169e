"""Settings screen: all declared settings by section, edited in place; the reader behind shows the effect."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList

from tuireader.commands import BY_ID, Scope
from tuireader.config.files import expand_home
from tuireader.config.settings import Setting, masked
from tuireader.config.values import FLAG, Invalid
from tuireader.errors import ConfigError
from tuireader.text import cell_len
from tuireader.ui.bindings import bindings
from tuireader.ui.controllers.wiring import Controllers
from tuireader.ui.flows.context import Asking, FlowRunner, Outcome
from tuireader.ui.flows.guide import choose_theme
from tuireader.ui.flows.settings import change_setting
from tuireader.ui.screens.setting_rows import COLUMNS, VALUE_AT, Entry, all_entries, in_sections
from tuireader.ui.screens.table_screen import TableScreen
from tuireader.ui.widgets.bars import FooterKey, StatusLine, TopLine
from tuireader.ui.widgets.choices import Choice, Choices
from tuireader.ui.widgets.details import Details
from tuireader.ui.widgets.table import Cell, Row, Table, TableHead
from tuireader.wording.lines import Line

_THEME = "ui.theme"
_MOST, _WIDTH = 10, 42  # lines of a list of choices, width of a text field


class SettingsScreen(TableScreen[str, Entry], ModalScreen[str | None], inherit_bindings=False):
    """A panel over the lower part of the reader; the result is a command to run."""

    HEADING = "Settings"
    PLACE = Scope.SETTINGS
    COLUMNS = COLUMNS
    BINDINGS: ClassVar = [
        *bindings(Scope.SETTINGS),
        Binding("space", "open", show=False),
        Binding("escape", "leave_edit", priority=True, show=False),
        Binding("ctrl+c", "screen.copy_text", show=False),
    ]

    def __init__(self, flows: FlowRunner) -> None:
        super().__init__(flows)
        self.sections: Sequence[str] = ()
        self._changed = 0
        self._problems: dict[str, str] = {}  # of the file and of the last edit, by path
        self._editor: Input | Choices | None = None
        self._edited = ""  # path of the setting that has the editor

    def compose(self) -> ComposeResult:
        self.top, self.status, self.index = TopLine(), StatusLine(), Details(id="index")
        self.line = Input(placeholder="Search names and descriptions", compact=True, id="search")
        head, table, facts = self.content()
        both = Horizontal(self.index, Vertical(head, table, id="rows"), id="both")
        yield Vertical(self.top, self.line, both, facts, self.status, id="panel")

    def on_mount(self) -> None:
        self.line.display = False
        self.host.theme_changed_signal.subscribe(self, lambda _: self._repaint())
        self.watch(self.table, "scroll_y", self._end_edit, init=False)
        place = str(self.library.paths.config).replace(f"{expand_home('~')}/", "~/", 1)
        self.top.show(state="demo: nothing is saved" if self.library.offline else place)

    def on_resize(self, event: events.Resize) -> None:
        """Leave room for the reader behind, unless the screen is low."""
        self.set_class(event.size.height < 34, "-full")
        self._end_edit()

    # -- the rows

    def reload(self) -> None:
        if self._editor is None:
            super().reload()

    async def read(self) -> Sequence[Entry]:
        """List the settings as they are now, or those with the searched words."""
        config, words = self.library.config, self.line.value.casefold().split()
        every = list(all_entries(config))
        self._changed = sum(entry.setting.is_changed(config) for entry in every if entry.setting)
        problems = self.library.settings.problems
        self._problems = {item.path: f"{item.path} {item.message}" for item in problems}
        shown = list(in_sections([entry for entry in every if entry.has(words)]))
        self.sections = [entry.title for entry in shown if entry.title and not entry.key]
        return shown

    def row(self, entry: Entry) -> Row:
        setting, config = entry.setting, self.library.config
        if setting is None:
            cells = {"title": Cell(entry.title, "text" if entry.key else "dim")}
            more = {"value": Cell(str(entry.count)), "takes": Cell(self._keys(entry), "dim")}
            return Row(entry.key, cells | more if entry.key else cells)
        changed, value = setting.is_changed(config), setting.shown(setting.value(config))
        sign = Cell("!", "error") if entry.key in self._problems else Cell("•" * changed, "reference")
        default, is_key = setting.shown(setting.default) or "none", setting.table == "keys"
        return Row(
            setting.path,
            {
                "sign": sign,
                "title": Cell(entry.title),
                "value": Cell(value or "none", "strong" if changed else "text"),
                "default": Cell(default if changed else "", "dim"),
                "takes": Cell(setting.key.doc if is_key else self._takes(setting), "dim"),
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
        return f"{self._changed or 'none'} changed"

    @property
    def section(self) -> str:
        return self.current.section if self.current else ""

    @on(Table.Moved)
    def moved(self) -> None:
        if self.table.current != self._edited:
            self._end_edit()

    def keys(self) -> list[tuple[str, str]]:
        keys = [("open", "Edit"), ("remove_this", "Default"), ("search", "Search"), ("next_pane", "Section")]
        return [*keys, ("undo", "Undo")]

    def show_footer(self, commands: Iterable[tuple[str, str]], position: str) -> None:
        """Show the keys of the table or of the editor; mark the section in the index."""
        marks = ((name, name == self.section) for name in self.sections)
        self.index.show(
            *((("┃" if at else " ", "reference"), (name, "strong" if at else "dim")) for name, at in marks)
        )
        if self._editor is not None:
            self.status.show([FooterKey("enter", "Save"), FooterKey("esc", "Cancel")], "")
        else:
            numbers = [bool(row.key) for row in self.table.rows]
            super().show_footer(commands, f"{sum(numbers[: self.table.cursor + 1])}/{sum(numbers)}")

    def about(self, entry: Entry) -> list[Line]:
        setting = entry.setting
        if setting is None:
            count = f"  {entry.count} in the configuration, edited elsewhere"
            return [((entry.title, "strong"), (count, "text")), ((self._keys(entry), "dim"),)]
        default = setting.shown(setting.default)
        takes = ((f"Takes {self._takes(setting)}{default and f' · default {default}'}", "dim"),)
        problem = self._problems.get(entry.key)
        return [
            ((setting.path, "strong"), (f"  {setting.key.doc}", "text")),
            ((problem, "error"),) if problem else takes,
        ]

    # -- moving and searching

    def on_click(self, event: events.Click) -> None:
        """Go to a clicked section."""
        place = event.get_content_offset(self.index) if event.widget is self.index else None
        if place is not None and place.y < len(self.sections):
            self._go_to(self.sections[place.y])

    def _go_to(self, section: str) -> None:
        """Go to the first setting of a section, and show its heading at the top."""
        titles = ["" if row.key or not row.cells else row.cells["title"].text for row in self.table.rows]
        heading = titles.index(section)
        self.table.move_to(heading + 1)
        self.table.scroll_now(heading)

    def _turn(self, step: int) -> None:
        if self.sections:
            self._go_to(self.sections[(self.sections.index(self.section) + step) % len(self.sections)])

    def action_next_pane(self) -> None:
        self._turn(1)

    def action_previous_pane(self) -> None:
        self._turn(-1)

    def action_search(self) -> None:
        self._show_line(True)
        self.set_focus(self.line)

    def _show_line(self, shown: bool) -> None:
        """Show the line for searching in the place of the header."""
        self.line.display, self.top.display = shown, not shown

    def action_leave_edit(self) -> None:
        """Stop editing, else end the search, else close."""
        if self._editor is not None:
            self._end_edit()
            self.reload()
        elif self.line.display:
            self._show_line(False)
            self.line.value = ""
            self.set_focus(self.table)
        else:
            self.dismiss(None)

    action_back = action_quit_or_back = action_leave_edit

    @on(Input.Changed, "#search")
    async def filter(self) -> None:
        await self._fill()

    @on(Input.Submitted, "#search")
    def search_done(self) -> None:
        self.set_focus(self.table)

    # -- editing

    async def on_table_chosen(self) -> None:
        """Edit the current setting in place, or turn it on or off."""
        entry = self.current
        if entry is None:
            return
        if entry.setting is None:
            self.dismiss(entry.commands[0])
            return
        setting, value = entry.setting, entry.setting.value(self.library.config)
        if setting.key.kind is FLAG:
            await self._set(setting, "false" if value else "true")
        elif setting.path == _THEME:
            await self.flows.run(self._choose_theme)
        elif options := setting.key.kind.options:
            notes = {setting.shown(setting.default): "default"}
            choices = [Choice(option, option, note=notes.get(option, "")) for option in options]
            width = max(cell_len(f"{choice.text}  {choice.note}") for choice in choices) + 3
            self._edit(setting, Choices(choices, at=setting.shown(value)), width, len(choices))
        elif masked(setting.key, value) != value:
            kept = "contains a password; empty: keep it"
            self._edit(setting, Input(placeholder=kept, compact=True), _WIDTH, 1)
        else:
            line = Input(setting.shown(value), compact=True, select_on_focus=False)
            self._edit(setting, line, _WIDTH, 1)

    async def _choose_theme(self, main: Controllers, ask: Asking) -> Outcome | None:
        outcome = await choose_theme(main, ask)
        self.reload()
        return outcome

    @staticmethod
    def _takes(setting: Setting) -> str:
        """Name the allowed values."""
        return " · ".join(setting.key.kind.options) or setting.key.kind.name

    def _edit(self, setting: Setting, editor: Input | Choices, width: int, height: int) -> None:
        """Put an editor over the value of the current row, or above it if there is no room below."""
        self._end_edit()
        self._editor, self._edited = editor, setting.path
        editor.add_class("value")
        panel = self.query_one("#panel", Vertical)
        area, table = panel.content_region, self.table.region
        x = table.x - area.x + VALUE_AT
        y = table.y - area.y + self.table.cursor - self.table.scroll_offset.y
        height = min(height, _MOST)
        editor.styles.width = min(width, area.width - x)
        editor.styles.height = height
        editor.styles.offset = (x - isinstance(editor, Choices), max(0, min(y, area.height - height - 1)))
        panel.mount(editor)
        self.set_focus(editor)
        self.update_details()

    def _end_edit(self) -> None:
        editor, self._editor, self._edited = self._editor, None, ""
        if editor is not None:
            self.set_focus(self.table)
            editor.remove()
            self.update_details()

    async def on_option_list_option_selected(self, message: OptionList.OptionSelected) -> None:
        if message.option_list is self._editor:
            await self._keep(message.option_id or "")

    @on(Input.Submitted, ".value")
    async def typed(self, message: Input.Submitted) -> None:
        await self._keep(message.value)

    async def _keep(self, text: str) -> None:
        """Set the edited setting; what is wrong with the text is said at its key."""
        entry = self.items.get(self._edited)
        if entry is None or entry.setting is None:
            return
        setting = entry.setting
        before, value = setting.value(self.library.config), setting.read(text)
        if not text.strip() and masked(setting.key, before) != before:
            self._end_edit()
        elif isinstance(value, Invalid) and text.strip():
            self._problems[setting.path] = f"{setting.path} {value.message}"
            self.update_details()
        else:
            await self._set(setting, None if isinstance(value, Invalid) else setting.key.kind.write(value))
            self._end_edit()

    async def _set(self, setting: Setting, written: str | None) -> None:
        problem = ""

        async def change(main: Controllers, ask: Asking) -> Outcome | None:
            nonlocal problem
            try:
                return await change_setting(main, setting, written)
            except ConfigError as error:
                problem = str(error)
                return None

        await self.flows.run(change)
        await self._fill()
        if problem:
            self._problems[setting.path] = problem
            self.update_details()

    async def action_remove_this(self) -> None:
        """Return to the default."""
        if self.current is not None and self.current.setting is not None:
            await self._set(self.current.setting, None)

    def action_edit_config(self) -> None:
        self.dismiss("edit_config")

    def _repaint(self) -> None:
        self.host.forget_theme_styles()
        for widget in (self.top, self.status, self.table, *self.query(TableHead)):
            widget.refresh()
        self.facts.lines = self.index.lines = ()
        self.update_details()
