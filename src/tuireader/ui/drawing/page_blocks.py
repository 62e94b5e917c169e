"""The blocks of a document as parts of a page."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tuireader.document import Block, BlockKind, Picture, Span, SpanKind
from tuireader.ui.drawing.page_parts import Highlights, Hit, Mark, Part

_SPAN_STYLES = {
    SpanKind.STRONG: "bold",
    SpanKind.EM: "italic",
    SpanKind.CODE: "code_inline",
    SpanKind.LINK: "link",
    SpanKind.STRIKE: "strike",
    SpanKind.MARK: "mark",
}


def block_part(
    block: Block, previous: Block | None, offset: int, highlights: Highlights, number: int, hits: list[Hit]
) -> Part:
    """A block as part `number` of a page, whose text begins at `offset`; the hits of watches go to `hits`."""
    text, marks, places = _numbered(block, highlights)
    hits.extend(Hit(number, start, end, watch) for start, end, watch in places)
    gap = 0 if _close(block, previous) else 1
    bars = "▎ " * min(block.quote, 4)
    if block.kind is BlockKind.HEADING:
        return Part(text, "heading" if block.level <= 2 else "strong", marks, bars, bars, gap, offset=offset)
    if block.kind is BlockKind.ITEM:
        lead = "  " * max(0, min(block.indent, 8) - 1)
        marker = f"{block.marker or '•'} "
        return Part(
            text, "text", marks, bars + lead + marker, bars + lead + " " * len(marker), gap, offset=offset
        )
    if block.kind is BlockKind.CODE:
        return Part(
            text,
            "code",
            marks,
            bars,
            bars,
            gap,
            hard=True,
            ground=True,
            offset=offset,
            language=block.language,
        )
    if block.kind is BlockKind.TABLE:
        return Part(text, "text", marks, bars, bars, gap, hard=True, offset=offset)
    if block.kind is BlockKind.RULE:
        return Part(frame="rule", gap=gap, offset=offset)
    if block.kind is BlockKind.PICTURE:
        return picture_part(block, gap, offset)
    if block.kind is BlockKind.EMBED:
        label = f"▸ {text or 'embedded media'}" + (f" [{block.link}]" if block.link else "")
        return Part(label, "link", (), bars, bars, gap, offset=offset)
    indent = "  " * min(block.indent, 8)
    return Part(
        text, "quote" if block.quote else "text", marks, bars + indent, bars + indent, gap, offset=offset
    )


def _close(block: Block, previous: Block | None) -> bool:
    """Whether a block follows the one before it without a blank line: items of a list, what a term means."""
    if previous is None or block.kind is not previous.kind:
        return False
    return block.kind is BlockKind.ITEM or (
        block.kind is BlockKind.PARAGRAPH and block.indent == previous.indent + 1 and _is_strong(previous)
    )


def _is_strong(block: Block) -> bool:
    whole = (0, len(block.text))
    return any(span.kind is SpanKind.STRONG and (span.start, span.end) == whole for span in block.spans)


_NAMES_ITSELF = re.compile(r"(?i)(image|photo|picture|graphic|credit|source|courtesy)\b|©|.*[:：]")


def picture_part(block: Block, gap: int = 1, offset: int = -1) -> Part:
    """The place of a picture, with what it shows and who made it."""
    picture = block.picture or Picture("")
    says = [picture.alt, picture.caption if picture.caption != picture.alt else ""]
    text = " — ".join(part for part in says if part)
    credit = picture.credit
    if credit and credit not in text:
        credit = credit if _NAMES_ITSELF.match(credit) else f"Image source: {credit}"
        text = f"{text} · {credit}" if text else credit
    number = f" [{block.link}]" if block.link else ""
    label = f"{text or 'no description'}{number}"
    return Part(label, "dim", gap=gap, frame="picture", offset=offset, picture=picture.url)


def _numbered(
    block: Block, highlights: Highlights
) -> tuple[str, tuple[Mark, ...], list[tuple[int, int, str]]]:
    """The text of a block with `[n]` after each link, with marks and hits moved accordingly."""
    links = sorted((span.end, span.link) for span in block.spans if span.kind is SpanKind.LINK and span.link)
    shown = _raised(block)
    pieces: list[str] = []
    cuts: list[tuple[int, int]] = []  # (offset in the block's text, characters put in there)
    numbers: list[Mark] = []
    at = length = 0
    for end, link in links:
        label = f"[{link}]"
        room = _room(shown, end, len(label)) if block.kind is BlockKind.TABLE else 0
        if room is None:
            continue
        pieces += [shown[at:end], label]
        length += end - at
        numbers.append(Mark(length, length + len(label), "dim"))
        at = end + room
        cuts.append((end, len(label) - room))
        length += len(label)
    text = "".join(pieces) + shown[at:]

    def moved(start: int, end: int) -> tuple[int, int]:
        before = sum(size for place, size in cuts if place <= start)
        within = sum(size for place, size in cuts if start < place < end)
        return start + before, end + before + within

    marks = [Mark(*moved(span.start, span.end), _SPAN_STYLES[span.kind]) for span in _drawn(block.spans)]
    marks += numbers
    found = (
        [(*moved(start, end), watch) for start, end, watch in highlights(block.text)] if block.text else []
    )
    marks += [Mark(start, end, f"hit:{watch}") for start, end, watch in found]
    return text, tuple(marks), found


def _room(text: str, start: int, size: int) -> int | None:
    """How many spaces of a table a label takes the place of; None where it would move the next column."""
    rest = text[start : start + size + 1]
    spaces = len(rest) - len(rest.lstrip(" "))
    at_end = text[start + spaces : start + spaces + 1] in ("", "\n")
    return min(spaces, size) if at_end or spaces > size else None


_SUPERSCRIPT = str.maketrans("0123456789+-()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿ")
_SUBSCRIPT = str.maketrans("0123456789+-()", "₀₁₂₃₄₅₆₇₈₉₊₋₍₎")


def _raised(block: Block) -> str:
    """The text with the digits of notes and formulas raised and lowered, a character for a character."""
    text = block.text
    for span in block.spans:
        if span.kind in (SpanKind.SUP, SpanKind.SUB):
            table = _SUPERSCRIPT if span.kind is SpanKind.SUP else _SUBSCRIPT
            text = text[: span.start] + text[span.start : span.end].translate(table) + text[span.end :]
    return text


def _drawn(spans: Sequence[Span]) -> list[Span]:
    return [span for span in spans if span.kind in _SPAN_STYLES]
