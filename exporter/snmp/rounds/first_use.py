"""The rounds of one city, loaded when somebody asks for all devices: NumPy takes 25 MB, and one needs none."""

import ctypes
from importlib import import_module
from typing import TYPE_CHECKING

from exporter.metrics import page
from exporter.snmp.metrics import ROUND_DEVICES
from exporter.snmp.scrape.scrapes import Scrapes

if TYPE_CHECKING:
    from exporter.snmp.rounds.city_round import CityRounds

_MODULE = "exporter.snmp.rounds.city_round"


class RoundsAtFirstUse:
    """What ``CityRounds`` is, from the first page on."""

    def __init__(self, scrapes: Scrapes, functions: ctypes.CDLL | None) -> None:
        self._scrapes, self._functions = scrapes, functions
        self._rounds: CityRounds | None = None

    async def page(self, seconds: float) -> memoryview:
        """Read every device once, or share the round under way."""
        if self._rounds is None:
            self._rounds = import_module(_MODULE).CityRounds(self._scrapes, self._functions)
        return await self._rounds.page(seconds)

    def own_page(self) -> bytes:
        """Which way read the devices of the last round; nothing while nobody asks for rounds."""
        return page([(ROUND_DEVICES, [])]) if self._rounds is None else self._rounds.own_page()

    def close(self) -> None:
        """End what is under way."""
        if self._rounds is not None:
            self._rounds.close()
