"""File names from titles: safe in any folder of any system."""

from __future__ import annotations

import re
import time
import unicodedata

from tuireader.text import clean

_LENGTH = 80
_BYTES = 180
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]+')


def file_name(title: str, moment: int, ending: str, number: int = 1) -> str:
    """Return `2026-11-24 Title.md`; a `number` above 1 is added after the title.

    The day comes first, so files are in order, and no name begins with a dot or a dash or is reserved by
    a system.
    """
    day = time.strftime("%Y-%m-%d", time.localtime(max(0, moment)))
    name = _FORBIDDEN.sub(" ", unicodedata.normalize("NFC", clean(title, 500)))
    name = " ".join(name.split())[:_LENGTH].strip(" .")
    while len(name.encode("utf-8", "replace")) > _BYTES:
        name = name[:-1]
    counted = f" ({number})" if number > 1 else ""
    return f"{day} {name}".strip(" .") + f"{counted}.{ending}"
