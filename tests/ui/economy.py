"""Costs of Textual that no test looks at: what it looks up or parses again and again, frames for nobody."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from inspect import CO_VARARGS, CO_VARKEYWORDS
from types import CodeType, FunctionType, MethodType
from typing import Any, cast

from rich.console import RenderableType
from rich.segment import Segment
from textual import _callback
from textual._compositor import Compositor
from textual._context import visible_screen_stack
from textual.app import App
from textual.cache import FIFOCache
from textual.color import Color
from textual.css.model import RuleSet
from textual.css.styles import RenderStyles, RulesMap
from textual.css.stylesheet import Stylesheet
from textual.css.types import CSSLocation
from textual.design import ColorSystem
from textual.dom import DOMNode, NoScreen
from textual.filter import LineFilter
from textual.geometry import Region
from textual.message import Message
from textual.message_pump import MessagePump
from textual.reactive import Reactive
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

_PARSED: dict[tuple[object, ...], list[RuleSet]] = {}
_PARSED_SHEETS: dict[tuple[object, ...], tuple[list[RuleSet], dict[str, list[RuleSet]]]] = {}
_APPLIED: dict[tuple[RuleSet, ...], Known] = {}


class Sheet(Stylesheet):
    """A stylesheet whose rules are parsed and looked up once for all apps of the same colours."""

    _known_for: list[RuleSet] | None = None
    _known: Known

    def _parse_rules(self, css: str, read_from: CSSLocation, *rest: Any, **options: Any) -> list[RuleSet]:
        key = (css, read_from, rest, *options.items(), *self._variables.items())
        if key not in _PARSED:
            _PARSED[key] = super()._parse_rules(css, read_from, *rest, **options)
        return _PARSED[key]

    def parse(self) -> None:
        """Take the rules of a sheet of the same sources and colours."""
        key = (*self.source.items(), *self._variables.items())
        if key not in _PARSED_SHEETS:
            super().parse()
            _PARSED_SHEETS[key] = self._rules, self.rules_map
        self._rules, self._rules_map = _PARSED_SHEETS[key]
        self._require_parse = False

    def reparse(self) -> None:
        """Parse in place; Textual begins with an empty sheet, to keep the old one if there are errors."""
        self.parse()

    def apply(self, node: DOMNode, *, animate: bool = False, cache: Any = None) -> None:
        """Look up the rules of a node among those of all apps with the same rules."""
        rules = self.rules
        if rules is not self._known_for:
            self._known_for, self._known = rules, _APPLIED.setdefault(tuple(rules), Known())
        key = tuple(_state(above) for above in node.css_path_nodes)
        if key in self._known.asked_for:
            for name, value in zip(ASKED_FOR, self._known.asked_for[key], strict=True):
                setattr(node, name, value)
            self._set_rules(node, key, animate=animate)
            if node.__dict__.get("_styled_as") != (id(self._known), key):  # else its parts are as they were
                self._process_component_classes(node)
                node.__dict__["_styled_as"] = id(self._known), key
            return
        super().apply(node, animate=animate, cache=Applied(self._known.rules, key))
        if key in self._known.rules:
            self._known.asked_for[key] = tuple(getattr(node, name) for name in ASKED_FOR)

    def _set_rules(self, node: DOMNode, key: object, *, animate: bool) -> None:
        """Give a node that is about to be mounted all rules at once: there is nothing to draw again yet."""
        base = node.styles.base
        if base._rules or node._is_mounted:
            self.replace_rules(node, self._known.rules[key], animate=animate)
        elif key in self._known.set:
            base._rules.update(self._known.set[key])
            base.layout = self._known.rules[key].get("layout")  # an object of its own
            base._updates += 1
            node.notify_style_update()
        else:
            self.replace_rules(node, self._known.rules[key], animate=animate)
            self._known.set[key] = base._rules.copy()
            self._known.set[key].pop("layout", None)

    @classmethod
    def replace_rules(cls, node: DOMNode, rules: RulesMap, animate: bool = False) -> None:
        """Set rules that are not there yet: for each, a property looks up what has to be drawn again."""
        if animate and "transitions" in rules:
            super().replace_rules(node, rules, animate)
            return
        known = cast("dict[str, object]", node.styles.base._rules)
        wanted = cast("dict[str, object]", rules)
        others = [name for name in known.keys() | wanted.keys() if known.get(name) is not wanted.get(name)]
        for name in others:
            setattr(node.styles.base, name, wanted.get(name))
        if others or not animate:
            node.notify_style_update()


ASKED_FOR = "_has_hover_style", "_has_focus_within", "_has_order_style", "_has_odd_or_even"


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of nodes by the paths to them: their rules, what is set, and of what else they ask."""

    rules: dict[object, RulesMap] = field(default_factory=dict)
    set: dict[object, RulesMap] = field(default_factory=dict)
    asked_for: dict[object, tuple[bool, ...]] = field(default_factory=dict)


