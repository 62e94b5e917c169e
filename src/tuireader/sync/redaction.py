"""Secrets of an account, replaced in everything that its server says.

A server may quote what it was sent: in an error, as a title, in an address. Its words are printed, stored and
backed up, so each secret is replaced where answers arrive, however it is spelled there.
"""

from __future__ import annotations

import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterable
from functools import cache
from html.entities import codepoint2name

from msgspec import Struct

HIDDEN = "…"
_LENGTH = 8
"""Fewest characters of a secret that is replaced in titles and articles, and within longer words."""
_WORD_LENGTH = 20  # the same for what may be a plain word, such as `president`

_WIDENED, _TO_WIDE = "&<>?\\/,;", 0xFEE0
"""Characters that FreshRSS may replace by their full-width forms, and how far those are."""
_AMPERSAND = r"(?:&|\\u0026|\xef\xbc\x86|\\u(?i:ff06))(?:amp;){0,3}"  # also full-width
_HEX = r"(?:3\d|[46][1-9a-fA-F]|[57][\daA])"  # codes of letters and digits
_DECIMAL = r"(?:4[89]|5[0-7]|6[5-9]|[78]\d|90|9[7-9]|1[01]\d|12[0-2])"
_JSON = re.compile(rf"\\u00{_HEX}".encode())
_HTML = re.compile(rf"#(?:[xX]0{{0,4}}{_HEX}|0{{0,4}}{_DECIMAL});".encode())
_NEEDLESS = re.compile(
    rf"(?<!\\)(?P<before>(?:\\\\)*)\\u00(?P<json>{_HEX})"
    rf"|(?:&|\\u0026)#(?:[xX]0{{0,4}}(?P<html>{_HEX})|0{{0,4}}(?P<decimal>{_DECIMAL}));".encode()
)
"""Letters and digits written as escapes of JSON or HTML, which only hides them from a search."""


class _Spellings(Struct, frozen=True):
    """A pattern for all spellings of some texts, and the letters that each of them needs."""

    letters: tuple[tuple[bytes, ...], ...]
    pattern: re.Pattern[bytes]

    def hidden(self, raw: bytes) -> bytes:
        if not self.letters:
            return raw
        plain = _NEEDLESS.sub(_letter, raw) if _JSON.search(raw) or _HTML.search(raw) else raw
        if not any(all(run in plain for run in runs) for runs in self.letters):  # the pattern is slow
            return raw
        hidden = self.pattern.sub(HIDDEN.encode(), plain)
        return raw if hidden == plain else hidden


class Redaction:
    """The secrets of one account.

    `in_answer` replaces distinct secrets wherever they occur. A short or common one, such as `news`, would
    blank out half of all articles, and show where it was; a number may be an id. Those are replaced only
    `in_words` about the account and its errors, and there only as whole words.
    """

    def __init__(self) -> None:
        self._forms: set[str] = set()
        self._everywhere = self._as_words = _spellings(())

    def add(self, secret: str, user: str = "") -> None:
        """Replace a secret from now on, its base64 as well; the name of the user is no secret."""
        if not secret.strip() or secret == user:
            return
        for text in (secret, f"{user}:{secret}") if user else (secret,):
            raw = text.encode("utf-8", "surrogatepass")
            coded = (b64encode(raw).decode(), urlsafe_b64encode(raw).decode())
            self._forms |= {text, *coded, *(code.rstrip("=") for code in coded)}
        self._everywhere = _spellings(filter(_is_distinct, self._forms), json=True)
        self._as_words = _spellings(self._forms)

    def in_answer(self, raw: bytes) -> bytes:
        """Hide distinct secrets in a body or header; names of JSON members stay as they are."""
        return self._everywhere.hidden(raw)

    def in_words(self, text: str) -> str:
        """Hide every secret in what a server says about the account or an error."""
        return self._as_words.hidden(text.encode("utf-8", "surrogatepass")).decode("utf-8", "surrogatepass")


def _is_distinct(form: str) -> bool:
    may_be_word = form.isalpha() and form in (form.lower(), form.upper(), form.capitalize())
    return len(form) >= (_WORD_LENGTH if may_be_word else _LENGTH) and not form.isdecimal()


def _spellings(forms: Iterable[str], *, json: bool = False) -> _Spellings:
    """Compile all spellings of texts; in `json`, never change names of members or ends of strings."""
    longest_first = sorted(forms, key=lambda form: (-len(form), form))
    letters = {tuple(run.encode() for run in re.findall("[0-9A-Za-z]+", form)) for form in longest_first}
    # never start within an escape of JSON: the backslash that is left would change what follows
    start = r"(?<!(?<!\\)\\)(?<!\\u)(?<!\\u\w)(?<!\\u\w\w)(?<!\\u\w\w\w)"
    end = r'(?!\w{0,40}"\s{0,20}:)' if json else ""
    pattern = f"{start}(?:{'|'.join(_spelling(form, json) for form in longest_first)}){end}"
    return _Spellings(tuple(letters), re.compile(pattern.encode("latin-1")))


def _spelling(form: str, json: bool) -> str:
    spelled = "".join(_spelled(char, json) for char in form)
    return spelled if _is_distinct(form) else rf"(?<![0-9A-Za-z]){spelled}(?![0-9A-Za-z])"


@cache
def _spelled(char: str, json: bool) -> str:
    """Pattern for a character: escaped for HTML, an address or JSON, full-width, or its bytes."""
    if char.isascii() and char.isalnum():
        return char
    raw, units = char.encode("utf-8", "surrogatepass"), char.encode("utf-16-be", "surrogatepass").hex()
    name = "apos" if char == "'" else codepoint2name.get(ord(char), "")
    ways = [
        rf"{_AMPERSAND}(?:#0{{0,4}}{ord(char)}|#[xX]0{{0,4}}(?i:{ord(char):x}){f'|{name}' if name else ''});",
        "".join(f"%(?:25){{0,3}}(?i:{byte:02x})" for byte in raw),
        "".join(rf"\\{{1,4}}u(?i:{units[at : at + 4]})" for at in range(0, len(units), 4)),
        r"\+" if char == " " else "",
        rf"\\{{1,4}}{re.escape(char)}" if char.isascii() else "",
        _spelled(chr(ord(char) + _TO_WIDE), json) if char in _WIDENED else "",
        "" if json and char in '"\\' else re.escape(raw.decode("latin-1")),
    ]
    return f"(?:{'|'.join(filter(None, ways))})"


def _letter(match: re.Match[bytes]) -> bytes:
    code = int(match["decimal"]) if match["decimal"] else int(match["json"] or match["html"], 16)
    return (match["before"] or b"") + bytes((code,))
