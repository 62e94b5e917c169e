"""Lists and searches: ids of a view, visible rows, stories, and the full-text index."""
