"""A library in memory: the promises of `Library` without a store, for lists of any size."""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tuireader.config import Config, FeedConfig, MuteConfig, Problem, ViewConfig, WatchConfig
from tuireader.errors import TuireaderError
from tuireader.model import (
    Article,
    ArticleRow,
    Change,
    Comment,
    Count,
    Counts,
    Event,
    Evidence,
    Feed,
    FeedDone,
    FeedPreview,
    FoundFeed,
    FullText,
    MutePreview,
    Pixels,
    RefreshDone,
    RefreshStarted,
    Related,
    Revision,
    Thread,
    Told,
    View,
    ViewKind,
    WatchPreview,
    WatchStats,
)

NOW = 1_790_000_000

_GROUPS = {
    "feeds": {
        "all": "all_feeds",
        "title": "feed_title",
        "config": "feed_config",
        "add": "add_feeds",
        "remove": "remove",
        "edit": "edit_feed",
        "rename_folder": "rename_folder",
        "discover": "discover",
        "preview": "preview_feed",
        "is_subscribed": "follows",
    },
    "lists": {
        "new_view": "new_view",
        "ids": "ids",
        "head": "head",
        "count_stories": "stories_among",
        "next_unread_in_story": "still_unread",
        "rows": "rows",
        "counts": "counts",
        "away_since": "away_since",
        "away_summary": "away_summary",
    },
    "searches": {
        "run": "search",
        "snippets": "snippets",
        "history": "search_history",
        "remember": "remember_search",
        "saved": "views",
        "save": "save_view",
        "remove": "remove_view",
        "advice": "advice",
    },
    "articles": {
        "get": "article",
        "revisions": "revisions",
        "related": "related",
        "story": "story",
        "at_url": "find_url",
    },
    "marks": {
        "set_read": "set_read",
        "set_starred": "set_starred",
        "keep_place": "keep_place",
        "lacks": "lacks",
        "newest_step": "newest_step",
        "undo": "undo",
    },
    "content": {
        "fetch_full_text": "fetch_full_text",
        "show_full_text": "show_full_text",
        "fetch_comments": "load_comments",
        "image": "picture",
        "highlight_code": "colours",
    },
    "watches": {
        "apply": "apply_watches",
        "stats": "watch_stats",
        "preview": "preview_watch",
        "advice": "watch_advice",
        "save": "save_watch",
        "remove": "remove_watch",
        "suggest": "suggest_watch",
        "suggest_aliases": "suggest_aliases",
        "highlights": "highlights",
        "colors": "watch_colors",
    },
    "mutes": {"all": "all_mutes", "add": "mute", "preview": "preview_mute", "remove": "unmute"},
    "refresh": {"run_in_subprocess": "refresh_apart", "count_due": "due"},
    "database": {
        "spare_memory": "spare_memory",
        "checkpoint": "tidy",
        "wait_at_most": "wait_at_most",
        "changed_elsewhere": "changed_elsewhere",
    },
    "settings": {
        "problems": "problems",
        "set_theme": "set_theme",
        "palette_uses": "palette_uses",
        "note_palette_use": "note_palette_use",
    },
    "exchange": {"import_opml": "import_opml"},
}
"""The groups of use cases, and the fake's method for each."""


class _Group:
    """One group of use cases, answered by the methods of the fake."""

    def __init__(self, fake: FakeLibrary, methods: dict[str, str]) -> None:
        self._fake, self._methods = fake, methods

    def __getattr__(self, name: str) -> Any:
        return getattr(self._fake, self._methods[name])


@dataclass
class Story:
    """What the fake keeps of an article."""

    row: ArticleRow
    html: str = ""
    evidence: tuple[Evidence, ...] = ()
    extra: dict[str, object] = field(default_factory=dict)


