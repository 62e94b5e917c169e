"""Save everything around the first rows for the next start (see `first_frame`)."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec.structs import asdict, replace
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.geometry import Size
from textual.strip import Strip

from tuireader import __version__, files
from tuireader.model import View
from tuireader.startup import first_frame
from tuireader.ui import geometry, views
from tuireader.ui.drawing.row import row_style
from tuireader.ui.drawing.sidebar_items import FeedLines, SidebarItem
from tuireader.ui.host import Host
from tuireader.ui.status import LIST, number, titled

if TYPE_CHECKING:
    from tuireader.ui.screens.main import MainScreen

_KEPT = 12  # maximum number of files, one per terminal size (or any) and pair of configuration and database
_STYLES = ("", "star", "accent", "faint", "dim", "text", "strong")


async def keep(main: MainScreen, arguments: Sequence[str] | None = None) -> None:
    """Draw the frame that a start would show now, and write it in a thread if a start can use it."""
    host = main.host
    arguments = sys.argv[1:] if arguments is None else arguments
    if host.is_headless or host.is_web or not first_frame.fits(arguments):
        return
    known: dict[str, Any] = {"dark": host.on_dark}
    kept = {first_frame.ANY_SIZE: known} if host.background_known else {}
    if frame := compose(main):
        kept[host.size.width, host.size.height] = frame
    for size, values in kept.items():
        name = first_frame.file_name(arguments, os.environ, size)
        await asyncio.to_thread(write, host.library.paths.state / name, values)


def write(file: Path, frame: dict[str, Any]) -> None:
    """Write a frame if it has changed, and delete those unused for longest; errors are ignored."""
    text = json.dumps(frame, ensure_ascii=False)
    try:
        if file.exists() and file.read_text(encoding="utf-8") == text:
            file.touch()
            return
        files.write(file, [text.encode("utf-8", "replace")], sync=False)
        others = sorted(file.parent.glob("first-frame-*.json"), key=lambda frame: frame.stat().st_mtime)
        for old in others[:-_KEPT]:
            old.unlink(missing_ok=True)
    except OSError:
        pass


def compose(main: MainScreen) -> dict[str, Any] | None:
    """Draw everything around the rows as a start would show it now; None if a start could not."""
    host, library, session = main.host, main.library, main.session
    width, height = host.size
    if width < first_frame.SMALLEST[0] or height < first_frame.SMALLEST[1] or library.offline:
        return None
    counts, unread = session.counts, bool(session.counts.unread.unread)
    view = views.UNREAD if unread else views.ALL
    if host.linear or not counts.all.total or (not unread and not library.config.ui.show_read):
        return None
    if library.config.ui.sort != "date":
        return None  # the first frame reads its rows newest first
    if host.theme != host.theme_for_terminal:
        return None  # another one is being tried
    panes = main.panes.boxes(Size(width, height - geometry.BARS), geometry.Shown())
    if panes.articles is None or (panes.sidebar and panes.sidebar.width != main.sidebar.size.width):
        return None  # the sidebar was never shown yet
    styles = host.theme_styles
    color = Color.parse(host.theme_variables.get("border", "#808080")).rich_color
    line = Strip([Segment("─" * width, Style(color=color, bgcolor=styles.base.bgcolor))])
    edge = Segment("┃", styles.base + styles.accent)  # the list has the focus
    side = _side(main, view, edge, drawn=panes.sidebar is not None) if panes.edge else []
    divider = Segment("│", styles.base + styles.rule)
    blank = Segment(" " * panes.article.width, styles.base) if panes.article else None
    dots, width_of_list = not unread or bool(host.current_theme.ansi), panes.articles.width
    options = replace(host.row_options, dots=dots, cosy=host.is_cosy, width=width_of_list)
    count = counts.unread if unread else counts.all
    marks = (f"{mark}:{name}" for name in host.watch_names for mark in ("watch", "text/hit", "dim/hit"))
    names = (*_STYLES, *marks)
    inks = [
        {name: _text(host, Strip([Segment("X", row_style(name, styles, cursor))])) for name in names}
        for cursor in (None, styles.cursor)
    ]
    config, dividers = library.paths.config, library.paths.state / geometry.FILE
    keys = titled(LIST, host.key_of, wide=main.panes.is_wide)
    head = main.top.draw(views.title_of(view, session.feeds), number(view, count, folds=options.folds), "")
    return {
        "version": __version__,
        "schema": library.database.schema,
        "files": [(str(file.absolute()), first_frame.stamp(str(file))) for file in (config, dividers)],
        "database": str(library.paths.database.absolute()),
        "bidi": host.reorders,
        "dark": host.on_dark,
        "unread": unread,
        "options": asdict(options),
        "languages": library.config.ui.languages,
        "head": [_text(host, head), _text(host, line)],
        "above": 2,
        "left": panes.articles.x,
        "side": side,
        "right": _text(host, Strip([divider, blank])) if blank else "",
        "foot": _text(host, main.status.draw(keys, f"1/{count.rows(options.folds)}")),
        "inks": [{name: drawn.partition("X")[0] for name, drawn in ink.items()} for ink in inks],
    }


def _side(main: MainScreen, view: View, edge: Segment, *, drawn: bool) -> list[str]:
    """Draw the sidebar, or just the edge of the list if it is not shown."""
    host, config, height = main.host, main.library.config, main.host.size.height - geometry.BARS
    if not drawn:
        return [_text(host, Strip([edge]))] * height
    items = main.controllers.sidebar_items(
        view,
        main.session.closed_at_start,
        FeedLines.of(config),
        hides_quiet=not config.ui.show_quiet_watches,
    )
    lines = (
        main.sidebar.draw(entry, at_cursor=entry.view == view, focus=False)
        for entry in (*items, *[SidebarItem("")] * height)[:height]
    )
    return [_text(host, Strip([*line, edge])) for line in lines]


def _text(host: Host, strip: Strip) -> str:
    background = host.screen_stack[0].background_colors[1]
    for line_filter in host.get_line_filters():
        strip = strip.apply_filter(line_filter, background)
    return strip.render(host.console)
