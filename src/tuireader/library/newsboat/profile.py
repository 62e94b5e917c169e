"""Import a newsboat profile, its feeds, settings and articles, or compare it with tuireader's data."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping
from typing import Annotated

from msgspec import Struct, field
from msgspec.structs import replace

from tuireader import ingest
from tuireader.config import loads
from tuireader.errors import UnreadableError
from tuireader.exchange.merge import Merged, merge
from tuireader.library.context import UseCases, address_key
from tuireader.library.newsboat import files as newsboat_files
from tuireader.library.watches import Watches
from tuireader.newsboat.outcomes import Consent, Outcome, settled
from tuireader.newsboat.profile import Places, Profile
from tuireader.store import Store
from tuireader.store.upkeep.exchange import ArticleMarks, ImportedArticle, ImportResult
from tuireader.store.upkeep.newsboat import NewsboatCache
from tuireader.text import clean, safe_url, without_password
from tuireader.text.wording import counted

Progress = Callable[[int, int], None]


class Moved(Struct):
    """Result of an import from newsboat, or of a dry run; `outcomes` has an item for each line."""

    feeds: Annotated[int, "Feeds in newsboat that can be subscribed to."] = 0
    articles: Annotated[int, "Articles of these feeds in newsboat."] = 0
    new: Annotated[int, "Articles that were not stored before."] = 0
    read: Annotated[int, "Articles read in newsboat."] = 0
    starred: Annotated[int, "Articles flagged in newsboat, starred by the import."] = 0
    deleted: Annotated[int, "Articles deleted in newsboat, marked as read by the import."] = 0
    marked: Annotated[int, "Articles stored before that became read or starred."] = 0
    others: Annotated[int, "Articles of feeds that were left out or are no longer listed in newsboat."] = 0
    too_large: Annotated[int, "Articles left out because they are larger than 10 MB."] = 0
    added: Annotated[dict[str, int], "Number of tables and keys added to the configuration."] = field(
        default_factory=dict
    )
    kept: Annotated[tuple[str, ...], "Existing settings that stay unchanged in the configuration."] = ()
    folded: Annotated[bool, "True if lists fold the reports of a story, which newsboat does not."] = False
    outcomes: tuple[Outcome, ...] = ()
    trouble: Annotated[str, 'Why not all articles could be read, `""` when they could.'] = ""


_SHOWN = 20  # maximum differences that a comparison lists
_KINDS = ("feeds", "tags", "searches", "articles", "read", "unread", "flagged", "flags")


class Side(Struct, frozen=True):
    """A count on both sides."""

    what: Annotated[str, "`feeds`, `tags`, `searches`, `articles`, `read`, `unread`, `flagged` or `flags`."]
    there: Annotated[int, "Count in newsboat, including items that an import leaves out."]
    here: Annotated[int, "Count in tuireader."]


class Comparison(Struct, frozen=True):
    """Comparison of a newsboat profile with tuireader.

    `differences` lists the first differences apart from `left_out`, `more` counts the rest. `asked` are lines
    that need consent; they do not count as differences.
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
    """Totals and differences found so far."""

    def __init__(self) -> None:
        self.totals = dict.fromkeys(_KINDS, (0, 0))
        self.differences: list[str] = []

    def add(self, what: str, there: int, here: int) -> None:
        before = self.totals[what]
        self.totals[what] = (before[0] + there, before[1] + here)


