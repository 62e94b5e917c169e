"""Base class of the controllers, with their shared state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tuireader.library import Library
from tuireader.ui.host import Host
from tuireader.ui.session import Session
from tuireader.ui.status import empty_list
from tuireader.ui.widgets.article_list import ArticleList
from tuireader.ui.widgets.article_pane import ArticlePane
from tuireader.ui.widgets.panes import Panes


@dataclass(eq=False)
class Controller:
    """State, library and panes; `changed` updates header and footer."""

    session: Session
    library: Library
    panes: Panes
    changed: Callable[[], None]

    @property
    def host(self) -> Host:
        return self.panes.host

    def explain_sync(self) -> None:
        """Show in an empty list how far a first sync is, or why there is none."""
        session = self.session
        if not self.articles.ids and not session.expression and (session.syncing or not session.feeds):
            self.articles.empty_text = empty_list(session, self.host.key_of)
            self.articles.refresh()

    @property
    def articles(self) -> ArticleList:
        return self.panes.articles

    @property
    def pane(self) -> ArticlePane:
        return self.panes.article
