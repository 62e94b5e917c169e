"""Blocks of a document as parts of a page."""

from __future__ import annotations

import re
from functools import partial

from msgspec.structs import replace

from tuireader.document import Block, BlockKind, Picture, SpanKind
from tuireader.ui.drawing.page_parts import Highlights, Hit, Part, StyleRange

_SPAN_STYLES = {
    SpanKind.STRONG: "bold",
    SpanKind.EM: "italic",
    SpanKind.CODE: "code_inline",
    SpanKind.LINK: "link",
    SpanKind.STRIKE: "strike",
    SpanKind.MARK: "mark",
    SpanKind.REFERENCE: "reference",
}


def block_part(
    block: Block, previous: Block | None, offset: int, highlights: Highlights, number: int, hits: list[Hit]
) -> Part:
    """Build part `number` of a page from a block; its text starts at `offset`, its matches go to `hits`."""
    text, marks, places = _numbered(block, highlights)
    hits.extend(Hit(number, start, end, watch) for start, end, watch in places)
    gap = 0 if _close(block, previous) else 1
    bars = "▎ " * min(block.quote, 4)
    make = partial(Part, gap=gap, offset=offset)
    if block.kind is BlockKind.HEADING:
        return make(text, "strong", marks, bars, bars)
    if block.kind is BlockKind.ITEM:
        lead = bars + "  " * max(0, min(block.indent, 8) - 1)
        marker = f"{block.marker or '•'} "
        return make(text, "text", marks, lead + marker, lead + " " * len(marker))
    if block.kind is BlockKind.CODE:
        return make(text, "code", marks, bars, bars, hard=True, filled=True, language=block.language)
    if block.kind is BlockKind.TABLE:
        return make(text, "text", marks, bars, bars, hard=True)
    if block.kind is BlockKind.RULE:
        return make(rule=True)
    if block.kind is BlockKind.PICTURE:
        return picture_part(block, gap, offset)
    if block.kind is BlockKind.EMBED:
        label = f"▸ {text or 'embedded media'}" + (f" [{block.link}]" if block.link else "")
        return make(label, "link", (), bars, bars)
    lead = bars + "  " * min(block.indent, 8)
    return make(text, "quote" if block.quote else "text", marks, lead, lead)


def _close(block: Block, previous: Block | None) -> bool:
    """List items, and a definition below its term, need no blank line between them."""
    if previous is None or block.kind is not previous.kind:
        return False
    return block.kind is BlockKind.ITEM or (
        block.kind is BlockKind.PARAGRAPH and block.indent == previous.indent + 1 and _is_strong(previous)
    )


def _is_strong(block: Block) -> bool:
    full = (0, len(block.text))
    return any(span.kind is SpanKind.STRONG and (span.start, span.end) == full for span in block.spans)


_NAMES_ITSELF = re.compile(r"(?i)(image|photo|picture|graphic|credit|source|courtesy)\b|©|.*[:：]")


def picture_part(block: Block, gap: int = 1, offset: int = -1) -> Part:
    """Describe an image: `▣ A quay — The quay at dawn. · Photo: A. Quist`.

    Below the drawn image, its caption or else its alternative text stands with the credit.
    """
    picture = block.picture or Picture("")
    caption = picture.caption or picture.alt
    alt = f"{picture.alt} — " if picture.alt not in ("", caption) else ""
    credit = picture.credit if picture.credit not in alt + caption else ""
    if credit and not _NAMES_ITSELF.match(credit):
        credit = f"Photo: {credit}"
    number = f" [{block.link}]" if block.link else ""
    said = f"{alt}{caption}"
    text = (" · ".join(filter(None, (said, credit))) + number) or "Image"
    shown = (len(alt) if said or credit else len(text), len(text))
    marks = (StyleRange(len(alt), len(said), "italic"), StyleRange(len(said), len(text), "dim"))
    place = partial(Part, gap=gap, offset=offset, picture=picture.url, caption=shown, most=1)
    return place(text, "text", marks, "▣ ", "  ")


def hinted(part: Part, hint: str) -> Part:
    """Add to an image how to show it: `▣ A quay · i shows it`."""
    text = f"{part.text} · {hint}"
    return replace(part, text=text, marks=(*part.marks, StyleRange(len(part.text), len(text), "dim")))


def _numbered(
    block: Block, highlights: Highlights
) -> tuple[str, tuple[StyleRange, ...], list[tuple[int, int, str]]]:
    """Add `[n]` after each link of a block, and move ranges and hits accordingly."""
    links = sorted((span.end, span.link) for span in block.spans if span.kind is SpanKind.LINK and span.link)
    shown = _raised(block)
    pieces: list[str] = []
    cuts: list[tuple[int, int]] = []  # (offset in the block's text, number of characters inserted there)
    numbers: list[StyleRange] = []
    at = length = 0
    for end, link in links:
        label = f"[{link}]"
        room = _room(shown, end, len(label)) if block.kind is BlockKind.TABLE else 0
        if room is None:
            continue
        pieces += [shown[at:end], label]
        length += end - at
        numbers.append(StyleRange(length, length + len(label), "dim"))
        at = end + room
        cuts.append((end, len(label) - room))
        length += len(label)
    text = "".join(pieces) + shown[at:]

    def moved(start: int, end: int) -> tuple[int, int]:
        before = sum(size for place, size in cuts if place <= start)
        within = sum(size for place, size in cuts if start < place < end)
        return start + before, end + before + within

    marks = [
        StyleRange(*moved(span.start, span.end), _SPAN_STYLES[span.kind])
        for span in block.spans
        if span.kind in _SPAN_STYLES
    ]
    marks += numbers
    matches = highlights(block.text) if block.text else ()
    hits = [(*moved(start, end), watch) for start, end, watch in matches]
    marks += [StyleRange(start, end, f"hit:{watch}") for start, end, watch in hits]
    return text, tuple(marks), hits


def _room(text: str, start: int, size: int) -> int | None:
    """Count the spaces in a table that a label may replace; None if the next column would move."""
    behind = text[start : start + size + 1]
    spaces = len(behind) - len(behind.lstrip(" "))
    at_end = text[start + spaces : start + spaces + 1] in ("", "\n")
    return min(spaces, size) if at_end or spaces > size else None


_SUPERSCRIPT = str.maketrans("0123456789+-()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿ")
_SUBSCRIPT = str.maketrans("0123456789+-()", "₀₁₂₃₄₅₆₇₈₉₊₋₍₎")


def _raised(block: Block) -> str:
    text = block.text
    for span in block.spans:
        if span.kind in (SpanKind.SUP, SpanKind.SUB):
            table = _SUPERSCRIPT if span.kind is SpanKind.SUP else _SUBSCRIPT
            text = text[: span.start] + text[span.start : span.end].translate(table) + text[span.end :]
    return text
