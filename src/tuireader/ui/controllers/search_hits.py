"""Search hits: marks in titles of the list, and the best sentences of its articles."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from functools import lru_cache, partial

from tuireader import query
from tuireader.errors import TuireaderError
from tuireader.library import Library
from tuireader.model import ArticleRow
from tuireader.model.articles import NO_DETAIL, Detail
from tuireader.ui.drawing.row import TitleRanges
from tuireader.ui.session import Session
from tuireader.ui.widgets.details import Details
from tuireader.ui.workers import run_latest
from tuireader.wording.lines import marked

_LONGEST = 500  # maximum characters of a title searched for marks
_BATCH = 4  # articles whose sentences are found together, before they are shown
_KEPT = 500  # maximum number of sentences kept, more than a screen has rows


@lru_cache(maxsize=4)
def _parsed(expression: str) -> query.Query | None:
    if not expression.strip():
        return None
    parsed = query.parse(expression, likes=True)
    return parsed if isinstance(parsed, query.Query) else None


class SearchHits:
    """Marks of watches, search and filter in titles, and the sentences found.

    Sentences are shown in the rows, which are redrawn by `redraw`, or, if these have no room, in `line`.
    """

    def __init__(self, session: Session, library: Library) -> None:
        self._session = session
        self._library = library
        self._in_line: int | None = None  # article with its sentence below the list
        self._watches_ready = False
        self._sentences: dict[int, Detail] = {}
        self._asked: set[int] = set()  # articles whose sentences are being found
        self._found_for = ""  # expression that the sentences match
        self.redraw: Callable[[Collection[int]], None] = lambda ids: None
        self.line = Details(id="snippet")

    def marks(self, row: ArticleRow) -> TitleRanges:
        """Find what a watch or the search matches in a title."""
        title = row.title[:_LONGEST]
        ranges = []
        if row.watches and self._watches_ready:
            ranges = [
                (start, end, f"hit:{name}")
                for start, end, name in self._library.watches.highlights(title)
                if name in row.watches
            ]
        wanted = _parsed(self._session.expression)
        if wanted is not None:
            ranges += [(start, end, "hit:") for start, end in query.spans(wanted, title, "title")]
        return sorted(ranges, key=lambda mark: (mark[0], mark[2] == "hit:"))  # watches first

    async def mark_watches(self) -> None:
        """Prepare the terms of watches after startup; titles drawn from then on mark them."""
        await asyncio.to_thread(self._library.watches.highlights, "")
        self._watches_ready = True

    def detail(self, row: ArticleRow) -> Detail:
        """Second line of a row: the sentence found, else that of a watch or a teaser."""
        found = self._sentences.get(row.id, NO_DETAIL)
        is_new = found[0] not in ("", row.title) and self._found_for == self._session.expression
        return found if is_new else row.detail

    def update(self, article_id: int | None, rows: Sequence[int] = ()) -> bool:
        """Show the sentences found in `rows` with room for them, else that in one article, or none.

        Return False if nothing changes below the rows.
        """
        expression = self._session.expression
        is_other = expression != self._found_for
        if is_other:
            self._sentences, self._found_for, self._asked = {}, expression, set()
        in_line = article_id if expression and not rows else None
        wanted = rows if in_line is None else [in_line]
        missing = [row for row in wanted if row not in self._sentences] if expression else []
        if not self._asked.issuperset(missing):
            self._asked = set(missing)
            run_latest(self.line, partial(self._fetch, missing, expression), "snippet")
        if in_line == self._in_line and not is_other:
            return False
        self._in_line = in_line
        self._show()
        return True

    def _show(self) -> None:
        """Show the sentence of one article below the list once it is there."""
        if self._in_line is None:
            self.line.show()
        elif sentence := self._sentences.get(self._in_line):
            text, places, _ = sentence
            self.line.show((("  “", "dim"), *marked(text, places, "hit:"), ("”", "dim")) if text else ())

    async def _fetch(self, rows: Sequence[int], expression: str) -> None:
        for start in range(0, len(rows), _BATCH):
            batch = rows[start : start + _BATCH]
            try:
                snippets = await self._library.searches.snippets(batch, expression)
            except TuireaderError:
                self._asked.clear()  # the next key asks again
                raise
            if expression != self._found_for:
                return
            self._sentences |= {row: (*found, "") for row, found in zip(batch, snippets, strict=True)}
            for old in [*self._sentences][:-_KEPT]:
                del self._sentences[old]
            self._asked -= {*batch}
            self.redraw(batch)
            if self._in_line in batch:
                self._show()
