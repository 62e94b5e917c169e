"""Events of a refresh, also as lines of JSON, which one in another process prints."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Self

from msgspec import Struct, convert, to_builtins

from tuireader.model.articles import Evidence
from tuireader.model.fetching import Fault

if TYPE_CHECKING:
    from tuireader.model.coverage import FeedGap


class RefreshStarted(Struct, frozen=True, tag_field="event", tag="started"):
    """The refresh knows which feeds it will fetch."""

    feeds: Annotated[int, "Number of feeds to fetch."]


class FeedDone(Struct, frozen=True, tag_field="event", tag="feed"):
    """One feed has been fetched and stored."""

    feed_id: Annotated[int, "Number of the feed."]
    title: Annotated[str, "Its title."]
    new: Annotated[int, "New articles."] = 0
    changed: Annotated[int, "Edited articles."] = 0
    unchanged: Annotated[bool, "True when the feed has not changed."] = False
    error: Annotated[str, 'The error, `""` when there was none.'] = ""
    fault: Annotated[Fault | None, "The error as one word for scripts."] = None
    done: Annotated[int, "Number of feeds fetched so far."] = 0
    total: Annotated[int, "Number of feeds to fetch."] = 0
    left_out: Annotated[int, "Oldest entries left out because the feed has more than 10,000."] = 0
    followed: Annotated[
        str, 'New address that a web page named, `""` unless the feed was just followed there.'
    ] = ""
    waits_until: Annotated[
        int | None, "When it may be fetched, if its host has asked another feed to wait, else `null`."
    ] = None


class HostWaits(Struct, frozen=True, tag_field="event", tag="waits"):
    """Feeds were due, but not fetched, because their host has asked one of them to wait."""

    host: Annotated[str, "The host."]
    feeds: Annotated[int, "Number of feeds that wait."]
    until: Annotated[int, "Time after which one of them is tried."]


class NewMatch(Struct, frozen=True, tag_field="event", tag="match"):
    """An article matched a watch for the first time."""

    article_id: Annotated[int, "Number of the article."]
    title: Annotated[str, "Its title."]
    feed_title: Annotated[str, "Title of its feed."]
    url: Annotated[str, "Its address."]
    evidence: Annotated[Evidence, "Why the watch matches it."]


class RefreshDone(Struct, frozen=True, tag_field="event", tag="done"):
    """The refresh has ended; `failed` feeds had an error."""

    feeds: Annotated[int, "Number of feeds fetched, without those that wait."]
    failed: Annotated[int, "Number of feeds that failed."]
    new: Annotated[int, "New articles."]
    changed: Annotated[int, "Edited articles."]
    seconds: Annotated[float, "Duration."]


class Relating(Struct, frozen=True, tag_field="event", tag="relating"):
    """Progress after the refresh in relating new articles to stored ones."""

    done: Annotated[int, "Number of articles related so far."]
    total: Annotated[int, "Number of articles to relate."]
    by_meaning: Annotated[bool, "True if by meaning, which takes two steps an article."] = False

    @property
    def progress(self) -> str:
        """Both numbers, and what is done: `folding stories 50/1,000`."""
        what = "comparing meanings" if self.by_meaning else "folding stories"
        return f"{what} {self.done:,}/{self.total:,}"


class Told(Struct, frozen=True, tag_field="event", tag="told"):
    """A channel has accepted a message to the user; `channel` is `""` for that of `[notify]`.

    If it was for the screen, and `desktop` is False, the receiver of this event may show it instead.
    """

    title: Annotated[str, "Title of the notification."]
    body: Annotated[str, "Its text."]
    articles: Annotated[tuple[int, ...], "Numbers of the articles."]
    desktop: Annotated[bool, "True when the desktop showed it."] = False
    troubles: Annotated[tuple[str, ...], "Errors of the notification, one a line."] = ()
    channel: Annotated[str, 'Name of the channel, `""` for that of `[notify]`.'] = ""
    screen: Annotated[bool, "True for the channel of `[notify]`, and for desktop channels."] = True


class Undelivered(Struct, frozen=True, tag_field="event", tag="undelivered"):
    """A channel has not accepted messages; they wait, or were given up."""

    channel: Annotated[str, 'Name of the channel, `""` for that of `[notify]`.']
    error: Annotated[str, "Why, in one line."]
    messages: Annotated[int, "Number of messages."]
    retry_at: Annotated[int | None, "When they are tried again, `null` if they were given up."] = None


class NotPublished(Struct, frozen=True, tag_field="event", tag="unpublished"):
    """The file of a published feed cannot be written."""

    name: Annotated[str, "Name of what is published."]
    error: Annotated[str, "Why, in one line, with the place in the configuration."]


class TextFetched(Struct, frozen=True, tag_field="event", tag="text"):
    """The page of a new article was fetched; `error` is `""` if its text is stored."""

    article_id: Annotated[int, "Number of the article."]
    title: Annotated[str, "Its title."]
    error: Annotated[str, 'The error, `""` when the text was stored.'] = ""
    done: Annotated[int, "Number of pages fetched so far."] = 0
    total: Annotated[int, "Number of pages to fetch."] = 0


class GapNoted(Struct, frozen=True, tag_field="event", tag="gap"):
    """A gap was found, or filled as far as possible."""

    feed_id: Annotated[int, "Number of the feed."]
    title: Annotated[str, "Its title."]
    after: Annotated[int, "Start of the gap: entries published since then may be missing."]
    before: Annotated[int, "End of the gap."]
    unseen: Annotated[int, "About how many articles were not seen; 0 when it is filled."]
    filled: Annotated[int, "Articles fetched from older pages of the feed."] = 0
    new: Annotated[int, "Those fetched by this refresh."] = 0
    closed: Annotated[bool, "True when it is filled."] = False
    reason: Annotated[str, "Why it is not filled."] = ""

    @classmethod
    def of(cls, gap: FeedGap, title: str, new: int = 0) -> Self:
        """Report a gap of the feed with a title; `new` of its articles are new."""
        period = gap.after, gap.before
        return cls(gap.feed_id, title, *period, gap.unseen, gap.filled, new, bool(gap.closed_at), gap.reason)


class AccountSynced(Struct, frozen=True, tag_field="event", tag="account"):
    """A step of the sync of an account, with the totals so far; the last one is `done`."""

    account: Annotated[str, "Name of the account."]
    new: Annotated[int, "New articles."] = 0
    changed: Annotated[int, "Edited articles."] = 0
    arrived: Annotated[int, "Articles that a first sync has fetched so far."] = 0
    total: Annotated[int, "About how many it fetches in all, as far as known; 0 in later syncs."] = 0
    taken: Annotated[int, "Marks taken from the server."] = 0
    sent: Annotated[int, "Marks sent to the server."] = 0
    pending: Annotated[int, "Marks that the server does not have yet."] = 0
    unreadable: Annotated[int, "Entries of the server that cannot be read and were left out."] = 0
    error: Annotated[str, 'The error, `""` when there was none.'] = ""
    hint: Annotated[str, "Advice on the error."] = ""
    refusal: Annotated[str, "The error as one word for scripts."] = ""
    asks: Annotated[str, 'A question for you, `""` for none.'] = ""
    rejected_since: Annotated[
        int | None, "Since when the server rejects the password or token, `null` while it does not."
    ] = None
    next_try: Annotated[int | None, "Time of the next sync after an error."] = None
    done: Annotated[bool, "True for the last event of the account."] = False


Event = (
    AccountSynced
    | GapNoted
    | HostWaits
    | RefreshStarted
    | FeedDone
    | NewMatch
    | NotPublished
    | RefreshDone
    | Relating
    | Told
    | TextFetched
    | Undelivered
)


def encode(event: Event) -> str:
    """Serialise an event as one line of JSON, as `tuireader refresh --json` prints it."""
    return json.dumps(to_builtins(event), ensure_ascii=False)


def decode(line: str) -> Event:
    """Restore an event that `encode` wrote; raises ValueError on anything else."""
    event: Event = convert(json.loads(line), Event)
    return event
