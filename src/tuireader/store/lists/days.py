"""Find where days begin in a list sorted by time, or watches in one sorted by open matches."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from tuireader.store.lists.stories import Stories
from tuireader.store.sql import Part, number_list
from tuireader.store.watches.cases import FIRST_OPEN
from tuireader.wording.times import local_day


class Days(Part):
    """Days of lists, in the local time zone."""

    _stories: Stories

    def watches(self, ids: Sequence[int]) -> list[tuple[int, str]]:
        """Return the index and watch of the first article of each watch, in a list sorted by open matches."""
        watch_of = {article_id: name for article_id, name, _ in self._conn.execute(FIRST_OPEN)}
        starts: list[tuple[int, str]] = []
        for index, article_id in enumerate(ids):
            name = watch_of.get(article_id, "")
            if not starts or starts[-1][1] != name:
                starts.append((index, name))
        return starts

    def starts(self, ids: Sequence[int], opened: Collection[int] = ()) -> list[tuple[int, int]]:
        """Return the index and time of the first article of each day.

        Reads few of the times: between two articles of one day, all have that day. The articles of stories in
        `opened` stand on the day of the first one above them.
        """
        if not ids:
            return []
        fold_of = {member: story for story in opened for member in self._stories.members(story)}

        def read(indexes: Collection[int]) -> None:
            """Read the times at some indexes, in an unfolded story that of its first line."""
            leads = {}
            for index in indexes:
                lead = index
                while lead and fold_of.get(ids[lead], 0) == fold_of.get(ids[lead - 1]):
                    lead -= 1
                leads[index] = ids[lead]
            known = self._mapping(f"SELECT id, time FROM article WHERE id IN ({number_list(leads.values())})")
            times.update({index: known.get(article_id, 0) for index, article_id in leads.items()})
            day.update({index: local_day(times[index]) for index in leads})

        times: dict[int, int] = {}
        day: dict[int, tuple[int, int]] = {}
        starts, spans = [0], [(0, len(ids) - 1)]
        read(spans[0])
        while spans := [(first, end) for first, end in spans if day[first] != day[end]]:
            starts += [end for first, end in spans if end - first == 1]
            halves = [(first, (first + end) // 2, end) for first, end in spans if end - first > 1]
            read([middle for _, middle, _ in halves])
            spans = [span for first, middle, end in halves for span in ((first, middle), (middle, end))]
        return [(index, times[index]) for index in sorted(starts)]
