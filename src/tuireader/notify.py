"""Telling of new articles on watches: what is new in a story, what a message says, and who shows it.

The first half is pure. The second runs programs: each gets its arguments as they are, without a shell, and
has a time limit. All text in a message has been cleaned when its article came in.
"""

from __future__ import annotations

import asyncio
import contextlib
import html
import json
import re
import shutil
from collections.abc import Iterable, Iterator, Sequence

from tuireader.config import NotifyConfig
from tuireader.model import Evidence
from tuireader.text import cut_characters
from tuireader.values import dataclass

# --------------------------------------------------------------------------- what is new in a story

_LEAD = 1500
"""Characters of a later article in which something new counts: what it has to say stands at its top."""
_NAMED = 4
_SHOWN = 60
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()  # noqa: SIM905
_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?"
    r"|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b\.?"
)
_DATE = re.compile(
    rf"\b(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?\s+(?P<m1>{_MONTH})(?:,?\s+\d{{4}})?\b"
    rf"|\b(?P<m2>{_MONTH})\s+(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s+\d{{4}}\b)?"
    r"|\b\d{4}-(?P<m3>\d\d)-(?P<d3>\d\d)\b|(?P<m4>\d{1,2})月(?P<d4>\d{1,2})日"
)
_UNITS = {
    "thousand": 1e3, "k": 1e3, "million": 1e6, "mn": 1e6, "m": 1e6, "billion": 1e9, "bn": 1e9, "b": 1e9,
    "trillion": 1e12, "tn": 1e12, "万": 1e4, "亿": 1e8,
}  # fmt: skip
_NUMBER = re.compile(
    r"(?P<money>[$€£¥₹]\s?)?(?<![\w.])(?P<digits>\d{1,15}(?:,\d{3})*(?:\.\d{1,6})?)"
    r"(?:\s?(?P<unit>thousand|million|billion|trillion|mn|bn|tn|[kmb]|万|亿)(?![a-z]))?"
    r"\s?(?P<share>%|percent\b|per cent\b)?",
    re.IGNORECASE,
)
_QUOTATION = re.compile(r"“([^“”\n]{20,400})”|\"([^\"\n]{20,400})\"|「([^「」\n]{8,200})」")
_NAME = re.compile(r"(?<![\w’'-])[A-Z][\w’'-]+(?:[ \u00a0][A-Z][\w’'-]+){0,5}")
_SENTENCE_START = re.compile(r"(?:\A|[.!?:;\n…])[\s\"“”‘’'(\[]*\Z")
_NO_NAMES = frozenset(
    """monday tuesday wednesday thursday friday saturday sunday january february march april may june july
    august september october november december""".split()  # noqa: SIM905
)
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class _Facts:
    """What a text says, by a key that is the same for the same fact, in the words to show."""

    numbers: dict[float, str]
    dates: dict[tuple[int, int], str]
    names: dict[str, str]
    quotations: dict[str, str]


def additions(text: str, told: Iterable[str]) -> tuple[str, ...]:
    """The numbers, dates, names and quotations at the top of a text that none of the `told` texts has.

    At most four, in the words of the text.
    """
    seen_text = "\n".join(told)
    top = text if len(text) <= _LEAD else text[:_LEAD].rpartition(" ")[0]
    seen, new = _facts(seen_text), _facts(top)
    words = set(map(str.casefold, _WORD.findall(seen_text)))
    said = _squeezed(seen_text)
    found = [shown for number, shown in new.numbers.items() if number not in seen.numbers]
    found += [shown for day, shown in new.dates.items() if day not in seen.dates]
    found += [shown for name, shown in new.names.items() if _WORD.findall(name)[-1] not in words]
    found += [f"“{shown}”" for quotation, shown in new.quotations.items() if quotation not in said]
    return tuple(cut_characters(shown, _SHOWN) for shown in found[:_NAMED])


def _facts(text: str) -> _Facts:
    dates: dict[tuple[int, int], str] = {}
    for match in _DATE.finditer(text):
        month, day = _month(match), next(int(match[f"d{way}"]) for way in (1, 2, 3, 4) if match[f"d{way}"])
        dates.setdefault((month, day), match[0])
    rest = _DATE.sub(" ", text)
    numbers = {value: shown for value, shown in map(_number, _NUMBER.finditer(rest)) if value}
    quotations: dict[str, str] = {}
    for match in _QUOTATION.finditer(text):
        words = next(filter(None, match.groups()))
        quotations.setdefault(_squeezed(words), words)
    return _Facts(numbers, dates, dict(_names(rest)), quotations)


def _month(match: re.Match[str]) -> int:
    written = next(match[f"m{way}"] for way in (1, 2, 3, 4) if match[f"m{way}"])
    return int(written) if written.isdigit() else _MONTHS.index(written[:3].lower()) + 1


