"""Watches: which articles they are on, why, and what of it can be looked up."""

from __future__ import annotations

import re
import sys
from collections import Counter
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.core.indexing import Index
from tests.examples import for_each
from tuireader.config import RuleConfig
from tuireader.lexicon import Term, compile_term
from tuireader.model import MORE, Action, ActionKind, Evidence, TermHit
from tuireader.query.identifiers import cve_numbers
from tuireader.watch import Matcher, RuleBook, Subject, WatchRule, aliases, lookup, prefilter, signature
from tuireader.watch.matcher import Vocabulary


def compiled(text: str) -> Term:
    term = compile_term(text, exact=False)
    assert term is not None
    return term


def on(rule: WatchRule, subject: Subject) -> bool:
    """Whether the article is on the watch."""
    return bool(Matcher([rule]).match(subject, 0))


def evidence(rule: WatchRule, subject: Subject) -> Evidence:
    [found] = Matcher([rule]).match(subject)
    return found


def marked(found: Evidence) -> list[str]:
    """What is marked in the sentence."""
    return [found.sentence[start:end] for start, end in found.spans]


ARTICLE = Subject(
    title="Nimbo fined",
    summary="The Kumo owner has to pay.",
    body="A solar farm was built.\nNimbo and Kumo disagree.",
    author="J. Example",
    url="https://news.example/nimbo-fined",
    feed="Cloud News",
    feed_url="https://news.example/feed.xml",
    folder="Far East",
    labels=("robots", "law"),
    time=1000,
)


@for_each(
    ("rule", "expected"),
    [
        (WatchRule("w", any=("zephyr", "kumo")), True),
        (WatchRule("w", any=("zephyr",)), False),
        (WatchRule("w", all=(("nimbo", "zephyr"), ("solar farm",))), True),
        (WatchRule("w", all=(("nimbo",), ("zephyr",))), False),
        (WatchRule("w", any=("kumo",), all=(("zephyr",),)), False),
        (WatchRule("w", any=("kumo",), none=("zephyr",)), True),
        (WatchRule("w", any=("kumo",), none=("solar farm",)), False),
        (WatchRule("w", any=("kumo",), none=("farm was built",)), False),
        (WatchRule("w", any=("kumo",), fields=("title",)), False),
        (WatchRule("w", any=("kumo",), fields=("title", "body")), True),
        (WatchRule("w", any=("farm",), none=("kumo",), fields=("title", "body")), False),
        (WatchRule("w", any=("nimbo",), none=("kumo",), fields=("title",)), True),
        (WatchRule("w", any=("example",), fields=("author",)), True),
        (WatchRule("w", any=("example",)), False),
        (WatchRule("w", any=("nimbo-fined",), fields=("url",)), True),
        (WatchRule("w", any=("law",), fields=("label", "title")), True),
        (WatchRule("w", any=("robots law",), fields=("label",)), False),
        (WatchRule("w", any=("fined The",)), False),
        (WatchRule("w", any=("kumo",), feeds=("cloud news",)), True),
        (WatchRule("w", any=("kumo",), feeds=("CLOUD News",)), True),
        (WatchRule("w", any=("kumo",), feeds=("HTTPS://news.example/feed.xml",)), True),
        (WatchRule("w", any=("kumo",), feeds=("far east", "x")), True),
        (WatchRule("w", any=("kumo",), feeds=("https://news.example/feed.xml",)), True),
        (WatchRule("w", any=("kumo",), feeds=("cloud",)), False),
        (WatchRule("w", any=("NIMBO",), exact=True), False),
        (WatchRule("w", any=("Nimbo",), exact=True), True),
        (WatchRule("w", any=("/n.mbo (and|or)/",)), True),
        (WatchRule("w", any=("/^kumo/",)), False),
        (WatchRule("w", any=("/fined$/",)), True),
        (WatchRule("w", any=("*imbo",)), True),
        (WatchRule("w", any=("dis*",)), True),
        (WatchRule("w", any=("disag*", "qq*")), True),
        (WatchRule("w", any=("dissent*",)), False),
        (WatchRule("w", any=("solar far*",)), True),
        (WatchRule("w", any=("zephyr solar far*",)), False),
        (WatchRule("w", query="nimbo NEAR/2 kumo"), True),
        (WatchRule("w", query="title:kumo"), False),
        (WatchRule("w", query="author:example"), True),
        (WatchRule("w", query="-zephyr"), True),
        (WatchRule("w", query="is:unread age:<1d"), True),
        (WatchRule("w", query="title:/^nimbo/"), True),
        (WatchRule("w", any=("kumo",), query="zephyr"), False),
        (WatchRule("w", any=("zephyr",), query="kumo"), False),
        (WatchRule("w", any=("kumo",), query="fined OR zephyr"), True),
    ],
)
def test_which_articles_are_on_a_watch(rule: WatchRule, expected: bool) -> None:
    assert on(rule, ARTICLE) is expected
    assert Matcher([rule]).problems == ()


