"""Dialog to subscribe to feeds: enter an address or a file, preview the feeds found there, name a folder."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Input, OptionList, Static

from tuireader.config.files import expand_home
from tuireader.config.kinds import OTHER_SCHEMES
from tuireader.errors import IsOpmlError, TuireaderError
from tuireader.exchange.nearby import completions
from tuireader.model import FeedPreview, FoundFeed
from tuireader.text import cut, safe_url, without_password
from tuireader.ui.dialogs.feed_dialog import FeedDialog
from tuireader.ui.dialogs.import_feeds import ImportPreview, offers, preview_file, preview_plan
from tuireader.ui.widgets.choices import Choice
from tuireader.ui.workers import run_latest
from tuireader.wording.feed_summary import FOLLOWED
from tuireader.wording.lines import Line

if TYPE_CHECKING:
    from tuireader.library import Library
    from tuireader.library.exchange import Imported

_ADDRESS = "Address of a feed or a page, or an OPML file"
_LOOK = "enter looks for feeds · ctrl+t adds an account · esc closes"
_OPEN = "enter shows what is in it · tab completes · esc closes"
_ADD = "enter adds it, with or without a folder · esc closes"


class AddFeed(FeedDialog["int | Imported | None"]):
    """Dialog that adds feeds; the result is the number of new feeds, or that of the import of a file.

    `places` are further folders, as (account, category): for these, the feed is added on the server of the
    account, and `account` is set. The result `ACCOUNT` asks for the dialog that adds an account.
    """

    ACCOUNT = -1
    BINDINGS: ClassVar = [
        Binding("ctrl+t", f"dismiss({ACCOUNT})", show=False),
        Binding("tab", "complete", show=False),
    ]
    PAUSE = 0.3

    def __init__(
        self,
        library: Library,
        folders: Sequence[str],
        places: Mapping[str, tuple[str, str]],
        *,
        typed: str = "",
    ) -> None:
        super().__init__(library.feeds)
        self._library = library
        self._folders = sorted({folder for folder in folders if folder})
        self._places, self._typed = places, typed
        self.account = ""  # the account subscribed to the feed
        self._found: Sequence[FoundFeed] = ()
        self._chosen: FoundFeed | None = None  # once set, the dialog asks for its folder

    def compose(self) -> ComposeResult:
        self.about = Static(_ADDRESS, id="about", markup=False)
        placeholder = "https://…, ~/feeds.opml, maildir:…, imaps://…, or exec: and a program"
        self.line = Input(self._typed, placeholder, compact=True)
        yield self.box("Add feeds", self.about, self.line, self.choices, self.preview, hint=_LOOK)

    def _explain(self, about: str, hint: str, error: str = "") -> None:
        self.about.update(about)
        self.hint(hint, error)

    def _start(self, work: Callable[[], Awaitable[None]]) -> None:
        self.attempt(work, "add", self._show_error)

    def _show_error(self, error: str) -> None:
        if self._chosen is None:
            self._explain(_ADDRESS, _LOOK, error)
        else:
            self._show_feed(self._chosen, error)

    def _added(self, result: int | Imported | None) -> None:
        """Close with the result of a dialog on top, unless it was left."""
        if result is not None:
            self.dismiss(result)

    def on_mount(self) -> None:
        self.on_input_changed()
        if self._typed:
            self._look(self._typed)

    def on_input_changed(self) -> None:
        """List files to import until feeds are found: those nearby, or completions of the typed path."""
        self.followed = None
        typed = self.line.value.strip()
        if self._chosen is None:
            if self._found:
                self._show_found([])
            self._explain(_ADDRESS, _OPEN if _is_path(typed) else _LOOK)
            run_latest(self, partial(self._list_files, typed), "files")

    async def _list_files(self, typed: str) -> None:
        if typed:
            paths = await asyncio.to_thread(completions, typed) if _is_path(typed) else []
            self.choices.show([Choice(path, path) for path in paths])
        else:
            self.choices.show(offers(await self._library.exchange.nearby(), int(self.host.clock())))

    def on_key(self, event: events.Key) -> None:
        if self._chosen is None:
            self.move_in_list(event)

    def action_complete(self) -> None:
        if _is_path(typed := self.line.value.strip()):
            self._start(partial(self._complete, typed))
        else:
            self.focus_next()

    async def _complete(self, typed: str, *, opens: bool = False) -> None:
        """Fill in the chosen completion of a path, or the first; then open it unless it is a plain folder."""
        paths = await asyncio.to_thread(completions, typed)
        path = self.choices.current if self.choices.current in paths else next(iter(paths), typed)
        if opens and not path.endswith("/"):
            await self._offer(preview_file(self._library, expand_home(path)))
        elif self.line.value.strip() in ("", typed):  # nothing was typed since
            self.line.value = path
            self.line.cursor_position = len(path)

    async def _offer(self, reading: Awaitable[ImportPreview]) -> None:
        self._explain("Reading the file …", "esc closes")
        preview = await reading
        self._explain(_ADDRESS, _LOOK)
        self.app.push_screen(preview, self._added)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        if self._chosen is None:
            self._look(event.value.strip())
        else:
            self._start(partial(self._add, self._chosen, event.value.strip()))

    def _look(self, text: str) -> None:
        path = text if _is_path(text) else "" if text or self._found else self.choices.current
        if path:
            self._start(partial(self._complete, path, opens=True))
            return
        url = safe_url(text) or safe_url(f"https://{text}" if "://" not in text and "." in text else "")
        if text.startswith(OTHER_SCHEMES):
            url = text
        elif not url.lower().startswith(("http://", "https://")):
            self._explain(_ADDRESS, _LOOK, "Not a web address")
            return
        self._show_found([])
        self._explain(f"Looking at {without_password(url)} …", "esc closes")
        # without a scheme, the library also tries http if the server has no TLS
        self._start(partial(self._discover, url if "://" in text else text))

    async def _discover(self, url: str) -> None:
        try:
            feeds = await self.feeds.discover(url)
        except IsOpmlError as opml:
            name, exchange = without_password(url), self._library.exchange
            await self._offer(preview_plan(self._library, await exchange.read_data(opml.data, name), name))
            return
        self._show_found(feeds)
        if not feeds:
            await self._look_at_page(url)
        elif len(feeds) == 1:
            self._ask_folder(feeds[0])
        else:
            self.choices.focus()
            self._explain(f"{len(feeds)} feeds found", "enter chooses one · esc closes")

    async def _look_at_page(self, url: str) -> None:
        from tuireader.ui.dialogs.select_page import SelectPage

        self._explain(f"No feed at {url}; looking for articles …", "esc closes")
        pages = self._library.pages
        try:
            page = await pages.fetch(url)
            proposals = await pages.propose(page)
        except TuireaderError as error:
            raise TuireaderError(f"No feed found there: {error}") from None
        self._explain(_ADDRESS, _LOOK)
        self.app.push_screen(SelectPage(pages, page, proposals, self._folders), self._added)

    def _show_found(self, feeds: Sequence[FoundFeed]) -> None:
        self._found = feeds
        self.previews = {feed.url: feed.preview for feed in feeds if feed.preview is not None}
        self._show_choices()
        self.set_class(bool(feeds), "-found")
        self.show_preview(feeds[0] if feeds else None)

    def _show_choices(self, at: str | None = None) -> None:
        titles = [(feed.url, self._title(feed)) for feed in self._found]
        self.choices.show([Choice(url, title or url, note=url if title else "") for url, title in titles], at)

    def _title(self, feed: FoundFeed) -> str:
        """The title that the page gives a feed, else the feed's own."""
        preview = self.previews.get(feed.url)
        return feed.title or (preview.title if isinstance(preview, FeedPreview) else "")

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        feed = next((feed for feed in self._found if feed.url == event.option_id), None)
        if self._chosen is None and feed != self.previewed:
            self.show_preview(feed)

    def fetched(self) -> None:
        if self._chosen is None:
            self._show_choices(self.choices.current)
        else:
            self._show_feed(self._chosen)

    def without_preview(self, feed: FoundFeed, error: str, followed: bool) -> Sequence[Line]:
        state = (error, "error") if error else ("Reading it …", "dim")
        return [(state,), ((FOLLOWED, "star"),)] if followed else [(state,)]

    def _ask_folder(self, feed: FoundFeed) -> None:
        self._chosen = feed
        self.line.value = ""
        self.line.placeholder = "Folder (optional)"
        self.line.focus()
        there = [Choice(place, place, note="on its server") for place in self._places]
        self.choices.show([*(Choice(folder, folder) for folder in self._folders), *there])
        self._show_feed(feed)

    def _show_feed(self, feed: FoundFeed, error: str = "") -> None:
        title = cut(self._title(feed), max(1, self.about.content_size.width))
        self._explain("\n".join(filter(None, (title, feed.url))), _ADD, error)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        if self._chosen is not None:
            self._start(partial(self._add, self._chosen, event.option_id or ""))
        elif self._found:
            self._ask_folder(next(feed for feed in self._found if feed.url == event.option_id))
        else:
            self._look(self.line.value.strip())

    async def _add(self, feed: FoundFeed, folder: str) -> None:
        preview = self.previews.get(feed.url)
        untitled = isinstance(preview, FeedPreview) and not preview.title  # a feed with a title keeps it
        if (place := self._place(folder)) is not None:
            account, category = place
            self._explain(f"Asking {account} …", "esc closes")
            if await self._library.accounts.add_feed(account, feed.url, category):
                self.account = account
            else:
                self.host.say(f"{account} has it already")
            self.dismiss(0)
            return
        added = await self.feeds.add([(feed.url, feed.title if untitled else "", folder)])
        if not added:
            self.host.say("Already subscribed")
        self.dismiss(added)

    def _place(self, folder: str) -> tuple[str, str] | None:
        """Account and category of a folder; None for a local folder."""
        if folder in self._folders:
            return None
        name, _, category = folder.partition(" / ")
        typed = (name, category) if category and name in self._places else None
        return self._places.get(folder) or typed


def _is_path(text: str) -> bool:
    start, slash, _ = text.partition("/")
    is_relative = text.lower().endswith(".opml") and ":" not in start and not (slash and "." in start)
    return is_relative or text.startswith(("/", "~", "./", "../"))
