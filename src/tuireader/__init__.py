"""tuireader: a terminal news reader with watchlists and related articles."""

__version__ = "0.3.0"
RELEASED = "2026-11-29"
"""Date of the version."""
