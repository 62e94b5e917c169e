"""Queue of marks: shown at once, written in order, taken back if they cannot be stored."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from msgspec.structs import replace

from tuireader.dedup import label_key
from tuireader.errors import DatabaseError, TuireaderError
from tuireader.model import LABEL_MARK, Article, ArticleRow, Change, Label
from tuireader.ui.controllers.controller import Controller
from tuireader.ui.controllers.mark_steps import UNSEEN, Marked, State, Step, Unsaved
from tuireader.ui.workers import wait_at_most

MOMENT = 0.1  # maximum seconds that a key waits for its mark to be stored, if no other mark is waiting
PATIENCE = 10.0  # seconds that marks wait for another program to finish writing before they are taken back
LAST = 0.7  # maximum seconds that the exit waits for marks

Answer = TypeVar("Answer")

_CHANGED_SINCE = "Nothing undone: another program made changes since"
_UNSAVED = "unsaved"  # group of the toasts about marks that could not be stored


@dataclass(eq=False)
class Marks(Controller):
    """Queue of changes that are not stored yet; `State` shows what happens to each of them.

    Changes are written one by one. If the store cannot be written in time, all pending changes are taken back
    together and kept for `retry`. `shown` updates marks shown outside the list; `stored` runs after a change:
    with True, lists must be read again, else counts are enough.
    """

    shown: Callable[[], Awaitable[None]]
    stored: Callable[[bool], None]

    def __post_init__(self) -> None:
        self._queue: deque[Step] = deque()  # WAITING, but for the first one while a worker is writing it
        self._unsaved = Unsaved()
        self._era = 0  # changes whenever the queue gets shorter
        self._idle = asyncio.Event()  # cleared while a worker empties the queue
        self._idle.set()
        self._listed = False  # whether a list was read from the store while something was pending
        self.library.database.wait_at_most(PATIENCE)

    @property
    def pending(self) -> bool:
        return bool(self._queue)

    def listed(self) -> None:
        """Note that a list is being read: read it again once the changes now pending are stored."""
        self._listed = self._listed or self.pending

    async def steady(self, read: Callable[[], Awaitable[Answer]]) -> Answer:
        """Repeat a read until no change leaves the queue meanwhile: the answer could lack that change."""
        while True:
            era = self._era
            answer = await read()
            if era == self._era:
                return answer

    async def rows(self, ids: Sequence[int]) -> list[ArticleRow]:
        """Read rows with the pending marks."""

        async def read() -> list[ArticleRow]:
            rows = await self.library.lists.rows(ids, details=self.articles.is_cosy)
            return [await self._with_marks(row) for row in rows] if self._queue else rows

        return await self.steady(read)

    async def article(self, article_id: int, *, ahead: bool = False) -> Article | None:
        """Read an article with the pending marks."""

        async def read() -> Article | None:
            article = await self.library.articles.get(article_id, ahead=ahead)
            return await self._with_marks(article) if article is not None else None

        return await self.steady(read)

    async def _with_marks(self, article: Marked) -> Marked:
        for step in tuple(self._queue):
            if step.is_shown and article.id in await step.among():
                article = step.on(article)
        return article

    async def unread(self, stored: Iterable[int]) -> set[int]:
        """Apply the pending marks to the ids of the articles that are unread in the store."""
        unread = set(stored)
        for step in self._shown("read"):
            unread = unread - set(await step.among()) if step.value else unread | set(await step.among())
        return unread

    async def lacks(self, mark: str, ids: Sequence[int]) -> bool:
        """Return True if any of the articles is shown without the mark."""
        left = ids
        for step in reversed(self._shown(mark)):
            among = await step.among()
            if not step.value and any(article_id in among for article_id in left):
                return True
            left = [article_id for article_id in left if article_id not in among]
        return bool(left) and await self.library.marks.lacks(mark, left)

    def _shown(self, mark: str) -> list[Step]:
        return [step for step in self._queue if step.is_shown and step.mark == mark]

    async def labels(self, ids: Sequence[int]) -> list[Label]:
        """Count the articles of each label, in all and among these articles, pending changes included."""
        known = {label_key(label.name): label for label in await self.library.labels.all(ids)}
        for step in tuple(self._queue):
            if not (step.is_shown and step.is_label):
                continue
            name, among = step.mark.removeprefix(LABEL_MARK), await step.among()
            label = known.get(label_key(name), Label(name, 0))
            here = sum(article_id in among for article_id in ids)
            chosen = max(label.chosen, here) if step.value else min(label.chosen, len(ids) - here)
            articles = label.articles + chosen - label.chosen
            known[label_key(name)] = replace(label, articles=articles, chosen=chosen)
        return list(known.values())

    @property
    def _has_list(self) -> bool:
        return self.articles.is_running and self.articles.is_attached

    async def show(self, ids: Collection[int]) -> None:
        """Show the current state of articles, including pending changes."""
        if ids and self._has_list:
            self.articles.put(await self.rows(self.articles.loaded(ids)))
            await self.shown()

    async def do(self, step: Step, *, wait: bool = True) -> Step:
        """Put a change in the queue.

        If the queue was empty, the key waits a moment, so that the toast can say what was changed. Raises
        TuireaderError if the change is refused in that time.
        """
        wait = wait and not self._queue
        if self._unsaved.steps:
            await self._unsaved.supersede(step)
            if not self._unsaved.steps:
                self.host.say_no_more(_UNSAVED)
        self._queue.append(step)
        if self._idle.is_set():
            self._idle.clear()
            self.articles.run_worker(self._work(), group="marks")
        if wait:
            step.awaited = True
            await wait_at_most(MOMENT, step.done)
            step.awaited = False
        if step.state is State.REFUSED and step.trouble is not None:
            raise step.trouble
        return step

    async def _work(self) -> None:
        try:
            while self._queue:
                await self._write(self._queue[0])
        finally:
            for step in self._queue:  # the worker was cancelled
                step.state = State.WAITING
            self._idle.set()

    async def _write(self, step: Step) -> None:
        step.state = State.WRITING
        try:
            step.change = await step.write(step.ids)
        except DatabaseError as error:
            await self._take_back(error)
            return
        except TuireaderError as error:
            step.state, step.trouble = State.REFUSED, error
        except Exception:  # a crash
            self._give_up("")
            raise
        self._queue.popleft()
        self._era += 1
        if step.trouble is not None:
            await self.show(await step.among())
            if not step.awaited and self._has_list:
                self.host.report(step.trouble)
        else:
            step.state, change = State.STORED, step.change
            step.what = step.what if change is None else change.what
            if change is not None and change.step:
                if step.undone_by is not None:
                    step.undone_by.take_back(step, change)
                if step.undoable:
                    self._unsaved.are_newest = False
            await self._show_stored(step)
        step.done.set()

    async def _show_stored(self, step: Step) -> None:
        change = step.change
        if step.mark in UNSEEN or not self._has_list:
            return
        if step.undoes is not None and change is None:
            if not step.awaited:
                self.host.say(_CHANGED_SINCE)
            await self.show(await step.among())
        if change is not None and (step.is_label or len(change.ids) > len(step.ids)):  # others of the story
            await self.show(change.ids)
        elif change is not None and step.mark == "read":  # others count it as read
            await self.show(self.articles.in_stories_of(await step.among()))
        if step.undoes is not None or not step.is_shown:
            self._listed = True
        reads_again = self._listed and not self._queue
        if reads_again:
            self._listed = False
        self.stored(reads_again)

    async def _take_back(self, error: DatabaseError) -> None:
        """Take back all pending changes; those not undone meanwhile can be retried."""
        steps = self._give_up(error.message)
        for step in steps:
            step.trouble = error
            if step.on_unsaved is not None:
                step.on_unsaved()
        ids = frozenset[int]().union(*[await step.among() for step in steps])
        await self.show(ids)
        for step in steps:
            step.done.set()
        if self._has_list:
            reason = error.message.replace(f" {self.library.paths.database}", "")
            message = (
                f"{self._unsaved.describe()}: {reason}. Press {self.host.key_of('retry_marks')} to retry"
            )
            self.host.say(message, severity="error", seconds=10, group=_UNSAVED)
            self.stored(True)

    def _give_up(self, reason: str) -> list[Step]:
        """Empty the queue and return its steps."""
        steps = list(self._queue)
        self._queue.clear()
        self._era += 1
        for step in steps:
            step.state = State.UNSAVED
        self._unsaved.add(steps, reason)
        return steps

    async def retry(self) -> str:
        """Retry the changes that were taken back; return the text of a toast."""
        steps = self._unsaved.take()
        if not steps:
            return "Nothing to retry"
        self.host.say_no_more(_UNSAVED)
        for step in steps:
            step.state, step.trouble = State.WAITING, None
            await self.do(step, wait=False)
            await self.show(await step.among())
        await wait_at_most(MOMENT, self._idle)
        if self._unsaved.steps:
            return ""
        return "Retrying …" if self.pending else "Saved"

    async def undo(self) -> str:
        """Undo the newest change, pending or stored; return the text of a toast."""
        while True:
            pending = [step for step in self._queue if step.undoable and step.undone_by is None]
            if pending:
                return await self._withdraw(pending[-1])
            if dropped := self._unsaved.drop_newest():
                self.host.say_no_more(_UNSAVED)
                return f"Not retried: {dropped.what}"
            era = self._era
            before = min((step.undoes.step for step in self._queue if step.undoes is not None), default=0)
            newest = await self.library.marks.newest_step(before)
            if era == self._era:
                break
        if newest is None:
            return "Nothing to undo"
        if newest.config is not None:
            undone = await self.library.marks.undo(newest)
            return f"Undone: {newest.what}" if undone else _CHANGED_SINCE
        step = Step(
            newest.what,
            lambda _: self.library.marks.undo(newest),
            mark=newest.mark,
            ids=newest.ids,
            value=not newest.value,
            undoable=False,
            undoes=newest,
        )
        title = await self._title(newest.ids)
        await self.do(step)
        if step.failed:
            return ""
        await self.show(await step.among())
        if step.done.is_set() and step.change is None:
            return _CHANGED_SINCE
        return f"Undone: {newest.what}{title}"

    async def _withdraw(self, step: Step) -> str:
        """Take back a pending change; one being written may reach the store first."""
        if step.state is State.WAITING:
            step.state = State.WITHDRAWN
            self._queue.remove(step)
            self._era += 1
            step.done.set()
        else:

            async def take_back(_: Sequence[int]) -> Change | None:
                stored = step.change
                return await self.library.marks.undo(stored) if stored is not None and stored.step else None

            step.undone_by = Step(step.what, take_back, undoable=False)
            await self.do(step.undone_by, wait=False)
        title = await self._title(step.ids)
        await self.show(await step.among())
        return f"Undone: {step.what}{title}"

    async def _title(self, ids: Sequence[int]) -> str:
        """` · TITLE` for a toast about one article, else `""`."""
        rows = await self.library.lists.rows(ids) if len(ids) == 1 else []
        return f" · {rows[0].title}" if rows else ""

    async def finish(self) -> None:
        """Store pending changes at exit, with a time limit."""
        if self._queue and self._idle.is_set():  # after a crash
            await asyncio.wait([work := asyncio.ensure_future(self._work())], timeout=LAST)
            self.library.database.wait_at_most(0)
            await work
        await wait_at_most(LAST, self._idle)
        self.library.database.wait_at_most(MOMENT)  # writes waiting for another program give up
        await self._idle.wait()

    @property
    def unsaved(self) -> str:
        """Message about unsaved changes, or `""`."""
        if not self._unsaved.steps:
            return ""
        return ": ".join(filter(None, (self._unsaved.describe("1 mark not saved"), self._unsaved.reason)))
