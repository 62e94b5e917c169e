"""Preview of a feed as styled lines, for the dialog that adds feeds and the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tuireader.config.kinds import MAIL_SCHEMES
from tuireader.model import AccountSynced, FeedHealth, FeedPreview
from tuireader.model.accounts import AccountState
from tuireader.text import display_host, host_of
from tuireader.text.wording import counted
from tuireader.wording.times import age, age_column, list_time, short_time

if TYPE_CHECKING:
    from tuireader.wording.lines import Line

FOLLOWED = "Already subscribed"
_TEXTS = {
    "full": "full texts",
    "teasers": "teasers; full text will be fetched",
    "short": "short texts or teasers",
    "none": "titles only",
}
_SOURCES = {
    "maildir": "mail folder (Maildir)",
    "mbox": "mail folder (mbox)",
    "imap": "mail folder",
    "imaps": "mail folder",
    "exec": "program",
}


def facts(preview: FeedPreview, url: str, now: int, *, followed: bool = False) -> list[Line]:
    """Describe a feed: title, site, number and frequency of entries, kind of text, newest entries."""
    mail = url.startswith(MAIL_SCHEMES)
    lines: list[Line] = [
        ((preview.title or "Untitled", "strong"), (f" · {_source(preview.site_url, url)}", "dim")),
        ((" · ".join(_numbers(preview, now)), "text"),),
    ]
    known = ((FOLLOWED, "star"), (" · ", "dim")) if followed else ()
    texts = "texts of the mails" if mail else _TEXTS[preview.texts]
    lines.append((*known, (texts if preview.entries else "no entries yet", "dim")))
    ages = age_column([time for _, time in preview.samples], now)
    samples = zip(ages, preview.samples, strict=True)
    return [*lines, *(((age, "dim"), (title or "Untitled", "text")) for age, (title, _) in samples)]


def waiting_note(health: FeedHealth, now: int) -> str:
    """Note on a feed whose host has asked another feed to wait."""
    if health.waits_until is None:
        return ""
    return f"waits until {list_time(health.waits_until, now)}: {host_of(health.feed.address)} asked to wait"


def _source(site: str, url: str) -> str:
    """Host of a feed's site, or what kind of source it comes from."""
    scheme = url.partition(":")[0]
    kind, host = _SOURCES.get(scheme, ""), display_host(site or url)
    if scheme.startswith("imap"):
        return f"{kind} at {host.removeprefix('…@')}"
    return host or kind


def texts_note(health: FeedHealth, *, short: bool = False) -> str:
    """Note on a feed with short texts: for how many of its articles there is a full text."""
    if health.texts == "same":
        return "short texts · its pages have no more"
    if health.texts != "teasers":
        return ""
    if short and health.pages:
        return f"teasers · {health.full_texts:,}/{health.pages:,} full texts"
    return f"teasers · full text of {health.full_texts:,} of {health.pages:,}" if health.pages else "teasers"


def _numbers(preview: FeedPreview, now: int) -> list[str]:
    words = [counted(preview.entries, "entry", "entries")]
    if preview.per_week is not None:
        words.append(_pace(preview.per_week))
    if preview.newest is not None:
        words.append(f"newest {age(preview.newest, now)}")
    return words


def _pace(per_week: float) -> str:
    if not per_week:
        return "none in four weeks"
    if per_week >= 1:
        return f"about {per_week:,.0f} a week"
    return f"about {max(1, round(per_week * 30 / 7))} a month"


def rejection(account: AccountState | AccountSynced) -> str:
    """Since when a server rejects the password or token, and when the next try is due; else `""`."""
    if account.rejected_since is None:
        return ""
    again = f", next try {short_time(account.next_try)}" if account.next_try is not None else ""
    return f"rejected since {short_time(account.rejected_since)}{again}, with another one at once"
