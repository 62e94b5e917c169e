"""A small newsboat: what its feeds say, its files, and the real program that writes them.

newsboat 2.36 wrote `tests/data/newsboat`, by `python -m tests.newsboat tests/data/newsboat`. The feeds are at
example domains, which newsboat reaches through a proxy on the loopback interface, and so do tests.
"""

from __future__ import annotations

import os
import pty
import shutil
import subprocess
import sys
from collections.abc import Collection
from pathlib import Path

from tests.builders import item, rss
from tests.web import Web, in_thread
from tuireader.newsboat import settings
from tuireader.newsboat.outcomes import Consent, No
from tuireader.newsboat.single_settings import Settings

DATA = Path(__file__).parent / "data" / "newsboat"

LONG = "The ferry company has ordered eleven ships that run on batteries alone. " * 5
HARBOUR = "http://harbour.example/feed.xml"
ATOM = "http://letters.example/atom"
TITLES = "http://titles.example/rss"
PLAIN = "http://plain.example/rss?all=yes"


def read_config(text: str, accepted: Collection[Consent], *feeds: str) -> Settings:
    """The settings of a config that includes no other file."""

    def include(file: str, written: str) -> tuple[str, str]:
        raise No(f"{file} includes no {written}")

    return settings.read("config", text, include, feeds=feeds, accepted=accepted)


FEEDS = {
    HARBOUR: rss(
        "Harbour & Quay",
        [
            item(
                "h-3",
                "WeChat pays for <em>tickets</em> &amp; coffee",
                "<p>In short: pay by phone.</p>",
                url="http://harbour.example/3?utm_source=feed",
                time=1_700_300_000,
                more="<content:encoded xmlns:content='http://purl.org/rss/1.0/modules/content/'>"
                f"&lt;p&gt;{LONG}&lt;a href='/rules'&gt;The rules&lt;/a&gt;&lt;/p&gt;</content:encoded>"
                "<enclosure url='http://harbour.example/3.mp3' type='audio/mpeg' length='9'/>",
            ),
            item("h-2", "Ferries stop on Monday", f"<p>{LONG}</p>", time=1_700_200_000),
            item("h-1", "Ferries run again", "<p>As before.</p>", time=1_700_100_000),
            item("h-0", "Sponsored: a sofa", "<p>Buy it.</p>", time=1_700_000_000),
        ],
    ),
    ATOM: f"""<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom">
<title>Letters from 上海</title><id>urn:letters</id><updated>2023-11-20T00:00:00Z</updated>
<link href="http://letters.example/"/>
<entry><id>urn:letters:2</id><title>个人信息保护法 comes into force</title><link href="http://letters.example/2"/>
<updated>2023-11-19T00:00:00Z</updated><author><name>Lin</name></author>
<content type="html">&lt;p&gt;{LONG}&lt;/p&gt;</content></entry>
<entry><id>urn:letters:1</id><title type="html">A &amp;lt;tag&amp;gt; in a title</title>
<link href="http://letters.example/1"/><updated>2023-11-18T00:00:00Z</updated>
<summary>Only a summary.</summary></entry></feed>""".encode(),
    TITLES: rss("Only titles", []).replace(
        b"</channel>",
        b"<item><title>Neither id nor address</title><description>One.</description></item>"
        b"<item><title>An address and a date</title><link>http://titles.example/dated</link>"
        b"<pubDate>Tue, 14 Nov 2023 22:13:20 GMT</pubDate><description>Two.</description></item>"
        b"<item><title>An address alone</title><link>http://titles.example/plain</link>"
        b"<description>Three.</description></item></channel>",
    ),
    PLAIN: rss("Plain", [item("p-1", "Nothing new", "Nothing at all.", time=1_699_000_000)]),
}

URLS = r"""# feeds that somebody followed
http://harbour.example/feed.xml asia "slow boats" daily "~Ferry \"news\""
http://letters.example/atom asia   # a comment
http://titles.example/rss "!hidden" daily
http://plain.example/rss?all=yes
exec:/usr/local/bin/make-a-feed programs
filter:/bin/cat:http://plain.example/rss
"query:Unread of Asia:unread = \"yes\" and tags # \"asia\"" searches
"query:Flagged:flags =~ \"s\""
"query:Recent ferries:(title =~ \"ferr(y|ies)\" or content =~ \"ferry\") and age <= 3650"
"query:Large feeds:total_count > 100"
file:///tmp/feed.xml
"""

