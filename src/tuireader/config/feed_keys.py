"""Keys of `[[feeds]]`."""

from dataclasses import dataclass
from typing import Annotated

from tuireader.config.kinds import ADDRESS, COMMAND
from tuireader.config.values import FLAG, HEADERS, LINE, LINES, RAW, Key, choice, duration, switch
from tuireader.text.durations import MONTH


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
    title: Annotated[str, Key(LINE, "Name to show instead of the feed's title.")] = ""
    folder: Annotated[str, Key(LINE, "Folder in the sidebar.")] = ""
    labels: Annotated[tuple[str, ...], Key(LINES, "Labels for finding its articles with label:NAME.")] = ()
    interval: Annotated[
        int | None,
        Key(
            duration(60, MONTH),
            "How often to fetch this feed; by default this depends on how often it changes.",
        ),
    ] = None
    paused: Annotated[bool, Key(FLAG, "Keep the feed and its articles, but do not fetch it.")] = False
    full_text: Annotated[
        str,
        Key(
            switch("auto"),
            "Fetch the full text of new articles from their pages; auto: where the feed gives only teasers.",
        ),
    ] = "auto"
    username: Annotated[str, Key(RAW, "User name for HTTP Basic authentication.")] = ""
    password: Annotated[
        str,
        Key(
            RAW,
            "Password, or `env:NAME`, `cmd:pass show feed` or `keyring:NAME` to keep it out of this file.",
        ),
    ] = ""
    headers: Annotated[
        tuple[tuple[str, str], ...], Key(HEADERS, "Additional HTTP headers for this feed.")
    ] = ()
    user_agent: Annotated[str, Key(RAW, "User agent to send for this feed only.")] = ""
    cookies: Annotated[
        str, Key(RAW, "Cookie file in Netscape format; a relative path starts from this file's folder.")
    ] = ""
    command: Annotated[
        tuple[str, ...],
        Key(COMMAND, "Program with arguments that prints the feed, instead of `url`.", vital=True),
    ] = ()
    filter: Annotated[
        tuple[str, ...],
        Key(
            COMMAND, "Program with arguments that reads the feed on stdin and prints it changed.", vital=True
        ),
    ] = ()
    kind: Annotated[
        str,
        Key(choice("feed", "page"), "feed, or page: watch a page; each change is an article.", vital=True),
    ] = "feed"
    select: Annotated[
        str, Key(RAW, "CSS selector of the part of a watched page whose changes count.", vital=True)
    ] = ""
    items: Annotated[str, Key(RAW, "CSS selector of the articles on a page without a feed.", vital=True)] = ""
    item_title: Annotated[str, Key(RAW, "CSS selector of the title in an item.")] = ""
    item_link: Annotated[str, Key(RAW, "CSS selector of the link in an item.")] = ""
    item_date: Annotated[str, Key(RAW, "CSS selector of the date in an item.")] = ""
    item_summary: Annotated[str, Key(RAW, "CSS selector of the text in an item.")] = ""
    next_page: Annotated[str, Key(RAW, "CSS selector of the link to the next page of items.")] = ""
