"""JSON of pages without a feed."""

from typing import Annotated

from tuireader import model
from tuireader.model.json_shape import Shape


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
