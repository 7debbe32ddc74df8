"""One part alone as a process: ``python -m exporter.part snmp --config FILE``. Started by ``lebarpita-exporter serve``.

Loads that part's modules and no other's: the poller does not carry the collector's arrays in memory, nor a fault in one
part's imports the others down.
"""

import argparse
import sys
from importlib import import_module

from exporter.config import ExporterError, read_config
from inventory.reading import InventoryError

PARTS = ("snmp", "watch", "flows")


def main() -> int:
    """Serve until ended; returns the exit code."""
    parser = argparse.ArgumentParser(prog="exporter.part", description=__doc__)
    parser.add_argument("part", choices=PARTS)
    parser.add_argument("--config", required=True, metavar="FILE")
    options = parser.parse_args()
    try:
        return int(import_module(f"exporter.{options.part}.serving").serve(read_config(options.config)))
    except (ExporterError, InventoryError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main())
