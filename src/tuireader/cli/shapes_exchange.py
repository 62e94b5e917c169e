"""JSON of briefs, imports and exports; see `shapes`."""

from typing import Annotated

from tuireader import model
from tuireader.config import FeedConfig, ViewConfig
from tuireader.library import newsboat_compare
from tuireader.library.exchange import Imported
from tuireader.library.newsboat import Moved
from tuireader.model.json_shape import Shape
from tuireader.newsboat.outcomes import Outcome, Tally

_FEED = Annotated[str, "Title of its feed."]
_URL = Annotated[str, "Its address, without a password."]


class BriefEvidence(Shape, of=model.Evidence):
    """The evidence of a watch in a story."""

    shows = "watch sentence spans until feed"


class BriefReport(Shape):
    """A report of a story."""

    id: Annotated[int, "Number of the article."]
    title: Annotated[str, "Its title."]
    url: Annotated[str, "Its address."]
    feed: _FEED
    time: Annotated[int, "When it was published."]
    lag: Annotated[int, "Seconds after the first report of the story."]
    new: Annotated[bool, "False when it is older than the period of the brief."]


class BriefStory(Shape):
    """A story of a brief."""

    title: Annotated[str, "Title of the first report."]
    watches: Annotated[list[str], "Watches that match it."]
    evidence: Annotated[list[BriefEvidence], "Why they match it."]
    reports: Annotated[list[BriefReport], "Its reports, oldest first."]


class BriefSection(Shape):
    """Stories of a brief under one heading."""

    watch: Annotated[str | None, "Name of the watch, `null` for stories that no watch matches."]
    stories: Annotated[list[BriefStory], "The stories."]


class Brief(Shape):
    """New articles by story."""

    seconds: Annotated[int | None, "Length of the period, `null` for since the last brief."]
    first: Annotated[int | None, "Time of the first new article, `null` when there is none."]
    last: Annotated[int | None, "Time of the last new article."]
    articles: Annotated[int, "Number of new articles."]
    stories: Annotated[int, "Number of their stories."]
    muted: Annotated[int, "Number of articles left out because they are muted."]
    sections: Annotated[list[BriefSection], "The stories by watch."]


class Import(Shape, of=Imported):
    """Result of an import."""

    shows = "feeds new views marked noted skipped"


class ExportedFeed(Shape, of=FeedConfig):
    """A subscription."""

    shows = "url title folder labels"
    url: _URL
    title: Annotated[str, "Title of your own, or nothing."]
    folder: Annotated[str, "Its folder."]
    labels: Annotated[list[str], "Its labels."]


class ExportedView(Shape, of=ViewConfig):
    """A saved search."""

    shows = "name query"
    name: Annotated[str, "Its name."]
    query: Annotated[str, "Its expression."]


_VERSION = Annotated[int, "1."]


class ExportedFeeds(Shape):
    """Subscriptions and saved searches, as `--format json` writes them."""

    format: Annotated[str, "`tuireader feeds`."]
    version: _VERSION
    feeds: Annotated[list[ExportedFeed], "The subscriptions."]
    views: Annotated[list[ExportedView], "The saved searches."]


class ExportedMark(Shape, of=model.MarkedArticle):
    """A marked article."""

    shows = "key url title time read starred labels"
    key: Annotated[str, "Its key within the feed, as 16 hexadecimal digits."]


class ExportedMarks(Shape):
    """The marked articles of a feed."""

    url: Annotated[str, "Address of the feed, without a password."]
    articles: Annotated[list[ExportedMark], "Read, starred and labelled articles."]


class ExportedState(Shape):
    """Read, starred and labelled articles, as `--format state` writes them."""

    format: Annotated[str, "`tuireader read state`."]
    version: _VERSION
    feeds: Annotated[list[ExportedMarks], "Feeds with such articles."]


class NotMoved(Shape, of=Outcome):
    """A line of newsboat's files that changed or was dropped."""

    shows = "file line text outcome=fate group reason=note accept"


class FileLines(Shape, of=Tally):
    """The lines of a file, without blank lines and comments."""

    shows = "file lines=total moved changed dropped"


class NewsboatImport(Shape, of=Moved):
    """Result of an import from newsboat, or with --dry-run what it would be."""

    shows = (
        "dry_run feeds articles new read starred deleted marked others too_large trouble"
        " added kept files not_moved"
    )
    dry_run: Annotated[bool, "True when nothing was written."]
    files: Annotated[list[FileLines], "Number of lines by file."]
    not_moved: Annotated[list[NotMoved], "Lines that changed or were dropped."]


class Side(Shape, of=newsboat_compare.Side):
    """A number in newsboat and here."""

    shows = "what there here"


class NewsboatComparison(Shape, of=newsboat_compare.Comparison):
    """Differences between newsboat and this program."""

    shows = "equal sides left_out differences more asked"
    sides: Annotated[list[Side], "The numbers."]
    asked: Annotated[list[NotMoved], "Lines that need `--accept`."]
