"""Parse feed documents into clean entries."""
