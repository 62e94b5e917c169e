"""Read the addresses of images."""

from __future__ import annotations

import re
from itertools import islice

from tuireader.document.elements import attributes as attributes_of
from tuireader.document.elements import whole_number
from tuireader.text import clean, safe_url

_LAZY = ("data-src", "data-lazy-src", "data-original")
_LAZY_SETS = ("data-srcset", "data-lazy-srcset")
_WIDTH = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,4})?)[wx],?")
_EMOJI_CLASS = re.compile(r"\b(?:emoji|wp-smiley|smiley)\b")
_TRACKER = re.compile(
    r"^https?://(?:[^/]*\.)?(?:feedburner\.com|feedsportal\.com|doubleclick\.net|pixel\.wp\.com|stats\.wordpress\.com"
    r"|feeds\.wordpress\.com|google-analytics\.com|scorecardresearch\.com|quantserve\.com|statcounter\.com"
    r"|googlesyndication\.com|counter\.theconversation\.com|feedpress\.me/link|pixel\.[^/]+)(?:[/:?]|$)"
    r"|/(?:pixel|tracking|beacon|1x1|spacer|blank)\.(?:gif|png)(?:\?|$)",
    re.IGNORECASE,
)
_IMAGE = re.compile(r"<[iI][mM][gG]\b([^>]*)")  # faster than ignoring case
_TRIED = 5  # images at the top of a text that may be emoji or tracking pixels


def lead_picture(html: str, base_url: str) -> str:
    """Return the address of the first image of a text, without parsing blocks; `""` if it has none."""
    for image in islice(_IMAGE.finditer(html), _TRIED):
        values = attributes_of(image[1])
        url = picture_url(values, base_url)
        if url and not is_pixel(values, url) and not is_emoji(values, clean(values.get("alt", ""))):
            return url
    return ""


def picture_url(attributes: dict[str, str], base_url: str, otherwise: str = "") -> str:
    """Return the real address of an `<img>`: from lazy-loading attributes, else src, else srcset."""
    candidates = [attributes.get(name, "") for name in _LAZY]
    candidates += [largest(attributes.get(name, "")) for name in _LAZY_SETS]
    candidates += [attributes.get("src", ""), largest(attributes.get("srcset", "")), otherwise]
    urls = (safe_url(candidate, base_url) for candidate in candidates if candidate)
    return next(filter(None, urls), "")


def largest(srcset: str) -> str:
    """Return the address of the widest image of a `srcset` (HTML Standard §4.8.4.2.1)."""
    best = url = ""
    width = -1.0
    for token in srcset[:8_000].split():
        if size := _WIDTH.fullmatch(token):
            if float(size[1]) > width:
                best, width = url, float(size[1])
        else:
            url = token.strip(",")
            best = best or url
    return best


def is_emoji(attributes: dict[str, str], alt: str) -> bool:
    """Return whether an image represents an emoji."""
    return bool(_EMOJI_CLASS.search(attributes.get("class", ""))) or (0 < len(alt) <= 2 and not alt.isascii())


def is_pixel(attributes: dict[str, str], url: str) -> bool:
    """Return whether an image is a tracking pixel."""
    sizes = [whole_number(attributes.get(name, "").removesuffix("px"), 99) for name in ("width", "height")]
    return min(sizes) <= 2 or is_tracker(url)


def is_tracker(url: str) -> bool:
    """Return whether an address only tracks readers."""
    return _TRACKER.search(url) is not None
