"""Reading newsboat's files: all of `tuireader.newsboat`. The files in tests/data were written by newsboat."""

from __future__ import annotations

import subprocess
import tomllib
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.examples import for_each, half_as_many
from tests.newsboat import DATA, read_config
from tuireader import query
from tuireader.commands import BY_ID
from tuireader.config import FeedConfig, MacroConfig, MuteConfig, ViewConfig, loads
from tuireader.config.shape import DownloadConfig
from tuireader.errors import ConfigError, TuireaderError
from tuireader.exchange import documents, merge
from tuireader.model import MarkedArticle
from tuireader.newsboat import filters, keys, lexing, profile, urls, values
from tuireader.newsboat.outcomes import Consent, Fate, No
from tuireader.newsboat.single_settings import Settings
from tuireader.subprocesses import programs

# --------------------------------------------------------------------------- words of a line


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("", []),
        ("   # only a comment", []),
        ('http://a/#top tag "two words" # comment', ["http://a/#top", "tag", "two words"]),
        (r'"a \"quoted\" \\ word\n" b', ['a "quoted" \\ word\n', "b"]),
        (r"not\escaped 'here'", [r"not\escaped", "'here'"]),
        ('"never closed', ["never closed"]),
    ],
)
def test_words(line: str, found: list[str]) -> None:
    assert lexing.words(line) == found


def test_continued_lines_have_the_number_of_the_first() -> None:
    text = "\ufeffone\r\n# not this\n\nmacro a open; \\\n  quit\nlast\\"
    assert list(lexing.lines(text)) == [
        lexing.Line(1, "one"),
        lexing.Line(4, "macro a open;   quit"),
        lexing.Line(6, "last"),
    ]


@given(st.lists(st.text(min_size=1).filter(lambda word: "\0" not in word), max_size=4))
@half_as_many
def test_what_is_quoted_is_read_again(parts: list[str]) -> None:
    assert lexing.words(" ".join(map(lexing.quoted, parts))) == parts


@given(st.text())
def test_no_line_is_too_odd(text: str) -> None:
    list(lexing.lines(text))
    lexing.words(text)
    lexing.without_comment(text)
    lexing.split_unquoted(text, ";")


def test_comments_end_where_nothing_is_quoted() -> None:
    assert lexing.without_comment(r'a "b # c" \# d # e') == r'a "b # c" \# d'
    assert lexing.split_unquoted('a "x;y"; b', ";") == ['a "x;y"', " b"]
    assert lexing.runs_program("x `date`") and not lexing.runs_program(r"x \`date\`")


# --------------------------------------------------------------------------- filters


@for_each(
    ("there", "here"),
    [
        ('unread = "yes"', "is:unread"),
        ('unread != "yes"', "is:read"),
        ('unread == "no"', "is:read"),
        ('title =~ "ferr(y|ies)"', "title:/ferr(y|ies)/"),
        ('title =~ "Ferry"', "title:/(?i)Ferry/"),
        (r'title !~ "a/b\\<c"', r"NOT title:/a\/b\bc/"),
        ('title = "Exactly (this)"', r"title:/^(?-i:Exactly \(this\))$/"),
        ('content =~ "x" and author =~ "y"', "body:/x/ author:/y/"),
        ('link =~ "example" or feedtitle =~ "z"', "url:/example/ OR feed:/z/"),
        ('tags # "asia"', "(folder:asia OR label:asia)"),
        ('tags !# "two words"', 'NOT (folder:"two words" OR label:"two words")'),
        ("age < 3", "age:<3d"),
        ("age <= 3", "age:<4d"),
        ("age > 3", "age:>4d"),
        ("age >= 3", "age:>3d"),
        ("age = 0", "age:<1d"),
        ("age between 5:2", "age:>2d age:<6d"),
        ("age != 2", "NOT (age:>2d age:<3d)"),
        ("age >= 0", "(is:read OR is:unread)"),
        ('flags =~ "S"', "label:flag-s"),
        ('flags # "S"', "label:/^(?-i:flag-S)$/"),
        ('flags =~ "ab"', "(label:flag-a label:flag-b)"),
        ('flags !~ "[ab]"', "NOT (label:flag-a OR label:flag-b)"),
        ('flags = "s"', "(label:/^(?-i:flag-s)$/ NOT label:/^(?-i:flag-[^s])$/)"),
        ("total_count > 100", "total_count:>100"),
        (
            "unread_count >= 0 and unread_count != 2",
            "(is:read OR is:unread) NOT (unread_count:>1 unread_count:<3)",
        ),
        ("unread_count between 5:2", "unread_count:>1 unread_count:<6"),
        ("latest_article_age > 30", "latest_article_age:>31d"),
        ('tags =~ "a(b|c)"', "(folder:/a(b|c)/ OR label:/a(b|c)/)"),
        ('enclosure_type =~ "^audio/"', "has:audio"),
        ('enclosure_type !~ "video"', "-has:video"),
        ('enclosure_url != ""', "has:enclosure"),
        ('enclosure_url =~ "\\\\.mp3$"', r"enclosure:/\.mp3(?=\n)/"),
        ('enclosure_type = "audio/mpeg"', r"enclosure:/(?<!\S)(?-i:audio\/mpeg)$/"),
        ('flags != ""', "is:starred"),
        ('flags !~ "."', "-is:starred"),
        ('( title =~ "a" or title =~ "b" ) and unread = "yes"', "(title:/a/ OR title:/b/) is:unread"),
        # `and` and `or` bind alike there, from the left to the right
        ('unread = "yes" or title =~ "a" and title =~ "b"', "(is:unread OR title:/a/) title:/b/"),
        ('unread = "yes" and title =~ "a" or title =~ "b"', "is:unread title:/a/ OR title:/b/"),
    ],
)
def test_a_filter_becomes_an_expression(there: str, here: str) -> None:
    assert filters.translate(there) == here
    assert isinstance(query.parse(here), query.Query)


