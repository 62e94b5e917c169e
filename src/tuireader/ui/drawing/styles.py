"""Styles of the line-API widgets, made once per theme.

Widgets refer to a style by its meaning (`dim`, `link`, `hit`); its colour is derived from the theme, so every
Textual theme works. ANSI themes use only attributes and the terminal's 16 colours.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rich.color import Color as RichColor
from rich.color import ColorType
from rich.style import Style
from textual.color import Color, ColorParseError
from textual.content import Content
from textual.style import Style as ContentStyle

from tuireader.ui.drawing.contrast import MARK, contrast, faded, legible
from tuireader.wording.lines import Piece

_BRIGHT, _DIM = 7.0, 5.2  # least contrast of text, and that of dim text, which must differ from it
_LINE = 2.0  # contrast of rules and frames, which only divide
_ON_CURSOR = 5.0  # more than enough, as 256 colours cannot be exact
# Colour names of `color =`, for dark and light backgrounds; among 256 colours each keeps its hue.
_WATCH_COLORS = {
    "magenta": ("#e39ad6", "#9c2a86"),
    "cyan": ("#6ad4c8", "#0b6e72"),
    "yellow": ("#e6d268", "#6e5f00"),
    "green": ("#97cf8a", "#2c6e26"),
    "red": ("#f08a84", "#b02a2a"),
    "blue": ("#9492fb", "#4a52d2"),
    "orange": ("#f2a55c", "#a8540a"),
    "white": ("#eceff4", "#3a3f48"),
    "purple": ("#c79bff", "#8320c4"),
}


@dataclass(frozen=True, slots=True)
class Styles:
    """Rich styles by meaning; links have a colour of their own.

    Only `base`, the cursors, `selection`, `found`, `mark` and code set a background.
    """

    base: Style
    text: Style
    dim: Style
    faint: Style
    strong: Style
    accent: Style
    star: Style
    rule: Style
    error: Style
    link: Style
    quote: Style
    code: Style
    code_inline: Style
    mark: Style
    cursor: Style
    cursor_idle: Style
    watches: Mapping[str, Style]
    palette: Mapping[str, Style]
    syntax: Mapping[str, Style]
    selection: Style
    found: Style
    added: Style
    removed: Style

    def cursor_for(self, focused: bool) -> Style:
        """Style of a pane's cursor line, which is fainter without the focus."""
        return self.cursor if focused else self.cursor_idle

    def watch(self, name: str) -> Style:
        return self.watches.get(name, self.star)

    def named(self, name: str) -> Style:
        """Resolve the name of a style.

        `watch:NAME` has the colour of a watch, `hit:NAME` highlights its matches, `code:KIND` is the style of
        a token of source code. `reference` has the colour of links.
        """
        kind, _, key = name.partition(":")
        if kind == "watch":
            return self.watch(key) + BOLD
        if kind == "hit":
            return self.watch(key) + HIT
        if kind == "code" and key:
            return self.syntax.get(key, NONE)
        if name == "reference":
            return self.link + NO_UNDERLINE
        return _FIXED.get(name) or getattr(self, name)


@lru_cache(4096)
def under_cursor(style: Style) -> Style:
    """Adapt a style to the cursor line: text stays legible; reversed colours would become blocks."""
    if style.reverse:
        return style + _ONE_COLOUR
    color, background = style.color, style.bgcolor
    if color is None or background is None or {color.type, background.type} != {ColorType.TRUECOLOR}:
        return style
    fitting = legible(Color.from_rich_color(color), Color.from_rich_color(background), _ON_CURSOR)
    return style + Style(color=fitting.rich_color)


NONE = Style()
BOLD = Style(bold=True)
ITALIC = Style(italic=True)
STRIKE = Style(strike=True)
UNDERLINE = Style(underline=True)
NO_UNDERLINE = Style(underline=False)
_ONE_COLOUR = Style(color="default", dim=False)
HIT = Style(bold=True, underline=True)
HIT_NOW = Style(bold=True, reverse=True)
_FIXED = {"bold": BOLD, "italic": ITALIC, "strike": STRIKE, "underline": UNDERLINE, "now": HIT_NOW}


