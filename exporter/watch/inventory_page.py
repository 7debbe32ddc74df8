"""What the city file says, as the watch's page shows it: contracts, names and coordinates. A City in, text out."""

from exporter.metrics import page
from exporter.names import NamesPage
from exporter.watch import metrics as m
from inventory.model import City, Coordinates
from inventory.titles import device_titles


class InventoryPage:
    """The text of the city read last: it changes with its file, and is asked for every five seconds."""

    def __init__(self) -> None:
        self._city: City | None = None
        self._text = b""
        self._names = NamesPage()

    def text(self, city: City) -> bytes:
        """The part of the page that is the inventory's."""
        if city is not self._city:
            self._city, self._text = city, _written(city) + self._names.text(city)
        return self._text


def _written(city: City) -> bytes:
    capacity = [((u.name, "receive"), float(u.receive_capacity)) for u in city.uplinks]
    capacity += [((u.name, "transmit"), float(u.transmit_capacity)) for u in city.uplinks]
    users = [((opd.code, opd.uplink or city.uplinks[0].name), 1.0) for opd in city.opds]
    spots = _spots(city)
    return page(
        [
            (m.CAPACITY, capacity),
            (m.OPD_UPLINK, users),
            (m.LATITUDE, [(place, spot[0]) for place, spot in spots]),
            (m.LONGITUDE, [(place, spot[1]) for place, spot in spots]),
        ]
    )


def _spots(city: City) -> list[tuple[tuple[str, str, str], Coordinates]]:
    """Link, OPD and name of whatever has coordinates: the link is the one that leads there."""
    to_device = {link.device: link.name for link in city.links if link.device} | {city.city.watch_from: ""}
    to_opd = {link.opd: link.name for link in city.links if link.opd}
    titles = device_titles(city)
    spots = [
        ((to_device[device.name], "", titles[device.name]), device.coordinates)
        for device in city.devices
        if device.name in to_device
    ]
    spots += [((to_opd[opd.code], opd.code, opd.name), opd.coordinates) for opd in city.opds if opd.code in to_opd]
    return [(place, spot) for place, spot in spots if spot is not None]
