"""Lines of the match log, its chained records, and cases, in which matches are handled."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Annotated, Any

import msgspec
from msgspec import Struct


class LoggedMatch(Struct, frozen=True):
    """A match as it was found, and what has happened to it since."""

    id: Annotated[int, "Number of the line; later lines have higher numbers."]
    article_id: Annotated[int, "Number of the article."]
    watch: Annotated[str, "Name of the watch, also of one that was removed."]
    title: Annotated[str, "Title of the article when it was matched."]
    url: Annotated[str, "Its address."]
    feed: Annotated[str, "Title of the feed whose text matched."]
    feed_url: Annotated[str, "Address of the feed, without a password."]
    published: Annotated[int | None, "Publication time given by the feed, `null` without one."]
    fetched: Annotated[int, "When the article was first fetched."]
    matched: Annotated[int, "When the watch matched it."]
    term: Annotated[str, "The terms that were found, separated by commas."]
    field: Annotated[str, "Where they were found: `title`, `summary`, `body`, `full text`, …."]
    sentence: Annotated[str, 'The best sentence, `""` when there is none.']
    sha256: Annotated[str, 'SHA-256 of the text that matched, `""` when it is not known.']
    told: Annotated[int | None, "When you were notified, 0 at an unknown time, `null` if not."] = None
    channels: Annotated[
        tuple[str, ...],
        "How: by channels of these names, or by `command`, `desktop`, `terminal` and `bell` of `[notify]`,"
        " or by the `output` of `refresh`.",
    ] = ()
    sent: Annotated[dict[str, int], "When each of these accepted it."] = {}
    not_told: Annotated[
        str,
        "Why you were not: `never notifies`, `already told with match 17`, `muted`, `read already`,"
        ' `quiet hours until 07:00` or what else it waits for, `not yet`, `failed: …`; `""` if you were.',
    ] = ""
    read: Annotated[int | None, "When you read it, 0 at an unknown time, `null` if not."] = None
    ended: Annotated[int | None, "When an edit removed the match, `null` while it matches."] = None
    state: Annotated[
        str, '`new`, `open`, `done`, `false alarm` or `done (before)`, `""` while no match was ever handled.'
    ] = ""
    note: Annotated[str, 'The note, `""` without one.'] = ""
    by: Annotated[str, 'Who handled it last, `""` if nobody did.'] = ""
    at: Annotated[int | None, "When it was handled last, `null` if it was not."] = None
    occurrences: Annotated[dict[str, int], "Counts of texts that patterns found; `…` is all others."] = {}
    ids: Annotated[
        dict[str, int], "Counts of CVE numbers in the text, and of what `(?P<id>…)` captured."
    ] = {}


class CaseState(StrEnum):
    """States of a case, in the order of their numbers in the database."""

    NEW = "new"
    OPEN = "open"
    DONE = "done"
    FALSE_ALARM = "false alarm"

    @property
    def number(self) -> int:
        return list(CaseState).index(self)


BEFORE = "done (before)"
"""What the log says of a match that was there before the desk was first used."""


class Case(Struct, frozen=True):
    """State of a match, with its note, and by whom and when it was handled."""

    match: Annotated[int, "Number of the match, as in `matches`."]
    article_id: Annotated[int, "Number of the article."]
    watch: Annotated[str, "Name of the watch."]
    state: Annotated[CaseState, "`new`, `open`, `done` or `false alarm`."]
    note: Annotated[str, 'The note, `""` without one.'] = ""
    by: Annotated[str, 'Who handled it last, `""` if nobody did.'] = ""
    at: Annotated[int | None, "When, `null` if nobody did."] = None


def state_words(state: CaseState, at: int | None) -> str:
    """Name a state; nobody has marked what was done before."""
    return BEFORE if state is CaseState.DONE and at is None else state


Record = Mapping[str, Any]
"""A record of the match log: its content, and the `hash` that chains it to the record before."""


class Verdict(Struct, frozen=True):
    """Result of following a chain of records. `fault` names the first record that is wrong."""

    records: int
    head: str
    fault: str = ""


def canonical(content: Record) -> str:
    """Write the content of a record, without its hash, as JSON in one spelling: sorted, without spaces."""
    try:
        return msgspec.json.encode(content, order="sorted").decode()
    except (UnicodeError, ArithmeticError, TypeError, ValueError):  # halves of characters, in old records
        return json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def chained(head: str, content: Record) -> str:
    """Return the SHA-256, in hex, over the hash of the record before, a line feed and a record's content."""
    return hashlib.sha256(f"{head}\n{canonical(content)}".encode("utf-8", "replace")).hexdigest()


def note_hash(salt: str, note: str) -> str:
    """Hash a note with its salt, so that the chain can hold what nobody can guess."""
    return hashlib.sha256(f"{salt}\n{note}".encode("utf-8", "replace")).hexdigest()


def _name(record: Record) -> str:
    """Name a record: `done of match 17`, `read of match 3 and 41 more`."""
    matches = record.get("matches")
    listed = matches if isinstance(matches, list) else []
    numbers = [match[0] if isinstance(match, list) and match else match for match in listed]
    others = f" and {len(numbers) - 1:,} more" if len(numbers) > 1 else ""
    return f"{record.get('kind', 'of no kind')} of match {numbers[0] if numbers else '?'}{others}"


def verify(records: Iterable[Record], head: str = "") -> Verdict:
    """Follow the chain of some records; with `head`, one of them must have this hash.

    Names the first record that is not what its hash says: it was changed, or one was removed or inserted
    before it. A chain says nothing of what is missing at its end: that takes a head kept elsewhere.
    """
    last, count, met = "", 0, not head
    for count, record in enumerate(records, 1):
        content = {key: value for key, value in record.items() if key != "hash"}
        right = chained(last, content)
        if record.get("hash") != right:
            what = f"record {count} ({_name(record)})"
            return Verdict(count - 1, last, f"{what} was changed, or one was removed or inserted before it")
        last = right
        met = met or last.startswith(head)
    if not met:
        return Verdict(
            count, last, f"no record has the hash {head}: records at the end were removed or replaced"
        )
    return Verdict(count, last)
