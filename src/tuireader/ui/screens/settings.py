"""Settings screen: all declared settings by section; the reader behind shows the effect."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial, partialmethod
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList

from tuireader.commands import BY_ID, Command, Scope
from tuireader.config.files import expand_home
from tuireader.config.settings import Setting, settings
from tuireader.ui.bindings import bindings
from tuireader.ui.flows.guide import choose_theme
from tuireader.ui.flows.settings import change_setting, edit_setting
from tuireader.ui.screens.table_screen import TableScreen
from tuireader.ui.widgets.bars import StatusLine, TopLine
from tuireader.ui.widgets.choices import Choice, Choices
from tuireader.ui.widgets.table import Cell, Cells, Column
from tuireader.wording.lines import Line

_SECTIONS: Mapping[str, str] = {
    "ui": "Look",
    "fetch": "Fetch",
    "notify": "Notify",
    "desk": "Desk",
    "save": "Save",
    "download": "Download",
    "watch_defaults": "Watches",
    "related": "Related",
    "mcp": "Agents",
    "": "General",
    "lists": "Lists",
    "keys": "Keys",
}
"""Titles of sections by table, in their order."""
_LISTS: Mapping[str, str] = {
    "statistics": "Feeds",
    "watches": "Watches",
    "channels": "Channels",
    "mute": "Mutes",
    "save_view": "Searches (views)",
    "add_account": "Accounts",
    "edit_config": "Macros",
    "theme": "Themes",
}
"""Lists of tables by the commands that edit them."""
_NARROW = 60  # no room for the index
_Item = Setting | Command | str


class SettingsScreen(TableScreen[str, _Item], ModalScreen[str | None]):
    """A panel over the lower part of the reader, with settings by section; the result is a command."""

    PLACE = Scope.SETTINGS
    COLUMNS = (
        Column("sign", "", 1),
        Column("title", "Setting", {56: 22, 0: 18}),
        Column("value", "Value", {84: 36, 0: 0}),
        Column("takes", "Takes", {140: 36, 84: 0}, least=84),
        Column("about", "Description", least=140),
    )
    BINDINGS: ClassVar = [*bindings(Scope.SETTINGS), Binding("space", "open", show=False)]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (_NARROW, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-full"), (34, "-part")]  # noqa: RUF012 (no room for the reader behind)

    def compose(self) -> ComposeResult:
        self.top, self.status, self.index = TopLine(), StatusLine(), Choices()
        self.index.can_focus = False
        self.line = Input(placeholder="Search names and descriptions", compact=True, id="search")
        self.line.display = False
        head, table, facts = self.content()
        both = Horizontal(self.index, Vertical(head, table, id="rows"), id="both")
        yield Vertical(self.top, self.line, both, facts, self.status, id="panel")

    def on_mount(self) -> None:
        self.starts: dict[str, int] = {}  # first lines of the sections
        self.problems: dict[str, str] = {}  # by path
        place = str(self.library.paths.config).replace(f"{expand_home('~')}/", "~/", 1)
        self.top.show(state="demo: nothing is saved" if self.library.offline else place)

    def on_resize(self, event: events.Resize) -> None:
        """Show headings where there is no room for the index."""
        self.reload()

    # -- the rows

    async def read(self) -> Sequence[_Item]:
        """List the settings as they are now, or those with the searched words."""
        problems = self.library.settings.problems
        self.problems = {item.path: f"{item.path} {item.message}" for item in problems}
        words, rows, starts = self.line.value.casefold().split(), list[_Item](), dict[str, int]()
        self.has_headings = self.app.size.width < _NARROW
        every: list[Setting | Command] = [
            *settings(self.library.config),
            *(BY_ID[command_id] for command_id in _LISTS),
        ]
        for section in _SECTIONS.values():
            own = [item for item in every if _section(item) == section and _has(item, words)]
            if own:
                rows += [""] * bool(rows)
                starts[section] = len(rows)
                rows += [*[section] * self.has_headings, *own]
        if list(starts) != list(self.starts):
            self.index.show([Choice(section, section) for section in starts])
        self.starts = starts
        return rows

    def key(self, setting: _Item) -> str:
        if isinstance(setting, str):
            return ""
        return setting.id if isinstance(setting, Command) else setting.path

    def cells(self, setting: _Item) -> Cells:
        if isinstance(setting, str):
            return {"title": Cell(setting, "dim")}
        if isinstance(setting, Command):
            opens = Cell(f"{setting.title} …", "dim")
            return {"title": Cell(_title(setting)), "value": opens, "about": Cell(setting.help, "dim")}
        config, key = self.library.config, setting.key
        changed = setting.is_changed(config)
        value, is_wrong = setting.shown(setting.value(config)) or "none", setting.path in self.problems
        return {
            "sign": Cell("!", "error") if is_wrong else Cell("•" * changed, "reference"),
            "title": Cell(_title(setting)),
            "value": Cell(value, "strong" if changed else "text"),
            "takes": Cell(setting.takes, "dim"),
            "about": Cell(key.doc, "dim"),
        }

    @property
    def empty_text(self) -> str:
        return (
            f"No setting has “{self.line.value}”; the palette ({self.host.key_of('palette')}) finds commands"
        )

    def summary(self) -> str:
        changed = [setting.is_changed(self.library.config) for setting in settings(self.library.config)]
        return f"{sum(changed) or 'none'} changed"

    def keys(self) -> list[tuple[str, str]]:
        own = [("open", "Edit"), ("remove_this", "Default")]
        own = [("open", "Open")] if isinstance(self.current, Command) else own
        return [*own, ("search", "Search"), ("next_pane", "Section"), ("undo", "Undo")]

    def show_footer(self, commands: Iterable[tuple[str, str]], position: str) -> None:
        """Number the settings without the headings; mark the section in the index."""
        numbered = [bool(key) for key in self.table.keys]
        super().show_footer(commands, f"{sum(numbered[: self.table.cursor + 1])}/{sum(numbered)}")
        if self.current:
            self.index.highlighted = list(self.starts).index(_section(self.current))

    def about(self, setting: _Item) -> list[Line]:
        if isinstance(setting, str):
            return []
        if isinstance(setting, Command):
            way = f"enter opens it; in the reader: {self.host.key_of(setting.id)}"
            return [((setting.title, "strong"), (f"  {setting.help}", "text")), ((way, "dim"),)]
        problem = self.problems.get(setting.path)
        return [
            ((setting.path, "strong"), (f"  {setting.key.doc}", "text")),
            ((problem, "error") if problem else (setting.hint, "dim"),),
        ]

    # -- moving and searching

    def on_option_list_option_selected(self, message: OptionList.OptionSelected) -> None:
        self._go_to(message.option_index)

    def _go_to(self, section: int) -> None:
        """Go to the first setting of a section, and show its beginning at the top."""
        start = list(self.starts.values())[section]
        self.table.move_to(start + self.has_headings)
        self.table.scroll_now(start)

    def _turn(self, step: int) -> None:
        if self.starts:
            self._go_to(((self.index.highlighted or 0) + step) % len(self.starts))

    action_next_pane, action_previous_pane = partialmethod(_turn, 1), partialmethod(_turn, -1)

    def action_search(self) -> None:
        self.line.display = True
        self.set_focus(self.line)

    def action_back(self) -> None:
        """End the search, else close."""
        if not self.line.display:
            self.dismiss(None)
        self.line.value, self.line.display = "", False
        self.set_focus(self.table)

    action_quit_or_back = action_back

    @on(Input.Changed, "#search")
    async def filter(self) -> None:
        """Go to the first match; when the search ends, stay at the setting."""
        await self._fill()
        if self.line.value:
            self.table.move_to(0)

    @on(Input.Submitted, "#search")
    def search_done(self) -> None:
        self.set_focus(self.table)

    # -- editing

    async def on_table_chosen(self) -> None:
        """Edit the current setting, or turn it on or off; leave for the command of a list."""
        if isinstance(self.current, Command):
            self.dismiss(self.current.id)
        if isinstance(self.current, Setting):
            is_theme = self.current.path == "ui.theme"
            await self.flows.run(choose_theme if is_theme else partial(edit_setting, setting=self.current))

    async def action_remove_this(self) -> None:
        """Return to the default."""
        if isinstance(self.current, Setting):
            await self.flows.run(partial(change_setting, setting=self.current, written=None))

    def action_edit_config(self) -> None:
        self.dismiss("edit_config")


def _section(item: _Item) -> str:
    return _SECTIONS[item.table if isinstance(item, Setting) else "lists"]


def _title(item: Setting | Command) -> str:
    if isinstance(item, Command):
        return _LISTS[item.id]
    return BY_ID[item.name].title if item.table == "keys" else item.field.replace("_", " ").capitalize()


def _has(item: Setting | Command, words: Sequence[str]) -> bool:
    """Look for words in the names and the description."""
    about = (item.path, item.key.doc) if isinstance(item, Setting) else (item.title, item.help, *item.aliases)
    names = " ".join((_section(item), _title(item), *about)).casefold()
    return all(word in names for word in words)
