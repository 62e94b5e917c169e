"""Table of enclosures, which triggers keep in step with the details of articles in `content`."""

from __future__ import annotations

from tuireader.model import FILE_ENDINGS


def _kind(type_: str, url: str) -> str:
    """Write SQL for the kind of an enclosure, as `Enclosure.kind`."""
    by_type = [f"WHEN {type_} LIKE '{kind}/%' OR {type_} = '{kind}' THEN '{kind}'" for kind in FILE_ENDINGS]
    by_ending = [
        f"WHEN {url} LIKE '%.{ending}' OR instr(lower({url}), '.{ending}?') THEN '{kind}'"
        for kind, endings in FILE_ENDINGS.items()
        for ending in endings
    ]
    return f"CASE {' '.join(by_type + by_ending)} ELSE 'other' END"


def _rows(content: str, source: str = "") -> str:
    """Write SQL for the rows of `enclosure` that belong to a row of content."""
    url, kind_of = "e.value ->> 0", _kind("(e.value ->> 1)", "(e.value ->> 0)")
    return f"""SELECT {content}.article_id, e.key, {kind_of}, {url}, e.value ->> 1, e.value ->> 3
      FROM {source}json_each({content}.extra, '$.enclosures') e"""


ENCLOSURES = (
    """CREATE TABLE enclosure (
      article_id INTEGER NOT NULL, position INTEGER NOT NULL,
      kind TEXT NOT NULL, url TEXT NOT NULL, type TEXT NOT NULL, title TEXT NOT NULL,
      PRIMARY KEY (article_id, position)
    ) WITHOUT ROWID""",
    "CREATE INDEX enclosure_kind ON enclosure (kind, article_id)",
    f"""INSERT INTO enclosure {_rows("c", "content c, ")} WHERE instr(c.extra, '"enclosures"')""",
    f"""CREATE TRIGGER content_enclosures AFTER INSERT ON content WHEN instr(new.extra, '"enclosures"') BEGIN
      DELETE FROM enclosure WHERE article_id = new.article_id;
      INSERT INTO enclosure {_rows("new")}; END""",
    """CREATE TRIGGER content_without_enclosures AFTER INSERT ON content
      WHEN NOT instr(new.extra, '"enclosures"')
        AND EXISTS (SELECT 1 FROM enclosure WHERE article_id = new.article_id) BEGIN
      DELETE FROM enclosure WHERE article_id = new.article_id; END""",
    """CREATE TRIGGER content_dropped AFTER DELETE ON content BEGIN
      DELETE FROM enclosure WHERE article_id = old.article_id; END""",
)
"""Statements that create the table and fill it from an older database."""
