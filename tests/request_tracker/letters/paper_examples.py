"""Measured figures for papers whose pictures are looked at: a month of office hours with one day missing."""

from datetime import UTC, datetime, timedelta
from math import sin
from typing import Any

from tracker_office import CALENDAR

from request_tracker.evidence.bandwidth import BandwidthReport, summary
from request_tracker.evidence.usage import RULE
from request_tracker.ledger.allocation import Allocation

START = datetime(2026, 10, 21, tzinfo=UTC)
AT = (START + timedelta(days=30)).timestamp()
PRESENT = Allocation(312_500, 1_250_000, 312_500, 1_250_000)
WANTED = {
    "receive_guaranteed": 1_250_000,
    "receive_ceiling": 6_250_000,
    "transmit_guaranteed": 625_000,
    "transmit_ceiling": 2_500_000,
}


def month(scale: float) -> list[tuple[float, float]]:
    """A point an hour: full in office hours, a fifth else, rising a little; the thirteenth day was not measured."""
    found = []
    for n in (n for n in range(720) if n // 24 != 12):
        at = START + timedelta(hours=n)
        local = CALENDAR.local(at)
        busy = any(a <= local.time() < b for a, b in CALENDAR.spans(local.date()))
        found.append((at.timestamp(), scale * ((1.0 if busy else 0.2) * (1 + 0.1 * sin(n)) + n / 3600)))
    return found


def measured() -> dict[str, Any]:
    """Laporan monitoring bandwidth."""
    ways = summary(month(1.1e6), PRESENT.receive_ceiling, CALENDAR), summary(month(3e5), 1_250_000, CALENDAR)
    asked = tuple((f'max(opd:{way}:rate5m{{opd="dinkes"}})', AT) for way in ("receive", "transmit"))
    return BandwidthReport(
        opd="dinkes",
        at=AT,
        days=30,
        measured=0.9667,
        receive=ways[0],
        transmit=ways[1],
        allocation=PRESENT,
        availability=0.99972,
        dropped=(120.0, None),
        queries=asked,
    ).data()


def analysed() -> dict[str, Any]:
    """Laporan analisa bandwidth; the uplink's upload was not measured."""
    return {
        "opd": "dinkes",
        "at": AT,
        "verdict": "disarankan",
        "reason": "Pemakaian p95 sudah di atas 80 % alokasi dan uplink masih cukup.",
        "rule": RULE,
        "wanted": WANTED,
        "uplink": "isp-utama",
        "capacity": {"receive": 25_000_000, "transmit": 25_000_000},
        "committed": {"receive": 2_500_000, "transmit": 2_500_000},
        "committed_after": {"receive": 3_437_500, "transmit": 2_812_500},
        "uplink_p95": {"receive": 14_000_000.0, "transmit": None},
        "queries": ['quantile_over_time(0.95, rate(lebarpita_link_receive_bytes_total{link="isp-utama"}[5m])[30d:5m])'],
        "problem": None,
        "bandwidth": measured(),
        "sha256": "ab" * 32,
    }


def checked() -> dict[str, Any]:
    """Laporan cek kesediaan over two uplinks."""
    given = {"capacity": 25_000_000, "reserve": 1_250_000, "committed": 2_500_000, "ceilings": 37_500_000, "ratio": 1.5}
    rooms = [
        {
            **given,
            **{"uplink": uplink, "way": way, "added": added, "room": 21_250_000, "after": 21_250_000 - added},
            **{"p95": p95, "busiest": (10, 9e6) if p95 else None},
        }
        for uplink, added in (("isp-utama", 937_500), ("isp-kedua", 0))
        for way, p95 in (("receive", 14_000_000.0), ("transmit", None))
    ]
    asked = [[f'link:receive:rate5m{{link="{uplink}"}}', AT] for uplink in ("isp-utama", "isp-kedua")]
    told = {"opd": "dinkes", "at": AT, "days": 30, "uplink": "isp-utama", "reserve": 0.05, "present": None}
    more = {"wanted": WANTED, "available": True, "rooms": rooms, "queries": asked, "problem": None}
    return {**told, **more, "sha256": "cd" * 32}


def effects() -> dict[str, Any]:
    """What if: download may take from two others and lacks a guarantee; of the upload too little was measured."""

    def choice(decision: str, ceiling: int, changes: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
        full = {"low": 0.0, "high": 12.4}
        rates = {"guaranteed": ceiling // 5, "ceiling": ceiling}
        usual: dict[str, Any] = {"lacking": 0, "reclaim": []}
        return {"decision": decision, "rates": rates, "replay": {"changes": changes, "full": full}, **usual, **more}

    def change(opd: str, gains: tuple[float, float], loses: tuple[float, float], most: float) -> dict[str, Any]:
        ranges = {
            key: dict(zip(("low", "high"), hours, strict=True)) for key, hours in (("gains", gains), ("loses", loses))
        }
        return {"opd": opd, **ranges, "most_lost": most}

    granted = [change("dinkes", (0.0, 41.0), (0.0, 0.0), 0.0), change("rsud", (0.0, 0.0), (0.0, 3.0), 162_500.0)]
    reclaim = {"lacking": 125_000, "reclaim": [{"opd": "dishub", "guaranteed": 312_500, "unused": 125_000}]}
    download = {
        "way": "receive",
        "measured": 0.981,
        "measured_all": 0.974,
        "held_hours": 41.0,
        "effects": [
            choice("dikabulkan", 6_250_000, granted, **reclaim),
            choice("dikabulkan_sebagian", 3_750_000, granted[:1]),
            choice("ditolak", 1_250_000, []),
        ],
    }
    upload = {"way": "transmit", "measured": 0.1, "measured_all": 0.974, "held_hours": 0.0, "effects": []}
    return {"at": AT, "days": 30, "unknown": 1, "least_measured_percent": 50, "ways": [download, upload]}
