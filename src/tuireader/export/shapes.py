"""JSON of an article and of a brief."""

from typing import Annotated

from tuireader import model
from tuireader.export import brief
from tuireader.model.json_shape import Shape


class Hit(Shape, of=model.TermHit):
    """Matches of one term in one field."""


class Evidence(Shape, of=model.Evidence, shows="watch hits sentence spans feed_id feed revision until"):
    """The match of a watch and an article, with its reasons."""

    hits: Annotated[list[Hit], "The terms that were found."]


class Related(Shape, of=model.Related, shows="relation id=article_id title url feed=feed_title time reason"):
    """A related article."""


class WholeArticle(
    Shape,
    of=model.Article,
    shows=(
        "id time published arrived feed=feed_title other_feeds title url author read starred edited tags"
        " labels text links comments=comments_url evidence related"
    ),
):
    """An article with its text."""

    text: Annotated[str, "The text, with an empty line between its parts."]
    links: Annotated[list[str], "Addresses that the text links to, in the order of their numbers."]
    evidence: Annotated[list[Evidence], "Why watches match it."]
    related: Annotated[list[Related], "Related articles, strongest first."]


class BriefEvidence(Shape, of=model.Evidence, shows="watch sentence spans until feed"):
    """The evidence of a watch in a story."""


class BriefReport(Shape, of=brief.Report, shows="id=article_id title url feed=feed_title time lag new"):
    """A report of a story."""

    id: Annotated[int, "Number of the article."]
    title: Annotated[str, "Its title."]
    url: Annotated[str, "Its address."]
    feed: Annotated[str, "Title of its feed."]
    time: Annotated[int, "When it was published."]
    lag: Annotated[int, "Seconds after the first report of the story."]
    new: Annotated[bool, "False when it is older than the period of the brief."]


class BriefStory(Shape, of=brief.BriefStory):
    """A story of a brief."""

    title: Annotated[str, "Title of the first report."]
    watches: Annotated[list[str], "Watches that match it."]
    evidence: Annotated[list[BriefEvidence], "Why they match it."]
    reports: Annotated[list[BriefReport], "Its reports, oldest first."]


class BriefSection(Shape, of=brief.Section):
    """Stories of a brief under one heading."""

    watch: Annotated[str | None, "Name of the watch, `null` for stories that no watch matches."]
    stories: Annotated[list[BriefStory], "The stories."]


class Brief(Shape, of=brief.Brief, shows="seconds first last articles stories muted sections"):
    """New articles by story."""

    seconds: Annotated[int | None, "Length of the period, `null` for since the last brief."]
    first: Annotated[int | None, "Time of the first new article, `null` when there is none."]
    last: Annotated[int | None, "Time of the last new article."]
    articles: Annotated[int, "Number of new articles."]
    stories: Annotated[int, "Number of their stories."]
    muted: Annotated[int, "Number of articles left out because they are muted."]
    sections: Annotated[list[BriefSection], "The stories by watch."]
