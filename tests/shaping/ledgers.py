"""Ledgers as the tracker answers them, for the example city."""

import hashlib
import json
from typing import Any

from inventory.reading import read_city
from shaping.ledger import Revision, read_revision

CITY = read_city("inventory/example/city.yaml")


def ledger(revision: int = 1, /, **rates: tuple[int, int]) -> dict[str, Any]:
    rows = [
        {
            "opd": opd,
            "receive": {"guaranteed": g, "ceiling": c},
            "transmit": {"guaranteed": g, "ceiling": c},
            "case": None,
        }
        for opd, (g, c) in sorted(rates.items())
    ]
    text = json.dumps(rows, sort_keys=True, separators=(",", ":"))
    return {
        "revision": revision,
        "hash": hashlib.sha256(text.encode()).hexdigest(),
        "approved_at": 0,
        "allocations": rows,
    }


def revision(**rates: tuple[int, int]) -> Revision:
    return read_revision(ledger(**rates), CITY, "isp-utama")
