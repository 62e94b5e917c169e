"""A few lines of text in styles: what is known of the line under the cursor."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.segment import Segment
from textual.strip import Strip

from tuireader.text import cell_len, cut
from tuireader.ui.widgets.bars import Bar

Piece = tuple[str, str]
"""A text and the name of its style."""
Line = tuple[Piece, ...]


def marked(text: str, spans: Iterable[tuple[int, int]], style: str, plain: str = "text") -> Line:
    """A text cut at half-open, sorted spans: these in `style`, the rest in `plain`."""
    pieces: list[Piece] = []
    at = 0
    for start, end in spans:
        start = max(start, at)
        if end <= start or start >= len(text):
            continue
        pieces += [(text[at:start], plain), (text[start:end], style)]
        at = end
    pieces.append((text[at:], plain))
    return tuple(piece for piece in pieces if piece[0])


def fitted(line: Sequence[Piece], width: int) -> list[Piece]:
    """The pieces of a line that `width` cells have room for, the last one cut with an ellipsis."""
    shown: list[Piece] = []
    left = width
    for number, (text, style) in enumerate(line):
        size = cell_len(text)
        tail = any(more for more, _ in line[number + 1 :])
        if size > left or (size == left and tail):
            shown.append((cut(f"{text} " if size == left else text, left), style))
            return shown
        shown.append((text, style))
        left -= size
    return shown


class Facts(Bar):
    """Draws lines as they are given, each cut to the width; `raised` is the ground of dialogs."""

    def __init__(self, *, id: str | None = None, raised: bool = False) -> None:
        super().__init__(id=id)
        self.lines: tuple[Line, ...] = ()
        self._raised = raised

    def tell(self, *lines: Line) -> None:
        """Show other lines."""
        if lines != self.lines:
            self.lines = lines
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line, a cell in from the left."""
        styles, width = self.theme_styles, self.size.width
        base = styles.raised if self._raised else styles.ground
        line = self.lines[y] if y < len(self.lines) else ()
        parts = [Segment(" ", base)]
        parts += [
            Segment(text, base + styles.named(style)) for text, style in fitted(line, max(0, width - 2))
        ]
        return Strip(parts).adjust_cell_length(width, base)
