"""All commands with their keys, to be searched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual import events
from textual.app import ComposeResult
from textual.widgets import Input

from tuireader.commands import BY_ID, COMMANDS, Group, keys_label
from tuireader.config import MacroConfig
from tuireader.subprocesses.programs import ADDRESS, TITLE
from tuireader.ui.dialogs.dialog import Dialog
from tuireader.ui.widgets.choices import Choice, Choices
from tuireader.ui.widgets.says import Says


def help_lines(
    keys_of: Mapping[str, tuple[str, ...]], wanted: str = "", macros: Sequence[MacroConfig] = ()
) -> list[Choice]:
    """The lines of the help: commands under their headings, those whose key, title or help has all words.

    Macros come last; their keys come after the one that asks for a macro.
    """
    words = wanted.lower().split()
    lines: list[Choice] = []
    for group in Group:
        found = []
        for command in COMMANDS:
            if command.group is not group:
                continue
            keys = keys_label(keys_of.get(command.id, command.keys))
            text = f"{command.title} {command.help} {command.id}".lower()
            if all(word in text or word in keys.lower().split() for word in words):
                found.append(Choice(command.id, command.help, keys))
        if found:
            lines += [Choice(None, ""), Choice(None, group.value), *found]
    lead = keys_label(keys_of.get("macro", BY_ID["macro"].keys)[:1])
    own = [
        Choice(f"macro {macro.key}", described(macro), f"{lead} {keys_label([macro.key])}")
        for macro in macros
        if all(word in f"macro {described(macro)} {macro.key}".lower() for word in words)
    ]
    if own:
        lines += [Choice(None, ""), Choice(None, "Macros"), *own]
    return lines[1:] or [Choice(None, f"No command is like “{wanted}”")]


class Help(Dialog[str | None]):
    """The help; enter runs the command under the cursor."""

    def __init__(self, keys_of: Mapping[str, tuple[str, ...]], macros: Sequence[MacroConfig] = ()) -> None:
        super().__init__(classes="-tall")
        self._keys_of = keys_of
        self._macros = macros

    def compose(self) -> ComposeResult:
        """A line to search by, and the commands."""
        lines = help_lines(self._keys_of, macros=self._macros)
        yield self.box(
            "Keys",
            Input(placeholder="Type to search", compact=True),
            Choices(lines, lead=max(len(line.lead) for line in lines)),
            Says("enter does it · esc closes · keys can be changed under [keys] in the config", "hint"),
        )

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show what fits; the key that opened the help closes it, too."""
        if event.value == "?":
            self.dismiss(None)
            return
        self.query_one(Choices).show(help_lines(self._keys_of, event.value, self._macros))

    def on_input_submitted(self) -> None:
        """Run the command under the cursor."""
        current = self.query_one(Choices).current
        if current is not None:
            self.dismiss(current)

    def on_choices_chosen(self, message: Choices.Chosen) -> None:
        """Run the command."""
        self.dismiss(message.key)

    def on_key(self, event: events.Key) -> None:
        """Arrows move in the list while the search line has the focus."""
        steps = {"down": 1, "up": -1, "pagedown": 10, "pageup": -10}
        if event.key in steps:
            event.stop()
            self.query_one(Choices).move(steps[event.key])
        elif event.key == "f1":
            event.stop()
            self.dismiss(None)


def described(macro: MacroConfig) -> str:
    """What a macro does, in its own words or in those of its parts."""
    words = " ".join(macro.command).replace(ADDRESS, "URL").replace(TITLE, "TITLE")
    parts = [words] if words else []
    return macro.name or ", then ".join([*parts, *([", ".join(macro.run)] if macro.run else [])])
