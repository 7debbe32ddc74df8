"""Transfers by iperf3 from a node of the lab, as the tests of flows and the stories make them."""

import time

from lab.client import Lab

# What a server says for a moment that has just begun, or just ended another transfer; all else is a failure at once.
NOT_READY = ("busy", "Connection refused", "Connection reset by peer")
SERVER_READY = 120.0  # Seconds; a server on a busy machine needs some.


def transfer(lab: Lab, node: str, server: str, port: str, address: str, *words: str) -> None:
    """One transfer; waits for the server. What a reset attempt has moved is counted by every counter alike."""
    command = ("iperf3", "-c", server, "-p", port, "-B", address, *words)
    end = time.monotonic() + SERVER_READY
    while (done := lab.run(node, *command, timeout=60, check=False)).code:
        said = done.stdout + done.stderr
        waits = any(sentence in said for sentence in NOT_READY)
        assert waits and time.monotonic() < end, f"{node}: {' '.join(command)}: {said}"
        time.sleep(0.2)
