"""The one table of commands: what a person can do, by which key, and where.

Bindings, footer, palette, help, `tuireader keys` and the documentation are all made from `COMMANDS`, so a
new command is one line here and one method that does it. Keys are written as Textual names them
(`question_mark`, `ctrl+z`); people may write characters (`?`, `^z`) in their TOML.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Scope(StrEnum):
    """Where a command's keys work: in any pane of the main screen, in one pane, or on another screen."""

    GLOBAL = "global"
    LIST = "list"
    ARTICLE = "article"
    SIDEBAR = "sidebar"
    HEALTH = "feed health"
    WATCHES = "watches"
    SEARCH = "search line"
    MUTE = "mute dialog"
    WATCH = "watch dialog"
    CHOICES = "choices"


PANES = frozenset({Scope.LIST, Scope.ARTICLE, Scope.SIDEBAR})
TABLES = (Scope.HEALTH, Scope.WATCHES)


class Group(StrEnum):
    """The headings of the help, in their order."""

    MOVE = "Move"
    READ = "Read"
    MARK = "Mark"
    FIND = "Find"
    FEEDS = "Feeds"
    WATCHES = "Watches"
    PROGRAM = "Program"


@dataclass(frozen=True, slots=True)
class Command:
    """One thing that a person can do.

    `id` is stable: it names the action in code and in the person's `[keys]`. `title` is short, for footer
    and palette; `help` is a sentence. `keys` are those of the preset `default`, which work in `scope` and in
    those of `also`.
    """

    id: str
    title: str
    help: str
    keys: tuple[str, ...]
    group: Group
    scope: Scope = Scope.GLOBAL
    footer: bool = False
    also: tuple[Scope, ...] = ()

    @property
    def places(self) -> frozenset[Scope]:
        """All panes, screens and dialogs in which its keys work."""
        named = {self.scope, *self.also}
        return frozenset(named - {Scope.GLOBAL} | (PANES if Scope.GLOBAL in named else frozenset()))

    @property
    def on_main(self) -> bool:
        """Whether the main screen can do it: the palette and the help offer it there."""
        return bool(self.places & PANES)


@dataclass(frozen=True, slots=True)
class KeyProblem:
    """Something wrong with a person's keys. `path` is where in the config, such as `keys.next_unread`."""

    path: str
    message: str


_MOVING = (*TABLES, Scope.CHOICES)

