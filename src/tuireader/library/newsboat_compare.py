"""Compare a newsboat profile with the store: feeds, searches, articles and marks."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Annotated

from tuireader.library import newsboat_files
from tuireader.library.context import UseCases, address_key
from tuireader.newsboat.outcomes import Consent, Outcome
from tuireader.store import Store
from tuireader.text import clean, without_password
from tuireader.text.wording import counted

if TYPE_CHECKING:
    from tuireader.newsboat.profile import Places, Profile
    from tuireader.store.exchange import ArticleMarks
    from tuireader.store.newsboat import NewsboatCache

_SHOWN = 20
"""Differences that a comparison names one by one."""
_KINDS = ("feeds", "tags", "searches", "articles", "read", "unread", "flagged", "flags")


@dataclass(frozen=True, slots=True)
class Side:
    """A number on both sides."""

    what: Annotated[str, "`feeds`, `tags`, `searches`, `articles`, `read`, `unread`, `flagged` or `flags`."]
    there: Annotated[int, "In newsboat, including what is left out."]
    here: Annotated[int, "Here."]


@dataclass(frozen=True, slots=True)
class Comparison:
    """newsboat and this program compared.

    `left_out` names what an import leaves out, `differences` the first of the other differences, `more` the
    number of the rest. `asked` are lines that need consent; they are no difference in articles.
    """

    sides: tuple[Side, ...]
    left_out: Annotated[tuple[str, ...], "Feeds, searches and articles that an import leaves out."] = ()
    differences: Annotated[tuple[str, ...], "Other differences, at most twenty."] = ()
    more: Annotated[int, "Number of further differences."] = 0
    asked: Mapping[Consent, list[Outcome]] = field(default_factory=dict)

    @property
    def equal(self) -> bool:
        """True when feeds, searches, articles and marks are the same on both sides."""
        return (
            not self.left_out and not self.differences and all(side.there == side.here for side in self.sides)
        )


class _Count:
    """Totals and differences so far."""

    def __init__(self) -> None:
        self.totals = dict.fromkeys(_KINDS, (0, 0))
        self.differences: list[str] = []

    def add(self, what: str, there: int, here: int) -> None:
        before = self.totals[what]
        self.totals[what] = (before[0] + there, before[1] + here)


class Comparing(UseCases):
    """Compare a newsboat with what is stored here."""

    async def _asks(self, found: Places, profile: Profile) -> dict[Consent, list[Outcome]]:
        """Return the lines that need consent and would change something here."""
        text = await asyncio.to_thread(newsboat_files.text_of, self._context.paths.config)
        return await asyncio.to_thread(newsboat_files.asks, found, text, profile)

    async def compare(self, found: Places) -> Comparison:
        """Count feeds, tags, searches, articles and marks on both sides, and list the differences."""
        profile = await asyncio.to_thread(newsboat_files.profile_of, found)
        subscriptions = profile.subscriptions
        count = _Count()
        count.add("feeds", subscriptions.left_out, 0)
        self._compare_searches(profile, count)
        left_out = [str(one) for one in subscriptions.outcomes if one.fate == "dropped"]
        async with newsboat_files.cache_of(profile.cache) as cache:
            for feed in subscriptions.feeds:
                await self._compare_feed(profile, feed.url, cache, count)
            if cache is not None:
                left_out += await asyncio.to_thread(_others, profile, cache, count)
        sides = tuple(Side(what, there, here) for what, (there, here) in count.totals.items())
        return Comparison(
            sides,
            tuple(left_out),
            tuple(count.differences[:_SHOWN]),
            max(0, len(count.differences) - _SHOWN),
            await self._asks(found, profile),
        )

    def _compare_searches(self, profile: Profile, count: _Count) -> None:
        here = {view.name.casefold(): view for view in self._context.config.views}
        made = {made[1] for one in profile.subscriptions.outcomes for made in one.makes if made[0] == "view"}
        views = [view for view in profile.subscriptions.views if view.name.casefold() in made]
        same = [view for view in views if here.get(view.name.casefold()) == view]
        count.add("searches", profile.subscriptions.queries, len(same))
        count.differences += [
            f"query:{view.name}: is {'another search' if view.name.casefold() in here else 'no search'} here"
            for view in views
            if view not in same
        ]

    async def _compare_feed(
        self, profile: Profile, url: str, cache: NewsboatCache | None, count: _Count
    ) -> None:
        ids = {address_key(feed.url): feed.id for feed in self._context.feeds}
        tags = {address_key(feed.url): _tags(feed.folder, feed.labels) for feed in self._context.config.feeds}
        feed_id, name = ids.get(address_key(url)), without_password(url)
        there, here = profile.subscriptions.tags[url], tags.get(address_key(url), ())
        count.add("feeds", 1, int(feed_id is not None))
        count.add("tags", len(there), len(set(there) & set(here)))
        if feed_id is None:
            count.differences.append(f"{name}: is not subscribed here")
        elif there != here:
            count.differences.append(f"{name}: tags are {', '.join(there)} there, {', '.join(here)} here")
        if cache is None:
            return
        states = await self._pool.read(partial(_states, feed_id=feed_id)) if feed_id else {}
        async for batch in newsboat_files.batches(cache, url):
            for item, _ in batch:
                state = states.get(item.keys.guid)
                _add_marks(count, item.read, item.labels, state)
                if difference := _difference(item.read, item.starred, state):
                    count.differences.append(f"{name}: {item.prepared.title}: {difference}")


def _add_marks(count: _Count, read: bool, flags: tuple[str, ...], state: ArticleMarks | None) -> None:
    count.add("articles", 1, int(state is not None))
    count.add("read", int(read), int(state is not None and state.read))
    count.add("unread", int(not read), int(state is not None and not state.read))
    count.add("flagged", int(bool(flags)), int(state is not None and state.starred))
    count.add("flags", len(flags), len(set(flags) & set(state.labels if state else ())))


def _difference(read: bool, starred: bool, state: ArticleMarks | None) -> str:
    if state is None:
        return "is not stored here"
    if state.read != read:
        merged = " (it stands in several feeds here)" if state.sources > 1 else ""
        return f"is {_words(read)} there, {_words(state.read)} here{merged}"
    return f"is {'' if starred else 'not '}flagged there" if starred != state.starred else ""


def _others(profile: Profile, cache: NewsboatCache, count: _Count) -> list[str]:
    """Count the articles of feeds that are not followed here, and name these feeds."""
    followed = {feed.url for feed in profile.subscriptions.feeds}
    listed = {one.text for one in profile.subscriptions.outcomes if one.fate == "dropped"}
    found: list[str] = []
    for url, number in cache.counts().items():
        if url in followed:
            continue
        for read, letters in cache.marks(url):
            _add_marks(count, read, newsboat_files.flags(letters), None)
        name = clean(without_password(url), 200)
        why = "the feed is left out" if name in listed else "urls no longer lists the feed"
        found.append(f"{name}: {counted(number, 'article')}: {why}")
    return found


def _states(store: Store, *, feed_id: int) -> dict[int, ArticleMarks]:
    return store.exchange.states(feed_id)


def _words(read: bool) -> str:
    return "read" if read else "unread"


def _tags(folder: str, labels: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((folder, *labels) if folder else labels))
