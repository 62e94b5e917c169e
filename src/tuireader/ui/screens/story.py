"""Story screen: who reported when, what each report added, what came before and after."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual.widget import Widget

from tuireader.commands import Scope
from tuireader.export.story_formats import markdown
from tuireader.ui.drawing.story_page import build_story, facts
from tuireader.ui.screens.side_screen import SideScreen
from tuireader.ui.widgets.story_pane import StoryPane
from tuireader.ui.workers import run_latest

if TYPE_CHECKING:
    from tuireader.export.story import StoryPage
    from tuireader.model import Article
    from tuireader.ui.drawing.page_parts import Target
    from tuireader.ui.widgets.page_pane import PagePane

_FEEDS = 20  # cells beside the text, for the names of the feeds
_KEYS = (("open", "Open"), ("open_browser", "Browser"), ("copy_markdown", "Copy"), ("save", "Save"))


class StoryScreen(SideScreen["Target"]):
    """The page of an article's story; the result is the article to open."""

    PLACE = Scope.STORY
    AUTO_FOCUS = "#article"

    def __init__(self, article: Article, page: StoryPage) -> None:
        super().__init__()
        self._article = article
        self._page = page
        self._unfolded: set[int] = set()  # reports whose copies have a line each

    def content(self) -> Iterable[Widget]:
        self.pane = self.main_pane = StoryPane(self.host.library.config.ui.width + _FEEDS)
        return (self.pane,)

    def on_mount(self) -> None:
        """Show the page now, and again whenever the store changes."""
        self.top.show(title="Story")
        self._show()
        self.host.reloaded.subscribe(self, lambda _: run_latest(self, self._reload, "story"))

    async def _reload(self) -> None:
        self._page = await self.host.library.stories.page(self._article.id)
        self._show()

    def _show(self) -> None:
        """Show the page; the cursor stays on its article."""
        current = self._target
        self.top.show(count=facts(self._page, int(self.host.clock())))
        page, start = build_story(self._page, self._article, self._unfolded)
        ids = [target.article_id for target in page.tail.targets]
        known = current is not None and current.article_id in ids
        self.pane.show_story(page, ids.index(current.article_id) if current and known else start)

    @property
    def _target(self) -> Target | None:
        targets = self.pane.targets
        return targets[self.pane.chosen] if 0 <= self.pane.chosen < len(targets) else None

    def on_page_pane_changed(self) -> None:
        self.show_footer(_KEYS, f"{self.pane.chosen + 1}/{len(self.pane.targets)}")

    def on_page_pane_target_opened(self, message: PagePane.TargetOpened) -> None:
        original = self._folded_with(message.target.article_id)
        if original:
            self._unfolded.add(original)
            self._show()
        else:
            self.dismiss(message.target)

    def _folded_with(self, article_id: int | None) -> int:
        """Report below which an article shares a line with other copies; 0 if there is none."""
        reports = self._page.reports
        original = next((each.report.copy_of for each in reports if each.report.article_id == article_id), 0)
        several = sum(each.report.copy_of == original for each in reports) > 1
        return original if several and original not in self._unfolded else 0

    def action_open(self) -> None:
        self.pane.open_chosen()

    async def action_open_browser(self) -> None:
        if self._target is not None:
            await self.host.browse(self._target.url)

    def action_copy_url(self) -> None:
        if self._target is None or not self._target.url:
            self.host.say("This article has no address")
            return
        self.host.copy_to_clipboard(self._target.url)
        self.host.say(f"Copied: {self._target.url}")

    def action_copy_markdown(self) -> None:
        self.host.copy_to_clipboard(markdown(self._page))
        self.host.say("Copied the story as Markdown")

    async def action_save(self) -> None:
        path, new = await self.host.library.stories.save(self._page)
        self.host.say(f"{'Saved' if new else 'Already saved, unchanged'}: {path}")
