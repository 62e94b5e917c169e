"""Export articles for files and other programs: Markdown, web pages, text, JSON, file names. Pure."""