COMMANDS: tuple[Command, ...] = (
    # Move
    Command(
        "move_down",
        "Down",
        "Move down a line, or scroll the text.",
        ("j", "down"),
        Group.MOVE,
        also=_MOVING,
    ),
    Command("move_up", "Up", "Move up a line, or scroll the text.", ("k", "up"), Group.MOVE, also=_MOVING),
    Command("next_article", "Next", "Go to the next article of the list, from any pane.", ("J",), Group.MOVE),
    Command(
        "previous_article",
        "Previous",
        "Go to the previous article of the list, from any pane.",
        ("K",),
        Group.MOVE,
    ),
    Command(
        "next_unread",
        "Next unread",
        "Open the next unread article, in the next view with one if this has none.",
        ("n",),
        Group.MOVE,
        footer=True,
    ),
    Command(
        "previous_unread",
        "Previous unread",
        "Open the previous unread article, across views as well.",
        ("p",),
        Group.MOVE,
    ),
    Command(
        "page_or_next_unread",
        "Read on",
        "Turn the page, and at the end of the text open the next unread article.",
        ("space",),
        Group.MOVE,
        footer=True,
    ),
    Command(
        "half_page_down",
        "Half page down",
        "Move down half a page.",
        ("ctrl+d",),
        Group.MOVE,
        also=_MOVING,
    ),
    Command("half_page_up", "Half page up", "Move up half a page.", ("ctrl+u",), Group.MOVE, also=_MOVING),
    Command("page_down", "Page down", "Move down a page.", ("pagedown",), Group.MOVE, also=_MOVING),
    Command("page_up", "Page up", "Move up a page.", ("pageup",), Group.MOVE, also=_MOVING),
    Command("top", "Top", "Go to the first line.", ("g", "home"), Group.MOVE, also=_MOVING),
    Command("bottom", "Bottom", "Go to the last line.", ("G", "end"), Group.MOVE, also=_MOVING),
    Command("next_pane", "Next pane", "Move the focus to the next pane.", ("tab",), Group.MOVE),
    Command(
        "previous_pane", "Previous pane", "Move the focus to the pane before.", ("shift+tab",), Group.MOVE
    ),
    # Read
    Command(
        "open",
        "Open",
        "Open what is chosen and go to the pane on its right.",
        ("enter", "l", "right"),
        Group.READ,
        footer=True,
        also=_MOVING,
    ),
    Command(
        "back",
        "Back",
        "Go back, or to the pane on the left.",
        ("h", "left", "escape", "backspace"),
        Group.READ,
        also=TABLES,
    ),
    Command(
        "open_browser",
        "Browser",
        "Open the article in the web browser.",
        ("o",),
        Group.READ,
        footer=True,
    ),
    Command(
        "open_browser_next",
        "Browser, next",
        "Open the article in the web browser, mark it read and go to the next unread one.",
        ("O",),
        Group.READ,
    ),
    Command(
        "open_link",
        "Open link 1 to 9",
        "Open the link with this number; the n-th key of this command opens link n.",
        ("1", "2", "3", "4", "5", "6", "7", "8", "9"),
        Group.READ,
    ),
    Command("list_links", "Links", "List all links of the article.", ("u",), Group.READ),
    Command(
        "full_text",
        "Full text",
        "Fetch the full text from the article's page; afterwards, change between it and the feed's text.",
        ("x",),
        Group.READ,
    ),
    Command(
        "fetch_again",
        "Full text again",
        "Fetch the full text anew; what it said before is kept as a version.",
        (),
        Group.READ,
    ),
    Command(
        "comments",
        "Comments",
        "Load the comments and show them below the article, or open them in the web browser.",
        ("c",),
        Group.READ,
    ),
    Command(
        "changes",
        "Changes",
        "Show what was changed in the article since it first came.",
        ("D",),
        Group.READ,
    ),
    Command("pictures", "Pictures", "Show pictures, or only their places.", ("i",), Group.READ),
    Command(
        "related",
        "Related",
        "Go to the related articles below the text.",
        ("e",),
        Group.READ,
        Scope.LIST,
        also=(Scope.ARTICLE,),
    ),
    Command(
        "story_sources",
        "Sources",
        "Show all articles of the story in the list, or only one again.",
        ("f",),
        Group.READ,
    ),
    Command("copy_url", "Copy address", "Copy the article's address.", ("y",), Group.READ),
    Command(
        "copy_markdown",
        "Copy Markdown link",
        "Copy title and address of the article as a Markdown link.",
        ("Y",),
        Group.READ,
    ),
    Command("save", "Save", "Save the article as a file, as [save] in the config says.", ("S",), Group.READ),
    Command("pipe", "Pipe", "Give the article to a program.", ("vertical_line",), Group.READ),
    Command("zen", "Article only", "Show only the article, or all panes again.", ("z",), Group.READ),
    # Mark
    Command("toggle_read", "Read/unread", "Mark the article read or unread.", ("N", "m"), Group.MARK),
    Command(
        "toggle_star", "Star", "Star the article, or take the star away.", ("s",), Group.MARK, footer=True
    ),
    Command("mark_read", "Mark read", "Mark the article read.", (), Group.MARK),
    Command(
        "mark_list_read",
        "Mark list read",
        "Mark all articles of this list read; undo takes it back.",
        ("A",),
        Group.MARK,
    ),
    Command(
        "clear_rest",
        "Clear the rest",
        "After days away, mark read what has come and is on no watch; undo takes it back.",
        ("C",),
        Group.MARK,
    ),
    Command(
        "split_story",
        "Not this story",
        "Take the article out of its story for good; undo takes it back.",
        ("X",),
        Group.MARK,
    ),
    Command(
        "undo",
        "Undo",
        "Take back the last mark, also one from before a restart.",
        ("ctrl+z", "U"),
        Group.MARK,
    ),
    # Find
    Command("search", "Search", "Search everything that is stored.", ("slash",), Group.FIND, footer=True),
    Command(
        "fold_stories",
        "Fold stories",
        "Show a story as one line, or each of its articles.",
        ("v",),
        Group.FIND,
    ),
    Command("filter", "Filter", "Show only what fits an expression, of this list.", ("F",), Group.FIND),
    Command(
        "show_new",
        "New since last time",
        "Show what has come since tuireader was last left.",
        ("L",),
        Group.FIND,
    ),
    Command(
        "save_view",
        "Save search",
        "Keep the search, or what is filtered of this list, in the sidebar under a name.",
        ("V",),
        Group.FIND,
    ),
    Command(
        "keep_as_watch",
        "Search to watch",
        "While typing a search: make a watch of it.",
        ("ctrl+s",),
        Group.FIND,
        Scope.SEARCH,
    ),
    Command(
        "keep_as_view",
        "Search to sidebar",
        "While typing a search: keep it in the sidebar under a name.",
        ("ctrl+n",),
        Group.FIND,
        Scope.SEARCH,
    ),
    Command(
        "find_in_page",
        "Find in page",
        "Find words in the open article; ] and [ go on, esc leaves.",
        ("ctrl+f",),
        Group.FIND,
    ),
    Command("show_hide_read", "Show/hide read", "Show or hide read articles.", ("full_stop",), Group.FIND),
    # Feeds
    Command(
        "refresh_one",
        "Refresh this",
        "Fetch the feed, folder or list that is chosen.",
        ("r",),
        Group.FEEDS,
        also=(Scope.HEALTH,),
    ),
    Command(
        "refresh_failing",
        "Retry all failing",
        "In the feed health: fetch all feeds that fail.",
        ("R",),
        Group.FEEDS,
        Scope.HEALTH,
    ),
    Command("refresh_all", "Refresh all", "Fetch all feeds.", ("R",), Group.FEEDS, footer=True),
    Command("add_feed", "Add feed", "Subscribe to a feed or to a page that has one.", ("plus",), Group.FEEDS),
    Command(
        "feed_health",
        "Feed health",
        "Show which feeds are in trouble and why, and mend them.",
        ("H",),
        Group.FEEDS,
    ),
    Command(
        "edit_this",
        "Edit",
        "In the sidebar and the tables: change the feed, folder, watch or saved search.",
        ("e",),
        Group.FEEDS,
        Scope.SIDEBAR,
        also=TABLES,
    ),
    Command(
        "remove_this",
        "Remove",
        "In the sidebar and the tables: remove the feed, watch or saved search; articles are kept.",
        ("d", "delete"),
        Group.FEEDS,
        Scope.SIDEBAR,
        also=(*TABLES, Scope.MUTE),
    ),
    Command(
        "pause_feed",
        "Pause/resume",
        "In the feed health: stop fetching the feed, or go on with it.",
        ("p",),
        Group.FEEDS,
        Scope.HEALTH,
    ),
    Command(
        "accept_move",
        "Accept move",
        "In the feed health: take the new address of a feed that has moved for good.",
        ("a",),
        Group.FEEDS,
        Scope.HEALTH,
    ),
    # Watches
    Command(
        "watches", "Watches", "Show how often each watch hits, and change watches.", ("w",), Group.WATCHES
    ),
    Command(
        "new_watch",
        "New watch",
        "Make a watch from the chosen text, the search or the article, and see what it would hit.",
        ("W",),
        Group.WATCHES,
        also=(Scope.WATCHES,),
    ),
    Command(
        "keep_watch",
        "Keep",
        "In the table of watches: keep a watch that follows a story, so that it never ends.",
        ("K",),
        Group.WATCHES,
        Scope.WATCHES,
    ),
    Command(
        "take_alias",
        "Take alias",
        "In the dialog of a watch: add the other name that texts use.",
        ("ctrl+t",),
        Group.WATCHES,
        Scope.WATCH,
    ),
    Command("mute", "Mute", "Hide articles by words or feed, for a time or for good.", ("M",), Group.WATCHES),
    Command(
        "look_at_muted",
        "Look at the muted",
        "In the dialog of mutes: show all that is hidden.",
        ("ctrl+o",),
        Group.WATCHES,
        Scope.MUTE,
    ),
    Command(
        "follow_story",
        "Follow story",
        "Make a watch from the rarest words of the story.",
        ("asterisk",),
        Group.WATCHES,
    ),
    Command(
        "next_hit",
        "Next hit",
        "Jump to the next place in the text that was found: by find in page, a watch or the search.",
        ("right_square_bracket",),
        Group.WATCHES,
    ),
    Command(
        "previous_hit",
        "Previous hit",
        "Jump to the previous place in the text that was found.",
        ("left_square_bracket",),
        Group.WATCHES,
    ),
    # Program
    Command(
        "palette",
        "Commands",
        "Find a command by its name.",
        ("colon", "ctrl+p"),
        Group.PROGRAM,
    ),
    Command(
        "macro",
        "Macros",
        "Run one of the macros of the config: its key comes next.",
        ("comma",),
        Group.PROGRAM,
    ),
    Command(
        "edit_config",
        "Edit config",
        "Edit the configuration in $VISUAL or $EDITOR, and take it over.",
        ("E",),
        Group.PROGRAM,
    ),
    Command("tour", "Tour", "Show the few keys that matter first.", (), Group.PROGRAM),
    Command(
        "help", "Help", "Show all keys, and search them.", ("question_mark", "f1"), Group.PROGRAM, footer=True
    ),
    Command(
        "quit_or_back",
        "Back/quit",
        "Go back; at the top, quit.",
        ("q",),
        Group.PROGRAM,
        footer=True,
        also=TABLES,
    ),
    Command("quit", "Quit", "Quit at once.", ("Q", "ctrl+q"), Group.PROGRAM, also=TABLES),
)