def test_a_tag_like_another_is_taken_to_the_letter() -> None:
    both = filters.Tags(frozenset({"news", "tech-news"}), frozenset({"news"}))
    assert filters.tag_query("news", both).startswith("(folder:/^(?-i:news)$/ OR label:/")
    assert "/" in filters.tag_query("OR")


def test_a_tag_is_a_folder_or_a_label_or_both() -> None:
    tags = filters.Tags(frozenset({"news", "two words"}), frozenset({"news", "asia"}))
    made = [filters.tag_query(tag, tags) for tag in ("news", "two words", "asia", "none")]
    assert made == [
        "(folder:news OR label:news)",
        'folder:"two words"',
        "label:asia",
        "(folder:none OR label:none)",
    ]


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ('highlight all "Security (update|advisory)" red', "Security update or Security advisory"),
        ('highlight all "(^|[^a-z])data[ -]?breach.*" red', "databreach or data breach or data-breach"),
        (r'highlight-article "title =~ \"(CVE|0day)\" and author !~ \"bot\"" red', "CVE or 0day"),
        (
            r'highlight-article "title =~ \"WeChat\" and feedtitle =~ \"z{2}ip\"" red',
            "WeChat and feedtitle zip",
        ),
    ],
)
def test_imported_watches_have_readable_names(line: str, name: str) -> None:
    (watch,) = read(line).watches
    assert watch.name == name


@pytest.mark.parametrize(
    ("there", "why"),
    [
        ("", "ends too early"),
        ("title", "ends too early"),
        ('title =~ "a" &&', "cannot be read at '&&'"),
        ('(title =~ "a"', "ends too early"),
        ('(title =~ "a" unread = "yes"', "not closed"),
        ('title =~ "a" title =~ "b"', "cannot be read at 'title'"),
        ('title =~ "("', "regular expression is invalid"),
        ('title =~ "a{100000000}"', "too large"),
        ('title =~ "(x{1000}){1000}"', "too large"),
        pytest.param("(" * 3000 + 'title =~ "a"' + ")" * 3000, "nested brackets", id="brackets"),
        pytest.param(
            f'title =~ "{"(" * 3000}a{")" * 3000}"', "regular expression is", id="brackets in a pattern"
        ),
        pytest.param(" and ".join(["age<1"] * 900), "comparisons", id="long"),
        pytest.param("age < 1" + " " * 20_000, "longer than", id="blanks"),
        ("age < 9999999", "must be a number"),
        ("age between ٣:5", "cannot be read"),
        ('title < "a"', "be compared with <"),
        ('guid = "x"', "cannot test guid, the id of an article; `url:` tests its address"),
        ('unread = "maybe"', 'unread is "yes" or "no"'),
        ("age < 0", "no article is that young"),
        ('age < "x"', "must be a number"),
        ("age between 3", "needs two numbers"),
        ("age # 3", "be compared with #"),
        ('flags < "s"', "only letters can be tested"),
        ('flags = "[a]"', "only letters can be tested"),
        ('tags = "x"', "tested with # and =~"),
        ('enclosure_url < "x"', "be compared with <"),
        ("total_count < 0", "nothing is counted below zero"),
        ('colour = "x"', "unknown attribute"),
        ("title between between", "cannot be read"),
    ],
)
def test_what_cannot_be_said_here_is_told(there: str, why: str) -> None:
    with pytest.raises(No, match=why):
        filters.translate(there)


@given(
    st.text(alphabet=st.sampled_from('title unread and or ( ) =~ "x" age < 3 flags # \\'), max_size=60)
    | st.lists(
        st.sampled_from(['title =~ "x"', 'unread = "yes"', "age < 3", "and", "or", "(", ")"]), max_size=5
    ).map(" ".join)
)
@example('title =~ "x" and unread = "yes"')
def test_no_filter_is_too_odd(text: str) -> None:
    try:
        made = filters.translate(text)
    except No:
        return
    assert isinstance(query.parse(made), query.Query)