def test_an_empty_article_is_on_no_watch() -> None:
    assert not on(WatchRule("w", any=("kumo", "🚀")), Subject())


def test_age_counts_from_now_if_it_is_given() -> None:
    matcher = Matcher([WatchRule("w", query="age:<1d")])
    assert matcher.match(ARTICLE)
    assert not matcher.match(ARTICLE, now=200_000)


def test_evidence_comes_in_config_order() -> None:
    rules = [WatchRule("b", any=("kumo",)), WatchRule("x", any=("zephyr",)), WatchRule("a", any=("nimbo",))]
    assert [found.watch for found in Matcher(rules).match(ARTICLE)] == ["b", "a"]


# ----------------------------------------------------------------------------- evidence


def test_evidence_counts_terms_in_fields() -> None:
    found = evidence(WatchRule("w", any=("Kumo", "nimbo", "zephyr")), ARTICLE)
    assert found.hits == (
        TermHit("Kumo", "summary", 1),
        TermHit("Kumo", "body", 1),
        TermHit("nimbo", "title", 1),
        TermHit("nimbo", "body", 1),
    )
    assert found.count == 4
    assert found.sentence == "Nimbo and Kumo disagree."
    assert marked(found) == ["Nimbo", "Kumo"]


def test_evidence_names_what_a_query_asked_for() -> None:
    found = evidence(WatchRule("w", any=("nimbo",), query="title:nimbo /sol.r/ title:fined"), ARTICLE)
    assert [(hit.term, hit.field) for hit in found.hits] == [
        ("nimbo", "title"),
        ("nimbo", "body"),
        ("/sol.r/", "body"),
        ("fined", "title"),
    ]


def test_evidence_without_a_term_is_empty() -> None:
    assert evidence(WatchRule("w", query="is:unread"), ARTICLE) == Evidence("w")


def test_a_hit_in_the_title_alone_shows_the_title() -> None:
    found = evidence(WatchRule("w", any=("fined",)), ARTICLE)
    assert (found.sentence, marked(found)) == ("Nimbo fined", ["fined"])


@for_each(
    ("term", "body", "sentence"),
    [
        ("Kumo", "First one. Then Kumo came. Last one.", "Then Kumo came."),
        ("Kumo", "Is it so? Kumo! “Yes.” He left", "Kumo!"),
        ("Kumo", "He said “Kumo is here.” She left.", "He said “Kumo is here.”"),
        (
            "Kumo",
            "The U.S. firm Kumo paid J. Bevan of Nimbo Inc. The end. More.",
            "The U.S. firm Kumo paid J. Bevan of Nimbo Inc. The end.",
        ),
        ("Kumo", "Dr. No of Kumo vs. Nimbo. It is.", "Dr. No of Kumo vs. Nimbo."),
        ("Kumo", "Version 2.0 of Kumo.js is out.It is new", "Version 2.0 of Kumo.js is out.It is new"),
        ("Kumo", "He asked why … and Kumo said no", "He asked why … and Kumo said no"),
        ("Kumo", "第一句。腾云Kumo团队道歉！他们说：“好。”最后", "腾云Kumo团队道歉！"),
        ("Kumo", "他说「Kumo来了。」然后走了。", "他说「Kumo来了。」"),
        ("Kumo", "Before\nA line with Kumo\nAfter", "A line with Kumo"),
        ("Kumo", "One. Two Kumo words.   ", "Two Kumo words."),
        ("Kumo", "Kumo... Wait", "Kumo..."),
        ("Kumo", "a\x07b Kumo", "a b Kumo"),
        ("बादल", "अच्छा है। बादल आए। और अंत।", "बादल आए।"),
        ("سحاب", "جيد؟ جاء سحاب؟ انتهى.", "جاء سحاب؟"),
        ("بادل", "اچھا ہے۔ بادل آئے۔ ختم۔", "بادل آئے۔"),
        ("云图", "很好。云图来了！完｡", "云图来了！"),
    ],
)
def test_sentences(term: str, body: str, sentence: str) -> None:
    found = evidence(WatchRule("w", any=(term,)), Subject(body=body))
    assert (found.sentence, marked(found)) == (sentence, [term])


