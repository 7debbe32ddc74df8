"""An outage: its identity, how it is told to Alertmanager and how it is listed. Pure data and text."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from exporter.watch.decide import Node

ALERT = "LebarpitaOutage"
# An alert's endsAt while it lasts: Alertmanager forgets it only after five repetitions were lost (REPEAT_SECONDS).
HOLD_SECONDS = 300.0
_CAUSES = {
    "link_down": "tautan mati: kabel, port atau perangkat di ujungnya",
    "silent": "tautan menyala tetapi tidak ada yang lewat",
    "unreachable": "tidak menjawab, penyebab belum diketahui",
    "device_down": "perangkat tidak menjawab",
}
_KINDS = {"uplink": "Uplink", "link": "Tautan", "opd": "Tautan OPD", "device": "Perangkat"}


@dataclass(frozen=True)
class Outage:
    """One outage. Times are Unix seconds; ``ended_at`` is None while it lasts; ``identity`` never changes."""

    root: str
    kind: str
    started_at: float
    opds: tuple[str, ...]
    cause: str = "unreachable"
    ended_at: float | None = None

    @property
    def identity(self) -> str:
        """``ROOT@STARTED_AT``, the same before and after a restart."""
        # To the millisecond, as ``begun`` rounds it: the text read back from the journal gives the same identity.
        return f"{self.root}@{self.started_at:.3f}"

    def ended(self, at: float) -> "Outage":
        """The same outage, over."""
        return replace(self, ended_at=at)


def listed(outage: Outage) -> dict[str, Any]:
    """The outage as ``GET /outages`` shows it and the journal keeps it."""
    return {
        "id": outage.identity,
        "root": outage.root,
        "kind": outage.kind,
        "cause": outage.cause,
        "started_at": outage.started_at,
        "ended_at": outage.ended_at,
        "offices": list(outage.opds),
    }


def alert(outage: Outage, now: float, runbooks: str) -> dict[str, Any]:
    """The alert as Alertmanager's API v2 takes it. The labels are the rule's, to the letter."""
    # Alertmanager tells alerts apart by these alone: one letter other than the rule's and each outage pages twice.
    labels = {"alertname": ALERT, "root": outage.root, "kind": outage.kind, "severity": "critical", "sop": "PKL-G-01"}
    ends = now + HOLD_SECONDS if outage.ended_at is None else outage.ended_at
    cause = _CAUSES.get(outage.cause, outage.cause)
    count = len(outage.opds)
    return {
        "labels": labels,
        "annotations": {
            "cause": outage.cause,
            "offices": ",".join(outage.opds),
            "summary": f"{_KINDS[outage.kind]} {outage.root} terputus, {count} OPD terdampak",
            "description": f"{cause}. OPD terdampak: {', '.join(outage.opds) or 'tidak ada'}.",
            "runbook_url": f"{runbooks}/{ALERT}",
        },
        "startsAt": _time(outage.started_at),
        "endsAt": _time(ends),
    }


def begun(node: Node, since: float, cause: str) -> Outage:
    """The outage whose root is this node."""
    return Outage(node.name, node.kind, round(since, 3), node.opds, cause)


def since(outages: Iterable[Outage], moment: float) -> list[Outage]:
    """Those that were open at or after a moment, the oldest first."""
    lasting = [outage for outage in outages if outage.ended_at is None or outage.ended_at >= moment]
    return sorted(lasting, key=lambda outage: outage.started_at)


def _time(seconds: float) -> str:
    # RFC 3339 as Go writes it, with Z; Alertmanager's API refuses a time without a zone.
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
