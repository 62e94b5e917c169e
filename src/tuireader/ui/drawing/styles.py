"""Styles of the line-API widgets, made once per theme.

Widgets refer to a style by its meaning (`dim`, `link`, `hit`); its colour is derived from the theme, so every
Textual theme works. ANSI themes use only attributes and the terminal's 16 colours.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache

from msgspec import Struct
from rich.color import ColorType
from rich.style import Style
from textual.color import BLACK, WHITE, Color, rgb_to_lab
from textual.content import Content
from textual.style import Style as ContentStyle

from tuireader.wording.lines import Piece

TEXT, MARK = 4.5, 3.0
"""Least contrast of text, and of signs and lines (WCAG 1.4.3, 1.4.11)."""
_STEPS = 64  # between a colour and another that is more legible
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


NONE = Style()
BOLD = Style(bold=True)
DIM = Style(dim=True)
ITALIC = Style(italic=True)
REVERSE = Style(reverse=True)
STRIKE = Style(strike=True)
UNDERLINE = Style(underline=True)
_ONE_COLOUR = Style(color="default", dim=False)
HIT = Style(bold=True, underline=True)
HIT_NOW = Style(bold=True, reverse=True)
_FIXED = {"bold": BOLD, "italic": ITALIC, "strike": STRIKE, "underline": UNDERLINE, "now": HIT_NOW}
_DERIVED = {
    "strong": ("text", BOLD),
    "link": ("accent", UNDERLINE),
    "reference": ("accent", NONE),
    "added": ("green", UNDERLINE),
    "removed": ("red", STRIKE),
    "code:keyword": ("magenta", BOLD),
    "code:string": ("green", NONE),
    "code:number": ("yellow", NONE),
    "code:comment": ("dim", ITALIC),
    "code:name": ("blue", NONE),
}


class Styles(Struct, frozen=True):
    """Rich styles by meaning; `named` derives others from them. The defaults are for 16 colours.

    Only `base`, the cursors, `selection`, `found`, `mark` and code set a background.
    """

    watches: Mapping[str, Style]
    palette: Mapping[str, Style]
    accent: Style
    star: Style
    error: Style
    base: Style = NONE
    text: Style = NONE
    dim: Style = DIM
    faint: Style = DIM
    rule: Style = DIM
    quote: Style = ITALIC
    code: Style = DIM
    code_inline: Style = BOLD
    mark: Style = REVERSE
    cursor: Style = REVERSE
    cursor_idle: Style = UNDERLINE
    selection: Style = REVERSE
    found: Style = HIT

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
        if name in _FIXED or (key and name not in _DERIVED):
            return _FIXED.get(name, NONE)
        color, more = _DERIVED.get(name, (name, NONE))
        return (self.palette.get(color) or getattr(self, color)) + more


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


def make(variables: Mapping[str, str], *, dark: bool, watch_colors: Mapping[str, str]) -> Styles:
    """Derive the styles from Textual's theme variables and the watch colours."""
    background, text = Color.parse(variables["background"]), Color.parse(variables["foreground"])
    if background.ansi is not None or text.ansi is not None:
        ansi = {name: Style(color=name) for name in ("magenta", "cyan", "yellow", "green", "red", "blue")}
        if dark:
            ansi["blue"] = Style(color="bright_blue")
        watches = {name: ansi[color] for name, color in assign_colors(watch_colors, tuple(ansi)).items()}
        return Styles(watches, ansi, accent=ansi["cyan"], star=ansi["yellow"], error=ansi["red"])
    text = legible(text, background, _BRIGHT)

    def ink(color: Color) -> Style:
        return Style(color=color.rich_color)

    def ground(color: Color) -> Style:
        return Style(bgcolor=color.rich_color)

    def fit(color: str, least: float = TEXT) -> Color:
        """A colour that stands out; those of the terminal stay as they are."""
        read = Color.parse(color)
        return read if read.ansi is not None else legible(read, background, least)

    def cursor(color: str, otherwise: Color) -> Style:
        """A background of the theme, if the colours of the list are legible on it."""
        read = Color.parse(color)
        usable = read.a == 1 and contrast(text, read) > 0.6 * contrast(text, background)
        return ground(read if usable else otherwise)

    palette = {name: fit(both[not dark]) for name, both in _WATCH_COLORS.items()}
    accent, warning = fit(variables["accent"]), fit(variables["warning"])
    assigned = assign_colors(watch_colors, tuple(palette))
    colors = {color.lower(): fit(color, MARK) for color in watch_colors.values() if color} | palette
    return Styles(
        base=ink(text) + ground(background),
        text=ink(text),
        dim=ink(faded(text, background, _DIM)),
        faint=ink(faded(text, background, _LINE)),
        accent=ink(accent),
        star=ink(warning),
        rule=ink(Color.parse(variables["border"])),
        error=ink(fit(variables["error"])),
        quote=ink(faded(text, background, max(_DIM, 0.6 * contrast(text, background)))) + ITALIC,
        code=ink(text) + ground(background.blend(text, 0.07)),
        code_inline=ground(background.blend(text, 0.1)),
        mark=ink(background) + ground(warning),
        cursor=cursor(variables["block-cursor-background"], background.blend(accent, 0.2)),
        cursor_idle=cursor(variables["block-cursor-blurred-background"], background.blend(text, 0.08)),
        watches={name: ink(colors[watch_colors[name].lower() or color]) for name, color in assigned.items()},
        palette={name: ink(color) for name, color in palette.items()},
        selection=ground(background.blend(accent, 0.25)),
        found=ground(background.blend(palette["yellow"], 0.22)) + UNDERLINE,
    )


def assign_colors(colors: Mapping[str, str], palette: Sequence[str]) -> dict[str, str]:
    """Assign each watch its configured colour if the palette has it, else the least used one."""
    shared = {name: color.lower() for name, color in colors.items()}
    used = Counter(shared.values())
    for name, color in shared.items():
        if color not in palette:
            shared[name] = min(palette, key=lambda color: used[color])
            used[shared[name]] += 1
    return shared


def free_color(colors: Mapping[str, str], palette: Sequence[str]) -> str:
    """Pick the least used colour of the palette, for a new watch."""
    used = Counter(assign_colors(colors, palette).values())
    return min(palette, key=lambda color: used[color])


def content(pieces: Sequence[Piece], styles: Styles) -> Content:
    """Style pieces of text; markup in them is not interpreted."""
    return Content.assemble(
        *((text, ContentStyle.from_rich_style(styles.named(name))) for text, name in pieces)
    )


def contrast(one: Color, other: Color) -> float:
    """Contrast between 1 and 21, as in WCAG 2."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def legible(color: Color, background: Color, least: float = TEXT) -> Color:
    """The colour, moved towards white or black as far as its contrast needs."""
    if contrast(color, background) >= least:
        return color
    end = max(WHITE, BLACK, key=lambda end: contrast(end, background))
    return faded(end, background, least, towards=color)


def faded(color: Color, background: Color, wanted: float, towards: Color | None = None) -> Color:
    """The colour, moved towards the background, or another, until its contrast is just above `wanted`."""

    def blended(step: int) -> Color:
        return (towards or background).blend(color, step / _STEPS)

    return blended(bisect_left(range(_STEPS), wanted, key=lambda step: contrast(blended(step), background)))


@lru_cache(4096)
def _luminance(color: Color) -> float:
    """Relative luminance between 0 and 1, from the lightness that follows from it."""
    lightness = rgb_to_lab(color).L
    return ((lightness + 16) / 116) ** 3 if lightness > 8 else lightness / 903.3
