"""Relate stored articles: neighbours, stories, references, topics."""
