"""Why an article is on a watch, as it lies in the database."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from tuireader.model import Evidence, TermHit


def evidence_json(evidence: Evidence) -> str:
    """Evidence as it lies in the database; the watch's name is the row's."""
    hits = [[hit.term, hit.field, hit.count] for hit in evidence.hits]
    return json.dumps([hits, evidence.sentence, evidence.spans], ensure_ascii=False, separators=(",", ":"))


def evidence_of(watch: str, stored: str) -> Evidence:
    """The evidence that `evidence_json` wrote; none for a match of which it has yet to be worked out."""
    if not stored:
        return Evidence(watch)
    hits, sentence, spans = json.loads(stored)
    return Evidence(
        watch, tuple(TermHit(*hit) for hit in hits), sentence, tuple((start, end) for start, end in spans)
    )


EVIDENCE = """w.name, m.evidence, m.feed_id, m.revision, m.until,
  (SELECT coalesce(nullif(own_title, ''), nullif(title, ''), url) FROM feed WHERE id = m.feed_id)"""
"""The columns, of match `m` and watch `w`, that `evidence_row` reads."""


def evidence_row(row: Sequence[Any]) -> Evidence:
    """Return the evidence of a match with its history."""
    name, stored, feed_id, revision, until, feed = row
    found = evidence_of(name, stored)
    if not (feed_id or revision or until):
        return found
    return replace(found, feed_id=feed_id, feed=feed or "", revision=revision, until=until)
