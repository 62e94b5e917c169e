"""Preview of a page without a feed as styled lines, for the dialog that adds it and the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tuireader.model import FoundArticle, FoundOnPage
from tuireader.text import cell_len, display_host, pad
from tuireader.text.wording import counted
from tuireader.wording.times import span

if TYPE_CHECKING:
    from tuireader.wording.lines import Line

_NOT_FOUND = "the first that is found counts instead"


def found_lines(found: FoundOnPage, address: str, now: int) -> list[Line]:
    """List the articles found: age, title, link; or the lines of a page to watch."""
    if found.error:
        return [((found.error, "error"),)]
    heading: Line = ((found.title or "Untitled", "strong"), (f" · {display_host(address)}", "dim"))
    if found.lines:
        counts: Line = ((counted(len(found.lines), "line"), "text"), (" that are compared each time", "dim"))
        return [heading, counts, *(((line, "text"),) for line in found.lines)]
    return [heading, _counts(found), *_problems(found), *_articles(found.articles, address, now)]


def _counts(found: FoundOnPage) -> Line:
    dated = sum(one.time is not None for one in found.articles)
    facts = [counted(len(found.articles), "article"), f"{dated} with a date" if dated else "no dates"]
    if found.older:
        facts.append("and a next page")
    return ((" · ".join(facts), "text"),)


def _problems(found: FoundOnPage) -> list[Line]:
    return [((f"{key} finds nothing; {_NOT_FOUND}", "error"),) for key in found.missing]


def _articles(articles: tuple[FoundArticle, ...], address: str, now: int) -> list[Line]:
    ages = [_age(one.time, now) for one in articles]
    width = max(map(cell_len, ages), default=0)
    column = [pad(age, width) + "  " if width else "" for age in ages]
    return [
        ((age, "dim"), (one.title or "Untitled", "text"), (f"  {_place(one.url, address)}", "dim"))
        for age, one in zip(column, articles, strict=True)
    ]


def _age(time: int | None, now: int) -> str:
    if time is None:
        return ""
    return "now" if now - time < 60 else span(now - time)


def _place(url: str, address: str) -> str:
    """An address, shortened to its path if it has the origin of the page."""
    origin = "/".join(address.split("/", 3)[:3])
    return url.removeprefix(origin) if url.startswith(f"{origin}/") else url or "no link"
