"""Find the articles that have a picture or a link in common with an article."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from tuireader.dedup import site_of
from tuireader.related.search import ArticleText
from tuireader.related.sharing import is_page
from tuireader.related.stories import SPAN_DAYS
from tuireader.store import Store
from tuireader.store.articles.links import Holder
from tuireader.text.durations import DAY

if TYPE_CHECKING:
    from tuireader.ingest.relating.stored_profiles import StoredProfiles

_LINKS = 8  # links of an article to look up
_HOLDERS = 6  # articles that may have a picture or link: with more of them, it is not about one event


def sharing(store: Store, profiles: StoredProfiles, article: ArticleText) -> dict[int, str]:
    """Map articles of other feeds and the same days that share a picture or link to the reason.

    A picture in two articles of one feed, such as its default picture, is no evidence.
    """
    reasons: dict[int, str] = {}
    for reason, holders in _holders(store, profiles, article):
        others = [holder for holder in holders if holder.article_id != article.id]
        if len({article.feed, *(holder.feed_id for holder in others)}) > len(others):
            near = [holder for holder in others if abs(holder.time - article.time) <= SPAN_DAYS * DAY]
            reasons |= {holder.article_id: reason for holder in near}
    return reasons


def _holders(
    store: Store, profiles: StoredProfiles, article: ArticleText
) -> Iterator[tuple[str, list[Holder]]]:
    """Yield the articles with each link or picture, unless they are many; not those on a link's own site."""
    own = site_of(article.url)
    pages = ((url, key) for url, key in store.links.cited(article.id) if is_page(url))
    for url, key in islice(pages, _LINKS):
        linking = store.links.linking(key, _HOLDERS + 1)
        if 1 < len(linking) <= _HOLDERS and (site := site_of(url)) != own:
            holders = store.links.holders(linking)
            yield "links to the same page", [holder for holder in holders if site_of(holder.url) != site]
    for posted in profiles.postings(article.pictures, article.day, _HOLDERS + 1).values():
        if 1 < len(posted) <= _HOLDERS:
            yield "shares a picture", store.links.holders(posted)
