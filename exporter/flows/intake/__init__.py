"""Sockets in, batches of datagrams out to the collector."""
