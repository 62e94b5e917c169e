"""Keys of `[[watch]]`, `[[mute]]` and `[[view]]`."""

from datetime import date

from tuireader.config.keys import declare, table
from tuireader.config.kinds import EXPRESSION
from tuireader.config.values import COLOR, DATE, FLAG, GROUPS, LINE, LINES, NAME, choice, choices, number

MOST_QUIET_DAYS = 3650


@table
class WatchConfig:
    """One `[[watch]]`: a topic that must not be missed. At least one of `any`, `all` and `query` is set."""

    name: str = declare(
        NAME,
        "Name in the sidebar and in `watch:NAME`.",
        vital=True,
        label="Name",
        placeholder="in the sidebar",
    )
    any: tuple[str, ...] = declare(
        LINES,
        "Words and phrases, such as aliases; at least one must occur.",
        default=(),
        vital=True,
        label="Any of",
        placeholder="words, phrases, /regex/, separated by commas",
    )
    all: tuple[tuple[str, ...], ...] = declare(
        GROUPS, "Groups of words and phrases; one of each group must occur.", default=(), vital=True
    )
    none: tuple[str, ...] = declare(
        LINES,
        "Words and phrases that must not occur.",
        default=(),
        vital=True,
        label="None of",
        placeholder="words that rule an article out",
    )
    query: str = declare(
        EXPRESSION,
        "Search expression that must match as well.",
        default="",
        vital=True,
        label="Query",
        placeholder="also required: title:word, a NEAR/8 b, feed:name …",
    )
    fields: tuple[str, ...] = declare(
        choices("title", "summary", "body", "text"),
        "Parts of the article to search; `text` leaves out See also lines, credits, bylines and navigation.",
        default=("title", "summary", "body"),
    )
    feeds: tuple[str, ...] = declare(
        LINES, "Search only these feeds, named by address, title or folder.", default=(), vital=True
    )
    exact: bool = declare(FLAG, "Match case and accents as typed, and no plurals.", default=False)
    exact_words: bool = declare(
        FLAG, "Leave out Chinese terms across word boundaries, such as 微信 in 些微信号.", default=False
    )
    color: str = declare(
        COLOR, "Colour for the watch's matches; by default the theme's.", default="", label="Colour"
    )
    notify: str = declare(
        choice("never", "article", "story"),
        "Notify of each new article, or once per story.",
        default="never",
        label="Notify",
        choices={"never": "never", "article": "of each article", "story": "once per story"},
    )
    ends_after_quiet_days: int = declare(
        number(0, MOST_QUIET_DAYS),
        "End the watch after this many days without a match; 0: never.",
        default=0,
        label="Ends",
        placeholder="never; or: after 14 quiet days",
    )


@table
class MuteConfig:
    """One `[[mute]]`: articles to hide. At least one of `query` and `feed` is set; nothing is deleted.

    Articles on a watch stay visible.
    """

    query: str = declare(
        EXPRESSION,
        "Search expression for the articles to hide.",
        default="",
        vital=True,
        label="Words",
        placeholder='a word, "a phrase", title:word, author:name …',
    )
    feed: str = declare(
        LINE,
        "Hide only articles of this feed, named by address, title or folder.",
        default="",
        vital=True,
        label="Where",
    )
    until: date | None = declare(
        DATE, "Last day of the mute; by default it never ends.", default=None, vital=True, label="How long"
    )
    include_watched: bool = declare(
        FLAG,
        "Also hide articles on a watch, which otherwise stay visible.",
        default=False,
        label="Watched",
        choices={"": "kept visible", "on": "hidden, too"},
    )


@table
class ViewConfig:
    """One `[[view]]`: a saved search."""

    name: str = declare(NAME, "Name in the sidebar.", vital=True, label="Name", placeholder="in the sidebar")
    query: str = declare(
        EXPRESSION,
        "Search expression for the articles to show.",
        vital=True,
        label="Search",
        placeholder='words, "a phrase", title:word, is:unread, age:<3d …',
    )
