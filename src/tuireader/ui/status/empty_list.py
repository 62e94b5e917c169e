"""What a list without articles says: why there are none, and which key leads on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tuireader.model import ViewKind

if TYPE_CHECKING:
    from tuireader.ui.screens.panes import Panes


def words(screen: Panes) -> str:
    """Why nothing is listed, and what to do about it."""
    listing, key = screen.listing, screen.key_of
    if listing.trouble:
        return listing.trouble
    if listing.filter:
        return f"Nothing here is {listing.filter}. {key('back')} shows all again."
    kind, sought = listing.view.kind, listing.view.key
    if kind is ViewKind.QUERY:
        return _nothing_found(sought.strip())
    if not screen.feeds:
        return f"No feeds yet. {key('add_feed')} adds one."
    if kind is ViewKind.UNREAD:
        return f"Nothing unread. {key('refresh_all')} refreshes, {key('show_hide_read')} shows what is read."
    if kind is ViewKind.STARRED:
        return f"Nothing starred yet. {key('toggle_star')} stars an article."
    if kind is ViewKind.LABEL:
        return f"Nothing is labelled {sought}."
    if kind is ViewKind.WATCH:
        return "Nothing matched so far."
    if not listing.shows_read:
        return f"Nothing unread here. {key('show_hide_read')} shows what is read."
    return f"Nothing here yet. {key('refresh_one')} refreshes."


def _nothing_found(sought: str) -> str:
    if not sought:
        return 'Type words, "a phrase", title:word, -word …'
    if len(sought) > 1 and sought.isalpha() and sought.islower() and sought.isascii():
        return f"Nothing found.\n{sought}* also finds words that begin so."
    return "Nothing found."
