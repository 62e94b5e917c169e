"""An article's way in: match watches and mutes, store links, relate.

The glue between the store and the pure `watch` and `related`; everything that writes runs in the writer
thread, in transactions.

- `refresh`    fetch, parse and save feeds, as a stream of events
- `arrival`    watches, mutes and links of new, changed and stored articles
- `matching`   watches against each feed's text of an article, and its former versions
- `rematch`    new or changed watches against everything stored
- `relate`     profile, neighbours and story of an article
- `relatives`  the related articles of an opened one
- `topics`     the distinctive words of an article or a story

They are imported at first use: a list of articles needs none of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tuireader import lazy

if TYPE_CHECKING:
    from tuireader.ingest.arrival import (
        Mute,
        Rules,
        match_mutes,
        record_carried,
        record_changed,
        record_full_text,
        record_new,
    )
    from tuireader.ingest.matching import FeedNames, hits, subject
    from tuireader.ingest.relate import Relater, refold_stories
    from tuireader.ingest.relatives import related
    from tuireader.ingest.rematch import ByIndex, ByText, explain
    from tuireader.ingest.topics import story_topics

__all__ = [
    "ByIndex", "ByText", "FeedNames", "Mute", "Relater", "Rules", "explain", "hits",
    "match_mutes", "record_carried", "record_changed", "record_full_text", "record_new",
    "refold_stories", "related", "story_topics", "subject",
]  # fmt: skip

__getattr__ = lazy.names(
    __name__,
    {
        "arrival": (
            "Mute",
            "Rules",
            "match_mutes",
            "record_carried",
            "record_changed",
            "record_full_text",
            "record_new",
        ),
        "matching": ("FeedNames", "hits", "subject"),
        "relate": ("Relater", "refold_stories"),
        "relatives": ("related",),
        "rematch": ("ByIndex", "ByText", "explain"),
        "topics": ("story_topics",),
    },
)
