"""Themes in addition to Textual's own."""

from __future__ import annotations

from collections.abc import Collection

from textual.theme import BUILTIN_THEMES, Theme

from tuireader.commands import did_you_mean

DARK = Theme(
    name="tuireader-dark",
    primary="#7fb4e6",
    secondary="#9a8fd8",
    foreground="#dde1e8",
    background="#14171c",
    surface="#1a1e25",
    panel="#222731",
    success="#8fc48a",
    warning="#e3b566",
    error="#e8797b",
    variables={
        "border": "#39414f",
        "block-cursor-background": "#2c3a4f",
        "block-cursor-foreground": "#f2f5f9",
        "block-cursor-blurred-background": "#222833",
        "block-cursor-blurred-foreground": "#dde1e8",
        "scrollbar": "#39414f",
        "scrollbar-hover": "#55607a",
        "scrollbar-active": "#7fb4e6",
        "scrollbar-background": "#14171c",
    },
)

LIGHT = Theme(
    name="tuireader-light",
    primary="#1f5fa8",
    secondary="#6a4fb3",
    foreground="#22262e",
    background="#faf8f4",
    surface="#f3f0ea",
    panel="#e9e5dd",
    success="#2f7a39",
    warning="#96600a",
    error="#b3292c",
    dark=False,
    variables={
        "border": "#cfc9bd",
        "block-cursor-background": "#d3e0f0",
        "block-cursor-foreground": "#11151b",
        "block-cursor-blurred-background": "#ebe7df",
        "block-cursor-blurred-foreground": "#22262e",
        "scrollbar": "#cfc9bd",
        "scrollbar-hover": "#a9a294",
        "scrollbar-active": "#1f5fa8",
        "scrollbar-background": "#faf8f4",
    },
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
        "input-selection-background": "ansi_bright_blue",
        "input-selection-foreground": "ansi_black",
        "screen-selection-background": "ansi_bright_blue",
    },
)
"""The terminal's own colours; also used with `NO_COLOR`."""

THEMES = (DARK, LIGHT, PLAIN)
NAMES = (*(theme.name for theme in THEMES), *BUILTIN_THEMES)


def theme_problem(name: str, known: Collection[str] = NAMES) -> str:
    """Explain why a theme cannot be used; `""` if it can."""
    return "" if name in known else f"there is no theme {name!r}{did_you_mean(name, known)}"
