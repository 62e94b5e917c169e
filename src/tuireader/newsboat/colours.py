"""newsboat's colours as ours."""

from __future__ import annotations

import re

_NAMES = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
_STEPS = (0, 95, 135, 175, 215, 255)


def colour_of(written: str) -> str:
    """A colour of newsboat in the words of our configuration, `""` for the terminal's own or none."""
    if written in _NAMES:
        return written
    number = re.fullmatch(r"color(\d{1,3})", written)
    if not number or int(number[1]) > 255:
        return ""
    n = int(number[1])
    if n < 16:
        return _NAMES[n] if n < 8 else f"bright_{_NAMES[n - 8]}"
    if n >= 232:
        return "#" + f"{8 + 10 * (n - 232):02x}" * 3
    red, rest = divmod(n - 16, 36)
    green, blue = divmod(rest, 6)
    return "#" + "".join(f"{_STEPS[part]:02x}" for part in (red, green, blue))


def is_light(written: str) -> bool:
    """Return whether a background color is light."""
    colour = colour_of(written)
    if colour.startswith("#"):
        return sum(int(colour[at : at + 2], 16) for at in (1, 3, 5)) > 3 * 160
    return colour in ("white", "bright_white")
