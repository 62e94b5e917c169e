"""Commands for searching, feeds, watches and the program itself."""

from __future__ import annotations

from tuireader.commands.command import TABLES, Command, Group, Scope

MANAGING: tuple[Command, ...] = (
    # Find
    Command("search", "Search", "Search all stored articles.", ("slash",), Group.FIND, footer=True),
    Command(
        "fold_stories",
        "Fold stories",
        "Show stories as one line each, or all their articles.",
        ("v",),
        Group.FIND,
    ),
    Command("filter", "Filter", "Filter this list by an expression.", ("F",), Group.FIND),
    Command(
        "show_new",
        "New since last time",
        "Show articles that arrived since you last quit.",
        ("L",),
        Group.FIND,
    ),
    Command(
        "save_view",
        "Save search",
        "Save the search or filter under a name in the sidebar.",
        ("V",),
        Group.FIND,
    ),
    Command(
        "keep_as_watch",
        "Search to watch",
        "While typing a search: turn it into a watch.",
        ("ctrl+s",),
        Group.FIND,
        Scope.SEARCH,
    ),
    Command(
        "keep_as_view",
        "Search to sidebar",
        "While typing a search: save it under a name in the sidebar.",
        ("ctrl+n",),
        Group.FIND,
        Scope.SEARCH,
    ),
    Command(
        "find_in_page",
        "Find in page",
        "Find words in the article; ] and [ jump to the hits, esc leaves.",
        ("ctrl+f",),
        Group.FIND,
    ),
    Command(
        "sort",
        "Sort",
        "Sort the list by time, feed, title, watch, sources or relevance.",
        ("backslash",),
        Group.FIND,
    ),
    Command("show_hide_read", "Show/hide read", "Show or hide read articles.", ("full_stop",), Group.FIND),
    # Feeds
    Command(
        "refresh_one",
        "Refresh this",
        "Refresh the selected feed, folder or list.",
        ("r",),
        Group.FEEDS,
        also=(Scope.HEALTH,),
    ),
    Command(
        "refresh_failing",
        "Retry all failing",
        "In the feed health: refresh all failing feeds.",
        ("R",),
        Group.FEEDS,
        Scope.HEALTH,
    ),
    Command("refresh_all", "Refresh all", "Refresh all feeds.", ("R",), Group.FEEDS, footer=True),
    Command("add_feed", "Add feed", "Subscribe to a feed or to a page that has one.", ("plus",), Group.FEEDS),
    Command(
        "feed_health", "Feed health", "Show failing feeds, why they fail, and fix them.", ("H",), Group.FEEDS
    ),
    Command(
        "edit_this",
        "Edit",
        "Edit the feed, folder, watch, label or saved search.",
        ("e",),
        Group.FEEDS,
        Scope.SIDEBAR,
        also=TABLES,
    ),
    Command(
        "remove_this",
        "Remove",
        "Remove the feed, watch, label or saved search; articles are kept.",
        ("d", "delete"),
        Group.FEEDS,
        Scope.SIDEBAR,
        also=(*TABLES, Scope.MUTE),
    ),
    Command(
        "pause_feed",
        "Pause/resume",
        "In the feed health: pause or resume the feed.",
        ("p",),
        Group.FEEDS,
        Scope.HEALTH,
    ),
    Command(
        "accept_move",
        "Accept move",
        "In the feed health: accept the new address of a feed that has moved.",
        ("a",),
        Group.FEEDS,
        Scope.HEALTH,
    ),
    # Watches
    Command(
        "watches", "Watches", "Show how often each watch matches, and edit watches.", ("w",), Group.WATCHES
    ),
    Command(
        "new_watch",
        "New watch",
        "Create a watch from the selected text, the search or the article.",
        ("W",),
        Group.WATCHES,
        also=(Scope.WATCHES,),
    ),
    Command(
        "keep_watch",
        "Keep",
        "In the watches: keep a watch that follows a story, so it never ends.",
        ("K",),
        Group.WATCHES,
        Scope.WATCHES,
    ),
    Command(
        "take_alias",
        "Take alias",
        "In the watch dialog: add the suggested alias.",
        ("ctrl+t",),
        Group.WATCHES,
        Scope.WATCH,
    ),
    Command("mute", "Mute", "Hide articles by words or feed, for a time or for good.", ("M",), Group.WATCHES),
    Command(
        "look_at_muted",
        "Show muted",
        "In the mute dialog: show all hidden articles.",
        ("ctrl+o",),
        Group.WATCHES,
        Scope.MUTE,
    ),
    Command(
        "follow_story",
        "Follow story",
        "Follow the story with a watch made from its rarest words.",
        ("asterisk",),
        Group.WATCHES,
    ),
    Command(
        "next_hit",
        "Next hit",
        "Jump to the next hit of find in page, a watch or the search.",
        ("right_square_bracket",),
        Group.WATCHES,
    ),
    Command(
        "previous_hit", "Previous hit", "Jump to the previous hit.", ("left_square_bracket",), Group.WATCHES
    ),
    # Program
    Command("palette", "Commands", "Find and run a command by name.", ("colon", "ctrl+p"), Group.PROGRAM),
    Command(
        "macro", "Macros", "Run a macro of the configuration; press its key next.", ("comma",), Group.PROGRAM
    ),
    Command(
        "edit_config",
        "Edit config",
        "Edit the configuration in $VISUAL or $EDITOR and reload it.",
        ("E",),
        Group.PROGRAM,
    ),
    Command("tour", "Tour", "Show the few keys to start with.", (), Group.PROGRAM),
    Command("help", "Help", "Show and search all keys.", ("question_mark", "f1"), Group.PROGRAM, footer=True),
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
