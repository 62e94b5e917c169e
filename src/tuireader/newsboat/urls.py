"""Read and write newsboat's `urls`: one address with tags per line, or a query, a filter or a program."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterable, Mapping
from functools import partial
from urllib.parse import unquote

from msgspec import Struct, field
from msgspec.structs import replace

from tuireader.config import FeedConfig, ViewConfig
from tuireader.config.kinds import command_address
from tuireader.config.values import WEB_ADDRESS, Invalid
from tuireader.newsboat.filters import Tags, tag_query, translate
from tuireader.newsboat.lexing import LONGEST_LINE, Line, lines, quoted, words
from tuireader.newsboat.outcomes import BY_SHELL, Consent, Fate, Group, No, Outcome
from tuireader.newsboat.values import shell_words
from tuireader.text import clean, without_password

_MOST_FEEDS = 10_000
_MOST_TAGS = 50
_MOST_VIEWS = 300


class Subscriptions(Struct, frozen=True):
    """Contents of a `urls` file; `tags` by feed address.

    `queries` counts query feeds, `left_out` feeds that are not imported. `there` maps feeds that run
    programs, or did in another line, to newsboat's addresses.
    """

    feeds: tuple[FeedConfig, ...]
    views: tuple[ViewConfig, ...]
    tags: dict[str, tuple[str, ...]]
    outcomes: tuple[Outcome, ...]
    queries: int = 0
    left_out: int = 0
    there: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def addresses(self, url: str) -> tuple[str, ...]:
        """Return newsboat's addresses of a feed."""
        return self.there.get(url, (url,))

    @property
    def known_tags(self) -> Tags:
        """All tags, by what they became."""
        return _known(self.tags)

    @property
    def remarks(self) -> tuple[Outcome, ...]:
        """Outcomes of lines that were changed or dropped."""
        return tuple(outcome for outcome in self.outcomes if outcome.fate is not Fate.MOVED)


def read(text: str, file: str = "urls", accepted: Collection[Consent] = ()) -> Subscriptions:
    """Read feeds and query feeds. The first tag of a feed becomes its folder, the others its labels.

    If several lines have the same feed, the last one wins, as in newsboat. Feeds that run programs need to be
    `accepted`.
    """
    reader = _Reader(file, Consent.PROGRAMS in accepted)
    for line in lines(text):
        reader.line(line)
    return reader.subscriptions()


class _Reader:
    def __init__(self, file: str, programs: bool) -> None:
        self._file = file
        self._programs = programs
        self._there: dict[str, tuple[str, ...]] = {}
        self._feeds: dict[str, FeedConfig] = {}
        self._tags: dict[str, tuple[str, ...]] = {}
        self._lines: dict[str, int] = {}
        self._queries: list[tuple[int, str, str, list[str]]] = []
        self._left_out = 0
        self._outcomes: list[Outcome] = []

    def line(self, line: Line) -> None:
        address, *marks = words(line.text) if len(line.text) <= LONGEST_LINE else [line.text]
        shown = clean(without_password(address[:2_000]), 200)
        outcome = partial(Outcome, self._file, line.number, shown)
        if address.startswith("query:"):
            name, _, asked = address.removeprefix("query:").partition(":")
            self._queries.append((len(self._outcomes), clean(name, 100) or "Query", asked, marks))
            self._outcomes.append(outcome(Fate.MOVED, Group.RULES))
            return
        try:
            feed, note = _feed_of(address, marks)
            if feed.url not in self._feeds and len(self._feeds) == _MOST_FEEDS:
                raise No(f"there are more than {_MOST_FEEDS:,} feeds")
            if (feed.command or feed.filter) and not self._programs:
                note = note.replace("becomes", "would become", 1)
                raise No(f"{note}, once accepted", consent=Consent.PROGRAMS)
        except No as reason:
            self._left_out += 1
            note, consent = str(reason), reason.consent
            self._outcomes.append(outcome(Fate.DROPPED, Group.FEEDS, note=note, consent=consent))
        else:
            before = self._there.get(feed.url, (feed.url,)) if feed.url in self._feeds else ()
            fate, note = self._feed(line, feed, note, marks)
            self._outcomes.append(outcome(fate, Group.FEEDS, note=note, makes=(("feeds", feed.url),)))
            if (addresses := tuple(dict.fromkeys((*before, address)))) != (feed.url,):
                self._there[feed.url] = addresses

    def _feed(self, line: Line, feed: FeedConfig, note: str, marks: list[str]) -> tuple[Fate, str]:
        """Keep a feed, and mark an earlier line with its address; return the fate of its line with a note."""
        address = feed.url
        own = [tag for mark in marks if mark[:1] not in ("~", "!") and (tag := clean(mark, 200))]
        title = next((clean(mark[1:], 500) for mark in marks if mark.startswith("~")), "")
        if address in self._feeds:
            at = self._lines[address]
            before = self._outcomes[at]
            if self._feeds[address].filter != feed.filter:
                again = (
                    f"has the address of line {line.number}, which is used: one address is one feed; it gets"
                )
                again = f"{again} the articles of both"
            else:
                again = f"is listed twice; the tags of line {line.number} are used"
            self._outcomes[at] = replace(before, fate=Fate.CHANGED, note=again)
        folder, labels = (own[0], tuple(dict.fromkeys(own[1:]))) if own else ("", ())
        hidden = any(mark.startswith("!") for mark in marks)
        self._feeds[address] = replace(feed, title=title, folder=folder, labels=labels, hidden=hidden)
        self._tags[address] = tuple(dict.fromkeys(own))
        self._lines[address] = len(self._outcomes)
        fate = Fate.CHANGED if BY_SHELL in note else Fate.MOVED
        return fate, note

    def subscriptions(self) -> Subscriptions:
        known = _known(self._tags)
        views: dict[str, ViewConfig] = {}
        for at, name, asked, marks in self._queries:
            try:
                if len(views) >= _MOST_VIEWS:
                    raise No(f"there are more than {_MOST_VIEWS:,} query feeds")
                if name.casefold() in views:
                    raise No(f"another query feed is also named “{name}”; rename one of them")
                views[name.casefold()] = ViewConfig(name, translate(asked, known))
            except No as reason:
                self._outcomes[at] = replace(self._outcomes[at], fate=Fate.DROPPED, note=str(reason))
            else:
                self._outcomes[at] = _searched(self._outcomes[at], name, marks)
        for tag in dict.fromkeys(tag for own in self._tags.values() for tag in own[1:]):  # no folders
            if len(views) < _MOST_VIEWS:
                views.setdefault(tag.casefold(), ViewConfig(tag, tag_query(tag, known)))
        return Subscriptions(
            feeds=tuple(self._feeds.values()),
            views=tuple(views.values()),
            tags=self._tags,
            outcomes=tuple(self._outcomes),
            queries=len(self._queries),
            left_out=self._left_out,
            there=self._there,
        )


