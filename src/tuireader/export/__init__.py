"""Export articles as Markdown, web pages, text or JSON, and name their files. Pure."""
