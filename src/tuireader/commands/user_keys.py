"""Apply the user's own keys to a preset, and report problems."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from tuireader.commands.keys import SAME_BYTE, clash, key_label, normalise_key
from tuireader.commands.table import BY_ID, COMMANDS, PRESETS

_Keys = Mapping[str, tuple[str, ...]]


class KeyProblem(Struct, frozen=True):
    """A problem with the user's keys. `path` is the key in the configuration, such as `keys.next_unread`."""

    path: str
    message: str


def resolve_keys(
    preset: str, overrides: Mapping[str, Sequence[str]]
) -> tuple[dict[str, tuple[str, ...]], list[KeyProblem]]:
    """Apply the user's `[keys]` to a preset; return the keys of every command, and problems.

    The result never has a clash: a key that the user binds is taken from the command that has it in the
    preset; if the user binds a key twice, the first command keeps it. Both cases are reported. An empty
    sequence leaves a command without a key.
    """
    problems: list[KeyProblem] = []
    if preset not in PRESETS:
        problems.append(KeyProblem("ui.keys", f"no preset {preset!r}{did_you_mean(preset, PRESETS)}"))
    base = PRESETS.get(preset, PRESETS["default"])
    own: dict[str, tuple[str, ...]] = {}
    for command_id, written in overrides.items():
        path = f"keys.{command_id}"
        if command_id not in BY_ID:
            problems.append(KeyProblem(path, f"no command {command_id!r}{did_you_mean(command_id, BY_ID)}"))
            continue
        keys = _readable_keys(path, written, problems)
        taken = _taken(command_id, keys, own, base)
        for key, (other, theirs) in taken.items():
            problems.append(KeyProblem(path, f"{key_label(key)!r} {_already(key, other, theirs)}"))
        if keys or not written:  # if no key of a line is valid, the preset's keys stay
            own[command_id] = tuple(key for key in keys if key not in taken)
    resolved = {}
    for command in COMMANDS:
        if command.id in own:
            resolved[command.id] = own[command.id]
            continue
        taken = _taken(command.id, base[command.id], own, base)
        for key, (other, theirs) in taken.items():
            begins = "" if key == theirs else f", as it begins or follows {key_label(theirs)!r}"
            message = f"{key_label(key)!r} is taken from {command.id}{begins}; bind that to another key"
            problems.append(KeyProblem(f"keys.{other}", message))
        resolved[command.id] = tuple(key for key in base[command.id] if key not in taken)
    return resolved, problems


def _already(key: str, other: str, theirs: str) -> str:
    if key == theirs:
        return f"is already {other}"
    return f"excludes {key_label(theirs)!r} of {other}: the one begins the other"


def _readable_keys(path: str, written: Sequence[str], problems: list[KeyProblem]) -> tuple[str, ...]:
    keys: list[str] = []
    for text in written:
        key = normalise_key(text)
        if key is None:
            problems.append(KeyProblem(path, f"{text!r} is not a key"))
        elif byte := next((SAME_BYTE[part] for part in key.split(" ") if part in SAME_BYTE), ""):
            message = f"{text!r} cannot be used: in a terminal it is the same key as {byte}"
            problems.append(KeyProblem(path, message))
        elif theirs := next((own for own in keys if own != key and clash(own, key)), ""):
            message = f"{text!r} excludes {key_label(theirs)!r}: the one begins the other"
            problems.append(KeyProblem(path, message))
        elif key not in keys:
            keys.append(key)
    return tuple(keys)


def _taken(command_id: str, keys: Iterable[str], own: _Keys, base: _Keys) -> dict[str, tuple[str, str]]:
    """Map those of `keys` that clash with another command of `own` in the same place to it and its key.

    A key that both commands have in the preset is no clash: in its own pane, the narrower command wins.
    """
    places = BY_ID[command_id].places
    return {
        key: (other, theirs)
        for key in keys
        for other, others_keys in own.items()
        for theirs in others_keys
        if clash(key, theirs) and other != command_id and places & BY_ID[other].places
        if not (key in base[command_id] and key in base[other])
    }


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """`; did you mean 'x'?` for the known name closest to `name`, `""` if none is close."""
    import difflib  # only needed for mistakes

    near = difflib.get_close_matches(name.lower()[:100], list(known), n=1, cutoff=0.6)
    return f"; did you mean {near[0]!r}?" if near else ""
