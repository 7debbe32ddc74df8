"""What people call a line, a device, a sender of flows: a City in, the text of a page out.

The watch and the SNMP reader both say it: boards and alerts call things by their names also while one of them is dead.
"""

from exporter.metrics import page
from inventory.model import City
from inventory.titles import device_titles, link_titles
from runtime.metrics import PREFIX, Metric

LINK_INFO = Metric(f"{PREFIX}link_info", "gauge", "Always 1; what people call a link or an uplink.", ("link", "name"))
DEVICE_INFO = Metric(f"{PREFIX}device_info", "gauge", "Always 1; what people call a device.", ("device", "name"))
EXPORTER_INFO = Metric(
    f"{PREFIX}flow_exporter_info", "gauge", "Always 1; what people call whoever sends flows.", ("exporter", "name")
)
NAME_METRICS = (LINK_INFO, DEVICE_INFO, EXPORTER_INFO)


class NamesPage:
    """The text of the city read last: it changes with its file, and is asked for every five seconds."""

    def __init__(self) -> None:
        self._city: City | None = None
        self._text = b""

    def text(self, city: City) -> bytes:
        """The names' part of a page."""
        if city is not self._city:
            self._city, self._text = city, _written(city)
        return self._text


def _written(city: City) -> bytes:
    return page(
        [
            (LINK_INFO, [(names, 1.0) for names in link_titles(city).items()]),
            (DEVICE_INFO, [(names, 1.0) for names in device_titles(city).items()]),
            (EXPORTER_INFO, _exporters(city)),
        ]
    )


def _exporters(city: City) -> list[tuple[tuple[str, str], float]]:
    """Where a device sends from several addresses, each is called by its address too."""
    titles = device_titles(city)
    return [
        ((str(source.address), titles[d.name] + (f" ({source.address})" if len(d.flows) > 1 else "")), 1.0)
        for d in city.devices
        for source in d.flows
    ]
