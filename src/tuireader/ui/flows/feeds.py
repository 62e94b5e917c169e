"""Change what the sidebar lists: feeds, folders, watches, saved searches, labels."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from tuireader.config import Config, FeedConfig, ViewConfig
from tuireader.config.edit import typed_values
from tuireader.dedup import label_key, label_name
from tuireader.errors import TuireaderError
from tuireader.model import Feed, View, ViewKind
from tuireader.query import QueryError, parse
from tuireader.text import without_password
from tuireader.text.wording import counted
from tuireader.ui import views
from tuireader.ui.controllers.mark_steps import Step, Write
from tuireader.ui.controllers.wiring import Controllers
from tuireader.ui.dialogs.form import Form
from tuireader.ui.flows import accounts
from tuireader.ui.flows.context import Asking, Outcome
from tuireader.ui.flows.forms import changed, confirm
from tuireader.ui.flows.settings import take_config
from tuireader.ui.flows.watches import edit_watch
from tuireader.ui.widgets.field import Field, settings
from tuireader.ui.widgets.sidebar import FOLDING

if TYPE_CHECKING:
    from tuireader.library import Library
    from tuireader.library.exchange import Imported
    from tuireader.ui.dialogs.import_feeds import ImportPreview

_REMEDIES = ("user_agent", "cookies")  # offered for a server that refuses
_MEMBERS = {ViewKind.FOLDER: ("feed", "feeds"), ViewKind.GROUP: ("watch", "watches")}
_NO = Outcome(said="Select a feed, folder, watch, label or saved search in the sidebar first")


async def add_feed(main: Controllers, ask: Asking, *, typed: str = "") -> Outcome | None:
    """Ask for a feed and its folder, or for a file with feeds, unless that was `typed`."""
    from tuireader.ui.dialogs.add_feed import AddFeed

    before, known = main.library.config, main.session.feeds
    places = {account.name: (account.name, "") for account in before.accounts}
    places |= {feed.folder: (feed.account, views.folder_title(feed)) for feed in known if feed.account}
    folders = [feed.folder for feed in known if not feed.account]
    dialog = AddFeed(main.library, folders, places, typed=typed)
    added = await ask(dialog)
    if added == AddFeed.ACCOUNT:
        return await accounts.add_account(main, ask)
    if dialog.account:
        return Outcome(said=f"Added to {dialog.account}", config_changed=True, sync=(dialog.account,))
    if isinstance(added, int):
        return Outcome(feeds_added=added)
    return None if added is None else _imported(main, added, before)


async def import_shown(
    main: Controllers, ask: Asking, preview: Callable[[Library], Awaitable[ImportPreview]]
) -> Outcome | None:
    """Show what an import would add, and import it."""
    before = main.library.config
    done = await ask(await preview(main.library))
    return None if done is None else _imported(main, done, before)


def _imported(main: Controllers, done: Imported, before: Config) -> Outcome:
    """Describe the result of an import, which may have changed the keys and the look as well."""
    take_config(main, before)
    marks = f" · {counted(done.marked, 'article')} marked" if done.marked else ""
    noted = f" · {done.noted:,} will be marked when they arrive" if done.noted else ""
    undo = main.host.undo_hint if main.library.config is not before else ""
    trouble = f"\n{done.skipped[0]}" if done.skipped else ""
    return Outcome(said=f"Imported{marks}{noted}{undo}{trouble}", config_changed=True, feeds_added=done.new)


def _chosen(main: Controllers) -> View:
    """View under the cursor of the focused sidebar, else the view in the list."""
    item = main.panes.sidebar.current
    if main.panes.in_sidebar and item is not None and item.view is not None:
        return item.view
    return main.session.view


async def edit(main: Controllers, ask: Asking, view: View | None = None) -> Outcome | None:
    """Ask for changes to a feed, folder, watch, label or saved search (default: the chosen one)."""
    view = view or _chosen(main)
    if view.kind is ViewKind.FEED and (feed := _feed(main, int(view.key))) is not None:
        return await (accounts.edit_feed if feed.account else _edit_feed)(main, ask, feed)
    if view.kind is ViewKind.ACCOUNT:
        return await accounts.edit_account(main, ask, view.key)
    if view.kind in FOLDING:
        for feed in main.session.feeds if view.kind is ViewKind.FOLDER else ():
            if feed.account and feed.folder == view.key:
                return await accounts.edit_category(main, ask, feed.account, views.folder_title(feed))
        line = Field("name", "Name", view.key, f"leave empty to remove the {view.kind.value}")
        title = f"{view.kind.value.capitalize()} {view.key}"
        return await ask(Form(title, (line,), partial(_rename_folding, main, view)))
    if view.kind is ViewKind.LABEL:
        line = Field("name", "Name", view.key, "another label's name merges them")
        return await ask(Form(f"Label {view.key}", (line,), partial(_rename_label, main, view.key)))
    if view.kind is ViewKind.WATCH:
        watches = main.library.config.watches
        config = next((watch for watch in watches if watch.name == view.key), None)
        return None if config is None else await edit_watch(main, ask, config, config.name)
    if (saved := _saved(main, view)) is not None:
        return await _ask_search(main, ask, saved.query, saved.name, saved.name)
    return _NO


def _feed(main: Controllers, feed_id: int) -> Feed | None:
    return next((feed for feed in main.session.feeds if feed.id == feed_id), None)


def _saved(main: Controllers, view: View) -> ViewConfig | None:
    if view.kind is not ViewKind.QUERY:
        return None
    return next((search for search in main.library.searches.saved if search.query == view.key), None)


async def _edit_feed(main: Controllers, ask: Asking, feed: Feed) -> Outcome | None:
    config = main.library.feeds.config(feed.id)
    folders = sorted({other.folder for other in main.session.feeds if other.folder})
    about = [] if config.command else [without_password(feed.url)]  # a program has a field of its own
    about += [f"Folders: {', '.join(folders)}"] if folders else []
    remedies = _REMEDIES if feed.last_error and not config.command else ()
    lines = settings(config, remedies, title=feed.title)
    save = partial(_save_feed, main, feed)
    return await ask(Form(feed.title or feed.url, lines, save, "\n".join(about)))


async def _save_feed(main: Controllers, feed: Feed, values: Mapping[str, str]) -> Outcome:
    await main.library.feeds.edit(feed.id, typed_values(FeedConfig, values))
    return changed(main, f"{values['title'] or feed.title or feed.url} saved")


async def _rename_folding(main: Controllers, view: View, values: Mapping[str, str]) -> Outcome:
    """Rename or remove a folder of feeds or a group of watches."""
    new, title = values["name"], f"{view.kind.value.capitalize()} {view.key}"
    if view.kind is ViewKind.FOLDER:
        await main.library.feeds.rename_folder(view.key, new)
    else:
        await main.library.watches.rename_group(view.key, new)
    said = f"{title} renamed to {new}" if new else f"{title} removed; its {_MEMBERS[view.kind][1]} stay"
    return changed(main, said, (view, View(view.kind, new) if new else views.ALL))


async def _rename_label(main: Controllers, name: str, values: Mapping[str, str]) -> Outcome:
    new = label_name(values["name"])
    await _mark(main, f"{name} renamed", lambda _: main.library.labels.rename(name, new))
    names = [label.name for label in await main.library.labels.all()]
    kept = [name for name in names if label_key(name) == label_key(new)]
    moved = View(ViewKind.LABEL, name), View(ViewKind.LABEL, kept[0]) if kept else views.ALL
    return Outcome(moved, f"Label {name} renamed to {new}", config_changed=True)


async def _mark(main: Controllers, what: str, write: Write) -> None:
    """Queue a change of a label, and wait until it is stored. Raises TuireaderError."""
    step = await main.marks.do(Step(what, write))
    await step.done.wait()
    if step.trouble is not None:
        raise step.trouble


async def save_view(main: Controllers, ask: Asking) -> Outcome | None:
    """Ask for a name, and save the search in the list under it."""
    return await _ask_search(main, ask, _expression(main, main.session.filter))


async def keep_search(
    text: str, filters: bool, as_view: bool, main: Controllers, ask: Asking
) -> Outcome | None:
    """Turn the search being typed into a watch or a saved search."""
    if not as_view:
        from tuireader.ui.dialogs.new_watch import from_search

        return await edit_watch(main, ask, from_search(text))
    expression = _expression(main, text) if filters else text
    return await _ask_search(main, ask, expression.strip())


def _expression(main: Controllers, filter: str) -> str:
    session = main.session
    return views.expression_of(session.view, filter, session.feeds, session.config.watches)


async def _ask_search(
    main: Controllers, ask: Asking, expression: str, name: str = "", replaces: str = ""
) -> Outcome | None:
    lines = settings(ViewConfig(name, expression))
    title = f"Saved search {replaces}" if replaces else "Save this search"
    return await ask(Form(title, lines, partial(_save_search, main, replaces)))


async def _save_search(main: Controllers, replaces: str, values: Mapping[str, str]) -> Outcome:
    name, expression = values["name"], values["query"]
    if not name:
        raise TuireaderError("Enter a name")
    if not expression:
        raise TuireaderError("Enter a search expression")
    parsed = parse(expression, likes=True)
    if isinstance(parsed, QueryError):
        raise TuireaderError(f"The search: {parsed}")
    saved = main.library.searches.saved
    before = next((View(ViewKind.QUERY, search.query) for search in saved if search.name == replaces), None)
    await main.library.searches.save(name, expression, replaces)
    moved = None if before is None else (before, View(ViewKind.QUERY, expression))
    removes = main.host.key_of("remove_this")
    return changed(main, f"Saved as {name} · {removes} in the sidebar removes it", moved)


async def remove(main: Controllers, ask: Asking, view: View | None = None) -> Outcome | None:
    """Ask, then remove the feed, watch, label or saved search of a view (default: the chosen one)."""
    view, library, undo = view or _chosen(main), main.library, main.host.undo_hint
    if view.kind is ViewKind.FEED and (feed := _feed(main, int(view.key))) is not None:
        if feed.account:
            return await accounts.remove_feed(main, ask, feed)
        name = feed.title or feed.url
        question = f"Unsubscribe from {name}?\nIts articles are kept and can still be searched."
        do: Callable[[], Awaitable[object]] = partial(library.feeds.remove, feed.id)
        said = f"Unsubscribed from {name}; its articles are kept"
        return await confirm(main, ask, "feed", question, do, f"{said}{undo}")
    if view.kind is ViewKind.ACCOUNT:
        return await accounts.remove_account(main, ask, view.key)
    if view.kind is ViewKind.WATCH:
        question = f"Remove the watch {view.key}?\nIts articles are kept."
        do = partial(library.watches.remove, view.key)
        return await confirm(main, ask, "watch", question, do, f"Watch {view.key} removed{undo}")
    if view.kind is ViewKind.LABEL:
        question = f"Remove the label {view.key} from all articles?\nThe articles are kept."
        do = partial(_mark, main, f"{view.key} removed", lambda _: library.labels.remove(view.key))
        return await confirm(main, ask, "label", question, do, f"Label {view.key} removed{undo}")
    if (saved := _saved(main, view)) is not None:
        question = f"Remove {saved.name} from the sidebar?\nIt searches for {saved.query}"
        do = partial(library.searches.remove, saved.name)
        said = f"{saved.name} removed from the sidebar{undo}"
        return await confirm(main, ask, "saved search", question, do, said)
    if view.kind in FOLDING:
        edits, last = main.host.key_of("edit_this"), _MEMBERS[view.kind][0]
        return Outcome(said=f"A {view.kind.value} disappears with its last {last}; {edits} renames it")
    return _NO
