"""The queue of marks in every order of keys and answers: the screen shows the store, no key is lost."""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import Coroutine, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

import pytest
from msgspec import Struct
from msgspec.structs import replace

from tuireader.errors import DatabaseError
from tuireader.model import Change
from tuireader.ui.controllers import marks
from tuireader.ui.controllers.mark_commands import MarkCommands
from tuireader.ui.controllers.marks import Marks
from tuireader.ui.host import Host

Key = tuple[int, str]  # an article and a mark
State = dict[Key, bool]
TURNS = 3
READ, STARRED, OTHER = (1, "read"), (1, "starred"), (2, "read")
TOGGLES = {"N": READ, "s": STARRED, "j N": OTHER}
PRESSES = (*TOGGLES, "A", "enter")  # of these, undo ignores enter, which opens the first article
ANSWERS = ("stored", "refused")
READS = ("list as stored", "list as refused", "article as stored", "article as refused")
UNDO = ("U", "U as stored", "U as refused")  # also while the store answers a write
EVENTS = (*PRESSES, *UNDO, *ANSWERS, *READS, "retry")
LOCKED = DatabaseError("locked")


class Row(Struct, frozen=True):
    """What of a row has to do with marks."""

    id: int
    read: bool = False
    starred: bool = False
    title: str = "An article"


class Slow:
    """A library of two articles: each write waits until it is let through or refused. Reads are at once."""

    def __init__(self) -> None:
        self.kept = {number: Row(number) for number in (1, 2)}
        self.journal: list[Change] = []
        self.writing: asyncio.Future[None] | None = None
        self.answer_in_read = ""  # the answer to the write that comes while something is read
        self.database = SimpleNamespace(wait_at_most=lambda seconds: None)
        self.paths = SimpleNamespace(database="news.db")
        self.config = SimpleNamespace(ui=SimpleNamespace(read_story=False))
        self.lists, self.marks, self.articles = SimpleNamespace(rows=self.rows), self, self

    async def rows(self, ids: Sequence[int], *, details: bool = False) -> list[Row]:
        found = [self.kept[number] for number in ids]
        await self._answer_in_read()
        return found

    async def get(self, article_id: int, *, ahead: bool) -> Row:
        found = self.kept[article_id]
        await self._answer_in_read()
        return found

    async def lacks(self, mark: str, ids: Sequence[int]) -> bool:
        return not all(getattr(self.kept[number], mark) for number in ids)

    async def newest_step(self, before: int = 0) -> Change | None:
        found = next((step for step in reversed(self.journal) if not before or step.step < before), None)
        await self._answer_in_read()
        return found

    async def _answer_in_read(self) -> None:
        if self.answer_in_read:
            answer, self.answer_in_read = self.answer_in_read, ""
            self.answer(answer)
            await turns()

    async def set_read(self, ids: Sequence[int], *, read: bool, journal: bool, **_: object) -> Change:
        return await self._write("read", ids, read, journal)

    async def set_starred(self, ids: Sequence[int], *, starred: bool) -> Change:
        return await self._write("starred", ids, starred, True)

    async def undo(self, step: Change) -> Change | None:
        await self._turn()
        if not self.journal or self.journal[-1] != step:
            return None
        self.journal.pop()
        self._set(step.mark, step.ids, not step.value)
        return Change(step.what, step.ids, step.mark, not step.value)

    async def _write(self, mark: str, ids: Sequence[int], value: bool, journal: bool) -> Change:
        await self._turn()
        changed = tuple(number for number in ids if getattr(self.kept[number], mark) != value)
        self._set(mark, changed, value)
        step = max((one.step for one in self.journal), default=0) + 1 if changed and journal else 0
        done = Change("marked", changed, mark, value, step)
        self.journal += [done] if step else []
        return done

    def _set(self, mark: str, ids: Sequence[int], value: bool) -> None:
        for number in ids:
            self.kept[number] = replace(self.kept[number], **{mark: value})

    async def _turn(self) -> None:
        self.writing = asyncio.get_running_loop().create_future()
        try:
            await self.writing
        finally:
            self.writing = None

    def answer(self, answer: str) -> None:
        """Let the write that waits through, or refuse it."""
        assert self.writing is not None, "nothing is being written"
        if answer == "stored":
            self.writing.set_result(None)
        else:
            self.writing.set_exception(LOCKED)