# --------------------------------------------------------------------------- urls


def test_urls_that_newsboat_has_read() -> None:
    found = urls.read((DATA / "urls").read_text(encoding="utf-8"))
    assert found.feeds == (
        FeedConfig("http://harbour.example/feed.xml", 'Ferry "news"', "asia", labels=("slow boats", "daily")),
        FeedConfig("http://letters.example/atom", "", "asia"),
        FeedConfig("http://titles.example/rss", "", "daily", hidden=True),
        FeedConfig("http://plain.example/rss?all=yes"),
    )
    names = ["Unread of Asia", "Flagged", "Recent ferries", "Large feeds", "slow boats", "daily"]
    assert [view.name for view in found.views] == names
    assert {remark.line: remark.note.split(" (")[0] for remark in found.remarks} == {
        6: "would become a feed of this program, once accepted",
        7: "would become a feed with this filter, once accepted",
        8: "becomes the saved search “Unread of Asia”; its tags are left out: searches",
        12: "would become a feed of `cat`, once accepted",
    }
    assert [remark.consent for remark in found.remarks[:3]] == [Consent.PROGRAMS, Consent.PROGRAMS, None]


@for_each(
    ("line", "feed"),
    [
        ("exec:~/bin/x one", {"command": ("~/bin/x",), "folder": "one"}),
        ("\"exec:x -a 'b c' --d=e\"", {"command": ("x", "-a", "b c", "--d=e")}),
        ('"exec:x | y"', {"command": ("sh", "-c", "x | y")}),
        ('"exec:x $HOME/y"', {"command": ("sh", "-c", "x $HOME/y")}),
        ('"exec:cat ~/y"', {"command": ("sh", "-c", "cat ~/y")}),
        ('"exec:A=1 x"', {"command": ("sh", "-c", "A=1 x")}),
        ('"exec:cd /x"', {"command": ("sh", "-c", "cd /x")}),
        ("filter:x:http://a.example/b:c", {"url": "http://a.example/b:c", "filter": ("x",)}),
        ('"filter:x -y *:http://a.example/"', {"url": "http://a.example/", "filter": ("sh", "-c", "x -y *")}),
        ("file:///a%20b.xml", {"command": ("cat", "/a b.xml")}),
        ("file:b.xml", 'only http and https are fetched; `command = ["cat", "FILE"]` reads a file'),
        ("filter:x:file:///b.xml", "only http and https are fetched"),
        ("exec:", "names no program"),
        ('"exec:x \'y"', "a quotation mark is not closed"),
        ("filter:x", "has no address after the program"),
        ("filter:x:ftp://a.example/", "should begin with http"),
        ("filter::http://a.example/", "names no program"),
    ],
)
def test_feeds_that_run_programs(line: str, feed: dict[str, object] | str) -> None:
    found = urls.read(line, accepted=[Consent.PROGRAMS])
    (outcome,) = found.outcomes
    if isinstance(feed, str):
        assert found.feeds == () and found.left_out == 1 and feed in outcome.note
        return
    (made,) = found.feeds
    assert {name: getattr(made, name) for name in feed} == feed
    assert made.url.startswith("exec:" if made.command else "http")
    by_shell = (made.command or made.filter)[:1] == ("sh",)
    assert outcome.fate is (Fate.CHANGED if by_shell else Fate.MOVED)
    assert ("run by `sh -c`" in outcome.note) == by_shell
    again = urls.read(urls.write(found.feeds), accepted=[Consent.PROGRAMS])
    assert again.feeds == found.feeds
    assert found.addresses(made.url) == (lexing.words(line)[0],)


def test_feeds_that_newsboat_cannot_fetch_become_comments() -> None:
    feeds = [
        FeedConfig("maildir:~/Mail"),
        FeedConfig("https://a.example/", items="li"),
        FeedConfig("https://b/"),
    ]
    assert urls.write(feeds).splitlines() == [
        "# newsboat cannot fetch this: maildir:~/Mail",
        "# newsboat cannot fetch this: https://a.example/",
        "https://b/",
    ]


def test_the_last_line_of_a_feed_listed_twice_counts_and_no_secret_is_printed() -> None:
    found = urls.read("http://a.example/ one\nhttp://a.example/ two\nftp://me:secret@a.example/x\n")
    assert found.feeds == (FeedConfig("http://a.example/", "", "two"),)
    assert [one.line for one in found.remarks] == [1, 3] and "secret" not in str(found.remarks[1])


@pytest.mark.parametrize("first", [True, False])
def test_a_feed_plain_and_with_a_filter_is_one_with_the_articles_of_both(first: bool) -> None:
    lines = ["http://a.example/x", "filter:f:http://a.example/x"]
    found = urls.read("\n".join(lines if first else lines[::-1]), accepted=[Consent.PROGRAMS])
    (feed,) = found.feeds
    assert feed.filter == (("f",) if first else ())
    assert set(found.addresses(feed.url)) == set(lines)
    assert [one.note for one in found.remarks] == [
        "has the address of line 2, which is used: one address is one feed; it gets the articles of both"
    ]


