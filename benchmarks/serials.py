"""Items of series, which must never fold: `serials.py [DATA]`.

Forms that are filled in again and again: advisories, releases, digests, calendars, warnings. Each series is
a feed; some have a mirror, a second feed with the same items. They arrive in libraries of several sizes, feed
by feed and as they are published. Counted are the pairs that the program's own store folds into one row
although they are two items: of one series, and across series. DATA holds the articles that fill the larger
libraries, as for `related.py`; without it they are made up.
"""

from __future__ import annotations

import itertools
import json
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import newsgen
import related_ranking
from tuireader.store import Store

START = 1_760_000_000
HOUR = 3_600
ITEMS = 10
MEDIUM, LARGE = 2_000, 10_000


@dataclass(frozen=True, slots=True)
class Series:
    """A form: the title and the text of each item, filled from `WORDS`, and the hours between two items."""

    name: str
    title: str
    text: str
    hours: float = 7
    mirrored: bool = False
    dated: bool = True


WORDS = {
    "package": "firefox-esr chromium openssl curl expat libxml2 nginx bind9 samba postgresql "
    "busybox git rsync tiff zlib vim ffmpeg redis squid dovecot "
    "exim4 php8.2 python3 ruby perl golang rustc nodejs tomcat apache2 "
    "gnutls openssh sudo systemd glibc grub2 linux qemu xen wireshark",
    "flaw": "command-injection path-traversal use-after-free SQL-injection type-confusion heap-overflow "
    "missing-authentication deserialization out-of-bounds-write privilege-escalation",
    "job": "Gardener Welder Bookkeeper Nurse Carpenter Librarian Electrician Surveyor Cook Driver",
    "topic": "budgets harbours tariffs vaccines railways elections drought chips museums fisheries",
    "hazard": "rain wind snow fog ice heat thunderstorm flood frost gale",
    "weekday": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday Monday Tuesday Wednesday",
    "省": "山东 河南 湖北 四川 江苏 福建 云南 陕西 辽宁 甘肃",
    "県": "青森 岩手 秋田 山形 福島 茨城 栃木 群馬 埼玉 千葉",
    "会社": "旭川製作所 北浜電機 千歳運輸 大町商事 榎本化学 藤沢精工 銀河通信 本庄建設 泉佐野食品 城北薬品",
    "시": "수원 청주 전주 포항 창원 김해 강릉 여수 목포 제주",
}
NAMES = ("product", "town", "team", "rival", "firm", "person")
_FIRST = [
    "Bal",
    "Cor",
    "Dun",
    "El",
    "Far",
    "Gren",
    "Hol",
    "Is",
    "Jar",
    "Kel",
    "Lom",
    "Mor",
    "Nor",
    "Or",
    "Pel",
    "Quin",
    "Ros",
    "Sel",
    "Tor",
    "Ul",
    "Ver",
    "Wes",
    "Yar",
    "Zen",
]
_LAST = [
    "bridge",
    "cott",
    "dale",
    "fern",
    "gate",
    "ham",
    "ley",
    "mere",
    "nock",
    "port",
    "ridge",
    "stow",
    "thorpe",
    "vale",
    "wick",
    "worth",
]


