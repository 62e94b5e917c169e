"""Create, edit and keep watches; mute articles."""

from __future__ import annotations

from tuireader.config import WatchConfig
from tuireader.config.watch_keys import with_defaults
from tuireader.errors import TuireaderError
from tuireader.model import ViewKind
from tuireader.ui.controllers.wiring import Controllers
from tuireader.ui.flows.context import Asking, Outcome


async def watch_here(main: Controllers, ask: Asking) -> Outcome | None:
    """Create a watch from the selected text, the search that the list shows, or the current article."""
    from tuireader.ui.dialogs.new_watch import from_search, from_selection

    screen, view = main.panes.screen, main.session.view
    if (selected := screen.get_selected_text() or "").strip():
        screen.clear_selection()
        return await edit_watch(main, ask, from_selection(selected))
    article_id = main.chosen.article_id
    if view.kind is ViewKind.QUERY and view.key.strip() and not main.panes.in_article:
        return await edit_watch(main, ask, from_search(view.key))
    if article_id is not None:
        return await edit_watch(main, ask, await main.library.watches.suggest(article_id))
    return await edit_watch(main, ask)


async def follow_story(main: Controllers, ask: Asking) -> Outcome | None:
    """Follow the story that is open or under the cursor."""
    article_id = main.chosen.article_id
    if article_id is None:
        return None
    try:
        config = await main.library.watches.for_story(article_id)
    except TuireaderError as error:
        return Outcome(said=str(error), severity="warning")
    return await edit_watch(main, ask, config)


async def edit_watch(
    main: Controllers, ask: Asking, config: WatchConfig | None = None, replaces: str = ""
) -> Outcome | None:
    """Ask for a new watch, or for changes to the one that it replaces."""
    from tuireader.ui.dialogs.new_watch import NewWatch

    config = config or WatchConfig(name="")
    if not replaces:
        config = with_defaults(config, main.library.config.watch_defaults)
    name = await ask(NewWatch(config, main.library, replaces=replaces))
    return None if name is None else _written(main, f"◆ {name}")


async def find_sources(main: Controllers, ask: Asking, name: str) -> Outcome | None:
    """Propose feeds that search the web for the terms of a watch."""
    from tuireader.ui.dialogs.search_feeds import SearchFeeds

    proposals = main.library.watches.search_feeds(name)
    if not proposals:
        return Outcome(said=f"{name} has no words to search the web for")
    added = await ask(SearchFeeds(name, proposals, main.library.feeds))
    return Outcome(feeds_added=added) if added else None


async def keep_watch(main: Controllers, ask: Asking, name: str) -> Outcome:
    """Keep the watch for a followed story permanently."""
    try:
        await main.library.watches.keep(name)
    except TuireaderError as error:
        return Outcome(said=str(error), severity="warning")
    return Outcome(said=f"◆ {name} kept", watches_changed=True)


async def mute(main: Controllers, ask: Asking) -> Outcome | None:
    """Ask what to mute: by default the searched words, or articles of the current feed."""
    from tuireader.ui.dialogs.mute import Mute

    session, view = main.session, main.session.view
    article = session.article if main.chosen.in_article else None
    row = await main.chosen.row()
    shown = article or row
    feed_id = shown.feed_id if shown else None
    if view.kind is ViewKind.FEED and article is None:
        feed_id = int(view.key)
    feed = next((candidate for candidate in session.feeds if candidate.id == feed_id), None)
    words = view.key if view.kind is ViewKind.QUERY and article is None else ""
    words = words if "is:muted" not in words else ""
    muted = await ask(Mute(main.library.mutes, session.feeds, feed, words))
    if muted is None:
        return None
    return _written(main, muted) if isinstance(muted, str) else Outcome(view=muted)


def _written(main: Controllers, said: str) -> Outcome:
    """Report a change, where it was saved and how to undo it."""
    library = main.library
    where = "until the demo ends" if library.offline else f"saved to {library.paths.config}"
    return Outcome(said=f"{said}{main.host.undo_hint}\n{where}", watches_changed=True)
