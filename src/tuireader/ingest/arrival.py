"""Match watches and mutes and store links when articles arrive or change; match again when mutes change."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain

from msgspec import Struct
from msgspec.structs import replace

from tuireader import query
from tuireader.config import MuteConfig
from tuireader.document.prepare import links_in
from tuireader.ingest.matching import FeedNames, hits, shown, subject
from tuireader.lexicon import has_variants
from tuireader.model import Evidence, OutLink
from tuireader.store import Store
from tuireader.store.articles.articles import StoredText
from tuireader.store.marks.mutes import SPARES_WATCHED, WITH_WATCHED
from tuireader.text import plain
from tuireader.text.durations import DAY
from tuireader.watch import Decided, Matcher, RuleBook


class Mute(Struct, frozen=True):
    """A mute: an expression for some feeds (None: all). Its `signature` identifies it in the store.

    Articles on a watch stay visible unless `include_watched` is set in the config.
    """

    signature: str
    wanted: query.Query
    feeds: frozenset[int] | None = None

    @classmethod
    def of(cls, config: MuteConfig, feeds: FeedNames, now: int) -> Mute | None:
        """Build the mute of a config entry; None if its expression is invalid.

        `config.feed` is the title, address or folder of a feed (`""`: any feed). The signature changes with
        the feeds, and daily if the expression depends on time, marks, watches or labels, so that stored
        articles are matched again.
        """
        parsed = query.parse(config.query)
        if isinstance(parsed, query.QueryError):
            return None
        wanted = config.feed.casefold()
        named = (number for number, names in feeds.items() if wanted in map(str.casefold, names))
        of_feeds = frozenset(named) if wanted else None
        parts = [config.query, wanted, *sorted(of_feeds or ()), *(["variants"] * has_variants(config.query))]
        for leaf in query.leaves(parsed.root):
            field = getattr(leaf, "field", "")
            if isinstance(leaf, query.Is) or field in ("age", "watch", "label", "id"):
                parts.append(f"day {now // DAY}")
            if field in ("feed", "folder", "label"):
                parts.append(str(sorted(feeds.items())))
        spares = WITH_WATCHED if config.include_watched else SPARES_WATCHED
        return cls(hashlib.sha256(repr(parts).encode()).hexdigest()[:16] + spares, parsed, of_feeds)

    def hides(self, feed: int, reading: query.FoldedArticle, now: int) -> bool:
        return (self.feeds is None or feed in self.feeds) and query.matches(self.wanted, reading, now)


class Rules(Struct, frozen=True):
    """Watches and mutes for arriving articles; `feeds` has the feed names that they may refer to.

    Watches in `ended` get no new matches. `groups` are terms of watches; each group names one thing. `book`
    has the rules of the configuration, see `saving.act`.
    """

    matcher: Matcher
    feeds: FeedNames
    mutes: Sequence[Mute] = ()
    notify: Collection[str] = ()
    ended: Collection[str] = ()
    groups: Sequence[Sequence[str]] = ()
    book: RuleBook | None = None


def record_new(
    store: Store,
    texts: Sequence[StoredText],
    rules: Rules,
    now: int,
    decided: dict[int, Decided] | None = None,
) -> list[tuple[StoredText, Evidence]]:
    """Match new articles, hide muted ones, and queue notifications; return matches of visible articles.

    Puts into `decided` what the rules of the configuration are to do with each (`saving.act`).
    """
    matches: dict[int, list[Evidence]] = {}
    for text in texts:
        every = hits(rules.matcher, text, rules.feeds)
        matches[text.id] = [hit for hit in every if hit.watch not in rules.ended]
        if rules.book and decided is not None:  # now, while the words of the text are at hand
            watches = tuple([hit.watch for hit in matches[text.id]])
            decided[text.id] = rules.book.decide(replace(shown(text, rules.feeds), watches=watches), now)
    store.watches.record(((text.id, item) for text in texts for item in matches[text.id]), now)
    store.match_log.record(((text, item) for text in texts for item in matches[text.id]), now)
    store.links.add(_out_links(texts))
    hidden = _hide(store, texts, matches, rules, now)
    return _visible(store, [(text, item) for text in texts for item in matches[text.id]], hidden, rules)


def record_changed(
    store: Store, changed: Sequence[tuple[StoredText, StoredText]], rules: Rules, now: int
) -> list[tuple[StoredText, Evidence]]:
    """Match and relate articles whose text has changed, given as (before, after).

    Returns only new matches. A lost match is kept as a former one, with the version that it matched.
    """
    if not changed:
        return []
    from tuireader.ingest.relating.relate import relate_changed  # most refreshes change nothing

    texts = [text for _, text in changed]
    matches = {text.id: hits(rules.matcher, text, rules.feeds) for text in texts}
    new = [
        (text, item)
        for before, text in changed
        for item in _rematched(store, text, matches[text.id], rules, now, before)
    ]
    linking = [text for text in texts if text.links is not None]
    store.links.record(_out_links([_with_page_links(store, text) for text in linking]))
    changed = [pair for pair in changed if not pair[1].same_text_as(pair[0])]
    relate_changed(store, changed, rules.groups)
    hidden = _hide(store, texts, matches, rules, now)
    return _visible(store, new, hidden, rules)


def record_carried(
    store: Store, carried: Sequence[tuple[StoredText, StoredText]], rules: Rules, now: int
) -> list[tuple[StoredText, Evidence]]:
    """Match articles that have a new text in a further feed, given as (before, after).

    A read article becomes unread if only the new text matches a watch.
    """
    new = record_changed(store, carried, rules, now)
    if unseen := [text.id for text, _ in new if text.read]:
        store.marks.set("read", unseen, False, now=now, journal=False)
    return new


def _rematched(
    store: Store,
    text: StoredText,
    current: Sequence[Evidence],
    rules: Rules,
    now: int,
    before: StoredText,
    page: str = "",
) -> list[Evidence]:
    """Set the matches of a changed article; return those that it never had.

    A lost match is kept with the version that it matched; `page` is the previous HTML of the article's page.
    """
    if bare := store.match_log.bare_of([text.id]):  # the text that matched is about to be lost
        former = hits(rules.matcher, before, rules.feeds, [match.watch for match in bare])
        evidence = {(before.id, item.watch): item for item in former}
        store.match_log.complete(bare, {before.id: before}, evidence, now)
    new, lost = store.watches.rematch(text.id, current, now)
    store.match_log.record(((text, item) for item in current), now)
    if lost:
        former = hits(rules.matcher, before, rules.feeds, lost)
        known = {item.watch: item for item in former}
        ended = []
        for item in [known.get(name, Evidence(name)) for name in lost]:
            version = _version(store, text, item, before, now, page)
            ended.append((text.id, replace(item, revision=version, until=now)))
        store.watches.end_matches(ended)
    return new


def _version(store: Store, text: StoredText, item: Evidence, before: StoredText, now: int, page: str) -> int:
    full = before.full != text.full
    known = store.revisions.replaced_at(text.id, now, full=full, feed_id=item.feed_id)
    if known:
        return known
    title, html = before.title, page if full else before.html
    for other in before.appearances:
        if other.feed_id == item.feed_id and not other.same:
            title, html = other.title, other.html
    return store.revisions.keep(text.id, now, title, html, full=full, feed_id=item.feed_id)


def record_full_text(
    store: Store, article_id: int, html: str, base_url: str, rules: Rules, now: int
) -> list[tuple[StoredText, Evidence]]:
    """Store the text of an article's page, and match the article again; return new matches.

    Articles are related by their feed texts; only verbatim copies of the page fold with it. Links of the page
    are added to those of the feed, even if the feed's text was purged.
    """
    from tuireader.ingest.relating.relate import fold_page  # most refreshes fetch no page

    old = next(iter(store.articles.texts([article_id])), None)
    if old is None:
        return []
    purged = not store.full_texts.has_content(article_id)
    known = store.links.of(article_id) if purged else []
    page, _ = store.full_texts.page(article_id)
    if not purged:
        store.index.remove([old])
    store.full_texts.keep(article_id, html, base_url, now)
    own = links_in(old.html, old.base_url or old.url, old.url)
    text = _with_page_links(store, replace(old, full=plain(html), links=own))
    every = {link.url: link for link in (*(text.links or ()), *known)}
    store.links.record([(article_id, list(every.values()))])
    store.index.add([text])
    fold_page(store, text, rules.groups)
    current = hits(rules.matcher, text, rules.feeds)
    new = [(text, item) for item in _rematched(store, text, current, rules, now, old, page)]
    hidden = _hide(store, [text], {article_id: current}, rules, now)
    return _visible(store, new, hidden, rules)


def _out_links(texts: Iterable[StoredText]) -> Iterator[tuple[int, Sequence[OutLink]]]:
    """Yield the links of the articles whose texts were parsed for links."""
    return ((text.id, text.links) for text in texts if text.links is not None)


def _with_page_links(store: Store, text: StoredText) -> StoredText:
    if not text.full:
        return text
    html, base_url = store.full_texts.page(text.id)
    own = {link.url: link for link in text.links or ()}
    page = links_in(html, base_url or text.url, text.url)
    return replace(text, links=(*own.values(), *(link for link in page if link.url not in own)))


def _hide(
    store: Store,
    texts: Sequence[StoredText],
    matches: Mapping[int, Sequence[Evidence]],
    rules: Rules,
    now: int,
) -> set[int]:
    if not texts:
        return set()
    if not rules.mutes:  # but a rule may have muted what a watch now matches
        return store.mutes.record([text.id for text in texts], ())
    hidden: list[tuple[int, str]] = []
    logged = store.records.identifiers(text.id for text in texts)
    for text in texts:
        watches, ids = tuple(item.watch for item in matches[text.id]), logged.get(text.id, ())
        reading = query.FoldedArticle(replace(shown(text, rules.feeds), watches=watches, ids=ids))
        hidden += [
            (text.id, mute.signature) for mute in rules.mutes if mute.hides(text.feed_id, reading, now)
        ]
    return store.mutes.record([text.id for text in texts], hidden)


def _visible(
    store: Store, matches: Iterable[tuple[StoredText, Evidence]], hidden: set[int], rules: Rules
) -> list[tuple[StoredText, Evidence]]:
    """Keep the matches of visible articles, and queue notifications for watches that want them."""
    seen = [(text, item) for text, item in matches if text.id not in hidden]
    store.notices.add((item.watch, text.id) for text, item in seen if item.watch in rules.notify)
    return seen


def match_mutes(
    store: Store, *, mutes: Sequence[Mute], feeds: FeedNames, now: int, up_to: int, size: int
) -> int:
    """Match mutes with the last `size` articles up to id `up_to`; return the id to continue from.

    Only displayed texts count: texts of further feeds hide nothing.
    """
    first = max(1, up_to - size + 1)
    several = set(store.watches.with_variants(first, up_to))
    texts = list(store.articles.texts(sorted(several), watches=True)) if several else []
    hidden_by: dict[str, list[int]] = {}
    for mute in mutes:
        steps = store.search.find_between(
            mute.wanted,
            now=now,
            subject=lambda text: subject(text, feeds),
            feeds=mute.feeds,
            first=first,
            last=up_to,
        )
        hidden = [article for article in chain.from_iterable(steps) if article not in several]
        readings = ((text, query.FoldedArticle(shown(text, feeds))) for text in texts)
        hidden += (text.id for text, reading in readings if mute.hides(text.feed_id, reading, now))
        hidden_by[mute.signature] = hidden
    store.mutes.record_range(first, up_to, hidden_by)
    return first - 1