CONFIG = r"""# settings that somebody made
auto-reload          yes
reload-time          45     # minutes
browser              "firefox --new-tab %u"
proxy                127.0.0.1:3128
use-proxy            yes
max-items            200
download-timeout     20
show-read-articles   yes
text-width           72
save-path            "~/Saved Articles"
notify-beep          yes
feedlist-format      "%4i %n %11u %t"
ocnews-password      "do not print \"this\""
color background     default white
color listnormal     cyan default
bind-key ^R          reload-all
bind-key j           down     feedlist
bind-key j           next     articlelist
bind-key D           delete-article
unbind-key           s
macro v set browser "mpv %u >/dev/null 2>&1 &" ; open-in-browser ; set browser "firefox %u" -- "Play it"
macro p set browser "curl %u | less" ; open-in-browser
macro d toggle-article-read "read" ; \
    next-unread
highlight all        "WeChat|个人信息保护法" red
highlight article    "batter(y|ies)" color208 default bold
highlight feedlist   "Ferry" blue
highlight-article    "author =~ \"lin\"" green default
ignore-article       "*" "title =~ \"^Sponsored\""
ignore-article       "regex:plain\.example" "title =~ \"nothing\""
ignore-article       "http://elsewhere.example/" "title =~ \"x\""
ignore-mode          "display"
include              "more"
"""

MORE = """error-log `echo ~/errors`
refresh-on-startup no
"""


def installed() -> bool:
    """Whether the real newsboat can be run here."""
    return shutil.which("newsboat") is not None


def serve(web: Web) -> None:
    """Let a server answer for all feeds, as a proxy does."""
    for url, body in FEEDS.items():
        web.serve(url, body)


def write(folder: Path, web: Web) -> None:
    """Let newsboat fetch the feeds, mark one read, flag three and delete one."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "urls").write_text(URLS.replace("exec:", "# exec:").replace("filter:", "# filter:"))
    proxy = f"use-proxy yes\nproxy {web.url.removeprefix('http://')}\nshow-read-articles yes\n"
    (folder / "config").write_text(f"{proxy}article-sort-order date-desc\n")
    run(folder, "-x", "reload")
    steps = 'open; edit-flags "s"; next; edit-flags "ab"; toggle-article-read "read"; next; delete-article;'
    steps += ' quit; next; open; toggle-article-read "read"; edit-flags "s"; hard-quit'
    (folder / "config").write_text(
        f"{proxy}article-sort-order date-desc\nrun-on-startup {steps}\ngoto-first-unread no\n"
    )
    in_terminal(folder)
    (folder / "urls").write_text(URLS)
    (folder / "config").write_text(CONFIG)
    (folder / "more").write_text(MORE)
    shutil.rmtree(folder / ".newsboat", ignore_errors=True)


def run(folder: Path, *words: str) -> str:
    """Run newsboat on a folder; what it prints."""
    done = subprocess.run(
        [*command(folder), *words],
        env=os.environ | {"HOME": str(folder)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout


def command(folder: Path) -> list[str]:
    """newsboat with the files of a folder."""
    files = ["-u", str(folder / "urls"), "-c", str(folder / "cache.db"), "-C", str(folder / "config")]
    return ["newsboat", "-q", *files]


def in_terminal(folder: Path) -> None:
    """Run newsboat in a terminal until it ends."""
    environment = os.environ | {"HOME": str(folder), "TERM": "xterm"}
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvpe("newsboat", command(folder), environment)
    while True:
        try:
            if not os.read(terminal, 1 << 16):
                break
        except OSError:  # it has ended
            break
    os.waitpid(pid, 0)
    os.close(terminal)


if __name__ == "__main__":
    with in_thread() as server:
        serve(server)
        write(Path(sys.argv[1]), server)
