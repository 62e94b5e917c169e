"""Rules screen: what happens to articles when they arrive."""

from __future__ import annotations

from collections.abc import Sequence

from tuireader.commands import Scope
from tuireader.library.watching.actions import Rule
from tuireader.text.wording import counted
from tuireader.ui.flows import watches
from tuireader.ui.screens.table_screen import TableScreen
from tuireader.ui.widgets.table import Cell, Cells, Column
from tuireader.wording.lines import Line


class Rules(TableScreen[None, Rule]):
    """Table of rules in the order in which they act; enter edits one."""

    KEY = "name"
    COLUMNS = (
        Column("name", "Rule", 24),
        Column("which", "Articles"),
        Column("then", "Then", {120: 48, 0: 24}, least=60),
        Column("acted", "Acted on", 8, right=True, least=90),
    )
    PLACE = Scope.RULES

    async def read(self) -> Sequence[Rule]:
        return await self.library.rules.all()

    def cells(self, rule: Rule) -> Cells:
        texts = {"name": rule.name, "which": rule.which, "then": rule.then, "acted": f"{rule.acted or '–'}"}
        return {name: Cell(text, "text") for name, text in texts.items()}

    @property
    def empty_text(self) -> str:
        return f"No rules yet. {self.host.key_of('add_rule')} adds one."

    def summary(self) -> str:
        return f"{len(self.items)}" + ", demo: nothing arrives" * self.library.offline

    def about(self, rule: Rule) -> list[Line]:
        spares = "not read and not muted: what is on a watch" * rule.config.spares_watched
        acted = f"has acted on {counted(rule.acted, 'article')}" if rule.acted else "has not acted yet"
        first = ((rule.name, "strong"), (f" · {acted}", "dim"))
        return [first, ((rule.which, "text"),), ((rule.then, "text"),), ((spares, "dim"),)]

    def keys(self) -> list[tuple[str, str]]:
        own = [("open", "Edit"), ("remove_this", "Remove")]
        return [*(own if self.items else []), ("add_rule", "Add")]

    async def on_table_chosen(self) -> None:
        await self.run_here(lambda main, ask, rule: watches.edit_rule(main, ask, rule.config))

    action_edit_this = on_table_chosen

    async def action_add_rule(self) -> None:
        await self.flows.run(watches.edit_rule)

    async def action_remove_this(self) -> None:
        await self.run_here(lambda main, ask, rule: watches.remove_rule(main, ask, rule.name))