BY_ID: Mapping[str, Command] = {command.id: command for command in COMMANDS}

# What a preset changes; all else is as in the table. An empty tuple leaves a command to the palette.
_NEWSBOAT: Mapping[str, tuple[str, ...]] = {
    "open": ("enter", "right"),
    "page_or_next_unread": (),
    "page_down": ("space", "pagedown"),
    "top": ("home",),
    "bottom": ("end",),
    "toggle_read": ("N",),
    "toggle_star": ("s", "ctrl+e"),
    "show_hide_read": ("l",),
}
_ARROWS: Mapping[str, tuple[str, ...]] = {
    "move_down": ("down",),
    "move_up": ("up",),
    "next_article": ("ctrl+down",),
    "previous_article": ("ctrl+up",),
    "top": ("home",),
    "bottom": ("end",),
    "open": ("enter", "right"),
    "back": ("left", "escape", "backspace"),
    "toggle_read": ("m",),
    "toggle_star": ("s", "insert"),
    "search": ("slash", "ctrl+f"),
    "find_in_page": ("f3",),
    "refresh_one": ("f5",),
    "refresh_all": ("ctrl+r",),
    "refresh_failing": ("ctrl+r",),
    "edit_this": ("f2", "e"),
    "remove_this": ("delete",),
    "undo": ("ctrl+z",),
}


