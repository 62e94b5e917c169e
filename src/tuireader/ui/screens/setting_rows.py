"""Parts of the settings screen: its entries, the table with headings, the index of sections."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rich.segment import Segment
from textual import events
from textual.message import Message
from textual.strip import Strip

from tuireader.commands import BY_ID
from tuireader.config import Config
from tuireader.config.settings import Setting, settings
from tuireader.ui.widgets.bars import Bar
from tuireader.ui.widgets.table import Column, Row, Table

SECTIONS = ("Look", "Fetch", "Notify", "Save", "Download", "General", "Lists", "Keys")
"""Sections that come first, in this order."""
_SECTIONS = {"ui": "Look", "": "General"}
"""Titles of sections, where they differ from the table's name."""
_TITLES = {"views": "Saved searches", "open": "Programs by file type"}
_LISTS: Mapping[str, tuple[str, ...]] = {
    "feeds": ("feed_health", "add_feed", "edit_this"),
    "watches": ("watches", "new_watch"),
    "mutes": ("mute",),
    "views": ("edit_config", "save_view", "edit_this"),
    "accounts": ("add_account",),
}
"""Commands that edit the lists of tables; enter runs the first, by default the one for the file."""
COLUMNS = (
    Column("sign", "", 1),
    Column("title", "Setting", 22),
    Column("value", "Value", 24, least=84),
    Column("value", "Value", most=83),
    Column("default", "Default", 15, least=84),
    Column("default", "Default", 16, least=62, most=83),
    Column("takes", "Takes", least=84, most=139),
    Column("takes", "Takes", 36, least=140),
    Column("about", "Description", least=140),
)
VALUE_AT = 1 + COLUMNS[0].width + 2 + COLUMNS[1].width + 2
"""Column of the screen where values begin, counted from the table's left edge."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line: a setting, or a list of tables with the commands that edit it."""

    section: str
    title: str
    setting: Setting | None = None
    count: int = 0
    commands: Sequence[str] = ()

    @property
    def key(self) -> str:
        return self.setting.path if self.setting else self.title

    def has(self, words: Sequence[str]) -> bool:
        """Look for words in the names and the description."""
        own = f"{self.setting.path} {self.setting.key.doc}" if self.setting else ""
        text = f"{self.section} {self.title} {own}".casefold()
        return all(word in text for word in words)


def entries(config: Config) -> Iterator[Entry]:
    """List all settings of a configuration, then its lists of tables."""
    for setting in settings(config):
        section = _SECTIONS.get(setting.table, _title(setting.table))
        title = BY_ID[setting.name].title if setting.table == "keys" else _title(setting.field)
        yield Entry(section, title, setting)
    for name in type(config).__dataclass_fields__:
        items = getattr(config, name)
        if name == "open" or isinstance(items, tuple):
            title, commands = _TITLES.get(name, _title(name)), _LISTS.get(name, ("edit_config",))
            yield Entry("Lists", title, count=len(items), commands=commands)


def _title(name: str) -> str:
    return name.replace("_", " ").capitalize()


class Index(Bar):
    """The sections, with a mark beside the current one."""

    @dataclass
    class Chosen(Message):
        """A section was clicked."""

        section: str

    def __init__(self) -> None:
        super().__init__(id="index")
        self._shown: tuple[Sequence[str], str] = (), ""

    def show(self, sections: Sequence[str], current: str) -> None:
        before, self._shown = self._shown, (sections, current)
        if before != self._shown:
            self.refresh()

    def render_line(self, y: int) -> Strip:
        sections, current = self._shown
        if y >= len(sections):
            return self.strip([])
        styles, at = self.theme_styles, sections[y] == current
        mark = Segment("┃" if at else " ", styles.base + styles.named("reference"))
        return self.strip([mark, Segment(sections[y], styles.base + (styles.strong if at else styles.dim))])

    def on_click(self, event: events.Click) -> None:
        offset, sections = event.get_content_offset(self), self._shown[0]
        if offset is not None and offset.y < len(sections):
            self.post_message(self.Chosen(sections[offset.y]))


class SettingTable(Table):
    """A table with headings, rows without a key, which the cursor skips."""

    def move_to(self, line: int) -> None:
        line = max(0, min(self.line_count - 1, line))
        up, down = range(line, -1, -1), range(line, self.line_count)
        order = (*up, *down) if line < self.cursor else (*down, *up)
        super().move_to(next((at for at in order if self.rows[at].key), 0))
        if not any(row.key for row in self.rows[: self.cursor]):
            self.scroll_now(0)  # show the first heading

    def show(self, rows: Sequence[Row]) -> None:
        super().show(rows)
        if rows and not rows[self.cursor].key:
            self.move_to(self.cursor + 1)
