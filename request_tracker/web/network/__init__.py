"""Pages of the network: outages, maintenance, the wall, who uses what, what is there to give."""
