"""Story screen: who reported when, what each report added, what came before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.screen import Screen

from tuireader.commands import Scope, key_label
from tuireader.errors import TuireaderError
from tuireader.export.story_formats import markdown, summary
from tuireader.ui.bindings import bindings
from tuireader.ui.drawing.story_page import build_story
from tuireader.ui.host import Host, host_of
from tuireader.ui.widgets.bars import StatusLine, TopLine
from tuireader.ui.widgets.story_pane import StoryPane
from tuireader.ui.workers import run_latest

if TYPE_CHECKING:
    from tuireader.export.story import StoryPage
    from tuireader.model import Article
    from tuireader.ui.drawing.page_parts import Target
    from tuireader.ui.widgets.page_pane import PagePane

_KEYS = (("open", "Open"), ("open_browser", "Browser"), ("copy_markdown", "Copy"), ("save", "Save"))


class StoryScreen(Screen["Target | None"], inherit_bindings=False):
    """The page of an article's story; the result is the article to open."""

    BINDINGS: ClassVar = [*bindings(Scope.STORY), Binding("ctrl+c", "screen.copy_text", show=False)]
    AUTO_FOCUS = "#article"

    def __init__(self, article: Article, page: StoryPage) -> None:
        super().__init__()
        self._article = article
        self._page = page

    @property
    def host(self) -> Host:
        """The app."""
        return host_of(self)

    def compose(self) -> ComposeResult:
        """Compose header, page and footer."""
        self.top, self.status = TopLine(), StatusLine()
        self.pane = StoryPane(self.host.library.config.ui.width)
        yield self.top
        yield self.pane
        yield self.status

    def on_mount(self) -> None:
        """Show the page now, and again whenever the store changes."""
        self.top.show(title="Story", count=summary(self._page))
        page, start = build_story(self._page, self._article)
        self.pane.show_story(page, start)
        self.host.reloaded.subscribe(self, lambda _: run_latest(self, self._reload, "story"))

    async def _reload(self) -> None:
        """Read the story again; the cursor stays on its article."""
        current = self._target
        self._page = await self.host.library.stories.page(self._article.id)
        self.top.show(count=summary(self._page))
        page, start = build_story(self._page, self._article)
        ids = [target.article_id for target in page.tail.targets]
        known = current is not None and current.article_id in ids
        self.pane.show_story(page, ids.index(current.article_id) if current and known else start)

    @property
    def _target(self) -> Target | None:
        """The article under the cursor."""
        targets = self.pane.targets
        return targets[self.pane.chosen] if 0 <= self.pane.chosen < len(targets) else None

    def on_page_pane_changed(self) -> None:
        """Update keys and position."""
        key_of = self.host.key_of
        moving = (f"{key_of('move_down')}/{key_of('move_up')}", "move")
        by_escape = "escape" in self.host.keys_of["back"]
        leaving = (key_label("escape") if by_escape else key_of("back"), "Back")
        keys = [(key_of(command), title) for command, title in _KEYS]
        where = f"{self.pane.chosen + 1}/{len(self.pane.targets)}"
        self.status.show([moving, *keys, leaving], where, False)

    # -- keys

    def on_page_pane_target_opened(self, message: PagePane.TargetOpened) -> None:
        """Open an article."""
        self.dismiss(message.target)

    def action_pane(self, command_id: str) -> None:
        self.pane.act(command_id)

    def action_open(self) -> None:
        self.pane.open_chosen()

    def action_back(self) -> None:
        self.dismiss(None)

    action_quit_or_back = action_back

    async def action_quit(self) -> None:
        await self.host.leave(0)

    async def action_open_browser(self) -> None:
        """Open the article under the cursor in the browser."""
        if self._target is not None:
            await self.host.browse(self._target.url)

    def action_copy_url(self) -> None:
        """Copy the address of the article under the cursor."""
        if self._target is None or not self._target.url:
            self.host.say("This article has no address")
            return
        self.host.copy_to_clipboard(self._target.url)
        self.host.say(f"Copied: {self._target.url}")

    def action_copy_markdown(self) -> None:
        """Copy the page as Markdown."""
        self.host.copy_to_clipboard(markdown(self._page))
        self.host.say("Copied the story as Markdown")

    async def action_save(self) -> None:
        """Save the page as a file."""
        try:
            path, new = await self.host.library.stories.save(self._page)
        except TuireaderError as error:
            self.host.report(error)
            return
        self.host.say(f"{'Saved' if new else 'Already saved, unchanged'}: {path}")
