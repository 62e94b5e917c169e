"""Alarms: judge feeds and watches at the end of a refresh, list alarms, notify about them."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace

from tuireader.delivery.notify import Message, deliver, is_quiet
from tuireader.library.context import UseCases
from tuireader.model import Alarm, AlarmKind, Fault, Told
from tuireader.model.accounts import AWAY
from tuireader.store import Store
from tuireader.store.watches.alarms import Failing, Subject
from tuireader.text import cut, feed_key, feed_name
from tuireader.text.durations import DAY, HOUR
from tuireader.text.wording import counted
from tuireader.timing.accounts import alarming_since
from tuireader.timing.alarms import MOST, pace

_FAILING = DAY
"""Seconds of failing until an alarm. Some tries are required too: time off makes a first failure old."""
_TRIES = 3
_GAP = 7 * DAY
"""Seconds for which an open gap is an alarm; the coverage of the feed reports it forever."""
_RECENT = 7 * DAY
"""Seconds for which lists still show an alarm that is over."""
COMPUTED = 20
"""Maximum number of paces to compute per refresh, longest silences first; the rest follow later."""
ARTICLES = 3_000
"""Number of articles after which no further pace is computed; a thousand articles take about 3 ms."""
_OWN_NETWORK = (Fault.NETWORK, Fault.TIMEOUT)


class Alarms(UseCases):
    """Alarms of silent and failing feeds, failing accounts, moved feeds, silent watches, and gaps."""

    async def open(self) -> list[Alarm]:
        """Return the open alarms, oldest first."""
        return await self._pool.read(lambda store: store.alarms.open())

    async def all(self) -> list[Alarm]:
        """Return all alarms, including cleared ones, oldest first."""
        return await self._pool.read(lambda store: store.alarms.all())

    async def recent(self) -> list[Alarm]:
        """Return the open alarms, then those of the last week that are over, newest first."""
        since = self._now() - _RECENT
        found = sorted(await self.all(), key=lambda alarm: (alarm.cleared_at is not None, -alarm.raised_at))
        return [alarm for alarm in found if alarm.cleared_at is None or alarm.cleared_at >= since]

    async def count(self) -> int:
        """Return the number of open alarms."""
        return await self._pool.read(lambda store: store.alarms.count())

    async def judge(self) -> None:
        """Raise and clear alarms after a refresh."""
        now = self._now()
        lasting = [one.name for one in self._context.config.watches if not one.ends_after_quiet_days]
        taken = {feed_key(feed.address) for feed in self._context.feeds}
        await self._transact(lambda store: judge(store, lasting, now, taken))

    async def notify(self) -> Told | None:
        """Notify about new and cleared alarms as set in `[notify]`; None without any or in quiet hours."""
        config = self._context.config.notify
        here = time.localtime(self._context.clock())
        if not config.alarms or is_quiet(config.quiet, here.tm_hour * 60 + here.tm_min):
            return None
        untold = await self._pool.read(lambda store: store.alarms.untold())
        if not untold:
            return None
        now = self._now()
        await self._transact(lambda store: store.alarms.mark_told(untold, now))
        message = alarm_message(untold)
        shown = await deliver(message, config)
        if shown.errors and not (shown.command or shown.desktop):
            await self._transact(lambda store: store.alarms.mark_told(untold, None))
        return Told(message.title, message.body, (), shown.desktop, shown.errors)


def judge(store: Store, watches: Sequence[str], now: int, taken: Set[str] = frozenset()) -> None:
    """Raise and clear alarms; needs a transaction.

    `watches` are those that never end, `taken` has the `feed_key` of all subscriptions.
    """
    failing = store.alarms.failing()
    known = {alarm.subject: alarm for alarm in store.alarms.open()}
    named = {feed_id: _named_words(address, taken) for feed_id, address in store.alarms.named()}
    found = {alarm.subject: alarm for alarm in _found(store, watches, failing, named, now)}
    for subject, alarm in found.items():
        if subject not in known:
            store.alarms.raise_(alarm)
        elif known[subject].words != alarm.words:
            store.alarms.reword(known[subject].id, alarm.words)
    left = [known[subject] for subject in known.keys() - found.keys()]
    if not left:
        return
    subscribed, pending = store.alarms.subscribed(), store.watches.pending()
    accounts = {one.name: one for one in store.accounts.all()}
    down = {one.feed_id for one in failing} | {one.name for one in accounts.values() if one.error}
    seen = {(one.feed_id, one.watch): one.seen for one in _subjects(store, watches)}
    for alarm in left:
        unseen = seen.get((alarm.feed_id, alarm.watch), now) < alarm.raised_at and alarm.feed_id not in down
        if alarm.kind is AlarmKind.SILENT and unseen:
            continue  # raised while a host had asked to wait, and nothing was fetched since
        if alarm.account:
            wanted = alarm.account in accounts
        else:
            wanted = alarm.watch in watches if alarm.watch else alarm.feed_id in subscribed
        is_down = (alarm.account or alarm.feed_id) in down
        if alarm.watch in pending or (wanted and alarm.kind is AlarmKind.FAILING and is_down):
            continue
        replaced = alarm.kind is AlarmKind.SILENT and alarm.feed_id in down
        aged = alarm.kind is AlarmKind.GAP and store.alarms.open_gaps_of(alarm.feed_id) > 0
        told = alarm.told_at is not None
        store.alarms.clear(alarm.id, now, tell=told and wanted and not replaced and not aged)


def _found(
    store: Store, watches: Sequence[str], failing: Sequence[Failing], named: Mapping[int, str], now: int
) -> Iterator[Alarm]:
    """Yield the alarms that should be open; `named` has the words for feeds whose page names another one."""

    def alarm(kind: AlarmKind, words: str, feed_id: int, *, watch: str = "", account: str = "") -> Alarm:
        return Alarm(0, kind, feed_id, watch, "", words, now, account=account)

    down = {one.feed_id: one for one in failing if _is_down(one)}
    feeds, fetched = store.alarms.last_success()
    offline = feeds > 1 and now - fetched > DAY  # nothing can be fetched, so the feeds are not to blame
    for feed_id, one in down.items():
        if feed_id not in named and not (offline and one.fault in _OWN_NETWORK):
            yield alarm(AlarmKind.FAILING, _failing_words(one), feed_id)
    for account in store.accounts.all():
        if (since := alarming_since(account)) is not None and not (offline and account.refusal == AWAY):
            words = f"failing since {_moment(since)}: {account.error}"
            yield alarm(AlarmKind.FAILING, words, 0, account=account.name)
    for feed_id, gaps, missing in store.alarms.open_gaps(now - _GAP):
        unseen = f"about {counted(missing, 'article')} not seen"
        yield alarm(AlarmKind.GAP, f"{counted(gaps, 'gap')}, {unseen}" if gaps > 1 else unseen, feed_id)
    for feed_id, words in named.items():
        yield alarm(AlarmKind.MOVED, words, feed_id)
    waiting = store.feeds.waiting(now)  # not asked on purpose, so their silence goes on
    subjects = [
        replace(one, seen=now) if one.feed_id in waiting or (one.watch and waiting) else one
        for one in _subjects(store, watches)
        if one.feed_id not in down
    ]
    for subject, words in _silent(store, subjects):
        words += "; its host has asked to wait" if subject.feed_id in waiting else ""
        yield alarm(AlarmKind.SILENT, words, subject.feed_id, watch=subject.watch)


def _subjects(store: Store, watches: Sequence[str]) -> list[Subject]:
    return [*store.alarms.feeds(), *store.alarms.watches(watches)]


def _silent(store: Store, subjects: Iterable[Subject]) -> Iterator[tuple[Subject, str]]:
    """Yield the feeds and watches whose silence is improbable, each with the reason."""
    unknown: list[Subject] = []
    for subject in subjects:
        known = subject.known if subject.known and subject.known.signature == subject.signature else None
        newest = max(subject.newest, known.newest if known else 0)
        if subject.seen - newest < DAY or not newest:
            continue
        if known is None or known.newest < newest:
            unknown.append(subject)
        elif known.pace is not None and subject.seen > known.pace.alarm_at:
            yield subject, _silent_words(newest, known.pace.usual, watch=subject.watch)
    unknown.sort(key=lambda subject: subject.newest)
    read = 0
    for subject in unknown[:COMPUTED]:
        if read >= ARTICLES:
            break
        times = store.alarms.times(subject, MOST)
        read += len(times)
        newest, found = max(times, default=subject.newest), pace(times)
        store.alarms.remember(subject, newest, found)
        if found is not None and subject.seen > found.alarm_at:
            yield subject, _silent_words(newest, found.usual, watch=subject.watch)


def _is_down(one: Failing) -> bool:
    """Return whether a feed has been failing for so long that it is an alarm."""
    if one.gone:
        return True
    return one.since is not None and one.last_try - one.since >= _FAILING and one.tries >= _TRIES


def _failing_words(one: Failing) -> str:
    since = f" since {_moment(one.since)}" if one.since is not None else ""
    return f"{'gone' if one.gone else 'failing'}{since}: {one.error}"


def _named_words(address: str, taken: Set[str]) -> str:
    if feed_key(address) in taken:
        return f"its page names {address}, which you follow already: remove one of the two feeds"
    return f"its page names {address}, not followed: accept it if it is the same feed"


def _silent_words(newest: int, usual: int, *, watch: str) -> str:
    thing = "match" if watch else "article"
    return f"no new {thing} since {_moment(newest)}, usually one within {_span(usual)}"


def _moment(moment: int) -> str:
    """Return a time as `27 Jul 14:02`."""
    then = time.localtime(moment)
    return f"{then.tm_mday} {time.strftime('%b %H:%M', then)}"


def _span(seconds: int) -> str:
    """Return a duration as `6 h` or `3 d`."""
    hours = max(1, round(seconds / HOUR))
    return f"{hours} h" if hours < 48 else f"{round(seconds / DAY)} d"


# --------------------------------------------------------------------------- notifications


_LINES = 5


def alarm_message(alarms: Sequence[Alarm]) -> Message:
    """Combine new and cleared alarms into one message."""
    lines = [
        f"{feed_name(one.name)}: {one.words if one.cleared_at is None else one.cleared_words}"
        for one in alarms
    ]
    if len(alarms) == 1:
        prefix = "Alarm" if alarms[0].cleared_at is None else "Alarm over"
        return Message(f"{prefix}: {cut(lines[0], 200)}", "", (), tuple(alarms))
    over = sum(one.cleared_at is not None for one in alarms)
    parts = [counted(len(alarms) - over, "alarm")] if over < len(alarms) else []
    parts += [f"{counted(over, 'alarm')} over" if not parts else f"{over} over"] if over else []
    more = [f"and {len(lines) - _LINES} more"] if len(lines) > _LINES else []
    return Message(", ".join(parts), "\n".join([*lines[:_LINES], *more]), (), tuple(alarms))
