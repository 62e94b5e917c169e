"""Programs that a configuration names, and files that it has written."""

import tomllib
from collections import Counter
from collections.abc import Callable, Iterator

from tuireader.config.kinds import COMMAND, PROGRAMS
from tuireader.config.shape import KEYS
from tuireader.errors import UsageError

_NAMES = {name for keys in KEYS.values() for name, key in keys.items() if key.kind in (COMMAND, PROGRAMS)}

_WRITTEN = {"channel": ("file",), "publish": ("file",), "save": ("folder",), "download": ("folder", "name")}
"""Keys of tables that say where files are written: one in the right place is a program, too."""


def keeping_programs(edit: Callable[[str], str]) -> Callable[[str], str]:
    """Refuse an edit that changes which programs a configuration names and where files are written."""

    def checked(text: str) -> str:
        new = edit(text)
        if _programs_of(new) != _programs_of(text):
            raise UsageError(
                "in the browser, programs and written files can be neither named nor changed",
                "edit the configuration file",
            )
        return new

    return checked


def _programs_of(text: str) -> Counter[str]:
    return Counter(_programs(tomllib.loads(text.removeprefix("\ufeff"))))


def _programs(value: object, name: str = "") -> Iterator[str]:
    named = name in ("program", "shell", *_NAMES)
    if named or (isinstance(value, str) and value.startswith("cmd:")):
        yield repr(value)
    elif isinstance(value, dict) and "run:" in str(value.get("then", "")):
        yield repr(value)  # a rule decides what its program gets
    elif isinstance(value, dict):
        yield from (f"{key}: {value[key]!r}" for key in _WRITTEN.get(name, ()) if value.get(key))
        for key, inner in value.items():
            yield from _programs(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from _programs(inner, name)
