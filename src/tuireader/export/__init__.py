"""Export articles for files and other programs: Markdown, web pages, text, JSON, file names. Pure."""

from tuireader.export.filenames import file_name
from tuireader.export.formats import FORMS, paragraphs, render

__all__ = ["FORMS", "file_name", "paragraphs", "render"]
