"""Offline maintenance, recovery, purges, and moving data in and out."""
