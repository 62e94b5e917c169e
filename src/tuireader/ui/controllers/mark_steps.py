"""Changes on their way to the store: their states, and their effect on an article."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from enum import Enum, auto
from typing import TypeVar

from msgspec import Struct, field
from msgspec.structs import replace

from tuireader.dedup import label_key
from tuireader.errors import TuireaderError
from tuireader.model import LABEL_MARK, Article, ArticleRow, Change
from tuireader.text.wording import counted

PLACE = "place"  # the mark for the reading position in a text
UNSEEN = (PLACE, OPENED := "opened")  # marks that no list shows
_MANY = 2_000  # number of ids from which their set is made in a thread
_PART = 10_000  # number of ids at a time

Marked = TypeVar("Marked", ArticleRow, Article)
Write = Callable[[Sequence[int]], Awaitable[Change | None]]


class State(Enum):
    """State of a change on its way to the store.

    ::

        do ──▶ WAITING ──▶ WRITING ──▶ STORED
                ▲ │ │         ├──────▶ REFUSED     by the library: reported and forgotten
                │ │ └─────────┴──────▶ UNSAVED     the store cannot be written: all pending changes at once
                │ │                       │
                │ │         retry         │
                └─┼───────────────────────┘
                  └──────── undo ────▶ WITHDRAWN

    A change in WRITING cannot be withdrawn: undo queues another one that takes it back (`undone_by`).
    """

    WAITING = auto()
    WRITING = auto()
    STORED = auto()
    REFUSED = auto()
    UNSAVED = auto()
    WITHDRAWN = auto()


def _id_set(ids: Sequence[int]) -> frozenset[int]:
    """Build the set in parts: a long call into C would block keys."""
    parts: set[int] = set()
    for start in range(0, len(ids), _PART):
        parts.update(ids[start : start + _PART])
    return frozenset(parts)


class Step(Struct, eq=False):
    """Change of articles; `what` describes it for undo, with the number of those that changed once stored.

    `mark` is `read`, `starred`, `label:NAME`, `place` or `opened`; `""` is a change shown only once
    it is stored.
    """

    what: str
    write: Write
    mark: str = ""
    ids: Sequence[int] = ()
    value: bool = True
    place: int = 0
    undoable: bool = True
    undoes: Change | None = None  # the stored change that it takes back
    undone_by: Step | None = None  # the pending step that takes this one back
    state: State = State.WAITING
    change: Change | None = None  # as stored
    trouble: TuireaderError | None = None  # why it is refused or unsaved
    on_unsaved: Callable[[], None] | None = None  # called if it cannot be stored
    awaited: bool = False  # whether a key waits for it
    done: asyncio.Event = field(default_factory=asyncio.Event)  # set once its end is shown
    _among: Collection[int] | None = None

    @property
    def failed(self) -> bool:
        return self.state in (State.REFUSED, State.UNSAVED)

    @property
    def is_shown(self) -> bool:
        """True if articles are shown with this change: it has a mark and is not being undone."""
        return bool(self.mark) and self.undone_by is None

    @property
    def is_label(self) -> bool:
        return self.mark.startswith(LABEL_MARK)

    @property
    def changed_ids(self) -> Sequence[int]:
        """Ids of the articles changed, or to be changed if the step is not stored yet."""
        return self.ids if self.change is None else self.change.ids

    async def among(self) -> Collection[int]:
        """Return `ids` as a set, built in a thread if they are many."""
        if self._among is None:
            many = len(self.ids) > _MANY
            self._among = await asyncio.to_thread(_id_set, self.ids) if many else frozenset(self.ids)
        return self._among

    def narrow(self, ids: Sequence[int]) -> None:
        self.ids, self._among = ids, None

    def take_back(self, step: Step, change: Change) -> None:
        """Hide a step that was stored after this one was queued to undo it."""
        self.mark, self.value, self.undoes = step.mark, not step.value, change
        self.narrow(change.ids)

    def on(self, article: Marked) -> Marked:
        if self.mark == "read":
            return replace(article, read=self.value)
        if self.mark == "starred":
            return replace(article, starred=self.value)
        if self.is_label:
            return replace(article, labels=self._labels(article.labels))
        if self.mark == PLACE and isinstance(article, Article):
            return replace(article, place=self.place)
        return article

    def _labels(self, labels: tuple[str, ...]) -> tuple[str, ...]:
        name = self.mark.removeprefix(LABEL_MARK)
        others = tuple(label for label in labels if label_key(label) != label_key(name))
        if self.value:
            return labels if len(others) < len(labels) else (*others, name)
        return others


class Unsaved(Struct):
    """Steps in state `UNSAVED`, oldest first."""

    steps: list[Step] = field(default_factory=list)
    reason: str = ""
    are_newest: bool = False  # whether no undoable change was stored since: undo drops one of them first

    def add(self, pending: Sequence[Step], reason: str) -> None:
        """Add the pending changes that were not being undone."""
        undos = {id(step.undone_by) for step in pending}
        lost = [step for step in pending if step.undone_by is None and id(step) not in undos]
        self.steps += lost
        self.reason = reason
        self.are_newest = self.are_newest or any(step.undoable for step in lost)

    async def supersede(self, newer: Step) -> None:
        """Drop what a newer step makes obsolete."""
        among = await newer.among()
        for step in self.steps:
            if step.undoes is None and step.mark == newer.mark:
                step.narrow([article_id for article_id in step.ids if article_id not in among])
        self.steps = [
            step
            for step in self.steps
            if (step.ids or not step.mark) and (step.undoes is None or step.undoes != newer.undoes)
        ]

    def drop_newest(self) -> Step | None:
        """Remove the newest undoable step, unless another change was stored since."""
        undoable = [step for step in self.steps if step.undoable and self.are_newest]
        if not undoable:
            return None
        self.steps.remove(undoable[-1])
        return undoable[-1]

    def take(self) -> list[Step]:
        """Remove all steps. Undo comes first, its newest first: the store undoes only its newest step."""
        steps, self.steps = self.steps, []
        return sorted(steps, key=lambda step: -step.undoes.step if step.undoes is not None else 0)

    def describe(self, single: str = "Not saved") -> str:
        """Return `3 marks not saved`, or `single` for one mark."""
        marks = sum(step.mark not in UNSEEN for step in self.steps)
        if not marks:
            return "Your place in the text was not saved"
        return single if marks == 1 else f"{counted(marks, 'mark')} not saved"
