"""Ledgers as the tracker answers them, for the example city."""

from typing import Any

from inventory.ledger_page import page_hash, timed_part
from inventory.reading import read_city
from shaping.ledger import Revision, read_revision

CITY = read_city("inventory/example/city.yaml")


def rows_of(rates: dict[str, tuple[int, int]]) -> list[dict[str, Any]]:
    pairs = {opd: {"guaranteed": g, "ceiling": c} for opd, (g, c) in sorted(rates.items())}
    return [{"opd": opd, "receive": pair, "transmit": dict(pair), "case": None} for opd, pair in pairs.items()]


def ledger(revision: int = 1, /, **rates: tuple[int, int]) -> dict[str, Any]:
    rows = rows_of(rates)
    return {"revision": revision, "hash": page_hash(rows), "approved_at": 0, "allocations": rows}


def timed(body: dict[str, Any], *ahead: tuple[float, int, dict[str, tuple[int, int]]]) -> dict[str, Any]:
    """The same ledger with what was decided to come: moment, revision, the rates that change then."""
    steps = [
        {"at": at, "revision": number, "allocations": rows_of(rates), "profiles": []} for at, number, rates in ahead
    ]
    return {**body, "timed": timed_part(steps)}


def at_night(body: dict[str, Any], days: list[int], **rates: tuple[int, int]) -> dict[str, Any]:
    """The same ledger with other rates from 21 to 5 o'clock in Jakarta, on nights that begin on these days."""
    hours = {"days": days, "begin": "21:00", "end": "05:00", "zone": "Asia/Jakarta"}
    return {**body, "timed": timed_part((), [{**row, "hours": hours} for row in rows_of(rates)])}


def revision(**rates: tuple[int, int]) -> Revision:
    return read_revision(ledger(**rates), CITY, "isp-utama")
