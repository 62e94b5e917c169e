"""Edit a TOML configuration and keep everything else as it is: comments, order, spacing, line ends.

An edit is accepted only if the new text parses to exactly the old data plus the change; otherwise nothing
is written.
"""

from tuireader.config.edit.changes import add_account as add_account
from tuireader.config.edit.changes import add_feeds as add_feeds
from tuireader.config.edit.changes import add_mute as add_mute
from tuireader.config.edit.changes import add_tables as add_tables
from tuireader.config.edit.changes import add_watch as add_watch
from tuireader.config.edit.changes import change as change
from tuireader.config.edit.changes import remove_account as remove_account
from tuireader.config.edit.changes import remove_feed as remove_feed
from tuireader.config.edit.changes import remove_feeds as remove_feeds
from tuireader.config.edit.changes import remove_mute as remove_mute
from tuireader.config.edit.changes import remove_view as remove_view
from tuireader.config.edit.changes import remove_watch as remove_watch
from tuireader.config.edit.changes import rename_folder as rename_folder
from tuireader.config.edit.changes import renamed as renamed
from tuireader.config.edit.changes import set_account as set_account
from tuireader.config.edit.changes import set_feed as set_feed
from tuireader.config.edit.changes import set_values as set_values
from tuireader.config.edit.changes import set_view as set_view
from tuireader.config.edit.changes import set_watch as set_watch
from tuireader.config.edit.changes import tables_as_text as tables_as_text
from tuireader.config.edit.data import format_value as format_value
from tuireader.config.edit.data import parse_value as parse_value
from tuireader.config.edit.undo import EditedSince as EditedSince
from tuireader.config.edit.undo import Step as Step
from tuireader.config.edit.undo import revert as revert
from tuireader.config.edit.undo import reverted_urls as reverted_urls
from tuireader.config.edit.undo import step_between as step_between
