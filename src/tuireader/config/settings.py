"""Single settings by their names in the file, such as `ui.width`: find, read and display them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Annotated, Any

from msgspec import Struct
from msgspec.structs import astuple

from tuireader.commands import BY_ID, PRESETS, did_you_mean, key_label, normalise_key
from tuireader.config.feed_keys import FeedConfig
from tuireader.config.keys import Key
from tuireader.config.kinds import COMMAND, COMMAND_SCHEME, SECRET_PLACES
from tuireader.config.shape import KEYS, PLAIN_TABLES, TABLES, Config
from tuireader.config.toml_values import key_to_toml, quote, to_toml
from tuireader.config.values import FLAG, STEPS, Invalid, Kind
from tuireader.errors import UsageError
from tuireader.text import clean

MASK = "••••"
_TOKEN = re.compile(r"^(https?://)[^\s/?#@:]+@", re.IGNORECASE)  # instead of a user, in an address
_PASSWORD = re.compile(r"^([^\s/?#]*//[^\s:]*:|[^\s/?#@:]*:(?=[^\s/?#]*@)).*@")  # it may contain / ? # @


def _labels(keys: Sequence[str]) -> list[str]:
    """Write keys as users would: `^z`."""
    return [key_label(normalise_key(key) or key) for key in keys]


def _typed(text: str) -> list[str]:
    """Read keys with spaces between, or with commas if some are sequences: `g g,` `g g, home`."""
    parts = re.split(r"(?<=[^\s,]),(?:\s+|$)", text.strip())
    return [part for part in parts if part] if len(parts) > 1 else text.split()


def _shown(keys: Sequence[str]) -> str:
    labels = _labels(keys)
    if not any(" " in label for label in labels):
        return clean(" ".join(labels))
    return clean(", ".join(labels) + "," * (len(labels) == 1))


BOUND = Kind(
    "keys such as j or ^z, sequences with a comma: g g,",
    STEPS.read,
    write=lambda keys: to_toml(_labels(keys)),
    typed=_typed,
    shown=_shown,
)


class Setting(Struct, frozen=True):
    """A key of a plain table, or of the file itself (`table` is `""`); `field` is its name in `Config`."""

    table: str
    name: str
    field: str
    key: Key
    default: Any

    @property
    def path(self) -> str:
        return f"{self.table}.{key_to_toml(self.name)}" if self.table else self.name

    def value(self, config: Config) -> Any:
        owner = getattr(config, self.table) if self.table else config
        if isinstance(owner, Mapping):
            return owner.get(self.name, self.default)
        return getattr(owner, self.field)

    def written(self, config: Config) -> str:
        """The value in use as TOML."""
        return self.key.kind.write(self.value(config))

    def is_changed(self, config: Config) -> bool:
        value = self.value(config)
        return value != self.default and self.key.kind.write(value) != self.key.kind.write(self.default)

    def read(self, text: str) -> Any:
        """Read a value written as TOML or as in a form: `["en"]` or `en`, `"30m"` or `30m`."""
        kind = self.key.kind
        with suppress(ValueError, RecursionError):
            data = tomllib.loads(f"x = {text}")
            value = kind.read(data["x"])
            if len(data) == 1 and (not isinstance(value, Invalid) or isinstance(data["x"], list | dict)):
                return value
        typed = kind.typed(text.strip())
        return typed if isinstance(typed, Invalid) else kind.read(typed)

    def shown(self, value: Any) -> str:
        """Format a value as one would type it, without passwords."""
        if self.key.kind is FLAG:
            return "on" if value else "off"
        return str(self.key.kind.shown(masked(self.key, value)))

    @property
    def takes(self) -> str:
        return " · ".join(self.key.kind.options) or self.key.kind.name

    @property
    def hint(self) -> str:
        """Allowed values and the default, for people."""
        default = self.shown(self.default)
        return f"Takes {self.takes}{default and f' · default {default}'}"


def masked(key: Key, value: Any) -> Any:
    """Replace passwords in a value, and arguments of a feed's program; references such as `env:NAME` stay."""
    if key is KEYS[FeedConfig]["command"] and value[1:]:
        return value[0], MASK
    if key.secret and isinstance(value, tuple):
        return tuple((name, MASK) for name, _ in value)
    if key.secret and value:
        return value if value.startswith(SECRET_PLACES) else MASK
    if not isinstance(value, str):
        return value
    if value.startswith(COMMAND_SCHEME):
        program, space, _ = value.partition(" ")
        return program + (space and f" {MASK}")
    return without_secrets(value)


def without_secrets(text: str) -> str:
    """Mask the password or the token of an address; other text stays as it is."""
    return _PASSWORD.sub(rf"\1{MASK}@", _TOKEN.sub(rf"\1{MASK}@", text))


def settings(config: Config) -> Iterator[Setting]:
    """List the settings in the order of the file, with the keys of all commands last."""
    for table in ("", *PLAIN_TABLES):
        for name, key in KEYS[TABLES[table]].items():
            if key.has_default:
                yield Setting(table, name, key.field, key=key, default=key.default)
    preset = PRESETS[config.ui.preset]
    for command in BY_ID.values():
        keys = Key(BOUND, command.help)
        yield Setting("keys", command.id, command.id, key=keys, default=preset[command.id])


def find(path: str, config: Config) -> Setting:
    """Find the setting of a path. Raises UsageError if there is none."""
    table, _, name = path.partition(".")
    if table == "open" and name:
        key = Key(COMMAND, "Program for files of this type.")
        return Setting(table, name.strip("\"'"), name, key=key, default=())
    known = {setting.path: setting for setting in settings(config)}
    if path in known:
        return known[path]
    near = did_you_mean(path, known) or did_you_mean(path, {name.rpartition(".")[2]: name for name in known})
    raise UsageError(f"there is no setting {quote(path)}{near}", "`tuireader config defaults` lists all")


def named(name: str, config: Config) -> Sequence[Setting]:
    """Settings whose path contains a name; first the one that has it as its path, in `[ui]` or elsewhere."""
    name = name.casefold()
    matches = [setting for setting in settings(config) if name in setting.path]
    return sorted(matches, key=lambda each: (each.path != name, each.path != f"ui.{name}", each.name != name))


class SettingValue(Struct, frozen=True):
    """The value of a setting, or of a key in a list of tables."""

    path: Annotated[str, "The key, such as `ui.width` or `feeds[1].url`."]
    value: Annotated[str, "Value as TOML; passwords are `••••`."]
    default: Annotated[str, "Default value as TOML."]

    @property
    def changed(self) -> bool:
        """True if the value differs from the default."""
        return self.value != self.default


def values(config: Config) -> Iterator[SettingValue]:
    """Yield the values of all settings, then those in lists of tables."""
    for setting in (*settings(config), *(find(f"open.{name}", config) for name in config.open)):
        write = setting.key.kind.write
        value = masked(setting.key, setting.value(config))
        yield SettingValue(setting.path, write(value), write(setting.default))
    for items in astuple(config):
        for number, item in enumerate(items if isinstance(items, tuple) else (), 1):
            table = next(name for name, kind in TABLES.items() if isinstance(item, kind))
            for name, key in KEYS[type(item)].items():
                value = key.kind.write(masked(key, getattr(item, key.field)))
                yield SettingValue(f"{table}[{number}].{name}", value, key.default_text)