def test_the_sentence_with_the_most_terms_is_the_best() -> None:
    body = "Kumo came. Then Kumo and Kumo. Nimbo met Kumo at last. Nimbo met Kumo again."
    assert (
        evidence(WatchRule("w", any=("kumo", "nimbo")), Subject(body=body)).sentence
        == "Nimbo met Kumo at last."
    )


def test_a_phrase_over_two_sentences_shows_both() -> None:
    found = evidence(WatchRule("w", any=("/came. They/",)), Subject(body="Kumo came. They won. End."))
    assert (found.sentence, marked(found)) == ("Kumo came. They won.", ["came. They"])


@pytest.mark.parametrize("at", [0, 5, 100, 300, 395, 399])
def test_a_long_sentence_is_cut_around_the_term(at: int) -> None:
    words = ["lorem"] * 400
    words[at] = "Kumo"
    found = evidence(WatchRule("w", any=("Kumo",)), Subject(body=" ".join(words)))
    assert marked(found) == ["Kumo"]
    assert 150 <= len(found.sentence) <= 203
    assert found.sentence.startswith("…") == (at > 20)
    assert found.sentence.endswith("…") == (at < 380)
    assert set(found.sentence.strip("…").split(" ")) == {"lorem", "Kumo"}


def test_a_long_sentence_without_blanks_is_cut_too() -> None:
    found = evidence(WatchRule("w", any=("云图",)), Subject(body="新" * 3000 + "云图" + "闻" * 3000))
    assert marked(found) == ["云图"]
    assert len(found.sentence) == 202


def test_a_huge_line_is_not_looked_through_for_each_hit() -> None:
    body = "Kumo came. " * 20_000
    found = evidence(WatchRule("w", any=("Kumo",)), Subject(body=body))
    assert (found.count, found.sentence) == (20_000, "Kumo came.")


# ----------------------------------------------------------------------------- problems


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (WatchRule("w"), "there is nothing to search for"),
        (WatchRule("w", none=("kumo",)), "there is nothing to search for"),
        (WatchRule("w", any=("-",)), "there is nothing to search for in '-'"),
        (WatchRule("w", any=("-",), query="kumo"), "there is nothing to search for in '-'"),
        (WatchRule("w", all=((), ("kumo",))), "one of its groups has no valid term"),
        (WatchRule("w", any=("/(/",)), "/(/: the regular expression is invalid"),
        (WatchRule("w", any=("/a{99999999999}/",)), "/a{99999999999}/: the regular expression is too large"),
        (WatchRule("w", query="kumo ("), "query: the bracket is not closed"),
        (WatchRule("w", any=("kumo",), fields=("title", "tilte")), "fields are title"),
        (WatchRule("w", any=("kumo",), fields=()), "fields are title"),
    ],
)
def test_a_wrong_rule_is_told_and_off(rule: WatchRule, message: str) -> None:
    matcher = Matcher([rule, WatchRule("good", any=("kumo",))])
    assert matcher.problems[0].watch == "w"
    assert matcher.problems[0].message.startswith(message)
    assert [found.watch for found in matcher.match(ARTICLE)] == ["good"]


