"""Reads the configuration and the city for the collector, which never loads their readers (``settings``).

Run as ``python -m exporter.flows.settings_reader CONFIG``: the values to standard output, or every problem to standard
error, one a line, with code 1.
"""

import pickle
import sys
from dataclasses import replace

from exporter.config import HistoryPart, read_config, token
from exporter.errors import ExporterError
from exporter.flows.account.exporter_settings import exporter_settings
from exporter.flows.account.prefix_lookup import prefixes
from exporter.flows.account.settings import FlowSettings, HistorySettings
from exporter.flows.history.part_settings import history_settings
from inventory.reading import InventoryError, read_city

# Characters: 20 of base64 are 120 bits, more than can be guessed over HTTP.
SHORTEST_TOKEN = 20


def read(path: str) -> FlowSettings:
    """The values. Raises ExporterError and InventoryError."""
    config = read_config(path)
    city, part = read_city(config.inventory, config.state), config.flows
    history = None if part.history is None else _history(part.history)
    codes = tuple(opd.code for opd in city.opds)
    return FlowSettings(
        state=config.state,
        listen=part.listen,
        datagrams=part.datagrams,
        codes=codes,
        prefixes=prefixes(city),
        exporters=exporter_settings(city),
        history=history,
        smooth_seconds=part.smooth_seconds,
    )


def _history(part: HistoryPart) -> HistorySettings:
    shown = token(part.token) if part.token else None
    if shown is not None and len(shown) < SHORTEST_TOKEN:
        raise ExporterError(f"flows.history.token: {part.token} holds fewer than {SHORTEST_TOKEN} characters")
    return replace(history_settings(part), token=shown)


def main() -> int:
    """Write what was read."""
    try:
        sys.stdout.buffer.write(pickle.dumps(read(sys.argv[1])))
    except (ExporterError, InventoryError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
