"""What the line at the top tells: the view, how much of it is unread, and how it is listed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tuireader.ui import entries as places

if TYPE_CHECKING:
    from tuireader.ui.screens.panes import Panes


def words(screen: Panes) -> tuple[str, str]:
    """The title of the list, and what is told of its number and its order."""
    view = screen.listing.view
    count = None if screen.listing.filter else places.count_of(view, screen.counts, screen.feeds)
    if count is None:
        more = screen.listing.partial or (screen.listing.capped and not screen.listing.filter)
        told = f"{len(screen.articles.ids)}{'+' if more else ''} found"
    elif not screen.is_counted:
        told = "…"
    elif view == places.STARRED:
        told = str(count.total)
    else:
        told = f"{count.unread} unread" if view != places.UNREAD else str(count.unread)
    hidden = "" if screen.listing.shows_read or view == places.UNREAD else ", read ones hidden"
    if screen.listing.sort != "date":
        from tuireader.ui.sorting import WORDS

        hidden += f", {WORDS[screen.listing.sort]}"
    title = places.title_of(view, screen.feeds, screen.library.views)
    if screen.listing.filter:
        title = f"{title} › {screen.listing.filter}"
    return title, told + hidden
