"""Accounts on servers: their feeds, entries and marks, kept equal to the store in both directions."""
