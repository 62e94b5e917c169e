"""The values that flow through the program, one type for each stage.

A feed document becomes `ParsedFeed` and `ParsedEntry`; a stored entry is an article, seen as `ArticleRow`
(the columns of a list line) or `Article` (all that the reading pane shows). Times are whole seconds since
1970-01-01 UTC. All text in these values has passed `text.clean` unless its name ends in `html`.
"""

from typing import TYPE_CHECKING

from tuireader import lazy
from tuireader.model.fetching import FILE_ENDINGS as FILE_ENDINGS
from tuireader.model.fetching import NAMES_FEEDS as NAMES_FEEDS
from tuireader.model.fetching import SILENCE as SILENCE
from tuireader.model.fetching import Enclosure as Enclosure
from tuireader.model.fetching import EntryDetails as EntryDetails
from tuireader.model.fetching import Fault as Fault
from tuireader.model.fetching import FeedPreview as FeedPreview
from tuireader.model.fetching import Fetched as Fetched
from tuireader.model.fetching import FetchFailed as FetchFailed
from tuireader.model.fetching import FetchJob as FetchJob
from tuireader.model.fetching import FetchResult as FetchResult
from tuireader.model.fetching import FoundArticle as FoundArticle
from tuireader.model.fetching import FoundFeed as FoundFeed
from tuireader.model.fetching import FoundOnPage as FoundOnPage
from tuireader.model.fetching import Keys as Keys
from tuireader.model.fetching import NotModified as NotModified
from tuireader.model.fetching import ParsedEntry as ParsedEntry
from tuireader.model.fetching import ParsedFeed as ParsedFeed
from tuireader.model.fetching import ParseFailed as ParseFailed
from tuireader.model.fetching import ParseResult as ParseResult
from tuireader.model.fetching import Prepared as Prepared
from tuireader.model.fetching import Source as Source

if TYPE_CHECKING:
    from tuireader.model.alarms import *  # noqa: F403
    from tuireader.model.articles import *  # noqa: F403
    from tuireader.model.coverage import *  # noqa: F403
    from tuireader.model.downloads import *  # noqa: F403
    from tuireader.model.events import *  # noqa: F403
    from tuireader.model.lists import *  # noqa: F403
    from tuireader.model.logged import *  # noqa: F403
    from tuireader.model.stories import *  # noqa: F403

# not needed by the processes that parse feeds and read mails
__getattr__ = lazy.names(
    __name__,
    {
        "alarms": ("Alarm", "AlarmKind", "Pace"),
        "articles": (
            "Article", "ArticleRow", "Away", "Comment", "EarlierArticle", "Evidence", "Feed", "FeedHealth",
            "FullText", "Neighbour", "Pixels", "Related", "Relation", "Revision", "Story", "StoryEntry",
            "TermHit", "Thread", "Trouble",
        ),
        "events": (
            "AccountSynced", "Event", "FeedDone", "GapNoted", "HostWaits", "NewMatch", "RefreshDone",
            "RefreshStarted", "Relating", "TextFetched", "Told",
        ),
        "coverage": ("Coverage", "FeedGap", "WatchCoverage"),
        "downloads": ("Download", "DownloadState"),
        "lists": (
            "LABEL_MARK", "Change", "Count", "Counts", "Label", "MarkedArticle", "MutePreview", "Purged",
            "StepKind", "View", "ViewKind", "WatchPreview", "WatchStats",
        ),
        "logged": ("LoggedMatch",),
        "stories": ("AddedKind", "Addition", "Surrounding"),
    },
)  # fmt: skip
