"""Why an article is on a watch, as it lies in the database."""

from __future__ import annotations

import json

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
