"""What a user has chosen in the reader and finds again after a restart: the theme, the palette's order."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from tuireader.library.desk import Desk, in_transaction
from tuireader.library.lists import texts_of
from tuireader.store import Store

_USES = "palette"
_REMEMBERED = 200


class Habits(Desk):
    """The theme is kept in the configuration, what was used of the palette in the database."""

    async def set_theme(self, name: str) -> None:
        """Use a theme from now on. Raises ConfigError. The demo has it until it is left."""
        from tuireader.config import edit

        if self.offline:
            await self._take(replace(self.config, ui=replace(self.config.ui, theme=name)))
        else:
            await self._change_config(lambda text: edit.set_values(text, "ui", {"theme": name}))

    async def palette_uses(self) -> Sequence[str]:
        """The lines of the palette that were used, the last one first, each as often as it was."""
        return await self._pool.read(_uses)

    async def note_palette_use(self, name: str) -> None:
        """Remember that a line of the palette was used."""

        def note(store: Store) -> None:
            store.lists.set_fact(_USES, json.dumps([name, *_uses(store)][:_REMEMBERED]))

        await self._pool.write(in_transaction(note))


def _uses(store: Store) -> list[str]:
    return texts_of(store.lists.fact(_USES))
