"""Figures for decisions, read from Prometheus. Missing data is said, never filled in."""
