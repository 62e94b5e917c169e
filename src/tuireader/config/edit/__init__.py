"""Changes to a person's TOML that leave everything else as it is: comments, order, spacing, line ends.

A change is made on the text itself, statement by statement, and is believed only when reading the new text
gives exactly the old data with the change; else nothing is written. Only where feeds stand in one bracketed
list (`feeds = [{…}, …]`) the whole file goes through tomlkit.
"""

from tuireader.config.edit.changes import (
    add_feeds,
    add_mute,
    add_tables,
    add_watch,
    remove_feed,
    remove_mute,
    remove_view,
    remove_watch,
    rename_folder,
    renamed,
    set_feed,
    set_values,
    set_view,
    set_watch,
    shown,
    tables_as_text,
    understood,
)
from tuireader.config.edit.files import change
from tuireader.config.edit.undo import NotAsLeft, Step, moved_back, step_between, take_back

__all__ = [
    "NotAsLeft",
    "Step",
    "add_feeds",
    "add_mute",
    "add_tables",
    "add_watch",
    "change",
    "moved_back",
    "remove_feed",
    "remove_mute",
    "remove_view",
    "remove_watch",
    "rename_folder",
    "renamed",
    "set_feed",
    "set_values",
    "set_view",
    "set_watch",
    "shown",
    "step_between",
    "tables_as_text",
    "take_back",
    "understood",
]