def test_a_wrong_term_does_not_stop_the_others() -> None:
    matcher = Matcher([WatchRule("w", any=("kumo", "-"), none=("/(/",))])
    assert len(matcher.problems) == 2
    assert len(matcher.match(ARTICLE)) == 1


@pytest.mark.parametrize("rule", [WatchRule("w", any=("/(a|aa)+$/",)), WatchRule("w", query="/(a|aa)+$/")])
def test_a_slow_regular_expression_is_stopped_named_and_given_up(rule: WatchRule) -> None:
    matcher = Matcher([rule, WatchRule("good", any=("kumo",))])
    bait = Subject(title="a" * 40 + "!", body="kumo")
    for _ in range(2):
        assert [found.watch for found in matcher.match(bait)] == ["good"]
    [problem] = matcher.problems
    assert problem.message == "a regular expression was too slow on 2 articles"
    assert matcher.match(Subject(title="aaa"))
    matcher.match(bait)
    [problem] = matcher.problems
    assert problem.message.endswith("3 articles; the watch is disabled")
    assert not matcher.match(Subject(title="aaa"))
    assert matcher.spans(bait.title) == []


def test_a_rule_with_a_slow_regular_expression_is_given_up_and_the_others_act() -> None:
    then = (Action(ActionKind.STAR),)
    slow = RuleConfig("slow", query="/(a|aa)+$/", then=then)
    book = RuleBook([slow, RuleConfig("good", query="kumo", then=(Action(ActionKind.READ), *then))])
    bait, harmless = Subject(title="a" * 40 + "!", body="kumo"), Subject(title="aaa")
    assert book.decide(harmless, 0) == [("star", "slow")]
    for _ in range(3):
        assert book.decide(bait, 0) == [("read", "good"), ("star", "good")]
    assert book.decide(harmless, 0) == [] and book and not RuleBook([])
    assert book.decide(replace(bait, watches=("W",)), 0) == [("star", "good")]


def test_spans_for_highlighting() -> None:
    matcher = Matcher(
        [
            WatchRule("one", any=("kumo",), none=("nimbo",)),
            WatchRule("two", all=(("Kumo", "/kum/"), ("nimbo",))),
            WatchRule("three", query="title:nimbo -zephyr"),
        ]
    )
    text = "A Kumo, a Nimbo, a zephyr"
    assert matcher.spans(text) == [
        (2, 5, "two"),
        (2, 6, "one"),
        (2, 6, "two"),
        (10, 15, "three"),
        (10, 15, "two"),
    ]
    assert matcher.spans(text, ["three"]) == [(10, 15, "three")]
    assert matcher.spans("nothing here") == []


def test_the_signature_changes_with_what_is_matched() -> None:
    rule = WatchRule("w", any=("kumo",))
    assert signature(rule) == signature(replace(rule, name="other"))
    changed = [
        replace(rule, any=("nimbo",)),
        replace(rule, any=(), all=(("kumo",),)),
        replace(rule, none=("x",)),
        replace(rule, query="x"),
        replace(rule, fields=("title",)),
        replace(rule, feeds=("x",)),
        replace(rule, exact=True),
    ]
    assert len({signature(rule), *map(signature, changed)}) == 8
    assert len(signature(rule)) == 16  # databases hold it: another one asks every stored article again


YUN = '("云 图") OR ("雲 圖") OR ("云 圖")'


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (WatchRule("w", any=("云图", "新")), f'{{body title}} : (({YUN}) OR ("新"))'),
        (
            WatchRule("w", any=("kumo",), query="新"),
            '{body title} : ((("kumoes" OR "kumos" OR "kumo"))) AND (…)',
        ),
        (WatchRule("w", any=("kum*",), fields=("title",)), '{title} : (("kum" *))'),
        (WatchRule("w", any=("kumo", "*umo")), None),
        (WatchRule("w", any=("/kumo/",)), None),
        (WatchRule("w", any=("kumo",), fields=("url", "title")), None),
        (WatchRule("w", any=("",)), None),
        (WatchRule("w", query="kumo ("), None),
        (WatchRule("w", query="-kumo"), None),
        (WatchRule("w", query="云图 OR -kumo"), None),
        (WatchRule("w", query="云图 OR 新"), f'((({{title body}} : ({YUN})) OR ({{title body}} : ("新"))))'),
        (WatchRule("w"), None),
    ],
)
def test_prefilters(rule: WatchRule, expected: str | None) -> None:
    found = prefilter(rule)
    asked = '(({title body} : ("新")))'
    assert (found and found.replace(asked, "(…)")) == expected


