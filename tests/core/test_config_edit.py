"""Edits of a person's TOML: the change is there, and everything else is as it was."""

import os
import stat
import tomllib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.processes import at_once
from tuireader.config import FeedConfig, MacroConfig, MuteConfig, ViewConfig, WatchConfig, loads
from tuireader.config import edit as config_edit
from tuireader.config.edit import add, change, differences, remove, rename_folder, update
from tuireader.config.edit.data import proven
from tuireader.config.edit.programs import keeping_programs
from tuireader.config.toml_lines import StatementKind, statements
from tuireader.errors import ConfigError, UsageError

OURS = """\
# My feeds, in no order.
database = "x.db"  # here

[[feeds]]  # the first
url = "https://a.example/feed" # a
# it is slow
title = 'A'
# interval = "2h"

# --- security
[[feeds]]
url = "https://b.example/feed"
headers = {X = "1"}

# What must not be missed.
[[watch]]
name = "X"
any = [
  "one", # first
  "two # not a comment",
]

# The end.
"""
A = "https://a.example/feed"
NEW = FeedConfig("https://c.example/")


def comments(text: str) -> list[str]:
    """The lines that are comments and nothing else."""
    lines = text.removeprefix("\ufeff").splitlines()
    return [line.strip() for line in lines if line.strip().startswith("#")]


def names(folder: Path) -> set[str]:
    """What stands in a folder."""
    return {path.name for path in folder.iterdir()}


# --------------------------------------------------------------------------- adding


def test_a_feed_goes_behind_the_others() -> None:
    edited = add(OURS, FeedConfig("https://c.example/feed", title='The "C"', folder="News"))
    addition = '\n[[feeds]]\nurl = "https://c.example/feed"\ntitle = "The \\"C\\""\nfolder = "News"\n'
    place = OURS.index("\n# What must")
    assert edited == OURS[:place] + addition + OURS[place:]


def test_the_first_feed_of_a_file() -> None:
    assert add("", FeedConfig("https://a.example/")) == '[[feeds]]\nurl = "https://a.example/"\n'
    edited = add("[ui]\nwidth = 70 # wide", FeedConfig("https://a.example/"))
    assert edited == '[ui]\nwidth = 70 # wide\n\n[[feeds]]\nurl = "https://a.example/"\n'


def test_a_feed_that_is_there_is_not_added_again() -> None:
    same = [FeedConfig("HTTPS://A.example:443/feed#x"), FeedConfig("https://b.example/feed")]
    assert add(OURS, *same) == OURS
    twice = [FeedConfig("https://c.example/"), FeedConfig("https://C.example")]
    assert len(loads(add(OURS, *twice))[0].feeds) == 3


def test_many_feeds_are_one_edit() -> None:
    many = [FeedConfig(f"https://example.org/{number}") for number in range(500)]
    config, problems = loads(add(OURS, *many))
    assert problems == ()
    assert config.feeds[2:] == tuple(many)


def test_a_comment_above_the_next_table_stays_with_it() -> None:
    text = '[[feeds]]\nurl = "https://a.example/"\n# more to say of a\n\n# theme\n[ui]\n'
    edited = add(text, FeedConfig("https://b.example/"))
    assert edited == text.replace("\n\n# theme", '\n\n[[feeds]]\nurl = "https://b.example/"\n\n# theme')
    close = '[[feeds]]\nurl = "https://a.example/"\n# theme\n[ui]\n'
    edited = add(close, FeedConfig("https://b.example/"))
    assert edited == close.replace("# theme", '\n[[feeds]]\nurl = "https://b.example/"\n\n# theme')


def test_line_ends_and_byte_order_mark_are_kept() -> None:
    text = "\ufeff" + OURS.replace("\n", "\r\n")
    edited = update(add(text, NEW), "feeds", "https://c.example/", {"title": "C"})
    assert edited.startswith("\ufeff#")
    assert edited.count("\n") == edited.count("\r\n")
    assert loads(edited)[0].feeds[-1] == FeedConfig("https://c.example/", title="C")


