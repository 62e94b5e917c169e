"""Events as lines of JSON, which a refresh in another process prints."""

from __future__ import annotations

import json
from typing import Any

import msgspec
from msgspec.structs import asdict

from tuireader.model import (
    AccountSynced,
    Event,
    FeedDone,
    GapNoted,
    HostWaits,
    NewMatch,
    RefreshDone,
    RefreshStarted,
    Relating,
    TextFetched,
    Told,
)

_EVENTS: dict[str, type[Event]] = {
    "account": AccountSynced,
    "started": RefreshStarted,
    "feed": FeedDone,
    "match": NewMatch,
    "done": RefreshDone,
    "relating": Relating,
    "told": Told,
    "text": TextFetched,
    "gap": GapNoted,
    "waits": HostWaits,
}
_NAMES = {kind: name for name, kind in _EVENTS.items()}


def encode(event: Event) -> str:
    """Serialise an event as one line of JSON, as `tuireader refresh --json` prints it."""
    return json.dumps({"event": _NAMES[type(event)], **asdict(event)}, ensure_ascii=False, default=asdict)


def decode(line: str) -> Event:
    """Restore an event that `encode` wrote; raises ValueError, KeyError or TypeError on anything else."""
    values: dict[str, Any] = json.loads(line)
    return msgspec.convert(values, _EVENTS[values.pop("event")])
