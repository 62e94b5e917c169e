"""Map the commands of the main screen to functions."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Any

from tuireader.model import CaseState, ViewKind
from tuireader.ui import views
from tuireader.ui.bindings import MOVES
from tuireader.ui.controllers.wiring import Controllers
from tuireader.ui.flows import (
    accounts,
    articles,
    cases,
    command_line,
    feeds,
    files,
    guide,
    lists,
    settings,
    watches,
)
from tuireader.ui.flows.context import NO_ARTICLE, Asking, Flow, FlowRunner, Outcome

Commands = dict[str, Callable[..., Any]]

# Commands that apply to the page in the pane, also from the list: a preview that is due comes first.
ON_PAGE = frozenset(
    {
        *("page_or_next_unread", "open_link", "list_links", "pictures", "zen", "find_in_page", "related"),
        *("next_hit", "previous_hit", "next_reference", "previous_reference", "next_pane", "previous_pane"),
    }
)


def _table(name: str) -> Flow:
    """Show a screen with a table, and the view chosen there."""

    async def show(main: Controllers, ask: Asking) -> Outcome:
        screen = getattr(import_module(f"tuireader.ui.screens.{name.lower()}"), name)  # imported when used
        return Outcome(view=await ask(screen(ask.flows)))

    return show


async def _story(main: Controllers, ask: Asking) -> Outcome | None:
    """Show the story of the current article, and open the article chosen there."""
    article_id = main.chosen.article_id
    if article_id is None:
        return NO_ARTICLE
    article = await main.library.articles.require(article_id)
    page = await main.library.stories.page(article_id)
    from tuireader.ui.screens.story import StoryScreen

    target = await ask(StoryScreen(article, page))
    if target is None:
        return None
    if target.article_id is not None and target.article_id == main.session.opened_id:
        main.panes.go_to(main.panes.article)
    elif target.article_id is not None and main.session.opened_id is None:
        await main.navigation.open_article(target.article_id)
    else:
        await main.navigation.follow(target)
    return None


async def _match_log(main: Controllers, ask: Asking) -> None:
    """Show the log of matches, and open the article chosen there at its first match."""
    from tuireader.ui.screens.matches import Matches

    if (article_id := await ask(Matches(ask.flows))) is not None:
        await main.navigation.open_article(article_id)
        if main.session.opened_id == article_id:
            main.navigation.next_hit(1)


async def _outbox(main: Controllers, ask: Asking) -> None:
    """Show the outbox, and open the article chosen there."""
    from tuireader.ui.screens.outbox import Outbox

    if (article_id := await ask(Outbox(ask.flows))) is not None:
        await main.navigation.open_article(article_id)


async def _settings(main: Controllers, ask: Asking) -> Outcome | None:
    from tuireader.ui.screens.settings import SettingsScreen

    command_id = await ask(SettingsScreen(ask.flows))
    return None if command_id is None else Outcome(run=(command_id,))


_FLOWS: dict[str, Flow] = {
    "open_browser": articles.open_in_browser,
    "list_links": articles.list_links,
    "changes": articles.show_changes,
    "copy_url": articles.copy_addresses,
    "copy_markdown": articles.copy_markdown,
    "labels": articles.label,
    "match_done": cases.handle(CaseState.DONE),
    "match_false": cases.handle(CaseState.FALSE_ALARM),
    "match_open": cases.handle(CaseState.OPEN),
    "match_note": cases.note,
    "copy_match": cases.copy,
    "save": articles.save,
    "share": articles.share,
    "pipe": articles.pipe,
    "macro": articles.choose_macro,
    "bookmark": articles.bookmark,
    "open_file": files.open_file,
    "download": files.download,
    "queue": _table("Queue"),
    "story": _story,
    "story_sources": lists.story_sources,
    "show_new": lists.show_new,
    "random_unread": lists.random_unread,
    "fold_stories": lists.fold_stories,
    "next_feed": partial(lists.next_feed, step=1),
    "previous_feed": partial(lists.next_feed, step=-1),
    "next_unread_feed": partial(lists.next_feed, step=1, unread=True),
    "previous_unread_feed": partial(lists.next_feed, step=-1, unread=True),
    "sort": lists.sort,
    "show_hide_read_feeds": lists.show_hide_read_feeds,
    "show_hide_read": lists.show_hide_read,
    "show_hide_quiet": lists.show_hide_quiet,
    "mark_list_read": lists.mark_list_read,
    "mark_all_read": lists.mark_all_read,
    "clear_filter": lists.clear_filter,
    "show_feed": lists.show_feed,
    "clear_rest": partial(lists.mark_list_read, spare=True),
    "save_view": feeds.save_view,
    "add_feed": feeds.add_feed,
    "import": feeds.add_feed,
    "add_account": accounts.add_account,
    "edit_this": feeds.edit,
    "remove_this": feeds.remove,
    "new_watch": watches.watch_here,
    "follow_story": watches.follow_story,
    "mute": watches.mute,
    "feed_health": _table("Health"),
    "alarms": _table("Alarms"),
    "statistics": _table("Statistics"),
    "watches": _table("Watches"),
    "match_log": _match_log,
    "outbox": _outbox,
    "channels": _table("Channels"),
    "rules": _table("Rules"),
    "settings": _settings,
    "undo": settings.undo,
    "palette": guide.open_palette,
    "command_line": command_line.open_line,
    "theme": guide.choose_theme,
    "tour": guide.show_tour,
    "help": guide.show_help,
}


def _refresh_one(main: Controllers) -> None:
    article, view = main.session.article if main.chosen.in_article else None, main.session.view
    if article is None and view.kind is ViewKind.ACCOUNT:
        main.refreshing.sync([view.key])
    else:
        feed_ids = views.feed_ids_of(view, main.session.feeds)
        main.refreshing.refresh([article.feed_id] if article else feed_ids)


def _as_in_newsboat(main: Controllers, flows: FlowRunner) -> Commands:
    """Map commands that newsboat's keys run differently in some panes, as newsboat does."""
    go, panes = main.navigation, main.panes

    async def step(step: int, command_id: str) -> None:
        if go.as_newsboat and panes.in_sidebar:
            panes.sidebar.act(command_id)
        else:
            await go.step(step)

    async def next_unread(step: int, times: int = 1) -> None:
        if go.as_newsboat and panes.in_sidebar:
            await flows.run(partial(lists.next_feed, step=step, unread=True))
        else:
            await go.next_unread(step, times)

    async def toggle_read() -> None:
        await main.marking.toggle_read()
        if go.as_newsboat and panes.in_article:
            await go.close_article()
        elif go.as_newsboat and panes.in_list and not panes.articles.selected:
            panes.articles.act("move_down")

    return {
        "next_article": partial(step, 1, "move_down"),
        "previous_article": partial(step, -1, "move_up"),
        "next_unread": partial(next_unread, 1),
        "previous_unread": partial(next_unread, -1),
        "toggle_read": toggle_read,
    }


