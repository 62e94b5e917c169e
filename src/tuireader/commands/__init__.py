"""The one table of commands: what a person can do, by which key, and where.

Bindings, footer, palette, help, `tuireader keys` and the documentation are all made from `COMMANDS`, so a
new command is one line in `reading` or `managing` and one method that does it. Keys are written as Textual
names them (`question_mark`, `ctrl+z`); people may write characters (`?`, `^z`) in their TOML.
"""

from tuireader.commands.command import PANES, TABLES, Command, Group, Scope
from tuireader.commands.keys import key_label, keys_label, normalise_key
from tuireader.commands.table import BY_ID, COMMANDS, PRESETS
from tuireader.commands.user_keys import KeyProblem, did_you_mean, resolve_keys

__all__ = [
    "BY_ID",
    "COMMANDS",
    "PANES",
    "PRESETS",
    "TABLES",
    "Command",
    "Group",
    "KeyProblem",
    "Scope",
    "did_you_mean",
    "key_label",
    "keys_label",
    "normalise_key",
    "resolve_keys",
]
