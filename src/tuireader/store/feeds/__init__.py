"""Feeds: subscriptions, health, gaps and requests."""
