"""All commands with their keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual import events
from textual.app import ComposeResult
from textual.widgets import Input

from tuireader.commands import BY_ID, COMMANDS, Group, keys_label
from tuireader.config import MacroConfig
from tuireader.subprocesses.programs import ADDRESS, TITLE
from tuireader.ui.dialogs.dialog import FilterDialog
from tuireader.ui.widgets.choices import Choice


def described(macro: MacroConfig) -> str:
    """Return the name of a macro, or else its program and commands."""
    program = " ".join(macro.command).replace(ADDRESS, "URL").replace(TITLE, "TITLE")
    return macro.name or ", then ".join(part for part in (program, ", ".join(macro.run)) if part)


def help_lines(
    keys_of: Mapping[str, tuple[str, ...]], wanted: str = "", macros: Sequence[MacroConfig] = ()
) -> list[Choice]:
    """Return commands under their headings: those whose key, title or help has all words.

    Macros come last; their keys follow the key of the macro command.
    """
    words = wanted.lower().split()
    sections: dict[str, list[Choice]] = {name: [] for name in [*(group.value for group in Group), "Macros"]}
    for command in COMMANDS:
        keys = keys_label(keys_of.get(command.id, command.keys))
        text = f"{command.title} {command.help} {command.id}".lower()
        if all(word in text or word in keys.lower().split() for word in words):
            sections[command.group.value].append(Choice(command.id, command.help, keys))
    first = keys_label(keys_of.get("macro", BY_ID["macro"].keys)[:1])
    for macro in macros:
        if all(word in f"macro {described(macro)} {macro.key}".lower() for word in words):
            key = f"{first} {keys_label([macro.key])}"
            sections["Macros"].append(Choice(f"macro {macro.key}", described(macro), key))
    lines: list[Choice] = []
    for heading, found in sections.items():
        if found:
            lines += [Choice(None, ""), Choice(None, heading), *found]
    return lines[1:]


class Help(FilterDialog[str | None]):
    """The result is the id of the command to run."""

    def __init__(self, keys_of: Mapping[str, tuple[str, ...]], macros: Sequence[MacroConfig] = ()) -> None:
        super().__init__(classes="-tall")
        self._keys_of = keys_of
        self._macros = macros

    def compose(self) -> ComposeResult:
        """A line to search in, and the commands."""
        line = Input(placeholder="Type to search", compact=True)
        yield self.filtering(
            "Keys", line, hint="enter runs it · esc closes · change keys under [keys] in the config"
        )

    def matching(self, typed: str) -> Sequence[Choice]:
        """Return the commands with these words."""
        return help_lines(self._keys_of, typed, self._macros)

    async def choose(self, key: str) -> None:
        """Run the command."""
        self.dismiss(key)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter; the key that opened the help closes it, too."""
        if event.value == "?":
            event.prevent_default()
            self.dismiss(None)

    async def on_key(self, event: events.Key) -> None:
        """Close by F1."""
        if event.key == "f1":
            event.stop()
            self.dismiss(None)
