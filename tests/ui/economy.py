"""Costs of Textual that no test looks at: a stylesheet parsed for each app, frames composed for nobody."""

from __future__ import annotations

from typing import Any

from rich.console import RenderableType
from textual._compositor import Compositor
from textual._context import visible_screen_stack
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.css.types import CSSLocation
from textual.geometry import Region
from textual.screen import Screen

_PARSED: dict[tuple[object, ...], list[RuleSet]] = {}


class Sheet(Stylesheet):
    """A stylesheet whose rules are parsed once for all apps of the same colours, as that takes long."""

    def _parse_rules(self, css: str, read_from: CSSLocation, *rest: Any, **options: Any) -> list[RuleSet]:
        key = (css, read_from, rest, *options.items(), *self._variables.items())
        if key not in _PARSED:
            _PARSED[key] = super()._parse_rules(css, read_from, *rest, **options)
        return _PARSED[key]


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
