"""Commands for moving, reading and marking."""

from __future__ import annotations

from tuireader.commands.command import MOVING, TABLES, Command, Group, Scope

READING: tuple[Command, ...] = (
    # Move
    Command(
        "move_down", "Down", "Move down a line, or scroll the text.", ("j", "down"), Group.MOVE, also=MOVING
    ),
    Command("move_up", "Up", "Move up a line, or scroll the text.", ("k", "up"), Group.MOVE, also=MOVING),
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
        "Open the next unread article, if need be in another list.",
        ("n",),
        Group.MOVE,
        footer=True,
    ),
    Command(
        "previous_unread",
        "Previous unread",
        "Open the previous unread article, if need be in another list.",
        ("p",),
        Group.MOVE,
    ),
    Command(
        "page_or_next_unread",
        "Read on",
        "Page down; at the end of the text, open the next unread article.",
        ("space",),
        Group.MOVE,
        footer=True,
    ),
    Command(
        "half_page_down", "Half page down", "Move down half a page.", ("ctrl+d",), Group.MOVE, also=MOVING
    ),
    Command("half_page_up", "Half page up", "Move up half a page.", ("ctrl+u",), Group.MOVE, also=MOVING),
    Command("page_down", "Page down", "Move down a page.", ("pagedown",), Group.MOVE, also=MOVING),
    Command("page_up", "Page up", "Move up a page.", ("pageup",), Group.MOVE, also=MOVING),
    Command("top", "Top", "Go to the first line.", ("g", "home"), Group.MOVE, also=MOVING),
    Command("bottom", "Bottom", "Go to the last line.", ("G", "end"), Group.MOVE, also=MOVING),
    Command("next_pane", "Next pane", "Focus the next pane.", ("tab",), Group.MOVE),
    Command("previous_pane", "Previous pane", "Focus the previous pane.", ("shift+tab",), Group.MOVE),
    # Read
    Command(
        "open",
        "Open",
        "Open the selected line and go to the pane on the right.",
        ("enter", "l", "right"),
        Group.READ,
        footer=True,
        also=MOVING,
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
        "open_browser", "Browser", "Open the article in the web browser.", ("o",), Group.READ, footer=True
    ),
    Command(
        "open_browser_next",
        "Browser, next",
        "Open the article in the browser, mark it as read, go to the next unread.",
        ("O",),
        Group.READ,
    ),
    Command(
        "open_link",
        "Open link 1 to 9",
        "Open the link with this number; key n of this command opens link n.",
        ("1", "2", "3", "4", "5", "6", "7", "8", "9"),
        Group.READ,
    ),
    Command("list_links", "Links", "List all links of the article.", ("u",), Group.READ),
    Command(
        "full_text",
        "Full text",
        "Fetch the full text; again to switch between it and the feed's text.",
        ("x",),
        Group.READ,
    ),
    Command(
        "fetch_again",
        "Refetch full text",
        "Fetch the full text again and keep the former text as a version.",
        (),
        Group.READ,
    ),
    Command(
        "comments",
        "Comments",
        "Show the comments below the article, or open them in the web browser.",
        ("c",),
        Group.READ,
    ),
    Command("changes", "Changes", "Show how the article was edited since it arrived.", ("D",), Group.READ),
    Command("pictures", "Images", "Show or hide images.", ("i",), Group.READ),
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
        "Show or hide the other articles of the story in the list.",
        ("f",),
        Group.READ,
    ),
    Command("copy_url", "Copy address", "Copy the article's address.", ("y",), Group.READ),
    Command(
        "copy_markdown",
        "Copy Markdown link",
        "Copy the article's title and address as a Markdown link.",
        ("Y",),
        Group.READ,
    ),
    Command(
        "save",
        "Save",
        "Save the article as a file; [save] in the configuration says where.",
        ("S",),
        Group.READ,
    ),
    Command("pipe", "Pipe", "Pipe the article to a program.", ("vertical_line",), Group.READ),
    Command("zen", "Article only", "Show only the article, or all panes.", ("z",), Group.READ),
    # Mark
    Command("toggle_read", "Read/unread", "Mark the article as read or unread.", ("N", "m"), Group.MARK),
    Command("toggle_star", "Star", "Star or unstar the article.", ("s",), Group.MARK, footer=True),
    Command("labels", "Labels", "Add labels to the article or remove them.", ("t",), Group.MARK),
    Command(
        "select",
        "Select",
        "Select the article to mark, label, save or copy several, or deselect it.",
        ("a",),
        Group.MARK,
        Scope.LIST,
        also=(Scope.ARTICLE,),
    ),
    Command(
        "select_all",
        "Select all",
        "Select or deselect all articles of the list.",
        ("ctrl+a",),
        Group.MARK,
        Scope.LIST,
        also=(Scope.ARTICLE,),
    ),
    Command("mark_read", "Mark read", "Mark the article as read.", (), Group.MARK),
    Command(
        "mark_list_read", "Mark list read", "Mark all articles of this list as read.", ("A",), Group.MARK
    ),
    Command(
        "clear_rest",
        "Clear the rest",
        "After days away, mark everything as read that is not on a watch.",
        ("C",),
        Group.MARK,
    ),
    Command(
        "split_story", "Not this story", "Remove the article from its story for good.", ("X",), Group.MARK
    ),
    Command(
        "undo",
        "Undo",
        "Undo the last mark or configuration change, even from before a restart.",
        ("ctrl+z", "U"),
        Group.MARK,
        also=TABLES,
    ),
    Command(
        "retry_marks", "Retry marks", "Save marks that could not be saved before.", ("ctrl+s",), Group.MARK
    ),
)
