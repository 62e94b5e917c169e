"""Events as lines of JSON, which a refresh in another process prints."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from tuireader.model import (
    AccountSynced,
    Event,
    Evidence,
    Fault,
    FeedDone,
    GapNoted,
    HostWaits,
    NewMatch,
    RefreshDone,
    RefreshStarted,
    Relating,
    TermHit,
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
    """Return an event as one line of JSON, as `tuireader refresh --json` prints it."""
    return json.dumps({"event": _NAMES[type(event)], **asdict(event)}, ensure_ascii=False)


def decode(line: str) -> Event:
    """Return the event that `encode` wrote; raises ValueError, KeyError or TypeError on anything else."""
    values: dict[str, Any] = json.loads(line)
    kind = _EVENTS[values.pop("event")]
    if kind is NewMatch:
        found = values["evidence"]
        values["evidence"] = Evidence(
            found["watch"],
            tuple(TermHit(**hit) for hit in found["hits"]),
            found["sentence"],
            tuple((start, end) for start, end in found["spans"]),
            feed_id=found["feed_id"],
            feed=found["feed"],
            uncertain=found["uncertain"],
        )
    elif kind is Told:
        values |= {"articles": tuple(values["articles"]), "troubles": tuple(values["troubles"])}
    elif values.get("fault") is not None:
        values["fault"] = Fault(values["fault"])
    return kind(**values)
