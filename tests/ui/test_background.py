"""Light or dark as the terminal is: what it answers, when, and in how many pieces."""

from __future__ import annotations

import fcntl
import os
import signal
import termios
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import half_as_many
from tests.terminal import Terminal
from tests.ui.running import Patient, Running, running
from tests.ui.samples import CONFIG
from tests.ui.shelf import configured
from tests.ui.test_first_frame import fill
from tuireader.config import paths
from tuireader.startup import background
from tuireader.startup.background import Answers

DARK, LIGHT = "\x1b]11;rgb:1414/1717/1c1c\x1b\\", "\x1b]11;rgb:fb/f9/f5\x07"
NOW_DARK, NOW_LIGHT = "\x1b[?997;1n", "\x1b[?997;2n"
ON_DARK, ON_LIGHT = "14171c", "fbf9f5"
LEAVES = b"\x1b[?1049l"


class Asked(Terminal):
    """A terminal that answers with `pieces`, one after the other, once it is asked for its background."""

    def __init__(
        self,
        home: Path,
        pieces: Sequence[str] = (),
        *words: str,
        size: tuple[int, int] = (120, 40),
        **env: str,
    ) -> None:
        self._pieces = list(pieces)
        self.asked = False
        super().__init__(["tuireader", *words], home=home, size=size, env=env, forked=True)

    def read(self, seconds: float) -> bool:
        there = super().read(seconds)
        if not self.asked and background.ASK.encode() in self.raw:
            self.asked = True
            for piece in self._pieces:
                self.press(piece)
                self._wait_until_read()
        return there

    def _wait_until_read(self) -> None:
        """Let the next piece be a read of its own, but come soon: a lone escape is a key after a while."""
        end = time.monotonic() + self._patience
        typed = os.open(f"/proc/{self.pid}/fd/0", os.O_RDONLY | os.O_NOCTTY)
        waiting = b"?"
        while any(waiting) and time.monotonic() < end:
            time.sleep(0.002)
            waiting = fcntl.ioctl(typed, termios.FIONREAD, bytes(4))
        os.close(typed)

    @property
    def background(self) -> str:
        """Background of the first cell."""
        return str(self.screen.buffer[0][0].bg)

    def wait_for(self, color: str) -> None:
        self.wait(lambda _: self.background == color)


# --------------------------------------------------------------------------- keys and answers

keys = st.sampled_from(
    ["j", "k", "]", "1", "é", "\x1b[A", "\x1bOP", "\x1b[27u", "\x1b[<0;3;4M", "\x1b[?2026;2$y"]
)
answers = st.sampled_from([(DARK, True), (LIGHT, False), (NOW_DARK, True), (NOW_LIGHT, False),
                           ("\x1b]11;rgb:ff\x1b\\", None),
                           ("\x1b]11;?\x07", None), ("\x1b[?997;n", None)])  # fmt: skip


@given(st.lists(st.one_of(keys, answers), max_size=12), st.data())
@half_as_many
def test_pieces_of_answers_are_never_keys(
    stream: list[str | tuple[str, bool | None]], data: st.DataObject
) -> None:
    text = "".join(item if isinstance(item, str) else item[0] for item in stream)
    cuts = sorted(data.draw(st.sets(st.integers(0, len(text)))))
    told: list[bool] = []
    taker = Answers(told.append)
    typed = "".join(
        taker.take(text[start:end], 0.0) for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)
    )
    assert typed == "".join(item for item in stream if isinstance(item, str))
    assert told == [item[1] for item in stream if not isinstance(item, str) and item[1] is not None]
    assert taker.late(0.01) == "" and not taker.held


def test_the_escape_key_waits_longer_only_while_an_answer_is_due() -> None:
    taker = Answers(lambda dark: None)
    assert taker.take("\x1b", 10.0) == "" and taker.held
    assert taker.late(10.02) == "" and taker.late(10.06) == "\x1b" and not taker.held
    taker.due_until = 23.0
    assert taker.take("j\x1b", 20.1) == "j" and taker.late(20.3) == "" and taker.late(20.7) == "\x1b"
    assert taker.take("j" + DARK[1:] + "k", 20.8) == "jk"  # what began with that escape
    assert taker.due_until == 0.0 and taker.take("\x1b", 20.8) == "" and taker.late(20.9) == "\x1b"
    assert taker.take("\x1b]11;rgb:14", 30.0) == "" and taker.late(32.0) == "" and taker.held
    assert taker.late(33.1) == "" and not taker.held  # the rest never came
    assert taker.take("\x1b]11;rgb:14\x1b[A", 40.0) == "\x1b[A"  # broken off


