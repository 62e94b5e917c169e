"""First start: ask where feeds come from, then for a first watch."""

from __future__ import annotations

from functools import partial

from tuireader.config import FeedConfig
from tuireader.demo import starter
from tuireader.errors import TuireaderError
from tuireader.library import Library
from tuireader.library.exchange import Plan
from tuireader.text.wording import counted
from tuireader.ui.controllers.wiring import Controllers
from tuireader.ui.dialogs.import_feeds import ImportPreview, preview_file, preview_plan
from tuireader.ui.dialogs.welcome import BACK, Backdrop, FeedSource, FirstWatch
from tuireader.ui.flows import accounts, feeds
from tuireader.ui.flows.context import Asking, Flow, Outcome
from tuireader.ui.host import DEMO

_WHERE = "Welcome to tuireader. Where do your feeds come from?"


async def welcome(main: Controllers, ask: Asking) -> Outcome | None:
    """Ask one question at a time, then show the tour."""
    host, library = main.host, main.library
    await host.push_screen(Backdrop())
    files, before = await library.exchange.nearby(), len(library.config.feeds)
    ways: dict[str | None, Flow] = {
        "s": partial(feeds.import_shown, preview=_starter),
        "u": feeds.add_feed,
        "o": feeds.add_feed,
        "m": accounts.add_account,
    }
    for number, file in enumerate(files, 1):
        ways[str(number)] = partial(feeds.import_shown, preview=partial(preview_file, path=file.path))
    watch: str | None = BACK
    while watch == BACK:
        added = len(library.config.feeds) - before
        title = f"{counted(added, 'feed')} added. More?" if added else _WHERE
        way = await ask(FeedSource(files, title, int(host.clock())))
        if way == "d":
            host.exit(DEMO)
            return None
        if way not in ways or await _follow(ways[way], main, ask):
            watch = await ask(FirstWatch(library.watches))
    host.pop_screen()
    said = f"Watching for {watch}{host.undo_hint}" if watch else ""
    return Outcome(said=said, watches_changed=bool(watch), run=("tour",))


async def _follow(way: Flow, main: Controllers, ask: Asking) -> bool:
    """Follow a way to its end; return False if it was left or failed, to ask again."""
    try:
        outcome = await way(main, ask)
        if outcome is not None:
            await ask.flows.apply(outcome)
    except TuireaderError as error:
        main.host.report(error)
        return False
    return outcome is not None


async def _starter(library: Library) -> ImportPreview:
    plan = Plan([FeedConfig(feed.url, feed.title, feed.folder) for feed in starter()])
    return await preview_plan(library, plan, "the starter set")
