"""The values that flow through the program, one type for each stage.

A feed document becomes `ParsedFeed` and `ParsedEntry`; a stored entry is an article, seen as `ArticleRow`
(the columns of a list line) or `Article` (all that the reading pane shows). Times are whole seconds since
1970-01-01 UTC. All text in these values has passed `text.clean` unless its name ends in `html`.
"""

from typing import TYPE_CHECKING

from tuireader import lazy

if TYPE_CHECKING:
    from tuireader.model.alarms import *  # noqa: F403
    from tuireader.model.articles import *  # noqa: F403
    from tuireader.model.cases import *  # noqa: F403
    from tuireader.model.coverage import *  # noqa: F403
    from tuireader.model.downloads import *  # noqa: F403
    from tuireader.model.events import *  # noqa: F403
    from tuireader.model.fetching import *  # noqa: F403
    from tuireader.model.lists import *  # noqa: F403
    from tuireader.model.outbox import *  # noqa: F403
    from tuireader.model.rules import *  # noqa: F403
    from tuireader.model.stories import *  # noqa: F403

# not needed by the processes that parse feeds and read mails
__getattr__, __all__ = lazy.names(
    __name__,
    {
        "alarms": ("Alarm", "AlarmKind", "Pace"),
        "articles": (
            "Article", "ArticleRow", "Comment", "EarlierArticle", "Evidence", "Feed", "FeedHealth",
            "FullText", "MORE", "Neighbour", "Pixels", "Related", "Relation", "Revision", "TermHit", "Thread",
            "Trouble",
        ),
        "events": (
            "AccountSynced", "Event", "FeedDone", "GapNoted", "HostWaits", "NewMatch", "NotPublished",
            "RefreshDone", "RefreshStarted", "Relating", "TextFetched", "Told", "Undelivered",
        ),
        "cases": ("BEFORE", "Case", "CaseState", "LoggedMatch", "Record", "Verdict"),
        "coverage": ("Coverage", "FeedGap", "NewGap", "WatchCoverage"),
        "downloads": ("Download", "DownloadState"),
        "fetching": (
            "FILE_ENDINGS", "NAMES_FEEDS", "SILENCE", "Enclosure", "EntryDetails", "Fault", "FeedPreview",
            "Fetched", "FetchFailed", "FetchJob", "FetchResult", "FoundArticle", "FoundFeed", "FoundOnPage",
            "Keys", "NotModified", "OutLink", "ParsedEntry", "ParsedFeed", "ParseFailed", "ParseResult",
            "Prepared", "Source",
        ),
        "lists": (
            "LABEL_MARK", "Activity", "Away", "Change", "Count", "Counts", "FoldedRows", "Label",
            "MarkedArticle", "MutePreview", "Purged", "StepKind", "UnreadRows", "View", "ViewKind",
            "WatchPreview", "WatchStats",
        ),
        "outbox": ("OutboxKind", "OutboxMessage", "OutboxState"),
        "rules": ("Action", "ActionKind", "RuleAction"),
        "stories": ("AddedKind", "Addition", "Story", "StoryEntry", "Surrounding"),
    },
)  # fmt: skip
