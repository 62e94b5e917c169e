"""tuireader: a terminal news reader with watchlists and related articles."""

__version__ = "0.8.0"
RELEASED = "2026-12-02"
"""Date of the version."""
