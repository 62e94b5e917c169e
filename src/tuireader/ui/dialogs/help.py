"""Help with all commands and their keys, and a tour of the first keys to know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual import events
from textual.app import ComposeResult
from textual.widgets import Input

from tuireader.commands import BY_ID, COMMANDS, PANES, Group, Scope, keys_label
from tuireader.config import MacroConfig
from tuireader.subprocesses.programs import ADDRESS, FEED, TITLE
from tuireader.ui.dialogs.dialog import Dialog, FilterDialog
from tuireader.ui.widgets.choices import Choice, under_headings
from tuireader.ui.widgets.details import Details
from tuireader.wording.lines import Line

Keys = Mapping[str, tuple[str, ...]]  # of each command
_SIGN = "sign "  # begins the keys of lines that explain signs


def described(macro: MacroConfig) -> str:
    """Name of a macro, else its program and commands: `mpv URL, then toggle_read`."""
    program = " ".join(macro.command).replace(ADDRESS, "URL").replace(TITLE, "TITLE").replace(FEED, "FEED")
    return macro.name or ", then ".join(part for part in (program, ", ".join(macro.run)) if part)


_HERE = {
    Scope.LIST: "open next_unread toggle_star toggle_read back search mark_list_read select labels sort "
    "filter show_hide_read fold_stories story_sources story related full_text open_browser save",
    Scope.ARTICLE: "page_or_next_unread back next_unread next_hit previous_hit next_reference related story "
    "next_language open_browser list_links open_link find_in_page full_text comments pictures changes "
    "toggle_star labels copy_url save download zen",
    Scope.SIDEBAR: "open edit_this remove_this refresh_one add_feed new_watch show_hide_quiet mark_list_read "
    "feed_health",
}
"""Most useful commands of each pane."""

SIGNS = (
    ("●", "Unread"),
    ("★", "Starred"),
    ("▌", "Selected; in the colour of a watch: matches it"),
    ("◆", "Matches a watch; a letter names the watch: ◆W; +2: and two more"),
    ("◇", "May match a watch: one of its words is ambiguous"),
    ("×3", "Number of articles in the row, and of feeds that have the article"),
    ("5 rows", "A row has one report of a story from each feed; a feed's next report begins another row"),
    ("└", "Belongs to the row above"),
    ("~", "Edited since it arrived"),
    ("#", "Label"),
    ("/", "Saved search"),
    ("▾ ▸", "Folder, or group of watches, open or folded"),
    ("!", "Feed that fails, or alarm"),
    ("=", "Paused feed"),
    ("‹1›", "Refers to an earlier article"),
)
"""Signs on the screen, each with its meaning."""


class Help(FilterDialog[str | None]):
    """List of all commands under headings; the result is the id of the command to run.

    The keys of `place` come first; outside the main screen, only these are listed. Macros and signs come
    last; the keys of macros are typed after the key of the macro command.
    """

    def __init__(self, keys_of: Keys, place: Scope, macros: Sequence[MacroConfig] = ()) -> None:
        super().__init__(classes="-tall")
        self._keys_of = keys_of
        self._macros = macros
        self._place = place

    def compose(self) -> ComposeResult:
        line = Input(placeholder="Type to search", compact=True)
        hint = "enter runs it · esc closes · change keys under [keys] in the config"
        yield self.filtering("Keys", line, hint=hint)

    def matching(self, typed: str) -> Sequence[Choice]:
        """List commands whose key, title or help contains all typed words."""
        words, place, keys_of = typed.lower().split(), self._place, self._keys_of
        here, in_panes = _HERE.get(place, "").split(), place in PANES
        heading = f"In the {place.value}" if in_panes else place.value.capitalize()
        names = [heading, *(group.value for group in Group), "Macros", "Signs"]
        sections: dict[str, list[Choice]] = {name: [] for name in names}

        def add(section: str, key: str, about: str, lead: str, *others: str) -> None:
            text = " ".join((about, *others)).lower()
            if all(word in text or word in lead.lower().split() for word in words):
                sections[section].append(Choice(key, about, lead))

        for command in sorted(COMMANDS, key=lambda each: [*here, each.id].index(each.id)):
            if in_panes or place in command.places:
                is_own = command.id in here if in_panes else command.group is not Group.MOVE
                section = heading if is_own else command.group.value
                keys = keys_label(keys_of.get(command.id, command.keys))
                add(section, command.id, command.help, keys, command.title, command.id, *command.aliases)
        first = keys_label(keys_of.get("macro", BY_ID["macro"].keys)[:1])
        for macro in self._macros:
            keys = f"{first} {keys_label([macro.key])}"
            add("Macros", f"macro {macro.key}", described(macro), keys, "macro")
        for sign, meaning in SIGNS if in_panes else ():
            add("Signs", f"{_SIGN}{sign}", meaning, sign, "sign")
        return under_headings(sections)

    async def choose(self, key: str) -> None:
        """Run a command; signs only explain themselves."""
        if not key.startswith(_SIGN):
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
    (("command_line", "help"), "find any command by name; list all keys"),
    (("quit_or_back", "quit"), "go back, or quit at the top; quit at once"),
)
_CLOSING = ("quit_or_back", "quit")  # whoever closes the tour with `q` does not mean to quit
_KEYS = 12


class Tour(Dialog[str | None]):
    """The first keys to know; any key closes the dialog, and the result is the command that it names."""

    def __init__(self, keys_of: Keys) -> None:
        super().__init__(classes="-short")
        self._keys_of = keys_of

    def compose(self) -> ComposeResult:
        self._lines = Details(id="tour")
        hint = "try one of these keys · any other closes this"
        yield self.box("A few keys to start with", self._lines, hint=hint)

    def on_mount(self) -> None:
        lines: list[Line] = []
        for ids, words in _STEPS:
            keys = " ".join(keys_label(self._keys_of.get(command_id, ())[:1]) for command_id in ids).strip()
            lines.append(((f"{keys or '–':<{_KEYS}}", "strong"), (words, "text")))
        self._lines.show(*lines)

    def on_key(self, event: events.Key) -> None:
        event.stop()
        named = [command_id for ids, _ in _STEPS for command_id in ids if command_id not in _CLOSING]
        self.dismiss(next((each for each in named if event.key in self._keys_of.get(each, ())[:1]), None))
