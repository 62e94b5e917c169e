"""Write untrusted text as Markdown (CommonMark 0.31): escapes, links, and starts of lines."""

from __future__ import annotations

import re
from urllib.parse import quote

from tuireader.export.brief import one_line

WEB = re.compile(r"https?://", re.IGNORECASE)
"""Addresses that become links."""
_MARKUP = re.compile(
    r"\\(?=[!-/:-@\[-`{-~\n]|\Z)|`|(?<! )\*|\*(?! )|(?<!\w)_++|_++(?![^\W_])|~~+"
    r"|<(?=[a-zA-Z/!?]|[^\s<>]*@)|&(?=#?\w+;)"
)
"""Signs that begin or end markup where they stand: `2 * 3`, `snake_case` and `AT&T` are none."""
_MARKUP_OF_PART = re.compile(rf"{_MARKUP.pattern}|[!<]\Z|&(?=#?\w*\Z)")
"""Includes signs at the end that may begin markup with what follows."""
_LINK = re.compile(r"\][(\[]|\A\s*\[.*\]:", re.DOTALL)
_NUMBER = re.compile(r"^([ \t]*\d{1,9})(?=[.)](?:\s|$))", re.MULTILINE)
_LINE_START = re.compile(r"^([ \t]*)(?=[-+](?:\s|$)|#{1,6}(?:\s|$)|>|[-=|:][-=|: \t]*$)", re.MULTILINE)


def _escaped(match: re.Match[str]) -> str:
    return "".join(f"\\{sign}" for sign in match[0])


def _without_markup(text: str, ends: bool) -> str:
    others = re.sub(r"\[[^\[\]]*\]", "", text)  # than pairs, which are only text unless they look like links
    has_links = "[" in others or "]" in others or _LINK.search(text) or (not ends and text.endswith("]"))
    text = (_MARKUP if ends else _MARKUP_OF_PART).sub(_escaped, text)
    return re.sub(r"[\[\]]", _escaped, text) if has_links else text


def markdown_part(text: str) -> str:
    """Escape markup in a part of a line, whatever stands before and after it."""
    return _without_markup(text, ends=False)


def markdown_text(text: str) -> str:
    """Escape markup in text for a heading, a link, or the end of a line; it becomes one line."""
    return safe_end(_without_markup(one_line(text), ends=True))


def safe_end(text: str) -> str:
    """Escape signs at the end of a heading that would close it."""
    return re.sub(r"(?<![^ ])#+\Z", r"\\\g<0>", text)


def safe_start(text: str) -> str:
    """Escape signs at the start of a line that begin a list, a quotation, a heading or a table."""
    return _LINE_START.sub(r"\1\\", _NUMBER.sub(r"\1\\", text))


def markdown_address(url: str) -> str:
    """Percent-encode the characters that no address may have, and that would end that of a link."""
    return re.sub(r'[\s<>"\\^`{|}]', lambda match: quote(match[0]), url)


def markdown_link(text: str, url: str) -> str:
    """Write a link; only the text if the address is not http(s)."""
    shown = markdown_text(text or url)
    return f"[{shown}](<{markdown_address(url)}>)" if WEB.match(url) else shown
