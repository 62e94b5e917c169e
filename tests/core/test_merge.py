"""Merging a mark of the store with that of a server."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tuireader.sync.merge import Known, pulled

MARKS = st.builds(Known, st.booleans(), st.booleans(), st.none() | st.booleans())


@given(MARKS, st.booleans())
def test_a_pull_never_changes_what_is_pending(known: Known, server: bool) -> None:
    after = pulled(known, server)
    assert after.server is server
    assert after.local is (known.local if known.pending else server)


@given(MARKS, st.booleans())
def test_both_agree_or_the_mark_stays_pending(known: Known, server: bool) -> None:
    after = pulled(known, server)
    assert after.pending or after.local is server
    assert not (after.pending and known.sent is None and known.local is server)


@given(MARKS, st.booleans())
def test_what_was_sent_another_way_stays_in_doubt(known: Known, server: bool) -> None:
    after = pulled(known, server)
    in_doubt = known.sent is not None and not (known.sent is server and known.local is server)
    assert (after.sent is not None) is in_doubt
