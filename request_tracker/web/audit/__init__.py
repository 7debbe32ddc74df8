"""Pages for the auditor and the evaluation: events with their hashes, tables to take away, the quarter."""
