"""The tracker's speed promise, measured: a made-up archive in, response times of the real server out."""
