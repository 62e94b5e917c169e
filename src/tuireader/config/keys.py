"""Declare the tables of the configuration, with the keys of their fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, dataclass_transform

from msgspec import UNSET, Struct, StructMeta
from msgspec import field as struct_field
from msgspec.structs import replace

from tuireader.config.values import Kind


class Key(Struct, frozen=True):
    """Key of a configuration field in the file.

    `name` is the key if it differs from the `field`. A key without a `default` is required, or its field is
    made by `default_factory`. An invalid value of a `vital` key invalidates its whole table, which would have
    another meaning without it.

    A form shows a key with a `label`: as a text field with a `placeholder`, or as a choice among `choices`,
    values with their names. `applies` decides from the table whether to show it. `option` is the help of its
    command-line option, by default `doc`. A `secret` is never displayed.
    """

    kind: Kind
    doc: str
    default: Any = UNSET
    default_factory: Any = UNSET
    name: str = ""
    field: str = ""
    vital: bool = False
    label: str = ""
    placeholder: str = ""
    choices: Mapping[str, str] | None = None
    applies: Callable[[Any], object] = lambda table: True
    option: str = ""
    secret: bool = False

    @property
    def has_default(self) -> bool:
        return self.default is not UNSET

    @property
    def is_required(self) -> bool:
        return not self.has_default and self.default_factory is UNSET

    @property
    def in_struct(self) -> Any:
        """The field as `Struct` takes it."""
        if self.default_factory is not UNSET:
            return struct_field(default_factory=self.default_factory)
        return self.default if self.has_default else struct_field()

    @property
    def default_text(self) -> str:
        """The default as TOML; empty without one."""
        return self.kind.write(self.default) if self.has_default else ""


def declare(
    kind: Kind, doc: str, *, default: Any = UNSET, default_factory: Any = UNSET, **details: Any
) -> Any:
    """Field of a table; `details` are those of its `Key`."""
    return Key(kind, doc, default, default_factory, **details)


@dataclass_transform(frozen_default=True, field_specifiers=(declare,))
class TableMeta(StructMeta):
    """Builds the fields of a table from the keys that it declares."""

    def __new__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> Any:
        keys = {own: key for own, key in body.items() if isinstance(key, Key)}
        fields = {own: key.in_struct for own, key in keys.items()}
        table: Any = super().__new__(cls, name, bases, body | fields, frozen=True, omit_defaults=True)
        named = (replace(key, name=key.name or own, field=own) for own, key in keys.items())
        table.declared = {key.name: key for key in named}
        return table


class Table(Struct, metaclass=TableMeta):
    """Table of the configuration; `declared` are its keys by name."""

    declared: ClassVar[Mapping[str, Key]]
