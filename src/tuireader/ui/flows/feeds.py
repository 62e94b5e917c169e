"""Change what the sidebar lists: feeds, folders, watches, saved searches, labels."""

from __future__ import annotations

import shlex
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial

from tuireader.config import ViewConfig
from tuireader.config.selectors import KEYS as SELECTORS
from tuireader.dedup import label_key, label_name
from tuireader.errors import DatabaseError, TuireaderError
from tuireader.model import Feed, View, ViewKind
from tuireader.query import QueryError, parse
from tuireader.text import without_password
from tuireader.ui import views
from tuireader.ui.controllers.mark_steps import Step, Write
from tuireader.ui.controllers.wiring import Controllers
from tuireader.ui.flows.context import Asking, Outcome
from tuireader.ui.flows.watches import edit_watch, new_watch
from tuireader.ui.widgets.field import Field, Pick

_REMEDIES = {
    "user_agent": ("Agent", "user agent to send to this feed only"),
    "cookies": ("Cookies", "a cookie file in Netscape format"),
}
_NO = Outcome(said="Select a feed, folder, watch, label or saved search in the sidebar first")


# -- add


async def add_feed(main: Controllers, ask: Asking) -> Outcome | None:
    """Ask for a feed and its folder."""
    from tuireader.ui.dialogs.add_feed import AddFeed

    folders = [feed.folder for feed in main.session.feeds]
    added = await ask(AddFeed(main.library.feeds, main.library.pages, folders))
    return Outcome(feeds_added=added) if added else None


# -- change


def _chosen(main: Controllers) -> View:
    """Return the line of the sidebar that has the focus, else the view in the list."""
    item = main.panes.sidebar.current
    if main.panes.in_sidebar and item is not None and item.view is not None:
        return item.view
    return main.session.view


async def edit(main: Controllers, ask: Asking, view: View | None = None) -> Outcome | None:
    """Ask for changes to a feed, folder, watch, label or saved search (default: the chosen one)."""
    view = view or _chosen(main)
    if view.kind is ViewKind.FEED and (feed := _feed(main, int(view.key))) is not None:
        return await _edit_feed(main, ask, feed)
    if view.kind is ViewKind.FOLDER:
        line = Field("name", "Name", view.key, "leave empty to remove the folder")
        return await _ask(main, ask, f"Folder {view.key}", (line,), partial(_rename_folder, main, view.key))
    if view.kind is ViewKind.LABEL:
        line = Field("name", "Name", view.key, "another label's name merges them")
        return await _ask(main, ask, f"Label {view.key}", (line,), partial(_rename_label, main, view.key))
    if view.kind is ViewKind.WATCH:
        watches = main.library.config.watches
        config = next((one for one in watches if one.name == view.key), None)
        return None if config is None else await edit_watch(main, ask, config, config.name)
    if (saved := _saved(main, view)) is not None:
        return await _ask_search(main, ask, saved.query, saved.name, saved.name)
    return _NO


async def _ask(
    main: Controllers,
    ask: Asking,
    title: str,
    lines: Sequence[Field | Pick],
    save: Callable[[Mapping[str, str]], Awaitable[Outcome]],
    about: str = "",
) -> Outcome | None:
    """Show a form; `save` makes the change while it is open and returns the outcome."""
    from tuireader.ui.dialogs.form import Form

    outcomes: list[Outcome] = []

    async def keep(values: Mapping[str, str]) -> str:
        outcomes.append(await save(values))
        return outcomes[-1].said

    said = await ask(Form(title, lines, keep, about=about))
    return None if said is None else outcomes[-1]


def _feed(main: Controllers, feed_id: int) -> Feed | None:
    return next((feed for feed in main.session.feeds if feed.id == feed_id), None)


def _saved(main: Controllers, view: View) -> ViewConfig | None:
    """Return the saved search that a view shows."""
    if view.kind is not ViewKind.QUERY:
        return None
    return next((one for one in main.library.searches.saved if one.query == view.key), None)


