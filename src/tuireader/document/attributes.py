"""Attributes of tags, and the small values in them."""

from __future__ import annotations

import re

from tuireader.text import clean, decode

_LONGEST = 20_000
_ATTRIBUTE = re.compile(r"""([^\s"'<>/=]++)(?:\s*+=\s*+("[^"]*+"|'[^']*+'|[^\s"'>]++))?+""")
_SMALL_NUMBER = re.compile(r"-?[0-9]{1,6}", re.ASCII)
_LANGUAGE = re.compile(r"(?:^|\s)(?:highlight-source-|language-|lang-|brush:\s*|sourceCode\s)([\w+#.-]+)")


def attributes(raw: str) -> dict[str, str]:
    """Read what stands behind a tag's name: values by names in small letters, decoded.

    The first of a name counts (HTML Standard §13.2.5.33); what is beyond 20,000 characters is not read.
    """
    found: dict[str, str] = {}
    for name, value in _ATTRIBUTE.findall(raw[:_LONGEST]):
        if value[:1] in ("'", '"'):
            value = value[1:-1]
        found.setdefault(name.lower(), decode(value))
    return found


def whole(s: str, otherwise: int) -> int:
    """Return the whole number that an attribute says, or `otherwise`."""
    s = s.strip()
    return int(s) if _SMALL_NUMBER.fullmatch(s) else otherwise


def language(raw: str) -> str:
    """Return the language of the code in an element, as its attributes tell it by several customs, or ""."""
    found = attributes(raw)
    named = found.get("data-lang") or found.get("data-language")
    if not named and (match := _LANGUAGE.search(found.get("class", ""))):
        named = match[1]
    return clean(named or "", 40).lower()
