"""First frame: the list, written in plain escape codes before Textual is imported.

Everything around the rows was saved by the last session (`saved_frame`), for this terminal, these files and
this configuration; the rows are read from the store. Keys typed meanwhile stay with the terminal until
Textual reads them. With few imports, the frame appears after 40 ms.
"""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from tuireader.store.lists.first_page import FirstRow
    from tuireader.ui.drawing.row_options import RowOptions

FORMAT = 6  # version of the saved file; others are ignored
SMALLEST = (40, 8)
ANY_SIZE = (0, 0)  # of the file with what the terminal has said of its background
ENDING = (
    "SIGTERM", "SIGHUP", "SIGQUIT", "SIGABRT", "SIGUSR1", "SIGUSR2", "SIGALRM", "SIGVTALRM", "SIGPROF",
    "SIGXCPU", "SIGIO", "SIGPWR",
)  # fmt: skip
"""Signals that end the program in order; those of faults in C code cannot be handled."""
_OPTIONS = ("--config", "--database")
_VARIABLES = (
    "HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "TERM", "COLORTERM", "NO_COLOR",
    "TERM_PROGRAM", "TEXTUAL_COLOR_SYSTEM", "TEXTUAL_THEME",
)  # fmt: skip
_ENTER, _LEAVE = "\x1b[?1049h\x1b[?25l", "\x1b[?1049l\x1b[?25h"

_before: list[Any] | None = None  # terminal attributes from before the start, until Textual takes over
_shown = False  # whether a frame is on the alternate screen
learnt_dark: bool | None = None  # what the terminal has last said of its background


def fits(arguments: Sequence[str]) -> bool:
    """Accept commands that open the reader, with no options but those for files."""
    return len(arguments) % 2 == 0 and all(option in _OPTIONS for option in arguments[::2])


def file_name(arguments: Sequence[str], environ: Mapping[str, str], size: tuple[int, int]) -> str:
    """Name the saved file for a command in a terminal."""
    import zlib

    there = [environ.get(name) for name in _VARIABLES]
    here = os.getcwd() if arguments else ""  # noqa: PTH109
    key = repr((FORMAT, list(arguments), here, size, there))
    return f"first-frame-{zlib.crc32(key.encode('utf-8', 'replace')):08x}.json"


def state_folder(environ: Mapping[str, str]) -> str:
    """Folder of the saved files, the same as in `config.paths`."""
    folder = environ.get("XDG_STATE_HOME", "")
    home = environ.get("HOME", "")
    if not os.path.isabs(folder):  # noqa: PTH117 - pathlib is not imported here
        folder = os.path.join(home, ".local/state") if os.path.isabs(home) else ""  # noqa: PTH117, PTH118
    return os.path.join(folder, "tuireader") if folder else ""  # noqa: PTH118


def stamp(path: str) -> list[int]:
    """Modification time and size of a file; empty if there is none."""
    try:
        status = os.stat(path)  # noqa: PTH116
    except OSError:
        return []
    return [status.st_mtime_ns, status.st_size]


def show(arguments: Sequence[str], environ: Mapping[str, str]) -> bool:
    """Reserve the keys, and draw the frame if one fits; return False if none was drawn. Never raises."""
    global _shown
    if not fits(arguments) or not keep_keys(environ):
        return False
    try:
        text = frame_text(arguments, environ)
        if text:
            _shown = True
            _write(text)
    except Exception:
        end()
        return False
    return bool(text)


def keep_keys(environ: Mapping[str, str]) -> bool:
    """Leave keys to the reader that is about to start; return False without a terminal. Never raises.

    Else the terminal would edit its line: ctrl+u would drop the `/` of a search, and the text typed
    afterwards would be commands.
    """
    if environ.get("TERM", "") in ("", "dumb") or "TEXTUAL_DRIVER" in environ:
        return False
    try:
        if os.isatty(0) and os.isatty(1):
            _take_terminal()
    except Exception:
        end()
    return _before is not None


def end() -> None:
    """Restore the terminal unless Textual has taken it over."""
    attributes, shown = taken_over()
    if attributes is None:
        return
    import termios

    try:
        if shown:
            _write(_LEAVE)
        termios.tcsetattr(0, termios.TCSANOW, attributes)
    except (OSError, termios.error):
        pass  # the terminal is gone


def taken_over() -> tuple[list[Any] | None, bool]:
    """Hand over the terminal attributes from before the start; also return True if a frame is shown."""
    global _before, _shown
    handed, _before, _shown = (_before, _shown), None, False
    return handed


