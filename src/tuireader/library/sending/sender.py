"""Send letters by their channels, side by side, each channel one after the other.

Nothing is sent within a transaction: a letter is marked as being sent, leaves, and its receipt is recorded.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from functools import partial
from secrets import token_hex

from msgspec import Struct
from msgspec.structs import replace

from tuireader.delivery import letters, programs
from tuireader.delivery.letters import Item, Letter, LetterKind, Receipt
from tuireader.delivery.message import as_json
from tuireader.delivery.send import Surroundings, send
from tuireader.errors import TuireaderError
from tuireader.library.articles import Articles
from tuireader.library.channels import surroundings
from tuireader.library.context import Context, UseCases
from tuireader.library.sending.notifications import items_of, stored_brief, unwanted
from tuireader.model import OutboxKind, OutboxMessage, Told, Undelivered
from tuireader.model.rules import RUNS, SAVES
from tuireader.store import Store
from tuireader.store.watches.outbox import SUSPECT, Terms
from tuireader.subprocesses.worker import Worker

_NO_MATCHES = (LetterKind.DIGEST, LetterKind.RULE)
_DEADLINE = 90.0
"""Seconds for one letter, whatever its channel does; the lease is longer."""
_LINES = 50  # most letters that are written into a file together


class _Turn(Struct, frozen=True):
    """The next letters of a channel with their messages; no letter if nobody wants these any more.

    `sent`: a letter was accepted before. `trusted`: only messages that have rarely failed are tried.
    """

    letters: Sequence[Letter] = ()
    messages: Sequence[OutboxMessage] = ()
    sent: bool = False
    trusted: bool = False


class Sender(UseCases):
    """The holder of the lease, which sends until `end`, a time of the monotonic clock."""

    _articles: Articles

    def __init__(self, context: Context, holder: str, terms: Callable[..., Terms], end: float) -> None:
        super().__init__(context)
        self.end = end
        self._holder, self._terms = holder, terms
        self._events: list[Told | Undelivered] = []
        self._failing: dict[str, Undelivered] = {}
        self._items: dict[tuple[object, ...], Item] = {}

    def reported(self) -> list[Told | Undelivered]:
        """Return what came of the letters; a channel that fails is reported once."""
        return [*self._events, *self._failing.values()]

    async def serve(self, channel: str) -> None:
        """Send the letters of a channel one after the other, until it fails or nothing more is due."""
        async with Worker("tuireader.delivery.service_process") as worker:  # starts with its first letter
            await self._serve(channel, surroundings(self._context, worker))

    async def _serve(self, channel: str, around: Surroundings) -> None:
        turn, receipt = _Turn(), None
        while True:
            last, step = turn, partial(self._turn, channel=channel, last=turn, receipt=receipt)
            turn, event = await self._transact(step)
            if event and event.retry_at:
                self._failing[channel] = event
            elif receipt:
                told = [self._told(letter, channel, receipt) for letter in last.letters]
                self._events += [event] if event else told
            if not turn.messages:
                return
            receipt = await self._deliver(turn.letters, channel, around) if turn.letters else None

    def _turn(
        self, store: Store, *, channel: str, last: _Turn, receipt: Receipt | None
    ) -> tuple[_Turn, Undelivered | None]:
        """Record the receipt of the last letters and take the next ones; return it with what to report."""
        sent, trusted, event = last.sent, last.trusted, None
        if receipt is not None:
            event = self._record(store, messages=last.messages, receipt=receipt)
            if event is None:
                sent, trusted = True, False
            elif not receipt.permanent:
                if trusted or last.messages[0].attempts + 1 < SUSPECT:
                    return _Turn(), event
                trusted = True  # try another one: this one may be to blame
        if time.monotonic() >= self.end:
            return _Turn(), event
        letters, messages = self._take(store, channel, self._terms(channel, sent=sent, trusted=trusted))
        return _Turn(letters, messages, sent, trusted), event

    def _take(self, store: Store, channel: str, terms: Terms) -> tuple[list[Letter], list[OutboxMessage]]:
        """Mark the next messages of a channel as being sent, and compose their letters: several for a file.

        Those that are no longer wanted are dropped; there is no letter if that are all.
        """
        letters: list[Letter] = []
        messages: list[OutboxMessage] = []
        if not store.outbox.renew_lease(self._holder, self._now()):
            return letters, messages  # it had expired, and another process sends
        config = self._context.config.channel(channel)
        for _ in range(_LINES if config and config.file else 1):
            picked = store.outbox.pick(channel, terms, token_hex(8), self._now(), begun=len(letters))
            wanted = self._wanted(store, picked)
            messages += wanted
            if wanted:
                letters.append(self._letter(store, channel, wanted))
            if not picked or picked[0].attempts:
                break  # one that has failed may be to blame, and is sent alone
        return letters, messages or picked

    def _wanted(self, store: Store, picked: Sequence[OutboxMessage]) -> list[OutboxMessage]:
        """Drop the messages that are no longer wanted, and return the others."""
        dropped = unwanted(store, picked, self._context.config.watches)
        for number, reason in dropped.items():
            store.outbox.drop([number], reason, self._now())
        return [message for message in picked if message.id not in dropped]

    def _letter(self, store: Store, channel: str, messages: Sequence[OutboxMessage]) -> Letter:
        first = messages[0]
        letter = self._compose(store, channel, messages, summed_up=bool(channel) and len(messages) > 1)
        state = {"id": first.letter, "repeated": first.interrupted, "attempts": first.attempts}
        return replace(letter, **state)

    def _compose(
        self, store: Store, channel: str, messages: Sequence[OutboxMessage], *, summed_up: bool
    ) -> Letter:
        if messages[0].kind is OutboxKind.DIGEST:
            return self._digest(store, channel, messages[0])
        if messages[0].kind in (OutboxKind.ALARM, OutboxKind.OVER):
            from tuireader.library.alarms import alarm_message

            return alarm_message(store.alarms.some([message.subject for message in messages]))
        items = items_of(store, messages, self._context.feed_names, self._items)
        if messages[0].kind is OutboxKind.SHARE:
            return self._shared(store, channel, items[0])
        if summed_up:
            watches = dict.fromkeys(watch for message in messages for watch in message.watches)
            rules = dict.fromkeys(message.rule for message in messages if message.rule)
            return replace(letters.summary(len(items), list(watches or rules)), items=items)
        if rule := messages[0].rule:
            return letters.of_rule(rule, items[0])
        letter = letters.message(items)
        return replace(letter, thread=f"story-{messages[0].story}") if len(items) == 1 else letter

    def _shared(self, store: Store, channel: str, item: Item) -> Letter:
        """Compose the letter of a shared article; only a mail has its text."""
        from tuireader.delivery.share import compose

        way = self._context.config.channel(channel)
        by_mail = way is not None and way.kind == "mail"
        return compose(item, store.articles.get(item.article_id) if by_mail else None)

    def _digest(self, store: Store, channel: str, message: OutboxMessage) -> Letter:
        from tuireader.delivery.digests import digest

        config = self._context.config
        form = next((each.format for each in config.digests if each.name == message.title), "auto")
        brief, way = stored_brief(store, message.subject), config.channel(channel)
        assert brief is not None  # else it was dropped
        return digest(brief, way.kind if way else "", form)

    async def _deliver(self, letters: Sequence[Letter], channel: str, around: Surroundings) -> Receipt:
        letter, *more = letters
        config = self._context.config.channel(channel)
        try:
            async with asyncio.timeout(_DEADLINE):
                if not channel:
                    return await programs.deliver(letter, self._context.config.notify)
                if channel == SAVES:
                    return await self._save(letter)
                if channel.startswith(RUNS):
                    return await self._run(letter, channel)
                if config is None:
                    return Receipt(False, f"there is no [[channel]] with this name: {channel}")
                return await send(letter, config, around, more)
        except TimeoutError:
            return Receipt(False, f"took longer than {_DEADLINE:.0f} s", doubtful=True)

    async def _save(self, letter: Letter) -> Receipt:
        """Save the article of a letter; the same file again changes nothing."""
        try:
            await self._articles.save(letter.items[0].article_id)
        except TuireaderError as error:
            return Receipt(False, error.message)
        return Receipt(True)

    async def _run(self, letter: Letter, channel: str) -> Receipt:
        """Run the `[[program]]` of a channel such as `run:archive` on a letter."""
        name = channel.removeprefix(RUNS)
        if command := self._context.config.program(name):
            return await programs.run(command, as_json(letter, channel))
        return Receipt(False, f"there is no [[program]] with this name: {name}")

    def _told(self, letter: Letter, channel: str, receipt: Receipt) -> Told:
        config = self._context.config.channel(channel)
        return Told(
            letter.title,
            body=letter.body,
            # some of a digest have been told before, elsewhere; what a rule sends is no match
            articles=tuple(item.article_id for item in letter.items if letter.kind not in _NO_MATCHES),
            desktop="desktop" in receipt.ways,
            troubles=(receipt.error,) if receipt.error else (),
            channel=channel,
            screen=not channel or (config is not None and config.desktop),
        )

    def _record(
        self, store: Store, *, messages: Sequence[OutboxMessage], receipt: Receipt
    ) -> Undelivered | None:
        """Record a receipt; return what to report if the letter was not accepted."""
        outbox, now = store.outbox, self._now()
        channel, ids = messages[0].channel, [message.id for message in messages]
        if receipt.accepted:
            outbox.accept(messages, (channel,) if channel else receipt.ways, now)
            return None
        if receipt.permanent:
            outbox.give_up(channel, ids, receipt.error, now)
            return Undelivered(channel, receipt.error, len(ids))
        outbox.refuse(messages, receipt.error, now, doubtful=receipt.doubtful)
        retry_at = outbox.back_off(channel, receipt.error, now, receipt.retry_after)
        if hopeless := outbox.hopeless(channel, now):
            outbox.give_up(channel, hopeless, receipt.error, now)
            return Undelivered(channel, receipt.error, len(hopeless))
        return Undelivered(channel, receipt.error, len(ids), retry_at=retry_at)
