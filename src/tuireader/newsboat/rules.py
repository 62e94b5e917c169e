"""Translate lines of newsboat's `config` about articles: highlights, kill files and filters."""

from __future__ import annotations

import re
import time
from collections.abc import Collection, Sequence

from tuireader import query
from tuireader.config import MuteConfig, ViewConfig, WatchConfig
from tuireader.newsboat import names
from tuireader.newsboat.filters import Tags, as_regex, parse, pattern_of, translate
from tuireader.newsboat.outcomes import Became, Group, No
from tuireader.newsboat.reasons import LOOK
from tuireader.newsboat.single_settings import Settings
from tuireader.newsboat.values import colour_of
from tuireader.text import clean, cut_characters

_MOST = 1_000
_MOST_WORDS = 200
_MOST_FEEDS = 100
_MOST_SLOW = 5
_SECONDS = 0.5
_SECONDS_EACH = 0.05
_DECORATION = re.compile(
    r"^\W*(?:feed|title|author|date|link|links|flags|podcast|image|embed)\b.{0,200}?:|https?|www", re.I
)
"""Patterns that only colour article headers or addresses."""


class Rules:
    """Turn lines into watches, mutes and saved searches."""

    def __init__(self, settings: Settings, feeds: Sequence[str], tags: Tags, views: Collection[str]) -> None:
        self._settings = settings
        self._feeds = feeds
        self._known = set(feeds)
        self._tags = tags
        self._views = set(views)
        self._names: set[str] = set()
        self._slow = 0

    def highlight(self, arguments: Sequence[str]) -> Became:
        """Turn a pattern that newsboat highlights in lists into a watch."""
        if len(arguments) < 3:
            raise No("has no pattern or colour", group=Group.LOOK)
        _room(self._settings.watches, "watches")
        target, pattern, colour = arguments[:3]
        if target == "article":
            raise No(
                "only colours text in an open article; W adds a watch, which finds words in all articles",
                group=Group.LOOK,
            )
        if target not in ("all", "articlelist"):
            raise No(LOOK, group=Group.LOOK)
        if _DECORATION.search(pattern) or not re.search(r"[^\W\d_]{2}", re.sub(r"\\.", "", pattern)):
            raise No(f"matches no words, only colours text; {LOOK}", group=Group.LOOK)
        plain = _alternatives(pattern)
        fields = ("title",) if target == "articlelist" else ("title", "summary", "body")
        if plain:
            name = self._watch_name(" or ".join(plain))
            watch = WatchConfig(name, any=plain, fields=fields, color=colour_of(colour))
        else:
            asked = as_regex(pattern_of(pattern))
            expression = _understood(f"title:{asked}" if target == "articlelist" else asked)
            name = self._watch_name(names.of_pattern(pattern_of(pattern)))
            watch = WatchConfig(name, query=expression, color=colour_of(colour))
        return self._watch(watch)

    def highlight_article(self, arguments: Sequence[str]) -> Became:
        """Turn a filter that colours rows into a watch, if it searches for words."""
        if len(arguments) < 2:
            raise No("has no filter or colour", group=Group.LOOK)
        _room(self._settings.watches, "watches")
        expression = translate(arguments[0], self._tags)
        if not _has_words(expression):
            raise No(
                "colours rows by their state and matches no words; V saves such a search", group=Group.LOOK
            )
        name = self._watch_name(names.of_filter(parse(arguments[0])))
        return self._watch(WatchConfig(name, query=expression, color=colour_of(arguments[1])))

    def _watch(self, watch: WatchConfig) -> Became:
        self._settings.watches.append(watch)
        self._names.add(watch.name.casefold())
        return Became(f"becomes the watch “{watch.name}”", (("watch", watch.name.casefold()),), changed=True)

    def _watch_name(self, text: str) -> str:
        name = cut_characters(clean(text, 200), 40) or "Highlight"
        number, wanted = 1, name
        while wanted.casefold() in self._names:
            number += 1
            wanted = f"{name} {number}"
        return wanted

    def ignore(self, arguments: Sequence[str]) -> Became:
        """Turn a kill-file line into mutes."""
        if len(arguments) < 2:
            raise No("has no feed or filter")
        _room(self._settings.mutes, "mutes")
        feed, asked = arguments[:2]
        expression = translate(asked, self._tags)
        feeds = [""] if feed == "*" else self._named(feed)
        mutes = [MuteConfig(expression, url) for url in feeds]
        _room(self._settings.mutes, "mutes", len(mutes))
        self._settings.mutes += mutes
        return Became("becomes a mute", tuple(("mute", mute.query, mute.feed) for mute in mutes))

    def _named(self, feed: str) -> list[str]:
        if not feed.startswith("regex:"):
            if feed not in self._known:
                raise No("this feed is not in urls")
            return [feed]
        pattern = pattern_of(feed.removeprefix("regex:"))
        if self._slow >= _MOST_SLOW:
            raise No("was not tried, as other patterns took too long")
        try:
            addresses = _matching(pattern, self._feeds)
        except TimeoutError:
            self._slow += 1
            raise No("its pattern takes too long") from None
        if not addresses:
            raise No("matches no feed in urls")
        if len(addresses) > _MOST_FEEDS:
            raise No(f"matches more than {_MOST_FEEDS} feeds; use `*` for all feeds")
        return addresses

    def define_filter(self, arguments: Sequence[str]) -> Became:
        """Turn a named filter into a saved search."""
        name = clean(arguments[0], 100) if arguments else ""
        if len(arguments) < 2 or not name:
            raise No("has no filter")
        _room(self._settings.views, "saved searches")
        expression = translate(arguments[1], self._tags)
        if name.casefold() in self._views:
            raise No(f"another search is also named “{name}”; rename one of them")
        self._views.add(name.casefold())
        self._settings.views.append(ViewConfig(name, expression))
        return Became(f"becomes the saved search “{name}”", (("view", name.casefold()),), changed=True)


def _has_words(expression: str) -> bool:
    parsed = query.parse(expression)
    leaves = () if isinstance(parsed, query.QueryError) else query.leaves(parsed.root)
    texts = [leaf for leaf in leaves if isinstance(leaf, query.Text | query.Regex)]
    return any(text.field not in ("folder", "label", "feed") for text in texts)


def _matching(pattern: str, addresses: Sequence[str]) -> list[str]:
    """Return the addresses that match a pattern. Raises TimeoutError if one or all of them take too long."""
    compiled = query.compiled(pattern)
    end = time.monotonic() + _SECONDS
    matches: list[str] = []
    for url in addresses:
        left = min(_SECONDS_EACH, end - time.monotonic())
        if left <= 0:
            raise TimeoutError
        if compiled.search(url, timeout=left):
            matches.append(url)
    return matches


def _room(there: Sequence[object], what: str, more: int = 1) -> None:
    if len(there) + more > _MOST:
        raise No(f"there are more than {_MOST:,} {what}")


def _understood(expression: str) -> str:
    """Return an expression if it is valid: one bad line must not stop the import of the others."""
    parsed = query.parse(expression)
    if isinstance(parsed, query.QueryError):
        raise No(f"the pattern cannot be searched for: {parsed.message}")
    return expression


def _alternatives(pattern: str) -> tuple[str, ...]:
    """Return the words and phrases of a pattern such as `a|b c`, nothing for a more complex one."""
    bare = pattern[1:-1] if pattern.startswith("(") and pattern.endswith(")") else pattern
    if bare.count("|") >= _MOST_WORDS:
        return ()
    parts = tuple(clean(part) for part in bare.split("|"))
    return parts if all(re.fullmatch(r"[\w][\w '&-]*", part) for part in parts) else ()
