"""Rounds: every device of the city in one scrape; the usual answers by compiled code, all others by each one's poller."""
