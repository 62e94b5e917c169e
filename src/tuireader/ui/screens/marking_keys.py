"""What the keys do that mark articles."""

from __future__ import annotations

from tuireader.errors import TuireaderError
from tuireader.text.wording import counted, stories_and_articles
from tuireader.ui.controllers.mark_steps import Step
from tuireader.ui.screens.moving_keys import MovingKeys


class MarkingKeys(MovingKeys):
    """Read, starred, labelled, apart from its story, and all that taken back."""

    def current_article_id(self) -> int | None:
        """The open article when the pane has the focus, else the one under the cursor."""
        if self.current_pane is self.pane and self.reading.page is not None:
            return self.reading.article_id
        return self.articles.current_id

    async def _marks(self, article_id: int) -> tuple[bool, bool]:
        """Whether an article is read and starred."""
        row = self.articles.row(article_id)
        if row is None:
            rows = await self.marking.rows([article_id])
            row = rows[0] if rows else None
        return (row.read, row.starred) if row is not None else (False, False)

    def chosen_ids(self) -> list[int]:
        """What is selected in the list, in its order; else, or in an open article, the current article."""
        selected = self.articles.selected
        if selected and self.current_pane is self.articles:
            listed = [article_id for article_id in self.articles.ids if article_id in selected]
            return listed + sorted(selected.difference(listed))
        current = self.current_article_id()
        return [] if current is None else [current]

    @property
    def _has_selection(self) -> bool:
        return bool(self.articles.selected) and self.current_pane is self.articles

    def action_select(self) -> None:
        article_id = self.current_article_id()
        if article_id is not None:
            self.articles.toggle_selected(article_id)
            if self.current_pane is self.articles:
                self.articles.move(1)
            self.tell_status()

    async def action_select_all(self) -> None:
        await self.listing.complete()
        ids = self.articles.ids
        self.articles.select(ids, on=not self.articles.selected.issuperset(ids))
        self.tell_status()

    async def action_toggle_read(self) -> None:
        if self._has_selection:
            ids = self.chosen_ids()
            read = await self.marking.lacks("read", ids)
            step = await self.listing.set_read(ids, read)
            self._say_many("marked read" if read else "marked unread", step)
            return
        article_id = self.current_article_id()
        if article_id is not None:
            read, _ = await self._marks(article_id)
            self._say_mark("Unread" if read else "Read", await self.listing.set_read([article_id], not read))

    async def action_mark_read(self) -> None:
        if ids := self.chosen_ids():
            await self.listing.set_read(ids, True)

    async def action_toggle_star(self) -> None:
        if self._has_selection:
            ids = self.chosen_ids()
            star = await self.marking.lacks("starred", ids)
            step = await self.listing.set_starred(ids, star)
            self._say_many("starred" if star else "no longer starred", step)
            return
        article_id = self.current_article_id()
        if article_id is not None:
            _, starred = await self._marks(article_id)
            step = await self.listing.set_starred([article_id], not starred)
            self._say_mark("No longer starred" if starred else "Starred", step)
            self.tell_status()

    def _say_many(self, said: str, step: Step) -> None:
        if not step.failed:
            count = len(step.ids if step.change is None else step.change.ids)
            self.host.say_shortly(f"{counted(count, 'article')} {said} · {self.key_of('undo')} undoes")

    def _say_mark(self, said: str, step: Step) -> None:
        """Say what a mark did and how to undo it, in place of what was said of the mark before."""
        if step.failed:
            return
        if step.change is not None and len(step.change.ids) > 1:
            said = f"{said}, with {len(step.change.ids) - 1} more of the story"
        self.host.say_shortly(f"{said} · {self.key_of('undo')} undoes")

    async def action_mark_list_read(self) -> None:
        await self.listing.complete()
        ids = self.articles.ids  # what is listed now, whatever a refresh adds meanwhile
        if await self.listing.unread.is_none():
            self.host.say("All read already")
        else:
            await self._say_bulk(await self.listing.set_read(ids, True))

    async def _say_bulk(self, step: Step) -> None:
        """Say how many stories and articles were marked read, or are about to be."""
        if not step.failed:
            ids = step.ids if step.change is None else step.change.ids
            count = stories_and_articles(await self.library.lists.count_stories(ids), len(ids))
            self.host.say(f"{count} marked read · {self.key_of('undo')} undoes")

    async def action_clear_rest(self) -> None:
        away = self.refreshing.away
        if away is None or not away.ids:
            self.host.say("Nothing has come while you were away", seconds=2)
            return
        step = await self.listing.set_read(away.ids, True, stories=False)
        await self.reload()
        await self._say_bulk(step)

    async def action_split_story(self) -> None:
        article_id = self.current_article_id()
        if article_id is None:
            return
        step = await self.marking.do(
            Step("an article split from its story", lambda _: self.library.marks.split_story(article_id))
        )
        if step.failed:
            return
        split = step.change is None or step.change.ids
        undo = self.key_of("undo")
        self.host.say(
            f"Stands alone from now on · {undo} undoes" if split else "This article stands alone already"
        )

    async def action_undo(self) -> None:
        before = self.library.config
        try:
            said = await self.marking.undo()
        except (TuireaderError, OSError) as error:
            self.host.say(str(error), severity="warning", seconds=10)
            return
        now = self.library.config
        if now is before:
            self.host.say(said)
            return
        if (now.ui, now.keys) != (before.ui, before.keys):
            self.host.take_config()
        await self.config_changed(said)

    async def action_retry_marks(self) -> None:
        self.host.say(await self.marking.retry(), seconds=2)

    async def config_changed(self, said: str) -> None:
        """Say what has changed the configuration, and show what it says now."""