class Screen:
    """The rows on the screen, and what is said."""

    is_running = is_attached = True
    is_cosy = False

    def __init__(self) -> None:
        self.shown = {number: Row(number) for number in (1, 2)}
        self.said: list[str] = []
        self.work: list[asyncio.Task[None]] = []

    def row(self, article_id: int) -> Row:
        return self.shown[article_id]

    def in_stories_of(self, ids: object) -> list[int]:
        return []

    def loaded(self, ids: Iterable[int]) -> list[int]:
        return [number for number in self.shown if number in ids]

    def put(self, rows: Iterable[Row]) -> None:
        self.shown |= {row.id: row for row in rows}

    def patch(self, ids: Iterable[int], **marks: bool) -> None:
        self.put(replace(self.shown[number], **marks) for number in ids)

    def run_worker(self, work: Coroutine[Any, Any, None], group: str) -> None:
        self.work.append(asyncio.ensure_future(work))

    def say(self, message: str, **_: object) -> None:
        self.said.append(message)

    say_shortly = say

    def say_no_more(self, group: str = "") -> None:
        pass

    def key_of(self, command: str) -> str:
        return command

    undo_hint = ""


class QueueAlone(Marks):
    """The queue without an app."""

    @property
    def host(self) -> Host:
        return cast(Host, self.articles)


class CommandsAlone(MarkCommands):
    """The commands without an app."""

    @property
    def host(self) -> Host:
        return cast(Host, self.articles)


# -- what a user expects


@dataclass(eq=False)
class Step:
    """A change in the store that can be undone."""

    keys: frozenset[Key]
    value: bool


@dataclass(eq=False)
class Press:
    """Marks set by a key; `step` is its step in the store, `undone`: undo came while it was written."""

    keys: frozenset[Key]
    value: bool
    undoable: bool
    step: Step | None = None
    undone: bool = False


@dataclass(eq=False)
class Undo:
    """Undo of a step, or of a press that was being written."""

    of: Step | Press

    @property
    def step(self) -> Step | None:
        return self.of.step if isinstance(self.of, Press) else self.of


@dataclass
class Expected:
    """What each key and each answer of the store leads to."""

    stored: State = field(default_factory=lambda: dict.fromkeys((READ, STARRED, OTHER), False))
    journal: list[Step] = field(default_factory=list)
    queue: list[Press | Undo] = field(default_factory=list)
    lost: list[Press | Undo] = field(default_factory=list)  # refused; to be retried
    lost_last: bool = False  # whether a press was lost since the last one that was stored

    @property
    def shown(self) -> State:
        shown = dict(self.stored)
        for one in self.queue:
            if isinstance(one, Press):
                if not one.undone:
                    shown |= dict.fromkeys(one.keys, one.value)
            elif one.step is not None:
                shown |= dict.fromkeys(one.step.keys, not one.step.value)
        return shown

    @property
    def waiting(self) -> list[Press]:
        """The presses that undo takes back before anything is stored."""
        return [one for one in self.queue if isinstance(one, Press) and one.undoable and not one.undone]

    @property
    def lost_presses(self) -> list[Press]:
        """The presses that undo takes back because they are the last ones, although they were refused."""
        return [one for one in self.lost if self.lost_last and isinstance(one, Press) and one.undoable]

    def press(self, name: str) -> None:
        if name in TOGGLES:
            keys, value = frozenset([TOGGLES[name]]), not self.shown[TOGGLES[name]]
        else:
            keys, value = frozenset([READ, OTHER] if name == "A" else [READ]), True
        self._append(Press(keys, value, name != "enter"))

    def _append(self, new: Press) -> None:
        for one in self.lost:
            if isinstance(one, Press):
                one.keys -= new.keys
        self.lost = [one for one in self.lost if isinstance(one, Undo) or one.keys]
        self.queue.append(new)

    def undo(self) -> None:
        if self.waiting:
            last = self.waiting[-1]
            if last is self.queue[0]:
                last.undone = True
                self.queue.append(Undo(last))
            else:
                self.queue.remove(last)
        elif self.lost_presses:
            self.lost.remove(self.lost_presses[-1])
        elif self._left:
            self._append_undo(self._left[-1])

    @property
    def _left(self) -> list[Step]:
        undone = {one.step for one in self.queue if isinstance(one, Undo)}
        return [step for step in self.journal if step not in undone]

    def _append_undo(self, step: Step) -> None:
        self.lost = [one for one in self.lost if isinstance(one, Press) or one.step is not step]
        self.queue.append(Undo(step))

    def store(self) -> None:
        one = self.queue.pop(0)
        if isinstance(one, Press):
            changed = frozenset(key for key in one.keys if self.stored[key] != one.value)
            self.stored |= dict.fromkeys(changed, one.value)
            if changed and one.undoable:
                one.step = Step(changed, one.value)
                self.journal.append(one.step)
                self.lost_last = False
        elif one.step is not None and self.journal and self.journal[-1] is one.step:
            self.journal.pop()
            self.stored |= dict.fromkeys(one.step.keys, not one.step.value)
        if self.queue and isinstance(self.queue[0], Undo) and self.queue[0].step is None:
            self.queue.pop(0)  # the store has changed nothing that could be undone

    def refuse(self) -> None:
        lost = [
            one for one in self.queue
            if (not one.undone if isinstance(one, Press) else one.of not in self.queue)
        ]  # fmt: skip
        self.lost += lost
        self.lost_last |= any(isinstance(one, Press) and one.undoable for one in lost)
        self.queue.clear()

    def retry(self) -> None:
        undone = {one.step for one in self.lost if isinstance(one, Undo)}
        presses = [one for one in self.lost if isinstance(one, Press)]
        self.lost, self.lost_last = [], False
        for step in reversed(self.journal):  # undo first, newest first: only the newest step can be undone
            if step in undone:
                self._append_undo(step)
        for press in presses:
            self._append(press)

    def can(self, event: str) -> bool:
        """Return whether an event makes a difference now."""
        if event in ANSWERS or event in READS:
            return bool(self.queue)
        if event == "retry":
            return bool(self.lost)
        if event == "U":
            return bool(self.waiting or self.lost_presses or self._left)
        if event.startswith("U as"):  # it reads from the store only what is not waiting, nor was lost
            return bool(self.queue) and not self.waiting and not self.lost_presses
        return event != "enter" or not self.shown[READ]

    def do(self, event: str) -> None:
        """Apply an event."""
        if event in PRESSES:
            self.press(event)
        if event.endswith("stored"):
            self.store()
        if event.endswith("refused"):
            self.refuse()
        if event.startswith("U"):
            self.undo()
        if event == "retry":
            self.retry()


