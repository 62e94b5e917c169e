"""One change on its way to the store, and its effect on an article."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from tuireader.dedup import label_key
from tuireader.errors import TuireaderError
from tuireader.model import LABEL_MARK, Article, ArticleRow, Change

PLACE = "place"
"""The mark for the reading position in a text."""
_MANY = 2_000  # number of ids from which their set is made in a thread
_PART = 10_000  # number of ids at a time

Marked = TypeVar("Marked", ArticleRow, Article)
Write = Callable[[Sequence[int]], Awaitable[Change | None]]


def _gathered(ids: Sequence[int]) -> frozenset[int]:
    """Make a set in parts: a long call into C would block keys."""
    found: set[int] = set()
    for start in range(0, len(ids), _PART):
        found.update(ids[start : start + _PART])
    return frozenset(found)


@dataclass(slots=True, eq=False)
class Step:
    """Change on its way to the store; `what` describes it for undo.

    `mark` is `read`, `starred`, `label:NAME` or `place`; `""` is a change shown only once it is stored.
    """

    what: str
    write: Write
    mark: str = ""
    ids: Sequence[int] = ()
    value: bool = True
    place: int = 0
    undoable: bool = True
    undoes: Change | None = None  # the stored step that it takes back
    undone_by: Step | None = None  # the pending step that takes this one back
    change: Change | None = None
    trouble: TuireaderError | None = None  # why it was not stored
    taken_back: Callable[[], None] | None = None  # called if it cannot be stored
    awaited: bool = False  # whether a key waits for it
    done: asyncio.Event = field(default_factory=asyncio.Event)
    _among: Collection[int] | None = None

    @property
    def failed(self) -> bool:
        """Return whether it was taken back."""
        return self.trouble is not None

    @property
    def changed_ids(self) -> Sequence[int]:
        """Ids of the articles changed, or to be changed if the step is not stored yet."""
        return self.ids if self.change is None else self.change.ids

    async def among(self) -> Collection[int]:
        """Return the ids of the marked articles as a set."""
        if self._among is None:
            many = len(self.ids) > _MANY
            self._among = await asyncio.to_thread(_gathered, self.ids) if many else frozenset(self.ids)
        return self._among

    def narrow(self, ids: Sequence[int]) -> None:
        """Replace the articles to mark."""
        self.ids, self._among = ids, None

    def on(self, shown: Marked) -> Marked:
        """Return an article with this mark applied."""
        if self.mark == "read":
            return replace(shown, read=self.value)
        if self.mark == "starred":
            return replace(shown, starred=self.value)
        if self.mark.startswith(LABEL_MARK):
            return replace(shown, labels=self._labels(shown.labels))
        if self.mark == PLACE and isinstance(shown, Article):
            return replace(shown, place=self.place)
        return shown

    def _labels(self, labels: tuple[str, ...]) -> tuple[str, ...]:
        name = self.mark.removeprefix(LABEL_MARK)
        others = tuple(label for label in labels if label_key(label) != label_key(name))
        if self.value:
            return labels if len(others) < len(labels) else (*others, name)
        return others