def test_feeds_in_brackets() -> None:
    text = '# mine\nfeeds = [\n  {url = "https://a.example/"}, # a\n]\n[ui]\nwidth = 70 # wide\n'
    edited = add(text, FeedConfig("https://b.example/"))
    edited = update(edited, "feeds", "https://a.example/", {"title": "A"})
    assert [feed.url for feed in loads(edited)[0].feeds] == ["https://a.example/", "https://b.example/"]
    assert loads(edited)[0].feeds[0].title == "A"
    assert {"# mine", "# a", "# wide"} <= {"#" + line.partition("#")[2] for line in edited.splitlines()}
    emptied = remove(edited, "feeds", "https://a.example/", "https://b.example/")
    assert loads(emptied)[0].feeds == ()


def test_a_watch_is_added() -> None:
    watch = WatchConfig("Y", any=("one", "微信"), all=(("a", "b"), ("c",)), color="green", notify="story")
    edited = add(OURS, watch)
    assert loads(edited)[0].watches[-1] == watch
    assert comments(edited) == comments(OURS)
    assert edited.endswith("\n\n# The end.\n")


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda text: add(text, WatchConfig("x", any=("one",))), "there is already a watch named 'x'"),
        (lambda text: add(text, WatchConfig("Y")), "searches for nothing"),
        (lambda text: add(text, WatchConfig("Y", query="(a")), "query"),
        (lambda text: add(text, FeedConfig("javascript:1")), "should begin with http"),
        (lambda text: remove(text, "feeds", "https://me:pw@c.example/"), "has no feed https://c.example/"),
        (
            lambda text: update(text, "feeds", "https://c.example/", {"title": "C"}),
            "has no feed https://c.example/",
        ),
        (lambda text: update(text, "feeds", A, {"interval": 1}), "should be between"),
        (lambda text: update(text, "feeds", A, {"color": "red"}), "no key 'color'"),
        (lambda text: update(text, "feeds", A, {"url": "https://B.example/feed"}), "already"),
    ],
)
def test_what_is_refused(edit: Callable[[str], str], message: str) -> None:
    with pytest.raises(ConfigError, match=message.replace("(", r"\(")):
        edit(OURS)


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        (b"a = ", "fix it first"),
        (b"[ui]\nx = 1\nx = 2", "fix it first"),
        (b"feeds = 3", "fix it first"),
        (b"[feeds]\nurl = 'x'", "fix it first"),
        (b"# \xe9\n", "is not UTF-8"),
    ],
)
def test_a_broken_file_is_not_touched(broken: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(broken)
    with pytest.raises(ConfigError, match=message):
        change(path, lambda text: add(text, NEW))
    assert path.read_bytes() == broken
    assert names(tmp_path) == {"config.toml"}


# --------------------------------------------------------------------------- changing and removing


def test_values_are_set_where_they_stand_and_a_default_takes_the_key_out() -> None:
    edited = update(OURS, "feeds", A, {"title": "New", "folder": "F", "url": "https://a.example/atom"})
    assert edited == OURS.replace("title = 'A'", 'title = "New"\nfolder = "F"').replace(
        '"https://a.example/feed" # a', '"https://a.example/atom" # a'
    )
    assert update(OURS, "feeds", A, {"title": "", "paused": False}) == OURS.replace("title = 'A'\n", "")
    headers = (("A", "1"), ("B", "2"))
    changes = {"interval": 7200, "paused": True, "headers": headers}
    edited = update(OURS, "feeds", "https://b.example/feed", changes)
    feed = loads(edited)[0].feeds[1]
    assert (feed.interval, feed.paused, feed.headers) == (7200, True, headers)
    assert 'interval = "2h"\n' in edited


@pytest.mark.parametrize("spelling", ["https://A.example/feed", "https://a.example:443/feed", A])
def test_a_feed_may_get_another_spelling_of_its_own_address(spelling: str) -> None:
    edited = update(OURS, "feeds", A, {"url": spelling})
    assert urls_of(edited) == [spelling, *urls_of(OURS)[1:]]
    # in whatever spelling the feed is named
    assert urls_of(update(edited, "feeds", "https://A.EXAMPLE/feed", {"url": A})) == urls_of(OURS)
    with pytest.raises(ConfigError, match=r"already has https://B\.example/feed"):
        update(edited, "feeds", spelling, {"url": "https://B.example/feed"})


def test_a_feed_may_not_get_the_command_of_another() -> None:
    text = OURS.replace(f'url = "{A}"', 'command = ["a"]').replace(
        'url = "https://b.example/feed"', 'command = ["b"]'
    )
    second = loads(text)[0].feeds[1].url
    changed = update(text, "feeds", second, {"command": ("b", "more")})
    assert [feed.command for feed in loads(changed)[0].feeds] == [("a",), ("b", "more")]
    assert loads(update(text, "feeds", second, {"command": ("b",)}))[0] == loads(text)[0]
    with pytest.raises(ConfigError, match="already has"):
        update(text, "feeds", second, {"command": ("a",)})


def test_a_table_below_a_feed_is_left_alone() -> None:
    text = '[[feeds]]\nurl = "https://a.example/"\n[feeds.headers]\nX = "1"\n[[feeds]]\nurl = "https://b.example/"\n'
    edited = update(text, "feeds", "https://a.example/", {"title": "A"})
    assert edited == text.replace("\n[feeds.h", '\ntitle = "A"\n[feeds.h')
    assert remove(text, "feeds", "https://a.example/") == '[[feeds]]\nurl = "https://b.example/"\n'


def test_a_value_over_several_lines_is_replaced_whole() -> None:
    text = '[[feeds]]\ntitle = """\nurl = "x"\n""" # t\nurl = "https://a.example/feed"\n'
    assert (
        update(text, "feeds", A, {"title": "A"})
        == '[[feeds]]\ntitle = "A" # t\nurl = "https://a.example/feed"\n'
    )


def test_a_feed_is_removed_and_its_comments_stay() -> None:
    edited = remove(OURS, "feeds", A)
    assert comments(edited) == comments(OURS)
    assert [feed.url for feed in loads(edited)[0].feeds] == ["https://b.example/feed"]
    assert remove(edited, "feeds", "HTTPS://b.example/feed").count("[[feeds]]") == 0


def test_what_was_added_can_be_removed_without_a_trace() -> None:
    assert remove(add(OURS, NEW), "feeds", NEW.url) == OURS


def test_keys_in_brackets_are_taken_out() -> None:
    text = 'feeds = [{url = "https://a.example/", title = "A", paused = true}]\n'
    edited = update(text, "feeds", "https://a.example/", {"title": "", "paused": False})
    assert loads(edited)[0].feeds == (FeedConfig("https://a.example/"),)


def test_a_feed_with_a_broken_address_can_be_removed() -> None:
    text = OURS.replace("https://a.example/feed", "http://[::1")
    assert len(loads(remove(text, "feeds", "http://[::1"))[0].feeds) == 1
    assert len(loads(add(text, NEW))[0].feeds) == 2


@pytest.mark.parametrize(
    "text",
    [
        OURS + "[x]\nnumber = nan\n",  # nan is not equal to itself
        # tomlkit would join the two runs of [[x]] around [y], which are none of the edit's business
        f'feeds = [{{url = "{A}"}}]\n[[x]]\na = 1\n[y]\nb = 1\n[[x]]\na = 2\n',
    ],
    ids=["nan", "a bracketed list"],
)
def test_an_edit_that_cannot_be_proven_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="cannot be made safely"):
        update(text, "feeds", A, {"title": "A"})


