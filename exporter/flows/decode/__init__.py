"""Bytes of a datagram in, blocks of flow records as columns out. Knows no exporter, no OPD, no clock."""
