"""One part alone as a process: ``python -m exporter.part snmp --config FILE``. Started by ``lebarpita-exporter serve``.

Loads that part's modules and no other's: the poller does not carry the collector's arrays in memory, nor a fault in one
part's imports the others down.
"""

import argparse
import sys
from importlib import import_module

from exporter.errors import ExporterError

PARTS = ("snmp", "watch", "flows")


def main() -> int:
    """Serve until ended; returns the exit code."""
    parser = argparse.ArgumentParser(prog="exporter.part", description=__doc__)
    parser.add_argument("part", choices=PARTS)
    parser.add_argument("--config", required=True, metavar="FILE")
    options = parser.parse_args()
    try:
        return int(import_module(f"exporter.{options.part}.serving").serve(options.config))
    except ExporterError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main())
