"""JSON of an article, of a brief and of a story."""

from typing import Annotated

from tuireader import model
from tuireader.export import brief, story
from tuireader.model.json_shape import Shape


class Hit(Shape, of=model.TermHit):
    """Matches of one term in one field."""


class Evidence(
    Shape, of=model.Evidence, shows="watch hits sentence spans feed_id feed revision until uncertain"
):
    """The match of a watch and an article, with its reasons."""

    hits: Annotated[list[Hit], "The terms that were found."]


class Related(
    Shape,
    of=model.Related,
    shows="relation id=article_id title url feed=feed_title time reason sentence other_reports",
):
    """A related article."""


class Enclosure(Shape, of=model.Enclosure, shows="url type kind length duration title"):
    """A file that belongs to an article."""

    kind: Annotated[str, "`audio`, `video`, `image` or `other`."]


class RuleAction(Shape, of=model.RuleAction, shows="rule action"):
    """An action that a rule has taken with an article."""


class WholeArticle(
    Shape,
    of=model.Article,
    shows=(
        "id time published arrived feed=feed_title other_feeds title url author read starred edited tags"
        " labels language reading_time text links enclosures comments=comments_url evidence rules related"
    ),
):
    """An article with its text."""

    text: Annotated[str, "The text, with an empty line between its parts."]
    links: Annotated[list[str], "Addresses that the text links to, in the order of their numbers."]
    enclosures: Annotated[list[Enclosure], "Files that belong to it, such as podcast episodes."]
    evidence: Annotated[list[Evidence], "Why watches match it."]
    rules: Annotated[list[RuleAction], "What rules did with it when it arrived."]
    related: Annotated[list[Related], "Related articles, strongest first."]


class BriefEvidence(
    Shape,
    of=brief.StoryHit,
    shows=(
        "watch=evidence.watch sentence=evidence.sentence spans=evidence.spans until=evidence.until"
        " feed=evidence.feed uncertain=evidence.uncertain id=report.article_id"
    ),
):
    """The evidence of a watch in a story, with the report that has the sentence."""


class BriefReport(
    Shape, of=brief.Report, shows="id=article_id title url feed=feed_title time lag new copy_of"
):
    """A report of a story."""


class BriefStory(Shape, of=brief.BriefStory, shows="title watches evidence=hits reports"):
    """A story of a brief."""

    evidence: Annotated[list[BriefEvidence], "Why the watches match it, newest first."]
    reports: Annotated[list[BriefReport], "Its reports of the period, newest first, then earlier ones."]


class BriefSection(Shape, of=brief.Section, shows="watch stories"):
    """Stories of a brief under one heading."""

    stories: Annotated[list[BriefStory], "The stories."]


class OpenMatch(
    Shape, of=brief.OpenMatch, shows="match watch state id=article_id title url feed=feed_title time"
):
    """A match of an earlier article that is not handled yet."""


class Brief(
    Shape, of=brief.Brief, shows="seconds since first last articles stories muted sections still_open"
):
    """New articles by story."""

    sections: Annotated[list[BriefSection], "The stories by watch."]
    still_open: Annotated[list[OpenMatch], "Matches of earlier articles to be handled, by watch."]


class StoryHit(
    Shape,
    of=brief.StoryHit,
    shows=(
        "watch=evidence.watch sentence=evidence.sentence spans=evidence.spans until=evidence.until"
        " uncertain=evidence.uncertain id=report.article_id feed=report.feed_title"
    ),
):
    """A watch that a story matches, with the report that has the sentence."""


class Addition(Shape, of=model.Addition, shows="kind text speaker"):
    """A fact that no earlier report of a story has."""


class StoryReport(
    Shape,
    of=story.StoryReport,
    shows=(
        "id=report.article_id title=report.title url=report.url feed=report.feed_title time=report.time"
        " lag=report.lag added"
    ),
):
    """A report of a story."""

    added: Annotated[list[Addition], "Facts that no earlier report has, at most five."]


class Surrounding(
    Shape,
    of=model.Surrounding,
    shows="id=article_id title url feed=feed_title time sentence said_by other_reports",
):
    """An article before or after a story."""


class StoryPage(
    Shape, of=story.StoryPage, shows="title watches=hits reports=new left_out background follow_ups"
):
    """A story: who reported when, what each added, and the articles around it."""

    watches: Annotated[list[StoryHit], "The watches that it matches."]
    reports: Annotated[list[StoryReport], "Its reports, oldest first."]
    background: Annotated[list[Surrounding], "Earlier articles that it refers to or that explain it."]
    follow_ups: Annotated[list[Surrounding], "Later articles that refer to it or follow it up."]