def _take_terminal() -> None:
    """Leave typed keys to Textual: no echo, line mode or flow control. Ctrl+c ends the program."""
    global _before
    import atexit
    import signal
    import termios

    attributes = termios.tcgetattr(0)
    quiet = termios.tcgetattr(0)
    quiet[0] &= ~(termios.IXON | termios.ICRNL | termios.INLCR | termios.IGNCR)
    quiet[3] &= ~(termios.ECHO | termios.ICANON | termios.IEXTEN)
    quiet[6][termios.VSUSP] = b"\0"  # ctrl+z is an ordinary key
    termios.tcsetattr(0, termios.TCSANOW, quiet)
    _before = attributes
    atexit.register(end)
    for name in ENDING:
        if number := getattr(signal, name, None):  # not every system has all of them
            signal.signal(number, _leave)


def _leave(number: int, frame: object) -> None:
    sys.exit(128 + number)


def _write(text: str) -> None:
    data = text.encode("utf-8", "replace")
    while data:
        data = data[os.write(1, data) :]


def frame_text(arguments: Sequence[str], environ: Mapping[str, str]) -> str:
    """Compose the whole frame; `""` if none fits."""
    global learnt_dark
    folder = state_folder(environ)
    learnt_dark = _kept(folder, arguments, environ, ANY_SIZE).get("dark")
    columns, lines = os.get_terminal_size(1)
    if columns < SMALLEST[0] or lines < SMALLEST[1]:
        return ""
    kept = _kept(folder, arguments, environ, (columns, lines))
    if not kept or learnt_dark not in (None, kept["dark"]):
        return ""
    from tuireader import __version__

    if kept["version"] != __version__ or any(known != stamp(path) for path, known in kept["files"]):
        return ""
    from tuireader.store.lists import first_page

    folds, cosy = kept["options"]["folds"], kept["options"]["cosy"]
    size = {
        "folds": folds,
        "lines": (lines - kept["above"] - 1) // (1 + cosy) + 1,
        "languages": kept["languages"],
        "details": cosy,
    }
    rows = first_page.first_rows(kept["database"], kept["schema"], unread=True, **size)
    if rows is None or bool(rows) != kept["unread"]:
        return ""
    if not rows:
        rows = first_page.first_rows(kept["database"], kept["schema"], unread=False, **size)
    return draw(kept, rows, int(time.time()), lines) if rows else ""


def _kept(
    folder: str, arguments: Sequence[str], environ: Mapping[str, str], size: tuple[int, int]
) -> dict[str, Any]:
    """Read what was saved for a size; empty if there is nothing."""
    file = os.path.join(folder, file_name(arguments, environ, size))  # noqa: PTH118
    if not folder or not stamp(file):
        return {}
    import json

    with open(file, encoding="utf-8") as opened:  # noqa: PTH123
        kept: dict[str, Any] = json.load(opened)
    return kept


def draw(kept: Mapping[str, Any], rows: Sequence[FirstRow], now: int, lines: int) -> str:
    """Draw the frame as one string for the terminal."""
    from types import SimpleNamespace

    # `RowOptions` without its class, which imports slowly
    options: Any = SimpleNamespace(**kept["options"] | {"now": now})
    out, reorders = [_ENTER], kept.get("bidi", False)
    for number, line in [*enumerate(kept["head"], 1), *enumerate(kept["side"], kept["above"] + 1)]:
        out.append(f"\x1b[{number};1H{line}")
    first = kept["above"] + 1
    drawn = _list_lines(rows, options)
    for at in range(lines - first):
        out.append(f"\x1b[{first + at};{kept['left'] + 1}H")
        parts, is_cursor = drawn[at] if at < len(drawn) else ([(" " * options.width, "")], False)
        styles = kept["inks"][is_cursor]
        shown = [(styles.get(style, styles[""]), _plain(text, reorders)) for text, style in parts if text]
        out += [f"{style}{text}\x1b[0m" for style, text in shown]
        if kept["right"]:
            out.append(f"\x1b[{first + at};{kept['left'] + options.width + 1}H{kept['right']}")
    out.append(f"\x1b[{lines};1H{kept['foot']}")
    return "".join(out)


def _list_lines(rows: Sequence[FirstRow], options: RowOptions) -> list[tuple[list[tuple[str, str]], bool]]:
    """Lines of headings and rows; True for those of the first row, where the cursor is."""
    from tuireader.ui.drawing.row_parts import detail_parts, heading_parts, row_parts
    from tuireader.wording.times import local_day

    drawn = []
    day = None
    for number, row in enumerate(rows):
        if day != local_day(row.time):
            day = local_day(row.time)
            drawn.append((heading_parts(row.time, options), False))
        drawn.append((row_parts(row, row.feed_title, options), number == 0))
        if options.cosy:
            drawn.append((detail_parts(row, row.feed_title, options), number == 0))
    return drawn


def _plain(text: str, reorders: bool) -> str:
    """Replace characters that terminals show differently, and control characters."""
    from tuireader.text import bidi, portable_emoji

    text = portable_emoji(bidi.visual(text) if reorders else text)
    return "".join(letter if letter.isprintable() else " " for letter in text)
