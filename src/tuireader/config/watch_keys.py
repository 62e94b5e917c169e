"""Keys of `[[watch]]`, `[[mute]]` and `[[view]]`."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from tuireader.config.kinds import EXPRESSION
from tuireader.config.values import COLOR, DATE, FLAG, GROUPS, LINE, LINES, NAME, Key, choice, choices, number

MOST_QUIET_DAYS = 3650


@dataclass(frozen=True, slots=True)
class WatchConfig:
    """One `[[watch]]`: a topic that must not be missed. At least one of `any`, `all` and `query` is set."""

    name: Annotated[
        str,
        Key(
            NAME,
            "Name in the sidebar and in `watch:NAME`.",
            vital=True,
            label="Name",
            placeholder="in the sidebar",
        ),
    ]
    any: Annotated[
        tuple[str, ...],
        Key(
            LINES,
            "Words and phrases, such as aliases; at least one must occur.",
            vital=True,
            label="Any of",
            placeholder="words, phrases, /regex/, separated by commas",
        ),
    ] = ()
    all: Annotated[
        tuple[tuple[str, ...], ...],
        Key(GROUPS, "Groups of words and phrases; one of each group must occur.", vital=True),
    ] = ()
    none: Annotated[
        tuple[str, ...],
        Key(
            LINES,
            "Words and phrases that must not occur.",
            vital=True,
            label="None of",
            placeholder="words that rule an article out",
        ),
    ] = ()
    query: Annotated[
        str,
        Key(
            EXPRESSION,
            "Search expression that must match as well.",
            vital=True,
            label="Query",
            placeholder="also required: title:word, a NEAR/8 b, feed:name …",
        ),
    ] = ""
    fields: Annotated[
        tuple[str, ...], Key(choices("title", "summary", "body"), "Parts of the article to search.")
    ] = ("title", "summary", "body")
    feeds: Annotated[
        tuple[str, ...], Key(LINES, "Search only these feeds, named by address, title or folder.", vital=True)
    ] = ()
    exact: Annotated[bool, Key(FLAG, "Match case and accents as typed, and no plurals.")] = False
    exact_words: Annotated[
        bool, Key(FLAG, "Leave out Chinese terms across word boundaries, such as 微信 in 些微信号.")
    ] = False
    color: Annotated[
        str, Key(COLOR, "Colour for the watch's matches; by default the theme's.", label="Colour")
    ] = ""
    notify: Annotated[
        str,
        Key(
            choice("never", "article", "story"),
            "Notify of each new article, or once per story.",
            label="Notify",
            choices={"never": "never", "article": "of each article", "story": "once per story"},
        ),
    ] = "never"
    ends_after_quiet_days: Annotated[
        int,
        Key(
            number(0, MOST_QUIET_DAYS),
            "End the watch after this many days without a match; 0: never.",
            label="Ends",
            placeholder="never; or: after 14 quiet days",
        ),
    ] = 0


@dataclass(frozen=True, slots=True)
class MuteConfig:
    """One `[[mute]]`: articles to hide. At least one of `query` and `feed` is set; nothing is deleted.

    Articles on a watch stay visible.
    """

    query: Annotated[
        str,
        Key(
            EXPRESSION,
            "Search expression for the articles to hide.",
            vital=True,
            label="Words",
            placeholder='a word, "a phrase", title:word, author:name …',
        ),
    ] = ""
    feed: Annotated[
        str,
        Key(
            LINE,
            "Hide only articles of this feed, named by address, title or folder.",
            vital=True,
            label="Where",
        ),
    ] = ""
    until: Annotated[
        date | None,
        Key(DATE, "Last day of the mute; by default it never ends.", vital=True, label="How long"),
    ] = None
    include_watched: Annotated[
        bool,
        Key(
            FLAG,
            "Also hide articles on a watch, which otherwise stay visible.",
            label="Watched",
            choices={"": "kept visible", "on": "hidden, too"},
        ),
    ] = False


@dataclass(frozen=True, slots=True)
class ViewConfig:
    """One `[[view]]`: a saved search."""

    name: Annotated[
        str, Key(NAME, "Name in the sidebar.", vital=True, label="Name", placeholder="in the sidebar")
    ]
    query: Annotated[
        str,
        Key(
            EXPRESSION,
            "Search expression for the articles to show.",
            vital=True,
            label="Search",
            placeholder='words, "a phrase", title:word, is:unread, age:<3d …',
        ),
    ]
