"""Copies of an article for files and other programs: Markdown, web pages, text, JSON, file names. Pure."""

from tuireader.export.filenames import file_name
from tuireader.export.formats import FORMS, facts, paragraphs, written

__all__ = ["FORMS", "facts", "file_name", "paragraphs", "written"]
