"""Articles that a command applies to: the open one, the one under the cursor, or the selection."""

from __future__ import annotations

from dataclasses import dataclass

from tuireader.model import ArticleRow
from tuireader.ui.controllers.controller import Controller
from tuireader.ui.controllers.marks import Marks


@dataclass(eq=False)
class Chosen(Controller):
    """Chosen articles, by the current state of session and panes."""

    marks: Marks

    @property
    def in_article(self) -> bool:
        return self.panes.in_article and self.session.page is not None

    @property
    def article_id(self) -> int | None:
        """Id of the open article if the pane has the focus, else of the one under the cursor."""
        return self.session.article_id if self.in_article else self.articles.current_id

    @property
    def is_selection(self) -> bool:
        return bool(self.articles.selected) and self.panes.in_list

    @property
    def ids(self) -> list[int]:
        """Ids of the selection in list order; without one, or in an open article, the current id."""
        if self.is_selection:
            selected = self.articles.selected
            listed = [article_id for article_id in self.articles.ids if article_id in selected]
            return listed + sorted(selected.difference(listed))
        current = self.article_id
        return [] if current is None else [current]

    async def row(self) -> ArticleRow | None:
        """Read the row under the cursor, even if it has just arrived there and is not painted yet."""
        row, current = self.articles.current_row, self.articles.current_id
        if row is None and current is not None:
            row = next(iter(await self.marks.rows([current])), None)
        return row

    async def address(self) -> tuple[str, str]:
        """Address and title of the current article; `""` without one."""
        shown = self.session.article if self.in_article else await self.row()
        return (shown.url, shown.title) if shown is not None else ("", "")

    async def addresses(self) -> list[tuple[str, str]]:
        """Address and title of each chosen article that has an address."""
        if self.is_selection:
            addresses = [(row.url, row.title) for row in await self.library.lists.rows(self.ids)]
        else:
            addresses = [await self.address()]
        return [(url, title) for url, title in addresses if url]
