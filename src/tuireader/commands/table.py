"""All commands, by heading of the help, and the key presets."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from tuireader.commands.command import MOVING, TABLES, Command, Group, Scope


def _command(
    id: str,
    title: str,
    help: str,
    keys: str = "",
    scope: Scope = Scope.GLOBAL,
    *,
    group: Group,
    also: tuple[Scope, ...] = (),
) -> Command:
    return Command(id, title, help, tuple(keys.split()), group, scope, also)


_move = partial(_command, group=Group.MOVE)
_read = partial(_command, group=Group.READ)
_mark = partial(_command, group=Group.MARK)
_find = partial(_command, group=Group.FIND)
_feeds = partial(_command, group=Group.FEEDS)
_watches = partial(_command, group=Group.WATCHES)
_program = partial(_command, group=Group.PROGRAM)

COMMANDS: tuple[Command, ...] = (
    _move("move_down", "Down", "Move down a line, or scroll the text.", "j down", also=MOVING),
    _move("move_up", "Up", "Move up a line, or scroll the text.", "k up", also=MOVING),
    _move("next_article", "Next", "Go to the next article of the list, from any pane.", "J"),
    _move("previous_article", "Previous", "Go to the previous article of the list, from any pane.", "K"),
    _move("next_unread", "Next unread", "Open the next unread article, also in other lists.", "n"),
    _move(
        "previous_unread",
        "Previous unread",
        "Open the previous unread article, also in other lists.",
        "p",
    ),
    _move(
        "page_or_next_unread",
        "Read on",
        "Page down; at the end of the text, open the next unread article.",
        "space",
    ),
    _move("half_page_down", "Half page down", "Move down half a page.", "ctrl+d", also=MOVING),
    _move("half_page_up", "Half page up", "Move up half a page.", "ctrl+u", also=MOVING),
    _move("page_down", "Page down", "Move down a page.", "pagedown", also=MOVING),
    _move("page_up", "Page up", "Move up a page.", "pageup", also=MOVING),
    _move("top", "Top", "Go to the first line.", "g home", also=MOVING),
    _move("bottom", "Bottom", "Go to the last line.", "G end", also=MOVING),
    _move("next_pane", "Next pane", "Focus the next pane.", "tab"),
    _move("previous_pane", "Previous pane", "Focus the previous pane.", "shift+tab"),
    _read(
        "open",
        "Open",
        "Open the selected line and go to the pane on the right.",
        "enter l right",
        also=MOVING,
    ),
    _read(
        "back",
        "Back",
        "Go back, or to the pane on the left.",
        "h left escape backspace",
        also=(*TABLES, Scope.STORY),
    ),
    _read("open_browser", "Browser", "Open the article in the web browser.", "o", also=(Scope.STORY,)),
    _read(
        "open_browser_next",
        "Browser, next",
        "Open the article in the browser, mark it as read, go to the next unread.",
        "O",
    ),
    _read(
        "open_link",
        "Open link 1 to 9",
        "Open the link with this number; key n of this command opens link n.",
        "1 2 3 4 5 6 7 8 9",
    ),
    _read("list_links", "Links", "List all links of the article.", "u"),
    _read(
        "full_text", "Full text", "Fetch the full text; again to switch between it and the feed's text.", "x"
    ),
    _read(
        "fetch_again", "Refetch full text", "Fetch the full text again and keep the former text as a version."
    ),
    _read(
        "comments", "Comments", "Show the comments below the article, or open them in the web browser.", "c"
    ),
    _read("changes", "Changes", "Show how the article was edited since it arrived.", "D"),
    _read("pictures", "Images", "Show or hide images.", "i"),
    _read(
        "related",
        "Related",
        "Go to the related articles below the text.",
        "e",
        Scope.LIST,
        also=(Scope.ARTICLE,),
    ),
    _read(
        "next_reference",
        "Next background",
        "Jump to the next sentence that refers to an earlier article; enter opens the article.",
        "right_curly_bracket",
    ),
    _read(
        "previous_reference",
        "Previous background",
        "Jump to the previous sentence that refers to an earlier article.",
        "left_curly_bracket",
    ),
    _read("story_sources", "Sources", "Show or hide the other articles of the story in the list.", "f"),
    _read(
        "next_language",
        "Other language",
        "Open the report of the story in the next language; go back to return.",
        "I",
        Scope.LIST,
        also=(Scope.ARTICLE,),
    ),
    _read(
        "story",
        "Story",
        "Show the story as a page: who reported when, what each added, what came before and after.",
        "T",
        Scope.LIST,
        also=(Scope.ARTICLE,),
    ),
    _read("copy_url", "Copy address", "Copy the article's address.", "y", also=(Scope.STORY,)),
    _read(
        "copy_markdown",
        "Copy Markdown link",
        "Copy the article's title and address as a Markdown link, or the page of a story as Markdown.",
        "Y",
        also=(Scope.STORY,),
    ),
    _read(
        "save",
        "Save",
        "Save the article or the page of a story as a file; [save] in the configuration says where.",
        "S",
        also=(Scope.STORY,),
    ),
    _read("pipe", "Pipe", "Pipe the article to a program.", "vertical_line"),
    _read(
        "open_file",
        "Open file",
        "Open an attached file, such as a podcast episode, by the program of its type.",
        "P",
        also=(Scope.QUEUE,),
    ),
    _read(
        "download",
        "Download",
        "Download the attached files; [download] in the configuration says where.",
        "d",
        Scope.LIST,
        also=(Scope.ARTICLE,),
    ),
    _read("queue", "Queue", "Show what is being downloaded, and what is done or failed.", "B"),
    _read(
        "cancel_download",
        "Cancel",
        "In the queue: stop a download; what was received is kept.",
        "x",
        Scope.QUEUE,
    ),
    _read("zen", "Article only", "Show only the article, or all panes.", "z"),
    _mark("toggle_read", "Read/unread", "Mark the article as read or unread.", "N m"),
    _mark("toggle_star", "Star", "Star or unstar the article.", "s"),
    _mark("labels", "Labels", "Add labels to the article or remove them.", "t"),
    _mark(
        "select",
        "Select",
        "Select the article to mark, label, save or copy several, or deselect it.",
        "a",
        Scope.LIST,
        also=(Scope.ARTICLE,),
    ),
    _mark(
        "select_all",
        "Select all",
        "Select or deselect all articles of the list.",
        "ctrl+a",
        Scope.LIST,
        also=(Scope.ARTICLE,),
    ),
    _mark("mark_read", "Mark read", "Mark the article as read."),
    _mark("mark_list_read", "Mark list read", "Mark all articles of this list as read.", "A"),
    _mark(
        "clear_rest",
        "Clear the rest",
        "After days away, mark everything as read that is not on a watch.",
        "C",
    ),
    _mark("split_story", "Not this story", "Remove the article from its story for good.", "X"),
    _mark(
        "undo",
        "Undo",
        "Undo the last mark or configuration change, even from before a restart.",
        "ctrl+z U",
        also=TABLES,
    ),
    _mark("retry_marks", "Retry marks", "Save marks that could not be saved before.", "ctrl+s"),
    _find("search", "Search", "Search all stored articles.", "slash"),
    _find("fold_stories", "Fold stories", "Show stories as one line each, or all their articles.", "v"),
    _find("filter", "Filter", "Filter this list by an expression.", "F"),
    _find("show_new", "New since last time", "Show articles that arrived since you last quit.", "L"),
    _find("save_view", "Save search", "Save the search or filter under a name in the sidebar.", "V"),
    _find(
        "keep_as_watch",
        "Search to watch",
        "While typing a search: turn it into a watch.",
        "ctrl+s",
        Scope.SEARCH,
    ),
    _find(
        "keep_as_view",
        "Search to sidebar",
        "While typing a search: save it under a name in the sidebar.",
        "ctrl+n",
        Scope.SEARCH,
    ),
    _find(
        "find_in_page",
        "Find in page",
        "Find words in the article; ] and [ jump to the matches, esc leaves.",
        "ctrl+f",
    ),
    _find("sort", "Sort", "Sort the list by time, feed, title, watch, sources or relevance.", "backslash"),
    _find("show_hide_read", "Show/hide read", "Show or hide read articles.", "full_stop"),
    _feeds(
        "refresh_one",
        "Refresh this",
        "Refresh the selected feed, folder or list.",
        "r",
        also=(Scope.HEALTH, Scope.QUEUE, Scope.ALARMS),
    ),
    _feeds(
        "refresh_failing",
        "Retry all failing",
        "In the feed health or the queue: try everything again that failed.",
        "R",
        Scope.HEALTH,
        also=(Scope.QUEUE,),
    ),
    _feeds("refresh_all", "Refresh all", "Refresh all feeds.", "R"),
    _feeds("add_feed", "Add feed", "Subscribe to a feed or to a page that has one.", "plus"),
    _feeds("add_account", "Add account", "Add an account on a server such as Miniflux or FreshRSS."),
    _feeds("sync_accounts", "Sync accounts", "Sync all accounts with their servers, both ways."),
    _feeds("feed_health", "Feed health", "Show failing feeds, why they fail, and fix them.", "H"),
    _feeds(
        "alarms",
        "Alarms",
        "Show what is silent or failing, and gaps.",
        "exclamation_mark",
    ),
    _feeds(
        "edit_this",
        "Edit",
        "Edit the feed, folder, watch, label or saved search.",
        "e",
        Scope.SIDEBAR,
        also=(Scope.HEALTH, Scope.WATCHES, Scope.ALARMS),
    ),
    _feeds(
        "remove_this",
        "Remove",
        "Remove the feed, watch, label or saved search; articles are kept.",
        "d delete",
        Scope.SIDEBAR,
        also=(*TABLES, Scope.MUTE),
    ),
    _feeds("pause_feed", "Pause/resume", "In the feed health: pause or resume the feed.", "p", Scope.HEALTH),
    _feeds(
        "accept_move",
        "Accept move",
        "In the feed health or the alarms: accept the new address of a feed that has moved.",
        "a",
        Scope.HEALTH,
        also=(Scope.ALARMS,),
    ),
    _watches("watches", "Watches", "Show how often each watch matches, and edit watches.", "w"),
    _watches(
        "new_watch",
        "New watch",
        "Create a watch from the selected text, the search or the article.",
        "W",
        also=(Scope.WATCHES,),
    ),
    _watches(
        "keep_watch",
        "Keep",
        "In the watches: keep a watch that follows a story, so it never ends.",
        "K",
        Scope.WATCHES,
    ),
    _watches(
        "search_feeds",
        "Sources",
        "In the watches: propose feeds that search the web for a watch's terms.",
        "s",
        Scope.WATCHES,
    ),
    _watches(
        "take_alias", "Use alias", "In the watch dialog: add the suggested alias.", "ctrl+t", Scope.WATCH
    ),
    _watches("mute", "Mute", "Hide articles by words or feed, for a time or for good.", "M"),
    _watches(
        "look_at_muted", "Show muted", "In the mute dialog: show all hidden articles.", "ctrl+o", Scope.MUTE
    ),
    _watches(
        "follow_story",
        "Follow story",
        "Follow the story with a watch made from its rarest words.",
        "asterisk",
    ),
    _watches(
        "next_hit",
        "Next match",
        "Jump to the next match of find in page, a watch or the search.",
        "right_square_bracket",
    ),
    _watches("previous_hit", "Previous match", "Jump to the previous match.", "left_square_bracket"),
    _program("palette", "Commands", "Find and run a command by name.", "colon ctrl+p"),
    _program("macro", "Macros", "Run a macro of the configuration; press its key next.", "comma"),
    _program(
        "edit_config", "Edit config", "Edit the configuration in $VISUAL or $EDITOR and reload it.", "E"
    ),
    _program("tour", "Tour", "Show the few keys to start with."),
    _program("help", "Help", "Show and search all keys.", "question_mark f1"),
    _program("quit_or_back", "Back/quit", "Go back; at the top, quit.", "q", also=(*TABLES, Scope.STORY)),
    _program("quit", "Quit", "Quit at once.", "Q ctrl+q", also=(*TABLES, Scope.STORY)),
)

BY_ID: Mapping[str, Command] = {command.id: command for command in COMMANDS}

# Differences from the table. Commands with an empty tuple have no key; only the palette offers them.
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
    "labels": ("t", "f4"),
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
