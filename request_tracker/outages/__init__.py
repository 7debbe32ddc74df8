"""Outage tickets: one per root cause, whichever path tells of it first. Alerts and the watch's journal in."""
