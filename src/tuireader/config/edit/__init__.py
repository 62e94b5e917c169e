"""Edit a TOML configuration and keep everything else as it is: comments, order, spacing, line ends.

An edit is accepted only when reading the new text gives exactly the old data with the change; otherwise
nothing is written.
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
    tables_as_text,
)
from tuireader.config.edit.data import format_value, parse_value
from tuireader.config.edit.files import change
from tuireader.config.edit.undo import EditedSince, Step, revert, reverted_urls, step_between

__all__ = [
    "EditedSince",
    "Step",
    "add_feeds",
    "add_mute",
    "add_tables",
    "add_watch",
    "change",
    "format_value",
    "parse_value",
    "remove_feed",
    "remove_mute",
    "remove_view",
    "remove_watch",
    "rename_folder",
    "renamed",
    "revert",
    "reverted_urls",
    "set_feed",
    "set_values",
    "set_view",
    "set_watch",
    "step_between",
    "tables_as_text",
]
