"""JSON of the events of a refresh."""

from typing import Annotated, Literal

from tuireader import model
from tuireader.export.shapes import Evidence
from tuireader.model.json_shape import Shape

_EVENT = "Name of the event."


class RefreshStarted(Shape, of=model.RefreshStarted):
    """A refresh starts."""

    event: Annotated[Literal["started"], _EVENT]


class RefreshWaits(Shape, of=model.HostWaits):
    """Feeds were due, but wait because their host has asked one of them to."""

    event: Annotated[Literal["waits"], _EVENT]


class RefreshFeed(Shape, of=model.FeedDone):
    """A feed was fetched and stored."""

    event: Annotated[Literal["feed"], _EVENT]


class RefreshMatch(Shape, of=model.NewMatch, shows="event article_id title feed_title url evidence"):
    """A watch matches a new article."""

    event: Annotated[Literal["match"], _EVENT]
    evidence: Annotated[Evidence, "Why the watch matches it."]


class RefreshDone(Shape, of=model.RefreshDone):
    """All feeds were fetched."""

    event: Annotated[Literal["done"], _EVENT]


class AccountSynced(Shape, of=model.AccountSynced):
    """An account was synced, or is being synced: totals so far."""

    event: Annotated[Literal["account"], _EVENT]


class RefreshRelating(Shape, of=model.Relating):
    """New articles are being related."""

    event: Annotated[Literal["relating"], _EVENT]


class RefreshText(Shape, of=model.TextFetched):
    """The page of a new article was fetched, because its feed gives only teasers."""

    event: Annotated[Literal["text"], _EVENT]


class RefreshTold(Shape, of=model.Told):
    """A notification of new articles was sent."""

    event: Annotated[Literal["told"], _EVENT]


class RefreshGap(Shape, of=model.GapNoted):
    """Entries came and went between two visits to a feed."""

    event: Annotated[Literal["gap"], _EVENT]


EVENTS = (
    RefreshStarted,
    RefreshFeed,
    RefreshMatch,
    RefreshGap,
    RefreshWaits,
    RefreshDone,
    AccountSynced,
    RefreshRelating,
    RefreshText,
    RefreshTold,
)
"""Events in the order in which a refresh prints them."""
