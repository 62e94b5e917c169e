"""The desk: the log of matches, and how each was handled."""