def _known(tags: Mapping[str, tuple[str, ...]]) -> Tags:
    return Tags(
        frozenset(own[0] for own in tags.values() if own),
        frozenset(tag for own in tags.values() for tag in own[1:]),
    )


def _searched(outcome: Outcome, name: str, marks: list[str]) -> Outcome:
    note, makes = f"becomes the saved search “{name}”", (("view", name.casefold()),)
    own = ", ".join(clean(mark, 100) for mark in marks[:_MOST_TAGS] if mark[:1] not in "~!")
    if own:
        return replace(outcome, fate=Fate.CHANGED, note=f"{note}; its tags are left out: {own}", makes=makes)
    return replace(outcome, note=note, makes=makes)


def _feed_of(address: str, marks: list[str]) -> tuple[FeedConfig, str]:
    if len(address) > LONGEST_LINE:
        raise No(f"is longer than {LONGEST_LINE:,} characters; shorten it")
    if len(marks) > _MOST_TAGS:
        raise No(f"has more than {_MOST_TAGS} tags")
    if address.startswith("exec:"):
        command, by_shell = shell_words(address.removeprefix("exec:"))
        note = f"becomes a feed of this program{BY_SHELL if by_shell else ''}"
        return FeedConfig(command_address(command), command=command), note
    url = address
    if address.startswith("filter:"):
        program, colon, url = address.removeprefix("filter:").partition(":")
        if not colon:
            raise No("has no address after the program")
    if url.startswith("file:"):
        path = unquote(url.removeprefix("file:").removeprefix("//"))
        if url is not address or not path.startswith("/"):
            raise No('only http and https are fetched; `command = ["cat", "FILE"]` reads a file')
        command = ("cat", path)
        return FeedConfig(command_address(command), command=command), "becomes a feed of `cat`"
    read_as = WEB_ADDRESS.read(url)
    if isinstance(read_as, Invalid):
        raise No(read_as.message)
    if url is address:
        return FeedConfig(url), "becomes a feed"
    filter, by_shell = shell_words(program)
    return FeedConfig(url, filter=filter), f"becomes a feed with this filter{BY_SHELL if by_shell else ''}"


def write(feeds: Iterable[FeedConfig]) -> str:
    """Write feeds as newsboat's `urls`: folder and labels become tags, own titles `~` tags.

    Like all secrets, passwords in addresses are not exported. Feeds that newsboat cannot fetch become
    comments.
    """
    written: list[str] = []
    for feed in feeds:
        tags = [tag for tag in (feed.folder, *feed.labels) if tag]
        title = [*["!"] * feed.hidden, *[f"~{feed.title}"] * bool(feed.title)]
        address = _written(feed)
        line = " ".join(map(quoted, [address or without_password(feed.url), *dict.fromkeys(tags), *title]))
        written.append(line if address else f"# newsboat cannot fetch this: {line}")
    return "".join(f"{line}\n" for line in written)


def _written(feed: FeedConfig) -> str:
    """Return newsboat's address of a feed; `""` if newsboat cannot fetch it."""
    if feed.items or feed.kind == "page" or (feed.command and feed.filter):
        return ""
    if feed.command:
        return f"exec:{_line(feed.command)}"
    url = without_password(feed.url)
    if not url.startswith(("http://", "https://")) or ":" in (line := _line(feed.filter)):
        return ""
    return f"filter:{line}:{url}" if line else url


def _line(command: tuple[str, ...]) -> str:
    """Write a command for newsboat's shell, which expands `~/` only without quotation marks."""
    if len(command) == 3 and command[:2] == ("sh", "-c"):
        return command[2]
    if command and command[0].startswith("~/"):
        return f"~/{shlex.join([command[0][2:], *command[1:]])}"
    return shlex.join(command)
