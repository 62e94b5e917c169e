"""Make outside text harmless: cleaning, HTML → plain text, cell widths, addresses. Pure, cheap to import.

Everything in a feed is hostile until it has passed through here once. Each function is linear in its input,
and none raises.
"""

from tuireader.text.addresses import canonical_url, display_host, feed_key, safe_url, without_password
from tuireader.text.cleaning import clean, clean_multiline, cut_characters, scrub
from tuireader.text.html import BREAKS, decode, is_html, paragraphs, plain, plain_title, tokens
from tuireader.text.measures import cell_len, cut, pad, portable_emoji, reading_minutes

__all__ = [
    "BREAKS", "canonical_url", "cell_len", "clean", "clean_multiline", "cut", "cut_characters", "decode",
    "display_host", "feed_key", "is_html", "pad", "paragraphs", "plain", "plain_title", "portable_emoji",
    "reading_minutes", "safe_url", "scrub", "tokens", "without_password",
]  # fmt: skip