async def _edit_feed(main: Controllers, ask: Asking, feed: Feed) -> Outcome | None:
    from tuireader.config import FeedConfig
    from tuireader.config.edit import format_value
    from tuireader.ui.dialogs.select_page import selector_fields

    config = main.library.feeds.config(feed.id)
    folders = sorted({one.folder for one in main.session.feeds if one.folder})
    address = without_password(feed.url)
    about = "\n".join(
        [
            *([] if config.command else [address]),  # a program has a line of its own
            *([f"Folders: {', '.join(folders)}"] if folders else []),
        ]
    )
    interval = format_value(FeedConfig, "interval", config.interval)
    programs = [
        Field(name, label, shlex.join(getattr(config, name)), "a program with its arguments")
        for name, label in (("command", "Program"), ("filter", "Filter"))
        if getattr(config, name)
    ]
    remedies = [  # for servers that refuse
        Field(name, label, getattr(config, name), placeholder)
        for name, (label, placeholder) in _REMEDIES.items()
        if getattr(config, name) or (feed.last_error and not config.command)
    ]
    text = Pick(
        "full_text",
        "Text",
        {"auto": "full text where the feed gives teasers", "on": "always full", "off": "as in the feed"},
        config.full_text,
    )
    lines: tuple[Field | Pick, ...] = (
        Field("title", "Name", config.title, feed.title or "the feed's own"),
        Field("folder", "Folder", config.folder, "none"),
        Field("labels", "Labels", ", ".join(config.labels), "none; names to search by, as in label:daily"),
        Field("interval", "Every", interval, "as often as it changes, or 30m, 2h, 1d"),
        *([] if config.kind == "page" else [text]),  # a change has its whole text
        *programs,
        *remedies,
        *selector_fields(config),
        Pick("paused", "Fetch", {"": "yes", "paused": "paused"}, "paused" if config.paused else ""),
    )
    return await _ask(main, ask, feed.title or feed.url, lines, partial(_save_feed, main, feed), about)


async def _save_feed(main: Controllers, feed: Feed, values: Mapping[str, str]) -> Outcome:
    await main.library.feeds.edit(
        feed.id,
        title=values["title"],
        folder=values["folder"],
        interval=values["interval"],
        paused=bool(values["paused"]),
        labels=[name.strip() for name in values["labels"].split(",") if name.strip()],
        full_text=values.get("full_text"),
        command=values.get("command"),
        filter=values.get("filter"),
        requests={key: values[key] for key in _REMEDIES if key in values},
        selectors={key: values[key] for key in SELECTORS if key in values},
    )
    return _changed(main, f"{values['title'] or feed.title or feed.url} saved")


async def _rename_folder(main: Controllers, name: str, values: Mapping[str, str]) -> Outcome:
    new = values["name"]
    await main.library.feeds.rename_folder(name, new)
    said = f"Folder {name} renamed to {new}" if new else f"Folder {name} removed; its feeds stay"
    moved = View(ViewKind.FOLDER, name), View(ViewKind.FOLDER, new) if new else views.ALL
    return _changed(main, said, moved)


async def _rename_label(main: Controllers, name: str, values: Mapping[str, str]) -> Outcome:
    new = label_name(values["name"])
    await _mark(main, f"{name} renamed", lambda _: main.library.labels.rename(name, new))
    kept = [one.name for one in await main.library.labels.all() if label_key(one.name) == label_key(new)]
    moved = View(ViewKind.LABEL, name), View(ViewKind.LABEL, kept[0]) if kept else views.ALL
    return Outcome(moved, f"Label {name} renamed to {new}", config_changed=True)


async def _mark(main: Controllers, what: str, write: Write) -> None:
    """Change a label in the queue of marks, and wait until it is stored. Raises TuireaderError."""
    step = await main.marks.do(Step(what, write))
    await step.done.wait()
    if step.trouble is not None:
        raise step.trouble


# -- saved searches


async def save_view(main: Controllers, ask: Asking) -> Outcome | None:
    """Ask for a name to save the search in the list under."""
    session = main.session
    return await _ask_search(main, ask, views.expression_of(session.view, session.filter, session.feeds))


async def keep_search(
    text: str, filters: bool, as_view: bool, main: Controllers, ask: Asking
) -> Outcome | None:
    """Turn the search being typed into a watch or a saved search."""
    if not as_view:
        from tuireader.ui.dialogs.new_watch import from_search

        return await new_watch(main, ask, from_search(text))
    session = main.session
    expression = views.expression_of(session.view, text, session.feeds) if filters else text
    return await _ask_search(main, ask, expression.strip())