TOKENS = "kumo,Kumo,solar farm,farm,F++,f,云图,图,AI,kum*,*umo,/k.m/,Q&A,a.i.,🚀"
TERMS = st.sampled_from(TOKENS.split(","))
GROUPS = st.lists(TERMS, min_size=1, max_size=3).map(tuple)
FIELDS = st.sampled_from(["title", "summary", "body", "author", "label"])
RULES = st.builds(
    WatchRule,
    name=st.just("w"),
    any=st.just(()) | GROUPS,
    all=st.lists(GROUPS, max_size=2).map(tuple),
    none=st.just(()) | GROUPS,
    query=st.sampled_from(["", "", "", "kumo", "title:farm OR f", "-kumo", "is:unread", "solar NEAR/1 kumo"]),
    fields=st.lists(FIELDS, min_size=1, max_size=4, unique=True).map(tuple)
    | st.just(("title", "summary", "body")),
    exact=st.booleans(),
)
TOKENS_IN_TEXTS = "kumo Kumo kumos solar farm F++ f f+ 云图 图 AI ai q&a Q&A A.I. 🚀"
WORDS = st.sampled_from(TOKENS_IN_TEXTS.split())
LINES = st.lists(WORDS | st.sampled_from([",", "\n", "-", "’"]), max_size=6).map(" ".join)
LABELS = st.lists(LINES, max_size=2).map(tuple)
SUBJECTS = st.builds(Subject, title=LINES, summary=LINES, body=LINES, author=LINES, labels=LABELS)


