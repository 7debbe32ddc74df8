"""What a collector must know after a restart: its counters and what exporters told of themselves."""
