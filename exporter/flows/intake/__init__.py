"""Sockets in, batches of datagrams to the account out."""
