"""Let the real newsboat write a profile, to measure and prove the import with.

  python benchmarks/newsboat_profile.py FOLDER [--feeds 200] [--articles 10000]

FOLDER gets `urls` (with tags, titles and query feeds), `config` and `cache.db`: newsboat itself fetches the
feeds from a server on the loopback interface, marks four of five articles read, sets flags in every fifth
feed and deletes an article in some. Then `tuireader import newsboat FOLDER` and
`tuireader import newsboat FOLDER --compare` show how it moves.
"""

from __future__ import annotations

import argparse
import http.server
import os
import pty
import subprocess
import threading
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import newsgen

TAGS = ("tech", "asia", "two words", "security", "Ünïcode", "daily", "chips")
CONFIG = """# a newsboat that was used
auto-reload yes
reload-time 45
browser "firefox --new-tab %u"
max-items 0
text-width 90
color background white black
color listnormal cyan default
bind-key ^R reload-all
bind-key D delete-article
unbind-key s
macro v set browser "mpv %u &"; open-in-browser; set browser "firefox --new-tab %u" -- "Play"
macro n toggle-article-read "read"; next-unread
highlight all "WeChat|TikTok" red
highlight article "(chip|wafer)s?" color208
ignore-article "*" "title =~ \\"sponsored\\""
"""


class _Feeds(http.server.BaseHTTPRequestHandler):
    documents: ClassVar[dict[str, bytes]] = {}

    def do_GET(self) -> None:
        body = self.documents.get(self.path)
        self.send_response(404 if body is None else 200)
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, format: str, *args: object) -> None:
        pass


def write(folder: Path, feeds: int, articles: int) -> None:
    """Make the profile in a folder that is made, too."""
    folder.mkdir(parents=True, exist_ok=True)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Feeds)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}"
    each = -(-articles // feeds)
    made = [replace(newsgen.feed(number, base), entries=each) for number in range(feeds)]
    _Feeds.documents = {one.url.removeprefix(base): newsgen.feed_xml(one) for one in made}
    (folder / "urls").write_text("\n".join([*map(_line, made), *_QUERIES]) + "\n", encoding="utf-8")
    (folder / "config").write_text(CONFIG, encoding="utf-8")
    _run(folder, "-x", "reload")
    server.shutdown()
    guids = [article.url for one in made for article in newsgen.articles_of(one)]
    read = folder / "read.txt"
    read.write_text("".join(f"{guid}\n" for number, guid in enumerate(guids) if number % 5), encoding="utf-8")
    _run(folder, "-I", str(read))
    read.unlink()
    _flag(folder, feeds)


_QUERIES = (
    '"query:Unread:unread = \\"yes\\""',
    '"query:WeChat this year:title =~ \\"wechat\\" and age < 365"',
    '"query:Asia:tags # \\"asia\\""',
    '"query:Flagged:flags =~ \\"s\\" or flags =~ \\"a\\""',
    '"query:Big feeds:total_count > 100"',
)


def _line(one: newsgen.Feed) -> str:
    tags = [TAGS[(one.id + step) % len(TAGS)] for step in range(one.id % 4)]
    title = [f"~Own name {one.id}"] if one.id % 10 == 3 else []
    return " ".join([one.url, *(f'"{word}"' if " " in word else word for word in (*tags, *title))])


def _flag(folder: Path, feeds: int) -> None:
    """Set flags by newsboat's own hand: it runs a list of operations when it starts in a terminal."""
    steps: list[str] = []
    for number in range(0, feeds, 5):
        steps += ["open", 'edit-flags "s"', "next", 'edit-flags "ab"', "next"]
        steps += ["delete-article"] if number % 20 == 0 else []
        steps += ["quit", *["next"] * 5]
    extra = folder / "config.once"
    extra.write_text(f"show-read-articles yes\nrun-on-startup {'; '.join([*steps, 'hard-quit'])}\n")
    environment = os.environ | {"HOME": str(folder), "TERM": "xterm", "LINES": "40", "COLUMNS": "120"}
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvpe("newsboat", [*_command(folder, "config.once")], environment)
    while True:
        try:
            if not os.read(terminal, 1 << 16):
                break
        except OSError:  # newsboat has ended
            break
    os.waitpid(pid, 0)
    os.close(terminal)
    extra.unlink()


def _command(folder: Path, config: str = "config") -> list[str]:
    files = ["-u", str(folder / "urls"), "-c", str(folder / "cache.db"), "-C", str(folder / config)]
    return ["newsboat", "-q", *files]


def _run(folder: Path, *words: str) -> None:
    subprocess.run(
        [*_command(folder), *words],
        env=os.environ | {"HOME": str(folder)},
        capture_output=True,
        check=True,
        timeout=900,
    )


def main() -> None:
    """Make a profile."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--feeds", type=int, default=200)
    parser.add_argument("--articles", type=int, default=10_000)
    wanted = parser.parse_args()
    write(wanted.folder, wanted.feeds, wanted.articles)
    print(f"{wanted.feeds} feeds, {wanted.articles} articles in {wanted.folder}")


if __name__ == "__main__":
    main()
