"""Stories: the page of one, rendered or saved."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path

from msgspec.structs import replace

from tuireader import ingest
from tuireader.export.brief import FORMATS
from tuireader.export.story import StoryPage
from tuireader.export.story_formats import render
from tuireader.library.articles import Articles, save_file
from tuireader.library.context import UseCases, found_article
from tuireader.store import Store


class Stories(UseCases):
    """Show a story as a page."""

    _articles: Articles

    async def page(self, article_id: int) -> StoryPage:
        """Load the page of an article's story; an article without one is its only report.

        Raises UsageError if the article does not exist.
        """
        return found_article(await self._pool.read(lambda store: self._page(store, article_id)), article_id)

    def _page(self, store: Store, article_id: int, *, after: int = 0, since: int = 0) -> StoryPage | None:
        page = ingest.story_page(store, article_id, self._context.groups, after=after, since=since)
        return None if page is None else self._with_watches(store, page)

    def _with_watches(self, store: Store, page: StoryPage) -> StoryPage:
        ids = [report.report.article_id for report in page.reports]
        evidence = self._context.completed(store, store.articles.evidence(ids))
        reports = tuple(
            replace(report, report=replace(report.report, evidence=evidence.get(article_id, ())))
            for article_id, report in zip(ids, page.reports, strict=True)
        )
        watches = tuple(report.name for report in self._context.config.watches)
        return replace(page, reports=reports, watches=watches)

    async def render(self, article_id: int, form: str, *, since: int | None = 0) -> tuple[str, int]:
        """Write the page of an article's story in one of `FORMATS`; return it with the id where it ends.

        It has what was added `since` a time, or if that is None, since the last such page, if there was one.
        Raises UsageError.
        """

        def read(store: Store) -> tuple[StoryPage | None, int]:
            after = 0 if since is not None else store.briefs.last("", article_id) or 0
            return self._page(store, article_id, after=after, since=since or 0), store.briefs.newest()

        page, end = await self._pool.read(read)
        return await asyncio.to_thread(render, found_article(page, article_id), form), end

    async def save(self, page: StoryPage) -> tuple[Path, bool]:
        """Write a page to the folder for saved articles; return the file and whether it is new.

        The format is that of saved articles, or Markdown if a page has no such format. Raises TuireaderError.
        """
        from tuireader.export.formats import file_name

        form = self._context.config.save.format
        form = form if form in FORMATS else FORMATS[0]
        content = (await asyncio.to_thread(render, page, form)).encode("utf-8", "replace")
        named = partial(file_name, f"Story {page.title}", page.first.time, form)
        return await save_file(self._articles.save_folder, named, content)
