"""Values stored as JSON: optional details of an entry, comments, evidence."""

from __future__ import annotations

import json
from typing import Any

from msgspec.json import encode
from msgspec.structs import astuple, replace

from tuireader.model import Comment, Enclosure, EntryDetails, Evidence, ParsedEntry, TermHit, Thread
from tuireader.store.sql import FEED_TITLE

_DETAILS = EntryDetails.__struct_fields__


def pack_extra(entry: ParsedEntry) -> str:
    """Encode the non-empty details of an entry as one JSON object."""
    kept = {name: value for name in _DETAILS if (value := getattr(entry, name)) not in ("", None, ())}
    if entry.enclosures:
        kept["enclosures"] = tuple(map(astuple, entry.enclosures))
    return encode(kept).decode() if kept else "{}"


def thread_text(thread: Thread) -> str:
    """Encode comments as JSON."""
    rows = [[comment.author, comment.time, comment.html, comment.base_url] for comment in thread.comments]
    return json.dumps(rows, ensure_ascii=True, separators=(",", ":"))


def thread_of(at: int, text: str) -> Thread:
    """Decode the JSON of `thread_text`; `at` is when the comments were loaded."""
    return Thread(at, tuple(Comment(*row) for row in json.loads(text)))


def unpack_extra(stored: str) -> dict[str, Any]:
    """Decode the JSON of `pack_extra` into keyword arguments for `Article`."""
    extra: dict[str, Any] = json.loads(stored)
    for name, value in extra.items():
        if isinstance(value, list):
            extra[name] = tuple(value)
    if "enclosures" in extra:
        extra["enclosures"] = tuple(Enclosure(*item) for item in extra["enclosures"])
    return extra


def evidence_json(evidence: Evidence) -> str:
    """Encode evidence as JSON, without the watch's name; `sql.UNCERTAIN` detects uncertain evidence."""
    hits = [
        astuple(hit) if hit.occurrences else astuple(hit)[: 4 if hit.uncertain else 3]
        for hit in evidence.hits
    ]
    values = [hits, evidence.sentence, evidence.spans, *([1] if evidence.uncertain else [])]
    return encode(values).decode()


def evidence_of(watch: str, stored: str) -> Evidence:
    """Decode the JSON of `evidence_json`; evidence that has not been computed yet is empty."""
    if not stored:
        return Evidence(watch)
    hits, sentence, spans, *uncertain = json.loads(stored)
    return Evidence(
        watch,
        tuple(TermHit(*hit) for hit in hits),
        sentence,
        tuple((start, end) for start, end in spans),
        uncertain=bool(uncertain),
    )


EVIDENCE = f"""w.name, m.evidence, m.feed_id, m.revision, m.until,
  (SELECT {FEED_TITLE} FROM feed f WHERE f.id = m.feed_id)"""
"""Columns of match `m` and watch `w`: the arguments of `evidence_row`."""


def evidence_row(
    watch: str, stored: str, feed_id: int, revision: int, until: int, feed: str | None
) -> Evidence:
    """Decode the evidence of a match; a former one has its feed, version and time."""
    evidence = evidence_of(watch, stored)
    if not (feed_id or revision or until):
        return evidence
    return replace(evidence, feed_id=feed_id, feed=feed or "", revision=revision, until=until)
