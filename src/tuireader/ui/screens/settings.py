"""Settings screen: all declared settings by section; the reader behind shows the effect."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
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
from tuireader.config.settings import Setting, settings
from tuireader.ui.bindings import bindings
from tuireader.ui.controllers.wiring import Controllers
from tuireader.ui.flows.context import Asking, Flow, Outcome
from tuireader.ui.flows.guide import choose_theme
from tuireader.ui.flows.settings import change_setting, edit_setting
from tuireader.ui.screens.table_screen import TableScreen
from tuireader.ui.widgets.bars import StatusLine, TopLine
from tuireader.ui.widgets.choices import Choice, Choices
from tuireader.ui.widgets.table import Cell, Column, Row
from tuireader.wording.lines import Line

_SECTIONS: Mapping[str, str] = {
    "ui": "Look",
    "fetch": "Fetch",
    "notify": "Notify",
    "save": "Save",
    "download": "Download",
    "": "General",
    "lists": "Lists",
    "keys": "Keys",
}
"""Titles of sections by table, in their order."""
_TITLES = {"views": "Saved searches", "open": "Programs by file type"}
_LISTS: Mapping[str, tuple[str, ...]] = {
    "feeds": ("feed_health", "add_feed", "edit_this"),
    "watches": ("watches", "new_watch"),
    "mutes": ("mute",),
    "views": ("edit_config", "save_view", "edit_this"),
    "accounts": ("add_account",),
}
"""Commands that edit the lists of tables; enter runs the first, by default the one for the file."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line: a setting, a list of tables with the command that enter runs, or a heading without a key."""

    section: str
    title: str
    key: str = ""
    value: str = ""
    takes: str = ""
    about: str = ""
    setting: Setting | None = None
    command: str = ""


class SettingsScreen(TableScreen[str, Entry], ModalScreen[str | None]):
    """A panel over the lower part of the reader; the result is a command to run."""

    HEADING = "Settings"
    PLACE = Scope.SETTINGS
    COLUMNS = (
        Column("sign", "", 1),
        Column("title", "Setting", 22),
        Column("value", "Value", 24, least=84),
        Column("value", "Value", most=83),
        Column("default", "Default", 15, least=62),
        Column("takes", "Takes", least=84, most=139),
        Column("takes", "Takes", 36, least=140),
        Column("about", "Description", least=140),
    )
    BINDINGS: ClassVar = [*bindings(Scope.SETTINGS), Binding("space", "open", show=False)]
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
        self.starts: dict[str, int] = {}  # lines of the headings by section
        self.problems: dict[str, str] = {}  # by path
        place = str(self.library.paths.config).replace(f"{expand_home('~')}/", "~/", 1)
        self.top.show(state="demo: nothing is saved" if self.library.offline else place)

    # -- the rows

    async def read(self) -> Sequence[Entry]:
        """List the settings as they are now, or those with the searched words, below their headings."""
        problems = self.library.settings.problems
        self.problems = {item.path: f"{item.path} {item.message}" for item in problems}
        words, rows, starts = self.line.value.casefold().split(), list[Entry](), dict[str, int]()
        entries = [*self._settings(), *self._lists()]
        for section in _SECTIONS.values():
            own = [entry for entry in entries if entry.section == section and _has(entry, words)]
            if own:
                rows += [Entry("", "")] * bool(rows)
                starts[section] = len(rows)
                rows += [Entry(section, section), *own]
        if list(starts) != list(self.starts):
            self.index.show([Choice(section, section) for section in starts])
        self.starts = starts
        return rows

    def _settings(self) -> Iterator[Entry]:
        for setting in settings(self.library.config):
            title = BY_ID[setting.name].title if setting.table == "keys" else _title(setting.field)
            value = setting.shown(setting.value(self.library.config)) or "none"
            takes, about = setting.takes, setting.key.doc
            yield Entry(_SECTIONS[setting.table], title, setting.path, value, takes, about, setting)

    def _lists(self) -> Iterator[Entry]:
        config, key_of = self.library.config, self.host.key_of
        for name in type(config).__dataclass_fields__:
            items = getattr(config, name)
            if name == "open" or isinstance(items, tuple):
                commands = _LISTS.get(name, ("edit_config",))
                named = ((key_of(command), BY_ID[command].title) for command in commands)
                takes = " · ".join(title if key == title else f"{key} {title}" for key, title in named)
                title, about = _title(name), f"{len(items)} in the configuration, edited elsewhere"
                yield Entry("Lists", title, title, str(len(items)), takes, about, command=commands[0])

    def row(self, entry: Entry) -> Row:
        setting = entry.setting
        changed = setting is not None and setting.is_changed(self.library.config)
        default = (setting.shown(setting.default) or "none") if setting and changed else ""
        sign = Cell("!", "error") if entry.key in self.problems else Cell("•" * changed, "reference")
        return Row(
            entry.key,
            {
                "sign": sign,
                "title": Cell(entry.title, "text" if entry.key else "dim"),
                "value": Cell(entry.value, "strong" if changed else "text"),
                "default": Cell(default, "dim"),
                "takes": Cell(entry.takes, "dim"),
                "about": Cell(entry.about, "dim"),
            },
        )

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
        hint = entry.setting.hint if entry.setting else entry.takes
        problem = self.problems.get(entry.key)
        return [
            ((entry.key, "strong"), (f"  {entry.about}", "text")),
            ((problem, "error") if problem else (hint, "dim"),),
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
            self.dismiss(entry.command)
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


def _title(name: str) -> str:
    return _TITLES.get(name, name.replace("_", " ").capitalize())


def _has(entry: Entry, words: Sequence[str]) -> bool:
    """Look for words in the names and the description."""
    text = f"{entry.section} {entry.title} {entry.key} {entry.about}".casefold()
    return all(word in text for word in words)
