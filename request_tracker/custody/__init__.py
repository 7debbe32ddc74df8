"""Custody of the records: backup and restore, verification, upkeep, the night's round."""