def test_of_two_feeds_with_one_address_the_one_in_force_is_edited() -> None:
    text = f'[[feeds]]\nurl = "{A}"\ntitle = "first"\n[[feeds]]\nurl = "{A}"\ntitle = "second"\n'
    config, problems = loads(update(text, "feeds", A, {"title": "new"}))
    assert [feed.title for feed in config.feeds] == ["new"] and len(problems) == 1
    assert [feed.title for feed in loads(remove(text, "feeds", A))[0].feeds] == ["second"]


def test_a_feed_that_has_both_an_address_and_a_command_is_found_by_its_address() -> None:
    text = f'[[feeds]]\nurl = "{A}"\ncommand = ["a"]\n'
    assert update(text, "feeds", A, {"title": "A"}).endswith('title = "A"\n')


@pytest.mark.parametrize("text", ["a = ", "a = 2", "a = 1\na = 1", "a = 1\nb = 1", ""])
def test_only_text_that_reads_as_expected_is_written(text: str) -> None:
    with pytest.raises(ConfigError, match="cannot be made safely"):
        proven(text, {"a": 1})
    assert proven("\ufeffa = 1", {"a": 1}) == "\ufeffa = 1"


@pytest.mark.parametrize("headers", ['headers.X = "1"\nheaders.Y = "2"\n', '[feeds.headers]\nX = "1"\n'])
def test_headers_are_replaced_however_they_are_written(headers: str) -> None:
    text = OURS + f'[[feeds]]\nurl = "https://d.example"\n{headers}# end\n'
    edited = update(text, "feeds", "https://d.example", {"headers": (("Z", "3"),), "title": "D"})
    assert loads(edited)[0].feeds[-1] == FeedConfig("https://d.example", title="D", headers=(("Z", "3"),))
    assert edited.startswith(OURS) and edited.endswith("# end\n")


