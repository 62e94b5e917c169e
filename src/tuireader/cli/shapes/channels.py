"""JSON of channels for notifications."""

from typing import Annotated

from tuireader.delivery.letters import Receipt
from tuireader.library import channels
from tuireader.model.json_shape import Shape


class Channel(
    Shape,
    of=channels.Channel,
    shows="name=config.name kind=config.kind target=config.target quiet=config.quiet limit=config.limit"
    " format=config.format watches alarms",
):
    """A channel for notifications."""


class ChannelTest(Shape, of=Receipt, shows="channel accepted error"):
    """The answer of a channel to a test message."""

    channel: Annotated[str, "Name of the channel."]
