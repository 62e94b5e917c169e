"""Kinds of configuration values: read them from TOML, name them in messages and write them.

`read` returns the value or an `Invalid` with a message; it never raises.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from msgspec import Struct

from tuireader.commands import did_you_mean
from tuireader.config.problems import caret
from tuireader.config.toml_values import describe, quote, to_toml
from tuireader.text import clean, without_password
from tuireader.text.durations import DAY, HOUR, WEEK


class Invalid(Struct, frozen=True):
    """Reason why a value is invalid. `detail` holds more lines: an expression with a caret."""

    message: str
    detail: str = ""


class Kind(Struct, frozen=True):
    """Kind of value: its name for users, and functions to read it and to write it as TOML.

    `typed` turns the text of a form or an option into what `read` expects, `shown` a value into such text.
    `metavar` stands for the value of an option in its help. `options` are the texts to choose from.
    """

    name: str
    read: Callable[[object], Any]
    write: Callable[[Any], str] = lambda value: to_toml(value)
    typed: Callable[[str], object] = lambda text: text
    shown: Callable[[Any], str] = lambda value: "" if value is None else str(value)
    metavar: str = ""
    options: tuple[str, ...] = ()


def _wrong(wanted: str, value: object, names: Sequence[str] = ()) -> Invalid:
    near = did_you_mean(value, names) if isinstance(value, str) else ""
    return Invalid(f"should be {wanted}, not {describe(value)}{near}")


def _raw(value: object) -> str | Invalid:
    """Read text that is never displayed, such as a password, unchanged."""
    if not isinstance(value, str):
        return _wrong("text in quotes", value)
    if any(not character.isprintable() for character in value):
        return Invalid("contains an unprintable character")
    return value


def _line(value: object) -> str | Invalid:
    return clean(value) if isinstance(value, str) else _wrong("text in quotes", value)


def _name(value: object) -> str | Invalid:
    text = _line(value)
    return Invalid("is empty") if text == "" else text


def _lines(value: object) -> tuple[str, ...] | Invalid:
    """Read distinct texts; a single text counts as a list of one."""
    read = _steps(value)
    return read if isinstance(read, Invalid) else tuple(dict.fromkeys(read))


def _steps(value: object) -> tuple[str, ...] | Invalid:
    """Read texts that may repeat; a single text counts as a list of one."""
    items = [value] if isinstance(value, str) else value
    if not isinstance(items, list):
        return _wrong("a list of texts", value)
    read: list[str] = []
    for number, item in enumerate(items, 1):
        text = _name(item)
        if isinstance(text, Invalid):
            return Invalid(f"item {number} {text.message}")
        read.append(text)
    return tuple(read)


def _groups(value: object) -> tuple[tuple[str, ...], ...] | Invalid:
    """Read groups of texts; a text outside a group is a group of one."""
    if not isinstance(value, list):
        return _wrong("a list of lists of texts", value)
    groups: list[tuple[str, ...]] = []
    for number, item in enumerate(value, 1):
        group = _lines(item)
        if isinstance(group, Invalid):
            return Invalid(f"group {number}: {group.message}")
        if not group:
            return Invalid(f"group {number} is empty")
        groups.append(group)
    return tuple(groups)


def template(*marks: str, lines: bool = False) -> Kind:
    """Kind: text, if so of several lines, in which `{mark}` is replaced, for each of these marks."""

    def read(value: object) -> str | Invalid:
        text = _raw(value.replace("\n", " ") if lines and isinstance(value, str) else value)
        if isinstance(text, Invalid):
            return text
        for match in re.finditer(r"\{(\w[\w.:!\[\]]*)\}", text):
            if (mark := match[1]) not in marks:
                words = f"has no value for {{{mark}}}{did_you_mean(mark, marks)}"
                return Invalid(words, caret(text, match.start(), len(match[0])))
        return str(value)

    return Kind("text", read)


_SWITCHES = {"on": True, "yes": True, "true": True, "off": False, "no": False, "false": False}
FLAG = Kind(
    "true or false",
    lambda value: value if isinstance(value, bool) else _wrong("true or false", value),
    typed=lambda text: _SWITCHES.get(text.lower(), text),
    shown=lambda value: "on" if value else "",
    options=("on", "off"),
)
RAW = Kind("text", _raw)
LINE = Kind("text", _line)
NAME = Kind("text", _name)
LINES = Kind(
    "list of texts",
    _lines,
    typed=lambda text: [*filter(None, map(str.strip, text.split(",")))],
    shown=", ".join,
)
STEPS = Kind("list of texts", _steps)
GROUPS = Kind("list of lists of texts", _groups)


def number(least: int, most: int) -> Kind:
    """Kind: a whole number within bounds."""
    wanted = f"a whole number from {least} to {most}"

    def read(value: object) -> int | Invalid:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            return _wrong(wanted, value)
        return value

    def typed(text: str) -> object:
        return int(text) if re.fullmatch(r"\d{1,18}", text, re.ASCII) else text

    return Kind(wanted, read, typed=typed)


def choice(*names: str) -> Kind:
    """Kind: one of several words."""
    wanted = ", ".join(quote(name) for name in names[:-1]) + f" or {quote(names[-1])}"

    def read(value: object) -> str | Invalid:
        if isinstance(value, str) and value in names:
            return value
        return _wrong(wanted, value, names)

    return Kind(wanted, read, options=names)


def switch(default: str, *names: str) -> Kind:
    """Kind: `true` for "on", `false` for "off", or one of several words."""
    every = (default, "on", "off", *names)
    wanted = f"true, false, {choice(*every).name}"

    def read(value: object) -> str | Invalid:
        if isinstance(value, bool):
            return "on" if value else "off"
        return value if isinstance(value, str) and value in every else _wrong(wanted, value, every)

    def write(value: object) -> str:
        return {"on": "true", "off": "false"}.get(str(value)) or to_toml(value)

    return Kind(wanted, read, write, options=every)


def choices(*names: str) -> Kind:
    """Kind: a list of at least one of these words, sorted in their order."""
    wanted = "a list of " + ", ".join(quote(name) for name in names)

    def read(value: object) -> tuple[str, ...] | Invalid:
        items = _lines(value)
        if isinstance(items, Invalid):
            return items
        for item in items:
            if item not in names:
                return Invalid(f"cannot be {quote(item)}, only {wanted[10:]}{did_you_mean(item, names)}")
        return tuple(name for name in names if name in items) or Invalid("is empty")

    return Kind(wanted, read, typed=LINES.typed, shown=LINES.shown)


_SECONDS = {"s": 1, "m": 60, "min": 60, "h": HOUR, "d": DAY, "w": WEEK}
_BYTES = {"b": 1, "kb": 1000, "mb": 1_000_000, "gb": 1_000_000_000}
_AMOUNT = re.compile(r"(\d{1,9})\s*([a-z]+)", re.ASCII)


def _amount(units: Mapping[str, int], wanted: str, least: int, most: int, spell: Mapping[int, int]) -> Kind:
    """Kind: an integer in the smallest unit, or text with a unit such as `30m`."""

    def read(value: object) -> int | Invalid:
        number: int | None = None
        if isinstance(value, int) and not isinstance(value, bool):
            number = value
        elif isinstance(value, str) and (parts := _AMOUNT.fullmatch(value.strip().lower())):
            unit = units.get(parts[2])
            number = int(parts[1]) * unit if unit else None
        if number is None:
            return _wrong(wanted, value)
        if not least <= number <= most:
            return Invalid(f"should be between {_in_units(least, units)} and {_in_units(most, units)}")
        return number

    def shown(value: int | None) -> str:
        return "" if value is None else _in_units(value, units).translate(spell)

    def write(value: int | None) -> str:
        return "" if value is None else f'"{shown(value)}"'

    return Kind(wanted, read, write, shown=shown)


def _in_units(number: int, units: Mapping[str, int]) -> str:
    """Write a number in the largest unit that divides it: 1800 as `30m`."""
    size, name = max((size, name) for name, size in units.items() if number % size == 0 and len(name) < 3)
    return f"{number // size}{name}"


def duration(least: int, most: int) -> Kind:
    """Kind: a duration in seconds within bounds."""
    return _amount(_SECONDS, 'a time such as "30m" (s, m, h, d, w)', least, most, {})


def duration_or_never(most: int) -> Kind:
    """Kind: a duration in seconds of at least one, or `"never"`, which is 0."""
    times, wanted = duration(1, most), '"never" or a time such as "5s" or "1m"'

    def read(value: object) -> int | Invalid:
        seconds = 0 if value == "never" else times.read(value)
        return seconds if isinstance(seconds, int) else _wrong(wanted, value)

    def shown(value: int) -> str:
        return times.shown(value) if value else "never"

    return Kind(wanted, read, lambda value: to_toml(shown(value)), shown=shown)


def size(least: int, most: int) -> Kind:
    """Kind: an amount of data in bytes within bounds."""
    return _amount(_BYTES, 'a size such as "10MB" (kB, MB, GB)', least, most, str.maketrans("bmg", "BMG"))


def _date(value: object) -> datetime.date | Invalid:
    if isinstance(value, datetime.datetime):
        return value.date()
    if isinstance(value, datetime.date):
        return value
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
        try:
            return datetime.date.fromisoformat(value)
        except ValueError:
            pass
    return _wrong("a day such as 2026-12-31", value)


DATE = Kind("a day such as 2026-12-31", _date)


def _web_address(value: object) -> str | Invalid:
    """Read an http or https address; only surrounding space is removed."""
    if not isinstance(value, str):
        return _wrong("a web address", value)
    url = value.strip()
    if " " in url or not url.isprintable() or len(url) > 8000:
        return Invalid("is not a web address: too long, or contains a space or control character")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port  # reading the port checks it
    except ValueError:
        return Invalid(f"is not a web address: {quote(without_password(url))}")
    if parts.scheme not in ("http", "https"):
        return Invalid(f"should begin with http:// or https://, not {quote(without_password(url))}")
    return url if host else Invalid(f"has no host: {quote(without_password(url))}")


WEB_ADDRESS = Kind("web address", _web_address)

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", re.ASCII)  # RFC 9110 §5.6.2


def _headers(value: object) -> tuple[tuple[str, str], ...] | Invalid:
    """Read HTTP header fields (RFC 9110 §5.1) as pairs."""
    if not isinstance(value, dict):
        return _wrong("a table of header names and values", value)
    for name, text in value.items():
        if not _TOKEN.fullmatch(name):
            return Invalid(f"{quote(name)} is not a header name")
        if not isinstance(text, str) or not text.isascii() or not text.isprintable():
            return Invalid(f"the value of {quote(name)} should be plain ASCII text")
    return tuple(value.items())


HEADERS = Kind("table of texts", _headers, lambda value: to_toml(dict(value)))


_ANSI = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
_MORE_COLORS = (
    "orange", "purple", "pink", "brown", "gray", "grey", "lime", "olive", "teal", "navy", "maroon", "aqua",
    "fuchsia", "silver", "gold", "violet", "indigo", "coral", "salmon", "crimson", "tomato", "orchid",
    "turquoise", "khaki", "plum", "tan",
)  # fmt: skip
COLOR_NAMES = (*_ANSI, *_MORE_COLORS, *(f"bright_{name}" for name in _ANSI))


def _color(value: object) -> str | Invalid:
    """Read `green`, `bright red` (as `ansi_bright_red`) or `#4fa3ff`; `""` stays empty."""
    wanted = 'a colour such as "green" or "#4fa3ff"'
    if not isinstance(value, str):
        return _wrong(wanted, value)
    name = value.strip().lower().replace(" ", "_").replace("-", "_").removeprefix("ansi_")
    if re.fullmatch(r"#([0-9a-f]{3}|[0-9a-f]{6})", name, re.ASCII) or name == "":
        return name
    if name not in COLOR_NAMES:
        return Invalid(f"should be {wanted}, not {quote(value)}{did_you_mean(name, COLOR_NAMES)}")
    return f"ansi_{name}" if name.startswith("bright_") else name


COLOR = Kind('colour such as "green" or "#4fa3ff"', _color)


def _keyboard(value: object) -> dict[str, tuple[str, ...]] | Invalid:
    """Read keys by command name, unchecked; `commands.resolve_keys` checks them."""
    if not isinstance(value, dict):
        return _wrong("a table of commands and their keys", value)
    return {
        clean(command, 80): tuple(str(key)[:40] for key in (keys if isinstance(keys, list) else [keys]))
        for command, keys in value.items()
    }


KEYBOARD = Kind("table of lists of keys", _keyboard)
