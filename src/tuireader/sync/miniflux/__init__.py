"""Miniflux's REST API."""
