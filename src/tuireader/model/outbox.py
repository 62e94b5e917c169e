"""Messages in the outbox."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Struct


class OutboxState(StrEnum):
    """States of a message; the first two are those of messages that are still to be sent."""

    WAITING = "waiting"
    SENDING = "sending"
    ACCEPTED = "accepted"
    GIVEN_UP = "given up"
    DROPPED = "dropped"


class OutboxKind(StrEnum):
    """Kinds of messages: an article on a watch, an alarm, its end, a digest, an article of a rule, or one
    that the user shares."""

    MATCH = "match"
    ALARM = "alarm"
    OVER = "over"
    DIGEST = "digest"
    RULE = "rule"
    SHARE = "share"


class OutboxMessage(Struct, frozen=True):
    """An article, an alarm or a digest for one channel, until the channel has accepted it."""

    id: Annotated[int, "Number of the message."]
    channel: Annotated[
        str, 'Name of its channel, `""` for that of `[notify]`; `run:NAME` for a program, `save:` for a file.'
    ]
    kind: Annotated[
        OutboxKind, "`match`, `alarm`, `over` when an alarm is over, `digest`, `rule` or `share`."
    ]
    subject: Annotated[int, "Number of the article, alarm or digest."]
    title: Annotated[str, "Title of the article, name of what the alarm is about, or name of the digest."]
    watches: Annotated[
        tuple[str, ...], "Names of the watches that match the article; of a digest, those of low priority."
    ]
    priority: Annotated[int, "Highest priority of these: 0 low, 1 normal, 2 high."]
    created_at: Annotated[int, "When it was put into the outbox."]
    due_at: Annotated[int, "When it is to be sent, or tried again."]
    attempts: Annotated[int, "How often it was tried in vain."]
    error: Annotated[str, 'The last error, `""` without one.']
    state: Annotated[OutboxState, "`waiting`, `sending`, `accepted`, `given up` or `dropped`."]
    sent_at: Annotated[int | None, "When the channel accepted it, `null` before."]
    letter: Annotated[str, 'The `id` that its receiver gets; articles sent together share it; `""` before.']
    interrupted: Annotated[
        bool, "True if sending it was interrupted, so that it comes once more, marked as `repeated`."
    ]
    adds: Annotated[tuple[str, ...], "What the article adds to a story already reported."] = ()
    story: Annotated[int, "Number of its story, or of the article itself; 0 for an alarm or a digest."] = 0
    rule: Annotated[str, 'Name of the rule that put it there, `""` without one.'] = ""

    @property
    def causes(self) -> str:
        """Reason for the message: its watches, its rule, or its kind."""
        return ", ".join(self.watches) or self.rule or self.kind
