"""Captures and the history in, tables and JSON for a person out: flows read, replay and top."""