def test_what_is_written_is_read_again() -> None:
    labelled = FeedConfig("http://a.example/x?y=1#z", 'A "title"', "Far / East", labels=("two words", "x"))
    feeds = (labelled, FeedConfig("https://b.example/"), FeedConfig("https://c.example/", "C", hidden=True))
    assert urls.read(urls.write(feeds)).feeds == feeds


# --------------------------------------------------------------------------- config


def moved_in() -> profile.Profile:
    """Read the files that newsboat has written."""
    places = profile.places({}, DATA)
    return profile.read(places, lambda path: path.read_text(encoding="utf-8"), tuple(Consent))


def test_a_config_that_newsboat_has_read() -> None:
    found = moved_in()
    assert found.cache == DATA / "cache.db"
    said = found.settings
    assert said.values == {
        ("ui", "theme"): "tuireader-light",
        ("ui", "browser"): ("firefox", "--new-tab", "{url}"),
        ("ui", "show_read"): True,
        ("ui", "width"): 72,
        ("fetch", "interval"): "45m",
        ("fetch", "proxy"): "http://127.0.0.1:3128",
        ("fetch", "timeout"): "20s",
        ("fetch", "refresh_on_start"): False,
        ("save", "folder"): "~/Saved Articles",
        ("notify", "bell"): True,
    }
    assert said.keys["refresh_all"] == ("R", "ctrl+r")
    assert said.keys["save"] == ("S",)
    assert [(watch.name, watch.color) for watch in said.watches] == [
        ("WeChat or 个人信息保护法", "red"),
        ("author lin", "green"),
    ]
    assert said.mutes == [
        MuteConfig("title:/(?i)^Sponsored/"),
        MuteConfig("title:/nothing/", "http://plain.example/rss?all=yes"),
        MuteConfig("title:/nothing/", "http://plain.example/rss"),
    ]
    assert [(macro.key, macro.command, macro.run) for macro in said.macros] == [
        ("v", ("mpv", "{url}"), ()),
        ("p", ("sh", "-c", 'curl "$1" | less', "sh", "{url}"), ()),
        ("d", (), ("mark_read", "next_unread")),
    ]
    lines = {(one.file, one.line) for one in said.outcomes if one.fate is Fate.DROPPED}
    assert {line for name, line in lines if name == "config"} == {7, 13, 14, 16, 19, 20, 27, 28, 32}
    assert ("more", 1) in lines
    assert "do not print" not in next(str(one) for one in said.outcomes if one.line == 14)


def read(text: str, *accepted: Consent) -> Settings:
    return read_config(text, accepted or tuple(Consent), "http://a.example/")


def dropped(made: Settings) -> list[str]:
    return [one.note for one in made.outcomes if one.fate is Fate.DROPPED]


