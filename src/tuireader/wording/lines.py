"""Lines of styled text, as in the details of a feed or watch below a table; sparklines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

Piece = tuple[str, str]
"""A text and the name of its style (see `Styles.named`)."""
Line = tuple[Piece, ...]
_BARS = "▁▂▃▄▅▆▇█"


def marked(text: str, spans: Iterable[tuple[int, int]], style: str, plain: str = "text") -> Line:
    """Split a text at sorted half-open spans: style the spans with `style`, the rest with `plain`."""
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


def problem_lines(text: str) -> Sequence[Line]:
    """Lines of an error message; if there are several, the first one quotes the expression."""
    first, *details = text.splitlines() or [""]
    return ((), ((first, "text" if details else "error"),), *(((line, "error"),) for line in details))


def error_lines(lead: str, error: str, style: str) -> list[Line]:
    """An error, with its advice on separate lines, as a narrow terminal would cut it off."""
    what, *to_do = error.split("; ")
    return [
        ((lead, style), (what, "text")),
        *(((f"{advice[:1].upper()}{advice[1:]}", "text"),) for advice in to_do),
    ]


def sparkline(numbers: Sequence[int]) -> str:
    """Draw a bar for each number: the tallest for the maximum, the lowest only for 0."""
    most = max(numbers, default=0)
    steps = len(_BARS) - 1
    return "".join(_BARS[-(-number * steps // most) if number > 0 else 0] for number in numbers)
