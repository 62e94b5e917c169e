"""Decide which pages to fetch: judge the texts of feeds, plan the pages of new articles, and retries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tuireader.config import FeedConfig
from tuireader.feeds import teasers
from tuireader.feeds.teasers import Sample
from tuireader.model import ParsedFeed
from tuireader.store import Store
from tuireader.store.articles.articles import StoredText
from tuireader.store.articles.incoming import Saved
from tuireader.store.feeds.feeds import FeedFacts
from tuireader.text import cut_characters
from tuireader.text.durations import DAY, HOUR

AT_FIRST = 20
"""Number of newest articles whose pages are fetched after subscribing."""
_WAITS = (600, HOUR // 2, HOUR, 2 * HOUR, 6 * HOUR, 30 * HOUR)
"""Seconds from a failed try to the next one; after the last, a page is given up."""
_SURE_WAITS = (HOUR, 30 * HOUR)
"""The same for pages that are missing or have another text: they may appear later, but rarely do."""
_SURE = frozenset((400, 401, 402, 404, 405, 410, 415, 451))
_PROBED = 6  # number of pages by which to judge whether pages have more than the feed
_ENOUGH = 5
_MORE = 1.25  # a page with less than this many times the feed's text adds nothing
_TITLE = 100  # as in `document.prepare`


def plan_pages(
    store: Store, feed: FeedFacts, parsed: ParsedFeed, saved: Saved, config: FeedConfig, now: int
) -> None:
    """Judge a feed by its new entries; schedule their pages if it publishes only teasers, or as configured.

    In a new feed, only the newest articles count.
    """
    arrived = [*saved.new, *(text for _, text in saved.carried if not text.full)]
    if config.text == "off" or not arrived:
        return
    is_new = feed.last_success is None
    arrived.sort(key=lambda text: (-text.time, -text.id))
    if is_new:
        arrived = arrived[:AT_FIRST]
    untitled = {entry.url for entry in parsed.entries if not entry.title}
    media = {entry.url for entry in parsed.entries if teasers.is_media(entry)}

    def sample(text: StoredText) -> Sample:
        return _sample(text, text.url in untitled, text.url in media)

    newest = [sample(text) for text in arrived[: teasers.MOST]]
    kind = _judged(store, feed, newest, parsed.site_url or feed.site_url or feed.url, is_new)
    if config.text == "on":
        wanted = [text.id for text in arrived if text.url]
    elif kind == "teasers":
        wanted = [text.id for text in arrived if teasers.needs_page(sample(text))]
    else:
        return
    store.full_texts.expect(wanted, now)


def _judged(store: Store, feed: FeedFacts, samples: Sequence[Sample], site: str, is_new: bool) -> str:
    """Return the kind of a feed's texts; a change is checked against the stored texts before it counts."""
    kind = teasers.judge(samples, site)
    if kind == feed.texts or (not kind and feed.texts):
        return feed.texts
    if not is_new and len(samples) < teasers.MOST:
        texts = store.articles.texts(store.full_texts.newest(feed.id, teasers.MOST))
        kind = teasers.judge([_sample(text, _is_untitled(text)) for text in texts], site)
    if feed.texts == "same" and kind in ("", "teasers"):
        return feed.texts
    if kind != feed.texts:
        store.full_texts.judged(feed.id, kind)
    return kind


def settle(store: Store, feed_ids: Iterable[int]) -> None:
    """Stop fetching pages that contain no more text than their feed: its short texts are complete."""
    for feed_id, kind in store.full_texts.kinds(list(feed_ids)).items():
        if kind != "teasers":
            continue
        texts = list(store.articles.texts(store.full_texts.newest(feed_id, _PROBED, fetched=True)))
        if len(texts) >= _ENOUGH and all(len(text.full) < _MORE * len(text.body) for text in texts):
            store.full_texts.judged(feed_id, "same")


def next_try(tries: int, status: int | None, retry_after: int | None, now: int) -> int | None:
    """Return when to try a page again that has failed `tries` times, None to give up.

    The server's `retry_after` is honoured up to a day. `status` is its answer, 200 if it sent another text
    than the article's.
    """
    waits = _SURE_WAITS if status in _SURE or status == 200 else _WAITS
    if tries > len(waits):
        return None
    return now + max(waits[max(tries, 1) - 1], min(retry_after or 0, DAY))


def _sample(text: StoredText, untitled: bool, media: bool = False) -> Sample:
    title = "" if untitled else text.title
    return Sample(title=title, body=text.body, html=text.html, url=text.url, media=media)


def _is_untitled(text: StoredText) -> bool:
    line = text.body.partition("\n")[0]
    return len(text.body) > len(text.title) > 0 and text.title == cut_characters(line, _TITLE)
