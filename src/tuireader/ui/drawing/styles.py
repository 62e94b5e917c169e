"""Styles of the line-API widgets, made once per theme.

Widgets refer to a style by its meaning (`dim`, `link`, `hit`); its colour is derived from the theme, so every
Textual theme works. ANSI themes use only attributes and the terminal's 16 colours.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.style import Style
from textual.color import Color, ColorParseError
from textual.content import Content
from textual.style import Style as ContentStyle

from tuireader.wording.lines import Piece

# Colour names of `color =`, for dark and light backgrounds.
_WATCH_COLORS = {
    "magenta": ("#e39ad6", "#9c2a86"),
    "cyan": ("#74cfd0", "#0b6e72"),
    "yellow": ("#e3c16f", "#7d5c00"),
    "green": ("#97cf8a", "#2c6e26"),
    "red": ("#f08a84", "#b02a2a"),
    "blue": ("#86b3f2", "#1f55b5"),
    "orange": ("#eba66e", "#9a4a06"),
    "white": ("#eceff4", "#3a3f48"),
    "purple": ("#b9a2f2", "#6336b0"),
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
    star: Style
    accent: Style
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


def under_cursor(style: Style) -> Style:
    """Adapt a style to the cursor line: on a reversed cursor, colours would become blocks."""
    return style + _ONE_COLOUR if style.reverse else style


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
    names = {name: on_dark if dark else on_light for name, (on_dark, on_light) in _WATCH_COLORS.items()}
    if background.ansi is not None or text.ansi is not None:
        return _ansi_styles(watch_colors)
    accent = _color(variables.get("accent"), "#7fb4e6")
    warning = _color(variables.get("warning"), "#e3b566")

    def mixed(share: float) -> Style:
        return Style(color=text.blend(background, share).rich_color)

    cursor = _color(variables.get("block-cursor-background"), "#2c3a4f")
    idle = _color(variables.get("block-cursor-blurred-background"), "#222833")
    idle = background.blend(text, 0.08) if idle.a < 1 or idle.ansi is not None else idle
    return Styles(
        base=Style(color=text.rich_color, bgcolor=background.rich_color),
        text=Style(color=text.rich_color),
        dim=mixed(0.36),
        faint=mixed(0.62),
        strong=Style(color=text.rich_color, bold=True),
        star=Style(color=warning.rich_color),
        accent=Style(color=accent.rich_color),
        error=Style(color=_color(variables.get("error"), "#e8797b").rich_color),
        link=Style(color=accent.rich_color, underline=True),
        quote=mixed(0.18) + ITALIC,
        code=Style(color=text.rich_color, bgcolor=background.blend(text, 0.07).rich_color),
        code_inline=Style(bgcolor=background.blend(text, 0.1).rich_color),
        mark=Style(color=background.rich_color, bgcolor=warning.rich_color),
        cursor=_cursor(cursor, _color(variables.get("block-cursor-foreground"), "#ffffff"), text),
        cursor_idle=Style(bgcolor=idle.rich_color),
        watches=_watch_styles(watch_colors, names),
        palette={name: Style(color=color) for name, color in names.items()},
        syntax={
            "keyword": Style(color=names["magenta"], bold=True),
            "string": Style(color=names["green"]),
            "number": Style(color=names["orange"]),
            "comment": mixed(0.4) + ITALIC,
            "name": Style(color=names["blue"]),
        },
        selection=Style(bgcolor=background.blend(accent, 0.4).rich_color),
        found=Style(bgcolor=background.blend(Color.parse(names["yellow"]), 0.35).rich_color) + UNDERLINE,
        added=Style(color=names["green"], underline=True),
        removed=Style(color=names["red"], strike=True),
    )


def _cursor(background: Color, text: Color, plain: Color) -> Style:
    """The cursor style: a background alone if the usual colours are legible on it."""
    if abs(background.brightness - plain.brightness) > 0.4:
        return Style(bgcolor=background.rich_color)
    return Style(color=text.rich_color, bgcolor=background.rich_color)


def _ansi_styles(watch_colors: Mapping[str, str]) -> Styles:
    dim = Style(dim=True)
    ansi = ("magenta", "cyan", "yellow", "green", "red", "blue")
    watches = {name: Style(color=color) for name, color in assign_colors(watch_colors, ansi).items()}
    return Styles(
        base=Style(),
        text=Style(),
        dim=dim,
        faint=dim,
        strong=BOLD,
        star=Style(color="yellow"),
        accent=Style(color="cyan"),
        error=Style(color="red"),
        link=Style(color="cyan", underline=True),
        quote=ITALIC,
        code=dim,
        code_inline=BOLD,
        mark=Style(reverse=True),
        cursor=Style(reverse=True),
        cursor_idle=UNDERLINE,
        watches=watches,
        palette={name: Style(color=name) for name in ansi},
        syntax={
            "keyword": Style(color="magenta", bold=True),
            "string": Style(color="green"),
            "number": Style(color="yellow"),
            "comment": dim + ITALIC,
            "name": Style(color="blue"),
        },
        selection=Style(reverse=True),
        found=BOLD + UNDERLINE,
        added=Style(color="green", underline=True),
        removed=Style(color="red", strike=True),
    )


def _watch_styles(colors: Mapping[str, str], names: Mapping[str, str]) -> dict[str, Style]:
    shared = assign_colors(colors, tuple(names))
    return {
        name: Style(color=_color(names.get(color.lower(), color) or None, names[shared[name]]).rich_color)
        for name, color in colors.items()
    }


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
