"""Where the panes of the main screen go: arrangements by size, dividers moved by the user, regions."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from textual.geometry import Region

from tuireader import files

FILE = "panes.json"  # in the state folder
_SINGLE = (60, 16)  # below this width or height, one pane is shown at a time, the sidebar included
_WIDE = 100  # minimum width for the sidebar beside the list, and for the article beside or below it
_LOWEST = 10  # minimum height of columns
_COLUMNS = {"auto": (176, 152), "columns": (140, _WIDE)}  # minimum width with the sidebar, and without
_SHARES = {"columns": 0.446, "stacked": 1 / 3}  # of the list beside or above an article
_WIDEST_LIST = 80  # in columns, until the user moves the divider
BARS = 3  # lines of header, rule and footer
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


class Boxes(NamedTuple):
    """Regions of the panes and of the dividers left of the list and before the article; None: hidden."""

    sidebar: Region | None = None
    edge: Region | None = None
    articles: Region | None = None
    divider: Region | None = None
    article: Region | None = None


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
        return max(0, min(least, room), min(size, room - other))

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
    screen = Region(0, 0, width, height)
    if shown.alone:
        return Boxes(article=screen)
    if mode is Mode.SINGLE and shown.over:
        return Boxes(sidebar=screen)
    columns = mode in (Mode.COLUMNS, Mode.FOLDED)
    name, side, edge = "columns" if columns else "stacked", None, None
    left = dividers.sidebar(name, sidebar, width) if mode in (Mode.COLUMNS, Mode.STACKED) else 0
    over = max(1, min(sidebar, width - _SIDEBAR)) if shown.over else 0
    if x := left or over:
        side, edge = Region(0, 0, x, height), Region(x, 0, 1, height)
    elif columns:
        edge = Region(0, 0, 1, height)  # shows whether the list has the focus
    start = left + (columns or mode is Mode.STACKED)
    room = Region(start, 0, max(1, width - start), height)
    if not columns and not (mode is Mode.STACKED and shown.article):
        return Boxes(side, edge, article=room) if shown.article else Boxes(side, edge, room)
    if columns:
        articles, beside = room.split_vertical(dividers.list_size(name, room.width - 1))
        divider, article = beside.split_vertical(1)
    else:
        lines = min(dividers.list_size(name, height - 1), max(_LIST, shown.lines))
        articles, below = room.split_horizontal(lines)
        divider, article = below.split_horizontal(min(1, below.height))
    return Boxes(side, edge, articles, divider=divider, article=article)


def read(folder: Path) -> Dividers:
    """Read the positions kept in the state folder; what is missing or unusable has its default."""
    try:
        kept = json.loads(files.read(folder / FILE, 10_000))
    except (OSError, ValueError, RecursionError):
        kept = None
    known = {f"{name}.{part}" for name in _SHARES for part in ("sidebar", "list")}
    values = kept.items() if isinstance(kept, dict) else ()
    usable = (pair for pair in values if type(pair[1]) in (int, float) and abs(pair[1]) < 1000)
    return Dividers({key: value for key, value in usable if key in known})


def write(folder: Path, dividers: Dividers) -> None:
    """Keep the positions in the state folder; errors are ignored."""
    with suppress(OSError):
        files.write(folder / FILE, [json.dumps(dividers.kept).encode()], sync=False)
