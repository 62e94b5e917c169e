"""Reduce a text to what can be compared: terms, names, amounts, times, sentences about the past."""