def commands(main: Controllers, flows: FlowRunner) -> Commands:
    """Map command ids to their functions."""
    go, mark, panes, refreshing = main.navigation, main.marking, main.panes, main.refreshing

    def move(command_id: str) -> None:
        panes.current.act(command_id)

    async def open_and_go_on() -> None:
        if await mark.read_in_browser():
            await go.next_unread(1)

    return {
        **{command_id: partial(flows.run, flow) for command_id, flow in _FLOWS.items()},
        **{command_id: partial(move, command_id) for command_id in MOVES},
        **_as_in_newsboat(main, flows),
        "page_or_next_unread": go.page_or_next_unread,
        "next_pane": partial(panes.turn, 1),
        "previous_pane": partial(panes.turn, -1),
        "focus_sidebar": partial(panes.go_to, panes.sidebar),
        "focus_list": partial(panes.go_to, panes.articles),
        "focus_article": go.focus_article,
        "open": go.open,
        "back": go.back,
        "quit_or_back": go.quit_or_back,
        "quit": partial(main.host.leave, 0),
        "open_browser_next": open_and_go_on,
        "goto_line": lambda number: flows.run(partial(command_line.open_line, begins=str(number))),
        "open_link": lambda number: flows.run(partial(articles.open_link, number=number)),
        "next_hit": partial(go.next_hit, 1),
        "previous_hit": partial(go.next_hit, -1),
        "related": go.related,
        "next_language": go.next_language,
        "next_reference": partial(go.next_reference, 1),
        "previous_reference": partial(go.next_reference, -1),
        "find_in_page": go.find_in_page,
        "full_text": main.full_text.toggle,
        "fetch_again": main.full_text.fetch_again,
        "comments": main.full_text.comments,
        "pictures": main.images.toggle,
        "zen": panes.toggle_zen,
        "grow_pane": partial(panes.resize_pane, 1),
        "shrink_pane": partial(panes.resize_pane, -1),
        "select": mark.select,
        "select_all": mark.select_all,
        "mark_read": mark.mark_read,
        "toggle_star": mark.toggle_star,
        "split_story": mark.split_story,
        "retry_marks": mark.retry,
        "search": partial(main.search.open, filters=False),
        "filter": partial(main.search.open, filters=True),
        "refresh_all": refreshing.refresh,
        "sync_accounts": refreshing.sync,
        "refresh_one": partial(_refresh_one, main),
        "edit_config": partial(flows.run, settings.edit_config, keys_wait=False),
        "more_like_this": partial(flows.run, lists.more_like_this, keys_wait=False),  # may take two seconds
    }
