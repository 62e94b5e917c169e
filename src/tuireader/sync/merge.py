"""Merge a mark in the store with that on a server; both may have changed since they last agreed.

A mark is true or false, so if both sides have changed it, they agree again: no clocks are compared, and what
the user did and the server does not know yet always wins.
"""

from __future__ import annotations

from msgspec import Struct


class Known(Struct, frozen=True):
    """A mark of an entry: in the store, on the server when last seen, and as sent without an answer yet.

    `sent` stays set if a sync ends between a request and its answer: the server may have either value, or may
    still change it.
    """

    local: bool
    server: bool
    sent: bool | None = None

    @property
    def pending(self) -> bool:
        """Return whether the store's mark has to be sent to the server."""
        return self.server != self.local or self.sent is not None


def pulled(known: Known, server: bool) -> Known:
    """Merge the mark that the server reports."""
    if not known.pending:
        return Known(server, server)
    if server == known.local and known.sent in (None, server):
        return Known(server, server)
    return Known(known.local, server, known.sent)
