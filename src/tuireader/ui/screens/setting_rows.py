"""Entries of the settings screen and its columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from tuireader.commands import BY_ID
from tuireader.config import Config
from tuireader.config.settings import Setting, settings
from tuireader.ui.widgets.table import Column

SECTIONS: Mapping[str, str] = {
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


def in_sections(config: Config, words: Sequence[str]) -> Iterator[Entry]:
    """List the entries with these words by section, each below its heading and an empty line."""
    order = list(SECTIONS.values())
    entries = sorted(_entries(config), key=lambda entry: order.index(entry.section))
    sections = groupby((entry for entry in entries if entry.has(words)), lambda entry: entry.section)
    for number, (name, own) in enumerate(sections):
        yield from [Entry("", "")] * (number > 0)
        yield Entry(name, name)
        yield from own


def _entries(config: Config) -> Iterator[Entry]:
    """List all settings of a configuration and its lists of tables."""
    for setting in settings(config):
        title = BY_ID[setting.name].title if setting.table == "keys" else _title(setting.field)
        yield Entry(SECTIONS[setting.table], title, setting)
    for name in type(config).__dataclass_fields__:
        items = getattr(config, name)
        if name == "open" or isinstance(items, tuple):
            commands = _LISTS.get(name, ("edit_config",))
            yield Entry(SECTIONS["lists"], _title(name), count=len(items), commands=commands)


def _title(name: str) -> str:
    return _TITLES.get(name, name.replace("_", " ").capitalize())
