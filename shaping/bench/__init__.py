"""The design's table, measured on this kernel in a network namespace of its own: nothing of the machine is touched."""
