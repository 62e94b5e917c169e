"""Edit a TOML configuration and keep everything else as it is: comments, order, spacing, line ends.

An edit is accepted only if the new text parses to exactly the old data plus the change; otherwise nothing
is written.
"""

from tuireader.config.edit.changes import add as add
from tuireader.config.edit.changes import change as change
from tuireader.config.edit.changes import differences as differences
from tuireader.config.edit.changes import remove as remove
from tuireader.config.edit.changes import rename_folder as rename_folder
from tuireader.config.edit.changes import renamed as renamed
from tuireader.config.edit.changes import set_values as set_values
from tuireader.config.edit.changes import tables_as_text as tables_as_text
from tuireader.config.edit.changes import update as update
from tuireader.config.edit.data import Item as Item
from tuireader.config.edit.data import format_value as format_value
from tuireader.config.edit.data import parse_value as parse_value
from tuireader.config.edit.data import typed_values as typed_values
from tuireader.config.edit.undo import EditedSince as EditedSince
from tuireader.config.edit.undo import Step as Step
from tuireader.config.edit.undo import revert as revert
from tuireader.config.edit.undo import reverted_urls as reverted_urls
from tuireader.config.edit.undo import step_between as step_between
