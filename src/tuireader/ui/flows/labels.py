"""What is done about labels from the main screen: the dialog, and what follows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tuireader.model import LABEL_MARK, Label
from tuireader.ui.controllers.mark_steps import Step

if TYPE_CHECKING:
    from tuireader.ui.screens.main import MainScreen


class Labelling:
    """Labels a fixed set of articles: what was chosen when the dialog was opened."""

    def __init__(self, screen: MainScreen, ids: Sequence[int]) -> None:
        self._screen = screen
        self._library = screen.library
        self._ids = ids

    async def open(self) -> None:
        """Show the labels that there are."""
        from tuireader.ui.dialogs.labels import Labels

        self._screen.app.push_screen(Labels(await self._known(), len(self._ids), self.label, self.undo))

    async def _known(self) -> list[Label]:
        return await self._screen.marking.labels(self._ids)

    async def label(self, name: str, value: bool) -> list[Label]:
        """Give the articles a label, or take it away; list and article show it. The labels that are now."""
        screen, many = self._screen, len(self._ids)
        said = f"Labelled {name}" if value else f"No longer labelled {name}"
        lowered = f"{said[0].lower()}{said[1:]}"
        step = await screen.marking.do(
            Step(
                f"{many:,} {lowered}",
                lambda ids: self._library.labels.set(name, ids, value),
                f"{LABEL_MARK}{name}",
                self._ids,
                value,
            )
        )
        if step.trouble is not None:
            raise step.trouble
        await screen.marking.show(self._ids)
        if many > 1:
            said = f"{many if step.change is None else len(step.change.ids):,} {lowered}"
        screen.host.say_shortly(f"{said} · {screen.key_of('undo')} undoes")
        return await self._known()

    async def undo(self) -> list[Label]:
        """Take back the last mark, whatever it was. The labels that are now."""
        await self._screen.action_undo()
        return await self._known()
