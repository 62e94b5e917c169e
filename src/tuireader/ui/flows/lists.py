"""Change what the list shows: its order, folded stories, read articles, articles since the last session."""

from __future__ import annotations

from collections.abc import Mapping
from random import choice

from msgspec.structs import replace

from tuireader.commands.sorts import FEED_SORTS, RELEVANCE, SEARCH_SORTS
from tuireader.model import View, ViewKind
from tuireader.text.wording import counted
from tuireader.ui.controllers.wiring import Controllers
from tuireader.ui.dialogs.pickers import KeyPicker
from tuireader.ui.flows.context import NO_ARTICLE, Asking, Outcome
from tuireader.ui.views import UNREAD, around
from tuireader.ui.widgets.choices import Choice


async def fold_stories(main: Controllers, ask: Asking) -> Outcome:
    """Fold the stories of the list into rows, or unfold them."""
    folded = await main.listing.toggle_folds()
    said = "Stories folded" if folded else "Stories unfolded"
    return Outcome(said=said, seconds=2, recount=True)


async def story_sources(main: Controllers, ask: Asking) -> Outcome | None:
    """Show the articles folded behind the current one, or fold them again."""
    row = await main.chosen.row()
    if row is None or not row.fold:
        return Outcome(said="This article is not part of a story", seconds=2)
    if main.session.folds:
        await main.listing.toggle_sources(row.fold)
    return None


async def show_hide_read(main: Controllers, ask: Asking) -> Outcome:
    """Show or hide read articles in views of this kind."""
    shown = main.session.toggle_read_shown()
    await main.listing.show(main.session.view, cursor_id=main.panes.articles.current_id)
    return Outcome(said="Read articles shown" if shown else "Read articles hidden", seconds=2)


async def show_hide_quiet(main: Controllers, ask: Asking) -> Outcome:
    """Show or hide quiet watches in the sidebar."""
    main.session.hides_quiet = not main.session.hides_quiet
    main.draw_sidebar()
    return Outcome(
        said="Quiet watches hidden" if main.session.hides_quiet else "Quiet watches shown", seconds=2
    )


async def show_hide_read_feeds(main: Controllers, ask: Asking) -> Outcome:
    """Show or hide feeds without unread articles in the sidebar."""
    session = main.session
    session.hides_read_feeds = not session.hides_read_feeds
    main.draw_sidebar()
    return Outcome(said="Read feeds hidden" if session.hides_read_feeds else "Read feeds shown", seconds=2)


async def next_feed(main: Controllers, ask: Asking, *, step: int, unread: bool = False) -> Outcome:
    """Go to the next feed, or the next one with unread articles; a closed folder opens for it."""
    session = main.session
    items = main.every_item(replace(session.feed_lines, hides_read=session.hides_read_feeds and not unread))
    listed = {item.view: item for item in items if item.view is not None}
    chosen = main.panes.sidebar.current if main.panes.in_sidebar else None
    here = chosen.view if chosen and chosen.view else session.view
    for view in around(list(listed), here, step):
        if view.kind is ViewKind.FEED and (listed[view].unread or not unread):
            folder = next(feed.folder for feed in session.feeds if str(feed.id) == view.key)
            session.closed.discard(View(ViewKind.FOLDER, folder))
            return Outcome(view=view, stays=main.panes.in_sidebar)
    return Outcome(said="No other feed has unread articles" if unread else "No other feed", seconds=2)


async def random_unread(main: Controllers, ask: Asking) -> Outcome | None:
    """Open an unread article of the list at random."""
    listed = await main.marking.unread_rows()
    if listed is None or not listed[0].ids:
        return None if listed is None else Outcome(said="Nothing unread here", seconds=2)
    await main.navigation.open_article(choice(listed[0].ids))
    return None


