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
from operations.install.services import FLOWS, SHAPING, SNMP, TRACKER, WATCH, InstalledPart
from request_tracker.config import TrackerConfig
from request_tracker.config import read_config as read_tracker
from request_tracker.errors import TrackerError
from shaping.config import Config as ShapingConfig
from shaping.config import read_config as read_shaping
from shaping.errors import ShapingError

T = TypeVar("T")
# One file for all three, as Compose and the demo have it; a part's own file goes before it.
_TOGETHER = "exporter.yaml"


@dataclass
class LaidSettings:
    """What stands in the folder of settings; a part whose file is not there does not run on this machine."""

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

    @property
    def listens(self) -> dict[InstalledPart, str]:
        """Where each part of this machine serves."""
        addresses = {
            SNMP: self.snmp and self.snmp.snmp.listen,
            WATCH: self.watch and self.watch.watch.listen,
            FLOWS: self.flows and self.flows.flows.listen,
            TRACKER: self.tracker and self.tracker.listen,
            SHAPING: self.shaping and self.shaping.listen,
        }
        return {part: listen for part, listen in addresses.items() if listen}

    @property
    def folders(self) -> dict[InstalledPart, Path]:
        """What of each part outlives a restart."""
        states = {
            SNMP: self.snmp and self.snmp.state,
            WATCH: self.watch and self.watch.state,
            FLOWS: self.flows and self.flows.state,
            TRACKER: self.tracker and self.tracker.database.parent,
            SHAPING: self.shaping and self.shaping.state,
        }
        return {part: state for part, state in states.items() if state}

    @property
    def places(self) -> list[Path]:
        """Every folder that a part of this machine fills, each once."""
        more = [self.tracker.files] if self.tracker else []
        if self.flows and self.flows.flows.history:
            more.append(self.flows.flows.history.folder)
        return list(dict.fromkeys((*self.folders.values(), *more)))

    @property
    def prometheus(self) -> str | None:
        """Prometheus as the tracker asks it."""
        return self.tracker.prometheus if self.tracker else None

    @property
    def is_installed(self) -> bool:
        """Whether ``lebarpita install`` has laid this down: its owners and rights are known then."""
        return any(str(folder) == str(part.state) for part, folder in self.folders.items())


def read_laid(etc: Path) -> LaidSettings:
    """Read every file that is there; what is wrong stands in ``problems``."""
    laid = LaidSettings()

    def read(path: Path, reader: Callable[[Path], T]) -> T | None:
        if not path.exists():
            return None
        try:
            return reader(path)
        except (ExporterError, TrackerError, ShapingError, InventoryError) as error:
            laid.problems.extend(line for line in str(error).splitlines() if line not in laid.problems)
            return None

    def exporter(part: InstalledPart) -> ExporterConfig | None:
        own = etc / part.settings
        return read(own if own.exists() else etc / _TOGETHER, read_exporter)

    laid.snmp, laid.watch, laid.flows = exporter(SNMP), exporter(WATCH), exporter(FLOWS)
    laid.tracker, laid.shaping = read(etc / TRACKER.settings, read_tracker), read(etc / SHAPING.settings, read_shaping)
    laid.city = read(_city_file(etc, laid), read_city)
    if laid.city is None and not laid.problems:
        laid.problems.append(f"{_city_file(etc, laid)}: is not there; lebarpita install puts it there")
    return laid


def _city_file(etc: Path, laid: LaidSettings) -> Path:
    """The city beside the settings; where none is, the one that they name."""
    named = [part.inventory for part in (laid.tracker, laid.snmp, laid.watch, laid.flows, laid.shaping) if part]
    beside = etc / "city.yaml"
    return named[0] if named and not beside.exists() else beside
