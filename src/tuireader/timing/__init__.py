"""Scheduling of feeds, entries lost between two visits, alarms for unusual silence. Pure."""
