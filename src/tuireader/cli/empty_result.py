"""Messages on stderr when a command has nothing to print, with the reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tuireader.text import clean
from tuireader.text.wording import counted

if TYPE_CHECKING:
    from tuireader.library import Library

NO_FEEDS = "there are no feeds yet (start tuireader to choose some, or: tuireader add URL)"
NO_WATCHES = "there are no watches yet (W in the reader makes one, or write [[watch]] in the config)"
_ALONE = {
    "is:unread": "nothing is unread (`tuireader refresh` fetches what is new)",
    "is:starred": "nothing is starred (s in the reader stars an article, or: tuireader star EXPRESSION)",
    "is:muted": "nothing is muted",
}


async def no_articles(library: Library, expression: str) -> str:
    """Return the reason why `list` or `search` finds no article."""
    counts = await library.lists.counts()
    stored = counts.all.total + counts.muted
    if not stored and not library.config.feeds:
        return NO_FEEDS
    if not stored:
        return "there are no articles yet (`tuireader refresh` fetches them)"
    if not expression:
        return f"all articles are muted (tuireader list is:muted shows the {counts.muted:,})"
    if alone := _ALONE.get(expression):
        return alone
    if counts.muted:
        muted, _ = await library.searches.run(f"({expression}) is:muted", limit=counts.muted)
        if muted:
            hidden = counted(len(muted), "muted article")
            return f"nothing matches that is not muted ({hidden}: add is:muted to see them)"
    if len(expression) > 1 and expression.isascii() and expression.isalpha() and expression.islower():
        return f"nothing matches {expression} ({expression}* also finds words that begin so)"
    return f"nothing matches {clean(expression, 100)}"
