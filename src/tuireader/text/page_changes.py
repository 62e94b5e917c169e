"""Compare two texts of a watched page line by line, ignoring routine changes. Pure.

Counters with their unit, dates of updates, ages such as "3 hours ago", tokens, white space and lines that
only moved do not count as changes. Prices, version numbers and single letters do, although
`word_diff.trivial` would ignore them.
"""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from itertools import chain

from msgspec import Struct

from tuireader.text import page_dates
from tuireader.text.cleaning import cut_characters
from tuireader.text.regex import regex
from tuireader.text.word_diff import hunks

_COUNTED = (
    "views?|visits?|visitors?|hits|page ?views|likes?|shares?|retweets?|comments?|repl(?:y|ies)|readers?"
    "|online|guests?|followers?|aufrufe|besucher|kommentare?|leser|vues|visites?|commentaires?|visitas?|comentarios?"
    "|visualizações|visualizzazioni|просмотр\\w*|комментари\\w*|次(?:阅读|浏览|播放)?|人(?:阅读|在线)"
    "|阅读(?:量|数)?|浏览(?:量|次数)?|点击(?:量|数)?|评论"
)
_COUNTER = (
    rf"(?i)\b\d[\d.,'\u00a0]*[kKmM]?\s?(?:{_COUNTED})(?!\w)|(?:{_COUNTED})\s?[:：]?\s?\(?\d[\d.,]*[kKmM]?\)?"
)
_UPDATED = (
    r"(?i)\b(?:last )?(?:updated?|modified|changed|refreshed|generated|rendered)\b|\bas of\b"
    r"|\b(?:server|current|local) time\b|\bstand:|aktualisiert|letzte änderung|mis à jour|mise à jour"
    r"|actualizad[oa]|última actualización|aggiornat[oa]|atualizad[oa]|bijgewerkt|uppdaterad|zaktualizowano"
    r"|обновлен|更新|最終|刷新"
)
_CLOCK = r"\d{1,2}:\d\d(?::\d\d)?(?:\s?[ap]\.?m\.?)?|\b\d+(?:\.\d+)?\s?(?:ms|s|sec|seconds)\b"
_TOKENS = r"(?i)session|token|nonce|csrf|request[ -]?id|ray id|trace|reference id"
_TOKEN = r"\b(?=[\w+/=-]*\d)[A-Za-z0-9_+/=-]{8,}"
_SHORT = 200  # maximum characters of a line that may be only the date of an update
_NAME = 40  # maximum characters of the page's title in the title of a change: the feed has the same name
_QUOTED = 90  # maximum characters of the first new line in the title of a change
MOST_LINES = 400  # maximum removed and added lines of a change to show; the rest are counted


class Hunk(Struct, frozen=True):
    """Lines removed and added at one place, and the line before them."""

    before: str
    removed: tuple[str, ...]
    added: tuple[str, ...]


class Change(Struct, frozen=True):
    """A change of a page: its hunks in order."""

    hunks: tuple[Hunk, ...]

    @property
    def removed(self) -> list[str]:
        return [line for hunk in self.hunks for line in hunk.removed]

    @property
    def added(self) -> list[str]:
        return [line for hunk in self.hunks for line in hunk.added]


def steady(line: str, now: int) -> str:
    """Replace counters, ages and times of updates in a line by `#`, for comparison."""
    line = " ".join(line.split())
    if not any(map(str.isdigit, line)):
        return line
    line = regex(_COUNTER).sub("#", line)
    if len(line) <= _SHORT and regex(_UPDATED).search(line):
        line = regex(_CLOCK).sub("#", _without_dates(line, now))
    elif age := page_dates.find_age(line):
        line = f"{line[: age[0]]}#{line[age[1] :]}"
    if regex(_TOKENS).search(line):
        line = regex(_TOKEN).sub("#", line)
    return line


def _without_dates(line: str, now: int) -> str:
    for _ in range(3):
        if not (date := page_dates.find(line, now)):
            break
        line = f"{line[: date.start]}#{line[date.end :]}"
    return line


def compare(old: Sequence[str], new: Sequence[str], now: int) -> Change:
    """Return the change between the lines of two texts; without hunks if only noise differs."""
    before, after = [steady(line, now) for line in old], [steady(line, now) for line in new]
    differences = list(hunks(before, after))
    gone = Counter(chain.from_iterable(before[first:last] for first, last, _, _ in differences))
    come = Counter(chain.from_iterable(after[start:end] for _, _, start, end in differences))
    moved_from, moved_to = gone & come, gone & come
    changed: list[Hunk] = []
    for first, last, start, end in differences:
        removed = [old[at] for at in range(first, last) if not _taken(moved_from, before[at])]
        added = [new[at] for at in range(start, end) if not _taken(moved_to, after[at])]
        if removed or added:
            changed.append(Hunk(new[start - 1] if start else "", tuple(removed), tuple(added)))
    return Change(tuple(changed))


def _taken(counts: Counter[str], key: str) -> bool:
    if counts[key] <= 0 or not key:
        return not key
    counts[key] -= 1
    return True


def title_of(page: str, change: Change) -> str:
    """Return the title of a change: `Prices changed (+2 −1 lines): first new line`."""
    added, removed = len(change.added), len(change.removed)
    parts = [*([f"+{added}"] if added else []), *([f"−{removed}"] if removed else [])]
    lines = f"{' '.join(parts)} {'line' if added + removed == 1 else 'lines'}"
    first = next(iter(change.added), "")
    title = f"{cut_characters(page, _NAME)} changed ({lines})"
    return f"{title}: {cut_characters(first, _QUOTED)}" if first else title


_escaped = partial(html.escape, quote=False)


def paragraphs_html(lines: Iterable[str]) -> str:
    """Write each line of plain text as a paragraph."""
    return "".join(f"<p>{_escaped(line)}</p>\n" for line in lines)


def difference_html(change: Change, links: Mapping[str, str]) -> str:
    """Write the change as HTML for reading: old lines struck out, new ones with their links."""
    parts: list[str] = []
    left = MOST_LINES
    for hunk in change.hunks:
        if left <= 0:
            break
        removed = hunk.removed[: max(left - len(hunk.added), left // 2)]
        added = hunk.added[: left - len(removed)]
        left -= len(removed) + len(added)
        parts.append("<hr>\n" if parts else "")
        if hunk.before:
            before = _escaped(cut_characters(hunk.before, _QUOTED))
            parts.append(f"<p><em>… {before}</em></p>\n")
        parts += [f"<p>− <del>{_escaped(line)}</del></p>\n" for line in removed]
        parts += [f"<p>+ {_linked(line, links)}</p>\n" for line in added]
    if hidden := len(change.removed) + len(change.added) - (MOST_LINES - left):
        parts.append(f"<p><em>{hidden} more {'line' if hidden == 1 else 'lines'} changed.</em></p>\n")
    return "".join(parts)


def _linked(line: str, links: Mapping[str, str]) -> str:
    words = max((words for words in links if words in line), key=len, default="")
    if not words:
        return _escaped(line)
    before, _, after = line.partition(words)
    link = f'<a href="{html.escape(links[words])}">{_escaped(words)}</a>'
    return f"{_escaped(before)}{link}{_escaped(after)}"