def _filled(at: int, i: int) -> dict[str, str]:
    """The words of an item: names that no other series has, and words that others have, too."""
    pools = {name: words.split() for name, words in WORDS.items()}
    chosen = {name: words[(7 * i + 10 * at) % len(words)].replace("-", " ") for name, words in pools.items()}
    for kind, name in enumerate(NAMES):
        number = (at * len(NAMES) + kind) * ITEMS + i
        chosen[name] = _FIRST[number % len(_FIRST)] + _FIRST[number // len(_FIRST) % len(_FIRST)].lower()
        chosen[name] += _LAST[(number // len(_FIRST) ** 2 + number % 13) % len(_LAST)]
    return chosen | {
        "other": pools["topic"][(7 * i + 3) % ITEMS],
        "i": str(i),
        "n": str(6101 + 10 * at + i),
        "v": f"1.{i + 2}.{(i * 7) % 10}",
        "cve": f"CVE-2026-{20_101 + 613 * i + at}",
        "points": str(11 + 3 * i),
    }


SERIES = (
    Series(
        "distribution advisories",
        "[SECURITY] [DSA {n}-1] {package} security update",
        "Several vulnerabilities were discovered in {package}, which may result in the "
        "execution of code. For the "
        "stable distribution these problems are fixed in version {v}. We recommend that you "
        "upgrade {package}.",
        mirrored=True,
    ),
    Series(
        "advisories without numbers",
        "{package} security update",
        "An update for {package} is available. Upgrade your system to be safe.",
        mirrored=True,
    ),
    Series(
        "vendor notices",
        "USN-{n}-1: {package} vulnerabilities",
        "Several security issues were fixed in {package}. It was found that {package} handled "
        "memory wrongly. A "
        "remote attacker could use this to crash it or to run programs ({cve}).",
        mirrored=True,
    ),
    Series(
        "known exploits",
        "Agency adds one known exploited vulnerability to catalog",
        "The agency has added one new vulnerability to its catalog, based on evidence of active "
        "exploitation: {cve} "
        "{product} {flaw} vulnerability. Such flaws are a frequent way in for attackers and a "
        "risk for offices.",
        mirrored=True,
    ),
    Series(
        "exploits by product",
        "{cve}: {product} {flaw}",
        "{product} has a {flaw} that lets an attacker in. Apply the fixes of the vendor by {date}.",
        hours=2,
    ),
    Series(
        "exploits without names",
        "New vulnerability in the catalog: {cve}",
        "One entry was added to the catalog of vulnerabilities that are known to be used.",
        hours=1,
        mirrored=True,
    ),
    Series(
        "errata",
        "RHSA-2026:{n} Important: {package} security update",
        "An update for {package} is now available. The rating of its impact is important.",
        hours=3,
    ),
    Series(
        "releases",
        "Lanternfish v2.{i}",
        "Lanternfish v2.{i} is out. It mends faults, brings {topic} and is quicker. See the "
        "change log for all.",
        mirrored=True,
    ),
    Series(
        "releases, text as changes",
        "Release 4.{i}.0",
        "What changed: faster {topic}, fewer faults in {flaw} checks, thanks to {person}.",
        hours=20,
    ),
    Series("releases, title alone", "grebe {v} released", "", hours=12),
    Series(
        "nightly builds",
        "Nightly build {date}",
        "A new nightly build can be downloaded. Sums and signatures stand beside the files.",
        hours=24,
    ),
    Series(
        "bulletins of fixes",
        "KB50{n}: cumulative update",
        "This update brings quality improvements.",
        hours=5,
    ),
    Series(
        "weekly digest",
        "Weekly digest",
        "This week: {topic}, then {other}, and a letter from {person}. All that you may have missed.",
        hours=30,
    ),
    Series(
        "weekly digest, numbered",
        "Weekly digest #{n}",
        "Our picks of the week in short, with links to all that was worth a look.",
        hours=30,
        mirrored=True,
    ),
    Series(
        "daily briefing",
        "Daily briefing",
        "Good morning. {person} on {topic}, what moves the markets, and why {town} waits for the train.",
        hours=24,
        mirrored=True,
    ),
    Series(
        "daily briefing with a subject",
        "Daily briefing: {topic} and {other}",
        "Good morning. The news of the day in five minutes, from our newsroom to your screen.",
        hours=24,
        mirrored=True,
    ),
    Series("open threads", "Open thread", "Talk about whatever you like.", hours=24),
    Series("open threads by day", "{weekday} open thread", "All that fits nowhere else goes here.", hours=24),
    Series(
        "earnings calendar",
        "Earnings calendar for {date}: {firm}",
        "These companies report their results: {firm} before the bell, others after it. "
        "Estimates in the table.",
        hours=24,
        mirrored=True,
    ),
    Series(
        "earnings",
        "{firm} Q3 earnings beat estimates, revenue up {points}%",
        "{firm} reported third quarter earnings of ${points} a share, above estimates. Revenue "
        "rose {points}%.",
        hours=1,
        mirrored=True,
    ),
    Series(
        "law firm notices",
        "Harrow & Pike investigates claims on behalf of investors of {firm}",
        "Harrow & Pike investigates potential claims on behalf of investors of {firm}. The "
        "investigation is about "
        "whether {firm} and some of its officers have engaged in unlawful practices.",
        hours=2,
        mirrored=True,
    ),
    Series(
        "court lists",
        "Daily cause list: {town} Crown Court, {date}",
        "Cases listed for hearing in {town} in courtrooms 1 to 6 from ten o'clock. The list may change.",
        hours=1,
    ),
    Series(
        "match reports",
        "{team} {i}-2 {rival}: match report",
        "{person} scored as {team} met {rival} in front of a full house. The away side had chances late on.",
        hours=2,
        mirrored=True,
    ),
    Series(
        "line-ups",
        "{team} v {rival}: line-ups, odds and how to watch",
        "Kick-off is at three. Here are the line-ups, the form of both sides and where it is shown.",
        hours=2,
        mirrored=True,
    ),
    Series(
        "status pages",
        "Investigating: elevated error rates in region {i}",
        "We are investigating elevated error rates. The next update follows within an hour.",
        hours=3,
    ),
    Series(
        "status resolved",
        "Resolved: {product} degraded",
        "This incident has been resolved. We are sorry for the trouble.",
        hours=3,
        mirrored=True,
    ),
    Series(
        "maintenance",
        "Scheduled maintenance of {product} on {date}",
        "{product} will not be available from 01:00 to 03:00 while it is being maintained.",
        hours=6,
    ),
    Series(
        "jobs",
        "{job} wanted in {town}",
        "Full time, to start at once. Send your letter and references to the office.",
        hours=1,
        mirrored=True,
    ),
    Series(
        "weather warnings",
        "Yellow warning of {hazard} for {town}",
        "Yellow warning of {hazard} affecting {town} and the country around it. Travel may take longer.",
        hours=1,
        mirrored=True,
    ),
    Series(
        "weather warnings, names in the text",
        "Severe weather warning",
        "The weather service warns of {hazard} in {town} until {weekday} evening. Stay at home if you can.",
        hours=1,
        mirrored=True,
    ),
    Series(
        "exchange rates",
        "Exchange rates of {date}",
        "One crown buys {points} pence today. The rates are set at noon and hold for one day.",
        hours=24,
        mirrored=True,
    ),
    Series(
        "earthquakes",
        "M 4.{i} earthquake near {town}",
        "An earthquake of magnitude 4.{i} was felt near {town}. No damage is known.",
        hours=1,
        mirrored=True,
    ),
    Series(
        "podcast episodes",
        "Episode {n}: {person} on {topic}",
        "A talk about {topic}. Subscribe and tell.",
        hours=9,
    ),
    Series("deals", "Save {points}% on the {product} today only", "A good price for a good thing.", hours=4),
    Series(
        "without dates", "Bulletin {n}", "The office has published its bulletin.", dated=False, mirrored=True
    ),
    Series("without dates or numbers", "Notice about {firm}", "Notice is given about {firm}.", dated=False),
    Series(
        "Baustellen",
        "Verkehrsmeldung: Vollsperrung in {town}",
        "In {town} ist die Hauptstraße bis {date} voll gesperrt. Eine Umleitung ist eingerichtet.",
        hours=1,
        mirrored=True,
    ),
    Series(
        "vigilance",
        "Vigilance orange à {town}",
        "Météo : la ville de {town} est placée en vigilance orange jusqu'à ce soir. Restez prudents.",
        hours=1,
    ),
    Series(
        "天气",
        "{省}省气象台发布暴雨黄色预警",
        "{省}省气象台今天发布暴雨黄色预警信号，预计未来六小时有强降雨，请注意防范。",
        hours=1,
        mirrored=True,
    ),
    Series(
        "気象",
        "{県}県に大雨警報を発表",
        "気象台は{県}県に大雨警報を発表しました。土砂災害に注意してください。",
        hours=1,
        mirrored=True,
    ),
    Series(
        "決算",
        "{会社}、四半期決算は増収増益",
        "{会社}が発表した四半期決算は、売上高が前年同期比{points}％増となった。通期予想は据え置いた。",
        hours=1,
        mirrored=True,
    ),
    Series(
        "날씨",
        "{시} 지역 호우주의보 발효",
        "기상청은 {시} 지역에 호우주의보를 발효했다.",
        hours=1,
        mirrored=True,
    ),
)


def rows(series: Iterable[Series] = SERIES) -> Iterator[dict[str, Any]]:
    """All items as rows of a collection; the id is `series/number/feed`."""
    for at, one in enumerate(series):
        for i in range(ITEMS):
            when = START + at * 977 + int(i * one.hours * HOUR)
            here = datetime.fromtimestamp(when, UTC)
            filled = _filled(at, i)
            filled |= {"date": f"{here.day} {here:%B} {here.year}"}
            title, text = one.title.format(**filled), one.text.format(**filled)
            for feed in ("feed", "mirror")[: 1 + one.mirrored]:
                yield {
                    "id": f"{one.name}/{i}/{feed}",
                    "title": title[:1].upper() + title[1:],
                    "summary": text,
                    "url": f"https://{feed}.example.org/{at}/{i}",
                    "published": here.isoformat() if one.dated else None,
                    "feed": f"{one.name} {feed}",
                }


def background(data: Path | None, size: int) -> Iterator[dict[str, Any]]:
    """Other news: those of the collections in a folder, or made up."""
    if data is not None:
        every = map(related_ranking.rows, sorted(data.glob("*.articles.jsonl")))
        yield from itertools.islice(itertools.chain.from_iterable(every), size)
        return
    for number in range(size):
        made = newsgen.article(number % 100, number // 100)
        when = datetime.fromtimestamp(made.time, UTC).isoformat()
        yield {
            "id": f"n{number}",
            "title": made.title,
            "summary": "",
            "published": when,
            "feed": f"n{number % 100}",
        }


@dataclass(frozen=True, slots=True)
class Found:
    """Pairs of items in one row: two of a series, two of different ones; pairs in one story though in two
    rows; and of mirrors: the same item in one row."""

    folded: Sequence[tuple[str, str]]
    across: Sequence[tuple[str, str]]
    in_one_story: int
    mirrored: int


def folds(store: Store, folder: Path, items: Sequence[dict[str, Any]], *, as_published: bool) -> Found:
    """Let items arrive in a store and look what they share."""
    article_of = related_ranking.save(
        store, _file(folder, items), START + 90 * 86_400, as_published=as_published, host="series-"
    )
    name_of = {article: row.rpartition("/")[0] for row, article in article_of.items()}
    row_of = {row.id: row.fold or -row.id for row in store.lists.rows(list(name_of))}
    story_of = store.relations.stories(list(name_of))
    folded: list[tuple[str, str]] = []
    across: list[tuple[str, str]] = []
    in_one_story = mirrored = 0
    for one, other in itertools.combinations(sorted(name_of), 2):
        names = name_of[one], name_of[other]
        if row_of[one] == row_of[other]:
            same_series = names[0].rpartition("/")[0] == names[1].rpartition("/")[0]
            mirrored += names[0] == names[1]
            if names[0] != names[1]:
                (folded if same_series else across).append(names)
        elif story_of[one] == story_of[other]:
            in_one_story += 1
    return Found(folded, across, in_one_story, mirrored)


def _file(folder: Path, items: Iterable[dict[str, Any]]) -> Path:
    path = folder / "items.jsonl"
    path.write_text("".join(json.dumps(item) + "\n" for item in items), encoding="utf-8")
    return path


def alone(*, as_published: bool) -> list[Found]:
    """What folds in a library of one series alone, for each of them."""
    each = []
    for one in SERIES:
        with tempfile.TemporaryDirectory() as folder:
            store = Store.open(Path(folder) / "series.db")
            each.append(folds(store, Path(folder), list(rows([one])), as_published=as_published))
            store.close()
    return each


def measure(data: Path | None) -> None:
    """Print what folds in libraries of each size; each series alone comes first."""
    items = list(rows())
    print(f"\n{len(items)} articles of {len(SERIES)} series, {len(SERIES) * ITEMS} items")
    print(f"{'library':22s}{'arrival':>14s}{'folded':>8s}{'across':>8s}{'in one story':>14s}{'mirrors':>9s}")
    for as_published in (False, True):
        _print("each series alone", as_published, alone(as_published=as_published))
    for name, size in (("all series", 0), ("medium", MEDIUM), ("large", LARGE)):
        with tempfile.TemporaryDirectory() as folder:
            base = Path(folder) / "base.db"
            store = Store.open(base)
            filled = (
                related_ranking.save(store, _file(Path(folder), background(data, size)), START)
                if size
                else {}
            )
            store.close()
            for as_published in (False, True):
                copy = Path(shutil.copy(base, Path(folder) / "copy.db"))
                store = Store.open(copy)
                label = f"{name} ({len(filled):,} others)" if size else name
                _print(label, as_published, [folds(store, Path(folder), items, as_published=as_published)])
                store.close()


def _print(library: str, as_published: bool, found: Sequence[Found]) -> None:
    wrong = [pair for one in found for pair in one.folded]
    across = [pair for one in found for pair in one.across]
    arrival = "as published" if as_published else "feed by feed"
    stories, mirrored = sum(one.in_one_story for one in found), sum(one.mirrored for one in found)
    print(f"{library:22s}{arrival:>14s}{len(wrong):8d}{len(across):8d}{stories:14d}{mirrored:9d}")
    for one, other in [*wrong, *across][:20]:
        print(f"    {one}  =  {other}")


if __name__ == "__main__":
    measure(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
