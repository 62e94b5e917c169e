"""Kinds of values specific to this program: expressions, programs, keys, hours, addresses of feeds."""

import re
import shlex
import time
from collections.abc import Sequence
from functools import partial

from tuireader.commands import BY_ID, did_you_mean, normalise_key
from tuireader.config.problems import caret
from tuireader.config.toml_values import describe, quote, to_toml
from tuireader.config.values import LINES, RAW, STEPS, WEB_ADDRESS, Invalid, Kind
from tuireader.text import split_password
from tuireader.text.languages import LANGUAGES, language_code


def _expression(value: object, *, likes: bool = False) -> str | Invalid:
    if not isinstance(value, str):
        return Invalid(f"should be an expression in quotes, not {describe(value)}")
    from tuireader.query import QueryError, parse  # import the parser only for expressions

    parsed = parse(value, likes=likes)
    if not isinstance(parsed, QueryError):
        return value.strip()
    hint = f"; {parsed.hint}" if parsed.hint else ""
    return Invalid(f"{parsed.message}{hint}", caret(value, parsed.position, parsed.length))


EXPRESSION = Kind("expression", _expression)
SAVED = Kind("expression", partial(_expression, likes=True))


def _arriving(value: object) -> str | Invalid:
    """Read an expression about arriving articles, of which the numbers of their feeds are not known."""
    text = _expression(value)
    if isinstance(text, Invalid) or not any(field in text.lower() for field in ("_count:", "_age:")):
        return text
    from tuireader.query import FIELDS, Query, leaves, parse

    parsed = parse(text)
    fields = [getattr(leaf, "field", "") for leaf in leaves(parsed.root)] if isinstance(parsed, Query) else []
    for name in filter(lambda field: field in FIELDS and FIELDS[field].of_feed, fields):
        where = caret(text, text.lower().find(f"{name}:"), len(name))
        return Invalid(f"cannot compare {name}, which only searches know", where)
    return text


ARRIVAL = Kind("expression", _arriving)


def _command(value: object) -> tuple[str, ...] | Invalid:
    if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
        return Invalid(f'should be a list such as ["program", "argument"], not {describe(value)}')
    if any("\0" in part for part in value):
        return Invalid("has a NUL character, which programs cannot receive")
    return Invalid("does not name a program") if value and not value[0] else tuple(value)


def _typed_command(line: str) -> list[str] | Invalid:
    try:
        return shlex.split(line)
    except ValueError:
        return Invalid("has a quotation mark that is not closed")


COMMAND = Kind(
    "list of texts: a program and its arguments",
    _command,
    typed=_typed_command,
    shown=shlex.join,
    metavar="PROGRAM",
)


def _command_names(value: object) -> tuple[str, ...] | Invalid:
    names: tuple[str, ...] | Invalid = STEPS.read(value)
    for name in () if isinstance(names, Invalid) else names:
        if name not in BY_ID or name == "macro":
            return Invalid(f"has no effect: there is no command {quote(name)}{did_you_mean(name, BY_ID)}")
    return names


COMMAND_NAMES = Kind("list of texts", _command_names, typed=str.split, shown=" ".join)


def _programs(value: object) -> dict[str, tuple[str, ...]] | Invalid:
    """Read a table such as `{"audio/*" = ["mpv", "{url}"]}`; media types become lower case."""
    if not isinstance(value, dict):
        return Invalid(f'should be a table such as {{"audio/*" = ["mpv", "{{url}}"]}}, not {describe(value)}')
    read: dict[str, tuple[str, ...]] = {}
    for kind, written in value.items():
        command = _command(written)
        if isinstance(command, Invalid):
            return Invalid(f"the program for {quote(kind)} {command.message}")
        if not _MEDIA_TYPE.fullmatch(kind):
            return Invalid(f'{quote(kind)} is not a media type such as "audio/*"')
        read[kind.lower()] = command
    return read


PROGRAMS = Kind("table of programs by media type", _programs, lambda value: to_toml(dict(value)))
_MEDIA_TYPE = re.compile(r"[\w.+-]+/(?:\*|[\w.+-]+)|\*", re.ASCII)


def _one_key(value: object) -> str | Invalid:
    name = normalise_key(value) if isinstance(value, str) else None
    if name is None or " " in name:
        return Invalid(f'should be a key such as "r" or "ctrl+r", not {describe(value)}')
    return name


