"""tuireader: a terminal news reader with watchlists and related articles."""

__version__ = "0.7.0"
RELEASED = "2026-11-30"
"""Date of the version."""
