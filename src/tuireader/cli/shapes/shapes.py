"""JSON of the commands, derived from the model; `docs/json.md` is generated from it.

Names are stable: a field may be added, none is renamed or removed within a major version. Times are seconds
since 1970 UTC.
"""

from typing import Annotated

from tuireader import model
from tuireader.cli.shapes.accounts import Account, AccountCheck
from tuireader.cli.shapes.channels import Channel, ChannelTest, Digest, OutboxMessage, Published, Rule
from tuireader.cli.shapes.events import EVENTS
from tuireader.commands.command import Command
from tuireader.config import Paths, Problem, Reference
from tuireader.config.settings import SettingValue
from tuireader.exchange.documents import ExportedFeeds, ExportedState
from tuireader.export.matches import COLUMNS
from tuireader.export.shapes import Brief, StoryPage, WholeArticle
from tuireader.library import articles, exchange
from tuireader.library.newsboat import profile as newsboat
from tuireader.library.watching import reports, sources
from tuireader.model.json_shape import Shape
from tuireader.newsboat.outcomes import Outcome, Tally
from tuireader.store.upkeep import maintenance
from tuireader.store.watches.stats import FeedLead

_FEED = Annotated[str, "Title of its feed."]


class Article(
    Shape,
    of=model.ArticleRow,
    shows="id time feed title url author read starred edited sources story story_size watches labels former"
    " uncertain language reading_time sentence",
):
    """A row of a list."""

    feed: _FEED


class FullText(Shape, of=model.Article, shows="id title url full_text=shows_full text"):
    """An article whose page was fetched."""

    text: Annotated[str, "The text."]


class Comment(Shape, of=model.Comment, shows="author time text"):
    """A comment on an article."""

    text: Annotated[str, "The comment."]


class Marked(Shape, of=model.Change, shows="what count ids"):
    """Articles changed by a mark."""

    count: Annotated[int, "Number of changed articles."]


class Counted(Shape):
    """Number of articles that an expression matches."""

    articles: Annotated[int, "Articles."]
    stories: Annotated[int, "Their stories; an article without a story counts as one."]
    rows: Annotated[int, "Their rows in a list that folds stories; a story may have several."]


class Match(
    Shape,
    of=model.Evidence,
    shows="id watch title url feed time terms occurrences where=fields sentence spans uncertain",
):
    """A new article that a watch matches."""

    id: Annotated[int, "Number of the article."]
    title: Annotated[str, "Its title."]
    url: Annotated[str, "Its address."]
    feed: _FEED
    time: Annotated[int, "When it was published."]
    terms: Annotated[list[str], "Terms of the watch that were found."]
    where: Annotated[list[str], "`title`, `summary`, `body`, `label`, or `full text` for its page alone."]


class FeedHealth(
    Shape,
    of=model.FeedHealth,
    shows="id=feed.id url title=feed.title folder=feed.folder account=feed.account state=feed.state trouble"
    " unread total per_week newest last_try=feed.last_try last_success=feed.last_success"
    " last_error=feed.last_error fault error_streak=feed.error_streak next_try=feed.next_try moved_to"
    " moved_why texts pages full_texts requests not_modified alarm waits_until",
):
    """A feed and its health."""

    url: Annotated[str, "Its address in the configuration, without a password."]
    trouble: Annotated[str, "`none`, `paused`, `moved`, `alarm`, `failing`, `blocked` or `gone`."]


class Gap(Shape, of=model.FeedGap, shows="id found_at after before missing filled unseen closed_at reason"):
    """Articles that came and went between two visits to a feed."""


class FeedCoverage(
    Shape,
    of=model.Coverage,
    shows="id=feed.id url title=feed.title since unseen_since unsure complete unseen gaps",
):
    """With --gaps, since when a feed was seen, and its gaps."""

    url: Annotated[str, "Its address in the configuration, without a password."]
    gaps: Annotated[list[Gap], "Its gaps, filled ones too."]


class ChangedFeed(Shape, of=model.Feed, shows="id url title done"):
    """A changed feed."""

    url: Annotated[str, "Its address; after `accept`, the new one."]
    done: Annotated[str, "`paused`, `resumed`, `removed` or `moved`."]


class Added(Shape):
    """A new subscription."""

    url: Annotated[str, "Address of the feed that was found."]
    title: Annotated[str, "Its title."]
    new: Annotated[bool, "False when you were subscribed already."]


class Sample(Shape):
    """One of the newest entries of a feed."""

    title: Annotated[str, "Its title, or a text in place of one."]
    time: Annotated[int | None, "When it was published, `null` when unknown."]