@settings(max_examples=settings().max_examples * 3 // 2, deadline=None)
@given(RULES, SUBJECTS)
def test_every_match_is_hit_by_the_index_and_has_true_evidence(
    index: Index, rule: WatchRule, subject: Subject
) -> None:
    found = Matcher([rule]).match(subject)
    way = lookup(rule)
    assert way.fts or not way.exact
    if found and (positive := prefilter(rule)):
        assert index.hit(positive, subject)
    if way.exact:
        assert index.hit(way.fts or "", subject) == bool(found)
    elif found and way.fts:
        assert index.hit(way.fts, subject)
    for item in found:
        assert all(0 <= start < end <= len(item.sentence) for start, end in item.spans)
        assert bool(item.hits) == bool(item.sentence) == bool(item.spans)
        assert "\n" not in item.sentence


@settings(max_examples=settings().max_examples // 2, deadline=None)
@given(st.lists(RULES, min_size=1, max_size=4), SUBJECTS)
def test_many_watches_match_as_each_alone(rules: list[WatchRule], subject: Subject) -> None:
    named = [replace(rule, name=str(number)) for number, rule in enumerate(rules)]
    alone = [found for rule in named for found in Matcher([rule]).match(subject)]
    matcher = Matcher(named)
    assert list(matcher.match(subject)) == alone
    assert list(matcher.match(subject, names=[rule.name for rule in reversed(named)])) == alone
    assert list(matcher.match(subject, names=["0", "none such"])) == [
        item for item in alone if item.watch == "0"
    ]


@for_each(
    ("rule", "exact"),
    [
        (WatchRule("w", any=("Kumo", "solar farm", "云图", "AI", "kum*")), True),
        (WatchRule("w", any=("kumo",), all=(("farm", "farms"),), none=("solar",), feeds=("x",)), True),
        (WatchRule("w", any=("kumo",), query="Farm -AI"), True),
        (WatchRule("w", query="Farm OR kumo", fields=("title",)), True),
        (WatchRule("w", any=("kumo",), fields=("title", "author")), True),
        (WatchRule("w", any=("kumo",), fields=("title", "body")), False),
        (WatchRule("w", any=("kumo",), fields=("label",)), False),
        (WatchRule("w", any=("kumo", "C++")), False),
        (WatchRule("w", any=("kumo",), none=("C++",)), False),
        (WatchRule("w", any=("kumo",), exact=True), False),
        (WatchRule("w", any=("kumo",), query="is:unread"), False),
        (WatchRule("w", query="kumo is:unread"), False),
        (WatchRule("w", any=("kumo",), query="(open"), False),
        (WatchRule("w", any=("kumo", "/x/")), False),
        (WatchRule("w", query="-kumo"), False),
        (WatchRule("w"), False),
    ],
)
def test_what_the_index_decides(rule: WatchRule, exact: bool) -> None:
    assert lookup(rule).exact is exact


def test_named_watches_with_many_terms() -> None:
    matcher = Matcher([WatchRule("w", any=(*(f"zephyr{number}" for number in range(50)), "kumo"))])
    assert matcher.match(ARTICLE, names=["w"]) == matcher.match(ARTICLE)


# ----------------------------------------------------------------------------- aliases

LONG = WatchRule("w", any=("Cloud Data Protection Act", "云数据法"))
SHORT = WatchRule("w", any=("CDPA",))
TWO = WatchRule("w", any=("Cloud Data Protection Act", "Kumo Solar Farm"))


@for_each(
    ("rule", "text", "names"),
    [
        (LONG, "The Cloud Data Protection Act (CDPA) is here. Cloud Data Protection Act (CDPA).", ["CDPA"]),
        (LONG, "The Cloud Data Protection Act (“CDPA”) is here.", ["CDPA"]),
        (LONG, "《云数据法》 云数据法（CDL）通过。", ["CDL"]),
        (LONG, "The Cloud Data Protection Act (Zephyr) is here.", []),
        (LONG, "The Cloud Data Protection Act (XYZ) is here.", []),
        (LONG, "The Cloud Data Protection Act (CDX) is here.", []),
        (LONG, "The Cloud Data Protection Act is here.", []),
        (replace(LONG, all=(("CDPA",),)), "The Cloud Data Protection Act (CDPA).", []),
        (SHORT, "Now the Cloud Data Protection Act (CDPA) is here.", ["Cloud Data Protection Act"]),
        (SHORT, "Now the Cloud and Data of Protection Act (CDPA).", ["Cloud and Data of Protection Act"]),
        (SHORT, "Now the Zephyr Act (CDPA) is here.", []),
        (SHORT, "The CDPA is here.", []),
        (SHORT, "The CDPA (Cloud and Data of Protection Act) is here.", ["Cloud and Data of Protection Act"]),
        (SHORT, "The CDPA (Cloud Data Act), CDPA (of Cloud Data Protection Act).", []),
        (LONG, "The CDPA (Cloud Data Protection Act) is here.", ["CDPA"]),
        (LONG, "The Zephyr (Cloud Data Protection Act), the CDPA (Cloud Data Protection Act of old).", []),
        (LONG, "《云数据法》（CDL）通过。", ["CDL"]),
        (WatchRule("w", any=("Cdpa", "/x/")), "Cloud Data Protection Act (Cdpa)", []),
        # a short name is half capitals at least, and each term may have one, or more than one
        (TWO, "The Cloud Data Protection Act (CDPA) and the Kumo Solar Farm (KSF)", ["CDPA", "KSF"]),
        (TWO, "The Cloud Data Protection Act (CDpa)", ["CDpa"]),
        (TWO, "The Cloud Data Protection Act (Cdpa)", []),
        (TWO, "The Cloud Data Protection Act (CDpact)", []),
        (TWO, "The Kumo Solar Farm (KSF) met. The Kumo Solar Farm (KSFa) left.", ["KSF", "KSFa"]),
        # a long name stands on the line of its abbreviation
        (SHORT, "The\nCloud Data Protection Act (CDPA).\nMore of it\n", ["Cloud Data Protection Act"]),
        (SHORT, "Cloud Data Protection\nAct (CDPA) met.", []),
        (SHORT, "Cloud\nData Protection Act (CDPA) met.\nAnd more.", []),
        (SHORT, "First.\n\nThe Cloud Data\nProtection Act (CDPA)\nmet.", []),
    ],
)
def test_aliases(rule: WatchRule, text: str, names: list[str]) -> None:
    found = aliases(text, rule)
    assert [name for name, _ in found] == names
    assert all(name in sentence and sentence in text for name, sentence in found)


@settings(max_examples=40)
@given(
    st.lists(
        st.sampled_from(["Apple", "data breach", "微信", "C++", "priv*", "*ware", "battery"]),
        min_size=1,
        unique=True,
    ),
    st.text(),
)
def test_few_terms_and_many_find_the_same(terms: list[str], more: str) -> None:
    few = Matcher([WatchRule("w", tuple(terms))])
    filler = tuple(f"filler{number} word" for number in range(70))  # up to 24 terms are few
    many = Matcher([WatchRule("w", tuple(terms)), WatchRule("other", filler)])
    for text in (
        f"{more} Apples, data breaches {more}",
        f"微信支付 C++17 privacy {more}",
        f"ransomware batteries{more}",
    ):
        subject = Subject(title=text)
        assert few.match(subject) == many.match(subject)


@pytest.mark.parametrize("others", [0, 70])  # up to 24 terms are few
@pytest.mark.parametrize(
    ("term", "with_it", "without"),
    [
        ("kumo", "The kumos met", "The nimbo met"),
        ("solar farm", "A farm is solar", "A farm is near"),
        ("solar farm", "Two solar farms", "A solar roof"),
        ("priv*", "On privacy", "On secrecy"),
        ("*ware", "The hardware", "The tools"),
        ("微信", "用微信支付", "用现金支付"),
        ("C++", "In C++", "In Rust"),
    ],
)
def test_only_terms_whose_words_occur_are_searched_for(
    others: int, term: str, with_it: str, without: str
) -> None:
    vocabulary = Vocabulary()
    for number in range(others):
        vocabulary.add(compiled(f"filler{number} word"))
    number = vocabulary.add(compiled(term))
    assert [vocabulary.candidates(text.lower()) for text in (with_it, without)] == [{number}, set()]


def test_a_part_of_a_phrase_is_no_hit_among_many_terms() -> None:
    filler = tuple(f"filler{number} word" for number in range(200))
    matcher = Matcher([WatchRule("leaks", ("data breach",)), WatchRule("other", filler)])
    assert [found.watch for found in matcher.match(Subject(title="A data breach"))] == ["leaks"]
    for title in ("A breach of trust, and data", "A breach of trust"):
        assert matcher.match(Subject(title=title)) == ()


def test_a_watch_of_one_field_counts_only_there() -> None:
    watch = WatchRule(name="W", any=("kumo",), fields=("title",))
    everywhere = WatchRule(name="E", any=("kumo",))
    matcher = Matcher([watch, everywhere])
    both = Subject(title="kumo", summary="kumo kumo", body="a kumo")
    found = {one.watch: [(hit.field, hit.count) for hit in one.hits] for one in matcher.match(both)}
    assert found == {"W": [("title", 1)], "E": [("title", 1), ("summary", 2), ("body", 1)]}
    assert [one.watch for one in matcher.match(Subject(title="x", body="kumo"))] == ["E"]


CVE = r"CVE-\d{4}-\d{4,7}"
PIECES = st.sampled_from(
    (
        "CVE-2026-50110",
        "CVE-2026-50111",
        "cve-2026-50110",
        "CVE-2026-1",
        "CVE-",
        " ",
        "\n",
        "x",
        "漏洞",
        "é",
        ".",
    )
)
TEXTS = st.lists(PIECES, max_size=12).map("".join)


@given(TEXTS, TEXTS, TEXTS)
def test_a_pattern_counts_every_occurrence_in_every_field(title: str, summary: str, body: str) -> None:
    """With a group `id` as without, and CVE numbers in any case."""
    subject = Subject(title=title, summary=summary, body=body)
    fields = {"title": title, "summary": summary, "body": body}
    expected = {name: Counter(re.findall(CVE, text)) for name, text in fields.items()}
    for pattern in (f"/{CVE}/", f"/(?P<id>{CVE})/", f"/x?(?P<id>{CVE})\n?/"):
        for match in Matcher([WatchRule("W", (pattern,))]).match(subject):
            counts: dict[str, Counter[str]] = {name: Counter() for name in fields}
            for hit in match.hits:
                counts[hit.field] = Counter(hit.occurrences)
                assert hit.count == counts[hit.field].total() and hit.identifies == ("?P<id>" in pattern)
                assert list(hit.occurrences) == list(expected[hit.field])
            assert counts == expected and match.occurrences == sum(expected.values(), Counter())
    every = re.findall(r"CVE-\d{4}-\d{4,7}", "\n".join(fields.values()).upper())
    assert not set(cve_numbers("\n".join(fields.values()))) - set(every)


@given(
    st.lists(st.sampled_from(("CVE-2026-50110", "cve-2026-50111", "Cve\u20112026\u201150112")), max_size=9)
)
def test_cve_numbers_are_spelt_in_one_way(numbers: list[str]) -> None:
    text = "，".join(f"漏洞{number}被" for number in numbers)
    assert cve_numbers(text) == [number.upper().replace("\u2011", "-") for number in numbers]
    assert cve_numbers("xCVE-2026-50110 CVE-2026-501 CVE-26-50110 CVE-2026-12345678901234567890") == []


def test_what_a_pattern_finds_is_cleaned_cut_and_limited() -> None:
    words = [f"w{number}" for number in range(30)]
    body = " ".join([*words, *words, "w1\x1b[31m", "w" + "9" * 99, "w\u202e7"])
    match = evidence(WatchRule("W", (r"/w[^ ]+/",)), Subject(body=body))
    (hit,) = match.hits
    twice = dict.fromkeys(words[:20], 2) | {"w1": 3, "w7": 3}
    assert list(hit.occurrences.items()) == [*twice.items(), (MORE, 21)]
    assert hit.count == 63 == sum(hit.occurrences.values()) and len(hit.occurrences) == 21
    ids = evidence(WatchRule("W", (r"/(?P<id>w[^ ]+)/",)), Subject(body=body)).occurrences
    assert sum(ids.values()) == 63 and MORE not in ids and len(ids) == 31
    assert all(len(text) <= 64 and text.isprintable() for text in ids) and f"w{'9' * 62}…" in ids


def test_a_group_captures_each_of_several_identifiers_and_only_where_the_watch_searches() -> None:
    rule = WatchRule("W", (r"/Fixes (?:(?P<id>[A-Z]+-\d+)(?:, )?)+|Nothing/",), fields=("title", "body"))
    text = "Fixes AB-1, AB-2, AB-1 today"
    match = evidence(rule, Subject(title=text, summary="Fixes ZZ-1", body=f"{text}. Nothing"))
    assert [(hit.field, hit.count, hit.occurrences) for hit in match.hits] == [
        ("title", 1, {"AB-1": 2, "AB-2": 1}),
        ("body", 2, {"AB-1": 2, "AB-2": 1}),
    ]
    asked = Matcher([WatchRule("Q", query=r"/(?P<id>AB-\d)$/ -title:/x/")])
    assert [one.occurrences for one in asked.match(Subject(title="AB-1", body="AB-2 AB-3"))] == [
        {"AB-1": 1, "AB-3": 1}
    ]


@pytest.mark.parametrize("pattern", [r"\S+", r"(?P<id>\S+)", r".", r"(?s).+", r"(?:(?P<id>\S)\s*)+"])
def test_hostile_patterns_and_texts_cost_little(pattern: str) -> None:
    body = " ".join(f"{number:x}" for number in range(60_000)) + "\x1b\u202e" * 20_000
    start = process_time()
    matches = Matcher([WatchRule("W", (f"/{pattern}/",))]).match(Subject(body=body))
    assert process_time() - start < (3 if sys.gettrace() is None else 9)
    for match in matches:
        assert len(match.occurrences) <= 201
        assert all(len(text) <= 64 and text.isprintable() for text in match.occurrences)