def _number(match: re.Match[str]) -> tuple[float, str]:
    """A number with its unit; 0 for what is hardly news by itself: a small one, or a year."""
    value = float(match["digits"].replace(",", "")) * _UNITS.get((match["unit"] or "").lower(), 1.0)
    if match["share"]:
        return value / 100 + 1e-9, match[0].strip()  # so that 5 % is not 0.05
    bare = not (match["money"] or match["unit"])
    if bare and (value < 10 or (1900 <= value <= 2100 and "," not in match["digits"])):
        return 0.0, ""
    return value, match[0].strip()


def _names(text: str) -> Iterator[tuple[str, str]]:
    """Words with capitals inside of sentences: at the start of one, the first word says nothing."""
    for match in _NAME.finditer(text):
        words = match[0].split()
        if _SENTENCE_START.search(text, max(0, match.start() - 12), match.start()):
            words = words[1:]
        words = [word.removesuffix("'s").removesuffix("’s") for word in words]
        if words and words[0].casefold() not in _NO_NAMES:
            name = " ".join(words)
            yield name.casefold(), name


def _squeezed(text: str) -> str:
    return " ".join(map(str.casefold, _WORD.findall(text)))


# --------------------------------------------------------------------------- what a message says


@dataclass(frozen=True, slots=True)
class Item:
    """One article of a message: the watches it is on, and what it adds to a story that was told before."""

    article_id: int
    title: str
    url: str
    feed: str
    time: int
    evidence: tuple[Evidence, ...]
    adds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """All that one refresh tells, as one notification."""

    title: str
    body: str
    items: tuple[Item, ...]


_LINES = 5


def message(items: Sequence[Item]) -> Message:
    """Put articles into one message: `WeChat: …` for one, `12 new on WeChat, PIPL` for more."""
    watches = list(dict.fromkeys(evidence.watch for item in items for evidence in item.evidence))
    if len(items) == 1:
        (item,) = items
        said = f"adds {', '.join(item.adds)}" if item.adds else _sentence(item)
        body = "\n".join(filter(None, (item.feed, said)))
        return Message(f"{', '.join(watches)}: {item.title}", body, tuple(items))
    lines = [
        f"{item.title} ({item.feed})" + (f": adds {', '.join(item.adds)}" if item.adds else "")
        for item in items[:_LINES]
    ]
    if len(items) > _LINES:
        lines.append(f"and {len(items) - _LINES} more")
    return Message(f"{len(items)} new on {', '.join(watches)}", "\n".join(lines), tuple(items))


def _sentence(item: Item) -> str:
    return next((evidence.sentence for evidence in item.evidence if evidence.sentence != item.title), "")


def as_json(told: Message) -> str:
    """The message as the command gets it: one object, articles in the order of their times."""
    articles = [
        {
            "id": item.article_id,
            "title": item.title,
            "url": item.url,
            "feed": item.feed,
            "time": item.time,
            "adds": list(item.adds),
            "watches": [
                {
                    "name": evidence.watch,
                    "terms": list(dict.fromkeys(hit.term for hit in evidence.hits)),
                    "sentence": evidence.sentence,
                }
                for evidence in item.evidence
            ],
        }
        for item in told.items
    ]
    whole = {"title": told.title, "body": told.body, "count": len(articles), "articles": articles}
    return json.dumps(whole, ensure_ascii=False)


def is_quiet(hours: str, minute: int) -> bool:
    """Whether a minute of the day is within hours such as `22:00-07:00`, of which the last one counts not."""
    if not hours:
        return False
    start, end = ((int(hour) * 60 + int(rest)) for hour, rest in (at.split(":") for at in hours.split("-")))
    return start <= minute < end if start <= end else minute >= start or minute < end


# --------------------------------------------------------------------------- who shows it

_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Shown:
    """What became of a message: whether the desktop has it, whether the command ran, and what went wrong."""

    desktop: bool = False
    command: bool = False
    troubles: tuple[str, ...] = ()


async def show(told: Message, config: NotifyConfig) -> Shown:
    """Hand a message to the command and to `notify-send`, as far as they are wanted and there."""
    troubles: list[str] = []
    command = desktop = False
    if config.command:
        trouble = await _run(config.command, as_json(told))
        command = not trouble
        if trouble:
            troubles.append(f"notify.command: {trouble}")
    sender = shutil.which("notify-send") if config.desktop else None
    if sender:
        body = html.escape(told.body, quote=False)  # notification services read tags in the body
        desktop = not await _run((sender, "--app-name=tuireader", "--", told.title, body))
    return Shown(desktop, command, tuple(troubles))


async def _run(command: Sequence[str], text: str = "") -> str:
    """Run a program with `text` on its stdin; returns why it failed, or `""`."""
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except (OSError, ValueError) as error:
        return f"{command[0]} cannot be run: {getattr(error, 'strerror', None) or error}"
    try:
        async with asyncio.timeout(_SECONDS):
            await process.communicate(text.encode("utf-8", "replace"))
    except TimeoutError:
        return f"{command[0]} took longer than {_SECONDS:.0f} s and was stopped"
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    return f"{command[0]} ended with exit status {process.returncode}" if process.returncode else ""
