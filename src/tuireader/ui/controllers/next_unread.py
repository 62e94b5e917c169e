"""Where the next unread article of the list is."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

from tuireader.model import ViewKind
from tuireader.ui.views import UNREAD

if TYPE_CHECKING:
    from tuireader.ui.screens.panes import Panes


class Unread:
    """Unread articles of the view, with the marks that are not stored yet."""

    def __init__(self, screen: Panes) -> None:
        self._screen = screen

    async def next(self, step: int) -> int | None:
        """The next unread article of the view after the cursor, round the end; None when there is none."""
        articles, listing = self._screen.articles, self._screen.listing
        if listing.partial and step > 0 and (found := self._below()) is not None:
            return found
        await listing.complete()
        ids, count = articles.ids, len(articles.ids)
        if not count:
            return None
        current = self._screen.reading.article_id
        unread: set[int] | None = None
        for distance in range(count + 1):
            article_id = ids[(articles.cursor + step * distance) % count]
            if article_id == current:
                continue
            row = articles.row(article_id)
            if row is not None:
                if not row.read:
                    return article_id
                continue
            if unread is None:
                unread = await self._screen.marking.unread(await self._ids())
                if articles.ids is not ids:
                    return None
            if article_id in unread:
                return article_id
        return None

    async def is_none(self) -> bool:
        """Return whether the list shows nothing unread."""
        ids = self._screen.articles.ids
        return self._below() is None and not await self._screen.marking.lacks("read", ids)

    def _below(self) -> int | None:
        """The next unread article as far as rows are loaded."""
        articles = self._screen.articles
        for article_id in articles.ids[articles.cursor :]:
            row = articles.row(article_id)
            if row is None:
                return None
            if not row.read and article_id != self._screen.reading.article_id:
                return article_id
        return None

    async def _ids(self) -> array[int]:
        view = self._screen.listing.view
        view = UNREAD if view.kind is ViewKind.QUERY else view
        return await self._screen.library.lists.ids(view, show_read=False)
