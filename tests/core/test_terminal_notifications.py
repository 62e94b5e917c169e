"""Notifications of the terminal: which one it understands, and sequences that no text can break out of."""

from __future__ import annotations

import base64
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import half_as_many
from tuireader.config import loads, reference
from tuireader.delivery.terminal import KINDS, detect, escape_sequence


@pytest.mark.parametrize(
    ("environ", "kind"),
    [
        ({"TERM": "xterm-kitty"}, "osc99"),
        ({"TERM": "tmux-256color", "KITTY_WINDOW_ID": "1", "TMUX": "/tmp/x"}, "osc99"),
        ({"TERM": "foot-extra"}, "osc777"),
        ({"TERM": "xterm-256color", "WEZTERM_PANE": "0"}, "osc777"),
        ({"TERM": "xterm-ghostty"}, "osc777"),
        ({"TERM": "xterm-256color", "LC_TERMINAL": "iTerm2"}, "osc9"),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"}, "osc9"),
        ({"TERM": "xterm-256color", "KITTY_WINDOW_ID": ""}, ""),
        ({"TERM": "linux"}, ""),
        ({}, ""),
    ],
)
def test_what_a_terminal_understands(environ: dict[str, str], kind: str) -> None:
    assert detect(environ, "auto") == kind
    assert detect(environ, "osc9") == "osc9"
    assert detect(environ, "off") == ""


def test_the_configuration_names_the_same_kinds() -> None:
    (kind,) = (one.type for one in reference() if one.path == "notify.terminal")
    for name in ("auto", *KINDS, "off"):
        assert name in kind
        assert loads(f'[notify]\nterminal = "{name}"')[0].notify.terminal == name
    assert loads('[notify]\nterminal = "osc7"')[1] != ()


def test_the_sequences() -> None:
    assert escape_sequence("12 new", "a\nb", "osc9", {}, 1) == "\x1b]9;12 new: a · b\a"
    assert escape_sequence("4;3;x", "", "osc9", {}, 1) == "\x1b]9;4,3,x\a"  # `9;4;` would be a progress bar
    assert escape_sequence("T", "b; c", "osc777", {}, 1) == "\x1b]777;notify;T;b, c\a"
    title, body = escape_sequence("字", "b", "osc99", {}, 7).split("\x1b\\")[:2]
    assert title == "\x1b]99;i=tuireader7:d=0:e=1:p=title;" + base64.b64encode("字".encode()).decode()
    assert body.startswith("\x1b]99;i=tuireader7:d=1:e=1:p=body;")
    assert escape_sequence("T", "b", "", {}, 1) == ""


def test_through_tmux_and_screen() -> None:
    plain = escape_sequence("T", "b", "osc777", {}, 1)
    assert escape_sequence("T", "b", "osc777", {"TMUX": "x"}, 1) == f"\x1bPtmux;\x1b{plain}\x1b\\"
    assert escape_sequence("T", "b", "osc777", {"STY": "x"}, 1) == f"\x1bP{plain}\x1b\\"
    assert escape_sequence("T", "b" * 300, "osc777", {"STY": "x"}, 1) == ""
    assert escape_sequence("T", "b", "osc99", {"STY": "x"}, 1) == ""


_ONE = re.compile(r"\x1b\](?:9|777;notify);[^\x00-\x1f\x7f-\x9f]*\a|(?:\x1b\]99;[ -~]*\x1b\\){2}")


@given(
    st.text(max_size=400) | st.text("\x1b\x07\x9c\x9d\\]9;\n\x00a", max_size=40),
    st.text(max_size=800) | st.text("\x1b\x07\x9c\x9d\\]9;\n\x00a", max_size=40),
    st.sampled_from(KINDS),
)
@half_as_many
def test_no_text_ends_a_sequence(title: str, body: str, kind: str) -> None:
    written = escape_sequence(title, body, kind, {}, 3)
    assert _ONE.fullmatch(written) and len(written) < 3000
    if kind == "osc777":
        assert written.count(";") == 3
