"""The tracker's pages as pictures: a made-up office at a fixed moment in, docs/pictures/faces out; no real city."""
