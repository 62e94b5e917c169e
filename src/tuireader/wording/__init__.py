"""Texts that both the command line and the screen show: times, coverage, previews of feeds and pages."""
