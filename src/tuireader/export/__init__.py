"""Export articles for files and other programs: Markdown, web pages, text, JSON, file names. Pure."""

from tuireader.export.formats import FORMS, file_name, markdown_line, markdown_link, paragraphs, render

__all__ = ["FORMS", "file_name", "markdown_line", "markdown_link", "paragraphs", "render"]
