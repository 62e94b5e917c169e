"""Letters: messages about articles on watches, about alarms, or a test. Pure.

All text in a letter was cleaned when its article arrived.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated

from msgspec import Struct

from tuireader.model import Alarm, Evidence
from tuireader.model.asides import is_aside


class Item(Struct, frozen=True, dict=True):
    """An article in a message, with its watches and what it adds to a story already reported.

    Its `__dict__` keeps its JSON, which may go to several channels.
    """

    article_id: Annotated[int, "Number of the article."]
    title: Annotated[str, "Its title."]
    url: Annotated[str, 'Its address, `""` when it has none.']
    feed: Annotated[str, "Title of its feed."]
    time: Annotated[int, "When it was published or first seen, whichever is earlier."]
    evidence: tuple[Evidence, ...]
    adds: Annotated[tuple[str, ...], "What it adds to a story already reported."] = ()


class LetterKind(StrEnum):
    """Subject matter of a letter; a summary counts what a channel's limit has held back."""

    MATCH = "match"
    SUMMARY = "summary"
    ALARM = "alarm"
    DIGEST = "digest"
    RULE = "rule"
    SHARE = "share"
    TEST = "test"


class Letter(Struct, frozen=True):
    """One message for one channel, in plain text; templates of the channel may write it in another way.

    `id` identifies it for its receiver: one that comes again has the same. Letters of one `thread`, such as a
    story, belong together. `repeated`: it was perhaps sent before. `bodies` are texts by format (`markdown`,
    `html`) that no template writes, such as those of a digest. `form` replaces the format of the
    channel, unless it is `auto`. `attempts` counts how often it was tried in vain.
    """

    title: Annotated[str, "Subject in one line."]
    body: Annotated[str, "Text."]
    items: tuple[Item, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    kind: Annotated[LetterKind, "`match`, `summary`, `alarm`, `digest`, `rule`, `share` or `test`."] = (
        LetterKind.MATCH
    )
    id: Annotated[str, 'Name of the message, the same if it comes again; `""` without one.'] = ""
    thread: str = ""
    repeated: Annotated[bool, "True when it was perhaps sent before."] = False
    rule: Annotated[str, 'Name of the rule that sends it, `""` without one.'] = ""
    bodies: Mapping[str, str] = {}
    form: str = "auto"
    attempts: int = 0


class Receipt(Struct, frozen=True):
    """Answer of a channel: whether it has accepted a letter, else why not, in one line without secrets.

    `permanent`: it will never accept this letter. `retry_after`: seconds that it asked to wait. `doubtful`:
    it may have received the letter, though it has not accepted it. `ways`: what of `[notify]` has shown it.
    """

    accepted: Annotated[bool, "True when the channel has accepted it."]
    error: Annotated[str, 'The error, `""` when there was none.'] = ""
    permanent: bool = False
    retry_after: float | None = None
    doubtful: bool = False
    ways: tuple[str, ...] = ()


_LINES = 5


def message(items: Sequence[Item]) -> Letter:
    """Combine articles into one message: `WeChat: …` for one, `12 new on WeChat, PIPL` for more."""
    watches = list(dict.fromkeys(evidence.watch for item in items for evidence in item.evidence))
    if len(items) == 1:
        (item,) = items
        watches = [
            f"{evidence.watch} (uncertain)" if evidence.uncertain else evidence.watch
            for evidence in item.evidence
        ]
        detail = f"adds {', '.join(item.adds)}" if item.adds else _sentence(item)
        body = "\n".join(filter(None, (item.feed, detail)))
        return Letter(f"{', '.join(watches)}: {item.title}", body, tuple(items))
    lines = [
        f"{'◇ ' * _is_uncertain(item)}{item.title} ({item.feed})"
        + (f": adds {', '.join(item.adds)}" if item.adds else "")
        for item in items[:_LINES]
    ]
    if len(items) > _LINES:
        lines.append(f"and {len(items) - _LINES} more")
    return Letter(f"{len(items)} new on {', '.join(watches)}", "\n".join(lines), tuple(items))


def of_rule(rule: str, item: Item) -> Letter:
    """Compose the message that a rule sends about an article."""
    return Letter(f"{rule}: {item.title}", item.feed, (item,), kind=LetterKind.RULE, rule=rule)


def _is_uncertain(item: Item) -> bool:
    return bool(item.evidence) and all(evidence.uncertain for evidence in item.evidence)


def _sentence(item: Item) -> str:
    for evidence in sorted(item.evidence, key=is_aside):
        if evidence.sentence != item.title:
            source = "Full text: " if evidence.fields == ("full text",) else ""
            source = f"({', '.join(evidence.fields)}) " if is_aside(evidence) else source
            return f"{source}{evidence.sentence}"
    return ""


def summary(count: int, watches: Sequence[str]) -> Letter:
    """Sum up articles that the limit of a channel has held back."""
    return Letter(
        f"{count} more on {', '.join(watches)}", "`tuireader matches` lists them", kind=LetterKind.SUMMARY
    )


def trial(channel: str) -> Letter:
    """Compose a letter that shows whether a channel works."""
    return Letter("Test of tuireader", f"The channel {channel} works.", kind=LetterKind.TEST)


def is_quiet(hours: str, minute: int) -> bool:
    """Return whether a minute of the day is within hours such as `22:00-07:00`, excluding the end."""
    if not hours:
        return False
    start, end = ((int(hour) * 60 + int(past)) for hour, past in (at.split(":") for at in hours.split("-")))
    return start <= minute < end if start <= end else minute >= start or minute < end
