"""Outcome of each imported line: moved, changed, or dropped and why."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Annotated

from msgspec import Struct
from msgspec.structs import replace

from tuireader.text import clean

Made = tuple[str, ...]
"""Key of an entry that a line adds: its table in the configuration and its identity there."""


class Fate(StrEnum):
    """Possible fates of a line."""

    MOVED = "moved"
    CHANGED = "changed"
    DROPPED = "dropped"


class Group(StrEnum):
    """Kinds of lines, the most important first."""

    FEEDS = "feeds"
    RULES = "searches, watches and mutes"
    KEYS = "keys and macros"
    PROGRAMS = "programs"
    NETWORK = "network"
    FILES = "files and folders"
    ACCOUNTS = "accounts"
    PODCASTS = "podcasts"
    BEHAVIOUR = "behaviour"
    LOOK = "look"


class Consent(StrEnum):
    """Kinds of settings that are imported only with the user's consent."""

    PROGRAMS = "programs"
    PROXY = "proxy"
    FOLDERS = "folders"


ASKED: Mapping[Consent, str] = {
    Consent.PROGRAMS: "starts programs",
    Consent.PROXY: "sends all traffic through a proxy",
    Consent.FOLDERS: "chooses folders for files",
}


class Outcome(Struct, frozen=True):
    """Outcome of a line; `makes` names the configuration entries that it adds."""

    file: Annotated[str, "Name of the file."]
    line: Annotated[int, "Line number from 1."]
    text: Annotated[str, "The line, without secrets."]
    fate: Annotated[Fate, "`changed` or `dropped`."]
    group: Annotated[Group, "Kind of the line, such as `feeds`, `programs` or `look`."]
    note: Annotated[str, "What it became, or why it was dropped and what to do instead."] = ""
    consent: Consent | None = None
    makes: tuple[Made, ...] = ()

    @property
    def accept(self) -> str:
        """`--accept` group that imports the line: `programs`, `proxy` or `folders`."""
        return self.consent or ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text}{': ' if self.note else ''}{self.note}"


class Became(Struct, frozen=True):
    """Success of a line, perhaps `changed`; `note` describes the result, `makes` names the new entries."""

    note: str = ""
    makes: tuple[Made, ...] = ()
    changed: bool = False


BY_SHELL = ", run by `sh -c`, as it needs a shell"


class No(Exception):
    """Reason for dropping a line; `group` is the line's kind if it differs from the setting's."""

    def __init__(self, reason: str, *, group: Group | None = None, consent: Consent | None = None) -> None:
        super().__init__(reason)
        self.group = group
        self.consent = consent


class NeedsShell(No):
    """Only a shell can run the command of a line."""


class Tally(Struct, frozen=True):
    """Line counts of a file."""

    file: Annotated[str, "Name of the file."]
    total: Annotated[int, "All lines: the sum of the three counts below."]
    moved: Annotated[int, "Lines imported unchanged."]
    changed: Annotated[int, "Lines imported with a change."]
    dropped: Annotated[int, "Lines left out."]


def tallies(outcomes: Iterable[Outcome]) -> tuple[Tally, ...]:
    """Count the lines of each file by outcome, in the order of the files."""
    by_file: dict[str, dict[Fate, int]] = {}
    for outcome in outcomes:
        by_file.setdefault(outcome.file, dict.fromkeys(Fate, 0))[outcome.fate] += 1
    return tuple(Tally(file, sum(counts.values()), *counts.values()) for file, counts in by_file.items())


def settled(outcomes: Sequence[Outcome], kept: Mapping[Made, str]) -> tuple[Outcome, ...]:
    """Adapt the outcomes after a merge; `kept` maps entries that were not imported to the reason."""
    return tuple(_settled(outcome, kept) for outcome in outcomes)


def _settled(outcome: Outcome, kept: Mapping[Made, str]) -> Outcome:
    reasons = [kept[entry] for entry in outcome.makes if entry in kept]
    if not reasons:
        return outcome
    some_left = len(reasons) < len(outcome.makes) or outcome.group is Group.FEEDS
    note = "; ".join(dict.fromkeys([*([outcome.note] if outcome.note and some_left else []), *reasons]))
    return replace(outcome, fate=Fate.CHANGED if some_left else Fate.DROPPED, note=note)


def reported(outcomes: Iterable[Outcome]) -> list[tuple[str, list[Outcome]]]:
    """Group the changed and dropped lines under headings: losses first, appearance last."""
    by_heading: dict[str, list[Outcome]] = {}
    for outcome in sorted(outcomes, key=_weight):
        if outcome.fate is not Fate.MOVED:
            by_heading.setdefault(_heading(outcome.fate, outcome.consent, outcome.group), []).append(outcome)
    return list(by_heading.items())


def told(outcomes: Sequence[Outcome]) -> list[str]:
    """Write the lines of a group; a note shared by several lines stands once, above them."""
    shared = Counter(outcome.note for outcome in outcomes)
    by_note: dict[str, list[str]] = {}
    for outcome in outcomes:
        if outcome.note and shared[outcome.note] >= _SEVERAL:
            by_note.setdefault(outcome.note, [outcome.note]).append(f"  {replace(outcome, note='')}")
        else:
            by_note[str(outcome)] = [str(outcome)]
    return [line for lines in by_note.values() for line in lines]


def _weight(outcome: Outcome) -> tuple[bool, bool, int, bool, int]:
    """Sort lines that need consent first, then dropped and changed ones, and appearance last."""
    asked = list(Consent).index(outcome.consent) if outcome.consent else len(Consent)
    look = outcome.group is Group.LOOK
    kind = -1 if outcome.consent else list(Group).index(outcome.group)
    return look, outcome.consent is None, asked, outcome.fate is not Fate.DROPPED, kind


def _heading(fate: Fate, consent: Consent | None, group: Group) -> str:
    if consent is not None:
        return f"Left out: {ASKED[consent]}; import it with --accept {consent}"
    return f"{fate.capitalize()}: {group}"


_SEVERAL = 3
_SECRETS = ("password", "token", "login", "app-key")
_USER_INFO = re.compile(r"(://)[^\s/@\"]*@")


def shown(text: str) -> str:
    """Format a line for display: clean, short, without secrets."""
    name, *said = text[:2_000].split(maxsplit=1)
    if said and (name == "proxy-auth" or any(secret in name for secret in _SECRETS)):
        return clean(f"{name} …", 160)
    return clean(_USER_INFO.sub(r"\1", text[:2_000]), 160)