def _preset(changes: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
    return {command.id: changes.get(command.id, command.keys) for command in COMMANDS}


PRESETS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "default": _preset({}),
    "newsboat": _preset(_NEWSBOAT),
    "arrows": _preset(_ARROWS),
}


# --------------------------------------------------------------------------- names of keys

# Textual calls a printable key by its Unicode name, but for these.
_SHORT_NAMES = {
    "solidus": "slash",
    "reverse_solidus": "backslash",
    "commercial_at": "at",
    "hyphen_minus": "minus",
    "plus_sign": "plus",
    "low_line": "underscore",
}
_NAMED = frozenset(
    [
        "escape",
        "enter",
        "tab",
        "space",
        "backspace",
        "insert",
        "delete",
        "home",
        "end",
        "pageup",
        "pagedown",
        "up",
        "down",
        "left",
        "right",
    ]
) | {f"f{number}" for number in range(1, 25)}
_ALIASES = {
    "esc": "escape",
    "return": "enter",
    "del": "delete",
    "ins": "insert",
    "pgup": "pageup",
    "pgdn": "pagedown",
    "pgdown": "pagedown",
    "page_up": "pageup",
    "page_down": "pagedown",
    "spacebar": "space",
    "bksp": "backspace",
    "control": "ctrl",
    "meta": "alt",
    "option": "alt",
}
_MODIFIERS = ("alt", "ctrl", "shift")  # in the order of Textual's names
_SAME_BYTE = {
    "ctrl+h": "backspace",
    "ctrl+i": "tab",
    "ctrl+j": "enter",
    "ctrl+m": "enter",
    "ctrl+left_square_bracket": "escape",
}
_LABELS = {
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "escape": "esc",
    "backspace": "bksp",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "delete": "del",
    "insert": "ins",
} | {f"f{number}": f"F{number}" for number in range(1, 25)}


def _unicode_name(character: str) -> str:
    name = unicodedata.name(character, "").lower().replace("-", "_").replace(" ", "_")
    return _SHORT_NAMES.get(name, name)


# The signs that keyboards have, by their names; letters and digits are their own names.
_CHARACTERS = {
    _unicode_name(sign): sign
    for sign in (*map(chr, range(33, 256)), "€")
    if sign.isprintable() and not sign.isalnum()
}
_NAMES = {sign: name for name, sign in _CHARACTERS.items()}


def normalise_key(text: str) -> str | None:
    """The Textual name of a key as a person writes it (`?`, `^z`, `Ctrl+Z`, `PgDn`), None if it is no key."""
    text = text if text == " " else text.strip()
    if len(text) > 1 and text[0] == "^":
        text = "ctrl+" + text[1:]
    prefix, _, last = text[:-1].rpartition("+")  # the last character is never a separator: `ctrl++`
    last += text[-1:]
    modifiers = {
        _ALIASES.get(part.strip().lower(), part.strip().lower()) for part in prefix.split("+") if prefix
    }
    key = _plain_key(last.strip() or last)
    if key is None or not modifiers <= set(_MODIFIERS):
        return None
    if len(key) == 1 and key.isalpha():  # a terminal sends J for shift+j, and ctrl+z for ctrl+Z
        if modifiers == {"shift"}:
            return key.upper()
        key = key.lower() if "ctrl" in modifiers else key
    return "+".join([name for name in _MODIFIERS if name in modifiers] + [key])