@for_each(
    ("line", "why"),
    [
        ("reload-time soon", "is not a number"),
        ("reload-time 0", "is not between"),
        ("auto-reload no", "`tuireader feeds pause` stops one"),
        ("auto-reload perhaps", "neither yes nor no"),
        ("text-width 0", "maximum width"),
        ("proxy a.example:1\nuse-proxy yes\nproxy-type socks5", "socks5 proxies are not supported"),
        ("proxy a.example:1", "switched off by use-proxy"),
        ("browser", "has no value"),
        ("browser \"tmux new-window 'mpv %u'\"", "inside a longer quotation"),
        ("browser \"sh -x -c 'mpv %u'\"", "inside a longer quotation"),
        ('macro a set browser "eval mpv %u" ; open-in-browser', "read the address as a command"),
        ('browser "mpv %F"', "have no counterpart"),
        ('browser "mpv \'x"', "not closed"),
        ('browser ""', "names no program"),
        ("bind-key", "has no key"),
        ("bind-key ^J down", "terminals send the same code for ^j and enter"),
        ("bind-key ^X fly", "there is no command for fly"),
        ("bind-key WHAT open", "is not a key that tuireader can bind"),
        ("unbind-key -a", "the keys of the preset stay"),
        ("unbind-key j feedlist", "the same in all panes"),
        ("bind-key x fly\nbind-key j enqueue podboat", "the queue has its own keys"),
        ("bind-key x next help", "help has no keys of its own"),
        ("macro", "is not a key"),
        ("macro a fly", "there is no command for fly"),
        ("macro a open\nmacro a quit", "already has a macro"),
        ('macro a set browser "mpv"', "no step that tuireader supports"),
        ('macro a set browser "x"; open-in-browser; set browser "y"; open-in-browser', "one program"),
        ("highlight all x", "has no pattern or colour"),
        ('highlight all "(ab" red', "regular expression is invalid"),
        ('highlight all "---.*---" yellow', "matches no words"),
        ('highlight all "https?://[^ ]+" blue', "matches no words"),
        ('highlight all "^(Feed|Title|Link):.*" cyan', "matches no words"),
        ('highlight article "WeChat" red', "W adds a watch"),
        ('highlight feedlist "WeChat" red', "the theme"),
        ('highlight-article "unread = \\"yes\\"" red default', "V saves such a search"),
        ("highlight-article", "has no filter"),
        ("ignore-article *", "has no feed"),
        ('ignore-article "regex:nowhere" "title =~ \\"x\\""', "no feed in urls"),
        ("color article red", "has no colour"),
        ("color article red blue", "the theme"),
        ("color background default default", "the theme"),
        ("ttrss-url http://x", "only syncs with Miniflux"),
        ("podcast-auto-enqueue yes", "d downloads the files"),
        ("max-items 5", "nothing is deleted"),
        ("feedlist-format x", "the theme"),
        ('datetime-format "%L ago"', "has codes that dates cannot have here"),
        ("no-such-thing 1", "not a setting of newsboat"),
        ("max-items", "has no value"),
        ("article-sort-order random", "sorts by time"),
        ("feed-sort-order firsttag", "sorts by unread"),
        ("show-read-feeds perhaps", "neither yes nor no"),
        ("bind-key x pb-delete podboat", "removes a download from the queue, see B"),
        ("proxy-auth me:x\nuse-proxy yes", "no effect without proxy"),
        ("proxy http://a/b@c\nuse-proxy yes", "not a valid host and port"),
        ("user-agent ü", "not valid in a header"),
        ('define-filter x "colour = 1"', "unknown attribute"),
        ('define-filter "x"', "has no filter"),
        ('define-filter x "age < 1"\ndefine-filter X "age < 2"', "another search is also named"),
        ("include", "has no file"),
        ("include other", "config includes no other"),
        ('macro a pipe-to x; set browser "y"; open-in-browser', "one program"),
        ('run-on-startup set browser "x"; open-in-browser', "no program is started at the start"),
        ("run-on-startup fly", "there is no command for fly"),
        ("mark-as-read-on-hover yes", "opening an article marks it as read"),
    ],
)
def test_each_line_that_does_not_move_is_named(line: str, why: str) -> None:
    reasons = dropped(read(line))
    assert any(why in reason for reason in reasons), reasons


def test_how_feeds_are_listed_and_stepped_through_moves() -> None:
    made = read("show-read-feeds no\ngoto-next-feed no\nfeed-sort-order unreadarticlecount-asc\n")
    assert made.values == {
        ("ui", "show_read_feeds"): False,
        ("ui", "goto_next_feed"): False,
        ("ui", "sort_feeds"): "unread",
    }
    made = read("bind-key ] next-feed\nbind-key [ prev-unread-feed\nbind-key D pb-download podboat")
    assert dropped(made) == [] and "D" in made.keys["download"]
    assert "right_square_bracket" in made.keys["next_feed"]
    assert loads(merge.merge("", [], settings=made).text)[1] == ()


def test_the_last_of_two_settings_counts() -> None:
    made = read('reload-time 10\nreload-time 20 # minutes\nuser-agent "me 1"\ncache-file x.db')
    assert made.values == {("fetch", "interval"): "20m", ("fetch", "user_agent"): "me 1"}
    assert (made.cache, dropped(made)) == ("x.db", ["is overridden in config:2"])
    made = read("use-proxy yes\nproxy a.example:1\nproxy-auth me:p@ss")
    assert made.values == {("fetch", "proxy"): "http://me:p%40ss@a.example:1"}


def test_all_that_is_made_is_a_good_configuration() -> None:
    text = merge.merge("", *_parts()).text
    config, problems = loads(text)
    assert problems == ()
    assert len(config.feeds) == 7 and len(config.macros) == 3 and config.ui.preset == "newsboat"


def test_operations_are_commands_and_keys_are_keys() -> None:
    assert set(keys.OPERATIONS.values()) <= set(BY_ID)
    assert keys.key_of("^R") == "ctrl+r" and keys.key_of("PPAGE") == "pageup"
    known = set(keys.OPERATIONS)
    assert len(known) > 30


def test_colours() -> None:
    numbers = (1, 9, 16, 208, 231, 255, 256)
    colours = ["red", "bright_red", "#000000", "#ff8700", "#ffffff", "#eeeeee", ""]
    assert [values.colour_of(f"color{n}") for n in numbers] == colours
    assert values.is_light("white") and values.is_light("color255") and not values.is_light("default")


