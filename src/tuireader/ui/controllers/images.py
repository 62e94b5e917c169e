"""Images in the reading pane: load visible ones, draw them in a way that the terminal supports.

kitty and Ghostty use their graphics protocol, terminals known to support it use sixels, both rendered by
`textual-image`; any other terminal with colours gets half blocks, two pixels per cell. Terminals are detected
by environment variables: Textual reads the keys, and would get the replies to a query.
"""

from __future__ import annotations

import asyncio
import importlib.util
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.cache import LRUCache

from tuireader.errors import TuireaderError
from tuireader.model import Pixels
from tuireader.ui.controllers.controller import Controller
from tuireader.ui.drawing.layout import Art

Colour = tuple[int, int, int]
_Key = tuple[str, int, int, str]  # URL, width, height in lines, theme

_KEPT = 40  # number of rendered images kept
_SLOW = 40_000  # bytes per second below which a connection is slow
_SIXEL_TERMS = ("foot", "mlterm", "contour", "yaft", "xterm-sixel")
_SIXEL_PROGRAMS = ("WezTerm", "iTerm.app", "mintty", "contour")


def way_of(environ: Mapping[str, str], wanted: str, *, web: bool = False) -> str:
    """Choose how to show images: `blocks`, `kitty`, `sixel`, or `""` for not at all.

    `wanted` is the configured value; with `auto`, tmux and screen get blocks.
    """
    if environ.get("NO_COLOR") or wanted == "off":
        return ""
    if wanted in ("blocks", "kitty", "sixel"):
        return wanted
    if web or environ.get("TMUX") or environ.get("STY"):
        return "blocks"
    term, program = environ.get("TERM", ""), environ.get("TERM_PROGRAM", "")
    if term in ("xterm-kitty", "xterm-ghostty") or environ.get("KITTY_WINDOW_ID") or program == "ghostty":
        return "kitty"
    if term.startswith(_SIXEL_TERMS) or program in _SIXEL_PROGRAMS:
        return "sixel"
    return "blocks"


def is_far(environ: Mapping[str, str]) -> bool:
    """Detect a remote terminal: images would have to cross the network."""
    return any(environ.get(name) for name in ("SSH_CONNECTION", "SSH_TTY", "MOSH_CONNECTION"))


def blocks(pixels: Pixels, ground: Style) -> Art:
    """Draw an image as half blocks: each cell shows two pixels, one above the other."""
    rgb, width = pixels.rgb, pixels.width
    colours = list(zip(rgb[::3], rgb[1::3], rgb[2::3], strict=True))
    rows = [colours[start : start + width] for start in range(0, len(colours), width)]
    below: list[Sequence[Colour | None]] = [*rows[1::2], [None] * width]  # the last for an odd height
    lines = []
    for upper_row, lower_row in zip(rows[::2], below, strict=False):
        runs = ((pair, len(list(same))) for pair, same in groupby(zip(upper_row, lower_row, strict=True)))
        lines.append(tuple(_cells(upper, lower, count, ground) for (upper, lower), count in runs))
    return Art(width, lines)


def _cells(upper: Colour, lower: Colour | None, count: int, ground: Style) -> Segment:
    above = Color.from_rgb(*upper)
    if lower is None:
        return Segment("▀" * count, ground + Style(color=above))
    if upper == lower:
        return Segment(" " * count, Style(bgcolor=above))
    return Segment("▀" * count, Style(color=above, bgcolor=Color.from_rgb(*lower)))


@dataclass(eq=False)
class Images(Controller):
    """Loads images as they become visible. `way` is the drawing method, `on` False while hidden."""

    def __post_init__(self) -> None:
        self._ready = LRUCache[_Key, Art](_KEPT)
        self._failed: set[str] = set()
        self._sizes: dict[str, _Key] = {}  # the last size that each image was asked for
        self._turns = asyncio.Semaphore(2)
        self.apply_config()

    def apply_config(self) -> None:
        host, wanted = self.host, self.library.config.ui.images
        self._auto = wanted == "auto"
        colours = host.current_theme.ansi is not True and not host.linear
        self.way = way_of(os.environ, wanted, web=host.is_web) if colours else ""
        self.on = bool(self.way) and _can_decode() and not (self._auto and is_far(os.environ))
        self._ready.clear()
        self.pane.look_for_pictures(self.on, hints=self._can_show)

    @property
    def _can_show(self) -> bool:
        """True if images are hidden, and the key would show them."""
        return bool(self.way) and _can_decode() and not self.on

    def toggle(self) -> None:
        """Show images or only their placeholders, or report why neither is possible."""
        host = self.host
        if not _can_decode():
            host.say("Images need a package: pip install 'tuireader[images]'", severity="warning")
            return
        if not self.way:
            host.say("No images here: ui.images is off, or the terminal has no colours", severity="warning")
            return
        self.on, self._auto = not self.on, False
        self._failed.clear()
        self.pane.look_for_pictures(self.on, hints=self._can_show)
        host.say_shortly("Images shown" if self.on else "Images hidden")

    def see(self, urls: Mapping[str, int], width: int) -> None:
        """Show images, each in at most as many lines as `urls` says."""
        article = self.session.article
        if not self.on or article is None:
            return
        for url, rows in urls.items():
            key = self._sizes[url] = (url, width, rows, self.host.theme)
            if art := self._ready.get(key):
                self.pane.show_picture(url, art)
            elif url not in self._failed:
                work = self._load(key, article.feed_id)
                self.pane.run_worker(work, group="pictures", exit_on_error=False)
            else:
                self.pane.show_picture(url, None)

    async def _load(self, key: _Key, feed_id: int) -> None:
        url, width, rows, _ = key
        async with self._turns:
            if not self.on:
                return
            try:
                art = await self._art(url, width, rows, feed_id)
            except TuireaderError:
                self._failed.add(url)
                self.pane.show_picture(url, None)
                return
        self._ready[key] = art
        if self._sizes[url] == key:
            self.pane.show_picture(url, art)

    async def _art(self, url: str, width: int, rows: int, feed_id: int) -> Art:
        ground = self.host.theme_styles.base
        triplet = ground.bgcolor.triplet if ground.bgcolor is not None else None
        back = (0, 0, 0) if triplet is None else (triplet.red, triplet.green, triplet.blue)
        if self.way == "blocks":
            pixels = await self.library.content.image(url, feed_id, width, 2 * rows, back)
            art = await asyncio.to_thread(blocks, pixels, ground)
        else:
            from tuireader.ui.drawing import graphics

            cell = graphics.cell_size()
            size = width * cell.width, rows * cell.height
            pixels = await self.library.content.image(url, feed_id, *size, back)
            make = graphics.sixels if self.way == "sixel" else graphics.kitty
            art, sequences = await asyncio.to_thread(make, pixels, cell, ground)
            for sequence in sequences:
                self.host.write_to_terminal(sequence)
        self._judge(pixels)
        return art

    def _judge(self, pixels: Pixels) -> None:
        """Stop loading images on a slow connection unless the user asked for them."""
        if self._auto and pixels.speed is not None and pixels.speed < _SLOW:
            self.on = self._auto = False
            self.pane.look_for_pictures(False, hints=True)
            key = self.host.key_of("pictures")
            self.host.say(f"Slow connection: images hidden · {key} shows them", seconds=6)


def _can_decode() -> bool:
    return importlib.util.find_spec("PIL") is not None