def _plain_key(text: str) -> str | None:
    if text == " ":
        return "space"
    if len(text) == 1:
        return text if text.isalnum() else _NAMES.get(text)
    name = text.lower()
    name = _SHORT_NAMES.get(name, _ALIASES.get(name, name))
    return name if name in _NAMED or name in _CHARACTERS else None


def key_label(key: str) -> str:
    """A key as people read it: `^z` for `ctrl+z`, `?` for `question_mark`, `↓` for `down`."""
    *modifiers, last = key.split("+")
    label = _LABELS.get(last) or _CHARACTERS.get(last, last)
    if modifiers == ["ctrl"] and len(label) == 1:
        return f"^{label}"
    return "+".join([*modifiers, label])


def keys_label(keys: Iterable[str]) -> str:
    """Several keys as people read them; a run of digits is shortened: `1–9`."""
    labels = [key_label(key) for key in keys]
    if len(labels) > 2 and all(label.isdecimal() for label in labels):
        return f"{labels[0]}–{labels[-1]}"
    return " ".join(labels)


# --------------------------------------------------------------------------- a person's keys


def resolve_keys(
    preset: str, overrides: Mapping[str, Sequence[str]]
) -> tuple[dict[str, tuple[str, ...]], list[KeyProblem]]:
    """The keys of every command under a preset and a person's own `[keys]`, and what is wrong with these.

    The result has no clash, whatever comes in: a key that a person gave to a command is taken from the
    command that has it in the preset; of two of the person's own commands the first one keeps it. Both are
    told. An empty sequence leaves a command without a key.
    """
    problems: list[KeyProblem] = []
    if preset not in PRESETS:
        problems.append(KeyProblem("ui.keys", f"no preset {preset!r}{did_you_mean(preset, PRESETS)}"))
    base = PRESETS.get(preset, PRESETS["default"])
    own: dict[str, tuple[str, ...]] = {}
    for command_id, written in overrides.items():
        path = f"keys.{command_id}"
        if command_id not in BY_ID:
            problems.append(KeyProblem(path, f"no command {command_id!r}{did_you_mean(command_id, BY_ID)}"))
            continue
        keys = _readable_keys(path, written, problems)
        taken = _taken(command_id, keys, own)
        problems += [
            KeyProblem(path, f"{key_label(key)!r} is already {other}") for key, other in taken.items()
        ]
        if keys or not written:  # when no key of a line can be used, the preset's stay
            own[command_id] = tuple(key for key in keys if key not in taken)
    resolved = {}
    for command in COMMANDS:
        if command.id in own:
            resolved[command.id] = own[command.id]
            continue
        taken = _taken(command.id, base[command.id], own)
        problems += [
            KeyProblem(
                f"keys.{other}", f"{key_label(key)!r} is taken from {command.id}; give that another key"
            )
            for key, other in taken.items()
        ]
        resolved[command.id] = tuple(key for key in base[command.id] if key not in taken)
    return resolved, problems


def _readable_keys(path: str, written: Sequence[str], problems: list[KeyProblem]) -> tuple[str, ...]:
    keys: list[str] = []
    for text in written:
        key = normalise_key(text)
        if key is None:
            problems.append(KeyProblem(path, f"{text!r} is no key"))
        elif key in _SAME_BYTE:
            problems.append(
                KeyProblem(
                    path, f"{text!r} cannot be used: in a terminal it is the same as {_SAME_BYTE[key]}"
                )
            )
        elif key not in keys:
            keys.append(key)
    return tuple(keys)


def _taken(command_id: str, keys: Iterable[str], own: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Those of `keys` that another command in `own` has where both would work, with that command."""
    return {
        key: other
        for key in keys
        for other, others_keys in own.items()
        if key in others_keys and _meet(command_id, other)
    }


def _meet(one: str, other: str) -> bool:
    """Whether the keys of two commands can work at the same moment."""
    return one != other and bool(BY_ID[one].places & BY_ID[other].places)


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """`; did you mean 'x'?` for the known name nearest to `name`, `""` when none is near."""
    import difflib  # only ever needed for a mistake

    near = difflib.get_close_matches(name.lower()[:100], list(known), n=1, cutoff=0.6)
    return f"; did you mean {near[0]!r}?" if near else ""
