"""Keys of `[[feeds]]`."""

from dataclasses import dataclass
from typing import Annotated

from tuireader.config.kinds import ADDRESS, COMMAND, MAIL_SCHEMES, SELECTOR
from tuireader.config.values import FLAG, HEADERS, LINE, LINES, RAW, Key, choice, duration, switch
from tuireader.text.durations import HOUR, MONTH, YEAR

_PROGRAM = "a program with its arguments"


def _in_item(doc: str, label: str, placeholder: str) -> Key:
    """Declare a selector within an item, which applies only with `items`."""
    return Key(SELECTOR, doc, label=label, placeholder=placeholder, applies=lambda feed: feed.items)


@dataclass(frozen=True, slots=True)
class FeedConfig:
    """One `[[feeds]]`: a subscription."""

    url: Annotated[
        str,
        Key(
            ADDRESS,
            "Address of the feed or page, or of a mail folder: `maildir:`, `mbox:`, `imaps:`.",
            vital=True,
        ),
    ] = ""
    title: Annotated[
        str, Key(LINE, "Title to show instead of the feed's own.", label="Name", placeholder="the feed's own")
    ] = ""
    folder: Annotated[str, Key(LINE, "Folder in the sidebar.", label="Folder", placeholder="none")] = ""
    labels: Annotated[
        tuple[str, ...],
        Key(
            LINES,
            "Labels for finding its articles with label:NAME.",
            label="Labels",
            placeholder="none; names to search by, as in label:daily",
        ),
    ] = ()
    interval: Annotated[
        int | None,
        Key(
            duration(60, MONTH),
            "How often to fetch this feed; by default this depends on how often it changes.",
            label="Every",
            placeholder="as often as it changes, or 30m, 2h, 1d",
        ),
    ] = None
    read_older_than: Annotated[
        int | None,
        Key(
            duration(HOUR, 10 * YEAR),
            "Mark articles as read that are older than this when they arrive, unless a watch matches them.",
            label="Read if",
            placeholder="older than this on arrival: 1d, 4w; never",
            applies=lambda feed: feed.read_older_than,
        ),
    ] = None
    paused: Annotated[
        bool,
        Key(
            FLAG,
            "Keep the feed and its articles, but do not fetch it.",
            label="Fetch",
            choices={"": "yes", "on": "paused"},
        ),
    ] = False
    full_text: Annotated[
        str,
        Key(
            switch("auto"),
            "Fetch the full text of new articles from their pages; auto: where the feed gives only teasers.",
            label="Text",
            choices={
                "auto": "full text where the feed gives teasers",
                "on": "always full",
                "off": "as in the feed",
            },
            applies=lambda feed: feed.kind != "page",  # changes of a page come with their full text
        ),
    ] = "auto"
    username: Annotated[str, Key(RAW, "User name for HTTP Basic authentication.")] = ""
    password: Annotated[
        str,
        Key(
            RAW,
            "Password, or `env:NAME`, `cmd:pass show feed` or `keyring:NAME` to keep it out of this file.",
            option="Password of a mail account, or env:NAME or cmd:PROGRAM.",
            secret=True,
        ),
    ] = ""
    headers: Annotated[
        tuple[tuple[str, str], ...], Key(HEADERS, "Additional HTTP headers for this feed.", secret=True)
    ] = ()
    user_agent: Annotated[
        str,
        Key(
            RAW,
            "User agent to send for this feed only.",
            label="Agent",
            placeholder="user agent to send to this feed only",
            applies=lambda feed: feed.user_agent,
        ),
    ] = ""
    cookies: Annotated[
        str,
        Key(
            RAW,
            "Cookie file in Netscape format; a relative path starts from this file's folder.",
            label="Cookies",
            placeholder="a cookie file in Netscape format",
            applies=lambda feed: feed.cookies,
        ),
    ] = ""
    command: Annotated[
        tuple[str, ...],
        Key(
            COMMAND,
            "Program with arguments that prints the feed, instead of `url`.",
            vital=True,
            label="Program",
            placeholder=_PROGRAM,
            applies=lambda feed: feed.command,
        ),
    ] = ()
    filter: Annotated[
        tuple[str, ...],
        Key(
            COMMAND,
            "Program with arguments that reads the feed on stdin and prints it changed.",
            vital=True,
            label="Filter",
            placeholder=_PROGRAM,
            applies=lambda feed: feed.filter,
        ),
    ] = ()
    kind: Annotated[
        str,
        Key(choice("feed", "page"), "feed, or page: watch a page; each change is an article.", vital=True),
    ] = "feed"
    select: Annotated[
        str,
        Key(
            SELECTOR,
            "CSS selector of the part of a watched page whose changes count.",
            vital=True,
            label="Part",
            placeholder="all but menus and footers, or a CSS selector",
            applies=lambda feed: feed.kind == "page",
            option="With --watch-page, CSS selector of the part whose changes count.",
        ),
    ] = ""
    items: Annotated[
        str,
        Key(
            SELECTOR,
            "CSS selector of the articles on a page without a feed.",
            vital=True,
            label="Articles",
            placeholder="CSS selector, such as li.news",
            applies=lambda feed: feed.items,
        ),
    ] = ""
    item_title: Annotated[
        str, _in_item("CSS selector of the title in an item.", "Title", "the first heading or link")
    ] = ""
    item_link: Annotated[
        str, _in_item("CSS selector of the link in an item.", "Link", "that of the title")
    ] = ""
    item_date: Annotated[str, _in_item("CSS selector of the date in an item.", "Date", "the first date")] = ""
    item_summary: Annotated[str, _in_item("CSS selector of the text in an item.", "Summary", "the rest")] = ""
    next_page: Annotated[
        str, _in_item("CSS selector of the link to the next page of items.", "Next page", "none")
    ] = ""

    @property
    def text(self) -> str:
        """The `full_text` in effect: watched pages have theirs, and no mail's web page is fetched unasked."""
        if self.kind == "page" or (self.full_text == "auto" and self.url.startswith(MAIL_SCHEMES)):
            return "off"
        return self.full_text
