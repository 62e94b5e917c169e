"""All controllers of the main screen, made in the order in which they need each other."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from tuireader.ui.controllers.chosen import Chosen
from tuireader.ui.controllers.controller import Controller
from tuireader.ui.controllers.counting import Counting
from tuireader.ui.controllers.full_text import FullText
from tuireader.ui.controllers.images import Images
from tuireader.ui.controllers.listing import Listing
from tuireader.ui.controllers.mark_commands import MarkCommands
from tuireader.ui.controllers.marks import Marks
from tuireader.ui.controllers.navigation import Navigation
from tuireader.ui.controllers.next_unread import NextUnread
from tuireader.ui.controllers.reader import Reader
from tuireader.ui.controllers.refresh import Refreshing
from tuireader.ui.controllers.search import Search

if TYPE_CHECKING:
    from tuireader.ui.widgets.bars import TopLine


@dataclass(eq=False)
class Controllers(Controller):
    """Controllers of one screen; `reload` reads everything from the store again."""

    top: TopLine
    reload: Callable[[], Awaitable[None]]
    reload_soon: Callable[[], None]

    def __post_init__(self) -> None:
        base = self.session, self.library, self.panes, self.changed
        self.marks = Marks(*base, self._show_marks, self._marks_stored)
        self.listing = Listing(*base, self.marks)
        self.reader = Reader(*base, self.marks, self._opening)
        self.counting = Counting(*base)
        self.refreshing = Refreshing(*base, self.top, self.reload)
        self.chosen = Chosen(*base, self.marks)
        self.search = Search(*base, self.listing)
        unread = NextUnread(*base, self.listing, self.marks)
        self.navigation = Navigation(*base, self.listing, self.reader, unread, self.chosen, self.search)
        self.marking = MarkCommands(*base, self.listing, self.marks, self.chosen, unread)
        self.full_text = FullText(*base, self.reader, self.navigation, self.reload)

    @cached_property
    def images(self) -> Images:
        """Images of the open article."""
        return Images(self.session, self.library, self.panes, self.changed, os.environ)

    def _opening(self) -> None:
        """Make room for an article, whose images may come in sight."""
        self.panes.make_room()
        _ = self.images

    async def _show_marks(self) -> None:
        """Show marks outside of the list."""
        self.reader.forget()
        await self.reader.relabel()
        self.changed()

    def _marks_stored(self, lists_changed: bool) -> None:
        if lists_changed:
            self.reload_soon()
        else:
            self.counting.recount()
