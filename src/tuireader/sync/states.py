"""Merge the marks that a server lists with those of the store, and settle which entries are gone."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from msgspec import Struct, field

from tuireader.model import Evidence
from tuireader.model.accounts import Mark
from tuireader.store import Store
from tuireader.store.accounts.remote import RemoteRow
from tuireader.store.articles.articles import StoredText
from tuireader.sync import merge
from tuireader.sync.backend import States

DOUBTED_SHARE = 5  # a list that lacks more than one in five known entries is doubted


class Stored(Struct):
    """The result of storing a step: numbers of new and edited articles and of marks, and new matches."""

    new: int = 0
    changed: int = 0
    marks: int = 0
    matches: list[tuple[StoredText, Evidence]] = field(default_factory=list)


def merge_marks(
    store: Store, account: int, mark: Mark, marks: Mapping[str, bool], rows: Mapping[str, RemoteRow], now: int
) -> int:
    """Take the marks that changed on the server; return their number. Needs a transaction."""
    seen: list[tuple[str, bool, bool | None]] = []
    taken: dict[bool, list[int]] = {True: [], False: []}
    for remote_id, value in marks.items():
        row = rows[remote_id]
        before = merge.Known(*row.marks[mark])
        after = merge.pulled(before, value)
        if after != before:
            seen.append((remote_id, after.server, after.sent))
        if after.local != before.local:
            taken[after.local].append(row.article_id)
    store.remote.seen(account, mark, seen)
    changed = [store.marks.set(mark, ids, value, now=now, journal=False).ids for value, ids in taken.items()]
    return sum(map(len, changed))


class Compared(Struct, frozen=True):
    """The difference between the marks that a server lists and those last seen there.

    `unread` and `starred` became so, or wait to be sent; `unsure` may be so no longer and are to be looked
    up; `missing` are not among those `listed`. `is_usual` is false if it may be another server.
    """

    unread: list[str]
    starred: list[str]
    unsure: tuple[str, ...]
    missing: frozenset[str]
    listed: frozenset[str] = frozenset()
    is_usual: bool = True


def compare(store: Store, account_id: int, states: States) -> Compared:
    """Compare sets of ids with the store; only what is listed is believed. Needs a transaction."""
    known = store.remote.all(account_id) if states.complete else set()
    missing = frozenset(known - states.listed)
    unread, no_longer_unread = store.remote.compare(account_id, Mark.READ, False, states.unread)
    starred, no_longer_starred = store.remote.compare(account_id, Mark.STARRED, True, states.starred)
    unsure = dict.fromkeys(ident for ident in (*no_longer_unread, *no_longer_starred) if ident not in missing)
    is_usual = not (unread or starred or len(missing) * 2 > len(known))  # entries are rarely marked as unread
    return Compared(unread, starred, tuple(unsure), missing, listed=states.listed, is_usual=is_usual)


def store_states(store: Store, account_id: int, compared: Compared, now: int) -> Stored:
    """Take the marks that a server lists. Needs a transaction."""
    done = Stored()
    store.remote.confirm(account_id, compared.listed)
    for mark, value, listed in ((Mark.READ, False, compared.unread), (Mark.STARRED, True, compared.starred)):
        known = store.remote.rows(account_id, listed)
        done.marks += merge_marks(store, account_id, mark, dict.fromkeys(known, value), known, now)
    return done


def settle_missing(
    store: Store, account_id: int, missing: Collection[str], now: int, *, believed: bool
) -> None:
    """Forget the entries that a server no longer lists, unless they are too many to be believed at once.

    More than a fifth is believed if the user says so, or after several lists over a day. Entries whose
    article has another entry by now have only been renumbered. Needs a transaction.
    """
    renumbered = store.remote.replaced(account_id, missing)
    store.remote.forget(account_id, renumbered, renumbered=True)
    missing = set(missing) - renumbered
    gone: Collection[str] = missing
    if len(missing) * DOUBTED_SHARE > len(store.remote.all(account_id)) and not believed:
        store.remote.set_missing(account_id, missing, now)
        gone = store.remote.missing_for_long(account_id, now)
    else:
        store.remote.set_missing(account_id, (), now)
    store.remote.forget(account_id, gone)