class FeedPreview(
    Shape,
    of=model.FeedPreview,
    shows="url title site_url entries per_week newest texts samples followed others",
):
    """With --dry-run, the feed to subscribe to and its content."""

    url: Annotated[str, "Address of the feed that was found."]
    samples: Annotated[list[Sample], "Its newest entries, at most five."]
    followed: Annotated[bool, "True when you are subscribed already."]
    others: Annotated[list[str], "Addresses of other feeds that were found there."]


class FoundArticle(Shape, of=model.FoundArticle):
    """An article that selectors find on a page."""


class PagePreview(
    Shape,
    of=model.FoundOnPage,
    shows="url title kind items item_title item_link item_date item_summary next_page select articles lines"
    " older missing followed others",
):
    """With --dry-run, a page without a feed and what selectors find on it."""

    url: Annotated[str, "Address of the page."]
    title: Annotated[str, "Its title."]
    kind: Annotated[str, "`feed` for its articles, `page` when it is watched for changes."]
    items: Annotated[str, "Selector of the articles."]
    item_title: Annotated[str, "Selector of the title in an item."]
    item_link: Annotated[str, "Selector of the link in an item."]
    item_date: Annotated[str, "Selector of the date in an item."]
    item_summary: Annotated[str, "Selector of the text in an item."]
    next_page: Annotated[str, "Selector of the link to the next page."]
    select: Annotated[str, "Selector of the part whose changes count."]
    articles: Annotated[list[FoundArticle], "The articles, in the order of the page."]
    lines: Annotated[list[str], "The text of a page to watch."]
    older: Annotated[str, 'Address of the next page, `""` without one.']
    missing: Annotated[list[str], "Selectors that find nothing; defaults are used instead."]
    followed: Annotated[bool, "True when you are subscribed already."]
    others: Annotated[list[str], "Selectors of other articles that were found there."]


class KeyBinding(Shape, of=Command, shows="id keys title help group scope"):
    """A command of the reader and its keys."""

    keys: Annotated[list[str], "Its keys."]


class Purged(Shape, of=model.Purged, shows="articles feeds bytes dropped"):
    """Texts dropped by a purge."""

    dropped: Annotated[bool, "True when they were dropped; false with --dry-run, or when there are none."]


class Finding(Shape, of=maintenance.Finding, shows="path name ok said"):
    """A check of the database."""

    path: Annotated[str, "The database."]
    ok: Annotated[bool, "True when it is sound."]
    said: Annotated[str, "What was found."]


class WatchNumbers(
    Shape,
    of=model.WatchStats,
    shows="name color group priority unread=count.unread total=count.total"
    " unread_rows=count.unread_folded rows=count.folded former"
    " today week month days newest top_feeds quiet problem advice alarm cases",
):
    """Numbers of a watch."""

    unread_rows: Annotated[int, "Rows with an unread article in a list that folds stories."]
    rows: Annotated[int, "All rows of that list."]
    newest: Annotated[Article | None, "The newest article that it matches."]


class First(Shape, of=FeedLead):
    """Rank of a feed among the feeds that report the stories of a watch."""

    feed: Annotated[str, "Title of the feed."]


class WatchCoverage(Shape, of=model.WatchCoverage, shows="watch since complete open_gaps=gaps unseen feeds"):
    """Since when the feeds of a watch were seen."""

    feeds: Annotated[list[FeedCoverage], "Its feeds."]


class WatchReport(
    Shape, of=reports.Report, shows="hits days feeds terms samples first a_day aliases former coverage"
):
    """Matches of a watch or an expression."""

    samples: Annotated[list[Article], "The newest matches."]
    first: Annotated[list[First], "Feeds that report first; empty for `watch test`."]
    coverage: Annotated[WatchCoverage | None, "Coverage of its feeds; `null` for `watch test`."]


class RuleTest(Shape, of=model.MutePreview, shows="rule days articles spared samples problem"):
    """Stored articles that a rule, or an expression, matches."""

    rule: Annotated[str, 'Name of the rule, `""` for an expression.']
    days: Annotated[int, "Days before now that were looked at."]
    articles: Annotated[int, "Number of articles that match."]
    spared: Annotated[int, "How many of them a watch spares from being read or muted."]
    samples: Annotated[list[Article], "The newest that are not spared."]
    problem: Annotated[str, 'Why it cannot be tried, `""` without a reason.']


class NotMoved(Shape, of=Outcome, shows="file line text outcome=fate group reason=note accept"):
    """A line of newsboat's files that changed or was dropped."""


