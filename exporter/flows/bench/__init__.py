"""The benchmark of flows: a made-up load, a sender, and the collectors that are compared."""
