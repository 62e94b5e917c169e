"""The Google Reader API, as FreshRSS speaks it."""
