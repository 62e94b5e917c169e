"""Process arriving articles: match watches and mutes, store links, relate.

Connects the store with the pure packages `watch` and `related`. Everything that writes runs in the writer
thread, in transactions.

- `refresh`     fetch, parse and save feeds, as a stream of events
- `jobs`        build the request for each feed
- `asking`      fetch and parse one feed, and follow it to a new address
- `moves`       judge whether a feed at another site is the same one
- `saving`      save a document, and match what is new or changed in it
- `page_watch`  turn the text of a watched page into an article for each change
- `attempts`    record each attempt, and plan the next one
- `overlap`     record a gap if entries were missed between two documents
- `queued`      yield the results of concurrent work
- `backfill`    fill gaps from older documents of a feed
- `pages`       decide which pages of articles to fetch
- `arrival`     match watches and mutes and store links when articles arrive or change
- `matching`    match watches with each feed's text of an article, and with its former versions
- `rematch`     match new or changed watches with everything stored
- `relating`    relate stored articles: neighbours, stories, references, topics

They are imported at first use: the article list needs none of them.
"""

from typing import TYPE_CHECKING

from tuireader import lazy

if TYPE_CHECKING:
    from tuireader.ingest.arrival import *  # noqa: F403
    from tuireader.ingest.matching import *  # noqa: F403
    from tuireader.ingest.relating.meaning import *  # noqa: F403
    from tuireader.ingest.relating.older_versions import *  # noqa: F403
    from tuireader.ingest.relating.relate import *  # noqa: F403
    from tuireader.ingest.relating.relatives import *  # noqa: F403
    from tuireader.ingest.relating.story_page import *  # noqa: F403
    from tuireader.ingest.relating.topics import *  # noqa: F403
    from tuireader.ingest.rematch import *  # noqa: F403

__getattr__, __all__ = lazy.names(
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
        "matching": ("FeedNames", "feeds_named", "hits", "subject"),
        "relating.meaning": (
            "ByMeaning",
            "Comparison",
            "Missing",
            "add_vectors",
            "sentences_of",
            "to_encode",
        ),
        "relating.older_versions": ("fill_in",),
        "relating.relate": ("Relater",),
        "relating.relatives": ("related",),
        "rematch": ("ByIndex", "ByText", "complete_log", "explain"),
        "relating.story_page": ("additions_of", "copies", "story_page"),
        "relating.topics": ("story_topics",),
    },
)
