"""Themes in addition to Textual's own: ours, and those of the configuration."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from textual.color import Color
from textual.style import Style
from textual.theme import BUILTIN_THEMES, Theme

from tuireader.commands import did_you_mean
from tuireader.config import ThemeConfig, Themes


def from_config(config: ThemeConfig) -> Theme:
    """Make a theme of a few colours; the others are mixed from them."""
    background, foreground = Color.parse(config.background), Color.parse(config.foreground)
    dark = background.brightness < 0.5 if config.dark is None else config.dark

    def mixed(share: float, other: Color = foreground) -> str:
        return background.blend(other, share).hex

    border = config.border or mixed(0.18)
    return Theme(
        name=config.name,
        dark=dark,
        primary=config.accent,
        accent=config.accent,
        foreground=config.foreground,
        background=config.background,
        surface=config.surface or mixed(0.035),
        panel=mixed(0.08),
        success="#8fc48a" if dark else "#2f7a39",
        warning=config.warning or ("#e3b566" if dark else "#96600a"),
        error=config.error or ("#f48f8f" if dark else "#b3292c"),
        variables={
            "border": border,
            "block-cursor-background": config.cursor or mixed(0.2, Color.parse(config.accent)),
            "block-cursor-foreground": config.foreground,
            "block-cursor-blurred-background": mixed(0.08),
            "scrollbar": border,
            "scrollbar-hover": mixed(0.35),
            "scrollbar-background": config.background,
        },
    )


DARK = from_config(
    ThemeConfig(
        name="tuireader-dark",
        background="#14171c",
        foreground="#dde1e8",
        accent="#7fb4e6",
        surface="#1a1e25",
        border="#343b47",
        cursor="#2a3a50",
    )
)
LIGHT = from_config(
    ThemeConfig(
        name="tuireader-light",
        background="#fbf9f5",
        foreground="#22262e",
        accent="#1f5fa8",
        surface="#f4f1eb",
        border="#d3cdc1",
        cursor="#d0dcf5",
    )
)
PLAIN = Theme(
    name="tuireader-plain",
    ansi=True,
    primary="ansi_blue",
    secondary="ansi_cyan",
    warning="ansi_yellow",
    error="ansi_red",
    success="ansi_green",
    accent="ansi_cyan",
    variables={
        "ansi-background": "ansi_default",
        "ansi-foreground": "ansi_default",
        "border": "ansi_default",
        "block-cursor-foreground": "ansi_black",
        "block-cursor-background": "ansi_white",
        "screen-selection-background": "ansi_bright_blue",
    },
)
"""The terminal's own colours; also used with `NO_COLOR`."""

THEMES = (DARK, LIGHT, PLAIN)


def available(own: Sequence[ThemeConfig] = ()) -> Mapping[str, Theme]:
    """Map names to themes: the user's, ours, then Textual's; a theme of the user may replace another."""
    mine = {config.name: from_config(config) for config in own}
    return {**mine, **{theme.name: theme for theme in THEMES}, **_TEXTUALS, **mine}


def _calm(theme: Theme) -> Theme:
    """Textual's theme with lines that divide and no more: the accent is for what matters."""
    if theme.ansi:
        return theme
    background = Color.parse(theme.background or ("#121212" if theme.dark else "#efefef"))  # as Textual does
    text = Color.parse(theme.foreground) if theme.foreground else background.inverse
    line = background.blend(text, 0.18).hex
    variables = {"border": line, "scrollbar": line, **theme.variables}
    return replace(theme, background=background.hex, foreground=text.hex, variables=variables)


def swatch(theme: Theme) -> Sequence[tuple[str, Style]]:
    """Blocks of a theme's text, accent and other colours on its background."""
    ground = Style(background=Color.parse(theme.background or "ansi_default"), reverse=False)
    text = theme.foreground or "ansi_default"
    colors = (text, theme.accent, theme.success, theme.warning, theme.error)
    blocks = [("■ ", ground + Style(foreground=Color.parse(color or theme.primary))) for color in colors]
    return [(" ", ground), *blocks, ("  ", Style())]


_TEXTUALS = {name: _calm(theme) for name, theme in BUILTIN_THEMES.items()}


def theme_problem(themes: Themes, known: Collection[str]) -> str:
    """Explain why a theme cannot be used; `""` if both can."""
    missing = next((name for name in (themes.dark, themes.light) if name not in known), None)
    return "" if missing is None else f"there is no theme {missing!r}{did_you_mean(missing, known)}"
