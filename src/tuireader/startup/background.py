"""Light or dark: ask the terminal for its background."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

ASK = "\x1b]11;?\x1b\\\x1b[?2031h"
"""Ask for the background (OSC 11), and for a report whenever it turns light or dark (mode 2031)."""
ASK_NO_MORE = "\x1b[?2031l"
_VALUE = "[rgRG#:0-9a-fA-F/?]{0,30}"
_ANSWER = re.compile(  # if it is broken off, another letter follows
    rf"\x1b\]11;(?P<color>{_VALUE}+)(?:\x07|\x1b\\|\x9c|(?=[^\x1b]|\x1b[^\\]))|\x1b\[\?997;(?P<mode>\d*)n"
)
_LACKING = re.compile(rf"(?<!\x1b)\]11;{_VALUE}(?:\x07|\x1b\\|\x9c)")  # its escape
_BEGUN = re.compile(rf"\x1b(\](1(1(;{_VALUE}\x1b?)?)?)?|\[(\?(9(9(7(;\d?)?)?)?)?)?)?\Z")
_SURE = ("\x1b]11;", "\x1b[?")  # no key begins like these
_SHORT, _AWAITED, _LONG = 0.05, 0.5, 3.0  # seconds to wait for the end of an answer; of one that is due; sure
_AFTER = 2.0  # seconds in which the rest of an answer may follow an escape that was taken for a key
DUE = 3.0  # seconds for which an answer is due
_COLOR = re.compile(
    r"rgba?:([0-9a-f]{1,4})/([0-9a-f]{1,4})/([0-9a-f]{1,4})(?:/[0-9a-f]{1,4})?", re.IGNORECASE
)


class Answers:
    """Takes the terminal's answers out of what is typed, so that they are never keys.

    An answer may arrive in pieces. `\\x1b` alone is the escape key, or the first piece: it is held for 50 ms,
    or for half a second while an answer is due; if the rest comes even later, no other key comes of it.
    `report` gets True for a dark background.
    """

    def __init__(self, report: Callable[[bool], object]) -> None:
        self._report = report
        self.held = ""
        self._held_at = 0.0
        self._escape_at = -_AFTER  # when the escape key was last told
        self.due_until = 0.0  # an answer is expected until this time

    def take(self, typed: str, now: float) -> str:
        """Return the keys in what has arrived, and in what was held."""
        text, before = self.held + typed, self.held
        if now - self._escape_at < _AFTER:
            text = _LACKING.sub("\x1b\\g<0>", text, count=1)
        keys = _ANSWER.sub(self._take_answer, text)
        begun = _BEGUN.search(keys)
        self.held = begun[0] if begun else ""
        if not (before.startswith(_SURE) and self.held.startswith(before)):  # else keys would prolong it
            self._held_at = now
        return keys.removesuffix(self.held)

    def late(self, now: float) -> str:
        """Return the keys among what was held for too long; the beginning of an answer is dropped."""
        is_answer = self.held.startswith(_SURE)
        patience = _LONG if is_answer else _AWAITED if now < self.due_until else _SHORT
        if now - self._held_at < patience:
            return ""
        held, self.held = self.held, ""
        self._escape_at = now if held == "\x1b" else self._escape_at
        return "" if is_answer else held

    def _take_answer(self, answer: re.Match[str]) -> str:
        dark = {"1": True, "2": False}.get(answer["mode"])
        if answer["color"] is not None:
            dark = is_dark(answer["color"])
            self.due_until = 0.0
        if dark is not None:
            self._report(dark)
        return ""


def is_dark(color: str) -> bool | None:
    """Tell whether `rgb:1414/1717/1c1c` is dark; None if it is no colour."""
    match = _COLOR.fullmatch(color)
    if match is None:
        return None
    red, green, blue = (int(part, 16) / float(16 ** len(part) - 1) for part in match.groups())
    return 0.299 * red + 0.587 * green + 0.114 * blue < 0.5


def is_asked(environ: Mapping[str, str]) -> bool:
    """Leave terminals alone that may print what they do not understand."""
    return environ.get("TERM", "") not in ("linux", "") and not environ.get("TERM", "").startswith("vt")


def hinted_dark(environ: Mapping[str, str]) -> bool:
    """Guess from `COLORFGBG`, which some terminals set, until there is an answer."""
    *_, background = environ.get("COLORFGBG", "").split(";")
    return background not in ("7", "9", "10", "11", "12", "13", "14", "15")
