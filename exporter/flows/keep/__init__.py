"""What outlives a collector: its counters and what exporters told of themselves, on disk."""
