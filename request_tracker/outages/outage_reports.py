"""What is told about an outage - by a webhook, the watch's journal, Alertmanager's list - as one kind of data. Pure."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from request_tracker.errors import TrackerError

# The names are a contract with the watch (``exporter.watch.outages``) and with the rules; no room imports another.
OUTAGE_ALERT, WITHOUT_WATCH = "LebarpitaOutage", "LebarpitaOutageWithoutWatch"
# The second is told by SNMP alone while the watch is silent; it knows no kind, which the inventory does.
OUTAGE_ALERTS = (OUTAGE_ALERT, WITHOUT_WATCH)
# A city has some hundred links; an annotation lists every OPD behind one. What is beyond is no message of ours.
MAX_ALERTS, MAX_TEXT = 500, 4000
# Names of labels and annotations: Prometheus' own are words of the rules.
MAX_LABEL = 200
KINDS = ("uplink", "link", "opd", "device")
LAST_MOMENT = 4_102_444_800  # Unix seconds of the year 2100: later outages are a broken clock's.


@dataclass(frozen=True)
class OutageRecord:
    """One outage as somebody tells it. Times are Unix seconds; ``ended_at`` is None while it lasts.

    ``down_seconds`` is the sum of the ``interruptions`` that are over, where the watch says it.
    """

    root: str
    kind: str
    cause: str
    opds: tuple[str, ...]
    started_at: float
    ended_at: float | None
    source: str
    interruptions: int = 1
    down_seconds: float | None = None

    @property
    def summed(self) -> float | None:
        """Seconds of its interruptions, None where there was but one: then begin and end say it."""
        return self.down_seconds if self.interruptions > 1 else None


@dataclass(frozen=True)
class UnreadableOutage:
    """A row of somebody's list that is no outage: ``place`` names it, ``reason`` says why. The others still count."""

    place: str
    reason: str


Telling = OutageRecord | UnreadableOutage


@dataclass(frozen=True, kw_only=True)
class AlertDelivery:
    """One alert of a webhook or of Alertmanager's list. ``status`` is firing or resolved."""

    fingerprint: str
    status: str
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    starts_at: str
    started_at: float
    ended_at: float | None

    @property
    def name(self) -> str:
        """The alert's name."""
        return self.labels.get("alertname", "")

    @property
    def of_watch(self) -> bool:
        """True for what the watch itself sent: it names the outage, a rule cannot."""
        return "outage" in self.annotations

    def outage(self, source: str) -> OutageRecord | None:
        """The outage it speaks of; None where it is another alert."""
        root = self.labels.get("root", "")
        if self.name not in OUTAGE_ALERTS or not root:
            return None
        opds = tuple(filter(None, self.annotations.get("offices", "").split(",")))
        cause = self.annotations.get("cause", "unreachable")
        kind = self.labels.get("kind", "" if self.name == WITHOUT_WATCH else "link")
        return OutageRecord(
            root=root,
            kind=kind,
            cause=cause,
            opds=opds,
            started_at=self.started_at,
            ended_at=self.ended_at,
            source=source,
        )


def read_webhook(body: Any) -> list[AlertDelivery]:
    """The alerts of Alertmanager's webhook (version 4). Raises TrackerError naming what is wrong."""
    alerts = body.get("alerts") if isinstance(body, Mapping) else None
    if not isinstance(alerts, list) or len(alerts) > MAX_ALERTS:
        raise TrackerError(f"webhook: 'alerts' must be a list of at most {MAX_ALERTS}; send Alertmanager's version 4")
    return [_delivered(alert, alert.get("status"), f"alerts[{n}]") for n, alert in enumerate(map(_mapping, alerts))]


def read_list(body: Any) -> list[Telling]:
    """The outages among the alerts of ``GET /api/v2/alerts``: what it lists is firing."""
    if not isinstance(body, list):
        raise TrackerError("Alertmanager: /api/v2/alerts did not answer with a list")
    rows = [_listed(alert, f"Alertmanager [{n}]") for n, alert in enumerate(body[:MAX_ALERTS])]
    return [row for row in rows if row is not None]


def read_journal(body: Any) -> list[Telling]:
    """The outages of the watch's ``GET /outages``."""
    rows = body.get("outages") if isinstance(body, Mapping) else None
    if not isinstance(rows, list):
        raise TrackerError("watch: /outages did not answer with a list of outages")
    return [_written(row, f"watch /outages [{n}]") for n, row in enumerate(rows)]


def _listed(alert: Any, place: str) -> Telling | None:
    try:
        return _delivered(_mapping(alert), "firing", place).outage("alert")
    except TrackerError as error:
        return UnreadableOutage(place, str(error))


def _written(row: Any, place: str) -> Telling:
    try:
        return OutageRecord(
            root=str(row["root"]),
            kind=str(row["kind"]),
            cause=str(row["cause"]),
            opds=tuple(map(str, row["offices"])),
            started_at=_unix(row["started_at"]),
            ended_at=None if row["ended_at"] is None else _unix(row["ended_at"]),
            source="watch",
            interruptions=int(row.get("interruptions", 1)),
            down_seconds=None if row.get("down_seconds") is None else _unix(row["down_seconds"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        return UnreadableOutage(place, repr(error))


def _unix(value: Any) -> float:
    """Unix seconds of which a moment can be made. Raises ValueError, TypeError."""
    seconds = float(value)
    if not 0 <= seconds <= LAST_MOMENT:
        raise ValueError(f"{seconds} is no moment")
    return seconds


def _mapping(alert: Any) -> Mapping[str, Any]:
    if not isinstance(alert, Mapping):
        raise TrackerError("webhook: every alert must be an object")
    return alert


def _delivered(alert: Mapping[str, Any], status: Any, place: str) -> AlertDelivery:
    labels, annotations = (_texts(alert.get(key), f"{place}.{key}") for key in ("labels", "annotations"))
    starts = str(alert.get("startsAt", ""))
    started = _seconds(starts, f"{place}.startsAt")
    if status not in ("firing", "resolved"):
        raise TrackerError(f"webhook: {place}.status {status!r} is neither firing nor resolved")
    fingerprint = str(alert.get("fingerprint", ""))
    # Alertmanager's has 16 hexadecimal digits (FNV-1a); four times that is somebody else's.
    if not fingerprint or len(fingerprint) > 64:
        raise TrackerError(f"webhook: {place}.fingerprint is missing or too long")
    ended = _seconds(str(alert.get("endsAt", "")), f"{place}.endsAt") if status == "resolved" else None
    return AlertDelivery(
        fingerprint=fingerprint,
        status=status,
        labels=labels,
        annotations=annotations,
        starts_at=starts,
        started_at=started,
        ended_at=ended,
    )


def _texts(value: Any, place: str) -> dict[str, str]:
    if value is None:
        return {}
    if not isinstance(value, Mapping) or len(value) > 64:
        raise TrackerError(f"webhook: {place} must be an object of at most 64 texts")
    return {str(key)[:MAX_LABEL]: str(text)[:MAX_TEXT] for key, text in value.items()}


def _seconds(text: str, place: str) -> float:
    try:
        moment = datetime.fromisoformat(text)
        # A time without a zone would be taken for this machine's own.
        seconds = moment.timestamp() if moment.tzinfo else math.nan
    except (ValueError, OverflowError):
        seconds = math.nan
    if math.isnan(seconds):
        raise TrackerError(f"webhook: {place} {text[:40]!r} is not a time of RFC 3339")
    return seconds
