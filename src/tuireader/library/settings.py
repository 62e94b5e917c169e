"""The configuration in use, the theme, and the last commands of the palette."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from tuireader.config import Problem
from tuireader.library.context import UseCases
from tuireader.library.searches import texts_of
from tuireader.store import Store

_USES = "palette"
_REMEMBERED = 200


class Settings(UseCases):
    """Configuration in use, and choices that survive a restart."""

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Problems found in the configuration file."""
        return self._context.problems

    async def reload(self) -> None:
        """Load the configuration again. If it is broken, keep the last good one and raise TuireaderError."""
        await self._context.reload()

    async def set_theme(self, name: str) -> None:
        """Switch to a theme and save it; the demo does not save it. Raises ConfigError."""
        from tuireader.config import edit

        if self._context.offline:
            await self._context.use(
                replace(self._context.config, ui=replace(self._context.config.ui, theme=name))
            )
        else:
            await self._context.change_config(lambda text: edit.set_values(text, "ui", {"theme": name}))

    async def palette_uses(self) -> Sequence[str]:
        """Return the used entries of the palette, last one first, with repetitions."""
        return await self._pool.read(_uses)

    async def note_palette_use(self, name: str) -> None:
        """Remember the use of a palette entry."""

        def note(store: Store) -> None:
            store.lists.set_fact(_USES, json.dumps([name, *_uses(store)][:_REMEMBERED]))

        await self._transact(note)


def _uses(store: Store) -> list[str]:
    return texts_of(store.lists.fact(_USES))
