"""Helpers of `library.watches`: advice, notifications, previews, reports, statistics, suggestions.

They connect the store with the pure `watch`. Most are imported where they are used, for a quick start.
"""
