"""JSON of the events of a refresh."""

from typing import Annotated

from tuireader import model
from tuireader.export.shapes import Evidence
from tuireader.model.json_shape import Shape


class RefreshMatch(Shape, of=model.NewMatch, shows="event article_id title feed_title url evidence"):
    """A watch matches a new article."""

    evidence: Annotated[Evidence, "Why the watch matches it."]


EVENTS = (
    Shape.plain("RefreshStarted", model.RefreshStarted, "A refresh starts."),
    Shape.plain("RefreshFeed", model.FeedDone, "A feed was fetched and stored."),
    RefreshMatch,
    Shape.plain("RefreshGap", model.GapNoted, "Entries came and went between two visits to a feed."),
    Shape.plain(
        "RefreshWaits",
        model.HostWaits,
        "Feeds were due, but wait because their host has asked one of them to.",
    ),
    Shape.plain("RefreshDone", model.RefreshDone, "All feeds were fetched."),
    Shape.plain(
        "AccountSynced", model.AccountSynced, "An account was synced, or is being synced: totals so far."
    ),
    Shape.plain("RefreshRelating", model.Relating, "New articles are being related."),
    Shape.plain(
        "RefreshText",
        model.TextFetched,
        "The page of a new article was fetched, because its feed gives only teasers.",
    ),
    Shape.plain("RefreshTold", model.Told, "A message to you was sent."),
    Shape.plain("RefreshUndelivered", model.Undelivered, "A channel has not accepted messages to you."),
    Shape.plain("RefreshUnpublished", model.NotPublished, "The file of a published feed cannot be written."),
)
"""Events in the order in which a refresh prints them."""
