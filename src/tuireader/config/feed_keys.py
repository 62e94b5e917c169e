"""Keys of `[[feeds]]`."""

from typing import Any

from tuireader.config.keys import Table, declare
from tuireader.config.kinds import ADDRESS, COMMAND, MAIL_SCHEMES, OTHER_SCHEMES, SELECTOR
from tuireader.config.values import FLAG, HEADERS, LINE, LINES, RAW, choice, duration, switch
from tuireader.text import without_password
from tuireader.text.durations import HOUR, MONTH, YEAR

_PROGRAM = "a program with its arguments"


def _in_item(doc: str, label: str, placeholder: str) -> Any:
    """Declare a selector within an item, which applies only with `items`."""
    return declare(
        SELECTOR, doc, default="", label=label, placeholder=placeholder, applies=lambda feed: feed.items
    )


class FeedConfig(Table):
    """One `[[feeds]]`: a subscription."""

    url: str = declare(
        ADDRESS,
        "Address of the feed or page, or of a mail folder: `maildir:`, `mbox:`, `imaps:`.",
        default="",
        vital=True,
    )
    title: str = declare(
        LINE,
        "Title to show instead of the feed's own.",
        default="",
        label="Name",
        placeholder="the feed's own",
    )
    folder: str = declare(LINE, "Folder in the sidebar.", default="", label="Folder", placeholder="none")
    labels: tuple[str, ...] = declare(
        LINES,
        "Labels for finding its articles with label:NAME.",
        default=(),
        label="Labels",
        placeholder="none; names to search by, as in label:daily",
    )
    interval: int | None = declare(
        duration(60, MONTH),
        "How often to fetch this feed; by default this depends on how often it changes.",
        default=None,
        label="Every",
        placeholder="as often as it changes, or 30m, 2h, 1d",
    )
    read_older_than: int | None = declare(
        duration(HOUR, 10 * YEAR),
        "Mark articles as read that are older than this when they arrive, unless a watch matches them.",
        default=None,
        label="Read if",
        placeholder="older than this on arrival: 1d, 4w; never",
        applies=lambda feed: feed.read_older_than,
    )
    paused: bool = declare(
        FLAG,
        "Keep the feed and its articles, but do not fetch it.",
        default=False,
        label="Fetch",
        choices={"": "yes", "on": "paused"},
    )
    hidden: bool = declare(
        FLAG,
        "Leave the feed out of the sidebar; it is fetched, searched and watched as others are.",
        default=False,
        label="Sidebar",
        choices={"": "shown", "on": "hidden"},
        applies=lambda feed: feed.hidden,
    )
    full_text: str = declare(
        switch("auto"),
        "Fetch the full text of new articles from their pages; auto: where the feed gives only teasers.",
        default="auto",
        label="Text",
        choices={
            "auto": "full text where the feed gives teasers",
            "on": "always full",
            "off": "as in the feed",
        },
        applies=lambda feed: feed.kind != "page",  # changes of a page come with their full text
    )
    username: str = declare(RAW, "User name for HTTP Basic authentication.", default="")
    password: str = declare(
        RAW,
        "Password, or `env:NAME`, `cmd:pass show feed` or `keyring:NAME` to keep it out of this file.",
        default="",
        option="Password of a mail account, or env:NAME or cmd:PROGRAM.",
        secret=True,
    )
    headers: tuple[tuple[str, str], ...] = declare(
        HEADERS, "Additional HTTP headers for this feed.", default=(), secret=True
    )
    user_agent: str = declare(
        RAW,
        "User agent to send for this feed only.",
        default="",
        label="Agent",
        placeholder="user agent to send to this feed only",
        applies=lambda feed: feed.user_agent,
    )
    cookies: str = declare(
        RAW,
        "Cookie file in Netscape format; a relative path starts from this file's folder.",
        default="",
        label="Cookies",
        placeholder="a cookie file in Netscape format",
        applies=lambda feed: feed.cookies,
    )
    command: tuple[str, ...] = declare(
        COMMAND,
        "Program with arguments that prints the feed, instead of `url`.",
        default=(),
        vital=True,
        label="Program",
        placeholder=_PROGRAM,
        applies=lambda feed: feed.command,
    )
    filter: tuple[str, ...] = declare(
        COMMAND,
        "Program with arguments that reads the feed on stdin and prints it changed.",
        default=(),
        vital=True,
        label="Filter",
        placeholder=_PROGRAM,
        applies=lambda feed: feed.filter,
    )
    kind: str = declare(
        choice("feed", "page"),
        "feed, or page: watch a page; each change is an article.",
        default="feed",
        vital=True,
    )
    select: str = declare(
        SELECTOR,
        "CSS selector of the part of a watched page whose changes count.",
        default="",
        vital=True,
        label="Part",
        placeholder="all but menus and footers, or a CSS selector",
        applies=lambda feed: feed.kind == "page",
        option="With --watch-page, CSS selector of the part whose changes count.",
    )
    items: str = declare(
        SELECTOR,
        "CSS selector of the articles on a page without a feed.",
        default="",
        vital=True,
        label="Articles",
        placeholder="CSS selector, such as li.news",
        applies=lambda feed: feed.items,
    )
    item_title: str = _in_item("CSS selector of the title in an item.", "Title", "the first heading or link")
    item_link: str = _in_item("CSS selector of the link in an item.", "Link", "that of the title")
    item_date: str = _in_item("CSS selector of the date in an item.", "Date", "the first date")
    item_summary: str = _in_item("CSS selector of the text in an item.", "Summary", "the rest")
    next_page: str = _in_item("CSS selector of the link to the next page of items.", "Next page", "none")

    @property
    def text(self) -> str:
        """The `full_text` in effect: watched pages have theirs, and no mail's web page is fetched unasked."""
        if self.kind == "page" or (self.full_text == "auto" and self.url.startswith(MAIL_SCHEMES)):
            return "off"
        return self.full_text

    @property
    def is_private(self) -> bool:
        """True if only the user may see it: mail, output of a program, a feed that needs a password."""
        secrets = (self.username, self.password, self.headers, self.cookies, self.command, self.filter)
        return any(secrets) or self.url.startswith(OTHER_SCHEMES) or self.url != without_password(self.url)
