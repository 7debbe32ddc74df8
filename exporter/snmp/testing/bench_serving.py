"""The SNMP part as a child of the benchmark: the farm's city in, the very server of ``serve snmp`` out.

Run as ``python -m exporter.snmp.testing.bench_serving``; ends by SIGTERM.
"""

import argparse
import sys
from pathlib import Path

from exporter.config import SnmpPart
from exporter.processes import in_child
from exporter.snmp.device import poller
from exporter.snmp.serving import serve_city
from exporter.snmp.testing.bench_city import city_of_farm
from exporter.snmp.testing.farm import addresses


def main() -> int:
    """Serve until ended."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--devices", type=int, required=True)
    parser.add_argument("--interfaces", required=True, help="names, comma-separated")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--version", choices=("2c", "3"), required=True)
    parser.add_argument("--listen", required=True)
    parser.add_argument(
        "--relearn",
        choices=("names", "all"),
        help="in every scrape: walk the names of a table that changed, or learn all",
    )
    parser.add_argument("--modules", type=Path, help="an snmp.yml")
    parser.add_argument("--opds", action="store_true", help="every line is an OPD's: packets, too")
    options = parser.parse_args()
    # Set in the module, not an option of the part: no office should be offered a server that learns everything all the
    # time.
    if options.relearn == "names":
        poller.NAMES_AFTER_CHANGE_SECONDS = -1.0
    elif options.relearn:
        poller.RELEARN_SECONDS = 0.0
    farm = (
        tuple(addresses(options.devices)),
        options.interfaces.split(","),
        options.port,
        options.version,
        options.opds,
    )
    modules = (options.modules,) if options.modules else ()
    return serve_city(in_child(city_of_farm, *farm), SnmpPart(listen=options.listen, modules=modules))


if __name__ == "__main__":
    sys.exit(main())