# -- the comparison


async def turns() -> None:
    for _ in range(TURNS):
        await asyncio.sleep(0)


class Reader:
    """The queue and its commands on a slow library, and what is expected of them."""

    def __init__(self) -> None:
        self.store, self.screen, self.expected = Slow(), Screen(), Expected()
        self.events: list[str] = []
        self.pressed: State = {}  # what was pressed last
        self.chosen: Any = SimpleNamespace(is_selection=False)
        session: Any = SimpleNamespace(shows_read=True, folds=False, kept=set())
        panes: Any = SimpleNamespace(articles=self.screen)
        store: Any = self.store
        listing: Any = None

        def changed() -> None:
            """Update no header or footer."""

        self.queue = QueueAlone(session, store, panes, changed, self._nothing, self._stored)
        self.commands = CommandsAlone(
            session, store, panes, changed, listing, self.queue, cast(Any, self.chosen)
        )

    async def _nothing(self) -> None:
        """Show no marks outside the list."""

    def _stored(self, lists_changed: bool) -> None:
        if lists_changed:
            self.screen.run_worker(self._reload([1]), "reload")  # the second row is out of sight

    async def _reload(self, ids: Sequence[int]) -> None:
        self.screen.put(cast(Any, await self.queue.rows(ids)))

    async def do(self, event: str) -> None:
        """Let something happen here, and in what is expected, and compare both."""
        self.events.append(event)
        self.expected.do(event)
        if event in PRESSES:
            await self._press(event)
        elif " as " in event:
            ask, _, self.store.answer_in_read = event.partition(" as ")
            await (self.queue.undo() if ask == "U" else self._read(ask))
        elif event == "U":
            await self.queue.undo()
        elif event == "retry":
            await self.queue.retry()
        else:
            self.store.answer(event)
        await turns()
        assert self.shown == self.expected.shown, " · ".join(self.events)
        assert self.stored == self.expected.stored, " · ".join(self.events)
        assert bool(self.queue.unsaved) == bool(self.expected.lost), " · ".join(self.events)

    async def _read(self, what: str) -> None:
        if what == "list":
            await self._reload([1, 2])
        else:
            self.screen.put([cast(Any, await self.queue.article(1))])

    async def _press(self, event: str) -> None:
        before = self.shown
        if event in TOGGLES:
            article_id, mark = TOGGLES[event]
            self.chosen.ids = [article_id]
            await (self.commands.toggle_read() if mark == "read" else self.commands.toggle_star())
            self.pressed[TOGGLES[event]] = not before[TOGGLES[event]]
        else:
            ids = [1, 2] if event == "A" else [1]
            await self.commands.set_read(ids, True, journal=event == "A")
            self.pressed |= {(article_id, "read"): True for article_id in ids}

    @property
    def shown(self) -> State:
        return {key: getattr(self.screen.shown[key[0]], key[1]) for key in self.expected.stored}

    @property
    def stored(self) -> State:
        return {key: getattr(self.store.kept[key[0]], key[1]) for key in self.expected.stored}

    async def end(self) -> None:
        """Store everything: nothing that was pressed is lost."""
        while self.expected.queue or self.expected.lost:
            await self.do("stored" if self.expected.queue else "retry")
        assert self.screen.shown == self.store.kept and not self.queue.pending, " · ".join(self.events)
        if not any(event.startswith("U") for event in self.events):
            assert self.stored == self.stored | self.pressed, " · ".join(self.events)
        for task in self.screen.work:
            assert task.done() and task.exception() is None, " · ".join(self.events)


