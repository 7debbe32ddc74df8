"""Transfers by iperf3 from a node of the lab, as the tests of flows and the stories make them."""

import time

from lab.client import Lab

# A server that has just ended one transfer says "busy", refuses or resets the next one for a moment: seconds to wait.
SERVER_READY = 120.0


def transfer(lab: Lab, node: str, server: str, port: str, address: str, *words: str) -> None:
    """One transfer that ended well. What an attempt moved before it failed is counted by every counter alike."""
    command = ("iperf3", "-c", server, "-p", port, "-B", address, *words)
    end = time.monotonic() + SERVER_READY
    while (done := lab.run(node, *command, timeout=60, check=False)).code:
        assert time.monotonic() < end, f"{node}: {' '.join(command)}: {done.stdout}{done.stderr}"
        time.sleep(0.2)
