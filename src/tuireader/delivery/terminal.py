"""Build control sequences for terminal notifications, and detect which ones a terminal supports.

Pure: the owner of the terminal writes the result. Titles and texts come from feeds and must not end the
sequence: they are cleaned once more, and sent as base64 if supported.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping

from tuireader.text import clean, cut_characters

KINDS = ("osc9", "osc777", "osc99")
_TITLE, _BODY = 120, 300  # characters
_BELL, _END = "\a", "\x1b\\"

# Detection: a variable, the beginning of its value, the supported kind. tmux and screen keep some variables.
_SIGNS = (
    ("KITTY_WINDOW_ID", "", "osc99"),
    ("TERM", "xterm-kitty", "osc99"),
    ("GHOSTTY_RESOURCES_DIR", "", "osc777"),
    ("TERM", "xterm-ghostty", "osc777"),
    ("WEZTERM_PANE", "", "osc777"),
    ("TERM", "wezterm", "osc777"),
    ("TERM", "foot", "osc777"),
    ("TERM", "rxvt-unicode", "osc777"),
    ("TERM", "contour", "osc777"),
    ("ITERM_SESSION_ID", "", "osc9"),
    ("LC_TERMINAL", "iTerm2", "osc9"),
    ("TERM_PROGRAM", "iTerm.app", "osc9"),
    ("TERM_PROGRAM", "WarpTerminal", "osc9"),
)


def detect(environ: Mapping[str, str], wanted: str) -> str:
    """Choose one of `KINDS`, which `wanted` names unless it is `auto`; `""` for no notification."""
    if wanted != "auto":
        return wanted if wanted in KINDS else ""
    for name, start, kind in _SIGNS:
        if (value := environ.get(name)) and value.startswith(start):
            return kind
    return ""


def escape_sequence(title: str, body: str, kind: str, environ: Mapping[str, str], number: int) -> str:
    """Compose the sequence for one notification; `""` if the terminal would not receive it.

    tmux passes it on with `allow-passthrough on`, screen only if it is short. `number` identifies the
    notification.
    """
    title, body = _safe(title, _TITLE), _safe(body, _BODY)
    if kind == "osc9":
        sequence = f"\x1b]9;{title}{': ' if body else ''}{body}{_BELL}"
    elif kind == "osc777":
        sequence = f"\x1b]777;notify;{title};{body}{_BELL}"
    elif kind == "osc99":
        name = f"i=tuireader{number}"
        sequence = f"\x1b]99;{name}:d=0:e=1:p=title;{_encoded(title)}{_END}"
        sequence += f"\x1b]99;{name}:d=1:e=1:p=body;{_encoded(body)}{_END}"
    else:
        return ""
    if environ.get("TMUX"):
        return "\x1bPtmux;" + sequence.replace("\x1b", "\x1b\x1b") + _END
    if environ.get("STY"):  # screen stops at the first ST and accepts only about 250 bytes
        short = len(sequence.encode()) < 240 and kind != "osc99"
        return f"\x1bP{sequence}{_END}" if short else ""
    return sequence


def _safe(text: str, limit: int) -> str:
    """Clean text to one line without control characters or field separators."""
    return cut_characters(clean(" · ".join(text.splitlines())), limit).replace(";", ",")


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
