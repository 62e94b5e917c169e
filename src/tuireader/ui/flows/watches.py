"""Make, edit and keep watches; mute articles."""

from __future__ import annotations

from tuireader.config import MuteConfig, WatchConfig
from tuireader.errors import TuireaderError
from tuireader.model import ViewKind
from tuireader.ui.dialogs.mute import Mute, Mutes
from tuireader.ui.dialogs.new_watch import NewWatch, WatchTools, from_search, from_selection
from tuireader.ui.flows.context import FlowContext, Outcome


async def watch_here(context: FlowContext) -> Outcome | None:
    """Make a watch of the selected text, the search that the list shows, or the current article."""
    screen, view = context.panes.screen, context.session.view
    if (selected := screen.get_selected_text() or "").strip():
        screen.clear_selection()
        return await new_watch(context, from_selection(selected))
    article_id = context.chosen.article_id
    if view.kind is ViewKind.QUERY and view.key.strip() and not context.panes.in_article:
        return await new_watch(context, from_search(view.key))
    if article_id is not None:
        return await new_watch(context, await context.library.watches.suggest(article_id))
    return await new_watch(context)


async def follow_story(context: FlowContext) -> Outcome | None:
    """Make a watch of the story that is open or under the cursor."""
    article_id = context.chosen.article_id
    if article_id is None:
        return None
    try:
        config = await context.library.watches.for_story(article_id)
    except TuireaderError as error:
        return Outcome(said=str(error), severity="warning")
    return await new_watch(context, config)


async def new_watch(context: FlowContext, config: WatchConfig | None = None) -> Outcome | None:
    """Ask for a new watch."""
    return await edit_watch(context, config or WatchConfig(name=""), "")


async def edit_watch(context: FlowContext, config: WatchConfig, replaces: str) -> Outcome | None:
    """Ask for changes of a watch, or for a new one."""
    from tuireader.library.watching.proper_names import watch_name
    from tuireader.library.watching.rules import rule_of
    from tuireader.watch import Matcher

    watches = context.library.watches
    tools = WatchTools(
        preview=watches.preview,
        save=watches.save,
        spans=lambda config: Matcher([rule_of(config)]).spans,
        aliases=watches.suggest_aliases,
        name=watch_name,
        feed_title=context.library.feeds.title,
        colors=watches.colors,
    )
    name = await context.ask(NewWatch(config, tools, replaces=replaces))
    return None if name is None else _written(context, f"◆ {name}")


async def keep_watch(context: FlowContext, name: str) -> Outcome:
    """Keep the watch of a followed story without an end."""
    try:
        await context.library.watches.keep(name)
    except TuireaderError as error:
        return Outcome(said=str(error), severity="warning")
    return Outcome(said=f"◆ {name} is kept", watches_changed=True)


async def mute(context: FlowContext) -> Outcome | None:
    """Ask what to hide: what was searched, or something of the current feed."""
    session, view = context.session, context.session.view
    article = session.article if context.chosen.in_article else None
    row = await context.chosen.row()
    if view.kind is ViewKind.FEED and article is None:
        feed_id: int | None = int(view.key)
    elif article is not None:
        feed_id = article.feed_id
    else:
        feed_id = row.feed_id if row is not None else None
    feed = next((one for one in session.feeds if one.id == feed_id), None)
    words = view.key if view.kind is ViewKind.QUERY and article is None else ""
    stored = context.library.mutes

    async def add(mute: MuteConfig) -> int:
        return await stored.add(mute.query, mute.feed, mute.until, include_watched=mute.include_watched)

    mutes = Mutes(stored.all, stored.preview, add, stored.remove)
    muted = await context.ask(Mute(mutes, session.feeds, feed, words if "is:muted" not in words else ""))
    if muted is None:
        return None
    return Outcome(view=muted.look) if muted.look is not None else _written(context, muted.said)


def _written(context: FlowContext, said: str) -> Outcome:
    """Say what was changed, where that was written and how to undo it."""
    library = context.library
    where = "until the demo ends" if library.offline else f"written to {library.paths.config}"
    return Outcome(said=f"{said}{context.undoes()}\n{where}", watches_changed=True)