async def _ask_search(
    main: Controllers, ask: Asking, expression: str, name: str = "", replaces: str = ""
) -> Outcome | None:
    """Ask for name and expression of a saved search."""
    lines = (
        Field("name", "Name", name, "in the sidebar"),
        Field("query", "Search", expression, 'words, "a phrase", title:word, is:unread, age:<3d …'),
    )
    title = f"Saved search {replaces}" if replaces else "Save this search"
    return await _ask(main, ask, title, lines, partial(_save_search, main, replaces))


async def _save_search(main: Controllers, replaces: str, values: Mapping[str, str]) -> Outcome:
    name, expression = values["name"], values["query"]
    if not name:
        raise TuireaderError("Enter a name")
    if not expression:
        raise TuireaderError("Enter a search expression")
    parsed = parse(expression)
    if isinstance(parsed, QueryError):
        raise TuireaderError(f"The search: {parsed}")
    saved = main.library.searches.saved
    before = next((View(ViewKind.QUERY, one.query) for one in saved if one.name == replaces), None)
    await main.library.searches.save(name, expression, replaces)
    moved = None if before is None else (before, View(ViewKind.QUERY, expression))
    removes = main.host.key_of("remove_this")
    return _changed(main, f"Saved as {name} · {removes} in the sidebar removes it", moved)


# -- remove


async def remove(main: Controllers, ask: Asking, view: View | None = None) -> Outcome | None:
    """Ask, then remove the feed, watch, label or saved search of a view (default: the chosen one)."""
    view, library = view or _chosen(main), main.library
    if view.kind is ViewKind.FEED and (feed := _feed(main, int(view.key))) is not None:
        name = feed.title or feed.url
        question = f"Unsubscribe from {name}?\nIts articles are kept and can still be searched."
        do: Callable[[], Awaitable[object]] = partial(library.feeds.remove, feed.id)
        said = f"Unsubscribed from {name}; its articles are kept"
        return await _confirm(main, ask, "feed", question, do, said)
    if view.kind is ViewKind.WATCH:
        question = f"Remove the watch {view.key}?\nIts articles are kept."
        do = partial(library.watches.remove, view.key)
        return await _confirm(main, ask, "watch", question, do, f"Watch {view.key} removed")
    if view.kind is ViewKind.LABEL:
        question = f"Remove the label {view.key} from all articles?\nThe articles are kept."
        do = partial(_mark, main, f"{view.key} removed", lambda _: library.labels.remove(view.key))
        return await _confirm(main, ask, "label", question, do, f"Label {view.key} removed")
    if (saved := _saved(main, view)) is not None:
        question = f"Remove {saved.name} from the sidebar?\nIt searches for {saved.query}"
        do = partial(library.searches.remove, saved.name)
        said = f"{saved.name} removed from the sidebar"
        return await _confirm(main, ask, "saved search", question, do, said)
    if view.kind is ViewKind.FOLDER:
        edits = main.host.key_of("edit_this")
        return Outcome(said=f"A folder disappears with its last feed; {edits} renames it")
    return _NO


async def _confirm(
    main: Controllers, ask: Asking, what: str, question: str, do: Callable[[], Awaitable[object]], said: str
) -> Outcome | None:
    from tuireader.ui.dialogs.form import Confirm

    if await ask(Confirm(f"Remove a {what}", question, "removes it")):
        return await change(do, f"{said}{main.host.undo_hint}", main, ask)
    return None


# -- outcomes


def _changed(main: Controllers, said: str, moved: tuple[View, View] | None = None) -> Outcome:
    return Outcome(moved, f"{said}{main.host.undo_hint}", config_changed=True)


async def change(
    edit: Callable[[], Awaitable[object]], said: str, main: Controllers, ask: Asking
) -> Outcome | None:
    """Make a change and report it, or the error."""
    try:
        await edit()
    except (TuireaderError, OSError) as error:
        if isinstance(error, DatabaseError) and main.marks.unsaved:
            return None  # that has a toast already
        return Outcome(said=str(error), severity="error", seconds=10)
    return Outcome(said=said, config_changed=True)
