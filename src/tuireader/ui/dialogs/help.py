"""Help with all commands and their keys, and a tour of the first keys to know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual import events
from textual.app import ComposeResult
from textual.widgets import Input

from tuireader.commands import BY_ID, COMMANDS, Group, keys_label
from tuireader.config import MacroConfig
from tuireader.subprocesses.programs import ADDRESS, TITLE
from tuireader.ui.dialogs.dialog import Dialog, FilterDialog
from tuireader.ui.widgets.choices import Choice
from tuireader.ui.widgets.details import Details
from tuireader.wording.lines import Line


def described(macro: MacroConfig) -> str:
    """Name of a macro, else its program and commands: `mpv URL, then toggle_read`."""
    program = " ".join(macro.command).replace(ADDRESS, "URL").replace(TITLE, "TITLE")
    return macro.name or ", then ".join(part for part in (program, ", ".join(macro.run)) if part)


def help_lines(
    keys_of: Mapping[str, tuple[str, ...]], wanted: str = "", macros: Sequence[MacroConfig] = ()
) -> list[Choice]:
    """List commands whose key, title or help contains all words, under headings.

    Macros come last; their keys are typed after the key of the macro command.
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
    for heading, choices in sections.items():
        if choices:
            lines += [Choice(None, ""), Choice(None, heading), *choices]
    return lines[1:]


class Help(FilterDialog[str | None]):
    """List of all commands; the result is the id of the command to run."""

    def __init__(self, keys_of: Mapping[str, tuple[str, ...]], macros: Sequence[MacroConfig] = ()) -> None:
        super().__init__(classes="-tall")
        self._keys_of = keys_of
        self._macros = macros

    def compose(self) -> ComposeResult:
        line = Input(placeholder="Type to search", compact=True)
        hint = "enter runs it · esc closes · change keys under [keys] in the config"
        yield self.filtering("Keys", line, hint=hint)

    def matching(self, typed: str) -> Sequence[Choice]:
        return help_lines(self._keys_of, typed, self._macros)

    async def choose(self, key: str) -> None:
        self.dismiss(key)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter; the key that opened the help also closes it."""
        if event.value == "?":
            event.prevent_default()
            self.dismiss(None)

    async def on_key(self, event: events.Key) -> None:
        if event.key == "f1":
            event.stop()
            self.dismiss(None)


_STEPS = (
    (("move_down", "move_up"), "move in the list and in an article"),
    (("open", "back"), "open an article, go back"),
    (("back",), "in the list: the sidebar with feeds, watches and searches"),
    (("page_or_next_unread",), "read on: a page, then the next unread article"),
    (("toggle_star", "toggle_read"), "star an article, mark it read or unread"),
    (("undo",), "undo, also after a restart"),
    (("search",), "search all stored articles"),
    (("new_watch", "watches"), "watch for words you must not miss; list your watches"),
    (("refresh_all", "add_feed"), "fetch all feeds, add a feed"),
    (("palette", "help"), "find any command by name; list all keys"),
    (("quit_or_back", "quit"), "go back, or quit at the top; quit at once"),
)
_KEYS = 12


class Tour(Dialog[None]):
    """The first keys to know; any key closes the dialog."""

    def __init__(self, keys_of: Mapping[str, tuple[str, ...]]) -> None:
        super().__init__(classes="-short")
        self._keys_of = keys_of

    def compose(self) -> ComposeResult:
        self._lines = Details(id="tour")
        yield self.box("A few keys to start with", self._lines, hint="any key closes this")

    def on_mount(self) -> None:
        self._lines.show(*(self._line(ids, words) for ids, words in _STEPS))

    def on_key(self, event: events.Key) -> None:
        event.stop()
        self.dismiss(None)

    def _line(self, ids: tuple[str, ...], words: str) -> Line:
        keys = " ".join(keys_label(self._keys_of.get(command_id, ())[:1]) for command_id in ids).strip()
        return ((f"{keys or '–':<{_KEYS}}", "strong"), (words, "text"))
