"""JSON of the events of a refresh."""

from typing import Annotated

from tuireader import model
from tuireader.export.shapes import Evidence
from tuireader.model.json_shape import Shape


class RefreshStarted(Shape, of=model.RefreshStarted):
    """A refresh starts."""


class RefreshWaits(Shape, of=model.HostWaits):
    """Feeds were due, but wait because their host has asked one of them to."""


class RefreshFeed(Shape, of=model.FeedDone):
    """A feed was fetched and stored."""


class RefreshMatch(Shape, of=model.NewMatch, shows="event article_id title feed_title url evidence"):
    """A watch matches a new article."""

    evidence: Annotated[Evidence, "Why the watch matches it."]


class RefreshDone(Shape, of=model.RefreshDone):
    """All feeds were fetched."""


class AccountSynced(Shape, of=model.AccountSynced):
    """An account was synced, or is being synced: totals so far."""


class RefreshRelating(Shape, of=model.Relating):
    """New articles are being related."""


class RefreshText(Shape, of=model.TextFetched):
    """The page of a new article was fetched, because its feed gives only teasers."""


class RefreshTold(Shape, of=model.Told):
    """A message to you was sent."""


class RefreshUndelivered(Shape, of=model.Undelivered):
    """A channel has not accepted messages to you."""


class RefreshUnpublished(Shape, of=model.NotPublished):
    """The file of a published feed cannot be written."""


class RefreshGap(Shape, of=model.GapNoted):
    """Entries came and went between two visits to a feed."""


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
    RefreshUndelivered,
    RefreshUnpublished,
)
"""Events in the order in which a refresh prints them."""
