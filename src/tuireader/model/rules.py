"""Actions of rules on arriving articles."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Struct


class ActionKind(StrEnum):
    """Kinds of actions, in the order in which a rule takes them."""

    LABEL = "label"
    STAR = "star"
    READ = "read"
    MUTE = "mute"
    FULL_TEXT = "full_text"
    SAVE = "save"
    CHANNEL = "channel"
    RUN = "run"


SAVES, RUNS = "save:", "run:"
"""In the outbox, what a rule saves has this channel, and what it runs the one of a program: `run:archive`."""


class Action(Struct, frozen=True):
    """An action: `label:law`, `star`, `run:archive`."""

    kind: ActionKind
    name: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}" if self.name else self.kind

    @classmethod
    def parse(cls, text: str) -> Action:
        """Read a valid action as `str` writes it."""
        kind, _, name = text.partition(":")
        return cls(ActionKind(kind), name)

    @property
    def spares_watched(self) -> bool:
        """True if articles on a watch are spared from it, unless a rule has `include_watched`."""
        return self.kind in (ActionKind.READ, ActionKind.MUTE)

    @property
    def queue(self) -> str:
        """Channel in the outbox that takes it after the commit; `""` for an action that needs none."""
        names = {ActionKind.CHANNEL: self.name, ActionKind.RUN: f"{RUNS}{self.name}", ActionKind.SAVE: SAVES}
        return names.get(self.kind, "")

    @property
    def done(self) -> str:
        """Past tense of the action: `labelled law`, `starred`, `sent by phone`."""
        return f"{_DONE[self.kind]} {self.name}".rstrip()


_DONE = {
    ActionKind.LABEL: "labelled",
    ActionKind.STAR: "starred",
    ActionKind.READ: "marked read",
    ActionKind.MUTE: "muted",
    ActionKind.FULL_TEXT: "full text",
    ActionKind.SAVE: "saved",
    ActionKind.CHANNEL: "sent by",
    ActionKind.RUN: "passed to",
}


class RuleAction(Struct, frozen=True):
    """An action that a rule has taken with an article; several rules that agree count as the first."""

    rule: Annotated[str, "Name of the rule."]
    action: Annotated[str, "What it did: `star`, `label:law`, `run:archive` …."]
