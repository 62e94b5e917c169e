"""Where the panes of the main screen go: arrangements by size, dividers moved by the user, regions."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from tuireader import files

FILE = "panes.json"  # in the state folder
_SINGLE = (60, 16)  # below this width or height, one pane is shown at a time, the sidebar included
_WIDE = 100  # minimum width for the sidebar beside the list, and for the article beside or below it
_LOWEST = 10  # minimum height of columns
_COLUMNS = {"auto": (176, 152), "columns": (140, _WIDE)}  # minimum width with the sidebar, and without
_SHARES = {"columns": 0.446, "stacked": 1 / 3}  # of the list beside or above an article
_WIDEST_LIST = 80  # in columns, until the user moves the divider
_SIDEBAR, _COLUMN, _LIST = 12, 40, 4  # minimum widths of sidebar and columns, minimum height of the list
_LEAST = {"columns": (_COLUMN, _COLUMN), "stacked": (_LIST, 5)}  # of list and article


class Mode(StrEnum):
    """Arrangement of the panes."""

    SINGLE = "one pane at a time"
    NARROW = "list or article, the sidebar over it"
    STACKED = "sidebar, list above article"
    FOLDED = "list beside article, the sidebar over them"
    COLUMNS = "sidebar, list, article"


def mode_for(layout: str, width: int, height: int) -> Mode:
    """Arrangement for a terminal of a size; `layout` is the configured one."""
    if layout in _COLUMNS and height >= _LOWEST and width >= _COLUMNS[layout][1]:
        return Mode.COLUMNS if width >= _COLUMNS[layout][0] else Mode.FOLDED
    if width < _SINGLE[0] or height < _SINGLE[1]:
        return Mode.SINGLE
    return Mode.NARROW if width < _WIDE else Mode.STACKED


class Box(NamedTuple):
    """A rectangle of cells."""

    x: int
    y: int
    width: int
    height: int

    def has(self, x: int, y: int) -> bool:
        return self.x <= x < self.x + self.width and self.y <= y < self.y + self.height

    def split(self, lines: int) -> tuple[Box, Box]:
        """Cut off the first lines."""
        lines = max(0, min(lines, self.height))
        return self._replace(height=lines), self._replace(y=self.y + lines, height=self.height - lines)


class Boxes(NamedTuple):
    """Regions of the panes and of the dividers left of the list and before the article; None: hidden."""

    sidebar: Box | None = None
    edge: Box | None = None
    articles: Box | None = None
    divider: Box | None = None
    article: Box | None = None


class Shown(NamedTuple):
    """State that decides which panes are visible. `lines` is the height that the list needs."""

    article: bool = False
    alone: bool = False
    over: bool = False
    lines: int = 10**6


@dataclass
class Dividers:
    """Positions of the dividers that the user has moved.

    `kept` maps `columns.sidebar` and `stacked.sidebar` to the difference from the configured width, and
    `columns.list` and `stacked.list` to the share of the list in the room of list and article.
    """

    kept: dict[str, float] = field(default_factory=dict)
    moved: bool = False  # whether they differ from the file

    def sidebar(self, name: str, usual: int, width: int) -> int:
        """Width of the sidebar on a screen of a width; the panes beside it keep room."""
        wanted = usual + int(self.kept.get(f"{name}.sidebar", 0))
        return max(_SIDEBAR, min(wanted, width - (2 if name == "columns" else 1) * (_COLUMN + 1)))

    def list_size(self, name: str, room: int) -> int:
        """Width or height of the list of `room` cells that it shares with the article."""
        share, (least, other) = self.kept.get(f"{name}.list"), _LEAST[name]
        size = round((share or _SHARES[name]) * room)
        if name == "columns" and share is None:
            size = min(size, _WIDEST_LIST)
        return max(min(least, room), min(size, room - other))

    def set_sidebar(self, name: str, cells: int, usual: int, width: int) -> None:
        """Make the sidebar `cells` wide on a screen of `width` cells."""
        self.kept[f"{name}.sidebar"], self.moved = cells - usual, True
        self.kept[f"{name}.sidebar"] = self.sidebar(name, usual, width) - usual

    def set_list_size(self, name: str, size: int, room: int) -> None:
        """Keep the share of a list of `size` of `room` cells."""
        self.kept[f"{name}.list"], self.moved = max(1, size) / max(1, room), True
        self.kept[f"{name}.list"] = self.list_size(name, room) / max(1, room)


def boxes(mode: Mode, size: tuple[int, int], dividers: Dividers, sidebar: int, shown: Shown) -> Boxes:
    """Arrange the panes on `size` cells; `sidebar` is the configured width of the sidebar."""
    width, height = size
    if shown.alone:
        return Boxes(article=Box(0, 0, width, height))
    if mode is Mode.SINGLE and shown.over:
        return Boxes(sidebar=Box(0, 0, width, height))
    columns = mode in (Mode.COLUMNS, Mode.FOLDED)
    name = "columns" if columns else "stacked"
    side = edge = None
    left = 0
    if mode in (Mode.COLUMNS, Mode.STACKED):
        left = dividers.sidebar(name, sidebar, width)
    elif shown.over:
        over = max(1, min(sidebar, width - _SIDEBAR))
        side, edge = Box(0, 0, over, height), Box(over, 0, 1, height)
    if left:
        side, edge = Box(0, 0, left, height), Box(left, 0, 1, height)
    elif columns and edge is None:
        edge = Box(0, 0, 1, height)  # shows whether the list has the focus
    start = left + (mode in (Mode.COLUMNS, Mode.STACKED, Mode.FOLDED))
    room = max(1, width - start)
    if mode in (Mode.SINGLE, Mode.NARROW) or not (columns or shown.article):
        only = Box(start, 0, room, height)
        return Boxes(side, edge, None if shown.article else only, None, only if shown.article else None)
    if columns:
        first = dividers.list_size(name, room - 1)
        articles, divider = Box(start, 0, first, height), Box(start + first, 0, 1, height)
        return Boxes(side, edge, articles, divider, Box(start + first + 1, 0, room - first - 1, height))
    first = min(dividers.list_size(name, height - 1), max(_LIST, shown.lines))
    articles, divider = Box(start, 0, room, first), Box(start, first, room, 1)
    return Boxes(side, edge, articles, divider, Box(start, first + 1, room, height - first - 1))


def read(folder: Path) -> Dividers:
    """Read the positions kept in the state folder; what is missing or unusable has its default."""
    try:
        kept = json.loads(files.read(folder / FILE, 10_000))
    except (OSError, ValueError, RecursionError):
        kept = None
    known = [f"{name}.{part}" for name in _SHARES for part in ("sidebar", "list")]
    values = kept if isinstance(kept, dict) else {}
    usable = {
        key: value for key, value in values.items() if type(value) in (int, float) and abs(value) < 1000
    }
    return Dividers({key: usable[key] for key in known if key in usable})


def write(folder: Path, dividers: Dividers) -> None:
    """Keep the positions in the state folder; errors are ignored."""
    with suppress(OSError):
        files.write(folder / FILE, [json.dumps(dividers.kept).encode()], sync=False)
