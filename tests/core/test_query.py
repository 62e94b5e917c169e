"""The expression language: reading, asking in memory, and the full-text index against the memory."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from time import process_time, tzset

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.core.indexing import Index
from tests.examples import for_each
from tuireader import query
from tuireader.lexicon import Term, compile_term, index_text
from tuireader.query import (
    And,
    Dated,
    FoldedArticle,
    Is,
    Language,
    Name,
    Near,
    Node,
    Not,
    Number,
    Or,
    Query,
    QueryError,
    Regex,
    SlowRegex,
    Subject,
    Text,
    matches,
    merge_spans,
    node_matches,
    parse,
    plan,
    regex_problem,
    regex_spans,
    required_terms,
    spans,
    value_matches,
)
from tuireader.query.literals import required_words


def term(text: str) -> Term:
    compiled = compile_term(text)
    assert compiled is not None
    return compiled


def text(word: str, field: str = "") -> Text:
    return Text(term(word), field)


def tree(expression: str) -> Query:
    parsed = parse(expression)
    assert isinstance(parsed, Query), parsed
    return parsed


def read(expression: str) -> Node:
    return tree(expression).root


def fault(expression: str) -> QueryError:
    error = parse(expression)
    assert isinstance(error, QueryError), error
    return error


# ----------------------------------------------------------------------------- reading


@for_each(
    ("expression", "tree"),
    [
        ("", And()),
        ("  ", And()),
        ("kumo", text("kumo")),
        ("kumo nimbo", And((text("kumo"), text("nimbo")))),
        ("kumo AND nimbo", And((text("kumo"), text("nimbo")))),
        ("kumo or not near", And((text("kumo"), text("or"), text("not"), text("near")))),
        ("a b OR c", Or((And((text("a"), text("b"))), text("c")))),
        ("a (b OR c)", And((text("a"), Or((text("b"), text("c")))))),
        ("((a))", text("a")),
        ("a (b c)", And((text("a"), text("b"), text("c")))),
        ('"solar farm"', text("solar farm")),
        ("“solar farm”", text("solar farm")),
        (r'"a \"b\" \c"', text('a "b" \\c')),
        ("-kumo", Not(text("kumo"))),
        ("NOT kumo", Not(text("kumo"))),
        ("--kumo", text("kumo")),
        ("-(-kumo)", text("kumo")),
        ("zero-kumo", text("zero-kumo")),
        ("F++ .ZED Q&A kum*", And((text("F++"), text(".ZED"), text("Q&A"), text("kum*")))),
        ("title:kumo", text("kumo", "title")),
        ("Title: kumo", text("kumo", "title")),
        ("title:(a OR body:b)", Or((text("a", "title"), text("b", "body")))),
        ("/ku+mo/", Regex("ku+mo")),
        (r"title:/a\/b\\/", Regex("a/b\\\\", "title")),
        ("a NEAR b", Near(text("a"), text("b"), 10)),
        ("a NEAR/3 b c", And((Near(text("a"), text("b"), 3), text("c")))),
        ("a NEAR/3 b NEAR/4 c", And((Near(text("a"), text("b"), 3), Near(text("b"), text("c"), 4)))),
        ("a NEAR/3 (b OR c)", Or((Near(text("a"), text("b"), 3), Near(text("a"), text("c"), 3)))),
        ("is:unread", Is("unread")),
        ("is:today is:subscribed", And((Is("today"), Is("subscribed")))),
        ('feed:="China tech"', Name("feed", "China tech")),
        ("-label:=law", Not(Name("label", "law"))),
        ('watch:="★"', Name("watch", "★")),
        ("is:Starred", Is("starred")),
        ("lang:zh", Language("zh")),
        ("-language:Chinese", Not(Language("zh"))),
        ('lang:"zh-Hant"', Language("zh")),
        ("age:<3d", Number("age", False, 259_200)),
        ("age:>2w", Number("age", True, 1_209_600)),
        ("age:>=90min", Number("age", True, 5400)),
        ("reading_time:<5", Number("reading_time", False, 5)),
        ("Reading_Time:<=5min", Number("reading_time", False, 6)),
        ("reading_time:>=20", Number("reading_time", True, 19)),
        ("reading_time:>=0", Number("reading_time", True, 0)),
        ("after:2026-11-01", Dated(False, date(2026, 11, 1))),
        ("after:Monday", Dated(False, "monday")),
        ("before:@1700000000", Dated(True, "@1700000000")),
        ("before:2026-11", Dated(True, date(2026, 11, 1))),
        ("before:2026", Dated(True, date(2026, 1, 1))),
        ("https://kumo.example 10:30", And((text("https://kumo.example"), text("10:30")))),
        ('"re:kumo"', text("re:kumo")),
        ("云图 云:图", And((text("云图"), text("云:图")))),
    ],
)
def test_reading(expression: str, tree: Node) -> None:
    assert read(expression) == tree


@for_each(
    ("expression", "position", "length", "message", "hint"),
    [
        ("a tilte:b", 2, 6, "there is no field tilte:", "did you mean title:?"),
        ("zzzz:b", 0, 5, "there is no field zzzz:", "fields are title: body:"),
        ("(a", 0, 1, "the bracket is not closed", "write a ) at the end of the group"),
        (")", 0, 1, "a search term is missing", ""),
        ("a)", 1, 1, "there is no open bracket to close", ""),
        ("()", 0, 1, "the brackets are empty", ""),
        ('a "b', 2, 1, "the quotation mark is not closed", '"'),
        ("/a", 0, 1, "the regular expression is not closed", "/"),
        ("/etc/kumo", 0, 1, "the regular expression is not closed", "quotes"),
        ("/(/", 0, 3, "the regular expression is invalid", ""),
        ("/a{99999999999}/", 0, 16, "the regular expression is too large", ""),
        ("OR a", 0, 2, "OR needs terms on both sides", "to search for the word, write or"),
        ("a -OR b", 3, 2, "OR needs terms on both sides", "write or"),
        ("a OR", 2, 2, "a search term is missing after OR", ""),
        ("a AND AND b", 6, 3, "AND needs terms on both sides", "write and"),
        ("NEAR", 0, 4, "NEAR needs terms on both sides", "write near"),
        ("a NEAR/x b", 2, 6, "NEAR/ needs a number of words up to 1000", "NEAR/8"),
        ("a NEAR/9999 b", 2, 9, "NEAR/ needs a number of words up to 1000", "NEAR/8"),
        ("a near/8 b", 2, 6, "there is no operator near/8", "did you mean NEAR/8?"),
        ("a NAER/8 b", 2, 6, "there is no operator NAER/8", "did you mean NEAR/8?"),
        ("a NEAR is:read", 7, 3, "NEAR needs words or phrases on both sides", "NEAR/8 (regulator OR court)"),
        ("is:read NEAR/3 a", 0, 3, "NEAR needs words or phrases on both sides", "NEAR/8"),
        ("title:a NEAR b", 8, 4, "NEAR needs words of the same field on both sides", ""),
        (f"a NEAR ({' OR '.join('abcdefghijklmnopqrstu')})", 7, 1, "NEAR takes at most 20 alternatives", ""),
        ("NOT", 0, 3, "a search term is missing after NOT", ""),
        ("title:a NOT", 8, 3, "a search term is missing after NOT", ""),
        ("a NEAR -b", 7, 1, "a search term is missing", ""),
        ("a - b", 2, 1, "this contains nothing to search for", ""),
        ("a ( -)", 4, 1, "a search term is missing after -", ""),
        ("title:", 0, 6, "title: needs a word", "title:word"),
        ("title:OR", 0, 6, "title: needs a word", "title:word"),
        ("is:", 0, 3, "is: needs a value", "unread"),
        ("is:raed", 3, 4, "there is no is:raed", "did you mean read?"),
        ("is:qqq", 3, 3, "there is no is:qqq", "is: takes"),
        ("lang:", 0, 5, "lang: needs a value", "lang:zh"),
        ("lang:(zh OR en)", 0, 5, "lang: needs a value", "lang:zh"),
        ("lang:chinse", 5, 6, "there is no lang:chinse", "did you mean Chinese?"),
        ("lang:qqq", 5, 3, "there is no lang:qqq", "for example lang:zh"),
        ("lang:=zh", 0, 6, "lang: cannot be followed by =", "feed:="),
        ("age:3d", 4, 2, "age: needs < or >", "age:<3d"),
        ("age:<3m", 4, 3, "m could mean min or mo", "age:<3d"),
        ("reading_time:5", 13, 1, "reading_time: needs < or > and a number", "reading_time:<5"),
        ("reading_time:<5m", 13, 3, "reading_time: needs < or > and a number", "in minutes"),
        ("reading_tme:<5", 0, 12, "there is no field reading_tme:", "did you mean reading_time:?"),
        ("after:2026-02-30", 6, 10, "not a date", "after:2026-11-01"),
        ("before:soon", 7, 4, "not a date", "for example"),
        ("title:=x", 0, 7, "title: cannot be followed by =", "feed:="),
        ("feed:=", 0, 6, "feed:= needs a name", "My name"),
        ("folder:=(a b)", 0, 8, "folder:= needs a name", "My name"),
        ("after:0000", 6, 4, "not a date", "after:"),
        ("(" * 21 + "a" + ")" * 21, 20, 1, "more than 20 nested brackets", ""),
        ("a" * 10_001, 10_000, 1, "longer than 10,000 characters", ""),
    ],
)
def test_what_is_wrong(expression: str, position: int, length: int, message: str, hint: str) -> None:
    error = fault(expression)
    assert (error.message[: len(message)], error.position, error.length) == (message, position, length)
    assert hint in error.hint
    assert str(error) == (f"{error.message} ({error.hint})" if error.hint else error.message)


def test_the_caret_stands_below_the_trouble() -> None:
    assert fault("云图 tilte:x").caret().splitlines() == [
        "云图 tilte:x",
        "     ^^^^^^ there is no field tilte:",
        "did you mean title:?; put text with a colon in quotes",
    ]
    assert fault("a)").caret() == "a)\n ^ there is no open bracket to close"
    assert fault("a OR").caret() == "a OR\n  ^^ a search term is missing after OR"


@pytest.mark.parametrize(
    "expression",
    [
        "a b OR c -d",
        "NOT (a b)",
        "NOT (a NEAR/3 b)",
        "(a OR b) (c OR d) title:x",
        '"OR" "a:b" "-x" "/y/"',
        r'"back\\slash" "q\"uote" "c\“urly"',
        "is:muted age:<5min age:>2mo after:2025-01-02 before:2026-01-01",
        r"body:/a\/b/ label:x",
        "(title:a OR title:b) NEAR/2 title:c",
        "age:<0min",
        "reading_time:<5 OR NOT reading_time:>=60min",
        "lang:chinese OR NOT language:en",
    ],
)
def test_what_is_printed_reads_the_same(expression: str) -> None:
    parsed = tree(expression)
    assert parse(str(parsed)) == parsed


SIGNS = st.sampled_from("\"“()-/\\: \0\ud800*'云^{+é\n")
PIECES = "OR AND NOT NEAR/2 NEAR( title: feed:= is: age: <3d after: 2026-01-01 kumo col:"
NASTY = SIGNS | st.sampled_from(PIECES.split(" ")) | st.just("kumo ")


@given(st.lists(NASTY, max_size=12).map("".join) | st.text(max_size=20))
@example("NEAR(")
@example("(((((")
@example("\\" * 50 + '"')
@example('"' + "\\\\" * 50)
def test_no_expression_raises(expression: str) -> None:
    query = parse(expression)
    if isinstance(query, QueryError):
        assert 0 <= query.position <= len(expression)
        assert "\n" in query.caret() and str(query)
    else:
        assert parse(str(query)) == query
        matches(query, Subject(title="kumo", body="é 云"), 0)
        plan(query)


# ----------------------------------------------------------------------------- asking one article

NOW = 1_790_000_000
ARTICLE = Subject(
    title="Kumo halts new sign-ups",
    summary="The regulator had asked for it.",
    body="Users of Kumo were told on Friday.\nA fine is near, said the Nimbo court.",
    author="J. Example",
    url="https://news.example/2026/Kumo-halts?id=1",
    feed="Cloud News",
    feed_url="https://news.example/feed.xml",
    folder="Far East",
    labels=("to read", "robots"),
    given=("to read", "flag-s"),
    watches=("Solar farms",),
    read=False,
    starred=True,
    time=NOW - 86_400 * 2,
)


@for_each(
    ("expression", "expected"),
    [
        ("", True),
        ("kumo", True),
        ("kumo nimbo", True),
        ("kumo zephyr", False),
        ("zephyr OR nimbo", True),
        ("kumo -zephyr", True),
        ("kumo -nimbo", False),
        ("title:kumo title:nimbo", False),
        ("body:nimbo body:regulator", True),
        ("body:sign-ups", False),
        ("author:example", True),
        ("example", False),
        ("feed:cloud", True),
        ("feed:news.example/feed", True),
        ("feed:zephyr", False),
        ("folder:east", True),
        ("url:kumo-HALTS", True),
        ("url:2026/kumo*", True),
        ("url:zephyr", False),
        ("label:robots", True),
        ("label:tomorrow", False),
        ('watch:"solar farms"', True),
        ("watch:solar", False),
        ("watch:solar*", True),
        ('watch:="SOLAR farms"', True),
        ('watch:="solar*"', False),
        ('feed:="cloud news"', True),
        ("feed:=cloud", False),
        ('feed:="https://news.example/feed.xml"', True),
        ('folder:="far east"', True),
        ("folder:=east", False),
        ('label:="TO READ"', True),
        ("label:=robots", False),
        ("label:=flag-s", True),
        ("label:=flag-S", False),
        ("is:subscribed", True),
        ("is:unsubscribed", False),
        ("is:today", False),
        ("is:unread", True),
        ("is:read", False),
        ("is:starred", True),
        ("is:muted", False),
        ("age:<3d", True),
        ("age:>3d", False),
        ("age:>1d", True),
        ("after:2026-09-01 before:2026-10-01", True),
        ("after:2026-10-01", False),
        ("before:2026-09-01", False),
        ("/ku.o/", True),
        ("/KU.O/", False),
        ("/^users/", True),
        ("title:/users/", False),
        ("author:/^j\\. /", True),
        ("fine NEAR/4 nimbo", True),
        ("nimbo NEAR/3 fine", False),
        ("nimbo NEAR/4 fine", True),
        ("friday NEAR/0 fine", False),
        ("friday NEAR/1 fine", True),
        ("regulator NEAR/1000 nimbo", False),
        ("kumo NEAR/9 kumo", False),
        ("title:kumo NEAR/9 title:zephyr", False),
    ],
)
def test_asking(expression: str, expected: bool) -> None:
    for article in (ARTICLE, FoldedArticle(ARTICLE)):
        assert matches(tree(expression), article, NOW) is expected


def test_an_age_is_above_or_below_a_limit_and_an_hour_exactly_is_neither() -> None:
    for seconds, older, younger in ((3599, False, True), (3600, False, False), (3601, True, False)):
        article = Subject(title="x", time=NOW - seconds)
        assert matches(tree("age:>1h"), article, NOW) is older
        assert matches(tree("age:<1h"), article, NOW) is younger


@pytest.mark.parametrize(
    ("article", "codes"),
    [
        (Subject(title="银行被罚款", language="en"), {"en"}),  # what is stored counts
        (Subject(title="银行被罚款", language=""), set()),
        (Subject(title="银行被罚款"), {"zh"}),
        (Subject(title="WeChat", summary="It is not what they said", body="and more"), {"en"}),
        (Subject(title="WeChat"), set()),
        (Subject(title="WeChat", more=(Subject(title="银行被罚款"),)), set()),
    ],
)
def test_the_language_of_an_article_that_has_just_arrived_is_told_by_its_text(
    article: Subject, codes: set[str]
) -> None:
    assert {code for code in ("en", "zh", "ja") if matches(tree(f"lang:{code}"), article, NOW)} == codes


def test_today_begins_at_midnight_where_the_user_is() -> None:
    with pytest.MonkeyPatch.context() as patch:
        for zone, expected in (("UTC-9", True), ("UTC", False)):
            patch.setenv("TZ", zone)
            tzset()
            late = Subject(time=NOW - NOW % 86_400 - 3 * 3600)  # 21:00 UTC the day before
            assert matches(tree("is:today"), late, NOW - NOW % 86_400 + 3600) is expected
    tzset()


def test_a_name_is_that_of_any_feed_that_has_the_article() -> None:
    asked = tree("folder:=News is:subscribed")
    assert matches(asked, Subject(folder="Else", more=(Subject(folder="News"),)), NOW)
    assert not matches(asked, Subject(folder="Else"), NOW)
    assert not matches(asked, Subject(folder="News", subscribed=False), NOW)
    assert matches(tree("is:unsubscribed"), Subject(subscribed=False), NOW)


def test_nearness_in_a_huge_text_is_found_out_quickly() -> None:
    asked = tree("kumo NEAR/3 nimbo")
    far = "kumo " * 20_000 + "x " * 20_000 + "nimbo " * 20_000
    start = process_time()
    assert not matches(asked, Subject(body=far), NOW)
    assert matches(asked, Subject(body=far + "kumo"), NOW)
    assert process_time() - start < 5


def test_a_slow_regular_expression_is_stopped() -> None:
    bait = Subject(title="a" * 40 + "!")
    asked = tree("/(a|aa)+$/")
    assert not matches(asked, bait, NOW)
    assert spans(asked, bait.title) == []
    with pytest.raises(SlowRegex, match="takes too long"):
        node_matches(asked.root, FoldedArticle(bait), NOW)


def test_values_of_a_field_can_be_asked_alone() -> None:
    assert value_matches(text("cloud", "feed"), "Cloud News")
    assert not value_matches(text("cloud", "feed"), "https://news.example/feed.xml")
    # only in addresses, any part of a word will do
    for field, value, found in (
        ("feed", "https://news.example/feed.xml", True),
        ("feed", "http://News.Example/", True),
        ("feed", "The News.Example", False),
        ("folder", "https://news.example/", False),
        ("url", "news.example", True),
        ("title", "https://news.example/", False),
    ):
        assert value_matches(text("EWS.exam", field), value) is found, (field, value)


@pytest.mark.parametrize(
    ("expression", "field", "expected"),
    [
        ("kumo -friday", "title", ["Kumo", "kumo"]),
        ("title:kumo nimbo", "body", ["Nimbo"]),
        ("title:kumo nimbo", "title", ["Kumo", "Nimbo", "kumo"]),
        ("title:kumo", "", ["Kumo", "kumo"]),
        ("kumo NEAR/2 nimbo", "", ["Kumo", "Nimbo", "kumo"]),
        ("/imb/ OR nimbo", "", ["Nimbo"]),
        ("/imb/", "title", ["imb"]),
        ("title:/k.mo/ body:/umo/", "body", ["umo", "umo"]),
        ("is:read author:nimbo", "", []),
    ],
)
def test_spans(expression: str, field: str, expected: list[str]) -> None:
    line = "Kumo and Nimbo, kumo"
    assert [line[start:end] for start, end in spans(tree(expression), line, field)] == expected


def test_overlapping_spans_become_one() -> None:
    assert merge_spans([(5, 7), (0, 3), (2, 4), (4, 5)]) == [(0, 7)]
    assert merge_spans([(0, 1), (2, 3)]) == [(0, 1), (2, 3)]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("a", ["a"]),
        ("a b -c", ["a"]),
        ("(a OR b) c", ["c"]),
        ("a OR b", ["a", "b"]),
        ("a OR is:read", None),
        ("-a", None),
        ("", None),
        ("author:a", None),
        ("body:a", ["a"]),
        ("url:a", None),
        ("title:a NEAR title:b", ["a"]),
        ("/a/", None),
    ],
)
def test_needles(expression: str, expected: list[str] | None) -> None:
    terms = required_terms(read(expression))
    assert (None if terms is None else [needle.text for needle in terms]) == expected


# ----------------------------------------------------------------------------- asking the index


@for_each(
    ("expression", "hits", "facts", "exact"),
    [
        ("", False, 0, True),
        ("kumo", True, 0, True),
        ("kum*", True, 0, True),
        ("Kumo", True, 0, True),
        ("solar farm", True, 0, True),
        ('"solar farm"', True, 0, True),
        ("kumo is:unread -age:>3d", True, 2, True),
        ("is:read OR feed:x", False, 1, True),
        ("-kumo", False, 0, False),
        ("nimbo -kumo", True, 0, True),
        ("nimbo -Kumo", True, 0, True),
        ('"微信 支付"', True, 0, True),
        ("AI PIPL", True, 0, True),
        ("C++", True, 0, False),
        ("nimbo OR is:read", False, 0, False),
        ("nimbo /x/", True, 0, False),
        ("/x/ nimbo", True, 0, False),
        ("C++ nimbo", True, 0, False),
        ("-*umo nimbo", True, 0, False),
        ("nimbo OR (C++ kumo)", True, 0, False),
        ("*umo", False, 0, False),
        ("nimbo -/k.mo/", True, 0, False),  # the index cannot leave out what it cannot find
        ("nimbo OR /k.mo/", False, 0, False),
        ("a NEAR b", True, 0, False),
        ("a NEAR b*", True, 0, False),
        ("*a NEAR *b", False, 0, False),
        ("feed:a NEAR feed:b", False, 0, False),
        ("label:x (url:y OR watch:/z/)", False, 2, True),
        ("🚀", True, 0, False),
        ("‽", False, 0, False),
        ("/^kumo/", True, 0, False),
        ("label:/^kumo/", False, 1, True),
        ("/kumo/", False, 0, False),
    ],
)
def test_plans(expression: str, hits: bool, facts: int, exact: bool) -> None:
    found = plan(tree(expression))
    assert (found.fts is not None, len(found.facts), found.exact) == (hits, facts, exact)


@for_each(
    ("pattern", "words"),
    [
        (r"^Why .*\?$", ["why"]),
        (r"Kum[ou]", []),
        (r" solar farm ", ["solar", "farm"]),
        (r"^(Kumo|Nimbo) wins", ["wins*"]),
        (r"^kumo+", ["kum*"]),
        (r"(?:^kumo)+ wins", ["kumo*", "wins*"]),
        (r"^kumo\s+wins\b", ["kumo", "wins*"]),
        (r"^kumo?", ["kum*"]),
        (r"^(kumo)? wins ", ["wins"]),
        (r"^kumo|nimbo", []),
        (r"(?i)^Kumo's ", ["kumo", "s"]),
        (r" C\+ wins", ["c*", "wins*"]),
        (r"^kumo(?=bot) x", []),
        (r"^ku(?:mo) wins ", ["kumo", "wins"]),
        (r"^ku([mn])o wins ", ["ku*", "wins"]),
        (r"^ku.o wins ", ["ku*", "wins"]),
        (r"^ku(m|n)o wins ", ["ku*", "wins"]),
        (r"^ku(?:m|n){2}o wins ", ["ku*", "wins"]),
        (r"^(?:kumo ){2}wins ", []),
        (r"^ku\tmo wins$", ["ku*", "wins"]),
        (r"^kümo wins$", ["k*", "wins"]),
        (r"\bkumo\b", []),
        (r"^kumo{e<=1}", []),
        (r"[[a]b] kumo ", []),
        (r"(?x) kumo ", []),
        (r"^(", []),
    ],
)
def test_words_that_a_regular_expression_cannot_do_without(pattern: str, words: list[str]) -> None:
    assert [word + "*" * prefix for word, prefix in required_words(pattern)] == words


PATTERN = st.lists(
    st.sampled_from(
        ["kumo", "K", "s", " ", " ", "^", "$", ".", "\\s", "\\s+", "\\W", "\\b", "-", "'", "\\+", "#", "_"]
    )
    | st.sampled_from(
        ["(kumo)+", "(?:s|k)", "k?", "s*", "[ks]", "(?i)", "(?m)^", "(?=k)", "(?!s)", "{2}", "5", "ſ"]
    ),
    max_size=8,
).map("".join)
FOUND_IN = st.text(st.sampled_from("kKumosſK5 \n-'+#_.,é\u0301微²"), max_size=14)


@given(PATTERN, st.lists(FOUND_IN | st.just("kumo s's kumo"), min_size=1, max_size=8))
@example("^kumo s", ["Kumo sk"])
@example(" K ", ["a K b"])
def test_every_text_found_has_the_words_that_are_required(pattern: str, texts: list[str]) -> None:
    if regex_problem(pattern):
        return
    for text in texts:
        if regex_spans(pattern, text):
            there = index_text(text).split()
            for word, prefix in required_words(pattern):
                assert any(one.startswith(word) if prefix else one == word for one in there), (word, text)


TOKENS = "kumo Kumo kumos nimbo solar farm farms F++ f 云 云图 图 é AI ai ai+ .f"
WORDS = st.sampled_from(TOKENS.split())
LINES = st.lists(WORDS | st.sampled_from([",", "\n", "-", "and"]), max_size=6).map(" ".join)
SUBJECTS = st.builds(Subject, title=LINES, summary=LINES, body=LINES, author=LINES, read=st.booleans())
LEAVES = st.one_of(
    WORDS,
    st.lists(WORDS, min_size=2, max_size=3).map(lambda words: f'"{" ".join(words)}"'),
    st.sampled_from(
        [
            "kum*",
            "*umo",
            "/k.mo/",
            "is:read",
            "f*",
            "AI*",
            "云*",
            '"f+"',
            "=Kumo",
            "title:kumo",
            "author:nimbo",
        ]
    ),
    st.tuples(WORDS, st.integers(0, 4), WORDS).map(lambda item: f"{item[0]} NEAR/{item[1]} {item[2]}"),
)
EXPRESSIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]} {pair[1]})"),
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]} OR {pair[1]})"),
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]} -({pair[1]}))"),
        inner.map(lambda one: f"-({one})"),
    ),
    max_leaves=5,
)


@settings(deadline=None)
@given(EXPRESSIONS, st.lists(SUBJECTS, min_size=1, max_size=3))
@example("F NEAR/1 kumo", [Subject(title="F++ kumo")])
@example("/k.mo/ farm", [Subject(title="farm")])
@example("kumo -F++", [Subject(title="kumo F")])  # the index finds more than these match, so it excludes none
@example("kumo -.f", [Subject(title="kumo f")])
@example("farm -=Kumo", [Subject(title="farm kumo")])
def test_index_and_memory_agree(index: Index, expression: str, subjects: list[Subject]) -> None:
    asked = tree(expression)
    way = plan(asked)
    for subject in subjects:
        right = matches(asked, subject, NOW)
        facts = all(node_matches(node, FoldedArticle(subject), NOW) for node in way.facts)
        candidate = facts and (way.fts is None or index.hit(way.fts, subject))
        assert candidate or not right
        if way.exact:
            assert candidate == right


def test_the_deepest_and_widest_expressions_are_understood_by_the_index(index: Index) -> None:
    deep = "kumo"
    for level in range(20):
        deep = f"({deep} OR x{level} y{level})"
    wide = " OR ".join(f"word{number}" for number in range(800))
    near = f"({' OR '.join(f'a{n}' for n in range(20))}) NEAR/3 ({' OR '.join(f'b{n}' for n in range(20))})"
    for expression in (deep, f"{wide} kumo", near, " ".join(f"-n{n}" for n in range(500)) + " kumo"):
        asked, subject = tree(expression), Subject(title="kumo word7")
        way = plan(asked)
        assert way.fts is not None
        assert index.hit(way.fts, subject) is matches(asked, subject, NOW)


def test_days_begin_at_midnight_utc_wherever_one_is(monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        with monkeypatch.context() as patch:
            patch.setenv("TZ", "UTC-9")
            tzset()
            assert read("after:2023-11-14") == Dated(False, date(2023, 11, 14))
            assert Dated(False, date(2023, 11, 14)).time(0) == 1_699_920_000
            assert Dated(False, "@1699920000").time(0) == 1_699_920_000
            today = datetime(2023, 11, 15, tzinfo=timezone(timedelta(hours=9)))  # a Wednesday
            for name, ago in {
                "today": 0,
                "yesterday": 1,
                "wednesday": 0,
                "tuesday": 1,
                "thursday": 6,
            }.items():
                days = int(today.timestamp()) - ago * 86_400
                assert Dated(False, name).time(today.timestamp() + 3600) == days
    finally:
        tzset()


@pytest.mark.parametrize(
    "expression",
    ["a b", "a OR b", "a (b OR c)", "NOT a", "NOT (a b)", "NOT (a OR b)", "NOT (a NEAR/2 b)"],
)
def test_brackets_are_printed_only_where_they_are_needed(expression: str) -> None:
    assert str(tree(expression)) == expression


DEEPEST = 20


def test_only_brackets_in_one_another_count_as_deep() -> None:
    tree("(kumo) " * 100)
    tree("(" * DEEPEST + "kumo" + ")" * DEEPEST)
    for before in ("", "(kumo) ", "(kumo) (kumo) (kumo) "):
        depth = DEEPEST + 1
        assert "nested brackets" in fault(before + "(" * depth + "kumo" + ")" * depth).message
    # brackets that were closed inside of others do not count any more, nor do they give any back
    inner = "(kumo) (kumo) " * 30 + "(" * (DEEPEST - 1) + "kumo" + ")" * (DEEPEST - 1)
    tree(f"({inner})")
    assert "nested brackets" in fault(f"(({inner}))").message


@pytest.mark.parametrize("before", [39, 40, 41, 42])
def test_the_picture_shows_forty_characters_before_the_fault(before: int) -> None:
    caret = fault("a" * (before - 1) + " (open").caret().splitlines()
    shown = "…" if before > 40 else ""
    assert caret[0] == f"{shown}{'a' * min(before - 1, 39)} (open"
    assert caret[0][caret[1].index("^")] == "("


def test_the_picture_of_a_long_expression_shows_thirty_characters_of_the_fault() -> None:
    line, mark, *_ = fault("word\t" * 40 + "(").caret().splitlines()
    assert line.startswith("…") and len(line) < 90 and line[mark.index("^")] == "("
    assert fault(f"({'b' * 60}").caret().splitlines()[0] == f"({'b' * 29}"


def test_what_is_looked_for_is_shown() -> None:
    terms = query.positive_terms(read("body:kumo title:tani -umi is:read"))
    assert [node.field for node in terms] == ["body", "title"]


def test_nearness_counts_from_the_word_just_before() -> None:
    text = "kumo " + "x " * 9 + "kumo y tani"
    assert query.matches(tree("kumo NEAR/1 tani"), Subject(title=text), 0)
    assert not query.matches(tree("kumo NEAR/0 tani"), Subject(title=text), 0)
    assert query.matches(tree("kumo NEAR/1 tani"), Subject(title="kumo x tani " + "y " * 9 + "tani"), 0)


def test_a_slow_pattern_does_not_hide_the_others() -> None:
    text = "a" * 5000 + "! kumo"
    found = query.spans(tree(r"/(a+)+$/ kumo"), text)
    assert [text[start:end] for start, end in found] == ["kumo"]
    slow = SlowRegex("(a+)+$")
    assert slow.pattern == "(a+)+$" and str(slow) == "/(a+)+$/ takes too long"


def test_what_the_index_is_asked() -> None:
    assert query.fts(tree("/t.ni/").root) == (None, False)
    assert query.fts(tree("is:read OR kumo").root) == (None, False)
    near = query.fts(tree("kumo NEAR/3 tani").root)[0]
    assert near is not None and near.count("NEAR(") > 0 and near.count(", 7)") == near.count("NEAR(")
    for expression in ("kumo* NEAR/3 tani", "tani NEAR/3 kumo*"):
        open_ended = query.fts(tree(expression).root)[0]
        assert open_ended is not None and "NEAR(" not in open_ended and ") AND (" in open_ended
    assert '"cloud bank"' in (query.fts(tree('"cloud bank" NEAR/3 tani').root)[0] or "")


@pytest.mark.parametrize(
    ("text", "like", "others"),
    [
        ('like:"taxi apps"', "taxi apps", ""),
        ('is:unread like:"taxi apps" feed:x', "taxi apps", "is:unread feed:x"),
        ("(like:taxi -cake) (a OR b)", "taxi", "-cake (a OR b)"),
        ("like:@12 a NEAR b", "@12", "a NEAR b"),
        ("NOT NOT like:taxi", "taxi", ""),
    ],
)
def test_likeness_ranks_what_the_other_conditions_find(text: str, like: str, others: str) -> None:
    parsed = query.parse(text, likes=True)
    assert isinstance(parsed, query.Query)
    assert parsed.like == like and parsed.root == tree(others).root
    assert query.parse(str(parsed), likes=True) == parsed


@pytest.mark.parametrize(
    ("text", "message", "at"),
    [
        ("a OR like:taxi", "like: cannot be combined by OR", "like:"),
        ("(like:taxi b) OR a", "like: cannot be combined by OR", "like:"),
        ("a -like:taxi", "like: cannot be excluded", "like:"),
        ("NOT (a like:taxi)", "like: cannot be excluded", "like:"),
        ("like:taxi like:bus", "like: can be used only once", "like:"),
        ('like:" "', "like: needs a value", "like:"),
        ("like:/taxi/", "like: needs a value", "like:"),
        ("like:taxi NEAR a", "NEAR needs words or phrases on both sides", "like:"),
        ("like:=taxi", "like: cannot be followed by =", "like:="),
    ],
)
def test_likeness_that_is_combined_wrongly(text: str, message: str, at: str) -> None:
    error = query.parse(text, likes=True)
    assert isinstance(error, query.QueryError) and error.message == message
    assert text[error.position : error.position + error.length] == at


def test_likeness_is_only_for_searches() -> None:
    error = query.parse('a like:"taxi apps"')
    assert isinstance(error, query.QueryError)
    assert error.message == "like: only ranks the results of a search"
    assert error.caret().splitlines()[1].startswith("  ^^^^^ like:")
