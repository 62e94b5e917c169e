"""What happens to articles when they arrive: their watches are found, their links and relatives kept.

The glue between the store and the pure `watch` and `related`; all that writes runs in the writer thread, in
transactions.

- `arriving`   watches, mutes and links of what is new or changed, and the same again for what is stored
- `rematching` watches that are new or changed, against what is stored
- `placing`    profile, neighbours and story of an article
- `relatives`  what belongs to an article that is opened
- `topics`     the words that tell an article or a story from others
- `linking`    the links in a text
"""

from tuireader.relating.arriving import (
    FeedNames,
    Mute,
    Rules,
    mute_chunk,
    record_changed,
    record_full_text,
    record_new,
    subject,
)
from tuireader.relating.placing import Shelf, relate_waiting
from tuireader.relating.relatives import related
from tuireader.relating.rematching import ByIndex, ByText, explain
from tuireader.relating.topics import story_topics, topics

__all__ = [
    "ByIndex",
    "ByText",
    "FeedNames",
    "Mute",
    "Rules",
    "Shelf",
    "explain",
    "mute_chunk",
    "record_changed",
    "record_full_text",
    "record_new",
    "relate_waiting",
    "related",
    "story_topics",
    "subject",
    "topics",
]
