"""All commands, by heading of the help, and the key presets."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from tuireader.commands.command import MOVING, TABLES, Command, Group, Scope

Scopes = tuple[Scope, ...]


def _command(
    id: str, title: str, keys: str, help: str, *scopes: Scope, group: Group, also: Scopes = (), aka: str = ""
) -> Command:
    scope, *others = scopes or (Scope.GLOBAL,)
    aliases, also = tuple(aka.split(", ")) if aka else (), (*others, *also)
    return Command(id, title, help, tuple(keys.split()), group, scope, also, aliases)


_move = partial(_command, group=Group.MOVE)
_read = partial(_command, group=Group.READ)
_mark = partial(_command, group=Group.MARK)
_find = partial(_command, group=Group.FIND)
_feeds = partial(_command, group=Group.FEEDS)
_watches = partial(_command, group=Group.WATCHES)
_program = partial(_command, group=Group.PROGRAM)

# fmt: off
COMMANDS: tuple[Command, ...] = (
    _move("move_down", "Down", "j down", "Move down a line, or scroll the text.", also=MOVING),
    _move("move_up", "Up", "k up", "Move up a line, or scroll the text.", also=MOVING),
    _move("next_article", "Next", "J", "Go to the next article of the list, from any pane."),
    _move("previous_article", "Previous", "K", "Go to the previous article of the list, from any pane."),
    _move("next_unread", "Next unread", "n", "Open the next unread article, also in other lists.",
        aka="next unread article, skip"),
    _move("previous_unread", "Previous unread", "p",
        "Open the previous unread article, also in other lists."),
    _move("page_or_next_unread", "Read on", "space",
        "Page down; at the end of the text, open the next unread article."),
    _move("half_page_down", "Half page down", "ctrl+d", "Move down half a page.", also=MOVING),
    _move("half_page_up", "Half page up", "ctrl+u", "Move up half a page.", also=MOVING),
    _move("page_down", "Page down", "pagedown", "Move down a page.", also=MOVING),
    _move("page_up", "Page up", "pageup", "Move up a page.", also=MOVING),
    _move("top", "Top", "g home", "Go to the first line.", also=MOVING),
    _move("bottom", "Bottom", "G end", "Go to the last line.", also=MOVING),
    _move("next_pane", "Next pane", "tab", "Focus the next pane.", also=(Scope.SETTINGS,)),
    _move("previous_pane", "Previous pane", "shift+tab", "Focus the previous pane.",
        also=(Scope.SETTINGS,)),
    _read("open", "Open", "enter l right",
        "Open the selected line and go to the pane on the right.", also=MOVING, aka="view, read article"),
    _read("back", "Back", "h left escape backspace",
        "Go back, or to the pane on the left.", also=(*TABLES, Scope.STORY)),
    _read("open_browser", "Browser", "o", "Open the article in the web browser.", also=(Scope.STORY,),
        aka="open in browser, open externally, web page, website, firefox"),
    _read("open_browser_next", "Browser, next", "O",
        "Open the article in the browser, mark it as read, go to the next unread."),
    _read("open_link", "Open link 1 to 9", "1 2 3 4 5 6 7 8 9",
        "Open the link with this number; key n of this command opens link n."),
    _read("list_links", "Links", "u", "List all links of the article.", aka="urls, hyperlinks, show urls"),
    _read("full_text", "Full text", "x",
        "Fetch the full text; again to switch between it and the feed's text.",
        aka="reader view, reader mode, readability, full content"),
    _read("fetch_again", "Refetch full text", "",
        "Fetch the full text again and keep the former text as a version.", aka="reload article"),
    _read("comments", "Comments", "c",
        "Show the comments below the article, or open them in the web browser.", aka="discussion, replies"),
    _read("changes", "Changes", "D", "Show how the article was edited since it arrived.",
        aka="diff, history, versions, edits"),
    _read("pictures", "Images", "i", "Show or hide images.", aka="pictures, photos"),
    _read("related", "Related", "e", "Go to the related articles below the text.", Scope.LIST, Scope.ARTICLE),
    _read("next_reference", "Next background", "right_curly_bracket",
        "Jump to the next sentence that refers to an earlier article; enter opens the article."),
    _read("previous_reference", "Previous background", "left_curly_bracket",
        "Jump to the previous sentence that refers to an earlier article."),
    _read("story_sources", "Sources", "f", "Show or hide the other articles of the story in the list.",
        aka="expand story, other sources"),
    _read("next_language", "Other language", "I",
        "Open the report of the story in the next language; go back to return.", Scope.LIST, Scope.ARTICLE),
    _read("story", "Story", "T",
        "Show the story as a page: who reported when, what each added, what came before and after.",
        Scope.LIST, Scope.ARTICLE, aka="timeline, thread, coverage"),
    _read("copy_url", "Copy address", "y", "Copy the article's address.", also=(Scope.STORY,),
        aka="copy link, copy url, yank, clipboard, permalink, share"),
    _read("copy_markdown", "Copy Markdown link", "Y",
        "Copy the article's title and address as a Markdown link, or the page of a story as Markdown.",
        also=(Scope.STORY,)),
    _read("save", "Save", "S",
        "Save the article or the page of a story as a file; [save] in the configuration says where.",
        also=(Scope.STORY,), aka="write, w, export article, save article"),
    _read("pipe", "Pipe", "vertical_line", "Pipe the article to a program.",
        aka="shell, external command, send to program"),
    _read("open_file", "Open file", "P",
        "Open an attached file, such as a podcast episode, by the program of its type.", also=(Scope.QUEUE,),
        aka="podcast, play, enclosure, episode, attachment"),
    _read("download", "Download", "d",
        "Download the attached files; [download] in the configuration says where.",
        Scope.LIST, Scope.ARTICLE, aka="podcast, enclosure, episode"),
    _read("queue", "Queue", "B", "Show what is being downloaded, and what is done or failed.",
        aka="downloads, podboat"),
    _read("cancel_download", "Cancel", "x",
        "In the queue: stop a download; what was received is kept.", Scope.QUEUE),
    _read("zen", "Article only", "z", "Show only the article, or all panes.",
        aka="zen mode, full screen, fullscreen, focus mode, hide sidebar, maximize"),
    _read("grow_pane", "Larger pane", "greater_than_sign",
        "Make the focused pane larger; its divider can also be dragged.",
        aka="wider, resize, divider"),
    _read("shrink_pane", "Smaller pane", "less_than_sign", "Make the focused pane smaller.",
        aka="narrower, resize, divider"),
    _mark("toggle_read", "Read/unread", "N m", "Mark the article as read or unread.",
        aka="mark unread, mark as read, mark as unread, toggle read"),
    _mark("toggle_star", "Star", "s", "Star or unstar the article.",
        aka="favourite, favorite, bookmark, flag, read later, unstar"),
    _mark("labels", "Labels", "t", "Add labels to the article or remove them.",
        aka="tags, categories, edit flags"),
    _mark("select", "Select", "a",
        "Select the article to mark, label, save or copy several, or deselect it.",
        Scope.LIST, Scope.ARTICLE, aka="multiple, visual"),
    _mark("select_all", "Select all", "ctrl+a",
        "Select or deselect all articles of the list.", Scope.LIST, Scope.ARTICLE),
    _mark("mark_read", "Mark read", "", "Mark the article as read."),
    _mark("mark_list_read", "Mark list read", "A", "Mark all articles of this list as read.",
        aka="mark all read, mark all as read, catch up, mark feed read"),
    _mark("clear_rest", "Clear the rest", "C",
        "After days away, mark everything as read that is not on a watch.", aka="catch up, vacation"),
    _mark("split_story", "Not this story", "X", "Remove the article from its story for good."),
    _mark("undo", "Undo", "ctrl+z U",
        "Undo the last mark or configuration change, even from before a restart.", also=TABLES,
        aka="revert, take back"),
    _mark("retry_marks", "Retry marks", "ctrl+s", "Save marks that could not be saved before."),
    _find("search", "Search", "slash", "Search all stored articles.", also=(Scope.SETTINGS,),
        aka="find, grep"),
    _find("fold_stories", "Fold stories", "v", "Show stories as one line each, or all their articles.",
        aka="group, collapse, duplicates, expand"),
    _find("filter", "Filter", "F", "Filter this list by an expression.", aka="limit, narrow"),
    _find("show_new", "New since last time", "L", "Show articles that arrived since you last quit.",
        aka="recent, latest"),
    _find("save_view", "Save search", "V", "Save the search or filter under a name in the sidebar.",
        aka="smart feed, query feed, virtual feed, saved search"),
    _find("keep_as_watch", "Search to watch", "ctrl+s",
        "While typing a search: turn it into a watch.", Scope.SEARCH),
    _find("keep_as_view", "Search to sidebar", "ctrl+n",
        "While typing a search: save it under a name in the sidebar.", Scope.SEARCH),
    _find("find_in_page", "Find in page", "ctrl+f",
        "Find words in the article; ] and [ jump to the matches, esc leaves.",
        aka="find in article, search in article"),
    _find("sort", "Sort", "backslash", "Sort the list by time, feed, title, watch, sources or relevance.",
        aka="order, oldest first, newest first"),
    _find("show_hide_read", "Show/hide read", "full_stop", "Show or hide read articles.",
        aka="hide read, show all, unread only, show read articles"),
    _feeds("refresh_one", "Refresh this", "r",
        "Refresh the selected feed, folder or list.", also=(Scope.HEALTH, Scope.QUEUE, Scope.ALARMS),
        aka="reload feed, update feed, refresh feed"),
    _feeds("refresh_failing", "Retry all failing", "R",
        "In the feed health or the queue: try everything again that failed.", Scope.HEALTH, Scope.QUEUE),
    _feeds("refresh_all", "Refresh all", "R", "Refresh all feeds.",
        aka="reload, reload all, update, fetch, sync, check for new articles"),
    _feeds("add_feed", "Add feed", "plus", "Subscribe to a feed or to a page that has one.",
        aka="subscribe, new feed, add subscription, rss, atom"),
    _feeds("import", "Import feeds (OPML)", "",
        "Import feeds from OPML, a list of URLs, a web page or newsboat.",
        aka="opml, newsboat, migrate"),
    _feeds("add_account", "Add account", "", "Add an account on a server such as Miniflux or FreshRSS.",
        aka="sign in, log in, login, server, miniflux, freshrss, google reader"),
    _feeds("sync_accounts", "Sync accounts", "", "Sync all accounts with their servers, both ways.",
        aka="sync"),
    _feeds("feed_health", "Feed health", "H", "Show failing feeds, why they fail, and fix them.",
        aka="errors, failing feeds, broken feeds, dead feeds, status"),
    _feeds("alarms", "Alarms", "exclamation_mark", "Show what is silent or failing, and gaps.",
        aka="warnings, silent feeds"),
    _feeds("edit_this", "Edit", "e",
        "Edit the feed, folder, watch, label or saved search.",
        Scope.SIDEBAR, Scope.HEALTH, Scope.WATCHES, Scope.ALARMS,
        aka="rename, properties, edit feed, move to folder"),
    _feeds("remove_this", "Remove", "d delete",
        "Remove the feed, watch, label or saved search; articles are kept.",
        Scope.SIDEBAR, *TABLES, Scope.MUTE, aka="delete, unsubscribe, delete feed"),
    _feeds("pause_feed", "Pause/resume", "p", "In the feed health: pause or resume the feed.", Scope.HEALTH),
    _feeds("accept_move", "Accept move", "a",
        "In the feed health or the alarms: accept the new address of a feed that has moved.",
        Scope.HEALTH, Scope.ALARMS),
    _watches("watches", "Watches", "w", "Show how often each watch matches, and edit watches.",
        aka="keywords, alerts, watchlist"),
    _watches("new_watch", "New watch", "W",
        "Create a watch from the selected text, the search or the article.", also=(Scope.WATCHES,),
        aka="keyword, alert, add watch"),
    _watches("keep_watch", "Keep", "K",
        "In the watches: keep a watch that follows a story, so it never ends.", Scope.WATCHES),
    _watches("search_feeds", "Sources", "s",
        "In the watches: propose feeds that search the web for a watch's terms.", Scope.WATCHES),
    _watches("take_alias", "Use alias", "ctrl+t",
        "In the watch dialog: add the suggested alias.", Scope.WATCH),
    _watches("mute", "Mute", "M", "Hide articles by words or feed, for a time or for good.",
        aka="block, ignore, killfile, kill, hide articles"),
    _watches("look_at_muted", "Show muted", "ctrl+o",
        "In the mute dialog: show all hidden articles.", Scope.MUTE),
    _watches("follow_story", "Follow story", "asterisk",
        "Follow the story with a watch made from its rarest words.", aka="track"),
    _watches("next_hit", "Next match", "right_square_bracket",
        "Jump to the next match of find in page, a watch or the search."),
    _watches("previous_hit", "Previous match", "left_square_bracket", "Jump to the previous match."),
    _program("palette", "Commands", "colon ctrl+p", "Find and run a command by name."),
    _program("macro", "Macros", "comma", "Run a macro of the configuration; press its key next."),
    _program("settings", "Settings", "equals_sign",
        "Show and change the settings; the reader behind shows the effect.",
        aka="preferences, options, configuration, configure, set"),
    _program("edit_config", "Edit config", "E",
        "Edit the configuration in $VISUAL or $EDITOR and reload it.", also=(Scope.SETTINGS,),
        aka="configuration, toml, editor"),
    _program("theme", "Theme", "", "Choose a theme; each is shown while you move through the list.",
        aka="colorscheme, colours, colors, appearance"),
    _program("tour", "Tour", "", "Show the few keys to start with.",
        aka="tutorial, getting started, introduction"),
    _program("help", "Help", "question_mark f1", "Show and search all keys.", also=(*TABLES, Scope.STORY),
        aka="keys, shortcuts, keyboard, key bindings, keybindings, hotkeys, manual, signs, legend"),
    _program("quit_or_back", "Back/quit", "q", "Go back; at the top, quit.", also=(*TABLES, Scope.STORY)),
    _program("quit", "Quit", "Q ctrl+q", "Quit at once.", also=(*TABLES, Scope.STORY),
        aka="exit, close, q, q!, qa, wq"),
)
# fmt: on

BY_ID: Mapping[str, Command] = {command.id: command for command in COMMANDS}

# Differences from the table. Commands with an empty text have no key; only the palette offers them.
_NEWSBOAT = {
    "open": "enter right", "page_or_next_unread": "", "page_down": "space pagedown", "top": "home",
    "bottom": "end", "toggle_read": "N", "toggle_star": "s ctrl+e", "show_hide_read": "l",
}  # fmt: skip
_ARROWS = {
    "move_down": "down", "move_up": "up", "next_article": "ctrl+down", "previous_article": "ctrl+up",
    "top": "home", "bottom": "end", "open": "enter right", "back": "left escape backspace",
    "toggle_read": "m", "toggle_star": "s insert", "labels": "t f4", "search": "slash ctrl+f",
    "find_in_page": "f3", "refresh_one": "f5", "refresh_all": "ctrl+r", "refresh_failing": "ctrl+r",
    "edit_this": "f2 e", "remove_this": "delete", "undo": "ctrl+z",
}  # fmt: skip


def _preset(changes: Mapping[str, str]) -> Mapping[str, tuple[str, ...]]:
    changed = {command_id: tuple(keys.split()) for command_id, keys in changes.items()}
    return {command.id: changed.get(command.id, command.keys) for command in COMMANDS}


PRESETS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "default": _preset({}),
    "newsboat": _preset(_NEWSBOAT),
    "arrows": _preset(_ARROWS),
}