class FileLines(Shape, of=Tally, shows="file lines=total moved changed dropped"):
    """The lines of a file, without blank lines and comments."""


class NewsboatImport(
    Shape,
    of=newsboat.Moved,
    shows="dry_run feeds articles new read starred deleted marked others too_large folded"
    " trouble added kept files not_moved",
):
    """Result of an import from newsboat, or with --dry-run what it would be."""

    dry_run: Annotated[bool, "True when nothing was written."]
    files: Annotated[list[FileLines], "Number of lines by file."]
    not_moved: Annotated[list[NotMoved], "Lines that changed or were dropped."]


class Side(Shape, of=newsboat.Side):
    """A number in newsboat and here."""


class NewsboatComparison(Shape, of=newsboat.Comparison, shows="equal sides left_out differences more asked"):
    """Differences between newsboat and this program."""

    sides: Annotated[list[Side], "The numbers."]
    asked: Annotated[list[NotMoved], "Lines that need `--accept`."]


Unread = Shape.plain("Unread", model.Count, "Number of articles to read.", "unread total")
Download = Shape.plain(
    "Download",
    model.Download,
    "A file that is to be downloaded or was downloaded.",
    "id article=article_id title feed url type state received length path error",
)
LoggedMatch = Shape.plain("LoggedMatch", model.LoggedMatch, "A line of the match log.", COLUMNS)
SavedFile = Shape.plain("SavedFile", articles.SavedFile, "A saved article.", "id=article_id path new")
Activity = Shape.plain("Activity", model.Activity, "A feed, or a watch, and how much of it was opened.")
Alarm = Shape.plain("Alarm", model.Alarm, "An alarm of a feed or a watch.")
Places = Shape.plain("Places", Paths, "Paths of the files.", "config database state cache")
ConfigProblem = Shape.plain(
    "ConfigProblem", Problem, "A problem of the configuration.", "file line column path message fatal warning"
)
ConfigKey = Shape.plain(
    "ConfigKey", Reference, "A key of the configuration.", "path type default required doc"
)
ConfigValue = Shape.plain(
    "ConfigValue", SettingValue, "A setting of the configuration.", "path value default changed"
)
SearchFeed = Shape.plain(
    "SearchFeed", sources.SearchFeed, "A feed that searches the web for the terms of a watch."
)
Remark = Shape.plain("Remark", reports.Remark, "A remark on a watch.")
Import = Shape.plain("Import", exchange.Imported, "Result of an import.")

SHAPES: dict[str, tuple[type[Shape], ...]] = {
    "list": (Article,),
    "search": (Article,),
    "count": (Counted,),
    "show": (WholeArticle,),
    "fulltext": (FullText,),
    "comments": (Comment,),
    "read": (Marked,),
    "unread": (Unread, Counted, Marked),
    "star": (Marked,),
    "label": (Marked,),
    "undo": (Marked,),
    "account check": (AccountCheck,),
    "account list": (Account,),
    "alarms": (Alarm,),
    "channel list": (Channel,),
    "channel test": (ChannelTest,),
    "matches": (LoggedMatch,),
    "rule list": (Rule,),
    "rule test": (RuleTest,),
    "outbox": (OutboxMessage,),
    "publish list": (Published,),
    "feeds": (FeedHealth, FeedCoverage),
    "feeds accept": (ChangedFeed,),
    "feeds pause": (ChangedFeed,),
    "feeds remove": (ChangedFeed,),
    "feeds resume": (ChangedFeed,),
    "feeds retry": EVENTS,
    "remove": (ChangedFeed,),
    "add": (Added, FeedPreview, PagePreview),
    "download": (Download,),
    "save": (SavedFile,),
    "share": (OutboxMessage,),
    "watch follow": (Match,),
    "import file": (Import,),
    "import newsboat": (NewsboatImport, NewsboatComparison),
    "export": (ExportedFeeds, ExportedState),
    "refresh": (*EVENTS, Match),
    "stats": (Activity,),
    "sync": EVENTS,
    "watch list": (WatchNumbers,),
    "watch test": (WatchReport,),
    "watch report": (WatchReport,),
    "watch coverage": (WatchCoverage,),
    "watch sources": (SearchFeed, Added),
    "watch lint": (Remark,),
    "brief": (Brief, StoryPage),
    "digest": (Digest, Brief),
    "purge": (Purged,),
    "db check": (Finding,),
    "keys": (KeyBinding,),
    "paths": (Places,),
    "config check": (ConfigProblem,),
    "config defaults": (ConfigKey,),
    "config get": (ConfigValue,),
}
"""JSON of each command, one object a line; `brief` and `export` print one object on several lines."""
