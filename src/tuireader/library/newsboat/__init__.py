"""Move in from newsboat's profile."""
