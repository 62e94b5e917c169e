"""Costs of Textual that no test looks at: what it looks up or parses again and again, frames for nobody."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from inspect import CO_VARARGS, CO_VARKEYWORDS
from types import CodeType, FunctionType
from typing import Any

from rich.console import RenderableType
from rich.segment import Segment
from textual import _callback
from textual._compositor import Compositor
from textual._context import visible_screen_stack
from textual.cache import FIFOCache
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.css.types import CSSLocation
from textual.geometry import Region
from textual.message import Message
from textual.message_pump import MessagePump
from textual.screen import Screen
from textual.strip import Strip

_PARSED: dict[tuple[object, ...], list[RuleSet]] = {}


class Sheet(Stylesheet):
    """A stylesheet whose rules are parsed once for all apps of the same colours, as that takes long."""

    def _parse_rules(self, css: str, read_from: CSSLocation, *rest: Any, **options: Any) -> list[RuleSet]:
        key = (css, read_from, rest, *options.items(), *self._variables.items())
        if key not in _PARSED:
            _PARSED[key] = super()._parse_rules(css, read_from, *rest, **options)
        return _PARSED[key]


class NoCache(FIFOCache[Any, Any]):
    """Keeps nothing: Textual makes seven caches for each line, and tests draw a line once or twice."""

    __slots__ = ()

    def set(self, key: object, value: object) -> None:
        """Keep nothing."""

    __setitem__ = set


_NOTHING = NoCache(0)


def begin_strip(strip: Strip, segments: Iterable[Segment], cell_length: int | None = None) -> None:
    """Make a line without caches of its own, which take longer to make than they save."""
    strip._segments = list(segments)
    strip._cell_length = cell_length
    strip._divide_cache = strip._crop_cache = strip._style_cache = strip._filter_cache = _NOTHING
    strip._line_length_cache = strip._crop_extend_cache = strip._offsets_cache = _NOTHING
    strip._render_cache = strip._link_ids = strip._cell_count = None


Handlers = tuple[tuple[type, Callable[..., Any]], ...]
_HANDLERS: dict[tuple[type, type, str], Handlers | None] = {}
_look_up = MessagePump._get_dispatch_methods


def handlers(node: MessagePump, name: str, message: Message) -> Iterator[tuple[type, Callable[..., Any]]]:
    """Yield the handlers of a message, which Textual looks up by name in all classes for each message."""
    key = (type(node), type(message), name)
    if key not in _HANDLERS:
        _HANDLERS[key] = _handlers(*key)
    if (known := _HANDLERS[key]) is None:
        yield from _look_up(node, name, message)
        return
    for cls, handler in known:
        if message._no_default_action:
            break
        yield cls, handler.__get__(node, cls)


def _handlers(node: type, message: type, name: str) -> Handlers | None:
    """Return the handlers by name, or None if some are decorated: those may depend on more."""
    if any(
        message_type in vars(cls).get("_decorated_handlers", ())
        for cls in node.__mro__
        for message_type in message.__mro__
    ):
        return None
    named = ((cls, vars(cls).get(f"_{name}") or vars(cls).get(name)) for cls in node.__mro__)
    return tuple((cls, handler) for cls, handler in named if handler and not hasattr(handler, "_textual_on"))


@cache
def _count(code: CodeType) -> int:
    flags = bool(code.co_flags & CO_VARARGS) + bool(code.co_flags & CO_VARKEYWORDS)
    return code.co_argcount + code.co_kwonlyargcount + flags


def count_parameters(function: Any) -> int:
    """Count as Textual does; for each closure, it would ask `inspect`."""
    if isinstance(function, FunctionType) and not hasattr(function, "__wrapped__"):
        return _count(function.__code__)
    return _ask(function)


_ask = _callback._count_parameters
compose = Compositor.render_update


def keep_update(
    compositor: Compositor,
    full: bool = False,
    screen_stack: list[Screen[Any]] | None = None,
    simplify: bool = False,
) -> RenderableType | None:
    """Keep what has changed for `draw`."""
    return compose(compositor, full, screen_stack, simplify) if full else None


def draw(screen: Screen[Any]) -> None:
    """Draw widgets that have changed, without composing a frame: there is no terminal for it."""
    compositor = screen._compositor
    changed = compositor._dirty_regions.copy()
    compositor._dirty_regions.clear()
    if changed:
        visible_screen_stack.set(screen.app._background_screens)
        crop = Region.from_union(changed).intersection(compositor.size.region)
        for _ in compositor._get_renders(crop):
            pass
