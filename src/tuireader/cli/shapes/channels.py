"""JSON of channels for notifications, of digests, published feeds and rules."""

from typing import Annotated

from tuireader import model
from tuireader.delivery.letters import Receipt
from tuireader.library import channels
from tuireader.library.sending import digests, publishing
from tuireader.library.watching import actions
from tuireader.model.json_shape import Shape


class Channel(
    Shape,
    of=channels.Channel,
    shows="name=config.name kind=config.kind target=config.target quiet=config.quiet limit=config.limit"
    " format=config.format watches alarms digests rules",
):
    """A channel for notifications."""


class Digest(
    Shape,
    of=digests.Digest,
    shows="name=config.name next since at=config.at days=config.days channels=config.channels"
    " watches=config.watches query=config.query format=config.format when_empty=config.when_empty",
):
    """A digest, and when it is sent next."""


class Rule(
    Shape,
    of=actions.Rule,
    shows="name=config.name query=config.query watch=config.watch feeds=config.feeds then"
    " include_watched=config.include_watched acted",
):
    """A rule for arriving articles."""

    then: Annotated[list[str], "What it does with them, in this order: `label:law`, `star`, `run:archive` …."]


class ChannelTest(Shape, of=Receipt, shows="channel accepted error"):
    """The answer of a channel to a test message."""

    channel: Annotated[str, "Name of the channel."]


class OutboxMessage(
    Shape,
    of=model.OutboxMessage,
    shows="id channel kind subject title watches created_at due_at attempts error state letter"
    " repeated=interrupted",
):
    """A message for a channel, accepted or not."""


class Published(
    Shape,
    of=publishing.Published,
    shows="name=config.name file paths content=config.content labels=config.labels limit=config.limit"
    " include=config.include",
):
    """A published feed."""
