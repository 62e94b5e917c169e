"""Another name in the expressions that name a feed or folder."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuireader.lexicon import compile_term
from tuireader.query import Query, Text, leaves, parse, rename


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("folder:Old", 'folder:"New one"'),
        ('WeChat  -folder:"Old" age:<3d', 'WeChat  -folder:"New one" age:<3d'),
        ("folder:ÖLD folder:old", 'folder:"New one" folder:"New one"'),
        ("folder:(Old OR Other)", 'folder:("New one" OR Other)'),
        ("folder:(x OR (Old title:Old)) Old", 'folder:(x OR ("New one" title:Old)) Old'),
        ("folder:/Old/ (Old) title:(Old)", "folder:/Old/ (Old) title:(Old)"),
        ("folder:Old* folder:Older feed:Old Old", "folder:Old* folder:Older feed:Old Old"),
        ("folder:Old (", "folder:Old ("),
        ("folder:“Old”", 'folder:"New one"'),
        ("folder:=Old -folder:=Older", 'folder:="New one" -folder:=Older'),
        ("", ""),
    ],
)
def test_only_the_whole_name_in_its_field_is_changed(text: str, wanted: str) -> None:
    assert rename(text, "folder", "Old", "New one") == wanted


def test_a_word_stays_a_word() -> None:
    assert rename('folder:Old folder:"Old"', "folder", "Old", "New") == 'folder:New folder:"New"'
    assert rename("folder:Old", "folder", "Old", "AND") == 'folder:"AND"'


def test_names_of_several_words() -> None:
    assert rename('feed:"The Old"', "feed", "the old", "a") == 'feed:"a"'
    assert rename("feed:The Old", "feed", "The Old", "a") == "feed:The Old"


def test_a_name_that_nothing_can_ask_for_leaves_the_expression() -> None:
    assert rename("folder:Old", "folder", "Old", " ") == "folder:Old"


NAMES = st.text(min_size=1, max_size=20)


@settings(max_examples=settings().max_examples // 2)
@given(NAMES, st.sampled_from(["folder:{}", "a OR -folder:({} OR b)", "title:{} folder:{}"]))
def test_what_the_new_name_holds_is_taken_by_the_letter(name: str, form: str) -> None:
    before = form.replace("folder:{}", 'folder:"Old"').replace("{}", '"Old"')
    assert isinstance(parse(before), Query)
    after = parse(rename(before, "folder", "Old", name))
    assert isinstance(after, Query)
    texts = [leaf for leaf in leaves(after.root) if isinstance(leaf, Text) and leaf.field == "folder"]
    assert name in (leaf.term.text for leaf in texts) or compile_term(name) is None
