"""What is said of expressions, watches and mutes that can hardly be meant as they are: no store is needed."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.examples import for_each, half_as_many
from tuireader import query, watch
from tuireader.query import Names, Query, parse, unmatchable_reason
from tuireader.watch import WatchRule

NAMES = Names(
    feeds=[
        ("The Register", "https://register.example/rss"),
        ("TechNode", "https://technode.example/feed"),
        ("https://new.example/", "https://new.example/"),
    ],
    folders=["China tech", ""],
    labels=["to read", "law"],
    watches=["WeChat", "CVE watch"],
    views=["Fines"],
    unnamed=1,
)

UNNAMED = "; 1 feed has no known title until fetched"
NEVER = "/a^b/: cannot match anything: there is text before the start"
SPARED = "hides nothing: without include_watched, articles on a watch stay visible"


rule = partial(WatchRule, "w")


def said(text: str, names: Names | None = NAMES, *, at_arrival: bool = False) -> list[tuple[str, bool]]:
    parsed = parse(text)
    assert isinstance(parsed, Query)
    return [(str(one), one.dead) for one in query.advise(parsed, names, at_arrival=at_arrival)]


def test_a_flag_of_newsboat_is_a_label_before_any_article_has_it() -> None:
    for expression in ("label:flag-s", "label:/^(?-i:flag-S)$/ NOT label:/^(?-i:flag-[^S])$/"):
        assert said(expression) == []


@for_each(
    ("text", "words"),
    [
        ("WeChat or Weixin", ["or"]),
        ("WeChat Or (a b)", ["Or"]),
        ("(a) and title:b", ["and"]),
        ("a near b", ["near"]),
        ("not WeChat", ["not"]),
        ("a (not b)", ["not"]),
        ('"a" not -b', ["not"]),
        ("a or b or /c/ and d", ["or", "and"]),
        ("x or feed:=TechNode", ["or"]),
        ("or", []),
        ("or a", []),
        ("a or", []),
        ("a -or b", []),
        ("title:or b", []),
        ('"a or b"', []),
        ("a OR b", []),
        ("a NOT or b", []),
        ("oral or", []),
    ],
)
def test_operators_in_small_letters(text: str, words: list[str]) -> None:
    assert said(text) == [
        (f'"{word}" is searched as a word; did you mean {word.upper()}?', False) for word in words
    ]


# --------------------------------------------------------------------------- names


@for_each(
    ("text", "words", "dead"),
    [
        ("feed:Registre", """there is no feed 'Registre'; did you mean feed:"The Register"?""", True),
        ("feed:TechNoed", "there is no feed 'TechNoed'; did you mean feed:TechNode?", True),
        ("feed:Nope", "there is no feed 'Nope'" + UNNAMED, True),
        ("feed:/nope/", "there is no feed 'nope'" + UNNAMED, True),
        ('feed:"China tech"', """there is no feed 'China tech'; did you mean folder:"China tech"?""", True),
        ("feed:WeChat", "there is no feed 'WeChat'; did you mean watch:WeChat?", True),
        ("folder:Chima", """there is no folder 'Chima'""", True),
        ('folder:"Chima te"', """there is no folder 'Chima te'; did you mean folder:"China tech"?""", True),
        ("label:lwa", "there is no label 'lwa'; did you mean label:law?", True),
        ("watch:CVE", """there is no watch 'CVE'; did you mean watch:"CVE watch"?""", True),
        ("watch:Wechta", "there is no watch 'Wechta'; did you mean watch:WeChat?", True),
        ("watch:fines", "there is no watch 'fines'; it is the name of a saved search", True),
        ('watch:="WeChats"', "there is no watch 'WeChats'; did you mean watch:WeChat?", True),
        ("feed:=Tech", "there is no feed 'Tech'; did you mean feed:TechNode?", True),
        ("fine -feed:TechNoed", "there is no feed 'TechNoed'; did you mean feed:TechNode?", False),
        ("fine OR watch:Nope", "there is no watch 'Nope'", False),
        ("fine watch:Nope", "there is no watch 'Nope'", True),
        ("(watch:Nope a) OR (watch:Nope b)", "there is no watch 'Nope'", True),
    ],
)
def test_names_that_there_are_not(text: str, words: str, dead: bool) -> None:
    assert said(text) == [(words, dead)]
    assert said(text, None) == []


@pytest.mark.parametrize(
    "text",
    [
        "feed:register",
        "feed:technode.example",
        'folder:china OR label:"to read" OR watch:wechat',
        "watch:CVE*",
        "feed:/tech/ -label:law",
        "title:Nope",
        'feed:=technode folder:="China tech" label:=law watch:=wechat',
        "feed:=https://technode.example/feed",
        "",
        "a -b",
        "is:read is:starred",
        "age:>1d age:<2d",
        "age:>1d reading_time:<2",
        "after:2026 before:2027",
    ],
)
def test_expressions_of_which_nothing_is_said(text: str) -> None:
    assert said(text) == []


def test_a_pattern_that_takes_too_long_is_no_unknown_name() -> None:
    names = Names(feeds=[("a" * 60 + "!", "https://a.example/")])
    assert said("feed:/^(a|aa)+$/", names) == []


def test_names_are_harmless() -> None:
    ((message, _),) = said('feed:"\x1b[31m\u202enope"')
    assert "\x1b" not in message and "\u202e" not in message


# --------------------------------------------------------------------------- what excludes each other


@pytest.mark.parametrize(
    ("text", "words", "dead"),
    [
        ("a -a", "a and NOT a exclude each other", True),
        ("(a -a) OR b", "a and NOT a exclude each other", False),
        ("b -(a -a)", "a and NOT a exclude each other", False),
        ("is:read x is:unread", "is:unread and is:read exclude each other", True),
        ("is:subscribed is:unsubscribed", "is:unsubscribed and is:subscribed exclude each other", True),
        ("lang:zh x lang:en", "lang:zh and lang:en exclude each other", True),
        ("reading_time:>9 x reading_time:<5", "reading_time:>9 and reading_time:<5 exclude each other", True),
        ("age:>2d age:<1d", "age:>2d and age:<1d exclude each other", True),
        ("after:2027 before:2026-05", "after:2027-01-01 and before:2026-05-01 exclude each other", True),
        ("x /a^b/", "/a^b/ cannot match anything: there is text before the start", True),
    ],
)
def test_parts_that_exclude_each_other(text: str, words: str, dead: bool) -> None:
    assert said(text) == [(words, dead)]


PARTS = [
    *("a", "-a", "b", "(a OR b)", "or", "and", "OR", "NOT", "-", "(", ")", "is:read", "is:unread", "age:<1d"),
    *(
        "age:>2d",
        "age:<3d",
        "feed:Registr",
        "folder:=China",
        "label:law",
        "label:none",
        "watch:WeChat",
        "watch:CVE",
    ),
    *("/a^b/", "/b$c/", "/b/"),
]
DAY = 86_400
KNOWN = partial(query.Subject, feed="The Register", folder="China tech", labels=("law",))
ARTICLES = [
    KNOWN(title=title, read=read, time=time, watches=watches)
    for title in ("a", "b", "a b", "c")
    for read in (True, False)
    for time, watches in (
        (0, ()),
        (DAY // 2, ("WeChat",)),
        (3 * DAY - 100, ("WeChat", "CVE watch")),
        (3 * DAY, ()),
    )
]


@given(st.lists(st.sampled_from(PARTS), max_size=6).map(" ".join), st.booleans())
@example("a or feed:Registr", True)
@example("label:none /a^b/ age:>2d", True)
@example("label:law OR watch:CVE", True)
@example("a -a", False)
@example("age:>2d age:<3d", False)
def test_advice_is_one_line_and_dead_expressions_match_no_article(text: str, at_arrival: bool) -> None:
    """At arrival, no article is older than now, nor on a watch yet."""
    parsed = parse(text)
    found = query.advise(parsed, NAMES, at_arrival=at_arrival) if isinstance(parsed, Query) else []
    assert all(str(one) and "\n" not in str(one) for one in found)
    if isinstance(parsed, Query) and any(one.dead for one in found):
        possible = [one for one in ARTICLES if not at_arrival or (one.time == 3 * DAY and not one.watches)]
        assert not any(query.matches(parsed, one, 3 * DAY) for one in possible)


# --------------------------------------------------------------------------- patterns


@for_each(
    ("pattern", "reason"),
    [
        ("a^b", "there is text before the start"),
        (r"a+\Ab", "there is text before the start"),
        ("(a|b)^c", "there is text before the start"),
        ("a$b", "there is text after the end"),
        (r"\Zfoo", "there is text after the end"),
        ("$\n\nb", "there is text after the end"),
        ("(?!)", "(?!) never matches"),
        ("x(?!)", "(?!) never matches"),
        ("(a^b)+", "there is text before the start"),
        ("(a^b|c$d)", "there is text before the start"),
        ("", "it only matches empty text"),
        ("^$", "it only matches empty text"),
        (r"\b", "it only matches empty text"),
        ("a", ""),
        ("^a$", ""),
        ("a?^b", ""),
        ("a$\n", ""),
        ("a$.?", ""),
        ("(a^b)?c", ""),
        ("(a^b|c)", ""),
        ("(?m)a$\n^b", ""),
        ("(?m:a$\n^b)", ""),
        ("(?=x)^a", ""),  # of what `regex` may read otherwise nothing is said
        ("(", ""),
        ("a{99999999999}", ""),
        (r"(a)\1^", "there is text before the start"),
    ],
)
def test_patterns_that_match_nothing(pattern: str, reason: str) -> None:
    assert unmatchable_reason(pattern) == reason
    if reason:
        for text in ("ab", "a\nb", "abc", "foo", "\n\nb", "a", "", "xaab", "aab cd"):
            assert query.regex_spans(pattern, text) == []


@given(st.text("ab^$|()?*\n", max_size=8), st.text("ab\n", max_size=6))
def test_a_pattern_that_matches_is_never_said_not_to(pattern: str, text: str) -> None:
    if not query.regex_problem(pattern) and unmatchable_reason(pattern):
        assert query.regex_spans(pattern, text) == []


# --------------------------------------------------------------------------- watches and mutes


@pytest.mark.parametrize(
    ("watched", "words", "dead"),
    [
        (
            rule(any=("foo OR bar",)),
            'foo OR bar: OR is an ordinary word in a term; did you mean "foo", "bar"?',
            False,
        ),
        (
            rule(any=("x",), none=("a NEAR/3 b",)),
            "a NEAR/3 b: NEAR/3 is an ordinary word in a term; did you mean to set query?",
            False,
        ),
        (
            rule(all=(("title:foo",),)),
            "title:foo: title: has no special meaning in a term; did you mean to set query?",
            False,
        ),
        (rule(any=("/a^b/",)), NEVER, True),
        (rule(any=("/a^b/", "c")), NEVER, False),
        (rule(any=("Foo",), none=("foo", "x")), "all of Foo is excluded by none", True),
        (
            rule(any=("x",), feeds=("Tech node",)),
            "there is no feed or folder 'Tech node'; did you mean 'TechNode'?",
            True,
        ),
        (rule(any=("x",), feeds=("TechNode", "Nope")), "there is no feed or folder 'Nope'", False),
        (rule(query="watch:Nope"), "there is no watch 'Nope'", True),
        (
            rule(any=("x",), query="age:>2d"),
            "age:>2d never matches: watches are checked when an article arrives",
            True,
        ),
        (
            rule(any=("x",), query="watch:WeChat OR a"),
            "watch:WeChat never matches new articles: all watches are checked at once",
            False,
        ),
        (rule(query="is:open"), "is:open never matches new articles: nobody has handled them yet", True),
        (
            rule(query="x note:law"),
            "note:law never matches new articles: nobody has noted anything yet",
            True,
        ),
        (
            rule(query="x OR id:CVE-2026-50110"),
            "id:CVE-2026-50110 never matches new articles: search for the identifier as a word or pattern",
            False,
        ),
    ],
)
def test_watches_that_can_hardly_be_meant(watched: WatchRule, words: str, dead: bool) -> None:
    assert [(str(one), one.dead) for one in watch.advice(watched, NAMES)] == [(words, dead)]


@pytest.mark.parametrize(
    "watched",
    [
        rule(any=("OR", "trick or treat", "OR gate", "/a OR b/", "title: x", "https://a.example/")),
        rule(any=("a", "b"), none=("a",)),
        rule(any=("x",), feeds=("technode", "https://register.example/rss", "china tech")),
        rule(query="age:<2d x"),
        rule(query='"open'),  # that is a problem, not advice
    ],
)
def test_watches_of_which_nothing_is_said(watched: WatchRule) -> None:
    assert watch.advice(watched, NAMES) == []


def test_names_of_watches_are_only_asked_for_where_they_are_known() -> None:
    assert watch.advice(rule(any=("x",), query="feed:Nope", feeds=("Nope",))) == []


@pytest.mark.parametrize(
    ("text", "feed", "include", "words"),
    [
        ("watch:WeChat", "", False, [SPARED]),
        ("watch:WeChat", "", True, []),
        ("sofa -watch:WeChat", "TechNode", False, []),
        ("sofa or chair", "Nope", False, [
            '"or" is searched as a word; did you mean OR?', "there is no feed or folder 'Nope'",
        ]),
    ],
)  # fmt: skip
def test_mutes_that_can_hardly_be_meant(text: str, feed: str, include: bool, words: list[str]) -> None:
    parsed = parse(text)
    assert isinstance(parsed, Query)
    assert [str(one) for one in watch.mute_advice(parsed, feed, include, NAMES)] == words
    assert all("Nope" not in str(one) for one in watch.mute_advice(parsed, feed, include))


@for_each("field", query.FIELD_NAMES)
def test_every_field_in_a_term_is_noticed(field: str) -> None:
    for form in (field, field.upper()):
        advice = watch.advice(rule(any=(f"{form}:value",)))
        assert [one.message for one in advice] == [
            f"{form}: has no special meaning in a term" + "; did you mean to set query?" * (field != "like")
        ]
        assert watch.advice(rule(any=(f"{form}://value", f"{form} value"))) == []


@given(st.from_regex(r"[a-z]{2,12}", fullmatch=True))
@half_as_many
def test_what_the_parser_takes_for_a_field_is_one(name: str) -> None:
    parsed = parse(f"{name}:x")
    is_field = not (isinstance(parsed, query.QueryError) and parsed.message.startswith("there is no field"))
    assert is_field == (name in query.FIELD_NAMES) == bool(watch.advice(rule(any=(f"{name}:x",))))
