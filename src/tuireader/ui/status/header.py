"""Header text: the view, how much of it is unread, and how it is listed."""

from __future__ import annotations

from collections.abc import Sequence

from tuireader.commands.sorts import SEARCH_SORTS
from tuireader.config import ViewConfig
from tuireader.model import Count, View
from tuireader.text.wording import stories_and_articles
from tuireader.ui import views
from tuireader.ui.session import Session


def number(view: View, count: Count, *, folds: bool) -> str:
    """Return how much of a view is unread; of the starred articles, how many there are.

    Folded lists count stories, with the number of their articles.
    """
    starred = view == views.STARRED
    articles = count.total if starred else count.unread
    rows = count.rows(folds) if starred else count.unread_rows(folds)
    counted = str(articles) if rows == articles else stories_and_articles(rows, articles)
    return counted if starred or view == views.UNREAD else f"{counted} unread"


def header(session: Session, listed: int, saved: Sequence[ViewConfig]) -> tuple[str, str]:
    """Return the title of the list, and its count and order; `listed` articles are shown."""
    view = session.view
    count = None if session.filter else views.count_of(view, session.counts)
    if count is None:
        more = session.partial or (session.capped and not session.filter)
        counted = f"{listed}{'+' if more else ''} found"
    elif not session.is_counted:
        counted = "…"
    else:
        counted = number(view, count, folds=session.folds)
    if not session.shows_read and view != views.UNREAD:
        counted += ", read ones hidden"
    if session.sort != "date":
        counted += f", {SEARCH_SORTS[session.sort]}"
    title = views.title_of(view, session.feeds, saved)
    return f"{title} › {session.filter}" if session.filter else title, counted
