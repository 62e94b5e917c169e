"""What the line at the top tells: the view, how much of it is unread, and how it is listed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tuireader.model import Count, View
from tuireader.text.wording import stories_and_articles
from tuireader.ui import views

if TYPE_CHECKING:
    from tuireader.ui.screens.panes import Panes


def number(view: View, count: Count, *, folds: bool) -> str:
    """How much of a view is unread; of the starred articles, how many there are.

    Where stories are folded it has their number and that of their articles.
    """
    starred = view == views.STARRED
    articles = count.total if starred else count.unread
    rows = count.rows(folds) if starred else count.unread_rows(folds)
    told = str(articles) if rows == articles else stories_and_articles(rows, articles)
    return told if starred or view == views.UNREAD else f"{told} unread"


def words(screen: Panes) -> tuple[str, str]:
    """The title of the list, and what is told of its number and its order."""
    view = screen.listing.view
    count = None if screen.listing.filter else views.count_of(view, screen.counts)
    if count is None:
        more = screen.listing.partial or (screen.listing.capped and not screen.listing.filter)
        told = f"{len(screen.articles.ids)}{'+' if more else ''} found"
    elif not screen.is_counted:
        told = "…"
    else:
        told = number(view, count, folds=screen.listing.folds)
    hidden = "" if screen.listing.shows_read or view == views.UNREAD else ", read ones hidden"
    if screen.listing.sort != "date":
        from tuireader.commands.sorts import SEARCH_SORTS

        hidden += f", {SEARCH_SORTS[screen.listing.sort]}"
    title = views.title_of(view, screen.feeds, screen.library.searches.saved)
    if screen.listing.filter:
        title = f"{title} › {screen.listing.filter}"
    return title, told + hidden
