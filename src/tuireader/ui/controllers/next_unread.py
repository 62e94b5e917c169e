"""Find the next unread article of the list, with the marks that are not stored yet."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tuireader.model import ViewKind
from tuireader.ui.controllers.controller import Controller
from tuireader.ui.views import UNREAD

if TYPE_CHECKING:
    from tuireader.ui.controllers.listing import Listing
    from tuireader.ui.controllers.marks import Marks


@dataclass(eq=False)
class NextUnread(Controller):
    """Unread articles of the view."""

    listing: Listing
    marks: Marks

    async def next(self, step: int) -> int | None:
        """Return the next unread article of the view after the cursor, wrapping around; None for none."""
        articles = self.articles
        if self.session.partial and step > 0 and (found := self._below()) is not None:
            return found
        await self.listing.complete()
        ids, count = articles.ids, len(articles.ids)
        if not count:
            return None
        current = self.session.article_id
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
                unread = await self.marks.unread(await self._ids())
                if articles.ids is not ids:
                    return None
            if article_id in unread:
                return article_id
        return None

    async def is_none(self) -> bool:
        """Return whether the list shows nothing unread."""
        ids = self.articles.ids
        return self._below() is None and not await self.marks.lacks("read", ids)

    def _below(self) -> int | None:
        """Return the next unread article among the rows that are loaded."""
        articles = self.articles
        for article_id in articles.ids[articles.cursor :]:
            row = articles.row(article_id)
            if row is None:
                return None
            if not row.read and article_id != self.session.article_id:
                return article_id
        return None

    async def _ids(self) -> array[int]:
        view = self.session.view
        view = UNREAD if view.kind is ViewKind.QUERY else view
        return await self.library.lists.ids(view, show_read=False)
