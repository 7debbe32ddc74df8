"""The agent's pages over HTTP: metrics as before, and whether it is alive and ready."""

from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from prometheus_client import CollectorRegistry, Gauge

from runtime.health import Readiness
from shaping.pages import application, serve


def asked(port: int, path: str, host: str = "127.0.0.1") -> tuple[int, str]:
    try:
        with urlopen(f"http://{host}:{port}{path}", timeout=30) as page:
            return page.status, page.read().decode()
    except HTTPError as refusal:
        with refusal:
            return refusal.code, refusal.read().decode()


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]"])
def test_metrics_and_health_are_served_at_both_kinds_of_address(tmp_path: Path, host: str) -> None:
    registry = CollectorRegistry()
    Gauge("lebarpita_shaping_drift", "Any.", registry=registry).set(1)
    port = serve(f"{host}:0", application(registry, Readiness(folders=(tmp_path,))))
    assert "lebarpita_shaping_drift 1.0" in asked(port, "/metrics", host)[1]
    assert asked(port, "/healthz", host) == (200, "ok\n")
    assert asked(port, "/readyz", host) == (200, "ready\n")


def test_an_agent_that_cannot_keep_its_ledger_is_not_ready() -> None:
    readiness = Readiness(more=(lambda: "/state: cannot be written: No space left on device",))
    port = serve("127.0.0.1:0", application(CollectorRegistry(), readiness))
    assert asked(port, "/readyz") == (503, "/state: cannot be written: No space left on device\n")
    assert asked(port, "/healthz")[0] == 200
