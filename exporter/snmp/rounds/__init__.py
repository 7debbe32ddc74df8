"""Rounds: every device in one scrape; usual answers by compiled code, all others by each device's poller."""