PASTE = "\x1b[200~see ]11;rgb: in the manual of xterm\x07 and more\x1b[201~"


def test_a_paste_that_looks_like_an_answer_loses_nothing() -> None:
    taker = Answers(lambda dark: None)
    assert taker.take(PASTE, 10.0) == PASTE and taker.take("]11;j", 10.1) == "]11;j"
    assert taker.take("\x1b", 20.0) == "" and taker.late(20.1) == "\x1b"
    assert taker.take(PASTE, 20.2) == PASTE
    assert taker.take("]11;rgb:0/0/0\x07", 30.0) == "]11;rgb:0/0/0\x07"  # its escape is long gone


def test_keys_after_an_answer_that_broke_off_arrive() -> None:
    taker = Answers(lambda dark: None)
    assert taker.take("\x1b]11;rgb:00", 10.0) == "" and taker.held
    assert [taker.take(key, 10.5) for key in "jk"] == ["j", "k"] and not taker.held
    assert taker.take("\x1b]11;rgb:00", 20.0) == ""
    keys = [taker.take("f", now) + taker.late(now) for now in (21.0, 22.0, 23.0, 24.0)]
    assert keys == ["", "", "", "f"]
    assert taker.take("\x1b]11;" + "f" * 40, 40.0) == "f" * 10


@pytest.mark.parametrize(
    ("color", "dark"),
    [("rgb:0/0/0", True), ("rgb:ffff/ffff/ffff", False), ("rgba:fa/f0/e0/ff", False), ("RGB:1/2/f", True),
     ("rgb:ff/ff", None), ("#ffffff", None), ("", None), ("rgb:fffff/0/0", None)],
)  # fmt: skip
def test_colours_as_terminals_write_them(color: str, dark: bool | None) -> None:
    assert background.is_dark(color) is dark


# --------------------------------------------------------------------------- what is remembered


def test_the_environment_hints() -> None:
    assert background.hinted_dark({}) and background.hinted_dark({"COLORFGBG": "15;default;0"})
    assert not background.hinted_dark({"COLORFGBG": "0;15"})


def test_simple_terminals_are_not_asked() -> None:
    assert background.is_asked({"TERM": "xterm-256color"}) and background.is_asked({"TERM": "screen"})
    assert not any(background.is_asked({"TERM": term}) for term in ("linux", "vt220", ""))


# --------------------------------------------------------------------------- in a terminal


@pytest.mark.slow
@pytest.mark.parametrize(
    ("pieces", "color"),
    [
        ([DARK], ON_DARK),
        ([LIGHT], ON_LIGHT),
        ([LIGHT[:9], LIGHT[9:]], ON_LIGHT),
        (["\x1b", LIGHT[1:]], ON_LIGHT),
        ([LIGHT + NOW_DARK[:3], NOW_DARK[3:]], ON_DARK),
        (["\x1b]11;rgb:ee/bb/\x1b\\"], ON_DARK),
        ([], ON_DARK),
    ],
    ids=["dark", "light", "in two pieces", "cut after escape", "two answers", "garbage", "never"],
)
def test_the_theme_follows_the_answer_and_no_key_comes_of_it(
    demo_home: Path, frames_for_a_terminal: None, pieces: Sequence[str], color: str
) -> None:
    with Asked(demo_home, pieces, "--demo") as terminal:
        terminal.wait("Harbour Tech")
        terminal.wait(" 1/79")
        terminal.wait_for(color)
        terminal.press("j")
        shown = terminal.wait(" 2/79")
        assert "Unread" in shown and terminal.asked
        terminal.press("Q")
        assert terminal.leave() == 0 and terminal.restored
        assert terminal.raw.count(b"\x1b[?2031l") == 1
        assert terminal.raw.index(b"\x1b[?2031l") < terminal.raw.rindex(LEAVES)


