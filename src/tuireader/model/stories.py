"""Stories: their reports, what each added, and the articles before and after them."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Struct


class StoryEntry(Struct, frozen=True):
    """One report of a story. `lag` counts the seconds since the first report."""

    article_id: int
    title: str
    url: str
    feed_title: str
    time: int
    lag: int
    read: bool
    language: str = ""


class Story(Struct, frozen=True):
    """The reports of one story, at least two, oldest first."""

    id: int
    entries: tuple[StoryEntry, ...]

    @property
    def first(self) -> StoryEntry:
        """The first report."""
        return self.entries[0]


class AddedKind(StrEnum):
    """Kind of a fact that a report adds, in the order in which they are listed."""

    NUMBER = "number"
    DATE = "date"
    NAME = "name"
    QUOTATION = "quotation"


class Addition(Struct, frozen=True):
    """A fact that no earlier report of a story has."""

    kind: Annotated[AddedKind, "`number`, `date`, `name` or `quotation`."]
    text: Annotated[str, "The fact as the report writes it."]
    speaker: Annotated[str, 'Who said a quotation, `""` when unknown.'] = ""

    @property
    def written(self) -> str:
        """The fact as text: a quotation in quotation marks, with its speaker."""
        if self.kind is not AddedKind.QUOTATION:
            return self.text
        return f"“{self.text}” – {self.speaker}" if self.speaker else f"“{self.text}”"


class Surrounding(Struct, frozen=True):
    """An article before or after a story. `sentence` refers from the later to the earlier one."""

    article_id: Annotated[int, "Number of the article."]
    title: Annotated[str, "Its title."]
    url: Annotated[str, "Its address."]
    feed_title: Annotated[str, "Title of its feed."]
    time: Annotated[int, "When it was published."]
    read: Annotated[bool, "True when it is read."]
    sentence: Annotated[str, 'Sentence that refers to the earlier one of the two, `""` without one.'] = ""
    said_by: Annotated[str, "Title of the feed whose article has the sentence."] = ""
    other_reports: Annotated[
        tuple[int, ...], "Numbers of the other reports of its story, which are not listed."
    ] = ()
