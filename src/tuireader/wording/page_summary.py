"""Preview of a page without a feed as styled lines, for the dialog that adds it and the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tuireader.model import FoundArticle, FoundOnPage
from tuireader.text import display_host
from tuireader.text.wording import counted
from tuireader.wording.times import age_column

if TYPE_CHECKING:
    from tuireader.wording.lines import Line


def found_lines(page: FoundOnPage, address: str, now: int) -> list[Line]:
    """List the articles found: age, title, link; or the lines of a page to watch."""
    if page.error:
        return [((page.error, "error"),)]
    heading: Line = ((page.title or "Untitled", "strong"), (f" · {display_host(address)}", "dim"))
    if page.lines:
        counts: Line = ((counted(len(page.lines), "line"), "text"), (" that are compared each time", "dim"))
        return [heading, counts, *(((line, "text"),) for line in page.lines)]
    instead = "finds nothing; the first that is found counts instead"
    problems: list[Line] = [((f"{key} {instead}", "error"),) for key in page.missing]
    return [heading, _counts(page), *problems, *_articles(page.articles, address, now)]


def _counts(page: FoundOnPage) -> Line:
    dated = sum(article.time is not None for article in page.articles)
    facts = [counted(len(page.articles), "article"), f"{dated} with a date" if dated else "no dates"]
    if page.older:
        facts.append("and a next page")
    return ((" · ".join(facts), "text"),)


def _articles(articles: tuple[FoundArticle, ...], address: str, now: int) -> list[Line]:
    ages = age_column([article.time for article in articles], now)
    return [
        ((age, "dim"), (article.title or "Untitled", "text"), (f"  {_place(article.url, address)}", "dim"))
        for age, article in zip(ages, articles, strict=True)
    ]


def _place(url: str, address: str) -> str:
    """An address, shortened to its path if it has the origin of the page."""
    origin = "/".join(address.split("/", 3)[:3])
    return url.removeprefix(origin) if url.startswith(f"{origin}/") else url or "no link"
