"""Recordings of a device: what its agent answers as a file, with its private parts replaced, and back as rows."""
