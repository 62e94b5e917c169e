"""Keys of `[ui]` and `[[theme]]`."""

from msgspec import Struct
from msgspec.structs import asdict

from tuireader.commands import PRESETS, did_you_mean
from tuireader.commands.sorts import FEED_SORTS, LIST_SORTS
from tuireader.config.keys import Table, declare
from tuireader.config.kinds import COMMAND, COMMAND_NAMES, LANGUAGE_LIST, TIME_FORMAT
from tuireader.config.toml_values import describe, quote, to_toml
from tuireader.config.values import (
    COLOR,
    FLAG,
    NAME,
    Invalid,
    Kind,
    choice,
    duration_or_never,
    number,
    switch,
)


class Themes(Struct, frozen=True):
    """Themes for terminals with a dark and with a light background; equal if one theme is always used."""

    dark: str = "tuireader-dark"
    light: str = "tuireader-light"

    @property
    def follow(self) -> bool:
        """True if the theme depends on the terminal."""
        return self.dark != self.light

    def on(self, dark: bool) -> str:
        return self.dark if dark else self.light


USUAL = Themes()
_SIDES = ("dark", "light")
_WANTED = 'a name, or {dark = "tuireader-dark", light = "tuireader-light"}'


def _themes(value: object) -> Themes | Invalid:
    """Read a theme's name, or a table of two; a missing one is tuireader's."""
    if not isinstance(value, str | dict):
        return Invalid(f"should be {_WANTED}, not {describe(value)}")
    if isinstance(value, str):
        name = NAME.read(value)
        return name if isinstance(name, Invalid) else Themes(name, name)
    read = {side: NAME.read(name) for side, name in value.items()}
    for side, name in read.items():
        if side not in _SIDES:
            return Invalid(f"has no {quote(side)}{did_you_mean(side, _SIDES)}; it should be {_WANTED}")
        if isinstance(name, Invalid):
            return Invalid(f"{side} {name.message}")
    return Themes(**read) if read else Invalid("is empty")


def _typed(text: str) -> object:
    """Read `nord` or `nord, tuireader-light`, the dark one first."""
    dark, comma, light = map(str.strip, text.partition(","))
    return {"dark": dark, "light": light} if comma else dark


THEMES = Kind(
    "name, or table of a dark and a light one",
    _themes,
    lambda themes: to_toml(asdict(themes) if themes.follow else themes.dark),
    typed=_typed,
    shown=lambda themes: f"{themes.dark}, {themes.light}" if themes.follow else themes.dark,
    metavar="THEME",
)


def _hex(value: object) -> str | Invalid:
    color: str | Invalid = COLOR.read(value)
    if isinstance(color, str) and color.startswith("#"):
        return color
    return Invalid(f'should be a colour such as "#4fa3ff", not {describe(value)}')


def _own_name(value: object) -> str | Invalid:
    name: str | Invalid = NAME.read(value)
    return Invalid("cannot have a comma") if isinstance(name, str) and "," in name else name


OWN_NAME = Kind("text", _own_name)
HEX = Kind('colour such as "#4fa3ff"', _hex)


class ThemeConfig(Table):
    """One `[[theme]]`: a theme of your own, for `theme` under `[ui]`.

    Colours that you leave out are derived; those of text are adjusted until they are legible.
    """

    name: str = declare(OWN_NAME, "Name for `[ui]`; it may replace a given theme.", vital=True)
    background: str = declare(HEX, "Background.", vital=True)
    foreground: str = declare(HEX, "Text.", vital=True)
    accent: str = declare(HEX, "Unread marks, links and the focused pane.", vital=True)
    dark: bool | None = declare(FLAG, "Watches' colours for a dark background.", default=None)
    surface: str = declare(HEX, "Background of dialogs.", default="")
    border: str = declare(HEX, "Lines between panes, and scrollbars.", default="")
    cursor: str = declare(HEX, "Background of the cursor line.", default="")
    warning: str = declare(HEX, "Stars and warnings.", default="")
    error: str = declare(HEX, "Errors.", default="")


