"""What happens to articles when they arrive: their watches are found, their links and relatives kept.

The glue between the store and the pure `watch` and `related`; all that writes runs in the writer thread, in
transactions.

- `arriving`   watches, mutes and links of what is new or changed, and the same again for what is stored
- `rematching` watches that are new or changed, against what is stored
- `placing`    profile, neighbours and story of an article
- `relatives`  what belongs to an article that is opened
- `topics`     the words that tell an article or a story from others
- `linking`    the links in a text

They are imported at first use: a reader that only lists needs none of them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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
    from tuireader.relating.placing import Shelf, judge_stories, relate_waiting
    from tuireader.relating.relatives import related
    from tuireader.relating.rematching import ByIndex, ByText, explain
    from tuireader.relating.topics import story_topics

__all__ = [
    "ByIndex",
    "ByText",
    "FeedNames",
    "Mute",
    "Rules",
    "Shelf",
    "explain",
    "judge_stories",
    "mute_chunk",
    "record_changed",
    "record_full_text",
    "record_new",
    "relate_waiting",
    "related",
    "story_topics",
    "subject",
]

_PLACES = {
    "arriving": (
        "FeedNames",
        "Mute",
        "Rules",
        "mute_chunk",
        "record_changed",
        "record_full_text",
        "record_new",
        "subject",
    ),
    "placing": (
        "Shelf",
        "judge_stories",
        "relate_waiting",
    ),
    "relatives": ("related",),
    "rematching": (
        "ByIndex",
        "ByText",
        "explain",
    ),
    "topics": ("story_topics",),
}


def __getattr__(name: str) -> object:
    for module, names in _PLACES.items():
        if name in names:
            found = getattr(import_module(f"{__name__}.{module}"), name)
            globals()[name] = found
            return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
