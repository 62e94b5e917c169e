"""Edit a TOML configuration and keep everything else as it is: comments, order, spacing, line ends.

An edit is accepted only if the new text parses to exactly the old data plus the change; otherwise nothing
is written.
"""

from tuireader.config.edit.changes import (
    add,
    change,
    differences,
    remove,
    remove_key,
    rename_folder,
    renamed,
    set_keys,
    tables_as_text,
    update,
    update_all,
)
from tuireader.config.edit.data import Item, format_value, parse_value, typed_values
from tuireader.config.edit.undo import EditedSince, Step, revert, reverted_urls, step_between

__all__ = [
    "EditedSince", "Item", "Step", "add", "change", "differences", "format_value", "parse_value", "remove",
    "remove_key", "rename_folder", "renamed", "revert", "reverted_urls", "set_keys",
    "step_between", "tables_as_text", "typed_values", "update",
    "update_all",
]  # fmt: skip
