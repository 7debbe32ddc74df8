"""The way back of the last apply, on this machine's disk before its first command: our queues as they were before."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from shaping.drivers.routeros.queues import Pair, QueueSetting
from shaping.state import load, save


@dataclass(frozen=True)
class WayBack:
    """``spare_type`` is a queue type that was not there before; ``operations`` as the plan counted them."""

    plan: str
    operations: int
    queues: Mapping[str, QueueSetting]
    spare_type: str = ""
    confirmed: bool = False


@dataclass(frozen=True)
class WayBackFile:
    """Where it stands. Reading gives None where there is none that can be read."""

    path: Path

    def read(self) -> WayBack | None:
        """The last one written."""
        body = load(self.path)
        try:
            return _way_back(body) if isinstance(body, Mapping) else None
        except (KeyError, TypeError, ValueError):
            return None

    def write(self, way_back: WayBack) -> None:
        """Replace it; fsynced."""
        rows = [{**asdict(queue), "targets": sorted(queue.targets)} for queue in way_back.queues.values()]
        about = {"plan": way_back.plan, "operations": way_back.operations, "spare_type": way_back.spare_type}
        save(self.path, {**about, "confirmed": way_back.confirmed, "queues": rows})

    def remove(self) -> None:
        """There is no way back any more."""
        self.path.unlink(missing_ok=True)


def _way_back(body: Mapping[str, Any]) -> WayBack:
    queues = {str(row["name"]): _queue(row) for row in body["queues"]}
    plan, count, spare = str(body["plan"]), int(body["operations"]), str(body["spare_type"])
    return WayBack(plan, count, queues, spare, body["confirmed"] is True)


def _queue(row: Mapping[str, Any]) -> QueueSetting:
    return QueueSetting(
        name=str(row["name"]),
        targets=frozenset(map(str, row["targets"])),
        parent=str(row["parent"]),
        limit_at=_pair(row["limit_at"]),
        max_limit=_pair(row["max_limit"]),
        kind=str(row["kind"]),
        comment=str(row["comment"]),
        disabled=row["disabled"] is True,
        extras=tuple((str(name), str(value)) for name, value in row["extras"]),
        invalid=row["invalid"] is True,
    )


def _pair(values: Any) -> Pair:
    upload, download = values
    return int(upload), int(download)
