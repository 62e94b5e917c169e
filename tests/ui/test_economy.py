"""What tests of the UI look up once for all apps is what Textual looks up each time."""

from __future__ import annotations

import pytest
from textual.css.stylesheet import Stylesheet

from tests.ui import samples
from tests.ui.running import Running, running


@pytest.mark.parametrize("theme", ["textual-dark", "textual-light"])
async def test_rules_are_those_of_textual(theme: str) -> None:
    for _ in range(2):  # what the first app has looked up is there for the second
        async with running(samples.library()) as run:
            run.app.theme = theme
            await run.settle()
            for keys in ((), ("enter",), ("h",), ("question_mark",), ("escape", "equals_sign", "j", "enter")):
                await run.press(*keys)
                assert_same_rules(run)


def assert_same_rules(run: Running) -> None:
    for node in run.app.screen.walk_children(with_self=True):
        seen = dict(node.styles.base.get_rules())
        Stylesheet.apply(run.app.stylesheet, node)
        assert dict(node.styles.base.get_rules()) == seen, node
