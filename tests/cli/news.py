"""A home with news in it: four feeds on the loopback, one of them broken, two watches, all fetched."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.builders import item, rss
from tests.cli.command import Home, run_here, subscribe
from tests.web import Web, in_thread
from tuireader.errors import Exit

WATCHES = """
[[watch]]
name = "WeChat"
any = ["WeChat", "Weixin"]
color = "green"
[[watch]]
name = "PIPL"
any = ["Personal Information Protection Law", "PIPL", "none such"]
[[watch]]
name = "Two words"
any = ["WeChat suspends"]
"""

TEXT = """<p>WeChat stopped taking new users. A <b>Personal Information Protection Law</b> is coming.</p>
<p>See <a href="https://example.org/rules">the rules</a>.</p>"""

PAGE = "<html><body><nav>Menu</nav><article><p>The whole text of the page.</p></article></body></html>"


@dataclass
class Kept:
    """The database of the first home with news, and the port that its addresses name."""

    port: int = 0
    database: bytes = b""


_kept = Kept()


def _port() -> int:
    """Return the port of the first home, or any when another program has taken it since."""
    with suppress(OSError), socket.create_server(("127.0.0.1", _kept.port)):
        return _kept.port
    _kept.database = b""
    return 0


@contextmanager
def home_with_news(folder: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[tuple[Home, Web]]:
    """The home, and the server that has its feeds at /feed.xml, /other.xml, /broken.xml and a page at /."""
    home, now = Home(folder), int(time.time())
    title = "WeChat suspends new user registration"
    two = [item("v", title, "<p>WeChat stopped taking new users, too.</p>", time=now - 1800)]
    with in_thread(_port()) as web:
        page = web.serve("/page", PAGE, headers={"Content-Type": "text/html"})
        one = [
            item("w", title, TEXT, time=now - 3600),
            *(
                item(f"n{n}", f"Title {n}", f"Text {n}", url=f"{page}?n={n}", time=now - n * 7200)
                for n in range(1, 30)
            ),
        ]
        feeds = [
            web.serve("/feed.xml", rss("Example News", one)),
            web.serve("/other.xml", rss("Other $(touch pwned) & `News`", two)),
            web.serve("/broken.xml", status=500),
        ]
        web.serve("/news.html", "<ul><li class=news><a href=/n/1>The first news of the page</a></ul>")
        web.serve("/status.html", "<div id=main><p>All systems work</div>")
        web.serve("/new.xml", rss("New Feed", [item("x", "Something new")]))
        web.serve(
            "/",
            '<html><head><link rel="alternate" type="application/rss+xml" title="New Feed" href="/new.xml">'
            "</head><body>Hello</body></html>",
            headers={"Content-Type": "text/html"},
        )
        subscribe(home, *feeds, more=WATCHES)
        if _kept.database:
            home.database.write_bytes(_kept.database)
        else:
            assert run_here(home, capsys, "refresh").code == Exit.SOME_FAILED
            _kept.port, _kept.database = web.port, home.database.read_bytes()
        yield home, web