def test_programs_are_taken_out_of_the_shell() -> None:
    assert values.without_shell("setsid -f mpv %u >/dev/null 2>&1 &") == ("setsid", "-f", "mpv", "{url}")
    home = str(Path("~").expanduser())
    assert values.without_shell("~/bin/open %u") == (f"{home}/bin/open", "{url}")
    assert values.without_shell("firefox --new-tab '%u'") == ("firefox", "--new-tab", "{url}")
    for command in ("x; rm -rf ~", "x $(y)"):
        with pytest.raises(No, match="needs a shell"):
            values.without_shell(command)


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("curl %u | less", ("sh", "-c", 'curl "$1" | less', "sh", "{url}")),
        ("curl '%u' | grep \"%T\" &", ("sh", "-c", 'curl "$1" | grep "$2" &', "sh", "{url}", "{title}")),
        ("bash -lc 'echo %u >> ~/l.txt'", ("bash", "-lc", 'echo "$1" >> ~/l.txt', "bash", "{url}")),
        ("sh -c \"mpv '%u'\"", ("sh", "-c", 'mpv "$1"', "sh", "{url}")),
        ("A=1 mpv", ("sh", "-c", 'A=1 mpv "$1"', "sh", "{url}")),
        ("mpv --title %T", ("mpv", "--title", "{title}", "{url}")),
    ],
)
def test_a_shell_gets_the_address_as_an_argument(line: str, command: tuple[str, ...]) -> None:
    assert values.command_of(line) == (command, command[0].endswith("sh"))


@pytest.mark.parametrize("url", ["https://a.example/'; touch x; '", "https://a.example/$(touch x)`touch x`"])
def test_no_address_is_run_by_the_shell_of_a_macro(url: str, tmp_path: Path) -> None:
    for line in (
        "printf '%%s' '%u' | cat",
        "sh -c 'printf %%s %u'",
        'printf %%s "%u" | cat',
        "printf %%s %u;",
    ):
        command, _ = values.command_of(line.replace("%%", "%"))
        done = subprocess.run(programs.filled(command, url), cwd=tmp_path, capture_output=True, check=True)
        assert done.stdout.decode() == url and not [*tmp_path.iterdir()], line


def test_a_macro_that_needs_a_shell_moves_once_accepted_and_is_told() -> None:
    line = 'macro a set browser "curl %u | less" ; open-in-browser ; set browser "x"'
    (outcome,) = read(line).outcomes
    assert outcome.fate is Fate.CHANGED and outcome.note.endswith("run by `sh -c`, as it needs a shell")
    (asked,) = read_config(line, (Consent.PROXY,)).outcomes
    assert asked.consent is Consent.PROGRAMS and "sh -c" in asked.note


@pytest.mark.parametrize(
    ("line", "note"),
    [
        ('macro a pipe-to "grep x | wc"', "becomes the macro a, run by `sh -c` with the article's text"),
        (
            'macro a open-search "rust"',
            "becomes the macro a; open-search rust becomes search, which takes no argument",
        ),
        ('bookmark-cmd "x | y"', "becomes `[ui] bookmark`, run by `sh -c`, as it needs a shell"),
        (
            "external-url-viewer urlview",
            "becomes the macro u, run by `sh -c` with the article's text, no terminal; u lists links",
        ),
        ("macro a exec reload-all", "becomes the macro a"),
        ("run-on-startup next-unread; open", "becomes `[ui] run_at_start`"),
    ],
)
def test_what_programs_and_commands_become(line: str, note: str) -> None:
    (outcome,) = read(line).outcomes
    assert outcome.note == note
    (asked,) = read_config(line, ()).outcomes
    assert (asked.consent is Consent.PROGRAMS) == ("shell" in note or "sh -c" in note)


# --------------------------------------------------------------------------- into a configuration


def _parts() -> tuple[tuple[FeedConfig, ...], tuple[ViewConfig, ...], Settings]:
    found = moved_in()
    return found.subscriptions.feeds, found.views, found.settings


FEED = FeedConfig("http://a.example/")
OTHER_KEYS = 'the keys of your configuration are kept, as [ui] keys is not "newsboat"'
OWN = """# mine
[[feeds]]
url = "http://HARBOUR.example:80/feed.xml"   # by hand
folder = "Sea"

[[view]]
name = "flagged"
query = "is:starred"

[ui]
width = 100 # wide

[keys]
refresh_all = ["F5"]
"""


def test_nothing_of_the_person_is_lost_and_twice_is_once() -> None:
    first = merge.merge(OWN, *_parts())
    assert "# mine" in first.text and "# by hand" in first.text and "width = 100 # wide" in first.text
    data = tomllib.loads(first.text)
    assert data["feeds"][0]["folder"] == "Sea"
    assert data["feeds"][0]["labels"] == ["slow boats", "daily"]  # it had none
    assert data["keys"]["refresh_all"] == ["F5"]
    assert "keys" not in data["ui"]  # who has feeds has got used to these keys
    assert first.added["feeds"] == 6
    assert first.kept == {
        ("feeds", "http://harbour.example/feed.xml"): "already exists with another folder, which is kept",
        ("view", "flagged"): "your configuration already has another view “flagged”, which is kept",
        ("ui", "width"): "ui.width of your configuration is kept",
        **dict.fromkeys([("keys", "ctrl+r"), ("keys", "j"), ("keys", "s")], OTHER_KEYS),
    }
    again = merge.merge(first.text, *_parts())
    assert again.text == first.text
    assert set(again.added.values()) == {0}


