"""Events as lines of JSON, which a refresh in another process prints."""

from __future__ import annotations

import json
from typing import Any

from msgspec.structs import asdict

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
    """Serialise an event as one line of JSON, as `tuireader refresh --json` prints it."""
    return json.dumps({"event": _NAMES[type(event)], **asdict(event)}, ensure_ascii=False, default=asdict)


def decode(line: str) -> Event:
    """Restore an event that `encode` wrote; raises ValueError, KeyError or TypeError on anything else."""
    values: dict[str, Any] = json.loads(line)
    kind = _EVENTS[values.pop("event")]
    if kind is NewMatch:
        evidence = values["evidence"]
        hits = tuple(TermHit(**hit) for hit in evidence["hits"])
        spans = tuple(map(tuple, evidence["spans"]))
        values["evidence"] = Evidence(**evidence | {"hits": hits, "spans": spans})
    elif kind is Told:
        values |= {"articles": tuple(values["articles"]), "troubles": tuple(values["troubles"])}
    elif values.get("fault") is not None:
        values["fault"] = Fault(values["fault"])
    return kind(**values)
