"""Translate newsboat's files into feeds, settings and an outcome for each line, without side effects."""
