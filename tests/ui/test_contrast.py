"""Colours that can be read and told apart: in our themes at each depth, and in Textual's."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from math import dist

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.color import Color as RichColor
from rich.color import ColorType
from rich.segment import Segment
from rich.style import Style
from rich.terminal_theme import TerminalTheme
from textual.color import Color
from textual.theme import BUILTIN_THEMES, Theme

from tests.examples import half_as_many
from tuireader.config import ThemeConfig
from tuireader.ui.drawing.line_filters import Nearest256
from tuireader.ui.drawing.styles import MARK, TEXT, Styles, contrast, faded, legible, make, under_cursor
from tuireader.ui.drawing.themes import DARK, LIGHT, from_config

WORDS = ("text", "dim", "strong", "quote", "link", "accent", "error", "reference")
NEAREST = Nearest256()
XTERM = TerminalTheme(
    (0, 0, 0), (229, 229, 229),
    [(0, 0, 0), (205, 0, 0), (0, 205, 0), (205, 205, 0), (0, 0, 238), (205, 0, 205), (0, 205, 205),
     (229, 229, 229)],
    [(127, 127, 127), (255, 0, 0), (0, 255, 0), (255, 255, 0), (92, 92, 255), (255, 0, 255), (0, 255, 255),
     (255, 255, 255)],
)  # fmt: skip


def styles(theme: Theme, **watches: str) -> Styles:
    variables = theme.to_color_system().generate() | theme.variables
    return make(variables, dark=theme.dark, watch_colors=watches)


def exact(style: Style) -> Style:
    return style


def nearest(style: Style) -> Style:
    (segment,) = NEAREST.apply([Segment("x", style)], Color(0, 0, 0))
    assert segment.style is not None
    return segment.style


def ratio(style: Style) -> float:
    assert style.color is not None and style.bgcolor is not None
    return contrast(Color.from_rich_color(style.color), Color.from_rich_color(style.bgcolor))


depths = pytest.mark.parametrize("depth", [exact, nearest])
ours = pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
textuals = [theme for theme in BUILTIN_THEMES.values() if not theme.ansi]


@depths
@ours
def test_text_and_marks_of_our_themes_can_be_read(theme: Theme, depth: Callable[[Style], Style]) -> None:
    made = styles(theme)
    least = {True: TEXT, False: TEXT if depth is exact else MARK}  # of words, of watches on the cursor
    named = {**{name: made.named(name) for name in WORDS}, "star": made.star, **made.palette}
    for name, style in named.items():
        assert ratio(depth(made.base + style)) >= TEXT, name
        for cursor in (made.cursor, made.cursor_idle):
            assert ratio(depth(under_cursor(made.base + cursor + style))) >= least[name in WORDS], name
    for ground in (made.selection, made.found):
        assert ratio(depth(made.base + made.text + ground)) >= TEXT
        assert ratio(depth(made.base + made.dim + ground)) >= MARK
    syntax = [made.named(f"code:{kind}") for kind in ("keyword", "string", "number", "comment", "name")]
    for style in (made.code, made.code_inline, *syntax):
        assert ratio(depth(made.base + made.text + style)) >= (TEXT if depth is exact else MARK)
    assert ratio(depth(made.mark)) >= TEXT


@depths
@ours
def test_read_and_unread_the_cursor_and_the_watches_differ(
    theme: Theme, depth: Callable[[Style], Style]
) -> None:
    made = styles(theme)
    assert ratio(depth(made.base + made.text)) > 2 * ratio(depth(made.base + made.dim))
    grounds = [depth(style).bgcolor for style in (made.base, made.cursor, made.cursor_idle)]
    assert len(set(grounds)) == 3
    colours = {name: depth(style).color for name, style in made.palette.items() if name != "white"}
    colours |= {
        "text": depth(made.text).color,
        "dim": depth(made.dim).color,
        "accent": depth(made.accent).color,
    }
    for (one, first), (two, second) in combinations(colours.items(), 2):
        assert first is not None and second is not None
        apart = dist(Color.from_rich_color(first).rgb, Color.from_rich_color(second).rgb)
        assert apart > 40, (one, two)
    for name, color in colours.items():  # among 256 colours none turns grey
        assert color is not None
        if name not in ("text", "dim"):
            assert max(color.get_truecolor()) - min(color.get_truecolor()) > 50, name


def test_the_dark_blue_of_sixteen_colours_is_a_brighter_one_on_dark() -> None:
    variables = {"background": "ansi_default", "foreground": "ansi_default"}
    for dark, ground in ((True, Color(0, 0, 0)), (False, Color(255, 255, 255))):
        made = make(variables, dark=dark, watch_colors={"A": "blue", "B": "green"})
        assert list(made.watches) == ["A", "B"] and made.watches["A"] == made.palette["blue"]
        shown = [style.color for style in made.palette.values()]
        assert len(set(shown)) == 6
        for color in shown:
            assert color is not None and color.type is ColorType.STANDARD
            if dark:
                assert contrast(Color(*color.get_truecolor(XTERM)), ground) >= MARK, color.name
    assert made.cursor.reverse and made.selection.reverse and made.cursor != made.cursor_idle


@pytest.mark.parametrize("theme", textuals, ids=lambda theme: theme.name)
def test_text_of_textuals_themes_can_be_read(theme: Theme) -> None:
    made = styles(theme, own="#123456", also="#fedcba")
    for name in WORDS:
        style = made.base + made.named(name)
        assert ratio(style) >= TEXT, name
        assert ratio(under_cursor(style + made.cursor)) >= TEXT, name
    assert ratio(made.base + made.text) > 1.25 * ratio(made.base + made.dim)
    assert all(ratio(made.base + style) >= MARK for style in (*made.palette.values(), *made.watches.values()))


colors = st.tuples(*[st.integers(0, 255)] * 3).map(lambda parts: Color(*parts))


@given(colors, colors, st.sampled_from([MARK, TEXT]))
@half_as_many
def test_a_colour_is_moved_until_it_is_legible(color: Color, ground: Color, least: float) -> None:
    fitting = legible(color, ground, least)
    assert contrast(fitting, ground) >= least
    assert fitting == color or contrast(color, ground) < least
    assert 1 <= contrast(color, ground) == contrast(ground, color) <= 21.001


@given(colors, colors)
def test_a_faded_colour_keeps_its_contrast(color: Color, ground: Color) -> None:
    assert contrast(faded(color, ground, 4.6), ground) >= min(4.6, contrast(color, ground))


@given(colors, colors, colors)
@half_as_many
def test_any_theme_of_the_user_can_be_read(background: Color, foreground: Color, accent: Color) -> None:
    made = styles(from_config(ThemeConfig("own", background.hex, foreground.hex, accent.hex)))
    for name in ("text", "dim", "quote", "link", "error"):
        assert ratio(made.base + made.named(name)) >= TEXT, name
        assert ratio(under_cursor(made.base + made.cursor + made.named(name))) >= TEXT, name


@given(colors)
def test_the_nearest_of_256_colours_is_near_and_stays(color: Color) -> None:
    shown = nearest(Style(color=color.rich_color)).color
    assert shown is not None and shown.type is ColorType.EIGHT_BIT
    again = nearest(Style(color=RichColor.from_triplet(shown.get_truecolor()))).color
    assert again is not None and again.get_truecolor() == shown.get_truecolor()
    assert dist(Color.from_rich_color(shown).rgb, color.rgb) < 100
