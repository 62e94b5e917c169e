"""Configuration in use, state that survives a restart, and the database file."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from tuireader.config import Problem, edit
from tuireader.config.settings import Setting
from tuireader.library.context import Context, UseCases
from tuireader.library.searches import remember, remembered
from tuireader.library.watches import CHUNK, Watches
from tuireader.store import Store
from tuireader.store.schema import VERSION

if TYPE_CHECKING:
    from tuireader.model import Purged
    from tuireader.store.upkeep.retention import PurgeRule

_USES, _HINTS = "palette", "hints"
_REMEMBERED = 200


class Settings(UseCases):
    """Configuration in use, and state that survives a restart."""

    @property
    def problems(self) -> tuple[Problem, ...]:
        return self._context.problems

    def keep_programs(self) -> None:
        """Refuse edits that change which programs the configuration names."""
        self._context.keeps_programs = True

    async def reload(self) -> None:
        """Reload the configuration. If it is broken, keep the last valid one and raise TuireaderError."""
        await self._context.reload()

    async def set(self, setting: Setting, written: str | None) -> None:
        """Set a setting to a value in TOML, or to its default (None). Raises ConfigError."""
        await self._context.change_config(
            lambda text: edit.set_keys(text, setting.table, {setting.name: written}),
            f"{setting.path} changed",
        )

    async def remove(self, path: str) -> None:
        """Remove a key or a table that is not a setting from the file. Raises ConfigError."""
        await self._context.change_config(lambda text: edit.remove_key(text, path), f"{path} removed")

    async def was_seen(self, hint: str) -> bool:
        """True if a hint that is given once has been shown."""
        return hint in await self._remembered(_HINTS)

    async def note_seen(self, hint: str) -> None:
        await self._remember(_HINTS, hint)

    async def palette_uses(self) -> Sequence[str]:
        """Recently used palette entries, latest first, with repetitions."""
        return await self._remembered(_USES)

    async def note_palette_use(self, name: str) -> None:
        await self._remember(_USES, name)

    async def _remembered(self, fact: str) -> Sequence[str]:
        return await self._pool.read(lambda store: remembered(store, fact))

    async def _remember(self, fact: str, text: str) -> None:
        await self._transact(lambda store: remember(store, fact, text, most=_REMEMBERED))


class Database(UseCases):
    """Maintain the database file."""

    _watches: Watches
    _version = 0

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.spare_memory, self.checkpoint = context.pool.limit_cache, context.pool.checkpoint
        self.wait_at_most = context.pool.wait_at_most

    @property
    def schema(self) -> int:
        """Schema version; the first frame reads only databases of this version."""
        return VERSION

    async def changed_elsewhere(self) -> bool:
        """Detect writes of other programs to the database since the last call.

        Uses the writer's connection, which does not count its own writes.
        """
        before, self._version = self._version, await self._pool.write(lambda store: store.data_version())
        return before != self._version

    async def purge(
        self, *, older_than: int | None, keep: int | None, unread: bool = False, dry_run: bool = False
    ) -> Purged:
        """Delete the texts of articles older than `older_than` seconds and not in their feed's newest `keep`.

        At least one of the two must be given. Starred, labelled and watched articles keep their texts, as do
        unread ones without `unread`. Purged articles keep their marks, so they do not return as new.
        """
        from tuireader.store.upkeep.retention import PurgeRule

        await self._watches.catch_up()  # keep articles that a new watch matches
        before = None if older_than is None else self._now() - older_than
        rule = PurgeRule(before, keep, unread)
        ids = await self._pool.read(lambda store: store.retention.candidates(rule))
        purged = await self._pool.read(lambda store: store.retention.measure(ids))
        if dry_run or not ids:
            return purged
        for start in range(0, len(ids), CHUNK):
            chunk = ids[start : start + CHUNK]
            await self._transact(partial(_drop, ids=chunk, rule=rule, now=self._now()))
        await self._pool.write(lambda store: store.retention.shrink())
        return purged


def _drop(store: Store, *, ids: Sequence[int], rule: PurgeRule, now: int) -> None:
    count = store.retention.drop(ids, rule)
    if count and store.records.head():
        store.records.append([0], "purged", now, detail=f"{count} articles")