def test_keys_that_clash_with_another_set_of_keys_move_over_on_newsboats() -> None:
    """Some of them are other commands' in our own set, which does not count here."""
    said = read("bind-key ^D pagedown\nbind-key ^F pagedown\nbind-key j down\n")
    made = merge.merge("", [FEED], settings=said)
    keys = tomllib.loads(made.text)["keys"]
    assert keys["page_down"] == ["space", "pagedown", "ctrl+d", "ctrl+f"] and keys["next_feed"] == []
    assert loads(made.text)[1] == () and made.kept == {}
    again = merge.merge(made.text, [FEED], settings=said)
    assert (again.text, again.kept) == (made.text, {})


@pytest.mark.parametrize("preset", ["default", "arrows"])
def test_keys_of_another_set_are_not_mixed_with_newsboats(preset: str) -> None:
    mine = f'[ui]\nkeys = "{preset}"\n'
    made = merge.merge(mine, [FEED], settings=read("bind-key ^D pagedown"))
    assert "page_down" not in made.text and made.added["keys"] == 0
    assert OTHER_KEYS in made.kept.values()


def test_a_key_that_is_bound_here_stays() -> None:
    mine = '[ui]\nkeys = "newsboat"\n\n[keys]\nsearch = ["ctrl+f"]\nfilter = []\n'
    made = merge.merge(mine, [FEED], settings=read("bind-key ^F pagedown\nbind-key ^D pagedown"))
    keys = tomllib.loads(made.text)["keys"]
    assert keys["search"] == ["ctrl+f"] and keys["page_down"] == ["space", "pagedown", "ctrl+d"]
    assert made.kept == {("keys", "ctrl+f"): "the ^f key of your configuration is kept"}


def test_a_watch_that_an_earlier_version_named_otherwise_is_kept() -> None:
    own = '[[watch]]\nname = "author =~ lin"\nquery = "author:/lin/"\n'
    made = merge.merge(own, [FEED], settings=read(r'highlight-article "author =~ \"lin\"" green'))
    assert [watch.name for watch in loads(made.text)[0].watches] == ["author =~ lin"]
    assert made.kept["watch", "author lin"] == "already exists as the watch “author =~ lin”"


def test_a_broken_configuration_is_left_alone() -> None:
    with pytest.raises(ConfigError):
        merge.merge("[[feeds]\n", *_parts())


# --------------------------------------------------------------------------- JSON


def test_feeds_as_json() -> None:
    feeds = [FeedConfig("http://a.example/", "A", "F", labels=("x",), password="secret")]
    views = [ViewConfig("V", "is:unread")]
    text = documents.dump_feeds(feeds, views)
    assert "secret" not in text
    assert documents.load(text) == ([FeedConfig("http://a.example/", "A", "F", labels=("x",))], views, [], [])


MARK = MarkedArticle("http://a.example/", -5, "http://a.example/1", 0, "T", 100, True, False)


@given(st.lists(st.tuples(st.integers(-(2**63), 2**63 - 1), st.booleans()), max_size=5))
@half_as_many
def test_marks_as_json(found: list[tuple[int, bool]]) -> None:
    marks = [
        MarkedArticle(f"http://{guid % 2}.example/", guid, "", 0, "T", 5, read, not read, ("law",) * read)
        for guid, read in sorted(found, key=lambda one: one[0] % 2)
    ]
    assert documents.load("".join(documents.dump_marks(marks)))[2] == marks


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "damaged"),
        ("[" * 100_000, "damaged"),
        ("[]", "not exported by tuireader"),
        ('{"format": "other"}', "not exported by tuireader"),
        ('{"format": "tuireader feeds", "version": 9}', "newer"),
    ],
)
def test_other_json_is_refused(text: str, why: str) -> None:
    with pytest.raises(TuireaderError, match=why):
        documents.load(text)


def test_odd_parts_of_our_json_are_left_out() -> None:
    text = """{"format": "tuireader feeds", "version": 1, "feeds": [1, {"url": "ftp://x", "title": "X"},
      {"url": "http://a.example/", "labels": [1, "", "b"], "folder": 3}],
      "views": [{"name": "", "query": "x"}]}"""
    feeds, views, _, skipped = documents.load(text)
    assert feeds == [FeedConfig("http://a.example/", labels=("b",))]
    assert views == [] and len(skipped) == 1 and skipped[0].startswith("X: ")
    marks = """{"format": "tuireader read state", "version": 1, "feeds": [{"url": "u", "articles":
      [{}, {"key": "zz"},
       {"key": "ffffffffffffffffff", "time": "x", "labels": ["# a\\u001b[1m", 2, "#"]}]}]}"""
    _, _, found, skipped = documents.load(marks)
    assert [one.labels for one in found] == [("a",)] and skipped == ["2 articles without a key"]


