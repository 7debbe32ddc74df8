"""Decoded records in, exact sums per OPD, direction and scope out."""
