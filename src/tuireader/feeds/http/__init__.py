"""HTTP: fetch within limits, trusting no response."""
