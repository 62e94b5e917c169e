"""JSON objects derived from structs: types and descriptions come from the annotations of the fields."""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from enum import Enum
from functools import cache
from inspect import get_annotations
from operator import attrgetter
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Union, get_args, get_origin, get_type_hints

from msgspec import Raw

_PLAIN = frozenset({str, int, bool, float, dict, Raw})
"""Types of values that JSON has; `Raw` is JSON already."""


class Shape:
    """A JSON object, declared as a subclass `of` the struct that it shows.

    `shows` lists the fields in order: `id` shows the attribute of that name, `unread=count.unread` the
    attribute at that path. Without `shows`, the fields of the shape itself come first, then the others of the
    struct.
    Type and description come from `Annotated[int, "Description."]` at the attribute, or from the docstring
    of a property; an annotation in the shape itself takes precedence. The caller passes values that the
    struct lacks. A struct with a tag is an event: its first field is the name of the event.
    In JSON, a tuple of (text, value) pairs becomes an object, any other tuple a list.
    """

    paths: ClassVar[Mapping[str, str]] = {}
    """Attribute path of each field."""
    of: ClassVar[type | None] = None
    """The struct that it shows."""

    def __init_subclass__(cls, of: type | None = None, shows: str = "") -> None:
        own = [*(["event"] if _event(of) else []), *get_annotations(cls)]
        names = shows.split() or dict.fromkeys([*own, *(getattr(of, "__struct_fields__", ()))])
        pairs = [shown.partition("=") for shown in names]
        cls.of, cls.paths = of, {name: path or name for name, _, path in pairs}

    @classmethod
    def plain(cls, name: str, of: type, doc: str, shows: str = "") -> type[Shape]:
        """Declare a shape without fields of its own."""
        keywords = {"of": of, "shows": shows}
        return types.new_class(name, (cls,), keywords, lambda body: body.update(__doc__=doc))

    @classmethod
    @cache
    def fields(cls) -> Mapping[str, Any]:
        """Return the annotated JSON type of each field; evaluated at its first use, which takes time."""
        own = get_annotations(cls, eval_str=True)
        if event := _event(cls.of):
            own = {"event": Annotated[Literal.__getitem__(event), "Name of the event."], **own}
        return {name: own.get(name) or _annotation(cls.of, path) for name, path in cls.paths.items()}

    @classmethod
    def encode(cls, value: object = None, /, **own: object) -> dict[str, object]:
        """Return the JSON object of a value; `own` supplies fields that the value lacks."""
        return {
            name: encoded(own[name] if name in own else attribute(value))
            for name, attribute, encoded in cls._steps()
        }

    @classmethod
    @cache
    def _steps(cls) -> list[tuple[str, Callable[[Any], object], Callable[[Any], object]]]:
        hints = cls.fields()
        return [(name, attrgetter(path), _encoder(hints[name])) for name, path in cls.paths.items()]


def _event(owner: type | None) -> str:
    """Return the tag of a struct, which is the name of an event."""
    tag: str = getattr(getattr(owner, "__struct_config__", None), "tag", None) or ""
    return tag


def _annotation(owner: Any, path: str) -> Any:
    *parents, last = path.split(".")
    for name in parents:
        owner = _plain(_hints(owner)[name])
    hint = _hints(owner)[last]
    described = get_origin(hint) is Annotated
    declared = [key for key in getattr(owner, "declared", {}).values() if key.field == last]
    if declared:  # keys of the configuration
        doc = declared[0].doc
    else:
        doc = get_args(hint)[1] if described else getattr(owner, last).__doc__.splitlines()[0]
    return Annotated[_json_type(_plain(hint)), doc]


@cache
def _hints(owner: Any) -> dict[str, Any]:
    properties = {
        name: get_type_hints(attribute.fget, include_extras=True)["return"]
        for name, attribute in vars(owner).items()
        if isinstance(attribute, property)
    }
    return get_type_hints(owner, include_extras=True) | properties


def _plain(hint: Any) -> Any:
    return get_args(hint)[0] if get_origin(hint) is Annotated else hint


def _json_type(hint: Any) -> Any:
    hint = _plain(hint)
    origin, parts = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return Union[tuple(_json_type(part) for part in parts)]  # noqa: UP007 - built at run time
    if origin is tuple and parts[-1] is ...:
        inner = _plain(parts[0])
        if get_origin(inner) is tuple and _plain(get_args(inner)[0]) is str:
            return dict[str, _json_type(get_args(inner)[1])]  # type: ignore[misc]
        return list[_json_type(inner)]  # type: ignore[misc]
    if isinstance(hint, type) and issubclass(hint, str | Path):
        return str
    return hint


def _encoder(hint: Any) -> Callable[[Any], object]:
    hint = _plain(hint)
    origin, parts = get_origin(hint), get_args(hint)
    if origin is dict:
        return dict
    if origin is list:
        inner = _encoder(parts[0])
        return lambda value: [inner(item) for item in value]
    kinds = [kind for kind in parts or (hint,) if isinstance(kind, type) and issubclass(kind, Shape)]

    def encoded(value: Any) -> object:
        if value is None or type(value) in _PLAIN:
            return value
        if kinds:
            return kinds[0].encode(value)
        if isinstance(value, Enum):
            return value.value
        return str(value) if isinstance(value, Path) else value

    return encoded
