"""One device: what to ask it, what its answers mean, and why it is silent."""
