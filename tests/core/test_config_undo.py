"""Changes of a person's TOML taken back: to the letter, or entry by entry where it was edited since."""

from __future__ import annotations

import tomllib
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuireader.config import FeedConfig, MacroConfig, MuteConfig, ViewConfig, WatchConfig, edit
from tuireader.errors import ConfigError

TEXT = """\
# mine
[[feeds]]
url = "https://a.example/feed"  # a
folder = "News"

[[feeds]]
url = "https://user:secret@b.example/feed"
headers = {X = "1"}

# what must not be missed
[[watch]]
name = "Tolls"  # roads
# not these
any = ["toll"]

[[watch]]
name = "Ferries"
any = ["ferry"]

[[mute]]
query = "weather"
until = 2030-01-31

[[view]]
name = "Fines"
query = "watch:Tolls fine"

[ui]
theme = "nord"  # cold
"""
A = "https://a.example/feed"
Edit = Callable[[str], str]
EDITS: dict[str, Edit] = {
    "watch Roads added": lambda text: edit.add(text, WatchConfig("Roads", any=("road",))),
    "watch Tolls changed": lambda text: edit.update(
        text, "watch", "Tolls", edit.differences(WatchConfig("Tolls", any=("fee",)))
    ),
    "watch Ferries removed": lambda text: edit.remove(text, "watch", "Ferries"),
    "mute sofas added": lambda text: edit.add(text, MuteConfig("sofas")),
    "mute weather changed": lambda text: edit.add(text, MuteConfig("weather", include_watched=True)),
    "mute weather removed": lambda text: edit.remove(text, "mute", MuteConfig("weather")),
    "saved search Sea added": lambda text: edit.add(text, ViewConfig("Sea", "sea")),
    "saved search Fines changed": lambda text: edit.update(text, "view", "Fines", {"query": "fine"}),
    "saved search Fines removed": lambda text: edit.remove(text, "view", "Fines"),
    f"feed {A} changed": lambda text: edit.update(
        text, "feeds", A, {"title": "A", "folder": "", "paused": True}
    ),
    "feed https://b.example/feed removed": lambda text: edit.remove(
        text, "feeds", "https://user:secret@b.example/feed"
    ),
    "2 feeds removed": lambda text: edit.remove(text, "feeds", A, "https://user:secret@b.example/feed"),
    "2 feeds added": lambda text: edit.add(
        text, FeedConfig("https://c.example/"), FeedConfig("https://d.example/")
    ),
    "macro a added": lambda text: edit.add(text, MacroConfig("a", run=("open",))),
    "[ui] changed": lambda text: edit.set_keys(text, "ui", {"theme": '"gruvbox"', "width": "90"}),
    "[fetch] changed": lambda text: edit.set_keys(text, "fetch", {"timeout": "9"}),
}


def step(before: str, change: Edit) -> tuple[str, edit.Step]:
    after = change(before)
    made = edit.step_between(before, after)
    assert made is not None
    return after, made


@pytest.mark.parametrize("what", EDITS)
def test_what_no_one_touched_since_comes_back_to_the_letter(what: str) -> None:
    for text in (TEXT, TEXT.replace("\n", "\r\n"), "\ufeff" + TEXT, TEXT.rstrip("\n")):
        after, made = step(text, EDITS[what])
        assert made.what == what and edit.revert(after, made.packed) == text


@pytest.mark.parametrize("what", EDITS)
def test_what_was_written_by_hand_since_stays(what: str) -> None:
    """Only the entry goes back: the data is that of before, with what was added by hand and its comments."""
    by_hand = '\n# by hand\n[[watch]]\nname = "Own"  # mine alone\nany = ["own"]\n'
    for text in (TEXT, TEXT.replace("\n", "\r\n")):
        after, made = step(text, EDITS[what])
        back = edit.revert(after + by_hand, made.packed)
        wanted = tomllib.loads(text + by_hand)
        found = tomllib.loads(back)
        assert found.pop("fetch", {}) == {}  # a table that was made stays, empty
        assert found == wanted and '# by hand\n[[watch]]\nname = "Own"  # mine alone' in back
        assert "# what must not be missed" in back and "# cold" in back and "# roads" in back
        assert "\r" not in back.replace("\r\n", "") and ("\r\n" in back) == ("\r\n" in text)


def test_feeds_removed_from_several_places_come_back_beside_others() -> None:
    def feeds(names: str) -> str:
        return "".join(f'[[feeds]]\nurl = "https://{name}.example/"\n\n' for name in names)

    gone = ["https://e.example/", "https://b.example/"]
    after, made = step(feeds("abcdef"), lambda text: edit.remove(text, "feeds", *gone))
    assert after == feeds("acdf") and made.what == "2 feeds removed"
    back = tomllib.loads(edit.revert(after + '[[feeds]]\nurl = "https://g.example/"\n', made.packed))
    assert "".join(one["url"][8] for one in back["feeds"]) == "abcdefg"