@pytest.mark.slow
def test_a_late_answer_and_reports_while_running_repaint_it(
    demo_home: Path, frames_for_a_terminal: None
) -> None:
    with Asked(demo_home, [], "--demo") as terminal:
        terminal.wait(" 1/79")
        terminal.wait_for(ON_DARK)
        terminal.press(LIGHT)
        terminal.wait_for(ON_LIGHT)
        terminal.press(NOW_DARK[:6])
        terminal.rest(0.2)
        terminal.press(NOW_DARK[6:])
        terminal.wait_for(ON_DARK)
        os.write(terminal.fd, b"\xff\xfe")  # is no text
        terminal.press(NOW_LIGHT + "j")
        terminal.wait_for(ON_LIGHT)
        terminal.wait(" 2/79")
        os.kill(terminal.pid, signal.SIGTERM)
        assert terminal.leave() == 143 and b"\x1b[?2031l" in terminal.raw


@pytest.mark.slow
def test_the_hint_of_the_environment_counts_where_no_answer_comes(
    demo_home: Path, frames_for_a_terminal: None
) -> None:
    with Asked(demo_home, [], "--demo", COLORFGBG="0;15") as terminal:
        terminal.wait(" 1/79")
        terminal.wait_for(ON_LIGHT)


@pytest.mark.slow
def test_the_next_start_begins_with_what_this_one_learnt(tmp_path: Path, frames_for_a_terminal: None) -> None:
    fill(tmp_path)
    with Asked(tmp_path, [LIGHT]) as terminal:
        terminal.wait("Ferries take phones")
        terminal.wait(" 1/4")
        terminal.wait_for(ON_LIGHT)
        terminal.press("Q")
        assert terminal.leave() == 0
    with Asked(tmp_path, []) as terminal:
        terminal.wait("Ferries take phones")  # the first frame
        terminal.wait_for(ON_LIGHT)
        terminal.wait(" 1/4")
        terminal.wait(lambda _: terminal.asked)
        assert b"48;2;20;23;28" not in terminal.raw  # nothing was ever dark
    for size, answer in (((110, 30), [DARK]), ((120, 40), []), ((100, 30), [])):
        with Asked(tmp_path, answer, size=size) as terminal:  # what was learnt counts for all sizes
            terminal.wait(" 1/4")
            terminal.wait_for(ON_DARK)
            assert answer or b"48;2;251;249;245" not in terminal.raw  # nothing was ever light
            terminal.press("Q")
            assert terminal.leave() == 0
    config = paths({"HOME": str(tmp_path)}).config
    config.write_text(config.read_text() + 'theme = "tuireader-dark"\n', encoding="utf-8")
    with Asked(tmp_path, [LIGHT]) as terminal:  # a plain name is fixed
        terminal.wait(" 1/4")
        terminal.rest()
        assert terminal.background == ON_DARK


# --------------------------------------------------------------------------- in the app


class Told(Patient):
    """The terminal answers while the main screen opens; `painted` is how it looks at first."""

    painted = ""

    async def on_mount(self) -> None:  # before that of the app
        self.report_background(False)

    def opened(self) -> None:
        super().opened()
        self.painted = f"{self.theme_styles.base.bgcolor} {self.screen.styles.background.hex}"


async def test_an_answer_in_time_counts_for_the_first_paint(tmp_path: Path) -> None:
    async with configured(tmp_path, CONFIG) as made:
        app = Told(made)
        async with app.run_test() as pilot:
            while not app.painted:
                await pilot.pause()
            assert ON_LIGHT in app.painted and ON_LIGHT.upper() in app.painted
            assert app.theme == "tuireader-light"
            await Running(app, pilot, made).settle()  # else widgets go while work of the start asks for them


async def test_a_report_changes_the_theme_unless_one_is_fixed(tmp_path: Path) -> None:
    ui = '[ui]\ntheme = {dark = "nord", light = "rose-pine-dawn"}\n'
    async with configured(tmp_path, CONFIG + ui) as made, running(made) as run:
        assert run.app.theme == "nord"
        run.app.report_background(False)
        await run.settle()
        assert run.app.theme == "rose-pine-dawn"
        run.app.report_background(True)
        await run.settle()
        assert run.app.theme == "nord"
