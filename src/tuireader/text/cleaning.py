"""Remove control sequences, invisible characters and the like from untrusted text."""

from __future__ import annotations

import re
import unicodedata

from tuireader.text.regex import regex

_MARKS_PER_BASE = 8

# Control sequences as terminals parse them (ECMA-48 §5.4, §8.3; xterm's ctlseqs). A terminated string
# sequence (OSC, DCS, APC, PM, SOS) includes its payload; without a terminator, the payload is text. C1 forms
# only count if they are not mojibake of UTF-8 ("â\x80\x9d").
_SEQUENCE = (
    r"\x1b(?:[PX\]^_][^\x1b\x07\x9c]*+(?:\x1b\\|[\x07\x9c]|(?=\x1b))|\[[0-?]*+[ -/]*+[@-~]?|[ -/]*+[0-~]?)"
    r"|(?<![\x80-\xff])(?:\x9b[0-?]*+[ -/]*+[@-~]?"
    r"|[\x90\x98\x9d-\x9f][^\x1b\x07\x90\x98\x9c-\x9f\n]*+(?:\x1b\\|[\x07\x9c]))"
)

_EMOJI = "\u203c\u2049\u2122\u2139\u2190-\u2bff\u3030\u303d\u3297\u3299\xa9\xae\U0001f000-\U0001faff"
_JOINING_SCRIPTS = (
    "\u0620-\u06d3\u06ee-\u08ff\u0900-\u0dff\u1000-\u109f\u1780-\u18af\ufb50-\ufdff\ufe70-\ufefc"
)

# Never shown: controls other than white space, format characters, bidi controls, fillers and other invisible
# letters, variation selectors, tags, noncharacters. Joiners are kept between characters that they can join.
_UNWANTED = (
    "[\0-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufdd0-\ufdef\ufe00-\ufe0e\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
    f"|(?<![{_EMOJI}])(?<![{_EMOJI}]\ufe0f)\u200d|\u200d(?![{_EMOJI}])"
    f"|(?<![{_EMOJI}#*0-9])\ufe0f|(?<=[#*0-9])\ufe0f(?!\u20e3)"
    f"|(?<![{_JOINING_SCRIPTS}])\u200c|\u200c(?![{_JOINING_SCRIPTS}])"
)
_SURROGATE = "[\ud800-\udfff]"

# Printable but suspect: every combining mark (with the letters of the same blocks), and the few invisible
# characters that `str.isprintable` accepts.
_MARKED = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0700-\u10ff\u135d-\u135f"
    "\u1712-\u18ff\u1900-\u1cff\u1dc0-\u1dff\u200c\u20d0-\u20ff\u2cef-\u2cf1\u2d7f-\u2dff\u302a-\u302f\u3099\u309a"
    "\ua66f-\ua6f1\ua800-\uabff\ufb1e\ufe0f\ufe20-\ufe2f\U000101fd-\U0001e95f"
)
_MARK_RUN = f"[{_MARKED}]{{{_MARKS_PER_BASE + 1},}}"
_INVISIBLE = "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"


def clean(s: str, limit: int = 500) -> str:
    """Return untrusted text as one line that is safe in any terminal, cut to `limit` characters with "…".

    Control sequences are removed with their payload, as are all other controls, bidi controls, zero-width
    and tag characters; white space of any kind becomes one space, lone surrogates become U+FFFD, and a
    base letter keeps at most eight combining marks. Idempotent.
    """
    if not (s.isascii() and s.isprintable()):
        s = scrub(s)
    if "  " in s or not s.isprintable() or s != s.strip() or not s.isascii():
        s = " ".join(s.split())
    return cut_characters(s, limit)


def clean_multiline(s: str, limit: int | None = None) -> str:
    """Return untrusted text with lines and indentation, but without other unprintable characters.

    For code: tabs become spaces up to the next multiple of four, trailing space is removed.
    """
    lines = scrub(s).replace("\r\n", "\n").splitlines()
    s = "\n".join(regex(r"[^\S ]").sub(" ", line.expandtabs(4)).rstrip() for line in lines).strip("\n")
    return s if limit is None else cut_characters(s, limit)


def scrub(s: str) -> str:
    """Remove unwanted characters, but no white space."""
    if not s.isprintable():
        s = regex(_SURROGATE).sub("\ufffd", regex(_UNWANTED).sub("", regex(_SEQUENCE).sub("", s)))
    elif not s.isascii() and regex(_INVISIBLE).search(s):
        s = regex(_UNWANTED).sub("", s)
    return s if s.isascii() else regex(_MARK_RUN).sub(_cap_marks, s)


def _cap_marks(run: re.Match[str]) -> str:
    """Keep eight marks per base character in a run, and remove the others with their joiners."""
    kept = []
    marks = 0
    for character in run[0]:
        if unicodedata.category(character)[0] == "M":
            marks += 1
        elif character != "\u200c":
            marks = 0
        if marks <= _MARKS_PER_BASE:
            kept.append(character)
    return "".join(kept)


def cut_characters(s: str, limit: int) -> str:
    """Return `s` cut to at most `limit` characters including a final "…", without splitting a grapheme."""
    if len(s) <= limit:
        return s
    return s[: grapheme_start(s, limit - 1)].rstrip(" \u200d\u200c") + "…" if limit > 0 else ""


def grapheme_start(s: str, at: int) -> int:
    """Return the start of the grapheme around position `at`, or `at` itself if that is far away."""
    start = at
    while start > 0 and (_extends(s[start]) or s[start - 1] == "\u200d"):
        start -= 1
    flags = 0
    while start > flags and "\U0001f1e6" <= s[start - flags - 1] <= "\U0001f1ff":
        flags += 1
    if flags % 2 and "\U0001f1e6" <= s[start] <= "\U0001f1ff":
        start -= 1
    return start if at - start <= 64 else at


def _extends(character: str) -> bool:
    return (
        character in "\u200d\u200c"
        or "\U0001f3fb" <= character <= "\U0001f3ff"
        or unicodedata.category(character)[0] == "M"
    )
