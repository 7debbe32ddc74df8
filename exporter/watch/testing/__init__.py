"""The benchmark of the watch: simulated lines on loopback, cuts by a rule of the kernel, named peers beside it."""
