"""Decide which pictures and links of an article can show that another one reports the same event.

Logos, stock pictures, sections, profiles and forms to share are on many pages, so they are left out. How many
articles have a picture or a link is known to the store (`ingest.relating.sharing`).
"""

from __future__ import annotations

import re

from tuireader.related.reading.words import term_hash

_ADDRESS = re.compile(r"https?://(?:www\.)?([^/?#]+)([^?#]*)(\?[^#]*)?", re.IGNORECASE)
_ENDING = re.compile(r"\.[a-z]{3,5}$", re.IGNORECASE)

_GENERIC = re.compile(
    r"logo|placeholder|\.svg$|(?:^|[-_.])(?:avatars?|icons?|favicon|default|blank|no-?image)(?:[-_.\d]|$)",
    re.IGNORECASE,
)
_STOCK = re.compile(
    r"getty|shutterstock|i-?stock|adobe-?stock|depositphotos|dreamstime|alamy|unsplash|pexels|pixabay|123rf",
    re.IGNORECASE,
)
_SIZE = re.compile(r"(?:[-_.@](?:\d{2,4}x\d{0,4}|\d{2,4}w|[1-4]x|scaled))+$", re.IGNORECASE)
_DATE = re.compile(r"20\d\d[-_.]?[01]\d[-_.]?[0-3]\d")
_OWN_LENGTH, _OWN_DIGITS = 12, 5  # characters and digits, besides a date, of a name that no other file has

_NO_PAGE = re.compile(
    r"/(?:tags?|topics?|categor(?:y|ies)|sections?|authors?|people|users?|profiles?|company|companies|quotes?"
    r"|stocks?|search|share|sharer(?:\.php)?|intent|submit|subscribe|sign-?up|log-?in|newsletters?|donate"
    r"|about|contact|wiki|privacy[^/]*|terms[^/]*|apps?|store|@[^/]*)(?:/|$)",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"(?:\d[-_.]?){5}")
_IDENTIFIED = re.compile(r"[?&](?:[a-z_]*id|[apsv]|sn)=[\w=%-]{5,}", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")
_WORDS = 4  # words in an address that are a title


def picture_term(url: str) -> int:
    """Return the term that indexes the articles with a picture; 0 if unrelated articles may have it, too.

    A long file name with a number of its own identifies a picture on all servers; any other picture is
    identified by its address. A size at the end of the name is ignored.
    """
    match = _ADDRESS.match(url)
    file = match[2].rpartition("/")[2] if match else ""
    if not match or not file or _GENERIC.search(file) or _STOCK.search(f"{match[1]}/{file}"):
        return 0
    name = _SIZE.sub("", _ENDING.sub("", file))
    own = _DATE.sub("", name)
    if len(own) >= _OWN_LENGTH and sum(map(str.isdigit, own)) >= _OWN_DIGITS:
        return term_hash(f"@picture {name.casefold()}")
    return term_hash(f"@picture {match[1].lower()}{match[2]}{match[3] or ''}")


def is_page(url: str) -> bool:
    """Return whether a link leads to a page about one matter: its address contains a number or a title."""
    match = _ADDRESS.match(url)
    if not match or _NO_PAGE.search(match[2]):
        return False
    name = _ENDING.sub("", match[2].rstrip("/").rpartition("/")[2])
    if _NUMBERED.search(name) or len(_WORD.findall(name)) >= _WORDS:
        return True
    return bool(match[3] and _IDENTIFIED.search(match[3]))
