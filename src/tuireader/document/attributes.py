"""Parse attributes of tags, and numbers and languages in them."""

from __future__ import annotations

import re

from tuireader.text import clean, decode

_LONGEST = 20_000
_ATTRIBUTE = re.compile(r"""([^\s"'<>/=]++)(?:\s*+=\s*+("[^"]*+"|'[^']*+'|[^\s"'>]++))?+""")
_SMALL_NUMBER = re.compile(r"-?[0-9]{1,6}", re.ASCII)
_LANGUAGE = re.compile(r"(?:^|\s)(?:highlight-source-|language-|lang-|brush:\s*|sourceCode\s)([\w+#.-]+)")


def attributes(raw: str) -> dict[str, str]:
    """Parse the attributes of a tag: decoded values by lower-case names.

    The first of several with one name wins (HTML Standard §13.2.5.33); anything beyond 20,000 characters is
    ignored.
    """
    values: dict[str, str] = {}
    for name, value in _ATTRIBUTE.findall(raw[:_LONGEST]):
        if value[:1] in ("'", '"'):
            value = value[1:-1]
        values.setdefault(name.lower(), decode(value))
    return values


def whole_number(s: str, otherwise: int) -> int:
    """Read the whole number in an attribute; `otherwise` if there is none."""
    s = s.strip()
    return int(s) if _SMALL_NUMBER.fullmatch(s) else otherwise


def language(raw: str) -> str:
    """Read the language of code, which several conventions put into different attributes; "" if unknown."""
    values = attributes(raw)
    named = values.get("data-lang") or values.get("data-language")
    if not named and (match := _LANGUAGE.search(values.get("class", ""))):
        named = match[1]
    return clean(named or "", 40).lower()
