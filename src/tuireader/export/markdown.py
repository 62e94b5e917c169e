"""Write untrusted text as Markdown (CommonMark 0.31): escapes, links, and starts of lines."""

from __future__ import annotations

import re

from tuireader.export.brief import one_line

WEB = re.compile(r"https?://", re.IGNORECASE)
"""Addresses that become links."""
_SPECIAL = re.compile(r"[\\`*_\[\]<>#|~&!$^{}]")
_SPECIAL_IN_LISTS = re.compile(r"[\\`*_\[\]<>#|~]")
_LINE_START = re.compile(r"^(\s*)([-+=#>]|\d{1,9}[.)])", re.MULTILINE)


def markdown_part(text: str) -> str:
    """Escape all special characters, for text within a line of a document."""
    return _SPECIAL.sub(r"\\\g<0>", text)


def safe_start(text: str) -> str:
    """Escape characters that begin a list or underline a heading at the start of a line."""
    return _LINE_START.sub(lambda match: f"{match[1]}{match[2][:-1]}\\{match[2][-1]}", text)


def markdown_line(text: str, *, listed: bool = False) -> str:
    """Escape text as a line of its own; `listed`: for an item of a list to paste, with few escapes."""
    if listed:
        return _SPECIAL_IN_LISTS.sub(r"\\\g<0>", text)
    return safe_start(markdown_part(one_line(text)))


def markdown_address(url: str) -> str:
    """Percent-encode the characters that would end the address of a link."""
    return re.sub(r"[\s<>\\]", lambda match: f"%{ord(match[0]):02X}", url)


def markdown_link(text: str, url: str, *, listed: bool = False) -> str:
    """Write a link; only the text if the address is not http(s)."""
    shown = markdown_line(text or url, listed=listed)
    return f"[{shown}](<{markdown_address(url)}>)" if WEB.match(url) else shown
