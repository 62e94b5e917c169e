"""`[watch_defaults]`, groups and priorities of watches: reading and editing them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tuireader.config import WatchConfig, by_priority, edit, loads
from tuireader.config.shape import KEYS
from tuireader.config.watch_keys import PRIORITIES, with_defaults

DEFAULTS = '[watch_defaults]\nnotify = "story"\npriority = "high"\ngroup = "Law"\n'
A = '[[watch]]\nname = "A"\nany = ["a"]\npriority = "low"\n'
B = '[[watch]]\nname = "B"\nany = ["b"]\nnotify = "x"\n'


def test_the_key_of_a_watch_wins_over_the_defaults() -> None:
    config, problems = loads(A + B + DEFAULTS + 'colour = "red"\n')
    assert [problem.path for problem in problems] == ["watch[2].notify", "watch_defaults.colour"]
    first, second = config.watches
    assert (first.priority, first.notify, first.group) == ("low", "story", "Law")
    assert (second.priority, second.notify) == ("high", "story")  # an invalid value counts as none
    assert [item.name for item in by_priority([first, second, WatchConfig("C")])] == ["B", "C", "A"]
    assert not {"name", "any", "query", "feeds"} & set(KEYS[type(config.watch_defaults)])
    new = with_defaults(WatchConfig("D", ("d",), priority="low"), config.watch_defaults)
    assert (new.priority, new.notify, new.group) == ("low", "story", "Law")
    assert loads("watch_defaults = 3")[0].watches == ()


@pytest.mark.parametrize("other", ["", "[watch_defaults]\n", DEFAULTS, "watch_defaults = 3\n"])
@given(
    priority=st.sampled_from(PRIORITIES),
    notify=st.sampled_from(["never", "story"]),
    group=st.sampled_from(["", "Law", "Money"]),
)
def test_an_edit_writes_what_differs_from_the_defaults(
    other: str, priority: str, notify: str, group: str
) -> None:
    plain = WatchConfig("A", ("a",))
    item = replace(plain, priority=priority, notify=notify, group=group)
    added = edit.add(other, item)
    assert loads(added)[0] == replace(loads(other)[0], watches=(item,))
    changed = edit.update(edit.add(other, plain), "watch", "A", edit.differences(item, plain))
    assert loads(changed)[0].watches == (item,)
    written = loads(edit.tables_as_text(loads(added)[0]))[0]
    assert written == loads(added)[0]
