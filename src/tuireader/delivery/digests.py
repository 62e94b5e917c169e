"""Letters of digests. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from tuireader.delivery.letters import Item, Letter, LetterKind
from tuireader.export.brief import Brief, BriefStory, one_line
from tuireader.export.brief_formats import html_part, markdown
from tuireader.export.markup import HTML, MARKDOWN, PLAIN, Writing
from tuireader.text.wording import counted

_TITLES, _LINKS = 5, 20
"""Most stories in a notification of the desktop, and in a message of a service such as a chat."""


def digest(brief: Brief, kind: str = "", form: str = "auto") -> Letter:
    """Compose the letter for a kind of channel, `""` for `[notify]`, in the format `form` if it has a choice.

    Mails, programs, web hooks and files get the whole brief.
    """
    stories = [story for section in brief.sections for story in section.stories]
    news = f"{counted(brief.articles, 'article')} in {counted(brief.stories, 'story', 'stories')}"
    if kind == "url":
        lists = (("plain", PLAIN, "\n"), ("markdown", MARKDOWN, "\n"), ("html", HTML, "<br>\n"))
        bodies = {name: end.join(_links(stories, writing)) for name, writing, end in lists}
    elif kind in ("", "desktop"):
        bodies = {}
    else:
        bodies = {"plain": markdown(brief, PLAIN), "markdown": markdown(brief), "html": html_part(brief)}
    return Letter(
        f"{brief.name}: {news if brief.articles else 'nothing new'}",
        "\n".join([story.title for story in stories[:_TITLES]] + _more(stories, _TITLES)),
        items=tuple(sorted(_items(stories), key=lambda item: (item.time, item.article_id))),
        kind=LetterKind.DIGEST,
        bodies=bodies,
        form=form,
    )


def _links(stories: list[BriefStory], writing: Writing) -> list[str]:
    lines = []
    for story in stories[:_LINKS]:
        about = writing.line(", ".join((story.reports[0].feed_title, *story.watches)))
        lines.append(f"- {writing.link(story.title, story.reports[0].url)} ({about})")
    return lines + _more(stories, _LINKS)


def _more(stories: list[BriefStory], most: int) -> list[str]:
    return [f"and {len(stories) - most} more"] if len(stories) > most else []


def _items(stories: list[BriefStory]) -> Iterator[Item]:
    for story in stories:
        for report in story.reports:
            if report.new:
                yield Item(
                    report.article_id,
                    title=one_line(report.title),
                    url=report.url,
                    feed=report.feed_title,
                    time=report.time,
                    evidence=report.evidence,
                )
