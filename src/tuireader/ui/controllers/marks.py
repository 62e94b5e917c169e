"""Queue of marks: shown at once, written in order, taken back if they cannot be stored."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from tuireader.dedup import label_key
from tuireader.errors import DatabaseError, TuireaderError
from tuireader.model import LABEL_MARK, Article, ArticleRow, Change, Label
from tuireader.text.wording import counted
from tuireader.ui.controllers.controller import Controller
from tuireader.ui.controllers.mark_steps import PLACE, Marked, Step
from tuireader.ui.workers import wait_at_most

MOMENT = 0.1
"""Maximum seconds that a key waits for its mark to be stored, if no other mark is waiting."""
PATIENCE = 10.0
"""Seconds that marks wait for another program to finish writing before they are taken back."""
LAST = 0.7
"""Maximum seconds that the exit waits for marks."""
_CHANGED_SINCE = "Nothing undone: another program made changes since"
_UNSAVED = "unsaved"  # group of the toasts about marks that could not be stored


@dataclass(eq=False)
class Marks(Controller):
    """Queue of changes that are not stored yet. `shown` updates marks shown outside the list;
    `stored` runs after a change: with True, lists must be read again, else counts are enough.

    Changes are written one by one. If the store cannot be written in time, all pending changes are taken back
    together and kept for `retry`.
    """

    shown: Callable[[], Awaitable[None]]
    stored: Callable[[bool], None]

    def __post_init__(self) -> None:
        self._queue: deque[Step] = deque()
        self._writing: Step | None = None
        self._idle = asyncio.Event()  # cleared while a worker empties the queue
        self._idle.set()
        self._era = 0  # changes whenever the queue gets shorter
        self._listed = False  # whether a list was read from the store while something was pending
        self._failed: list[Step] = []
        self._failed_last = False  # whether no undoable change was stored since
        self._reason = ""
        self.library.database.wait_at_most(PATIENCE)

    # -- what is shown

    @property
    def pending(self) -> bool:
        """Return whether a change is not stored yet."""
        return bool(self._queue)

    def listed(self) -> None:
        """Note that a list is being read: read it again once the changes now pending are stored."""
        self._listed = self._listed or self.pending

    async def rows(self, ids: Sequence[int]) -> list[ArticleRow]:
        """Read rows with the pending marks."""
        while True:
            era = self._era
            rows = await self.library.lists.rows(ids)
            shown = [await self._with_marks(row) for row in rows] if self._queue else rows
            if era == self._era:
                return shown

    async def article(self, article_id: int, *, ahead: bool = False) -> Article | None:
        """Read an article with the pending marks."""
        while True:
            era = self._era
            article = await self.library.articles.get(article_id, ahead=ahead)
            shown = await self._with_marks(article) if article is not None else None
            if era == self._era:
                return shown

    async def _with_marks(self, shown: Marked) -> Marked:
        for step in tuple(self._queue):
            if step.undone_by is None and step.mark and shown.id in await step.among():
                shown = step.on(shown)
        return shown

    async def unread(self, found: Iterable[int]) -> set[int]:
        """Apply the pending marks to the unread articles of the store."""
        unread = set(found)
        for step in self._shown("read"):
            unread = unread - set(await step.among()) if step.value else unread | set(await step.among())
        return unread

    async def lacks(self, mark: str, ids: Sequence[int]) -> bool:
        """Return whether any of the articles is shown without the mark."""
        left = ids
        for step in reversed(self._shown(mark)):
            among = await step.among()
            if not step.value and any(article_id in among for article_id in left):
                return True
            left = [article_id for article_id in left if article_id not in among]
        return bool(left) and await self.library.marks.lacks(mark, left)

    def _shown(self, mark: str) -> list[Step]:
        return [step for step in self._queue if step.undone_by is None and step.mark == mark]

    async def labels(self, ids: Sequence[int]) -> list[Label]:
        """Return all labels with their counts in all and in these articles, pending changes included."""
        known = {label_key(label.name): label for label in await self.library.labels.all(ids)}
        for step in tuple(self._queue):
            if step.undone_by is not None or not step.mark.startswith(LABEL_MARK):
                continue
            name, among = step.mark.removeprefix(LABEL_MARK), await step.among()
            label = known.get(label_key(name), Label(name, 0))
            here = sum(article_id in among for article_id in ids)
            chosen = max(label.chosen, here) if step.value else min(label.chosen, len(ids) - here)
            articles = label.articles + chosen - label.chosen
            known[label_key(name)] = replace(label, articles=articles, chosen=chosen)
        return list(known.values())

    @property
    def _is_shown(self) -> bool:
        return self.articles.is_running and self.articles.is_attached

    async def show(self, ids: Collection[int]) -> None:
        """Show the current state of articles, including pending changes."""
        if ids and self._is_shown:
            self.articles.put(await self.rows(self.articles.loaded(ids)))
            await self.shown()

    # -- changes

    async def do(self, step: Step, *, wait: bool = True) -> Step:
        """Put a change in the queue.

        If the queue was empty, the key waits a moment, so that the toast can say what was changed. Raises
        TuireaderError if the change is refused in that time.
        """
        wait = wait and not self._queue
        await self._supersede(step)
        self._queue.append(step)
        if self._idle.is_set():
            self._idle.clear()
            self.articles.run_worker(self._work(), group="marks")
        if wait:
            step.awaited = True
            await wait_at_most(MOMENT, step.done)
            step.awaited = False
        if step.trouble is not None and not isinstance(step.trouble, DatabaseError):
            raise step.trouble
        return step

    async def _work(self) -> None:
        try:
            while self._queue:
                await self._write(self._queue[0])
        finally:
            self._writing = None
            self._idle.set()

    async def _write(self, step: Step) -> None:
        self._writing = step
        try:
            step.change = await step.write(step.ids)
        except DatabaseError as error:
            self._writing = None
            await self._take_back(error)
            return
        except TuireaderError as error:
            step.trouble = error
        except Exception:  # a crash
            self._give_up("")
            raise
        self._writing = None
        self._queue.popleft()
        self._era += 1
        if step.trouble is not None:
            await self.show(await step.among())
            if not step.awaited and self._is_shown:
                self.host.report(step.trouble)
            step.done.set()
            return
        change = step.change
        if step.undone_by is not None and change is not None and change.step:
            undo = step.undone_by  # from now on it must hide the stored change
            undo.mark, undo.value, undo.undoes = step.mark, not step.value, change
            undo.narrow(change.ids)
        if step.undoable and change is not None and change.step:
            self._failed_last = False
        await self._show_stored(step)
        step.done.set()

    async def _show_stored(self, step: Step) -> None:
        change = step.change
        if step.mark == PLACE or not self._is_shown:
            return
        if step.undoes is not None and change is None:
            if not step.awaited:
                self.host.say(_CHANGED_SINCE)
            await self.show(await step.among())
        label = step.mark.startswith(LABEL_MARK)
        if change is not None and (label or len(change.ids) > len(step.ids)):  # others of the story, too
            await self.show(change.ids)
        if step.undoes is not None or step.undone_by is not None or not step.mark:
            self._listed = True
        if self._listed and not self._queue:
            self._listed = False
            self.stored(True)
        else:
            self.stored(False)

    async def _take_back(self, error: DatabaseError) -> None:
        """Take back all pending changes; those not undone meanwhile can be retried."""
        steps = self._give_up(error.message)
        for step in steps:
            step.trouble = error
            if step.taken_back is not None:
                step.taken_back()
        ids = frozenset[int]().union(*[await step.among() for step in steps])
        await self.show(ids)
        for step in steps:
            step.done.set()
        if self._is_shown:
            self._say_unsaved()
            self.stored(True)

    def _give_up(self, reason: str) -> list[Step]:
        """Empty the queue; note the changes in it that are lost. Returns all of them."""
        steps = list(self._queue)
        self._queue.clear()
        self._era += 1
        self._reason = reason
        takers = {id(step.undone_by) for step in steps}
        lost = [step for step in steps if step.undone_by is None and id(step) not in takers]
        self._failed += lost
        self._failed_last = self._failed_last or any(step.undoable for step in lost)
        return steps

    def _say_unsaved(self) -> None:
        reason = self._reason.replace(f" {self.library.paths.database}", "")
        key = self.host.key_of("retry_marks")
        message = f"{self._what_is_lost()}: {reason}. Press {key} to retry"
        self.host.say(message, severity="error", seconds=10, group=_UNSAVED)

    def _what_is_lost(self, single: str = "Not saved") -> str:
        marks = sum(step.mark != PLACE for step in self._failed)
        if not marks:
            return "Your place in the text was not saved"
        return single if marks == 1 else f"{counted(marks, 'mark')} not saved"

    async def _supersede(self, step: Step) -> None:
        """Do not retry changes that a newer step has superseded."""
        if not self._failed:
            return
        among = await step.among()
        for old in self._failed:
            if old.undoes is None and old.mark == step.mark:
                old.narrow([article_id for article_id in old.ids if article_id not in among])
        self._failed = [
            old
            for old in self._failed
            if (old.ids or not old.mark) and (old.undoes is None or old.undoes != step.undoes)
        ]
        if not self._failed:
            self.host.say_no_more(_UNSAVED)

    async def retry(self) -> str:
        """Retry the changes that were taken back; return the text of a toast."""
        # undo first, newest step first: the store undoes only its newest step
        steps = sorted(self._failed, key=lambda step: -step.undoes.step if step.undoes is not None else 0)
        self._failed = []
        if not steps:
            return "Nothing to retry"
        self.host.say_no_more(_UNSAVED)
        for step in steps:
            step.trouble = None
            await self.do(step, wait=False)
            await self.show(await step.among())
        await wait_at_most(MOMENT, self._idle)
        if self._failed:
            return ""
        return "Retrying …" if self.pending else "Saved"

    # -- undo

    async def undo(self) -> str:
        """Undo the newest change, pending or stored; return the text of a toast."""
        while True:
            pending = [one for one in self._queue if one.undoable and one.undone_by is None]
            if pending:
                return await self._withdraw(pending[-1])
            if self._failed_last and (lost := [one for one in self._failed if one.undoable]):
                self._failed.remove(lost[-1])  # it is the one to undo
                self.host.say_no_more(_UNSAVED)
                return f"Not retried: {lost[-1].what}"
            era = self._era
            found = await self.library.marks.newest_step(
                min((one.undoes.step for one in self._queue if one.undoes is not None), default=0)
            )
            if era == self._era:
                break
        if found is None:
            return "Nothing to undo"
        if found.config is not None:
            undone = await self.library.marks.undo(found)
            return f"Undone: {found.what}" if undone else _CHANGED_SINCE
        step = Step(
            found.what,
            lambda _: self.library.marks.undo(found),
            found.mark,
            found.ids,
            not found.value,
            undoable=False,
            undoes=found,
        )
        title = await self._title(found.ids)
        await self.do(step)
        if step.failed:
            return ""
        await self.show(await step.among())
        if step.done.is_set() and step.change is None:
            return _CHANGED_SINCE
        return f"Undone: {found.what}{title}"

    async def _withdraw(self, step: Step) -> str:
        """Take back a pending change; one being written may reach the store first."""
        if step is not self._writing:
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
        """Return the title if there is only one article, for a toast."""
        rows = await self.library.lists.rows(ids) if len(ids) == 1 else []
        return f" · {rows[0].title}" if rows else ""

    # -- exit

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
        what = self._what_is_lost("1 mark not saved") if self._failed else ""
        return ": ".join(filter(None, (what, self._reason if what else "")))
