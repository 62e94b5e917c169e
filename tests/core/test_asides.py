"""Lines outside the running text: matches there are marked as such, come last, and can be left out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import for_each
from tuireader.model import Evidence, TermHit
from tuireader.model.asides import ASIDES, is_aside, rank
from tuireader.text.asides import aside, running_text
from tuireader.watch import Matcher, Subject, WatchRule, lookup

ALSO, CREDIT, BYLINE, NAVIGATION = ASIDES


@for_each(
    ("line", "kind", "text"),
    [
        ("Also read: Kumo removes accounts", ALSO, ""),
        ("(Read also: Kumo fined)", ALSO, ""),
        ("Read more on Kumo", ALSO, ""),
        ("See also", ALSO, ""),
        ("延伸阅读：云图", ALSO, ""),
        ("Kumo rose. Also read: Nimbo falls", ALSO, "Kumo rose."),
        ("See also Section 4 of the Kumo Act.", "", "See also Section 4 of the Kumo Act."),
        ("Related firms such as Kumo fell", "", "Related firms such as Kumo fell"),
        ("Image source: Kumo", CREDIT, ""),
        ("图片来源：云图", CREDIT, ""),
        ("A quay at dawn. Photo: A. Quist/Kumo", CREDIT, "A quay at dawn."),
        ("A quay at dawn (Image: Kumo)", CREDIT, "A quay at dawn "),
        ("They posted an image by Kumo and left.", "", "They posted an image by Kumo and left."),
        ("By Jonas Bevan and Ada Quist, Kumo News", BYLINE, ""),
        ("(Reporting by J. Bevan; Editing by A. Kumo)", BYLINE, ""),
        ("记者：云图", BYLINE, ""),
        ("By then, Kumo had left", "", "By then, Kumo had left"),
        ("Home > Tech > Kumo", NAVIGATION, ""),
        ("Tags: Kumo, Nimbo", NAVIGATION, ""),
        ("Share this on Kumo", NAVIGATION, ""),
        ("Follow Harbour Tech on Kumo.", NAVIGATION, ""),
        ("The post Kumo falls appeared first on Harbour Tech.", NAVIGATION, ""),
        ("« Kumo a perdu », dit-elle.", "", "« Kumo a perdu », dit-elle."),
        (f"Photo: {'Kumo ' * 80}", "", f"Photo: {'Kumo ' * 80}"),
    ],
)
def test_what_is_no_running_text(line: str, kind: str, text: str) -> None:
    article = f"Before.\n{line}\nAfter."
    assert aside(article, 8, 8 + len(line)) == (8 + len(text), kind)
    assert running_text(article) == f"Before.\n{text}\nAfter."


def test_titles_below_a_heading_are_further_reading_until_a_sentence_ends() -> None:
    text = "Kumo rose.\nRelated stories\nKumo fined\nNimbo buys Kumo\nKumo said so.\nKumo"
    assert running_text(text) == "Kumo rose.\n\n\n\nKumo said so.\nKumo"
    assert running_text("\n".join(["Related", *["Kumo"] * 20])).count("Kumo") == 8


@given(
    st.lists(st.sampled_from(["Also read: ", "Photo: ", "By ", "Kumo ", "(", ". ", "> ", "\n", "Related"]))
)
def test_the_running_text_is_what_is_before_each_aside(parts: list[str]) -> None:
    text = "".join(parts)
    kept = running_text(text).split("\n")
    assert len(kept) == text.count("\n") + 1
    assert all(line.startswith(part) for line, part in zip(text.split("\n"), kept, strict=True))


BODY = "Photo: Kumo\nIt rained. Kumo fell. Also read: Kumo and Nimbo"


def test_the_sentence_is_of_the_text_and_hits_outside_it_are_named() -> None:
    hits = (
        TermHit("Kumo", CREDIT, 1),
        TermHit("Kumo", "body", 1),
        TermHit("Kumo", ALSO, 1),
        TermHit("Nimbo", ALSO, 1),
    )
    rules = [WatchRule("both", any=("Kumo", "Nimbo")), WatchRule("one", any=("Nimbo",))]
    both, aside_only = Matcher(rules).match(Subject(title="A title", body=BODY))
    assert (both.hits, both.sentence) == (hits, "Kumo fell.")
    assert (aside_only.hits, aside_only.sentence) == (hits[3:], "Also read: Kumo and Nimbo")
    assert [is_aside(match) for match in (both, aside_only, Evidence("w"))] == [False, True, False]
    former = Evidence("w", hits, "s", until=1)
    ranks = [rank(match) for match in (aside_only, former, both)]
    assert sorted(ranks) == [ranks[1], ranks[0], ranks[2]]


@pytest.mark.parametrize(
    ("rule", "matches"),
    [
        (WatchRule("w", any=("Nimbo",), fields=("title", "text")), False),
        (WatchRule("w", any=("Kumo",), fields=("title", "text")), True),
        (WatchRule("w", any=("Kumo",), none=("Nimbo",), fields=("text",)), True),
        (WatchRule("w", any=("Nimbo",), fields=("text", "body")), True),
        (WatchRule("w", query="Nimbo", fields=("title", "text")), False),
        (WatchRule("w", query="Kumo -Nimbo", fields=("title", "text")), True),
        (WatchRule("w", query="title:title Nimbo", fields=("title",)), True),
    ],
)
def test_a_watch_can_leave_out_what_is_no_running_text(rule: WatchRule, matches: bool) -> None:
    evidence = Matcher([rule]).match(Subject(title="A title", body=BODY))
    assert bool(evidence) == matches
    assert "text" not in rule.fields or not lookup(rule).exact
    if matches and "body" not in rule.fields and rule.fields != ("title",):
        assert evidence[0].hits == (TermHit("Kumo", "body", 1),)
