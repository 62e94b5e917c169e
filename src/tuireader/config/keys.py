"""Declare the tables of the configuration, with the keys of their fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field
from typing import Any, TypeVar, dataclass_transform

from tuireader.config.values import Kind

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Key:
    """Key of a configuration field in the file.

    `name` is the key if it differs from the field's name. An invalid value of a `vital` key invalidates its
    whole table, which would have another meaning without it.

    A form shows a key with a `label`: as a text field with a `placeholder`, or as a choice among `choices`,
    values with their names. `applies` decides from the table whether to show it. `option` is the help of its
    command-line option, by default `doc`. A `secret` is never displayed.
    """

    kind: Kind
    doc: str
    name: str = ""
    vital: bool = False
    label: str = ""
    placeholder: str = ""
    choices: Mapping[str, str] | None = None
    applies: Callable[[Any], object] = lambda table: True
    option: str = ""
    secret: bool = False


def declare(
    kind: Kind, doc: str, *, default: Any = MISSING, default_factory: Any = MISSING, **details: Any
) -> Any:
    """Field of a table; `details` are those of its `Key`."""
    key = {"key": Key(kind, doc, **details)}
    return field(default=default, default_factory=default_factory, metadata=key)


@dataclass_transform(frozen_default=True, field_specifiers=(declare,))
def table(cls: type[T]) -> type[T]:
    """Table of the configuration: a frozen dataclass with declared fields."""
    return dataclass(frozen=True, slots=True)(cls)
