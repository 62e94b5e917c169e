"""Searches: run an expression, keep its history, save it."""

from __future__ import annotations

import json
from array import array
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from tuireader import ingest, query, watch
from tuireader.config import ViewConfig, edit
from tuireader.errors import UsageError
from tuireader.library.context import UseCases
from tuireader.library.watching import advice as watch_advice
from tuireader.model import Evidence
from tuireader.store import Store
from tuireader.text import clean

if TYPE_CHECKING:
    from tuireader.library.meaning import Meanings
    from tuireader.library.watching.reports import Report

_HISTORY = "searches"
_REMEMBERED = 50
MOST_LIKE = 200
"""Maximum results of a search by meaning; what follows is hardly like it."""


class Searches(UseCases):
    """Expressions over all stored articles."""

    _meanings: Meanings

    async def run(
        self,
        text: str,
        *,
        limit: int = 2000,
        ranked: bool = False,
        likes: bool = False,
        tell: Callable[[array[int]], None] = lambda article: None,
    ) -> tuple[array[int], str]:
        """Find the ids that match an expression; return them with an error message or `""`. Never raises.

        Newest first; if `ranked`, the most relevant of the newest few thousand first. Runs in small steps,
        between which other requests run, until cancelled or until `limit` results are found. After each step,
        calls `tell` with the results so far. With `likes`, the expression may have `like:`, which finds at
        most `MOST_LIKE`, the closest first.
        """
        parsed, order = query.parse(text, likes=likes), None
        if isinstance(parsed, query.QueryError):
            return array("q"), parsed.caret()
        if parsed.like:
            order, trouble = await self._meanings.nearest(parsed.like)
            if trouble:
                return array("q"), trouble
            limit = min(limit, MOST_LIKE)
        if any(getattr(leaf, "field", "") == "id" for leaf in query.leaves(parsed.root)):
            await self._context.complete_log()
        now, names = self._now(), self._context.feed_names
        steps = await self._pool.read(
            lambda store: store.search.find_in_steps(
                parsed,
                now=now,
                subject=lambda article: ingest.subject(article, names),
                limit=limit,
                ranked=ranked,
                order=order,
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
        """Find the sentence in each of `ids` that best matches an expression, with the matches; else `""`."""
        parsed = query.parse(expression, likes=True)
        if isinstance(parsed, query.Query) and parsed.like:
            closest = await self._meanings.sentences(parsed.like, ids)
            return [(closest.get(article_id, ""), ()) for article_id in ids]
        now, matcher = self._now(), _matcher(expression)

        def read(store: Store) -> list[tuple[str, tuple[tuple[int, int], ...]]]:
            best_of = {
                text.id: evidence
                for text in store.articles.texts(ids, watches=True)
                for evidence in ingest.hits(matcher, text, self._context.feed_names, now=now)
            }
            best = [best_of.get(article_id, Evidence("")) for article_id in ids]
            return [(evidence.sentence, evidence.spans) for evidence in best]

        return await self._pool.read(read)

    async def history(self) -> list[str]:
        """Last fifty expressions, newest first."""
        return await self._pool.read(lambda store: remembered(store, _HISTORY))

    async def remember(self, expression: str) -> None:
        """Move an expression to the top of the history."""
        if text := clean(expression):
            await self._transact(lambda store: remember(store, _HISTORY, text, most=_REMEMBERED, once=True))

    @property
    def saved(self) -> tuple[ViewConfig, ...]:
        """Saved searches in config order, each shown by a QUERY view."""
        return self._context.config.views

    async def save(self, name: str, expression: str, replaces: str = "") -> None:
        """Save a search, replacing the one named `replaces`, or else of the same name. Raises ConfigError."""
        view = ViewConfig(name.strip(), expression.strip())
        former = (replaces or view.name).casefold()

        def save(text: str) -> str:
            if any(saved.name.casefold() == former for saved in self.saved):
                return edit.update(text, "view", former, edit.differences(view))
            return edit.add(text, view)

        await self._context.change_config(save)

    async def remove(self, name: str) -> None:
        """Remove a saved search. Raises ConfigError when it does not exist."""
        await self._context.change_config(lambda text: edit.remove(text, "view", name))

    async def advice(self, text: str) -> tuple[str, ...]:
        """Advise on an expression; nothing for an invalid one."""
        return await self._context.advised(watch_advice.advise, text)

    async def unknown_names(self, text: str, *, new_label: str = "") -> tuple[str, ...]:
        """Report feeds, folders, labels and watches in an expression that do not exist.

        `new_label` need not exist yet. An invalid expression names nothing.
        """
        parsed = query.parse(text, likes=True)
        if isinstance(parsed, query.QueryError):
            return ()
        if not any(getattr(leaf, "field", "") in query.NAME_FIELDS for leaf in query.leaves(parsed.root)):
            return ()
        return await self._context.advised(watch_advice.unknown_names, (text, new_label))

    async def try_out(self, text: str, days: int | None = None) -> Report:
        """Report on the matches of an expression. Raises UsageError."""
        from tuireader.library.watching.reports import expression_report

        parsed = query.parse(text)
        if isinstance(parsed, query.QueryError):
            raise UsageError(parsed.caret())
        feeds, now = self._context.feed_names, self._now()
        report = await self._pool.read(lambda store: expression_report(store, parsed, days, feeds, now))
        if trouble := query.disabled_reason(parsed):
            raise UsageError(trouble)
        return report


@lru_cache(maxsize=8)
def _matcher(expression: str) -> watch.Matcher:
    return watch.Matcher([watch.WatchRule("search", query=expression)])


def remembered(store: Store, fact: str) -> list[str]:
    """Read the texts remembered under a name, latest first; none for invalid JSON."""
    try:
        items = json.loads(store.fact(fact) or "[]")
    except ValueError:
        return []
    return [text for text in items if isinstance(text, str)] if isinstance(items, list) else []


def remember(store: Store, fact: str, text: str, *, most: int, once: bool = False) -> None:
    """Put a text before those remembered under a name, with `once` in place of an earlier one."""
    others = [other for other in remembered(store, fact) if not (once and other == text)]
    store.set_fact(fact, json.dumps([text, *others][:most]))
