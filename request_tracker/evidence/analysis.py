"""Laporan analisa bandwidth (BTM-06): an OPD's use and its uplink's room put together, to be frozen into the case.

The advice (``verdict``, ``reason``) and the rule it follows stand beside the figures; a person decides.
"""

import hashlib
from typing import Any

from request_tracker.evidence.bandwidth import BandwidthReport
from request_tracker.evidence.usage import Evidence
from request_tracker.store.chain import canonical

KIND = "laporan_analisa_bandwidth"


def analysis(use: Evidence, measured: BandwidthReport) -> dict[str, Any]:
    """Plain data with its own hash: the evidence sheet, and under ``bandwidth`` every figure of the thirty days."""
    body = {**use.data(), "kind": KIND, "bandwidth": measured.data()}
    return {**body, "sha256": hashlib.sha256(canonical(body).encode()).hexdigest()}
