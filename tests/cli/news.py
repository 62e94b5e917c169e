"""A home with news in it: four feeds on the loopback, one of them broken, two watches, all fetched."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
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


@contextmanager
def home_with_news(folder: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[tuple[Home, Web]]:
    """The home, and the server that has its feeds at /feed.xml, /other.xml, /broken.xml and a page at /."""
    home, now = Home(folder), int(time.time())
    title = "WeChat suspends new user registration"
    two = [item("v", title, "<p>WeChat stopped taking new users, too.</p>", time=now - 1800)]
    with in_thread() as web:
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
        web.serve("/new.xml", rss("New Feed", [item("x", "Something new")]))
        web.serve(
            "/",
            '<html><head><link rel="alternate" type="application/rss+xml" title="New Feed" href="/new.xml">'
            "</head><body>Hello</body></html>",
            headers={"Content-Type": "text/html"},
        )
        subscribe(home, *feeds, more=WATCHES)
        assert run_here(home, capsys, "refresh").code == Exit.SOME_FAILED
        yield home, web