def test_a_folder_of_many_feeds_is_renamed_in_one_edit() -> None:
    """Each of the feeds was an edit of its own once, which took minutes for thousands of them."""
    text = add(OURS, *(FeedConfig(f"https://example.org/{at}", folder="Old") for at in range(200)))
    edited = rename_folder(text, "Old", "New")
    assert edited == text.replace('folder = "Old"', 'folder = "New"')


# --------------------------------------------------------------------------- any file

comment = st.text("ab[]\"'=# ", max_size=12).map("# ".__add__)
blank = st.just("")
filler = st.lists(comment | blank, max_size=3)


@st.composite
def feed_blocks(draw: st.DrawFn) -> list[str]:
    number = draw(st.integers(0, 10**6))
    lines = [f"[[feeds]]{draw(st.sampled_from(['', ' # x']))}"]
    pairs = [f'url = "https://example.org/{number}"{draw(st.sampled_from(["", " # u"]))}']
    long = 'folder = """a\n# no comment\n[[feeds]]"""'
    more = st.sampled_from(["title = 'T # t'", long, "paused = true", "headers = {A = '1'}"])
    pairs += draw(st.lists(more, unique=True))
    for pair in draw(st.permutations(pairs)):
        lines += [*draw(filler), pair]
    return [*lines, *draw(st.sampled_from([[], ["[feeds.more]", "x = 1"]]))]


@st.composite
def files(draw: st.DrawFn) -> str:
    others = ["[ui]\nwidth = 70", "[[watch]]\nname = 'X'\nany = [ # one\n 'x',\n]", "[fetch] # f"]
    tables = draw(st.lists(feed_blocks().map("\n".join), max_size=4)) + draw(
        st.lists(st.sampled_from(others), unique=True)
    )
    lines = [*draw(filler), *draw(st.sampled_from([[], ["database = 'x' # d"]]))]
    for table in draw(st.permutations(tables)):
        lines += [*draw(filler), table]
    text = "\n".join([*lines, *draw(filler)]) + draw(st.sampled_from(["", "\n", "\n\n"]))
    return draw(st.sampled_from([text, text.replace("\n", "\r\n"), "\ufeff" + text]))


def data_of(text: str) -> dict[str, Any]:
    return tomllib.loads(text.removeprefix("\ufeff"))


def urls_of(text: str) -> list[str]:
    return [one["url"] for one in data_of(text).get("feeds", [])]


titles = st.text(st.characters(exclude_categories=["C", "Z"]) | st.just(" "), max_size=10).map(str.strip)


