"""Accounts on servers: their feeds, entries and unsent marks."""