class UiConfig(Table):
    """`[ui]`: look and behaviour of the reader. Widths in columns."""

    theme: Themes = declare(
        THEMES,
        "Theme for a dark and for a light terminal, or one for both: tuireader-dark, -light, -plain"
        " (the terminal's colours), one of Textual's, or a [[theme]].",
        default=USUAL,
    )
    preset: str = declare(
        choice(*PRESETS), "Key preset; change single keys in [keys].", default="default", name="keys"
    )
    width: int = declare(number(20, 400), "Maximum width of an article's text.", default=84)
    sidebar: int = declare(number(12, 80), "Width of the sidebar.", default=24)
    show_read: bool = declare(FLAG, "Show read articles in lists other than Unread.", default=True)
    show_quiet_watches: bool = declare(
        FLAG, "Show watches without unread articles in the sidebar.", default=True
    )
    sort: str = declare(
        choice(*LIST_SORTS),
        "Order of lists other than searches: newest or oldest first, by feed, title, watch or sources.",
        default="date",
    )
    fold_stories: bool = declare(FLAG, "Fold the reports of a story into one row of lists.", default=True)
    read_story: bool = declare(FLAG, "Mark a whole row as read with one of its articles.", default=True)
    show_read_feeds: bool = declare(FLAG, "Show feeds without unread articles in the sidebar.", default=True)
    sort_feeds: str = declare(
        choice(*FEED_SORTS),
        "Order of feeds in the sidebar and in folders: as configured, by unread articles, name or latest"
        " article.",
        default="config",
    )
    folders: str = declare(choice("open", "closed"), "Folders of the sidebar at the start.", default="open")
    goto_next_feed: bool = declare(
        FLAG, "Let `next_unread` go on to the next list at the end of one.", default=True
    )
    density: str = declare(
        choice("auto", "compact", "cosy"),
        "Lines of an article in lists: one, or a second one with the sentence that a watch matches or the"
        " beginning of the text; auto: cosy if linear, or from 120 columns and 30 lines on.",
        default="auto",
    )
    date: str = declare(
        TIME_FORMAT,
        "Format of days in lists before yesterday, such as `%a %d %b`; empty: Saturday 28 November.",
        default="",
    )
    time: str = declare(TIME_FORMAT, "Format of times in lists, such as `%I:%M %p`.", default="%H:%M")
    author_column: bool = declare(
        FLAG, "Show authors in lists that are at least 76 columns wide.", default=False
    )
    reading_time_column: bool = declare(
        FLAG, "Show reading times in lists that are at least 76 columns wide.", default=False
    )
    feed_column: bool = declare(FLAG, "Show feeds in lists of several feeds.", default=True)
    sources_column: bool = declare(
        FLAG, "Show how many articles a row stands for, and how many feeds have them: ×4.", default=True
    )
    language_column: bool = declare(FLAG, "Show the languages of a story that has several.", default=True)
    languages: tuple[str, ...] = declare(
        LANGUAGE_LIST,
        "Languages that you read, best first; a row shows a report in one of them.",
        default=(),
    )
    mark_read: str = declare(
        choice("open", "never"), "Mark articles as read when opened, or only by key.", default="open"
    )
    mark_read_after: int = declare(
        duration_or_never(3600),
        "Mark a previewed article as read after this time; mark_read wins.",
        default=0,
    )
    layout: str = declare(
        choice("auto", "stacked", "columns"),
        "Article below the list or beside it; auto: beside it on screens of 152 columns and more.",
        default="auto",
    )
    images: str = declare(
        switch("auto", "blocks", "kitty", "sixel"),
        "Show images; auto: not over SSH or slow connections. blocks, kitty and sixel set the method.",
        default="auto",
    )
    bidi: bool = declare(
        FLAG, "Reorder right-to-left text for terminals that do not; needs tuireader[bidi].", default=False
    )
    linear: bool = declare(FLAG, "For screen readers: one pane, words in place of signs.", default=False)
    motion: bool = declare(FLAG, "Blinking cursor, smooth scrolling, running counts.", default=True)
    browser: tuple[str, ...] = declare(
        COMMAND,
        "Program with arguments to open addresses, instead of $BROWSER; {url} is the address.",
        default=(),
    )
    bookmark: tuple[str, ...] = declare(
        COMMAND,
        "Program with arguments for bookmarks; {url}, {title} and {feed} are replaced.",
        default=(),
    )
    run_at_start: tuple[str, ...] = declare(
        COMMAND_NAMES, "Commands to run at the start, by the names in [keys].", default=()
    )
