"""What a user has chosen in the reader and finds again after a restart: the theme, the palette's order."""

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
        """Read the config again. If it is broken, the last good one stays and TuireaderError says why."""
        await self._context.reload()

    async def set_theme(self, name: str) -> None:
        """Use a theme from now on. Raises ConfigError. The demo has it until it is left."""
        from tuireader.config import edit

        if self._context.offline:
            await self._context.use(
                replace(self._context.config, ui=replace(self._context.config.ui, theme=name))
            )
        else:
            await self._context.change_config(lambda text: edit.set_values(text, "ui", {"theme": name}))

    async def palette_uses(self) -> Sequence[str]:
        """The lines of the palette that were used, the last one first, each as often as it was."""
        return await self._pool.read(_uses)

    async def note_palette_use(self, name: str) -> None:
        """Remember that a line of the palette was used."""

        def note(store: Store) -> None:
            store.lists.set_fact(_USES, json.dumps([name, *_uses(store)][:_REMEMBERED]))

        await self._context.transact(note)


def _uses(store: Store) -> list[str]:
    return texts_of(store.lists.fact(_USES))
