"""Entries of the settings screen and its columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tuireader.commands import BY_ID
from tuireader.config import Config
from tuireader.config.settings import Setting, settings
from tuireader.ui.widgets.table import Column

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
    """A line: a setting, a list of tables with the commands that edit it, or a heading."""

    section: str
    title: str
    setting: Setting | None = None
    count: int = 0
    commands: Sequence[str] = ()

    @property
    def key(self) -> str:
        return self.setting.path if self.setting else self.title if self.commands else ""

    def has(self, words: Sequence[str]) -> bool:
        """Look for words in the names and the description."""
        own = f"{self.setting.path} {self.setting.key.doc}" if self.setting else ""
        text = f"{self.section} {self.title} {own}".casefold()
        return all(word in text for word in words)


def in_sections(entries: Sequence[Entry]) -> Iterator[Entry]:
    """Sort entries by section, each below its heading and an empty line."""
    names = dict.fromkeys((*SECTIONS, *(entry.section for entry in entries)))
    own = {name: [entry for entry in entries if entry.section == name] for name in names}
    for number, name in enumerate(name for name in names if own[name]):
        yield from (Entry("", ""),) * (number > 0)
        yield Entry(name, name)
        yield from own[name]


def all_entries(config: Config) -> Iterator[Entry]:
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
