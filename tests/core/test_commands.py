"""The table of commands, the presets, and the check of a person's own keys."""

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual.binding import Binding
from textual.keys import _character_to_key

from tests.examples import for_each
from tuireader.commands import (
    BY_ID,
    COMMANDS,
    PANES,
    PRESETS,
    Scope,
    did_you_mean,
    key_label,
    keys_label,
    normalise_key,
    resolve_keys,
)
from tuireader.commands.sorts import RELEVANCE, SEARCH_SORTS, check_sort
from tuireader.errors import UsageError


def twice(keys: Mapping[str, tuple[str, ...]]) -> list[tuple[Scope, str]]:
    """The keys that have two commands in one place, but for those of a single pane, which is asked first."""
    found = []
    for place in Scope:
        taken: dict[str, list[str]] = {}
        for name in (name for name in keys if place in BY_ID[name].places):
            for key in keys[name]:
                taken.setdefault(key, []).append(name)
        for key, names in taken.items():
            narrow = [name for name in names if not BY_ID[name].places >= PANES]
            if len(names) > 2 or (
                len(names) == 2 and (len(narrow) != 1 or key not in PRESETS["newsboat"][narrow[0]])
            ):
                found.append((place, key))
    return found


def test_every_command_has_a_name_of_its_own_and_is_described() -> None:
    assert len({command.id for command in COMMANDS}) == len(COMMANDS)
    for command in COMMANDS:
        assert command.id.isidentifier()
        assert 2 <= len(command.title) <= 20, command.id
        assert command.help.endswith(".") and command.help[0].isupper(), command.id


def test_the_keys_promised_to_people() -> None:
    keys = {key_label(key) for command in COMMANDS for key in command.keys}
    promised = "j k J K n p space g G enter h l q Q tab N m A s o O r "
    promised += "R / ] [ e ? F1 ^z U : ^p u y Y . z + c w W M F H"
    assert set(promised.split()) | set("123456789") <= keys


@pytest.mark.parametrize("preset", PRESETS)
def test_presets_have_no_fault_and_what_everyone_needs(preset: str) -> None:
    keys, problems = resolve_keys(preset, {})
    assert problems == []
    assert set(keys) == set(BY_ID)
    assert twice(keys) == []
    taken = [key for each in keys.values() for key in each]
    assert [normalise_key(key) for key in taken] == taken
    for needed in ("move_down", "move_up", "open", "back", "quit", "undo", "help", "palette", "search"):
        assert keys[needed], needed


def test_characters_are_named_as_textual_names_them() -> None:
    characters = [chr(code) for code in range(33, 127)]
    names = [normalise_key(character) or "" for character in characters]
    assert names == [_character_to_key(character) for character in characters]
    assert [key_label(name) for name in names] == characters


@for_each(
    ("written", "name"),
    [
        ("^z", "ctrl+z"),
        ("Ctrl+Z", "ctrl+z"),
        ("ctrl++", "ctrl+plus"),
        ("ctrl+/", "ctrl+slash"),
        ("shift+j", "J"),
        ("shift+ctrl+f5", "ctrl+shift+f5"),
        ("Option+x", "alt+x"),
        ("PgDn", "pagedown"),
        ("Esc", "escape"),
        (" ", "space"),
        ("question_mark", "question_mark"),
        ("solidus", "slash"),
        ("é", "é"),
        ("字", "字"),
        ("+", "plus"),
        ("^", "circumflex_accent"),
    ],
)
def test_ways_to_write_a_key(written: str, name: str) -> None:
    assert normalise_key(written) == name


@pytest.mark.parametrize(
    "written", ["", "ctrl+", "jk", "foo", "\x1b", "hyper+a", "++a", "f25", "ctrl+foo", "\ud800"]
)
def test_what_is_no_key(written: str) -> None:
    assert normalise_key(written) is None


@given(st.text(max_size=12))
def test_a_normalised_key_is_stable_and_fit_for_textual(text: str) -> None:
    name = normalise_key(text)
    if name is not None:
        assert normalise_key(name) == name
        assert [one.key for one in Binding.make_bindings([Binding(name, "quit")])] == [name]
        assert key_label(name)


def test_labels() -> None:
    assert keys_label(BY_ID["undo"].keys) == "^z U"
    assert keys_label(BY_ID["open_link"].keys) == "1–9 0"
    assert keys_label(["down", "escape", "alt+x", "ctrl+f5"]) == "↓ esc alt+x ctrl+F5"
    assert keys_label(()) == ""


def test_own_keys() -> None:
    keys, problems = resolve_keys("default", {"show_hide_read": ["f9", "f9"], "zen": [], "quit": ["Z"]})
    assert problems == []
    assert (keys["show_hide_read"], keys["zen"], keys["quit"]) == (("f9",), (), ("Z",))


def test_a_key_taken_from_the_preset_is_told() -> None:
    keys, [problem] = resolve_keys("default", {"next_unread": ["space"]})
    assert keys["next_unread"] == ("space",)
    assert keys["page_or_next_unread"] == ()
    assert problem.path == "keys.next_unread"
    assert problem.message == "'space' is taken from page_or_next_unread; bind that to another key"


