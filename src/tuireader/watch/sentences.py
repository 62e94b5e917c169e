"""Find the sentence that best shows why an article is on a watch."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence

from tuireader.query import merge_spans

_SENTENCE = 200
_WINDOW = 250  # longer than a sentence, so that its edges are never shown
_FAR = 1 << 62
# Full stops of Latin, Arabic, Urdu, Hindi and its neighbours, Armenian, Amharic, Burmese and Khmer.
_STOPS = ".!?…\u061f\u06d4\u0964\u0965\u0589\u1362\u104b\u17d4\u17d5"
_STOP = re.compile(f"[{_STOPS}。！？｡]")
_AFTER_STOP = re.compile(
    rf"[{_STOPS}]*[\"'”’»)\]]*\s+(?=[\"'“‘«(\[]*[^\W_a-z])|(?<=[。！？｡])[。！？｡]*[」』”’）｣]*"
)
_SHORTENED = """
adm approx assn ave capt cf co col corp dept dr ed est etc fig gen gov hon inc jan feb mar apr jun jul aug sep
sept oct nov dec jr lt ltd messrs mr mrs ms mt no nos nr op ph pp prof rep rev sen sgt sr st str vol vs
"""
_ABBREVIATIONS = frozenset(_SHORTENED.split())
_CONTROLS = dict.fromkeys((*range(32), *range(127, 160)), " ")


def best_sentence(
    text: str, sentence: Callable[[int, int], tuple[int, int]], hits: Sequence[tuple[int, int, int]]
) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Return the first sentence with the most distinct terms, and the spans of the terms in it.

    `sentence` returns the sentence around a span; `hits` are spans with the number of the term.
    """
    if len(hits) == 1:
        start, end, _ = hits[0]
        return cut(text, *sentence(start, end), [(start, end)])
    places = sorted(hits)
    best = (0, 0, 0)
    for start, end, _ in places:
        if best[0] and start < best[2]:
            continue
        first, last = sentence(start, end)
        terms = len({number for begin, stop, number in places if first <= begin and stop <= last})
        if terms > best[0]:
            best = (terms, first, last)
    _, first, last = best
    inside = [(begin, stop) for begin, stop, _ in places if first <= begin and stop <= last]
    return cut(text, first, last, merge_spans(inside))


def line_around(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the line around `start:end`; of a long line, a part around it, in steps of `_WINDOW`."""
    left = start - start % _WINDOW - _WINDOW
    right = end - end % _WINDOW + 2 * _WINDOW
    line = text.rfind("\n", max(0, left), start) + 1
    line_end = text.find("\n", end, right)
    return line or max(0, left), min(right, len(text)) if line_end < 0 else line_end


def sentences_in(text: str, left: int, right: int) -> list[tuple[int, int]]:
    """Split `text[left:right]` into sentences, without trailing blanks."""
    sentences: list[tuple[int, int]] = []
    first = left
    for stop in _STOP.finditer(text, left, right):
        at = stop.end()
        after = _AFTER_STOP.match(text, at, right) if at >= first else None
        if after and not (stop[0] == "." and text[at].isspace() and _is_abbreviation(text, left, at - 1)):
            sentences.append((first, first + len(text[first : after.end()].rstrip())))
            first = after.end()
    if remainder := text[first:right].rstrip():
        sentences.append((first, first + len(remainder)))
    return sentences


def _is_abbreviation(text: str, left: int, dot: int) -> bool:
    """Return whether a full stop belongs to an abbreviation such as `U.S.`, `J.` or `Inc.`."""
    last = text[max(left, text.rfind(" ", left, dot) + 1) : dot].lstrip("([\"'“‘«„")
    return len(last) == 1 or "." in last or last.lower() in _ABBREVIATIONS


def span_of_sentences(sentences: Sequence[tuple[int, int]], start: int, end: int) -> tuple[int, int]:
    """Return the span from the sentence of `start` to the sentence of `end`, usually the same one."""
    place = max(0, bisect_right(sentences, (start, _FAR)) - 1)
    first, last = sentences[place]
    while last < end and place + 1 < len(sentences):
        place += 1
        last = sentences[place][1]
    return min(first, start), max(last, end)


def cut(
    text: str, first: int, last: int, spans: Sequence[tuple[int, int]]
) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Return `text[first:last]`, shortened around the first spans if too long, and the spans in it."""
    if last - first <= _SENTENCE:
        return _shown(text[first:last]), tuple([(start - first, end - first) for start, end in spans])
    before, after = "", ""
    start = max(first, min(spans[0][0] - _SENTENCE // 3, last - _SENTENCE))
    if start > first:
        blank = text.find(" ", start, spans[0][0])
        first, before = (start if blank < 0 else blank + 1), "…"
    stop = max(spans[0][1], first + _SENTENCE)
    if stop < last:
        blank = text.rfind(" ", spans[0][1], stop)
        last, after = (stop if blank < 0 else blank), "…"
    shift = len(before) - first
    inside = tuple([(start + shift, min(end, last) + shift) for start, end in spans if first <= start < last])
    return before + _shown(text[first:last]) + after, inside


def _shown(text: str) -> str:
    return text if text.isprintable() else text.translate(_CONTROLS)