def test_a_watch_that_was_removed_is_back_in_its_place_with_its_comments() -> None:
    after, made = step(TEXT, lambda text: edit.remove(text, "watch", "Tolls"))
    assert "# not these" in after  # it stays when the watch goes
    back = edit.revert(after + "# more\n", made.packed)
    names = [table["name"] for table in tomllib.loads(back)["watch"]]
    assert names == ["Tolls", "Ferries"] and 'name = "Tolls"  # roads\nany' in back
    assert back.count("# not these") == 1 and back.endswith("# more\n")


@pytest.mark.parametrize("above", ["# by hand\n", '[[mute]]\nquery = "by hand"\n'])
def test_of_equal_entries_the_one_that_was_edited_goes_back(above: str) -> None:
    """Their comments distinguish them; another entry may have been written above them since."""

    def mutes(*queries: str) -> str:
        return "".join(f'[[mute]]\nquery = "{one}"  # number {at}\n' for at, one in enumerate(queries))

    after = mutes("sofas", "lamps", "rugs", "sofas")
    for before in (
        mutes("beds", "lamps", "rugs", "sofas"),
        mutes("sofas", "lamps", "rugs", "beds"),
        mutes("sofas", "lamps", "rugs"),
    ):
        _, made = step(before, lambda _: after)
        assert edit.revert(above + after, made.packed) == above + before


def test_a_name_goes_back_wherever_it_is_asked_for() -> None:
    after, made = step(
        TEXT,
        lambda text: edit.update(
            text, "watch", "Tolls", edit.differences(WatchConfig("Fees", any=("toll",)))
        ),
    )
    assert made.what == "watch Tolls changed" and "watch:Fees" in after
    assert edit.revert(after, made.packed) == TEXT
    back = edit.revert(after.replace("# cold", "# warm"), made.packed)
    assert tomllib.loads(back) == tomllib.loads(TEXT) and "# warm" in back


@pytest.mark.parametrize(
    ("what", "old", "new", "told"),
    [
        ("watch Roads added", '"road"', '"street"', "the watch 'Roads' was changed since"),
        ("watch Roads added", 'name = "Roads"', 'name = "Streets"', "the watch 'Roads' was removed since"),
        ("watch Tolls changed", '"fee"', '"fees"', "the watch 'Tolls' was changed since"),
        ("watch Ferries removed", '"Tolls"', '"ferries"', "the watch 'Ferries' exists again"),
        (
            "mute weather removed",
            "[ui]",
            '[[mute]]\nquery="weather"\n[ui]',
            "the mute 'weather' exists again",
        ),
        ("feed https://b.example/feed removed", "a.example", "user:secret@b.example", "exists again"),
        ("[ui] changed", '"gruvbox"', '"dracula"', r"\[ui\] was changed since"),
    ],
)
def test_what_was_changed_again_is_left_alone(what: str, old: str, new: str, told: str) -> None:
    after, made = step(TEXT, EDITS[what])
    assert old in after
    with pytest.raises(edit.EditedSince, match=told):
        edit.revert(after.replace(old, new), made.packed)


def test_feeds_in_brackets_go_back_too() -> None:
    text = (
        'feeds = [\n  {url = "https://a.example/"},  # a\n  {url = "https://b.example/", paused = true},\n]\n'
    )
    edits: list[Edit] = [
        lambda text: edit.update(text, "feeds", "https://a.example/", {"title": "A"}),
        lambda text: edit.remove(text, "feeds", "https://a.example/"),
        lambda text: edit.add(text, FeedConfig("https://c.example/")),
    ]
    for change in edits:
        after, made = step(text, change)
        assert edit.revert(after, made.packed) == text
        back = edit.revert(f"database = 'x'\n{after}", made.packed)
        assert tomllib.loads(back) == {"database": "x", **tomllib.loads(text)}
    after, made = step("ui = {theme = 'nord'}\n", lambda text: edit.set_keys(text, "ui", {"width": "90"}))
    assert edit.revert(f"# more\n{after}", made.packed) == "# more\nui = {theme = 'nord'}\n"


def test_an_edit_that_removes_changes_and_adds_goes_back_as_a_whole() -> None:
    """Each entry is at its place again, beside what was written by hand."""

    def feeds(*titles: str) -> str:
        tables = (f'[[feeds]]\nurl = "https://{title[0]}.example/"\ntitle = "{title}"\n' for title in titles)
        return "\n".join(tables)

    by_hand = '\n[[feeds]]\nurl = "https://z.example/"\n'
    mutes = [f'\n[[mute]]\nquery = "{query}"\n' for query in "xyz"]
    for before, after in (
        (feeds("a", "b", "c"), feeds("b", "c2")),
        (feeds("a", "b", "c"), feeds("a2", "c")),
        (feeds("a", "b", "c", "d"), feeds("b", "d")),
        (feeds("a", "b") + mutes[0] + mutes[1], feeds("a") + mutes[1] + mutes[2]),
        (feeds("a", "b", "c") + mutes[0], feeds("c") + mutes[0] + mutes[1]),
        (feeds("a") + mutes[0], feeds("a", "b", "c")),
    ):
        _, made = step(before, lambda _, after=after: after)  # type: ignore[misc]
        back = tomllib.loads(edit.revert(after + by_hand, made.packed))
        wanted = tomllib.loads(before + by_hand)
        assert back == wanted, made.what


