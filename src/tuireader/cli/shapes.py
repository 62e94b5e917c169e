"""JSON of the commands, derived from the model; `docs/json.md` is generated from it.

Names are stable: a field may be added, none is renamed or removed within a major version. Times are seconds
since 1970 UTC.
"""

from typing import Annotated, Literal

from tuireader import model
from tuireader.cli.shapes_exchange import (
    Brief,
    ExportedFeeds,
    ExportedState,
    Import,
    NewsboatComparison,
    NewsboatImport,
)
from tuireader.commands.command import Command
from tuireader.config import Paths, Problem, Reference
from tuireader.library import articles
from tuireader.library.watching import reports
from tuireader.model.json_shape import Shape
from tuireader.store import maintenance
from tuireader.store.stats import FeedLead

_FEED = Annotated[str, "Title of its feed."]

# --------------------------------------------------------------------------- articles


class Article(Shape, of=model.ArticleRow):
    """A row of a list."""

    shows = "id time feed title url author read starred edited sources story story_size watches labels former"
    feed: _FEED


class Hit(Shape, of=model.TermHit):
    """Matches of one term in one field."""

    shows = "term field count"


class Evidence(Shape, of=model.Evidence):
    """The match of a watch and an article, with its reasons."""

    shows = "watch hits sentence spans feed_id feed revision until"
    hits: Annotated[list[Hit], "The terms that were found."]


class Related(Shape, of=model.Related):
    """A related article."""

    shows = "relation id=article_id title url feed=feed_title time reason"


class WholeArticle(Shape, of=model.Article):
    """An article with its text."""

    shows = (
        "id time published arrived feed=feed_title other_feeds title url author read starred edited tags"
        " labels text links comments=comments_url evidence related"
    )
    text: Annotated[str, "The text, with an empty line between its parts."]
    links: Annotated[list[str], "Addresses that the text links to, in the order of their numbers."]
    evidence: Annotated[list[Evidence], "Why watches match it."]
    related: Annotated[list[Related], "Related articles, strongest first."]


class FullText(Shape, of=model.Article):
    """An article whose page was fetched."""

    shows = "id title url full_text=shows_full text"
    text: Annotated[str, "The text."]


class Comment(Shape, of=model.Comment):
    """A comment on an article."""

    shows = "author time text"
    text: Annotated[str, "The comment."]


class Marked(Shape, of=model.Change):
    """Articles changed by a mark."""

    shows = "what count ids"
    count: Annotated[int, "Number of changed articles."]


class Counted(Shape):
    """Number of articles that an expression matches."""

    articles: Annotated[int, "Articles."]
    stories: Annotated[int, "Their stories; an article without a story counts as one."]


class Unread(Shape, of=model.Count):
    """Number of articles to read."""

    shows = "unread total"


class Match(Shape, of=model.Evidence):
    """A new article that a watch matches."""

    shows = "id watch title url feed time terms sentence spans"
    id: Annotated[int, "Number of the article."]
    title: Annotated[str, "Its title."]
    url: Annotated[str, "Its address."]
    feed: _FEED
    time: Annotated[int, "When it was published."]
    terms: Annotated[list[str], "Terms of the watch that were found."]


class SavedFile(Shape, of=articles.SavedFile):
    """A saved article."""

    shows = "id=article_id path new"


# --------------------------------------------------------------------------- feeds, database, configuration


class FeedHealth(Shape, of=model.FeedHealth):
    """A feed and its health."""

    shows = (
        "id=feed.id url title=feed.title folder=feed.folder state=feed.state trouble unread total per_week"
        " newest last_try=feed.last_try last_success=feed.last_success last_error=feed.last_error fault"
        " error_streak=feed.error_streak next_try=feed.next_try moved_to"
    )
    url: Annotated[str, "Its address in the configuration, without a password."]
    trouble: Annotated[str, "`none`, `moved`, `failing`, `paused` or `gone`."]


class ChangedFeed(Shape, of=model.Feed):
    """A changed feed."""

    shows = "id url title done"
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


class FeedPreview(Shape, of=model.FeedPreview):
    """With --dry-run, the feed to subscribe to and its content."""

    shows = "url title site_url entries per_week newest texts samples followed others"
    url: Annotated[str, "Address of the feed that was found."]
    samples: Annotated[list[Sample], "Its newest entries, at most five."]
    followed: Annotated[bool, "True when you are subscribed already."]
    others: Annotated[list[str], "Addresses of other feeds that were found there."]


class KeyBinding(Shape, of=Command):
    """A command of the reader and its keys."""

    shows = "id keys title help group scope"
    keys: Annotated[list[str], "Its keys."]


