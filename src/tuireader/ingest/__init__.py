"""Process arriving articles: match watches and mutes, store links, relate.

Connects the store with the pure packages `watch` and `related`. Everything that writes runs in the writer
thread, in transactions.

- `refresh`    fetch, parse and save feeds, as a stream of events
- `jobs`       build the request for each feed
- `asking`     fetch and parse one feed, and follow it to a new address
- `attempts`   record each attempt, and plan the next one
- `arrival`    match watches and mutes and store links when articles arrive or change
- `matching`   match watches with each feed's text of an article, and with its former versions
- `rematch`    match new or changed watches with everything stored
- `relate`     find profile, neighbours and story of an article
- `stored_profiles` the store as relating needs it
- `referring`  find the earlier articles that sentences refer to
- `own_forms`  read the names that watches and texts give in two scripts
- `older_versions` fills in what older versions did not store; `older_names` finds the names in their articles
- `relatives`  list the related articles of an opened one
- `story_page` build the page of a story: reports, background, follow-ups
- `topics`     find the distinctive words of an article or a story

They are imported at first use: the article list needs none of them.
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
    from tuireader.ingest.relating.older_versions import fill_in
    from tuireader.ingest.relating.relate import Relater
    from tuireader.ingest.relating.relatives import related
    from tuireader.ingest.relating.story_page import story_page
    from tuireader.ingest.relating.topics import story_topics
    from tuireader.ingest.rematch import ByIndex, ByText, complete_log, explain

__all__ = [
    "ByIndex", "ByText", "FeedNames", "Mute", "Relater", "Rules", "complete_log", "explain",
    "fill_in", "hits", "match_mutes",
    "record_carried", "record_changed", "record_full_text", "record_new",
    "related", "story_page", "story_topics", "subject",
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
        "relating.older_versions": ("fill_in",),
        "relating.relate": ("Relater",),
        "relating.relatives": ("related",),
        "rematch": ("ByIndex", "ByText", "complete_log", "explain"),
        "relating.story_page": ("story_page",),
        "relating.topics": ("story_topics",),
    },
)
