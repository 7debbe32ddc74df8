"""The settings of the parts on this machine: a folder in, what each part reads of it or its sentences out."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from exporter.config import ExporterConfig
from exporter.config import read_config as read_exporter
from exporter.errors import ExporterError
from inventory.model import City
from inventory.reading import InventoryError, read_city
from operations.install.services import FLOWS, SHAPING, SNMP, TRACKER, WATCH
from request_tracker.config import TrackerConfig
from request_tracker.config import read_config as read_tracker
from request_tracker.errors import TrackerError
from shaping.config import Config as ShapingConfig
from shaping.config import read_config as read_shaping
from shaping.errors import ShapingError

T = TypeVar("T")


@dataclass
class LaidSettings:
    """What stands in ``/etc/lebarpita``; a part whose file is not there does not run on this machine."""

    snmp: ExporterConfig | None = None
    watch: ExporterConfig | None = None
    flows: ExporterConfig | None = None
    tracker: TrackerConfig | None = None
    shaping: ShapingConfig | None = None
    city: City | None = None
    problems: list[str] = field(default_factory=list)

    @property
    def hosts(self) -> set[str]:
        """Every host that the tracker's and the agent's settings name by its name."""
        urls = [self.shaping.tracker] if self.shaping else []
        if self.tracker:
            here = self.tracker
            urls += [here.public_url, here.prometheus or "", here.alertmanager or "", here.watch or ""]
        names = {urlsplit(url).hostname or "" for url in urls}
        return {name for name in names if name and not name.replace(".", "").isdigit() and ":" not in name}


def read_laid(etc: Path) -> LaidSettings:
    """Read every file that is there; what is wrong stands in ``problems``."""
    laid = LaidSettings()

    def read(name: str, reader: Callable[[Path], T]) -> T | None:
        path = etc / name
        if not path.exists():
            return None
        try:
            return reader(path)
        except (ExporterError, TrackerError, ShapingError, InventoryError) as error:
            laid.problems.append(str(error))
            return None

    laid.snmp, laid.watch, laid.flows = (read(part.settings, read_exporter) for part in (SNMP, WATCH, FLOWS))
    laid.tracker, laid.shaping = read(TRACKER.settings, read_tracker), read(SHAPING.settings, read_shaping)
    laid.city = read("city.yaml", read_city)
    if laid.city is None and not laid.problems:
        laid.problems.append(f"{etc / 'city.yaml'}: is not there; lebarpita install puts it there")
    return laid