def test_odd_keys_in_brackets_come_back() -> None:
    text = 'feeds = [{url = "https://a.example/", "odd key" = 1}, {url = "https://b.example/"}]\n'
    after, made = step(text, lambda text: edit.remove(text, "feeds", "https://a.example/"))
    assert tomllib.loads(edit.revert(f"# more\n{after}", made.packed)) == tomllib.loads(text)


def test_values_of_every_kind_come_back() -> None:
    text = '[[feeds]]\nurl = "https://a.example/"\n"odd key" = [1.5, true, 1979-05-27T07:32:00Z, 07:32:00]\n'
    after, made = step(text, lambda text: edit.remove(text, "feeds", "https://a.example/"))
    assert tomllib.loads(edit.revert(f"# more\n{after}", made.packed)) == tomllib.loads(text)
    assert edit.step_between(TEXT, TEXT) is None
    with pytest.raises(ConfigError, match="is not TOML"):
        edit.revert(f"{TEXT}[", step(TEXT, EDITS["watch Roads added"])[1].packed)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "database = 'x'\n"),
        ("database = 'x'\n", ""),
        ("database = 'x'\n", "database = 'y'\n"),
        ("ui = 90\n", "[ui]\nwidth = 90\n"),
        ("[ui]\nwidth = 90\n", "ui = 90\n"),
        ("feeds = ['https://a.example/']\n", "[[feeds]]\nurl = 'https://a.example/'\n"),
    ],
)
def test_values_that_are_no_tables_go_back_with_the_whole_text_alone(before: str, after: str) -> None:
    step = edit.step_between(before, after)
    assert step is not None and step.what == "configuration changed"
    assert edit.revert(after, step.packed) == before
    with pytest.raises(edit.EditedSince, match="edited since"):
        edit.revert(f"# more\n{after}", step.packed)


def test_headers_in_a_table_of_their_own_go_back() -> None:
    text = '[[feeds]]\nurl = "https://a.example/"\n[feeds.headers]\nX = "1"\n'
    made = edit.step_between(text.replace('"1"', '"2"'), text)
    assert made is not None and made.what == "feed https://a.example/ changed"
    back = edit.revert(f"# more\n{text}", made.packed)
    assert tomllib.loads(back)["feeds"] == [{"url": "https://a.example/", "headers": {"X": "2"}}]
    with pytest.raises(edit.EditedSince, match="cannot be made safely"):  # nan is not equal to itself
        edit.revert(f"{text}[x]\nnumber = nan\n", made.packed)


def test_what_is_said_of_several_entries() -> None:
    two = edit.add(edit.add(TEXT, FeedConfig("https://c.example/")), ViewConfig("Sea", "sea"))
    three = edit.set_keys(two, "ui", {"width": "90"})
    odd = f'{TEXT}[[watch]]\nname = "a\\u001b[31m"\nany = ["x"]\n'
    for after, name, wanted in (
        (two, "", "1 feed added, 1 saved search added"),
        (three, "", "1 feed added, 1 saved search added, [ui] changed"),
        (two, "import: 1 feed", "import: 1 feed"),
        (odd, "", "watch a added"),
    ):
        made = edit.step_between(TEXT, after, name)
        assert made is not None and made.what == wanted


def test_feeds_that_have_moved_are_named() -> None:
    after, made = step(TEXT, lambda text: edit.update(text, "feeds", A, {"url": "https://n.example/"}))
    assert edit.reverted_urls(made.packed) == [("https://n.example/", A)]
    assert edit.reverted_urls(step(TEXT, EDITS["watch Roads added"])[1].packed) == []
    assert edit.revert(after, made.packed) == TEXT


@settings(max_examples=20, deadline=None)
@given(st.lists(st.sampled_from(sorted(EDITS)), max_size=12), st.integers(0, 12), st.booleans())
def test_a_chain_goes_back_in_its_order(names: list[str], by_hand: int, crlf: bool) -> None:
    """Undone one after the other, every state comes back; after an edit by hand, its data with the edit."""
    text = TEXT.replace("\n", "\r\n") if crlf else TEXT
    states, steps = [text], list[edit.Step]()
    for name in names:
        try:
            after = EDITS[name](text)
        except ConfigError:  # what it changes is gone
            continue
        if made := edit.step_between(text, after):
            steps.append(made)
            states.append(after)
        text = after
    states.pop()
    for count, (made, state) in enumerate(zip(reversed(steps), reversed(states), strict=True)):
        if count == by_hand:
            text += "\n# by hand\n"
        text = edit.revert(text, made.packed)
        if count < by_hand:
            assert text == state
        found, wanted = tomllib.loads(text.lstrip("\ufeff")), tomllib.loads(state.lstrip("\ufeff"))
        assert found.pop("fetch", {}) == wanted.pop("fetch", {})
        assert found == wanted and ("# by hand" in text) == (count >= by_hand)
