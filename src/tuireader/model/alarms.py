"""Alarms: signs that the user may be missing articles."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Struct


class AlarmKind(StrEnum):
    """Reasons for an alarm."""

    SILENT = "silent"
    FAILING = "failing"
    GAP = "gap"
    MOVED = "moved"


class Pace(Struct, frozen=True):
    """Pace of a feed or a watch in seconds: the usual pause, and the silence that raises an alarm."""

    usual: int
    alarm_at: int


class Alarm(Struct, frozen=True):
    """An alarm of a feed or, if `watch` or `account` is set, of that; `name` is the title of either."""

    id: Annotated[int, "Number of the alarm."]
    kind: Annotated[AlarmKind, "`silent`, `failing` (also for a feed that is gone), `gap`, or `moved`."]
    feed_id: Annotated[int, "Number of the feed, 0 for a watch or an account."]
    watch: Annotated[str, 'Name of the watch, `""` without one.']
    name: Annotated[str, "Title of the feed, or name of the watch or account."]
    words: Annotated[str, "The reason in words."]
    raised_at: Annotated[int, "When it was raised."]
    cleared_at: Annotated[int | None, "When it was cleared, `null` while it is open."] = None
    told_at: Annotated[int | None, "When it was notified, `null` when it was not."] = None
    account: Annotated[str, 'Name of the account, `""` without one.'] = ""

    @property
    def subject(self) -> tuple[AlarmKind, int, str]:
        """Identity: at most one alarm is open for each."""
        return self.kind, self.feed_id, self.watch or self.account

    @property
    def cleared_words(self) -> str:
        """Reason for clearing it, in words."""
        if self.kind is AlarmKind.SILENT:
            return "new matches again" if self.watch else "new articles again"
        if self.kind is AlarmKind.MOVED:
            return "its address is settled"
        return "works again" if self.kind is AlarmKind.FAILING else "nothing is missing any more"
