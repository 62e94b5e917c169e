"""Events as lines of JSON, which a refresh in another process prints."""

from __future__ import annotations

import json

from msgspec import convert, to_builtins

from tuireader.model import Event


def encode(event: Event) -> str:
    """Serialise an event as one line of JSON, as `tuireader refresh --json` prints it."""
    return json.dumps(to_builtins(event), ensure_ascii=False)


def decode(line: str) -> Event:
    """Restore an event that `encode` wrote; raises ValueError on anything else."""
    event: Event = convert(json.loads(line), Event)
    return event
