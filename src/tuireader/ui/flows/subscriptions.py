"""Changing what the sidebar lists: labels, and what the TOML has: feeds, folders, watches, saved searches."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from tuireader.config import ViewConfig
from tuireader.dedup import label_key, label_name
from tuireader.errors import DatabaseError, TuireaderError
from tuireader.model import Feed, View, ViewKind
from tuireader.query import QueryError, parse
from tuireader.text import without_password
from tuireader.ui import views
from tuireader.ui.controllers.mark_steps import Step, Write
from tuireader.ui.dialogs.confirm import Confirm
from tuireader.ui.dialogs.form import Form
from tuireader.ui.widgets.field import Field, Pick
from tuireader.ui.workers import run_latest

if TYPE_CHECKING:
    from tuireader.ui.screens.main import MainScreen

_NO = "Choose a feed, a folder, a watch, a label or a saved search in the sidebar first"


class Editing:
    """Asks what to change and says what became of it."""

    def __init__(self, screen: MainScreen) -> None:
        self._screen = screen
        self._library = screen.library

    @property
    def chosen(self) -> View:
        """The line of the sidebar that has the focus, else the view in the list."""
        entry = self._screen.sidebar.current
        if self._screen.current_pane is self._screen.sidebar and entry is not None and entry.view is not None:
            return entry.view
        return self._screen.listing.view

    # -- change

    def edit(self, view: View) -> None:
        """Ask what to change of what a view shows."""
        if view.kind is ViewKind.FEED and (feed := self._feed(int(view.key))) is not None:
            self._edit_feed(feed)
        elif view.kind is ViewKind.FOLDER:
            self._rename_folder(view.key)
        elif view.kind is ViewKind.LABEL:
            lines = (Field("name", "Name", view.key, "another label makes the two one"),)
            self._ask(Form(f"Label {view.key}", lines, partial(self._save_label, view.key)))
        elif view.kind is ViewKind.WATCH:
            for config in self._library.config.watches:
                if config.name == view.key:
                    self._screen.watching.edit(config)
        elif (saved := self.saved(view)) is not None:
            self.ask_view(saved.query, saved.name, saved.name)
        else:
            self._screen.host.say(_NO)

    def _feed(self, feed_id: int) -> Feed | None:
        return next((feed for feed in self._screen.feeds if feed.id == feed_id), None)

    def _edit_feed(self, feed: Feed) -> None:
        from tuireader.config import FeedConfig
        from tuireader.config.edit import format_value

        config = self._library.feeds.config(feed.id)
        folders = sorted({one.folder for one in self._screen.feeds if one.folder})
        address = without_password(feed.url)
        about = f"{address}\nFolders: {', '.join(folders)}" if folders else address
        lines = (
            Field("title", "Name", config.title, feed.title or "the feed's own"),
            Field("folder", "Folder", config.folder, "none"),
            Field("labels", "Labels", ", ".join(config.labels), "none; further names, as in label:daily"),
            Field(
                "interval",
                "Every",
                format_value(FeedConfig, "interval", config.interval),
                "as often as it changes; or 30m, 2h, 1d",
            ),
            Pick(
                "full_text",
                "Text",
                {"": "what the feed says", "full": "full text of new articles"},
                "full" if config.full_text else "",
            ),
            Pick("paused", "Fetch", {"": "yes", "paused": "paused"}, "paused" if config.paused else ""),
        )
        self._ask(Form(feed.title or feed.url, lines, partial(self._save_feed, feed), about=about))

    async def _save_feed(self, feed: Feed, values: Mapping[str, str]) -> str:
        await self._library.feeds.edit(
            feed.id,
            title=values["title"],
            folder=values["folder"],
            interval=values["interval"],
            paused=bool(values["paused"]),
            labels=[name.strip() for name in values["labels"].split(",") if name.strip()],
            full_text=bool(values["full_text"]),
        )
        return f"{values['title'] or feed.title or feed.url} is changed{self._undoes}"

    def _rename_folder(self, name: str) -> None:
        lines = (Field("name", "Name", name, "nothing takes the feeds out of the folder"),)
        self._ask(Form(f"Folder {name}", lines, partial(self._save_folder, name)))

    async def _save_folder(self, name: str, values: Mapping[str, str]) -> str:
        new = values["name"]
        await self._library.feeds.rename_folder(name, new)
        if self._screen.listing.view == View(ViewKind.FOLDER, name):
            view = View(ViewKind.FOLDER, new) if new else views.ALL
            await self._screen.show_view(view)
        said = f"The folder {name} is {new} now" if new else f"The feeds of {name} are in no folder now"
        return f"{said}{self._undoes}"

    async def _save_label(self, name: str, values: Mapping[str, str]) -> str:
        new = label_name(values["name"])
        await self._mark(f"{name} renamed", lambda _: self._library.labels.rename(name, new))
        if self._screen.listing.view == View(ViewKind.LABEL, name):
            kept = [one for one in await self._labels() if label_key(one) == label_key(new)]
            await self._screen.show_view(View(ViewKind.LABEL, kept[0]) if kept else views.ALL)
        return f"The label {name} is {new} now"

    async def _mark(self, what: str, write: Write) -> None:
        """Change a label in the queue of marks. Raises TuireaderError where that fails at once."""
        step = await self._screen.marking.do(Step(what, write))
        if step.trouble is not None:
            raise step.trouble

    # -- saved searches

    def saved(self, view: View) -> ViewConfig | None:
        """The saved search that a view shows."""
        if view.kind is not ViewKind.QUERY:
            return None
        return next((one for one in self._library.searches.saved if one.query == view.key), None)

    def save_view(self) -> None:
        """Ask for a name for what the list shows."""
        listing = self._screen.listing
        self.ask_view(views.expression_of(listing.view, listing.filter, self._screen.feeds))

    def ask_view(self, expression: str, name: str = "", replaces: str = "") -> None:
        """Ask for name and expression of a saved search."""
        lines = (
            Field("name", "Name", name, "in the sidebar"),
            Field("query", "Search", expression, 'words, "a phrase", title:word, is:unread, age:<3d …'),
        )
        title = f"Saved search {replaces}" if replaces else "Save this search"
        self._ask(Form(title, lines, partial(self._save_view, replaces)))

    async def _save_view(self, replaces: str, values: Mapping[str, str]) -> str:
        name, expression = values["name"], values["query"]
        if not name:
            raise TuireaderError("It needs a name")
        if not expression:
            raise TuireaderError("It needs words, or another expression")
        parsed = parse(expression)
        if isinstance(parsed, QueryError):
            raise TuireaderError(f"The search: {parsed}")
        before = next((one for one in self._library.searches.saved if one.name == replaces), None)
        await self._library.searches.save(name, expression, replaces)
        shown = self._screen.listing.view
        if before is not None and shown == View(ViewKind.QUERY, before.query):
            await self._screen.show_view(View(ViewKind.QUERY, expression))
        removes = self._screen.key_of("remove_this")
        return f"{name} is in the sidebar; {removes} there removes it{self._undoes}"

    # -- remove

    def remove(self, view: View) -> None:
        """Ask whether what a view shows should be removed."""
        library = self._library
        if view.kind is ViewKind.FEED and (feed := self._feed(int(view.key))) is not None:
            name = feed.title or feed.url
            self._confirm(
                "Remove a feed",
                f"Unsubscribe from {name}?\nIts articles stay stored and can be found.",
                partial(library.feeds.remove, feed.id),
                f"{name} is removed; its articles are kept",
            )
        elif view.kind is ViewKind.WATCH:
            self._confirm(
                "Remove a watch",
                f"Remove the watch {view.key}?\nThe articles that it hit stay stored.",
                partial(library.watches.remove, view.key),
                f"The watch {view.key} is removed",
            )
        elif view.kind is ViewKind.LABEL:
            self._confirm(
                "Remove a label",
                f"Take the label {view.key} away from all articles that have it?\nThe articles are kept.",
                partial(self._mark, f"{view.key} removed", lambda _: library.labels.remove(view.key)),
                f"The label {view.key} is removed",
            )
        elif (saved := self.saved(view)) is not None:
            self._confirm(
                "Remove a saved search",
                f"Take {saved.name} out of the sidebar?\nIt searches for {saved.query}",
                partial(library.searches.remove, saved.name),
                f"{saved.name} is no longer in the sidebar",
            )
        elif view.kind is ViewKind.FOLDER:
            edit = self._screen.key_of("edit_this")
            self._screen.host.say(f"A folder goes when its feeds do; {edit} renames it")
        else:
            self._screen.host.say(_NO)

    def _confirm(self, title: str, question: str, do: Callable[[], Awaitable[object]], said: str) -> None:
        def answered(yes: bool | None) -> None:
            if yes:
                self.do(do, f"{said}{self._undoes}")

        self._screen.app.push_screen(Confirm(title, question, "removes it"), answered)

    # -- and then

    @property
    def _undoes(self) -> str:
        return f" · {self._screen.key_of('undo')} undoes"

    def do(self, edit: Callable[[], Awaitable[object]], said: str) -> None:
        """Make a change, say so and show it."""
        run_latest(self._screen, partial(self._do, edit, said), "edit")

    async def _do(self, edit: Callable[[], Awaitable[object]], said: str) -> None:
        try:
            await edit()
        except (TuireaderError, OSError) as error:
            if isinstance(error, DatabaseError) and self._screen.marking.unsaved:
                return  # that has a toast already
            self._screen.host.say(str(error), severity="error", seconds=10)
            return
        await self.changed(said)

    def _ask(self, form: Form[str]) -> None:
        self._screen.app.push_screen(form, self.changed)

    async def changed(self, said: str | None) -> None:
        """Say what was changed, if anything was, and show it."""
        if said is None:
            return
        self._screen.host.say(said)
        await self._leave_what_is_gone()
        await self._screen.watching.changed()
        if self.saved(self._screen.listing.view) is not None:
            self._screen.stay_in_search()

    async def _leave_what_is_gone(self) -> None:
        """Show all articles where the view in the list is no more."""
        view = self._screen.listing.view
        feeds = await self._library.feeds.all()
        gone = (
            (view.kind is ViewKind.FEED and all(str(feed.id) != view.key for feed in feeds))
            or (view.kind is ViewKind.FOLDER and all(feed.folder != view.key for feed in feeds))
            or (view.kind is ViewKind.LABEL and view.key not in await self._labels())
            or (view.kind is ViewKind.WATCH and view.key not in self._library.watches.colors)
        )
        if gone:
            await self._screen.show_view(views.ALL)
            self._screen.sidebar.select(views.ALL)

    async def _labels(self) -> list[str]:
        return [label.name for label in await self._library.labels.all()]
