"""What happens to articles when they arrive: their watches are found, their links and relatives kept.

The glue between the store and the pure `watch` and `related`; all that writes runs in the writer thread, in
transactions.

- `arrival`    watches, mutes and links of what is new or changed, and the same again for what is stored
- `matching`   what watches see of an article: each feed's text of it, and its earlier versions
- `rematch`    watches that are new or changed, against what is stored
- `relate`     profile, neighbours and story of an article
- `relatives`  what belongs to an article that is opened
- `topics`     the words that tell an article or a story from others
- `links`      the links in a text

They are imported at first use: a reader that only lists needs none of them.
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
    from tuireader.ingest.relate import Relater, StoredProfiles, refold_stories, relate_waiting
    from tuireader.ingest.relatives import related
    from tuireader.ingest.rematch import ByIndex, ByText, explain
    from tuireader.ingest.topics import story_topics

__all__ = [
    "ByIndex",
    "ByText",
    "FeedNames",
    "Mute",
    "Relater",
    "Rules",
    "StoredProfiles",
    "explain",
    "hits",
    "match_mutes",
    "record_carried",
    "record_changed",
    "record_full_text",
    "record_new",
    "refold_stories",
    "relate_waiting",
    "related",
    "story_topics",
    "subject",
]

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
        "matching": (
            "FeedNames",
            "hits",
            "subject",
        ),
        "relate": (
            "Relater",
            "StoredProfiles",
            "refold_stories",
            "relate_waiting",
        ),
        "relatives": ("related",),
        "rematch": (
            "ByIndex",
            "ByText",
            "explain",
        ),
        "topics": ("story_topics",),
    },
)
