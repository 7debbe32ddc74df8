"""Transfers by iperf3 from a node of the lab, as the tests of flows and the stories make them."""

import time

from lab.client import Lab


def transfer(lab: Lab, node: str, server: str, port: str, address: str, *words: str) -> None:
    """One transfer; waits for the server, which for a moment is still busy with the one before."""
    command = ("iperf3", "-c", server, "-p", port, "-B", address, *words)
    end = time.monotonic() + 120
    while True:
        done = lab.run(node, *command, timeout=60, check=False)
        said = done.stdout + done.stderr
        if "busy" not in said or time.monotonic() > end:
            assert done.code == 0, f"{node}: {' '.join(command)}: {said}"
            return
        time.sleep(0.1)
