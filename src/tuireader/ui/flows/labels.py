"""Label the chosen articles."""

from __future__ import annotations

from tuireader.model import LABEL_MARK, Label
from tuireader.ui.controllers.mark_steps import Step
from tuireader.ui.controllers.wiring import Controllers
from tuireader.ui.dialogs.labels import Labels
from tuireader.ui.flows.context import Asking
from tuireader.ui.flows.settings import undo


async def label(main: Controllers, ask: Asking) -> None:
    """Ask for labels of the articles that are chosen now; list and article show them at once."""
    ids, marks = main.chosen.ids, main.marks
    if not ids:
        return

    async def set_label(name: str, value: bool) -> list[Label]:
        said = f"Labelled {name}" if value else f"No longer labelled {name}"
        lowered = f"{said[0].lower()}{said[1:]}"
        step = await marks.do(
            Step(
                f"{len(ids):,} {lowered}",
                lambda ids: main.library.labels.set(name, ids, value),
                f"{LABEL_MARK}{name}",
                ids,
                value,
            )
        )
        if step.trouble is not None:
            raise step.trouble
        await marks.show(ids)
        if len(ids) > 1:
            said = f"{len(ids) if step.change is None else len(step.change.ids):,} {lowered}"
        main.host.say_shortly(f"{said}{main.host.undo_hint}")
        return await marks.labels(ids)

    async def take_back() -> list[Label]:
        await ask.apply(await undo(main, ask))
        return await marks.labels(ids)

    await ask(Labels(await marks.labels(ids), len(ids), set_label, take_back))
