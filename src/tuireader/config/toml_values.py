"""Configuration values as TOML, and as short texts for messages."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Mapping


def describe(value: object) -> str:
    """Describe a value for a message, short and safe to print: `the text 'x'`, `the number 3`, `a list`."""
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return f"the number {value}"
        case str():
            return f"the text {quote(value)}"
        case list():
            return "a list"
        case dict():
            return "a table"
        case _:
            return "a date or time"


def quote(text: str) -> str:
    """Quote text for a message: shortened, with unprintable characters escaped."""
    return repr(text if len(text) <= 60 else text[:59] + "…")


def to_toml(value: object) -> str:
    """Write a value as TOML; `""` for None, which TOML cannot express."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str():
            text = value.encode("utf-8", "replace").decode()  # no lone surrogates: TOML is UTF-8
            return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
        case tuple() | list():
            return "[" + ", ".join(to_toml(item) for item in value) + "]"
        case Mapping():
            return (
                "{"
                + ", ".join(f"{key_to_toml(str(name))} = {to_toml(item)}" for name, item in value.items())
                + "}"
            )
        case datetime.date():
            return value.isoformat()
        case _:
            return str(value)


def key_to_toml(name: str) -> str:
    """Write a key as TOML, quoted if needed."""
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else to_toml(name)
