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
    from tuireader.model.alarms import Alarm as Alarm
    from tuireader.model.alarms import AlarmKind as AlarmKind
    from tuireader.model.alarms import Pace as Pace
    from tuireader.model.articles import Article as Article
    from tuireader.model.articles import ArticleRow as ArticleRow
    from tuireader.model.articles import Away as Away
    from tuireader.model.articles import Comment as Comment
    from tuireader.model.articles import EarlierArticle as EarlierArticle
    from tuireader.model.articles import Evidence as Evidence
    from tuireader.model.articles import Feed as Feed
    from tuireader.model.articles import FeedHealth as FeedHealth
    from tuireader.model.articles import FullText as FullText
    from tuireader.model.articles import Neighbour as Neighbour
    from tuireader.model.articles import Pixels as Pixels
    from tuireader.model.articles import Related as Related
    from tuireader.model.articles import Relation as Relation
    from tuireader.model.articles import Revision as Revision
    from tuireader.model.articles import Story as Story
    from tuireader.model.articles import StoryEntry as StoryEntry
    from tuireader.model.articles import TermHit as TermHit
    from tuireader.model.articles import Thread as Thread
    from tuireader.model.articles import Trouble as Trouble
    from tuireader.model.coverage import Coverage as Coverage
    from tuireader.model.coverage import FeedGap as FeedGap
    from tuireader.model.coverage import WatchCoverage as WatchCoverage
    from tuireader.model.downloads import Download as Download
    from tuireader.model.downloads import DownloadState as DownloadState
    from tuireader.model.events import AccountSynced as AccountSynced
    from tuireader.model.events import Event as Event
    from tuireader.model.events import FeedDone as FeedDone
    from tuireader.model.events import GapNoted as GapNoted
    from tuireader.model.events import HostWaits as HostWaits
    from tuireader.model.events import NewMatch as NewMatch
    from tuireader.model.events import RefreshDone as RefreshDone
    from tuireader.model.events import RefreshStarted as RefreshStarted
    from tuireader.model.events import Relating as Relating
    from tuireader.model.events import TextFetched as TextFetched
    from tuireader.model.events import Told as Told
    from tuireader.model.lists import LABEL_MARK as LABEL_MARK
    from tuireader.model.lists import Change as Change
    from tuireader.model.lists import Count as Count
    from tuireader.model.lists import Counts as Counts
    from tuireader.model.lists import Label as Label
    from tuireader.model.lists import MarkedArticle as MarkedArticle
    from tuireader.model.lists import MutePreview as MutePreview
    from tuireader.model.lists import Purged as Purged
    from tuireader.model.lists import StepKind as StepKind
    from tuireader.model.lists import View as View
    from tuireader.model.lists import ViewKind as ViewKind
    from tuireader.model.lists import WatchPreview as WatchPreview
    from tuireader.model.lists import WatchStats as WatchStats
    from tuireader.model.logged import LoggedMatch as LoggedMatch
    from tuireader.model.stories import AddedKind as AddedKind
    from tuireader.model.stories import Addition as Addition
    from tuireader.model.stories import Surrounding as Surrounding

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
