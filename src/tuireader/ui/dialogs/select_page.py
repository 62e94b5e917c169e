"""Dialog to subscribe to a page without a feed: selectors, and the articles that they find."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace
from textual.app import ComposeResult
from textual.widgets import Input

from tuireader.config import FeedConfig
from tuireader.config.selectors import ITEM_KEYS, SELECTOR_KEYS
from tuireader.errors import TuireaderError
from tuireader.library.feeds.page_sources import PageSources, WebPage
from tuireader.model import FoundOnPage
from tuireader.text import cut, without_password
from tuireader.ui.dialogs.dialog import FormDialog
from tuireader.ui.widgets.details import Preview
from tuireader.ui.widgets.field import Field, Pick, setting
from tuireader.wording.lines import Line
from tuireader.wording.page_summary import found_lines

_WATCHED = "page"


class SelectPage(FormDialog[int | None]):
    """Form for the selectors of a page above what they find; the result is the number of new feeds.

    Nothing is added until its preview has been shown.
    """

    def __init__(
        self, pages: PageSources, page: WebPage, proposals: Sequence[FeedConfig], folders: Sequence[str]
    ) -> None:
        super().__init__(classes="form")
        self._pages = pages
        self._page = page
        self._proposals = proposals
        self._folders = folders
        self._seen: FeedConfig | None = None  # the feed that the preview shows

    def compose(self) -> ComposeResult:
        items = [
            f"{'others' if at else 'articles'} ({feed.items})" for at, feed in enumerate(self._proposals)
        ]
        names = {str(at): name for at, name in enumerate(items or ["articles"])}
        value = "0" if self._proposals else _WATCHED
        self.kind = Pick("what", "Add", {**names, _WATCHED: "changes of the page"}, value)
        first = self._proposals[0] if self._proposals else FeedConfig(self._page.address)
        self.fields = {key: setting(first, key) for key in SELECTOR_KEYS}
        folders = f"none; {', '.join(self._folders)}" if self._folders else "none"
        self.folder = Field("folder", "Folder", "", folders)
        self.preview = Preview(self._found)
        title = f"No feed at {cut(without_password(self._page.address), 60)}"
        yield self.box(title, self.kind, *self.fields.values(), self.folder, self.preview)

    def on_mount(self) -> None:
        self._show_fields()
        self.preview.renew()

    def on_pick_changed(self) -> None:
        """Show another proposal, or the page to watch."""
        if self.kind.value != _WATCHED and self._proposals:
            chosen = self._proposals[int(self.kind.value)]
            for key, field in self.fields.items():
                field.query_one(Input).value = getattr(chosen, key)
        self._show_fields()
        self.preview.renew()

    def _show_fields(self) -> None:
        watched = self.kind.value == _WATCHED
        for key, field in self.fields.items():
            field.display = (key == "select") == watched

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.show_hint()
        if event.input.id != "folder":
            self.preview.renew(soon=True)

    def show_hint(self, error: str = "") -> None:
        more = " · ← → other articles" if len(self._proposals) > 1 else ""
        self.hint(f"enter adds it · esc cancels · ↑ ↓ move{more}", error)

    @property
    def config(self) -> FeedConfig:
        """The feed that the fields describe, without its folder."""
        if self.kind.value == _WATCHED:
            return FeedConfig(self._page.address, kind="page", select=self.fields["select"].value)
        chosen: dict[str, Any] = {key: self.fields[key].value for key in ITEM_KEYS}
        return FeedConfig(self._page.address, **chosen)

    async def _found(self) -> Sequence[Line]:
        feed = self.config
        page = await self._pages.look(self._page, feed)
        self._seen = feed if self.is_usable(page) else None
        return found_lines(page, self._page.address, int(self.host.clock()))

    @staticmethod
    def is_usable(page: FoundOnPage) -> bool:
        return not page.error and bool(page.articles or page.lines)

    async def save(self) -> int:
        """Add the feed if its preview has been shown."""
        feed = self.config
        if feed != self._seen:
            page = await self._pages.look(self._page, feed)
            if not self.is_usable(page):
                raise TuireaderError(page.error)
            self.preview.renew()
            raise TuireaderError("Look at what is found below, then press enter again")
        added = await self._pages.add(replace(feed, folder=self.folder.value))
        if not added:
            self.host.say("Already subscribed")
        return int(added)