# --------------------------------------------------------------------------- places


def test_where_newsboat_keeps_its_files(tmp_path: Path) -> None:
    environ = {"HOME": str(tmp_path)}
    with pytest.raises(TuireaderError, match="no newsboat file"):
        profile.places(environ)
    old = tmp_path / ".newsboat"
    old.mkdir()
    (old / "urls").touch()
    assert profile.places(environ).cache == old / "cache.db"
    new = tmp_path / ".config" / "newsboat"
    new.mkdir(parents=True)
    (new / "urls").touch()
    found = profile.places(environ)
    assert found.urls == new / "urls"
    assert found.cache == tmp_path / ".local" / "share" / "newsboat" / "cache.db"
    assert profile.places(environ, old).urls == old / "urls"


def test_macros_of_the_configuration() -> None:
    config, problems = loads(
        """
        [[macro]]
        key = "V"
        command = ["mpv", "{url}"]
        [[macro]]
        key = "shift+v"
        run = ["open"]
        [[macro]]
        key = "a"
        run = ["opn"]
        [[macro]]
        key = "b"
        [[macro]]
        key = "nonsense"
        run = ["open"]
        """
    )
    assert config.macros == (MacroConfig("V", "", ("mpv", "{url}")),)
    assert [one.path for one in problems] == ["macro[2].key", "macro[3].run", "macro[4]", "macro[5].key"]
    assert "did you mean 'open'?" in problems[1].message


def test_podboats_settings_become_folder_name_and_programs() -> None:
    text = 'player "mpv --no-video"\ndownload-path "~/podcasts"\ndownload-filename-format "%n/%F %t.%e"\n'
    said = read_config(text, tuple(Consent))
    assert [one.fate for one in said.outcomes] == [Fate.MOVED] * 3
    config, problems = loads(merge.merge("", [], settings=said).text)
    assert problems == ()
    assert config.download == DownloadConfig("~/podcasts", "{feed}/{date} {title}{ext}")
    assert config.open == dict.fromkeys(("audio/*", "video/*"), ("mpv", "--no-video", "{url}"))
    assert [one.consent for one in read_config(text, ()).outcomes] == [
        Consent.PROGRAMS,
        Consent.FOLDERS,
        None,
    ]
    (dropped,) = read_config('download-filename-format "%H"', ()).outcomes
    assert dropped.fate is Fate.DROPPED and "[download] name" in dropped.note


@pytest.mark.parametrize(
    ("line", "ui"),
    [
        ('datetime-format "%D, %R"', {"date": "%D", "time": "%R"}),
        ('datetime-format "%H:%M"', {"time": "%H:%M"}),
        ('datetime-format "%a %d.%m."', {"date": "%a %d.%m."}),
        ('articlelist-format "%4i %f %D %6L  %?T?|%-17T|  ?%t"', {"reading_time_column": True}),
        ('articlelist-format "%4i %t %-20a"', {"author_column": True, "feed_column": False}),
        ('articlelist-format "%T %t"', {}),
    ],
)
def test_formats_of_lists_become_dates_and_columns(line: str, ui: dict[str, object]) -> None:
    said = read(line)
    assert {key: value for (table, key), value in said.values.items() if table == "ui"} == ui
    assert loads(merge.merge("", [], settings=said).text)[1] == ()
    (outcome,) = said.outcomes
    assert outcome.fate is Fate.CHANGED and all(name in outcome.note for name in ui)


@pytest.mark.parametrize(
    ("lines", "folder", "name"),
    [
        ('download-path "~/pods/%h/%n"', "~/pods", "{host}/{feed}/{name}{ext}"),
        (
            'download-filename-format "%F %t.%e"\ndownload-path ~/pods/x-%N/',
            "~/pods",
            "x-{feed}/{date} {title}{ext}",
        ),
        ('download-path "~/%n"\ndownload-filename-format "%t"', "~", "{feed}/{title}{ext}"),
        ('download-path "~/%n"\ndownload-filename-format "%S"', "~", "{feed}/{name}{ext}"),
        ('download-filename-format "%?u?%u&%Y-%b-%d-%H%M%S.unknown?"', "", "{name}{ext}"),
    ],
)
def test_placeholders_in_the_folder_of_podboat_begin_the_names(lines: str, folder: str, name: str) -> None:
    said = read_config(lines, tuple(Consent))
    config, problems = loads(merge.merge("", [], settings=said).text)
    assert problems == () and config.download.name == name
    assert config.download.folder == (folder or DownloadConfig().folder)
    assert ("has parts that names" in str(dropped(said))) == ('%S"' in lines and "?" not in lines)
