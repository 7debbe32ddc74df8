"""What the network is: offices (OPD), links, devices, prefixes, uplinks. Imports nothing else of ours."""
