"""Rules: list them, preview them on stored articles, save them."""

from __future__ import annotations

from typing import Annotated

from msgspec import Struct
from msgspec.structs import replace

from tuireader import ingest, query
from tuireader.commands import did_you_mean
from tuireader.config import RuleConfig, edit
from tuireader.config.toml_values import quote
from tuireader.errors import UsageError
from tuireader.library.context import UseCases
from tuireader.library.watches import Mutes
from tuireader.library.watching import advice as watch_advice
from tuireader.model import MutePreview
from tuireader.query.tree import phrase


class Rule(Struct, frozen=True):
    """A rule, and on how many articles it has acted."""

    config: RuleConfig
    acted: Annotated[int, "Number of articles on which it has acted."]

    @property
    def name(self) -> str:
        """Its name."""
        return self.config.name

    @property
    def then(self) -> str:
        """Its actions: `label:law, star`."""
        return ", ".join(map(str, self.config.then))

    @property
    def which(self) -> str:
        """Its articles: `title:judgment; on watch Courts; in Law; watched too`."""
        rule = self.config
        watches = f"on watch {' or '.join(rule.watch)}" if rule.watch else ""
        feeds = f"in {', '.join(rule.feeds)}" if rule.feeds else ""
        return "; ".join(filter(None, (rule.query, watches, feeds, "watched too" * rule.include_watched)))


class Rules(UseCases):
    """Rules of the configuration: what happens to articles when they arrive."""

    _mutes: Mutes

    async def all(self) -> list[Rule]:
        """List the rules in the order of the configuration, in which they act."""
        rules = self._context.config.rules
        names = [rule.name for rule in rules]
        counts = await self._pool.read(lambda store: store.rule_actions.counts(names))
        return [Rule(rule, counts.get(rule.name, 0)) for rule in rules]

    def named(self, name: str) -> RuleConfig:
        """Find a rule by name, ignoring case. Raises UsageError if it does not exist."""
        rules = {rule.name.casefold(): rule for rule in self._context.config.rules}
        if name.casefold() not in rules:
            near = did_you_mean(name, [rule.name for rule in rules.values()])
            raise UsageError(f"there is no rule {quote(name)}{near}", "`tuireader rule list` lists all")
        return rules[name.casefold()]

    async def preview(self, rule: RuleConfig, days: int) -> MutePreview:
        """Preview which articles of the last days a rule matches, as they are now; cancellable.

        Those that it would spare count as `watched`, the others as `hidden`.
        """
        watches = " OR ".join(f"watch:{phrase(name)}" for name in rule.watch)
        parts = (f"({rule.query})" if rule.query else "", f"({watches})" if watches else "", f"age:<{days}d")
        wanted = query.parse(" ".join(parts))
        if isinstance(wanted, query.QueryError):
            return MutePreview(problem=str(query.parse(rule.query)))
        feeds = ingest.feeds_named(rule.feeds, self._context.feed_names) if rule.feeds else None
        preview = await self._mutes.try_out(wanted, feeds, include_watched=not rule.spares_watched)
        return replace(preview, advice=await self._context.advised(watch_advice.advise, rule.query))

    async def save(self, rule: RuleConfig, replaces: str = "") -> None:
        """Write a new rule to the config, or replace the one named `replaces`. Raises ConfigError."""
        if replaces:
            changes = edit.differences(rule, self.named(replaces))
            await self._context.change_config(lambda text: edit.update(text, "rule", replaces, changes))
        else:
            await self._context.change_config(lambda text: edit.add(text, rule))

    async def remove(self, name: str) -> None:
        """Remove a rule from the config; what it did stays. Raises ConfigError."""
        await self._context.change_config(lambda text: edit.remove(text, "rule", name))
