"""Facts that a report of a story adds: numbers, dates, names, quotations."""
