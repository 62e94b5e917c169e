"""tuireader: a terminal news reader with watchlists and related articles."""

__version__ = "0.2.0"
