"""Message for an empty list: why there are no articles, and which key leads on."""

from __future__ import annotations

from collections.abc import Callable

from tuireader.model import ViewKind
from tuireader.ui.session import Session


def message(session: Session, key_of: Callable[[str], str]) -> str:
    """Return why nothing is listed, and what to do about it."""
    if session.error:
        return session.error
    if session.filter:
        return f"Nothing here is {session.filter}. {key_of('back')} shows all again."
    kind, sought = session.view.kind, session.view.key
    if kind is ViewKind.QUERY:
        return _nothing_found(sought.strip())
    if not session.feeds:
        return f"No feeds yet. {key_of('add_feed')} adds one."
    if kind is ViewKind.UNREAD:
        return (
            f"Nothing unread. {key_of('refresh_all')} refreshes, "
            f"{key_of('show_hide_read')} shows what is read."
        )
    if kind is ViewKind.STARRED:
        return f"Nothing starred yet. {key_of('toggle_star')} stars an article."
    if kind is ViewKind.LABEL:
        return f"Nothing is labelled {sought}."
    if kind is ViewKind.WATCH:
        return "Nothing matched so far."
    if not session.shows_read:
        return f"Nothing unread here. {key_of('show_hide_read')} shows what is read."
    return f"Nothing here yet. {key_of('refresh_one')} refreshes."


def _nothing_found(sought: str) -> str:
    if not sought:
        return 'Type words, "a phrase", title:word, -word …'
    if len(sought) > 1 and sought.isalpha() and sought.islower() and sought.isascii():
        return f"Nothing found.\n{sought}* also finds words that begin so."
    return "Nothing found."