def make(variables: Mapping[str, str], *, dark: bool, watch_colors: Mapping[str, str]) -> Styles:
    """Derive the styles from Textual's theme variables and the watch colours."""
    background = _color(variables.get("background"), "#000000" if dark else "#ffffff")
    text = _color(variables.get("foreground"), "#ffffff" if dark else "#000000")
    if background.ansi is not None or text.ansi is not None:
        return _ansi_styles(watch_colors, dark=dark)

    def fit(color: str | None, otherwise: str) -> Color:
        return legible(_color(color, otherwise), background)

    def faint(wanted: float) -> Style:
        return Style(color=faded(text, background, wanted).rich_color)

    text = legible(text, background, _BRIGHT)
    names = {name: fit(both[not dark], both[not dark]).hex for name, both in _WATCH_COLORS.items()}
    accent = fit(variables.get("accent"), "#7fb4e6")
    warning = fit(variables.get("warning"), "#e3b566")
    idle = _color(variables.get("block-cursor-blurred-background"), "#222833")
    idle = background.blend(text, 0.08) if idle.a < 1 or idle.ansi is not None else idle
    return Styles(
        base=Style(color=text.rich_color, bgcolor=background.rich_color),
        text=Style(color=text.rich_color),
        dim=faint(_DIM),
        faint=faint(_LINE),
        strong=Style(color=text.rich_color, bold=True),
        accent=Style(color=accent.rich_color),
        star=Style(color=warning.rich_color),
        rule=Style(color=_color(variables.get("border"), "#808080").rich_color),
        error=Style(color=fit(variables.get("error"), "#e8797b").rich_color),
        link=Style(color=accent.rich_color, underline=True),
        quote=faint(max(_DIM, 0.6 * contrast(text, background))) + ITALIC,
        code=Style(color=text.rich_color, bgcolor=background.blend(text, 0.07).rich_color),
        code_inline=Style(bgcolor=background.blend(text, 0.1).rich_color),
        mark=Style(color=background.rich_color, bgcolor=warning.rich_color),
        cursor=Style(bgcolor=_cursor(variables, background, accent, text).rich_color),
        cursor_idle=Style(bgcolor=idle.rich_color),
        watches=_watch_styles(watch_colors, names, background),
        palette={name: Style(color=color) for name, color in names.items()},
        syntax={
            "keyword": Style(color=names["magenta"], bold=True),
            "string": Style(color=names["green"]),
            "number": Style(color=names["orange"]),
            "comment": faint(_DIM) + ITALIC,
            "name": Style(color=names["blue"]),
        },
        selection=Style(bgcolor=background.blend(accent, 0.25).rich_color),
        found=Style(bgcolor=background.blend(Color.parse(names["yellow"]), 0.22).rich_color) + UNDERLINE,
        added=Style(color=names["green"], underline=True),
        removed=Style(color=names["red"], strike=True),
    )


def _cursor(variables: Mapping[str, str], background: Color, accent: Color, text: Color) -> Color:
    """The theme's background of the cursor line, or one that leaves the colours of the list legible."""
    color = _color(variables.get("block-cursor-background"), "#2c3a4f")
    if color.a == 1 and color.ansi is None and contrast(text, color) > 0.6 * contrast(text, background):
        return color
    return background.blend(accent, 0.2)


def _ansi_styles(watch_colors: Mapping[str, str], *, dark: bool) -> Styles:
    dim = Style(dim=True)
    ansi = ("magenta", "cyan", "yellow", "green", "red", "blue")
    shown = {name: Style(color="bright_blue" if dark and name == "blue" else name) for name in ansi}
    watches = {name: shown[color] for name, color in assign_colors(watch_colors, ansi).items()}
    return Styles(
        base=Style(),
        text=Style(),
        dim=dim,
        faint=dim,
        strong=BOLD,
        accent=Style(color="cyan"),
        star=Style(color="yellow"),
        rule=dim,
        error=Style(color="red"),
        link=Style(color="cyan", underline=True),
        quote=ITALIC,
        code=dim,
        code_inline=BOLD,
        mark=Style(reverse=True),
        cursor=Style(reverse=True),
        cursor_idle=UNDERLINE,
        watches=watches,
        palette=shown,
        syntax={
            "keyword": Style(color="magenta", bold=True),
            "string": Style(color="green"),
            "number": Style(color="yellow"),
            "comment": dim + ITALIC,
            "name": shown["blue"],
        },
        selection=Style(reverse=True),
        found=BOLD + UNDERLINE,
        added=Style(color="green", underline=True),
        removed=Style(color="red", strike=True),
    )


def _watch_styles(colors: Mapping[str, str], names: Mapping[str, str], background: Color) -> dict[str, Style]:
    shared = assign_colors(colors, tuple(names))
    return {
        name: Style(color=_visible(_color(names.get(color.lower(), color), names[shared[name]]), background))
        for name, color in colors.items()
    }


def _visible(color: Color, background: Color) -> RichColor:
    """The colour for the terminal: the terminal's own stay as they are, others stand out."""
    return (color if color.ansi is not None else legible(color, background, MARK)).rich_color


def assign_colors(colors: Mapping[str, str], palette: Sequence[str]) -> dict[str, str]:
    """Assign each watch its configured colour if the palette has it, else the least used one."""
    used = Counter(color.lower() for color in colors.values())
    shared: dict[str, str] = {}
    for name, color in colors.items():
        shared[name] = color.lower()
        if color.lower() not in palette:
            shared[name] = min(palette, key=lambda color: used[color])
            used[shared[name]] += 1
    return shared


def free_color(colors: Mapping[str, str], palette: Sequence[str]) -> str:
    """Pick the least used colour of the palette, for a new watch."""
    used = Counter(assign_colors(colors, palette).values())
    return min(palette, key=lambda color: used[color])


def _color(text: str | None, otherwise: str) -> Color:
    try:
        return Color.parse(text or otherwise)
    except ColorParseError:
        return Color.parse(otherwise)


def content(pieces: Sequence[Piece], styles: Styles) -> Content:
    """Style pieces of text; markup in them is not interpreted."""
    return Content.assemble(
        *((text, ContentStyle.from_rich_style(styles.named(name))) for text, name in pieces)
    )
