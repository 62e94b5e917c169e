"""Functions of the commands of the main screen, one line each."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from tuireader.ui import views
from tuireader.ui.bindings import MOVES
from tuireader.ui.controllers.wiring import Controllers
from tuireader.ui.flows import (
    articles,
    feeds,
    guide,
    labels,
    lists,
    palette,
    settings,
    sharing,
    sorting,
    watches,
)
from tuireader.ui.flows.context import Asking, Outcome, Run

Commands = dict[str, Callable[..., Any]]


# Commands that the help runs in place of those that need another screen.
INSTEAD = {
    "open_link": "list_links",
    "refresh_failing": "feed_health",
    "pause_feed": "feed_health",
    "accept_move": "feed_health",
    "keep_as_watch": "search",
    "keep_as_view": "search",
    "take_alias": "watches",
    "keep_watch": "watches",
    "look_at_muted": "mute",
}


def commands(main: Controllers, run: Run) -> Commands:
    """Return a function for each command, by its id; `run` runs a flow."""
    return (
        _moving(main) | _reading(main, run) | _marking(main, run) | _finding(main, run) | _managing(main, run)
    )


def _moving(main: Controllers) -> Commands:
    go, panes = main.navigation, main.panes

    def move(command_id: str) -> None:
        panes.current.act(command_id)

    return {
        **{command_id: partial(move, command_id) for command_id in MOVES},
        "next_article": partial(go.step, 1),
        "previous_article": partial(go.step, -1),
        "next_unread": partial(go.next_unread, 1),
        "previous_unread": partial(go.next_unread, -1),
        "next_pane": partial(panes.turn, 1),
        "previous_pane": partial(panes.turn, -1),
        "open": go.open,
        "back": go.back,
        "quit_or_back": go.quit_or_back,
        "page_or_next_unread": go.page_or_next_unread,
    }


def _reading(main: Controllers, run: Run) -> Commands:
    go, text = main.navigation, main.full_text

    async def open_and_go_on() -> None:
        if await main.marking.read_in_browser():
            await go.next_unread(1)

    return {
        "open_browser": partial(run, articles.open_in_browser),
        "open_browser_next": open_and_go_on,
        "open_link": lambda number: run(partial(articles.open_link, number=number)),
        "list_links": partial(run, articles.list_links),
        "next_hit": partial(go.next_hit, 1),
        "previous_hit": partial(go.next_hit, -1),
        "related": go.related,
        "story_sources": partial(run, lists.story_sources),
        "full_text": text.toggle,
        "fetch_again": text.fetch_again,
        "comments": text.comments,
        "changes": partial(run, articles.show_changes),
        "pictures": lambda: main.images.toggle(),
        "find_in_page": go.find_in_page,
        "zen": main.panes.toggle_zen,
        "copy_url": partial(run, articles.copy_addresses),
        "copy_markdown": partial(run, articles.copy_markdown),
        "save": partial(run, sharing.save),
        "pipe": partial(run, sharing.pipe),
        "macro": partial(run, sharing.choose_macro),
    }


def _marking(main: Controllers, run: Run) -> Commands:
    mark = main.marking
    return {
        "select": mark.select,
        "select_all": mark.select_all,
        "toggle_read": mark.toggle_read,
        "mark_read": mark.mark_read,
        "toggle_star": mark.toggle_star,
        "mark_list_read": mark.mark_list_read,
        "clear_rest": lambda: mark.clear_away(main.refreshing.away, main.reload),
        "split_story": mark.split_story,
        "labels": partial(run, labels.label),
        "undo": partial(run, settings.undo),
        "retry_marks": mark.retry,
    }


def _finding(main: Controllers, run: Run) -> Commands:
    return {
        "search": partial(main.search.open, filters=False),
        "filter": partial(main.search.open, filters=True),
        "save_view": partial(run, feeds.save_view),
        "show_new": partial(run, lists.show_new),
        "fold_stories": partial(run, lists.fold_stories),
        "sort": partial(run, sorting.sort),
        "show_hide_read": partial(run, lists.show_hide_read),
    }


def _managing(main: Controllers, run: Run) -> Commands:
    """Commands for feeds, watches and the program."""

    def refresh_one() -> None:
        article = main.session.article if main.chosen.in_article else None
        view, feeds = main.session.view, main.session.feeds
        main.refreshing.refresh([article.feed_id] if article else views.feed_ids_of(view, feeds))

    async def health_table(main: Controllers, ask: Asking) -> Outcome:
        from tuireader.ui.screens.health import Health

        return Outcome(view=await ask(Health(run)))

    async def watch_table(main: Controllers, ask: Asking) -> Outcome:
        from tuireader.ui.screens.watches import Watches

        return Outcome(view=await ask(Watches(run, folds=main.session.folds)))

    return {
        "refresh_all": main.refreshing.refresh,
        "refresh_one": refresh_one,
        "add_feed": partial(run, feeds.add_feed),
        "edit_this": partial(run, feeds.edit_chosen),
        "remove_this": partial(run, feeds.remove_chosen),
        "feed_health": partial(run, health_table),
        "watches": partial(run, watch_table),
        "new_watch": partial(run, watches.watch_here),
        "follow_story": partial(run, watches.follow_story),
        "mute": partial(run, watches.mute),
        "edit_config": partial(run, settings.edit_config, keys_wait=False),
        "palette": partial(run, palette.open_palette),
        "tour": partial(run, guide.show_tour),
        "help": partial(run, guide.show_help),
        "quit": partial(main.host.leave, 0),
    }
