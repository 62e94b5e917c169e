"""Articles: their texts, versions, links and files, and how entries become articles."""