class FakeLibrary:
    """Feeds and articles in dicts. `fresh` are stories that the next refresh brings."""

    feeds: Any
    lists: Any
    searches: Any
    articles: Any
    marks: Any
    content: Any
    watches: Any
    mutes: Any
    refresh: Any
    database: Any
    settings: Any
    exchange: Any

    def __init__(
        self, feeds: Sequence[Feed], stories: Sequence[Story], watches: dict[str, str] | None = None
    ) -> None:
        self.context = self
        for name, methods in _GROUPS.items():
            setattr(self, name, _Group(self, methods))
        self.config = Config()
        self.paths = SimpleNamespace(config=Path("config.toml"), database=Path("tuireader.db"))
        self.offline = False
        self.watch_colors = watches or {}
        self._feeds = list(feeds)
        self.stories = {story.row.id: story for story in stories}
        self.relatives: dict[int, tuple[Related, ...]] = {}
        self.terms: list[tuple[str, str]] = []
        self.fresh: list[Story] = []
        self.errors: dict[int, str] = {}
        self.journal: list[Change] = []
        self.steps = 0
        self.places: dict[int, int] = {}
        self.added: list[tuple[str, str, str]] = []
        self.refreshed: list[list[int] | None] = []
        self.found: list[FoundFeed] = []
        self.previews: dict[str, FeedPreview] = {}
        self.palette_used: list[str] = []
        self.elsewhere = False
        self.told: list[Told] = []
        self.stats: list[WatchStats] = []
        self.saved: list[tuple[WatchConfig, str]] = []
        self.aliases: list[tuple[str, str]] = []
        self.muted: list[tuple[MuteConfig, int]] = []
        self.advised: tuple[str, ...] = ()
        self.refuse = ""  # why nothing can be saved
        self.searched: list[str] = []
        self.new_view: View | None = None
        self.removed: list[str] = []
        self.edited: list[tuple[int, str, str, str, bool]] = []
        self.problems: tuple[Problem, ...] = ()
        self.asked: list[WatchConfig] = []
        self.pages: dict[int, str] = {}
        self.threads: dict[int, tuple[Comment, ...]] = {}
        self.versions: dict[int, tuple[Revision, ...]] = {}
        self.files: dict[str, tuple[tuple[int, int, int], float | None]] = {}
        self.asked_pictures: list[str] = []

    # -- lists

    def _wanted(self, view: View) -> Callable[[ArticleRow], bool]:
        if view.kind is ViewKind.FEED:
            return lambda row: row.feed_id == int(view.key)
        if view.kind is ViewKind.FOLDER:
            members = {feed.id for feed in self._feeds if feed.folder == view.key}
            return lambda row: row.feed_id in members
        if view.kind is ViewKind.WATCH:
            return lambda row: view.key in row.watches
        if view.kind is ViewKind.STARRED:
            return lambda row: row.starred
        if view.kind is ViewKind.UNREAD:
            return lambda row: not row.read
        if view.kind is ViewKind.TODAY:
            return lambda row: row.time > NOW - 86400
        if view.kind is ViewKind.QUERY:
            return lambda row: view.key.lower() in row.title.lower()
        return lambda row: True

    def _rows(self, view: View) -> list[ArticleRow]:
        wanted = self._wanted(view)
        return sorted(
            (story.row for story in self.stories.values() if wanted(story.row)),
            key=lambda row: (-row.time, -row.id),
        )

    async def ids(
        self,
        view: View,
        *,
        show_read: bool = True,
        sort: str = "date",
        folded: bool = False,
        opened: Collection[int] = (),
        aside: bool = False,
    ) -> array[int]:
        return array("q", (row.id for row in self._rows(view) if show_read or not row.read))

    async def head(
        self, view: View, *, show_read: bool = True, folded: bool = False, limit: int = 200
    ) -> tuple[array[int], bool]:
        ids = await self.ids(view, show_read=show_read, folded=folded)
        return ids[:limit], len(ids) < limit

    async def rows(self, ids: Sequence[int]) -> list[ArticleRow]:
        await asyncio.sleep(0)
        return [self.stories[key].row for key in ids if key in self.stories]

    async def counts(self) -> Counts:
        def count(view: View) -> Count:
            rows = self._rows(view)
            return Count(sum(not row.read for row in rows), len(rows))

        return Counts(
            today=count(View(ViewKind.TODAY)),
            unread=count(View(ViewKind.UNREAD)),
            starred=count(View(ViewKind.STARRED)),
            all=count(View(ViewKind.ALL)),
            feeds={feed.id: count(View(ViewKind.FEED, str(feed.id))) for feed in self._feeds},
            watches={name: count(View(ViewKind.WATCH, name)) for name in self.watch_colors},
        )

    async def all_feeds(self) -> list[Feed]:
        return list(self._feeds)

    def feed_title(self, feed_id: int) -> str:
        return next((feed.title for feed in self._feeds if feed.id == feed_id), "")

    async def search(
        self,
        text: str,
        *,
        limit: int = 2000,
        ranked: bool = False,
        tell: Callable[[array[int]], None] = lambda found: None,
    ) -> tuple[array[int], str]:
        if text.count('"') % 2:
            return array("q"), "a quotation mark is not closed"
        return (await self.ids(View(ViewKind.QUERY, text)))[:limit], ""

    async def advice(self, text: str) -> tuple[str, ...]:
        return self.advised

    async def watch_advice(self, name: str) -> tuple[str, ...]:
        return self.advised

    async def palette_uses(self) -> list[str]:
        return self.palette_used

    async def note_palette_use(self, name: str) -> None:
        self.palette_used.insert(0, name)

    async def set_theme(self, name: str) -> None:
        if self.refuse:
            raise TuireaderError(self.refuse)
        self.config = replace(self.config, ui=replace(self.config.ui, theme=name))

    async def search_history(self) -> list[str]:
        return list(self.searched)

    async def remember_search(self, expression: str) -> None:
        self.searched = [expression, *(one for one in self.searched if one != expression)]

    @property
    def views(self) -> tuple[ViewConfig, ...]:
        return self.config.views

    async def save_view(self, name: str, expression: str, replaces: str = "") -> None:
        if self.refuse:
            raise TuireaderError(self.refuse)
        others = [one for one in self.config.views if one.name not in (name, replaces)]
        self.config = replace(self.config, views=(*others, ViewConfig(name, expression)))

    async def remove_view(self, name: str) -> None:
        views = tuple(one for one in self.config.views if one.name != name)
        self.config = replace(self.config, views=views)

    # -- one article

    async def article(self, article_id: int, *, ahead: bool = False) -> Article | None:
        story = self.stories.get(article_id)
        if story is None:
            return None
        row = story.row
        base = Article(
            id=row.id,
            feed_id=row.feed_id,
            feed_title=self.feed_title(row.feed_id),
            title=row.title,
            url=row.url,
            author=row.author,
            time=row.time,
            published=row.time,
            arrived=row.time,
            read=row.read,
            starred=row.starred,
            edited=row.edited,
            html=story.html,
            base_url=row.url,
            evidence=story.evidence,
            place=self.places.get(article_id, 0),
        )
        return replace(base, **story.extra)  # type: ignore[arg-type]

    async def related(self, article_id: int) -> tuple[Related, ...]:
        return self.relatives.get(article_id, ())

    async def story(self, article_id: int) -> None:
        return None

    async def away_since(self) -> None:
        return None

    async def find_url(self, url: str) -> int | None:
        return next((story.row.id for story in self.stories.values() if story.row.url == url), None)

    async def keep_place(self, article_id: int, place: int) -> None:
        self.places[article_id] = place

    def highlights(self, text: str) -> list[tuple[int, int, str]]:
        found = []
        for term, watch in self.terms:
            at = text.find(term)
            while at >= 0:
                found.append((at, at + len(term), watch))
                at = text.find(term, at + len(term))
        return sorted(found)

    # -- pages: what can be fetched is in `pages`, `threads` and `files`, by article and by address

    async def _page(self, article_id: int) -> Article:
        article = await self.article(article_id)
        assert article is not None
        return article

    async def fetch_full_text(self, article_id: int) -> Article:
        await asyncio.sleep(0)
        if article_id not in self.pages:
            raise TuireaderError("HTTP 404: not found")
        full = FullText(self.pages[article_id], "https://news.example/", NOW)
        self.stories[article_id].extra["full"] = full
        return await self._page(article_id)

    async def show_full_text(self, article_id: int, shown: bool) -> Article:
        extra = self.stories[article_id].extra
        full = extra["full"]
        assert isinstance(full, FullText)
        extra["full"] = replace(full, shown=shown)
        return await self._page(article_id)

    async def load_comments(self, article_id: int) -> Article:
        await asyncio.sleep(0)
        if article_id not in self.threads:
            raise TuireaderError("HTTP 404: not found")
        self.stories[article_id].extra["comments"] = Thread(NOW, self.threads[article_id])
        return await self._page(article_id)

    async def revisions(self, article_id: int) -> tuple[Revision, ...]:
        return self.versions.get(article_id, ())

    async def colours(self, code: str, language: str) -> list[tuple[int, int, str]]:
        found = [(code.find(word), "keyword") for word in ("def", "return") if word in code]
        return [(at, at + 3, kind) for at, kind in found]

    async def picture(
        self, url: str, feed_id: int, width: int, height: int, ground: tuple[int, int, int] = (0, 0, 0)
    ) -> Pixels:
        await asyncio.sleep(0)
        self.asked_pictures.append(url)
        if url not in self.files:
            raise TuireaderError("HTTP 404: not found")
        colour, speed = self.files[url]
        size = min(width, 40), min(height, 20)
        return Pixels(*size, bytes(colour) * (size[0] * size[1]), speed)

    # -- marks

    def _mark(self, what: str, ids: Sequence[int], value: bool) -> Change:
        changed = []
        for key in ids:
            row = self.stories[key].row
            if (row.read if what == "read" else row.starred) != value:
                self.stories[key].row = (
                    replace(row, read=value) if what == "read" else replace(row, starred=value)
                )
                changed.append(key)
        said = f"{len(changed)} marked {'' if value else 'un' if what == 'read' else 'not '}{what}"
        return Change(said, tuple(changed), what, value)

    async def set_read(
        self,
        ids: Sequence[int],
        read: bool,
        *,
        journal: bool = True,
        stories: bool = False,
        spare_watched: bool = False,
    ) -> Change:
        change = self._mark("read", ids, read)
        return self._note(change) if change.ids and journal else change

    async def stories_among(self, ids: Sequence[int]) -> int:
        return len(ids)

    async def still_unread(self, view: View, article_id: int) -> int | None:
        return None

    async def set_starred(self, ids: Sequence[int], starred: bool) -> Change:
        change = self._mark("starred", ids, starred)
        return self._note(change) if change.ids else change

    def _note(self, change: Change) -> Change:
        self.steps += 1
        self.journal.append(replace(change, step=self.steps))
        return self.journal[-1]

    async def lacks(self, mark: str, ids: Sequence[int], value: bool = True) -> bool:
        rows = [self.stories[key].row for key in ids]
        return any((row.read if mark == "read" else row.starred) != value for row in rows)

    async def spare_memory(self) -> None:
        pass

    async def tidy(self) -> None:
        pass

    def wait_at_most(self, seconds: float) -> None:
        pass

    async def newest_step(self, before: int = 0) -> Change | None:
        steps = [change for change in self.journal if not before or change.step < before]
        return steps[-1] if steps else None

    async def undo(self, step: Change | None = None) -> Change | None:
        if not self.journal or step not in (None, self.journal[-1]):
            return None
        change = self.journal.pop()
        self._mark(change.mark, change.ids, not change.value)
        return replace(change, value=not change.value)

    # -- refresh

    async def refresh_apart(
        self, feed_ids: Sequence[int] | None = None, *, force: bool = True
    ) -> AsyncIterator[Event]:
        self.refreshed.append(None if feed_ids is None else list(feed_ids))
        feeds = [feed for feed in self._feeds if feed_ids is None or feed.id in feed_ids]
        yield RefreshStarted(len(feeds))
        new = failed = 0
        for number, feed in enumerate(feeds, 1):
            await asyncio.sleep(0)
            mine = [story for story in self.fresh if story.row.feed_id == feed.id]
            self.stories.update({story.row.id: story for story in mine})
            error = self.errors.get(feed.id, "")
            failed += bool(error)
            new += len(mine)
            self._feeds = [
                replace(each, last_error=error) if each.id == feed.id else each for each in self._feeds
            ]
            yield FeedDone(feed.id, feed.title, new=len(mine), error=error, done=number, total=len(feeds))
        self.fresh = []
        yield RefreshDone(len(feeds), failed, new, 0, 0.1)
        for told in self.told:
            yield told

    async def due(self) -> int:
        return 0

    async def changed_elsewhere(self) -> bool:
        changed, self.elsewhere = self.elsewhere, False
        return changed

    async def apply_watches(self) -> AsyncIterator[tuple[int, int]]:
        return
        yield (0, 0)

    # -- watches

    async def watch_stats(self) -> list[WatchStats]:
        return self.stats

    async def preview_watch(self, config: WatchConfig, replaces: str = "") -> WatchPreview:
        self.asked.append(config)
        await asyncio.sleep(0)
        now = set(await self.ids(View(ViewKind.WATCH, replaces))) if replaces else set()
        rows = [
            row for row in self._rows(View(ViewKind.ALL)) if any(term in row.title for term in config.any)
        ]
        found = {row.id for row in rows}
        return WatchPreview(
            len(rows),
            len(found - now),
            len(now - found),
            tuple(rows[:5]),
            tuple(row.title for row in rows[:5]),
        )

    async def save_watch(self, config: WatchConfig, replaces: str = "") -> None:
        if self.refuse:
            raise TuireaderError(self.refuse)
        self.saved.append((config, replaces))
        self.watch_colors = {name: color for name, color in self.watch_colors.items() if name != replaces} | {
            config.name: config.color
        }

    async def suggest_watch(self, article_id: int) -> WatchConfig:
        word = self.stories[article_id].row.title.split()[0]
        return WatchConfig(name=word, any=(word,))

    async def suggest_aliases(self, name: str) -> list[tuple[str, str]]:
        return self.aliases

    async def snippets(
        self, ids: Sequence[int], expression: str
    ) -> list[tuple[str, tuple[tuple[int, int], ...]]]:
        found: list[tuple[str, tuple[tuple[int, int], ...]]] = []
        for article_id in ids:
            title = self.stories[article_id].row.title
            at = title.lower().find(expression.lower())
            found.append((title, ((at, at + len(expression)),) if at >= 0 else ()))
        return found

    # -- mutes

    async def all_mutes(self) -> list[tuple[MuteConfig, int]]:
        return self.muted

    async def mute(
        self, query: str = "", feed: str = "", until: date | None = None, *, include_watched: bool = False
    ) -> int:
        if self.refuse:
            raise TuireaderError(self.refuse)
        self.muted.append((MuteConfig(query, feed, until, include_watched), 2))
        return 2

    async def preview_mute(self, mute: MuteConfig) -> MutePreview:
        await asyncio.sleep(0)
        feed = {one.id for one in self._feeds if not mute.feed or one.url == mute.feed}
        rows = [row for row in self._rows(View(ViewKind.QUERY, mute.query)) if row.feed_id in feed]
        watched = [row for row in rows if row.watches]
        hidden = rows if mute.include_watched else [row for row in rows if not row.watches]
        names = [name for row in watched for name in row.watches]
        return MutePreview(
            len(rows),
            len(hidden),
            len(watched),
            tuple((name, names.count(name)) for name in dict.fromkeys(names)),
            tuple((hidden or rows)[:3]),
        )

    async def unmute(self, mute: MuteConfig) -> None:
        self.muted = [one for one in self.muted if one[0] != mute]

    # -- subscriptions

    def feed_config(self, feed_id: int) -> FeedConfig:
        return next(FeedConfig(feed.url, "", feed.folder) for feed in self._feeds if feed.id == feed_id)

    async def edit_feed(
        self,
        feed_id: int,
        *,
        title: str,
        folder: str,
        interval: str,
        paused: bool,
        labels: Sequence[str] = (),
        full_text: bool = False,
    ) -> None:
        if self.refuse:
            raise TuireaderError(self.refuse)
        self.edited.append((feed_id, title, folder, interval, paused))
        self._feeds = [
            replace(feed, title=title or feed.title, folder=folder, state="paused" if paused else "ok")
            if feed.id == feed_id
            else feed
            for feed in self._feeds
        ]

    async def rename_folder(self, name: str, new: str) -> None:
        self._feeds = [replace(feed, folder=new) if feed.folder == name else feed for feed in self._feeds]

    async def remove(self, feed_id: int) -> None:
        self._feeds = [feed for feed in self._feeds if feed.id != feed_id]

    async def remove_watch(self, name: str) -> None:
        self.removed.append(name)
        self.watch_colors = {key: color for key, color in self.watch_colors.items() if key != name}

    async def add_feeds(self, feeds: Sequence[tuple[str, str, str]]) -> int:
        self.added += feeds
        start = max((feed.id for feed in self._feeds), default=0) + 1
        self._feeds += [
            Feed(number, url, title, folder) for number, (url, title, folder) in enumerate(feeds, start)
        ]
        return len(feeds)

    async def discover(self, url: str) -> list[FoundFeed]:
        return self.found

    async def preview_feed(self, found: FoundFeed) -> FeedPreview:
        if found.url not in self.previews:
            raise TuireaderError("HTTP 404: not found")
        return self.previews[found.url]

    def follows(self, url: str) -> bool:
        return any(feed.url == url for feed in self._feeds)

    async def import_opml(self, path: Path) -> tuple[int, list[str]]:
        return 0, []


def many(count: int) -> FakeLibrary:
    """A library of `count` unread articles in ten feeds."""
    feeds = [Feed(number, f"https://feed{number}.example/rss", f"Feed {number}") for number in range(1, 11)]
    stories = [
        Story(
            ArticleRow(
                number, number % 10 + 1, f"Article {number}", NOW - (count - number) * 60, False, False
            )
        )
        for number in range(1, count + 1)
    ]
    return FakeLibrary(feeds, stories)
