"""Run by ``lebarpita-shaping bench`` in a namespace of its own: measures, prints, says whether every goal is held."""

import logging
import os
import platform
import sys
import tempfile
from pathlib import Path

from shaping.bench import packets, rates, turns
from shaping.bench.table import lines
from shaping.bench.world import make_interfaces
from shaping.drivers.linux.probing import tried

# What is measured, in the order of the design's table.
_PARTS = (rates, turns, packets)


def main(seconds: float) -> int:
    """0 where every goal is held, 1 where one is not."""
    # The watchdog's way back is measured here; its log would stand in the middle of the table.
    logging.disable(logging.CRITICAL)
    make_interfaces()
    print(f"Linux {platform.release()}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}; {tried().sentence}")
    with tempfile.TemporaryDirectory() as folder:
        table = [row for part in _PARTS for row in part.rows(Path(folder), seconds)]
    print("\n".join(lines(table)))
    missed = sum(not row.meets_goal for row in table)
    print(f"{missed} goals are not held on this machine as it is now" if missed else "every goal is held")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1])))