async def mark_list_read(main: Controllers, ask: Asking, *, spare: bool = False) -> Outcome | None:
    """Mark what the list shows as read; ask about matches of watches, or `spare` them."""
    listed = await main.marking.unread_rows()
    if listed is None:
        return Outcome(said="Nothing marked: another list was opened")
    unread, rest = listed
    if not unread.ids:
        return Outcome(said="Everything is read already")
    if unread.watched and not spare:
        word = "row" if unread.rows < len(unread.ids) else "article"
        match = "matches" if unread.watched == 1 else "match"
        title = f"{unread.watched:,} of {counted(unread.rows, word)} {match} a watch: mark them too?"
        choices = [Choice("y", "Mark all"), Choice("c", "Spare them")]
        answer = await ask(KeyPicker(title, choices, "press a key · esc marks nothing", "c"))
        if answer is None:
            return None
        spare = answer == "c"
    marked = rest if spare else unread
    if not marked.ids:
        return Outcome(said="Nothing marked: all of it is on a watch, starred or labelled")
    step = await main.marking.set_read(marked.ids, True, folded=marked.rows)
    spared = f", {unread.rows - marked.rows:,} spared" if unread.rows > marked.rows else ""
    return None if step.failed else Outcome(said=f"{step.what}{spared}{main.host.undo_hint}")


async def mark_all_read(main: Controllers, ask: Asking) -> Outcome | None:
    """Show the unread articles of all feeds and mark them as read; ask about matches of watches."""
    await main.navigation.go_to_view(UNREAD)
    return await mark_list_read(main, ask)


async def clear_filter(main: Controllers, ask: Asking) -> Outcome | None:
    """Show the list without its filter."""
    if not main.session.filter:
        return Outcome(said="This list has no filter", seconds=2)
    main.search.leave_filter()
    return None


async def show_feed(main: Controllers, ask: Asking) -> Outcome:
    """Show the feed of the current article."""
    row = await main.chosen.row()
    return NO_ARTICLE if row is None else Outcome(view=View(ViewKind.FEED, str(row.feed_id)))


async def more_like_this(main: Controllers, ask: Asking) -> Outcome:
    """List the articles that are like the current one, the closest first."""
    article_id = main.chosen.article_id
    if article_id is None:
        return NO_ARTICLE
    view = View(ViewKind.QUERY, f"like:@{article_id}")
    _, title = await main.chosen.address()
    main.session.titles[view.key] = f"Like “{title}”"
    await main.listing.search(view.key, limit=1)  # the first time, the encoder loads while this view stays
    return Outcome(view=view)


async def show_new(main: Controllers, ask: Asking) -> Outcome:
    """Show the articles that arrived since the last session."""
    view = main.library.lists.new_view
    if view is None:
        return Outcome(said="Nothing to compare with yet: from the next start on, this lists what is new")
    if not main.session.counts.new.total:
        return Outcome(said="Nothing new since last time")
    return Outcome(view=view)


_KEYS = {("n" if name == "date" else name[0]): name for name in SEARCH_SORTS}


async def sort(main: Controllers, ask: Asking) -> Outcome | None:
    """Ask for the sort order of the list, in the sidebar for that of the feeds."""
    session = main.session
    if main.panes.in_sidebar:
        keys = {name[0]: name for name in FEED_SORTS}
        if order := await _ask_order(ask, "Sort the feeds", FEED_SORTS, keys, session.feed_sort):
            session.feed_sort = order
            main.draw_sidebar()
        return Outcome(said=f"Feeds sorted: {FEED_SORTS[order]}", seconds=2) if order else None
    searched = session.view.kind is ViewKind.QUERY
    keys = {key: order for key, order in _KEYS.items() if searched or order != RELEVANCE}
    if order := await _ask_order(ask, "Sort this list", SEARCH_SORTS, keys, session.sort):
        await main.listing.sort_by(order)
    return Outcome(said=f"Sorted: {SEARCH_SORTS[order]}", seconds=2) if order else None


async def _ask_order(
    ask: Asking, title: str, orders: Mapping[str, str], keys: Mapping[str, str], now: str
) -> str | None:
    """Ask for one of some orders by its key."""
    choices = [
        Choice(key, orders[name].capitalize(), note="now" if name == now else "")
        for key, name in keys.items()
    ]
    current = next(key for key, name in keys.items() if name == now)
    key = await ask(KeyPicker(title, choices, "press a key to sort · esc closes", current))
    return None if key is None else keys[key]
