"""Sanitise untrusted text: clean it, convert HTML to plain text, measure it, check addresses. Pure.

Everything in a feed is hostile until it has been sanitised here. Each function takes linear time and never
raises. The package is cheap to import.
"""

from tuireader.text.addresses import (
    canonical_url,
    display_host,
    feed_key,
    feed_name,
    host_of,
    is_loopback,
    safe_url,
    server_of,
    split_password,
    without_password,
)
from tuireader.text.cleaning import clean, clean_multiline, cut_characters, scrub
from tuireader.text.html import BREAKS, decode, is_html, paragraphs, plain, plain_title, tokens
from tuireader.text.measures import cell_len, cut, pad, portable_emoji, reading_minutes

__all__ = [
    "BREAKS", "canonical_url", "cell_len", "clean", "clean_multiline", "cut", "cut_characters", "decode",
    "display_host", "feed_key", "feed_name", "host_of", "is_html", "is_loopback", "pad", "paragraphs",
    "plain", "plain_title", "portable_emoji", "reading_minutes", "safe_url", "scrub", "server_of",
    "split_password", "tokens", "without_password",
]  # fmt: skip
