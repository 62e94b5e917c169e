"""Keys typed in one go in a real terminal: each does what it would have done if it had been waited for."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.terminal import Terminal


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    command = [sys.executable, "-m", "tuireader", "--demo"]
    with Terminal(command, home=tmp_path, size=(100, 30)) as terminal:
        terminal.wait(lambda shown: "1/80" in shown and "offline" in shown)
        yield terminal
        terminal.press("ctrl+q")
        assert terminal.leave() == 0


def test_a_search_and_moves_in_what_it_finds(terminal: Terminal) -> None:
    terminal.press("/wechat\rjj")
    terminal.wait(lambda shown: "6 found" in shown and "3/6" in shown)
    terminal.press("/ransom\rj\r")  # and another one from there, of which the second hit is opened
    terminal.wait(lambda shown: "Search: ransom" in shown and "by Omar Hadley" in shown)


def test_a_search_that_is_left_and_a_move_in_the_list_before(terminal: Terminal) -> None:
    terminal.press("/wechat\x1bj")
    terminal.wait("2/80")
    terminal.press("/x\x1b\x1b[B")  # an arrow, which begins as escape does
    terminal.wait("3/80")
    terminal.press("/\x7fj/wechat\r\x1bjjG")
    terminal.wait("80/80")


def test_text_after_a_key_that_deletes(terminal: Terminal) -> None:
    terminal.press("/law\x15wechat\x1b[D\x1b[D\x15c\x01\x0b\x15ransom\x7f\x7fom\r")
    terminal.wait("Search: ransom")
    terminal.press("F\x15wechat\x15Phish")
    terminal.wait(lambda shown: "› Phish" in shown and "enter results" in shown)
    terminal.press("\x1bG")
    terminal.wait(lambda shown: "› Phish" not in shown and "Search: ransom" in shown)
