"""Header (view, counts, progress) and footer (keys, position)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import NamedTuple

from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from tuireader.text import cell_len, cut
from tuireader.ui.host import Hosted

_KEYS = 44  # minimum number of cells that warnings leave for keys


class FooterKey(NamedTuple):
    """A key and its effect. On a narrow screen, keys with the lowest `stays` go first."""

    key: str
    title: str
    stays: int = 0

    @property
    def width(self) -> int:
        return cell_len(self.key) + cell_len(self.title) + 3


class Bar(Widget, Hosted):
    """Base of the one-line bars."""

    def strip(self, segments: Iterable[Segment]) -> Strip:
        width = self.size.width
        return Strip(segments).adjust_cell_length(width, self.theme_styles.base)


class TopLine(Bar):
    """Header: program name, view and count, and on the right the progress of a refresh."""

    def __init__(self) -> None:
        super().__init__(id="top")
        self._texts = {"title": "", "count": "", "progress": ""}

    def show(self, **texts: str) -> None:
        """Change `title`, `count` or `progress`."""
        before, self._texts = self._texts, self._texts | texts
        if before != self._texts:
            self.refresh()

    def render_line(self, y: int) -> Strip:
        return self.draw(**self._texts)

    def draw(self, title: str, count: str, progress: str) -> Strip:
        styles, width = self.theme_styles, self.size.width
        base = styles.base
        right = cut(progress, max(0, width // 2)) if progress else ""
        name = " tuireader  " if width >= 60 else " "
        count = f" · {count}" if count else ""
        room = max(0, width - cell_len(name) - cell_len(count) - cell_len(right) - 2)
        title = cut(title, room) if room else ""
        used = cell_len(name) + cell_len(title) + cell_len(count)
        gap = max(0, width - used - cell_len(right) - 1)
        return self.strip(
            [
                Segment(name, base + styles.dim),
                Segment(title, base + styles.strong),
                Segment(count, base + styles.dim),
                Segment(" " * gap, base),
                Segment(right, base + styles.text),
                Segment(" ", base),
            ]
        )


class StatusLine(Bar):
    """Footer: the main keys, and on the right the position in the list."""

    def __init__(self) -> None:
        super().__init__(id="status")
        self._shown: tuple[Sequence[FooterKey], str, bool, Sequence[str]] = (), "", False, ()

    def show(
        self, keys: Sequence[FooterKey], where: str, trouble: bool = False, notes: Sequence[str] = ()
    ) -> None:
        """Show keys, the first of the notes that fits, and the position, with `trouble` an error."""
        before, self._shown = self._shown, (keys, where, trouble, notes)
        if before != self._shown:
            self.refresh()

    def render_line(self, y: int) -> Strip:
        return self.draw(*self._shown)

    def draw(
        self, keys: Sequence[FooterKey], where: str, trouble: bool = False, notes: Sequence[str] = ()
    ) -> Strip:
        """Draw warning, position and as many keys as fit, always with help and quit."""
        styles, width = self.theme_styles, self.size.width
        base = styles.base
        share = width - 2 if trouble else max(width // 2, width - 40)
        where = cut(where, max(0, share)) if where else ""
        note = next((note for note in notes if note and cell_len(note + where) < width - _KEYS), "")
        note = f"{note}  " if note else ""
        right = cell_len(note) + cell_len(where)
        room = width - right - 2
        segments = [Segment(" ", base)]
        used = 1
        for key in _fitting(keys, room - used):
            segments += [
                Segment(key.key, base + styles.strong),
                Segment(f" {key.title}  ", base + styles.dim),
            ]
            used += key.width
        segments.append(Segment(" " * max(0, width - used - right - 1), base))
        if note:
            segments.append(Segment(note, base + styles.error))
        segments.append(Segment(where, base + (styles.error if trouble else styles.dim)))
        return self.strip(segments)


def _fitting(keys: Sequence[FooterKey], room: int) -> list[FooterKey]:
    """Take the first keys that fit, but always those for help and quit."""
    for least in (1, 2):
        kept = [key for key in keys if key.stays >= least]
        others = [key for key in keys if key.stays < least]
        fitting = _first(others, room - sum(key.width for key in kept))
        if len(fitting) > 1:
            return fitting + kept
    return _first(keys, room)


def _first(keys: Sequence[FooterKey], room: int) -> list[FooterKey]:
    ends = accumulate(key.width for key in keys)
    return [key for key, end in zip(keys, ends, strict=True) if end <= room]
