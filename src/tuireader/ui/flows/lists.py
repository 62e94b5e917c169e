"""How the list is shown: folded, with read articles, since the last time."""

from __future__ import annotations

from tuireader.ui.flows.context import FlowContext, Outcome


async def fold_stories(context: FlowContext) -> Outcome:
    """Show stories as one line each, or all their articles."""
    folded = await context.controllers.listing.toggle_folds()
    said = "Each story is one line" if folded else "Each article has its line"
    return Outcome(said=said, seconds=2, recount=True)


async def story_sources(context: FlowContext) -> Outcome | None:
    """Show the articles that are folded behind the current one."""
    row = await context.chosen.row()
    if row is None or not row.story:
        return Outcome(said="Nothing is folded behind this article", seconds=2)
    if context.session.folds:
        await context.controllers.listing.toggle_sources(row.story)
    return None


async def show_hide_read(context: FlowContext) -> Outcome:
    """Show or hide read articles in views of this kind."""
    shown = context.session.toggle_read_shown()
    await context.controllers.listing.show(context.session.view, cursor_id=context.panes.articles.current_id)
    return Outcome(said="Read articles are shown" if shown else "Read articles are hidden", seconds=2)


async def show_new(context: FlowContext) -> Outcome:
    """Show what has come since the last time."""
    view = context.library.lists.new_view
    if view is None:
        return Outcome(said="This is the first time; from the next on it shows what has come in between")
    if not context.session.counts.new.total:
        return Outcome(said="Nothing has come since last time")
    return Outcome(view=view)
