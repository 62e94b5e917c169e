"""Base class of the controllers, with their shared state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tuireader.library import Library
from tuireader.ui.host import Host, host_of
from tuireader.ui.session import Session
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
        """App of the panes."""
        return host_of(self.panes)

    @property
    def articles(self) -> ArticleList:
        """List of articles."""
        return self.panes.articles

    @property
    def pane(self) -> ArticlePane:
        """Reading pane."""
        return self.panes.article
