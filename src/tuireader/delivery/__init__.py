"""Compose notifications, and deliver them to programs and terminals."""
