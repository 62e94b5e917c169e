"""What is told of a feed before it is followed, as lines of pieces: for the dialog and the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tuireader.model import FeedPreview
from tuireader.text import cell_len, display_host, pad
from tuireader.text.wording import counted
from tuireader.ui.drawing.times import age, span

if TYPE_CHECKING:
    from tuireader.ui.drawing.lines import Line

FOLLOWED = "You follow this already"
_TEXTS = {"full": "full texts", "short": "short texts or teasers", "none": "titles alone"}


def facts(preview: FeedPreview, url: str, now: int, *, followed: bool = False) -> list[Line]:
    """Title and site; how much and how often; what there is to read; the newest entries with their age."""
    lines: list[Line] = [
        ((preview.title or "Untitled", "strong"), (f" · {display_host(preview.site_url or url)}", "dim")),
        ((" · ".join(_numbers(preview, now)), "text"),),
    ]
    known = ((FOLLOWED, "star"), (" · ", "dim")) if followed else ()
    lines.append((*known, (_TEXTS[preview.texts] if preview.entries else "nothing to read yet", "dim")))
    return lines + entries(preview, now)


def entries(preview: FeedPreview, now: int) -> list[Line]:
    """The newest entries: how old, in a column of its own, and the title."""
    ages = [
        "" if time is None else "now" if now - time < 60 else span(now - time) for _, time in preview.samples
    ]
    width = max(map(cell_len, ages), default=0)
    column = [pad(told, width) + "  " if width else "" for told in ages]
    return [
        ((told, "dim"), (title or "Untitled", "text"))
        for told, (title, _) in zip(column, preview.samples, strict=True)
    ]


def _numbers(preview: FeedPreview, now: int) -> list[str]:
    words = [counted(preview.entries, "entry", "entries")]
    if preview.per_week is not None:
        words.append(_pace(preview.per_week))
    if preview.newest is not None:
        words.append(f"newest {age(preview.newest, now)}")
    return words


def _pace(per_week: float) -> str:
    if not per_week:
        return "none in four weeks"
    if per_week >= 1:
        return f"about {per_week:,.0f} a week"
    return f"about {max(1, round(per_week * 30 / 7))} a month"