class Places(Shape, of=Paths):
    """Paths of the files."""

    shows = "config database state cache"


class ConfigProblem(Shape, of=Problem):
    """A problem of the configuration."""

    shows = "file line column path message fatal warning"


class ConfigKey(Shape, of=Reference):
    """A key of the configuration."""

    shows = "path type default required doc"


class Purged(Shape, of=model.Purged):
    """Texts dropped by a purge."""

    shows = "articles feeds bytes dropped"
    dropped: Annotated[bool, "True when they were dropped; false with --dry-run, or when there are none."]


class Finding(Shape, of=maintenance.Finding):
    """A check of the database."""

    shows = "path name ok said"
    path: Annotated[str, "The database."]
    ok: Annotated[bool, "True when it is sound."]
    said: Annotated[str, "What was found."]


# --------------------------------------------------------------------------- watches


class WatchNumbers(Shape, of=model.WatchStats):
    """Numbers of a watch."""

    shows = (
        "name color unread=count.unread total=count.total"
        " unread_stories=count.unread_stories stories=count.stories former"
        " today week month days newest top_feeds quiet problem advice"
    )
    unread_stories: Annotated[
        int, "Stories with an unread article; an article without a story counts as one."
    ]
    stories: Annotated[int, "All stories."]
    newest: Annotated[Article | None, "The newest article that it matches."]


class First(Shape, of=FeedLead):
    """Rank of a feed among the feeds that report the stories of a watch."""

    shows = "feed feed_id stories first lag"
    feed: Annotated[str, "Title of the feed."]


class WatchReport(Shape, of=reports.Report):
    """Matches of a watch or an expression."""

    shows = "hits days feeds terms samples first a_day aliases former"
    samples: Annotated[list[Article], "The newest matches."]
    first: Annotated[list[First], "Feeds that report first; empty for `watch test`."]


class Remark(Shape, of=reports.Remark):
    """A remark on a watch."""

    shows = "watch term message"


# --------------------------------------------------------------------------- events of a refresh


_EVENT = "Name of the event."


class RefreshStarted(Shape, of=model.RefreshStarted):
    """A refresh starts."""

    shows = "event feeds"
    event: Annotated[Literal["started"], _EVENT]


class RefreshFeed(Shape, of=model.FeedDone):
    """A feed was fetched and stored."""

    shows = "event feed_id title new changed unchanged error fault done total left_out"
    event: Annotated[Literal["feed"], _EVENT]


class RefreshMatch(Shape, of=model.NewMatch):
    """A watch matches a new article."""

    shows = "event article_id title feed_title url evidence"
    event: Annotated[Literal["match"], _EVENT]
    evidence: Annotated[Evidence, "Why the watch matches it."]


class RefreshDone(Shape, of=model.RefreshDone):
    """All feeds were fetched."""

    shows = "event feeds failed new changed seconds"
    event: Annotated[Literal["done"], _EVENT]


class RefreshRelating(Shape, of=model.Relating):
    """New articles are being related."""

    shows = "event done total"
    event: Annotated[Literal["relating"], _EVENT]


class RefreshText(Shape, of=model.TextFetched):
    """The page of a new article was fetched, of a feed with `full_text`."""

    shows = "event article_id title error done total"
    event: Annotated[Literal["text"], _EVENT]


class RefreshTold(Shape, of=model.Told):
    """A notification of new articles was sent."""

    shows = "event title body articles desktop troubles"
    event: Annotated[Literal["told"], _EVENT]


_EVENTS = (RefreshStarted, RefreshFeed, RefreshMatch, RefreshDone, RefreshRelating, RefreshText, RefreshTold)

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
    "feeds": (FeedHealth,),
    "feeds accept": (ChangedFeed,),
    "feeds pause": (ChangedFeed,),
    "feeds remove": (ChangedFeed,),
    "feeds resume": (ChangedFeed,),
    "feeds retry": _EVENTS,
    "remove": (ChangedFeed,),
    "add": (Added, FeedPreview),
    "save": (SavedFile,),
    "watch follow": (Match,),
    "import file": (Import,),
    "import newsboat": (NewsboatImport, NewsboatComparison),
    "export": (ExportedFeeds, ExportedState),
    "refresh": (*_EVENTS, Match),
    "watch list": (WatchNumbers,),
    "watch test": (WatchReport,),
    "watch report": (WatchReport,),
    "watch lint": (Remark,),
    "brief": (Brief,),
    "purge": (Purged,),
    "db check": (Finding,),
    "keys": (KeyBinding,),
    "paths": (Places,),
    "config check": (ConfigProblem,),
    "config defaults": (ConfigKey,),
}
"""JSON of each command, one object a line; `brief` and `export` print one object on several lines."""
