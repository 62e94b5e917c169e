"""Durations in seconds."""

QUARTER, HOUR, DAY, WEEK = 900, 3_600, 86_400, 604_800
MONTH, YEAR = 30 * DAY, 365 * DAY  # nominal lengths, as in "3 months ago"
