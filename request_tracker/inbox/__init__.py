"""The inbox: what strangers send waits here, without a number, until somebody at work has looked at it."""
