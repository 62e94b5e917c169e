"""Find where days begin in a list sorted by time."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from tuireader.store.lists.stories import Stories
from tuireader.store.sql import Part, number_list
from tuireader.wording.times import local_day


class Days(Part):
    """Days of lists, in the local time zone."""

    _stories: Stories

    def starts(self, ids: Sequence[int], opened: Collection[int] = ()) -> list[tuple[int, int]]:
        """Return the index and time of the first article of each day.

        Reads few of the times: between two articles of one day, all have that day. The articles of stories in
        `opened` stand on the day of the first one above them.
        """
        if not ids:
            return []
        story_of = {member: story for story in opened for member in self._stories.members(story)}
        times: dict[int, int] = {}
        last = len(ids) - 1
        self._read_times(ids, {0, last}, story_of, times)
        day = {index: local_day(time) for index, time in times.items()}
        starts, spans = [0], [(0, last)]
        while spans := [(first, end) for first, end in spans if day[first] != day[end]]:
            starts += [end for first, end in spans if end - first == 1]
            halves = [(first, (first + end) // 2, end) for first, end in spans if end - first > 1]
            middles = {middle for _, middle, _ in halves}
            self._read_times(ids, middles, story_of, times)
            day |= {middle: local_day(times[middle]) for middle in middles}
            spans = [span for first, middle, end in halves for span in ((first, middle), (middle, end))]
        return [(index, times[index]) for index in sorted(starts)]

    def _read_times(
        self, ids: Sequence[int], indexes: Collection[int], story_of: dict[int, int], times: dict[int, int]
    ) -> None:
        """Add the times at some indexes; of an article that is gone, that of its neighbour above."""
        leads = {}
        for index in indexes:
            lead = index
            while lead and ids[lead] in story_of and story_of[ids[lead]] == story_of.get(ids[lead - 1]):
                lead -= 1
            leads[index] = ids[lead]
        wanted = number_list(set(leads.values()))
        stored = self._mapping(f"SELECT id, time FROM article WHERE id IN ({wanted})")
        for index, article_id in leads.items():
            known = [before for before in times if before < index] if article_id not in stored else []
            times[index] = stored.get(article_id, times[max(known)] if known else 0)