class Newsboat(UseCases):
    """Import a newsboat profile, or compare it with tuireader."""

    _watches: Watches

    async def import_profile(
        self,
        places: Places,
        *,
        accept: Collection[Consent] = (),
        dry_run: bool = False,
        unfold: bool = False,
        progress: Progress | None = None,
    ) -> Moved:
        """Import feeds, tags, searches, settings, articles and marks of a newsboat profile.

        Idempotent; existing data only gains marks. Programs, proxies and folders are imported only if they
        are in `accept` or already configured. With `unfold`, lists show each report of a story, as newsboat
        does. Calls `progress` with (feeds done, all feeds). Raises TuireaderError or ConfigError.
        """
        self._context.require_own_feeds()
        profile = await asyncio.to_thread(newsboat_files.profile_of, places)
        asked = await self._asks(places, profile)
        accepted = {*accept, *(consent for consent in profile.asked if consent not in asked)}
        if accepted:
            profile = await asyncio.to_thread(newsboat_files.profile_of, places, accepted, profile)
        if unfold:
            profile.settings.values["ui", "fold_stories"] = False
        async with newsboat_files.cache_of(profile.cache) as cache:  # before anything is written
            moved = await self._configure(profile, dry_run)
            if cache is not None:
                try:
                    await self._bring(profile, cache, moved, dry_run, progress)
                except UnreadableError as error:  # keep the articles read before it
                    moved.trouble = str(error)
        if not dry_run:
            await self._watches.catch_up()
        return moved

    async def _configure(self, profile: Profile, dry_run: bool) -> Moved:
        feeds = profile.subscriptions.feeds
        done = [Merged("")]

        def edit(text: str) -> str:
            done[0] = merge(text, feeds, profile.views, profile.settings)
            return done[0].text

        if dry_run:
            text = await asyncio.to_thread(newsboat_files.text_of, self._context.paths.config)
            await asyncio.to_thread(edit, text)
        else:
            await self._context.change_config(edit)
        keys = {key for outcome in profile.outcomes for key in outcome.makes}
        kept = dict.fromkeys(reason for name, reason in done[0].kept.items() if name not in keys)
        outcomes = settled(profile.outcomes, done[0].kept)
        folded = loads(done[0].text)[0].ui.fold_stories
        return Moved(
            feeds=len(feeds), added=done[0].added, kept=tuple(kept), folded=folded, outcomes=outcomes
        )

    async def _bring(
        self, profile: Profile, cache: NewsboatCache, moved: Moved, dry_run: bool, progress: Progress | None
    ) -> None:
        ids = {address_key(feed.url): feed.id for feed in self._context.feeds}
        subscriptions = profile.subscriptions
        urls = {
            there: feed.url for feed in subscriptions.feeds for there in subscriptions.addresses(feed.url)
        }
        counts, followed = await asyncio.to_thread(cache.counts), set(urls)
        moved.others = sum(count for url, count in counts.items() if url not in followed)
        if not dry_run:
            feeds = await asyncio.to_thread(cache.feeds)

            def name_feeds(store: Store) -> None:
                for url in feeds.keys() & followed:
                    title, site = feeds[url]
                    feed_id = ids[address_key(urls[url])]
                    store.exchange.set_feed_name(feed_id, clean(title), safe_url(site))

            await self._transact(name_feeds)
        for done, (url, here) in enumerate(urls.items(), 1):
            feed_id = ids.get(address_key(here))
            if url in counts:
                async for batch in newsboat_files.batches(cache, url):
                    items = [item for item, _ in batch]
                    moved.articles += len(items)
                    moved.read += sum(item.read for item in items)
                    moved.starred += sum(item.starred for item in items)
                    moved.deleted += sum(cached.deleted for _, cached in batch)
                    await self._take_in(feed_id, items, moved, dry_run)
            if progress is not None:
                progress(done, len(urls))
        moved.too_large = cache.too_large

    async def _take_in(
        self, feed_id: int | None, items: list[ImportedArticle], moved: Moved, dry_run: bool
    ) -> None:
        if feed_id is None:  # a dry run with a feed that is not subscribed yet
            moved.new += len(items)
        elif dry_run:
            states = await self._pool.read(lambda store: store.exchange.states(feed_id))
            moved.new += sum(item.keys.guid not in states for item in items)
        else:
            brought = await self._transact(lambda store: self._store(store, feed_id, items))
            moved.new += len(items) - brought.known
            moved.marked += brought.marked

    def _store(self, store: Store, feed_id: int, items: list[ImportedArticle]) -> ImportResult:
        now = self._now()
        brought = store.exchange.add_articles(feed_id, items, now)
        # imported articles are not news: do not notify about them
        rules = replace(self._context.rules, notify=())
        ingest.record_new(store, brought.new, rules, now)
        ingest.record_changed(store, brought.carried, rules, now)
        return brought

    async def _asks(self, places: Places, profile: Profile) -> dict[Consent, list[Outcome]]:
        """Lines that need consent and would change the configuration, by kind of consent."""
        text = await asyncio.to_thread(newsboat_files.text_of, self._context.paths.config)
        return await asyncio.to_thread(newsboat_files.asks, places, text, profile)

    async def compare(self, places: Places) -> Comparison:
        """Count feeds, tags, searches, articles and marks on both sides, and list the differences."""
        plain = await asyncio.to_thread(newsboat_files.profile_of, places)
        accepted = await asyncio.to_thread(newsboat_files.profile_of, places, [Consent.PROGRAMS])
        profile = _without(accepted, {address_key(feed.url) for feed in self._context.feeds})
        subscriptions = profile.subscriptions
        count = _Count()
        count.add("feeds", subscriptions.left_out, 0)
        self._compare_searches(profile, count)
        left_out = [str(outcome) for outcome in subscriptions.outcomes if outcome.fate == "dropped"]
        async with newsboat_files.cache_of(profile.cache) as cache:
            for feed in subscriptions.feeds:
                await self._compare_feed(profile, feed.url, cache, count)
            if cache is not None:
                left_out += await asyncio.to_thread(_others, profile, cache, count)
        sides = tuple(Side(what, there, here) for what, (there, here) in count.totals.items())
        return Comparison(
            sides,
            left_out=tuple(left_out),
            differences=tuple(count.differences[:_SHOWN]),
            more=max(0, len(count.differences) - _SHOWN),
            asked=await self._asks(places, plain),
        )

    def _compare_searches(self, profile: Profile, count: _Count) -> None:
        here = {view.name.casefold(): view for view in self._context.config.views}
        outcomes = profile.subscriptions.outcomes
        searches = {key[1] for outcome in outcomes for key in outcome.makes if key[0] == "view"}
        views = [view for view in profile.subscriptions.views if view.name.casefold() in searches]
        same = [view for view in views if here.get(view.name.casefold()) == view]
        count.add("searches", profile.subscriptions.queries, len(same))
        count.differences += [
            f"query:{view.name}: {'is another search' if view.name.casefold() in here else 'is missing'} here"
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
        states = await self._pool.read(lambda store: store.exchange.states(feed_id)) if feed_id else {}
        for address in profile.subscriptions.addresses(url):
            async for batch in newsboat_files.batches(cache, address):
                for item, _ in batch:
                    state = states.get(item.keys.guid)
                    _add_marks(count, item.read, item.labels, state)
                    if difference := _difference(item.read, item.starred, state):
                        count.differences.append(f"{name}: {item.prepared.title}: {difference}")


def _without(profile: Profile, here: Collection[str]) -> Profile:
    """Drop the feeds that run programs, except those subscribed here."""
    subscriptions = profile.subscriptions
    programs = [feed.url for feed in subscriptions.feeds if feed.command or feed.filter]
    missing = {url for url in programs if address_key(url) not in here}
    feeds = tuple(feed for feed in subscriptions.feeds if feed.url not in missing)
    left_out = subscriptions.left_out + len(missing)
    return replace(profile, subscriptions=replace(subscriptions, feeds=feeds, left_out=left_out))


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
        merged = " (several feeds carry it here)" if state.sources > 1 else ""
        there, here = ("read", "unread") if read else ("unread", "read")
        return f"is {there} there, {here} here{merged}"
    return f"is {'' if starred else 'not '}flagged there" if starred != state.starred else ""


def _others(profile: Profile, cache: NewsboatCache, count: _Count) -> list[str]:
    """Count the articles of feeds without a subscription here: one line for each of these feeds."""
    subscriptions = profile.subscriptions
    followed = {there for feed in subscriptions.feeds for there in subscriptions.addresses(feed.url)}
    listed = {outcome.text for outcome in subscriptions.outcomes if outcome.fate == "dropped"} | {
        clean(name, 200) for names in subscriptions.there.values() for name in names
    }
    lines: list[str] = []
    for url, number in cache.counts().items():
        if url in followed:
            continue
        for read, letters in cache.marks(url):
            _add_marks(count, read, newsboat_files.flags(letters), None)
        name = clean(without_password(url), 200)
        why = "the feed is left out" if name in listed else "urls no longer lists the feed"
        lines.append(f"{name}: {counted(number, 'article')}: {why}")
    return lines


def _tags(folder: str, labels: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((folder, *labels) if folder else labels))
