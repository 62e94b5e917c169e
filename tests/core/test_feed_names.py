"""Names of feeds where something is wrong with them, and what a preview says of their source."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import half_as_many
from tuireader.library.alarms import alarm_message
from tuireader.model import Alarm, AlarmKind, Counts, Coverage, Feed, FeedPreview, WatchCoverage
from tuireader.text import feed_name
from tuireader.ui.drawing.sidebar_items import sidebar_items
from tuireader.ui.screens.alarms import alarm_cells
from tuireader.wording import coverage, feed_summary

NOW = 1_800_000_000
LONG = "https://feeds.example.org/very/long/path/that/says/nothing/at/all.xml?with=a&query"


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Example News", "Example News"),
        (LONG, "feeds.example.org"),
        ("http://me:secret@127.0.0.1:8080/feed", "…@127.0.0.1:8080"),
        ("home+https://example.org/rss", "example.org"),
        ("exec:cat 'my feed.xml'", "exec:cat 'my feed.xml'"),
        ("maildir:~/Mail/news", "maildir:~/Mail/news"),
        ("What :// means", "What :// means"),
        ("https://", "https://"),
        ("", ""),
    ],
)
def test_an_address_in_place_of_a_title_is_named_by_its_host(title: str, name: str) -> None:
    assert feed_name(title) == name


@given(st.text(max_size=40))
@half_as_many
def test_a_title_is_its_own_name(title: str) -> None:
    assert feed_name(title) == title or "://" in title


def test_alarms_and_the_sidebar_name_hosts() -> None:
    alarm = Alarm(1, AlarmKind.FAILING, 1, "", LONG, "failing: HTTP 500", NOW)
    assert alarm_cells(alarm, NOW)["name"].text == "feeds.example.org"
    assert alarm_message([alarm]).title == "Alarm: feeds.example.org: failing: HTTP 500"
    feed = Feed(1, LONG, LONG, last_error="HTTP 500")
    items = sidebar_items([feed], Counts(), (), (), folds=True)
    assert [(item.label, item.trouble) for item in items if item.trouble] == [
        ("feeds.example.org", "HTTP 500")
    ]


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (1, "never fetched: Feed 0"),
        (3, "never fetched: Feed 0, Feed 1, Feed 2"),
        (7, "7 feeds never fetched (`tuireader watch coverage 'My watch'` names them)"),
    ],
)
def test_feeds_that_were_never_fetched_are_named(number: int, said: str) -> None:
    feeds = tuple(Coverage(Feed(n, f"https://f{n}.example/", f"Feed {n}")) for n in range(number))
    assert coverage.watch_summary(WatchCoverage("My watch", feeds), NOW) == said


def test_feeds_of_an_account_are_fetched_by_its_server() -> None:
    theirs = Coverage(Feed(1, "home+https://a.example/", "A", account="home"))
    ours = Coverage(Feed(2, LONG, LONG))
    assert coverage.summary(theirs, NOW) == "fetched by a server"
    assert coverage.summary(ours, NOW) == "never fetched"
    assert coverage.watch_summary(WatchCoverage("W", (theirs, ours)), NOW) == (
        "never fetched: feeds.example.org; 1 feed fetched by a server"
    )


@pytest.mark.parametrize(
    ("url", "site", "said"),
    [
        ("https://a.example/feed", "https://b.example/", "b.example"),
        ("https://a.example/feed", "", "a.example"),
        ("maildir:~/Mail", "", "mail folder (Maildir)"),
        ("mbox:/var/mail/me", "", "mail folder (mbox)"),
        ("imaps://me@mail.example/News", "", "mail folder at mail.example"),
        ("imap://localhost:1143/INBOX", "", "mail folder at localhost:1143"),
        ("exec:my-feed --rss", "", "program"),
        ("exec:my-feed --rss", "https://b.example/", "b.example"),
    ],
)
def test_a_preview_says_where_the_entries_come_from(url: str, site: str, said: str) -> None:
    preview = FeedPreview("Title", site, 1, None, None, (), length=10, teasers=True)
    lines = ["".join(text for text, _ in line) for line in feed_summary.facts(preview, url, NOW)]
    assert lines[0] == f"Title · {said}"
    fetches = "full text will be fetched" in lines[2]
    assert fetches is not said.startswith("mail folder")
