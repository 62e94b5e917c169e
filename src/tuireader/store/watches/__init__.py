"""Watches: matches, their log, notices, statistics and alarms."""
