"""Neighbours, stories and references between articles."""
