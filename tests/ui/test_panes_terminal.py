"""Panes in a real terminal: other sizes and another theme while an article is open, dividers by mouse."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from tests.terminal import Terminal

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("frames_for_a_terminal")]

TITLE = "Start here: two minutes with this demo"
TEXT = "Find the marks."  # in no line of the list


def demo(home: Path, size: tuple[int, int]) -> Terminal:
    return Terminal(["tuireader", "--demo"], home=home, size=size, forked=True)


def column(terminal: Terminal, text: str) -> int:
    """The column at which a text begins, wherever it is; -1 without it."""
    for y in range(terminal.screen.lines):
        line = "".join(terminal.screen.buffer[y][x].data or "\0" for x in range(terminal.screen.columns))
        if text in line:
            return line.index(text)
    return -1


def fits(terminal: Terminal, columns: range, is_listed: bool, shown: str) -> bool:
    """Whether the article begins in one of these columns, with the list in sight or not."""
    return column(terminal, TEXT) in columns and ("AMD grows" in shown) == is_listed


def mouse(button: int, x: int, y: int, *, up: bool = False) -> str:
    """A mouse event, as terminals report it (SGR)."""
    return f"\x1b[<{button};{x + 1};{y + 1}{'m' if up else 'M'}"


def test_an_open_article_survives_every_size(demo_home: Path) -> None:
    with demo(demo_home, (200, 50)) as terminal:
        terminal.wait(TEXT)  # previewed
        assert column(terminal, TEXT) > 100
        terminal.press("enter")
        terminal.wait("q back")
        for size, least, most, is_listed in (
            ((120, 40), 26, 60, True), ((80, 24), 0, 10, False), ((160, 40), 70, 100, True),
            ((50, 22), 0, 8, False), ((200, 50), 100, 130, True),
        ):  # fmt: skip
            terminal.resize(*size)
            terminal.wait(partial(fits, terminal, range(least, most), is_listed))
        terminal.press("q")
        terminal.wait("q quit")
        terminal.press("q")
        assert terminal.leave() == 0 and terminal.restored


def test_an_article_opens_where_it_was_left_in_an_earlier_session(demo_home: Path) -> None:
    with demo(demo_home, (120, 24)) as terminal:
        terminal.wait("AMD grows")
        terminal.press("j", "enter")
        terminal.wait("q back")
        terminal.press("\x1b[6~", "\x1b[6~", "N", "Q")
        assert terminal.leave() == 0
    with demo(demo_home, (120, 24)) as terminal:
        terminal.wait("AMD grows")
        terminal.press("j", "enter")
        terminal.wait("q back")
        terminal.press("Q")
        assert terminal.leave() == 0


def test_dividers_follow_the_mouse(demo_home: Path) -> None:
    with demo(demo_home, (200, 50)) as terminal:
        terminal.wait(TEXT)
        terminal.press("j")
        terminal.wait(" 2/")  # the frame of the last session would take no mouse
        terminal.press("k")
        terminal.wait(" 1/")
        before = column(terminal, TEXT)
        divider = max(x for x in range(200) if terminal.screen.buffer[10][x].data == "│")
        terminal.press(mouse(0, divider, 10), mouse(32, divider + 5, 11), mouse(32, divider + 8, 12))
        terminal.press(mouse(0, divider + 8, 12, up=True))
        terminal.wait(lambda _: terminal.screen.buffer[10][divider + 8].data == "│")
        terminal.wait(lambda _: column(terminal, TEXT) > before)
        terminal.press(mouse(0, 26, 30), mouse(32, 40, 30), mouse(0, 40, 30, up=True))
        terminal.wait(lambda _: terminal.screen.buffer[30][40].data == "┃")
        terminal.press(mouse(32, 60, 30))  # the button is up: nothing follows any more
        terminal.press("j")
        terminal.wait("2/")
        assert terminal.screen.buffer[30][40].data == "┃"


def test_a_theme_that_is_chosen_colours_lines_and_edges(demo_home: Path) -> None:
    with demo(demo_home, (200, 50)) as terminal:
        terminal.wait(TEXT)
        dark = terminal.screen.buffer[10][26]
        assert dark.data == "┃"
        terminal.press("\x10")  # ctrl+p
        terminal.wait("Command, view")
        terminal.press(*"theme tuireader-light")
        terminal.wait("Theme tuireader-light")
        terminal.press("enter")
        terminal.wait(lambda shown: "until the demo ends" in shown and "Command, view" not in shown)
        terminal.wait(lambda _: terminal.screen.buffer[10][26].fg not in (dark.fg, "default"))
        light = terminal.screen.buffer[10][26]
        assert light.data == "┃" and light.bg != dark.bg
        grounds = {terminal.screen.buffer[y][x].bg for y in range(2, 49) for x in range(120, 199)}
        assert dark.bg not in grounds and light.bg in grounds
