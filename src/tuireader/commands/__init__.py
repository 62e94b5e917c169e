"""The table of commands: everything the user can do, with keys and scopes.

Bindings, footer, palette, help, `tuireader keys` and the documentation are generated from `COMMANDS`, so a
new command is one entry in `table` and one method. Keys have Textual's names
(`question_mark`, `ctrl+z`); in TOML, users may write characters (`?`, `^z`).
"""

from tuireader.commands.command import PANES, TABLES, Command, Group, Scope
from tuireader.commands.keys import key_label, keys_label, normalise_key
from tuireader.commands.table import BY_ID, COMMANDS, PRESETS
from tuireader.commands.user_keys import KeyProblem, did_you_mean, resolve_keys

__all__ = [
    "BY_ID", "COMMANDS", "PANES", "PRESETS", "TABLES", "Command", "Group", "KeyProblem", "Scope",
    "did_you_mean", "key_label", "keys_label", "normalise_key", "resolve_keys",
]  # fmt: skip
