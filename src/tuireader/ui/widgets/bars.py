"""Header (view, counts, progress) and footer (keys, position)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from tuireader.text import cell_len, cut
from tuireader.ui.host import Hosted

_KEYS = 44  # minimum number of cells that warnings leave for keys
_GAP, _GROUP_GAP = "  ", "    "  # between the keys of a group, and between groups


class FooterKey(NamedTuple):
    """A key and its effect. Keys are shown in the order of `place`, whose tens are the group."""

    key: str
    title: str
    place: int = 0


class Bar(Widget, Hosted):
    """Base of the one-line bars."""

    def strip(self, segments: Iterable[Segment]) -> Strip:
        width = self.size.width
        return Strip(segments).adjust_cell_length(width, self.theme_styles.base)


class TopLine(Bar):
    """Header: the view and its count; on the right the progress of a refresh, or the state at rest.

    Of the count and the state, the parts after a ` · ` are left out if there is no room.
    """

    def __init__(self) -> None:
        super().__init__(id="top")
        self._texts = {"title": "", "count": "", "progress": "", "trouble": "", "state": "", "sign": ""}

    def show(self, **texts: str) -> None:
        """Change some of the texts; `sign` is a watch whose sign is to be explained."""
        if self.host.is_still and texts.get("progress"):
            texts["progress"] = re.split(r" \d", texts["progress"])[0]
        before, self._texts = self._texts, self._texts | texts
        if before != self._texts:
            self.refresh()

    def render_line(self, y: int) -> Strip:
        return self.draw(**self._texts)

    def draw(
        self, title: str, count: str, progress: str = "", trouble: str = "", state: str = "", sign: str = ""
    ) -> Strip:
        styles, width = self.theme_styles, self.size.width
        base, lead, lead_style = styles.base, trouble, styles.text
        if self.host.linear:
            texts = [title, count, *([progress] if progress else [trouble, state])]
            return self.strip([Segment(cut(f" {', '.join(filter(None, texts))}", width), base)])
        states = [*_shortened(" · ".join(filter(None, (trouble, state)))), ""]
        if progress:
            lead = cut(progress, max(0, width // 2))
            states = [lead]
        elif sign:
            letter = self.host.row_options.letters.get(sign, "")
            lead = "▌" if self.host.is_cosy else f"◆{letter}"  # as in the rows
            lead_style = styles.named(f"watch:{sign}")
            states = [f"{lead} {sign}: on your watchlist", ""]
        room = width - 8 - min(cell_len(title), width // 3)
        choices = [(right, shown) for shown in (*_shortened(count), "") for right in states]
        right, count = next((pair for pair in choices if cell_len("".join(pair)) <= room), (states[-1], ""))
        right = cut(right, max(0, width - 2))
        count = f"   {count}" if count else ""
        room = width - 2 - cell_len(count + right)
        title = cut(title, max(0, room - 3 * bool(right)))
        lead = lead if right.startswith(lead) else ""
        return self.strip(
            [
                Segment(f" {title}", base + styles.named("strong")),
                Segment(count, base + styles.dim),
                Segment(" " * (room - cell_len(title)), base),
                Segment(lead, base + lead_style),
                Segment(right.removeprefix(lead), base + styles.dim),
                Segment(" ", base),
            ]
        )


def _shortened(text: str) -> list[str]:
    """The text, then without its last part, and so on."""
    parts = text.split(" · ")
    return [" · ".join(parts[:end]) for end in range(len(parts), 0, -1) if text]


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
        """Draw warning, position and the most important keys that fit, in groups."""
        styles, width = self.theme_styles, self.size.width
        base = styles.base
        share = width - 2 if trouble else max(width // 2, width - 40)
        where = cut(where, max(0, share)) if where else ""
        note = next((note for note in notes if note and cell_len(note + where) < width - _KEYS), "")
        note = f"{note}  " if note else ""
        right = cell_len(note) + cell_len(where)
        drawn = fitting(keys, width - right - 2 - 2 * bool(right))
        segments = [Segment(" ", base)]
        segments += [Segment(text, base + styles.named("strong" if key else "dim")) for text, key in drawn]
        used = 1 + _width(drawn)
        segments.append(Segment(" " * max(0, width - used - right - 1), base))
        if note:
            segments.append(Segment(note, base + styles.error))
        segments.append(Segment(where, base + (styles.error if trouble else styles.dim)))
        return self.strip(segments)


def fitting(keys: Sequence[FooterKey], room: int) -> list[tuple[str, bool]]:
    """Texts of the first keys that fit, by group; True for keys, False for words and gaps."""
    for count in range(len(keys), 0, -1):
        texts: list[tuple[str, bool]] = []
        before = -1
        for key in sorted(keys[:count], key=lambda key: key.place):
            gap = "" if before < 0 else _GAP if before == key.place // 10 else _GROUP_GAP
            before = key.place // 10
            texts += [(gap, False), (key.key, True), (f" {key.title[:1].lower()}{key.title[1:]}", False)]
        if _width(texts) <= room:
            return texts
    return []


def _width(texts: Sequence[tuple[str, bool]]) -> int:
    return sum(cell_len(text) for text, _ in texts)
