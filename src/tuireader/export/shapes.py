"""JSON of an article and of a brief."""

from typing import Annotated

from tuireader import model
from tuireader.export import brief
from tuireader.model.json_shape import Shape


class Hit(Shape, of=model.TermHit):
    """Matches of one term in one field."""


class Evidence(
    Shape, of=model.Evidence, shows="watch hits sentence spans feed_id feed revision until uncertain"
):
    """The match of a watch and an article, with its reasons."""

    hits: Annotated[list[Hit], "The terms that were found."]


class Related(
    Shape, of=model.Related, shows="relation id=article_id title url feed=feed_title time reason sentence"
):
    """A related article."""


class Enclosure(Shape, of=model.Enclosure, shows="url type kind length duration title"):
    """A file that belongs to an article."""

    kind: Annotated[str, "`audio`, `video`, `image` or `other`."]


class WholeArticle(
    Shape,
    of=model.Article,
    shows=(
        "id time published arrived feed=feed_title other_feeds title url author read starred edited tags"
        " labels language text links enclosures comments=comments_url evidence related"
    ),
):
    """An article with its text."""

    text: Annotated[str, "The text, with an empty line between its parts."]
    links: Annotated[list[str], "Addresses that the text links to, in the order of their numbers."]
    enclosures: Annotated[list[Enclosure], "Files that belong to it, such as podcast episodes."]
    evidence: Annotated[list[Evidence], "Why watches match it."]
    related: Annotated[list[Related], "Related articles, strongest first."]


class BriefEvidence(Shape, of=model.Evidence, shows="watch sentence spans until feed uncertain"):
    """The evidence of a watch in a story."""


class BriefReport(Shape, of=brief.Report, shows="id=article_id title url feed=feed_title time lag new"):
    """A report of a story."""


class BriefStory(Shape, of=brief.BriefStory, shows="title watches evidence reports"):
    """A story of a brief."""

    evidence: Annotated[list[BriefEvidence], "Why the watches match it."]
    reports: Annotated[list[BriefReport], "Its reports, oldest first."]


class BriefSection(Shape, of=brief.Section, shows="watch stories"):
    """Stories of a brief under one heading."""

    stories: Annotated[list[BriefStory], "The stories."]


class Brief(Shape, of=brief.Brief, shows="seconds first last articles stories muted sections"):
    """New articles by story."""

    sections: Annotated[list[BriefSection], "The stories by watch."]