class Applied(dict[Any, Any]):
    """Rules for a node, known by the path to it, for Textual's key holds its parent itself."""

    def __init__(self, known: dict[object, RulesMap], key: object) -> None:
        self._known = known
        self._key = key

    def get(self, key: object, default: object = None) -> Any:
        return self._known.get(self._key, default)

    def __setitem__(self, key: object, value: Any) -> None:
        self._known[self._key] = value


def _state(node: DOMNode) -> tuple[object, ...]:
    """All that a selector may ask of a node, but for its place among its siblings."""
    known = type(node), node._id, frozenset(node._classes)
    if isinstance(node, Widget):
        return *known, node.can_focus, node.mouse_hover, node.has_focus, node.disabled
    if isinstance(node, App):
        return *known, node.app_focus, node.current_theme.dark, node.native_ansi_color, node.no_color
    return known


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


def filter_strip(strip: Strip, line_filter: LineFilter, background: Color) -> Strip:
    """Filter a line once: most are drawn again and again, and a filter leaves most as they are."""
    if strip._filter_cache is _NOTHING:
        strip._filter_cache = FIFOCache(4)
    known = strip._filter_cache._cache
    key = (line_filter, background)
    if key not in known:
        segments = line_filter.apply(strip._segments, background)
        known[key] = strip if segments is strip._segments else Strip(segments, strip._cell_length)
    return known[key]


_PLAIN: set[tuple[object, type]] = set()
_read = Reactive.__get__


def read(reactive: Any, node: Any, owner: Any) -> Any:
    """Read a reactive attribute that is not computed without asking three times whether there is one."""
    kind = (reactive, node.__class__)
    if kind in _PLAIN and reactive.internal_name in node.__dict__:
        return node.__dict__[reactive.internal_name]
    if node is not None and not hasattr(node, reactive.compute_name):
        _PLAIN.add(kind)
    return _read(reactive, node, owner)


def get_rule(styles: RenderStyles, name: str, default: object = None) -> object:
    """Read a rule from both dictionaries: of all calls, this is the most frequent."""
    rules: Any = styles._inline_styles._rules
    if name not in rules:
        rules = styles._base_styles._rules
        if name not in rules:
            return default
    return rules[name]


def screen_of(node: Any) -> Any:
    """Find the screen among those above by a name that all screens have."""
    while "Screen" not in node._css_type_names:
        above = node._MessagePump__parent
        if above is None or (node := above()) is None:
            raise NoScreen("node has no screen")
    return node


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
    """Count as Textual does; for each closure and method of an object, it would ask `inspect`."""
    if isinstance(function, MethodType):
        return count_parameters(function.__func__) - 1
    if isinstance(function, FunctionType) and not hasattr(function, "__wrapped__"):
        return _count(function.__code__)
    return _ask(function)


_ask = _callback._count_parameters


class NoLog:
    """Takes what is logged for a console of developers: Textual makes two loggers for each message."""

    def __getattr__(self, group: str) -> NoLog:
        return self

    def verbosity(self, verbose: bool) -> NoLog:
        """Log as much."""
        return self

    def __call__(self, *words: object, **values: object) -> None:
        """Log nothing."""


_COLORS: dict[tuple[object, ...], dict[str, str]] = {}
_generate = ColorSystem.generate


def generate(colors: ColorSystem) -> dict[str, str]:
    """Mix the colours of a theme once for all apps."""
    known = vars(colors) | {"variables": tuple(colors.variables.items())}
    key = tuple(known.items())
    if key not in _COLORS:
        _COLORS[key] = _generate(colors)
    return _COLORS[key].copy()


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
        for widget, (region, clip) in compositor.visible_widgets.items():
            if widget is screen:
                continue  # nothing, or the screen below, which was drawn when it changed
            if seen := region.intersection(clip).intersection(crop):
                widget.render_lines(seen.translate(-region.offset))
