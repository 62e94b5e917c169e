"""Read and write newsboat's `urls`: one address with tags per line, or a query, a filter or a program."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from tuireader.config import FeedConfig, ViewConfig
from tuireader.config.values import WEB_ADDRESS, Invalid
from tuireader.newsboat.filters import tag_query, translate
from tuireader.newsboat.lexing import LONGEST_LINE, Line, lines, quoted, words
from tuireader.newsboat.outcomes import Fate, Group, Made, No, Outcome
from tuireader.text import clean, without_password

_MOST_FEEDS = 10_000
_MOST_TAGS = 50
_MOST_VIEWS = 300


@dataclass(frozen=True, slots=True)
class Subscriptions:
    """Contents of a `urls` file; `tags` by feed address.

    `queries` counts query feeds, `left_out` feeds that tuireader cannot fetch.
    """

    feeds: tuple[FeedConfig, ...]
    views: tuple[ViewConfig, ...]
    tags: dict[str, tuple[str, ...]]
    outcomes: tuple[Outcome, ...]
    queries: int = 0
    left_out: int = 0

    @property
    def remarks(self) -> tuple[Outcome, ...]:
        """Outcomes of lines that were changed or dropped."""
        return tuple(one for one in self.outcomes if one.fate is not Fate.MOVED)


def read(text: str, file: str = "urls") -> Subscriptions:
    """Read feeds and query feeds. The first tag of a feed becomes its folder, the others its labels.

    If several lines have the same feed, the last one wins, as in newsboat.
    """
    reader = _Reader(file)
    for line in lines(text):
        reader.line(line)
    return reader.subscriptions()


class _Reader:
    """Translate a file line by line."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._feeds: dict[str, FeedConfig] = {}
        self._tags: dict[str, tuple[str, ...]] = {}
        self._lines: dict[str, int] = {}
        self._queries: list[tuple[int, str, str, list[str]]] = []
        self._left_out = 0
        self._outcomes: list[Outcome] = []

    def line(self, line: Line) -> None:
        """Read one line."""
        address, *marks = words(line.text) if len(line.text) <= LONGEST_LINE else [line.text]
        shown = clean(without_password(address[:2_000]), 200)
        if address.startswith("query:"):
            self._queries.append((len(self._outcomes), *_query(address), marks))
            self._add(line, shown, Fate.MOVED, "", group=Group.RULES)
            return
        reason = _why_not(address, marks)
        if not reason and address not in self._feeds and len(self._feeds) == _MOST_FEEDS:
            reason = f"there are more than {_MOST_FEEDS:,} feeds"
        if reason:
            self._left_out += 1
            self._add(line, shown, Fate.DROPPED, reason)
        else:
            self._feed(line, shown, address, marks)

    def _feed(self, line: Line, shown: str, address: str, marks: list[str]) -> None:
        own = [tag for mark in marks if mark[:1] not in ("~", "!") and (tag := clean(mark, 200))]
        title = next((clean(mark[1:], 500) for mark in marks if mark.startswith("~")), "")
        if address in self._feeds:
            at = self._lines[address]
            before = self._outcomes[at]
            note = f"is listed twice; the tags of line {line.number} are used"
            self._outcomes[at] = replace(before, fate=Fate.CHANGED, note=note)
        folder, labels = (own[0], tuple(dict.fromkeys(own[1:]))) if own else ("", ())
        self._feeds[address] = FeedConfig(address, title, folder, labels=labels)
        self._tags[address] = tuple(dict.fromkeys(own))
        self._lines[address] = len(self._outcomes)
        hidden = any(mark.startswith("!") for mark in marks)
        fate = Fate.CHANGED if hidden else Fate.MOVED
        note = "is hidden in newsboat (!), but shown in tuireader" if hidden else "becomes a feed"
        self._add(line, shown, fate, note, (("feeds", address),))

    def _add(
        self,
        line: Line,
        text: str,
        fate: Fate,
        note: str,
        makes: tuple[Made, ...] = (),
        group: Group = Group.FEEDS,
    ) -> None:
        self._outcomes.append(Outcome(self._file, line.number, text, fate, group, note, makes=makes))

    def subscriptions(self) -> Subscriptions:
        """Return the subscriptions after the last line."""
        known = frozenset(tag for own in self._tags.values() for tag in own)
        views: dict[str, ViewConfig] = {}
        for at, name, asked, marks in self._queries:
            self._outcomes[at] = _searched(self._outcomes[at], views, known, name, asked, marks)
        for tag in dict.fromkeys(tag for own in self._tags.values() for tag in own[1:]):  # no folders
            if len(views) < _MOST_VIEWS:
                views.setdefault(tag.casefold(), ViewConfig(tag, tag_query(tag, known)))
        return Subscriptions(
            tuple(self._feeds.values()),
            tuple(views.values()),
            self._tags,
            tuple(self._outcomes),
            len(self._queries),
            self._left_out,
        )


def _searched(
    outcome: Outcome,
    views: dict[str, ViewConfig],
    tags: frozenset[str],
    name: str,
    asked: str,
    marks: list[str],
) -> Outcome:
    """Add a query feed to the saved searches and return its outcome."""
    try:
        if len(views) >= _MOST_VIEWS:
            raise No(f"there are more than {_MOST_VIEWS:,} query feeds")
        if name.casefold() in views:
            raise No(f"another query feed is also named “{name}”; rename one of them")
        views[name.casefold()] = ViewConfig(name, translate(asked, tags))
    except No as reason:
        return replace(outcome, fate=Fate.DROPPED, note=str(reason))
    note, makes = f"becomes the saved search “{name}”", (("view", name.casefold()),)
    own = ", ".join(clean(mark, 100) for mark in marks[:_MOST_TAGS] if mark[:1] not in "~!")
    if own:
        return replace(outcome, fate=Fate.CHANGED, note=f"{note}; its tags are left out: {own}", makes=makes)
    return replace(outcome, note=note, makes=makes)


def _query(address: str) -> tuple[str, str]:
    """Return name and filter of a query feed."""
    name, _, asked = address.removeprefix("query:").partition(":")
    return clean(name, 100) or "Query", asked


def _why_not(address: str, marks: list[str]) -> str:
    if len(address) > LONGEST_LINE:
        return f"is longer than {LONGEST_LINE:,} characters; shorten it"
    if len(marks) > _MOST_TAGS:
        return f"has more than {_MOST_TAGS} tags"
    if address.startswith("exec:"):
        return "tuireader does not start the program that makes this feed; serve its output over http"
    if address.startswith("filter:"):
        return "tuireader does not start the program that filters this feed; a `[[mute]]` can hide articles"
    if address.startswith("file:"):
        return "only http and https are fetched; serve the file over http"
    read_as = WEB_ADDRESS.read(address)
    return read_as.message if isinstance(read_as, Invalid) else ""


def write(feeds: Iterable[FeedConfig]) -> str:
    """Return feeds in the format of newsboat's `urls`: folder and labels become tags, own titles `~` tags.

    Like all secrets, passwords in addresses are not exported.
    """
    made: list[str] = []
    for feed in feeds:
        tags = [tag for tag in (feed.folder, *feed.labels) if tag]
        title = [f"~{feed.title}"] if feed.title else []
        made.append(" ".join(map(quoted, [without_password(feed.url), *dict.fromkeys(tags), *title])))
    return "".join(f"{line}\n" for line in made)
