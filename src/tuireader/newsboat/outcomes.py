"""Outcome of each imported line: moved, changed, or dropped and why."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Annotated

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


@dataclass(frozen=True, slots=True)
class Outcome:
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


@dataclass(frozen=True, slots=True)
class Became:
    """Success of a line, perhaps `changed`; `note` describes the result, `makes` names the new entries."""

    note: str = ""
    makes: tuple[Made, ...] = ()
    changed: bool = False


class No(Exception):
    """Reason for dropping a line; `group` is the line's kind if it differs from the setting's."""

    def __init__(self, reason: str, *, group: Group | None = None, consent: Consent | None = None) -> None:
        super().__init__(reason)
        self.group = group
        self.consent = consent


@dataclass(frozen=True, slots=True)
class Tally:
    """Line counts of a file."""

    file: Annotated[str, "Name of the file."]
    total: Annotated[int, "All lines: the sum of the three counts below."]
    moved: Annotated[int, "Lines imported unchanged."]
    changed: Annotated[int, "Lines imported with a change."]
    dropped: Annotated[int, "Lines left out."]


def tallies(outcomes: Iterable[Outcome]) -> tuple[Tally, ...]:
    """Count the lines of each file by outcome, in the order of the files."""
    found: dict[str, dict[Fate, int]] = {}
    for one in outcomes:
        found.setdefault(one.file, dict.fromkeys(Fate, 0))[one.fate] += 1
    return tuple(Tally(file, sum(counts.values()), *counts.values()) for file, counts in found.items())


def settled(outcomes: Sequence[Outcome], kept: Mapping[Made, str]) -> tuple[Outcome, ...]:
    """Return the outcomes after a merge; `kept` has the entries that were not imported, and why."""
    return tuple(_settled(one, kept) for one in outcomes)


def _settled(one: Outcome, kept: Mapping[Made, str]) -> Outcome:
    reasons = [kept[made] for made in one.makes if made in kept]
    if not reasons:
        return one
    some_left = len(reasons) < len(one.makes) or one.group is Group.FEEDS
    note = "; ".join(dict.fromkeys([*([one.note] if one.note and some_left else []), *reasons]))
    return replace(one, fate=Fate.CHANGED if some_left else Fate.DROPPED, note=note)


def reported(outcomes: Iterable[Outcome]) -> list[tuple[str, list[Outcome]]]:
    """Return the changed and dropped lines under headings: losses first, appearance last."""
    found: dict[str, list[Outcome]] = {}
    for one in sorted(outcomes, key=_weight):
        if one.fate is not Fate.MOVED:
            found.setdefault(_heading(one.fate, one.consent, one.group), []).append(one)
    return list(found.items())


def told(outcomes: Sequence[Outcome]) -> list[str]:
    """Return the lines of a group as text; a note shared by several lines is printed once, above them."""
    shared = Counter(one.note for one in outcomes)
    found: dict[str, list[str]] = {}
    for one in outcomes:
        if one.note and shared[one.note] >= _SEVERAL:
            found.setdefault(one.note, [one.note]).append(f"  {replace(one, note='')}")
        else:
            found[str(one)] = [str(one)]
    return [line for lines in found.values() for line in lines]


def _weight(one: Outcome) -> tuple[bool, bool, int, bool, int]:
    """Sort key: lines that need consent, dropped lines, changed lines, and last those about appearance."""
    asked = list(Consent).index(one.consent) if one.consent else len(Consent)
    look = one.group is Group.LOOK
    kind = -1 if one.consent else list(Group).index(one.group)
    return look, one.consent is None, asked, one.fate is not Fate.DROPPED, kind


def _heading(fate: Fate, consent: Consent | None, group: Group) -> str:
    if consent is not None:
        return f"Left out: {ASKED[consent]}; import it with --accept {consent}"
    return f"{fate.capitalize()}: {group}"


_SEVERAL = 3
_SECRETS = ("password", "token", "login", "app-key")
_USER_INFO = re.compile(r"(://)[^\s/@\"]*@")


def shown(text: str) -> str:
    """Return a line for display: clean, short, without secrets."""
    name, *said = text[:2_000].split(maxsplit=1)
    if said and (name == "proxy-auth" or any(secret in name for secret in _SECRETS)):
        return clean(f"{name} …", 160)
    return clean(_USER_INFO.sub(r"\1", text[:2_000]), 160)
