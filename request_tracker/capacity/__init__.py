"""What is there to give and what is asked for: available bandwidth, need, waiting list, back into the monitoring."""
