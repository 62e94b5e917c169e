"""Flows for the matches of the chosen articles: done, false alarm, open, note."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from tuireader.config import by_group
from tuireader.model import CaseState, Change, ViewKind
from tuireader.text.wording import counted
from tuireader.ui.controllers.mark_steps import Step, Write
from tuireader.ui.controllers.wiring import Controllers
from tuireader.ui.dialogs.form import TextForm
from tuireader.ui.flows.context import NO_ARTICLE, Asking, Flow, Outcome
from tuireader.ui.flows.editor import edit_text
from tuireader.ui.views import TO_DO
from tuireader.ui.widgets.field import Field


def handle(state: CaseState) -> Flow:
    """Flow that sets the state of the matches of the chosen articles, with all reports of a folded row."""

    async def flow(main: Controllers, ask: Asking) -> Outcome | None:
        ids, watches = main.chosen.ids, _watches(main)
        if not ids:
            return NO_ARTICLE
        stories = _folded(main)

        async def write(_: object) -> Change:
            return await main.library.cases.handle(ids, state, watches, stories=stories)

        outcome = await _do(main, f"marked {state}", write)
        if state is CaseState.OPEN:
            _move_on(main)  # of other states the row leaves the list
        return outcome

    return flow


async def note(main: Controllers, ask: Asking) -> Outcome | None:
    """Ask for the note on the matches of the chosen articles."""
    ids, watches = main.chosen.ids, _watches(main)
    if not ids:
        return NO_ARTICLE
    numbers = await main.library.cases.matches_of(ids, watches)
    if not numbers:
        return Outcome(said="No watch matches this article", seconds=2)
    return await note_matches(main, ask, numbers=numbers, after=_move_on)


async def note_matches(
    main: Controllers,
    ask: Asking,
    *,
    numbers: Sequence[int],
    after: Callable[[Controllers], None] = lambda main: None,
) -> Outcome | None:
    """Ask for the note on some matches, in one line or in the editor."""
    note = await main.library.cases.note_of(numbers)

    async def save(values: Mapping[str, str]) -> Outcome:
        written = partial(main.library.cases.set_note, note=values["note"])
        outcome = await _do(main, "noted", lambda _: written(numbers))
        after(main)
        return outcome

    field = Field("note", "Note", note)
    outcome = await ask(TextForm("Note on the match", [field], save, about="An empty note takes it away."))
    if not isinstance(outcome, str):
        return outcome
    text = await edit_text(main.host, outcome)
    return await save({"note": text}) if isinstance(text, str) else text


async def handle_match(main: Controllers, ask: Asking, *, number: int, state: CaseState) -> Outcome:
    """Set the state of one match."""
    write = partial(main.library.cases.set_state, [number], state)
    return await _do(main, f"marked {state}", lambda _: write())


async def copy(main: Controllers, ask: Asking) -> Outcome:
    """Copy the matches of the chosen articles as text to hand over."""
    texts = await main.library.matches.handed_over(main.chosen.ids, _watches(main))
    if not texts:
        return Outcome(said="No watch matches this article", seconds=2)
    main.host.copy_to_clipboard("\n\n".join(texts))
    return Outcome(said=f"Copied: {counted(len(texts), 'match', 'matches')} with the evidence", seconds=2)


def _watches(main: Controllers) -> list[str] | None:
    """The watches whose view is shown: only their matches are meant."""
    view = main.session.view
    if view.kind is ViewKind.GROUP:
        return [item.name for item in by_group(main.library.config.watches).get(view.key, ())]
    return [view.key] if view.kind is ViewKind.WATCH else None


def _move_on(main: Controllers) -> None:
    """In *To do*, go to the next line."""
    if main.session.view == TO_DO and not main.chosen.in_article and not main.chosen.is_selection:
        main.articles.move(1)


def _folded(main: Controllers) -> bool:
    """Return whether the chosen articles stand for their stories."""
    row = main.articles.current_row
    folds = main.session.folds and not main.chosen.in_article
    return folds and (main.chosen.is_selection or row is None or row.fold not in main.session.open_stories)


async def _do(main: Controllers, what: str, write: Write) -> Outcome:
    step = await main.marks.do(Step(what, write))
    if step.change is None:
        return Outcome(said=what.capitalize(), seconds=2)
    if not step.change.step:
        return Outcome(said="No match to change here", seconds=2)
    return Outcome(said=f"{step.change.what}{main.host.undo_hint}", seconds=2)
