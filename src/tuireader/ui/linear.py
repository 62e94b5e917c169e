"""Rows and pages in words, for `ui.linear`: neither signs nor columns carry a fact."""

from __future__ import annotations

import re

from msgspec.structs import replace

from tuireader.model import ArticleRow
from tuireader.text import cell_len, cut
from tuireader.text.wording import counted
from tuireader.ui.drawing.page_parts import Page, Part, StyleRange, Tail
from tuireader.ui.drawing.row_options import RowOptions
from tuireader.wording.times import list_time

SPOKEN_LABEL = " (reference\u00a0{})"
"""Stands for `‹1›` in the text."""
_LEADS = {
    "▌": "Watch ", "▣": "Image: ", "●": "unread, ", "○": "", "│": "", "▎": "Quote: ", "‹": "reference ",
    "›": ", ", "▸": "this article, ",
}  # fmt: skip


def row_words(
    row: ArticleRow, feed: str, options: RowOptions, *, inner: bool, selected: bool, part: int = 0
) -> str:
    """A row: `unread, WeChat suspends new user registration, watch WeChat, Harbour Tech, 11:05, 4 reports`.

    Cosy rows have a second line for the facts that do not fit on the first. On a single line those at the
    end are left out; the title gets at least half of the width.
    """
    is_story, width = options.folds and not inner, options.width
    voices = row.sources + (row.fold_size - 1 if is_story else 0)
    watches = (row.fold_watches if is_story else ()) or row.watches
    flags = {"selected": selected, "same story": inner, "unread": not row.read, "starred": row.starred}
    lead = "".join(f"{word}, " for word, is_set in flags.items() if is_set)
    facts = [f"{'perhaps' if name in row.uncertain else 'watch'} {name}" for name in watches]
    facts += [feed, list_time(row.time, options.now), *([counted(voices, "report")] if voices > 1 else ())]
    if is_story and 0 < row.fold_read < row.fold_size:
        facts.append(f"{row.fold_read} of {row.fold_size} read")
    facts += [*(["edited"] if row.edited else ()), *(f"label {name}" for name in row.labels), row.author]
    title, room = row.title or row.url or "no title", width - cell_len(lead)
    if options.cosy:
        first, facts = lead + title, [*filter(None, facts)]
        while facts and cell_len(f"{first}, {facts[0]}") <= width:
            first += f", {facts.pop(0)}"
        return cut(", ".join(facts) if part else first, width)
    least, shown = min(cell_len(title), width // 2), [""]
    for fact in filter(None, facts):
        if cell_len(", ".join((*shown, fact))) > room - least:
            break
        shown.append(fact)
    return lead + cut(title, max(least, room - cell_len(", ".join(shown)))) + ", ".join(shown)


def page_words(page: Page) -> Page:
    """A page without bars, rails and columns; texts with marks keep the places of these."""
    return replace(page, head=tuple(map(_part, page.head)), tail=tail_words(page.tail))


def tail_words(tail: Tail) -> Tail:
    """Do the same with the part below the text."""
    return replace(tail, parts=tuple(map(_part, tail.parts)))


def _part(part: Part) -> Part:
    text, first = part.text, part.first.replace("•", "●") if part.target >= 0 else part.first
    is_card, rest = part.lead.startswith("watch:"), part.rest
    if is_card and part.fits:
        text = re.sub(r" ×(\d+)", r" \1 times", text)  # behind the marks
    elif part.style in ("dim", "link") and text.startswith("▸ "):
        text = text[2:] if text.startswith("▸ embedded") else f"File: {text[2:]}"
    for sign, word in _LEADS.items():
        first = first.replace(sign, word, 1).replace(sign, "")
    if is_card or first != part.first:
        words = "" if is_card and text.startswith("“") else " ".join(first.split())  # its watch stands above
        first, rest = f"{words} " if words else "", ""
    text = f"{text}, {part.side}" if part.side else text
    part = replace(part, text=text, marks=(*part.marks, StyleRange(len(part.text), len(text), "dim")))
    return replace(part, first=first, rest=rest, side="", column=0, most=0, fits=False, rule=False)
