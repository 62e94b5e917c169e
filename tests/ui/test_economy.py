"""What tests of the UI look up once for all apps is what Textual looks up each time."""

from __future__ import annotations

import pytest
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode
from textual.widgets import Input

from tests.ui import samples
from tests.ui.economy import ASKED_FOR, Sheet
from tests.ui.running import Running, running


@pytest.mark.parametrize("theme", ["textual-dark", "textual-light"])
async def test_rules_are_those_of_textual(theme: str) -> None:
    for _ in range(2):  # what the first app has looked up is there for the second
        async with running(samples.library()) as run:
            run.app.theme = theme
            await run.settle()
            for is_zen in (True, False):  # a rule that is there for a while
                run.main.set_class(is_zen, "-zen", update=False)
                run.app.stylesheet.update(run.main)
                assert_same_rules(run)
            for keys in ((), ("enter",), ("h",), ("question_mark",), ("escape", "equals_sign", "j", "enter")):
                await run.press(*keys)
                assert_same_rules(run)


async def test_a_new_node_has_the_rules_of_textual_at_once(run: Running) -> None:
    *nodes, last = (Input() for _ in range(4))
    for node in (*nodes, last):
        node._attach(run.main)
    for node in nodes:  # looked up, set one by one, set at once
        run.app.stylesheet.apply(node)
    with pytest.MonkeyPatch.context() as patch:
        patch.delattr(Sheet, "replace_rules")
        Stylesheet.apply(run.app.stylesheet, last)
    layouts = [node.styles.base.get_rules().pop("layout") for node in (*nodes, last)]
    assert len({id(layout) for layout in layouts}) == 4 and len({layout.name for layout in layouts}) == 1
    for node in (*nodes, last):
        node.styles.base.clear_rule("layout")  # told apart by identity
    assert [rules_of(node) for node in nodes] == [rules_of(last)] * 3 and last.styles.base.has_rule("width")


def assert_same_rules(run: Running) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.delattr(Sheet, "replace_rules")
        for node in run.app.screen.walk_children(with_self=True):
            seen = rules_of(node)
            vars(node).pop("_styled_as", None)
            Stylesheet.apply(run.app.stylesheet, node)
            assert rules_of(node) == seen, node


def rules_of(node: DOMNode) -> tuple[object, ...]:
    """The rules of a node and of its parts, and of what they ask."""
    parts = {name: dict(styles.base.get_rules()) for name, styles in node._component_styles.items()}
    return dict(node.styles.base.get_rules()), parts, [getattr(node, name) for name in ASKED_FOR]
