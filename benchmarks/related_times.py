"""Whether stated times include the event: `related_times.py DATA`, with labelled sentences of background.

DATA has `background.articles.jsonl` and `background.labels.jsonl`: articles with dates, and the sentences
of some that refer to others. Prints how many sentences state a time that is read, and how many of these
include the date of the article that they refer to.
"""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

from related_ranking import rows
from tuireader.related.reading.when import spans
from tuireader.text.durations import DAY


def main(folder: str) -> None:
    """Print the counts."""
    articles = {row["id"]: row for row in rows(Path(folder) / "background.articles.jsonl")}
    times = {
        number: int(datetime.fromisoformat(row["published"]).timestamp()) for number, row in articles.items()
    }
    sentences = stated = within = 0
    for label in rows(Path(folder) / "background.labels.jsonl"):
        for reference in label["refers"]:
            found = spans(reference["sentence"], times[label["id"]])
            days = (times[label["id"]] - times[reference["id"]]) / DAY
            sentences += 1
            stated += bool(found)
            within += any(one.latest <= days <= one.earliest for one in found)
    print(f"{sentences} sentences, {stated} with a time, {within} of these around the event")


if __name__ == "__main__":
    main(sys.argv[1])
