"""Files `config` and `urls` as an attacker makes them, for `tests.newsboat_hostile`."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from tests.hostile_caches import DIGITS, FEED, text_of

_PATTERNS = (
    "a{100000000}",
    "(?:(?:a{1000}){1000}){1000}",
    "(a+)+$",
    "(.*)*(.*)*(.*)*x",
    "(" * 3000 + "a" + ")" * 3000,
    "[" * 2000,
    "(?R)",
    "(?:" * 900,
    "x*" * 4000,
    "(?<=a{1,5000})b{1,5000}",
    "\\p{L}{65000}",
    "(a|aa)+$",
)
Lines = Callable[[random.Random, Path], bytes]


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _filters(chance: random.Random) -> list[str]:
    found = [f"title =~ {_quoted(pattern)}" for pattern in _PATTERNS]
    found += ["(" * 3000 + 'title =~ "a"' + ")" * 3000, " and ".join(['title = "a"'] * 3000)]
    found += [f"age {form}" for at in DIGITS for form in (f"< {at}", f"between {at}:{at}")]
    found += [
        f"title =~ {_quoted(text_of(chance))}",
        'flags =~ "' + "s" * 5000 + '"',
        "or " * 2000,
        '"' * 999,
    ]
    return chance.sample(found, k=min(len(found), 12))


def bombs(chance: random.Random, folder: Path) -> bytes:
    lines = [f"highlight all {_quoted(pattern)} red" for pattern in _PATTERNS]
    lines += [f'ignore-article "*" {_quoted(asked)}' for asked in _filters(chance)]
    lines += [f'ignore-article {_quoted("regex:" + pattern)} "age > 3"' for pattern in _PATTERNS]
    lines += [f"define-filter f{at} {_quoted(asked)}" for at, asked in enumerate(_filters(chance))]
    lines += [f"highlight-article {_quoted(asked)} red blue" for asked in _filters(chance)]
    return "\n".join(lines).encode()


def many_rules(chance: random.Random, folder: Path) -> bytes:
    ignoring = 'ignore-article "*" "title =~ \\"x{}y{{3,900}}\\""'
    kind = chance.choice([ignoring, "highlight all word{} red", 'define-filter f{} "age < {}"'])
    return "\n".join(kind.format(at, at % 1000) for at in range(chance.choice([900, 3_000]))).encode()


def giant(chance: random.Random, folder: Path) -> bytes:
    return chance.choice(
        [
            b"browser " + b"x" * 3_000_000,
            b"browser " + b" " * 3_000_000 + b">/dev/null",
            b"x" * 6_000_000,
            b"max-items 5\n" * 60_000,
            b"\\\n" * 1_500_000,
            b"macro a " + b"open ; " * 2_500,
            b'"' * 3_000_000,
        ]
    )


def includes(chance: random.Random, folder: Path) -> bytes:
    (folder / "loop").write_text(
        "include loop\ninclude config\ninclude ./loop\ninclude ../" + folder.name + "/loop\n"
    )
    for at in range(120):
        (folder / f"deep{at}").write_text(f"include deep{at + 1}\n")
    with suppress(FileExistsError):
        os.mkfifo(folder / "pipe")
    places = ["x" * 3000, "loop", "deep0", "/dev/zero", "/dev/stdin", "pipe", ".", "~nobody-at-all/x"]
    places += [
        "a\x00b",
        "/proc/self/mem",
        "/proc/self/environ",
        "cache.db",
        "urls",
        "/dev/full",
        "../" * 500,
        "",
        "`id`",
    ]
    return "\n".join(f"include {_quoted(place)}" for place in places).encode()


def odd_bytes(chance: random.Random, folder: Path) -> bytes:
    names = ("browser", "user-agent", "save-path", "macro x")
    text = "".join(f"{name} {text_of(chance)}\n" for name in names)
    return chance.choice(
        [chance.randbytes(20_000), text.encode("utf-16"), text.encode(), b"\xff\xfe\x00" * 3000, b"\r" * 9000]
    )


_PROGRAMS = "browser bookmark-cmd notify-program external-url-viewer pager html-renderer player"
_PLACES = """proxy evil.example:1
use-proxy yes
ssl-verifypeer no
save-path {folder}
download-path {folder}
error-log {folder}/canary
cookie-cache {folder}/canary
user-agent `touch {folder}/canary`"""


def programs(chance: random.Random, folder: Path) -> bytes:
    touch = f"touch {folder / 'canary'}"
    forms = ("{}", "sh -c '{}'", "`{}`", "$({})", "x; {}", "| {}", "/bin/sh %u")
    values = [form.format(touch) for form in forms]
    lines = [f"{name} {_quoted(chance.choice(values))}" for name in _PROGRAMS.split()]
    lines += [
        f"macro {key} set browser {_quoted(value)} ; open-in-browser"
        for key, value in zip("abcdefg", values, strict=True)
    ]
    return "\n".join([*lines, _PLACES.format(folder=folder)]).encode()


_NUMBERED = "reload-time text-width download-timeout max-items keep-articles-days"


def numbers(chance: random.Random, folder: Path) -> bytes:
    names = (*_NUMBERED.split(), "color x color999")
    return "\n".join(f"{name} {digits}" for name in names for digits in DIGITS).encode()


def keys(chance: random.Random, folder: Path) -> bytes:
    letters, controls = map(chr, range(33, 3_000)), (f"^{chr(at)}" for at in range(33, 127))
    signs = [*letters, *controls, "F99", "ENTER" * 99]
    lines = [f"bind-key {sign} {chance.choice(['open', 'quit', 'next', 'fly'])}" for sign in signs]
    lines += [f"macro {sign} open ; quit" for sign in signs[:600]]
    return "\n".join([*lines, "unbind-key -a", "bind-key", "macro", "unbind-key"]).encode()


CONFIGS: tuple[Lines, ...] = (
    bombs, bombs, many_rules, giant, includes, odd_bytes, programs, programs, numbers, keys
)  # fmt: skip

# --------------------------------------------------------------------------- urls


_ODD = """http://[::1
http://a:999999/
http://x@y@z/
HTTP://A.EXAMPLE/feed
javascript:x
http://\u202e.example/
http://xn--/
http://a b
file:///etc/passwd
exec:touch {folder}/canary
filter:touch {folder}/canary:{feed}
`touch {folder}/canary`"""


def odd_addresses(chance: random.Random, folder: Path) -> bytes:
    found = _ODD.format(folder=folder, feed=FEED).split("\n")
    found += ["http://" + "a" * 60_000, f"http://a.example/{text_of(chance)}"]
    return "\n".join(f'"{one}" {text_of(chance)}' for one in found).encode("utf-8", "replace")


def many_feeds(chance: random.Random, folder: Path) -> bytes:
    number = chance.choice([1_000, 4_000])
    return "\n".join(f"http://{at}.example/feed tag{at % 300} t{at}" for at in range(number)).encode()


def many_tags(chance: random.Random, folder: Path) -> bytes:
    tags = " ".join(f"t{at}" for at in range(chance.choice([40, 3_000])))
    return "\n".join(f"http://{at}.example/feed {tags}x{at}" for at in range(200)).encode()


def queries(chance: random.Random, folder: Path) -> bytes:
    return "\n".join(
        _quoted(f"query:q{at}:{asked}") for at, asked in enumerate(_filters(chance) * 3)
    ).encode()


def same_feed(chance: random.Random, folder: Path) -> bytes:
    return b"http://same.example/ a\n" * 4_000


def garbage(chance: random.Random, folder: Path) -> bytes:
    return chance.choice(
        [chance.randbytes(30_000), b"\0" * 9000, b"x" * 5_000_000, b'"' + b"\\" * 90_000, b"\xff" * 99]
    )


URLS: tuple[Lines, ...] = (odd_addresses, many_feeds, many_tags, queries, same_feed, garbage)