def orders(length: int, start: Sequence[str] = (), events: Sequence[str] = EVENTS) -> Iterator[list[str]]:
    """All orders of some events after a start, without those in which an event has nothing to do."""

    def longer(done: list[str], left: int) -> Iterator[list[str]]:
        if not left:
            yield done
            return
        expected = Expected()
        for event in done:
            expected.do(event)
        for event in events:
            if expected.can(event):
                yield from longer([*done, event], left - 1)

    return longer(list(start), length)


@pytest.fixture(autouse=True)
def no_key_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """No key waits for the store."""
    monkeypatch.setattr(marks, "MOMENT", 0.0)


THREE_STEPS = ("N", "stored", "s", "stored", "j N", "stored")


OLD_LOSS = ("s", "refused", "j N", "stored")  # a mark was lost before the last one that was stored
ONE_ARTICLE = [event for event in EVENTS if event not in ("j N", *READS)]


@pytest.mark.parametrize(
    ("length", "start", "events"),
    [
        *((3, (first,), ONE_ARTICLE) for first in ("N", "A", "enter")),
        (2, ("s", "refused", "enter"), ("U", *ANSWERS)),
        (4, ("N",), ("N", "s", "U", *ANSWERS, "retry")),
        (4, THREE_STEPS, (*UNDO, *ANSWERS, "retry")),
        (3, (*OLD_LOSS, "N"), ("U", *ANSWERS, "enter", "retry")),
        (2, (*OLD_LOSS, "enter"), ("U", *ANSWERS)),
        (2, ("A", "stored", "s", "refused", "A"), ("U", *ANSWERS)),  # the last one changes nothing
        (3, (), ("N", "U", "list as stored", "article as stored", "list as refused", "article as refused")),
    ],
)
async def test_every_order_of_a_few_keys_and_answers(
    length: int, start: Sequence[str], events: Sequence[str]
) -> None:
    for order in orders(length, start, events):
        reader = Reader()
        for event in order:
            await reader.do(event)
        await reader.end()


async def test_long_orders_of_keys_and_answers() -> None:
    chance = random.Random(2)
    for _ in range(60):
        reader = Reader()
        for _ in range(16):
            await reader.do(chance.choice([event for event in EVENTS if reader.expected.can(event)]))
        await reader.end()


async def test_a_mark_that_is_not_stored_yet_is_taken_back_by_the_next_key() -> None:
    reader = Reader()
    await reader.do("s")
    assert not await reader.queue.lacks("starred", [1]) and await reader.queue.lacks("starred", [1, 2])
    await reader.end()


class SlowIds(list[int]):
    """Ids whose set, made in a thread, has to wait."""

    def __init__(self, ids: Iterable[int]) -> None:
        super().__init__(ids)
        self.waits, self.go_on = threading.Event(), threading.Event()

    def __getitem__(self, index: Any) -> Any:
        self.waits.set()
        assert self.go_on.wait(60)
        return super().__getitem__(index)


async def test_a_mark_that_is_undone_while_rows_are_read_is_not_shown_on_them() -> None:
    reader, ids, many = Reader(), SlowIds([2, *[1] * 2_001]), [2, *[1] * 2_001]
    await reader.do("N")
    await reader.commands.set_starred(many, True)
    assert [row.starred for row in await reader.queue.rows([1, 2])] == [True, True]
    await reader.queue.undo()
    await reader.commands.set_read(ids, True)
    rows = asyncio.create_task(reader.queue.rows([2]))
    while not ids.waits.is_set():
        await asyncio.sleep(0)
    undo = asyncio.create_task(reader.queue.undo())
    await turns()
    ids.go_on.set()
    assert [row.read for row in await rows] == [False]
    await undo
    await reader.end()