@settings(max_examples=settings().max_examples // 4)
@given(files(), st.lists(st.integers(-9, -1), max_size=3), titles)
def test_adding_keeps_every_line(text: str, numbers: list[int], title: str) -> None:
    new = [FeedConfig(f"https://example.org/{number}", title=title) for number in numbers]
    edited = add(text, *new)
    lines = iter(edited.splitlines())
    assert all(line in lines for line in text.splitlines())  # all old lines, in their old order
    assert urls_of(edited) == [*urls_of(text), *dict.fromkeys(feed.url for feed in new)]


@settings(max_examples=settings().max_examples // 4)
@given(files(), st.data(), titles)
def test_setting_and_removing_keep_comments_and_the_rest(text: str, data: st.DataObject, title: str) -> None:
    urls = urls_of(text)
    if not urls:
        return
    url = data.draw(st.sampled_from(urls))
    named = update(text, "feeds", url, {"title": title, "paused": False})
    assert data_of(named)["feeds"][urls.index(url)].get("title", "") == title
    changed = ("title =", "paused =")
    untouched = [line for line in text.splitlines() if not line.startswith(changed)]
    assert [line for line in named.splitlines() if not line.startswith(changed)] == untouched
    removed = remove(text, "feeds", url)
    assert urls_of(removed) == [other for at, other in enumerate(urls) if at != urls.index(url)]
    for edited in (named, removed):
        rest, before = data_of(edited), data_of(text)
        rest.pop("feeds", None)
        before.pop("feeds", None)
        assert rest == before
        assert real_comments(edited) == real_comments(text)


def real_comments(text: str) -> list[str]:
    """Comment lines but for what looks like one inside of the long text that `feed_blocks` makes."""
    return [line for line in comments(text) if line != "# no comment"]


# --------------------------------------------------------------------------- files


def test_a_new_file_is_private(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "config.toml"
    change(path, lambda text: add(text, FeedConfig("https://a.example/")))
    assert loads(path.read_text(encoding="utf-8"))[0].feeds == (FeedConfig("https://a.example/"),)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert names(path.parent) == {"config.toml"}


def test_mode_and_link_are_kept(tmp_path: Path) -> None:
    real = tmp_path / "dotfiles" / "real.toml"
    real.parent.mkdir()
    real.write_text(OURS, encoding="utf-8")
    real.chmod(0o640)
    link = tmp_path / "config.toml"
    link.symlink_to(real)
    change(link, lambda text: remove(text, "feeds", A))
    assert link.is_symlink()
    assert len(loads(real.read_text(encoding="utf-8"))[0].feeds) == 1
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert names(real.parent) == {"real.toml"}


def test_edits_at_once_take_turns(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"

    def adding(feed: FeedConfig) -> Callable[[str], str]:
        return lambda text: add(text, feed)

    def add_ten(name: str) -> None:
        for number in range(10):
            change(path, adding(FeedConfig(f"https://example.org/{name}/{number}")))

    assert at_once([partial(add_ten, name) for name in "abc"]) == [0, 0, 0]
    assert len(loads(path.read_text(encoding="utf-8"))[0].feeds) == 30


def test_a_place_where_no_file_can_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    os.mkfifo(tmp_path / "pipe")
    for path, message in (
        (tmp_path / "file" / "config.toml", "cannot be changed"),
        (tmp_path / "pipe", "is not a regular file"),
        (Path("/dev/null"), "is not a regular file"),
    ):
        with pytest.raises(ConfigError, match=message):
            change(path, lambda text: text + "# x\n")
        assert not path.is_file()


def test_an_edit_that_changes_nothing_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    change(path, lambda text: text)
    assert names(tmp_path) == set()


def test_a_watch_and_a_view_are_taken_out_and_put_in_place() -> None:
    text = '# w\n[[watch]]\nname = "A"  # a\nany = ["x"]\n\n[[watch]]\nname = "B"\nany = ["y"]\n'
    assert remove(text, "watch", "a") == '# w\n\n[[watch]]\nname = "B"\nany = ["y"]\n'
    with pytest.raises(ConfigError, match="no watch 'C'"):
        remove(text, "watch", "C")
    views = add(add("", ViewConfig("One", "a")), ViewConfig("Two", "b"))
    edited = update(views, "view", "two", differences(ViewConfig("three", "c")))
    assert edited == views.replace('"Two"', '"three"').replace('"b"', '"c"')
    assert update(views, "view", "One", differences(ViewConfig("ONE", "c"))).count("[[view]]") == 2
    with pytest.raises(ConfigError, match="there is already a saved search named 'one'"):
        update(views, "view", "Two", differences(ViewConfig("one", "c")))


def test_a_watch_has_another_name_in_the_expressions_that_ask_for_it() -> None:
    text = """\
[[watch]]
name = "Old one"
any = ["x"]
[[view]]
name = "Old one"
query = 'watch:"old one" OR title:"Old one"'
[[mute]]
query = "watch:Old"
"""
    wanted = text.replace('[[watch]]\nname = "Old one"', '[[watch]]\nname = "New"')
    wanted = wanted.replace(
        """'watch:"old one" OR title:"Old one"'""", r'''"watch:\"New\" OR title:\"Old one\""'''
    )
    assert update(text, "watch", "Old one", differences(WatchConfig("New", any=("x",)))) == wanted
    assert update(text, "watch", "Old one", differences(WatchConfig("Old one", any=("x",)))) == text


def test_a_folder_has_another_name_wherever_it_is_named() -> None:
    text = """\
[[feeds]]
url = "https://a.example/"
folder = "Old"  # here
[[feeds]]
url = "https://b.example/"
folder = "Other"
[[watch]]
name = "W"
any = ["x"]
feeds = ["Old", "New", "https://b.example/"]  # both
query = 'folder:"Old" OR title:Old'
[[mute]]
feed = "Old"
[[mute]]
query = "folder:old -webinar"  # here, too
[[view]]
name = "V"
query = "folder:(Old OR Older)"
[[view]]
name = "Broken"
query = "folder:Old ("
"""
    wanted = text.replace('folder = "Old"', 'folder = "New"').replace('feed = "Old"', 'feed = "New"')
    wanted = wanted.replace("'folder:\"Old\" OR title:Old'", '"folder:\\"New\\" OR title:Old"')
    wanted = wanted.replace("folder:old -webinar", "folder:New -webinar").replace(
        "(Old OR Older", "(New OR Older"
    )
    wanted = wanted.replace('["Old", "New", "https://b.example/"]', '["New", "https://b.example/"]')
    assert rename_folder(text, "Old", "New") == wanted
    alone = rename_folder(text, "Old", "")
    assert 'folder = "Old"' not in alone and loads(alone)[0].feeds[0].folder == ""
    with pytest.raises(ConfigError, match="no folder 'Nope'"):
        rename_folder(text, "Nope", "New")


# --------------------------------------------------------------------------- plain tables


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "[ui]\nwidth = 90\n"),
        ("# mine", "# mine\n\n[ui]\nwidth = 90\n"),
        ("[ui]", "[ui]\nwidth = 90\n"),
        (
            "[ui]\n# why\ntheme = 'x' # so\n\n[keys]\n",
            "[ui]\n# why\ntheme = 'x' # so\nwidth = 90\n\n[keys]\n",
        ),
        ("[ui]\r\nwidth = 80 # wide\r\n", "[ui]\r\nwidth = 90 # wide\r\n"),
        ("[ui]\r\ntheme = 'x'", "[ui]\r\ntheme = 'x'\r\nwidth = 90\r\n"),
        ("ui.theme = 'x'\n", "ui.theme = 'x'\nui.width = 90\n"),
        ("\ufeff[ui]\n", "\ufeff[ui]\nwidth = 90\n"),
    ],
)
def test_values_of_a_plain_table(text: str, expected: str) -> None:
    assert config_edit.set_keys(text, "ui", {"width": "90"}) == expected


def test_values_that_cannot_be_set_are_refused() -> None:
    assert config_edit.set_keys("# x\n", "ui", {}) == "# x\n"
    with pytest.raises(ConfigError, match=r"ui\.width"):
        config_edit.set_keys("", "ui", {"width": '"broad"'})
    with pytest.raises(ConfigError, match="ui is not a table"):
        config_edit.set_keys("ui = 3\n", "ui", {"width": "90"})
    with pytest.raises(ConfigError):
        config_edit.set_keys("[ui\n", "ui", {"width": "90"})


def test_several_tables_at_once() -> None:
    macros = [MacroConfig("a", run=("open",)), MacroConfig("b", "B", ("x", "{url}"))]
    text = add("# mine\n", *macros)
    assert loads(text)[0].macros == tuple(macros) and text.startswith("# mine\n")
    with pytest.raises(ConfigError, match="does nothing"):
        add(text, MacroConfig("c"))


def test_a_line_that_is_no_pair_is_kept_as_it_is() -> None:
    found = [(one.kind, one.name) for one in statements("what is this\na = 1\n")]
    assert found[:2] == [(StatementKind.PAIR, ""), (StatementKind.PAIR, "a")]
    quoted = statements('\'a b\' = 1\n"c\\u0064" = 2\n"\\q" = 3\n')
    assert [one.name for one in quoted] == ["a b", "cd", "\\q"]


def test_mutes_are_added_beside_one_that_is_there() -> None:
    text = add('[[mute]]\nquery = "a"\n', MuteConfig("a", include_watched=True), MuteConfig("b"))
    assert text == '[[mute]]\nquery = "a"\ninclude_watched = true\n\n[[mute]]\nquery = "b"\n'


def test_a_change_may_not_make_a_table_useless() -> None:
    """A feed with a filter for its mail folder would disappear."""
    text = '[[feeds]]\nurl = "maildir:~/Mail"\n'
    with pytest.raises(ConfigError, match="cannot change a mail folder"):
        update(text, "feeds", "maildir:~/Mail", {"filter": ("cat",)})
    broken = text + 'filter = ["cat"]\n'  # a problem that is there already blocks no other change
    assert update(broken, "feeds", "maildir:~/Mail", {"title": "M"}) == broken + 'title = "M"\n'


def test_digests_follow_a_new_name_of_a_watch() -> None:
    text = '[[watch]]\nname = "W"\nany = ["w"]\n[[watch]]\nname = "V"\nany = ["v"]\n'
    text += '[[digest]]\nname = "d"\nat = "07:30"\nwatches = ["V", "W"]\n'
    text += '[[digest]]\nname = "e"\nat = "07:30"\nquery = "watch:W -x"\n'
    wanted = text.replace('"W"', '"New"').replace("watch:W", "watch:New")
    assert update(text, "watch", "W", {"name": "New"}) == wanted


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", '[notify]\ncommand = ["x"]\n'),
        ('[notify]\ncommand = ["x"]\n', '[notify]\ncommand = ["y"]\n'),
        ('[[feeds]]\ncommand = ["x"]\n', ""),
        ("[[feeds]]\n", '[[feeds]]\nfilter = ["x"]\n'),
        ("", '[ui]\nbrowser = ["x"]\n'),
        ('[[account]]\npassword = "env:X"\n', '[[account]]\npassword = "cmd:x"\n'),
        ("", '[open]\n"audio/*" = ["x"]\n'),
        ("", '[[program]]\nname = "p"\ncommand = ["x"]\n'),
        ('[[program]]\nname = "p"\ncommand = ["x"]\n', '[[program]]\nname = "q"\ncommand = ["x"]\n'),
        ("", '[[rule]]\nname = "r"\nquery = "x"\nthen = "run:p"\n'),
        ('[[macro]]\ncommand = ["x"]\n', '[[macro]]\nshell = true\ncommand = ["x"]\n'),
    ],
)
def test_programs_are_kept(before: str, after: str) -> None:
    with pytest.raises(UsageError, match="programs and written files can be neither named"):
        keeping_programs(lambda text: after)(before)
    for text in (before, after):
        assert keeping_programs(lambda text: f"{text}\n# more")(text) == f"{text}\n# more"
    assert keeping_programs(lambda text: "# none\n")("") == "# none\n"


def test_rules_follow_new_names_of_watches_feeds_and_folders() -> None:
    text = '[[watch]]\nname = "W"\nany = ["x"]\n[[rule]]\nname = "r"\nwatch = "W"\nquery = "watch:W -y"\n'
    text += 'feeds = ["Old", "Other"]\nthen = ["star"]\n'
    after = update(text, "watch", "W", {"name": "New"})
    assert 'watch = ["New"]\n' in after and 'query = "watch:New -y"\n' in after
    assert 'feeds = ["News", "Other"]\n' in config_edit.renamed(text, "folder", "Old", "News")
