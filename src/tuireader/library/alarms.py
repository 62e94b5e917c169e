"""Alarms: judge feeds and watches at the end of a refresh, list alarms, compose letters about them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set

from msgspec.structs import replace

from tuireader.delivery.letters import Letter, LetterKind
from tuireader.library.context import UseCases
from tuireader.model import Alarm, AlarmKind, Fault, OutboxKind
from tuireader.model.accounts import Refusal
from tuireader.store import Store
from tuireader.store.watches.alarms import Failing, Subject
from tuireader.store.watches.outbox import Draft
from tuireader.text import cut, feed_key, feed_name
from tuireader.text.durations import DAY
from tuireader.text.wording import counted
from tuireader.timing.accounts import alarming_since
from tuireader.timing.alarms import MOST, pace
from tuireader.wording.times import short_time

_FAILING = DAY
"""Seconds of failing until an alarm, which also takes `_TRIES` attempts: the first may be long ago."""
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
        """List the open alarms, oldest first."""
        return await self._pool.read(lambda store: store.alarms.open())

    async def all(self) -> list[Alarm]:
        """List all alarms, including cleared ones, oldest first."""
        return await self._pool.read(lambda store: store.alarms.all())

    async def recent(self) -> list[Alarm]:
        """List the open alarms, then those of the last week that are over, newest first."""
        since = self._now() - _RECENT
        alarms = sorted(await self.all(), key=lambda alarm: (alarm.cleared_at is not None, -alarm.raised_at))
        return [alarm for alarm in alarms if alarm.cleared_at is None or alarm.cleared_at >= since]

    async def count(self) -> int:
        return await self._pool.read(lambda store: store.alarms.count())

    async def judge(self) -> None:
        """Raise and clear alarms, and put what is new into the outbox as set in `[notify]`."""
        now, config = self._now(), self._context.config
        lasting = [watch.name for watch in config.watches if not watch.ends_after_quiet_days]
        taken = {feed_key(feed.address) for feed in self._context.feeds}
        channels = (config.notify.alarm_channels or ("",)) if config.notify.alarms else ()

        def step(store: Store) -> None:
            judge(store, lasting, now, taken)
            store.outbox.add(drafts(store.alarms.untold(), channels), now)

        await self._transact(step)


def drafts(alarms: Iterable[Alarm], channels: Sequence[str]) -> Iterator[Draft]:
    """Yield the messages about new alarms, and about those that are over."""
    for alarm in alarms:
        kind = OutboxKind.ALARM if alarm.cleared_at is None else OutboxKind.OVER
        yield from (Draft(channel, kind, alarm.id) for channel in channels)


def judge(store: Store, watches: Sequence[str], now: int, taken: Set[str] = frozenset()) -> None:
    """Raise and clear alarms; needs a transaction.

    `watches` are those that never end, `taken` has the `feed_key` of all subscriptions.
    """
    failing = store.alarms.failing()
    known = {alarm.subject: alarm for alarm in store.alarms.open()}
    named = {feed_id: _named_words(address, taken) for feed_id, address in store.alarms.named()}
    current = {alarm.subject: alarm for alarm in _found(store, watches, failing, named, now)}
    for subject, alarm in current.items():
        if subject not in known:
            store.alarms.raise_(alarm)
        elif known[subject].words != alarm.words:
            store.alarms.reword(known[subject].id, alarm.words)
    left = [known[subject] for subject in known.keys() - current.keys()]
    if not left:
        return
    subscribed, pending = store.alarms.subscribed(), store.watches.pending()
    accounts = {item.name: item for item in store.accounts.all()}
    down = {item.feed_id for item in failing} | {item.name for item in accounts.values() if item.error}
    seen = {(item.feed_id, item.watch): item.seen for item in _subjects(store, watches)}
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
    """Yield the alarms that should be open; `named` maps feeds whose page names another feed to messages."""

    def alarm(kind: AlarmKind, words: str, feed_id: int, *, watch: str = "", account: str = "") -> Alarm:
        return Alarm(
            0, kind=kind, feed_id=feed_id, watch=watch, name="", words=words, raised_at=now, account=account
        )

    down = {feed.feed_id: feed for feed in failing if _is_down(feed)}
    feeds, fetched = store.alarms.last_success()
    offline = feeds > 1 and now - fetched > DAY  # nothing can be fetched, so the feeds are not to blame
    for feed_id, feed in down.items():
        if feed_id not in named and not (offline and feed.fault in _OWN_NETWORK):
            yield alarm(AlarmKind.FAILING, _failing_words(feed), feed_id)
    for account in store.accounts.all():
        if (since := alarming_since(account)) is not None and not (
            offline and account.refusal == Refusal.AWAY
        ):
            words = f"failing since {short_time(since)}: {account.error}"
            yield alarm(AlarmKind.FAILING, words, 0, account=account.name)
    for feed_id, gaps, missing in store.alarms.open_gaps(now - _GAP):
        unseen = f"about {counted(missing, 'article')} not seen"
        yield alarm(AlarmKind.GAP, f"{counted(gaps, 'gap')}, {unseen}" if gaps > 1 else unseen, feed_id)
    for feed_id, words in named.items():
        yield alarm(AlarmKind.MOVED, words, feed_id)
    waiting = store.feeds.waiting(now)  # deliberately not fetched, so their silence continues
    subjects = [
        replace(feed, seen=now) if feed.feed_id in waiting or (feed.watch and waiting) else feed
        for feed in _subjects(store, watches)
        if feed.feed_id not in down
    ]
    for subject, words in _silent(store, subjects):
        words += "; its host has asked to wait" if subject.feed_id in waiting else ""
        yield alarm(AlarmKind.SILENT, words, subject.feed_id, watch=subject.watch)


def _subjects(store: Store, watches: Sequence[str]) -> list[Subject]:
    return [*store.alarms.feeds(), *store.alarms.watches(watches)]


def _silent(store: Store, subjects: Iterable[Subject]) -> Iterator[tuple[Subject, str]]:
    """Yield the feeds and watches whose silence is improbable, each with its message."""
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


def _is_down(feed: Failing) -> bool:
    if feed.gone:
        return True
    return feed.since is not None and feed.last_try - feed.since >= _FAILING and feed.tries >= _TRIES


def _failing_words(feed: Failing) -> str:
    since = f" since {short_time(feed.since)}" if feed.since is not None else ""
    return f"{'gone' if feed.gone else 'failing'}{since}: {feed.error}"


def _named_words(address: str, taken: Set[str]) -> str:
    if feed_key(address) in taken:
        return f"its page names {address}, which you follow already: remove one of the two feeds"
    return f"its page names {address}, not followed: accept it if it is the same feed"


def _silent_words(newest: int, usual: int, *, watch: str) -> str:
    noun = "match" if watch else "article"
    return f"no new {noun} since {short_time(newest)}, usually one within {_span(usual)}"


def _span(seconds: int) -> str:
    """Format a duration as `6 h` or `3 d`."""
    hours = max(1, round(seconds / 3600))
    return f"{hours} h" if hours < 48 else f"{round(seconds / DAY)} d"


_LINES = 5


def alarm_message(alarms: Sequence[Alarm]) -> Letter:
    """Combine new and cleared alarms into one message."""
    lines = [
        f"{feed_name(alarm.name)}: {alarm.words if alarm.cleared_at is None else alarm.cleared_words}"
        for alarm in alarms
    ]
    if len(alarms) == 1:
        prefix = "Alarm" if alarms[0].cleared_at is None else "Alarm over"
        return Letter(f"{prefix}: {cut(lines[0], 200)}", "", alarms=tuple(alarms), kind=LetterKind.ALARM)
    over = sum(alarm.cleared_at is not None for alarm in alarms)
    parts = [counted(len(alarms) - over, "alarm")] if over < len(alarms) else []
    parts += [f"{counted(over, 'alarm')} over" if not parts else f"{over} over"] if over else []
    more = [f"and {len(lines) - _LINES} more"] if len(lines) > _LINES else []
    body = "\n".join([*lines[:_LINES], *more])
    return Letter(", ".join(parts), body, alarms=tuple(alarms), kind=LetterKind.ALARM)
