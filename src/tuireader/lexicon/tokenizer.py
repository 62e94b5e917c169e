"""What splits the words of the full-text index; who only opens a database needs nothing else of the terms."""

TOKENIZER = "ascii"
"""The FTS5 tokenizer for `indexed`: it splits at ASCII signs and keeps every other character, so that the
words of the index are exactly ours, whatever Unicode version SQLite was built with."""
