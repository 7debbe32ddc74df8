"""An outage: its identity, how it is told to Alertmanager and how it is listed. Pure data and text."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from exporter.watch.decide import DEVICE, Node

ALERT = "LebarpitaOutage"
# An alert's endsAt while it lasts: Alertmanager forgets it only after five repetitions were lost (REPEAT_SECONDS).
HOLD_SECONDS = 300.0
# The third interruption within the time in which a root counts as the same: once is an accident, twice a coincidence.
OFTEN = 3
_CAUSES = {
    "link_down": "tautan mati: kabel, port atau perangkat di ujungnya",
    "silent": "tautan menyala tetapi tidak ada yang lewat",
    "unreachable": "tidak menjawab, penyebab belum diketahui",
    "device_down": "perangkat tidak menjawab",
}
# The root router alone has nobody in front of it who could be asked. A switch without an address between this host and
# it looks from here like the router itself.
_IN_BETWEEN = (
    " Yang diketahui: dari pemantau tidak ada jalan ke perangkat ini. Perangkat ini mati, atau switch atau kabel di"
    " antaranya; dari sini keduanya tampak sama. Periksa dulu lampu switch di depan pemantau."
)
NAMELESS: Mapping[str, str] = {}
_KINDS = {"uplink": "Uplink", "link": "Tautan", "opd": "Tautan OPD", "device": "Perangkat"}


@dataclass(frozen=True)
class Outage:
    """One outage. Times are Unix seconds; ``ended_at`` is None while it lasts; ``identity`` never changes.

    The same root that falls again soon is the same outage: ``interruptions`` counts, ``down_seconds`` is the sum of
    those that are over, ``fell_at`` the beginning of the last one where it is not the first, ``back_at`` since when
    the line answers again, None while it does not.
    """

    root: str
    kind: str
    started_at: float
    opds: tuple[str, ...]
    cause: str = "unreachable"
    ended_at: float | None = None
    interruptions: int = 1
    down_seconds: float = 0.0
    fell_at: float | None = None
    back_at: float | None = None

    @property
    def identity(self) -> str:
        """``ROOT@STARTED_AT``, the same before and after a restart."""
        # To the millisecond, as ``begun`` rounds it: the text read back from the journal gives the same identity.
        return f"{self.root}@{self.started_at:.3f}"

    @property
    def often(self) -> bool:
        """True where the line is not down once but keeps falling ("sering putus")."""
        return self.interruptions >= OFTEN

    def back(self, at: float) -> "Outage":
        """The same outage while its line answers again and it is not yet over."""
        fell = self.started_at if self.fell_at is None else self.fell_at
        at = max(at, fell)
        return replace(self, back_at=at, down_seconds=round(self.down_seconds + at - fell, 3))

    def again(self, at: float) -> "Outage":
        """The same outage, whose line fell once more."""
        return replace(self, interruptions=self.interruptions + 1, fell_at=at, back_at=None, ended_at=None)

    def ended(self, at: float) -> "Outage":
        """The same outage, over; at the moment its line came back, where it did so before."""
        over = self if self.back_at is not None else self.back(at)
        return replace(over, ended_at=over.back_at)


def listed(outage: Outage) -> dict[str, Any]:
    """The outage as ``GET /outages`` shows it and the journal keeps it."""
    return {
        "id": outage.identity,
        "root": outage.root,
        "kind": outage.kind,
        "cause": outage.cause,
        "started_at": outage.started_at,
        "ended_at": outage.ended_at,
        "interruptions": outage.interruptions,
        "down_seconds": outage.down_seconds,
        "fell_at": outage.fell_at,
        "back_at": outage.back_at,
        "offices": list(outage.opds),
    }


def alert(outage: Outage, now: float, runbooks: str | None, names: Mapping[str, str] = NAMELESS) -> dict[str, Any]:
    """The alert as Alertmanager's API v2 takes it. The labels are the rule's, to the letter.

    Its words are for people: ``names`` says what they call roots and OPDs.
    """
    # Alertmanager tells alerts apart by these alone: one letter other than the rule's and each outage pages twice.
    labels = {"alertname": ALERT, "root": outage.root, "kind": outage.kind, "severity": "critical", "sop": "PKL-G-01"}
    ends = now + HOLD_SECONDS if outage.ended_at is None else outage.ended_at
    cause = _CAUSES.get(outage.cause, outage.cause)
    count = len(outage.opds)
    opds = ", ".join(names.get(opd, opd) for opd in outage.opds)
    return {
        "labels": labels,
        "annotations": {
            "cause": outage.cause,
            "outage": outage.identity,
            "offices": ",".join(outage.opds),
            "summary": f"{_KINDS[outage.kind]} {names.get(outage.root, outage.root)} terputus, {count} OPD terdampak",
            "description": f"{cause}{_times(outage)}. OPD terdampak: {opds or 'tidak ada'}."
            + (_IN_BETWEEN if outage.kind == DEVICE else ""),
            **({"runbook_url": f"{runbooks.rstrip('/')}/{ALERT}"} if runbooks else {}),
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


def _times(outage: Outage) -> str:
    """Which time it is; nothing for the first."""
    return f"; kambuh ke-{outage.interruptions - 1}" if outage.interruptions > 1 else ""


def _time(seconds: float) -> str:
    # RFC 3339 as Go writes it, with Z; Alertmanager's API refuses a time without a zone.
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
