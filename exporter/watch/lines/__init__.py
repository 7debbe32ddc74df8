"""What is known of each line by its answers: what it owes now, and its loss and round trip over the last hour."""
