"""Searches: run an expression, keep its history, save it."""

from __future__ import annotations

import json
from array import array
from collections.abc import Callable, Sequence

from tuireader import ingest, query
from tuireader.config import ViewConfig
from tuireader.errors import UsageError
from tuireader.library import watching
from tuireader.library.context import UseCases
from tuireader.store import Store
from tuireader.text import clean

_HISTORY = "searches"
_REMEMBERED = 50


class Searches(UseCases):
    """Expressions over all stored articles."""

    async def run(
        self,
        text: str,
        *,
        limit: int = 2000,
        ranked: bool = False,
        tell: Callable[[array[int]], None] = lambda found: None,
    ) -> tuple[array[int], str]:
        """Ids matching an expression, and `""` or why it cannot be understood or answered. Never raises.

        Newest first; if `ranked`, of the newest some thousand the most relevant first.

        In small steps: a search that has to look at every article lets other questions through, and ends
        when it is cancelled. With a small `limit` it ends as soon as so many are found. `tell` is told
        after each step what was found so far.
        """
        parsed = query.parse(text)
        if isinstance(parsed, query.QueryError):
            return array("q"), parsed.caret()
        now, names = self._context.now(), self._context.feed_names
        steps = await self._pool.read(
            lambda store: store.search.find_in_steps(
                parsed,
                now=now,
                subject=lambda found: ingest.subject(found, names),
                limit=limit,
                ranked=ranked,
            )
        )
        ids: array[int] = array("q")
        while (more := await self._pool.read_or_stop(lambda _: next(steps, None))) is not None:
            if trouble := query.disabled_reason(parsed):
                return array("q"), trouble
            ids.extend(more)
            tell(ids)
        return ids, ""

    async def snippets(
        self, ids: Sequence[int], expression: str
    ) -> list[tuple[str, tuple[tuple[int, int], ...]]]:
        """For each of `ids` the sentence that an expression hits best, and where in it. Never raises."""
        now = self._context.now()
        return await self._pool.read(
            lambda store: watching.snippets(store, ids, expression, self._context.feed_names, now)
        )

    async def history(self) -> list[str]:
        """The expressions that were searched for, newest first, at most fifty."""
        stored = await self._pool.read(lambda store: store.lists.fact(_HISTORY))
        return texts_of(stored)

    async def remember(self, expression: str) -> None:
        """Put an expression on top of the history; an empty one is nothing to remember."""
        text = clean(expression)
        if not text:
            return

        def remember(store: Store) -> None:
            others = [other for other in texts_of(store.lists.fact(_HISTORY)) if other != text]
            store.lists.set_fact(_HISTORY, json.dumps([text, *others][:_REMEMBERED]))

        await self._context.transact(remember)

    @property
    def saved(self) -> tuple[ViewConfig, ...]:
        """The searches that were saved, in config order; each is shown by a QUERY view of its expression."""
        return self._context.config.views

    async def save(self, name: str, expression: str, replaces: str = "") -> None:
        """Save a search under a name; a view of that name, or the one `replaces`, becomes this one.

        Raises ConfigError.
        """
        from tuireader.config import edit

        view = ViewConfig(name.strip(), expression.strip())
        await self._context.change_config(lambda text: edit.set_view(text, view, replaces))

    async def remove(self, name: str) -> None:
        """Forget a saved search. Raises ConfigError when there is none of that name."""
        from tuireader.config import edit

        await self._context.change_config(lambda text: edit.remove_view(text, name))

    async def advice(self, text: str) -> tuple[str, ...]:
        """What seems not to be meant in an expression; empty for one that cannot be understood."""
        return tuple(map(str, await self._context.advised(watching.of_text, text)))

    async def try_out(self, text: str, days: int | None = None) -> watching.Report:
        """How often an expression hits what is stored. Raises UsageError when that cannot be told."""
        parsed = query.parse(text)
        if isinstance(parsed, query.QueryError):
            raise UsageError(parsed.caret())
        now = self._context.now()
        found = await self._pool.read(
            lambda store: watching.hits_of(store, parsed, days, self._context.feed_names, now)
        )
        if trouble := query.disabled_reason(parsed):
            raise UsageError(trouble)
        return found


def texts_of(stored: str) -> list[str]:
    """The texts of a JSON list; none if it is something else."""
    try:
        found = json.loads(stored or "[]")
    except ValueError:
        return []
    return [text for text in found if isinstance(text, str)] if isinstance(found, list) else []