ONE_KEY = Kind("key", _one_key)
_HOURS = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)\s*[-–]\s*([01]?\d|2[0-3]):([0-5]\d)", re.ASCII)


def _hours(value: object) -> str | Invalid:
    """Read `9:00 - 17:30` as `09:00-17:30`; `""` stays empty."""
    if isinstance(value, str) and not value.strip():
        return ""
    match = _HOURS.fullmatch(value.strip()) if isinstance(value, str) else None
    if not match:
        return Invalid(f'should be hours such as "22:00-07:00", not {describe(value)}')
    return f"{int(match[1]):02}:{match[2]}-{int(match[3]):02}:{match[4]}"


SELECTOR = Kind("text", RAW.read, metavar="SELECTOR")
"""CSS selector; `config.selectors` checks it when the configuration is checked."""
HOURS = Kind('hours such as "22:00-07:00"', _hours)


def _languages(value: object) -> tuple[str, ...] | Invalid:
    """Read languages by code, locale or English name (`de`, `de_AT`, `German`) as their codes."""
    items = LINES.read(value)
    if isinstance(items, Invalid):
        return items
    codes = list(map(language_code, items))
    for item, code in zip(items, codes, strict=True):
        if not code:
            near = did_you_mean(item, (*LANGUAGES, *map(str.lower, LANGUAGES.values())))
            return Invalid(f"{quote(item)} is not a known language{near}")
    return tuple(dict.fromkeys(codes))


LANGUAGE_LIST = Kind("list of languages", _languages, typed=LINES.typed, shown=LINES.shown)

SECRET_PLACES = ("env:", "cmd:", "keyring:")
"""Prefixes of references to a password: to a variable, a command or the keyring."""
MAIL_SCHEMES = ("maildir:", "mbox:", "imap:", "imaps:")
"""Addresses of mail folders: `maildir:PATH`, `mbox:PATH`, `imaps://user@host/FOLDER`."""


def _address(value: object) -> str | Invalid:
    if isinstance(value, str) and split_password(value.strip())[2].startswith(SECRET_PLACES):
        return Invalid("has a password that would be read as the place of one; write it as `password`")
    if isinstance(value, str) and value.strip().startswith(MAIL_SCHEMES):
        address = value.strip()
        scheme, _, folder = address.partition(":")
        if not address.isprintable() or not folder.strip("/"):
            return Invalid(f"does not name a mail folder after {scheme}:")
        return address
    if isinstance(value, str) and value.strip().startswith("exec:"):
        return Invalid('is a program; write it as `command = ["program", "argument"]` instead of url')
    read: str | Invalid = WEB_ADDRESS.read(value)
    return read


ADDRESS = Kind("address", _address)


COMMAND_SCHEME = "exec:"
OTHER_SCHEMES = (COMMAND_SCHEME, *MAIL_SCHEMES)
"""Prefixes of addresses that are not on the web."""


def command_in(address: str) -> tuple[str, ...]:
    """Split the program after `exec:` into words, as a shell would; empty if that is impossible."""
    words = _typed_command(address.removeprefix(COMMAND_SCHEME))
    return () if isinstance(words, Invalid) else tuple(words)


def command_address(command: Sequence[str]) -> str:
    """Address that identifies a feed without `url`: `exec:` with its program and arguments."""
    line = shlex.join(command)
    if not line.isprintable():
        line = "".join(char if char.isprintable() else ascii(char)[1:-1] for char in line)
    return f"{COMMAND_SCHEME}{line}"


_CODES = re.compile("%[-_0^#]?[aAbBdeGgHhIjklmMpPRTuUVwWyYzZDFrxXcCs%]")


def _time_format(value: object) -> str | Invalid:
    """Read a format of `time.strftime`; codes that C libraries do not know are printed as they are."""
    text: str | Invalid = RAW.read(value)
    if isinstance(text, Invalid):
        return text
    wrong = re.search("%.?", _CODES.sub("", text))
    if wrong:
        return Invalid(f'has no code {quote(wrong[0])}; a format is such as "%H:%M" or "%A %d %B"')
    if len(time.strftime(text, time.gmtime(0))) > _LONGEST_TIME:
        return Invalid(f"gives more than {_LONGEST_TIME} characters")
    return text


_LONGEST_TIME = 40
TIME_FORMAT = Kind("time format of strftime", _time_format, metavar="FORMAT")
