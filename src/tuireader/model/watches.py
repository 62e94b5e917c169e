"""Statistics and previews of watches and mutes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from tuireader.model.articles import ArticleRow
from tuireader.model.lists import Count


@dataclass(frozen=True, slots=True)
class WatchStats:
    """Statistics of a watch, without muted articles.

    A watch that follows a story `ends` at that time if nothing more comes, or has ended then.
    """

    name: Annotated[str, "Name of the watch."]
    color: Annotated[str, "Its color."] = ""
    count: Count = field(default_factory=Count)
    former: Annotated[int, "Articles that it matched until they were edited."] = 0
    today: Annotated[int, "Matches since midnight: `is:today`."] = 0
    week: Annotated[int, "Matches of the last 7 days: `age:<7d`."] = 0
    month: Annotated[int, "Matches of the last 30 days: `age:<30d`."] = 0
    days: Annotated[tuple[int, ...], "Matches of each of the last 30 days, oldest first."] = (0,) * 30
    newest: Annotated[ArticleRow | None, "The newest article that it matches."] = None
    top_feeds: Annotated[tuple[tuple[str, int], ...], "Matches by title of feed, at most five feeds."] = ()
    quiet: Annotated[str, 'Why nothing matched for a week, `""` when something did.'] = ""
    problem: Annotated[str, 'What is wrong with its rules, `""` when nothing is.'] = ""
    ends: int | None = None
    advice: Annotated[tuple[str, ...], "What in it is probably a mistake."] = ()


@dataclass(frozen=True, slots=True)
class WatchPreview:
    """The matches that a watch would have, before it is saved.

    `added` and `removed` compare with the current matches of the watch that it replaces. If it is not
    `complete`, only the newest articles were matched, and the three numbers are about these. `sentences`
    belong to `samples`, the newest hits; each is the evidence of its article. `advice` lists what may be a
    mistake.
    """

    matches: int = 0
    added: int = 0
    removed: int = 0
    samples: tuple[ArticleRow, ...] = ()
    sentences: tuple[str, ...] = ()
    problem: str = ""
    complete: bool = True
    advice: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MutePreview:
    """The effect that a mute would have, before it is saved.

    Of the `articles` that it hits, including muted ones, it would hide `hidden`. `watched` of them are on a
    watch, `watches` are (name, articles) for each of these. `samples` are the newest that would be hidden, or
    else the newest that stay. With a `problem` nothing is known.
    """

    articles: int = 0
    hidden: int = 0
    watched: int = 0
    watches: tuple[tuple[str, int], ...] = ()
    samples: tuple[ArticleRow, ...] = ()
    problem: str = ""
    advice: tuple[str, ...] = ()