def test_a_key_that_the_preset_shares_between_a_pane_and_all_panes_stays_with_both() -> None:
    own = {"move_down": ["down", "j", "e"]}
    keys, problems = resolve_keys("newsboat", own)
    assert (keys["next_feed"], keys["move_down"]) == (("j",), ("down", "j", "e"))
    assert not any("next_feed" in problem.message for problem in problems)
    assert resolve_keys("newsboat", {"zen": ["j"]})[0]["next_feed"] == ()


def test_a_key_given_twice_stays_with_the_first() -> None:
    keys, [problem] = resolve_keys("default", {"zen": ["f9"], "undo": ["f9", "ctrl+z"]})
    assert (keys["zen"], keys["undo"]) == (("f9",), ("ctrl+z",))
    assert (problem.path, problem.message) == ("keys.undo", "'F9' is already zen")


def test_sequences_of_keys() -> None:
    assert normalise_key("g g") == "g g" and normalise_key("; a") == "semicolon a"
    assert normalise_key("^x  Ctrl+S z") == "ctrl+x ctrl+s z" and normalise_key("g foo") is None
    assert key_label("ctrl+x semicolon") == "^x ;"
    keys, problems = resolve_keys("default", {"top": ["g g"], "zen": ["g z"], "mute": ["` s x"]})
    assert (keys["top"], keys["zen"]) == (("g g",), ("g z",))
    assert [(one.path, one.message) for one in problems] == [
        (
            "keys.mute",
            "'` s' is taken from focus_sidebar, as it begins or follows '` s x'; bind that to another key",
        )
    ]


def test_no_key_begins_a_sequence_of_another_command_in_the_same_place() -> None:
    own = {
        "zen": ["g z"], "top": ["g"], "undo": ["u u", "u"], "pause_feed": ["g p"], "quit": ["^m q"],
    }  # fmt: skip
    keys, problems = resolve_keys("default", own)
    assert keys["zen"] == ("g z",) and keys["top"] == () and keys["undo"] == ("u u",)
    assert keys["list_links"] == () and keys["pause_feed"] == ("g p",)
    assert [one.message for one in problems if one.path in ("keys.top", "keys.undo", "keys.quit")] == [
        "'g' excludes 'g z' of zen: the one begins the other",
        "'u' excludes 'u u': the one begins the other",
        "'^m q' cannot be used: in a terminal it is the same key as enter",
        "'u' is taken from list_links, as it begins or follows 'u u'; bind that to another key",
    ]
    for preset in PRESETS.values():
        sequences = [key for each in preset.values() for key in each if " " in key]
        assert {key.partition(" ")[0] for key in sequences}.isdisjoint(
            key for each in preset.values() for key in each
        )


def test_faults_are_told_and_the_rest_works() -> None:
    keys, problems = resolve_keys(
        "newsbot", {"next_unraed": ["x"], "quit": ["^h", "foo"], "zen": ["foo", "f9"]}
    )
    assert [(one.path, one.message) for one in problems] == [
        ("ui.keys", "no preset 'newsbot'; did you mean 'newsboat'?"),
        ("keys.next_unraed", "no command 'next_unraed'; did you mean 'next_unread'?"),
        ("keys.quit", "'^h' cannot be used: in a terminal it is the same key as backspace"),
        ("keys.quit", "'foo' is not a key"),
        ("keys.zen", "'foo' is not a key"),
    ]
    assert keys["quit"] == BY_ID["quit"].keys
    assert keys["zen"] == ("f9",)


@settings(max_examples=settings().max_examples // 2)
@given(
    st.sampled_from(sorted(PRESETS)),
    st.dictionaries(
        st.sampled_from(sorted(BY_ID)),
        st.lists(st.sampled_from([*"jkqxzvN/?", "space", "f1", "^z", "^m"]), max_size=3),
    ),
)
def test_no_key_ever_has_two_commands(preset: str, overrides: dict[str, list[str]]) -> None:
    keys, _ = resolve_keys(preset, overrides)
    assert set(keys) == set(BY_ID)
    assert twice(keys) == []


def test_did_you_mean() -> None:
    assert did_you_mean("THEM", ["theme", "keys"]) == "; did you mean 'theme'?"
    assert did_you_mean("qqqq", ["theme", "keys"]) == ""
    assert did_you_mean("x" * 1_000_000, ["theme"]) == ""


def test_a_key_may_do_two_things_in_two_places() -> None:
    keys, problems = resolve_keys("default", {"refresh_failing": ["s"], "edit_this": ["f9"]})
    assert problems == []  # `s` stars an article, which the health of feeds has none of
    assert keys["refresh_failing"] == ("s",) and keys["toggle_star"] == ("s",)
    keys, [problem] = resolve_keys("default", {"refresh_failing": ["r"]})
    assert problem.message == "'r' is taken from refresh_one; bind that to another key"
    keys, [problem] = resolve_keys("default", {"edit_this": ["n"]})  # the sidebar has it, too
    assert problem.message == "'n' is taken from next_unread; bind that to another key"


def test_orders_of_a_list() -> None:
    assert check_sort("oldest") == "oldest" and check_sort(RELEVANCE, SEARCH_SORTS) == RELEVANCE
    with pytest.raises(UsageError, match="unknown sort order 'relevance'"):
        check_sort(RELEVANCE)


def test_commands_of_dialogs_are_not_offered_on_the_main_screen() -> None:
    offered = {command.id for command in COMMANDS if command.on_main}
    assert {"next_unread", "quit", "take_alias"} & offered == {"next_unread", "quit"}
